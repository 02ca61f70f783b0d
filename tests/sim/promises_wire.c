/* What leaves a dispatcher and what a provider reads: nobody twice, nobody late, nobody who said
 * stop, nothing outside their hours, nothing while it is held, never too fast. */
#include "promises_impl.h"

#include "base/slice.h"
#include "core/block.h"
#include "io/redis.h"
#include "sim_journal.h"
#include "store/gate/names.h"
#include "world.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    MINUTE_US = 60 * SIM_S,
    DAY_MIN = 24 * 60,
    GRAIN_US = 5 * SIM_MS, /* two clocks, and requests that leave together */
};

static struct window window_new(int rate)
{
    return (struct window){.rate = rate, .at_us = xcalloc((size_t)rate, sizeof(int64_t))};
}

void promises_add_gateway(int gateway, int rate_per_s, int sender_rate_per_s)
{
    seen.windows[gateway] = window_new(rate_per_s);
    seen.sender_rate[gateway] = sender_rate_per_s;
}

void promises_wire_end(void)
{
    for (size_t g = 0; g < SIM_GATEWAYS_MAX; g++) {
        free(seen.windows[g].at_us);
        for (size_t s = 0; s < SENDERS_MAX; s++)
            free(seen.senders[g][s].at_us);
    }
    free(seen.suppressed);
}

/* ---- STOP ---- */

static struct suppressed *find_suppressed(struct slice number)
{
    for (size_t i = 0; i < seen.suppressed_n; i++)
        if (slice_is(number, seen.suppressed[i].number)) return &seen.suppressed[i];
    return NULL;
}

static struct suppressed suppressed_now(struct slice number)
{
    struct suppressed s = {.since_us = sim_now_us()};
    (void)snprintf(s.number, sizeof s.number, "%.*s", SLICE_ARG(number));
    return s;
}

void promises_see_suppression(const struct sim_done *done)
{
    /* behind the prefix and the scope: a hold counts like a STOP for campaigns */
    for (size_t i = 2; i + 1 < done->argc; i += 2) {
        struct suppressed *known = find_suppressed(done->argv[i]);
        if (known && known->lost) *known = suppressed_now(done->argv[i]);
        if (known) continue;
        seen.suppressed =
            xrealloc(seen.suppressed, (seen.suppressed_n + 1) * sizeof *seen.suppressed);
        seen.suppressed[seen.suppressed_n++] = suppressed_now(done->argv[i]);
    }
}

static const struct suppressed *suppressed_number(uint64_t to)
{
    char number[24];
    (void)snprintf(number, sizeof number, "%llu", (unsigned long long)to);
    return find_suppressed(slice_of(number));
}

bool promises_is_suppressed(const struct campaign *c, size_t index, int64_t *ret_since_us)
{
    const struct suppressed *s = suppressed_number(c->plan.numbers[index]);
    if (s) *ret_since_us = s->since_us;
    return s != NULL;
}

/* ---- time: deadline, allowed hours, and until when the provider may try ---- */

/* When that person's window closes [µs, Redis' clock]; 0: it is not open now. */
static int64_t closes_us(const struct promised_hours *h, size_t index, int64_t redis_us)
{
    int64_t local_us = redis_us + h->offset_min[index] * (int64_t)MINUTE_US;
    int64_t minute = local_us / MINUTE_US % DAY_MIN;
    if (minute < h->open_min || minute >= h->close_min) return 0;
    return redis_us - local_us % MINUTE_US + (h->close_min - minute) * MINUTE_US;
}

int64_t promises_open_for_us(const struct campaign *c, size_t index)
{
    const struct promised_hours *h = c->plan.hours;
    int64_t redis_us = sim_redis_clock_us();
    if (!h || closes_us(h, index, redis_us) == 0) return 0;
    int64_t day_us = DAY_MIN * (int64_t)MINUTE_US,
            local_us = (redis_us + h->offset_min[index] * (int64_t)MINUTE_US) % day_us;
    return local_us - h->open_min * (int64_t)MINUTE_US;
}

static void check_validity(const struct campaign *c, const struct sim_request *q, int64_t left_us)
{
    int64_t unit_s = sim_gateway_validity_unit_s(q->gateway), most_s = left_us / SIM_S + 1;
    if (most_s < unit_s) most_s = unit_s;
    if (q->validity_s < 0 || q->validity_s > most_s)
        promise_broken("campaign %u: the provider may try for %lld s, and there are %lld us left",
                       c->plan.id, (long long)q->validity_s, (long long)left_us);
}

