/* Requests under an Idempotency-Key, and what acts leave in the audit trail, over real HTTP and a real Redis. */
#include "api_world.h"

#include <pwd.h>
#include <unistd.h>

#include "base/buf.h"
#include "store/once.h"

#define DRAFT(name) "{\"name\":\"" name "\",\"country\":\"GB\",\"columns\":[\"first_name\"]}"

static json_t *post(const char *key, int status, const char *path, const char *body)
{
    world.key = key;
    json_t *reply = ask(status, "POST", path, body);
    world.key = NULL;
    return reply;
}

static size_t entries(const char *query)
{
    char path[128];
    (void)snprintf(path, sizeof path, "/api/v1/audit?%s", query);
    return json_array_size(json_object_get(ask(200, "GET", path, NULL), "entries"));
}

static void test_the_same_again_is_the_same_response(void **state)
{
    (void)state;
    json_int_t id = number_at(post("k1", 201, "/api/v1/audiences", DRAFT("a")), "id");
    char *first = xstrdup(answer_text());
    for (int i = 0; i < 3; i++) {
        (void)post("k1", 201, "/api/v1/audiences", DRAFT("a"));
        assert_string_equal(answer_text(), first);
    }
    free(first);
    assert_int_equal(entries("what=audience"), 1);
    assert_int_equal(number_at(post(NULL, 201, "/api/v1/audiences", DRAFT("b")), "id"), id + 1);
}

static void test_a_key_is_for_one_request(void **state)
{
    (void)state;
    (void)post("k1", 201, "/api/v1/audiences", DRAFT("a"));
    (void)post("k1", 422, "/api/v1/audiences", DRAFT("b"));
    expect_error("idempotency_key_reused", "another body");
    (void)post("k1", 422, "/api/v1/audiences?x=1", DRAFT("a"));
    /* of another route, and of another member, it is another key */
    (void)post("k1", 400, "/api/v1/campaigns", "{}");
    world.key = "k1";
    (void)ask_as("unix", 201, "POST", "/api/v1/audiences", DRAFT("c"));
    world.key = NULL;
}

static void test_keys_that_are_none(void **state)
{
    (void)state;
    char text[130];
    memset(text, '~', sizeof text);
    text[129] = '\0';
    (void)post(text, 400, "/api/v1/audiences", DRAFT("a"));
    text[128] = '\0';
    (void)post(text, 201, "/api/v1/audiences", DRAFT("a"));
    (void)post("a b", 400, "/api/v1/audiences", DRAFT("b"));
    expect_error("invalid", "Idempotency-Key");
    (void)post("\xc3\xa9", 400, "/api/v1/audiences", DRAFT("b"));
}

static void test_a_note_is_written_once(void **state)
{
    (void)state;
    char path[64];
    (void)snprintf(path, sizeof path, "/api/v1/conversations/%lld",
                   (long long)make_conversation("main", "+447700900123", "Ada"));
    size_t before = json_array_size(json_object_get(ask(200, "GET", path, NULL), "messages"));
    char note[80];
    (void)snprintf(note, sizeof note, "%s/note", path);
    (void)post("n1", 200, note, "{\"text\":\"They use a wheelchair\"}");
    (void)post("n1", 200, note, "{\"text\":\"They use a wheelchair\"}");
    assert_int_equal(json_array_size(json_object_get(ask(200, "GET", path, NULL), "messages")),
                     before + 1);
}

/* Nothing was done, so that there is nothing to keep. */
static void test_a_refusal_is_not_kept(void **state)
{
    (void)state;
    (void)post("k1", 400, "/api/v1/audiences", "{\"name\":\"a\",\"country\":\"XX1\"}");
    (void)post("k1", 201, "/api/v1/audiences", DRAFT("a"));
    (void)post("k2", 409, "/api/v1/campaigns",
               "{\"name\":\"c\",\"audience\":\"1\",\"gateway\":\"main\",\"message\":{\"sms\":{"
               "\"en\":{\"text\":\"x\"}}}}");
    (void)post("k2", 409, "/api/v1/campaigns",
               "{\"name\":\"c\",\"audience\":\"1\",\"gateway\":\"main\",\"message\":{\"sms\":{"
               "\"en\":{\"text\":\"x\"}}}}");
    expect_error("conflict", "still being imported");
}

static void on_begun(void *arg, const struct redisReply *reply)
{
    (void)reply;
    *(bool *)arg = true;
}

static void on_hash(void *arg, const struct redisReply *reply)
{
    struct buf *out = arg;
    buf_clear(out);
    for (size_t i = 0; i < redis_count(reply); i++)
        buf_add_slice(out, redis_str(redis_at(reply, i)));
    buf_add_cstr(out, "|");
}

/* As a crash leaves it: begun, and no end. */
static void forget_the_end(long long at_ms)
{
    struct buf keys = BUF_INIT(4096);
    bool done = false;
    redis_commandf(world.redis, on_hash, &keys, "KEYS %sonce:*:*", world.prefix);
    while (keys.n == 0)
        loop_turn(world.loop, -1);
    keys.p[keys.n - 1] = '\0';
    redis_commandf(world.redis, NULL, NULL, "HDEL %s status type body", keys.p);
    redis_commandf(world.redis, on_begun, &done, "HSET %s at_ms %lld", keys.p, at_ms);
    turn_until_done(&done);
    buf_done(&keys);
}

