#include "ledger_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "core/block.h"
#include "core/index.h"
#include "io/redis.h"
#include "store/mark.h"
#include "store/release.h"

#include <stdio.h>
#include <stdlib.h>

enum { TURN_US = 10 * WORLD_MS, AUDIENCE = 1, HOLE = 15 };

struct ledger_world *lw_new(void)
{
    struct ledger_world *w = xcalloc(1, sizeof *w);
    w->server = redis_fixture_new();
    if (!w->server) {
        free(w);
        return NULL;
    }
    w->loop = loop_new();
    struct redis_config config = {.url = redis_fixture_url(w->server)};
    struct err e = {0};
    if (redis_new(w->loop, &config, &w->redis, &e) < 0) fail_msg("%s", e.text);
    while (!redis_is_connected(w->redis))
        loop_turn(w->loop, TURN_US);
    return w;
}

static void end_test(struct ledger_world *w)
{
    ledger_free(w->a);
    ledger_free(w->b);
    store_free(w->store);
    store_free(w->ledgers);
    w->a = w->b = NULL;
    w->store = w->ledgers = NULL;
}

void lw_free(struct ledger_world *w)
{
    end_test(w);
    redis_free(w->redis);
    loop_free(w->loop);
    redis_fixture_free(w->server);
    free(w);
}

int lw_run(const char *name, struct CMUnitTest *tests, size_t n, void (*end)(void))
{
    struct ledger_world *w = lw_new();
    if (!w) {
        printf("1..0 # SKIP no redis-server on the PATH\n");
        return 0;
    }
    for (size_t i = 0; i < n; i++)
        tests[i].initial_state = w;
    int failed = _cmocka_run_group_tests(name, tests, n, NULL, NULL);
    if (end) end();
    lw_free(w);
    return failed;
}

struct ledger *lw_dispatcher(struct ledger_world *w, const char *instance, int64_t boot)
{
    return ledger_new(w->ledgers, instance, boot);
}

void lw_set_time(struct ledger_world *w, int64_t now_us)
{
    w->now_us = now_us;
    store_set_clock(w->ledgers, now_us);
}

void lw_pass(struct ledger_world *w, int64_t us)
{
    lw_set_time(w, w->now_us + us);
}

static void on_checked_in(void *arg, const struct mark_report *report, const struct err *e)
{
    struct ledger_world *w = arg;
    if (!report) fail_msg("%s", e->text);
    w->checked_in = true;
}

void lw_check_in(struct ledger_world *w)
{
    const struct mark_check_in in = {.instance = "a", .run = "1"};
    w->checked_in = false;
    mark_check_in(w->ledgers, &in, on_checked_in, w);
    while (!w->checked_in)
        loop_turn(w->loop, TURN_US);
}

void lw_next(struct ledger_world *w)
{
    end_test(w);
    w->serial++;
    w->campaign = 0;
    w->queue = NULL;
    (void)snprintf(w->prefix, sizeof w->prefix, "t%d:", w->serial);
    w->store = store_new(w->redis, w->prefix);
    w->ledgers = store_new(w->redis, w->prefix);
    w->a = lw_dispatcher(w, "a", 1);
    w->b = lw_dispatcher(w, "b", 1);
    lw_set_time(w, ((int64_t)WORLD_START_S + w->serial * WORLD_LATER_S) * WORLD_S);
    lw_check_in(w);
}

/* ---- one command ---- */

struct said {
    char text[4096];
    bool nothing;
};

static void on_said(void *arg, const struct redisReply *reply)
{
    struct said *s = arg;
    struct slice error, text = redis_str(reply);
    if (redis_is_error(reply, &error)) fail_msg("redis: %.*s", SLICE_ARG(error));
    s->nothing = redis_is_nil(reply);
    if (text.p)
        (void)snprintf(s->text, sizeof s->text, "%.*s", SLICE_ARG(text));
    else
        (void)snprintf(s->text, sizeof s->text, "%lld", (long long)redis_int(reply, 0));
}

