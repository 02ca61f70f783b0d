/* Campaigns as Redis hashes: making, reading, moving from status to status. */
#include "private.h"

#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>

struct campaign_store *campaign_store_new(struct redis *r, const char *prefix)
{
    struct campaign_store *s = xcalloc(1, sizeof *s);
    check(strlen(prefix) < sizeof s->prefix);
    s->redis = r;
    (void)snprintf(s->prefix, sizeof s->prefix, "%s", prefix);
    s->move = redis_script_new("campaign_move", lua_campaign_move);
    s->grow = ledger_script("campaign_grow", lua_campaign_grow);
    s->create = redis_script_new("campaign_create", lua_campaign_create);
    s->reserve = ledger_script("reserve", lua_reserve);
    s->lead = redis_script_new("lead", lua_lead);
    s->retire = redis_script_new("retire", lua_retire);
    s->resolve = ledger_script("resolve", lua_resolve);
    s->unknown_due = ledger_script("unknown_due", lua_unknown_due);
    return s;
}

void campaign_store_free(struct campaign_store *s)
{
    if (!s) return;
    redis_script_free(s->move);
    redis_script_free(s->grow);
    redis_script_free(s->create);
    redis_script_free(s->reserve);
    redis_script_free(s->lead);
    redis_script_free(s->retire);
    redis_script_free(s->resolve);
    redis_script_free(s->unknown_due);
    free(s);
}

struct slice campaign_key(const struct campaign_store *s, struct campaign_text *t, const char *fmt,
                          ...)
{
    int n = snprintf(t->bytes + t->n, sizeof t->bytes - t->n, "%s", s->prefix);
    va_list ap;
    va_start(ap, fmt);
    int more = vsnprintf(t->bytes + t->n + n, sizeof t->bytes - t->n - (size_t)n, fmt, ap);
    va_end(ap);
    check(n >= 0 && more >= 0 && t->n + (size_t)(n + more) < sizeof t->bytes);
    struct slice out = slice_make(t->bytes + t->n, (size_t)(n + more));
    t->n += out.n;
    return out;
}

struct slice campaign_number(struct campaign_text *t, int64_t v)
{
    int n = snprintf(t->bytes + t->n, sizeof t->bytes - t->n, "%lld", (long long)v);
    check(n > 0 && t->n + (size_t)n < sizeof t->bytes);
    struct slice out = slice_make(t->bytes + t->n, (size_t)n);
    t->n += out.n;
    return out;
}

int campaign_result(const struct redisReply *reply, struct err *e)
{
    struct slice text;
    if (!reply)
        return err_set(e, ERR_UNREACHABLE,
                       "redis gave no answer; it is not known whether this happened. "
                       "Look at the campaign, then try again");
    /* Loading, busy, out of memory, disk full: it passes, and it is not the campaign's fault. */
    if (redis_is_error(reply, &text))
        return err_set(e, ERR_UNREACHABLE, "redis refuses for now: %.*s", SLICE_ARG(text));
    return 0;
}

/* ---- reading ---- */

static int64_t int_field(const struct redisReply *r, const char *name)
{
    struct slice s = redis_field(r, name);
    uint64_t v = 0;
    return slice_to_u64(s, INT64_MAX, &v) ? (int64_t)v : 0;
}

/* False when there is no such campaign. */
static bool read_campaign(const struct redisReply *r, uint32_t id, struct campaign *c)
{
    if (redis_count(r) == 0) return false;
    *c = (struct campaign){.id = id, .lane = LANE_BLAST};
    c->name = redis_field(r, "name");
    c->status = redis_field(r, "status");
    c->group = redis_field(r, "group");
    c->gateway = redis_field(r, "gateway");
    c->message = redis_field(r, "message");
    c->audience_name = redis_field(r, "audience_name");
    c->hours = redis_field(r, "hours");
    c->launched_by = redis_field(r, "launched_by");
    c->status_by = redis_field(r, "status_by");
    c->status_why = redis_field(r, "status_why");
    (void)lane_from_string(redis_field(r, "lane"), &c->lane);
    c->audience = (uint32_t)int_field(r, "audience");
    c->blocks = (uint32_t)int_field(r, "blocks");
    c->deadline_ms = int_field(r, "deadline_ms");
    c->start_ms = int_field(r, "start_ms");
    c->launched_ms = int_field(r, "launched_ms");
    c->running_ms = int_field(r, "first_running_ms");
    c->done_ms = int_field(r, "done_ms");
    c->opens_ms = int_field(r, "opens_ms");
    c->queue_full_ms = int_field(r, "queue_full_ms");
    c->unknown_since_ms = int_field(r, "unknown_since_ms");
    c->can_again = (uint64_t)int_field(r, "can_again");
    c->made = (uint32_t)int_field(r, "made");
    c->next = (uint32_t)int_field(r, "next");
    c->total = (uint64_t)int_field(r, "total");
    c->people = (uint64_t)int_field(r, "people");
    c->replies = (uint64_t)int_field(r, "replies");
    c->stops = (uint64_t)int_field(r, "stops");
    c->held = (uint64_t)int_field(r, "held");
    for (int i = 0; i < STATE_COUNT; i++) {
        char field[8];
        (void)snprintf(field, sizeof field, "n%d", i);
        c->counts[i] = (uint64_t)int_field(r, field);
    }
    return true;
}

