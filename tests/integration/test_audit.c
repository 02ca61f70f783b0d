/* The audit trail against a real Redis: one trail, whatever an entry is about, and for how long it is
 * kept. Each test has a key prefix of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/actor.h"
#include "redis_group.h"
#include "store/audit.h"
#include "store/suppress.h"

#define PERSON UINT64_C(447700900123)

static struct {
    bool done;
    int result;
    int64_t number;
    char text[2048];
    char next[AUDIT_CURSOR_BYTES];
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
                       struct slice next, const struct err *e)
{
    int at = 0;
    got.text[0] = '\0';
    (void)snprintf(got.next, sizeof got.next, "%.*s", SLICE_ARG(next));
    for (size_t i = 0; i < n; i++)
        at += snprintf(got.text + at, sizeof got.text - (size_t)at, "%lld %.*s|%.*s|%.*s|%.*s\n",
                       (long long)entries[i].at_ms, SLICE_ARG(entries[i].who),
                       SLICE_ARG(entries[i].what), SLICE_ARG(entries[i].whom),
                       SLICE_ARG(entries[i].why));
    on_done(arg, result, e);
}

static const char *ask(struct audit_query q)
{
    if (!q.groups.count) q.groups.all = true;
    audit_read(store, &q, on_entries, NULL);
    wait_done();
    assert_int_equal(got.result, 0);
    return got.text;
}

static const char *trail(uint32_t campaign, size_t limit)
{
    return ask((struct audit_query){.campaign = campaign, .limit = limit});
}

static void on_reply(void *arg, const struct redisReply *reply)
{
    (void)arg;
    assert_non_null(reply);
    assert_false(redis_is_error(reply, NULL));
    struct slice was = redis_field(redis_at(redis_at(reply, 0), 1), "was");
    got.number = redis_int(reply, -1);
    if (redis_count(reply) == 2 && !was.p) { /* of TIME: the millisecond */
        uint64_t us = 0;
        (void)slice_to_u64(redis_str(redis_at(reply, 1)), 1000000, &us);
        (void)snprintf(got.text, sizeof got.text, "%.*s.%03d",
                       SLICE_ARG(redis_str(redis_at(reply, 0))), (int)(us / 1000));
        got.done = true;
        return;
    }
    (void)snprintf(got.text, sizeof got.text, "%.*s", SLICE_ARG(was));
    got.done = true;
}

/* One Redis command by hand; %s is the prefix. */
#define BY_HAND(...)                                                                               \
    do {                                                                                           \
        redis_commandf(redis, on_reply, NULL, __VA_ARGS__);                                        \
        wait_done();                                                                               \
    } while (0)

/* Entries are in the order of Redis' clock, and this is a tick of it. */
static void tick(void)
{
    BY_HAND("TIME");
    char before[32];
    (void)snprintf(before, sizeof before, "%.31s", got.text);
    while (strcmp(before, got.text) == 0)
        BY_HAND("TIME");
}

static void moved(const char *campaign, long long at_ms)
{
    tick();
    char what[64];
    (void)snprintf(what, sizeof what, "campaign %s running to paused", campaign);
    BY_HAND("XADD %saudit * at_ms %lld who Ann what %b why rain", prefix, at_ms, what,
            strlen(what));
}

