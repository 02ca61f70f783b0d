#include "store/rehearsal.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/check.h"
#include "core/group.h"
#include "store/call.h"
#include "store/lua_scripts.h"

static void lua_states(struct buf *b)
{
#define X(name, text) buf_addf(b, "local %s='%s'\n", #name, text);
    REHEARSAL_STATE_TABLE(X)
#undef X
}

static const struct script ask = {.name = "rehearsal_ask",
                                  .prelude = lua_states,
                                  .parts = {&lua_rehearsal_common, &lua_audit, &lua_rehearsal_ask}};
static const struct script take = {.name = "rehearsal_take",
                                   .prelude = lua_states,
                                   .parts = {&lua_rehearsal_common, &lua_rehearsal_take}};
static const struct script tell = {.name = "rehearsal_tell",
                                   .prelude = lua_states,
                                   .parts = {&lua_rehearsal_common, &lua_rehearsal_tell}};
static const struct script list = {
    .name = "rehearsal_list", .parts = {&lua_rehearsal_common, &lua_merged, &lua_rehearsal_list}};
static const struct script discard = {
    .name = "rehearsal_remove",
    .parts = {&lua_rehearsal_common, &lua_audit, &lua_rehearsal_remove}};

static const int64_t lives_ms = (int64_t)REHEARSAL_DAYS * 24 * 3600 * 1000;

static const char *const states[] = {
#define X(name, text) text,
    REHEARSAL_STATE_TABLE(X)
#undef X
};

const char *rehearsal_state_to_string(enum rehearsal_state state)
{
    check((unsigned)state < REHEARSAL_STATE_COUNT);
    return states[state];
}

/* ---- the hash ---- */

static uint64_t number_of(const struct redisReply *fields, const char *name)
{
    uint64_t n = 0;
    return slice_to_u64(redis_field(fields, name), INT64_MAX, &n) ? n : 0;
}

static void read_one(const struct redisReply *fields, uint32_t id, struct rehearsal *ret)
{
    int state = slice_index(redis_field(fields, "state"), states, COUNT_OF(states));
    *ret = (struct rehearsal){
        .id = id,
        .name = redis_field(fields, "name"),
        .group = redis_field(fields, "group"),
        .by = redis_field(fields, "by"),
        .zone = redis_field(fields, "zone"),
        .audience = (uint32_t)number_of(fields, "audience"),
        .state = state < 0 ? REHEARSAL_FAILED : (enum rehearsal_state)state,
        .made_ms = (int64_t)number_of(fields, "made_ms"),
        .taken_ms = (int64_t)number_of(fields, "taken_ms"),
        .ended_ms = (int64_t)number_of(fields, "ended_ms"),
        .until_ms = (int64_t)number_of(fields, "until_ms"),
        .sent = number_of(fields, "sent"),
        .people = number_of(fields, "people"),
        .replies = number_of(fields, "replies"),
        .go = number_of(fields, "go") != 0,
        .why = redis_field(fields, "why"),
        .body = redis_field(fields, "body"),
        .check = redis_field(fields, "check"),
        .report = redis_field(fields, "report"),
    };
}

static struct call *begin(struct store *s, const struct script *script, int64_t now_ms)
{
    struct call *c = call_begin(s, script);
    call_prefix(c);
    call_i64(c, now_ms);
    return c;
}

static int not_found(uint32_t id, struct err *e)
{
    return err_set(e, ERR_NOT_FOUND, "there is no rehearsal %u: each is kept for %d days", id,
                   REHEARSAL_DAYS);
}

/* ---- asking for one ---- */

static int read_refusal(const struct redisReply *reply, struct err *e)
{
    if (call_says(reply, "busy"))
        return err_set(e, ERR_CONFLICT,
                       "the group's rehearsal %u is not over yet: wait for it, or take it away "
                       "under Rehearsals",
                       (uint32_t)redis_int(redis_at(reply, 1), 0));
    if (call_says(reply, "full"))
        return err_set(e, ERR_LIMIT,
                       "%d rehearsals wait already, which is as many as may: try again later "
                       "(`muster campaign rehearse` plays one where you are)",
                       REHEARSALS_WAITING_MAX);
    return 0;
}

static void on_asked(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int rc = call_failed(reply, &e);
    if (rc == 0) rc = read_refusal(reply, &e);
    call_back(c, rehearsal_ask_cb)(c->arg, rc, rc ? 0 : (uint32_t)redis_int(redis_at(reply, 1), 0),
                                   rc ? &e : NULL);
}

void rehearsal_ask(struct store *s, const struct rehearsal *new, struct deed deed,
                   rehearsal_ask_cb *cb, void *arg)
{
    check(group_ok(new->group));
    struct call *c = begin(s, &ask, deed.at_ms);
    call_lasts(c);
    call_text(c, deed.who);
    call_text(c, new->group);
    call_i64(c, lives_ms);
    call_u64(c, REHEARSALS_WAITING_MAX);
    call_u64(c, REHEARSALS_OF_GROUP_MAX);
    call_u64(c, REHEARSALS_MAX);
    call_pair(c, "name", new->name);
    call_pair(c, "by", new->by);
    call_pair(c, "zone", new->zone);
    call_pair_u64(c, "audience", new->audience);
    call_pair(c, "body", new->body);
    call_pair(c, "check", new->check);
    call_run(c, on_asked, cb, arg);
}

