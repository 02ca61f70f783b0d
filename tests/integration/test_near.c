/* Where people are needed near somebody, as programs ask it: a gazetteer comes in pages, and then a postcode leads to
 * sessions. */
#include "api_world.h"

#include <string.h>

#include "base/check.h"

static json_int_t begin(void)
{
    return number_at(ask(201, "POST", "/api/v1/gazetteers/IE", "{}"), "import");
}

/* `fmt` has one number: the import's. */
static void post(int status, const char *path, const char *fmt, json_int_t import)
{
    char body[1024], *at = strstr(fmt, "%I");
    (void)snprintf(body, sizeof body, "%.*s%lld%s", (int)(at - fmt), fmt, (long long)import,
                   at + 2);
    (void)ask(status, "POST", path, body);
}

#define ROWS "/api/v1/gazetteers/IE/rows"
#define END  "/api/v1/gazetteers/IE/end"

static void import_few(void)
{
    json_int_t import = begin();
    post(200, ROWS,
         "{\"import\":%I,\"codes\":[{\"code\":\"M14 5TA\",\"at\":\"53.45,-2.22\"},"
         "{\"code\":\"sw1a1aa\",\"at\":\"51.50101,-0.14159\"}],"
         "\"towns\":[{\"name\":\"Newport\",\"county\":\"Gwent\",\"at\":\"51.58,-3\"},"
         "{\"name\":\"Newport\",\"county\":\"Isle of Wight\",\"at\":\"50.7,-1.29\"}]}",
         import);
    post(200, END, "{\"import\":%I,\"from\":\"a test\"}", import);
}

static void test_a_gazetteer(void **state)
{
    (void)state;
    assert_int_equal(
        json_array_size(json_object_get(ask(200, "GET", "/api/v1/gazetteers", NULL), "gazetteers")),
        0);
    import_few();
    const json_t *list = json_object_get(ask(200, "GET", "/api/v1/gazetteers", NULL), "gazetteers");
    assert_int_equal(json_array_size(list), 1);
    assert_string_equal(text_at(json_array_get(list, 0), "country"), "IE");
    assert_string_equal(text_at(json_array_get(list, 0), "from"), "a test");
    assert_int_equal(number_at(json_array_get(list, 0), "codes"), 2);
    assert_int_equal(number_at(json_array_get(list, 0), "towns"), 1);
    (void)ask_as(ORGANISER_OF_LEEDS, 403, "DELETE", "/api/v1/gazetteers/IE",
                 "{}"); /* all groups use it */
    (void)ask(200, "DELETE", "/api/v1/gazetteers/IE", "{}");
    (void)ask(404, "DELETE", "/api/v1/gazetteers/IE", "{}");
}

static void test_rows_that_are_wrong(void **state)
{
    (void)state;
    (void)ask(404, "POST", "/api/v1/gazetteers/gb", "{}");
    json_int_t import = begin();
    post(400, ROWS, "{\"import\":%I,\"codes\":[{\"code\":\"Leeds\",\"at\":\"53,-2\"}]}", import);
    post(400, ROWS, "{\"import\":%I,\"codes\":[{\"code\":\"M1\",\"at\":\"53,-2\"}]}", import);
    post(400, ROWS, "{\"import\":%I,\"codes\":[{\"code\":\"M14 5TA\",\"at\":\"north\"}]}", import);
    post(400, ROWS, "{\"import\":%I,\"codes\":[7]}", import);
    post(400, ROWS, "{\"import\":%I,\"towns\":[{\"name\":\"?\",\"at\":\"53,-2\"}]}", import);
    post(400, ROWS, "{\"import\":%I,\"towns\":[{\"name\":\"a\\nb\",\"at\":\"53,-2\"}]}", import);
    post(400, END, "{\"import\":%I,\"from\":\"x\"}", import); /* nothing came */
    post(409, ROWS, "{\"import\":%I,\"codes\":[]}", import + 1);
    post(409, END, "{\"import\":%I,\"from\":\"x\"}", import + 1);
}

