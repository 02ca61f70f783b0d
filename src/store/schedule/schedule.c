#include "store/schedule.h"

#include "private.h"

#include <stdlib.h>

#include "core/json.h"
#include "store/page.h"

static const struct script put = {.name = "schedule_put",
                                  .prelude = schedule_lua_names,
                                  .parts = {&lua_names, &lua_group_appear, &lua_audit, &lua_events,
                                            &lua_schedule_common, &lua_schedule_put}};
static const struct script move = {
    .name = "schedule_move",
    .prelude = schedule_lua_names,
    .parts = {&lua_names, &lua_audit, &lua_events, &lua_schedule_common, &lua_schedule_move}};
static const struct script except = {
    .name = "schedule_except",
    .prelude = schedule_lua_names,
    .parts = {&lua_names, &lua_audit, &lua_events, &lua_schedule_common, &lua_schedule_except}};
static const struct script list = {.name = "schedule_list",
                                   .parts = {&lua_merged, &lua_schedule_list}};

static const char *const statuses[] = {
#define X(name, text) text,
    SCHEDULE_STATUS_TABLE(X)
#undef X
};
static const char *const outcomes[] = {
#define X(name, text) text,
    SCHEDULE_OUTCOME_TABLE(X)
#undef X
};

const char *schedule_status_to_string(enum schedule_status status)
{
    check((unsigned)status < SCHEDULE_STATUS_COUNT);
    return statuses[status];
}

const char *schedule_outcome_to_string(enum schedule_outcome outcome)
{
    check((unsigned)outcome < SCHEDULE_OUTCOME_COUNT);
    return outcomes[outcome];
}

void schedule_lua_names(struct buf *b)
{
#define X(name, text) buf_addf(b, "local %s='%s'\n", #name, text);
    SCHEDULE_STATUS_TABLE(X)
#undef X
}

/* ---- the hash ---- */

static const struct {
    const char *name;
    size_t at;
} texts[] = {{"name", offsetof(struct schedule, name)},
             {"group", offsetof(struct schedule, group)},
             {"plan", offsetof(struct schedule, plan)},
             {"campaign", offsetof(struct schedule, campaign)},
             {"by", offsetof(struct schedule, by)},
             {"by_id", offsetof(struct schedule, by_id)},
             {"status_by", offsetof(struct schedule, status_by)},
             {"status_why", offsetof(struct schedule, status_why)},
             {"zone", offsetof(struct schedule, zone)},
             {"last_why", offsetof(struct schedule, last_why)}};
static const struct {
    const char *name;
    size_t at;
} numbers[] = {{"within_ms", offsetof(struct schedule, within_ms)},
               {"late_ms", offsetof(struct schedule, late_ms)},
               {"from_local", offsetof(struct schedule, from_local_s)},
               {"made_ms", offsetof(struct schedule, made_ms)},
               {"status_ms", offsetof(struct schedule, status_ms)},
               {"handled_ms", offsetof(struct schedule, handled_ms)},
               {"next_ms", offsetof(struct schedule, next_ms)},
               {"version", offsetof(struct schedule, version)},
               {"last_ms", offsetof(struct schedule, last_ms)},
               {"n_launched", offsetof(struct schedule, outcomes[SCHEDULE_LAUNCHED])},
               {"n_failed", offsetof(struct schedule, outcomes[SCHEDULE_FAILED])},
               {"n_missed", offsetof(struct schedule, outcomes[SCHEDULE_MISSED])}};

static uint64_t number_of(const struct redisReply *fields, const char *name)
{
    uint64_t n = 0;
    return slice_to_u64(redis_field(fields, name), INT64_MAX, &n) ? n : 0;
}

static int word_of(const struct redisReply *fields, const char *name, const char *const *words,
                   size_t n)
{
    int at = slice_index(redis_field(fields, name), words, n);
    return at < 0 ? 0 : at;
}

void schedule_read(const struct redisReply *fields, uint32_t id, struct schedule *ret)
{
    *ret = (struct schedule){.id = id};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        *(struct slice *)((char *)ret + texts[i].at) = redis_field(fields, texts[i].name);
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        uint64_t n = number_of(fields, numbers[i].name);
        memcpy((char *)ret + numbers[i].at, &n, sizeof n);
    }
    ret->last_campaign = (uint32_t)number_of(fields, "last_campaign");
    ret->status = (enum schedule_status)word_of(fields, "status", statuses, COUNT_OF(statuses));
    ret->last = (enum schedule_outcome)word_of(fields, "last", outcomes, COUNT_OF(outcomes));
}

