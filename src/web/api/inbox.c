/* The inbox. Volunteers see the conversations of their group, with masked numbers: the store knows
 * who asks. */
#include "web/api/api.h"

#include "flow/asked.h"
#include "flow/reply.h"
#include "next.h"
#include "team.h"
#include "web/call.h"
#include "web/lent.h"
#include "web/search.h"
#include "web/view/view.h"

enum { LIST_LIMIT = 50, KEY_BYTES_MAX = 128 };

/* ---- reading ---- */

static json_t *list_item(const struct web_call *c, const void *list, size_t i)
{
    return view_conversation(&((const struct inbox_conversation *)list)[i], c->member, c->now_ms);
}

static void on_list(void *arg, int result, const struct inbox_conversation *list, size_t n,
                    struct slice next, const struct err *e)
{
    if (web_ok(arg, result, e))
        web_answer_list(arg, "conversations", list, n, list_item,
                        next.n ? json_text(next) : json_null());
}

static bool yes(const struct web_call *c, const char *name)
{
    struct slice v = web_query(c, name);
    return slice_is(v, "1") || slice_is(v, "true");
}

static bool is_flag(const struct web_call *c, const char *name)
{
    return web_query(c, name).n == 0 || yes(c, name);
}

static bool is_among(struct slice word, const char *const *words, size_t n)
{
    return word.n == 0 || slice_index(word, words, n) >= 0;
}

/* False: c has its response. */
static bool read_query(struct web_call *c, struct inbox_query *query)
{
    struct slice state = web_query(c, "state"), limit = web_query(c, "limit");
    struct slice order = web_query(c, "order");
    struct slice campaign = web_query(c, "campaign");
    static const char *const orders[] = {"newest", "oldest", "waiting"};
    static const char *const states[] = {"open", "closed", "any"};
    uint64_t n = LIST_LIMIT, of = 0;
    bool ok = is_among(state, states, COUNT_OF(states)) &&
              is_among(order, orders, COUNT_OF(orders)) &&
              (web_query(c, "tag").n == 0 || inbox_tag_ok(web_query(c, "tag"))) &&
              (campaign.n == 0 || (slice_to_u64(campaign, UINT32_MAX, &of) && of > 0)) &&
              (limit.n == 0 || (slice_to_u64(limit, INBOX_PAGE_MAX, &n) && n > 0));
    if (!is_flag(c, "mine") || !is_flag(c, "free") || !is_flag(c, "unlinked")) {
        web_error(c, 400, "invalid", "mine, free and unlinked are 1 or true, or are left out");
        return false;
    }
    if (!ok) {
        web_error(c, 400, "invalid",
                  "state is open, closed or any, order newest, oldest or waiting, campaign a "
                  "number, tag a tag, "
                  "limit 1 to %d",
                  INBOX_PAGE_MAX);
        return false;
    }
    *query = (struct inbox_query){
        .group = web_query(c, "group"),
        .closed = slice_is(state, "closed"),
        .any = slice_is(state, "any"),
        .tag = web_query(c, "tag"),
        .campaign = (uint32_t)of,
        .filter = yes(c, "mine")       ? INBOX_MINE
                  : yes(c, "free")     ? INBOX_FREE
                  : yes(c, "unlinked") ? INBOX_UNLINKED
                                       : INBOX_ANY,
        .oldest_first = slice_is(order, "oldest"),
        .unanswered = slice_is(order, "waiting"),
        .limit = (int)n,
        .after = web_query(c, "cursor"),
    };
    return true;
}

static void get_inbox(struct web_call *c)
{
    struct inbox_query query;
    struct search *search = web_call_state(c, sizeof *search, NULL);
    if (read_query(c, &query) && search_read(c, web_query(c, "search"), search, &query))
        search_list(c, &query, on_list);
}

struct thread {
    json_t *shown; /* owned */
};

static void thread_done(void *state)
{
    json_decref(((struct thread *)state)->shown);
}

static void on_asked(void *arg, const struct asked *asked)
{
    struct web_call *c = arg;
    struct thread *t = c->state;
    view_asked(t->shown, asked, c->member, c->now_ms);
    web_answer(c, 200, json_incref(t->shown));
}

static void on_thread(void *arg, int result, const struct inbox_thread *t, const struct err *e)
{
    struct web_call *c = arg;
    struct thread *thread = c->state;
    if (!web_ok(c, result, e)) return;
    thread->shown = json_pack("{s:o,s:o}", "conversation",
                              view_conversation(&t->conversation, c->member, c->now_ms), "messages",
                              view_messages(t, c->member, c->now_ms));
    view_thread_state(thread->shown, t);
    asked_load(c->config->store, c->config->accounts, c->config->means->words,
               t->conversation.campaign, t->conversation.number, on_asked, c);
}

static void get_conversation(struct web_call *c)
{
    struct inbox_actor who = view_actor(c->member);
    (void)web_call_state(c, sizeof(struct thread), thread_done);
    inbox_read(c->config->inbox, c->id, &who, c->now_ms, INBOX_MESSAGES_MAX, on_thread, c);
}

/* ---- acting ---- */

static void on_claim(void *arg, int result, const struct inbox_claim *claim, const struct err *e)
{
    if (!web_ok(arg, result, e)) return;
    json_t *o = json_object();
    json_put(o, "fence", json_integer((json_int_t)claim->fence));
    json_put_time(o, "until", claim->until_ms);
    json_put(o, "by", json_text(claim->by));
    web_answer(arg, 200, o);
}

static void post_claim(struct web_call *c)
{
    struct inbox_actor who = view_actor(c->member);
    inbox_claim(c->config->inbox, c->id, &who, c->now_ms, c->config->claim_ms, on_claim, c);
}

