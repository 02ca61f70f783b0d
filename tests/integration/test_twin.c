/* Twinning: Leeds adopts a place of main. Nina, a volunteer of Leeds, answers main's people when both groups say so, and
 * not a moment longer. */
#include "api_world.h"

#include <string.h>

#define LEEDS "/api/v1/groups/leeds"
#define MAIN  "/api/v1/groups/main"

static uint32_t place_of(const char *name, const char *group)
{
    return make_place(false, json_pack("{s:s,s:s,s:i,s:i,s:s}", "name", name, "group", group, "lat",
                                       5380000, "lon", -155000, "priority", "marginal"));
}

/* Groups, a place of main, and Leeds' wish to adopt it and to help. */
static uint32_t adopt(void)
{
    (void)ask_status(ORGANISER, "POST", "/api/v1/groups",
                     "{\"name\":\"leeds\"}"); /* or it is there */
    (void)ask_status(ORGANISER, "POST", "/api/v1/groups", "{\"name\":\"main\"}");
    (void)ask(200, "POST", LEEDS, "{\"title\":\"Leeds\"}");
    (void)ask(200, "POST", MAIN, "{\"title\":\"Main\"}");
    uint32_t place = place_of("Harbour East", "main");
    const char *body = world_text("{\"twin\":%u,\"helps\":true}", place);
    while (ask_status(ORGANISER_OF_LEEDS, "POST", LEEDS, body) ==
           400) /* its copy is a moment late */
        loop_turn(world.loop, 100000);
    assert_true(json_is_true(
        json_object_get(ask_as(ORGANISER_OF_LEEDS, 200, "GET", LEEDS, NULL), "helps")));
    return place;
}

static void lend(bool lends)
{
    (void)ask(200, "POST", MAIN, lends ? "{\"lends_inbox\":[\"leeds\"]}" : "{\"lends_inbox\":[]}");
}

static int reads(const char *token, json_int_t id)
{
    return ask_status(token, "GET", world_text("/api/v1/conversations/%lld", (long long)id), NULL);
}

static void test_both_have_to_agree(void **state)
{
    (void)state;
    json_int_t id = make_conversation("main", "447700900001", "Maja");
    uint32_t place = adopt();
    assert_int_equal(reads(VOLUNTEER_OF_LEEDS, id), 404);
    (void)ask_as(ORGANISER_OF_LEEDS, 404, "POST", MAIN, "{\"lends_inbox\":[\"leeds\"]}");
    lend(true);
    assert_int_equal(reads(VOLUNTEER_OF_LEEDS, id), 200);
    assert_null(strstr(answer_text(), "447700900001"));
    (void)ask_as(ORGANISER_OF_LEEDS, 200, "POST", LEEDS, "{\"helps\":false}");
    assert_int_equal(reads(VOLUNTEER_OF_LEEDS, id), 404);
    (void)ask_as(ORGANISER_OF_LEEDS, 200, "POST", LEEDS, "{\"helps\":true}");
    assert_int_equal(reads(VOLUNTEER_OF_LEEDS, id), 200);
    lend(false);
    assert_int_equal(reads(VOLUNTEER_OF_LEEDS, id), 404);
    lend(true);
    (void)ask_as(ORGANISER_OF_LEEDS, 200, "POST", LEEDS, "{\"twin\":0}");
    assert_int_equal(reads(VOLUNTEER_OF_LEEDS, id), 404);
    (void)ask_as(ORGANISER_OF_LEEDS, 200, "POST", LEEDS, world_text("{\"twin\":%u}", place));
    assert_int_equal(reads(VOLUNTEER_OF_LEEDS, id), 200);
}

/* What is lent is answered, and nothing else: no numbers, no campaigns, nobody is taken over from. */
static void test_what_is_lent(void **state)
{
    (void)state;
    json_int_t id = make_conversation("main", "447700900001", "Maja");
    (void)adopt();
    lend(true);
    json_t *claim = ask_as(VOLUNTEER, 200, "POST",
                           world_text("/api/v1/conversations/%lld/claim", (long long)id), "{}");
    assert_true(number_at(claim, "fence") > 0);
    (void)ask_as(ORGANISER_OF_LEEDS, 404, "POST",
                 world_text("/api/v1/conversations/%lld/take-over", (long long)id), "{}");
    assert_int_equal(reads(ORGANISER_OF_LEEDS, id), 200);
    assert_null(strstr(answer_text(), "447700900001"));
    int audience = (int)make_audience("members", 10);
    (void)ask_as(ORGANISER_OF_LEEDS, 404, "GET", world_text("/api/v1/audiences/%d", audience),
                 NULL);
    json_t *list = ask_as(VOLUNTEER_OF_LEEDS, 200, "GET", "/api/v1/inbox", NULL);
    assert_int_equal(json_array_size(json_object_get(list, "conversations")), 1);
}

static json_int_t answers_of(const json_t *pair)
{
    assert_non_null(pair);
    return number_at(pair, "answers");
}

