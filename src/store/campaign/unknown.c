#include "store/unknown.h"

#include "private.h"

#include <stdio.h>
#include <stdlib.h>

enum { NIBBLES = 256 };

/* ---- who ---- */

struct due_call {
    unknown_due_cb *cb;
    void *arg;
};

static void on_due(void *arg, const struct redisReply *reply)
{
    struct due_call call = *(struct due_call *)arg;
    free(arg);
    struct unknown_person people[UNKNOWN_DUE_MAX];
    size_t n = redis_count(reply) / 2;
    check(n <= UNKNOWN_DUE_MAX);
    for (size_t i = 0; i < n; i++)
        people[i] = (struct unknown_person){(uint32_t)redis_int(redis_at(reply, 2 * i), 0),
                                            redis_int(redis_at(reply, 2 * i + 1), 0)};
    call.cb(call.arg, redis_is_array(reply) ? 0 : ERR_UNREACHABLE, people, n);
}

void unknown_due(struct campaign_store *s, uint32_t campaign, const struct unknown_range *range,
                 unknown_due_cb *cb, void *arg)
{
    struct due_call *call = xmalloc(sizeof *call);
    *call = (struct due_call){cb, arg};
    struct campaign_text t = {.n = 0};
    struct slice argv[] = {
        campaign_key(s, &t, "c:%u", campaign),     SLICE_LIT(""),
        campaign_number(&t, range->at_least_ms),   campaign_number(&t, range->at_most_ms),
        campaign_number(&t, (int64_t)range->skip), campaign_number(&t, UNKNOWN_DUE_MAX)};
    redis_eval(s->redis, s->unknown_due, on_due, call, 1, COUNT_OF(argv), argv);
}

struct since_call {
    unknown_since_cb *cb;
    void *arg;
};

static void on_since(void *arg, const struct redisReply *reply)
{
    struct since_call call = *(struct since_call *)arg;
    free(arg);
    int64_t since_ms[NIBBLES];
    for (size_t i = 0; i < NIBBLES; i++)
        since_ms[i] = redis_int(redis_at(reply, i), 0);
    call.cb(call.arg, redis_is_array(reply) ? 0 : ERR_UNREACHABLE, since_ms, NIBBLES);
}

void unknown_since(struct campaign_store *s, uint32_t campaign, uint32_t block,
                   unknown_since_cb *cb, void *arg)
{
    struct since_call *call = xmalloc(sizeof *call);
    *call = (struct since_call){cb, arg};
    struct campaign_text t = {.n = 0};
    char members[NIBBLES][12];
    struct slice argv[2 + NIBBLES] = {SLICE_LIT("ZMSCORE"),
                                      campaign_key(s, &t, "c:%u:u", campaign)};
    for (uint32_t i = 0; i < NIBBLES; i++) {
        int n = snprintf(members[i], sizeof members[i], "%u", block * NIBBLES + i);
        argv[2 + i] = slice_make(members[i], (size_t)n);
    }
    redis_command(s->redis, on_since, call, COUNT_OF(argv), argv);
}

/* ---- a person's decision ---- */

struct resolve_call {
    struct campaign_store *s;
    uint32_t campaign;
    enum unknown_decision decision;
    char *who, *why;  /* owned */
    int64_t until_ms; /* 0 before the first step */
    uint64_t moved;
    unknown_resolve_cb *cb;
    void *arg;
};

static void resolve_step(struct resolve_call *call);

static void resolve_ended(struct resolve_call *call, int rc, const struct err *e)
{
    call->cb(call->arg, rc, call->moved, rc < 0 ? e : NULL);
    free(call->who);
    free(call->why);
    free(call);
}

static int refusal(const struct resolve_call *call, struct slice status, struct err *e)
{
    if (slice_is(status, "gone"))
        return err_set(e, ERR_NOT_FOUND,
                       "there is no campaign %u; `muster campaign list` shows them",
                       call->campaign);
    if (slice_is(status, "late"))
        return err_set(e, ERR_CONFLICT,
                       "the deadline of campaign %u has passed: its unknown can only be left",
                       call->campaign);
    return err_set(e, ERR_CONFLICT, "campaign %u is %.*s: its unknown can only be left",
                   call->campaign, SLICE_ARG(status));
}

static void on_resolve(void *arg, const struct redisReply *reply)
{
    struct resolve_call *call = arg;
    struct err e = {0};
    int rc = campaign_result(reply, &e);
    if (rc == 0 && !slice_is(redis_str(redis_at(reply, 0)), "ok"))
        rc = refusal(call, redis_str(redis_at(reply, 1)), &e);
    int64_t moved = redis_int(redis_at(reply, 1), 0), left = redis_int(redis_at(reply, 3), 0);
    if (rc == 0) call->moved += (uint64_t)moved;
    call->until_ms = redis_int(redis_at(reply, 2), 0);
    if (rc == 0 && moved && left)
        resolve_step(call);
    else
        resolve_ended(call, rc, &e);
}

static void resolve_step(struct resolve_call *call)
{
    struct campaign_store *s = call->s;
    struct campaign_text t = {.n = 0};
    uint32_t id = call->campaign;
    struct slice argv[] = {
        campaign_key(s, &t, "c:%u", id),
        campaign_key(s, &t, "c:%u:l", id),
        campaign_key(s, &t, "c:%u:d", id),
        campaign_key(s, &t, "c:%u:k", id),
        campaign_key(s, &t, "active"),
        campaign_key(s, &t, "audit"),
        SLICE_LIT(""),
        campaign_number(&t, call->decision == UNKNOWN_RESEND ? STATE_PENDING : STATE_REFUSED),
        campaign_number(&t, id),
        call->until_ms ? campaign_number(&t, call->until_ms) : SLICE_LIT(""),
        slice_of(call->who),
        slice_of(call->why),
    };
    redis_eval(s->redis, s->resolve, on_resolve, call, 6, COUNT_OF(argv), argv);
}

void unknown_resolve(struct campaign_store *s, uint32_t campaign, enum unknown_decision decision,
                     struct slice who, struct slice why, unknown_resolve_cb *cb, void *arg)
{
    struct resolve_call *call = xcalloc(1, sizeof *call);
    call->s = s;
    call->campaign = campaign;
    call->decision = decision;
    call->who = slice_strdup(who);
    call->why = slice_strdup(why);
    call->cb = cb;
    call->arg = arg;
    resolve_step(call);
}
