#include "promises.h"

#include "base/slice.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    PROMPT_US = 60 * SIM_MS, /* from a pause or a STOP that is stored to the last request */
    JUMP_RATE_US =
        2500 *
        SIM_MS, /* how long after a jump of Redis' clock a second may be too full (docs/adr/0004) */
    JUMP_TIME_US = 200 * SIM_MS, /* … and a deadline is not where it was */
    JUMP_LEASE_US = 4 * SIM_S,   /* … and a lease that is not renewed since may be over already */
    FAULT_US = 100 * SIM_MS,     /* a gate call that was on its way when something broke */
    SENDERS_MAX = 4,
    STATUS_BYTES = 16,
    NOBODY = 15,
};

struct person {
    uint8_t state;
    uint8_t taken;
    bool doubt; /* unknown is an honest answer */
};

struct campaign {
    struct promised_campaign plan;
    char key[48], ledger_key[48];
    struct person *people;
    uint64_t counts[STATE_COUNT];
    char status[STATUS_BYTES];
    int64_t status_since_us;
    uint64_t changed; /* when its keys were written last, as far as it was seen */
};

/* Arrivals of the last second, oldest first in a ring of rate + 1. */
struct window {
    int rate;
    uint64_t sender;
    int64_t *at_us;
    size_t n;
};

struct suppressed {
    char number[24];
    int64_t since_us;
};

static struct {
    const uint8_t *ref_key;
    struct campaign campaigns[PROMISED_CAMPAIGNS_MAX];
    size_t campaign_n;
    struct window windows[SIM_GATEWAYS_MAX], senders[SIM_GATEWAYS_MAX][SENDERS_MAX];
    int sender_rate[SIM_GATEWAYS_MAX];
    struct suppressed *suppressed;
    size_t suppressed_n;
    uint64_t writes_seen, taken;
    int64_t fault_us, jump_us;
} seen;

void promise_broken(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    printf("# broken at %.6f s, seed %llu: ", (double)sim_now_us() / SIM_S,
           (unsigned long long)sim_seed());
    vprintf(fmt, ap);
    putchar('\n');
    va_end(ap);
    (void)fflush(stdout);
    _exit(1);
}

void promises_begin(const uint8_t ref_key[REF_KEY_BYTES])
{
    memset(&seen, 0, sizeof seen);
    seen.ref_key = ref_key;
    seen.fault_us = seen.jump_us = -3600 * (int64_t)SIM_S;
}

void promises_end(void)
{
    for (size_t i = 0; i < seen.campaign_n; i++)
        free(seen.campaigns[i].people);
    for (size_t g = 0; g < SIM_GATEWAYS_MAX; g++) {
        free(seen.windows[g].at_us);
        for (size_t s = 0; s < SENDERS_MAX; s++)
            free(seen.senders[g][s].at_us);
    }
    free(seen.suppressed);
}

static struct window window_new(int rate)
{
    return (struct window){.rate = rate, .at_us = xcalloc((size_t)rate, sizeof(int64_t))};
}

void promises_add_gateway(int gateway, int rate_per_s, int sender_rate_per_s)
{
    seen.windows[gateway] = window_new(rate_per_s);
    seen.sender_rate[gateway] = sender_rate_per_s;
}

void promises_add_campaign(const struct promised_campaign *plan)
{
    check(seen.campaign_n < PROMISED_CAMPAIGNS_MAX);
    struct campaign *c = &seen.campaigns[seen.campaign_n++];
    *c = (struct campaign){.plan = *plan, .people = xcalloc(plan->count, sizeof(struct person))};
    for (size_t i = 0; i < plan->count; i++)
        c->people[i].state = NOBODY;
    (void)snprintf(c->key, sizeof c->key, PREFIX "c:%u", plan->id);
    (void)snprintf(c->ledger_key, sizeof c->ledger_key, PREFIX "c:%u:l", plan->id);
}

