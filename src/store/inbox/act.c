/* What volunteers do to a conversation. Each is one script that checks the claim as it stands then.
 */
#include "private.h"

#include <stdlib.h>

#include "base/buf.h"
#include "core/state.h"
#include "store/suppress.h"

/* A call that waits for its answer; one of the callbacks is set. */
struct acting {
    inbox_claim_cb *claim;
    inbox_done_cb *done;
    inbox_answer_cb *answer;
    inbox_resolved_cb *resolved;
    inbox_hold_cb *hold;
    void *arg;
};

static struct acting *acting_new(void *arg)
{
    struct acting *w = xcalloc(1, sizeof *w);
    w->arg = arg;
    return w;
}

/* prefix, now, id, group allowed, by: how most of the scripts begin */
static void begin(struct old_call *c, const struct inbox *b, uint32_t id,
                  const struct inbox_actor *who, int64_t now_ms)
{
    call_add_cstr(c, b->prefix);
    call_add_int(c, now_ms);
    call_add_uint(c, id);
    call_add(c, who->group);
    call_add(c, who->name);
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
    if (inbox_answer_is(reply, "missing")) return inbox_not_found(e);
    if (inbox_answer_is(reply, "held")) return inbox_held(reply, e);
    return 0;
}

static void on_claim(void *arg, const struct redisReply *reply)
{
    struct acting *w = arg;
    struct err e = {0};
    int r = read_answer(reply, &e);
    struct inbox_claim claim = read_claim(reply);
    w->claim(w->arg, r, r == 0 || r == ERR_CONFLICT ? &claim : NULL, r ? &e : NULL);
    free(w);
}

void inbox_claim(struct inbox *b, uint32_t id, const struct inbox_actor *who, int64_t now_ms,
                 int64_t lease_ms, inbox_claim_cb *cb, void *arg)
{
    struct old_call c = {0};
    begin(&c, b, id, who, now_ms);
    call_add_int(&c, lease_ms);
    struct acting *w = acting_new(arg);
    w->claim = cb;
    call_eval(b->redis, b->claim, on_claim, w, &c);
}

static void on_done(void *arg, const struct redisReply *reply)
{
    struct acting *w = arg;
    struct err e = {0};
    int r = read_answer(reply, &e);
    w->done(w->arg, r, r ? &e : NULL);
    free(w);
}

void inbox_release(struct inbox *b, uint32_t id, const struct inbox_actor *who, int64_t now_ms,
                   inbox_done_cb *cb, void *arg)
{
    struct old_call c = {0};
    begin(&c, b, id, who, now_ms);
    struct acting *w = acting_new(arg);
    w->done = cb;
    call_eval(b->redis, b->release, on_done, w, &c);
}

