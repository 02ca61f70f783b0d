/* What comes in: one script for each message, so that the event id, the conversation and a STOP's
 * suppression are stored together or not at all. */
#include "private.h"

#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "base/buf.h"
#include "base/clock.h"
#include "store/ledger_script.h"
#include "store/lua_scripts.h"
#include "store/suppress.h"

enum {
    HELP_AGAIN_MS = 24 * 3600 * 1000,
    TAGS_BYTES_MAX = INBOX_TAGS_MAX * (INBOX_TAG_BYTES_MAX + 1),
    NOTE_BYTES_MAX = 4096,
    NAME_BYTES_MAX = 256,
    OWN_ID_BYTES_MAX = 256,
    SPELLED_MAX = 100000,
};

static const char *const kinds[] = {
#define X(name, text) text,
    INBOX_KIND_TABLE(X)
#undef X
};

static const char *const whos[] = {
#define X(name, text) text,
    INBOX_WHO_TABLE(X)
#undef X
};

const char *inbox_kind_to_string(enum inbox_kind kind)
{
    check((size_t)kind < COUNT_OF(kinds));
    return kinds[kind];
}

bool inbox_kind_asks(enum inbox_kind kind)
{
    return kind < INBOX_NOTE;
}

const char *inbox_who_to_string(enum inbox_who who)
{
    check((size_t)who < COUNT_OF(whos));
    return whos[who];
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

/* `find`: lua_person_find, where it is asked whose campaign somebody knows. */
static struct redis_script *people_script(const char *name, struct slice find, struct slice source)
{
    const struct slice parts[] = {lua_direct_common, lua_conv_common, lua_person_common, find,
                                  source};
    return call_script_of(name, parts, COUNT_OF(parts));
}

struct inbox *inbox_new(struct redis *r, const char *prefix)
{
    struct inbox *b = xcalloc(1, sizeof *b);
    struct slice direct = lua_direct_common, conv = lua_conv_common;
    b->redis = r;
    b->prefix = xstrdup(prefix);
    b->bounds = (struct inbox_bounds){INBOX_STRANGERS_MAX, INBOX_STRANGER_PER_HOUR};
    b->receive = people_script("inbound", lua_person_find, lua_inbound);
    b->name = call_script("conv_name", conv, SLICE_NONE, lua_conv_name);
    b->who = people_script("person", lua_person_find, lua_person);
    b->learn = people_script("person_learn", SLICE_NONE, lua_person_learn);
    b->expire = people_script("conv_expire", SLICE_NONE, lua_conv_expire);
    b->thread = call_script("conv_thread", direct, conv, lua_conv_thread);
    b->list = call_script("conv_list", direct, conv, lua_conv_list);
    b->claim = call_script("conv_claim", conv, SLICE_NONE, lua_conv_claim);
    b->release = call_script("conv_release", conv, SLICE_NONE, lua_conv_release);
    b->reply = call_script("conv_reply", direct, conv, lua_conv_reply);
    b->state = call_script("conv_state", conv, SLICE_NONE, lua_conv_state);
    b->tag = call_script("conv_tag", conv, SLICE_NONE, lua_conv_tag);
    b->hold = people_script("conv_hold", SLICE_NONE, lua_conv_hold);
    b->decide = decide_script();
    return b;
}

void inbox_free(struct inbox *b)
{
    if (!b) return;
    struct redis_script *scripts[] = {b->receive, b->name, b->who,    b->learn,   b->expire,
                                      b->thread,  b->list, b->claim,  b->release, b->reply,
                                      b->state,   b->tag,  b->decide, b->hold};
    for (size_t i = 0; i < COUNT_OF(scripts); i++)
        redis_script_free(scripts[i]);
    free(b->prefix);
    free(b);
}

void inbox_set_bounds(struct inbox *b, const struct inbox_bounds *bounds)
{
    b->bounds = *bounds;
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

static void add_text(json_t *m, const char *key, struct slice text)
{
    if (text.n) check(json_object_set_new(m, key, text_json(text)) == 0);
}

char *inbox_message_json(const struct inbox_message *m)
{
    json_t *o = json_pack("{s:s,s:o,s:o,s:I,s:o}", "dir", m->out ? "out" : "in", "kind",
                          text_json(m->kind), "by", text_json(m->by), "at_ms", (json_int_t)m->at_ms,
                          "text", text_json(call_cut(m->text, INBOX_TEXT_BYTES_MAX)));
    check(o);
    if (m->media) check(json_object_set_new(o, "media", json_integer(m->media)) == 0);
    if (m->edit) check(json_object_set_new(o, "edit", json_true()) == 0);
    add_text(o, "note", call_cut(m->note, NOTE_BYTES_MAX));
    add_text(o, "id", call_cut(m->own_id, OWN_ID_BYTES_MAX));
    add_text(o, "about", call_cut(m->about, OWN_ID_BYTES_MAX));
    add_text(o, "from", call_cut(m->speaker, PERSON_KEY_BYTES));
    char *json = json_dumps(o, JSON_COMPACT);
    check(json);
    json_decref(o);
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
    int r = call_failed(reply, &e);
    if (r == 0) {
        int64_t answer = redis_int(redis_at(reply, 4), -1);
        stored = (struct inbox_stored){
            .duplicate = inbox_answer_is(reply, "duplicate"),
            .conversation = (uint32_t)redis_int(redis_at(reply, 1), 0),
            .suppressed = redis_int(redis_at(reply, 2), 0) == 1,
            .lifted = (int)redis_int(redis_at(reply, 3), 0),
            .answered = answer >= 0,
            .answer_index = answer >= 0 ? (uint32_t)answer : 0,
            .only_counted = redis_int(redis_at(reply, 5), 0) == 1,
            .unnamed = redis_int(redis_at(reply, 6), 0) > 0,
            .audience = (uint32_t)redis_int(redis_at(reply, 6), 0),
            .index = (uint32_t)redis_int(redis_at(reply, 7), 0),
        };
    }
    w->cb(w->arg, r, r ? NULL : &stored, r ? &e : NULL);
    free(w);
}

static char *arrival_message(const struct inbox_arrival *in, int64_t at_ms)
{
    const struct inbox_message m = {
        .out = in->kind == INBOX_ECHO,
        .kind = slice_of(inbox_kind_to_string(in->kind)),
        .text = in->text,
        .note = in->note,
        .own_id = in->own_id,
        .about = in->about,
        .edit = in->edit,
        .speaker = in->speaker,
        .media = in->media,
        .at_ms = at_ms,
    };
    return inbox_message_json(&m);
}

/* The arguments as inbound.lua counts them. */
static void add_arrival(struct old_call *c, const struct inbox_arrival *in, int64_t at_ms)
{
    call_add_int(c, at_ms);
    call_add(c, in->gateway);
    call_add(c, in->event_id);
    call_add_int(c, in->remember_ms);
    call_add_cstr(c, inbox_kind_to_string(in->kind));
    call_add(c, in->group);
    call_add(c, in->key);
    call_add_cstr(c, inbox_who_to_string(in->who));
    call_add_cstr(c, in->takes_id ? "1" : "");
    call_add(c, in->user_id);
    call_add(c, in->parent_id);
    call_add(c, in->new_key);
    call_add(c, in->new_id);
    call_add(c, in->sender);
    call_add(c, call_cut(in->name, NAME_BYTES_MAX));
    call_add_int(c, in->campaigns);
    call_add(c, in->own_group);
}

void inbox_receive(struct inbox *b, const struct inbox_arrival *in, int64_t now_ms,
                   inbox_stored_cb *cb, void *arg)
{
    check(suppress_scope_ok(in->group) && suppress_scope_ok(in->scope) && in->remember_ms > 0);
    check(in->tags.n <= TAGS_BYTES_MAX && in->key.n > 0 && in->key.n < PERSON_KEY_BYTES);
    int64_t at_ms = in->at_ms > 0 ? in->at_ms : now_ms;
    char *message = arrival_message(in, at_ms);
    char *record = suppress_record(
        &(struct suppress_entry){.reason = in->hold ? SUPPRESS_NEAR_STOP : SUPPRESS_STOP,
                                 .at_ms = at_ms,
                                 .evidence = in->text});
    struct old_call c = {0};
    call_add_cstr(&c, b->prefix);
    call_add_int(&c, now_ms);
    add_arrival(&c, in, at_ms);
    call_add_cstr(&c, message);
    call_add(&c, in->tags);
    call_add(&c, in->answer);
    call_add(&c, in->scope);
    call_add_cstr(&c, record);
    call_add_int(&c, INBOX_MESSAGES_MAX);
    call_add_int(&c, HELP_AGAIN_MS);
    call_add_uint(&c, b->bounds.strangers_max);
    call_add_uint(&c, b->bounds.stranger_per_hour);
    call_add_cstr(&c, in->hold ? "1" : "");
    if (in->who == INBOX_NUMBER) call_add_older(&c, in->key);
    struct receiving *w = xcalloc(1, sizeof *w);
    *w = (struct receiving){cb, arg};
    call_eval(b->redis, b->receive, on_received, w, &c);
    free(message);
    free(record);
}

struct naming {
    inbox_done_cb *cb;
    void *arg;
};

static void on_named(void *arg, const struct redisReply *reply)
{
    struct naming *w = arg;
    struct err e = {0};
    int r = call_failed(reply, &e);
    w->cb(w->arg, r, r ? &e : NULL);
    free(w);
}

void inbox_set_name(struct inbox *b, uint32_t conversation, struct slice name, inbox_done_cb *cb,
                    void *arg)
{
    struct old_call c = {0};
    call_add_cstr(&c, b->prefix);
    call_add_uint(&c, conversation);
    call_add(&c, call_cut(name, NAME_BYTES_MAX));
    struct naming *w = xcalloc(1, sizeof *w);
    *w = (struct naming){cb, arg};
    call_eval(b->redis, b->name, on_named, w, &c);
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
    int r = call_failed(reply, &e);
    struct inbox_person person = {
        .campaign = (uint32_t)redis_int(redis_at(reply, 0), 0),
        .group = redis_str(redis_at(reply, 1)),
        .audience = (uint32_t)redis_int(redis_at(reply, 2), 0),
        .index = (uint32_t)redis_int(redis_at(reply, 3), 0),
        .key = redis_str(redis_at(reply, 4)),
    };
    w->cb(w->arg, r, r ? NULL : &person, r ? &e : NULL);
    free(w);
}

void inbox_who(struct inbox *b, const struct inbox_question *question, inbox_person_cb *cb,
               void *arg)
{
    struct old_call c = {0};
    call_add_cstr(&c, b->prefix);
    call_add(&c, question->key);
    call_add_int(&c, question->campaigns);
    call_add_uint(&c, question->but);
    call_add(&c, question->gateway);
    call_add(&c, question->sender);
    call_add(&c, question->own_group);
    call_add(&c, question->user_id);
    call_add(&c, question->parent_id);
    call_add_older(&c, question->key);
    struct asking *w = xcalloc(1, sizeof *w);
    *w = (struct asking){cb, arg};
    call_eval(b->redis, b->who, on_who, w, &c);
}

void inbox_learn(struct inbox *b, const struct inbox_known_as *known)
{
    struct old_call c = {0};
    call_add_cstr(&c, b->prefix);
    call_add_uint(&c, known->number);
    if (known->as_number)
        call_add_uint(&c, known->as_number);
    else
        call_add_cstr(&c, "");
    call_add(&c, known->user_id);
    call_add(&c, known->group);
    call_add_int(&c, SPELLED_MAX);
    call_eval(b->redis, b->learn, NULL, NULL, &c);
}

/* ---- forgetting ---- */

struct expiring {
    inbox_expired_cb *cb;
    void *arg;
};

static void on_expired(void *arg, const struct redisReply *reply)
{
    struct expiring *w = arg;
    struct err e = {0};
    int r = call_failed(reply, &e);
    w->cb(w->arg, r, r ? 0 : redis_int(reply, 0));
    free(w);
}

void inbox_expire(struct inbox *b, int64_t before_ms, int max, inbox_expired_cb *cb, void *arg)
{
    struct old_call c = {0};
    call_add_cstr(&c, b->prefix);
    call_add_int(&c, before_ms);
    call_add_int(&c, max);
    struct expiring *w = xcalloc(1, sizeof *w);
    *w = (struct expiring){cb, arg};
    call_eval(b->redis, b->expire, on_expired, w, &c);
}
