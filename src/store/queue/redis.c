/* The queue over Redis Streams: a stream per lane, one consumer group for all dispatchers.
 *
 * An entry leaves the stream when it is acked, so the stream is as long as the work that is left
 * and XLEN minus the pending ones is what nobody has yet.
 *
 * Settling (ack, give back) is repeated until Redis has replied: both scripts change nothing the
 * second time. Until then the message stays in the lane's books, so that it is not delivered here
 * again. A message at work is kept by a sign of life every third of a lease; without it others take
 * it over, also when Redis' clock was set back meanwhile. */
#include "redis.h"

#include "store/lua_scripts.h"

#include "base/clock.h"
#include "base/log.h"

#include <stdlib.h>

enum {
    TEND_MS = 500, /* depth, and settling what got an error */
    COMMAND_MS = 5000,
    KEEPS_PER_LEASE = 3,
    KEEP_IDS_MAX = 256,
};

static const struct script ack = {.name = "queue_ack", .parts = {&lua_queue_ack}};
static const struct script give_back = {.name = "queue_give_back", .parts = {&lua_queue_give_back}};
static const struct script keep = {.name = "queue_keep", .parts = {&lua_queue_keep}};
static const struct script look_clock = {.name = "queue_clock", .parts = {&lua_queue_clock}};

static struct redis_queue *of(struct queue *q)
{
    return (struct redis_queue *)q;
}

static const struct redis_queue *of_const(const struct queue *q)
{
    return (const struct redis_queue *)q;
}

/* ---- connections ---- */

int line_open(struct line *l, struct loop *loop, const struct queue_config *config, struct err *e)
{
    int rc = redis_new(loop, config->redis, &l->redis, e);
    if (rc == 0) l->store = store_new(l->redis, config->prefix);
    return rc;
}

void line_close(struct line *l)
{
    redis_free(l->redis);
    store_free(l->store);
}

/* ---- publish ---- */

static void on_published(struct call *c, const struct redisReply *reply)
{
    struct redis_lane *const *r = call_kept(c);
    int result = call_failed(reply, NULL);
    if (result == 0 && (*r)->depth >= 0) (*r)->depth++;
    call_back(c, queue_done_cb)(c->arg, result);
}

static void redis_queue_publish(struct queue *base, enum lane lane, struct slice key,
                                struct slice value, queue_done_cb *cb, void *arg)
{
    struct redis_queue *q = of(base);
    struct redis_lane *r = &q->lanes[lane];
    (void)key; /* a stream is not partitioned */
    struct call *c = call_command(q->work.store, "XADD");
    call_keep(c, r);
    redis_lane_key(c, r);
    call_str(c, "*");
    call_pair(c, "v", value);
    call_run(c, on_published, cb, arg);
}

/* ---- settle ---- */

static void on_settled(struct call *c, const struct redisReply *reply)
{
    struct held *h = c->arg;
    struct err e;
    h->settling = false;
    if (call_failed(reply, &e) < 0) {
        log_debug("queue: message %s is not settled yet: %s", h->id, e.text);
        return; /* the next tending repeats it */
    }
    (void)map_del(h->lane->held, slice_of(h->id));
    if (h->done) h->done(h->done_arg, 0);
    free(h);
}

void redis_queue_settle(struct held *h)
{
    struct redis_lane *r = h->lane;
    bool acked = h->state == HELD_ACKED;
    check(acked || h->state == HELD_GIVEN_BACK);
    h->settling = true;
    struct call *c = call_begin(r->queue->work.store, acked ? &ack : &give_back);
    redis_lane_key_and_group(c, r);
    if (!acked) call_str(c, r->queue->consumer);
    call_str(c, h->id);
    if (!acked) call_text(c, h->m.value);
    if (!acked) call_u64(c, h->m.again);
    call_run(c, on_settled, NULL, h);
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

static struct call *keep_begin(const struct redis_lane *r)
{
    struct call *c = call_begin(r->queue->work.store, &keep);
    redis_lane_key_and_group(c, r);
    call_str(c, r->queue->consumer);
    return c;
}

static void keep_all(struct redis_lane *r)
{
    struct call *c = NULL;
    size_t n = 0, at = 0;
    struct slice id;
    void *item;
    while (map_next(r->held, &at, &id, &item)) {
        const struct held *h = item;
        if (h->state != HELD_AT_WORK) continue;
        if (!c) c = keep_begin(r);
        call_text(c, id);
        if (++n % KEEP_IDS_MAX) continue;
        call_run(c, NULL, NULL, NULL);
        c = NULL;
    }
    if (c) call_run(c, NULL, NULL, NULL);
}

static void look_at_clock(const struct redis_lane *r)
{
    struct call *c = call_begin(r->queue->work.store, &look_clock);
    redis_lane_key(c, r);
    call_key(c, "q:%s:clock", lane_to_string(r->lane));
    call_str(c, r->queue->group);
    call_run(c, NULL, NULL, NULL);
}

static void on_length(struct call *c, const struct redisReply *reply)
{
    struct redis_lane *r = c->arg;
    r->length = redis_int(reply, -1);
}

static void on_pending(struct call *c, const struct redisReply *reply)
{
    struct redis_lane *r = c->arg;
    int64_t pending = redis_int(redis_at(reply, 0), -1);
    if (pending < 0 || r->length < 0)
        r->depth = -1;
    else
        r->depth = r->length > pending ? r->length - pending : 0;
}

static void measure(struct redis_lane *r)
{
    struct call *c = call_command(r->queue->work.store, "XLEN");
    redis_lane_key(c, r);
    call_run(c, on_length, NULL, r);
    c = call_command(r->queue->work.store, "XPENDING");
    redis_lane_key_and_group(c, r);
    call_run(c, on_pending, NULL, r);
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
        if (!line_is_up(&q->work)) continue;
        resettle(r);
        if (keep_due) keep_all(r);
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
    bool ready = line_is_up(&q->work);
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
    line_close(&q->work); /* acks without a reply learn it here */
    for (size_t i = 0; i < LANE_COUNT; i++)
        redis_lane_done(&q->lanes[i]);
    loop_timer_free(q->tend);
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
    int rc = line_open(&q->work, q->loop, config, e);
    if (rc < 0) return rc;
    redis_on_state(q->work.redis, on_work_state, q);
    for (enum lane lane = 0; lane < LANE_COUNT && rc == 0; lane++)
        rc = redis_lane_init(&q->lanes[lane], q, lane, config, e);
    return rc;
}

int queue_redis_new(struct loop *l, const struct queue_config *config, struct queue **ret,
                    struct err *e)
{
    check(config->redis);
    if (strlen(config->prefix) > STORE_PREFIX_BYTES_MAX)
        return err_set(e, ERR_LIMIT, "redis.prefix: longer than %d bytes", STORE_PREFIX_BYTES_MAX);
    struct redis_queue *q = xcalloc(1, sizeof *q);
    q->base.ops = &redis_ops;
    q->loop = l;
    q->consumer = xstrdup(config->consumer);
    q->group = xstrdup(config->group);
    q->lease_ms = config->lease_ms;
    q->command_ms = config->redis->command_ms > 0 ? config->redis->command_ms : COMMAND_MS;
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
