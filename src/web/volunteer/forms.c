/* Forms carry the session's value, the claim's fence and a key, so that one that is sent twice or too
 * late does no harm. One that was refused shows its page again with the reason and what was typed; one
 * that was obeyed leads on by 303, so that reloading does not send it twice. */
#include <stdio.h>
#include <stdlib.h>

#include "core/consent.h"
#include "flow/doubt.h"
#include "flow/reply.h"
#include "next.h"
#include "thread.h"
#include "web/lent.h"
#include "web/view/view.h"

enum { PATH_BYTES = 64 };

/* Leads on, or shows the thread again with the reason. */
static void end(struct web_call *c, bool to_list, int result, const struct err *e)
{
    if (result == 0 && to_list)
        web_answer_redirect(c, "/inbox");
    else
        thread_lead(c, result, e);
}

static bool wants_next(const struct web_call *c)
{
    return slice_is(web_field(c, "then"), "next");
}

static void to_thread(void *arg, int result, const struct err *e)
{
    end(arg, false, result, e);
}

static void to_list(void *arg, int result, const struct err *e)
{
    end(arg, true, result, e);
}

/* What was being written stands in the page that follows. */
static void to_draft(void *arg, int result, const struct err *e)
{
    if (result == 0 && web_field(arg, "text").n > 0)
        thread_show(arg, 200, "");
    else
        end(arg, false, result, e);
}

static void on_claim(void *arg, int result, const struct inbox_claim *claim, const struct err *e)
{
    (void)claim; /* what somebody wrote under one that ended goes on under the new one */
    to_draft(arg, result, e);
}

static void post_claim(struct web_call *c)
{
    struct inbox_actor who = view_actor(c);
    inbox_claim(c->config->inbox, c->id, &who, c->config->claim_ms, on_claim, c);
}

static void post_release(struct web_call *c)
{
    struct inbox_actor who = view_actor(c);
    inbox_release(c->config->inbox, c->id, &who, to_list, c);
}

/* Closed: what follows offers to open it again. */
static void on_closed(void *arg, int result, const struct err *e)
{
    struct web_call *c = arg;
    char path[PATH_BYTES];
    if (result < 0) {
        end(c, false, result, e);
    } else if (wants_next(c)) {
        next_lead(c, c->id);
    } else {
        (void)snprintf(path, sizeof path, "/inbox?closed=%u", c->id);
        web_answer_redirect(c, path);
    }
}

static void post_close(struct web_call *c)
{
    web_act_conversation(c, "closed");
    struct inbox_actor who = view_actor(c);
    inbox_set_closed(c->config->inbox, c->id, &who, true, on_closed, c);
}

static void post_reopen(struct web_call *c)
{
    web_act_conversation(c, "opened again");
    struct inbox_actor who = view_actor(c);
    inbox_set_closed(c->config->inbox, c->id, &who, false, to_thread, c);
}

static void on_tagged(void *arg, int result, struct slice tags, const struct err *e)
{
    (void)tags;
    to_draft(arg, result, e);
}

static void post_tag(struct web_call *c)
{
    struct inbox_actor who = view_actor(c);
    const struct inbox_tagging tagging = {.add = web_typed(c, "add"),
                                          .remove = web_field(c, "remove"),
                                          .toggle = web_field(c, "toggle")};
    inbox_tag(c->config->inbox, c->id, &who, &tagging, on_tagged, c);
}

/* What is being written, kept for its member: {"text", "key", "at"}, as the API keeps it. */
static void post_draft(struct web_call *c)
{
    struct inbox_actor who = view_actor(c);
    json_t *draft = json_pack("{s:o,s:o,s:o}", "text", json_text(web_field(c, "text")), "key",
                              json_text(web_field(c, "key")), "at", json_time(c->now_ms));
    char *kept = json_dumps(draft, JSON_COMPACT);
    inbox_draft(c->config->inbox, c->id, &who, web_field(c, "text").n ? slice_of(kept) : SLICE_NONE,
                to_thread, c);
    free(kept);
    json_decref(draft);
}

/* What is no number becomes `none`, which the store knows nothing of. */
static uint64_t number_of(const struct web_call *c, const char *name, uint64_t max, uint64_t none)
{
    uint64_t n = none;
    (void)slice_to_u64(web_field(c, name), max, &n);
    return n;
}

static void on_reply(void *arg, int result, const struct inbox_answered *a, const struct err *e)
{
    if (result == 0) lent_answered(arg, a->group, a->loan);
    if (a->why == INBOX_WRITTEN_SINCE)
        thread_show(arg, 409, "Not sent: they have just written. Read it, then send again.");
    else if (result == 0 && wants_next(arg))
        next_lead(arg, 0);
    else
        end(arg, false, result, e);
}

/* They were asked about exactly this text, and send it again. */
static bool is_meant(const struct web_call *c)
{
    char digest[DIGEST_BYTES];
    doubt_digest(web_typed(c, "text"), digest);
    return slice_is(web_field(c, "doubted"), digest);
}