static void check_time(const struct campaign *c, size_t index, const struct sim_request *q)
{
    int64_t redis_us = sim_redis_clock_us(),
            until_us = c->plan.id ? c->plan.deadline_ms * 1000 : c->people[index].until_us;
    if (sim_now_us() - seen.jump_us <= JUMP_TIME_US) return;
    if (until_us && redis_us > until_us)
        promise_broken("campaign %u sends %lld us after its deadline", c->plan.id,
                       (long long)(redis_us - until_us));
    int64_t closes = c->plan.hours ? closes_us(c->plan.hours, index, redis_us) : INT64_MAX;
    if (closes == 0)
        promise_broken("campaign %u, index %zu is texted outside of their hours (%d to %d min, "
                       "%lld us after the minute of noon, clock %+d min)",
                       c->plan.id, index, c->plan.hours->open_min, c->plan.hours->close_min,
                       (long long)(redis_us - SIM_NOON_MS * 1000),
                       c->plan.hours->offset_min[index]);
    if (!until_us || closes < until_us) until_us = closes;
    if (until_us != INT64_MAX) check_validity(c, q, until_us - redis_us);
}

/* ---- what the gate grants: margins keep what it lets through too late from the wire ---- */

static struct slice gate_arg(const struct sim_done *done, size_t name)
{
    return done->argv[done->argc - GATE_ARG_PERSON + name - 1];
}

/* [µs] The n-th of the windows that the gate was told, "open close" each. */
static void read_window(struct slice windows, size_t n, int64_t ret[2])
{
    char text[GATE_ASK_MAX * 48], *at = text;
    (void)snprintf(text, sizeof text, "%.*s", SLICE_ARG(windows));
    for (size_t i = 0; i <= n; i++) {
        ret[0] = strtoll(at, &at, 10);
        ret[1] = strtoll(at, &at, 10);
    }
}

/* A direct message says until when it is of use, and the gate is told. */
static void see_until(const struct sim_done *done)
{
    uint64_t until_us, index;
    if (!slice_to_u64(gate_arg(done, GATE_ARG_UNTIL), INT64_MAX, &until_us) || until_us == 0)
        return;
    if (slice_to_u64(gate_arg(done, GATE_ARG_FIRST), PROMISED_DIRECT_MAX - 1, &index))
        promises_campaign(0)->people[index].until_us = (int64_t)until_us;
}

void promises_see_gate(const struct sim_done *done)
{
    see_until(done);
    struct slice window_of = gate_arg(done, GATE_ARG_HOURS_OF),
                 letters = redis_str(redis_at(done->reply, 3)),
                 times = redis_str(redis_at(done->reply, 4));
    int64_t now = redis_int(redis_at(done->reply, 1), 0), hours[2];
    const struct gate_reply answer = {.slots = (const uint8_t *)times.p};
    for (size_t i = 0, timed = 0; window_of.n && i < letters.n; i++) {
        char letter = letters.p[i];
        if (letter == GATE_SENDER_WAITS || letter == GATE_CLOSED) timed++;
        if (letter != GATE_GRANTED) continue;
        int64_t slot = now + gate_slot_us(&answer, timed++);
        read_window(gate_arg(done, GATE_ARG_HOURS), (uint8_t)window_of.p[i], hours);
        if (slot < hours[0] || slot >= hours[1])
            promise_broken("the gate grants a slot %lld us before hours that close then, and were "
                           "open for %lld us",
                           (long long)(hours[1] - slot), (long long)(slot - hours[0]));
    }
}

/* ---- leases ---- */

/* In the last second of a lease nothing is sent: soon it may be somebody else's. */
static void check_lease(const struct campaign *c, size_t index)
{
    if (seen.jumped && sim_now_us() - seen.jump_us <= LEASE_MAX_US) return;
    char key[64], field[24];
    (void)snprintf(key, sizeof key, "%s:b", c->key);
    if (c->plan.id)
        (void)snprintf(field, sizeof field, "%zu", index / BLOCK_ROWS);
    else
        (void)snprintf(field, sizeof field, "i%zu", index);
    struct slice lease = sim_store_field(sim_redis_store(), key, slice_of(field));
    const char *expires = lease.n ? memrchr(lease.p, ' ', lease.n) : NULL;
    int64_t left_us = expires ? strtoll(expires, NULL, 10) - sim_redis_clock_us() : 0;
    if (left_us < LEASE_LAST_US)
        promise_broken("campaign %u, index %zu is sent %lld us before the lease ends", c->plan.id,
                       index, (long long)left_us);
}

