/* The audit trail against a real Redis: one trail, whatever an entry is about, and for how long it is
 * kept. Each test has a key prefix of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "redis_group.h"
#include "store/audit.h"
#include "store/suppress.h"

#define PERSON UINT64_C(447700900123)

static struct {
    bool done;
    int result;
    int64_t number;
    char text[2048];
} got;

static void wait_done(void)
{
    while (!got.done)
        loop_turn(loop, -1);
    got.done = false;
}

static void on_done(void *arg, int result, const struct err *e)
{
    (void)arg, (void)e;
    got.result = result;
    got.done = true;
}

static void on_count(void *arg, int result, int64_t count, const struct err *e)
{
    (void)count;
    on_done(arg, result, e);
}

static void on_entries(void *arg, int result, const struct audit_entry *entries, size_t n,
                       const struct err *e)
{
    int at = 0;
    got.text[0] = '\0';
    for (size_t i = 0; i < n; i++)
        at += snprintf(got.text + at, sizeof got.text - (size_t)at, "%lld %.*s|%.*s|%.*s|%.*s\n",
                       (long long)entries[i].at_ms, SLICE_ARG(entries[i].who),
                       SLICE_ARG(entries[i].what), SLICE_ARG(entries[i].whom),
                       SLICE_ARG(entries[i].why));
    on_done(arg, result, e);
}

static const char *trail(uint32_t campaign, size_t limit)
{
    audit_read(store, campaign, limit, on_entries, NULL);
    wait_done();
    assert_int_equal(got.result, 0);
    return got.text;
}

static void on_reply(void *arg, const struct redisReply *reply)
{
    (void)arg;
    assert_non_null(reply);
    assert_false(redis_is_error(reply, NULL));
    struct slice was = redis_field(redis_at(redis_at(reply, 0), 1), "was");
    got.number = redis_int(reply, -1);
    (void)snprintf(got.text, sizeof got.text, "%.*s", SLICE_ARG(was));
    got.done = true;
}

/* One Redis command by hand; %s is the prefix. */
#define BY_HAND(...)                                                                               \
    do {                                                                                           \
        redis_commandf(redis, on_reply, NULL, __VA_ARGS__);                                        \
        wait_done();                                                                               \
    } while (0)

static void moved(const char *campaign, long long at_ms)
{
    char what[64];
    (void)snprintf(what, sizeof what, "campaign %s running to paused", campaign);
    BY_HAND("XADD %saudit * at_ms %lld who Ann what %b why rain", prefix, at_ms, what,
            strlen(what));
}

static void suppress_and_remove(int64_t now_ms)
{
    const struct suppress_entry e = {.number = PERSON,
                                     .reason = SUPPRESS_STOP,
                                     .at_ms = 5,
                                     .evidence = SLICE_LIT("say \"stop\"")};
    suppress_add(store, SLICE_LIT("all"), &e, 1, on_count, NULL);
    wait_done();
    suppress_remove(store, SLICE_LIT("all"), PERSON, SLICE_LIT("Org \"the\" First"),
                    SLICE_LIT("asked"), now_ms, on_done, NULL);
    wait_done();
    assert_int_equal(got.result, 0);
}

static void test_what_is_about_people_and_campaigns_is_one_trail(void **state)
{
    (void)state;
    moved("7", 1000);
    suppress_and_remove(2000);
    moved("8", 3000);
    const char *all = "3000 Ann|campaign 8 running to paused||rain\n"
                      "2000 Org \"the\" First|suppression lifted: all|447700900123|asked\n"
                      "1000 Ann|campaign 7 running to paused||rain\n";
    assert_string_equal(trail(0, 10), all);
    assert_string_equal(trail(7, 10), strstr(all, "1000 "));
    assert_memory_equal(trail(0, 2), all, strlen(got.text));
    BY_HAND("XRANGE %saudit:kept - +", prefix);
    assert_string_equal(got.text,
                        "{\"reason\":\"stop\",\"at_ms\":5,\"evidence\":\"say \\\"stop\\\"\"}");
}

static void test_evidence_outlives_the_rest(void **state)
{
    (void)state;
    suppress_and_remove(2000);
    BY_HAND("XADD %saudit * at_ms 1 who a what b why c", prefix);
    BY_HAND("XTRIM %saudit MAXLEN 0", prefix);
    assert_string_equal(trail(0, 10),
                        "2000 Org \"the\" First|suppression lifted: all|447700900123|asked\n");
}

static void test_the_list_of_an_older_one_is_taken_over(void **state)
{
    (void)state;
    static const char lifted[] = "{\"action\":\"suppress.remove\",\"scope\":\"all\",\"number\":"
                                 "\"447700900123\",\"by\":\"the "
                                 "person\",\"why\":\"START\",\"at_ms\":1700000000123,\"was\":{"
                                 "\"reason\":\"stop\",\"at_ms\":5,"
                                 "\"evidence\":\"x\"}}";
    static const char held[] =
        "{\"action\":\"hold.keep\",\"scope\":\"hold\",\"number\":\"~GB.1\",\"by\":"
        "\"Sam\",\"why\":\"\",\"at_ms\":7,\"was\":{\"reason\":\"near_stop\"}}";
    static const char broken[] = "{\"action\":";
    const char *const old[] = {lifted, held, broken};
    enum { MANY = 1200 };
    for (size_t i = 0; i < COUNT_OF(old); i++)
        BY_HAND("RPUSH %ssuppress:audit %b", prefix, old[i], strlen(old[i]));
    for (int i = 0; i < MANY; i++)
        BY_HAND("RPUSH %ssuppress:audit %b", prefix, held, strlen(held));
    for (int again = 0; again < 2; again++) {
        audit_take_over(store, on_done, NULL);
        wait_done();
        assert_int_equal(got.result, 0);
        BY_HAND("XLEN %saudit:kept", prefix);
        assert_int_equal(got.number, MANY + (int)COUNT_OF(old));
        BY_HAND("EXISTS %ssuppress:audit", prefix);
        assert_int_equal(got.number, 0);
    }
    BY_HAND("XRANGE %saudit:kept - + COUNT 1", prefix);
    assert_string_equal(got.text, "{\"reason\":\"stop\",\"at_ms\":5,\"evidence\":\"x\"}");
    assert_string_equal(trail(0, 1), "7 Sam|hold ended: keep|~GB.1|\n");
}

static struct group_said said = {&got, sizeof got};
#define TEST(f) GROUP_TEST(f, &said)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_what_is_about_people_and_campaigns_is_one_trail),
        TEST(test_evidence_outlives_the_rest),
        TEST(test_the_list_of_an_older_one_is_taken_over),
    };
    return redis_group_run("audit", tests, COUNT_OF(tests));
}