static struct campaign *find_campaign(uint32_t id)
{
    for (size_t i = 0; i < seen.campaign_n; i++)
        if (seen.campaigns[i].plan.id == id) return &seen.campaigns[i];
    promise_broken("there is no campaign %u", id);
}

const char *promises_status(uint32_t campaign)
{
    return find_campaign(campaign)->status;
}

/* ---- the ledger ---- */

static bool law_allows(uint8_t from, uint8_t to)
{
    if (from == NOBODY) return to == STATE_PENDING;
    if (to == NOBODY) return false;
    static const enum state_cause causes[] = {CAUSE_GATE, CAUSE_OUTCOME, CAUSE_LATE, CAUSE_RECEIPT};
    for (size_t i = 0; i < COUNT_OF(causes); i++)
        if (state_may_move(causes[i], (enum state)from, (enum state)to)) return true;
    return false;
}

/* States that say: no message of ours is out there. */
static bool denies(uint8_t state)
{
    return state == STATE_PENDING || state == STATE_SKIPPED || state == STATE_EXPIRED ||
           state == STATE_CANCELLED || state == STATE_REFUSED;
}

static void see_move(struct campaign *c, size_t index, uint8_t to, bool answer_lost)
{
    struct person *p = &c->people[index];
    if (!law_allows(p->state, to))
        promise_broken("campaign %u, index %zu went from %u to %u", c->plan.id, index, p->state,
                       to);
    if (p->taken && denies(to))
        promise_broken("campaign %u, index %zu has the message and is said to be %s", c->plan.id,
                       index, state_to_string((enum state)to));
    if (to == STATE_UNKNOWN && !p->doubt)
        promise_broken("campaign %u, index %zu is unknown for no reason", c->plan.id, index);
    int64_t now = sim_now_us();
    if (to == STATE_IN_FLIGHT)
        p->doubt =
            answer_lost || now - seen.fault_us < FAULT_US || now - seen.jump_us < JUMP_LEASE_US;
    if (p->state != NOBODY) c->counts[p->state]--;
    if (to != NOBODY) c->counts[to]++;
    p->state = to;
}

static uint64_t number_field(const struct campaign *c, const char *name)
{
    uint64_t v = 0;
    (void)slice_to_u64(sim_store_field(sim_redis_store(), c->key, slice_of(name)), UINT64_MAX, &v);
    return v;
}

static const char *const counters[STATE_COUNT] = {
#define X(name, nibble, text) [nibble] = "n" #nibble,
    STATE_TABLE(X)
#undef X
};

static void see_ledger(struct campaign *c, bool answer_lost)
{
    struct slice bytes = sim_store_string(sim_redis_store(), c->ledger_key);
    for (size_t i = 0; i < c->plan.count; i += 2) {
        uint8_t byte = i / 2 < bytes.n ? (uint8_t)bytes.p[i / 2] : 255;
        if ((byte & 15) != c->people[i].state) see_move(c, i, byte & 15, answer_lost);
        if (byte >> 4 != c->people[i + 1].state) see_move(c, i + 1, byte >> 4, answer_lost);
    }
    uint64_t sum = 0;
    for (int s = 0; s < STATE_COUNT; s++) {
        uint64_t counter = number_field(c, counters[s]);
        if (counter != c->counts[s])
            promise_broken("campaign %u: %llu are %s by the counter, %llu by the ledger",
                           c->plan.id, (unsigned long long)counter, state_to_string((enum state)s),
                           (unsigned long long)c->counts[s]);
        sum += counter;
    }
    if (sum != number_field(c, "total")) promise_broken("campaign %u does not add up", c->plan.id);
}

static void see_status(struct campaign *c)
{
    struct slice status = sim_store_field(sim_redis_store(), c->key, SLICE_LIT("status"));
    if (slice_is(status, c->status)) return;
    sim_trace("campaign %u: %s to %.*s", c->plan.id, c->status, SLICE_ARG(status));
    check(status.n < STATUS_BYTES);
    (void)snprintf(c->status, sizeof c->status, "%.*s", SLICE_ARG(status));
    c->status_since_us = sim_now_us();
}

