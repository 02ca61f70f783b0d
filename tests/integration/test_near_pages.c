/* What anybody with a phone does: a postcode, a list, a session, "I am coming", and a change of mind. */
#include "api_world.h"

#include "core/link.h"
#include "store/pledge.h"

#define KEY   ((const uint8_t *)"0123456789abcdef") /* as api_world.c's */
#define TIMES "\"start\":\"2026-11-28T18:00:00Z\",\"end\":\"2026-11-28T20:00:00Z\""
#define PAST  "\"start\":\"2026-11-26T08:00:00Z\",\"end\":\"2026-11-26T10:00:00Z\""

static const char import[] =
    "{\"group\":\"leeds\",\"places\":["
    "{\"name\":\"Far & Wide\",\"at\":\"53.9,-1.55\",\"priority\":\"marginal\",\"code\":\"far\"},"
    "{\"name\":\"Near\",\"at\":\"53.81,-1.55\",\"priority\":\"close\",\"code\":\"near\"}],"
    "\"sessions\":["
    "{\"place\":\"far\",\"code\":\"1\",\"capacity\":1,\"meeting_point\":\"Library <steps>\","
    "\"organiser\":\"Ann\",\"note\":\"Bring a coat\",\"accessible\":true," TIMES "},"
    "{\"place\":\"near\",\"code\":\"2\"," TIMES "},"
    "{\"place\":\"near\",\"code\":\"3\"," PAST "}]}";

enum { FAR = 1, NEAR = 2, OVER = 3 }; /* the sessions' ids */

static int set_up(void **state)
{
    if (world_set_up(state)) return -1;
    (void)ask_as(ORGANISER_OF_LEEDS, 200, "POST", "/api/v1/places/import", import);
    return 0;
}

/* "/near/TOKEN" and what follows; borrowed until the next call. */
static const char *path_of(const char *room, enum link_kind kind, uint32_t a, uint32_t b,
                           const char *rest)
{
    static char path[128];
    char token[LINK_CHARS + 1];
    link_make(KEY, &(struct link){kind, a, b}, token);
    (void)snprintf(path, sizeof path, "/%s/%s%s", room, token, rest);
    return path;
}

static const char *page_of(uint32_t session, const char *rest)
{
    return path_of("near", LINK_PAGE, session, 0, rest);
}

static const char *mine(uint32_t session, uint32_t number, const char *rest)
{
    return path_of("pledge", LINK_PLEDGE, session, number, rest);
}

/* Asks as a stranger, and each of these stands in the page, or with a '!' before it does not. */
static void see(int status, const char *method, const char *path, const char *body,
                const char *const *parts)
{
    int got = ask_status(NULL, method, path, body);
    if (got != status) fail_msg("%s %s: %d: %s", method, path, got, answer_text());
    for (; *parts; parts++) {
        bool is_absent = **parts == '!';
        if (is_absent == !!strstr(answer_text(), *parts + is_absent))
            fail_msg("'%s' of %s: %s", *parts, path, answer_text());
    }
}
#define SEE(status, method, path, body, ...)                                                       \
    see(status, method, path, body, (const char *const[]){__VA_ARGS__, NULL})

/* ---- how many come ---- */

static struct {
    size_t n;
    bool done;
} counted;

static void on_page(void *arg, int result, const struct pledge_view *v, const struct err *e)
{
    (void)arg, (void)e;
    assert_int_equal(result, 0);
    counted.n = 0;
    for (size_t i = 0; i < v->n; i++)
        counted.n += v->list[i].state == PLEDGE_COMING;
    counted.done = true;
}

static size_t coming(uint32_t session)
{
    counted.done = false;
    pledge_page(world.store, session, 0, WORLD_NOW_MS, on_page, NULL);
    turn_until_done(&counted.done);
    return counted.n;
}

static void come(uint32_t session, const char *form)
{
    SEE(303, "POST", page_of(session, ""), form, "");
}

/* ---- the tests ---- */