static void on_done(void *arg, int result, const struct err *e)
{
    if (web_ok(arg, result, e)) web_answer(arg, 200, json_object());
}

static void post_take_over(struct web_call *c)
{
    struct inbox_actor who = view_actor_who(c->member, MAY_TAKE_OVER);
    inbox_take_over(c->config->inbox, c->id, &who, c->now_ms, c->config->claim_ms, on_claim, c);
}

static void post_release(struct web_call *c)
{
    struct inbox_actor who = view_actor(c->member);
    inbox_release(c->config->inbox, c->id, &who, c->now_ms, on_done, c);
}

static void on_closed(void *arg, int result, const struct err *e)
{
    if (web_ok(arg, result, e)) next_answer(arg, 200, json_object());
}

static void post_close(struct web_call *c)
{
    struct inbox_actor who = view_actor(c->member);
    if (!next_is_read(c)) return;
    web_act_conversation(c, "closed");
    inbox_set_closed(c->config->inbox, c->id, &who, c->now_ms, true, on_closed, c);
}

static void post_reopen(struct web_call *c)
{
    struct inbox_actor who = view_actor(c->member);
    web_act_conversation(c, "opened again");
    inbox_set_closed(c->config->inbox, c->id, &who, c->now_ms, false, on_done, c);
}

static void on_reply(void *arg, int result, const struct inbox_answered *a, const struct err *e)
{
    struct web_call *c = arg;
    if (a->why)
        web_error(c, result == ERR_CONFLICT ? 409 : 422, inbox_why_to_string(a->why), "%s",
                  e->text);
    else if (web_ok(c, result, e)) {
        lent_answered(c, a->group);
        next_answer(c, 202, json_pack("{s:I}", "index", (json_int_t)a->index));
    }
}

static void post_reply(struct web_call *c)
{
    struct inbox_actor who = view_actor(c->member);
    struct err e;
    struct inbox_answer answer = {
        .id = c->id,
        .fence = body_uint(&c->body, "fence", INT64_MAX, BODY_NEEDED),
        .text = body_text(&c->body, "text", INBOX_TEXT_BYTES_MAX, BODY_NEEDED),
        .key = body_text(&c->body, "key", KEY_BYTES_MAX, BODY_OPTIONAL),
        .lease_ms = c->config->claim_ms,
        .sees = json_is_integer(json_object_get(c->body.root, "seen")),
        .heard = (uint32_t)body_uint(&c->body, "seen", UINT32_MAX, BODY_OPTIONAL),
    };
    if (!web_body_ok(c) || !next_is_read(c)) return;
    web_act_conversation(c, "answered");
    int r =
        reply_send(c->config->inbox, c->config->outbox, &answer, &who, c->now_ms, on_reply, c, &e);
    if (r < 0) web_failed(c, r, &e);
}

enum { READS = NEEDS_STORE | IN_GROUP, ACTS = NEEDS_STORE | IN_GROUP | WITH_ID };

static const struct route rows[] = {
    {"GET", "/api/v1/inbox", MAY_READ_INBOX, READS, NULL, get_inbox},
    {"POST", "/api/v1/inbox/next", MAY_ANSWER, READS, KEYS("group", "tag", "language", "campaign"),
     next_post},
    {"GET", "/api/v1/conversations/{id}", MAY_READ_INBOX, READS | WITH_ID, NULL, get_conversation},
    {"POST", "/api/v1/conversations/{id}/claim", MAY_ANSWER, ACTS, NO_KEYS, post_claim},
    {"POST", "/api/v1/conversations/{id}/reply", MAY_ANSWER, ACTS | ONCE | AUDITED,
     KEYS("text", "fence", "key", "seen", "next"), post_reply},
    {"POST", "/api/v1/conversations/{id}/release", MAY_ANSWER, ACTS, NO_KEYS, post_release},
    {"POST", "/api/v1/conversations/{id}/close", MAY_ANSWER, ACTS | AUDITED, KEYS("next"),
     post_close},
    {"POST", "/api/v1/conversations/{id}/reopen", MAY_ANSWER, ACTS | AUDITED, NO_KEYS, post_reopen},
    {"POST", "/api/v1/conversations/{id}/take-over", MAY_TAKE_OVER, ACTS, NO_KEYS, post_take_over},
    {"POST", "/api/v1/conversations/{id}/tag", MAY_ANSWER, ACTS, KEYS("add", "remove", "toggle"),
     team_post_tag},
    {"POST", "/api/v1/conversations/{id}/note", MAY_ANSWER, ACTS | ONCE, KEYS("text"),
     team_post_note},
    {"POST", "/api/v1/conversations/{id}/hand-over", MAY_ANSWER, ACTS,
     KEYS("member", "group", "organisers", "word"), team_post_hand_over},
    {"PUT", "/api/v1/conversations/{id}/draft", MAY_ANSWER, ACTS, KEYS("text", "key"),
     team_put_draft},
    {"GET", "/api/v1/inbox/waiting", MAY_READ_INBOX, READS, NULL, team_get_waiting},
    {"GET", "/api/v1/tags", MAY_READ_INBOX, READS, NULL, team_get_tags},
    {"POST", "/api/v1/tags", MAY_SET_UP_INBOX, READS, KEYS("group", "tag"), team_post_own_tag},
    {"DELETE", "/api/v1/tags/{tag}", MAY_SET_UP_INBOX, READS, NO_KEYS, team_delete_tag},
};

const struct routes inbox_routes = {rows, COUNT_OF(rows)};