struct schedule *schedule_dup(const struct schedule *s)
{
    struct schedule *copy = xmalloc(sizeof *copy);
    *copy = *s;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct slice *text = (struct slice *)((char *)copy + texts[i].at);
        text->p = slice_strdup(*text);
    }
    return copy;
}

void schedule_free(struct schedule *s)
{
    if (!s) return;
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        free((void *)((struct slice *)((char *)s + texts[i].at))->p);
    free(s);
}

/* ---- making and changing ---- */

static int not_found(uint32_t id, struct err *e)
{
    return err_set(e, ERR_NOT_FOUND, "there is no schedule %u", id);
}

static int changed_meanwhile(struct err *e)
{
    return err_set(e, ERR_CONFLICT,
                   "somebody else has changed this schedule meanwhile: look at it again");
}

static int read_put(const struct redisReply *reply, uint32_t id, struct err *e)
{
    int rc = call_failed(reply, e);
    if (rc || call_says(reply, "ok")) return rc;
    if (call_says(reply, "exists"))
        return err_set(e, ERR_EXISTS,
                       "the group has a schedule of that name already (schedule %u); give this one "
                       "another name",
                       (uint32_t)redis_int(redis_at(reply, 1), 0));
    if (call_says(reply, "full"))
        return err_set(e, ERR_LIMIT,
                       "there are as many schedules as there may be (%d in a group, %d in all): "
                       "delete one that nobody needs",
                       SCHEDULES_OF_GROUP_MAX, SCHEDULES_MAX);
    return call_says(reply, "changed") ? changed_meanwhile(e) : not_found(id, e);
}

static void on_put(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int rc = read_put(reply, c->id, &e);
    call_back(c, schedule_put_cb)(c->arg, rc, rc ? 0 : (uint32_t)redis_int(redis_at(reply, 1), 0),
                                  rc ? &e : NULL);
}

void schedule_put(struct store *s, const struct schedule *new, struct deed deed,
                  schedule_put_cb *cb, void *arg)
{
    struct call *c = call_begin(s, &put);
    call_lasts(c);
    c->id = new->id;
    call_prefix(c);
    call_i64(c, deed.at_ms);
    call_text(c, deed.who);
    if (new->id)
        call_u64(c, new->id);
    else
        call_str(c, "");
    call_u64(c, new->version);
    call_u64(c, SCHEDULES_MAX);
    call_u64(c, SCHEDULES_OF_GROUP_MAX);
    call_u64(c, SCHEDULE_LOOK_MS);
    call_text(c, new->name);
    call_text(c, new->group);
    call_i64(c, new->next_ms);
    call_pair(c, "plan", new->plan);
    call_pair(c, "campaign", new->campaign);
    call_pair(c, "by", new->by);
    call_pair(c, "by_id", new->by_id);
    call_pair(c, "zone", new->zone);
    call_pair_u64(c, "within_ms", (uint64_t) new->within_ms);
    call_pair_u64(c, "late_ms", (uint64_t) new->late_ms);
    call_pair_u64(c, "from_local", (uint64_t) new->from_local_s);
    call_pair_u64(c, "handled_ms", (uint64_t) new->handled_ms);
    call_run(c, on_put, cb, arg);
}

static void on_except(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int rc = call_failed(reply, &e);
    if (rc == 0 && call_says(reply, "missing")) rc = not_found(c->id, &e);
    if (rc == 0 && call_says(reply, "changed")) rc = changed_meanwhile(&e);
    call_back(c, store_done_cb)(c->arg, rc, rc ? &e : NULL);
}

void schedule_except(struct store *s, const struct schedule_excepting *x, struct deed deed,
                     store_done_cb *cb, void *arg)
{
    struct call *c = call_begin(s, &except);
    call_lasts(c);
    c->id = x->id;
    call_prefix(c);
    call_i64(c, deed.at_ms);
    call_text(c, deed.who);
    call_u64(c, x->id);
    call_u64(c, x->version);
    call_text(c, x->plan);
    call_i64(c, x->next_ms);
    call_u64(c, SCHEDULE_LOOK_MS);
    call_text(c, x->what);
    call_run(c, on_except, cb, arg);
}

static void on_move(struct call *c, const struct redisReply *reply)
{
    static const char *const words[] = {"paused", "let go on", "stopped", "deleted"};
    struct err e;
    enum schedule_move what = *(const enum schedule_move *)call_kept(c);
    int rc = call_failed(reply, &e);
    if (rc == 0 && call_says(reply, "missing")) rc = not_found(c->id, &e);
    if (rc == 0 && call_says(reply, "no"))
        rc = err_set(&e, ERR_CONFLICT, "schedule %u is %.*s, and cannot be %s", c->id,
                     SLICE_ARG(redis_str(redis_at(reply, 1))), words[what]);
    call_back(c, store_done_cb)(c->arg, rc, rc ? &e : NULL);
}

