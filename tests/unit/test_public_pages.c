/* The frame for anybody: what a stranger gets, how much, and that nothing is kept in the browser. */
#include "web_world.h"

#include "core/visitors.h"
#include "web/public/words.h"

enum { AT_ONCE = VISITORS_PER_S * VISITORS_BURST_S };

static int look_from(const char *peer, struct http_request *q)
{
    *q = (struct http_request){.path = "/near", .peer = peer};
    return ask(q);
}

static void see_status(const char *peer, int status)
{
    struct http_request q;
    assert_int_equal(look_from(peer, &q), status);
    fake_http_done(&q);
}

static void use_up(const char *peer)
{
    for (int i = 0; i < AT_ONCE; i++)
        see_status(peer, 200);
}

static void test_an_address_has_a_bound_and_is_told_when(void **state)
{
    (void)state;
    struct http_request q;
    use_up("192.0.2.7");
    assert_int_equal(look_from("192.0.2.7", &q), 429);
    assert_string_equal(fake_http_header(&q, "Retry-After"), "1");
    assert_string_equal(q.content_type, "text/html; charset=utf-8");
    assert_non_null(strstr(q.text, "Please wait 1 second, then load this page again."));
    fake_http_done(&q);
    see_status("192.0.2.8", 200);
}

static void test_a_household_of_ipv6_is_one(void **state)
{
    (void)state;
    use_up("2001:db8:1:2::1");
    see_status("2001:db8:1:2:ffff::9", 429);
    see_status("2001:db8:1:3::1", 200);
}

static void test_what_proxies_say_counts_of_proxies_only(void **state)
{
    (void)state;
    use_up("192.0.2.7");
    struct http_request q = {
        .path = "/near", .peer = "192.0.2.7", .headers = {{"X-Forwarded-For", "198.51.100.1"}}};
    assert_int_equal(ask(&q), 429);
    fake_http_done(&q);
}

static void test_the_socket_and_members_pages_have_no_bound(void **state)
{
    (void)state;
    use_up("192.0.2.1");
    struct http_request q = {.path = "/near", .is_unix = true};
    assert_int_equal(ask(&q), 200);
    fake_http_done(&q);
    q = (struct http_request){.path = "/login", .peer = "192.0.2.1"};
    assert_int_equal(ask(&q), 200);
    fake_http_done(&q);
}

