/* The gate's question and its reply. */
#include "private.h"

#include "store/mark/mark.h"
#include "store/suppress.h"

#include <stdlib.h>

#define RULE_PART(name) &lua_##name,
static const struct script gate = {
    .name = "gate",
    .prelude = gate_prelude,
    .parts = {LUA_LEDGER, &lua_mark, &lua_contacts, &lua_provider_queue, &lua_limiter, &lua_texted,
              GATE_RULES(RULE_PART) & lua_gate},
};

static uint32_t u32_at(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

uint32_t gate_slot_us(const struct gate_reply *a, size_t i)
{
    return u32_at(a->slots + 4 * i);
}

uint32_t gate_offer(const struct gate_reply *a, size_t i)
{
    return a->offers ? u32_at(a->offers + 4 * i) : 0;
}

static void read_gate(struct call *c, const struct redisReply *reply)
{
    struct gate_reply a = {.result = call_failed(reply, NULL)};
    a.redis_now_us = redis_int(redis_at(reply, 1), 0);
    if (call_says(reply, "ok")) {
        a.wait_us = redis_int(redis_at(reply, 2), 0);
        a.letters = redis_str(redis_at(reply, 3));
        a.slots = (const uint8_t *)redis_str(redis_at(reply, 4)).p;
        mark_saw(c->store, redis_at(reply, 5));
        a.mark = mark_told(c->store);
        struct slice offers = redis_str(redis_at(reply, 6));
        a.offers = offers.n ? (const uint8_t *)offers.p : NULL;
        a.full = redis_str(redis_at(reply, 7));
    } else if (call_says(reply, "store")) {
        a.verdict = GATE_STORE;
        mark_was_refused(c->store);
    } else if (call_says(reply, "lease")) {
        a.verdict = GATE_LEASE_LOST;
    } else {
        a.verdict = GATE_NOT_RUNNING;
        a.status = redis_str(redis_at(reply, 0));
    }
    call_back(c, gate_cb)(c->arg, &a);
}

static void add_keys(struct call *c, const struct gate_ask *ask)
{
    uint32_t campaign = ask->lease.batch.campaign;
    call_key(call_next_key(c, GATE_KEY_LEDGER), "c:%u:l", campaign);
    call_key(call_next_key(c, GATE_KEY_DETAILS), "c:%u:d", campaign);
    call_key(call_next_key(c, GATE_KEY_LEASES), "c:%u:b", campaign);
    call_key(call_next_key(c, GATE_KEY_LIMITER), "rate:%s", ask->gateway);
    call_key(call_next_key(c, GATE_KEY_STOP_ALL), "s:all");
    call_key(call_next_key(c, GATE_KEY_STOP_GROUP), "s:%s", ask->group);
    call_key(call_next_key(c, GATE_KEY_STOP_HELD), "s:" SUPPRESS_HOLD);
    call_key(call_next_key(c, GATE_KEY_WITHDRAWN), "withdrawn:%s",
             ask->purpose ? ask->purpose : "");
    call_key(call_next_key(c, GATE_KEY_WITHDRAWN_KIND), "withdrawn:%s", ask->kind ? ask->kind : "");
    mark_key(call_next_key(c, GATE_KEY_STORE));
    call_key(call_next_key(c, GATE_KEY_CONTACTS), "contacts");
    for (size_t i = 0; ask->sender_rate_per_s > 0 && i < ask->sender_count; i++)
        call_key(call_next_key(c, GATE_KEY_SENDERS + i), "rate:%s:%s", ask->gateway,
                 ask->senders[i]);
}

static size_t flags_of(const struct gate_ask *ask, char *flags)
{
    size_t n = 0;
    if (ask->to_suppressed_too) flags[n++] = GATE_FLAG_TO_SUPPRESSED;
    if (ask->is_reply) flags[n++] = GATE_FLAG_IS_REPLY;
    return n;
}

static void add_pace(struct call *c, const struct gate_ask *ask)
{
    call_i64(call_next(c, GATE_ARG_LEAD), ask->lead_us);
    call_i64(call_next(c, GATE_ARG_REACH), ask->window_us);
    call_i64(call_next(c, GATE_ARG_UNTIL), ask->until_us);
    call_f(call_next(c, GATE_ARG_RATE), "%.3f", ask->rate_per_s);
    call_f(call_next(c, GATE_ARG_SENDER_RATE), "%.3f", ask->sender_rate_per_s);
    call_i64(call_next(c, GATE_ARG_GRANTS_MAX), ask->grants_max);
    call_list(call_next(c, GATE_ARG_GIVEN_BACK));
    for (size_t i = 0; i < ask->given_back_n; i++)
        call_item(c, ask->given_back[i]);
    call_i64(call_next(c, GATE_ARG_QUEUE_FULL),
             ask->queue && ask->queue->max ? ask->queue->full : 0);
    call_i64(call_next(c, GATE_ARG_QUEUE_SPAN), ask->queue ? ask->queue->window_us : 0);
}

static void add_hours(struct call *c, const struct gate_ask *ask)
{
    call_text(call_next(c, GATE_ARG_HOURS_OF),
              slice_make(ask->window_of, ask->window_count ? ask->n : 0));
    call_list(call_next(c, GATE_ARG_HOURS));
    for (size_t i = 0; i < ask->window_count; i++) {
        call_item(c, ask->windows[i].open_us);
        call_item(c, ask->windows[i].close_us);
    }
}

/* prints: room for those of all; borrowed until the call is run. */
static void add_cap(struct call *c, const struct gate_ask *ask, unsigned char *prints)
{
    size_t n = cap_is_on(ask->cap) && !ask->is_reply ? ask->n : 0;
    for (size_t i = 0; i < n; i++)
        cap_print(ask->numbers[i], prints + CAP_PRINT_BYTES * i);
    call_i64(call_next(c, GATE_ARG_CAP_DAY), ask->cap.day);
    call_i64(call_next(c, GATE_ARG_CAP_WEEK), ask->cap.week);
    call_text(call_next(c, GATE_ARG_PRINTS), slice_make((char *)prints, CAP_PRINT_BYTES * n));
}

static void put_u32(struct buf *b, uint32_t v)
{
    const char bytes[] = {(char)(v & 255), (char)(v >> 8 & 255), (char)(v >> 16 & 255),
                          (char)(v >> 24)};
    buf_add(b, bytes, sizeof bytes);
}

/* What is said of sessions, borrowed until the call is run. */
struct near_room {
    struct buf sessions, places;
    uint32_t *place_at; /* owned: where each place stands, from 1 */
    char of[GATE_ASK_MAX * GATE_NEAR_PER_MAX * 2];
};

static void put_places(struct near_room *room, const struct gate_near *near)
{
    room->place_at = xcalloc(near->place_n, sizeof *room->place_at);
    for (size_t i = 0; i < near->place_n; i++) {
        const struct gate_place *p = &near->places[i];
        room->place_at[i] = (uint32_t)room->places.n + 1;
        put_u32(&room->places, p->needed);
        put_u32(&room->places, (uint32_t)p->session_n);
        for (size_t k = 0; k < p->session_n; k++)
            put_u32(&room->places, p->sessions[k]);
    }
}

static void put_sessions(struct near_room *room, const struct gate_near *near)
{
    for (size_t i = 0; i < near->session_n; i++) {
        const struct gate_session *s = &near->sessions[i];
        put_u32(&room->sessions, s->session);
        put_u32(&room->sessions, s->capacity);
        put_u32(&room->sessions, s->place == GATE_NEAR_NONE ? 0 : room->place_at[s->place]);
    }
}

enum { NEAR_BYTES_MAX = 4 * 1024 * 1024 }; /* 128 people, 16 sessions each, of different places */

static void add_near(struct call *c, const struct gate_ask *ask, struct near_room *room)
{
    const struct gate_near *near = ask->near;
    size_t of_n = ask->n * near->per;
    check(near->per <= GATE_NEAR_PER_MAX && near->session_n < GATE_NEAR_NONE);
    buf_init(&room->sessions, NEAR_BYTES_MAX);
    buf_init(&room->places, NEAR_BYTES_MAX);
    put_places(room, near);
    put_sessions(room, near);
    check(!room->sessions.failed && !room->places.failed);
    for (size_t i = 0; i < of_n; i++) {
        room->of[2 * i] = (char)(near->of[i] & 255);
        room->of[2 * i + 1] = (char)(near->of[i] >> 8);
    }
    call_u64(call_next(c, GATE_ARG_NEAR_TEXTS), near->texts_per_place);
    call_text(call_next(c, GATE_ARG_NEAR_SESSIONS), buf_slice(&room->sessions));
    call_text(call_next(c, GATE_ARG_NEAR_PLACES), buf_slice(&room->places));
    call_u64(call_next(c, GATE_ARG_NEAR_PER), near->per);
    call_text(call_next(c, GATE_ARG_NEAR_OF), slice_make(room->of, 2 * of_n));
}

static void near_room_done(struct near_room *room)
{
    buf_done(&room->sessions);
    buf_done(&room->places);
    free(room->place_at);
}

/* Most campaigns tell of no session. */
static void add_no_near(struct call *c)
{
    call_str(call_next(c, GATE_ARG_NEAR_TEXTS), "");
    call_str(call_next(c, GATE_ARG_NEAR_SESSIONS), "");
    call_str(call_next(c, GATE_ARG_NEAR_PLACES), "");
    call_str(call_next(c, GATE_ARG_NEAR_PER), "0");
    call_str(call_next(c, GATE_ARG_NEAR_OF), "");
}

void ledger_gate(struct ledger *l, const struct gate_ask *ask, gate_cb *cb, void *arg)
{
    check(ask->n > 0 && ask->n <= GATE_ASK_MAX && ask->sender_count <= LEDGER_SENDERS_MAX &&
          ask->given_back_n <= GATE_GIVE_BACK_MAX && ask->window_count <= GATE_ASK_MAX &&
          (ask->key.n == 0 || ask->n == 1));
    char flags[2];
    struct near_room near;
    unsigned char prints[GATE_ASK_MAX * CAP_PRINT_BYTES];
    struct call *c = ledger_call(l, &gate, ask->lease.batch.campaign);
    call_lasts(c);
    add_keys(c, ask);
    call_now(call_next(c, GATE_ARG_NOW));
    ledger_add_field(call_next(c, GATE_ARG_FIELD), ask->lease.batch);
    call_u64(call_next(c, GATE_ARG_FENCE), ask->lease.fence);
    mark_args(call_next(c, GATE_ARG_STORE_ID));
    call_u64(call_next(c, GATE_ARG_FIRST), ask->lease.batch.first);
    call_text(call_next(c, GATE_ARG_OFFSETS), slice_make(ask->offsets, ask->n));
    call_text(call_next(c, GATE_ARG_SENDER_OF), slice_make(ask->sender_of, ask->n));
    call_text(call_next(c, GATE_ARG_FLAGS), slice_make(flags, flags_of(ask, flags)));
    add_pace(c, ask);
    add_hours(c, ask);
    add_cap(c, ask, prints);
    call_text(call_next(c, GATE_ARG_CONSENT), slice_make(ask->consent, ask->consent ? ask->n : 0));
    if (ask->near)
        add_near(c, ask, &near);
    else
        add_no_near(c);
    call_list(call_next(c, GATE_ARG_NUMBERS));
    for (size_t i = 0; i < ask->n; i++)
        call_item(c, (int64_t)ask->numbers[i]);
    call_text(call_next(c, GATE_ARG_PERSON), ask->key);
    call_run(c, read_gate, cb, arg);
    if (ask->near) near_room_done(&near);
}
