/* Campaigns as Redis hashes: making, reading, moving from status to status. */
#include "private.h"

#include "core/digest.h"
#include "store/approval.h"
#include "store/mark/mark.h"
#include "store/money.h"
#include "store/page.h"
#include "store/told_keeper.h"

#include <stdlib.h>

static const struct script active_of = {.name = "campaign_active",
                                        .prelude = campaign_status_lua_names,
                                        .parts = {&lua_campaign_active}};
static const struct script create = {.name = "campaign_create",
                                     .prelude = campaign_status_lua_names,
                                     .parts = {&lua_events, &lua_look, &lua_names, &lua_money_text,
                                               &lua_launched_alone, &lua_campaign_create}};
static const struct script named = {.name = "campaign_named",
                                    .parts = {&lua_names, &lua_campaign_named}};
static const struct script message_of = {.name = "campaign_message",
                                         .parts = {&lua_campaign_message}};
static void find_move(struct told *t, const struct redisReply *reply);
static const struct script move = {.name = "campaign_move",
                                   .prelude = campaign_status_lua_prelude,
                                   .parts = {&lua_events, &lua_look, &lua_mark, &lua_audit,
                                             &lua_goes_on, &lua_texted, &lua_move,
                                             &lua_campaign_move},
                                   .told = find_move};

int campaign_not_found(uint32_t id, struct err *e)
{
    return err_set(e, ERR_NOT_FOUND, "there is no campaign %u; `muster campaign list` shows them",
                   id);
}

/* ---- reading ---- */

