#include "promises_impl.h"

#include "base/slice.h"
#include "store/ledger.h"
#include "world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct promises_seen seen;

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
    promises_wire_end();
    free(seen.messages);
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
    promises_note_stamp(c);
    if (plan->numbers) promises_take_place(c);
}

struct campaign *promises_campaign(uint32_t id)
{
    for (size_t i = 0; i < seen.campaign_n; i++)
        if (seen.campaigns[i].plan.id == id && !seen.campaigns[i].lost) return &seen.campaigns[i];
    promise_broken("there is no campaign %u", id);
}

struct person *promises_person(const struct sim_request *q, struct campaign **ret_campaign)
{
    struct ref ref;
    if (!ref_read(seen.ref_key, slice_of(world_gateway_name(q->gateway)), q->ref, &ref))
        promise_broken("a reference that is not ours");
    uint32_t id = ref.campaign, index = ref.index;
    struct campaign *c = *ret_campaign = promises_campaign(id);
    if (index >= c->plan.count) promise_broken("campaign %u has no index %u", id, index);
    if (c->plan.numbers && c->plan.numbers[index] != q->to)
        promise_broken("campaign %u, index %u is not %llu", id, index, (unsigned long long)q->to);
    return &c->people[index];
}

const char *promises_status(uint32_t campaign)
{
    return promises_campaign(campaign)->status;
}

long promises_first_pending(uint32_t campaign)
{
    const struct campaign *c = promises_campaign(campaign);
    for (size_t i = 0; i < c->plan.count; i++)
        if (c->people[i].state == STATE_PENDING) return (long)i;
    return -1;
}

/* ---- the law: who may move whom ---- */

static bool any_word(const struct sim_done *done, const char *word)
{
    for (size_t i = 0; i < done->argc && i < 12; i++)
        if (slice_is(done->argv[i], word)) return true;
    return false;
}

#define BIT(cause) (1u << (cause))
#define RESTORED   BIT(CAUSE_COUNT) /* a journal's word */

static unsigned causes_of(const struct sim_done *done)
{
    const char *script = done->script ? done->script : "";
    if (strcmp(script, "resolve") == 0) return BIT(CAUSE_PERSON);
    if (strcmp(script, "reserve") == 0) return BIT(CAUSE_AGAIN);
    if (strcmp(script, "restore_people") == 0) return RESTORED;
    if (strcmp(script, "record") != 0) return BIT(CAUSE_GATE);
    if (any_word(done, "receipt")) return BIT(CAUSE_RECEIPT);
    return any_word(done, "outcome") ? BIT(CAUSE_OUTCOME) | BIT(CAUSE_LATE) : 0;
}

static bool law_allows(unsigned causes, uint8_t from, uint8_t to)
{
    /* of a copy that a store which went back does not know yet */
    if (seen.silent && from == STATE_UNDELIVERED && causes == BIT(CAUSE_RECEIPT))
        from = STATE_ACCEPTED;
    /* a campaign that is cancelled before its ledger stands gets the rest of it all the same */
    if (from == NOBODY) return to == STATE_PENDING || to == STATE_CANCELLED;
    if (to == NOBODY) return false;
    for (int cause = 0; cause < CAUSE_COUNT; cause++)
        if ((causes & BIT(cause)) &&
            state_may_move((enum state_cause)cause, (enum state)from, (enum state)to))
            return true;
    return false;
}

/* ---- the reasons: why somebody is moved ---- */

static bool deadline_is_near(const struct campaign *c)
{
    return c->plan.deadline_ms && sim_redis_clock_us() + AHEAD_US >= c->plan.deadline_ms * 1000;
}

static bool may_be_skipped(const struct campaign *c, size_t index)
{
    int64_t since_us;
    const struct person *p = &c->people[index];
    /* a store that went back may know their contact, and not that it was of this campaign */
    bool had_enough = p->granted_before || (seen.back_us && p->granted);
    return !c->plan.numbers || had_enough || promises_is_suppressed(c, index, &since_us);
}