void schedule_move(struct store *s, const struct schedule_moving *m, int64_t now_ms,
                   store_done_cb *cb, void *arg)
{
    static const char *const words[] = {"pause", "resume", "stop", "delete"};
    struct call *c = call_begin(s, &move);
    call_lasts(c);
    c->id = m->id;
    call_keep(c, m->move);
    call_prefix(c);
    call_i64(c, now_ms);
    call_text(c, m->actor);
    call_u64(c, m->id);
    call_str(c, words[m->move]);
    call_text(c, m->why);
    call_i64(c, m->next_ms);
    call_text(c, m->by);
    call_text(c, m->by_id);
    call_text(c, m->zone);
    call_u64(c, SCHEDULE_LOOK_MS);
    call_run(c, on_move, cb, arg);
}

/* ---- reading ---- */

static void on_load(struct call *c, const struct redisReply *reply)
{
    struct err e;
    struct schedule one;
    int rc = call_failed(reply, &e);
    if (rc == 0 && redis_count(reply) == 0) rc = not_found(c->id, &e);
    if (rc == 0) schedule_read(reply, c->id, &one);
    call_back(c, schedule_cb)(c->arg, rc, rc ? NULL : &one, rc ? &e : NULL);
}

void schedule_load(struct store *s, uint32_t id, schedule_cb *cb, void *arg)
{
    struct call *c = call_command(s, "HGETALL");
    c->id = id;
    call_key(c, "schedule:%u", id);
    call_run(c, on_load, cb, arg);
}

static void on_list(struct call *c, const struct redisReply *reply)
{
    struct err e;
    char cursor[PAGE_CURSOR_BYTES];
    int rc = call_failed(reply, &e);
    size_t n = rc ? 0 : page_count(reply);
    struct schedule *found = xcalloc(n + 1, sizeof *found);
    for (size_t i = 0; i < n; i++) {
        const struct redisReply *one = redis_at(reply, i + 2);
        schedule_read(redis_at(one, 1), (uint32_t)redis_int(redis_at(one, 0), 0), &found[i]);
    }
    call_back(c, schedule_list_cb)(c->arg, rc, found, n, rc ? SLICE_NONE : page_next(reply, cursor),
                                   rc ? &e : NULL);
    free(found);
}

void schedule_list(struct store *s, const struct schedule_query *q, schedule_list_cb *cb, void *arg)
{
    check(q->limit > 0 && q->limit <= SCHEDULE_PAGE_MAX);
    struct call *c = call_begin(s, &list);
    call_prefix(c);
    call_groups(c, &q->groups, SLICE_NONE);
    call_u64(c, q->limit);
    page_after(c, q->before);
    call_run(c, on_list, cb, arg);
}

static void read_entry(const json_t *o, struct schedule_entry *ret)
{
    uint64_t at = 0, campaign = 0;
    int outcome =
        slice_index(json_slice(json_object_get(o, "outcome")), outcomes, COUNT_OF(outcomes));
    (void)slice_to_u64(json_slice(json_object_get(o, "at")), INT64_MAX, &at);
    (void)slice_to_u64(json_slice(json_object_get(o, "campaign")), UINT32_MAX, &campaign);
    *ret = (struct schedule_entry){.at_ms = (int64_t)at,
                                   .local = json_slice(json_object_get(o, "clock")),
                                   .outcome = (enum schedule_outcome)(outcome < 0 ? 0 : outcome),
                                   .campaign = (uint32_t)campaign,
                                   .why = json_slice(json_object_get(o, "why"))};
}

static void on_log(struct call *c, const struct redisReply *reply)
{
    struct err e;
    struct schedule_entry entries[SCHEDULE_LOG_MAX];
    json_t *kept = json_array();
    int rc = call_failed(reply, &e);
    size_t n = 0;
    for (size_t i = 0; rc == 0 && i < redis_count(reply) && n < SCHEDULE_LOG_MAX; i++) {
        struct slice text = redis_str(redis_at(reply, i));
        json_t *o = json_loadb(text.p, text.n, 0, NULL);
        if (!o) continue;
        json_list_add(kept, o);
        read_entry(o, &entries[n++]);
    }
    call_back(c, schedule_log_cb)(c->arg, rc, entries, n, rc ? &e : NULL);
    json_decref(kept);
}

void schedule_log(struct store *s, uint32_t id, schedule_log_cb *cb, void *arg)
{
    struct call *c = call_command(s, "LRANGE");
    call_key(c, "schedule:%u:log", id);
    call_u64(c, 0);
    call_u64(c, SCHEDULE_LOG_MAX - 1);
    call_run(c, on_log, cb, arg);
}
