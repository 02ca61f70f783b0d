/* What volunteers do to a conversation. Each is one script that checks the claim as it stands then.
 */
#include "private.h"

#include <stdlib.h>

#include <stdio.h>

#include "base/buf.h"
#include "base/clock.h"
#include "core/state.h"
#include "store/ledger_parts.h"
#include "store/script_names.h"
#include "store/suppress.h"

enum { UNDO_LEASE_MS = 10 * 60 * 1000, NOTE_BYTES = 256 };

#define WITH_CONV(text, lua)                                                                       \
    {                                                                                              \
        .name = (text), .parts = {                                                                 \
            &lua_conv_common,                                                                      \
            &lua_events,                                                                           \
            &lua_conv_queue,                                                                       \
            &lua_conv_team,                                                                        \
            &(lua)                                                                                 \
        }                                                                                          \
    }
static const struct script claim_script = WITH_CONV("conv_claim", lua_conv_claim);
static const struct script release_script = WITH_CONV("conv_release", lua_conv_release);
static const struct script state_script = WITH_CONV("conv_state", lua_conv_state);
#undef WITH_CONV
static const struct script reply_script = {
    .name = "conv_reply",
    .parts = {&lua_direct_common, &lua_conv_common, &lua_events, &lua_conv_queue, &lua_conv_reply}};
/* It moves a nibble of the ledger, so the law of the states stands before it. */
static const struct script decide_script = {.name = "conv_decide",
                                            .prelude = script_law,
                                            .parts = {&lua_audit, LUA_LEDGER, &lua_direct_common,
                                                      &lua_conv_common, &lua_conv_queue,
                                                      &lua_conv_decide}};

void inbox_begin(struct call *c, uint32_t id, const struct inbox_actor *who)
{
    call_prefix(c);
    call_i64(c, who->now_ms);
    call_u64(c, id);
    call_groups(c, &who->groups, SLICE_NONE);
    call_text(c, who->name);
}

static struct inbox_claim read_claim(const struct redisReply *reply)
{
    return (struct inbox_claim){
        .by = redis_str(redis_at(reply, 1)),
        .until_ms = redis_int(redis_at(reply, 2), 0),
        .fence = (uint64_t)redis_int(redis_at(reply, 3), 0),
    };
}

int inbox_read_done(const struct redisReply *reply, struct err *e)
{
    int r = call_failed(reply, e);
    if (r) return r;
    if (call_says(reply, "missing")) return inbox_not_found(e);
    if (call_says(reply, "held")) return inbox_held(reply, e);
    if (call_says(reply, "escalated"))
        return err_set(e, ERR_REFUSED,
                       "they wait for the organisers, who are told of them: one of them answers");
    return 0;
}

static void on_claim(struct call *c, const struct redisReply *reply)
{
    struct err e = {0};
    int r = inbox_read_done(reply, &e);
    struct inbox_claim claim = read_claim(reply);
    call_back(c, inbox_claim_cb)(c->arg, r, r == 0 || r == ERR_CONFLICT ? &claim : NULL,
                                 r ? &e : NULL);
}

static void claim(struct inbox *b, uint32_t id, const struct inbox_actor *who, int64_t lease_ms,
                  const char *over, inbox_claim_cb *cb, void *arg)
{
    struct call *c = call_begin(b->store, &claim_script);
    inbox_begin(c, id, who);
    call_i64(c, lease_ms);
    call_str(c, over);
    call_groups(c, &who->escalated, SLICE_NONE);
    call_run(c, on_claim, cb, arg);
}

void inbox_claim(struct inbox *b, uint32_t id, const struct inbox_actor *who, int64_t lease_ms,
                 inbox_claim_cb *cb, void *arg)
{
    claim(b, id, who, lease_ms, "", cb, arg);
}

void inbox_take_over(struct inbox *b, uint32_t id, const struct inbox_actor *who, int64_t lease_ms,
                     inbox_claim_cb *cb, void *arg)
{
    claim(b, id, who, lease_ms, "1", cb, arg);
}