static void test_a_list_of_what_is_near(void **state)
{
    (void)state;
    SEE(200, "GET", "/near?q=53.8,-1.55", NULL, "1. ", "2. ", "Far &amp; Wide",
        "Library &lt;steps&gt;", "Saturday 28 November, 18:00 to 20:00", "1 of 1 places left",
        "<svg viewBox", page_of(FAR, ""), "!Library <steps>");
    SEE(200, "GET", "/near?q=40,20", NULL, "Nothing is planned", "!<svg");
    SEE(200, "GET", "/near?q=Nowhere", NULL, "We do not know “Nowhere”.", "value=\"Nowhere\"");
    SEE(200, "GET", "/near", NULL, "Find places", "!<svg");
}

/* Each page is in the language that is asked for, and what leads on keeps it. */
static void test_in_other_languages(void **state)
{
    (void)state;
    SEE(200, "GET", "/near?lang=cy", NULL, "<html lang=\"cy\" dir=\"ltr\">", "Dod o hyd i leoedd",
        "name=\"lang\" value=\"cy\"", "!Find places", "lang=\"en\" hreflang=\"en\">English</a>");
    SEE(200, "GET", "/near?q=53.8,-1.55&lang=de", NULL, "Samstag 28 November, 18:00 – 20:00",
        "noch 1 von 1 Plätzen frei", "?lang=de\">Ich kann kommen", "In Ihrer Nähe. Wo Sie am");
    SEE(200, "GET", "/near?lang=ar", NULL, "<html lang=\"ar\" dir=\"rtl\">", "ابحث عن أماكن");
    SEE(200, "GET", "/near?q=53.8,-1.55&lang=ar", NULL, " كم، متبق 1 من 1 مكانا، ",
        "، 18:00 – 20:00", "! km", "!, 18:00");
    SEE(200, "GET", "/near?lang=xx", NULL, "<html lang=\"en\" dir=\"ltr\">", "Find places",
        "!value=\"xx\"");
    SEE(200, "GET", "/near?q=Nowhere&lang=fr", NULL, "« Nowhere »");
    SEE(200, "GET", page_of(FAR, "?lang=pl"), NULL, "Przyjdę", "sobota 28 listopada",
        "name=\"lang\" value=\"pl\"");
    SEE(400, "POST", page_of(FAR, ""), "name=&number=&lang=es", "Escriba su nombre.");
    SEE(200, "GET", page_of(FAR, "?lang=%3Cb%3E"), NULL, "I am coming", "!<b>");
}

static void test_only_what_they_can_go_to(void **state)
{
    (void)state;
    SEE(200, "GET", "/near?q=53.8,-1.55&on=2026-11-28&accessible=", NULL, "Far &amp; Wide",
        "<h2>2. Near", "value=\"2026-11-28\"", "<details open>", "!selected");
    SEE(200, "GET", "/near?q=53.8,-1.55&on=2026-11-29", NULL, "We found nothing like that",
        "!<svg");
    SEE(200, "GET", "/near?q=53.8,-1.55&accessible=1", NULL, "Far &amp; Wide", "!2. Near",
        "value=\"1\" selected");
    SEE(200, "GET", "/near?q=53.8,-1.55&on=%3Cb%3E", NULL, "Please write the day like 2026-11-28",
        "&lt;b&gt;", "!<b>");
    SEE(200, "GET", "/near?on=&accessible=", NULL, "Find places", "<details>");
}

static void test_a_session(void **state)
{
    (void)state;
    SEE(200, "GET", page_of(FAR, ""), NULL, "Far &amp; Wide", "Library &lt;steps&gt;", "Ann",
        "Bring a coat", "No steps", "1 of 1 places left", "https://wa.me/?text=", "og:description",
        "I am coming");
    SEE(200, "GET", page_of(NEAR, ""), NULL, "!of 1 places left", "!No steps");
    SEE(200, "GET", page_of(OVER, ""), NULL, "This one is over.", "!I am coming",
        "Other times in Near");
    SEE(404, "GET", page_of(77, ""), NULL, "We cannot find that meeting.");
    SEE(200, "GET", page_of(FAR, "/calendar.ics"), NULL, "DTSTART:20261128T180000Z",
        "SUMMARY:Example Movement: Far & Wide");
    (void)ask(200, "POST", "/api/v1/place-sessions/1", "{\"cancelled\":true}");
    SEE(200, "GET", page_of(FAR, ""), NULL, "This one is cancelled.", "!I am coming",
        "!https://wa.me/?text=");
    SEE(200, "GET", page_of(FAR, "/calendar.ics"), NULL, "STATUS:CANCELLED");
}

