/* Who must not be texted: what stands of them, which word counts, and what lifting it needs. Each test has a key prefix of its
 * own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "redis_group.h"
#include "store/suppress.h"

#define PERSON UINT64_C(447700900001)
enum { NOW_MS = 1700000 };

static struct {
    int64_t number;
    struct hash_cursor next;
    size_t count;
    struct suppress_entry entry;
    char evidence[128];
} got;

static void on_count(void *arg, int result, int64_t count, const struct err *e)
{
    got.number = count;
    asked_done(arg, result, e);
}

static void on_check(void *arg, int result, struct slice scope, const struct suppress_entry *entry,
                     const struct err *e)
{
    (void)scope;
    got.count = entry != NULL;
    got.entry = entry ? *entry : (struct suppress_entry){0};
    (void)snprintf(got.evidence, sizeof got.evidence, "%.*s", SLICE_ARG(got.entry.evidence));
    asked_done(arg, result, e);
}

static void on_page(void *arg, int result, const struct suppress_entry *entries, size_t n,
                    const struct hash_cursor *next, const struct err *e)
{
    uint64_t *sum = arg;
    for (size_t i = 0; i < n; i++)
        *sum += entries[i].number;
    got.next = *next;
    asked_done(NULL, result, e);
}

static void on_reply(void *arg, const struct redisReply *reply)
{
    assert_false(redis_is_error(reply, NULL));
    got.number = redis_int(reply, -1);
    asked_done(arg, 0, NULL);
}

static void test_the_first_evidence_stays(void **state)
{
    (void)state;
    enum { MANY = 900 };
    static struct suppress_entry many[MANY];
    uint64_t expected = 0;
    for (size_t i = 0; i < MANY; i++) {
        many[i] = (struct suppress_entry){.number = 447700900000 + i,
                                          .reason = SUPPRESS_IMPORT,
                                          .at_ms = NOW_MS,
                                          .evidence = SLICE_LIT("list.csv:2")};
        expected += many[i].number;
    }
    for (int turn = 0; turn < 2; turn++) { /* idempotent */
        suppress_add(store, SLICE_LIT("all"), many, MANY, on_count, NULL);
        assert_int_equal(asked_wait(), 0);
        assert_int_equal(got.number, turn == 0 ? MANY : 0);
    }
    struct suppress_entry later = {
        .number = many[0].number, .reason = SUPPRESS_STOP, .at_ms = NOW_MS + 1};
    suppress_add(store, SLICE_LIT("all"), &later, 1, on_count, NULL);
    assert_int_equal(asked_wait(), 0);
    suppress_check(store, SLICE_LIT("main"), many[0].number, on_check, NULL);
    assert_int_equal(asked_wait(), 0);
    assert_int_equal(got.entry.reason, SUPPRESS_IMPORT); /* the first evidence stays */
    assert_string_equal(got.evidence, "list.csv:2");
    uint64_t sum = 0;
    got.next = (struct hash_cursor){0};
    do {
        char text[HASH_CURSOR_BYTES];
        struct hash_cursor from;
        hash_cursor_write(&got.next, text);
        assert_true(hash_cursor_read(got.next.at ? slice_of(text) : SLICE_NONE, &from));
        suppress_export(store, SLICE_LIT("all"), &from, 100, on_page, &sum);
        assert_int_equal(asked_wait(), 0);
    } while (got.next.at != 0);
    assert_true(sum == expected);
}

/* Redis has everything in another order then: going on would pass over a quarter, and nobody would know. */
static void test_a_page_after_a_restart_is_refused(void **state)
{
    (void)state;
    enum { MANY = 900 };
    uint64_t sum = 0;
    for (size_t i = 0; i < MANY; i++) {
        const struct suppress_entry one = {
            .number = 447700900000 + i, .reason = SUPPRESS_IMPORT, .at_ms = NOW_MS};
        suppress_add(store, SLICE_LIT("all"), &one, 1, on_count, NULL);
        assert_int_equal(asked_wait(), 0);
    }
    suppress_export(store, SLICE_LIT("all"), &(struct hash_cursor){0}, 100, on_page, &sum);
    assert_int_equal(asked_wait(), 0);
    assert_true(got.next.at != 0);
    redis_fixture_stop(server);
    while (redis_is_connected(redis))
        loop_turn(loop, -1);
    redis_fixture_restart(server);
    while (!redis_is_connected(redis))
        loop_turn(loop, -1);
    struct hash_cursor before = got.next;
    suppress_export(store, SLICE_LIT("all"), &before, 100, on_page, &sum);
    assert_int_equal(asked_wait(), ERR_CONFLICT);
    suppress_export(store, SLICE_LIT("all"), &(struct hash_cursor){0}, 100, on_page, &sum);
    assert_int_equal(asked_wait(), 0);
}

