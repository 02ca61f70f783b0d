/* What comes in together goes to the store in one call: the order of one person's words, what fails
 * alone and what fails with others, and what is told of opt-outs. Against a real Redis; each test has
 * a key prefix of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "io/redis.h"
#include "redis_group.h"
#include "store/inbox.h"
#include "store/mark.h"
#include "store/suppress.h"
#include "store/told.h"

#define NOW_MS INT64_C(1700000000000) /* any time will do: the store is told it */
#define ANN    "447700900123"
#define BOB    "447700900124"
enum { MANY = 150, PER_CALL = 64, TOLD_BYTES = 512 };

/* What became of the events, in the order in which they were told. */
static struct {
    size_t told_n;
    struct {
        int result;
        bool duplicate;
    } of[MANY];            /* by event */
    char said[TOLD_BYTES]; /* of opt-outs, by the last call that told of any */
    size_t order[MANY];
    bool done;
    int64_t number;
    char text[8192];
} got;

static void keep(void *arg, uint64_t mark, const struct told_word *list, size_t n, told_kept *kept,
                 void *kept_arg)
{
    (void)arg;
    assert_true(mark > 0);
    int at = 0;
    for (size_t i = 0; i < n; i++) {
        const struct told_optout *t = &list[i].optout;
        at += snprintf(got.said + at, sizeof got.said - (size_t)at, "%s %.*s %.*s %.*s %lld; ",
                       t->lifted ? "lift" : "set", SLICE_ARG(t->scope), SLICE_ARG(t->key),
                       SLICE_ARG(t->why), (long long)(t->at_ms - NOW_MS));
        assert_true(at < (int)sizeof got.said);
    }
    kept(kept_arg, 0);
}

/* arg: its event's place. */
static void on_stored(void *arg, int result, const struct inbox_stored *s, const struct err *e)
{
    size_t i = (size_t)(uintptr_t)arg;
    assert_true((result < 0) == (e != NULL) && (result == 0) == (s != NULL));
    got.order[got.told_n++] = i;
    got.of[i].result = result;
    got.of[i].duplicate = s && s->duplicate;
}

static void on_reply(void *arg, const struct redisReply *reply)
{
    (void)arg;
    struct slice text = redis_str(reply);
    assert_non_null(reply);
    assert_false(redis_is_error(reply, NULL));
    got.number = redis_int(reply, -1);
    got.text[0] = '\0';
    for (size_t i = 0, n = 0; i < redis_count(reply); i++)
        n += (size_t)snprintf(got.text + n, sizeof got.text - n, "%.*s\n",
                              SLICE_ARG(redis_str(redis_at(reply, i))));
    if (text.n) (void)snprintf(got.text, sizeof got.text, "%.*s", SLICE_ARG(text));
    got.done = true;
}

/* One Redis command by hand; %s is the prefix. */
#define BY_HAND(...)                                                                               \
    do {                                                                                           \
        got.done = false;                                                                          \
        redis_commandf(redis, on_reply, NULL, __VA_ARGS__);                                        \
        while (!got.done)                                                                          \
            loop_turn(loop, -1);                                                                   \
    } while (0)

static struct inbox_arrival arrival(const char *event, const char *key, const char *text)
{
    return (struct inbox_arrival){
        .gateway = SLICE_LIT("example"),
        .event_id = slice_of(event),
        .remember_ms = 1000000,
        .group = SLICE_LIT("main"),
        .key = slice_of(key),
        .sender = SLICE_LIT("+447700900000"),
        .text = slice_of(text),
        .scope = SLICE_LIT("all"),
    };
}

/* The i-th event of the test, which is not waited for. */
static void hand_over(size_t i, const struct inbox_arrival *in)
{
    inbox_receive(inbox, in, NOW_MS, on_stored, (void *)(uintptr_t)i);
}

static void say(size_t i, const char *event, const char *key, const char *text)
{
    const struct inbox_arrival in = arrival(event, key, text);
    hand_over(i, &in);
}

static void say_kind(size_t i, const char *event, enum inbox_kind kind, int64_t at_ms)
{
    struct inbox_arrival in = arrival(event, ANN, "word");
    in.kind = kind;
    in.at_ms = at_ms;
    hand_over(i, &in);
}

static void wait_all(size_t n)
{
    while (got.told_n < n)
        loop_turn(loop, -1);
    assert_int_equal(got.told_n, n);
    got.told_n = 0;
}

static long calls(void)
{
    BY_HAND("INFO commandstats");
    const char *at = strstr(got.text, "cmdstat_evalsha:calls=");
    return at ? strtol(at + strlen("cmdstat_evalsha:calls="), NULL, 10) : 0;
}

