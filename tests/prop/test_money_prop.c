/* Money as a property, against a real Redis: two campaigns of one group, whatever becomes of their
 * batches (granted, refused, skipped, kept, lost with a dispatcher that died, taken over, paused,
 * cancelled, expired, told by receipts late, decided by a person, another text in the middle). No
 * budget is ever exceeded, and when all is over exactly those who were texted are paid.
 *
 *     MUSTER_SEED=n MUSTER_STORIES=n test_money_prop     the same stories again, more of them
 */
#include "draws.h"
#include "ledger_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/campaign_edit.h"
#include "store/money.h"
#include "store/release.h"
#include "store/unknown.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CAMPAIGNS = 2, BLOCKS = 3, PEOPLE = 2 * BLOCK_ROWS + 40, STEPS = 120, HELD_MAX = 6 };

static const uint32_t ids[CAMPAIGNS] = {7, 8};
static const struct campaign_purse purse = {.month = {"2026-11", 7},
                                            .organisation = {"900.00 GBP", 10}};

/* What the test knows without asking the scripts. */
struct story {
    struct ledger_world *w;
    int64_t price[CAMPAIGNS][BLOCKS][BLOCK_ROWS]; /* what each costs as it stands now */
    int64_t budget[CAMPAIGNS], group_budget;
    int64_t twice[CAMPAIGNS]; /* on the unknown of whom somebody decided */
    struct lease_ref held[HELD_MAX];
    size_t held_by[HELD_MAX]; /* which campaign */
    size_t held_n;
    int shortages, changes;
};

static size_t rows_of(size_t block)
{
    return block + 1 < BLOCKS ? BLOCK_ROWS : PEOPLE % BLOCK_ROWS;
}

static int64_t number_at(struct ledger_world *w, const char *key, const char *field)
{
    const char *text = lw_redis(w, "HGET", key, field, NULL);
    return text ? strtoll(text, NULL, 10) : 0;
}

static int64_t of_campaign(struct story *s, size_t c, const char *field)
{
    char key[16];
    (void)snprintf(key, sizeof key, "c:%u", ids[c]);
    return number_at(s->w, key, field);
}

static bool is_paid(int state)
{
    return state == STATE_IN_FLIGHT || state == STATE_UNKNOWN ||
           (state >= STATE_ACCEPTED && state <= STATE_UNDELIVERED);
}

static void in(struct story *s, size_t c)
{
    s->w->campaign = ids[c];
}

static int64_t texted_in(struct story *s, size_t c, size_t b)
{
    int64_t sum = 0;
    uint8_t states[BLOCK_ROWS];
    in(s, c);
    lw_block_states(s->w, (uint32_t)b, states);
    for (size_t row = 0; row < rows_of(b); row++)
        if (is_paid(states[row])) sum += s->price[c][b][row];
    return sum;
}

static int64_t texted(struct story *s, size_t c)
{
    int64_t sum = 0;
    for (size_t b = 0; b < BLOCKS; b++)
        sum += texted_in(s, c, b);
    return sum;
}

/* What a block has spent is what those cost who were texted; while it is out, at least that. */
static void check_blocks(struct story *s, size_t c)
{
    char spent[16], out[16], block[8];
    (void)snprintf(spent, sizeof spent, "c:%u:m", ids[c]);
    (void)snprintf(out, sizeof out, "c:%u:o", ids[c]);
    for (size_t b = 0; b < BLOCKS; b++) {
        (void)snprintf(block, sizeof block, "%zu", b);
        int64_t is = number_at(s->w, spent, block), least = texted_in(s, c, b);
        if (lw_redis(s->w, "ZSCORE", out, block, NULL))
            assert_true(is >= least);
        else
            assert_int_equal(is, least);
    }
}

struct aside {
    bool done;
    int64_t is;
};

static void on_aside(void *arg, int result, int64_t set_aside, const struct err *e)
{
    (void)e;
    assert_int_equal(result, 0);
    *(struct aside *)arg = (struct aside){true, set_aside};
}

/* What is shown as paid is what those cost who were texted, at any moment; the rest of what is spent is set aside. */
static void check_aside(struct story *s, size_t c)
{
    struct aside aside = {.done = false};
    in(s, c);
    campaign_set_aside(s->w->ledgers, ids[c], on_aside, &aside);
    while (!aside.done)
        loop_turn(s->w->loop, WORLD_MS);
    assert_int_equal(of_campaign(s, c, "spent") - s->twice[c] - aside.is, texted(s, c));
}

