/* What comes in. Events are collected while the loop turns and go to the store in one call of the
 * script, so that the event's identity, the conversation and a STOP's suppression are stored
 * together or not at all; each event is told its own result. */
#include "inbound_names.h"
#include "private.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "core/group.h"
#include "core/json.h"
#include "io/loop.h"
#include "io/person_number.h"
#include "store/campaign.h"
#include "store/mark/mark.h"
#include "store/suppress/suppress.h"

enum {
    /* Redis does nothing else while a call runs: 64 ordinary events take it about 2.5 ms (measured:
     * 37 µs each), of strangers whom it looks for in 64 campaigns longer (not measured). */
    EVENTS_MAX = 64,
    CALLS_MAX = 2,           /* under way, while there is room in the next one */
    TEXT_BYTES = 128 * 1024, /* of a call; one event more may begin below it */
    TEXT_BYTES_MAX = 1024 * 1024,
    HELP_AGAIN_MS = 24 * 3600 * 1000,
    TAGS_BYTES_MAX = INBOX_TAGS_MAX * (INBOX_TAG_BYTES_MAX + 1),
    SAY_EVERY_US = 1000 * 1000,
};

struct part {
    size_t at, n; /* in the text */
};

/* The events of one call. */
struct arrivals {
    struct arrivals *next; /* that is spare, too */
    struct buf text;
    size_t n, parts_n;
    struct part parts[EVENTS_MAX * INBOUND_EVENT_WIDTH];
    struct {
        inbox_stored_cb *cb;
        void *arg;
    } waiters[EVENTS_MAX];
};

static void inbound_names(struct buf *b)
{
    SCRIPT_NAMES(b, INBOUND_CALL_ARGS);
    SCRIPT_NAMES(b, INBOUND_EVENT_ARGS);
    buf_addf(b, "local WIDTH=%d\nlocal BARS=%d\n", INBOUND_EVENT_WIDTH, CAMPAIGN_BARS_MAX);
}

static void find_told(struct told *t, const struct redisReply *reply);
static const struct script receive_script = {
    .name = "inbound",
    .prelude = inbound_names,
    .parts = {&lua_optouts, &lua_mark, &lua_audit, &lua_direct_common, &lua_conv_common,
              &lua_events, &lua_conv_queue, &lua_conv_tags, &lua_person_common, &lua_group_appear,
              &lua_person_find, &lua_minutes_note, &lua_inbound_together, &lua_consent_take,
              &lua_inbound_said, &lua_inbound_event, &lua_inbound},
    .told = find_told};

/* ---- life ---- */

static struct arrivals *arrivals_of(struct inbox *b)
{
    if (b->open) return b->open;
    struct arrivals *a = b->spare;
    if (a) {
        b->spare = a->next;
    } else {
        a = xmalloc(sizeof *a);
        buf_init(&a->text, TEXT_BYTES_MAX);
    }
    a->n = a->parts_n = 0;
    buf_clear(&a->text);
    return b->open = a;
}

static void give_back(struct inbox *b, struct arrivals *a)
{
    a->next = b->spare;
    b->spare = a;
}

void arrivals_free(struct inbox *b)
{
    check(!b->open);
    while (b->spare) {
        struct arrivals *next = b->spare->next;
        buf_done(&b->spare->text);
        free(b->spare);
        b->spare = next;
    }
}

/* ---- when ---- */

/* With calls under way the next one waits for the first of them, and takes along what comes until
 * then: so there are few large calls where Redis has much to do, and small ones at once where it has
 * not. */
static void flush_soon(struct inbox *b)
{
    if (b->open && b->calls < CALLS_MAX && !loop_timer_armed(b->flush)) loop_timer_in(b->flush, 0);
}

void inbox_on_flush(void *arg)
{
    inbox_flush(arg);
}

/* ---- the reply ---- */

/* What events told of opt-outs, now or when they were stored; behind them is the mark. */
static void find_told(struct told *t, const struct redisReply *reply)
{
    size_t n = redis_count(reply);
    for (size_t i = 0; i + 1 < n; i++) {
        const struct redisReply *event = redis_at(reply, i);
        suppress_add_told(t, redis_str(redis_at(event, call_says(event, "duplicate") ? 2 : 8)));
    }
    if (n) t->mark = (uint64_t)redis_int(redis_at(reply, n - 1), 0);
}

static struct inbox_stored read_stored(const struct redisReply *reply)
{
    int64_t answer = redis_int(redis_at(reply, 4), -1), audience = redis_int(redis_at(reply, 6), 0);
    return (struct inbox_stored){
        .conversation = (uint32_t)redis_int(redis_at(reply, 1), 0),
        .suppressed = redis_int(redis_at(reply, 2), 0) == 1,
        .lifted = (int)redis_int(redis_at(reply, 3), 0),
        .answered = answer >= 0,
        .answer_index = answer >= 0 ? (uint32_t)answer : 0,
        .only_counted = redis_int(redis_at(reply, 5), 0) == 1,
        .unnamed = audience > 0,
        .audience = (uint32_t)audience,
        .index = (uint32_t)redis_int(redis_at(reply, 7), 0),
    };
}

