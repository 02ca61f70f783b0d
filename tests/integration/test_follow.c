/* A copy of hashes against a real Redis: it has all that there was, and each change that a script
 * told of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/map.h"
#include "redis_group.h"
#include "store/follow.h"
#include "store/lua_scripts.h"

static struct {
    bool done;
    int result;
} got;

static struct map *copy; /* "hash field" → its value, owned */

static void take(void *arg, size_t hash, struct slice field, struct slice value)
{
    (void)arg;
    char key[64];
    (void)snprintf(key, sizeof key, "%zu %.*s", hash, SLICE_ARG(field));
    free(value.p ? map_put(copy, slice_of(key), slice_strdup(value))
                 : map_del(copy, slice_of(key)));
}

static const char *at(const char *key)
{
    const char *value = map_get(copy, slice_of(key));
    return value ? value : "nothing";
}

static void on_done(void *arg, int result, const struct err *e)
{
    (void)arg, (void)e;
    got.result = result;
    got.done = true;
}

static void on_reply(void *arg, const struct redisReply *reply)
{
    (void)arg;
    struct slice why = SLICE_NONE;
    if (redis_is_error(reply, &why)) fail_msg("%.*s", SLICE_ARG(why));
    got.done = true;
}

static void wait_done(void)
{
    while (!got.done)
        loop_turn(loop, -1);
    got.done = false;
}

#define BY_HAND(...)                                                                               \
    do {                                                                                           \
        redis_commandf(redis, on_reply, NULL, __VA_ARGS__);                                        \
        wait_done();                                                                               \
    } while (0)

/* As a script does it; value NULL: it goes. */
static void change(const char *hash, const char *field, const char *value)
{
    char source[2048], key[64], stream[64];
    (void)snprintf(source, sizeof source, "%.*s changed(KEYS[1], ARGV[1], ARGV[2])",
                   SLICE_ARG(lua_follow_changed));
    (void)snprintf(key, sizeof key, "%s%s", prefix, hash);
    (void)snprintf(stream, sizeof stream, "%stest:changes", prefix);
    if (value)
        BY_HAND("HSET %s %s %s", key, field, value);
    else
        BY_HAND("HDEL %s %s", key, field);
    BY_HAND("EVAL %b 1 %s %s %s", source, strlen(source), stream, hash, field);
}

static struct follow *follow(void)
{
    copy = map_new();
    const struct follow_config config = {.loop = loop,
                                         .store = store,
                                         .stream = "test:changes",
                                         .hashes = {"test:one", "test:two"},
                                         .take = take};
    return follow_new(&config);
}

static void caught_up(struct follow *f)
{
    follow_catch_up(f, on_done, NULL);
    wait_done();
    assert_int_equal(got.result, 0);
    assert_true(follow_is_read(f));
}

static void end(struct follow *f)
{
    size_t pos = 0;
    struct slice key;
    void *value;
    follow_free(f);
    while (map_next(copy, &pos, &key, &value))
        free(value);
    map_free(copy);
    loop_turn(loop, 0);
}

static void test_what_there_was_and_what_changes(void **state)
{
    (void)state;
    change("test:one", "a", "1");
    change("test:two", "a", "2");
    struct follow *f = follow();
    assert_false(follow_is_read(f));
    caught_up(f);
    assert_string_equal(at("0 a"), "1");
    assert_string_equal(at("1 a"), "2");
    change("test:one", "a", "3");
    change("test:one", "b", "4");
    change("test:two", "a", NULL);
    change("test:else", "a", "5"); /* nobody keeps a copy of that one */
    caught_up(f);
    assert_string_equal(at("0 a"), "3");
    assert_string_equal(at("0 b"), "4");
    assert_string_equal(at("1 a"), "nothing");
    assert_int_equal(map_count(copy), 2);
    change("test:one", "a", "6"); /* without being asked: a look is never far away */
    while (strcmp(at("0 a"), "6") != 0)
        loop_turn(loop, -1);
    end(f);
}

static void test_many_at_once(void **state)
{
    (void)state;
    struct follow *f = follow();
    caught_up(f);
    char field[16];
    for (int i = 0; i < 1700; i++) {
        (void)snprintf(field, sizeof field, "f%d", i);
        change("test:one", field, field);
    }
    caught_up(f);
    assert_int_equal(map_count(copy), 1700);
    end(f);
    f = follow(); /* by a whole reading, in pages */
    caught_up(f);
    assert_int_equal(map_count(copy), 1700);
    assert_string_equal(at("0 f1699"), "f1699");
    end(f);
}

/* Another store, or one that went back: what is not there any more is dropped. */
static void test_a_stream_that_lost_its_place(void **state)
{
    (void)state;
    change("test:one", "a", "1");
    change("test:one", "b", "1");
    struct follow *f = follow();
    caught_up(f);
    BY_HAND("DEL %stest:changes %stest:one", prefix, prefix);
    BY_HAND("HSET %stest:one b 2", prefix);
    /* An id of its own: within one millisecond '*' could give the id that was read before. */
    BY_HAND("XADD %stest:changes 1-1 hash test:one field b", prefix);
    while (strcmp(at("0 a"), "nothing") != 0) /* it stood at the stream's end before, too */
        loop_turn(loop, 100000);
    caught_up(f);
    assert_string_equal(at("0 b"), "2");
    end(f);
}

static void test_while_redis_is_away_it_stays(void **state)
{
    (void)state;
    change("test:one", "a", "1");
    struct follow *f = follow();
    caught_up(f);
    redis_fixture_kill(server);
    while (redis_is_connected(redis))
        loop_turn(loop, -1);
    follow_catch_up(f, on_done, NULL);
    wait_done();
    assert_int_equal(got.result, ERR_UNREACHABLE);
    assert_string_equal(at("0 a"), "1");
    redis_fixture_restart(server);
    while (!redis_is_connected(redis))
        loop_turn(loop, -1);
    change("test:one", "a", "2");
    caught_up(f);
    assert_string_equal(at("0 a"), "2");
    end(f);
}

/* As a connection that is lost between the question and the reading: the question is answered, the
 * reading is not. */
static void test_a_reading_that_failed_begins_anew(void **state)
{
    (void)state;
    BY_HAND("SET %stest:two none", prefix); /* no hash: it cannot be read */
    change("test:one", "a", "1");
    struct follow *f = follow();
    follow_catch_up(f, on_done, NULL);
    wait_done();
    assert_int_not_equal(got.result, 0);
    assert_false(follow_is_read(f));
    BY_HAND("DEL %stest:two", prefix);
    BY_HAND("HSET %stest:two b 2", prefix);
    caught_up(f);
    assert_string_equal(at("0 a"), "1");
    assert_string_equal(at("1 b"), "2");
    end(f);
}

static struct group_said said = {&got, sizeof got};
#define TEST(f) GROUP_TEST(f, &said)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_what_there_was_and_what_changes),   TEST(test_many_at_once),
        TEST(test_a_stream_that_lost_its_place),      TEST(test_while_redis_is_away_it_stays),
        TEST(test_a_reading_that_failed_begins_anew),
    };
    return redis_group_run("follow", tests, COUNT_OF(tests));
}
