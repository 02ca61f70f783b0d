/* The reader of one lane: a stream, a consumer group, one connection, one command at a time.
 *
 * In order of need: create the group; read what this consumer's name has pending from before; take
 * over what others left idle for longer than the lease (every third of a lease); else wait for new
 * messages. Every command asks for no more messages than there is demand, so since only one is
 * under way, never more come than were asked for. Only a demand that was lowered meanwhile makes a
 * surplus: it is given back. And it asks for a few at a time: whoever comes first must not take all
 * that there is, while others have nothing to do.
 *
 * After every lost reply the reader starts over with the pending ones: the server may have
 * delivered what never arrived here. What is held already is recognised by its id. */
#include "redis.h"

#include "base/clock.h"
#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    /* an idle reader says hello this often, so that a dead connection is noticed */
    BLOCK_MS_MAX = 5000,
    RETRY_MS = 100,
    TAKEOVERS_PER_LEASE = 3,
};

/* Messages that one command asks for. A batch is some hundred people, a reply is one. */
static const int read_max[LANE_COUNT] = {[LANE_REPLY] = 64, [LANE_REMINDER] = 2, [LANE_BLAST] = 2};

static const char first_id[] = "0-0";

static void start_over(struct redis_lane *r)
{
    r->group_stands = false;
    r->own_read = false;
    (void)snprintf(r->own_after, sizeof r->own_after, "%s", first_id);
}

static void failed(struct redis_lane *r, const char *why)
{
    log_debug("queue: lane %s: %s", lane_to_string(r->lane), why);
    start_over(r);
    if (!r->queue->closing) loop_timer_in(r->retry, RETRY_MS * 1000);
}

/* Ends the command under way; false when it failed. */
static bool replied(struct redis_lane *r, const struct redisReply *reply)
{
    struct err e;
    r->busy = false;
    if (call_failed(reply, &e) == 0) return true;
    failed(r, e.text);
    return false;
}

void redis_lane_key(struct call *c, const struct redis_lane *r)
{
    call_key(c, "q:%s", lane_to_string(r->lane));
}

void redis_lane_key_and_group(struct call *c, const struct redis_lane *r)
{
    redis_lane_key(c, r);
    call_str(c, r->queue->group);
}

/* ---- delivery ---- */

static struct held *hold(struct redis_lane *r, struct slice id, struct slice value, bool again)
{
    struct held *h = xcalloc(1, sizeof *h + value.n + 1);
    if (value.n) memcpy(h->value, value.p, value.n);
    h->lane = r;
    h->m = (struct queue_message){
        .lane = r->lane, .value = slice_make(h->value, value.n), .again = again};
    (void)snprintf(h->id, sizeof h->id, "%.*s", SLICE_ARG(id));
    check(map_put(r->held, slice_of(h->id), h) == NULL);
    return h;
}

/* The entry was removed from the stream while it was pending: only the books know it. */
static void forget(const struct redis_lane *r, struct slice id)
{
    struct call *c = call_command(r->queue->work.store, "XACK");
    redis_lane_key_and_group(c, r);
    call_text(c, id);
    call_run(c, NULL, NULL, NULL);
}

static void deliver(struct redis_lane *r, const struct redisReply *entry, bool again)
{
    struct slice id = redis_str(redis_at(entry, 0));
    const struct redisReply *fields = redis_at(entry, 1);
    if (id.n == 0 || id.n >= STREAM_ID_BYTES || map_get(r->held, id)) return;
    if (!redis_is_array(fields)) {
        forget(r, id);
        return;
    }
    if (!again && r->depth > 0) r->depth--;
    again |= redis_field(fields, "again").n > 0;
    struct held *h = hold(r, id, redis_field(fields, "v"), again);
    if (r->demand > 0) {
        r->demand--;
        r->queue->base.cb(r->queue->base.arg, &h->m);
    } else {
        h->state = HELD_GIVEN_BACK;
        redis_queue_settle(h);
    }
}

/* While the messages are delivered the lane counts as busy: a callback that changes the demand must
 * not start the next command in the middle. */
static void deliver_all(struct redis_lane *r, const struct redisReply *entries, bool again)
{
    r->busy = true;
    for (size_t i = 0; i < redis_count(entries); i++)
        deliver(r, redis_at(entries, i), again);
    r->busy = false;
}

/* XREADGROUP replies [[key, entries]], or nil. */
static const struct redisReply *entries_of(const struct redisReply *reply)
{
    return redis_at(redis_at(reply, 0), 1);
}

/* ---- the commands ---- */

static int64_t count(const struct redis_lane *r)
{
    return r->demand < read_max[r->lane] ? r->demand : read_max[r->lane];
}

static void on_group(struct call *c, const struct redisReply *reply)
{
    struct redis_lane *r = c->arg;
    struct slice text;
    if (redis_is_error(reply, &text) && slice_starts(text, "BUSYGROUP"))
        r->busy = false;
    else if (!replied(r, reply))
        return;
    r->group_stands = true;
    redis_lane_pump(r);
}

