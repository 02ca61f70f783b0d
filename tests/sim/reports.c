/* What comes back from the providers, and what people send by hand. A provider repeats a receipt
 * until it is told that it was stored; some come twice anyway, and in any order. */
#include "world_impl.h"

#include "base/clock.h"
#include "core/number.h"

#include <stdlib.h>
#include <stdio.h>

static struct world *world; /* requests do not say whose they are */

struct report {
    char ref[REF_CHARS + 1];
    enum state state;
    enum sim_loss loss;
    int gateway;
    unsigned era; /* of the store in which it is stored */
};

static void on_due(void *arg);

void reports_begin(struct world *w)
{
    world = w;
}

struct node *world_any_node(struct world *w)
{
    struct node *running[WORLD_NODES_MAX];
    int64_t n = 0;
    for (int i = 0; i < w->node_count; i++)
        if (w->nodes[i] && !w->stopping[i] &&
            node_process(w->nodes[i])->busy_until_us <= sim_now_us())
            running[n++] = w->nodes[i];
    return n ? running[rng_between(&w->rng, 0, n - 1)] : NULL;
}

static void repeat(struct report *r)
{
    (void)sim_in(NULL, rng_between(&world->rng, SIM_S / 2, 4 * SIM_S), on_due, r);
}

static void on_stored(void *arg, int result)
{
    struct report *r = arg;
    if (result < 0) {
        repeat(r);
        return;
    }
    if (r->era == world->back.era) promises_told(r->gateway, slice_of(r->ref), r->state);
    free(r);
}

/* Of one that was not delivered: whose fault that is. */
static enum outcome fault_of(enum sim_loss loss)
{
    static const enum outcome of[] = {
        [LOSS_NONE] = REFUSED, [LOSS_LUCK] = TRANSIENT, [LOSS_ALL] = BLOCKED};
    return of[loss];
}

static void on_due(void *arg)
{
    struct report *r = arg;
    struct node *n = world_any_node(world);
    if (world->over) {
        free(r);
        return;
    }
    if (!n) {
        repeat(r);
        return;
    }
    const struct receipt_event event = {
        .ref = slice_of(r->ref), .state = r->state, .outcome = fault_of(r->loss)};
    r->era = world->back.era;
    node_receipt(n, r->gateway, &event, on_stored, r);
}

static void report_later(const struct sim_request *q, enum state state)
{
    struct report *r = xcalloc(1, sizeof *r);
    memcpy(r->ref, q->ref.p, REF_CHARS);
    r->state = state;
    r->loss = q->loss;
    r->gateway = q->gateway;
    /* some overtake the answer to the request */
    (void)sim_in(NULL, rng_exponential(&world->rng, 2 * SIM_S), on_due, r);
}

void reports_taken(const struct sim_request *q)
{
    if (world->over || rng_chance(&world->rng, 0.4)) return;
    bool arrives = q->loss == LOSS_NONE && rng_chance(&world->rng, 0.9);
    enum state last = arrives ? STATE_DELIVERED : STATE_UNDELIVERED;
    report_later(q, STATE_SENT);
    report_later(q, last);
    /* some come twice */
    if (rng_chance(&world->rng, 0.1)) report_later(q, STATE_SENT);
    if (rng_chance(&world->rng, 0.1)) report_later(q, last);
}

/* ---- by hand ---- */

static void on_recorded(void *arg, int result, uint32_t index, const struct err *e)
{
    if (result == 0) promises_direct(index, (int)(intptr_t)arg);
    /* one that failed was said to have failed: the person sends it again, or not */
    (void)e;
    sim_trace("direct message %u: %s", index, result < 0 ? "not recorded" : "recorded");
}

void reports_send_direct(struct world *w, int gateway)
{
    struct node *n = world_any_node(w);
    int64_t redis_ms = sim_redis_clock_us() / 1000;
    int nth = w->direct_sent;
    if (!n || w->direct_sent >= PROMISED_DIRECT_MAX / 2) return;
    const struct direct_message m = {
        .to = UINT64_C(447700990000) + (uint64_t)nth,
        .gateway = slice_of(w->gateways[gateway].name),
        .sender = SLICE_LIT(""),
        .group = SLICE_LIT("main"),
        .text = SLICE_LIT("see you there"),
        .by = SLICE_LIT("sam"),
        .kind = DIRECT_TEST,
        .at_ms = clock_wall_ms(),
        .until_ms = w->quiet || nth % 2 ? 0 : redis_ms + INT64_C(100) * (nth % 40),
    };
    w->direct_sent++;
    node_send_direct(n, &m, on_recorded, (void *)(intptr_t)gateway);
}
