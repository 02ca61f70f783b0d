#include "flow/day_clerk.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/map.h"
#include "core/json.h"
#include "flow/alarm.h"
#include "store/campaign.h"
#include "store/cascade.h"
#include "store/day_record.h"
#include "store/inbox.h"
#include "store/pledge.h"
#include "store/there.h"

enum { MINUTE_MS = 60000, EARLY_MS = 1000, ACTIVE_MAX = 200, NEWEST_MAX = 50 };

/* A campaign's counters, as they were seen last. */
struct counted {
    uint64_t texted, replies, stops;
    unsigned look;
};

struct day_clerk {
    struct day_clerk_config config;
    struct loop_timer *tick;
    struct map *counted; /* id → struct counted, owned */
    unsigned look;
    bool compares; /* there was a look before, so differences can be told */
    bool asking;
    int64_t now_ms;
    uint64_t opens; /* how often links of all cascades were opened, at the last look */
    bool compares_opens;
    struct day_minute minute; /* the one that is being written down */
};

/* ---- campaigns ---- */

static uint32_t grown(uint64_t now, uint64_t before)
{
    uint64_t by = now > before ? now - before : 0; /* some are sent to again */
    return by > UINT32_MAX ? UINT32_MAX : (uint32_t)by;
}

static void count(struct day_clerk *d, const struct campaign *c)
{
    struct slice key = slice_make(&c->id, sizeof c->id);
    struct counted *last = map_get(d->counted, key);
    struct counted now = {campaign_texted(c), c->replies, c->stops, d->look};
    if (!last) {
        last = xcalloc(1, sizeof *last);
        (void)map_put(d->counted, key, last);
    }
    if (last->look == d->look) return; /* it is in both lists */
    if (d->compares) {
        d->minute.n[DAY_TEXTED] += grown(now.texted, last->texted);
        d->minute.n[DAY_REPLIES] += grown(now.replies, last->replies);
        d->minute.n[DAY_STOPS] += grown(now.stops, last->stops);
    }
    d->minute.alarms |= alarms_of_campaign(c, d->now_ms);
    *last = now;
}

static void forget_old(struct day_clerk *d, bool all)
{
    size_t pos = 0;
    struct slice key;
    void *one;
    while (map_next(d->counted, &pos, &key, &one))
        if (all || ((struct counted *)one)->look != d->look) free(map_del(d->counted, key));
}

/* ---- a look ---- */

/* True: the look is over, since the store does not tell. */
static bool failed(struct day_clerk *d, int result)
{
    if (result < 0) d->asking = false;
    return result < 0;
}

static void write_down(struct day_clerk *d)
{
    d->asking = false;
    day_record_write(d->config.store, d->now_ms - MINUTE_MS / 2, &d->minute, NULL, NULL);
}

static void on_opens(void *arg, int result, const struct cascade_counts *list, size_t n,
                     const struct err *e)
{
    struct day_clerk *d = arg;
    uint64_t opens = 0;
    (void)e;
    if (failed(d, result)) return;
    for (size_t i = 0; i < n; i++)
        opens += list[i].all.opens;
    if (d->compares_opens) d->minute.n[DAY_OPENS] = grown(opens, d->opens);
    d->opens = opens;
    d->compares_opens = true;
    write_down(d);
}

static void count_opens(struct day_clerk *d)
{
    static const struct group_set all = {.all = true};
    const struct cascade *list[CASCADE_COUNTS_MAX];
    uint32_t ids[CASCADE_COUNTS_MAX];
    size_t n =
        d->config.cascades ? cascades_list(d->config.cascades, &all, list, COUNT_OF(list)) : 0;
    for (size_t i = 0; i < n; i++)
        ids[i] = list[i]->campaign;
    if (n)
        cascades_counts(d->config.cascades, ids, n, on_opens, d);
    else
        write_down(d);
}

static void on_pledges(void *arg, int result, const json_t *counts, const struct err *e)
{
    struct day_clerk *d = arg;
    (void)e;
    if (failed(d, result)) return;
    int64_t ended_ms = d->now_ms - MINUTE_MS / 2;
    json_t *minute = json_time(ended_ms / MINUTE_MS * MINUTE_MS);
    d->minute.n[DAY_PLEDGES] = (uint32_t)json_integer_value(
        json_object_get(json_object_get(counts, "minutes"), json_string_value(minute)));
    json_decref(minute);
    count_opens(d);
}