enum state campaign_shown_state(const struct campaign *c, enum state in_ledger)
{
    if (in_ledger != STATE_PENDING) return in_ledger;
    if (c->status == CAMPAIGN_CANCELLED) return STATE_CANCELLED;
    return c->status == CAMPAIGN_EXPIRED ? STATE_EXPIRED : STATE_PENDING;
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

uint64_t campaign_texted(const struct campaign *c)
{
    uint64_t n = 0;
    for (int i = 0; i < STATE_COUNT; i++)
        if (i != STATE_PENDING && i != STATE_SKIPPED && i != STATE_EXPIRED && i != STATE_CANCELLED)
            n += c->counts[i];
    return n;
}

uint64_t campaign_waiting(const struct campaign *c)
{
    return c->counts[STATE_PENDING] + c->counts[STATE_IN_FLIGHT];
}

void campaign_end_loan(struct store *s, uint32_t id)
{
    struct call *c = call_command(s, "HSET");
    call_key(c, "c:%u", id);
    call_pair_u64(c, "loan", 0);
    call_run(c, NULL, NULL, NULL);
}

void campaign_note_rate(struct store *s, uint32_t id, uint64_t milli, int64_t now_ms)
{
    struct call *c = call_command(s, "HSET");
    call_key(c, "c:%u", id);
    call_pair_u64(c, "rate_milli", milli);
    call_pair_u64(c, "rate_ms", (uint64_t)now_ms);
    call_run(c, NULL, NULL, NULL);
}

static void on_load(struct call *call, const struct redisReply *reply)
{
    struct err e;
    struct campaign c;
    int rc = call_failed(reply, &e);
    if (rc == 0 && !campaign_read(reply, call->id, &c)) rc = campaign_not_found(call->id, &e);
    call_back(call, campaign_cb)(call->arg, rc, rc == 0 ? &c : NULL, rc == 0 ? NULL : &e);
}

void campaign_load(struct store *s, uint32_t id, campaign_cb *cb, void *arg)
{
    struct call *call = call_command(s, "HGETALL");
    call->id = id;
    call_key(call, "c:%u", id);
    call_run(call, on_load, cb, arg);
}

static void on_named(struct call *call, const struct redisReply *reply)
{
    struct err e;
    int rc = call_failed(reply, &e);
    call_back(call, campaign_named_cb)(call->arg, rc, rc == 0 ? (uint32_t)redis_int(reply, 0) : 0,
                                       rc == 0 ? NULL : &e);
}

void campaign_named(struct store *s, struct slice group, struct slice name, campaign_named_cb *cb,
                    void *arg)
{
    struct call *call = call_begin(s, &named);
    call_key(call, "campaign_names");
    call_name(call, "c:");
    call_text(call, name);
    call_text(call, group);
    call_run(call, on_named, cb, arg);
}

/* ---- what it says ---- */

static void on_message(struct call *call, const struct redisReply *reply)
{
    struct err e;
    int rc = call_failed(reply, &e);
    if (rc == 0 && redis_is_nil(reply)) rc = campaign_not_found(call->id, &e);
    call_back(call, campaign_message_cb)(call->arg, rc, rc == 0 ? redis_str(reply) : SLICE_NONE,
                                         rc == 0 ? NULL : &e);
}

void campaign_message(struct store *s, uint32_t id, campaign_message_cb *cb, void *arg)
{
    struct call *call = call_begin(s, &message_of);
    call->id = id;
    call_key(call, "c:%u:text", id);
    call_key(call, "c:%u", id);
    call_run(call, on_message, cb, arg);
}

/* ---- making ---- */

struct creating {
    struct campaign *c;
    campaign_cb *cb;
    void *arg;
};

static void on_created(struct call *call, const struct redisReply *reply)
{
    const struct creating *w = call_kept(call);
    struct err e;
    int rc = call_failed(reply, &e);
    w->c->id = (uint32_t)redis_int(redis_at(reply, 1), 0);
    if (rc == 0 && call_says(reply, "more"))
        rc =
            err_set(&e, ERR_CONFLICT,
                    "you launched another campaign meanwhile, and together they go to many: launch "
                    "it again, and a second person is asked");
    else if (rc == 0 && !call_says(reply, "ok"))
        rc = err_set(&e, ERR_EXISTS,
                     "a campaign named '%.*s' was launched before (it is campaign %u); if this is "
                     "another one, give "
                     "it another name",
                     SLICE_ARG(w->c->name), w->c->id);
    w->cb(w->arg, rc, rc == 0 ? w->c : NULL, rc == 0 ? NULL : &e);
    campaign_free(w->c);
}

/* As it will be stored. */
static struct campaign *new_campaign(const struct campaign *c, struct slice message, int64_t now_ms)
{
    char digest[DIGEST_BYTES];
    struct campaign with = *c;
    campaign_digest(c, message, digest);
    with.digest = slice_of(digest);
    struct campaign *n = campaign_dup(&with);
    n->status = c->approval_why.n ? CAMPAIGN_PROPOSED : CAMPAIGN_PREPARING;
    n->launched_ms = now_ms;
    n->proposed_ms = c->approval_why.n ? now_ms : 0;
    n->made = n->next = 0;
    n->total = 0;
    n->prices = NULL; /* the caller's */
    memset(n->counts, 0, sizeof n->counts);
    return n;
}

void campaign_create(struct store *s, const struct campaign *c, struct slice message,
                     int64_t now_ms, campaign_cb *cb, void *arg)
{
    struct campaign *made = new_campaign(c, message, now_ms);
    struct call *call = call_begin(s, &create);
    call_lasts(call);
    call_keep(call, (struct creating){made, cb, arg});
    call_key(call, "id:campaign");
    call_key(call, "campaign_names");
    call_key(call, "campaigns");
    call_key(call, "active");
    call_key(call, "due");
    call_key(call, "campaigns:%.*s", SLICE_ARG(made->group));
    call_key(call, "launched:%.*s", SLICE_ARG(made->author));
    call_key(call, "campaigns:@%u", made->loan);
    call_name(call, "c:");
    call_i64(call, now_ms);
    call_text(call, made->name);
    call_text(call, message);
    call_text(call, made->group);
    struct buf prices = campaign_prices_text(c->prices);
    call_text(call, buf_slice(&prices));
    call_u64(call, made->alone_people);
    call_u64(call, made->approval_why.n ? 0 : made->alone_max);
    campaign_write(call, made);
    call_run(call, on_created, NULL, NULL);
    buf_done(&prices);
}

void campaign_open_direct(struct store *s, store_done_cb *cb, void *arg)
{
    struct call *call = call_command(s, "HSET");
    call_key(call, "c:0");
    call_pair(call, "status", slice_of(campaign_status_to_string(CAMPAIGN_RUNNING)));
    call_pair_u64(call, "endless", 1);
    call_pair(call, "lane", SLICE_LIT("reply"));
    call_run(call, call_read_done, cb, arg);
}

/* ---- lists ---- */

struct list_call {
    struct store *s;
    campaign_list_cb *cb;
    void *arg;
    struct campaign **found;
    size_t n, answered;
    int rc;
    char cursor[PAGE_CURSOR_BYTES];
    struct slice next; /* of it */
};

static void list_ended(struct list_call *call)
{
    struct campaign *list = xcalloc(call->n, sizeof *list);
    size_t n = 0;
    for (size_t i = 0; i < call->n; i++)
        if (call->found[i]) list[n++] = *call->found[i];
    struct err e = {0};
    if (call->rc < 0) (void)call_failed(NULL, &e);
    call->cb(call->arg, call->rc, list, call->rc < 0 ? 0 : n, call->next, call->rc < 0 ? &e : NULL);
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

static void on_list_ids(struct call *c, const struct redisReply *reply)
{
    struct list_call *call = c->arg;
    call->n = page_count(reply);
    call->rc = redis_is_array(reply) ? 0 : ERR_UNREACHABLE;
    call->next = page_next(reply, call->cursor);
    call->found = xcalloc(call->n, sizeof(struct campaign *));
    if (call->n == 0) {
        list_ended(call);
        return;
    }
    for (size_t i = 0; i < call->n; i++) {
        struct list_item *item = xmalloc(sizeof *item);
        *item = (struct list_item){call, i};
        campaign_load(call->s, page_id(reply, i), on_list_item, item);
    }
}

/* Runs c, which tells of a page of ids. */
static void list(struct call *c, campaign_list_cb *cb, void *arg)
{
    struct list_call *call = xcalloc(1, sizeof *call);
    call->s = c->store;
    call->cb = cb;
    call->arg = arg;
    call_run(c, on_list_ids, NULL, call);
}

void campaign_list(struct store *s, const struct campaign_query *query, campaign_list_cb *cb,
                   void *arg)
{
    check(query->limit > 0 && query->limit <= CAMPAIGN_PAGE_MAX);
    list(page_ask(s, "campaigns", &query->groups, query->limit, query->before), cb, arg);
}

void campaign_list_active(struct store *s, size_t limit, campaign_list_cb *cb, void *arg)
{
    check(limit > 0 && limit <= CAMPAIGN_PAGE_MAX);
    struct call *c = call_begin(s, &active_of);
    call_key(c, "active");
    call_name(c, "c:");
    call_u64(c, limit);
    list(c, cb, arg);
}

/* ---- moving ---- */

/* What is moved by the clock will be again; and what nobody knows to be approved is asked again. */
static void find_move(struct told *t, const struct redisReply *reply)
{
    struct told_word word = {.kind = TOLD_MOVE};
    if (!call_says(reply, "ok") ||
        !campaign_move_from_name(redis_str(redis_at(reply, 5)), &word.move.move) ||
        word.move.move == MOVE_RUN || word.move.move == MOVE_EXPIRE ||
        word.move.move == MOVE_APPROVE)
        return;
    t->mark = (uint64_t)redis_int(redis_at(reply, 2), 0);
    word.move.campaign = (uint32_t)redis_int(redis_at(reply, 3), 0);
    word.move.stamp = (uint32_t)redis_int(redis_at(reply, 4), 0);
    told_add(t, &word);
}

static int read_move(const struct call *call, const struct redisReply *reply, struct err *e)
{
    int rc = call_failed(reply, e);
    if (rc || call_says(reply, "ok")) return rc;
    const enum campaign_move *to = call_kept(call);
    struct slice status = redis_str(redis_at(reply, 1));
    if (slice_is(status, "gone")) return campaign_not_found(call->id, e);
    if (slice_is(status, "back"))
        return err_set(
            e, ERR_CONFLICT,
            "campaign %u cannot be resumed now: Redis went back, or was just started, and "
            "who was texted is not known yet. `muster restore status` shows how it "
            "stands; resume it when that is over",
            call->id);
    if (slice_is(status, "proposed"))
        return err_set(e, ERR_CONFLICT,
                       "campaign %u waits for a second person (muster campaign approve %u) and "
                       "cannot be %s",
                       call->id, call->id, campaign_move_verb(*to));
    if (slice_is(status, campaign_move_verb(*to)))
        return err_set(e, ERR_CONFLICT, "campaign %u is %s already", call->id,
                       campaign_move_verb(*to));
    return err_set(e, ERR_CONFLICT, "campaign %u is %.*s and cannot be %s", call->id,
                   SLICE_ARG(status), campaign_move_verb(*to));
}

static void on_move(struct call *call, const struct redisReply *reply)
{
    struct err e;
    int rc = read_move(call, reply, &e);
    mark_saw(call->store, redis_at(reply, 2));
    if (call->cb) call_back(call, store_done_cb)(call->arg, rc, rc < 0 ? &e : NULL);
}

void campaign_move(struct store *s, uint32_t id, enum campaign_move to, int64_t now_ms,
                   struct slice who, struct slice why, store_done_cb *cb, void *arg)
{
    struct call *call = call_begin(s, &move);
    call_lasts(call);
    call->id = id;
    call_keep(call, to);
    call_key(call, "c:%u", id);
    mark_key(call);
    call_str(call, campaign_move_name(to));
    call_i64(call, now_ms);
    call_text(call, who);
    call_text(call, why);
    call_u64(call, id);
    call_run(call, on_move, cb, arg);
}
