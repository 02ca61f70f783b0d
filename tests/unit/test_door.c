/* The door of web, and what is answered where there is none. */
#include "web_world.h"

#include "web/body.h"
#include "web/respond.h"
#include "web/unsent.h"
#include "web/wanted.h"

/* What the socket's file lets through owns the place. */
static void test_the_socket_is_an_owner(void **state)
{
    (void)state;
    struct http_request q = {.path = "/api/v1/campaigns", .is_unix = true};
    assert_int_equal(ask(&q), 503);
    fake_http_done(&q);
}

/* Wrong tokens are no strangers' luck: over and over, and then slowly. */
static void test_wrong_tokens(void **state)
{
    (void)state;
    struct http_request q;
    for (int i = 0; i < AUTH_FAILURES_MAX; i++) {
        assert_int_equal(ask_as("wrong", "GET", "/api/v1/campaigns", NULL, &q), 401);
        fake_http_done(&q);
    }
    assert_int_equal(ask_as("wrong", "GET", "/api/v1/campaigns", NULL, &q), 429);
    fake_http_done(&q);
    assert_int_equal(ask_as(VOLUNTEER, "GET", "/api/v1/organisation", NULL, &q), 200);
    fake_http_done(&q);
}

/* ---- sessions: the value of forms, and of changes by programs ---- */

static void test_changes_under_a_session_carry_its_value(void **state)
{
    (void)state;
    char cookie[AUTH_SECRET_BYTES], value[AUTH_CSRF_BYTES];
    web_world_sign_in("Olive", cookie, value);

    const struct route *r;
    for (size_t i = 0; (r = web_route(web, i)) != NULL; i++) {
        if (r->may == MAY_ANYBODY || strcmp(r->method, "GET") == 0) continue;
        char form[80];
        (void)snprintf(form, sizeof form, "csrf=%s", value);
        for (int right = 0; right < 2; right++) {
            bool by_form = r->flags & FORM;
            struct http_request q = {.method = r->method,
                                     .path = with_values(r->path),
                                     .body = by_form ? (right ? form : "csrf=forged") : "",
                                     .cookies = {{"muster_session", cookie}}};
            if (right && !by_form) {
                q.headers[0][0] = "X-CSRF-Token";
                q.headers[0][1] = value;
            }
            int status = ask(&q);
            /* Redis is away, and a form is read after that */
            int wrong = by_form ? 503 : 403;
            if (status != (right ? 503 : wrong)) fail_msg("%s %s: %d", r->method, r->path, status);
            fake_http_done(&q);
        }
    }
}

/* ---- who has to log in first ---- */

static bool is_wanted(const char *target, const char *who)
{
    for (size_t i = 0; i < COUNT_OF(web_world_members); i++) {
        const struct auth_member *m = &web_world_members[i];
        if (strcmp(m->name, who) != 0) continue;
        const struct member is = {.id = "x",
                                  .name = m->name,
                                  .role = m->role,
                                  .everywhere = m->everywhere || m->role == ROLE_OWNER,
                                  .groups = m->groups,
                                  .group_count = m->group_count};
        return wanted_is_ours(web->router, slice_of(target), &is);
    }
    fail_msg("nobody is called %s", who);
    return false;
}

/* One of ours, which they may see, and nothing else: no other host, in none of its spellings. */
static void test_the_page_that_was_wanted(void **state)
{
    (void)state;
    struct http_request q = {.path = "/campaigns/7", .target = "/campaigns/7?from=mail"};
    assert_int_equal(ask(&q), 303);
    assert_string_equal(fake_http_header(&q, "Location"), "/login");
    const char *set = fake_http_header(&q, "Set-Cookie");
    assert_true(slice_starts(slice_of(set), "muster_wanted=/campaigns/7?from=mail; Path=/; "));
    assert_non_null(strstr(set, "HttpOnly"));
    fake_http_done(&q);
    assert_true(is_wanted("/campaigns/7?from=mail", "Omar"));
    assert_true(is_wanted("/inbox", "Vic"));
    assert_false(is_wanted("/campaigns/7", "Vic")); /* home, instead of a page that says no */
    static const char *const nowhere[] = {
        "//host.example/inbox",
        "/\\host.example",
        "https://host.example/inbox",
        "inbox/7",
        "/inbox/7;x",
        "/inbox/%2f%2fhost.example",
        "/inbox//host.example",
        "/inbox?to=//host.example",
        "/login",
        "/logout",
        "/api/v1/inbox",
        "/static/style.css",
        "/lists/7/people.csv",
        "/nothing/here",
        "/inbox/7\r\nX: 1",
        "/inbox/7 ",
        "/",
        "",
    };
    for (size_t i = 0; i < COUNT_OF(nowhere); i++)
        if (is_wanted(nowhere[i], "Olive")) fail_msg("'%s' is a page of ours", nowhere[i]);
    q = (struct http_request){.path = "/inbox/7", .headers = {{"Sec-Fetch-Mode", "cors"}}};
    assert_int_equal(ask(&q), 303);
    assert_null(fake_http_header(&q, "Set-Cookie")); /* a script asked for a part of a page */
    fake_http_done(&q);
}

