/* What volunteers do to a conversation. Each is one script that checks the claim as it stands then.
 */
#include "private.h"

#include <stdlib.h>

#include "base/buf.h"
#include "core/state.h"
#include "store/mark/mark.h"
#include "store/suppress/suppress.h"
#include "store/script_names.h"
#include "store/suppress.h"

#define WITH_CONV(text, lua)                                                                       \
    {                                                                                              \
        .name = (text), .parts = { &lua_conv_common, &lua_events, &lua_conv_queue, &(lua) }        \
    }
static const struct script claim_script = WITH_CONV("conv_claim", lua_conv_claim);
static const struct script release_script = WITH_CONV("conv_release", lua_conv_release);
static const struct script state_script = WITH_CONV("conv_state", lua_conv_state);
static const struct script tag_script = WITH_CONV("conv_tag", lua_conv_tag);
#undef WITH_CONV
static const struct script reply_script = {
    .name = "conv_reply",
    .parts = {&lua_direct_common, &lua_conv_common, &lua_events, &lua_conv_queue, &lua_conv_reply}};
static const struct script hold_script = {
    .name = "conv_hold",
    .parts = {&lua_optouts, &lua_mark, &lua_audit, &lua_direct_common, &lua_conv_common,
              &lua_events, &lua_conv_queue, &lua_person_common, &lua_conv_hold},
    .told = suppress_told_last};
/* It moves a nibble of the ledger, so the law of the states stands before it. */
static const struct script decide_script = {
    .name = "conv_decide",
    .prelude = script_law,
    .parts = {&lua_audit, &lua_events, &lua_look, &lua_ledger_prelude, &lua_direct_common,
              &lua_conv_common, &lua_conv_queue, &lua_conv_decide}};