const char *lw_redis(struct ledger_world *w, const char *command, const char *key, ...)
{
    static struct said said;
    char full[128];
    struct slice argv[WORLD_WORDS_MAX] = {slice_of(command)};
    (void)snprintf(full, sizeof full, "%s%s", w->prefix, key);
    argv[1] = slice_of(full);
    size_t n = 2;
    va_list ap;
    va_start(ap, key);
    for (const char *word; (word = va_arg(ap, const char *));) {
        assert_true(n < WORLD_WORDS_MAX);
        argv[n++] = slice_of(word);
    }
    va_end(ap);
    struct err e = {0};
    if (redis_wait(w->redis, on_said, &said, &e, n, argv) < 0) fail_msg("%s", e.text);
    return said.nothing ? NULL : said.text;
}

/* ---- that it adds up ---- */

struct book {
    int64_t counters[STATE_COUNT], nibbles[STATE_COUNT], total, unknown;
    bool is_there;
};

static void on_counters(void *arg, const struct redisReply *reply)
{
    struct book *b = arg;
    b->is_there = redis_count(reply) > 0;
    for (int i = 0; i < STATE_COUNT; i++) {
        char field[8];
        (void)snprintf(field, sizeof field, "n%d", i);
        struct slice v = redis_field(reply, field);
        if (v.n && v.p[0] == '-') fail_msg("counter %s is %.*s", field, SLICE_ARG(v));
        uint64_t value = 0;
        (void)slice_to_u64(v, INT64_MAX, &value);
        b->counters[i] = (int64_t)value;
    }
    uint64_t total = 0;
    (void)slice_to_u64(redis_field(reply, "total"), INT64_MAX, &total);
    b->total = (int64_t)total;
}

static void on_ledger(void *arg, const struct redisReply *reply)
{
    struct book *b = arg;
    struct slice bytes = redis_str(reply);
    for (size_t i = 0; i < 2 * bytes.n; i++) {
        uint8_t byte = (uint8_t)bytes.p[i / 2];
        int s = i % 2 ? byte >> 4 : byte & 15;
        if (s >= STATE_COUNT && s != HOLE) fail_msg("recipient %zu is in state %d", i, s);
        if (s != HOLE) b->nibbles[s]++;
    }
}

static void on_unknown(void *arg, const struct redisReply *reply)
{
    struct book *b = arg;
    b->unknown = redis_int(reply, -1);
}

void lw_check(struct ledger_world *w)
{
    char hash[48], ledger[48], unknown[48];
    int n = snprintf(hash, sizeof hash, "%sc:%u", w->prefix, w->campaign);
    int m = snprintf(ledger, sizeof ledger, "%sc:%u:l", w->prefix, w->campaign);
    int k = snprintf(unknown, sizeof unknown, "%sc:%u:u", w->prefix, w->campaign);
    struct book b = {.total = 0};
    struct err e = {0};
    struct slice all[] = {SLICE_LIT("HGETALL"), slice_make(hash, (size_t)n)};
    struct slice get[] = {SLICE_LIT("GET"), slice_make(ledger, (size_t)m)};
    assert_int_equal(redis_wait(w->redis, on_counters, &b, &e, 2, all), 0);
    struct slice list[] = {SLICE_LIT("ZCARD"), slice_make(unknown, (size_t)k)};
    assert_int_equal(redis_wait(w->redis, on_ledger, &b, &e, 2, get), 0);
    assert_int_equal(redis_wait(w->redis, on_unknown, &b, &e, 2, list), 0);
    if (!b.is_there) return;
    assert_int_equal(b.unknown, b.nibbles[STATE_UNKNOWN]);
    int64_t sum = 0;
    for (int i = 0; i < STATE_COUNT; i++) {
        if (b.counters[i] != b.nibbles[i])
            fail_msg("%s: the counter says %lld, the ledger %lld", state_to_string((enum state)i),
                     (long long)b.counters[i], (long long)b.nibbles[i]);
        sum += b.counters[i];
    }
    assert_int_equal(sum, b.total);
}

/* ---- waiting ---- */

static void wait_for(struct ledger_world *w, const bool *done)
{
    while (!*done)
        loop_turn(w->loop, TURN_US);
    lw_check(w);
}