enum state campaign_shown_state(const struct campaign *c, enum state in_ledger)
{
    if (in_ledger != STATE_PENDING) return in_ledger;
    if (slice_is(c->status, "cancelled")) return STATE_CANCELLED;
    return slice_is(c->status, "expired") ? STATE_EXPIRED : STATE_PENDING;
}

uint64_t campaign_shown_counts(const struct campaign *c, uint64_t ret_counts[STATE_COUNT])
{
    bool growing = c->made < c->blocks && c->people > c->total;
    uint64_t rest = growing ? c->people - c->total : 0, waiting = c->counts[STATE_PENDING] + rest;
    memcpy(ret_counts, c->counts, sizeof c->counts);
    ret_counts[STATE_PENDING] = 0;
    ret_counts[campaign_shown_state(c, STATE_PENDING)] += waiting;
    return c->total + rest;
}

struct load_call {
    campaign_cb *cb;
    void *arg;
    uint32_t id;
};

static void on_load(void *arg, const struct redisReply *reply)
{
    struct load_call call = *(struct load_call *)arg;
    free(arg);
    struct err e = {0};
    struct campaign c;
    int rc = campaign_result(reply, &e);
    if (rc == 0 && !read_campaign(reply, call.id, &c))
        rc = err_set(&e, ERR_NOT_FOUND,
                     "there is no campaign %u; `muster campaign list` shows them", call.id);
    call.cb(call.arg, rc, rc == 0 ? &c : NULL, rc == 0 ? NULL : &e);
}

void campaign_load(struct campaign_store *s, uint32_t id, campaign_cb *cb, void *arg)
{
    struct campaign_text t = {.n = 0};
    struct slice argv[] = {SLICE_LIT("HGETALL"), campaign_key(s, &t, "c:%u", id)};
    struct load_call *call = xmalloc(sizeof *call);
    *call = (struct load_call){cb, arg, id};
    redis_command(s->redis, on_load, call, COUNT_OF(argv), argv);
}

struct named_call {
    campaign_named_cb *cb;
    void *arg;
};

static void on_named(void *arg, const struct redisReply *reply)
{
    struct named_call call = *(struct named_call *)arg;
    free(arg);
    struct err e = {0};
    int rc = campaign_result(reply, &e);
    call.cb(call.arg, rc, rc == 0 ? (uint32_t)redis_int(reply, 0) : 0, rc == 0 ? NULL : &e);
}

void campaign_named(struct campaign_store *s, struct slice name, campaign_named_cb *cb, void *arg)
{
    struct campaign_text t = {.n = 0};
    struct slice argv[] = {SLICE_LIT("HGET"), campaign_key(s, &t, "campaign_names"), name};
    struct named_call *call = xmalloc(sizeof *call);
    *call = (struct named_call){cb, arg};
    redis_command(s->redis, on_named, call, COUNT_OF(argv), argv);
}

static const size_t text_offsets[] = {
    offsetof(struct campaign, name),        offsetof(struct campaign, status),
    offsetof(struct campaign, group),       offsetof(struct campaign, gateway),
    offsetof(struct campaign, message),     offsetof(struct campaign, audience_name),
    offsetof(struct campaign, launched_by), offsetof(struct campaign, status_by),
    offsetof(struct campaign, status_why),  offsetof(struct campaign, hours),
};

struct campaign *campaign_dup(const struct campaign *c)
{
    struct campaign *copy = xmalloc(sizeof *copy);
    *copy = *c;
    for (size_t i = 0; i < COUNT_OF(text_offsets); i++) {
        struct slice *text = (struct slice *)((char *)copy + text_offsets[i]);
        text->p = slice_strdup(*text);
    }
    return copy;
}

void campaign_free(struct campaign *c)
{
    if (!c) return;
    for (size_t i = 0; i < COUNT_OF(text_offsets); i++)
        free((void *)((struct slice *)((char *)c + text_offsets[i]))->p);
    free(c);
}

/* ---- making ---- */

