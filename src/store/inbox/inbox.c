/* The words of the conversations, a message as JSON, and who a person is. */
#include "private.h"

#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "base/buf.h"
#include "base/clock.h"
#include "core/json.h"
#include "store/lua_scripts.h"
#include "store/suppress/suppress.h"
#include "io/loop.h"

enum {
    NOTE_BYTES_MAX = 4096,
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

static const struct script who_script = {
    .name = "person",
    .parts = {&lua_direct_common, &lua_conv_common, &lua_events, &lua_conv_queue, &lua_conv_tags,
              &lua_optouts, &lua_person_common, &lua_person_find, &lua_person}};
static const struct script learn_script = {
    .name = "person_learn",
    .parts = {&lua_optouts, &lua_mark, &lua_direct_common, &lua_conv_common, &lua_events,
              &lua_conv_queue, &lua_conv_tags, &lua_person_common, &lua_person_learn},
    .told = suppress_told_last};
static const struct script expire_script = INBOX_SCRIPT("conv_expire", lua_conv_expire);

struct inbox *inbox_new(struct store *s, struct loop *loop)
{
    struct inbox *b = xcalloc(1, sizeof *b);
    b->store = s;
    b->flush = loop_timer_new(loop, inbox_on_flush, b);
    b->names_flush = loop_timer_new(loop, inbox_on_names, b);
    b->bounds = (struct inbox_bounds){INBOX_STRANGERS_MAX, INBOX_STRANGER_PER_HOUR};
    b->target_ms = INBOX_TARGET_MS;
    return b;
}

void inbox_free(struct inbox *b)
{
    if (!b) return;
    arrivals_free(b);
    check(!b->names);
    loop_timer_free(b->flush);
    loop_timer_free(b->names_flush);
    free(b);
}

void inbox_set_bounds(struct inbox *b, const struct inbox_bounds *bounds)
{
    b->bounds = *bounds;
}

void inbox_set_targets(struct inbox *b, int64_t target_ms, const struct groups *groups)
{
    b->target_ms = target_ms;
    b->groups = groups;
}

/* ---- shared ---- */

static void add_text(json_t *m, const char *key, struct slice text)
{
    if (text.n) json_put(m, key, json_text(text));
}

char *inbox_message_json(const struct inbox_message *m)
{
    json_t *o = json_pack("{s:s,s:o,s:o,s:I,s:o}", "dir", m->out ? "out" : "in", "kind",
                          json_text(m->kind), "by", json_text(m->by), "at_ms", (json_int_t)m->at_ms,
                          "text", json_text(call_cut(m->text, INBOX_TEXT_BYTES_MAX)));
    check(o);
    if (m->media) json_put(o, "media", json_integer(m->media));
    if (m->edit) json_put(o, "edit", json_true());
    add_text(o, "note", call_cut(m->note, NOTE_BYTES_MAX));
    add_text(o, "id", call_cut(m->own_id, OWN_ID_BYTES_MAX));
    add_text(o, "about", call_cut(m->about, OWN_ID_BYTES_MAX));
    add_text(o, "from", call_cut(m->speaker, PERSON_KEY_BYTES));
    char *json = json_dumps(o, JSON_COMPACT);
    check(json);
    json_decref(o);
    return json;
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

/* ---- who it is ---- */

static void add_older(struct call *c, struct slice key)
{
    uint64_t number;
    if (slice_to_u64(key, UINT64_MAX, &number)) call_older(c, number);
}

static void on_who(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int r = call_failed(reply, &e);
    struct inbox_person person = {
        .campaign = (uint32_t)redis_int(redis_at(reply, 0), 0),
        .group = redis_str(redis_at(reply, 1)),
        .audience = (uint32_t)redis_int(redis_at(reply, 2), 0),
        .index = (uint32_t)redis_int(redis_at(reply, 3), 0),
        .key = redis_str(redis_at(reply, 4)),
    };
    call_back(c, inbox_person_cb)(c->arg, r, r ? NULL : &person, r ? &e : NULL);
}

void inbox_who(struct inbox *b, const struct inbox_question *question, inbox_person_cb *cb,
               void *arg)
{
    struct call *c = call_begin(b->store, &who_script);
    call_prefix(c);
    call_text(c, question->key);
    call_i64(c, question->campaigns);
    call_u64(c, question->but);
    call_text(c, question->gateway);
    call_text(c, question->sender);
    call_text(c, question->own_group);
    call_text(c, question->user_id);
    call_text(c, question->parent_id);
    add_older(c, question->key);
    call_run(c, on_who, cb, arg);
}

void inbox_learn(struct inbox *b, const struct inbox_known_as *known)
{
    struct call *c = call_begin(b->store, &learn_script);
    call_prefix(c);
    call_u64(c, known->number);
    if (known->as_number)
        call_u64(c, known->as_number);
    else
        call_str(c, "");
    call_text(c, known->user_id);
    call_text(c, known->group);
    call_i64(c, SPELLED_MAX);
    call_run(c, call_read_done, NULL, NULL);
}

/* ---- forgetting ---- */

static void on_expired(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int r = call_failed(reply, &e);
    call_back(c, inbox_expired_cb)(c->arg, r, r ? 0 : redis_int(reply, 0));
}

void inbox_expire(struct inbox *b, enum inbox_old which, int64_t before_ms, int max,
                  inbox_expired_cb *cb, void *arg)
{
    struct call *c = call_begin(b->store, &expire_script);
    call_prefix(c);
    call_i64(c, before_ms);
    call_i64(c, max);
    call_str(c, which == INBOX_OLD_STRANGERS ? "strangers" : "closed:");
    call_run(c, on_expired, cb, arg);
}
