/* What a volunteer sees of whom they answer, over HTTP: what we sent that person, and only as long as it
 * is known. */
#include "api_world.h"

#include <string.h>

#define TOLD                                                                                       \
    "{\"sms\":{\"en\":{\"text\":\"Hi {{first_name}}{{^first_name}}all{{/first_name}} of "          \
    "{{town}}!\"}}}"
#define HELD                                                                                       \
    "{\"whatsapp\":{\"en\":{\"template\":\"meeting_reminder\",\"language\":\"en_GB\","             \
    "\"params\":[\"{{town}}\"]}}}"

#define HELPED                                                                                     \
    "{\"sms\":{\"en\":{\"text\":\"Hi\"}},\"show\":[\"town\",\"first_name\"],"                      \
    "\"suggestions\":[{\"text\":\"Thanks\"},"                                                      \
    "{\"tag\":\"yes\",\"text\":\"See you{{#first_name}}, {{first_name}}{{/first_name}}!\"}]}"

static void on_done(void *arg, const struct redisReply *reply)
{
    assert_non_null(reply);
    assert_false(redis_is_error(reply, NULL));
    *(bool *)arg = true;
}

#define BY_HAND(...)                                                                               \
    do {                                                                                           \
        bool done = false;                                                                         \
        redis_commandf(world.redis, on_done, &done, __VA_ARGS__);                                  \
        turn_until_done(&done);                                                                    \
    } while (0)

/* A campaign that was delivered to all ten of a list. */
static void send_to(int audience, const char *gateway, const char *message)
{
    char body[2048];
    (void)snprintf(body, sizeof body,
                   "{\"name\":\"Thursday\",\"audience\":\"members\",\"gateway\":\"%s\","
                   "\"message\":%s}",
                   gateway, message);
    int id = (int)number_at(ask(201, "POST", "/api/v1/campaigns", body), "id");
    start_campaign((uint32_t)id, (uint32_t)audience);
    BY_HAND("SETRANGE %sc:%d:l 0 %b", world.prefix, id, "\x44\x44\x44\x44\x44", (size_t)5);
}

/* The same, of a list of its own, which is returned. */
static int campaign(const char *gateway, const char *message)
{
    int audience = (int)make_audience("members", 10);
    send_to(audience, gateway, message);
    return audience;
}

static const json_t *thread_as(const char *token, json_int_t conversation)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/api/v1/conversations/%lld", (long long)conversation);
    return ask_as(token, 200, "GET", path, NULL);
}

static const json_t *asked_of(json_int_t conversation)
{
    return json_object_get(thread_as(VOLUNTEER, conversation), "asked");
}

static const char *page_of(json_int_t conversation)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/inbox/%lld", (long long)conversation);
    (void)ask_as(VOLUNTEER, 200, "GET", path, NULL);
    return answer_text();
}

static void test_each_of_two_people_has_their_own(void **state)
{
    (void)state;
    (void)campaign("main", TOLD);
    json_int_t ann = make_conversation("main", "447700900000", "Ann");
    const json_t *asked = asked_of(ann);
    assert_string_equal(text_at(asked, "text"), "Hi Ann of York!");
    assert_string_equal(text_at(asked, "name"), "Thursday");
    assert_string_equal(text_at(asked, "at"), "2026-11-26T18:00:00Z");
    assert_int_equal(number_at(asked, "campaign"), 1);
    assert_true(json_is_null(json_object_get(asked, "template")));
    const char *page = page_of(ann);
    const char *bubble = strstr(page, "Hi Ann of York!");
    const char *words = strstr(page, "Where is it?");
    assert_non_null(bubble);
    assert_non_null(words);
    assert_true(bubble < words);
    assert_non_null(strstr(page, "<p class=\"quiet\">Thursday</p>"));
    json_int_t other = make_conversation("main", "447700900009", "Ben");
    assert_string_equal(text_at(asked_of(other), "text"), "Hi all of York!");
    assert_null(strstr(page_of(other), "Hi Ann"));
}

static void test_a_template_of_the_provider_is_named(void **state)
{
    (void)state;
    (void)campaign("wa", HELD);
    json_int_t ann = make_conversation("main", "447700900000", "Ann");
    const json_t *asked = asked_of(ann);
    assert_string_equal(text_at(asked, "template"), "meeting_reminder");
    assert_true(json_is_null(json_object_get(asked, "text")));
    assert_non_null(strstr(page_of(ann), "WhatsApp template “meeting_reminder”"));
}

static const char *suggested(const json_t *thread, size_t i)
{
    return text_at(json_array_get(json_object_get(thread, "suggestions"), i), "text");
}