static const char *posted(const char *site, const char *mode, const char *text, int status)
{
    static struct http_request q;
    static char body[UNSENT_BYTES_MAX + 64];
    fake_http_done(&q);
    (void)snprintf(body, sizeof body, "csrf=old&why=%s", text);
    q = (struct http_request){.method = "POST",
                              .path = "/lists/7/lend",
                              .body = body,
                              .headers = {{"Sec-Fetch-Site", site}, {"Sec-Fetch-Mode", mode}}};
    assert_int_equal(ask(&q), status);
    if (status == 401) return q.text;
    if (strcmp(mode, "navigate") == 0)
        assert_true(
            slice_starts(slice_of(fake_http_header(&q, "Set-Cookie")), "muster_wanted=/lists/7;"));
    fake_http_done(&q);
    return NULL;
}

static void test_what_was_typed_waits(void **state)
{
    (void)state;
    const char *page = posted("same-origin", "navigate", "Hi+%3Cb%3E+%22you%22", 401);
    assert_non_null(strstr(page, "action=\"/lists/7/lend\""));
    assert_non_null(strstr(page, "name=\"why\" value=\"Hi &lt;b&gt; &quot;you&quot;\""));
    assert_null(strstr(page, "value=\"old\""));
    /* nobody else's form is offered to anybody, and none that is too large */
    static char large[UNSENT_BYTES_MAX + 1];
    memset(large, 'x', sizeof large - 1);
    (void)posted("cross-site", "navigate", "x", 303);
    (void)posted("same-site", "navigate", "x", 303);
    (void)posted("same-origin", "cors", "x", 303);
    (void)posted("same-origin", "navigate", large, 303);
}

/* ---- bodies, addresses, pages ---- */

static void test_room_for_a_body(void **state)
{
    (void)state;
    static const struct {
        const char *method, *path, *token;
        size_t max;
    } cases[] = {
        {"POST", "/hooks/tw", NULL, WEB_WIDE_BYTES_MAX},
        {"POST", "/hooks/tw/inbound", NULL, WEB_WIDE_BYTES_MAX},
        {"POST", "/hooks", NULL, WEB_BODY_BYTES_MAX},
        {"POST", "/hooks/tw/elsewhere", NULL, WEB_BODY_BYTES_MAX},
        {"POST", "/login", NULL, WEB_BODY_BYTES_MAX},
        {"POST", "/api/v1/audiences/7/rows", NULL, WEB_BODY_BYTES_MAX},
        {"POST", "/api/v1/audiences/7/rows", "wrong", WEB_BODY_BYTES_MAX},
        {"POST", "/api/v1/audiences/7/rows", VOLUNTEER, WEB_BODY_BYTES_MAX},
        {"POST", "/api/v1/audiences/7/rows", OWNER, WEB_WIDE_BYTES_MAX},
        {"PUT", "/api/v1/audiences/7/rows", OWNER, WEB_BODY_BYTES_MAX},
        {"POST", "/api/v1/audiences", OWNER, WEB_BODY_BYTES_MAX},
        {"POST", "/api/v1/campaigns", OWNER, WEB_LARGE_BYTES_MAX},
        {"POST", "/api/v1/campaigns/check", OWNER, WEB_LARGE_BYTES_MAX},
        {"POST", "/api/v1/campaigns", VOLUNTEER, WEB_BODY_BYTES_MAX},
        {"POST", "/api/v1/suppressions", OWNER, WEB_LARGE_BYTES_MAX},
        {"POST", "/api/v1/suppressions", NULL, WEB_BODY_BYTES_MAX},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char bearer[64];
        (void)snprintf(bearer, sizeof bearer, "Bearer %s", cases[i].token);
        struct http_request q = {.method = cases[i].method,
                                 .path = cases[i].path,
                                 .headers = {{cases[i].token ? "Authorization" : NULL, bearer}}};
        if (web_body_max(web, &q) != cases[i].max) fail_msg("case %zu", i);
    }
    struct http_request local = {
        .method = "POST", .path = "/api/v1/audiences/7/rows", .is_unix = true};
    assert_int_equal(web_body_max(web, &local), WEB_WIDE_BYTES_MAX);
    /* a look is not a try */
    for (int i = 0; i < AUTH_FAILURES_MAX; i++) {
        struct http_request q;
        assert_int_equal(ask_as("wrong", "GET", "/api/v1/inbox", NULL, &q), 401);
        fake_http_done(&q);
    }
}

