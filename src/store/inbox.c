/* What comes in: one script for each message, so that the event id, the conversation and a STOP's
 * suppression are stored together or not at all. */
#include "inbox_impl.h"

#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "base/buf.h"
#include "base/clock.h"
#include "ledger_script.h"
#include "store/lua_scripts.h"
#include "store/suppress.h"

enum {
    HELP_AGAIN_MS = 24 * 3600 * 1000,
    TAGS_BYTES_MAX = INBOX_TAGS_MAX * (INBOX_TAG_BYTES_MAX + 1)
};

static const char *const kinds[] = {
#define X(name, text) text,
    INBOX_KIND_TABLE(X)
#undef X
};

const char *inbox_kind_to_string(enum inbox_kind kind)
{
    check((size_t)kind < COUNT_OF(kinds));
    return kinds[kind];
}

/* It moves a nibble of the ledger, so the law of the states stands before it. */
static struct redis_script *decide_script(void)
{
    struct buf b = BUF_INIT(64 * 1024);
    buf_add_slice(&b, lua_direct_common);
    buf_add_slice(&b, lua_conv_common);
    buf_add_slice(&b, lua_conv_decide);
    check(!b.failed);
    struct redis_script *script = ledger_script("conv_decide", buf_slice(&b));
    buf_done(&b);
    return script;
}

struct inbox *inbox_new(struct redis *r, const char *prefix)
{
    struct inbox *b = xcalloc(1, sizeof *b);
    struct slice direct = lua_direct_common, conv = lua_conv_common;
    b->redis = r;
    b->prefix = xstrdup(prefix);
    b->receive = call_script("inbound", direct, conv, lua_inbound);
    b->who = call_script("person", direct, SLICE_NONE, lua_person);
    b->thread = call_script("conv_thread", direct, conv, lua_conv_thread);
    b->list = call_script("conv_list", direct, conv, lua_conv_list);
    b->claim = call_script("conv_claim", conv, SLICE_NONE, lua_conv_claim);
    b->release = call_script("conv_release", conv, SLICE_NONE, lua_conv_release);
    b->reply = call_script("conv_reply", direct, conv, lua_conv_reply);
    b->state = call_script("conv_state", conv, SLICE_NONE, lua_conv_state);
    b->tag = call_script("conv_tag", conv, SLICE_NONE, lua_conv_tag);
    b->decide = decide_script();
    return b;
}

void inbox_free(struct inbox *b)
{
    if (!b) return;
    struct redis_script *scripts[] = {b->receive, b->who,   b->thread, b->list, b->claim,
                                      b->release, b->reply, b->state,  b->tag,  b->decide};
    for (size_t i = 0; i < COUNT_OF(scripts); i++)
        redis_script_free(scripts[i]);
    free(b->prefix);
    free(b);
}

/* ---- shared ---- */

/* The event is the person's words: one that is not UTF-8 is kept with its bad bytes shown as '?'.
 */
static json_t *text_json(struct slice s)
{
    json_t *text = json_stringn(s.p ? s.p : "", s.n);
    if (text) return text;
    char *copy = slice_strdup(s);
    for (size_t bad; !slice_is_utf8(slice_make(copy, s.n), &bad);)
        copy[bad] = '?';
    text = json_stringn(copy, s.n);
    free(copy);
    check(text);
    return text;
}

char *inbox_message_json(bool out, struct slice kind, struct slice text, struct slice by,
                         int64_t at_ms, unsigned media)
{
    json_t *m = json_pack("{s:s,s:o,s:o,s:I,s:o}", "dir", out ? "out" : "in", "kind",
                          text_json(kind), "by", text_json(by), "at_ms", (json_int_t)at_ms, "text",
                          text_json(call_cut(text, INBOX_TEXT_BYTES_MAX)));
    check(m);
    if (media) check(json_object_set_new(m, "media", json_integer(media)) == 0);
    char *json = json_dumps(m, JSON_COMPACT);
    check(json);
    json_decref(m);
    return json;
}

bool inbox_answer_is(const struct redisReply *reply, const char *what)
{
    return slice_is(redis_str(redis_at(reply, 0)), what);
}

int inbox_not_found(struct err *e)
{
    return err_set(e, ERR_NOT_FOUND, "there is no such conversation in your inbox");
}