static void test_what_the_campaign_gives_volunteers(void **state)
{
    (void)state;
    (void)campaign("main", HELPED);
    json_int_t ann = make_conversation("main", "447700900000", "Ann");
    json_int_t ben = make_conversation("main", "447700900009", "Ben");
    const json_t *thread = thread_as(VOLUNTEER, ann);
    const json_t *fields = json_object_get(thread, "fields");
    assert_int_equal(json_array_size(fields), 2);
    assert_string_equal(text_at(json_array_get(fields, 0), "name"), "town");
    assert_string_equal(text_at(json_array_get(fields, 0), "value"), "York");
    assert_string_equal(suggested(thread, 0), "Thanks");
    assert_string_equal(suggested(thread, 1), "See you, Ann!");
    assert_non_null(strstr(page_of(ann), "town: York · first name: Ann"));
    thread = thread_as(VOLUNTEER, ben);
    assert_int_equal(json_array_size(json_object_get(thread, "fields")), 1); /* no first name */
    assert_string_equal(suggested(thread, 1), "See you!");
    BY_HAND("HSET %sconv:%d tags question,yes", world.prefix, (int)ann);
    thread = thread_as(VOLUNTEER, ann);
    assert_string_equal(suggested(thread, 0), "See you, Ann!");
    assert_string_equal(suggested(thread, 1), "Thanks");
}

static const json_t *missing_of(const json_t *thread, size_t i)
{
    return json_object_get(json_array_get(json_object_get(thread, "suggestions"), i), "missing");
}

/* A group's own answers have the fields that the campaign lets volunteers see; what is not known is said, and asked about. */
static void test_a_group_s_answer_has_fields(void **state)
{
    (void)state;
    (void)campaign("main", HELPED);
    json_int_t ann = make_conversation("main", "447700900000", "Ann");
    json_int_t ben = make_conversation("main", "447700900009", "Ben"); /* no first name */
    (void)ask(201, "POST", "/api/v1/groups/main/suggestions",
              "{\"text\":\"Hi {{first_name}} of {{town}}{{#shoe}}, size {{shoe}}{{/shoe}}\"}");
    const json_t *thread = thread_as(VOLUNTEER, ann);
    assert_string_equal(suggested(thread, 2), "Hi Ann of York");
    assert_int_equal(json_array_size(missing_of(thread, 2)), 0);
    thread = thread_as(VOLUNTEER, ben);
    assert_string_equal(suggested(thread, 2), "Hi {{first_name}} of York");
    assert_int_equal(json_array_size(missing_of(thread, 2)), 1);
    assert_string_equal(json_string_value(json_array_get(missing_of(thread, 2), 0)), "first_name");
    char path[64], reply[128];
    (void)snprintf(path, sizeof path, "/api/v1/conversations/%lld/claim", (long long)ben);
    json_int_t fence = number_at(ask_as(VOLUNTEER, 200, "POST", path, "{}"), "fence");
    assert_non_null(strstr(page_of(ben), "first_name is not known."));
    (void)snprintf(path, sizeof path, "/api/v1/conversations/%lld/reply", (long long)ben);
    (void)snprintf(reply, sizeof reply, "{\"text\":\"Hi {{first_name}}\",\"fence\":%lld}",
                   (long long)fence);
    (void)ask_as(VOLUNTEER, 409, "POST", path, reply);
    assert_non_null(strstr(answer_text(), "'{{first_name}}' stands in it, which is not known"));
}

/* In how long they get an answer is noted of whom the campaign asked, and goes no further. */
static void test_a_campaign_says_how_soon_they_are_answered(void **state)
{
    (void)state;
    int audience = (int)make_audience("members", 10);
    json_t *is = ask(201, "POST", "/api/v1/campaigns",
                     "{\"name\":\"Lifts\",\"audience\":\"members\",\"gateway\":\"main\","
                     "\"answer_within_minutes\":5,\"message\":" TOLD "}");
    assert_int_equal(number_at(is, "answer_within_minutes"), 5);
    assert_true(json_is_null(json_object_get(is, "pace"))); /* it goes as fast as ever */
    start_campaign(1, (uint32_t)audience);
    BY_HAND("SETRANGE %sc:1:l 0 %b", world.prefix, "\x44\x44\x44\x44\x44", (size_t)5);
    json_int_t ann = make_conversation("main", "447700900000", "Ann"),
               stranger = make_conversation("main", "447700900111", "Kim");
    BY_HAND("EVAL %s 0 %sdue:main %lld %lld",
            "assert(redis.call('ZSCORE',ARGV[1],ARGV[2])=='1795716300000')"
            "assert(not(redis.call('ZSCORE',ARGV[1],ARGV[3])))",
            world.prefix, (long long)ann, (long long)stranger);
}

static void expect_overdue(json_int_t conversation, bool is)
{
    static const char at[] = "/api/v1/inbox/waiting";
    assert_int_equal(number_at(ask_as(VOLUNTEER, 200, "GET", at, NULL), "overdue"), is);
    assert_int_equal(number_at(ask(200, "GET", at, NULL), "overdue"), is); /* of all groups */
    const json_t *c = json_object_get(thread_as(VOLUNTEER, conversation), "conversation");
    assert_int_equal(json_is_true(json_object_get(c, "overdue")), is);
}