/* Said like an error that a whole call gets (io/redis.h): with a second between two of them. */
static void tell_refused(struct inbox *b, inbox_stored_cb *cb, void *arg, struct slice why)
{
    struct err e;
    int64_t now_us = clock_mono_us();
    if (now_us - b->said_us >= SAY_EVERY_US) {
        b->said_us = now_us;
        log_error("redis: an event of a webhook: %.*s", SLICE_ARG(why));
    }
    cb(arg, call_refused(why, &e), NULL, &e);
}

static void tell(struct inbox *b, inbox_stored_cb *cb, void *arg, const struct redisReply *reply)
{
    struct inbox_stored stored = {.duplicate = call_says(reply, "duplicate")};
    if (!stored.duplicate && !call_says(reply, "stored")) {
        tell_refused(b, cb, arg, redis_str(redis_at(reply, 1)));
        return;
    }
    if (stored.duplicate)
        stored.conversation = (uint32_t)redis_int(redis_at(reply, 1), 0);
    else
        stored = read_stored(reply);
    cb(arg, 0, &stored, NULL);
}

static void tell_all(struct arrivals *a, int result, const struct err *e)
{
    for (size_t i = 0; i < a->n; i++)
        a->waiters[i].cb(a->waiters[i].arg, result, NULL, e);
}

struct sent {
    struct inbox *inbox;
    struct arrivals *arrivals;
};

static void on_received(struct call *c, const struct redisReply *reply)
{
    const struct sent *sent = call_kept(c);
    struct inbox *b = sent->inbox;
    struct arrivals *a = sent->arrivals;
    struct err e;
    int r = call_failed(reply, &e);
    if (r < 0) tell_all(a, r, &e);
    mark_saw(b->store, redis_at(reply, a->n));
    for (size_t i = 0; r == 0 && i < a->n; i++)
        tell(b, a->waiters[i].cb, a->waiters[i].arg, redis_at(reply, i));
    give_back(b, a);
    b->calls--;
    flush_soon(b);
}

/* ---- the call ---- */

static void send_open(struct inbox *b)
{
    struct arrivals *a = b->open;
    b->open = NULL;
    struct call *c = call_begin(b->store, &receive_script);
    call_lasts(c);
    call_prefix(call_next(c, INBOUND_CALL_PREFIX));
    call_i64(call_next(c, INBOUND_CALL_MESSAGES_MAX), INBOX_MESSAGES_MAX);
    call_i64(call_next(c, INBOUND_CALL_HELP_AGAIN), HELP_AGAIN_MS);
    call_u64(call_next(c, INBOUND_CALL_STRANGERS_MAX), b->bounds.strangers_max);
    call_u64(call_next(c, INBOUND_CALL_STRANGER_PER_HOUR), b->bounds.stranger_per_hour);
    for (size_t i = 0; i < a->parts_n; i++)
        call_text(c, slice_make(a->text.p + a->parts[i].at, a->parts[i].n));
    b->calls++;
    call_keep(c, (struct sent){b, a});
    call_run(c, on_received, NULL, NULL);
}

void inbox_flush(struct inbox *b)
{
    if (b->open) send_open(b);
}

void inbox_give_up(struct inbox *b)
{
    struct arrivals *a = b->open;
    struct err e;
    inbox_names_give_up(b);
    if (!a) return;
    b->open = NULL;
    (void)err_set(&e, ERR_UNREACHABLE, "it was not handed to Redis any more");
    tell_all(a, ERR_UNREACHABLE, &e);
    give_back(b, a);
}

/* ---- an event ---- */

/* What was appended to the text since `from` is the argument of that name. */
static void part(struct arrivals *a, size_t name, size_t from)
{
    check(a->parts_n == a->n * INBOUND_EVENT_WIDTH + name - 1 && !a->text.failed);
    a->parts[a->parts_n++] = (struct part){from, a->text.n - from};
}

static void put(struct arrivals *a, size_t name, struct slice text)
{
    size_t from = a->text.n;
    buf_add_slice(&a->text, text);
    part(a, name, from);
}

static void put_str(struct arrivals *a, size_t name, const char *text)
{
    put(a, name, slice_of(text));
}

static void put_i64(struct arrivals *a, size_t name, int64_t v)
{
    size_t from = a->text.n;
    buf_addf(&a->text, "%lld", (long long)v);
    part(a, name, from);
}

static void put_older(struct arrivals *a, const struct inbox_arrival *in)
{
    size_t from = a->text.n, n = 0;
    uint64_t number, olds[PERSON_OLDER_MAX];
    if (in->who == INBOX_NUMBER && slice_to_u64(in->key, UINT64_MAX, &number))
        n = person_number_older(number, olds);
    for (size_t i = 0; i < n; i++)
        buf_addf(&a->text, "%llu ", (unsigned long long)olds[i]);
    part(a, INBOUND_EVENT_OLDER, from);
}