/* ---- campaigns ---- */

static void store_block(struct ledger_world *w, uint32_t block, uint32_t rows)
{
    struct buf b = BUF_INIT(BLOCK_BYTES_MAX);
    block_begin(&b, 0);
    for (uint32_t i = 0; i < rows; i++)
        assert_int_equal(block_add_row(&b, WORLD_FIRST_NUMBER + index_make(block, i), NULL, 0), 0);
    block_end(&b, 0, rows);
    char key[64];
    int n = snprintf(key, sizeof key, "%sa:%d:b:%u", w->prefix, AUDIENCE, block);
    struct slice argv[] = {SLICE_LIT("SET"), slice_make(key, (size_t)n), buf_slice(&b)};
    struct err e = {0};
    if (redis_wait(w->redis, NULL, NULL, &e, COUNT_OF(argv), argv) < 0) fail_msg("%s", e.text);
    buf_done(&b);
}

struct grown {
    bool done;
    uint32_t made, blocks;
};

static void on_grown(void *arg, int result, uint32_t made, uint32_t blocks)
{
    assert_int_equal(result, 0);
    *(struct grown *)arg = (struct grown){true, made, blocks};
}

void lw_store_campaign(struct ledger_world *w, uint32_t id, uint32_t people)
{
    uint32_t blocks = (people + BLOCK_ROWS - 1) / BLOCK_ROWS;
    char key[32], text[16];
    for (uint32_t i = 0; i < blocks; i++)
        store_block(w, i, i + 1 < blocks ? BLOCK_ROWS : people - i * BLOCK_ROWS);
    (void)snprintf(key, sizeof key, "c:%u", id);
    (void)snprintf(text, sizeof text, "%u", blocks);
    w->campaign = id;
    lw_redis(w, "HSET", key, "status", "preparing", "audience", "1", "blocks", text, "made", "0",
             "next", "0", "total", "0", "n0", "0", "n1", "0", NULL);
}

uint32_t lw_campaign(struct ledger_world *w, uint32_t id, uint32_t people)
{
    lw_store_campaign(w, id, people);
    struct grown g;
    do {
        g = (struct grown){.done = false};
        campaign_grow(w->store, id, AUDIENCE, on_grown, &g);
        wait_for(w, &g.done);
    } while (g.made < g.blocks);
    lw_move(w, id, MOVE_RUN);
    return g.blocks;
}

struct finished {
    bool done;
    int result;
};

static void on_finished(void *arg, int result, const struct err *e)
{
    assert_true((result < 0) == (e != NULL));
    *(struct finished *)arg = (struct finished){true, result};
}

int lw_try_move(struct ledger_world *w, uint32_t id, enum campaign_move move)
{
    struct finished f = {.done = false};
    campaign_move(w->store, id, move, w->now_us / 1000, SLICE_LIT("test"),
                  SLICE_LIT("it is tested"), on_finished, &f);
    wait_for(w, &f.done);
    return f.result;
}

void lw_move(struct ledger_world *w, uint32_t id, enum campaign_move move)
{
    assert_int_equal(lw_try_move(w, id, move), 0);
}

/* ---- lease ---- */

struct lease_wait {
    bool done;
    struct lease_got got;
};

static void on_lease(void *arg, const struct lease_reply *a)
{
    struct lease_wait *x = arg;
    x->got.result = a->result;
    x->got.verdict = a->verdict;
    x->got.fence = a->fence;
    x->got.held_for_us = a->held_for_us;
    (void)snprintf(x->got.states, sizeof x->got.states, "%.*s", SLICE_ARG(a->states));
    x->done = true;
}

struct lease_got lw_lease(struct ledger_world *w, struct ledger *l, struct batch_id b)
{
    struct lease_wait x = {.done = false};
    ledger_lease(l, b, WORLD_LEASE_US, on_lease, &x);
    wait_for(w, &x.done);
    assert_int_equal(x.got.result, 0);
    return x.got;
}

