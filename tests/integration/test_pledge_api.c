/* Pledges by the API and on the page of who leads a session: whose place it is sees who comes, and a number stays with the person's
 * group. */
#include "api_world.h"

#include "base/clock.h"

static char path[128];

/* A session of Leeds that begins in that many minutes, for one person. */
static void put_session(int minutes)
{
    char body[512], start[CLOCK_ISO_BYTES], end[CLOCK_ISO_BYTES];
    int64_t now_ms = WORLD_NOW_MS;
    clock_iso(now_ms + minutes * 60000LL, start);
    clock_iso(now_ms + (minutes + 120) * 60000LL, end);
    (void)snprintf(body, sizeof body,
                   "{\"group\":\"leeds\",\"places\":[{\"name\":\"North\",\"at\":\"53.8,-1.55\","
                   "\"code\":\"E1\"}],"
                   "\"sessions\":[{\"place\":\"E1\",\"code\":\"one\",\"capacity\":1,\"start\":\"%"
                   "s\",\"end\":\"%s\"}]}",
                   start, end);
    (void)ask_as(ORGANISER_OF_LEEDS, 200, "POST", "/api/v1/places/import", body);
    (void)snprintf(path, sizeof path, "/api/v1/place-sessions/1/pledges");
}

static const json_t *pledge(const json_t *reply, size_t i)
{
    return json_array_get(json_object_get(reply, "pledges"), i);
}

static void test_who_comes_and_who_came(void **state)
{
    (void)state;
    put_session(30);
    json_t *reply = ask_as(ORGANISER_OF_LEEDS, 200, "POST", path,
                           "{\"number\":\"+447400000101\",\"name\":\"Ann\"}");
    assert_string_equal(text_at(reply, "state"), "coming");
    reply = ask_as(ORGANISER_OF_LEEDS, 200, "POST", path, "{\"number\":\"+447400000101\"}");
    assert_true(json_is_true(json_object_get(reply, "again")));
    reply = ask_as(ORGANISER_OF_LEEDS, 200, "POST", path, "{\"number\":\"+447400000102\"}");
    assert_string_equal(text_at(reply, "state"), "waiting");
    reply = ask_as(ORGANISER_OF_LEEDS, 200, "GET", path, NULL);
    assert_string_equal(text_at(pledge(reply, 0), "person"), "+447400000101");
    assert_string_equal(text_at(pledge(reply, 0), "name"), "Ann");
    assert_int_equal(number_at(json_object_get(reply, "session"), "pledged"), 1);
    reply = ask_as(ORGANISER_OF_LEEDS, 200, "POST", "/api/v1/place-sessions/1/pledges/1",
                   "{\"state\":\"came\"}");
    assert_string_equal(text_at(reply, "state"), "came");
    (void)ask_as(ORGANISER_OF_LEEDS, 409, "POST", "/api/v1/place-sessions/1/pledges/1",
                 "{\"state\":\"gone\"}");
    (void)ask_as(ORGANISER_OF_LEEDS, 400, "POST", "/api/v1/place-sessions/1/pledges/1",
                 "{\"state\":\"waiting\"}");
    (void)ask_as(ORGANISER_OF_LEEDS, 404, "POST", "/api/v1/place-sessions/1/pledges/9",
                 "{\"state\":\"came\"}");
}

static void test_a_number_stays_with_its_group(void **state)
{
    (void)state;
    put_session(300);
    (void)ask(200, "POST", path, "{\"number\":\"+447400000103\",\"group\":\"york\"}");
    json_t *reply = ask_as(ORGANISER_OF_LEEDS, 200, "GET", path, NULL);
    assert_string_not_equal(text_at(pledge(reply, 0), "person"), "+447400000103");
    assert_non_null(strstr(text_at(pledge(reply, 0), "person"), "0103"));
    reply = ask(200, "GET", path, NULL);
    assert_string_equal(text_at(pledge(reply, 0), "person"), "+447400000103");
    (void)ask(400, "POST", path, "{\"number\":\"12\"}");
    (void)ask(404, "POST", "/api/v1/place-sessions/77/pledges", "{\"number\":\"+447400000103\"}");
    (void)ask(404, "POST", path, "{\"conversation\":77}");
    reply = ask(200, "GET", "/api/v1/pledge-counts?days=2", NULL);
    assert_int_equal(number_at(json_object_get(json_object_get(reply, "groups"), "york"), "coming"),
                     1);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_who_comes_and_who_came),
        TEST(test_a_number_stays_with_its_group),
    };
    return world_run("pledge_api", tests, COUNT_OF(tests));
}
