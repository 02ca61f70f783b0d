/* One gateway's account: how many more may be asked for, and when it goes on. */
#include "outlet.h"

#include "batch.h"
#include "private.h"
#include "record.h"

#include "flow/journal.h"
#include "store/mark.h"

#include <stdlib.h>

static void on_timer(void *arg)
{
    outlet_wake(arg);
}

int outlet_init(struct outlet *o, struct dispatch *d, const struct account *account, struct err *e)
{
    if (account->sender_count == 0 || account->sender_count > LEDGER_SENDERS_MAX)
        return err_set(e, ERR_LIMIT, "gateway %s: 1 to %d senders, not %zu", account->name,
                       LEDGER_SENDERS_MAX, account->sender_count);
    int rc = http_client_new(d->config.loop, &account->http, &o->http, e);
    if (rc < 0) return err_prefix(e, "gateway %s", account->name);
    o->d = d;
    o->account = account;
    o->interval_us = pace_interval_us(account->rate_per_s);
    turns_init(&o->turns);
    window_init(&o->window);
    o->replies = heap_new();
    o->paced = heap_new();
    o->timer = loop_timer_new(d->config.loop, on_timer, o);
    return 0;
}

void outlet_done(struct outlet *o)
{
    void *g;
    while (heap_pop(o->replies, NULL, &g) || heap_pop(o->paced, NULL, &g))
        grant_free(g);
    /* What is in flight becomes UNKNOWN in its batch: the batches go after this. */
    http_client_free(o->http);
    late_done(o);
    heap_free(o->replies);
    heap_free(o->paced);
    loop_timer_free(o->timer);
}

size_t outlet_reach_slots(const struct outlet *o)
{
    return (size_t)pace_slots(o->interval_us, pace_clock_reach_us(&o->d->clock));
}

/* ---- grants ---- */

struct grant *grant_new(struct share *s, uint8_t offset, int64_t redis_us)
{
    struct dispatch *d = s->outlet->d;
    struct grant *g = d->spare;
    if (g)
        d->spare = g->next;
    else
        g = xmalloc(sizeof *g);
    *g = (struct grant){.share = s, .redis_us = redis_us, .offset = offset};
    batch_grant(s->batch, offset);
    s->outlet->open++;
    return g;
}

void grant_free(struct grant *g)
{
    struct outlet *o = g->share->outlet;
    o->open--;
    g->next = o->d->spare;
    o->d->spare = g;
}

void outlet_keep_back(struct outlet *o)
{
    o->keeps++;
    send_none(o);
}

/* ---- the pump ---- */

bool outlet_is_dead(const struct outlet *o)
{
    return o->failures >= DEAD_AFTER || o->silent >= SILENT_AFTER;
}

static bool gate_may_be_asked(struct outlet *o)
{
    const struct dispatch_config *c = &o->d->config;
    return redis_is_connected(c->redis) &&
           (!c->journal || journal_is_well(c->journal, NULL) == 0) &&
           mark_stand(c->store) == MARK_STANDS && (!c->may_send || c->may_send(c->may_send_arg)) &&
           clock_is_told(o);
}

static int64_t pump_gate(struct outlet *o, int64_t now)
{
    if (o->d->stopping) return INT64_MAX;
    if (!gate_may_be_asked(o)) return now + RETRY_US;
    gate_ask(o, now);
    return gate_wake_us(o, now);
}

static void pump(struct outlet *o)
{
    send_due(o);
    int64_t now = clock_mono_us();
    late_tell(o, now);
    int64_t next = pump_gate(o, now), send = send_wake_us(o, now), late = late_wake_us(o);
    if (send < next) next = send;
    if (late < next) next = late;
    if (next == INT64_MAX)
        loop_timer_cancel(o->timer);
    else
        loop_timer_at(o->timer, next);
}

void outlet_wake(struct outlet *o)
{
    if (o->awake) return;
    o->awake = true;
    SLIST_INSERT_HEAD(&o->d->awake, o, awake_link);
}

void outlets_pump(void *arg)
{
    struct dispatch *d = arg;
    struct outlet *o;
    while ((o = SLIST_FIRST(&d->awake)) != NULL) {
        SLIST_REMOVE_HEAD(&d->awake, awake_link);
        o->awake = false;
        pump(o);
    }
}