struct lease_ref lw_take(struct ledger_world *w, struct ledger *l, uint32_t block)
{
    struct batch_id b = batch_of_block(w->campaign, block);
    struct lease_got got = lw_lease(w, l, b);
    assert_int_equal(got.verdict, LEASE_TAKEN);
    return (struct lease_ref){b, got.fence};
}

struct end_wait {
    bool done;
    enum batch_end_verdict verdict;
};

static void on_batch_end(void *arg, int result, enum batch_end_verdict verdict)
{
    assert_int_equal(result, 0);
    *(struct end_wait *)arg = (struct end_wait){true, verdict};
}

enum batch_end_verdict lw_batch_end(struct ledger_world *w, struct ledger *l,
                                    struct lease_ref lease)
{
    return lw_batch_rest(w, l, lease, 0);
}

enum batch_end_verdict lw_batch_rest(struct ledger_world *w, struct ledger *l,
                                     struct lease_ref lease, int64_t not_before_ms)
{
    struct end_wait x = {.done = false};
    ledger_batch_rest(l, lease, not_before_ms, on_batch_end, &x);
    wait_for(w, &x.done);
    return x.verdict;
}

/* ---- gate ---- */

struct gate_ask lw_ask(struct lease_ref lease, size_t n)
{
    static const char *const senders[] = {"s"};
    static uint8_t offsets[GATE_ASK_MAX], sender_of[GATE_ASK_MAX];
    static uint64_t numbers[GATE_ASK_MAX];
    for (size_t i = 0; i < n; i++) {
        offsets[i] = (uint8_t)i;
        sender_of[i] = 0;
        numbers[i] = WORLD_FIRST_NUMBER + lease.batch.first + i;
    }
    return (struct gate_ask){
        .lease = lease,
        .gateway = "g",
        .senders = senders,
        .sender_count = 1,
        .group = "main",
        .lead_us = WORLD_MS,
        .window_us = 4 * WORLD_MS,
        .rate_per_s = 1000,
        .grants_max = GATE_ASK_MAX,
        .n = n,
        .offsets = offsets,
        .sender_of = sender_of,
        .numbers = numbers,
    };
}

struct gate_wait {
    bool done;
    struct gate_got got;
};

static void on_gate(void *arg, const struct gate_reply *a)
{
    struct gate_wait *x = arg;
    struct gate_got *got = &x->got;
    got->result = a->result;
    got->verdict = a->verdict;
    got->wait_us = a->wait_us;
    got->mark = a->mark;
    (void)snprintf(got->status, sizeof got->status, "%.*s", SLICE_ARG(a->status));
    (void)snprintf(got->letters, sizeof got->letters, "%.*s", SLICE_ARG(a->letters));
    (void)snprintf(got->full, sizeof got->full, "%.*s", SLICE_ARG(a->full));
    size_t times = 0;
    for (const char *c = got->letters; *c; c++) {
        if (*c == 'h') got->opens_s[got->closed_n++] = gate_slot_us(a, times++);
        if (*c != 'g' && *c != 'v') continue;
        int64_t at = a->redis_now_us + gate_slot_us(a, times++);
        if (*c == 'g') {
            got->offers[got->granted] = gate_offer(a, got->granted);
            got->slots[got->granted++] = at;
        } else {
            got->waiting[got->waiting_n++] = at;
        }
    }
    x->done = true;
}

struct gate_got lw_gate(struct ledger_world *w, struct ledger *l, const struct gate_ask *ask)
{
    struct gate_wait x = {.done = false};
    ledger_gate(l, ask, on_gate, &x);
    wait_for(w, &x.done);
    assert_int_equal(x.got.result, 0);
    return x.got;
}

/* ---- record ---- */

struct states_wait {
    bool done;
    struct states_got got;
};

static void on_states(void *arg, int result, struct slice states)
{
    struct states_wait *x = arg;
    x->got.result = result;
    (void)snprintf(x->got.states, sizeof x->got.states, "%.*s", SLICE_ARG(states));
    x->done = true;
}

static struct states_got record(struct ledger_world *w, struct ledger *l, struct lease_ref lease,
                                const struct record_item *items, size_t n, bool last)
{
    struct states_wait x = {.done = false};
    ledger_record(l, lease, w->queue, items, n, last, on_states, &x);
    wait_for(w, &x.done);
    assert_int_equal(x.got.result, 0);
    return x.got;
}

