/* What people agreed to and took back (store/consent.h), against a real Redis: whose evidence is whose, whom a group knows, and
 * how long it is kept. Each test has a key prefix of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "redis_group.h"
#include "store/consent.h"

#define ANN    UINT64_C(447400000101)
#define BOB    UINT64_C(447400000102)
#define DAY_MS (24 * 3600 * INT64_C(1000))
#define NOW_MS (20000 * DAY_MS)

static struct {
    int64_t count;
    char group[65], kept[512], taken[512];
} got;

static void on_count(void *arg, int result, int64_t count)
{
    got.count = count;
    asked_done(arg, result, NULL);
}

static void on_found(void *arg, int result, const struct consent_found *found, const struct err *e)
{
    size_t k = 0, t = 0;
    got.kept[0] = got.taken[0] = '\0';
    (void)snprintf(got.group, sizeof got.group, "%.*s", SLICE_ARG(found->group));
    for (size_t i = 0; i < found->kept_n; i++) {
        const struct consent_kept *one = &found->kept[i];
        k += (size_t)snprintf(got.kept + k, sizeof got.kept - k,
                              "%.*s %.*s %.*s %.*s %.*s %d-%d %u;", SLICE_ARG(one->what),
                              SLICE_ARG(one->at), SLICE_ARG(one->source), SLICE_ARG(one->wording),
                              SLICE_ARG(one->group), (int)(one->first_ms / DAY_MS),
                              (int)(one->last_ms / DAY_MS), one->campaign);
    }
    for (size_t i = 0; i < found->taken_n; i++)
        t += (size_t)snprintf(got.taken + t, sizeof got.taken - t, "%.*s %.*s %.*s;",
                              SLICE_ARG(found->taken[i].what), SLICE_ARG(found->taken[i].group),
                              SLICE_ARG(found->taken[i].why));
    asked_done(arg, result, e);
}

static void on_reply(void *arg, const struct redisReply *reply)
{
    (void)arg;
    assert_false(redis_is_nil(reply));
}

/* One command, its words with spaces between; %s is the prefix. */
static void run(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static void run(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    group_command(on_reply, fmt, ap);
    va_end(ap);
}

static const char *const leeds_names[] = {"leeds"}, *const york_names[] = {"york"};
static const struct group_set all = {.all = true}, leeds = {false, leeds_names, 1},
                              york = {false, york_names, 1};

static int find(uint64_t number, const struct group_set *groups)
{
    consent_find(store, number, groups, on_found, NULL);
    return asked_wait();
}

static void note(uint32_t campaign, const char *group, int day, const char *what,
                 const char *wording)
{
    const struct consent_evidence one = {ANN, slice_of(what), SLICE_LIT("2024-03-01"),
                                         SLICE_LIT("stall"), slice_of(wording)};
    run("HSET %sc:%u group %s", prefix, campaign, group);
    consent_note(store, campaign, day * DAY_MS, &one, 1);
}

static void change(const char *what, bool given, const char *group, const char *why)
{
    const struct consent_change c = {.number = ANN,
                                     .what = slice_of(what),
                                     .given = given,
                                     .group = slice_of(group),
                                     .by = SLICE_LIT("Omar"),
                                     .why = slice_of(why)};
    consent_withdraw(store, &c, NOW_MS, asked_done, NULL);
    assert_int_equal(asked_wait(), 0);
}

static void test_each_group_sees_its_own_evidence(void **state)
{
    (void)state;
    note(3, "leeds", 20000, "news", "texts");
    note(4, "leeds", 20007, "news", "texts");
    note(5, "york", 20009, "news", "texts");
    assert_int_equal(find(ANN, &leeds), 0);
    assert_string_equal(got.kept, "news 2024-03-01 stall texts leeds 20000-20007 4;");
    assert_string_equal(got.group, "leeds");
    assert_int_equal(find(ANN, &york), 0);
    assert_string_equal(got.kept, "news 2024-03-01 stall texts york 20009-20009 5;");
    assert_int_equal(find(ANN, &all), 0);
    assert_string_equal(got.kept, "news 2024-03-01 stall texts york 20009-20009 5;"
                                  "news 2024-03-01 stall texts leeds 20000-20007 4;");
    assert_string_equal(got.group, "");
}

static void test_a_group_knows_whom_it_talks_with_and_has_on_a_list(void **state)
{
    (void)state;
    assert_int_equal(find(ANN, &leeds), ERR_NOT_FOUND);
    assert_int_equal(find(ANN, &all), 0);
    run("HSET %sconvof:york %llu 1", prefix, (unsigned long long)ANN);
    assert_int_equal(find(ANN, &leeds), ERR_NOT_FOUND);
    assert_int_equal(find(ANN, &york), 0);
    run("HSET %sa:7 group leeds lent york buckets 4", prefix);
    run("HSET %sa:7:x:%llu %llu 0", prefix, (unsigned long long)(BOB % 4), (unsigned long long)BOB);
    run("ZADD %sfrozen:leeds 1 7", prefix);
    run("ZADD %sfrozen:york 1 7", prefix);
    assert_int_equal(find(ANN, &leeds), ERR_NOT_FOUND);
    assert_int_equal(find(BOB, &leeds), 0);
    assert_string_equal(got.group, "leeds");
    assert_int_equal(find(BOB, &york), ERR_NOT_FOUND); /* it is lent the list, and launches to it */
    const struct group_set none = {false, NULL, 0};
    assert_int_equal(find(BOB, &none), ERR_NOT_FOUND);
}

static void test_what_two_groups_took_back_is_no_groups(void **state)
{
    (void)state;
    change("news", false, "leeds", "said so");
    change("news", false, "leeds", "again");
    assert_int_equal(find(ANN, &all), 0);
    assert_string_equal(got.taken, "news leeds said so;");
    change("news", false, "york", "to us, too");
    change("reminders", false, "", "to all");
    assert_int_equal(find(ANN, &all), 0);
    assert_true(strstr(got.taken, "news  said so;") && strstr(got.taken, "reminders  to all;"));
    change("news", true, "", "");
    assert_int_equal(find(ANN, &all), 0);
    assert_string_equal(got.taken, "reminders  to all;");
}

static void refuse(uint64_t number)
{
    const struct consent_change c = {
        .group = SLICE_LIT("leeds"), .by = SLICE_LIT("an import"), .why = SLICE_LIT("no")};
    consent_refuse(store, &c, &number, 1, NOW_MS);
}

static void campaign_of(uint32_t id, const char *group, const char *needs, uint64_t number)
{
    run("HSET %sc:%u group %s consent %s audience %u", prefix, id, group, needs, id);
    run("HSET %sa:%u group %s buckets 4", prefix, id, group);
    run("HSET %sa:%u:x:%llu %llu 0", prefix, id, (unsigned long long)(number % 4),
        (unsigned long long)number);
    run("SADD %sactive %u", prefix, id);
}

/* What they had agreed to towards the group: noted, or needed by what is under way and has them. Nothing else, and of nobody else. */
static void test_a_list_says_no(void **state)
{
    (void)state;
    note(3, "leeds", 20000, "news,Perhaps later", "texts");
    note(4, "york", 20000, "parties", "texts");
    campaign_of(7, "leeds", "surveys;24", ANN);
    campaign_of(8, "york", "votes", ANN);
    campaign_of(9, "leeds", "reminders", BOB);
    campaign_of(10, "leeds", ";;16", ANN);
    refuse(BOB + 1);
    refuse(ANN);
    refuse(ANN);
    assert_int_equal(find(ANN, &all), 0);
    assert_true(strstr(got.taken, "news leeds no;") && strstr(got.taken, "surveys leeds no;"));
    assert_int_equal(strlen(got.taken), strlen("news leeds no;surveys leeds no;"));
    assert_int_equal(find(BOB, &all), 0);
    assert_string_equal(got.taken, "");
    assert_int_equal(find(BOB + 1, &all), 0);
    assert_string_equal(got.taken, "");
}

static void expire(uint64_t number, int day, int64_t people)
{
    consent_expire(store, (uint32_t)(number % CONSENT_BUCKETS), day * DAY_MS, on_count, NULL);
    assert_int_equal(asked_wait(), 0);
    assert_int_equal(got.count, people);
}

/* By the day of its last use, not of its first; a person goes with their last piece. */
static void test_evidence_goes_with_its_time(void **state)
{
    (void)state;
    note(3, "leeds", 20000, "news", "old words");
    note(4, "leeds", 20010, "news", "new words");
    note(5, "leeds", 20020, "news", "new words");
    expire(ANN, 20000, 0);
    assert_int_equal(find(ANN, &all), 0);
    assert_non_null(strstr(got.kept, "old words"));
    expire(ANN, 20001, 0);
    assert_int_equal(find(ANN, &all), 0);
    assert_string_equal(got.kept, "news 2024-03-01 stall new words leeds 20010-20020 5;");
    expire(ANN, 20020, 0);
    change("news", false, "leeds", "said so");
    expire(ANN, 20021, 1);
    assert_int_equal(find(ANN, &all), 0);
    assert_string_equal(got.kept, "");
    assert_string_equal(got.taken, "news leeds said so;"); /* it keeps texts from them */
}

static void test_the_newest_four_are_kept(void **state)
{
    (void)state;
    static const char *const words[] = {"a", "b", "c", "d", "e"};
    for (int i = 0; i < 5; i++)
        note((uint32_t)i + 1, "leeds", 20000 + i, "news", words[i]);
    assert_int_equal(find(ANN, &leeds), 0);
    assert_null(strstr(got.kept, "stall a leeds"));
    assert_non_null(strstr(got.kept, "stall b leeds"));
    assert_int_equal(strncmp(got.kept, "news 2024-03-01 stall e leeds", 29), 0);
}

int main(void)
{
    static const struct group_said said = {&got, sizeof got};
#define T(f) GROUP_TEST(f, (void *)&said)
    const struct CMUnitTest tests[] = {
        T(test_each_group_sees_its_own_evidence),
        T(test_a_group_knows_whom_it_talks_with_and_has_on_a_list),
        T(test_what_two_groups_took_back_is_no_groups),
        T(test_a_list_says_no),
        T(test_evidence_goes_with_its_time),
        T(test_the_newest_four_are_kept),
    };
    return redis_group_run("consents", tests, COUNT_OF(tests));
}