static struct suppressed *find_suppressed(struct slice number)
{
    for (size_t i = 0; i < seen.suppressed_n; i++)
        if (slice_is(number, seen.suppressed[i].number)) return &seen.suppressed[i];
    return NULL;
}

static void see_suppression(const struct sim_done *done)
{
    for (size_t i = 1; i + 1 < done->argc; i += 2) {
        if (find_suppressed(done->argv[i])) continue;
        seen.suppressed =
            xrealloc(seen.suppressed, (seen.suppressed_n + 1) * sizeof *seen.suppressed);
        struct suppressed *s = &seen.suppressed[seen.suppressed_n++];
        s->since_us = sim_now_us();
        (void)snprintf(s->number, sizeof s->number, "%.*s", SLICE_ARG(done->argv[i]));
    }
}

void promises_see_command(const struct sim_done *done)
{
    uint64_t writes = sim_store_writes(sim_redis_store());
    if (writes == seen.writes_seen) return;
    seen.writes_seen = writes;
    if (done->script && strcmp(done->script, "suppress_add") == 0) see_suppression(done);
    for (size_t i = 0; i < seen.campaign_n; i++) {
        struct campaign *c = &seen.campaigns[i];
        uint64_t changed = sim_store_changed(sim_redis_store(), c->key) +
                           sim_store_changed(sim_redis_store(), c->ledger_key);
        if (changed == c->changed) continue; /* both only grow */
        c->changed = changed;
        see_status(c);
        see_ledger(c, done->lost);
    }
}

void promises_fault(void)
{
    seen.fault_us = sim_now_us();
    for (size_t i = 0; i < seen.campaign_n; i++)
        for (size_t k = 0; k < seen.campaigns[i].plan.count; k++)
            if (seen.campaigns[i].people[k].state == STATE_IN_FLIGHT)
                seen.campaigns[i].people[k].doubt = true;
}

void promises_clock_jumped(void)
{
    promises_fault();
    seen.jump_us = sim_now_us();
}

/* ---- the providers ---- */

static struct person *person_of(const struct sim_request *q, struct campaign **ret_campaign)
{
    uint32_t id, index;
    if (!ref_read(seen.ref_key, q->ref, &id, &index))
        promise_broken("a reference that is not ours");
    struct campaign *c = *ret_campaign = find_campaign(id);
    if (index >= c->plan.count) promise_broken("campaign %u has no index %u", id, index);
    if (c->plan.numbers && c->plan.numbers[index] != q->to)
        promise_broken("campaign %u, index %u is not %llu", id, index, (unsigned long long)q->to);
    return &c->people[index];
}

static void see_sent(const struct sim_request *q)
{
    struct campaign *c;
    (void)person_of(q, &c);
    int64_t now = sim_now_us();
    if (strcmp(c->status, "running") != 0 && now - c->status_since_us > PROMPT_US)
        promise_broken("campaign %u is %s for %lld us and still sends", c->plan.id, c->status,
                       (long long)(now - c->status_since_us));
    if (c->plan.deadline_ms && sim_redis_clock_us() > c->plan.deadline_ms * 1000 &&
        now - seen.jump_us > JUMP_TIME_US)
        promise_broken("campaign %u sends %lld us after its deadline", c->plan.id,
                       (long long)(sim_redis_clock_us() - c->plan.deadline_ms * 1000));
    char number[24];
    (void)snprintf(number, sizeof number, "%llu", (unsigned long long)q->to);
    const struct suppressed *s = find_suppressed(slice_of(number));
    if (s && now - s->since_us > PROMPT_US)
        promise_broken("%s is suppressed for %lld us and is texted", number,
                       (long long)(now - s->since_us));
}

static void see_in_window(struct window *w, const char *whose)
{
    int64_t now = sim_now_us(), *oldest = &w->at_us[w->n % (size_t)w->rate];
    /* the one `rate` places back: with this one they are rate + 1 */
    if (w->n >= (size_t)w->rate && now - *oldest < SIM_S && now - seen.jump_us > JUMP_RATE_US)
        promise_broken("%s gets %d in %lld us", whose, w->rate + 1, (long long)(now - *oldest));
    *oldest = now;
    w->n++;
}