static void put_message(struct arrivals *a, const struct inbox_arrival *in, int64_t at_ms)
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
    char *json = inbox_message_json(&m);
    put_str(a, INBOUND_EVENT_MESSAGE, json);
    free(json);
}

/* at_ms 0: there is none. */
static void put_entry(struct arrivals *a, size_t name, const struct inbox_arrival *in,
                      enum suppress_reason reason, int64_t at_ms)
{
    const struct suppress_entry entry = {.reason = reason, .at_ms = at_ms, .evidence = in->text};
    char *record = at_ms ? suppress_record(&entry) : NULL;
    put_str(a, name, record ? record : "");
    free(record);
}

/* Of what it suppresses; "": nothing. */
static void put_record(struct arrivals *a, const struct inbox_arrival *in, int64_t at_ms)
{
    put_entry(a, INBOUND_EVENT_RECORD, in, in->hold ? SUPPRESS_NEAR_STOP : SUPPRESS_STOP,
              in->hold || in->kind == INBOX_STOP ? at_ms : 0);
    put_entry(a, INBOUND_EVENT_STOP_RECORD, in, SUPPRESS_STOP, in->stop_groups.n ? at_ms : 0);
}

static void put_person(struct arrivals *a, const struct inbox_arrival *in)
{
    put(a, INBOUND_EVENT_GROUP, in->group);
    put(a, INBOUND_EVENT_KEY, in->key);
    put_str(a, INBOUND_EVENT_WHO, inbox_who_to_string(in->who));
    put_str(a, INBOUND_EVENT_TAKES_ID, in->takes_id ? "1" : "");
    put(a, INBOUND_EVENT_USER_ID, in->user_id);
    put(a, INBOUND_EVENT_PARENT_ID, in->parent_id);
    put(a, INBOUND_EVENT_NEW_KEY, in->new_key);
    put(a, INBOUND_EVENT_NEW_ID, in->new_id);
    put(a, INBOUND_EVENT_SENDER, in->sender);
    put(a, INBOUND_EVENT_NAME, call_cut(in->name, INBOX_NAME_BYTES_MAX));
    put_i64(a, INBOUND_EVENT_CAMPAIGNS, in->campaigns);
    put(a, INBOUND_EVENT_OWN_GROUP, in->own_group);
}

/* Lists show it to everybody who may read the inbox: a new number is not in it. */
static struct slice last_line(const struct inbox_arrival *in)
{
    if (in->kind == INBOX_CHANGE) return SLICE_LIT("Has a new number.");
    return call_cut(in->text.n ? in->text : in->note, INBOX_LINE_BYTES);
}

static void add(struct arrivals *a, const struct inbox_arrival *in, int64_t now_ms)
{
    /* A clock that is ahead would keep a later STOP of another clock from counting. */
    int64_t at_ms = in->at_ms > 0 && in->at_ms < now_ms ? in->at_ms : now_ms;
    put_i64(a, INBOUND_EVENT_NOW, now_ms);
    put_i64(a, INBOUND_EVENT_AT, at_ms);
    put(a, INBOUND_EVENT_GATEWAY, in->gateway);
    put(a, INBOUND_EVENT_EVENT, in->event_id);
    put_i64(a, INBOUND_EVENT_REMEMBER, in->remember_ms);
    put_str(a, INBOUND_EVENT_KIND, inbox_kind_to_string(in->kind));
    put_person(a, in);
    put(a, INBOUND_EVENT_TAGS, in->tags);
    put(a, INBOUND_EVENT_ANSWER, in->answer);
    put(a, INBOUND_EVENT_SAID_IN, in->answers);
    put(a, INBOUND_EVENT_STOPPING, in->stop_groups);
    put(a, INBOUND_EVENT_SCOPE, in->scope);
    put_str(a, INBOUND_EVENT_HOLDS, in->hold ? "1" : "");
    put_older(a, in);
    put(a, INBOUND_EVENT_LINE, last_line(in));
    put_i64(a, INBOUND_EVENT_WINDOW, in->window_ms);
    put_message(a, in, at_ms);
    put_record(a, in, at_ms);
}

static bool is_full(const struct arrivals *a)
{
    return a->n == EVENTS_MAX || a->text.n >= TEXT_BYTES;
}

void inbox_receive(struct inbox *b, const struct inbox_arrival *in, int64_t now_ms,
                   inbox_stored_cb *cb, void *arg)
{
    check(group_scope_ok(in->group) && group_scope_ok(in->scope) && in->remember_ms > 0);
    check(in->tags.n <= TAGS_BYTES_MAX && in->key.n > 0 && in->key.n < PERSON_KEY_BYTES);
    /* Two threads of a thousand messages each may become one: enough for a call. */
    bool alone = in->kind == INBOX_CHANGE;
    if (alone) inbox_flush(b);
    struct arrivals *a = arrivals_of(b);
    add(a, in, now_ms);
    a->waiters[a->n].cb = cb;
    a->waiters[a->n].arg = arg;
    a->n++;
    if (alone || is_full(a))
        inbox_flush(b);
    else
        flush_soon(b);
}
