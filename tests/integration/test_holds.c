/* People who are held for what they wrote, those who are taken off, and what the store tells of
 * them: against a real Redis. Each test has a key prefix of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "inbox_actor.h"
#include "io/redis.h"
#include "redis_group.h"
#include "store/inbox_decide.h"
#include "store/suppress.h"

#define NOW_MS INT64_C(1700000000000) /* any time will do: the store is told it */
#define PERSON UINT64_C(447700900123)
enum { LEASE_MS = 300000 };

static const char *const of_main[] = {"main"}, *const of_north[] = {"north"};
static const struct inbox_actor sam = {.name = {"Sam", 3}, .groups = {false, of_main, 1}};
static const struct inbox_actor alex = {.name = {"Alex", 4}, .groups = {false, of_main, 1}};
static const struct inbox_actor other_group = {.name = {"Kim", 3}, .groups = {false, of_north, 1}};

/* What the last callback said; text is copied. */
static struct {
    bool done, on_hold;
    int result;
    struct inbox_stored stored;
    struct inbox_conversation conversation;
    char tags[256], scope[64], evidence[64];
    size_t count;
    int64_t number;
    struct suppress_entry entry;
} got;

static void copy(char *out, size_t room, struct slice s)
{
    (void)snprintf(out, room, "%.*s", (int)s.n, s.p ? s.p : "");
}

static void answered(int result, const struct err *e)
{
    assert_false(got.done);
    assert_true((result < 0) == (e != NULL));
    got.done = true;
    got.result = result;
}

static int wait_answer(void)
{
    while (!got.done)
        loop_turn(loop, -1);
    got.done = false;
    return got.result;
}

static void on_stored(void *arg, int result, const struct inbox_stored *s, const struct err *e)
{
    (void)arg;
    if (s) got.stored = *s;
    answered(result, e);
}

static void on_claim(void *arg, int result, const struct inbox_claim *c, const struct err *e)
{
    (void)arg;
    (void)c;
    answered(result, e);
}

static void on_thread(void *arg, int result, const struct inbox_thread *t, const struct err *e)
{
    (void)arg;
    if (t) {
        got.conversation = t->conversation;
        got.on_hold = t->on_hold;
        copy(got.tags, sizeof got.tags, t->conversation.tags);
    }
    answered(result, e);
}

static void on_count(void *arg, int result, int64_t count, const struct err *e)
{
    (void)arg;
    got.number = count;
    answered(result, e);
}

static void on_check(void *arg, int result, struct slice scope, const struct suppress_entry *entry,
                     const struct err *e)
{
    (void)arg;
    got.entry = entry ? *entry : (struct suppress_entry){0};
    copy(got.scope, sizeof got.scope, scope);
    copy(got.evidence, sizeof got.evidence, got.entry.evidence);
    answered(result, e);
}

static struct inbox_arrival arrival(const char *event, const char *text)
{
    return (struct inbox_arrival){
        .gateway = SLICE_LIT("example"),
        .event_id = slice_of(event),
        .remember_ms = 100000,
        .group = SLICE_LIT("main"),
        .key = SLICE_LIT("447700900123"),
        .sender = SLICE_LIT("+447700900000"),
        .text = slice_of(text),
        .scope = SLICE_LIT("all"),
    };
}

static uint32_t receive(const struct inbox_arrival *in, int64_t now_ms)
{
    inbox_receive(inbox, in, now_ms, on_stored, NULL);
    assert_int_equal(wait_answer(), 0);
    return got.stored.conversation;
}

static uint32_t receive_kind(enum inbox_kind kind, const char *event, const char *text,
                             int64_t now_ms)
{
    struct inbox_arrival in = arrival(event, text);
    in.kind = kind;
    return receive(&in, now_ms);
}

static int read_thread(uint32_t id, const struct inbox_actor *who, int64_t now_ms)
{
    inbox_read(inbox, id, AT(who, now_ms), INBOX_MESSAGES_MAX, on_thread, NULL);
    return wait_answer();
}

static int claim(uint32_t id, const struct inbox_actor *who, int64_t now_ms)
{
    inbox_claim(inbox, id, AT(who, now_ms), LEASE_MS, on_claim, NULL);
    return wait_answer();
}