static void test_addresses_that_are_none(void **state)
{
    (void)state;
    struct http_request q;
    assert_int_equal(ask_as(NULL, "GET", "/api/v1/nothing", NULL, &q), 404);
    assert_string_equal(q.content_type, "application/problem+json");
    assert_non_null(strstr(q.text, "\"code\":\"not_found\""));
    assert_non_null(strstr(q.text, "\"type\":\"/api/problems/not_found\""));
    fake_http_done(&q);
    assert_int_equal(ask_as(NULL, "GET", "/elsewhere", NULL, &q), 404);
    assert_string_equal(q.content_type, "text/html; charset=utf-8");
    fake_http_done(&q);
    assert_int_equal(ask_as(NULL, "DELETE", "/api/v1/campaigns", NULL, &q), 405);
    assert_string_equal(fake_http_header(&q, "Allow"), "POST, GET");
    fake_http_done(&q);
}

/* `errors` names every key that is wrong, by a pointer. */
static void test_what_is_wrong_in_a_body_is_named(void **state)
{
    (void)state;
    struct body b = {.root = json_pack("{s:i,s:s}", "a~/b ü", 1, "n", "x")};
    (void)body_text(&b, "a~/b ü", 10, BODY_NEEDED);
    (void)body_uint(&b, "n", 10, BODY_NEEDED);
    (void)body_text(&b, "gone", 10, BODY_NEEDED);
    (void)body_text(&b, "not needed", 10, BODY_OPTIONAL);
    assert_int_equal(b.e.code, ERR_INVALID);
    assert_string_equal(b.e.text, "'a~/b ü' must be a text in quotes");
    char *errors = json_dumps(b.errors, JSON_COMPACT);
    assert_string_equal(
        errors,
        "[{\"pointer\":\"#/a~0~1b%20%C3%BC\",\"detail\":\"'a~/b ü' must be a text in quotes\"},"
        "{\"pointer\":\"#/n\",\"detail\":\"'n' must be a whole number from 0 to 10\"},"
        "{\"pointer\":\"#/gone\",\"detail\":\"'gone' is missing\"}]");
    free(errors);
    json_decref(b.errors);
    json_decref(b.root);
}

static void test_problems_are_told(void **state)
{
    (void)state;
    struct http_request q;
    assert_int_equal(ask_as(NULL, "GET", "/api/problems", NULL, &q), 200);
    assert_non_null(strstr(q.text, "\"code\":\"unavailable\""));
    fake_http_done(&q);
    assert_int_equal(ask_as(NULL, "GET", "/api/problems/conflict", NULL, &q), 200);
    assert_non_null(strstr(q.text, "\"type\":\"/api/problems/conflict\""));
    fake_http_done(&q);
    assert_int_equal(ask_as(NULL, "GET", "/api/problems/no_such", NULL, &q), 404);
    fake_http_done(&q);
}

/* What the server refuses by itself is a problem for programs, a page for others. */
static void test_the_servers_own_refusals(void **state)
{
    (void)state;
    struct buf out = BUF_INIT(1024);
    struct http_request q = {.path = "/api/v1/campaigns"};
    assert_string_equal(respond_refusal(NULL, &q, 413, "Too large.\n", &out),
                        "application/problem+json");
    assert_non_null(
        strstr(out.p, "\"status\":413,\"detail\":\"Too large.\",\"code\":\"too_large\""));
    buf_clear(&out);
    q.path = "/inbox";
    assert_string_equal(respond_refusal(NULL, &q, 413, "Too large.\n", &out),
                        "text/html; charset=utf-8");
    assert_non_null(strstr(out.p, "Go back and make it shorter"));
    assert_non_null(fake_http_header(&q, "Content-Security-Policy"));
    fake_http_done(&q);
    buf_done(&out);
}

static void expect_led(const char *path, const char *page)
{
    struct http_request q;
    assert_true((ask_as(NULL, "GET", path, NULL, &q) == 303) == (page != NULL));
    if (page) assert_string_equal(fake_http_header(&q, "Location"), page);
    fake_http_done(&q);
}