static void tell_redis(const char *fmt, ...) PRINTF_LIKE(1, 2);
static void tell_redis(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    group_command(on_reply, fmt, ap);
    va_end(ap);
    asked.done = false;
}

/* A rented Redis that does not say which process it is gives all pages, too. */
static void test_pages_where_info_is_forbidden(void **state)
{
    (void)state;
    const struct suppress_entry one = {
        .number = PERSON, .reason = SUPPRESS_IMPORT, .at_ms = NOW_MS};
    uint64_t sum = 0;
    suppress_add(store, SLICE_LIT("all"), &one, 1, on_count, NULL);
    assert_int_equal(asked_wait(), 0);
    tell_redis("ACL SETUSER default -info");
    suppress_export(store, SLICE_LIT("all"), &(struct hash_cursor){0}, 100, on_page, &sum);
    int result = asked_wait();
    tell_redis("ACL SETUSER default +info");
    assert_int_equal(result, 0);
    assert_true(sum == PERSON && got.next.redis == 1);
}

static void test_what_is_no_cursor(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "7", "7-", "-7", "7-0", "x-7", "7-7-7", "18446744073709551616-1"};
    struct hash_cursor c;
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        if (hash_cursor_read(slice_of(wrong[i]), &c)) fail_msg("'%s' is read", wrong[i]);
    assert_true(hash_cursor_read(SLICE_LIT("0"), &c));
    assert_true(c.at == 0 && c.redis == 0);
    assert_true(hash_cursor_read(SLICE_LIT("7-42"), &c));
    assert_true(c.at == 7 && c.redis == 42);
}

static void test_removing_needs_who_and_why(void **state)
{
    (void)state;
    struct suppress_entry e = {.number = PERSON, .reason = SUPPRESS_MANUAL, .at_ms = NOW_MS};
    suppress_add(store, SLICE_LIT("main"), &e, 1, on_count, NULL);
    assert_int_equal(asked_wait(), 0);
    suppress_remove(store, SLICE_LIT("main"), PERSON,
                    deed_for(SLICE_LIT("Org"), NOW_MS, SLICE_LIT(" ")), asked_done, NULL);
    assert_int_equal(asked_wait(), ERR_INVALID);
    suppress_remove(store, SLICE_LIT("all"), PERSON,
                    deed_for(SLICE_LIT("Org"), NOW_MS, SLICE_LIT("asked")), asked_done, NULL);
    assert_int_equal(asked_wait(), ERR_NOT_FOUND);
    suppress_remove(store, SLICE_LIT("main"), PERSON,
                    deed_for(SLICE_LIT("Org"), NOW_MS, SLICE_LIT("asked \"twice\"")), asked_done,
                    NULL);
    assert_int_equal(asked_wait(), 0);
    suppress_check(store, SLICE_LIT("main"), PERSON, on_check, NULL);
    assert_int_equal(asked_wait(), 0);
    assert_int_equal(got.count, 0);
    redis_commandf(redis, on_reply, NULL, "XLEN %saudit:kept", prefix);
    assert_int_equal(asked_wait(), 0);
    assert_int_equal(got.number, 1);
}

static struct group_said said = {&got, sizeof got};
#define TEST(f) GROUP_TEST(f, &said)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_page_after_a_restart_is_refused),
        TEST(test_pages_where_info_is_forbidden),
        TEST(test_what_is_no_cursor),
        TEST(test_the_first_evidence_stays),
        TEST(test_removing_needs_who_and_why),
    };
    return redis_group_run("suppress", tests, COUNT_OF(tests));
}