/* A group's time counts at once, for those who wait, too. */
static void test_a_group_says_how_soon_they_are_answered(void **state)
{
    (void)state;
    static const char group[] = "/api/v1/groups/main", six_min_ago[] = "1795715640000";
    json_int_t ann = make_conversation("main", "447700900000", "Ann");
    BY_HAND("HSET %sconv:%d waiting_ms %s", world.prefix, (int)ann, six_min_ago);
    BY_HAND("ZADD %sunanswered:main %s %d", world.prefix, six_min_ago, (int)ann);
    BY_HAND("ZADD %sunanswered: %s %d", world.prefix, six_min_ago, (int)ann);
    expect_overdue(ann, false);
    (void)ask(200, "POST", group, "{\"answer_within_minutes\":5}");
    expect_overdue(ann, true);
    (void)ask(200, "POST", group, "{\"answer_within_minutes\":0}");
    expect_overdue(ann, false);
}

static void test_a_number_in_a_field_is_masked(void **state)
{
    (void)state;
    (void)ask(201, "POST", "/api/v1/audiences", "{\"name\":\"members\",\"columns\":[\"town\"]}");
    (void)ask(200, "POST", "/api/v1/audiences/1/rows",
              "{\"seq\":0,\"rows\":[[\"+447700900000\",\"York, 07700 900123\"]]}");
    (void)ask(200, "POST", "/api/v1/audiences/1/freeze", NULL);
    send_to(1, "main", "{\"sms\":{\"en\":{\"text\":\"Hi\"}},\"show\":[\"town\"]}");
    json_int_t ann = make_conversation("main", "447700900000", "Ann");
    const json_t *fields = json_object_get(thread_as(VOLUNTEER, ann), "fields");
    assert_null(strstr(text_at(json_array_get(fields, 0), "value"), "900123"));
    fields = json_object_get(thread_as(ORGANISER, ann), "fields");
    assert_string_equal(text_at(json_array_get(fields, 0), "value"), "York, 07700 900123");
}

/* One after the other, of the same conversation: it can be read still. */
static void test_what_is_gone_is_not_shown(void **state)
{
    (void)state;
    int audience = campaign("main", TOLD);
    json_int_t ann = make_conversation("main", "447700900000", "Ann");
    json_int_t ben = make_conversation("main", "447700900001", "Ben");
    json_int_t stranger = make_conversation("main", "447700900500", "Cy");
    assert_true(json_is_null(asked_of(stranger)));
    assert_true(json_is_object(asked_of(ann)));
    BY_HAND("EVAL %s 0 %sa:%d:x:* 447700900000",
            "for _, k in ipairs(redis.call('KEYS', ARGV[1])) do redis.call('HDEL', k, ARGV[2]) end "
            "return 1",
            world.prefix, audience);
    assert_true(json_is_null(asked_of(ann))); /* the person was forgotten */
    assert_true(json_is_object(asked_of(ben)));
    BY_HAND("DEL %sa:%d", world.prefix, audience);
    assert_true(json_is_null(asked_of(ben))); /* the list */
    BY_HAND("DEL %sc:1", world.prefix);
    assert_true(json_is_null(asked_of(ben))); /* the campaign */
    assert_non_null(strstr(page_of(ben), "Where is it?"));
}

static void test_another_groups_member_sees_nothing(void **state)
{
    (void)state;
    (void)campaign("main", TOLD);
    json_int_t ann = make_conversation("main", "447700900000", "Ann");
    char paths[2][64];
    (void)snprintf(paths[0], sizeof paths[0], "/api/v1/conversations/%lld", (long long)ann);
    (void)snprintf(paths[1], sizeof paths[1], "/inbox/%lld", (long long)ann);
    static const char *const tokens[] = {VOLUNTEER_OF_LEEDS, ORGANISER_OF_LEEDS};
    for (size_t i = 0; i < COUNT_OF(tokens) * COUNT_OF(paths); i++) {
        assert_int_equal(ask_status(tokens[i / 2], "GET", paths[i % 2], NULL), 404);
        assert_null(strstr(answer_text(), "York"));
    }
    assert_int_not_equal(ask_status(NULL, "GET", paths[0], NULL), 200);
    assert_true(json_is_object(asked_of(ann)));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_each_of_two_people_has_their_own),
        TEST(test_a_template_of_the_provider_is_named),
        TEST(test_what_the_campaign_gives_volunteers),
        TEST(test_a_group_s_answer_has_fields),
        TEST(test_a_campaign_says_how_soon_they_are_answered),
        TEST(test_a_group_says_how_soon_they_are_answered),
        TEST(test_a_number_in_a_field_is_masked),
        TEST(test_what_is_gone_is_not_shown),
        TEST(test_another_groups_member_sees_nothing),
    };
    return world_run("asked", tests, COUNT_OF(tests));
}
