#include "web/day.h"

#include <stdlib.h>
#include <sys/queue.h>

#include "base/clock.h"
#include "store/campaign.h"
#include "store/pledge.h"
#include "store/there.h"
#include "web/ops/ops.h"

enum { DAY_MS = 24 * 3600 * 1000 };

struct asking {
    STAILQ_ENTRY(asking) place;
    day_cb *cb;
    void *arg;
};

struct day {
    struct web *web;
    STAILQ_HEAD(, asking)
    waiting, late; /* late: came when something had been done in the meantime */
    bool looking, stale;
    int64_t looked_us; /* [mono µs] when the look began; 0 = never */
    int64_t begun_us;
    struct campaign *campaigns[DAY_ACTIVE_MAX + DAY_OVER_MAX]; /* owned */
    size_t n;
    bool more;
    int64_t *queues;
    char *there[THERE_MAX]; /* owned */
    struct slice there_ids[THERE_MAX];
    size_t there_n;
    json_t *pledges;    /* owned */
    int64_t pledges_us; /* [mono µs] when they were counted; 0 = never */
};

static void look(struct day *d);

/* ---- what was seen ---- */

static void forget_campaigns(struct day *d)
{
    while (d->n)
        campaign_free(d->campaigns[--d->n]);
}

static void forget_there(struct day *d)
{
    while (d->there_n)
        free(d->there[--d->there_n]);
}

static void tell(struct day *d, const struct asking *a, int result, const struct err *e)
{
    const struct day_look look = {.campaigns = d->campaigns,
                                  .n = d->n,
                                  .more = d->more,
                                  .queues = d->queues,
                                  .there = d->there_ids,
                                  .there_n = d->there_n,
                                  .pledges = d->pledges};
    a->cb(a->arg, result, &look, e);
}

static void end(struct day *d, int result, const struct err *e)
{
    STAILQ_HEAD(, asking) now = STAILQ_HEAD_INITIALIZER(now);
    STAILQ_CONCAT(&now, &d->waiting);
    d->looking = false;
    d->looked_us = result == 0 && !d->stale ? d->begun_us : 0;
    struct asking *a;
    while ((a = STAILQ_FIRST(&now)) != NULL) {
        STAILQ_REMOVE_HEAD(&now, place);
        tell(d, a, result, e);
        free(a);
    }
    STAILQ_CONCAT(&d->waiting, &d->late);
    if (!d->looking && !STAILQ_EMPTY(&d->waiting)) look(d);
}

/* ---- a look: campaigns, the providers' queues, who is there, who comes ---- */

static void on_pledges(void *arg, int result, const json_t *counts, const struct err *e)
{
    struct day *d = arg;
    if (result == 0) {
        json_decref(d->pledges);
        d->pledges = json_incref((json_t *)counts);
        d->pledges_us = clock_mono_us();
    }
    end(d, result, e);
}

static void count_pledges(struct day *d)
{
    if (d->pledges_us && clock_mono_us() - d->pledges_us < DAY_PLEDGES_MS * 1000LL)
        end(d, 0, NULL);
    else
        pledge_counts(d->web->config.store, web_now(d->web) - DAY_MS / 2, 3, on_pledges, d);
}

static void on_there(void *arg, int result, const struct slice *ids, size_t n, const struct err *e)
{
    struct day *d = arg;
    forget_there(d);
    for (size_t i = 0; result == 0 && i < n; i++) {
        d->there[i] = slice_strdup(ids[i]);
        d->there_ids[i] = slice_of(d->there[i]);
        d->there_n = i + 1;
    }
    if (result < 0)
        end(d, result, e);
    else
        count_pledges(d);
}

static void on_queues(void *arg, const int64_t *taken)
{
    struct day *d = arg;
    size_t n = d->web->config.accounts->count;
    for (size_t i = 0; i < n; i++)
        d->queues[i] = taken[i];
    there_list(d->web->config.store, web_now(d->web), on_there, d);
}

/* Of one that was cancelled nobody kept when: then its launch counts. */
static bool ended_lately(const struct campaign *c, int64_t now_ms)
{
    int64_t at_ms = c->done_ms ? c->done_ms : c->launched_ms;
    return campaign_is_over(c->status) && now_ms - at_ms < DAY_MS;
}

static void on_newest(void *arg, int result, const struct campaign *list, size_t n,
                      struct slice next, const struct err *e)
{
    struct day *d = arg;
    (void)next;
    if (result < 0) {
        end(d, result, e);
        return;
    }
    for (size_t i = 0; i < n; i++)
        if (ended_lately(&list[i], web_now(d->web))) d->campaigns[d->n++] = campaign_dup(&list[i]);
    provider_queues_look(d->web, on_queues, d);
}

static void on_active(void *arg, int result, const struct campaign *list, size_t n,
                      struct slice next, const struct err *e)
{
    struct day *d = arg;
    if (result < 0) {
        end(d, result, e);
        return;
    }
    forget_campaigns(d);
    for (size_t i = 0; i < n && d->n < DAY_ACTIVE_MAX; i++)
        if (!campaign_is_over(list[i].status)) d->campaigns[d->n++] = campaign_dup(&list[i]);
    d->more = next.n > 0;
    campaign_list(d->web->config.store,
                  &(struct campaign_query){.groups = {.all = true}, .limit = DAY_OVER_MAX},
                  on_newest, d);
}

static void look(struct day *d)
{
    d->looking = true;
    d->stale = false;
    d->begun_us = clock_mono_us();
    campaign_list_active(d->web->config.store, DAY_ACTIVE_MAX, on_active, d);
}

/* ---- whoever asks ---- */

void day_ask(struct day *d, day_cb *cb, void *arg)
{
    struct asking now = {.cb = cb, .arg = arg};
    if (!d->looking && d->looked_us && clock_mono_us() - d->looked_us < DAY_FRESH_MS * 1000LL) {
        tell(d, &now, 0, NULL);
        return;
    }
    struct asking *a = xmalloc(sizeof *a);
    *a = now;
    if (d->looking && d->stale)
        STAILQ_INSERT_TAIL(&d->late, a, place);
    else
        STAILQ_INSERT_TAIL(&d->waiting, a, place);
    if (!d->looking) look(d);
}

void day_forget(struct day *d)
{
    d->looked_us = 0;
    d->stale = true;
}

struct day *day_new(struct web *w)
{
    struct day *d = xcalloc(1, sizeof *d);
    size_t n = w->config.accounts->count;
    d->web = w;
    d->queues = xcalloc(n ? n : 1, sizeof *d->queues);
    STAILQ_INIT(&d->waiting);
    STAILQ_INIT(&d->late);
    return d;
}

void day_free(struct day *d)
{
    if (!d) return;
    forget_campaigns(d);
    forget_there(d);
    json_decref(d->pledges);
    free(d->queues);
    free(d);
}