static void make_session(const char *name, const char *at, const char *priority)
{
    char body[300];
    (void)snprintf(body, sizeof body, "{\"name\":\"%s\",\"at\":\"%s\",\"priority\":\"%s\"}", name,
                   at, priority);
    json_int_t place = number_at(ask(201, "POST", "/api/v1/places", body), "id");
    (void)snprintf(body, sizeof body,
                   "{\"place\":%lld,\"start\":\"2026-11-27T10:00:00Z\",\"end\":\"2026-11-27T13:00:"
                   "00Z\",\"capacity\":20}",
                   (long long)place);
    (void)ask(201, "POST", "/api/v1/place-sessions", body);
}

/* Whoever signs in may ask; the answer says why. */
static void test_near(void **state)
{
    (void)state;
    import_few();
    make_session("Safe", "53.45,-2.22", "safe");
    make_session("Bolton", "53.58,-2.43", "marginal");
    const json_t *found = ask_as(VOLUNTEER, 200, "GET", "/api/v1/near?q=m145ta&limit=3", NULL);
    assert_string_equal(text_at(found, "where"), "M145TA");
    const json_t *list = json_object_get(found, "sessions"), *first = json_array_get(list, 0);
    assert_int_equal(json_array_size(list), 1); /* and not the safe one next door */
    assert_string_equal(text_at(json_object_get(first, "place"), "name"), "Bolton");
    assert_string_equal(text_at(first, "words"), "20 km, 20 of 20 places left, needs you most");
    assert_int_equal(json_array_size(json_object_get(
                         ask(200, "GET", "/api/v1/near?q=SW1A%201AA", NULL), "sessions")),
                     0);
    assert_int_equal(json_array_size(json_object_get(
                         ask(200, "GET", "/api/v1/near?q=53.5,-2.3", NULL), "sessions")),
                     1);
    (void)ask(404, "GET", "/api/v1/near?q=ZE1%200AA", NULL);
    (void)ask(409, "GET", "/api/v1/near?q=newport", NULL);
    expect_error("conflict", "Newport (Gwent)");
    (void)ask(400, "GET", "/api/v1/near?q=%3F", NULL);
    (void)ask(400, "GET", "/api/v1/near", NULL);
    (void)ask(400, "GET", "/api/v1/near?q=M14&limit=0", NULL);
    (void)ask(400, "GET", "/api/v1/near?q=M14&limit=21", NULL);
}

static size_t count_near(const char *query)
{
    char path[128];
    (void)snprintf(path, sizeof path, "/api/v1/near?q=53.5,-2.3&%s", query);
    return json_array_size(json_object_get(ask(200, "GET", path, NULL), "sessions"));
}

/* By the clock of Ireland, which is UTC in November. */
static void test_near_on_one_day_without_steps(void **state)
{
    (void)state;
    make_session("Bolton", "53.58,-2.43", "marginal");
    assert_int_equal(count_near("on=2026-11-27"), 1);
    assert_int_equal(count_near("on=2026-11-26"), 0);
    assert_int_equal(count_near("on=2026-11-28"), 0);
    assert_int_equal(count_near("on=&accessible=0"), 1);
    assert_int_equal(count_near("accessible=1"), 0);
    (void)ask(200, "POST", "/api/v1/place-sessions/1", "{\"accessible\":true}");
    assert_int_equal(count_near("on=2026-11-27&accessible=1"), 1);
    static const char *const wrong[] = {"on=tomorrow",   "on=2026-13-01", "on=2026-11-27T10:00:00Z",
                                        "on=0001-01-01", "accessible=2",  "accessible=yes"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "/api/v1/near?q=53.5,-2.3&%s", wrong[i]);
        (void)ask(400, "GET", path, NULL);
    }
}

static const char *first_near(const char *query)
{
    const json_t *list = json_object_get(ask(200, "GET", query, NULL), "sessions");
    return text_at(json_object_get(json_array_get(list, 0), "place"), "name");
}

/* The people of a group that adopted a place are told of it first. */
static void test_the_place_that_a_group_adopted(void **state)
{
    (void)state;
    make_session("Bolton", "53.58,-2.43", "marginal");
    make_session("York", "53.96,-1.08", "marginal");
    (void)ask_status(ORGANISER, "POST", "/api/v1/groups",
                     "{\"name\":\"leeds\"}"); /* or it is there */
    assert_string_equal(first_near("/api/v1/near?q=53.45,-2.22&group=leeds"), "Bolton");
    (void)ask(200, "POST", "/api/v1/groups/leeds", "{\"twin\":2}");
    assert_string_equal(first_near("/api/v1/near?q=53.45,-2.22&group=leeds"), "York");
    assert_string_equal(first_near("/api/v1/near?q=53.45,-2.22"), "Bolton");
}