/* After every step. */
static void check_budgets(struct story *s)
{
    int64_t sum = 0;
    for (size_t c = 0; c < CAMPAIGNS; c++) {
        int64_t spent = of_campaign(s, c, "spent");
        assert_true(spent >= 0);
        assert_true(spent <= s->budget[c]);
        assert_int_equal(of_campaign(s, c, "spent_twice"), s->twice[c]);
        check_blocks(s, c);
        check_aside(s, c);
        sum += spent;
    }
    assert_true(sum <= s->group_budget);
    assert_int_equal(number_at(s->w, "spent:2026-11", "GBP"), sum);
    assert_int_equal(number_at(s->w, "spent:2026-11", "GBP/main"), sum);
}

/* ---- what happens ---- */

struct waited {
    bool done;
    int result;
    size_t n;
    char which[16];
};

static void wait_for(struct story *s, const bool *done)
{
    while (!*done)
        loop_turn(s->w->loop, WORLD_MS);
}

static void on_done(void *arg, int result, const struct err *e)
{
    (void)e;
    *(struct waited *)arg = (struct waited){.done = true, .result = result};
}

static void on_reserved(void *arg, int result, const uint32_t *blocks, size_t n,
                        const struct campaign_shortage *shortage)
{
    struct waited *w = arg;
    (void)blocks;
    *w = (struct waited){.done = true, .result = result, .n = n};
    if (shortage) (void)snprintf(w->which, sizeof w->which, "%.*s", SLICE_ARG(shortage->which));
}

static struct waited reserve(struct story *s, size_t c)
{
    struct waited r = {.done = false};
    campaign_reserve(s->w->ledgers, ids[c], 2, one_in(3) ? 60000 : 0, &purse, on_reserved, &r);
    wait_for(s, &r.done);
    assert_int_equal(r.result, 0);
    if (!r.which[0]) return r;
    s->shortages++;
    in(s, c);
    (void)lw_try_move(s->w, ids[c], MOVE_PAUSE);
    return r;
}

static void grant_some(struct story *s, size_t i)
{
    struct lease_ref lease = s->held[i];
    in(s, s->held_by[i]);
    size_t n = (size_t)between(1, 100), rows = lease.batch.count;
    uint8_t offsets[GATE_ASK_MAX];
    uint64_t numbers[GATE_ASK_MAX];
    uint8_t senders[GATE_ASK_MAX] = {0};
    size_t from = (size_t)between(0, 200), k = 0;
    for (size_t row = from; row < rows && k < n; row++) {
        offsets[k] = (uint8_t)row;
        numbers[k++] = WORLD_FIRST_NUMBER + lease.batch.first + row;
    }
    if (k == 0) return;
    struct gate_ask ask = lw_ask(lease, 1);
    ask.n = k;
    ask.offsets = offsets;
    ask.numbers = numbers;
    ask.sender_of = senders;
    ask.grants_max = (int)k;
    struct gate_got got = lw_gate(s->w, s->w->a, &ask);
    static const enum state ends[] = {STATE_ACCEPTED, STATE_ACCEPTED, STATE_REFUSED,
                                      STATE_UNKNOWN,  STATE_PENDING,  STATE_SKIPPED};
    for (size_t j = 0; j < k && got.verdict == GATE_OK; j++) {
        if (got.letters[j] != GATE_GRANTED || one_in(10)) continue; /* some stay in flight */
        (void)lw_record_last(s->w, s->w->a, lease, offsets[j], ends[between(0, 5)]);
    }
}

static void let_go(struct story *s, size_t i)
{
    s->held_n--;
    s->held[i] = s->held[s->held_n];
    s->held_by[i] = s->held_by[s->held_n];
}

static void take(struct story *s, size_t c)
{
    in(s, c);
    uint32_t block = (uint32_t)between(0, BLOCKS - 1);
    if (s->held_n == HELD_MAX) return;
    struct batch_id b = batch_of_block(ids[c], block);
    struct lease_got got = lw_lease(s->w, s->w->a, b);
    if (got.verdict != LEASE_TAKEN) return;
    s->held[s->held_n] = (struct lease_ref){b, got.fence};
    s->held_by[s->held_n++] = c;
}

static void receipt(struct story *s, size_t c)
{
    in(s, c);
    uint32_t index = (uint32_t)between(0, PEOPLE - 1);
    if (!is_paid(lw_state(s->w, index))) return;
    (void)lw_settle(s->w, CAUSE_RECEIPT, index, one_in(3) ? STATE_UNDELIVERED : STATE_DELIVERED,
                    "");
}