static const char *missing_reason(const struct campaign *c, size_t index, uint8_t to, bool person)
{
    const struct person *p = &c->people[index];
    switch (to) {
    case STATE_UNKNOWN:
        return p->doubt ? NULL : "nothing went wrong";
    case STATE_SKIPPED:
        return may_be_skipped(c, index) ? NULL : "nobody forbade it";
    case STATE_EXPIRED:
        if (seen.quiet && c->quiet.running_us && !p->pair_until_us &&
            sim_now_us() - c->quiet.running_us > OPEN_LONG_US &&
            promises_open_for_us(c, index) > OPEN_LONG_US)
            return "their hours were open";
        if (p->until_us && sim_redis_clock_us() + AHEAD_DIRECT_US >= p->until_us) return NULL;
        return strcmp(c->status, "expired") == 0 || deadline_is_near(c) ? NULL : "it is not late";
    case STATE_CANCELLED:
        return strcmp(c->status, "cancelled") == 0 ? NULL : "the campaign is not cancelled";
    case STATE_REFUSED:
        return p->said_no || person ? NULL : "nobody refused it";
    default:
        return NULL;
    }
}

bool promises_denies(uint8_t state)
{
    return state == STATE_PENDING || state == STATE_SKIPPED || state == STATE_EXPIRED ||
           state == STATE_CANCELLED || state == STATE_REFUSED;
}

/* A person decided: from now on it is as if it had not been sent. */
static void forget(struct person *p)
{
    p->before |= p->taken > 0;
    p->taken = 0;
    p->doubt = p->said_no = p->owed = false;
    p->loss = LOSS_NONE;
}

/* Of those only to whom the provider did not send, and a person resumed the campaign since: what
 * was lost on the way they never had, and its receipts are old news. */
static void send_again(const struct campaign *c, size_t index)
{
    struct person *p = &c->people[index];
    if (c->running_us < p->failed_us)
        promise_broken("campaign %u, index %zu is sent to again, and nobody resumed it since",
                       c->plan.id, index);
    if (p->loss != LOSS_NONE) p->taken = 0;
    p->loss = LOSS_NONE;
    p->doubt = p->said_no = p->owed = false;
    p->told = 0;
    p->stamp = 0; /* no reference counts before the next one */
    p->again = true;
}

/* Three receipts against the whole account, and the campaign is blocked. Counted are those of which
 * it is sure that they were about the message that counts. */
static void see_fault(struct campaign *c, struct person *p, uint8_t to)
{
    bool sure = p->state == STATE_ACCEPTED || p->state == STATE_SENT || p->state == STATE_IN_FLIGHT;
    if (to != STATE_UNDELIVERED || !sure || p->loss == LOSS_NONE || p->before) return;
    p->owed = true;
    if (p->loss == LOSS_ALL && ++c->faults >= LEDGER_ACCOUNT_REFUSALS &&
        strcmp(c->status, "running") == 0 && c->plan.id != 0)
        promise_broken("campaign %u runs on after %d receipts that refuse the whole account",
                       c->plan.id, c->faults);
}

static void see_move(struct campaign *c, size_t index, uint8_t to, const struct sim_done *done)
{
    struct person *p = &c->people[index];
    unsigned causes = causes_of(done);
    bool may = causes == RESTORED ? promises_may_be_restored(p->state, to)
                                  : law_allows(causes, p->state, to);
    if (!may)
        promise_broken("campaign %u, index %zu went from %u to %u by %s", c->plan.id, index,
                       p->state, to, done->script ? done->script : "a command");
    bool knows = causes == RESTORED && p->granted; /* whoever left them out has decided in vain */
    const char *missing = knows ? NULL : missing_reason(c, index, to, causes == BIT(CAUSE_PERSON));
    if (missing)
        promise_broken("campaign %u, index %zu is %s: %s", c->plan.id, index,
                       state_to_string((enum state)to), missing);
    if (c->plan.id == 0 && p->state == NOBODY) promises_direct_written(p, index);
    if (causes == BIT(CAUSE_PERSON)) forget(p);
    if (causes == BIT(CAUSE_AGAIN)) send_again(c, index);
    see_fault(c, p, to);
    if (p->taken && promises_denies(to) && causes != RESTORED && !seen.silent)
        promise_broken("campaign %u, index %zu has the message and is said to be %s", c->plan.id,
                       index, state_to_string((enum state)to));
    int64_t now = sim_now_us();
    if (to == STATE_REFUSED || to == STATE_UNDELIVERED) p->failed_us = now;
    p->granted |= to == STATE_IN_FLIGHT;
    if (to == STATE_IN_FLIGHT) p->flight_us = now;
    if (to == STATE_IN_FLIGHT)
        p->doubt =
            done->lost || now - seen.fault_us < FAULT_US || now - seen.jump_us < JUMP_LEASE_US;
    if (p->pair_until_us && to != STATE_PENDING && to != STATE_IN_FLIGHT) {
        p->pair_until_us = 0;
        c->quiet.paired--;
    }
    if (p->state != NOBODY) c->counts[p->state]--;
    if (to != NOBODY) c->counts[to]++;
    p->state = to;
}