/* prefix, now, id, groups allowed, by: how most of the scripts begin */
static void begin(struct call *c, uint32_t id, const struct inbox_actor *who, int64_t now_ms)
{
    call_prefix(c);
    call_i64(c, now_ms);
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

static int read_answer(const struct redisReply *reply, struct err *e)
{
    int r = call_failed(reply, e);
    if (r) return r;
    if (call_says(reply, "missing")) return inbox_not_found(e);
    if (call_says(reply, "held")) return inbox_held(reply, e);
    return 0;
}

static void on_claim(struct call *c, const struct redisReply *reply)
{
    struct err e = {0};
    int r = read_answer(reply, &e);
    struct inbox_claim claim = read_claim(reply);
    call_back(c, inbox_claim_cb)(c->arg, r, r == 0 || r == ERR_CONFLICT ? &claim : NULL,
                                 r ? &e : NULL);
}

void inbox_claim(struct inbox *b, uint32_t id, const struct inbox_actor *who, int64_t now_ms,
                 int64_t lease_ms, inbox_claim_cb *cb, void *arg)
{
    struct call *c = call_begin(b->store, &claim_script);
    begin(c, id, who, now_ms);
    call_i64(c, lease_ms);
    call_run(c, on_claim, cb, arg);
}

static void on_done(struct call *c, const struct redisReply *reply)
{
    struct err e = {0};
    int r = read_answer(reply, &e);
    call_back(c, store_done_cb)(c->arg, r, r ? &e : NULL);
}

void inbox_release(struct inbox *b, uint32_t id, const struct inbox_actor *who, int64_t now_ms,
                   store_done_cb *cb, void *arg)
{
    struct call *c = call_begin(b->store, &release_script);
    begin(c, id, who, now_ms);
    call_run(c, on_done, cb, arg);
}

void inbox_set_closed(struct inbox *b, uint32_t id, const struct inbox_actor *who, int64_t now_ms,
                      bool closed, store_done_cb *cb, void *arg)
{
    struct call *c = call_begin(b->store, &state_script);
    begin(c, id, who, now_ms);
    call_str(c, closed ? "closed" : "open");
    call_run(c, on_done, cb, arg);
}

/* ---- tags ---- */

static bool tag_ok(struct slice tag)
{
    if (tag.n == 0 || tag.n > INBOX_TAG_BYTES_MAX) return false;
    for (size_t i = 0; i < tag.n; i++) {
        char c = tag.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'))
            return false;
    }
    return true;
}

static bool tags_ok(struct slice list)
{
    struct slice rest = list, tag;
    size_t n = 0;
    while (list.n > 0 && slice_cut(&rest, ',', &tag))
        if (!tag_ok(tag) || ++n > INBOX_TAGS_MAX) return false;
    return true;
}

/* Redis is asked although nothing is to be done, so that the callback runs later like any other. */
static void on_bad_tag(struct call *c, const struct redisReply *reply)
{
    (void)reply;
    struct err e;
    int r = err_set(&e, ERR_INVALID, "a tag has 1 to %d of the characters a-z 0-9 _ -",
                    INBOX_TAG_BYTES_MAX);
    call_back(c, store_done_cb)(c->arg, r, &e);
}

void inbox_tag(struct inbox *b, uint32_t id, const struct inbox_actor *who, struct slice add,
               struct slice remove, store_done_cb *cb, void *arg)
{
    if (!tags_ok(add) || !tags_ok(remove)) {
        call_run(call_command(b->store, "PING"), on_bad_tag, cb, arg);
        return;
    }
    struct call *c = call_begin(b->store, &tag_script);
    call_prefix(c);
    call_u64(c, id);
    call_groups(c, &who->groups, SLICE_NONE);
    call_text(c, add);
    call_text(c, remove);
    call_run(c, on_done, cb, arg);
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

static int read_reply(const struct redisReply *reply, struct err *e)
{
    int r = read_answer(reply, e);
    if (r) return r;
    if (call_says(reply, "suppressed"))
        return err_set(e, ERR_REFUSED, "not sent: %s", reason_words(redis_str(redis_at(reply, 2))));
    if (call_says(reply, "unreachable"))
        return err_set(e, ERR_REFUSED, "not sent: %s",
                       inbox_why_unreachable(redis_str(redis_at(reply, 1))));
    if (!call_says(reply, "stale")) return 0;
    if (redis_str(redis_at(reply, 1)).n == 0)
        return err_set(e, ERR_CONFLICT,
                       "not sent: your claim is over; take the conversation again");
    struct err held;
    (void)inbox_held(reply, &held);
    return err_set(e, ERR_CONFLICT, "not sent: your claim is over; the conversation is %s",
                   held.text);
}

static void on_reply(struct call *c, const struct redisReply *reply)
{
    struct err e = {0};
    int r = read_reply(reply, &e);
    call_back(c, inbox_answer_cb)(c->arg, r, r ? 0 : (uint32_t)redis_int(redis_at(reply, 1), 0),
                                  call_says(reply, "again"), r ? &e : NULL);
}

void inbox_reply(struct inbox *b, const struct inbox_answer *answer, const struct inbox_actor *who,
                 int64_t now_ms, inbox_answer_cb *cb, void *arg)
{
    const struct inbox_message m = {.out = true,
                                    .kind = SLICE_LIT("reply"),
                                    .text = answer->text,
                                    .by = who->name,
                                    .at_ms = now_ms};
    char *message = inbox_message_json(&m);
    struct call *c = call_begin(b->store, &reply_script);
    call_lasts(c);
    begin(c, answer->id, who, now_ms);
    call_u64(c, answer->fence);
    call_i64(c, answer->lease_ms);
    call_text(c, call_cut(answer->key, 64));
    call_str(c, message);
    call_text(c, answer->text);
    call_i64(c, INBOX_MESSAGES_MAX);
    call_run(c, on_reply, cb, arg);
    free(message);
}

/* ---- deciding about an unknown one ---- */

static void on_resolve(struct call *c, const struct redisReply *reply)
{
    struct err e = {0};
    int r = read_reply(reply, &e);
    if (r == 0 && call_says(reply, "automatic"))
        r = err_set(&e, ERR_REFUSED,
                    "this is an automatic answer, which is not sent again: it can be left");
    int state = r ? -1 : (int)redis_int(redis_at(reply, 1), -1);
    call_back(c, inbox_resolved_cb)(c->arg, r, r == 0 && call_says(reply, "ok"), state,
                                    r ? &e : NULL);
}

void inbox_resolve(struct inbox *b, const struct inbox_resolve *what, const struct inbox_actor *who,
                   int64_t now_ms, inbox_resolved_cb *cb, void *arg)
{
    struct call *c = call_begin(b->store, &decide_script);
    call_lasts(c);
    call_now(c);
    begin(c, what->id, who, now_ms);
    call_u64(c, what->fence);
    call_i64(c, what->lease_ms);
    call_u64(c, what->index);
    call_u64(c, what->resent);
    call_i64(c, what->decision == INBOX_SEND_AGAIN ? STATE_PENDING : STATE_REFUSED);
    call_text(c, who->actor.n ? who->actor : who->name);
    call_run(c, on_resolve, cb, arg);
}

/* ---- deciding about somebody on hold ---- */

static void on_hold_ended(struct call *c, const struct redisReply *reply)
{
    struct err e = {0};
    int r = read_answer(reply, &e);
    if (r == 0 && call_says(reply, "nobody"))
        r = err_set(&e, ERR_REFUSED,
                    "these are the words of more than one person, or of nobody known: ask an "
                    "organiser");
    if (call_says(reply, "ok")) mark_saw(c->store, redis_at(reply, 2));
    call_back(c, inbox_hold_cb)(c->arg, r, r == 0 && redis_int(redis_at(reply, 1), 0) == 1,
                                r ? &e : NULL);
}

void inbox_end_hold(struct inbox *b, uint32_t id, const struct inbox_actor *who, int64_t now_ms,
                    enum inbox_hold_end end, inbox_hold_cb *cb, void *arg)
{
    struct buf why = BUF_INIT(SUPPRESS_EVIDENCE_BYTES_MAX);
    buf_addf(&why, "taken off by %.*s", SLICE_ARG(who->name));
    char *record = suppress_record(&(struct suppress_entry){
        .reason = SUPPRESS_MANUAL, .at_ms = now_ms, .evidence = buf_slice(&why)});
    struct call *c = call_begin(b->store, &hold_script);
    call_lasts(c);
    begin(c, id, who, now_ms);
    call_str(c, end == INBOX_TAKE_OFF ? "off" : "keep");
    call_str(c, record);
    call_text(c, who->actor.n ? who->actor : who->name);
    call_run(c, on_hold_ended, cb, arg);
    free(record);
    buf_done(&why);
}
