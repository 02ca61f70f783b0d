/* The C side of the scripts: keys and arguments in, answers out. No decision is made here. */
#include "store/ledger.h"

#include "names.h"
#include "private.h"
#include "store/ledger_script.h"

#include "base/buf.h"
#include "core/pace.h"
#include "io/redis.h"
#include "store/lua_scripts.h"
#include "store/suppress.h"

#include <stdio.h>
#include <stdlib.h>

static struct redis_script *script_of(const char *name, void (*names)(struct buf *),
                                      struct slice text)
{
    struct buf b = BUF_INIT(64 * 1024);
    state_lua_prelude(&b);
    names(&b);
    buf_add_slice(&b, lua_ledger_prelude);
    if (text.p == lua_gate.p) {
        buf_addf(&b, "local PACE=%.4f\n", 1 + PACE_MARGIN);
        const struct slice parts[] = {lua_provider_queue, lua_limiter, lua_deadline, lua_stop,
                                      lua_hold,           lua_hours,   lua_provider, lua_slot};
        for (size_t i = 0; i < COUNT_OF(parts); i++)
            buf_add_slice(&b, parts[i]);
    } else if (text.p == lua_record.p) {
        buf_add_slice(&b, lua_provider_queue);
        buf_add_slice(&b, lua_told);
    }
    buf_add_slice(&b, text);
    check(!b.failed);
    struct redis_script *s = redis_script_new(name, buf_slice(&b));
    buf_done(&b);
    return s;
}

struct redis_script *ledger_script(const char *name, struct slice text)
{
    return script_of(name, now_name, text);
}

struct ledger *ledger_new(struct redis *r, const char *prefix, const char *instance, int64_t boot)
{
    struct ledger *l = xcalloc(1, sizeof *l);
    check(strlen(prefix) < sizeof l->prefix && strchr(instance, ' ') == NULL);
    l->redis = r;
    (void)snprintf(l->prefix, sizeof l->prefix, "%s", prefix);
    l->instance = xstrdup(instance);
    (void)snprintf(l->boot, sizeof l->boot, "%lld", (long long)boot);
    l->gate = script_of("gate", gate_names, lua_gate);
    l->lease = script_of("lease", lease_names, lua_lease);
    l->renew = script_of("renew", renew_names, lua_renew);
    l->record = script_of("record", record_names, lua_record);
    l->again = script_of("again", again_names, lua_again);
    l->batch_end = script_of("batch_end", end_names, lua_batch_end);
    l->sweep = script_of("sweep", sweep_names, lua_sweep);
    l->slow = script_of("slow", slow_names, lua_slow);
    l->clock_set = script_of("clock_set", now_name, lua_clock_set);
    return l;
}

void ledger_free(struct ledger *l)
{
    if (!l) return;
    struct redis_script *scripts[] = {l->gate,  l->lease, l->renew,     l->record, l->batch_end,
                                      l->sweep, l->slow,  l->clock_set, l->again};
    for (size_t i = 0; i < COUNT_OF(scripts); i++)
        redis_script_free(scripts[i]);
    free(l->instance);
    free(l);
}

void ledger_set_clock(struct ledger *l, int64_t now_us)
{
    l->now[0] = '\0';
    if (now_us) (void)snprintf(l->now, sizeof l->now, "%lld", (long long)now_us);
}

/* ---- small texts that live for one call ---- */

struct scratch {
    char bytes[24 * 1024];
    size_t n;
};

static struct slice scratch_f(struct scratch *s, const char *fmt, ...) PRINTF_LIKE(2, 3);
static struct slice scratch_f(struct scratch *s, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(s->bytes + s->n, sizeof s->bytes - s->n, fmt, ap);
    va_end(ap);
    check(n >= 0 && s->n + (size_t)n < sizeof s->bytes);
    struct slice out = slice_make(s->bytes + s->n, (size_t)n);
    s->n += (size_t)n;
    return out;
}

/* Decimal digits without printf: this runs for every recipient. */
static struct slice scratch_u64(struct scratch *s, uint64_t v)
{
    char digits[20];
    size_t n = 0;
    do {
        digits[n++] = (char)('0' + v % 10);
        v /= 10;
    } while (v);
    check(s->n + n <= sizeof s->bytes);
    char *to = s->bytes + s->n;
    for (size_t i = 0; i < n; i++)
        to[i] = digits[n - 1 - i];
    s->n += n;
    return slice_make(to, n);
}

static struct slice key_of(const struct ledger *l, struct scratch *s, uint32_t campaign,
                           const char *part)
{
    return scratch_f(s, "%sc:%u%s", l->prefix, campaign, part);
}