static void on_resolved(void *arg, int result, uint64_t moved, const struct err *e)
{
    (void)moved;
    on_done(arg, result, e);
}

static void decide(struct story *s, size_t c)
{
    struct waited r = {.done = false};
    int64_t unknown = 0;
    uint8_t states[BLOCK_ROWS];
    in(s, c);
    for (size_t b = 0; b < BLOCKS; b++) {
        lw_block_states(s->w, (uint32_t)b, states);
        for (size_t row = 0; row < rows_of(b); row++)
            if (states[row] == STATE_UNKNOWN) unknown += s->price[c][b][row];
    }
    unknown_resolve(s->w->ledgers, ids[c], one_in(2) ? UNKNOWN_RESEND : UNKNOWN_LEAVE,
                    SLICE_LIT("ann"), SLICE_LIT("asked"), on_resolved, &r);
    wait_for(s, &r.done);
    if (r.result == 0) s->twice[c] += unknown;
}

static void on_edited(void *arg, int result, uint64_t in_flight, const struct err *e)
{
    (void)in_flight;
    on_done(arg, result, e);
}

/* Another text: whoever is pending costs something else. */
static void change_prices(struct story *s, size_t c)
{
    struct waited r = {.done = false};
    struct campaign_prices *p = campaign_prices_new();
    int64_t unit = between(1, 4) * 10000, all[BLOCKS][BLOCK_ROWS];
    uint8_t states[BLOCK_ROWS];
    in(s, c);
    for (size_t b = 0; b < BLOCKS; b++) {
        int64_t *next = all[b];
        bool same = one_in(3);
        for (size_t row = 0; row < rows_of(b); row++) {
            next[row] = unit * (same ? 1 : between(1, 5));
        }
        campaign_prices_add(p, next, rows_of(b));
    }
    const struct campaign to = {.prices = p, .gateway = SLICE_LIT("gw"), .digest = SLICE_LIT("")};
    const struct campaign_edit edit = {.to = &to,
                                       .message = SLICE_LIT("{}"),
                                       .edits = (uint64_t)of_campaign(s, c, "edits"),
                                       .who = SLICE_LIT("ann"),
                                       .why = SLICE_LIT("dearer")};
    campaign_edit(s->w->ledgers, ids[c], &edit, s->w->now_us / 1000, on_edited, &r);
    wait_for(s, &r.done);
    campaign_prices_free(p);
    for (size_t b = 0; r.result == 0 && b < BLOCKS; b++) {
        lw_block_states(s->w, (uint32_t)b, states);
        for (size_t row = 0; row < rows_of(b); row++)
            if (states[row] == STATE_PENDING) s->price[c][b][row] = all[b][row];
    }
    s->changes += r.result == 0;
}

static void raise_budget(struct story *s, size_t c)
{
    struct waited r = {.done = false};
    s->budget[c] += between(1, 20) * 1000000;
    campaign_set_budget(s->w->store, ids[c], s->budget[c],
                        deed_for(SLICE_LIT("ann"), s->w->now_us / 1000, SLICE_LIT("more")), on_done,
                        &r);
    wait_for(s, &r.done);
    assert_int_equal(r.result, 0);
}

static void step(struct story *s)
{
    size_t c = (size_t)between(0, CAMPAIGNS - 1);
    int what = (int)between(0, 21);
    in(s, c);
    if (what <= 4) (void)reserve(s, c);
    if (what >= 5 && what <= 8) take(s, c);
    size_t i = s->held_n ? (size_t)between(0, (int64_t)s->held_n - 1) : 0;
    if (what >= 9 && what <= 13 && s->held_n) grant_some(s, i);
    if (what == 14 && s->held_n) {
        in(s, s->held_by[i]);
        (void)lw_batch_end(s->w, s->w->a, s->held[i]);
        let_go(s, i);
    }
    if (what == 15 && s->held_n) let_go(s, i); /* it died; its lease ends by itself */
    if (what == 16) lw_pass(s->w, between(1, 70) * WORLD_S);
    if (what == 17) receipt(s, c);
    if (what == 18) decide(s, c);
    if (what == 19) (void)lw_try_move(s->w, ids[c], one_in(2) ? MOVE_PAUSE : MOVE_RESUME);
    if (what == 20) change_prices(s, c);
    if (what == 21) raise_budget(s, c);
}

/* ---- the end ---- */

