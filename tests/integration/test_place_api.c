/* Places and sessions by the API: what one writes is read at once; an import says what became of each. */
#include "api_world.h"

#define TIMES "\"start\":\"2026-11-28T18:00:00Z\",\"end\":\"2026-11-28T20:00:00Z\""

static const char import[] =
    "{\"group\":\"leeds\",\"places\":["
    "{\"name\":\"North\",\"at\":\"53.8,-1.55\",\"priority\":\"close\",\"code\":\"E1\"},"
    "{\"name\":\"South\",\"at\":\"53.7,-1.55\"},"
    "{\"name\":\"Nowhere\"},{\"name\":\"x\",\"at\":\"1,1\",\"size\":3},7],"
    "\"sessions\":[{\"place\":\"E1\",\"code\":\"one\"," TIMES "},{\"place\":\"south\"," TIMES "},"
    "{\"place\":\"York\"," TIMES "}]}";

/* "made,made,refused": what became of each of the kind. */
static const char *words(const json_t *reply, const char *kind)
{
    static char out[256];
    size_t i, n = 0;
    const json_t *one;
    out[0] = '\0';
    json_array_foreach(json_object_get(reply, kind), i, one) n +=
        (size_t)snprintf(out + n, sizeof out - n, "%s%s", i ? "," : "", text_at(one, "did"));
    return out;
}

static const char *why(const json_t *reply, const char *kind, size_t i)
{
    return text_at(json_array_get(json_object_get(reply, kind), i), "why");
}

static void test_an_import(void **state)
{
    (void)state;
    json_t *reply = ask_as(ORGANISER_OF_LEEDS, 200, "POST", "/api/v1/places/import", import);
    assert_string_equal(words(reply, "places"), "made,made,refused,refused,refused");
    assert_string_equal(why(reply, "places", 2), "'at' is missing");
    assert_string_equal(why(reply, "places", 3), "there is no 'size' here");
    assert_string_equal(words(reply, "sessions"), "made,made,refused");
    assert_string_equal(why(reply, "sessions", 2),
                        "the group has no place of that number, code or name");
    reply = ask_as(ORGANISER_OF_LEEDS, 200, "POST", "/api/v1/places/import", import);
    assert_string_equal(words(reply, "places"), "same,same,refused,refused,refused");
    assert_string_equal(words(reply, "sessions"), "same,same,refused");
    reply = ask_as(VOLUNTEER, 200, "GET", "/api/v1/places?q=nor", NULL);
    assert_int_equal(json_array_size(json_object_get(reply, "places")), 1);
    const json_t *north = json_array_get(json_object_get(reply, "places"), 0);
    assert_int_equal(number_at(north, "coming"), 1);
    assert_string_equal(text_at(north, "priority"), "close");
    (void)ask_as(ORGANISER_OF_LEEDS, 404, "POST", "/api/v1/places/import",
                 "{\"group\":\"york\",\"places\":[{\"name\":\"a\",\"at\":\"1,1\"}]}");
    (void)ask(400, "POST", "/api/v1/places/import", "{\"places\":[]}");
}

static void test_a_page_of_them(void **state)
{
    (void)state;
    (void)ask(200, "POST", "/api/v1/places/import", import);
    json_t *reply = ask(200, "GET", "/api/v1/place-sessions?limit=1", NULL);
    char path[96];
    (void)snprintf(path, sizeof path, "/api/v1/place-sessions?limit=1&cursor=%s",
                   text_at(reply, "next"));
    const json_t *first = json_array_get(json_object_get(reply, "sessions"), 0);
    json_int_t id = number_at(first, "id");
    reply = ask(200, "GET", path, NULL);
    assert_true(json_is_null(json_object_get(reply, "next")));
    first = json_array_get(json_object_get(reply, "sessions"), 0);
    assert_int_not_equal(number_at(first, "id"), id);
    assert_true(json_is_null(json_object_get(first, "left")));
    (void)ask(400, "GET", "/api/v1/places?limit=501", NULL);
    (void)ask(404, "GET", "/api/v1/places/99", NULL);
}

/* What was written is in the response, and in the next one. */
static void test_a_correction_is_read_at_once(void **state)
{
    (void)state;
    (void)ask(200, "POST", "/api/v1/places/import", import);
    json_t *reply =
        ask(200, "POST", "/api/v1/place-sessions/1", "{\"capacity\":20,\"cancelled\":true}");
    assert_int_equal(number_at(reply, "left"), 20);
    reply = ask_as(VOLUNTEER, 200, "GET", "/api/v1/places/1", NULL);
    assert_int_equal(number_at(reply, "coming"), 0);
    (void)ask(200, "DELETE", "/api/v1/places/1", NULL);
    (void)ask(404, "GET", "/api/v1/places/1", NULL);
    (void)ask(409, "DELETE", "/api/v1/places/2", NULL);
    expect_error("conflict", "the place has 1 session to come: cancel or remove it first");
    (void)ask(400, "POST", "/api/v1/place-sessions/2", "{\"end\":\"2026-11-28T17:00:00Z\"}");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_an_import),
        TEST(test_a_page_of_them),
        TEST(test_a_correction_is_read_at_once),
    };
    return world_run("place_api", tests, COUNT_OF(tests));
}