void inbox_on_done(struct call *c, const struct redisReply *reply)
{
    struct err e = {0};
    int r = inbox_read_done(reply, &e);
    call_back(c, store_done_cb)(c->arg, r, r ? &e : NULL);
}

void inbox_release(struct inbox *b, uint32_t id, const struct inbox_actor *who, store_done_cb *cb,
                   void *arg)
{
    struct call *c = call_begin(b->store, &release_script);
    inbox_begin(c, id, who);
    call_run(c, inbox_on_done, cb, arg);
}

void inbox_set_closed(struct inbox *b, uint32_t id, const struct inbox_actor *who, bool closed,
                      store_done_cb *cb, void *arg)
{
    struct call *c = call_begin(b->store, &state_script);
    inbox_begin(c, id, who);
    call_str(c, closed ? "closed" : "open");
    call_i64(c, UNDO_LEASE_MS);
    call_run(c, inbox_on_done, cb, arg);
}

/* ---- answering ---- */

static const char *reason_words(struct slice record)
{
    struct suppress_entry entry = {0};
    if (!suppress_read_record(record, &entry, NULL)) return "this number must not be texted";
    switch (entry.reason) {
    case SUPPRESS_STOP:
        return "this person has said STOP";
    case SUPPRESS_IMPORT:
        return "this number is on a do-not-text list";
    case SUPPRESS_MANUAL:
        return "this number was taken off by an organiser";
    case SUPPRESS_PROVIDER:
        return "the provider no longer takes texts for this number";
    case SUPPRESS_NEAR_STOP: /* of holds, which refuse nothing */
        break;
    }
    return "this number must not be texted";
}

const char *inbox_why_to_string(enum inbox_why why)
{
    static const char *const words[] = {NULL,
#define X(name, text) text,
                                        INBOX_WHY_TABLE(X)
#undef X
    };
    check((size_t)why < COUNT_OF(words));
    return words[why];
}

/* "14:05 UTC" of a time that the reply has. */
static void say_clock(const struct redisReply *at, char out[CLOCK_ISO_BYTES])
{
    char iso[CLOCK_ISO_BYTES];
    clock_iso(redis_int(at, 0), iso);
    (void)snprintf(out, CLOCK_ISO_BYTES, "%.5s UTC", iso + strlen("2026-11-27T"));
}

/* The claim is not the writer's any more. */
static int read_stale(const struct redisReply *reply, enum inbox_why *why, struct err *e)
{
    struct err held;
    struct slice by = redis_str(redis_at(reply, 1));
    *why = INBOX_CLAIM_OVER;
    if (by.n == 0)
        return err_set(e, ERR_CONFLICT,
                       "not sent: your claim is over; take the conversation again");
    if (call_says(reply, "taken")) {
        *why = INBOX_TAKEN_OVER;
        return err_set(e, ERR_CONFLICT, "not sent: %.*s took over", SLICE_ARG(by));
    }
    (void)inbox_held(reply, &held);
    return err_set(e, ERR_CONFLICT, "not sent: your claim is over; the conversation is %s",
                   held.text);
}

static int read_reply(const struct redisReply *reply, enum inbox_why *why, struct err *e)
{
    char at[CLOCK_ISO_BYTES];
    int r = inbox_read_done(reply, e);
    *why = INBOX_NO_REASON;
    if (r) return r;
    if (call_says(reply, "stale") || call_says(reply, "taken")) return read_stale(reply, why, e);
    if (call_says(reply, "suppressed")) {
        *why = INBOX_STOPPED;
        return err_set(e, ERR_REFUSED, "not sent: %s", reason_words(redis_str(redis_at(reply, 2))));
    }
    if (call_says(reply, "unreachable")) {
        *why = INBOX_NO_WAY;
        return err_set(e, ERR_REFUSED, "not sent: %s",
                       inbox_why_unreachable(redis_str(redis_at(reply, 1))));
    }
    if (call_says(reply, "window")) {
        *why = INBOX_WINDOW_CLOSED;
        say_clock(redis_at(reply, 1), at);
        return err_set(e, ERR_REFUSED,
                       "not sent: WhatsApp takes answers only for a day after the person's last "
                       "message, and that was over at %s; send an approved template, or wait "
                       "until they write again",
                       at);
    }
    if (call_says(reply, "elsewhere")) {
        *why = INBOX_ELSEWHERE;
        return err_set(e, ERR_CONFLICT,
                       "not sent: they wrote to another account meanwhile; look what they wrote");
    }
    if (!call_says(reply, "written")) return 0;
    *why = INBOX_WRITTEN_SINCE;
    return err_set(e, ERR_CONFLICT,
                   "not sent: they have written since; read it first, or send it anyway");
}