/* ---- places that say a postcode or a town ---- */

static const char *at_of(const json_t *places, size_t i)
{
    return text_at(json_array_get(json_object_get(places, "places"), i), "at");
}

static void refuse_place(const char *where, const char *why)
{
    char body[300];
    (void)snprintf(body, sizeof body, "{\"name\":\"Hall\",%s}", where);
    (void)ask(400, "POST", "/api/v1/places", body);
    expect_error("invalid", why);
}

static void test_a_place_by_its_postcode(void **state)
{
    (void)state;
    import_few();
    const json_t *p =
        ask(201, "POST", "/api/v1/places", "{\"name\":\"Hall\",\"postcode\":\"m14 5ta\"}");
    assert_string_equal(text_at(p, "at"), "53.45000,-2.22000");
    p = ask(200, "POST", "/api/v1/places/1", "{\"postcode\":\"Newport (Gwent)\"}");
    assert_string_equal(text_at(p, "at"), "51.58000,-3.00000");
    (void)ask(400, "POST", "/api/v1/places/1", "{\"postcode\":\"ZE1 0AA\"}");
    refuse_place("\"postcode\":\"ZE1 0AA\"", "that postcode is not known; look at it again");
    refuse_place("\"postcode\":\"Nowhere\"", "no town of that name is known");
    refuse_place("\"postcode\":\"newport\"", "Newport (Isle of Wight)");
    refuse_place("\"postcode\":\"M14 5TA\",\"at\":\"53,-2\"", "not both");
    refuse_place("\"postcode\":7", "must be a postcode or a town");
    refuse_place("\"postcode\":\" \"", "must be a postcode or a town");
    refuse_place("\"needed\":7", "'at' is missing");
}

/* Each row for itself: one that cannot be found keeps no other from being taken. */
static void test_an_import_of_places_by_their_postcodes(void **state)
{
    (void)state;
    import_few();
    static const char body[] =
        "{\"places\":[{\"name\":\"A\",\"postcode\":\"M14 "
        "5TA\"},{\"name\":\"B\",\"postcode\":\"newport\"},7,"
        "{\"name\":\"C\",\"postcode\":\"SW1A1AA\"},{\"name\":\"D\",\"at\":\"50,1\"},"
        "{\"name\":\"E\",\"postcode\":\"ZE1 0AA\"}],"
        "\"sessions\":[{\"place\":\"C\",\"start\":\"2026-11-27T10:00:00Z\",\"end\":\"2026-11-27T13:"
        "00:00Z\"}]}";
    static const char *const did[2][6] = {
        {"made", "refused", "refused", "made", "made", "refused"},
        {"same", "refused", "refused", "same", "same", "refused"}};
    for (size_t again = 0; again < 2; again++) {
        const json_t *reply = ask(200, "POST", "/api/v1/places/import", body),
                     *list = json_object_get(reply, "places");
        for (size_t i = 0; i < COUNT_OF(did[0]); i++)
            assert_string_equal(text_at(json_array_get(list, i), "did"), did[again][i]);
        assert_non_null(strstr(text_at(json_array_get(list, 1), "why"), "Newport (Gwent)"));
        assert_non_null(strstr(text_at(json_array_get(list, 5), "why"), "not known"));
    }
    const json_t *places = ask(200, "GET", "/api/v1/places", NULL);
    assert_int_equal(json_array_size(json_object_get(places, "places")), 3);
    assert_string_equal(at_of(places, 0), "53.45000,-2.22000");
    assert_string_equal(at_of(places, 1), "51.50101,-0.14159");
    assert_string_equal(at_of(places, 2), "50.00000,1.00000");
}

static void test_the_form_of_a_place_takes_a_postcode(void **state)
{
    (void)state;
    import_few();
    (void)ask(303, "POST", "/places/new", "name=Hall&at=M14+5TA&priority=close&group=main");
    (void)ask(303, "POST", "/places/new", "name=Dome&at=50,1&priority=close&group=main");
    const json_t *places = ask(200, "GET", "/api/v1/places", NULL);
    assert_string_equal(at_of(places, 0), "53.45000,-2.22000");
    assert_string_equal(at_of(places, 1), "50.00000,1.00000");
    (void)ask(422, "POST", "/places/new", "name=Pier&at=newport&priority=close&group=main");
    assert_non_null(strstr(answer_text(), "Newport (Gwent)"));
    assert_non_null(strstr(answer_text(), "Please look at: where it is."));
    assert_non_null(strstr(answer_text(), "value=\"newport\""));
}