static void on_there(void *arg, int result, const struct slice *ids, size_t n, const struct err *e)
{
    struct day_clerk *d = arg;
    (void)ids, (void)e;
    if (failed(d, result)) return;
    d->minute.n[DAY_THERE] = (uint32_t)n;
    if (n == 0 && d->minute.n[DAY_WAITING]) d->minute.alarms |= 1U << ALARM_NOBODY;
    pledge_counts(d->config.store, d->now_ms - MINUTE_MS / 2, 1, on_pledges, d);
}

static void on_waiting(void *arg, int result, const struct inbox_waiting *w, const struct err *e)
{
    struct day_clerk *d = arg;
    (void)e;
    if (failed(d, result)) return;
    int64_t oldest_s = w->since_ms ? (d->now_ms - w->since_ms) / 1000 : 0;
    d->minute.n[DAY_WAITING] = w->waiting;
    if (w->overdue) d->minute.alarms |= 1U << ALARM_OVERDUE;
    d->minute.n[DAY_OLDEST_S] = oldest_s > 0 ? (uint32_t)oldest_s : 0;
    there_list(d->config.store, d->now_ms, on_there, d);
}

/* False: it is over for this minute. */
static bool count_all(struct day_clerk *d, int result, const struct campaign *list, size_t n)
{
    if (failed(d, result)) return false;
    for (size_t i = 0; i < n; i++)
        count(d, &list[i]);
    return true;
}

static void on_newest(void *arg, int result, const struct campaign *list, size_t n,
                      struct slice next, const struct err *e)
{
    struct day_clerk *d = arg;
    (void)next, (void)e;
    if (!count_all(d, result, list, n)) return;
    forget_old(d, false);
    d->compares = true;
    const struct inbox_actor everybody = {.now_ms = d->now_ms, .groups = {.all = true}};
    inbox_count_waiting(d->config.inbox, &everybody, on_waiting, d);
}

/* What ended in this minute is among the newest. */
static void on_active(void *arg, int result, const struct campaign *list, size_t n,
                      struct slice next, const struct err *e)
{
    const struct campaign_query newest = {.groups = {.all = true}, .limit = NEWEST_MAX};
    struct day_clerk *d = arg;
    (void)next, (void)e;
    if (count_all(d, result, list, n)) campaign_list(d->config.store, &newest, on_newest, d);
}

void day_clerk_look(struct day_clerk *d)
{
    if (d->asking) return;
    d->asking = true;
    d->look++;
    d->now_ms = d->config.now_ms();
    d->minute = (struct day_minute){0};
    campaign_list_active(d->config.store, ACTIVE_MAX, on_active, d);
}

/* ---- life ---- */

/* When a minute is over; it is the one that ended that is written down. A timer may be a little early: then the rest
 * of the minute is not another one. */
static void wait_for_minute(struct day_clerk *d)
{
    int64_t left_ms = MINUTE_MS - d->config.now_ms() % MINUTE_MS;
    if (left_ms < EARLY_MS) left_ms += MINUTE_MS;
    loop_timer_in(d->tick, left_ms * 1000);
}

static void on_tick(void *arg)
{
    struct day_clerk *d = arg;
    wait_for_minute(d);
    if (d->config.leads(d->config.arg))
        day_clerk_look(d);
    else
        d->compares = d->compares_opens = false;
}

struct day_clerk *day_clerk_new(const struct day_clerk_config *config)
{
    struct day_clerk *d = xcalloc(1, sizeof *d);
    d->config = *config;
    if (!d->config.now_ms) d->config.now_ms = clock_wall_ms;
    d->counted = map_new();
    d->tick = loop_timer_new(config->loop, on_tick, d);
    return d;
}

void day_clerk_start(struct day_clerk *d)
{
    wait_for_minute(d);
}

void day_clerk_free(struct day_clerk *d)
{
    if (!d) return;
    loop_timer_free(d->tick);
    forget_old(d, true);
    map_free(d->counted);
    free(d);
}