static void on_reply(struct call *c, const struct redisReply *reply)
{
    struct err e = {0};
    struct inbox_answered a = {.index = 0};
    int r = read_reply(reply, &a.why, &e);
    if (r == 0) a.index = (uint32_t)redis_int(redis_at(reply, 1), 0);
    if (a.why == INBOX_WRITTEN_SINCE) a.heard = (uint32_t)redis_int(redis_at(reply, 1), 0);
    a.again = call_says(reply, "again");
    if (call_says(reply, "ok")) {
        uint64_t loan = 0;
        a.group = redis_str(redis_at(reply, 2));
        (void)slice_to_u64(redis_str(redis_at(reply, 3)), UINT32_MAX, &loan);
        a.loan = (uint32_t)loan;
    }
    call_back(c, inbox_answer_cb)(c->arg, r, &a, r ? &e : NULL);
}

void inbox_reply(struct inbox *b, const struct inbox_answer *answer, const struct inbox_actor *who,
                 inbox_answer_cb *cb, void *arg)
{
    char note[NOTE_BYTES] = "";
    if (answer->held.n)
        (void)snprintf(note, sizeof note, "WhatsApp template “%.*s”",
                       SLICE_ARG(call_cut(answer->held_name, NOTE_BYTES / 2)));
    const struct inbox_message m = {.out = true,
                                    .kind = SLICE_LIT("reply"),
                                    .text = answer->text,
                                    .note = slice_of(note),
                                    .by = who->name,
                                    .at_ms = who->now_ms};
    char *message = inbox_message_json(&m);
    struct call *c = call_begin(b->store, &reply_script);
    call_lasts(c);
    inbox_begin(c, answer->id, who);
    call_u64(c, answer->fence);
    call_i64(c, answer->lease_ms);
    call_text(c, call_cut(answer->key, 64));
    call_str(c, message);
    call_text(c, answer->text);
    call_i64(c, INBOX_MESSAGES_MAX);
    if (answer->sees)
        call_u64(c, answer->heard);
    else
        call_str(c, "");
    call_text(c, call_cut(answer->text, INBOX_LINE_BYTES));
    call_text(c, answer->held);
    call_text(c, answer->held_gateway);
    call_run(c, on_reply, cb, arg);
    free(message);
}

/* ---- deciding about an unknown one ---- */

static void on_resolve(struct call *c, const struct redisReply *reply)
{
    struct err e = {0};
    enum inbox_why ignored;
    int r = read_reply(reply, &ignored, &e);
    if (r == 0 && call_says(reply, "automatic"))
        r = err_set(&e, ERR_REFUSED,
                    "this is an automatic answer, which is not sent again: it can be left");
    int state = r ? -1 : (int)redis_int(redis_at(reply, 1), -1);
    call_back(c, inbox_resolved_cb)(c->arg, r, r == 0 && call_says(reply, "ok"), state,
                                    r ? &e : NULL);
}

void inbox_resolve(struct inbox *b, const struct inbox_resolve *what, const struct inbox_actor *who,
                   inbox_resolved_cb *cb, void *arg)
{
    struct call *c = call_begin(b->store, &decide_script);
    call_lasts(c);
    call_now(c);
    inbox_begin(c, what->id, who);
    call_u64(c, what->fence);
    call_i64(c, what->lease_ms);
    call_u64(c, what->index);
    call_u64(c, what->resent);
    call_i64(c, what->decision == INBOX_SEND_AGAIN ? STATE_PENDING : STATE_REFUSED);
    call_text(c, who->actor.n ? who->actor : who->name);
    call_run(c, on_resolve, cb, arg);
}