/* An address that only takes forms, which somebody reloads, and one with a '/' too much. */
static void test_a_form_s_address_leads_to_its_page(void **state)
{
    (void)state;
    expect_led("/lists/4/lend", "/lists/4");
    expect_led("/inbox/7/reply", "/inbox/7");
    expect_led("/lists/", "/lists");
    expect_led("/inbox/7/", "/inbox/7");
    expect_led("/elsewhere/", NULL);
    expect_led("//elsewhere/lists/", NULL);
    expect_led("/lists/\r\nX: y/lend", NULL);
    struct http_request q;
    assert_int_equal(ask_as(NULL, "GET", "/api/v1/campaigns/1/pause", NULL, &q), 405);
    fake_http_done(&q);
}

/* A mistake in a form that has no page of its own, or in what a page is asked for. */
static void test_a_problem_leads_back(void **state)
{
    (void)state;
    struct http_request q = {
        .path = "/inbox", .query = "search=1", .headers = {{"Authorization", "Bearer " VOLUNTEER}}};
    assert_int_equal(ask(&q), 503); /* Redis is away */
    assert_non_null(strstr(q.text, "href=\"/inbox\">Back</a>"));
    fake_http_done(&q);
}

static void test_pages_are_harmless(void **state)
{
    (void)state;
    struct http_request q = {.path = "/login", .query = "token=%22%3E"};
    assert_int_equal(ask(&q), 200);
    assert_non_null(strstr(fake_http_header(&q, "Content-Security-Policy"), "default-src 'none'"));
    assert_string_equal(fake_http_header(&q, "Referrer-Policy"), "no-referrer");
    fake_http_done(&q);
}

/* ---- static files ---- */

static void ask_static(struct http_request *q, const char *query, const char *etag)
{
    *q = (struct http_request){.path = "/static/style.css",
                               .query = query,
                               .headers = {{etag ? "If-None-Match" : NULL, etag}}};
    (void)ask(q);
}

static void test_static_files_are_kept_by_their_version(void **state)
{
    (void)state;
    struct http_request q, again;
    char query[32];
    ask_static(&q, "", NULL);
    assert_int_equal(q.status, 200);
    assert_string_equal(fake_http_header(&q, "Cache-Control"), "no-cache");
    const char *etag = fake_http_header(&q, "ETag");
    (void)snprintf(query, sizeof query, "v=%.12s", etag + 1);
    ask_static(&again, query, NULL);
    assert_string_equal(fake_http_header(&again, "Cache-Control"),
                        "public, max-age=31536000, immutable");
    assert_string_equal(again.text, q.text);
    fake_http_done(&again);
    ask_static(&again, "", etag);
    assert_int_equal(again.status, 304);
    assert_string_equal(again.text, "");
    fake_http_done(&again);
    fake_http_done(&q);
    q = (struct http_request){.path = "/static/nothing.css"};
    assert_int_equal(ask(&q), 404);
    fake_http_done(&q);
}

/* ---- the frame ---- */

static void test_the_start_is_ones_own(void **state)
{
    (void)state;
    struct http_request q;
    assert_int_equal(ask_as(NULL, "GET", "/", NULL, &q), 303);
    assert_string_equal(fake_http_header(&q, "Location"), "/login");
    fake_http_done(&q);
    assert_int_equal(ask_as(VOLUNTEER, "GET", "/", NULL, &q), 303);
    assert_string_equal(fake_http_header(&q, "Location"), "/inbox");
    fake_http_done(&q);
}

static void test_problem_page_is_escaped(void **state)
{
    (void)state;
    struct http_request q = {.path = "/inbox"};
    respond_problem(&q, 409, "held", "claimed by <b>\"Al\" & Co</b>");
    assert_null(strstr(q.text, "<b>"));
    assert_non_null(strstr(q.text, "&lt;b&gt;&quot;Al&quot; &amp; Co&lt;/b&gt;"));
    fake_http_done(&q);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, web_world_open, web_world_close)
    const struct CMUnitTest tests[] = {
        TEST(test_the_socket_is_an_owner),
        TEST(test_wrong_tokens),
        TEST(test_changes_under_a_session_carry_its_value),
        TEST(test_the_page_that_was_wanted),
        TEST(test_what_was_typed_waits),
        TEST(test_room_for_a_body),
        TEST(test_addresses_that_are_none),
        cmocka_unit_test(test_what_is_wrong_in_a_body_is_named),
        TEST(test_problems_are_told),
        cmocka_unit_test(test_the_servers_own_refusals),
        TEST(test_a_form_s_address_leads_to_its_page),
        TEST(test_a_problem_leads_back),
        TEST(test_pages_are_harmless),
        TEST(test_static_files_are_kept_by_their_version),
        TEST(test_the_start_is_ones_own),
        cmocka_unit_test(test_problem_page_is_escaped),
    };
    return cmocka_run_group_tests_name("door", tests, NULL, NULL);
}
