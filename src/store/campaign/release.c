/* What the release role and the reports need of a campaign: its ledger made step by step, its
 * blocks out and kept, its people. */
#include "private.h"

#include <stdio.h>
#include <stdlib.h>

enum { GROW_BLOCKS = 128, NIBBLES = 256 };

/* ---- active campaigns ---- */

struct ids_call {
    campaign_ids_cb *cb;
    void *arg;
};

static void on_ids(void *arg, const struct redisReply *reply)
{
    struct ids_call call = *(struct ids_call *)arg;
    free(arg);
    size_t n = redis_count(reply);
    uint32_t *ids = xcalloc(n, sizeof *ids);
    for (size_t i = 0; i < n; i++)
        ids[i] = (uint32_t)redis_int(redis_at(reply, i), 0);
    call.cb(call.arg, redis_is_array(reply) ? 0 : ERR_UNREACHABLE, ids, n);
    free(ids);
}

void campaign_active(struct campaign_store *s, campaign_ids_cb *cb, void *arg)
{
    struct ids_call *call = xmalloc(sizeof *call);
    *call = (struct ids_call){cb, arg};
    struct campaign_text t = {.n = 0};
    struct slice argv[] = {SLICE_LIT("SMEMBERS"), campaign_key(s, &t, "active")};
    redis_command(s->redis, on_ids, call, COUNT_OF(argv), argv);
}

struct retire_call {
    campaign_done_cb *cb;
    void *arg;
    uint32_t id;
};

static void on_retire(void *arg, const struct redisReply *reply)
{
    struct retire_call call = *(struct retire_call *)arg;
    free(arg);
    struct err e = {0};
    int rc = campaign_result(reply, &e);
    if (rc == 0 && redis_int(reply, 0) == 0)
        rc = err_set(&e, ERR_CONFLICT, "campaign %u is not over", call.id);
    call.cb(call.arg, rc, rc < 0 ? &e : NULL);
}

void campaign_retire(struct campaign_store *s, uint32_t id, campaign_done_cb *cb, void *arg)
{
    struct retire_call *call = xmalloc(sizeof *call);
    *call = (struct retire_call){cb, arg, id};
    struct campaign_text t = {.n = 0};
    struct slice argv[] = {campaign_key(s, &t, "c:%u", id), campaign_key(s, &t, "active"),
                           campaign_number(&t, id)};
    redis_eval(s->redis, s->retire, on_retire, call, 2, COUNT_OF(argv), argv);
}

/* ---- growing ---- */

struct grow_call {
    campaign_grow_cb *cb;
    void *arg;
};

static void on_grow(void *arg, const struct redisReply *reply)
{
    struct grow_call call = *(struct grow_call *)arg;
    free(arg);
    int result = redis_is_array(reply) ? 0 : ERR_UNREACHABLE;
    if (slice_is(redis_str(redis_at(reply, 2)), "missing")) result = ERR_NOT_FOUND;
    call.cb(call.arg, result, (uint32_t)redis_int(redis_at(reply, 0), 0),
            (uint32_t)redis_int(redis_at(reply, 1), 0));
}

void campaign_grow(struct campaign_store *s, uint32_t id, uint32_t audience, campaign_grow_cb *cb,
                   void *arg)
{
    struct grow_call *call = xmalloc(sizeof *call);
    *call = (struct grow_call){cb, arg};
    struct campaign_text t = {.n = 0};
    struct slice argv[] = {campaign_key(s, &t, "c:%u", id), campaign_key(s, &t, "c:%u:l", id),
                           campaign_key(s, &t, "a:%u:b:", audience),
                           campaign_number(&t, GROW_BLOCKS)};
    redis_eval(s->redis, s->grow, on_grow, call, 2, COUNT_OF(argv), argv);
}

/* ---- blocks for the queue ---- */

struct reserve_call {
    campaign_reserve_cb *cb;
    void *arg;
};

static void on_reserved(void *arg, const struct redisReply *reply)
{
    struct reserve_call call = *(struct reserve_call *)arg;
    free(arg);
    uint32_t blocks[CAMPAIGN_RESERVE_MAX];
    size_t n = redis_count(reply);
    check(n <= CAMPAIGN_RESERVE_MAX);
    for (size_t i = 0; i < n; i++)
        blocks[i] = (uint32_t)redis_int(redis_at(reply, i), 0);
    call.cb(call.arg, redis_is_array(reply) ? 0 : ERR_UNREACHABLE, blocks, n);
}