struct create_call {
    struct campaign *c;
    campaign_cb *cb;
    void *arg;
};

static void create_ended(struct create_call *call, int rc, const struct err *e)
{
    call->cb(call->arg, rc, rc == 0 ? call->c : NULL, rc == 0 ? NULL : e);
    campaign_free(call->c);
    free(call);
}

static void on_created(void *arg, const struct redisReply *reply)
{
    struct create_call *call = arg;
    struct err e = {0};
    int rc = campaign_result(reply, &e);
    uint32_t id = (uint32_t)redis_int(redis_at(reply, 1), 0);
    if (rc == 0 && !slice_is(redis_str(redis_at(reply, 0)), "ok"))
        rc = err_set(&e, ERR_EXISTS,
                     "a campaign named '%.*s' was launched before (it is campaign %u); if this is "
                     "another one, give "
                     "it another name",
                     SLICE_ARG(call->c->name), id);
    call->c->id = id;
    create_ended(call, rc, &e);
}

void campaign_create(struct campaign_store *s, const struct campaign *c, int64_t now_ms,
                     campaign_cb *cb, void *arg)
{
    struct create_call *call = xmalloc(sizeof *call);
    *call = (struct create_call){campaign_dup(c), cb, arg};
    struct campaign_text t = {.n = 0};
    struct slice now = campaign_number(&t, now_ms);
    struct slice argv[] = {
        campaign_key(s, &t, "id:campaign"),
        campaign_key(s, &t, "campaign_names"),
        campaign_key(s, &t, "campaigns"),
        campaign_key(s, &t, "active"),
        campaign_key(s, &t, "c:"),
        now,
        c->name,
        SLICE_LIT("name"),
        c->name,
        SLICE_LIT("group"),
        c->group,
        SLICE_LIT("gateway"),
        c->gateway,
        SLICE_LIT("message"),
        c->message,
        SLICE_LIT("lane"),
        slice_of(lane_to_string(c->lane)),
        SLICE_LIT("audience"),
        campaign_number(&t, c->audience),
        SLICE_LIT("audience_name"),
        c->audience_name,
        SLICE_LIT("blocks"),
        campaign_number(&t, c->blocks),
        SLICE_LIT("people"),
        campaign_number(&t, (int64_t)c->people),
        SLICE_LIT("made"),
        SLICE_LIT("0"),
        SLICE_LIT("next"),
        SLICE_LIT("0"),
        SLICE_LIT("total"),
        SLICE_LIT("0"),
        SLICE_LIT("deadline_ms"),
        campaign_number(&t, c->deadline_ms),
        SLICE_LIT("start_ms"),
        campaign_number(&t, c->start_ms),
        SLICE_LIT("hours"),
        c->hours,
        SLICE_LIT("launched_ms"),
        now,
        SLICE_LIT("launched_by"),
        c->launched_by,
        SLICE_LIT("status"),
        SLICE_LIT("preparing"),
        SLICE_LIT("n0"),
        SLICE_LIT("0"),
        SLICE_LIT("n1"),
        SLICE_LIT("0"),
    };
    redis_eval(s->redis, s->create, on_created, call, 4, COUNT_OF(argv), argv);
}

struct done_call {
    campaign_done_cb *cb;
    void *arg;
};

static void on_done(void *arg, const struct redisReply *reply)
{
    struct done_call call = *(struct done_call *)arg;
    free(arg);
    struct err e = {0};
    int rc = campaign_result(reply, &e);
    if (call.cb) call.cb(call.arg, rc, rc < 0 ? &e : NULL);
}

void campaign_simple(struct campaign_store *s, campaign_done_cb *cb, void *arg, size_t argc,
                     const struct slice *argv)
{
    struct done_call *call = xmalloc(sizeof *call);
    *call = (struct done_call){cb, arg};
    redis_command(s->redis, on_done, call, argc, argv);
}

void campaign_open_direct(struct campaign_store *s, campaign_done_cb *cb, void *arg)
{
    struct campaign_text t = {.n = 0};
    struct slice argv[] = {SLICE_LIT("HSET"),    campaign_key(s, &t, "c:0"), SLICE_LIT("status"),
                           SLICE_LIT("running"), SLICE_LIT("endless"),       SLICE_LIT("1"),
                           SLICE_LIT("lane"),    SLICE_LIT("reply")};
    campaign_simple(s, cb, arg, COUNT_OF(argv), argv);
}

/* ---- lists ---- */

struct list_call {
    struct campaign_store *s;
    campaign_list_cb *cb;
    void *arg;
    struct campaign **found;
    size_t n, answered;
    int rc;
};