static int64_t count_of(const char *scope)
{
    suppress_count(store, slice_of(scope), on_count, NULL);
    assert_int_equal(wait_answer(), 0);
    return got.number;
}

static void on_hold_ended(void *arg, int result, bool was_held, const struct err *e)
{
    (void)arg;
    got.count = was_held;
    answered(result, e);
}

static int end_hold(uint32_t id, const struct inbox_actor *who, enum inbox_hold_end end)
{
    inbox_end_hold(inbox, id, AT(who, NOW_MS + 5), end, on_hold_ended, NULL);
    return wait_answer();
}

static uint32_t receive_doubt(const char *event, const char *text, int64_t now_ms)
{
    struct inbox_arrival in = arrival(event, text);
    in.tags = SLICE_LIT("maybe_opt_out");
    in.hold = true;
    return receive(&in, now_ms);
}

static void test_a_doubt_holds_until_kept(void **state)
{
    (void)state;
    uint32_t id = receive_doubt("e1", "enough of this", NOW_MS);
    assert_int_equal(count_of(SUPPRESS_HOLD), 1);
    assert_int_equal(count_of("all"), 0);
    assert_int_equal(read_thread(id, &sam, NOW_MS + 1), 0);
    assert_true(got.on_hold);
    assert_int_equal(end_hold(id, &other_group, INBOX_KEEP), ERR_NOT_FOUND);
    assert_int_equal(count_of(SUPPRESS_HOLD), 1);
    assert_int_equal(end_hold(id, &sam, INBOX_KEEP), 0);
    assert_int_equal(got.count, 1);
    assert_int_equal(count_of(SUPPRESS_HOLD), 0);
    assert_int_equal(read_thread(id, &sam, NOW_MS + 6), 0);
    assert_false(got.on_hold);
    assert_string_equal(got.tags, "");
    assert_false(got.conversation.closed); /* it still waits for an answer */
    assert_int_equal(end_hold(id, &sam, INBOX_KEEP), 0);
    assert_int_equal(got.count, 0);
}

static void test_a_doubt_is_taken_off(void **state)
{
    (void)state;
    uint32_t id = receive_doubt("e1", "enough of this", NOW_MS);
    assert_int_equal(claim(id, &alex, NOW_MS + 1), 0);
    assert_int_equal(end_hold(id, &sam, INBOX_TAKE_OFF), ERR_CONFLICT); /* Alex is at it */
    assert_int_equal(end_hold(id, &alex, INBOX_TAKE_OFF), 0);
    assert_int_equal(count_of(SUPPRESS_HOLD), 0);
    suppress_check(store, SLICE_LIT("main"), PERSON, on_check, NULL);
    assert_int_equal(wait_answer(), 0);
    assert_string_equal(got.scope, "all");
    assert_int_equal(got.entry.reason, SUPPRESS_STOP);
    assert_string_equal(got.evidence, "enough of this");
    assert_int_equal(read_thread(id, &sam, NOW_MS + 6), 0);
    assert_true(got.conversation.closed);
    assert_int_equal(got.conversation.waiting_ms, 0);
    receive_kind(INBOX_START, "e2", "START", NOW_MS + 2000); /* their own word lifts their own */
    assert_int_equal(count_of("all"), 0);
}

static const struct group_set nowhere = {0};

static void on_undone(void *arg, int result, const struct err *e)
{
    (void)arg;
    answered(result, e);
}

static int undo_off(uint32_t id, const struct inbox_actor *who, const struct group_set *over,
                    int64_t now_ms)
{
    inbox_undo_off(inbox, id, AT(who, now_ms), over, LEASE_MS, on_undone, NULL);
    return wait_answer();
}

