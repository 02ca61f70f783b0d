/* The inbox. Volunteers see the conversations of their group, with masked numbers: the store knows
 * who asks. */
#include "web/api/api.h"

#include "flow/asked.h"
#include "store/pledge.h"
#include "next.h"
#include "team.h"
#include "web/call.h"
#include "web/no_more.h"
#include "web/offered.h"
#include "web/own.h"
#include "web/search.h"
#include "web/suggested.h"
#include "web/view/view.h"

enum { LIST_LIMIT = 50 };

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

/* What stands there is a word or number that there is. */
static bool words_ok(const struct web_call *c, uint64_t *ret_campaign, uint64_t *ret_limit)
{
    static const char *const orders[] = {"newest", "oldest", "waiting"};
    static const char *const states[] = {"open", "closed", "any"};
    struct slice limit = web_query(c, "limit"), campaign = web_query(c, "campaign");
    struct slice tag = web_query(c, "tag");
    if (!is_among(web_query(c, "state"), states, COUNT_OF(states))) return false;
    if (!is_among(web_query(c, "order"), orders, COUNT_OF(orders))) return false;
    if (tag.n && !inbox_tag_ok(tag)) return false;
    if (campaign.n && !(slice_to_u64(campaign, UINT32_MAX, ret_campaign) && *ret_campaign))
        return false;
    return limit.n == 0 || (slice_to_u64(limit, INBOX_PAGE_MAX, ret_limit) && *ret_limit);
}

static bool flags_ok(const struct web_call *c)
{
    return is_flag(c, "mine") && is_flag(c, "handed") && is_flag(c, "free") &&
           is_flag(c, "unlinked");
}

/* False: c has its response. */
static bool read_query(struct web_call *c, struct inbox_query *query)
{
    struct slice state = web_query(c, "state"), order = web_query(c, "order");
    uint64_t limit = LIST_LIMIT, campaign = 0;
    if (!flags_ok(c)) {
        web_error(c, 400, "invalid",
                  "mine, handed, free and unlinked are 1 or true, or are left out");
        return false;
    }
    if (!words_ok(c, &campaign, &limit)) {
        web_error(c, 400, "invalid",
                  "state is open, closed or any, order newest, oldest or waiting, campaign a "
                  "number, tag a tag, limit 1 to %d",
                  INBOX_PAGE_MAX);
        return false;
    }
    *query = (struct inbox_query){
        .group = web_query(c, "group"),
        .closed = slice_is(state, "closed"),
        .any = slice_is(state, "any"),
        .tag = web_query(c, "tag"),
        .campaign = (uint32_t)campaign,
        .filter = yes(c, "mine")       ? INBOX_MINE
                  : yes(c, "handed")   ? INBOX_HANDED
                  : yes(c, "free")     ? INBOX_FREE
                  : yes(c, "unlinked") ? INBOX_UNLINKED
                                       : INBOX_ANY,
        .oldest_first = slice_is(order, "oldest"),
        .unanswered = slice_is(order, "waiting"),
        .limit = (int)limit,
        .after = web_query(c, "cursor"),
    };
    return true;
}

static void get_inbox(struct web_call *c)
{
    struct err e = {0};
    struct inbox_query query;
    struct search *search = web_call_state(c, sizeof *search, NULL);
    if (read_query(c, &query) &&
        web_ok(c, search_read(c, web_query(c, "search"), search, &query, &e), &e))
        search_list(c, &query, on_list);
}

struct thread {
    json_t *shown; /* owned */
    uint64_t number;
};

static void thread_done(void *state)
{
    json_decref(((struct thread *)state)->shown);
}

static void show_thread(struct web_call *c)
{
    const struct thread *t = c->state;
    web_answer(c, 200, json_incref(t->shown));
}

static void put_no_more(struct web_call *c)
{
    const struct thread *t = c->state;
    no_more_put(c, t->shown, t->number, show_thread);
}

/* Of a group chat, say, nobody pledges: then there is none. */
static void on_standing(void *arg, int result, const struct pledge_standing *s, const struct err *e)
{
    struct web_call *c = arg;
    struct thread *t = c->state;
    (void)e;
    view_standing(c, t->shown, result == 0 ? s : NULL);
    offered_put(c, t->shown, put_no_more);
}

static void ask_standing(struct web_call *c)
{
    struct group_set own = own_groups(c);
    pledge_standing(c->config->store, c->id, &own, c->now_ms, on_standing, c);
}

static void on_asked(void *arg, const struct asked *asked)
{
    struct web_call *c = arg;
    struct thread *t = c->state;
    view_asked(t->shown, asked, c->member, c->now_ms);
    suggested_put(c, t->shown, ask_standing);
}