void inbox_set_closed(struct inbox *b, uint32_t id, const struct inbox_actor *who, int64_t now_ms,
                      bool closed, inbox_done_cb *cb, void *arg)
{
    struct old_call c = {0};
    begin(&c, b, id, who, now_ms);
    call_add_cstr(&c, closed ? "closed" : "open");
    struct acting *w = acting_new(arg);
    w->done = cb;
    call_eval(b->redis, b->state, on_done, w, &c);
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
static void on_bad_tag(void *arg, const struct redisReply *reply)
{
    (void)reply;
    struct acting *w = arg;
    struct err e;
    w->done(w->arg,
            err_set(&e, ERR_INVALID, "a tag has 1 to %d of the characters a-z 0-9 _ -",
                    INBOX_TAG_BYTES_MAX),
            &e);
    free(w);
}

void inbox_tag(struct inbox *b, uint32_t id, const struct inbox_actor *who, struct slice add,
               struct slice remove, inbox_done_cb *cb, void *arg)
{
    struct acting *w = acting_new(arg);
    w->done = cb;
    if (!tags_ok(add) || !tags_ok(remove)) {
        redis_commandf(b->redis, on_bad_tag, w, "PING");
        return;
    }
    struct old_call c = {0};
    call_add_cstr(&c, b->prefix);
    call_add_uint(&c, id);
    call_add(&c, who->group);
    call_add(&c, add);
    call_add(&c, remove);
    call_eval(b->redis, b->tag, on_done, w, &c);
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
    if (inbox_answer_is(reply, "suppressed"))
        return err_set(e, ERR_REFUSED, "not sent: %s", reason_words(redis_str(redis_at(reply, 2))));
    if (inbox_answer_is(reply, "unreachable"))
        return err_set(e, ERR_REFUSED, "not sent: %s",
                       inbox_why_unreachable(redis_str(redis_at(reply, 1))));
    if (!inbox_answer_is(reply, "stale")) return 0;
    if (redis_str(redis_at(reply, 1)).n == 0)
        return err_set(e, ERR_CONFLICT,
                       "not sent: your claim is over; take the conversation again");
    struct err held;
    (void)inbox_held(reply, &held);
    return err_set(e, ERR_CONFLICT, "not sent: your claim is over; the conversation is %s",
                   held.text);
}

static void on_reply(void *arg, const struct redisReply *reply)
{
    struct acting *w = arg;
    struct err e = {0};
    int r = read_reply(reply, &e);
    w->answer(w->arg, r, r ? 0 : (uint32_t)redis_int(redis_at(reply, 1), 0),
              inbox_answer_is(reply, "again"), r ? &e : NULL);
    free(w);
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
    struct old_call c = {0};
    begin(&c, b, answer->id, who, now_ms);
    call_add_uint(&c, answer->fence);
    call_add_int(&c, answer->lease_ms);
    call_add(&c, call_cut(answer->key, 64));
    call_add_cstr(&c, message);
    call_add(&c, answer->text);
    call_add_int(&c, INBOX_MESSAGES_MAX);
    struct acting *w = acting_new(arg);
    w->answer = cb;
    call_eval(b->redis, b->reply, on_reply, w, &c);
    free(message);
}

/* ---- deciding about an unknown one ---- */

static void on_resolve(void *arg, const struct redisReply *reply)
{
    struct acting *w = arg;
    struct err e = {0};
    int r = read_reply(reply, &e);
    if (r == 0 && inbox_answer_is(reply, "automatic"))
        r = err_set(&e, ERR_REFUSED,
                    "this is an automatic answer, which is not sent again: it can be left");
    int state = r ? -1 : (int)redis_int(redis_at(reply, 1), -1);
    w->resolved(w->arg, r, r == 0 && inbox_answer_is(reply, "ok"), state, r ? &e : NULL);
    free(w);
}

void inbox_resolve(struct inbox *b, const struct inbox_resolve *what, const struct inbox_actor *who,
                   int64_t now_ms, inbox_resolved_cb *cb, void *arg)
{
    struct old_call c = {0};
    call_add_cstr(&c, ""); /* Redis' own clock */
    begin(&c, b, what->id, who, now_ms);
    call_add_uint(&c, what->fence);
    call_add_int(&c, what->lease_ms);
    call_add_uint(&c, what->index);
    call_add_uint(&c, what->resent);
    call_add_int(&c, what->decision == INBOX_SEND_AGAIN ? STATE_PENDING : STATE_REFUSED);
    struct acting *w = acting_new(arg);
    w->resolved = cb;
    call_eval(b->redis, b->decide, on_resolve, w, &c);
}

/* ---- deciding about somebody on hold ---- */

static void on_hold_ended(void *arg, const struct redisReply *reply)
{
    struct acting *w = arg;
    struct err e = {0};
    int r = read_answer(reply, &e);
    if (r == 0 && inbox_answer_is(reply, "nobody"))
        r = err_set(&e, ERR_REFUSED,
                    "these are the words of more than one person, or of nobody known: ask an "
                    "organiser");
    w->hold(w->arg, r, r == 0 && redis_int(redis_at(reply, 1), 0) == 1, r ? &e : NULL);
    free(w);
}

void inbox_end_hold(struct inbox *b, uint32_t id, const struct inbox_actor *who, int64_t now_ms,
                    enum inbox_hold_end end, inbox_hold_cb *cb, void *arg)
{
    struct buf why = BUF_INIT(SUPPRESS_EVIDENCE_BYTES_MAX);
    buf_addf(&why, "taken off by %.*s", SLICE_ARG(who->name));
    char *record = suppress_record(&(struct suppress_entry){
        .reason = SUPPRESS_MANUAL, .at_ms = now_ms, .evidence = buf_slice(&why)});
    struct old_call c = {0};
    begin(&c, b, id, who, now_ms);
    call_add_cstr(&c, end == INBOX_TAKE_OFF ? "off" : "keep");
    call_add_cstr(&c, record);
    struct acting *w = acting_new(arg);
    w->hold = cb;
    call_eval(b->redis, b->hold, on_hold_ended, w, &c);
    free(record);
    buf_done(&why);
}