/* A block's number; "i" and the index for a direct message. */
static struct slice lease_field(struct scratch *s, struct batch_id b)
{
    if (b.campaign == 0) return scratch_f(s, "i%u", b.first);
    return scratch_u64(s, b.first / LEDGER_BLOCK);
}

static struct slice block_name(struct scratch *s, struct batch_id b)
{
    return b.campaign == 0 ? SLICE_LIT("") : scratch_u64(s, b.first / LEDGER_BLOCK);
}

static void *with_callback(size_t bytes, const void *call)
{
    void *p = xmalloc(bytes);
    memcpy(p, call, bytes);
    return p;
}

static int result_of(const struct redisReply *reply)
{
    return !reply || redis_is_error(reply, NULL) ? ERR_UNREACHABLE : 0;
}

/* ---- lease ---- */

struct lease_call {
    lease_cb *cb;
    void *arg;
};

static void on_lease(void *arg, const struct redisReply *reply)
{
    struct lease_call call = *(struct lease_call *)arg;
    free(arg);
    struct lease_answer a = {.result = result_of(reply)};
    struct slice word = redis_str(redis_at(reply, 0));
    if (slice_is(word, "ok")) {
        a.verdict = LEASE_TAKEN;
        a.fence = (uint64_t)redis_int(redis_at(reply, 1), 0);
        a.redis_now_us = redis_int(redis_at(reply, 2), 0);
        a.states = redis_str(redis_at(reply, 3));
        a.stamp = (uint32_t)redis_int(redis_at(reply, 4), 0);
    } else if (slice_is(word, "held")) {
        a.verdict = LEASE_HELD;
        a.held_for_us = redis_int(redis_at(reply, 1), 0);
    } else if (slice_is(word, "settled")) {
        a.verdict = LEASE_SETTLED;
    } else if (slice_is(word, "kept")) {
        a.verdict = LEASE_KEPT;
    } else {
        a.verdict = LEASE_GONE;
    }
    call.cb(call.arg, &a);
}

void ledger_lease(struct ledger *l, struct batch_id b, int64_t lease_us, lease_cb *cb, void *arg)
{
    struct scratch s;
    s.n = 0;
    struct slice argv[] = {
        key_of(l, &s, b.campaign, ""),
        key_of(l, &s, b.campaign, ":l"),
        key_of(l, &s, b.campaign, ":d"),
        key_of(l, &s, b.campaign, ":b"),
        key_of(l, &s, b.campaign, ":o"),
        key_of(l, &s, b.campaign, ":k"),
        scratch_f(&s, "%sfence", l->prefix),
        slice_of(l->now),
        lease_field(&s, b),
        slice_of(l->instance),
        slice_of(l->boot),
        scratch_u64(&s, (uint64_t)lease_us),
        scratch_u64(&s, b.first),
        scratch_u64(&s, b.count),
        block_name(&s, b),
    };
    struct lease_call call = {cb, arg};
    redis_eval(l->redis, l->lease, on_lease, with_callback(sizeof call, &call), 7, COUNT_OF(argv),
               argv);
}

struct renew_call {
    renew_cb *cb;
    void *arg;
};

static void on_renew(void *arg, const struct redisReply *reply)
{
    struct renew_call call = *(struct renew_call *)arg;
    free(arg);
    call.cb(call.arg, result_of(reply), redis_str(reply));
}

void ledger_renew(struct ledger *l, const struct lease_ref *leases, size_t n, int64_t lease_us,
                  renew_cb *cb, void *arg)
{
    check(n > 0 && n <= LEDGER_RENEW_MAX);
    struct buf text = BUF_INIT(n * 2 * KEY_BYTES);
    struct slice *argv = xcalloc(3 * n + 2, sizeof *argv);
    check(buf_reserve(&text, n * KEY_BYTES) != NULL); /* so that the slices stay where they are */
    for (size_t i = 0; i < n; i++) {
        struct scratch s;
        s.n = 0;
        struct slice parts[3] = {
            key_of(l, &s, leases[i].batch.campaign, ":b"),
            lease_field(&s, leases[i].batch),
            scratch_u64(&s, leases[i].fence),
        };
        for (size_t k = 0; k < 3; k++) {
            size_t to = k == 0 ? i : n + 2 + 2 * i + (k - 1);
            argv[to] = slice_make(text.p + text.n, parts[k].n);
            buf_add_slice(&text, parts[k]);
        }
    }
    struct scratch s;
    s.n = 0;
    argv[n] = slice_of(l->now);
    argv[n + 1] = scratch_u64(&s, (uint64_t)lease_us);
    check(!text.failed);
    struct renew_call call = {cb, arg};
    redis_eval(l->redis, l->renew, on_renew, with_callback(sizeof call, &call), n, 3 * n + 2, argv);
    free(argv);
    buf_done(&text);
}

