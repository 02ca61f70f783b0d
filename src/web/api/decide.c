/* What a person decides in a conversation: about an answer of which nobody knows whether it arrived,
 * since a guess texts people twice; and about somebody whose words sounded like an opt-out, whom no
 * campaign texts until then. */
#include "web/api/api.h"

#include "core/consent.h"
#include "core/state.h"
#include "flow/reply.h"
#include "web/call.h"
#include "web/view/view.h"

static void on_resolved(void *arg, int result, bool changed, int state, const struct err *e)
{
    const char *name = state < 0 ? "?" : state_to_string((enum state)state);
    if (web_ok(arg, result, e))
        web_answer(arg, 200, json_pack("{s:b,s:s}", "resolved", changed, "state", name));
}

static void post_resolve(struct web_call *c)
{
    struct body *b = &c->body;
    struct inbox_actor who = view_actor(c);
    who.actor = web_by(c);
    struct slice decision = body_text(b, "decision", 16, BODY_NEEDED);
    bool again = slice_is(decision, "resend");
    struct inbox_resolve what = {
        .id = c->id,
        .index = (uint32_t)body_uint(b, "message", UINT32_MAX, BODY_NEEDED),
        .resent = (uint32_t)body_uint(b, "resent", UINT32_MAX, BODY_NEEDED),
        .fence = body_uint(b, "fence", INT64_MAX, BODY_NEEDED),
        .decision = again ? INBOX_SEND_AGAIN : INBOX_LEAVE,
        .lease_ms = c->config->claim_ms,
    };
    if (!web_body_ok(c)) return;
    if (!again && !slice_is(decision, "leave"))
        web_error(c, 400, "invalid", "'decision' is resend or leave");
    else
        reply_resolve(c->config->inbox, c->config->outbox, &what, &who, on_resolved, c);
}

static void on_ended(void *arg, int result, bool was_held, const struct err *e)
{
    if (web_ok(arg, result, e)) web_answer(arg, 200, json_pack("{s:b}", "was_held", was_held));
}

static void post_keep(struct web_call *c)
{
    struct inbox_actor who = view_actor(c);
    who.actor = web_by(c);
    inbox_end_hold(c->config->inbox, c->id, &who, INBOX_KEEP, on_ended, c);
}

static void post_take_off(struct web_call *c)
{
    struct inbox_actor who = view_actor(c);
    who.actor = web_by(c);
    inbox_end_hold(c->config->inbox, c->id, &who, INBOX_TAKE_OFF, on_ended, c);
}

static void on_noted(void *arg, int result, bool changed, const struct err *e)
{
    if (web_ok(arg, result, e)) web_answer(arg, 200, json_pack("{s:b}", "changed", changed));
}

static void post_no_more(struct web_call *c)
{
    struct inbox_actor who = view_actor(c);
    struct group_set over = access_groups(c->member, MAY_SUPPRESS);
    const json_t *given = json_object_get(c->body.root, "given");
    const struct inbox_no_more what = {
        .id = c->id,
        .word = body_text(&c->body, "consent", CONSENT_WORD_BYTES - 1, BODY_NEEDED),
        .why = body_text(&c->body, "why", INBOX_NO_MORE_WHY_MAX, BODY_OPTIONAL),
        .again = json_is_true(given),
        .over = &over};
    who.actor = web_by(c);
    if (!web_body_ok(c)) return;
    if (given && !json_is_boolean(given))
        web_refuse_key(c, "given", "'given' is true or false");
    else if (!consent_word_ok(what.word))
        web_refuse_key(c, "consent", "'consent' is a word such as news: a-z, 0-9, _ and -");
    else
        inbox_no_more(c->config->inbox, &what, &who, on_noted, c);
}

static void on_undone(void *arg, int result, const struct err *e)
{
    if (web_ok(arg, result, e)) web_answer(arg, 200, json_object());
}

static void post_undo_take_off(struct web_call *c)
{
    struct inbox_actor who = view_actor(c);
    struct group_set over = access_groups(c->member, MAY_TAKE_OVER);
    who.actor = web_by(c);
    inbox_undo_off(c->config->inbox, c->id, &who, &over, c->config->claim_ms, on_undone, c);
}

enum { DECIDES = NEEDS_STORE | IN_GROUP | WITH_ID | AUDITED };

static const struct route rows[] = {
    {"POST", "/api/v1/conversations/{id}/resolve", MAY_ANSWER, DECIDES,
     KEYS("message", "resent", "fence", "decision"), post_resolve},
    {"POST", "/api/v1/conversations/{id}/keep", MAY_ANSWER, DECIDES, NO_KEYS, post_keep},
    {"POST", "/api/v1/conversations/{id}/take-off", MAY_ANSWER, DECIDES, NO_KEYS, post_take_off},
    {"POST", "/api/v1/conversations/{id}/undo-take-off", MAY_ANSWER, DECIDES, NO_KEYS,
     post_undo_take_off},
    {"POST", "/api/v1/conversations/{id}/no-more", MAY_ANSWER, DECIDES,
     KEYS("consent", "why", "given"), post_no_more},
};

const struct routes decide_routes = {rows, COUNT_OF(rows)};