static void post_reply(struct web_call *c)
{
    if (web_field(c, "preview").n > 0 || web_field(c, "suggest").n > 0) {
        thread_show(c, 200, "");
        return;
    }
    struct err e;
    if (!is_meant(c) && doubt_answer(c->config->means, web_field(c, "text"), c->now_ms, &e) < 0) {
        thread_show_doubt(c, e.text);
        return;
    }
    web_act_conversation(c, web_field(c, "doubted").n ? "answered, although asked" : "answered");
    struct inbox_actor who = view_actor(c);
    struct inbox_answer answer = {.id = c->id,
                                  .fence = number_of(c, "fence", UINT64_MAX, 0),
                                  .text = web_field(c, "text"),
                                  .key = web_field(c, "key"),
                                  .sees = web_field(c, "seen").n > 0,
                                  .heard = (uint32_t)number_of(c, "seen", UINT32_MAX, 0),
                                  .lease_ms = c->config->claim_ms};
    int r = reply_send(c->config->inbox, c->config->outbox, &answer, &who, on_reply, c, &e);
    if (r < 0) end(c, false, r, &e);
}

/* Pressed twice, or late: the thread says what stands. */
static void on_resolved(void *arg, int result, bool changed, int state, const struct err *e)
{
    (void)changed, (void)state;
    end(arg, false, result, e);
}

static void post_resolve(struct web_call *c)
{
    struct inbox_actor who = view_actor(c);
    who.actor = web_by(c);
    struct slice decision = web_field(c, "decision");
    bool again = slice_is(decision, "resend");
    const struct inbox_resolve what = {
        .id = c->id,
        .index = (uint32_t)number_of(c, "message", UINT32_MAX, UINT32_MAX),
        .fence = number_of(c, "fence", UINT64_MAX, 0),
        .resent = (uint32_t)number_of(c, "resent", UINT32_MAX, UINT32_MAX),
        .decision = again ? INBOX_SEND_AGAIN : INBOX_LEAVE,
        .lease_ms = c->config->claim_ms};
    if (again || slice_is(decision, "leave"))
        reply_resolve(c->config->inbox, c->config->outbox, &what, &who, on_resolved, c);
    else
        end(c, false, 0, NULL);
}

static void on_kept(void *arg, int result, bool was_held, const struct err *e)
{
    (void)was_held; /* pressed twice, or late: the thread says what stands */
    end(arg, false, result, e);
}

/* What follows offers to undo it. */
static void on_taken_off(void *arg, int result, bool was_held, const struct err *e)
{
    (void)was_held;
    struct web_call *c = arg;
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof path, "/inbox?off=%u", c->id);
    if (result < 0)
        end(c, false, result, e);
    else
        web_answer_redirect(c, path);
}

static void post_keep(struct web_call *c)
{
    struct inbox_actor who = view_actor(c);
    who.actor = web_by(c);
    inbox_end_hold(c->config->inbox, c->id, &who, INBOX_KEEP, on_kept, c);
}

static void post_take_off(struct web_call *c)
{
    struct inbox_actor who = view_actor(c);
    who.actor = web_by(c);
    inbox_end_hold(c->config->inbox, c->id, &who, INBOX_TAKE_OFF, on_taken_off, c);
}

static void post_undo_take_off(struct web_call *c)
{
    struct inbox_actor who = view_actor(c);
    struct group_set over = access_groups(c->member, MAY_TAKE_OVER);
    who.actor = web_by(c);
    inbox_undo_off(c->config->inbox, c->id, &who, &over, c->config->claim_ms, to_thread, c);
}

static void on_noted(void *arg, int result, bool changed, const struct err *e)
{
    (void)changed; /* pressed twice: the thread says what stands */
    end(arg, false, result, e);
}

static void post_no_more(struct web_call *c)
{
    struct inbox_actor who = view_actor(c);
    struct group_set over = access_groups(c->member, MAY_SUPPRESS);
    const struct inbox_no_more what = {.id = c->id,
                                       .word = web_typed(c, "consent"),
                                       .why = web_typed(c, "why"),
                                       .again = web_field(c, "again").n > 0,
                                       .over = &over};
    who.actor = web_by(c);
    if (consent_word_ok(what.word))
        inbox_no_more(c->config->inbox, &what, &who, on_noted, c);
    else
        thread_show(c, 400, "Choose what they want no more of.");
}

enum {
    ACTS = NEEDS_STORE | IN_GROUP | PAGE | FORM | WITH_ID,
    DECIDES = ACTS | AUDITED,
};

static const struct route rows[] = {
    {"POST", "/inbox/{id}/claim", MAY_ANSWER, ACTS, NULL, post_claim},
    {"POST", "/inbox/{id}/reply", MAY_ANSWER, DECIDES, NULL, post_reply},
    {"POST", "/inbox/{id}/release", MAY_ANSWER, ACTS, NULL, post_release},
    {"POST", "/inbox/{id}/close", MAY_ANSWER, DECIDES, NULL, post_close},
    {"POST", "/inbox/{id}/reopen", MAY_ANSWER, DECIDES, NULL, post_reopen},
    {"POST", "/inbox/{id}/tag", MAY_ANSWER, ACTS, NULL, post_tag},
    {"POST", "/inbox/{id}/draft", MAY_ANSWER, ACTS, NULL, post_draft},
    {"POST", "/inbox/{id}/resolve", MAY_ANSWER, DECIDES, NULL, post_resolve},
    {"POST", "/inbox/{id}/keep", MAY_ANSWER, DECIDES, NULL, post_keep},
    {"POST", "/inbox/{id}/take-off", MAY_ANSWER, DECIDES, NULL, post_take_off},
    {"POST", "/inbox/{id}/undo-take-off", MAY_ANSWER, DECIDES, NULL, post_undo_take_off},
    {"POST", "/inbox/{id}/no-more", MAY_ANSWER, DECIDES, NULL, post_no_more},
};

const struct routes form_routes = {rows, COUNT_OF(rows)};