struct end_call {
    batch_end_cb *cb;
    void *arg;
};

static void on_batch_end(void *arg, const struct redisReply *reply)
{
    struct end_call call = *(struct end_call *)arg;
    free(arg);
    struct slice word = redis_str(reply);
    enum batch_end_verdict v = slice_is(word, "done")   ? BATCH_DONE
                               : slice_is(word, "kept") ? BATCH_KEPT
                                                        : BATCH_LOST;
    call.cb(call.arg, result_of(reply), v);
}

void ledger_batch_end(struct ledger *l, struct lease_ref lease, batch_end_cb *cb, void *arg)
{
    ledger_batch_rest(l, lease, 0, cb, arg);
}

void ledger_batch_rest(struct ledger *l, struct lease_ref lease, int64_t not_before_ms,
                       batch_end_cb *cb, void *arg)
{
    struct scratch s;
    s.n = 0;
    struct batch_id b = lease.batch;
    struct slice argv[] = {
        key_of(l, &s, b.campaign, ""),
        key_of(l, &s, b.campaign, ":l"),
        key_of(l, &s, b.campaign, ":b"),
        key_of(l, &s, b.campaign, ":o"),
        key_of(l, &s, b.campaign, ":k"),
        slice_of(l->now),
        lease_field(&s, b),
        scratch_u64(&s, lease.fence),
        scratch_u64(&s, b.first),
        scratch_u64(&s, b.count),
        block_name(&s, b),
        scratch_u64(&s, (uint64_t)not_before_ms),
    };
    struct end_call call = {cb, arg};
    redis_eval(l->redis, l->batch_end, on_batch_end, with_callback(sizeof call, &call), 5,
               COUNT_OF(argv), argv);
}

/* ---- gate ---- */

struct gate_call {
    gate_cb *cb;
    void *arg;
};

static void on_gate(void *arg, const struct redisReply *reply)
{
    struct gate_call call = *(struct gate_call *)arg;
    free(arg);
    struct gate_answer a = {.result = result_of(reply)};
    struct slice word = redis_str(redis_at(reply, 0));
    a.redis_now_us = redis_int(redis_at(reply, 1), 0);
    if (slice_is(word, "ok")) {
        a.wait_us = redis_int(redis_at(reply, 2), 0);
        a.letters = redis_str(redis_at(reply, 3));
        a.slots = (const uint8_t *)redis_str(redis_at(reply, 4)).p;
    } else if (slice_is(word, "lease")) {
        a.verdict = GATE_LEASE_LOST;
    } else {
        a.verdict = GATE_NOT_RUNNING;
        a.status = word;
    }
    call.cb(call.arg, &a);
}