int inbox_held(const struct redisReply *reply, struct err *e)
{
    struct slice by = redis_str(redis_at(reply, 1));
    char iso[CLOCK_ISO_BYTES];
    clock_iso(redis_int(redis_at(reply, 2), 0), iso);
    return err_set(e, ERR_CONFLICT, "claimed by %.*s until %.5s UTC", SLICE_ARG(by),
                   iso + strlen("2026-11-27T"));
}

/* ---- receiving ---- */

struct receiving {
    inbox_stored_cb *cb;
    void *arg;
};

static void on_received(void *arg, const struct redisReply *reply)
{
    struct receiving *w = arg;
    struct err e = {0};
    struct inbox_stored stored = {0};
    int r = call_error(reply, &e);
    if (r == 0) {
        int64_t answer = redis_int(redis_at(reply, 4), -1);
        stored = (struct inbox_stored){
            .duplicate = inbox_answer_is(reply, "duplicate"),
            .conversation = (uint32_t)redis_int(redis_at(reply, 1), 0),
            .suppressed = redis_int(redis_at(reply, 2), 0) == 1,
            .lifted = (int)redis_int(redis_at(reply, 3), 0),
            .answered = answer >= 0,
            .answer_index = answer >= 0 ? (uint32_t)answer : 0,
        };
    }
    w->cb(w->arg, r, r ? NULL : &stored, r ? &e : NULL);
    free(w);
}

void inbox_receive(struct inbox *b, const struct inbox_arrival *in, int64_t now_ms,
                   inbox_stored_cb *cb, void *arg)
{
    check(suppress_scope_ok(in->group) && suppress_scope_ok(in->scope) && in->remember_ms > 0);
    check(in->tags.n <= TAGS_BYTES_MAX);
    char *message = inbox_message_json(false, slice_of(inbox_kind_to_string(in->kind)), in->text,
                                       SLICE_NONE, now_ms, in->media);
    char *record = suppress_record(
        &(struct suppress_entry){.reason = SUPPRESS_STOP, .at_ms = now_ms, .evidence = in->text});
    struct call c = {0};
    call_add_cstr(&c, b->prefix);
    call_add_int(&c, now_ms);
    call_add(&c, in->gateway);
    call_add(&c, in->event_id);
    call_add_int(&c, in->remember_ms);
    call_add_cstr(&c, inbox_kind_to_string(in->kind));
    call_add(&c, in->group);
    call_add_uint(&c, in->number);
    call_add(&c, in->sender);
    call_add(&c, call_cut(in->name, 256));
    call_add_uint(&c, in->campaign);
    call_add_cstr(&c, message);
    call_add(&c, in->tags);
    call_add(&c, in->answer);
    call_add(&c, in->scope);
    call_add_cstr(&c, record);
    call_add_int(&c, INBOX_MESSAGES_MAX);
    call_add_int(&c, HELP_AGAIN_MS);
    struct receiving *w = xcalloc(1, sizeof *w);
    *w = (struct receiving){cb, arg};
    call_eval(b->redis, b->receive, on_received, w, &c);
    free(message);
    free(record);
}

/* ---- who it is ---- */

struct asking {
    inbox_person_cb *cb;
    void *arg;
};

static void on_who(void *arg, const struct redisReply *reply)
{
    struct asking *w = arg;
    struct err e = {0};
    int r = call_error(reply, &e);
    struct inbox_person person = {
        .campaign = (uint32_t)redis_int(redis_at(reply, 0), 0),
        .group = redis_str(redis_at(reply, 1)),
        .audience = (uint32_t)redis_int(redis_at(reply, 2), 0),
        .index = (uint32_t)redis_int(redis_at(reply, 3), 0),
    };
    w->cb(w->arg, r, r ? NULL : &person, r ? &e : NULL);
    free(w);
}

void inbox_who(struct inbox *b, uint64_t number, int campaigns, uint32_t but, inbox_person_cb *cb,
               void *arg)
{
    struct call c = {0};
    call_add_cstr(&c, b->prefix);
    call_add_uint(&c, number);
    call_add_int(&c, campaigns);
    call_add_uint(&c, but);
    struct asking *w = xcalloc(1, sizeof *w);
    *w = (struct asking){cb, arg};
    call_eval(b->redis, b->who, on_who, w, &c);
}