static void suppress_and_remove(int64_t now_ms)
{
    tick();
    const struct suppress_entry e = {.number = PERSON,
                                     .reason = SUPPRESS_STOP,
                                     .at_ms = 5,
                                     .evidence = SLICE_LIT("say \"stop\"")};
    suppress_add(store, SLICE_LIT("all"), &e, 1, on_count, NULL);
    wait_done();
    suppress_remove(store, SLICE_LIT("all"), PERSON,
                    deed_for(SLICE_LIT("Org \"the\" First"), now_ms, SLICE_LIT("asked")), on_done,
                    NULL);
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

static void note(const char *name, const char *what, const char *group, bool routine)
{
    char who[ACTOR_BYTES];
    const struct actor a = {slice_of(name), SLICE_LIT("m7"), SLICE_LIT("page"),
                            SLICE_LIT("192.0.2.1")};
    const struct audit_note n = {.at_ms = 5,
                                 .who = actor_write(&a, who),
                                 .what = slice_of(what),
                                 .group = slice_of(group),
                                 .routine = routine};
    tick();
    audit_note(store, &n, on_done, NULL);
    wait_done();
    assert_int_equal(got.result, 0);
}

static void test_what_is_asked_for(void **state)
{
    (void)state;
    static const char *const leeds[] = {"leeds"}, *const both[] = {"leeds", "york"};
    note("Ann", "audience 3 made", "leeds", false);
    note("Bob Ann-Lee", "conversation 9 closed", "york", true);
    note("Cy", "login", "", false);
    const char *all =
        "5 Cy|login||\n5 Bob Ann-Lee|conversation 9 closed||\n5 Ann|audience 3 made||\n";
    assert_string_equal(trail(0, 10), all);
    assert_string_equal(ask((struct audit_query){.limit = 10, .groups = {false, leeds, 1}}),
                        strstr(all, "5 Ann|"));
    assert_string_equal(ask((struct audit_query){.limit = 10, .groups = {false, both, 2}}),
                        strstr(all, "5 Bob"));
    assert_string_equal(ask((struct audit_query){
                            .limit = 10, .groups = {false, both, 2}, .group = SLICE_LIT("leeds")}),
                        strstr(all, "5 Ann|"));
    assert_string_equal(ask((struct audit_query){.limit = 10, .who = SLICE_LIT("aNN")}),
                        strstr(all, "5 Bob"));
    assert_string_equal(ask((struct audit_query){.limit = 10, .who = SLICE_LIT("M7")}), all);
    assert_string_equal(ask((struct audit_query){.limit = 10, .who = SLICE_LIT("%")}), "");
    assert_string_equal(ask((struct audit_query){.limit = 10, .what = SLICE_LIT("audience")}),
                        strstr(all, "5 Ann|"));
    assert_string_equal(ask((struct audit_query){.limit = 10, .from_ms = INT64_C(4000000000000)}),
                        "");
    assert_string_equal(ask((struct audit_query){.limit = 10, .until_ms = 1000}), "");
    assert_string_equal(
        ask((struct audit_query){.limit = 10, .from_ms = 1000, .until_ms = INT64_C(4000000000000)}),
        all);
}

/* Page by page is the same as all at once, whatever is added meanwhile, over all three streams. */
static void test_page_by_page(void **state)
{
    (void)state;
    enum { MANY = 260 };
    for (int i = 0; i < MANY; i++)
        BY_HAND("XADD %saudit%s %d-%d at_ms %d who a what b why c", prefix,
                i % 3 == 0   ? ""
                : i % 3 == 1 ? ":inbox"
                             : ":kept",
                100 + i / 6, i % 6 / 3, i);
    char cursor[AUDIT_CURSOR_BYTES] = "";
    int seen = 0, last = MANY, pages = 0;
    do {
        const char *page = ask((struct audit_query){.limit = 7, .cursor = slice_of(cursor)});
        for (const char *p = page; *p; p = strchr(p, '\n') + 1, seen++) {
            int at = (int)strtol(p, NULL, 10);
            assert_true(at / 3 <= last / 3);
            last = at;
        }
        (void)snprintf(cursor, sizeof cursor, "%s", got.next);
        assert_true(!cursor[0] || audit_cursor_ok(slice_of(cursor)));
        BY_HAND("XADD %saudit * at_ms 999 who new what b why c", prefix);
    } while (cursor[0] && ++pages < 100);
    assert_int_equal(seen, MANY);
    /* before the first id there can be, there is nothing */
    assert_string_equal(ask((struct audit_query){.limit = 7, .cursor = SLICE_LIT("0-0.1")}), "");
    assert_string_equal(ask((struct audit_query){.limit = 7, .cursor = SLICE_LIT("0-0.3")}), "");
    assert_false(audit_cursor_ok(SLICE_LIT("5-1")));
    assert_false(audit_cursor_ok(SLICE_LIT("5-1.4")));
    assert_false(audit_cursor_ok(SLICE_LIT("x-1.1")));
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
        TEST(test_what_is_asked_for),
        TEST(test_page_by_page),
        TEST(test_evidence_outlives_the_rest),
        TEST(test_the_list_of_an_older_one_is_taken_over),
    };
    return redis_group_run("audit", tests, COUNT_OF(tests));
}