/* From the moment on at which it is cancelled, and not when the text about it has left. */
static void test_who_comes_reads_that_it_is_cancelled(void **state)
{
    (void)state;
    come(FAR, "name=Ann&number=0850123456");
    SEE(200, "GET", mine(FAR, 1, ""), NULL, "You are coming.", "https://wa.me/?text=");
    (void)ask(200, "POST", "/api/v1/place-sessions/1", "{\"cancelled\":true}");
    SEE(200, "GET", mine(FAR, 1, ""), NULL, "<h1>This one is cancelled.</h1>", "!You are coming",
        "!text you again", "!https://wa.me/?text=");
}

static void test_a_form_that_is_wrong_changes_nothing(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "number=0850123456",
        "name=+&number=0850123456",
        "name=A%0AB&number=0850123456",
        "name=Ann",
        "name=Ann&number=12",
        "name=Ann&number=085012345.0", /* a spreadsheet's zero is no digit */
        "name=Ann&number=0850123456+ext+3",
        "name=Ann&number=01+679+0000",
        "name=Ann&number=07700900123", /* no number of the country whose people are texted */
        "name=Ann&number=%2B447700900123",
        "name=A%E2%80%AEnn&number=0850123456",
        "name=Ann&number=1550123456",
        "",
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        SEE(400, "POST", page_of(NEAR, ""), wrong[i], "role=\"alert\"", "I am coming");
    SEE(400, "POST", page_of(NEAR, ""), "name=%3CAnn%3E&number=12", "value=\"&lt;Ann&gt;\"",
        "value=\"12\"");
    SEE(404, "POST", path_of("near", LINK_SHARE, NEAR, 0, ""), "name=Ann&number=0850123456", "");
    SEE(404, "POST", page_of(77, ""), "name=Ann&number=0850123456", "");
    SEE(409, "POST", page_of(OVER, ""), "name=Ann&number=0850123456", "cancelled or over");
    assert_int_equal(coming(NEAR), 0);
}

/* The page says the same of a number that came before: it may be another's. */
static void test_a_number_that_is_typed_twice_is_one_person(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        come(NEAR, "name=Ann&number=085+012+3456");
        SEE(200, "GET", page_of(NEAR, "?thanks=1"), NULL, "Thank you!", "!/pledge/");
    }
    assert_int_equal(coming(NEAR), 1);
    come(NEAR, "name=Ben&number=0850123457");
    assert_int_equal(coming(NEAR), 2);
}

static void test_a_number_is_texted_so_often_in_a_day(void **state)
{
    (void)state;
    for (int i = 0; i < 8; i++)
        come(NEAR, "name=Ann&number=0850123456");
    SEE(429, "POST", page_of(NEAR, ""), "name=Ann&number=0850123456", "often today");
    come(NEAR, "name=Ben&number=0850123457");
}

static void test_so_many_numbers_are_typed_at_one_address(void **state)
{
    (void)state;
    char form[64];
    for (int i = 0; i < 30; i++) {
        (void)snprintf(form, sizeof form, "name=Ann&number=08501234%02d", i);
        come(NEAR, form);
    }
    SEE(429, "POST", page_of(NEAR, ""), "name=Ann&number=0850123499", "from your network");
}

static void test_a_change_of_mind(void **state)
{
    (void)state;
    come(FAR, "name=Ann&number=0850123456");
    come(FAR, "name=Ben&number=0850123457");
    SEE(200, "GET", mine(FAR, 1, ""), NULL, "You are coming", "I cannot come", "!0850123456",
        "!353850123456");
    SEE(200, "GET", mine(FAR, 2, ""), NULL, "You are on the list", "I cannot come");
    SEE(303, "POST", mine(FAR, 1, "/leave"), "", "");
    SEE(200, "GET", mine(FAR, 1, ""), NULL, "You are not coming", "I can come after all");
    SEE(200, "GET", mine(FAR, 2, ""), NULL, "You are coming");
    SEE(303, "POST", mine(FAR, 1, "/come"), "", "");
    SEE(200, "GET", mine(FAR, 1, ""), NULL, "You are on the list");
    assert_int_equal(coming(FAR), 1);
}