static void end_all(struct story *s)
{
    for (; s->held_n; let_go(s, s->held_n - 1)) {
        in(s, s->held_by[s->held_n - 1]);
        (void)lw_batch_end(s->w, s->w->a, s->held[s->held_n - 1]);
    }
    check_budgets(s);
}

/* What has to happen in each story, whatever was rolled: people who were released come back, and
 * somebody decides about the unknown. */
static void come_back(struct story *s, size_t c)
{
    end_all(s);
    raise_budget(s, c);
    in(s, c);
    (void)lw_try_move(s->w, ids[c], MOVE_RESUME);
    (void)reserve(s, c);
    for (int i = 0; i < HELD_MAX; i++)
        take(s, c);
    check_budgets(s);
    end_all(s);
    decide(s, c);
    check_budgets(s);
}

/* Whatever was on its way settles, as when dispatchers come back. */
static void settle_all(struct story *s, size_t c)
{
    in(s, c);
    (void)lw_try_move(s->w, ids[c], MOVE_CANCEL);
    lw_pass(s->w, 2 * WORLD_LEASE_US);
    for (uint32_t b = 0; b < BLOCKS; b++)
        if (one_in(2)) (void)lw_lease(s->w, s->w->b, batch_of_block(ids[c], b));
    (void)lw_sweep(s->w, 0, BLOCKS, STATE_CANCELLED);
    lw_pass(s->w, 2 * WORLD_LEASE_US);
    for (uint32_t b = 0; b < BLOCKS; b++)
        if (lw_count(s->w, STATE_IN_FLIGHT))
            (void)lw_lease(s->w, s->w->b, batch_of_block(ids[c], b));
    (void)lw_sweep(s->w, 0, BLOCKS, STATE_CANCELLED);
    struct waited r = {.done = false};
    campaign_retire(s->w->store, ids[c], on_done, &r);
    wait_for(s, &r.done);
}

static void begin_campaign(struct story *s, size_t c)
{
    char key[16], prices[16], budget[24];
    (void)snprintf(key, sizeof key, "c:%u", ids[c]);
    (void)snprintf(prices, sizeof prices, "c:%u:p", ids[c]);
    s->budget[c] = between(1, 60) * 1000000;
    (void)snprintf(budget, sizeof budget, "%lld", (long long)s->budget[c]);
    lw_campaign(s->w, ids[c], PEOPLE);
    lw_redis(s->w, "HSET", key, "currency", "GBP", "group", "main", "budget", budget, "gateway",
             "gw", NULL);
    (void)snprintf(key, sizeof key, "c:%u:text", ids[c]);
    lw_redis(s->w, "SET", key, "{}", NULL);
    lw_redis(s->w, "HSET", prices, "0", "0", "1", "0", "2", "0", NULL);
    lw_move(s->w, ids[c], MOVE_PAUSE);
    change_prices(s, c);
    lw_move(s->w, ids[c], MOVE_RESUME);
}

static void budgets_hold_and_sums_are_right(void **state)
{
    const char *stories = getenv("MUSTER_STORIES");
    int n = stories ? atoi(stories) : 24, shortages = 0;
    int64_t paid = 0, twice = 0;
    for (int i = 0; i < n; i++) {
        struct story *s = calloc(1, sizeof *s);
        char budget[80];
        s->w = *state;
        lw_next(s->w);
        s->group_budget = between(20, 100) * 1000000;
        (void)snprintf(budget, sizeof budget, "{\"month_budget\":\"%lld.00 GBP\"}",
                       (long long)s->group_budget / 1000000);
        lw_redis(s->w, "HSET", "group:info", "main", budget, NULL);
        for (size_t c = 0; c < CAMPAIGNS; c++)
            begin_campaign(s, c);
        for (int k = 0; k < STEPS; k++) {
            step(s);
            check_budgets(s);
        }
        for (size_t c = 0; c < CAMPAIGNS; c++) {
            come_back(s, c);
            twice += s->twice[c];
            settle_all(s, c);
            check_budgets(s);
            assert_int_equal(of_campaign(s, c, "spent") - of_campaign(s, c, "spent_twice"),
                             texted(s, c));
            paid += texted(s, c);
        }
        shortages += s->shortages;
        free(s);
    }
    /* the stories are about something */
    assert_true(paid > 0 && twice > 0);
    assert_true(n < 12 || shortages > 0);
}

int main(void)
{
    seed = prop_seed();
    struct ledger_world *w = lw_new();
    if (!w) return 77;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(budgets_hold_and_sums_are_right, w),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    lw_free(w);
    return failed;
}