/* ---- in a conversation ---- */

/* What a volunteer who has taken it sees. */
static const char *page_of(json_int_t conversation)
{
    char path[80];
    (void)snprintf(path, sizeof path, "/api/v1/conversations/%lld/claim", (long long)conversation);
    (void)ask_as(VOLUNTEER, 200, "POST", path, "{}");
    (void)snprintf(path, sizeof path, "/inbox/%lld", (long long)conversation);
    (void)ask_as(VOLUNTEER, 200, "GET", path, NULL);
    return answer_text();
}

/* A postcode or a place from a map that somebody wrote is one tap away from its answer; what is far from everywhere, or
 * no postcode, shows nothing. */
static void test_a_volunteer_sees_what_is_near_the_person(void **state)
{
    (void)state;
    import_few();
    make_session("Bolton & Bury", "53.58,-2.43", "marginal");
    const char *page =
        page_of(make_conversation_saying("main", "447700900601", "Ada", "m14 5ta", ""));
    assert_non_null(
        strstr(page, "Nearest for M145TA: 20 km, 20 of 20 places left, needs you most"));
    assert_non_null(strstr(
        page,
        "value=\"Near M145TA: Bolton &amp; Bury, Fri 27 Nov 10:00 (20 km, 20 of 20 places left, "
        "needs you most). Coming? https://muster.example/near/"));
    assert_null(strstr(page, "utomatic")); /* a person sends it */
    assert_non_null(strstr(page, "Send this"));
    page = page_of(make_conversation_saying("main", "447700900602", "Bob", "",
                                            "Place: The library, 5 High St, 53.45, -2.22"));
    assert_non_null(strstr(page, "Nearest for them: 20 km"));
    page =
        page_of(make_conversation_saying("main", "447700900603", "Cy", "", "Place: 53.45, -2.22"));
    assert_non_null(strstr(page, "Nearest for them: 20 km"));
    static const char *const others[] = {"sw1a1aa", "Where is it?", "", "ZE1 0AA"};
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        char number[16];
        (void)snprintf(number, sizeof number, "44770090061%zu", i);
        assert_null(strstr(page_of(make_conversation_saying("main", number, "Dee", others[i], "")),
                           "Nearest for"));
    }
}

/* Posts a form of that conversation, and then sees its page. */
static const char *page_after(int status, json_int_t conversation, const char *act,
                              const char *form)
{
    char path[80];
    (void)snprintf(path, sizeof path, "/inbox/%lld/%s", (long long)conversation, act);
    (void)ask_as(VOLUNTEER, status, "POST", path, form);
    return page_of(conversation);
}

static json_int_t pledged(void)
{
    const json_t *who = ask(200, "GET", "/api/v1/place-sessions/1/pledges", NULL);
    return number_at(json_object_get(who, "session"), "pledged");
}

/* As an automatic answer leaves it. */
static void name_to(json_int_t conversation, const char *session)
{
    struct err e;
    char key[64], now[32];
    (void)snprintf(key, sizeof key, "%sconv:%lld", world.prefix, (long long)conversation);
    (void)snprintf(now, sizeof now, "%lld", (long long)WORLD_NOW_MS);
    const struct slice argv[] = {
        SLICE_LIT("HSET"),     slice_of(key), SLICE_LIT("named"),       slice_of(session),
        SLICE_LIT("named_ms"), slice_of(now), SLICE_LIT("named_after"), SLICE_LIT("")};
    assert_int_equal(redis_wait(world.redis, NULL, NULL, &e, COUNT_OF(argv), argv), 0);
}

/* The campaign's session and the nearest one stand in one conversation: each button says where to. */
static void test_two_offers_are_told_apart(void **state)
{
    (void)state;
    make_session("Bolton", "53.58,-2.43", "marginal");
    make_session("York", "53.96,-1.08", "marginal");
    json_int_t who =
        make_conversation_saying("main", "447700900604", "Eve", "", "Place: 53.45, -2.22");
    name_to(who, "2");
    const char *page = page_of(who);
    assert_non_null(strstr(page, "value=\"2\">They are coming to York<"));
    assert_non_null(strstr(page, "value=\"1\">They are coming to Bolton<"));
    assert_null(strstr(page, "They are coming<"));
}