/* ---- holds ---- */

static struct hold *find_hold(const char *key)
{
    struct hold *h = seen.holds;
    while (h->key[0] && strcmp(h->key, key) != 0)
        h++;
    check(h < seen.holds + HOLDS_MAX);
    return h;
}

/* slow.lua: KEYS 1 limiter; ARGV 1 now 2 hold */
void promises_see_slow(const struct sim_done *done)
{
    char key[64], hold_text[32];
    (void)snprintf(key, sizeof key, "%.*s", SLICE_ARG(done->argv[0]));
    (void)snprintf(hold_text, sizeof hold_text, "%.*s", SLICE_ARG(done->argv[2]));
    struct hold *h = find_hold(key);
    int64_t now = sim_now_us(), until = now + strtoll(hold_text, NULL, 10);
    (void)snprintf(h->key, sizeof h->key, "%s", key);
    if (h->until_us < now) h->from_us = now + PROMPT_US;
    if (until > h->until_us) h->until_us = until;
    /* slow.lua's key is rate:g0 or rate:g0:sender */
    int gateway = key[strlen(PREFIX "rate:g")] - '0';
    check(gateway >= 0 && gateway < SIM_GATEWAYS_MAX);
    seen.slow_due_us[gateway] = 0;
    int64_t hold_s = (until - now) / SIM_S;
    if ((until - now) % SIM_S != 0 || !(seen.asked_s[gateway] & 1u << hold_s))
        promise_broken("%s is left alone for %lld us, and it did not say so", key,
                       (long long)(until - now));
}

/* Nobody asks again about what waits for a connection: it leaves, when another dispatcher heard of it. */
static int64_t prompt_us(const struct sim_request *q)
{
    return PROMPT_US + sim_gateway_connect_us(q->gateway);
}

static void check_hold(const char *key, const struct sim_request *q)
{
    struct hold *h = find_hold(key);
    int64_t now = sim_now_us(), since_us = h->from_us - PROMPT_US;
    if (seen.jump_us > since_us - SIM_S) h->until_us = 0; /* by Redis' clock */
    if (now > since_us + prompt_us(q) && now < h->until_us - GRAIN_US)
        promise_broken("%s is to be left alone for another %lld us", key,
                       (long long)(h->until_us - now));
}

static void check_holds(const struct sim_request *q)
{
    char key[64];
    (void)snprintf(key, sizeof key, PREFIX "rate:g%d", q->gateway);
    check_hold(key, q);
    (void)snprintf(key, sizeof key, PREFIX "rate:g%d:+%llu", q->gateway,
                   (unsigned long long)q->from);
    check_hold(key, q);
    int64_t due = seen.slow_due_us[q->gateway];
    if (due && sim_now_us() > due && seen.fault_us < due - FAULT_ENDS_US)
        promise_broken("gateway %d asked for less, and is asked on", q->gateway);
}

/* Of a campaign or a message that the store does not know any more. */
static bool is_lost(const struct sim_request *q, struct ref *ret)
{
    struct slice gateway = slice_of(world_gateway_name(q->gateway));
    return ref_read(seen.ref_key, gateway, q->ref, ret) && promises_of_lost(ret, q->to);
}

static void see_denied(const struct sim_request *q, const struct sim_no *no)
{
    struct ref ref;
    if (is_lost(q, &ref)) return;
    struct campaign *c;
    struct person *p = promises_person(q, &c);
    int64_t now = sim_now_us(), *due = &seen.slow_due_us[q->gateway];
    p->said_no = true;
    /* one that does not say for how long is left alone for a second */
    if (no->throttled)
        seen.asked_s[q->gateway] |= 1u << (no->hold_us < 0 ? 1 : no->hold_us / SIM_S);
    if (no->pair) {
        c->quiet.paired += p->pair_until_us == 0;
        p->pair_until_us = now + SIM_S;
    } else if (no->throttled && !*due) {
        *due = now + PROMPT_US;
    }
}

/* ---- requests ---- */

/* Receipts of an earlier copy are old news from now on. */
static void note_reference(const struct sim_request *q, struct person *p)
{
    struct ref ref;
    check(ref_read(seen.ref_key, slice_of(world_gateway_name(q->gateway)), q->ref, &ref));
    p->stamp = ref.stamp;
}