static void create_group(struct redis_lane *r)
{
    struct call *c = call_command(r->line.store, "XGROUP");
    call_str(c, "CREATE");
    redis_lane_key_and_group(c, r);
    call_str(c, "0");
    call_str(c, "MKSTREAM");
    call_run(c, on_group, NULL, r);
}

static void on_own(struct call *c, const struct redisReply *reply)
{
    struct redis_lane *r = c->arg;
    if (!replied(r, reply)) return;
    const struct redisReply *entries = entries_of(reply);
    size_t n = redis_count(entries);
    struct slice last = redis_str(redis_at(redis_at(entries, n ? n - 1 : 0), 0));
    if (n == 0)
        r->own_read = true;
    else
        (void)snprintf(r->own_after, sizeof r->own_after, "%.*s", SLICE_ARG(last));
    deliver_all(r, entries, true);
    redis_lane_pump(r);
}

static void on_taken_over(struct call *c, const struct redisReply *reply)
{
    struct redis_lane *r = c->arg;
    if (!replied(r, reply)) return;
    struct slice next = redis_str(redis_at(reply, 0));
    bool finished = next.n == 0 || slice_is(next, first_id);
    (void)snprintf(r->idle_after, sizeof r->idle_after, "%.*s",
                   SLICE_ARG(next.n ? next : slice_of(first_id)));
    if (finished)
        r->takeover_at_us = clock_mono_us() + r->queue->lease_ms * 1000LL / TAKEOVERS_PER_LEASE;
    deliver_all(r, redis_at(reply, 1), true);
    redis_lane_pump(r);
}

static void take_over(struct redis_lane *r)
{
    struct call *c = call_command(r->line.store, "XAUTOCLAIM");
    redis_lane_key_and_group(c, r);
    call_str(c, r->queue->consumer);
    call_i64(c, r->queue->lease_ms);
    call_str(c, r->idle_after);
    call_str(c, "COUNT");
    call_i64(c, count(r));
    call_run(c, on_taken_over, NULL, r);
}

static void on_new(struct call *c, const struct redisReply *reply)
{
    struct redis_lane *r = c->arg;
    if (!replied(r, reply)) return;
    deliver_all(r, entries_of(reply), false);
    redis_lane_pump(r);
}

static void read_group(struct redis_lane *r, int block_ms, const char *after, call_read *read)
{
    struct call *c = call_command(r->line.store, "XREADGROUP");
    call_str(c, "GROUP");
    call_str(c, r->queue->group);
    call_str(c, r->queue->consumer);
    call_str(c, "COUNT");
    call_i64(c, count(r));
    call_str(c, "BLOCK");
    call_i64(c, block_ms);
    call_str(c, "STREAMS");
    redis_lane_key(c, r);
    call_str(c, after);
    call_within(c, block_ms + r->queue->command_ms);
    call_run(c, read, NULL, r);
}

static int block_ms(const struct redis_lane *r, int64_t now_us)
{
    int64_t ms = (r->takeover_at_us - now_us) / 1000 + 1;
    return ms < BLOCK_MS_MAX ? (int)ms : BLOCK_MS_MAX;
}

void redis_lane_pump(struct redis_lane *r)
{
    if (r->busy || r->queue->closing || !line_is_up(&r->line) || loop_timer_armed(r->retry)) return;
    if (r->group_stands && r->demand == 0) return;
    int64_t now_us = clock_mono_us();
    r->busy = true;
    if (!r->group_stands)
        create_group(r);
    else if (!r->own_read)
        read_group(r, 1, r->own_after, on_own); /* what is pending never blocks */
    else if (now_us >= r->takeover_at_us)
        take_over(r);
    else
        read_group(r, block_ms(r, now_us), ">", on_new);
}

/* ---- life ---- */

static void on_retry(void *arg)
{
    redis_lane_pump(arg);
}

static void on_state(void *arg, bool connected, const char *why)
{
    struct redis_lane *r = arg;
    (void)why;
    start_over(r);
    if (connected) redis_lane_pump(r);
}

int redis_lane_init(struct redis_lane *r, struct redis_queue *q, enum lane lane,
                    const struct queue_config *config, struct err *e)
{
    r->queue = q;
    r->lane = lane;
    r->depth = -1;
    (void)snprintf(r->idle_after, sizeof r->idle_after, "%s", first_id);
    start_over(r);
    r->held = map_new();
    r->retry = loop_timer_new(q->loop, on_retry, r);
    int rc = line_open(&r->line, q->loop, config, e);
    if (rc == 0) redis_on_state(r->line.redis, on_state, r);
    return rc;
}

void redis_lane_done(struct redis_lane *r)
{
    if (!r->held) return;
    line_close(&r->line);
    loop_timer_free(r->retry);
    size_t at = 0;
    struct slice id;
    void *item;
    while (map_next(r->held, &at, &id, &item)) {
        struct held *h = item;
        if (h->done) h->done(h->done_arg, ERR_UNREACHABLE);
        free(h);
    }
    map_free(r->held);
}