static void test_what_came_of_it(void **state)
{
    (void)state;
    json_int_t id = make_conversation("main", "447700900001", "Maja");
    (void)adopt();
    lend(true);
    json_t *next = ask_as(VOLUNTEER_OF_LEEDS, 200, "POST", "/api/v1/inbox/next", "{}");
    const json_t *taken = json_object_get(next, "conversation");
    assert_int_equal(number_at(taken, "id"), id);
    const char *reply = world_text("{\"text\":\"Yes, at ten.\",\"fence\":%lld}",
                                   (long long)number_at(taken, "fence"));
    (void)ask_as(VOLUNTEER_OF_LEEDS, 202, "POST",
                 world_text("/api/v1/conversations/%lld/reply", (long long)id), reply);
    json_t *twin = ask_as(ORGANISER_OF_LEEDS, 200, "GET", LEEDS "/twin", NULL);
    assert_int_equal(answers_of(json_object_get(twin, "twin")), 1);
    assert_string_equal(text_at(json_object_get(twin, "twin"), "group_title"), "Main");
    twin = ask(200, "GET", MAIN "/twin", NULL);
    assert_true(json_is_null(json_object_get(twin, "twin")));
    assert_int_equal(answers_of(json_array_get(json_object_get(twin, "adopted_by"), 0)), 1);
    (void)ask(200, "GET", "/api/v1/audit?group=main", NULL);
    assert_non_null(strstr(answer_text(), "answered, as a volunteer of leeds"));
}

static void wait_for_places(const char *body)
{
    while (ask_status(ORGANISER_OF_LEEDS, "POST", LEEDS, body) == 400)
        loop_turn(world.loop, 100000);
}

/* Leeds adopts a place of main and one of york: it helps where each of both lets it, and both cards say who came of it. */
static void test_several_places(void **state)
{
    (void)state;
    json_int_t id = make_conversation("york", "447700900002", "Yan");
    uint32_t first = adopt();
    (void)ask_status(ORGANISER, "POST", "/api/v1/groups", "{\"name\":\"york\"}");
    uint32_t second = place_of("Quayside", "york");
    wait_for_places(world_text("{\"twins\":[%u,%u,%u]}", first, second, first));
    const json_t *twins =
        json_object_get(ask_as(ORGANISER_OF_LEEDS, 200, "GET", LEEDS, NULL), "twins");
    assert_int_equal(json_array_size(twins), 2);
    assert_int_equal(reads(VOLUNTEER_OF_LEEDS, id), 404);
    (void)ask(200, "POST", "/api/v1/groups/york", "{\"lends_inbox\":[\"leeds\"]}");
    assert_int_equal(reads(VOLUNTEER_OF_LEEDS, id), 200);
    (void)ask(200, "POST", "/api/v1/groups/york", "{\"lends_inbox\":[]}");
    assert_int_equal(ask_status(ORGANISER_OF_LEEDS, "GET", "/groups/leeds/twin", NULL), 200);
    assert_non_null(strstr(answer_text(), "<h3>Harbour East</h3>"));
    assert_non_null(strstr(answer_text(), "<h3>Quayside</h3>"));
    (void)ask_as(ORGANISER_OF_LEEDS, 200, "POST", LEEDS, world_text("{\"twin\":%u}", second));
    json_t *said = ask_as(ORGANISER_OF_LEEDS, 200, "GET", LEEDS "/twin", NULL);
    assert_int_equal(json_array_size(json_object_get(said, "twins")), 1);
    assert_string_equal(text_at(json_object_get(json_object_get(said, "twin"), "place"), "name"),
                        "Quayside");
    (void)ask_as(ORGANISER_OF_LEEDS, 400, "POST", LEEDS, "{\"twins\":[1,2,3,4,5,6,7,8,9]}");
    (void)ask_as(ORGANISER_OF_LEEDS, 400, "POST", LEEDS, "{\"twins\":[\"1\"]}");
    (void)ask_as(ORGANISER_OF_LEEDS, 400, "POST", LEEDS, "{\"twins\":[0]}");
    (void)ask_as(ORGANISER_OF_LEEDS, 400, "POST", LEEDS, "{\"twins\":[],\"twin\":1}");
    (void)ask_as(ORGANISER_OF_LEEDS, 200, "POST", LEEDS, "{\"twins\":[]}");
    assert_true(json_is_null(
        json_object_get(ask_as(ORGANISER_OF_LEEDS, 200, "GET", LEEDS "/twin", NULL), "twin")));
}

static json_int_t brought(const char *token, const char *group, const char *which)
{
    json_t *said = ask_as(token, 200, "GET", world_text("/api/v1/groups/%s/twin", group), NULL);
    const json_t *pair = json_array_get(json_object_get(said, which), 0);
    assert_non_null(pair);
    return number_at(json_object_get(pair, "brought"), "coming");
}