uint32_t gate_slot_us(const struct gate_answer *a, size_t i)
{
    const uint8_t *p = a->slots + 4 * i;
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static struct slice slots_text(struct scratch *s, const int64_t *slots, size_t n)
{
    size_t from = s->n;
    for (size_t i = 0; i < n; i++)
        (void)scratch_f(s, "%lld ", (long long)slots[i]);
    return slice_make(s->bytes + from, s->n - from);
}

static struct slice windows_text(struct scratch *s, const struct gate_window *windows, size_t n)
{
    size_t from = s->n;
    for (size_t i = 0; i < n; i++)
        (void)scratch_f(s, "%lld %lld ", (long long)windows[i].open_us,
                        (long long)windows[i].close_us);
    return slice_make(s->bytes + from, s->n - from);
}

static struct slice flags_text(struct scratch *s, const struct gate_ask *ask)
{
    size_t from = s->n;
    if (ask->to_suppressed_too) (void)scratch_f(s, "%c", GATE_FLAG_TO_SUPPRESSED);
    if (ask->is_reply) (void)scratch_f(s, "%c", GATE_FLAG_IS_REPLY);
    return slice_make(s->bytes + from, s->n - from);
}

void ledger_gate(struct ledger *l, const struct gate_ask *ask, gate_cb *cb, void *arg)
{
    check(ask->n > 0 && ask->n <= GATE_ASK_MAX && ask->sender_count <= LEDGER_SENDERS_MAX &&
          ask->given_back_n <= GATE_GIVE_BACK_MAX && ask->window_count <= GATE_ASK_MAX);
    struct scratch s;
    s.n = 0;
    struct slice key[GATE_KEY_SENDERS + LEDGER_SENDERS_MAX + GATE_ARG_NUMBERS + GATE_ASK_MAX];
    struct batch_id b = ask->lease.batch;
    key[GATE_KEY_CAMPAIGN] = key_of(l, &s, b.campaign, "");
    key[GATE_KEY_LEDGER] = key_of(l, &s, b.campaign, ":l");
    key[GATE_KEY_DETAILS] = key_of(l, &s, b.campaign, ":d");
    key[GATE_KEY_LEASES] = key_of(l, &s, b.campaign, ":b");
    key[GATE_KEY_LIMITER] = scratch_f(&s, "%srate:%s", l->prefix, ask->gateway);
    key[GATE_KEY_STOP_ALL] = scratch_f(&s, "%ss:all", l->prefix);
    key[GATE_KEY_STOP_GROUP] = scratch_f(&s, "%ss:%s", l->prefix, ask->group);
    key[GATE_KEY_STOP_HELD] = scratch_f(&s, "%ss:" SUPPRESS_HOLD, l->prefix);
    size_t senders = ask->sender_rate_per_s > 0 ? ask->sender_count : 0;
    for (size_t i = 0; i < senders; i++)
        key[GATE_KEY_SENDERS + i] =
            scratch_f(&s, "%srate:%s:%s", l->prefix, ask->gateway, ask->senders[i]);
    size_t keys = GATE_KEY_SENDERS - 1 + senders;
    struct slice *args = key + keys;
    args[GATE_ARG_NOW] = slice_of(l->now);
    args[GATE_ARG_FIELD] = lease_field(&s, b);
    args[GATE_ARG_FENCE] = scratch_u64(&s, ask->lease.fence);
    args[GATE_ARG_FIRST] = scratch_u64(&s, b.first);
    args[GATE_ARG_LEAD] = scratch_u64(&s, (uint64_t)ask->lead_us);
    args[GATE_ARG_REACH] = scratch_u64(&s, (uint64_t)ask->window_us);
    args[GATE_ARG_RATE] = scratch_f(&s, "%.3f", ask->rate_per_s);
    args[GATE_ARG_SENDER_RATE] = scratch_f(&s, "%.3f", ask->sender_rate_per_s);
    args[GATE_ARG_GRANTS_MAX] = scratch_u64(&s, (uint64_t)ask->grants_max);
    args[GATE_ARG_FLAGS] = flags_text(&s, ask);
    args[GATE_ARG_OFFSETS] = slice_make(ask->offsets, ask->n);
    args[GATE_ARG_SENDER_OF] = slice_make(ask->sender_of, ask->n);
    args[GATE_ARG_GIVEN_BACK] = slots_text(&s, ask->given_back, ask->given_back_n);
    args[GATE_ARG_HOURS_OF] =
        ask->window_count ? slice_make(ask->window_of, ask->n) : SLICE_LIT("");
    args[GATE_ARG_HOURS] = windows_text(&s, ask->windows, ask->window_count);
    args[GATE_ARG_QUEUE_FULL] =
        scratch_u64(&s, ask->queue && ask->queue->max ? (uint64_t)ask->queue->full : 0);
    args[GATE_ARG_QUEUE_SPAN] = scratch_u64(&s, ask->queue ? (uint64_t)ask->queue->window_us : 0);
    for (size_t i = 0; i < ask->n; i++)
        args[GATE_ARG_NUMBERS + i] = ask->key.n ? ask->key : scratch_u64(&s, ask->numbers[i]);
    size_t n = keys + GATE_ARG_NUMBERS - 1 + ask->n;
    struct gate_call call = {cb, arg};
    redis_eval(l->redis, l->gate, on_gate, with_callback(sizeof call, &call), keys, n, key + 1);
}

/* ---- record ---- */

struct record_call {
    record_cb *cb;
    void *arg;
};

static void on_record(void *arg, const struct redisReply *reply)
{
    struct record_call call = *(struct record_call *)arg;
    free(arg);
    if (call.cb) call.cb(call.arg, result_of(reply), redis_str(reply));
}

/* Which of the items are counted in the provider's queue; "" when none is, as it mostly is. */
static struct slice counted_text(struct scratch *s, const struct provider_queue *q,
                                 struct batch_id b, const struct record_item *items, size_t n)
{
    size_t from = s->n;
    for (size_t i = 0; i < n; i++)
        if (provider_queue_counts(q, b.campaign, b.first + items[i].offset))
            (void)scratch_f(s, "%zu ", i + 1);
    return slice_make(s->bytes + from, s->n - from);
}

/* RECORD_TOLD. */
static struct slice told_text(struct scratch *s, const struct receipt_told *t)
{
    if (!t) return SLICE_LIT("");
    return scratch_f(s, "%lld %d %d %d %d %d %d", (long long)t->stamp, t->fault, t->filtered,
                     t->limits.failed_percent, t->limits.filtered_percent, t->limits.of,
                     LEDGER_FAULTS_MAX);
}

static void record(struct ledger *l, enum state_cause cause, struct lease_ref lease,
                   const struct provider_queue *queue, const struct receipt_told *told,
                   const struct record_item *items, size_t n, record_cb *cb, void *arg)
{
    check(n > 0 && n <= LEDGER_BLOCK);
    struct scratch s;
    s.n = 0;
    struct slice key[RECORD_KEY_LIMITER + RECORD_ARG_REASONS + LEDGER_BLOCK];
    char offsets[LEDGER_BLOCK], states[LEDGER_BLOCK];
    struct batch_id b = lease.batch;
    struct slice counted = counted_text(&s, queue, b, items, n);
    key[RECORD_KEY_CAMPAIGN] = key_of(l, &s, b.campaign, "");
    key[RECORD_KEY_LEDGER] = key_of(l, &s, b.campaign, ":l");
    key[RECORD_KEY_DETAILS] = key_of(l, &s, b.campaign, ":d");
    key[RECORD_KEY_LEASES] = key_of(l, &s, b.campaign, ":b");
    if (counted.n) key[RECORD_KEY_LIMITER] = scratch_f(&s, "%srate:%s", l->prefix, queue->gateway);
    size_t keys = RECORD_KEY_LIMITER - (counted.n ? 0 : 1), reasons = 0;
    struct slice *args = key + keys;
    args[RECORD_ARG_NOW] = slice_of(l->now);
    args[RECORD_ARG_CAUSE] = slice_of(state_cause_to_string(cause));
    args[RECORD_ARG_FIELD] = lease_field(&s, b);
    args[RECORD_ARG_FENCE] = scratch_u64(&s, lease.fence);
    args[RECORD_ARG_FIRST] = scratch_u64(&s, b.first);
    args[RECORD_ARG_OFFSETS] = slice_make(offsets, n);
    args[RECORD_ARG_STATES] = slice_make(states, n);
    args[RECORD_ARG_QUEUE_FULL] = scratch_u64(&s, queue ? (uint64_t)queue->full : 0);
    args[RECORD_ARG_QUEUE_SPAN] = scratch_u64(&s, queue ? (uint64_t)queue->window_us : 0);
    args[RECORD_ARG_COUNTED] = counted;
    args[RECORD_ARG_TOLD] = told_text(&s, told);
    for (size_t i = 0; i < n; i++) {
        offsets[i] = (char)items[i].offset;
        states[i] = (char)items[i].state;
        args[RECORD_ARG_REASONS + i] = items[i].detail;
        if (items[i].detail.n) reasons = i + 1;
    }
    size_t k = keys + RECORD_ARG_REASONS - 1 + reasons;
    struct record_call call = {cb, arg};
    redis_eval(l->redis, l->record, on_record, with_callback(sizeof call, &call), keys, k, key + 1);
}

void ledger_record(struct ledger *l, struct lease_ref lease, const struct provider_queue *queue,
                   const struct record_item *items, size_t n, record_cb *cb, void *arg)
{
    record(l, CAUSE_OUTCOME, lease, queue, NULL, items, n, cb, arg);
}

void ledger_settle(struct ledger *l, enum state_cause cause, const struct provider_queue *queue,
                   uint32_t campaign, uint32_t index, enum state state, struct slice detail,
                   record_cb *cb, void *arg)
{
    check(cause == CAUSE_RECEIPT || cause == CAUSE_PART || cause == CAUSE_PERSON);
    struct lease_ref about = {.batch = {campaign, index, 1}};
    struct record_item item = {.offset = 0, .state = (uint8_t)state, .detail = detail};
    record(l, cause, about, queue, NULL, &item, 1, cb, arg);
}

void ledger_told(struct ledger *l, const struct provider_queue *queue, uint32_t campaign,
                 const struct record_item *item, uint32_t index, const struct receipt_told *told,
                 record_cb *cb, void *arg)
{
    struct lease_ref about = {.batch = {campaign, index, 1}};
    record(l, told->parts ? CAUSE_PART : CAUSE_RECEIPT, about, queue, told, item, 1, cb, arg);
}