static void list_ended(struct list_call *call)
{
    struct campaign *list = xcalloc(call->n, sizeof *list);
    size_t n = 0;
    for (size_t i = 0; i < call->n; i++)
        if (call->found[i]) list[n++] = *call->found[i];
    struct err e = {0};
    if (call->rc < 0) (void)campaign_result(NULL, &e);
    call->cb(call->arg, call->rc, list, call->rc < 0 ? 0 : n, call->rc < 0 ? &e : NULL);
    for (size_t i = 0; i < call->n; i++)
        campaign_free(call->found[i]);
    free(call->found);
    free(list);
    free(call);
}

struct list_item {
    struct list_call *call;
    size_t at;
};

static void on_list_item(void *arg, int result, const struct campaign *c, const struct err *e)
{
    struct list_item item = *(struct list_item *)arg;
    free(arg);
    (void)e;
    if (result == 0) item.call->found[item.at] = campaign_dup(c);
    if (result == ERR_UNREACHABLE) item.call->rc = result;
    if (++item.call->answered == item.call->n) list_ended(item.call);
}

static void on_list_ids(void *arg, const struct redisReply *reply)
{
    struct list_call *call = arg;
    call->n = redis_count(reply);
    call->rc = redis_is_array(reply) ? 0 : ERR_UNREACHABLE;
    call->found = xcalloc(call->n, sizeof(struct campaign *));
    if (call->n == 0) {
        list_ended(call);
        return;
    }
    for (size_t i = 0; i < call->n; i++) {
        struct list_item *item = xmalloc(sizeof *item);
        *item = (struct list_item){call, i};
        campaign_load(call->s, (uint32_t)redis_int(redis_at(reply, i), 0), on_list_item, item);
    }
}

void campaign_list(struct campaign_store *s, size_t limit, campaign_list_cb *cb, void *arg)
{
    check(limit > 0 && limit <= 1000);
    struct list_call *call = xcalloc(1, sizeof *call);
    call->s = s;
    call->cb = cb;
    call->arg = arg;
    struct campaign_text t = {.n = 0};
    struct slice argv[] = {SLICE_LIT("ZREVRANGE"), campaign_key(s, &t, "campaigns"), SLICE_LIT("0"),
                           campaign_number(&t, (int64_t)limit - 1)};
    redis_command(s->redis, on_list_ids, call, COUNT_OF(argv), argv);
}

/* ---- moving ---- */

static const struct {
    const char *to, *from, *verb;
} moves[] = {
    [MOVE_RUN] = {"running", " scheduled ", "started"},
    [MOVE_PAUSE] = {"paused", " scheduled running blocked ", "paused"},
    [MOVE_RESUME] = {"running", " paused blocked done ", "resumed"},
    [MOVE_CANCEL] = {"cancelled", " preparing scheduled running paused blocked ", "cancelled"},
    [MOVE_EXPIRE] = {"expired", " scheduled running paused blocked ", "expired"},
    [MOVE_BLOCK] = {"blocked", " running ", "blocked"},
};

struct move_call {
    campaign_done_cb *cb;
    void *arg;
    uint32_t id;
    enum campaign_move move;
};

static void on_move(void *arg, const struct redisReply *reply)
{
    struct move_call call = *(struct move_call *)arg;
    free(arg);
    struct err e = {0};
    int rc = campaign_result(reply, &e);
    struct slice status = redis_str(redis_at(reply, 1));
    if (rc == 0 && !slice_is(redis_str(redis_at(reply, 0)), "ok")) {
        if (slice_is(status, "gone"))
            rc = err_set(&e, ERR_NOT_FOUND,
                         "there is no campaign %u; `muster campaign list` shows them", call.id);
        else
            rc = err_set(&e, ERR_CONFLICT, "campaign %u is %.*s and cannot be %s", call.id,
                         SLICE_ARG(status), moves[call.move].verb);
    }
    if (call.cb) call.cb(call.arg, rc, rc < 0 ? &e : NULL);
}

void campaign_move(struct campaign_store *s, uint32_t id, enum campaign_move move, int64_t now_ms,
                   struct slice who, struct slice why, campaign_done_cb *cb, void *arg)
{
    struct move_call *call = xmalloc(sizeof *call);
    *call = (struct move_call){cb, arg, id, move};
    struct campaign_text t = {.n = 0};
    struct slice argv[] = {campaign_key(s, &t, "c:%u", id),
                           campaign_key(s, &t, "audit"),
                           slice_of(moves[move].to),
                           slice_of(moves[move].from),
                           campaign_number(&t, now_ms),
                           who,
                           why,
                           campaign_number(&t, id)};
    redis_eval(s->redis, s->move, on_move, call, 2, COUNT_OF(argv), argv);
}
