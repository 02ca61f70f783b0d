/* What a dispatcher knows of a campaign: loaded when its first batch comes, forgotten with the
 * last. Nothing of it may change while a lease on it lasts; what may change (status, deadline,
 * suppression) the gate looks at. A change of the campaign ends its leases, and what is leased after it
 * knows the campaign as another run: loaded later than the change, so never what was before it. So does what is leased behind
 * another connection, where another store may have another campaign under that id. */
#include "run.h"

#include "batch.h"
#include "outlet.h"
#include "private.h"
#include "store/mark.h"

#include <stdio.h>
#include <stdlib.h>

enum { KEY_BYTES = 36 };

static struct slice run_key(char key[KEY_BYTES], uint32_t id, uint32_t edits, unsigned era)
{
    int n = snprintf(key, KEY_BYTES, "%u:%u:%u", id, edits, era);
    return slice_make(key, (size_t)n);
}

static void run_free(struct run *r)
{
    campaign_free(r->campaign);
    audience_info_free(r->audience);
    message_free(r->message);
    free(r->problem);
    free(r->windows);
    free(r);
}

void run_leave(struct run *r)
{
    if (--r->refs > 0 || r->loading) return;
    char key[KEY_BYTES];
    (void)map_del(r->d->runs, run_key(key, r->id, r->edits, r->era));
    run_free(r);
}

/* Everybody who waits for it goes on. Walks the list by hand: a batch that goes on may leave it. */
static void wake_batches(struct run *r)
{
    r->loading = false;
    struct dispatch *d = r->d;
    r->refs++;
    for (struct batch *b = d->batches, *next; b; b = next) {
        next = batch_next(b);
        if (batch_awaits(b, r)) batch_go(b);
    }
    run_leave(r);
}

static void cannot_run(struct run *r, const char *why)
{
    r->problem = xstrdup(why);
    log_error(
        "campaign %u cannot run here: %s. It is blocked; mend it and `muster campaign resume %u`",
        r->id, why, r->id);
    campaign_move(r->d->config.store, r->id, MOVE_BLOCK, clock_wall_ms(), SLICE_LIT("dispatcher"),
                  slice_of(why), NULL, NULL);
    wake_batches(r);
}

static void load_again(struct run *r);

/* Returns whether it did; then it was seen to. */
static bool failed(struct run *r, int result, const struct err *e)
{
    if (result == ERR_UNREACHABLE)
        load_again(r);
    else if (result < 0)
        cannot_run(r, e->text);
    return result < 0;
}

static void on_message(void *arg, int result, struct message *m, const struct err *e)
{
    struct run *r = arg;
    struct err why;
    if (failed(r, result, e)) return;
    r->message = m;
    r->tells_nearest = r->d->config.nearest && message_tells_nearest(m);
    r->where = where_columns_of(r->audience->columns, r->audience->column_count);
    if (failed(r, consent_need_read(r->campaign->consent, &r->need, &why), &why)) return;
    r->consent_columns = consent_columns_of(r->audience->columns, r->audience->column_count);
    if (failed(r, hours_open_run(r, &why), &why)) return;
    r->loaded = true;
    wake_batches(r);
}

static void on_audience(void *arg, int result, const struct audience_info *info,
                        const struct err *e)
{
    struct run *r = arg;
    if (failed(r, result, e)) return;
    r->audience = audience_info_dup(info);
    message_load(r->d->config.store, r->id, r->outlet->account->channel, r->audience, on_message,
                 r);
}

static void on_campaign(void *arg, int result, const struct campaign *c, const struct err *e)
{
    struct run *r = arg;
    if (failed(r, result, e)) return;
    r->campaign = campaign_dup(c);
    r->outlet = dispatch_outlet(r->d, c->gateway);
    if (!r->outlet) {
        char why[ERR_TEXT_BYTES];
        (void)snprintf(why, sizeof why,
                       "gateway '%.*s' is not in the configuration of this dispatcher",
                       SLICE_ARG(c->gateway));
        cannot_run(r, why);
        return;
    }
    r->senders = senders_named(r->outlet->account, c->sender);
    if (r->senders.count == 0) {
        cannot_run(r, "its gateway has none of its senders any more");
        return;
    }
    r->turns = r->outlet->turns.most;
    audience_load(r->d->config.store, c->audience, on_audience, r);
}

static void load_again(struct run *r)
{
    /* The batches ask again after a while; the first of them starts the loading anew. */
    campaign_free(r->campaign);
    r->campaign = NULL;
    audience_info_free(r->audience);
    r->audience = NULL;
    r->loading = false;
    r->refs++;
    for (struct batch *b = r->d->batches; b; b = batch_next(b))
        if (batch_awaits(b, r)) batch_later(b, RETRY_US);
    run_leave(r);
}

struct run *run_join(struct dispatch *d, uint32_t id, uint32_t edits)
{
    char key[KEY_BYTES];
    unsigned era = mark_era(d->config.store);
    struct run *r = map_get(d->runs, run_key(key, id, edits, era));
    if (!r) {
        r = xcalloc(1, sizeof *r);
        r->d = d;
        r->id = id;
        r->edits = edits;
        r->era = era;
        TAILQ_INIT(&r->ready);
        (void)map_put(d->runs, run_key(key, id, edits, era), r);
    }
    r->refs++;
    return r;
}

void run_load(struct run *r)
{
    if (r->loading) return;
    r->loading = true;
    campaign_load(r->d->config.store, r->id, on_campaign, r);
}