/* ---- the ledger ---- */

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

static void see_counters(const struct campaign *c)
{
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

static void see_ledger(struct campaign *c, const struct sim_done *done)
{
    struct slice bytes = sim_store_string(sim_redis_store(), c->ledger_key);
    for (size_t i = 0; i < c->plan.count; i += 2) {
        uint8_t byte = i / 2 < bytes.n ? (uint8_t)bytes.p[i / 2] : 255;
        if ((byte & 15) != c->people[i].state) see_move(c, i, byte & 15, done);
        if (byte >> 4 != c->people[i + 1].state) see_move(c, i + 1, byte >> 4, done);
    }
    see_counters(c);
}

static void see_status(struct campaign *c, const struct sim_done *done)
{
    struct slice status = sim_store_field(sim_redis_store(), c->key, SLICE_LIT("status"));
    if (slice_is(status, c->status)) return;
    sim_trace("campaign %u: %s to %.*s", c->plan.id, c->status, SLICE_ARG(status));
    if (slice_is(status, "expired") && !deadline_is_near(c) && !seen.jumped)
        promise_broken("campaign %u is expired before its deadline", c->plan.id);
    check(status.n < STATUS_BYTES);
    (void)snprintf(c->status, sizeof c->status, "%.*s", SLICE_ARG(status));
    c->status_since_us = sim_now_us();
    if (strcmp(c->status, "running") != 0) return;
    c->faults = 0;
    /* and not when the unknown of one that was done are sent again */
    if (done->script && strcmp(done->script, "campaign_move") == 0) c->running_us = sim_now_us();
}

void promises_see_command(const struct sim_done *done)
{
    uint64_t writes = sim_store_writes(sim_redis_store());
    if (writes == seen.writes_seen) return;
    seen.writes_seen = writes;
    if (done->script && strcmp(done->script, "suppress_add") == 0) promises_see_suppression(done);
    if (done->script && strcmp(done->script, "slow") == 0) promises_see_slow(done);
    if (done->script && strcmp(done->script, "gate") == 0) promises_see_gate(done);
    for (size_t i = 0; i < seen.campaign_n; i++) {
        struct campaign *c = &seen.campaigns[i];
        if (c->lost) continue;
        uint64_t changed = sim_store_changed(sim_redis_store(), c->key) +
                           sim_store_changed(sim_redis_store(), c->ledger_key);
        if (changed == c->changed) continue; /* both only grow */
        c->changed = changed;
        promises_note_stamp(c);
        see_status(c, done);
        see_ledger(c, done);
        promises_quiet_moved(c);
    }
    if (done->script && strcmp(done->script, "restore_report") == 0) promises_see_report(done);
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
    seen.jumped = true;
}

/* ---- receipts ---- */

static int rank(uint8_t state)
{
    switch (state) {
    case STATE_SENT:
        return 1;
    case STATE_DELIVERED:
    case STATE_UNDELIVERED:
        return 2;
    case STATE_READ:
        return 3;
    default:
        return 0;
    }
}

/* Who is sent it again by a person may have been skipped since. */
static void check_told(const struct campaign *c, size_t index)
{
    const struct person *p = &c->people[index];
    if (!p->before && rank(p->state) < rank(p->told))
        promise_broken("campaign %u, index %zu is %s, and its receipt said %s", c->plan.id, index,
                       state_to_string((enum state)p->state), state_to_string((enum state)p->told));
}

void promises_told(int gateway, struct slice text, enum state state)
{
    struct ref ref;
    check(ref_read(seen.ref_key, slice_of(world_gateway_name(gateway)), text, &ref));
    if (promises_of_lost(&ref, 0)) return;
    struct campaign *c = promises_campaign(ref.campaign);
    uint32_t index = ref.index;
    struct person *p = &c->people[index];
    if (seen.back_us && p->state == NOBODY) return; /* of a ledger that is being made once more */
    /* of whom it may have been sent to again since: a journal's word counts more */
    if (seen.silent && state == STATE_UNDELIVERED) return;
    if ((p->again || seen.back_us) && ref.stamp != p->stamp) return; /* of the copy before */
    if (rank((uint8_t)state) > rank(p->told)) p->told = (uint8_t)state;
    check_told(c, index);
}

/* ---- the end ---- */

static bool is_over(const struct campaign *c)
{
    if (c->counts[STATE_PENDING] || c->counts[STATE_IN_FLIGHT]) return false;
    return c->plan.id == 0 || strcmp(c->status, "done") == 0 ||
           strcmp(c->status, "cancelled") == 0 || strcmp(c->status, "expired") == 0;
}

/* Whom the provider has in its list, by a clock that was right all the time. */
static uint64_t would_be_found(const struct campaign *c)
{
    uint64_t n = 0;
    if (c->plan.id == 0 || !sim_gateway_lists(c->plan.gateway) || seen.jumped) return 0;
    for (size_t i = 0; c->counts[STATE_UNKNOWN] && i < c->plan.count; i++)
        n += c->people[i].state == STATE_UNKNOWN && c->people[i].taken && !c->people[i].before;
    return n;
}

bool promises_all_settled(void)
{
    if (seen.silent) return false;
    for (size_t i = 0; i < seen.campaign_n; i++) {
        char id[16];
        if (seen.campaigns[i].lost) continue;
        (void)snprintf(id, sizeof id, "%u", seen.campaigns[i].plan.id);
        if (!is_over(&seen.campaigns[i]) || would_be_found(&seen.campaigns[i])) return false;
        if (sim_store_field(sim_redis_store(), PREFIX "active", slice_of(id)).p) return false;
    }
    return true;
}

void promises_check_flight(int64_t most_us)
{
    for (size_t i = 0; i < seen.campaign_n; i++) {
        const struct campaign *c = &seen.campaigns[i];
        for (size_t k = 0; c->counts[STATE_IN_FLIGHT] && k < c->plan.count; k++)
            if (c->people[k].state == STATE_IN_FLIGHT &&
                sim_now_us() - c->people[k].flight_us > most_us)
                promise_broken("campaign %u, index %zu has been in flight since %.6f s", c->plan.id,
                               k, (double)c->people[k].flight_us / SIM_S);
    }
}

const char *promises_unsettled(void)
{
    static char text[512];
    size_t n = 0;
    text[0] = '\0';
    for (size_t i = 0; i < seen.campaign_n && n < sizeof text; i++) {
        const struct campaign *c = &seen.campaigns[i];
        uint64_t found = would_be_found(c);
        if (c->lost || (is_over(c) && !found)) continue;
        n += (size_t)snprintf(
            text + n, sizeof text - n,
            " campaign %u is %s with %llu pending, %llu in flight, %llu that a look-up would find;",
            c->plan.id, c->status, (unsigned long long)c->counts[STATE_PENDING],
            (unsigned long long)c->counts[STATE_IN_FLIGHT], (unsigned long long)found);
    }
    if (text[0]) return text;
    return seen.silent ? " the store is not made good" : " a campaign is still active";
}

static void check_person(const struct campaign *c, size_t index)
{
    const struct person *p = &c->people[index];
    bool says_taken = p->state == STATE_ACCEPTED || p->state == STATE_SENT ||
                      p->state == STATE_DELIVERED || p->state == STATE_READ ||
                      p->state == STATE_UNDELIVERED;
    /* who was sent to again has the first copy's end, at least, if a look-up found that one */
    bool copy_before = p->before || (p->again && p->state == STATE_UNDELIVERED) ||
                       (seen.back_us && p->ever); /* … or the store does not know of the resume */
    if (says_taken && !p->taken && !copy_before)
        promise_broken("campaign %u, index %zu is %s and never had the message", c->plan.id, index,
                       state_to_string((enum state)p->state));
    check_told(c, index);
    if (p->owed && p->failed_us < c->running_us && strcmp(c->status, "done") == 0)
        promise_broken("campaign %u, index %zu: the provider did not send, and the resume forgot "
                       "them",
                       c->plan.id, index);
    /* also of one that was stopped before its ledger was made: the report has a row for each */
    if (c->plan.numbers && (c->plan.numbers[index] == 0) != (p->state == NOBODY))
        promise_broken("campaign %u, index %zu is lost", c->plan.id, index);
}

void promises_check_end(void)
{
    for (size_t i = 0; i < seen.campaign_n; i++)
        for (size_t k = 0; k < seen.campaigns[i].plan.count && !seen.campaigns[i].lost; k++)
            check_person(&seen.campaigns[i], k);
    promises_quiet_end();
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