struct states_got lw_record(struct ledger_world *w, struct ledger *l, struct lease_ref lease,
                            const struct record_item *items, size_t n)
{
    struct states_got got = record(w, l, lease, items, n, false);
    assert_int_equal(strlen(got.states), n);
    return got;
}

struct states_got lw_record_last(struct ledger_world *w, struct ledger *l, struct lease_ref lease,
                                 uint8_t offset, enum state to)
{
    struct record_item item = {.offset = offset, .state = (uint8_t)to};
    return record(w, l, lease, &item, 1, true);
}

static int state_of_digit(char c)
{
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

int lw_record_one(struct ledger_world *w, struct ledger *l, struct lease_ref lease, uint8_t offset,
                  enum state to, const char *detail)
{
    struct record_item item = {.offset = offset, .state = (uint8_t)to, .detail = slice_of(detail)};
    return state_of_digit(lw_record(w, l, lease, &item, 1).states[0]);
}

int lw_settle(struct ledger_world *w, enum state_cause cause, uint32_t index, enum state to,
              const char *detail)
{
    struct states_wait x = {.done = false};
    const struct receipt_told told = {
        .queue = w->queue, .campaign = w->campaign, .first = index, .cause = cause, .stamp = -1};
    const struct record_item item = {.state = (uint8_t)to, .detail = slice_of(detail)};
    ledger_told(w->a, &told, &item, 1, on_states, &x);
    wait_for(w, &x.done);
    assert_int_equal(x.got.result, 0);
    return state_of_digit(x.got.states[0]);
}

struct states_got lw_renew(struct ledger_world *w, struct ledger *l, const struct lease_ref *leases,
                           size_t n)
{
    struct states_wait x = {.done = false};
    ledger_renew(l, leases, n, WORLD_LEASE_US, on_states, &x);
    wait_for(w, &x.done);
    assert_int_equal(x.got.result, 0);
    return x.got;
}

struct count_wait {
    bool done;
    int64_t count;
};

static void on_count(void *arg, int result, int64_t count)
{
    assert_int_equal(result, 0);
    *(struct count_wait *)arg = (struct count_wait){true, count};
}

int64_t lw_sweep(struct ledger_world *w, uint32_t block, uint32_t blocks, enum state to)
{
    struct count_wait x = {.done = false};
    ledger_sweep(w->a, w->campaign, block, blocks, to, on_count, &x);
    wait_for(w, &x.done);
    return x.count;
}

void lw_slow(struct ledger_world *w, const char *gateway, const char *sender, int64_t hold_us)
{
    ledger_slow(w->a, gateway, sender, hold_us);
    lw_check(w); /* answered after it: one connection */
}

void lw_moved(struct ledger_world *w, const char *gateway, double rate_per_s,
              const struct slot_move *moves, size_t n)
{
    ledger_moved(w->a, gateway, NULL, rate_per_s, moves, n);
    lw_check(w);
}

static void on_told(void *arg, int result)
{
    assert_int_equal(result, 0);
    *(bool *)arg = true;
}

void lw_clock_set(struct ledger_world *w, const char *gateway)
{
    bool done = false;
    ledger_clock_set(w->a, gateway, NULL, 0, on_told, &done);
    wait_for(w, &done);
}

/* ---- behind the scenes ---- */

static const char *ledger_key(const struct ledger_world *w, char key[32])
{
    (void)snprintf(key, 32, "c:%u:l", w->campaign);
    return key;
}

static void on_byte(void *arg, const struct redisReply *reply)
{
    struct slice s = redis_str(reply);
    *(int *)arg = s.n == 1 ? (uint8_t)s.p[0] : -1;
}

static int ledger_byte(struct ledger_world *w, uint32_t at)
{
    char key[48], from[16], name[32];
    (void)snprintf(key, sizeof key, "%s%s", w->prefix, ledger_key(w, name));
    (void)snprintf(from, sizeof from, "%u", at);
    struct slice argv[] = {SLICE_LIT("GETRANGE"), slice_of(key), slice_of(from), slice_of(from)};
    struct err e = {0};
    int byte = -1;
    if (redis_wait(w->redis, on_byte, &byte, &e, COUNT_OF(argv), argv) < 0) fail_msg("%s", e.text);
    return byte;
}

int lw_state(struct ledger_world *w, uint32_t index)
{
    int byte = ledger_byte(w, index / 2);
    assert_true(byte >= 0);
    return index % 2 ? byte >> 4 : byte & 15;
}

static void on_bytes(void *arg, const struct redisReply *reply)
{
    uint8_t *states = arg;
    struct slice bytes = redis_str(reply);
    memset(states, 0, BLOCK_ROWS);
    for (size_t i = 0; i < bytes.n && i < BLOCK_ROWS / 2; i++) {
        states[2 * i] = (uint8_t)bytes.p[i] & 15;
        states[2 * i + 1] = (uint8_t)bytes.p[i] >> 4;
    }
}

void lw_block_states(struct ledger_world *w, uint32_t block, uint8_t ret[BLOCK_ROWS])
{
    char key[64], first[16], last[16];
    (void)snprintf(key, sizeof key, "%sc:%u:l", w->prefix, w->campaign);
    (void)snprintf(first, sizeof first, "%u", block * (BLOCK_ROWS / 2));
    (void)snprintf(last, sizeof last, "%u", (block + 1) * (BLOCK_ROWS / 2) - 1);
    const struct slice argv[] = {SLICE_LIT("GETRANGE"), slice_of(key), slice_of(first),
                                 slice_of(last)};
    struct err e = {0};
    if (redis_wait(w->redis, on_bytes, ret, &e, COUNT_OF(argv), argv) < 0) fail_msg("%s", e.text);
}

static void move_counter(struct ledger_world *w, int state, const char *by)
{
    char hash[32], field[8];
    (void)snprintf(hash, sizeof hash, "c:%u", w->campaign);
    (void)snprintf(field, sizeof field, "n%d", state);
    lw_redis(w, "HINCRBY", hash, field, by, NULL);
}

static void list_unknown(struct ledger_world *w, uint32_t index, bool is_unknown)
{
    char key[32], at[16];
    (void)snprintf(key, sizeof key, "c:%u:u", w->campaign);
    (void)snprintf(at, sizeof at, "%u", index);
    if (is_unknown)
        lw_redis(w, "ZADD", key, "1", at, NULL);
    else
        lw_redis(w, "ZREM", key, at, NULL);
}

void lw_force_state(struct ledger_world *w, uint32_t index, enum state s)
{
    char key[32], at[16], value[8];
    int was = lw_state(w, index);
    /* Redis counts a byte's nibbles from the high end, the ledger from the low one */
    (void)snprintf(at, sizeof at, "#%u", index ^ 1);
    (void)snprintf(value, sizeof value, "%d", (int)s);
    lw_redis(w, "BITFIELD", ledger_key(w, key), "SET", "u4", at, value, NULL);
    move_counter(w, was, "-1");
    move_counter(w, (int)s, "1");
    list_unknown(w, index, s == STATE_UNKNOWN);
    lw_check(w);
}

int64_t lw_count(struct ledger_world *w, enum state s)
{
    char hash[32], field[8];
    (void)snprintf(hash, sizeof hash, "c:%u", w->campaign);
    (void)snprintf(field, sizeof field, "n%d", (int)s);
    const char *text = lw_redis(w, "HGET", hash, field, NULL);
    return text ? strtoll(text, NULL, 10) : 0;
}

const char *lw_status(struct ledger_world *w)
{
    char hash[32];
    (void)snprintf(hash, sizeof hash, "c:%u", w->campaign);
    return lw_redis(w, "HGET", hash, "status", NULL);
}

const char *lw_detail(struct ledger_world *w, uint32_t index)
{
    char hash[32], field[16];
    (void)snprintf(hash, sizeof hash, "c:%u:d", w->campaign);
    (void)snprintf(field, sizeof field, "%u", index);
    return lw_redis(w, "HGET", hash, field, NULL);
}