static void test_what_has_no_end_is_not_done_again(void **state)
{
    (void)state;
    (void)post("k1", 201, "/api/v1/audiences", DRAFT("a"));
    forget_the_end(WORLD_NOW_MS - 1000);
    (void)post("k1", 409, "/api/v1/audiences", DRAFT("a"));
    expect_error("idempotency_running", "");
    forget_the_end(WORLD_NOW_MS - 61000);
    (void)post("k1", 409, "/api/v1/audiences", DRAFT("a"));
    expect_error("idempotency_unknown", "look");
    (void)post("k1", 422, "/api/v1/audiences", DRAFT("b"));
    assert_int_equal(entries("what=audience"), 1);
}

/* What was answered may hold a person's words: who reads the store reads nothing. */
static void test_what_is_kept_is_sealed(void **state)
{
    (void)state;
    static const char key[] = "the-key-of-a-request"; /* too long to stand in it by chance */
    (void)post(key, 201, "/api/v1/audiences", DRAFT("a very special name"));
    struct buf keys = BUF_INIT(4096), hash = BUF_INIT(65536);
    redis_commandf(world.redis, on_hash, &keys, "KEYS %sonce:*:*", world.prefix);
    while (keys.n == 0)
        loop_turn(world.loop, -1);
    keys.p[keys.n - 1] = '\0';
    redis_commandf(world.redis, on_hash, &hash, "HGETALL %s", keys.p);
    while (hash.n == 0)
        loop_turn(world.loop, -1);
    assert_non_null(memmem(hash.p, hash.n, "application/json", 16));
    assert_null(memmem(hash.p, hash.n, "special", 7));
    assert_null(memmem(hash.p, hash.n, key, sizeof key - 1));
    buf_done(&keys);
    buf_done(&hash);
}

/* ---- acts ---- */

static const json_t *newest(void)
{
    return json_array_get(
        json_object_get(ask(200, "GET", "/api/v1/audit?limit=1", NULL), "entries"), 0);
}

static void test_an_entry_says_who_and_from_where(void **state)
{
    (void)state;
    char local[96];
    const struct passwd *me = getpwuid(getuid());
    assert_non_null(me);
    (void)snprintf(local, sizeof local, "local:%s", me->pw_name);
    (void)ask(201, "POST", "/api/v1/audiences", DRAFT("a"));
    const json_t *e = newest();
    assert_string_equal(text_at(e, "who"), "Olive");
    assert_string_equal(text_at(e, "member"), "1");
    assert_string_equal(text_at(e, "way"), "client"); /* our own HTTP client calls itself Muster */
    assert_string_equal(text_at(e, "address"), "127.0.0.1");
    assert_string_equal(text_at(e, "group"), "main");
    assert_string_equal(text_at(e, "what"), "audience 1 made");
    (void)ask_as("unix", 201, "POST", "/api/v1/audiences", DRAFT("b"));
    e = newest();
    assert_string_equal(text_at(e, "who"), local);
    assert_string_equal(text_at(e, "way"), "socket");
    assert_true(json_is_null(json_object_get(e, "address")));
}

/* Who paused it is told by name; the trail has the rest. */
static void test_a_campaign_keeps_the_name_alone(void **state)
{
    (void)state;
    (void)make_audience("members", 3);
    (void)ask(201, "POST", "/api/v1/campaigns",
              "{\"name\":\"c\",\"audience\":\"members\",\"gateway\":\"main\",\"message\":{\"sms\":{"
              "\"en\":{\"text\":\"Hi {{town}}. Reply STOP to end\"}}}}");
    start_campaign(1, 1);
    const json_t *status = ask(200, "POST", "/api/v1/campaigns/1/pause", "{\"why\":\"rain\"}");
    assert_string_equal(text_at(status, "status_by"), "Olive");
    const json_t *e = newest();
    assert_string_equal(text_at(e, "who"), "Olive");
    assert_string_equal(text_at(e, "group"), "main");
    assert_string_equal(text_at(e, "why"), "rain");
    assert_int_equal(entries("what=campaign%201%20launched"), 1);
    assert_int_equal(entries("campaign=1&who=oliv"), 2);
    assert_int_equal(entries("campaign=1&group=north"), 0);
    (void)ask(400, "GET", "/api/v1/audit?cursor=x", NULL);
    (void)ask(400, "GET", "/api/v1/audit?from=yesterday", NULL);
    (void)ask(400, "GET", "/api/v1/audit?group=%20", NULL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_same_again_is_the_same_response),
        TEST(test_a_key_is_for_one_request),
        TEST(test_keys_that_are_none),
        TEST(test_a_note_is_written_once),
        TEST(test_a_refusal_is_not_kept),
        TEST(test_what_has_no_end_is_not_done_again),
        TEST(test_what_is_kept_is_sealed),
        TEST(test_an_entry_says_who_and_from_where),
        TEST(test_a_campaign_keeps_the_name_alone),
    };
    return world_run("once", tests, COUNT_OF(tests));
}