/* ---- the link of a campaign's text ---- */

static void on_reply(void *arg, const struct redisReply *reply)
{
    assert_false(redis_is_error(reply, NULL));
    *(bool *)arg = true;
}

/* A campaign whose text told its second person of that session, as the gate would. Returns its id. */
static uint32_t offer(uint32_t session)
{
    char key[64];
    const unsigned char bytes[] = {0, 0, 0, 0, (unsigned char)session, 0, 0, 0};
    bool done = false;
    (void)make_audience("members", 3);
    uint32_t id = (uint32_t)number_at(ask(201, "POST", "/api/v1/campaigns",
                                          "{\"name\":\"a\",\"audience\":\"members\",\"gateway\":"
                                          "\"main\",\"message\":{\"sms\":{\"en\":"
                                          "{\"text\":\"Example Movement. STOP to end\"}}}}"),
                                      "id");
    (void)snprintf(key, sizeof key, "%sc:%u:near", world.prefix, id);
    struct slice set[] = {SLICE_LIT("SET"), slice_of(key), slice_make(bytes, sizeof bytes)};
    redis_command(world.redis, on_reply, &done, COUNT_OF(set), set);
    turn_until_done(&done);
    return id;
}

/* Who was texted taps once; a friend to whom the link was passed on writes their own number. */
static void test_the_link_of_a_text(void **state)
{
    (void)state;
    uint32_t campaign = offer(NEAR);
    SEE(200, "GET", path_of("near", LINK_OFFER, campaign, 1, ""), NULL, "<h1>Near</h1>",
        "ends in 001", "That is not my number", "!7700900001");
    SEE(404, "GET", path_of("near", LINK_OFFER, campaign, 0, ""), NULL, "We cannot find");
    SEE(404, "GET", path_of("near", LINK_OFFER, campaign, 2, ""), NULL, "We cannot find");
    SEE(303, "POST", path_of("near", LINK_OFFER, campaign, 1, ""), "", "");
    SEE(200, "GET", mine(NEAR, 1, ""), NULL, "You are coming");
    SEE(303, "POST", path_of("near", LINK_OFFER, campaign, 1, ""), "", "");
    assert_int_equal(coming(NEAR), 1);
    SEE(303, "POST", path_of("near", LINK_OFFER, campaign, 1, ""), "name=Ben&number=0850123457",
        "");
    assert_int_equal(coming(NEAR), 2);
}

/* A link opens what it is for and nothing else. */
static void test_links_that_are_not_for_that(void **state)
{
    (void)state;
    come(NEAR, "name=Ann&number=0850123456");
    SEE(404, "GET", path_of("pledge", LINK_PAGE, NEAR, 1, ""), NULL, "We cannot find");
    SEE(404, "GET", path_of("pledge", LINK_OFFER, NEAR, 1, ""), NULL, "We cannot find");
    SEE(404, "GET", path_of("near", LINK_PLEDGE, NEAR, 1, ""), NULL, "We cannot find");
    SEE(404, "GET", mine(NEAR, 2, ""), NULL, "We cannot find");
    SEE(404, "POST", mine(NEAR, 2, "/leave"), "", "We cannot find");
    SEE(404, "POST", path_of("pledge", LINK_PAGE, NEAR, 1, "/leave"), "", "We cannot find");
    SEE(404, "GET", path_of("near", LINK_OFFER, 99, 0, ""), NULL, "We cannot find");
    assert_int_equal(coming(NEAR), 1);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_a_list_of_what_is_near),
        TEST(test_in_other_languages),
        TEST(test_only_what_they_can_go_to),
        TEST(test_a_session),
        TEST(test_a_form_that_is_wrong_changes_nothing),
        TEST(test_who_comes_reads_that_it_is_cancelled),
        TEST(test_a_number_that_is_typed_twice_is_one_person),
        TEST(test_a_number_is_texted_so_often_in_a_day),
        TEST(test_so_many_numbers_are_typed_at_one_address),
        TEST(test_a_change_of_mind),
        TEST(test_the_link_of_a_text),
        TEST(test_links_that_are_not_for_that),
    };
    return world_run("near_pages", tests, COUNT_OF(tests));
}