/* What has passed the gate of the store that there was. */
static bool just_went_back(void)
{
    return seen.back_us && sim_now_us() - seen.back_us <= PROMPT_US;
}

static void see_sent(const struct sim_request *q)
{
    struct ref ref;
    if (is_lost(q, &ref)) {
        promises_lost_sent(&ref);
        return;
    }
    struct campaign *c;
    const struct person *p = promises_person(q, &c);
    size_t index = (size_t)(p - c->people);
    int64_t now = sim_now_us();
    if (strcmp(c->status, "running") != 0 && now - c->status_since_us > prompt_us(q))
        promise_broken("campaign %u is %s for %lld us and still sends", c->plan.id, c->status,
                       (long long)(now - c->status_since_us));
    note_reference(q, &c->people[index]);
    if (!sim_journal_has_grant(sim_current(), c->plan.id, (uint32_t)index))
        promise_broken("campaign %u, index %zu is sent before its grant is on the disk", c->plan.id,
                       index);
    promises_check_silence(c, index);
    if (c->cancelled_us && now - c->cancelled_us > prompt_us(q))
        promise_broken("campaign %u was cancelled, and sends", c->plan.id);
    if (!just_went_back()) check_lease(c, index);
    check_time(c, index, q);
    check_holds(q);
    const struct suppressed *s = suppressed_number(q->to);
    if (s && !s->lost && now - s->since_us > prompt_us(q))
        promise_broken("%llu is suppressed for %lld us and is texted", (unsigned long long)q->to,
                       (long long)(now - s->since_us));
    /* another dispatcher does not know of it */
    if (seen.quiet && now < p->pair_until_us - GRAIN_US)
        promise_broken("%llu gets too many already, and is texted again",
                       (unsigned long long)q->to);
    promises_quiet_sent(c, q, (uint32_t)index);
}

static void see_in_window(struct window *w, const char *whose)
{
    int64_t now = sim_now_us(), *oldest = &w->at_us[w->n % (size_t)w->rate];
    bool excused = w->rate <= JUMP_RATE_MAX && now - seen.jump_us <= JUMP_RATE_US;
    /* the one `rate` places back: with this one they are rate + 1 */
    if (w->n >= (size_t)w->rate && now - *oldest < SIM_S && !excused)
        promise_broken("%s gets %d in %lld us", whose, w->rate + 1, (long long)(now - *oldest));
    *oldest = now;
    w->n++;
}

static void see_arrived(const struct sim_request *q)
{
    see_in_window(&seen.windows[q->gateway], "a gateway");
    promises_quiet_arrived(q);
    if (!seen.sender_rate[q->gateway]) return;
    struct window *w = seen.senders[q->gateway];
    while (w->at_us && w->sender != q->from)
        w++;
    check(w < seen.senders[q->gateway] + SENDERS_MAX);
    if (!w->at_us) *w = window_new(seen.sender_rate[q->gateway]);
    w->sender = q->from;
    see_in_window(w, "a sender");
}

static void see_taken(const struct sim_request *q)
{
    struct ref ref;
    if (is_lost(q, &ref)) {
        promises_lost_taken(&ref, q->to);
        return;
    }
    struct campaign *c;
    struct person *p = promises_person(q, &c);
    size_t index = (size_t)(p - c->people);
    if (p->taken) promise_broken("campaign %u, index %zu is texted twice", c->plan.id, index);
    if (p->had)
        promise_broken("campaign %u, index %zu has had enough for a day, of one that is lost",
                       c->plan.id, index);
    /* sent again by a person: a receipt of the first one may have come since */
    if (!seen.silent && p->state != STATE_IN_FLIGHT && p->state != STATE_UNKNOWN && !p->before)
        promise_broken("campaign %u, index %zu gets the message while %s", c->plan.id, index,
                       state_to_string((enum state)p->state));
    sim_trace("campaign %u, index %zu is taken", c->plan.id, index);
    p->taken = 1;
    p->ever = true;
    p->loss = (uint8_t)q->loss;
    seen.taken++;
}

static void see_doubted(const struct sim_request *q)
{
    struct ref ref;
    if (is_lost(q, &ref)) return;
    struct campaign *c;
    promises_person(q, &c)->doubt = true;
}

const struct sim_gateway_watch promises_gateway_watch = {.sent = see_sent,
                                                         .arrived = see_arrived,
                                                         .taken = see_taken,
                                                         .doubted = see_doubted,
                                                         .denied = see_denied};