/* The API tells of a conversation what its page shows, and the person's own group takes it back. */
static void test_a_conversation_has_its_pledges(void **state)
{
    (void)state;
    make_session("Bolton", "53.58,-2.43", "marginal");
    json_int_t who = make_conversation_saying("leeds", "447700900604", "Eve", "", "hello");
    char path[80], body[80];
    (void)snprintf(path, sizeof path, "/api/v1/conversations/%lld", (long long)who);
    (void)snprintf(body, sizeof body, "{\"conversation\":%lld}", (long long)who);
    const json_t *thread = ask_as(VOLUNTEER_OF_LEEDS, 200, "GET", path, NULL);
    assert_int_equal(json_array_size(json_object_get(thread, "pledges")), 0);
    assert_true(json_is_null(json_object_get(thread, "named")));
    (void)ask_as(VOLUNTEER_OF_LEEDS, 200, "POST", "/api/v1/place-sessions/1/pledges", body);
    thread = ask_as(VOLUNTEER_OF_LEEDS, 200, "GET", path, NULL);
    const json_t *one = json_array_get(json_object_get(thread, "pledges"), 0);
    assert_string_equal(text_at(one, "place"), "Bolton");
    assert_string_equal(text_at(one, "state"), "coming");
    assert_int_equal(number_at(one, "session"), 1);
    (void)ask_as(VOLUNTEER_OF_LEEDS, 404, "POST", "/api/v1/place-sessions/1/pledges/1",
                 "{\"state\":\"missed\"}");
    (void)ask_as(VOLUNTEER_OF_LEEDS, 200, "POST", "/api/v1/place-sessions/1/pledges/1",
                 "{\"state\":\"gone\"}");
    assert_int_equal(pledged(), 0);
}

/* Who is near says yes on the telephone: one tap says so for them, one takes it back. */
static void test_a_volunteer_says_that_they_are_coming(void **state)
{
    (void)state;
    make_session("Bolton", "53.58,-2.43", "marginal");
    json_int_t who =
        make_conversation_saying("main", "447700900604", "Eve", "", "Place: 53.45, -2.22");
    static const char button[] = "/coming\" name=\"session\" value=\"1\">They are coming<",
                      comes[] = "They are coming: <strong>Bolton, Fri 27 Nov 10:00</strong>",
                      cannot[] = "value=\"1\">They cannot come<";
    const char *page = page_of(who);
    assert_non_null(strstr(page, button));
    assert_null(strstr(page, cannot));
    for (int i = 0; i < 2; i++) { /* by a thumb that trembles */
        page = page_after(303, who, "coming", "session=1");
        assert_non_null(strstr(page, comes));
        assert_non_null(strstr(page, cannot));
        assert_null(strstr(page, button));
        assert_int_equal(pledged(), 1);
    }
    for (int i = 0; i < 2; i++) {
        page = page_after(303, who, "not-coming", "session=1");
        assert_null(strstr(page, comes));
        assert_non_null(strstr(page, button));
        assert_int_equal(pledged(), 0);
    }
    (void)page_after(404, who, "coming", "session=77");
    (void)ask(200, "POST", "/api/v1/place-sessions/1", "{\"cancelled\":true}");
    page = page_after(409, who, "coming", "session=1");
    assert_null(strstr(page, comes));
    assert_int_equal(pledged(), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_gazetteer),
        TEST(test_rows_that_are_wrong),
        TEST(test_near),
        TEST(test_near_on_one_day_without_steps),
        TEST(test_the_place_that_a_group_adopted),
        TEST(test_a_place_by_its_postcode),
        TEST(test_an_import_of_places_by_their_postcodes),
        TEST(test_the_form_of_a_place_takes_a_postcode),
        TEST(test_a_volunteer_sees_what_is_near_the_person),
        TEST(test_a_volunteer_says_that_they_are_coming),
        TEST(test_two_offers_are_told_apart),
        TEST(test_a_conversation_has_its_pledges),
    };
    return world_run("near", tests, COUNT_OF(tests));
}