/* The texts of a thread, one behind the other. */
static const char *thread(const char *group, const char *key)
{
    static char texts[1024];
    size_t n = 0;
    BY_HAND("HGET %sconvof:%s %s", prefix, group, key);
    long id = strtol(got.text, NULL, 10);
    BY_HAND("LRANGE %sconv:%ld:m 0 -1", prefix, id);
    texts[0] = '\0';
    for (const char *at = got.text; (at = strstr(at, "\"text\":\"")) != NULL;) {
        at += strlen("\"text\":\"");
        n += (size_t)snprintf(texts + n, sizeof texts - n, "%.*s ", (int)strcspn(at, "\""), at);
    }
    return texts;
}

/* ---- together ---- */

static void test_what_comes_together_is_one_call_in_order(void **state)
{
    (void)state;
    long before = calls();
    say(0, "e0", ANN, "one");
    say(1, "e1", BOB, "hello");
    say(2, "e2", ANN, "two");
    say(3, "e0", ANN, "one");
    say(4, "e4", ANN, "three");
    wait_all(5);
    assert_int_equal(calls() - before, 1);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(got.of[i].result, 0);
        assert_int_equal(got.of[i].duplicate, i == 3);
        assert_int_equal(got.order[i], i);
    }
    assert_string_equal(thread("main", ANN), "one two three ");
    assert_string_equal(thread("main", BOB), "hello ");
}

static void test_a_call_has_a_bound(void **state)
{
    (void)state;
    char event[16], key[16];
    long before = calls();
    for (size_t i = 0; i < MANY; i++) {
        (void)snprintf(event, sizeof event, "e%zu", i);
        (void)snprintf(key, sizeof key, "4477009%05zu", i);
        say(i, event, key, "hi");
    }
    wait_all(MANY);
    assert_int_equal(calls() - before, (MANY + PER_CALL - 1) / PER_CALL);
    for (size_t i = 0; i < MANY; i++)
        assert_int_equal(got.order[i], i);
}

static void test_long_texts_go_in_smaller_calls(void **state)
{
    (void)state;
    static char text[16 * 1024 + 1];
    memset(text, 'x', sizeof text - 1);
    long before = calls();
    for (size_t i = 0; i < 20; i++) {
        char event[16];
        (void)snprintf(event, sizeof event, "e%zu", i);
        say(i, event, ANN, text);
    }
    wait_all(20);
    assert_in_range(calls() - before, 3, 4); /* 320 KB, 128 KB a call */
}

static void test_a_change_of_the_number_goes_alone(void **state)
{
    (void)state;
    struct inbox_arrival change = arrival("e1", ANN, "");
    change.kind = INBOX_CHANGE;
    change.new_key = SLICE_LIT("447700900999");
    long before = calls();
    say(0, "e0", ANN, "before");
    hand_over(1, &change);
    say(2, "e2", "447700900999", "after");
    wait_all(3);
    assert_int_equal(calls() - before, 3);
    assert_string_equal(thread("main", "447700900999"), "before  after ");
}

/* ---- what fails ---- */

static void test_one_that_redis_refuses_takes_no_other_along(void **state)
{
    (void)state;
    struct inbox_arrival elsewhere = arrival("e3", ANN, "two");
    elsewhere.group = SLICE_LIT("north"); /* where nothing is wrong */
    say(0, "e0", ANN, "hi");
    wait_all(1);
    BY_HAND("HGET %sconvof:main " ANN, prefix);
    long id = strtol(got.text, NULL, 10);
    BY_HAND("RENAME %sconv:%ld:m %saside", prefix, id, prefix);
    BY_HAND("SET %sconv:%ld:m wrong", prefix, id);
    for (int again = 0; again < 2; again++) {
        say(0, "e1", BOB, "first");
        say(1, "e2", ANN, "one");
        say(2, "e4", BOB, "second");
        hand_over(3, &elsewhere);
        wait_all(4);
        assert_int_equal(got.of[0].result, 0);
        assert_int_equal(got.of[1].result, ERR_UNREACHABLE);
        assert_int_equal(got.of[2].result, 0);
        assert_int_equal(got.of[3].result, ERR_UNREACHABLE); /* else it stood before the one */
    }
    assert_string_equal(thread("main", BOB), "first second ");
    BY_HAND("RENAME %saside %sconv:%ld:m", prefix, prefix, id);
    say(0, "e2", ANN, "one");
    hand_over(1, &elsewhere);
    wait_all(2);
    assert_int_equal(got.of[0].result, 0);
    assert_string_equal(thread("main", ANN), "hi one ");
    assert_string_equal(thread("north", ANN), "two ");
}

