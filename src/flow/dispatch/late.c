/* A request may leave later than its slot: while its connection is made (TLS to a provider far away takes half a second), or
 * since the process got no processor between looking at the clock and writing. At the provider it then falls among those of the
 * next second, for which the limiter has given slots already as if it had left in time.
 *
 * So the limiter is told where such a request counts (store/gate/moved.lua). That is in time although it is told afterwards: a
 * second that holds the moment at which the request left, and not its slot, ends nearly a second after the slot, and what
 * leaves then is not granted yet. The slots that are granted reach ahead by the gate's lead and a few milliseconds; by so much,
 * and the call's own time, the move must be shorter than a second (move_max_us). Who waits longer than that for a connection
 * counts anew every RECOUNT_US, as if it left now. Who was not recounted in time, because the process stood, does not leave: it
 * asks the gate again.
 *
 * A request that was looked at in time, and came back from libcurl late, may have left at any moment between: it counts at
 * both ends. Each second that holds such a moment holds one of the ends or is longer than the way between them. */
#include "late.h"

#include "batch.h"
#include "outlet.h"
#include "private.h"

#include <stdlib.h>

enum {
    RECOUNT_US = 100000,
    MOVE_MAX_US = 850000, /* less what slots reach ahead */
    /* where those reach too far: who waits for a connection would never leave otherwise */
    MOVE_MIN_US = 3 * RECOUNT_US,
    TOLD_AT_ONCE = 128,
};

struct late_request {
    int64_t from_us, from_redis_us; /* where it counts now: our clock, Redis' */
    int64_t left_us;                /* [our clock] it left then at the earliest … */
    int64_t until_us;               /* … and then at the latest; 0: when the limiter is told */
    uint8_t sender;
};

void late_done(struct outlet *o)
{
    free(o->late.told);
}

static bool is_late(int64_t from_us, int64_t at_us)
{
    return at_us > from_us + PACE_LATE_US;
}

static int64_t move_max_us(const struct outlet *o)
{
    int64_t ahead = durable_lead_us(o->d) + pace_clock_reach_us(&o->d->clock);
    return MOVE_MAX_US - ahead > MOVE_MIN_US ? MOVE_MAX_US - ahead : MOVE_MIN_US;
}

/* Bounded by what is at the provider: nobody is here twice in a turn but who is recounted and leaves. */
static void add(struct grant *g, int64_t left_us, int64_t until_us)
{
    struct late *l = &g->share->outlet->late;
    if (l->n == l->room) {
        l->room = l->room ? 2 * l->room : 16;
        l->told = xrealloc(l->told, l->room * sizeof *l->told);
    }
    l->told[l->n++] = (struct late_request){.from_us = g->counts_us,
                                            .from_redis_us = g->counts_redis_us,
                                            .left_us = left_us,
                                            .until_us = until_us,
                                            .sender = batch_sender(g->share->batch, g->offset)};
}

void late_begins(struct grant *g)
{
    g->left_us = 0;
    g->counts_us = g->slot_us;
    g->counts_redis_us = g->redis_us;
}

void late_handed(struct grant *g)
{
    struct late *l = &g->share->outlet->late;
    if (g->left_us) {
        if (is_late(g->slot_us, g->sent_us)) add(g, g->left_us, g->sent_us);
        return;
    }
    g->waits = true;
    if (l->waiting++ == 0) l->recount_us = g->sent_us + RECOUNT_US;
}

static void waits_no_more(struct grant *g)
{
    if (!g->waits) return;
    g->waits = false;
    g->share->outlet->late.waiting--;
}

bool late_may_leave(struct grant *g, int64_t now_us)
{
    struct outlet *o = g->share->outlet;
    if (now_us > g->counts_us + MOVE_MIN_US && now_us > g->counts_us + move_max_us(o)) return false;
    g->left_us = now_us;
    if (!g->waits) return true;
    waits_no_more(g);
    add(g, now_us, 0);
    outlet_wake(o);
    return true;
}

void late_ended(struct grant *g)
{
    waits_no_more(g);
}

/* Those who wait for connections count as if they left now; who may not leave any more takes no room from others. */
static void recount(struct outlet *o, int64_t now_us)
{
    int64_t since_us = now_us - move_max_us(o);
    struct grant *g;
    o->late.recount_us = now_us + RECOUNT_US;
    TAILQ_FOREACH(g, &o->window.under_way, under_way)
    {
        bool may_leave = g->counts_us >= since_us && now_us <= g->leave_until_us;
        if (!g->waits || !may_leave || !is_late(g->counts_us, now_us)) continue;
        add(g, now_us, now_us);
        g->counts_us = now_us;
        g->counts_redis_us = pace_clock_redis_us(&o->d->clock, now_us);
    }
}

/* Whether it counts elsewhere than it did. */
static bool moves(const struct outlet *o, const struct late_request *r, int64_t now_us,
                  struct slot_move *ret)
{
    int64_t until_us = r->until_us ? r->until_us : now_us;
    if (!is_late(r->from_us, until_us)) return false;
    bool surely = is_late(r->from_us, r->left_us) && !is_late(r->left_us, until_us);
    ret->from_us = surely ? r->from_redis_us : 0;
    ret->to_us = pace_clock_redis_us(&o->d->clock, surely ? r->left_us : until_us);
    return true;
}

/* All of them, or those of one sender. */
static void tell(const struct outlet *o, const char *sender, double rate_per_s, int64_t now_us)
{
    struct slot_move told[TOLD_AT_ONCE];
    double rate = pace_clock_rate(&o->d->clock, rate_per_s);
    size_t n = 0;
    for (size_t i = 0; i < o->late.n; i++) {
        const struct late_request *r = &o->late.told[i];
        if (sender && o->account->senders[r->sender] != sender) continue;
        n += moves(o, r, now_us, &told[n]);
        if (n < TOLD_AT_ONCE) continue;
        ledger_moved(o->d->config.ledger, o->account->name, sender, rate, told, n);
        n = 0;
    }
    if (n) ledger_moved(o->d->config.ledger, o->account->name, sender, rate, told, n);
}

void late_tell(struct outlet *o, int64_t now_us)
{
    struct late *l = &o->late;
    if (l->waiting && now_us >= l->recount_us) recount(o, now_us);
    if (l->n == 0) return;
    const struct account *a = o->account;
    tell(o, NULL, a->rate_per_s, now_us);
    for (size_t i = 0; a->sender_rate_per_s > 0 && i < a->sender_count; i++)
        tell(o, a->senders[i], a->sender_rate_per_s, now_us);
    l->n = 0;
}

int64_t late_wake_us(const struct outlet *o)
{
    return o->late.waiting ? o->late.recount_us : INT64_MAX;
}