static void on_thread(void *arg, int result, const struct inbox_thread *t, const struct err *e)
{
    struct web_call *c = arg;
    struct thread *thread = c->state;
    if (!web_ok(c, result, e)) return;
    thread->number = t->conversation.number;
    thread->shown = json_pack("{s:o,s:o}", "conversation",
                              view_conversation(&t->conversation, c->member, c->now_ms), "messages",
                              view_messages(t, c->member, c->now_ms));
    view_thread_state(thread->shown, t, c->member, c->now_ms);
    asked_load(c->config->store, c->config->accounts, c->config->means->words,
               t->conversation.campaign, t->conversation.number, on_asked, c);
}

static void get_conversation(struct web_call *c)
{
    struct inbox_actor who = view_actor(c);
    (void)web_call_state(c, sizeof(struct thread), thread_done);
    inbox_read(c->config->inbox, c->id, &who, INBOX_MESSAGES_MAX, on_thread, c);
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
    struct inbox_actor who = view_actor(c);
    inbox_claim(c->config->inbox, c->id, &who, c->config->claim_ms, on_claim, c);
}

static void on_done(void *arg, int result, const struct err *e)
{
    if (web_ok(arg, result, e)) web_answer(arg, 200, json_object());
}

static void post_take_over(struct web_call *c)
{
    struct inbox_actor who = view_actor_who(c, MAY_TAKE_OVER);
    inbox_take_over(c->config->inbox, c->id, &who, c->config->claim_ms, on_claim, c);
}

static void post_release(struct web_call *c)
{
    struct inbox_actor who = view_actor(c);
    inbox_release(c->config->inbox, c->id, &who, on_done, c);
}

static void on_closed(void *arg, int result, const struct err *e)
{
    if (web_ok(arg, result, e)) next_answer(arg, 200, json_object());
}

static void post_close(struct web_call *c)
{
    struct inbox_actor who = view_actor(c);
    if (!next_is_read(c)) return;
    web_act_conversation(c, "closed");
    inbox_set_closed(c->config->inbox, c->id, &who, true, on_closed, c);
}

static void post_reopen(struct web_call *c)
{
    struct inbox_actor who = view_actor(c);
    web_act_conversation(c, "opened again");
    inbox_set_closed(c->config->inbox, c->id, &who, false, on_done, c);
}

enum { READS = NEEDS_STORE | IN_GROUP, ACTS = NEEDS_STORE | IN_GROUP | WITH_ID };

static const struct route rows[] = {
    {"GET", "/api/v1/inbox", MAY_READ_INBOX, READS, NULL, get_inbox},
    {"POST", "/api/v1/inbox/next", MAY_ANSWER, READS, KEYS("group", "tag", "language", "campaign"),
     next_post},
    {"GET", "/api/v1/conversations/{id}", MAY_READ_INBOX, READS | WITH_ID, NULL, get_conversation},
    {"POST", "/api/v1/conversations/{id}/claim", MAY_ANSWER, ACTS, NO_KEYS, post_claim},
    {"POST", "/api/v1/conversations/{id}/release", MAY_ANSWER, ACTS, NO_KEYS, post_release},
    {"POST", "/api/v1/conversations/{id}/close", MAY_ANSWER, ACTS | AUDITED, KEYS("next"),
     post_close},
    {"POST", "/api/v1/conversations/{id}/reopen", MAY_ANSWER, ACTS | AUDITED, NO_KEYS, post_reopen},
    {"POST", "/api/v1/conversations/{id}/take-over", MAY_TAKE_OVER, ACTS, NO_KEYS, post_take_over},
    {"POST", "/api/v1/conversations/{id}/tag", MAY_ANSWER, ACTS, KEYS("add", "remove", "toggle"),
     team_post_tag},
    {"POST", "/api/v1/conversations/{id}/note", MAY_ANSWER, ACTS | ONCE, KEYS("text"),
     team_post_note},
    {"PUT", "/api/v1/conversations/{id}/draft", MAY_ANSWER, ACTS, KEYS("text", "key"),
     team_put_draft},
    {"GET", "/api/v1/inbox/waiting", MAY_READ_INBOX, READS, NULL, team_get_waiting},
    {"GET", "/api/v1/tags", MAY_READ_INBOX, READS, NULL, team_get_tags},
    {"POST", "/api/v1/tags", MAY_SET_UP_INBOX, READS, KEYS("group", "tag"), team_post_own_tag},
    {"DELETE", "/api/v1/tags/{tag}", MAY_SET_UP_INBOX, READS, NO_KEYS, team_delete_tag},
};

const struct routes inbox_routes = {rows, COUNT_OF(rows)};
