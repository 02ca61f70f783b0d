/* The queue over Redis Streams: a stream per lane, one consumer group for all dispatchers.
 *
 * An entry leaves the stream when it is acked, so the stream is as long as the work that is left
 * and XLEN minus the pending ones is what nobody has yet.
 *
 * Settling (ack, give back) is repeated until Redis has answered: both scripts change nothing the
 * second time. Until then the message stays in the lane's books, so that it is not delivered here
 * again. A message at work is kept by a sign of life every third of a lease; without it others take
 * it over, also when Redis' clock was set back meanwhile. */
#include "redis.h"

#include "store/lua_scripts.h"

#include "base/clock.h"
#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    TEND_MS = 500, /* depth, and settling what got an error */
    COMMAND_MS = 5000,
    KEEPS_PER_LEASE = 3,
    KEEP_IDS_MAX = 256,
};

static struct redis_queue *of(struct queue *q)
{
    return (struct redis_queue *)q;
}

static const struct redis_queue *of_const(const struct queue *q)
{
    return (const struct redis_queue *)q;
}

/* ---- publish ---- */

struct publish {
    struct redis_lane *lane;
    queue_done_cb *cb;
    void *arg;
};

static void on_published(void *arg, const struct redisReply *reply)
{
    struct publish p = *(struct publish *)arg;
    struct slice why;
    free(arg);
    int result = !reply ? ERR_UNREACHABLE : redis_is_error(reply, &why) ? ERR_REFUSED : 0;
    if (result == 0 && p.lane->depth >= 0) p.lane->depth++;
    p.cb(p.arg, result);
}

static void redis_queue_publish(struct queue *base, enum lane lane, struct slice key,
                                struct slice value, queue_done_cb *cb, void *arg)
{
    struct redis_queue *q = of(base);
    struct redis_lane *r = &q->lanes[lane];
    (void)key; /* a stream is not partitioned */
    struct publish *p = xmalloc(sizeof *p);
    *p = (struct publish){.lane = r, .cb = cb, .arg = arg};
    struct slice argv[] = {SLICE_LIT("XADD"), slice_of(r->key), SLICE_LIT("*"), SLICE_LIT("v"),
                           value};
    redis_command(q->work, on_published, p, COUNT_OF(argv), argv);
}

/* ---- settle ---- */

static void on_settled(void *arg, const struct redisReply *reply)
{
    struct held *h = arg;
    struct slice why = SLICE_LIT("no answer");
    h->settling = false;
    if (!reply || redis_is_error(reply, &why)) {
        log_debug("queue: message %s is not settled yet: %.*s", h->id, SLICE_ARG(why));
        return; /* the next tending repeats it */
    }
    (void)map_del(h->lane->held, slice_of(h->id));
    if (h->done) h->done(h->done_arg, 0);
    free(h);
}

void redis_queue_settle(struct held *h)
{
    struct redis_lane *r = h->lane;
    struct redis_queue *q = r->queue;
    h->settling = true;
    if (h->state == HELD_ACKED) {
        struct slice argv[] = {slice_of(r->key), slice_of(q->group), slice_of(h->id)};
        redis_eval(q->work, q->ack, on_settled, h, 1, COUNT_OF(argv), argv);
        return;
    }
    check(h->state == HELD_GIVEN_BACK);
    struct slice argv[] = {
        slice_of(r->key), slice_of(q->group), slice_of(q->consumer),
        slice_of(h->id),  h->m.value,         h->m.again ? SLICE_LIT("1") : SLICE_LIT("0")};
    redis_eval(q->work, q->give_back, on_settled, h, 1, COUNT_OF(argv), argv);
}

static void redis_queue_ack(struct queue *base, struct queue_message *m, queue_done_cb *cb,
                            void *arg)
{
    struct held *h = (struct held *)m;
    check(&h->lane->queue->base == base && h->state == HELD_AT_WORK);
    h->state = HELD_ACKED;
    h->done = cb;
    h->done_arg = arg;
    redis_queue_settle(h);
}

static void redis_queue_give_back(struct queue *base, struct queue_message *m)
{
    struct held *h = (struct held *)m;
    check(&h->lane->queue->base == base && h->state == HELD_AT_WORK);
    h->state = HELD_GIVEN_BACK;
    h->m.again = true; /* it has been in a dispatcher's hands */
    redis_queue_settle(h);
}

/* ---- tending ---- */

static void resettle(struct redis_lane *r)
{
    size_t at = 0;
    struct slice id;
    void *item;
    while (map_next(r->held, &at, &id, &item)) {
        struct held *h = item;
        if (h->state != HELD_AT_WORK && !h->settling) redis_queue_settle(h);
    }
}

static void keep(struct redis_lane *r)
{
    struct redis_queue *q = r->queue;
    struct slice argv[3 + KEEP_IDS_MAX] = {slice_of(r->key), slice_of(q->group),
                                           slice_of(q->consumer)};
    size_t n = 3, at = 0;
    struct slice id;
    void *item;
    while (map_next(r->held, &at, &id, &item)) {
        const struct held *h = item;
        if (h->state != HELD_AT_WORK) continue;
        argv[n++] = id;
        if (n < COUNT_OF(argv)) continue;
        redis_eval(q->work, q->keep, NULL, NULL, 1, n, argv);
        n = 3;
    }
    if (n > 3) redis_eval(q->work, q->keep, NULL, NULL, 1, n, argv);
}