void campaign_reserve(struct campaign_store *s, uint32_t id, size_t target, int64_t lost_ms,
                      campaign_reserve_cb *cb, void *arg)
{
    /* 16 lost ones (reserve.lua) and `target` new ones at the most. */
    check(target + 16 <= CAMPAIGN_RESERVE_MAX);
    struct reserve_call *call = xmalloc(sizeof *call);
    *call = (struct reserve_call){cb, arg};
    struct campaign_text t = {.n = 0};
    struct slice argv[] = {campaign_key(s, &t, "c:%u", id),
                           campaign_key(s, &t, "c:%u:o", id),
                           campaign_key(s, &t, "c:%u:k", id),
                           campaign_key(s, &t, "c:%u:b", id),
                           SLICE_LIT(""),
                           campaign_number(&t, (int64_t)target),
                           campaign_number(&t, lost_ms)};
    redis_eval(s->redis, s->reserve, on_reserved, call, 4, COUNT_OF(argv), argv);
}

void campaign_block_waits(struct campaign_store *s, uint32_t id, uint32_t block)
{
    struct campaign_text t = {.n = 0};
    struct slice argv[] = {SLICE_LIT("SADD"), campaign_key(s, &t, "c:%u:w", id),
                           campaign_number(&t, block)};
    redis_command(s->redis, NULL, NULL, COUNT_OF(argv), argv);
}

/* ---- people ---- */

struct people_call {
    campaign_people_cb *cb;
    void *arg;
    uint8_t states[NIBBLES];
    size_t n;
};

static void on_states(void *arg, const struct redisReply *reply)
{
    struct people_call *call = arg;
    struct slice bytes = redis_str(reply);
    call->n = 2 * bytes.n;
    for (size_t i = 0; i < call->n && i < NIBBLES; i++) {
        uint8_t b = (uint8_t)bytes.p[i / 2];
        call->states[i] = i % 2 ? b >> 4 : b & 15;
    }
}

static void on_details(void *arg, const struct redisReply *reply)
{
    struct people_call *call = arg;
    struct slice details[NIBBLES];
    for (size_t i = 0; i < NIBBLES; i++)
        details[i] = redis_str(redis_at(reply, i));
    bool known = redis_is_array(reply);
    call->cb(call->arg, known ? 0 : ERR_UNREACHABLE, call->states, details, known ? call->n : 0);
    free(call);
}

void campaign_people(struct campaign_store *s, uint32_t id, uint32_t block, campaign_people_cb *cb,
                     void *arg)
{
    struct people_call *call = xcalloc(1, sizeof *call);
    call->cb = cb;
    call->arg = arg;
    struct campaign_text t = {.n = 0};
    struct slice range[] = {SLICE_LIT("GETRANGE"), campaign_key(s, &t, "c:%u:l", id),
                            campaign_number(&t, (int64_t)block * NIBBLES / 2),
                            campaign_number(&t, ((int64_t)block + 1) * NIBBLES / 2 - 1)};
    redis_command(s->redis, on_states, call, COUNT_OF(range), range);
    char fields[NIBBLES][12];
    struct slice argv[2 + NIBBLES] = {SLICE_LIT("HMGET"), campaign_key(s, &t, "c:%u:d", id)};
    for (uint32_t i = 0; i < NIBBLES; i++) {
        int n = snprintf(fields[i], sizeof fields[i], "%u", block * NIBBLES + i);
        argv[2 + i] = slice_make(fields[i], (size_t)n);
    }
    redis_command(s->redis, on_details, call, COUNT_OF(argv), argv);
}

/* ---- leader ---- */

struct lead_call {
    lead_cb *cb;
    void *arg;
};

static void on_lead(void *arg, const struct redisReply *reply)
{
    struct lead_call call = *(struct lead_call *)arg;
    free(arg);
    call.cb(call.arg, (int)redis_int(redis_at(reply, 0), ERR_UNREACHABLE),
            redis_int(redis_at(reply, 1), 0));
}

void campaign_lead(struct campaign_store *s, const char *who, int64_t lease_ms, lead_cb *cb,
                   void *arg)
{
    struct lead_call *call = xmalloc(sizeof *call);
    *call = (struct lead_call){cb, arg};
    struct campaign_text t = {.n = 0};
    struct slice argv[] = {campaign_key(s, &t, "leader"), slice_of(who),
                           campaign_number(&t, lease_ms)};
    redis_eval(s->redis, s->lead, on_lead, call, 1, COUNT_OF(argv), argv);
}
