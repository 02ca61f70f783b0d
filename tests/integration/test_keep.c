/* What has an end (flow/keeper.h), against a real Redis and a clock that the test owns: what goes,
 * when, in how small steps, and what never does. Each test has a prefix of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "flow/keeper.h"
#include "redis_group.h"
#include "store/campaign.h"
#include "store/inbox.h"
#include "store/keep.h"
#include "store/store.h"

#define NOW_MS INT64_C(1700000000000)
#define DAY_MS (24 * 3600 * INT64_C(1000))

static struct keeper *keeper;
static int64_t now_ms;

static int64_t number;
static void on_number(void *arg, const struct redisReply *reply)
{
    (void)arg;
    number = redis_is_nil(reply)
                 ? -1
                 : redis_int(reply, redis_count(reply) ? (int64_t)redis_count(reply) : -2);
}

/* One command, with "%s" for the prefix first; returns what it says as a number. */
static int64_t ask(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static int64_t ask(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    group_command(on_number, fmt, ap);
    va_end(ap);
    return number;
}

static void begin(int conversations, int campaigns, int audiences)
{
    group_begin();
    const struct keeper_config config = {.store = store,
                                         .inbox = inbox,
                                         .conversations_days = conversations,
                                         .campaigns_days = campaigns,
                                         .audiences_days = audiences};
    keeper = keeper_new(&config);
    now_ms = NOW_MS;
}

static void end(void)
{
    for (int i = 0; i < 20; i++)
        (void)ask("PING");
    keeper_free(keeper);
    group_end();
}

/* As the leader does it, once a second. */
static void pass(int64_t ms, int steps)
{
    now_ms += ms;
    for (int i = 0; i < steps; i++, now_ms += 1000) {
        keeper_step(keeper, now_ms);
        for (int k = 0; k < 8; k++)
            (void)ask("PING"); /* a step is a few questions, one behind the other */
    }
}

/* ---- campaigns and their audiences ---- */

static void make_audience(int id, const char *name)
{
    (void)ask("HSET %sa:%d name %s total 3 blocks 1 buckets 1 group main frozen 1 columns 1",
              prefix, id, name);
    (void)ask("SET %sa:%d:b:0 rows", prefix, id);
    (void)ask("HSET %sa:%d:x:0 447700900001 0", prefix, id);
    (void)ask("HSET %saudiences %s %d", prefix, name, id);
}

static void make_campaign(int id, int audience, const char *status, int64_t over_ms)
{
    (void)ask("HSET %sc:%d name n%d status %s %s_ms %lld audience %d launched_ms 1 total 3 n4 2 "
              "n11 1 can_again 1 "
              "unknown_since_ms 1",
              prefix, id, id, status, status, (long long)over_ms, audience);
    (void)ask("SET %sc:%d:l abc", prefix, id);
    (void)ask("SET %sc:%d:text words", prefix, id);
    (void)ask("HSET %sc:%d:d 1 refused", prefix, id);
    (void)ask("ZADD %sc:%d:u 1 1", prefix, id);
    (void)ask("ZADD %sc:%d:r 1 1", prefix, id);
    (void)ask("HSET %scampaign_names n%d %d", prefix, id, id);
    (void)ask("ZADD %scampaigns %d %d", prefix, id, id);
}

static bool has(const char *what, int id, const char *part)
{
    return ask("EXISTS %s%s:%d%s", prefix, what, id, part) == 1;
}

/* A version that no campaign has goes after an hour, one that has a report with the audiences; the list stays. */
static void test_what_a_list_was_goes(void **state)
{
    (void)state;
    begin(0, 0, 30);
    for (int id = 1; id <= 3; id++) {
        make_audience(id, "members");
        if (id == 3) continue;
        (void)ask("HSET %sa:%d next %d", prefix, id, id + 1);
        (void)ask("ZADD %sversions %lld %d", prefix, (long long)NOW_MS, id);
    }
    make_campaign(7, 1, "done", NOW_MS);
    pass(0, 8);
    assert_true(has("a", 2, ""));
    pass(2 * KEEPER_WALK_MS, 8);
    assert_false(has("a", 2, ""));
    assert_false(has("a", 2, ":b:0"));
    assert_true(has("a", 1, ":b:0"));
    assert_true(has("a", 3, ":b:0"));
    assert_int_equal(ask("ZCARD %sversions", prefix), 1);
    pass(31 * DAY_MS, 8);
    assert_false(has("a", 1, ":b:0"));
    assert_true(has("a", 3, ":b:0"));
    assert_int_equal(ask("HGET %saudiences members", prefix), 3);
    end();
}

/* One that was deleted in what the store lost goes when no campaign that is not over needs it. */
static void test_a_list_that_was_deleted_goes(void **state)
{
    (void)state;
    begin(0, 0, 0);
    make_audience(1, "used");
    make_audience(2, "reported");
    make_audience(3, "stays");
    make_campaign(7, 1, "running", 1);
    make_campaign(8, 2, "done", NOW_MS);
    (void)ask("SADD %sactive 7", prefix);
    (void)ask("SADD %saudiences:doomed 1 2 99", prefix); /* 99: gone by another hand */
    pass(0, 12);
    assert_true(has("a", 1, ":b:0"));
    assert_false(has("a", 2, ":b:0"));
    assert_int_equal(ask("SCARD %saudiences:doomed", prefix), 1);
    (void)ask("SREM %sactive 7", prefix);
    pass(2 * KEEPER_WALK_MS, 12);
    assert_false(has("a", 1, ":b:0"));
    assert_true(has("a", 3, ":b:0"));
    assert_int_equal(ask("EXISTS %saudiences:doomed", prefix), 0);
    end();
}

static void test_details_go_and_the_summary_stays(void **state)
{
    (void)state;
    begin(0, 30, 0);
    make_audience(1, "one");
    make_campaign(7, 1, "done", NOW_MS);
    (void)ask("HSET %scascades 7 {}", prefix);
    (void)ask("HSET %sc:7:cascade next 5001 opens 5000", prefix);
    (void)ask("HSET %sc:7:tags yes 3 needs_lift 1", prefix);
    (void)ask("ZADD %sc:7:tag:yes 1 11 2 12 3 13", prefix);
    (void)ask("ZADD %sc:7:tag:needs_lift 1 12", prefix);
    (void)ask("SET %sc:7:links:0 x", prefix);
    (void)ask("SET %sc:7:links:1 x", prefix);
    pass(0, 4);
    pass(29 * DAY_MS, 4);
    assert_true(has("c", 7, ":l"));
    pass(2 * DAY_MS, 4);
    static const char *const gone[] = {":l", ":d", ":u", ":r", ":tag:yes", ":tag:needs_lift"};
    for (size_t i = 0; i < COUNT_OF(gone); i++)
        assert_false(has("c", 7, gone[i]));
    assert_true(has("c", 7, ":text"));
    assert_int_equal(ask("HGET %sc:7:tags yes", prefix), 3);
    assert_int_equal(ask("HGET %sc:7 n4", prefix), 2);
    assert_true(ask("HGET %sc:7 trimmed_ms", prefix) >= NOW_MS + 31 * DAY_MS);
    assert_int_equal(ask("HGET %scampaign_names n7", prefix), 7);
    assert_false(has("c", 7, ":links:0")); /* of its cascade the counts stay */
    assert_false(has("c", 7, ":links:1"));
    assert_int_equal(ask("HEXISTS %scascades 7", prefix), 0);
    assert_int_equal(ask("HGET %sc:7:cascade opens", prefix), 5000);
    assert_int_equal(ask("HGET %sc:7 can_again", prefix),
                     -1); /* nobody is there to be sent to again */
    assert_true(has("a", 1, ":b:0"));
    assert_int_equal(ask("HGET %skept campaigns", prefix), 1);
    pass(2 * DAY_MS, 4);
    assert_int_equal(ask("HGET %skept campaigns", prefix), 1);
    end();
}

static void test_what_is_not_over_stays(void **state)
{
    (void)state;
    begin(0, 1, 1);
    make_audience(1, "one");
    make_campaign(7, 1, "running", 1);
    (void)ask("SADD %sactive 7", prefix);
    make_campaign(8, 1, "cancelled", 1);
    (void)ask("SADD %sactive 8", prefix); /* its people are still swept */
    pass(100 * DAY_MS, 6);
    assert_true(has("c", 7, ":l"));
    assert_true(has("c", 8, ":l"));
    assert_true(has("a", 1, ""));
    end();
}

static void test_an_audience_goes_after_its_last_campaign(void **state)
{
    (void)state;
    begin(0, 0, 10);
    make_audience(1, "old");
    make_audience(2, "twice");
    make_audience(3, "never_used");
    make_campaign(7, 1, "done", NOW_MS);
    make_campaign(8, 2, "done", NOW_MS);
    make_campaign(9, 2, "expired", NOW_MS + 8 * DAY_MS);
    pass(11 * DAY_MS, 8);
    assert_false(has("a", 1, ""));
    assert_false(has("a", 1, ":b:0"));
    assert_false(has("a", 1, ":x:0"));
    assert_true(has("a", 2, ":b:0"));
    assert_true(has("c", 7, ":l")); /* campaigns_days 0: for ever */
    pass(8 * DAY_MS, 8);
    assert_false(has("a", 2, ":b:0"));
    assert_true(has("a", 3, ":b:0"));
    assert_int_equal(ask("HGET %skept audiences", prefix), 2);
    assert_int_equal(ask("HLEN %saudiences", prefix), 1);
    end();
}

static void test_many_go_one_by_one(void **state)
{
    (void)state;
    begin(0, 1, 0);
    for (int id = 1; id <= 2 * KEEP_PAGE + 7; id++)
        make_campaign(id, 0, "done", NOW_MS);
    pass(3 * DAY_MS, 1); /* a page */
    for (int i = 1; i <= 5; i++) {
        pass(0, 1);
        assert_int_equal(ask("HGET %skept campaigns", prefix), i);
    }
    pass(0, 2 * KEEP_PAGE + 10);
    assert_int_equal(ask("HGET %skept campaigns", prefix), 2 * KEEP_PAGE + 7);
    end();
}

static void test_nothing_has_an_end(void **state)
{
    (void)state;
    begin(0, 0, 0);
    make_audience(1, "one");
    make_campaign(7, 1, "done", 1);
    (void)ask("HSET %sconv:1 group main number 447700900001 campaign 7", prefix);
    (void)ask("ZADD %sclosed: 1 1", prefix);
    pass(36500 * DAY_MS, 5);
    assert_true(has("c", 7, ":l"));
    assert_true(has("a", 1, ":b:0"));
    assert_int_equal(ask("EXISTS %sconv:1", prefix), 1);
    end();
}

/* ---- conversations ---- */

static void make_conversation(int id, const char *list, int64_t last_ms)
{
    (void)ask("HSET %sconv:%d group main number 44770090000%d campaign 7", prefix, id, id);
    (void)ask("RPUSH %sconv:%d:m {\"dir\":\"in\"} {\"i\":%d,\"dir\":\"out\"}", prefix, id, id);
    (void)ask("HSET %sdm:%d conv %d to 44770090000%d text hello", prefix, id, id, id);
    (void)ask("HSET %sconvof:main 44770090000%d %d", prefix, id, id);
    (void)ask("HSET %sgroupof 44770090000%d main", prefix, id);
    (void)ask("HSET %sstarted 44770090000%d 1", prefix, id);
    (void)ask("HSET %slink id%d 44770090000%d", prefix, id, id);
    (void)ask("HSET %ss:all 44770090000%d stop", prefix, id);
    (void)ask("ZADD %s%s:main %lld %d", prefix, list, (long long)last_ms, id);
    (void)ask("ZADD %s%s: %lld %d", prefix, list, (long long)last_ms, id);
}

static void test_closed_conversations_go(void **state)
{
    (void)state;
    begin(20, 0, 0);
    make_conversation(1, "closed", NOW_MS);
    make_conversation(2, "inbox", NOW_MS);
    make_conversation(3, "closed", NOW_MS + 5 * DAY_MS);
    pass(19 * DAY_MS, 2);
    assert_int_equal(ask("EXISTS %sconv:1 %sdm:1", prefix, prefix), 2);
    pass(2 * DAY_MS, 2);
    assert_int_equal(ask("EXISTS %sconv:1 %sconv:1:m %sdm:1", prefix, prefix, prefix), 0);
    assert_int_equal(ask("EXISTS %sconv:2 %sconv:3 %sdm:2 %sdm:3", prefix, prefix, prefix, prefix),
                     4);
    assert_int_equal(ask("HLEN %sconvof:main", prefix), 2);
    assert_int_equal(ask("HLEN %sgroupof", prefix), 2);
    assert_int_equal(ask("ZCARD %sclosed:", prefix), 1);
    assert_int_equal(ask("ZCARD %sclosed:main", prefix), 1);
    /* what proves something, and what a STOP by an id needs */
    assert_int_equal(ask("HLEN %ss:all", prefix), 3);
    assert_int_equal(ask("HLEN %sstarted", prefix), 3);
    assert_int_equal(ask("HLEN %slink", prefix), 3);
    assert_int_equal(ask("HGET %skept conversations", prefix), 1);
    end();
}

static void test_a_few_conversations_a_step(void **state)
{
    (void)state;
    begin(1, 0, 0);
    for (int id = 1; id < 10; id++)
        make_conversation(id, "closed", NOW_MS);
    pass(3 * DAY_MS, 1);
    assert_int_equal(ask("ZCARD %sclosed:", prefix), 4);
    pass(0, 1);
    assert_int_equal(ask("ZCARD %sclosed:", prefix), 0);
    end();
}

int main(void)
{
#define T(name) cmocka_unit_test(name)
    const struct CMUnitTest tests[] = {
        T(test_what_a_list_was_goes),
        T(test_a_list_that_was_deleted_goes),
        T(test_details_go_and_the_summary_stays),
        T(test_what_is_not_over_stays),
        T(test_an_audience_goes_after_its_last_campaign),
        T(test_many_go_one_by_one),
        T(test_nothing_has_an_end),
        T(test_closed_conversations_go),
        T(test_a_few_conversations_a_step),
    };
    return redis_group_run("keep", tests, COUNT_OF(tests));
}
