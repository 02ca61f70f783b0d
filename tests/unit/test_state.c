/* The law of the states, written out a second time by hand: what each cause may do, and the
 * promises that follow from it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/state.h"

/* One letter per state, in order: p f a s d r u x k e c ? */
static const char letters[] = "pfasdruxkec?";

/* from, then everything that may follow */
struct law {
    enum state_cause cause;
    const char *moves[STATE_COUNT];
};

/* clang-format off */
static const struct law laws[] = {
    {CAUSE_GATE, {"p:fkec", "f:?"}},
    {CAUSE_OUTCOME, {"p:k", "f:paxk?", "?:ax"}},
    {CAUSE_LATE, {"?:ax"}},
    {CAUSE_RECEIPT, {"p:sdru?", "f:sdru?", "a:sdru?", "s:dru?", "d:r", "x:sdru", "k:sdru", "e:sdru", "c:sdru", "?:asdru"}},
    {CAUSE_PERSON, {"?:px"}},
    {CAUSE_PART, {"p:sdru?", "f:sdru?", "a:sdru?", "s:dru?", "d:ru", "x:sdru", "k:sdru", "e:sdru", "c:sdru", "?:asdru"}},
    {CAUSE_AGAIN, {"u:p", "x:p"}},
};
/* clang-format on */

static bool is_in_law(const struct law *law, int from, int to)
{
    for (size_t i = 0; i < STATE_COUNT && law->moves[i]; i++)
        if (law->moves[i][0] == letters[from])
            return strchr(law->moves[i] + 2, letters[to]) != NULL;
    return false;
}

static void every_move_of_every_cause(void **state)
{
    (void)state;
    for (size_t i = 0; i < CAUSE_COUNT; i++)
        for (int from = 0; from < STATE_COUNT; from++)
            for (int to = 0; to < STATE_COUNT; to++)
                if (state_may_move(laws[i].cause, (enum state)from, (enum state)to) !=
                    is_in_law(&laws[i], from, to))
                    fail_msg("cause %zu, %s to %s: %s", i, state_to_string((enum state)from),
                             state_to_string((enum state)to),
                             is_in_law(&laws[i], from, to) ? "denied" : "allowed");
}

static void names_and_back(void **state)
{
    (void)state;
    for (int i = 0; i < STATE_COUNT; i++) {
        enum state back = STATE_COUNT;
        assert_true(state_from_string(slice_of(state_to_string((enum state)i)), &back));
        assert_int_equal(back, i);
    }
    enum state untouched = STATE_READ;
    assert_false(state_from_string(SLICE_LIT("Delivered"), &untouched));
    assert_false(state_from_string(SLICE_LIT(""), &untouched));
    assert_int_equal(untouched, STATE_READ);
    assert_string_equal(state_to_string(STATE_COUNT), "?");
}

/* All that a cause may reach in any number of steps, `without` one state. */
static unsigned reachable_without(unsigned causes, enum state from, int without)
{
    unsigned seen = 1u << from;
    for (int round = 0; round < STATE_COUNT; round++)
        for (int s = 0; s < STATE_COUNT; s++)
            for (int to = 0; seen >> s & 1 && to < STATE_COUNT; to++)
                for (int c = 0; to != without && c < CAUSE_COUNT; c++)
                    if (causes >> c & 1 &&
                        state_may_move((enum state_cause)c, (enum state)s, (enum state)to))
                        seen |= 1u << to;
    return seen;
}

static unsigned reachable(unsigned causes, enum state from)
{
    return reachable_without(causes, from, STATE_COUNT);
}

/* Never twice: once a provider said that it has it, or nobody knows, no machine makes it pending
 * again. */
static void what_left_is_never_pending_again(void **state)
{
    (void)state;
    const unsigned machines = 1u << CAUSE_GATE | 1u << CAUSE_OUTCOME | 1u << CAUSE_LATE |
                              1u << CAUSE_RECEIPT | 1u << CAUSE_PART;
    static const enum state left[] = {STATE_ACCEPTED,    STATE_SENT,    STATE_DELIVERED, STATE_READ,
                                      STATE_UNDELIVERED, STATE_REFUSED, STATE_UNKNOWN};
    for (size_t i = 0; i < COUNT_OF(left); i++)
        assert_false(reachable(machines, left[i]) & (1u << STATE_PENDING | 1u << STATE_IN_FLIGHT));
}

/* Receipts in any order end in the same place: no circle among what they may do. (`It is not known`
 * is no step forward and none back.) */
static void receipts_know_only_forward(void **state)
{
    (void)state;
    const unsigned receipts = 1u << CAUSE_RECEIPT | 1u << CAUSE_PART;
    for (int a = 0; a < STATE_COUNT; a++)
        for (int b = 0; b < STATE_COUNT; b++) {
            if (a == b) continue;
            bool there = reachable_without(receipts, (enum state)a, STATE_UNKNOWN) >> b & 1;
            bool back = reachable_without(receipts, (enum state)b, STATE_UNKNOWN) >> a & 1;
            assert_false(there && back);
        }
    assert_int_equal(reachable(1u << CAUSE_RECEIPT, STATE_READ), 1u << STATE_READ);
    assert_int_equal(reachable(1u << CAUSE_RECEIPT, STATE_UNDELIVERED), 1u << STATE_UNDELIVERED);
}

static void the_scripts_get_the_same_law(void **state)
{
    (void)state;
    static const char *const causes[] = {"gate",   "outcome", "late", "receipt",
                                         "person", "part",    "again"};
    struct buf b = BUF_INIT(64 * 1024);
    state_lua_prelude(&b);
    assert_false(b.failed);
    for (size_t c = 0; c < CAUSE_COUNT; c++) {
        char name[16];
        (void)snprintf(name, sizeof name, "%s={", causes[c]);
        const char *table = strstr(b.p, name);
        assert_non_null(table);
        const char *end = strchr(table, '}');
        for (int from = 0; from < STATE_COUNT; from++)
            for (int to = 0; to < STATE_COUNT; to++) {
                char move[16];
                (void)snprintf(move, sizeof move, "[%d]=true", from * 16 + to);
                const char *at = strstr(table, move);
                assert_int_equal(at && at < end, is_in_law(&laws[c], from, to));
            }
    }
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_move_of_every_cause),
        cmocka_unit_test(names_and_back),
        cmocka_unit_test(what_left_is_never_pending_again),
        cmocka_unit_test(receipts_know_only_forward),
        cmocka_unit_test(the_scripts_get_the_same_law),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