/* Both see how many of Leeds' people pledged to the place of main; main's own are not among them. */
static void test_whom_the_helping_group_brings(void **state)
{
    (void)state;
    uint32_t place = adopt();
    uint32_t session = make_place(true, json_pack("{s:I,s:I,s:I}", "place", (json_int_t)place,
                                                  "start", (json_int_t)(WORLD_NOW_MS + 3600000),
                                                  "end", (json_int_t)(WORLD_NOW_MS + 7200000)));
    const char *path = world_text("/api/v1/place-sessions/%u/pledges", session);
    (void)ask(200, "POST", path, "{\"number\":\"+447400000101\",\"group\":\"leeds\"}");
    (void)ask(200, "POST", path, "{\"number\":\"+447400000102\",\"group\":\"leeds\"}");
    (void)ask(200, "POST", path, "{\"number\":\"+447400000103\",\"group\":\"main\"}");
    assert_int_equal(brought(ORGANISER_OF_LEEDS, "leeds", "twins"), 2);
    assert_int_equal(brought(ORGANISER, "main", "adopted_by"), 2);
    assert_int_equal(ask_status(ORGANISER_OF_LEEDS, "GET", "/groups/leeds/twin", NULL), 200);
    assert_non_null(strstr(answer_text(), "Your people: 2 coming"));
    assert_int_equal(ask_status(ORGANISER, "GET", "/groups/main/twin", NULL), 200);
    assert_non_null(strstr(answer_text(), "People of Leeds: 2 coming"));
    const json_t *at = json_object_get(
        json_object_get(ask_as(ORGANISER_OF_LEEDS, 200, "GET", "/api/v1/day", NULL), "pledges"),
        "at");
    const json_t *hour = json_array_get(at, 0);
    assert_string_equal(text_at(hour, "name"), "Harbour East");
    assert_int_equal(number_at(hour, "coming"), 3);
    assert_int_equal(number_at(json_object_get(hour, "from"), "leeds"), 2);
    assert_int_equal(ask_status(ORGANISER, "GET", "/day", NULL), 200);
    assert_non_null(strstr(answer_text(), "(2 of leeds)"));
}

static void test_what_is_refused(void **state)
{
    (void)state;
    (void)adopt();
    uint32_t own = place_of("Leeds North", "leeds");
    const char *body = world_text("{\"twin\":%u}", own);
    while (ask_status(ORGANISER_OF_LEEDS, "POST", LEEDS, body) == 400 &&
           strstr(answer_text(), "no place of that id"))
        loop_turn(world.loop, 100000);
    expect_error("invalid", "the group's own");
    (void)ask_as(ORGANISER_OF_LEEDS, 400, "POST", LEEDS, "{\"twin\":4000000000}");
    (void)ask_as(ORGANISER_OF_LEEDS, 400, "POST", LEEDS, "{\"twin\":\"1\"}");
    (void)ask_as(ORGANISER_OF_LEEDS, 400, "POST", LEEDS, "{\"helps\":1}");
    (void)ask_as(ORGANISER_OF_LEEDS, 400, "POST", LEEDS, "{\"lends_inbox\":[\"nobody\"]}");
    (void)ask_as(ORGANISER_OF_LEEDS, 400, "POST", LEEDS, "{\"lends_inbox\":[\"leeds\"]}");
    (void)ask_as(ORGANISER_OF_LEEDS, 404, "GET", MAIN "/twin", NULL);
    (void)ask_as(VOLUNTEER_OF_LEEDS, 403, "GET", LEEDS "/twin", NULL);
}

static void expect_shown(const char *part)
{
    if (!strstr(answer_text(), part)) fail_msg("'%s' is not on the page:\n%s", part, answer_text());
}

static void test_the_page(void **state)
{
    (void)state;
    (void)adopt();
    assert_int_equal(ask_status(ORGANISER_OF_LEEDS, "GET", "/groups/leeds/twin", NULL), 200);
    expect_shown("<h3>Harbour East</h3>");
    expect_shown("They have not agreed yet");
    assert_int_equal(ask_status(ORGANISER, "GET", "/groups/main/twin", NULL), 200);
    expect_shown("Leeds adopted Harbour East");
    expect_shown("Let their volunteers answer our people");
    lend(true);
    assert_int_equal(ask_status(ORGANISER, "GET", "/groups/main/twin", NULL), 200);
    expect_shown("Their volunteers answer your people, too: 0 answers so far");
    (void)ask_as(ORGANISER_OF_LEEDS, 200, "POST", LEEDS, "{\"twin\":0}");
    assert_int_equal(ask_status(ORGANISER_OF_LEEDS, "GET", "/groups/leeds/twin", NULL), 200);
    expect_shown("needs you most");
    assert_int_equal(ask_status(ORGANISER_OF_LEEDS, "GET", "/groups/leeds/twin?q=zz", NULL), 200);
    expect_shown("No place of another group is called so");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_both_have_to_agree),
        TEST(test_what_is_lent),
        TEST(test_what_came_of_it),
        TEST(test_what_is_refused),
        TEST(test_the_page),
        TEST(test_several_places),
        TEST(test_whom_the_helping_group_brings),
    };
    return world_run("twin", tests, COUNT_OF(tests));
}