static void look_at_clock(struct redis_lane *r)
{
    struct redis_queue *q = r->queue;
    char seen[STREAM_KEY_BYTES + 8];
    (void)snprintf(seen, sizeof seen, "%s:clock", r->key);
    struct slice argv[] = {slice_of(r->key), slice_of(seen), slice_of(q->group)};
    redis_eval(q->work, q->clock, NULL, NULL, 2, COUNT_OF(argv), argv);
}

static void on_length(void *arg, const struct redisReply *reply)
{
    struct redis_lane *r = arg;
    r->length = redis_int(reply, -1);
}

static void on_pending(void *arg, const struct redisReply *reply)
{
    struct redis_lane *r = arg;
    int64_t pending = redis_int(redis_at(reply, 0), -1);
    if (pending < 0 || r->length < 0)
        r->depth = -1;
    else
        r->depth = r->length > pending ? r->length - pending : 0;
}

static void measure(struct redis_lane *r)
{
    struct slice length[] = {SLICE_LIT("XLEN"), slice_of(r->key)};
    struct slice pending[] = {SLICE_LIT("XPENDING"), slice_of(r->key), slice_of(r->queue->group)};
    redis_command(r->queue->work, on_length, r, COUNT_OF(length), length);
    redis_command(r->queue->work, on_pending, r, COUNT_OF(pending), pending);
}

static void on_tend(void *arg)
{
    struct redis_queue *q = arg;
    int64_t now_us = clock_mono_us();
    int64_t keep_every_us = q->lease_ms * 1000LL / KEEPS_PER_LEASE;
    bool keep_due = now_us >= q->keep_at_us;
    if (keep_due) q->keep_at_us = now_us + keep_every_us;
    for (size_t i = 0; i < LANE_COUNT; i++) {
        struct redis_lane *r = &q->lanes[i];
        if (!redis_is_connected(q->work)) continue;
        resettle(r);
        if (keep_due) keep(r);
        if (keep_due) look_at_clock(r);
        measure(r);
    }
    loop_timer_in(q->tend, keep_every_us < TEND_MS * 1000 ? keep_every_us : TEND_MS * 1000);
}

static void on_work_state(void *arg, bool connected, const char *why)
{
    struct redis_queue *q = arg;
    (void)why;
    for (size_t i = 0; i < LANE_COUNT; i++)
        q->lanes[i].depth = -1;
    if (connected) loop_timer_in(q->tend, 0);
}

/* ---- life ---- */

static void redis_queue_set_demand(struct queue *base, enum lane lane, int messages)
{
    struct redis_lane *r = &of(base)->lanes[lane];
    r->demand = messages;
    redis_lane_pump(r);
}

static bool redis_queue_is_ready(const struct queue *base)
{
    const struct redis_queue *q = of_const(base);
    bool ready = redis_is_connected(q->work);
    for (size_t i = 0; i < LANE_COUNT; i++)
        ready = ready && q->lanes[i].group_stands;
    return ready;
}

static int64_t redis_queue_depth(const struct queue *base, enum lane lane)
{
    return of_const(base)->lanes[lane].depth;
}

static void redis_queue_free(struct queue *base)
{
    struct redis_queue *q = of(base);
    q->closing = true;
    redis_free(q->work); /* acks without an answer learn it here */
    for (size_t i = 0; i < LANE_COUNT; i++)
        redis_lane_done(&q->lanes[i]);
    loop_timer_free(q->tend);
    redis_script_free(q->ack);
    redis_script_free(q->give_back);
    redis_script_free(q->keep);
    redis_script_free(q->clock);
    free(q->consumer);
    free(q->group);
    free(q);
}

static const struct queue_ops redis_ops = {
    .free = redis_queue_free,
    .is_ready = redis_queue_is_ready,
    .publish = redis_queue_publish,
    .set_demand = redis_queue_set_demand,
    .ack = redis_queue_ack,
    .give_back = redis_queue_give_back,
    .depth = redis_queue_depth,
};

static int connect_all(struct redis_queue *q, const struct queue_config *config, struct err *e)
{
    int rc = redis_new(q->loop, config->redis, &q->work, e);
    if (rc < 0) return rc;
    redis_on_state(q->work, on_work_state, q);
    for (enum lane lane = 0; lane < LANE_COUNT && rc == 0; lane++)
        rc = redis_lane_init(&q->lanes[lane], q, lane, config->prefix, config->redis, e);
    return rc;
}

int queue_redis_new(struct loop *l, const struct queue_config *config, struct queue **ret,
                    struct err *e)
{
    check(config->redis);
    struct redis_queue *q = xcalloc(1, sizeof *q);
    q->base.ops = &redis_ops;
    q->loop = l;
    q->consumer = xstrdup(config->consumer);
    q->group = xstrdup(config->group);
    q->lease_ms = config->lease_ms;
    q->command_ms = config->redis->command_ms > 0 ? config->redis->command_ms : COMMAND_MS;
    q->ack = redis_script_new("queue_ack", lua_queue_ack);
    q->give_back = redis_script_new("queue_give_back", lua_queue_give_back);
    q->keep = redis_script_new("queue_keep", lua_queue_keep);
    q->clock = redis_script_new("queue_clock", lua_queue_clock);
    q->tend = loop_timer_new(l, on_tend, q);
    int rc = connect_all(q, config, e);
    if (rc < 0) {
        redis_queue_free(&q->base);
        return rc;
    }
    loop_timer_in(q->tend, 0);
    *ret = &q->base;
    return 0;
}
