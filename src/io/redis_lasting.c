/* What counts only when replicas have it.
 *
 * WAIT stands in the same pipeline, behind what must last: the server that did it is the one that
 * says who has it, so no failover in between can make one server vouch for another. It keeps back
 * whatever this connection says later, but only for one round to the replicas; so there is one
 * under way at a time, it covers all that was sent before it, and the busier the server is, the
 * more go together. Replicas that are missing would keep everything back for as long as they may
 * take; so after the first time nothing that lasts is sent, and a WAIT of a few milliseconds asks
 * now and then. */
#include "redis_internal.h"

#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    REPLICAS_MS = 500,
    PROBE_MS = 50, /* a replica that is well answers in a few */
    PROBE_EVERY_US = 500 * 1000,
};

const struct redisReply *redis_lasting_refusal(void)
{
    static char text[] = "NOREPLICAS too few replicas have what is written here";
    static const struct redisReply refusal = {
        .type = REDIS_REPLY_ERROR, .len = sizeof text - 1, .str = text};
    return &refusal;
}

static bool is_enough(const struct lasting *l)
{
    return l->replicas >= l->min;
}

bool redis_lasting_may(const struct redis *r)
{
    return r->lasting.min == 0 || is_enough(&r->lasting);
}

bool redis_lasts(const struct redis *r)
{
    return r->phase == READY && redis_lasting_may(r);
}

bool redis_waits(const struct redis *r)
{
    return r->lasting.min > 0;
}

int redis_replicas(const struct redis *r)
{
    return r->phase == READY && r->lasting.min > 0 ? r->lasting.replicas : -1;
}

/* ---- what was held ---- */

void redis_lasting_hold(struct redis *r, struct pending *p, struct redisReply *reply)
{
    p->reply = reply;
    redis_list_add(&r->lasting.held, p);
}

static void release(struct redis *r, uint64_t covered)
{
    struct lasting *l = &r->lasting;
    bool stands = is_enough(l);
    while (l->held.head && l->held.head->number <= covered) {
        struct pending *p = redis_list_take(&l->held);
        r->pending_n--;
        redis_finish(r, p, stands ? p->reply : redis_lasting_refusal());
    }
}

/* ---- asking ---- */

static void say(const struct lasting *l)
{
    if (is_enough(l))
        log_info("redis: %d replicas have what is written", l->replicas);
    else
        log_error("redis: %d of the %d replicas that there must be have what was written: nothing "
                  "is sent until they have",
                  l->replicas, l->min);
}

/* A server that does not know the command, or does not let us; or one that stopped being master. */
static void cannot_wait(struct redis *r, struct slice text)
{
    char why[REDIS_WHY_BYTES];
    bool never = slice_starts(text, "NOPERM") || slice_starts(text, "ERR unknown command");
    (void)snprintf(why, sizeof why, "it does not wait for its replicas (redis.replicas_min): %.*s",
                   SLICE_ARG(text));
    redis_condemn(r, never ? ERR_UNSAFE : ERR_UNREACHABLE, why);
}

static void on_replicas(void *arg, const struct redisReply *reply)
{
    struct redis *r = arg;
    struct lasting *l = &r->lasting;
    struct slice text;
    if (!reply) return; /* redis_lasting_end has seen to it */
    bool first = l->replicas < 0, was = is_enough(l);
    int64_t count = redis_int(reply, 0);
    l->asking = false;
    l->replicas = (int)count;
    if (first || was != is_enough(l)) say(l);
    release(r, l->covered);
    if (!is_enough(l)) loop_timer_in(l->probe, PROBE_EVERY_US);
    if (redis_is_error(reply, &text)) cannot_wait(r, text);
}

static void send_wait(struct redis *r, int within_ms)
{
    struct lasting *l = &r->lasting;
    char min[16], ms[16];
    (void)snprintf(min, sizeof min, "%d", l->min);
    (void)snprintf(ms, sizeof ms, "%d", within_ms);
    const struct slice wait[] = {SLICE_LIT("WAIT"), slice_of(min), slice_of(ms)};
    l->asking = true;
    l->covered = l->sent;
    redis_send(r, r->command_ms + within_ms, on_replicas, r, COUNT_OF(wait), wait);
}

void redis_lasting_ask(struct redis *r)
{
    struct lasting *l = &r->lasting;
    if (!l->asking && l->sent > l->covered) send_wait(r, l->within_ms);
}

static void on_probe(void *arg)
{
    struct redis *r = arg;
    if (r->phase == READY && !r->lasting.asking && !is_enough(&r->lasting)) send_wait(r, PROBE_MS);
}

/* ---- life ---- */

void redis_lasting_init(struct redis *r, const struct redis_config *config)
{
    r->lasting =
        (struct lasting){.min = config->replicas_min,
                         .within_ms = config->replicas_ms ? config->replicas_ms : REPLICAS_MS,
                         .replicas = -1};
    redis_list_init(&r->lasting.held);
    r->lasting.probe = loop_timer_new(r->loop, on_probe, r);
}

void redis_lasting_done(struct redis *r)
{
    loop_timer_free(r->lasting.probe);
}

void redis_lasting_begin(struct redis *r)
{
    if (r->lasting.min > 0) loop_timer_in(r->lasting.probe, 0);
}

void redis_lasting_end(struct redis *r)
{
    struct lasting *l = &r->lasting;
    l->asking = false;
    l->replicas = -1;
    l->sent = l->covered = 0;
    redis_fail_all(r, &l->held);
}