/* ---- the worker ---- */

static void on_taken(struct call *c, const struct redisReply *reply)
{
    struct err e;
    struct rehearsal one;
    int rc = call_failed(reply, &e);
    bool any = rc == 0 && redis_count(reply) == 2;
    if (any) read_one(redis_at(reply, 1), (uint32_t)redis_int(redis_at(reply, 0), 0), &one);
    call_back(c, rehearsal_cb)(c->arg, rc, any ? &one : NULL, rc ? &e : NULL);
}

void rehearsal_take(struct store *s, const char lease[REHEARSAL_LEASE_BYTES], int64_t now_ms,
                    rehearsal_cb *cb, void *arg)
{
    struct call *c = begin(s, &take, now_ms);
    call_str(c, lease);
    call_u64(c, REHEARSAL_LEASE_MS);
    call_u64(c, REHEARSAL_TRIES);
    call_run(c, on_taken, cb, arg);
}

static void on_told(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int rc = call_failed(reply, &e);
    if (rc == 0 && call_says(reply, "gone"))
        rc = err_set(
            &e, ERR_CONFLICT,
            "rehearsal %u is not yours any more: it was taken away, or somebody else has it",
            c->id);
    call_back(c, store_done_cb)(c->arg, rc, rc ? &e : NULL);
}

void rehearsal_tell(struct store *s, struct slice lease, const struct rehearsal *r, int64_t now_ms,
                    store_done_cb *cb, void *arg)
{
    check(r->state != REHEARSAL_WAITING);
    struct call *c = begin(s, &tell, now_ms);
    c->id = r->id;
    call_u64(c, r->id);
    call_text(c, lease);
    call_u64(c, REHEARSAL_LEASE_MS);
    call_str(c, rehearsal_state_to_string(r->state));
    if (r->state == REHEARSAL_FAILED) {
        call_pair(c, "why", call_cut(r->why, REHEARSAL_WHY_BYTES_MAX));
    } else if (r->state == REHEARSAL_FINISHED) {
        call_pair(c, "report", r->report);
        call_pair_u64(c, "go", r->go);
    } else {
        call_pair_u64(c, "sent", r->sent);
        call_pair_u64(c, "people", r->people);
        call_pair_u64(c, "replies", r->replies);
    }
    call_run(c, on_told, cb, arg);
}

/* ---- looking ---- */

enum { LIST_HEAD = 1, COLUMNS = 3 };

static int64_t worker_of(const struct redisReply *reply)
{
    uint64_t ms = 0;
    return slice_to_u64(redis_str(redis_at(reply, 0)), INT64_MAX, &ms) ? (int64_t)ms : 0;
}

static void on_list(struct call *c, const struct redisReply *reply)
{
    struct err e;
    struct rehearsal found[REHEARSAL_LIST_MAX];
    int rc = call_failed(reply, &e);
    size_t n = rc ? 0 : (redis_count(reply) - LIST_HEAD) / COLUMNS;
    if (n > REHEARSAL_LIST_MAX) n = REHEARSAL_LIST_MAX;
    for (size_t i = 0; i < n; i++) {
        size_t at = LIST_HEAD + i * COLUMNS;
        read_one(redis_at(reply, at + 2), (uint32_t)redis_int(redis_at(reply, at), 0), &found[i]);
        found[i].ahead = (uint64_t)redis_int(redis_at(reply, at + 1), 0);
    }
    if (rc == 0 && n == 0 && c->id) rc = not_found(c->id, &e);
    call_back(c, rehearsal_list_cb)(c->arg, rc, found, n, rc ? 0 : worker_of(reply),
                                    rc ? &e : NULL);
}

void rehearsal_load(struct store *s, uint32_t id, int64_t now_ms, rehearsal_list_cb *cb, void *arg)
{
    struct call *c = begin(s, &list, now_ms);
    c->id = id;
    call_str(c, "");
    call_u64(c, 1);
    call_u64(c, id);
    call_run(c, on_list, cb, arg);
}

void rehearsal_list(struct store *s, const struct group_set *groups, int64_t now_ms,
                    rehearsal_list_cb *cb, void *arg)
{
    struct call *c = begin(s, &list, now_ms);
    call_groups(c, groups, SLICE_NONE);
    call_u64(c, REHEARSAL_LIST_MAX);
    call_str(c, "");
    call_run(c, on_list, cb, arg);
}

static void on_removed(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int rc = call_failed(reply, &e);
    if (rc == 0 && call_says(reply, "missing")) rc = not_found(c->id, &e);
    call_back(c, store_done_cb)(c->arg, rc, rc ? &e : NULL);
}

void rehearsal_remove(struct store *s, uint32_t id, struct deed deed, store_done_cb *cb, void *arg)
{
    struct call *c = begin(s, &discard, deed.at_ms);
    call_lasts(c);
    c->id = id;
    call_text(c, deed.who);
    call_u64(c, id);
    call_run(c, on_removed, cb, arg);
}