static void test_a_slip_is_undone(void **state)
{
    (void)state;
    uint32_t id = receive_doubt("e1", "enough of this", NOW_MS);
    assert_int_equal(claim(id, &alex, NOW_MS + 1), 0);
    assert_int_equal(end_hold(id, &alex, INBOX_TAKE_OFF), 0);
    assert_int_equal(undo_off(id, &other_group, &other_group.groups, NOW_MS + 6), ERR_NOT_FOUND);
    assert_int_equal(undo_off(id, &sam, &nowhere, NOW_MS + 6), ERR_CONFLICT); /* Alex did it */
    assert_int_equal(undo_off(id, &sam, &other_group.groups, NOW_MS + 6), ERR_CONFLICT);
    assert_int_equal(count_of("all"), 1);
    assert_int_equal(undo_off(id, &alex, &nowhere, NOW_MS + 6), 0);
    assert_int_equal(count_of("all"), 0);
    assert_int_equal(count_of(SUPPRESS_HOLD), 1); /* somebody still has to decide */
    assert_int_equal(read_thread(id, &alex, NOW_MS + 7), 0);
    assert_true(got.on_hold);
    assert_false(got.conversation.closed);
    assert_int_equal(got.conversation.waiting_ms, NOW_MS);
    assert_int_equal(got.conversation.claim_until_ms, NOW_MS + 6 + LEASE_MS);
    assert_int_equal(undo_off(id, &alex, &nowhere, NOW_MS + 8), ERR_CONFLICT); /* once */
}

static void test_an_organiser_undoes_what_others_did(void **state)
{
    (void)state;
    uint32_t id = receive_kind(INBOX_TEXT, "e1", "please take me off", NOW_MS);
    assert_int_equal(end_hold(id, &alex, INBOX_TAKE_OFF), 0);
    assert_int_equal(undo_off(id, &sam, &sam.groups, NOW_MS + 5 + INBOX_UNDO_OFF_MS), ERR_CONFLICT);
    assert_int_equal(undo_off(id, &sam, &sam.groups, NOW_MS + 4 + INBOX_UNDO_OFF_MS), 0);
    assert_int_equal(count_of("all"), 0);
    assert_int_equal(count_of(SUPPRESS_HOLD), 0); /* they were not held */
}

/* What they say themselves, a list and an organiser stands, before and since, also by a clock that is wrong. */
static void test_only_the_slip_is_undone(void **state)
{
    (void)state;
    struct suppress_entry listed = {
        .number = PERSON, .reason = SUPPRESS_IMPORT, .at_ms = NOW_MS + 6};
    uint32_t id = receive_kind(INBOX_TEXT, "e1", "please take me off", NOW_MS);
    assert_int_equal(end_hold(id, &alex, INBOX_TAKE_OFF), 0);
    struct inbox_arrival late = arrival("e2", "STOP");
    late.kind = INBOX_STOP;
    late.at_ms = NOW_MS + 1; /* before it, as their phone says */
    receive(&late, NOW_MS + 10);
    assert_int_equal(undo_off(id, &alex, &nowhere, NOW_MS + 11), ERR_CONFLICT);
    assert_int_equal(count_of("all"), 1);
    assert_int_equal(end_hold(id, &alex, INBOX_TAKE_OFF), 0); /* they said STOP before */
    assert_int_equal(undo_off(id, &alex, &nowhere, NOW_MS + 12), ERR_CONFLICT);
    suppress_remove(store, SLICE_LIT("all"), PERSON,
                    deed_for(SLICE_LIT("Sam"), NOW_MS + 12, SLICE_LIT("asked")), on_undone, NULL);
    assert_int_equal(wait_answer(), 0);
    assert_int_equal(end_hold(id, &alex, INBOX_TAKE_OFF), 0);
    suppress_add(store, SLICE_LIT("all"), &listed, 1, on_count, NULL);
    assert_int_equal(wait_answer(), 0);
    assert_int_equal(undo_off(id, &alex, &nowhere, NOW_MS + 13), ERR_CONFLICT);
    assert_int_equal(count_of("all"), 1);
}