static void see_arrived(const struct sim_request *q)
{
    see_in_window(&seen.windows[q->gateway], "a gateway");
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
    struct campaign *c;
    struct person *p = person_of(q, &c);
    size_t index = (size_t)(p - c->people);
    if (p->taken) promise_broken("campaign %u, index %zu is texted twice", c->plan.id, index);
    if (p->state != STATE_IN_FLIGHT && p->state != STATE_UNKNOWN)
        promise_broken("campaign %u, index %zu gets the message while %s", c->plan.id, index,
                       state_to_string((enum state)p->state));
    p->taken = 1;
    seen.taken++;
}

static void see_doubted(const struct sim_request *q)
{
    struct campaign *c;
    person_of(q, &c)->doubt = true;
}

const struct sim_gateway_watch promises_gateway_watch = {
    .sent = see_sent, .arrived = see_arrived, .taken = see_taken, .doubted = see_doubted};

/* ---- the end ---- */

static bool is_over(const struct campaign *c)
{
    if (c->counts[STATE_PENDING] || c->counts[STATE_IN_FLIGHT]) return false;
    return c->plan.id == 0 || strcmp(c->status, "done") == 0 ||
           strcmp(c->status, "cancelled") == 0 || strcmp(c->status, "expired") == 0;
}

bool promises_all_settled(void)
{
    for (size_t i = 0; i < seen.campaign_n; i++) {
        char id[16];
        (void)snprintf(id, sizeof id, "%u", seen.campaigns[i].plan.id);
        if (!is_over(&seen.campaigns[i])) return false;
        if (sim_store_field(sim_redis_store(), PREFIX "active", slice_of(id)).p) return false;
    }
    return true;
}

const char *promises_unsettled(void)
{
    static char text[512];
    size_t n = 0;
    text[0] = '\0';
    for (size_t i = 0; i < seen.campaign_n && n < sizeof text; i++) {
        const struct campaign *c = &seen.campaigns[i];
        if (is_over(c)) continue;
        n += (size_t)snprintf(text + n, sizeof text - n,
                              " campaign %u is %s with %llu pending, %llu in flight;", c->plan.id,
                              c->status, (unsigned long long)c->counts[STATE_PENDING],
                              (unsigned long long)c->counts[STATE_IN_FLIGHT]);
    }
    return text[0] ? text : " a campaign is still active";
}

static void check_person(const struct campaign *c, size_t index)
{
    const struct person *p = &c->people[index];
    bool says_taken = p->state == STATE_ACCEPTED || p->state == STATE_SENT ||
                      p->state == STATE_DELIVERED || p->state == STATE_READ ||
                      p->state == STATE_UNDELIVERED;
    if (says_taken && !p->taken)
        promise_broken("campaign %u, index %zu is %s and never had the message", c->plan.id, index,
                       state_to_string((enum state)p->state));
    /* one that was stopped before its ledger was made is about nobody */
    bool begun = number_field(c, "total") > 0;
    if (begun && c->plan.numbers && (c->plan.numbers[index] == 0) != (p->state == NOBODY))
        promise_broken("campaign %u, index %zu is lost", c->plan.id, index);
}

void promises_check_end(void)
{
    for (size_t i = 0; i < seen.campaign_n; i++)
        for (size_t k = 0; k < seen.campaigns[i].plan.count; k++)
            check_person(&seen.campaigns[i], k);
}

struct promises_totals promises_totals(void)
{
    struct promises_totals t = {.taken = seen.taken};
    for (size_t i = 0; i < seen.campaign_n; i++)
        for (int s = 0; s < STATE_COUNT; s++)
            t.states[s] += seen.campaigns[i].counts[s];
    t.unknown = t.states[STATE_UNKNOWN];
    return t;
}