static void test_nothing_is_kept_in_the_browser_or_loaded_from_elsewhere(void **state)
{
    (void)state;
    struct http_request q;
    (void)look_from("192.0.2.1", &q);
    assert_null(fake_http_header(&q, "Set-Cookie"));
    assert_string_equal(
        fake_http_header(&q, "Content-Security-Policy"),
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
    assert_string_equal(fake_http_header(&q, "Referrer-Policy"), "no-referrer");
    /* one module of ours; nothing stands in the page itself */
    const char *script = strstr(q.text, "<script");
    assert_non_null(script);
    const char *ours = "<script type=\"module\" src=\"/static/here.js?v=";
    assert_int_equal(strncmp(script, ours, strlen(ours)), 0);
    assert_int_equal(strncmp(strchr(script, '>'), "></script>", 10), 0);
    assert_null(strstr(script + 1, "<script"));
    assert_null(strstr(q.text, "href=\"/login"));
    assert_true(strlen(q.text) < 30 * 1000);
    fake_http_done(&q);
}

/* The first of the browser's that there is, unless the address says one. */
static void test_the_language_is_the_visitors(void **state)
{
    (void)state;
    static const struct {
        const char *accepts, *query, *lang;
    } cases[] = {
        {NULL, "", "en"},
        {"cy-GB,cy;q=0.9,en;q=0.8", "", "cy"},
        {"ur-PK, pl;q=0.7, en", "", "pl"}, /* the first is not there */
        {"AR", "", "ar"},
        {"*", "", "en"},
        {",,;;--,de", "", "de"},
        {"fr", "lang=es", "es"},
        {"fr", "lang=nowhere", "fr"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char begins[64];
        struct http_request q = {.path = "/near",
                                 .query = cases[i].query,
                                 .headers = {{"Accept-Language", cases[i].accepts}}};
        if (!cases[i].accepts) q.headers[0][0] = NULL;
        assert_int_equal(ask(&q), 200);
        (void)snprintf(begins, sizeof begins, "<html lang=\"%s\"", cases[i].lang);
        if (!strstr(q.text, begins)) fail_msg("%zu: not %s: %.200s", i, begins, q.text);
        assert_string_equal(fake_http_header(&q, "Vary"), "Accept-Language");
        fake_http_done(&q);
    }
}

/* Nothing is left out: what is empty in one language is a beginning or an end that it does not need. */
static void test_every_word_is_there_in_every_language(void **state)
{
    (void)state;
    for (int l = 0; l < PUBLIC_LANGUAGE_COUNT; l++) {
        for (int w = 0; w < PUBLIC_WORD_COUNT; w++) {
            const char *word = public_word((enum public_language)l, (enum public_word)w);
            assert_non_null(word);
            assert_true(slice_is_utf8(slice_of(word), NULL));
            assert_true(*word || w == WORD_left_before || w == WORD_left_after);
        }
        assert_true(public_nth((enum public_language)l, WORD_days, 6).n > 0);
        assert_int_equal(public_nth((enum public_language)l, WORD_days, 7).n, 0);
        assert_true(public_nth((enum public_language)l, WORD_months, 11).n > 0);
        assert_int_equal(public_nth((enum public_language)l, WORD_months, 12).n, 0);
    }
}

static void test_what_was_typed_is_shown_again_and_does_nothing(void **state)
{
    (void)state;
    struct http_request q = {.path = "/near", .query = "q=\"><script>"};
    assert_int_equal(ask(&q), 200);
    assert_non_null(strstr(q.text, "value=\"&quot;&gt;&lt;script&gt;\""));
    fake_http_done(&q);
    q = (struct http_request){.path = "/near", .query = "q=\xff\xfe"};
    assert_int_equal(ask(&q), 200);
    assert_non_null(strstr(q.text, "value=\"\""));
    fake_http_done(&q);
}

/* A link that is none is told in words that help, in this frame, without a way to the log-in. */
static void test_a_link_that_leads_nowhere(void **state)
{
    (void)state;
    static const char *const paths[] = {"/near/AAAAAAAAAAAAAAAAAAAAAAA",
                                        "/near/AAAAAAAAAAAAAAAAAAAAAAA/calendar.ics", "/near/x"};
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        struct http_request q = {.path = paths[i]};
        assert_int_equal(ask(&q), 404);
        assert_non_null(strstr(q.text, "We cannot find that meeting."));
        assert_non_null(strstr(q.text, "href=\"/near\""));
        assert_null(strstr(q.text, "href=\"/\""));
        fake_http_done(&q);
    }
}

static int post_from(const char *peer, struct http_request *q)
{
    *q = (struct http_request){
        .method = "POST", .path = "/near/AAAAAAAAAAAAAAAAAAAAAAA", .peer = peer};
    return ask(q);
}

/* Redis is away here, and strangers are not told so. */
static void test_what_is_our_fault_is_told_without_its_cause(void **state)
{
    (void)state;
    struct http_request q;
    assert_int_equal(post_from("192.0.2.1", &q), 503);
    assert_non_null(strstr(q.text, "This page does not work at the moment. Nothing was done."));
    assert_null(strstr(q.text, "edis"));
    fake_http_done(&q);
}

static void test_a_form_counts_ten(void **state)
{
    (void)state;
    struct http_request q;
    for (int i = 0; i < AT_ONCE / 10; i++) {
        assert_int_equal(post_from("192.0.2.1", &q), 503);
        fake_http_done(&q);
    }
    assert_int_equal(post_from("192.0.2.1", &q), 429);
    fake_http_done(&q);
}

static void test_a_form_has_little_room(void **state)
{
    (void)state;
    struct http_request q = {.path = "/near"};
    assert_int_equal(web_body_max(web, &q), WEB_PUBLIC_BYTES_MAX);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, web_world_open, web_world_close)
    const struct CMUnitTest tests[] = {
        TEST(test_an_address_has_a_bound_and_is_told_when),
        TEST(test_a_household_of_ipv6_is_one),
        TEST(test_what_proxies_say_counts_of_proxies_only),
        TEST(test_the_socket_and_members_pages_have_no_bound),
        TEST(test_nothing_is_kept_in_the_browser_or_loaded_from_elsewhere),
        TEST(test_the_language_is_the_visitors),
        TEST(test_every_word_is_there_in_every_language),
        TEST(test_what_was_typed_is_shown_again_and_does_nothing),
        TEST(test_a_link_that_leads_nowhere),
        TEST(test_what_is_our_fault_is_told_without_its_cause),
        TEST(test_a_form_counts_ten),
        TEST(test_a_form_has_little_room),
    };
    return cmocka_run_group_tests_name("public_pages", tests, NULL, NULL);
}