/* Lists are written once for the call, and one that is broken still fails only those who need it. */
static void test_a_broken_list_takes_no_other_group_along(void **state)
{
    (void)state;
    struct inbox_arrival elsewhere = arrival("e1", BOB, "hello");
    elsewhere.group = SLICE_LIT("north");
    BY_HAND("SET %sunanswered:main wrong", prefix);
    for (int again = 0; again < 2; again++) {
        say(0, "e0", ANN, "hi");
        hand_over(1, &elsewhere);
        wait_all(2);
        assert_int_equal(got.of[0].result, ERR_UNREACHABLE);
        assert_int_equal(got.of[1].result, 0);
        assert_int_equal(got.of[1].duplicate, again);
    }
    BY_HAND("ZCARD %sunanswered:north", prefix);
    assert_int_equal(got.number, 1);
    BY_HAND("DEL %sunanswered:main", prefix);
    say(0, "e0", ANN, "hi");
    wait_all(1);
    assert_int_equal(got.of[0].result, 0);
    assert_string_equal(thread("main", ANN), "hi ");
    BY_HAND("ZCARD %sunanswered:main", prefix);
    assert_int_equal(got.number, 1);
}

static void test_the_last_word_of_a_call_says_where_somebody_stands(void **state)
{
    (void)state;
    say(0, "e0", ANN, "hi");
    say(1, "e1", BOB, "hello");
    say_kind(2, "e2", INBOX_STOP, NOW_MS);
    wait_all(3);
    static const struct {
        const char *list;
        int n;
    } lists[] = {{"inbox:main", 1}, {"closed:main", 1}, {"unanswered:main", 1}, {"waits:main", 1}};
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        BY_HAND("ZCARD %s%s", prefix, lists[i].list);
        assert_int_equal(got.number, lists[i].n);
    }
    say(0, "e3", ANN, "sorry, yes");
    wait_all(1);
    BY_HAND("ZCARD %sunanswered:main", prefix);
    assert_int_equal(got.number, 2);
    BY_HAND("ZCARD %sclosed:main", prefix);
    assert_int_equal(got.number, 0);
}

static void test_a_call_that_fails_stored_nothing(void **state)
{
    (void)state;
    say(0, "e0", ANN, "zero");
    wait_all(1);
    BY_HAND("SCRIPT FLUSH"); /* the next call is refused as a whole */
    for (int again = 0; again < 2; again++) {
        say(0, "e1", ANN, "one");
        say(1, "e2", BOB, "hello");
        say(2, "e3", ANN, "two");
        wait_all(3);
        for (size_t i = 0; i < 3; i++) {
            assert_int_equal(got.of[i].result, again ? 0 : ERR_UNREACHABLE);
            assert_false(got.of[i].duplicate);
        }
    }
    assert_string_equal(thread("main", ANN), "zero one two ");
    assert_string_equal(thread("main", BOB), "hello ");
}

static void test_what_was_not_sent_is_told_so_at_the_end(void **state)
{
    (void)state;
    say(0, "e0", ANN, "one");
    inbox_give_up(inbox);
    assert_int_equal(got.told_n, 1);
    assert_int_equal(got.of[0].result, ERR_UNREACHABLE);
    inbox_give_up(inbox); /* there is nothing left */
    assert_int_equal(got.told_n, 1);
    got.told_n = 0;
}

/* ---- what is told of opt-outs ---- */

static void test_opt_outs_are_told_and_told_again(void **state)
{
    (void)state;
    struct inbox_arrival doubt = arrival("e2", ANN, "leave me out of this");
    doubt.hold = true;
    doubt.at_ms = NOW_MS - 30000;
    store_on_told(store, keep, NULL);
    say(0, "e9", ANN, "hello");
    wait_all(1);
    assert_int_equal(mark_seen(store), 0);
    for (int again = 0; again < 2; again++) {
        say(0, "e0", ANN, "hi");
        hand_over(1, &doubt);
        say_kind(2, "e3", INBOX_STOP, NOW_MS - 20000);
        say_kind(3, "e4", INBOX_START, NOW_MS - 10000);
        wait_all(4);
        for (size_t i = 0; i < 4; i++)
            assert_int_equal(got.of[i].duplicate, again);
        assert_string_equal(got.said, "set hold " ANN " near_stop -30000; "
                                      "set all " ANN " stop -20000; lift hold " ANN " stop -20000; "
                                      "lift all " ANN " start -10000; ");
        got.said[0] = '\0';
        assert_true(mark_seen(store) > 0);
    }
}

static struct group_said said = {&got, sizeof got};
#define TEST(f) GROUP_TEST(f, &said)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_what_comes_together_is_one_call_in_order),
        TEST(test_a_call_has_a_bound),
        TEST(test_long_texts_go_in_smaller_calls),
        TEST(test_a_change_of_the_number_goes_alone),
        TEST(test_one_that_redis_refuses_takes_no_other_along),
        TEST(test_a_broken_list_takes_no_other_group_along),
        TEST(test_the_last_word_of_a_call_says_where_somebody_stands),
        TEST(test_a_call_that_fails_stored_nothing),
        TEST(test_what_was_not_sent_is_told_so_at_the_end),
        TEST(test_opt_outs_are_told_and_told_again),
    };
    return redis_group_run("arrivals", tests, COUNT_OF(tests));
}