static void test_their_own_word_ends_a_hold(void **state)
{
    (void)state;
    receive_doubt("e1", "enough of this", NOW_MS);
    uint32_t id = receive_kind(INBOX_START, "e2", "START", NOW_MS + 2000);
    assert_int_equal(count_of(SUPPRESS_HOLD), 0);
    assert_int_equal(read_thread(id, &sam, NOW_MS + 2001), 0);
    assert_null(strstr(got.tags, "maybe_opt_out"));
    struct inbox_arrival late = arrival("e4", "written before START");
    late.hold = true;
    late.at_ms = NOW_MS + 500;
    receive(&late, NOW_MS + 3000);
    assert_int_equal(count_of(SUPPRESS_HOLD), 0);
    receive_doubt("e5", "enough again", NOW_MS + 4000);
    assert_int_equal(count_of(SUPPRESS_HOLD), 1);
    receive_kind(INBOX_STOP, "e6", "STOP", NOW_MS + 5000);
    assert_int_equal(count_of(SUPPRESS_HOLD), 0);
    assert_int_equal(count_of("all"), 1);
}

static void test_the_opted_out_leave_the_inbox(void **state)
{
    (void)state;
    uint32_t id = receive_kind(INBOX_TEXT, "e1", "Where is it?", NOW_MS);
    struct suppress_entry e = {.number = PERSON, .reason = SUPPRESS_MANUAL, .at_ms = NOW_MS};
    suppress_add(store, SLICE_LIT(SUPPRESS_HOLD), &e, 1, on_count, NULL);
    assert_int_equal(wait_answer(), 0);
    assert_int_equal(read_thread(id, &sam, NOW_MS), 0);
    assert_false(got.conversation.closed); /* held is not opted out */
    suppress_add(store, SLICE_LIT("all"), &e, 1, on_count, NULL);
    assert_int_equal(wait_answer(), 0);
    assert_int_equal(read_thread(id, &sam, NOW_MS), 0);
    assert_true(got.conversation.closed);
    assert_int_equal(got.conversation.waiting_ms, 0);
}

static void on_found(void *arg, int result, const struct suppress_found *found, size_t n,
                     const struct err *e)
{
    char *scopes = arg;
    scopes[0] = '\0';
    for (size_t i = 0; i < n; i++) {
        (void)snprintf(scopes + strlen(scopes), 32, "%.*s ", SLICE_ARG(found[i].scope));
        assert_int_equal(found[i].entry.reason, SUPPRESS_MANUAL);
    }
    answered(result, e);
}

static void on_states(void *arg, int result, const char *letters, const struct err *e)
{
    (void)snprintf(arg, 8, "%.3s", letters ? letters : "");
    answered(result, e);
}

static void test_every_scope_is_found(void **state)
{
    (void)state;
    static const char *const scopes[] = {SUPPRESS_HOLD, "north", "all"};
    struct suppress_entry e = {.number = PERSON, .reason = SUPPRESS_MANUAL, .at_ms = NOW_MS};
    char found[512], states[8];
    suppress_find(store, SLICE_NONE, SLICE_LIT("447700900123"), on_found, found);
    assert_int_equal(wait_answer(), 0);
    assert_string_equal(found, "");
    const uint64_t three[] = {PERSON - 1, PERSON, PERSON + 1};
    static const char *const expected[] = {"-h-", "-h-", "-s-"};
    for (size_t i = 0; i < COUNT_OF(scopes); i++) {
        suppress_add(store, slice_of(scopes[i]), &e, 1, on_count, NULL);
        assert_int_equal(wait_answer(), 0);
        const struct suppress_asked by_main = {.group = SLICE_LIT("main")};
        suppress_states(store, &by_main, three, 3, on_states, states);
        assert_int_equal(wait_answer(), 0);
        assert_string_equal(states, expected[i]);
    }
    suppress_find(store, SLICE_NONE, SLICE_LIT("447700900123"), on_found, found);
    assert_int_equal(wait_answer(), 0);
    assert_string_equal(found, "all north hold ");
}

static struct group_said said = {&got, sizeof got};
#define TEST(f) GROUP_TEST(f, &said)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_doubt_holds_until_kept),
        TEST(test_a_doubt_is_taken_off),
        TEST(test_a_slip_is_undone),
        TEST(test_an_organiser_undoes_what_others_did),
        TEST(test_only_the_slip_is_undone),
        TEST(test_their_own_word_ends_a_hold),
        TEST(test_the_opted_out_leave_the_inbox),
        TEST(test_every_scope_is_found),
    };
    return redis_group_run("holds", tests, COUNT_OF(tests));
}
