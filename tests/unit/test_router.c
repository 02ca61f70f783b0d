#include "web/router.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake_http.h"
#include "web/respond.h"

static uint32_t seen_id;
static char context[] = "context";

static void on_list(void *ctx, struct http_request *q, const struct route_params *p)
{
    (void)ctx;
    (void)p;
    http_request_answer(q, 200, "text/plain", SLICE_LIT("list"));
}

static void on_claim(void *ctx, struct http_request *q, const struct route_params *p)
{
    assert_string_equal(ctx, "context");
    if (route_param_id(p, "id", &seen_id))
        http_request_answer(q, 200, "text/plain", SLICE_LIT("claim"));
    else
        respond_problem(q, 404, "not_found", "no such conversation");
}

static struct router *router_for_test(void)
{
    struct router *r = router_new();
    router_add(r, "GET", "/", on_list, NULL);
    router_add(r, "GET", "/api/v1/inbox", on_list, NULL);
    router_add(r, "POST", "/hooks/{gateway}", on_list, NULL);
    router_add(r, "POST", "/api/v1/inbox", on_list, NULL);
    router_add(r, "POST", "/api/v1/conversations/{id}/claim", on_claim, context);
    return r;
}

static int ask(const char *method, const char *path, struct http_request *q)
{
    struct router *r = router_for_test();
    *q = (struct http_request){.method = method, .path = path};
    router_handle(r, q);
    router_free(r);
    assert_int_equal(q->answers, 1);
    return q->status;
}

static void test_finds_the_route(void **state)
{
    (void)state;
    struct http_request q;
    assert_int_equal(ask("GET", "/api/v1/inbox", &q), 200);
    fake_http_done(&q);
    assert_int_equal(ask("HEAD", "/api/v1/inbox", &q), 200);
    fake_http_done(&q);
    assert_int_equal(ask("POST", "/hooks/tw/", &q), 200); /* as people enter it */
    fake_http_done(&q);
    assert_int_equal(ask("POST", "/hooks/", &q), 404);
    fake_http_done(&q);
    assert_int_equal(ask("GET", "/api/v1/inbox/", &q), 404);
    fake_http_done(&q);
    assert_int_equal(ask("GET", "/", &q), 200);
    fake_http_done(&q);
    assert_int_equal(ask("POST", "/api/v1/conversations/17/claim", &q), 200);
    assert_int_equal(seen_id, 17);
    fake_http_done(&q);
}

static void test_ids_are_positive_numbers(void **state)
{
    (void)state;
    static const char *const paths[] = {
        "/api/v1/conversations/x/claim", "/api/v1/conversations/0/claim",
        "/api/v1/conversations/-1/claim", "/api/v1/conversations/4294967296/claim",
        "/api/v1/conversations//claim"};
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        struct http_request q;
        assert_int_equal(ask("POST", paths[i], &q), 404);
        fake_http_done(&q);
    }
}

static void test_404_by_path(void **state)
{
    (void)state;
    struct http_request q;
    assert_int_equal(ask("GET", "/api/v1/nothing", &q), 404);
    assert_string_equal(q.content_type, "application/json");
    assert_non_null(strstr(q.text, "\"code\":\"not_found\""));
    fake_http_done(&q);
    assert_int_equal(ask("GET", "/elsewhere", &q), 404);
    assert_string_equal(q.content_type, "text/html; charset=utf-8");
    assert_non_null(fake_http_header(&q, "Content-Security-Policy"));
    fake_http_done(&q);
    assert_int_equal(ask("GET", "/api/v1/inbox/", &q), 404);
    fake_http_done(&q);
    assert_int_equal(ask("GET", "/1/2/3/4/5/6/7/8/9/10/11/12/13", &q), 404);
    fake_http_done(&q);
    assert_int_equal(ask("OPTIONS", "*", &q), 404);
    fake_http_done(&q);
}

static void test_405_names_the_methods(void **state)
{
    (void)state;
    struct http_request q;
    assert_int_equal(ask("DELETE", "/api/v1/inbox", &q), 405);
    assert_string_equal(fake_http_header(&q, "Allow"), "GET, POST");
    fake_http_done(&q);
    assert_int_equal(ask("GET", "/api/v1/conversations/1/claim", &q), 405);
    fake_http_done(&q);
}

static void test_bodies(void **state)
{
    (void)state;
    static const struct {
        const char *body;
        bool ok;
    } cases[] = {{"", true},   {" \n", true}, {"{\"a\":1}", true},         {"[]", false},
                 {"{", false}, {"x", false},  {"{\"a\":1,\"a\":2}", false}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct http_request q = {.path = "/api/v1/x", .body = cases[i].body};
        json_t *root = respond_read_json(&q);
        assert_int_equal(root != NULL, cases[i].ok);
        assert_int_equal(q.answers, cases[i].ok ? 0 : 1);
        json_decref(root);
        fake_http_done(&q);
    }
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

static bool shut(void *ctx, struct http_request *q)
{
    (void)ctx;
    bool open = slice_is(http_request_path(q), "/");
    if (!open) respond_problem(q, 503, "unavailable", "Shut.");
    return open;
}

static void test_a_door_stands_before_the_handlers(void **state)
{
    (void)state;
    struct router *r = router_for_test();
    static const struct {
        const char *method, *path;
        int status;
    } cases[] = {
        {"GET", "/", 200},
        {"GET", "/api/v1/inbox", 503},
        {"GET", "/nowhere", 404},
        {"DELETE", "/api/v1/inbox", 405},
    };
    router_set_door(r, shut, NULL);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct http_request q = {.method = cases[i].method, .path = cases[i].path};
        router_handle(r, &q);
        assert_int_equal(q.answers, 1);
        assert_int_equal(q.status, cases[i].status);
        fake_http_done(&q);
    }
    router_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_door_stands_before_the_handlers),
        cmocka_unit_test(test_finds_the_route),
        cmocka_unit_test(test_ids_are_positive_numbers),
        cmocka_unit_test(test_404_by_path),
        cmocka_unit_test(test_405_names_the_methods),
        cmocka_unit_test(test_bodies),
        cmocka_unit_test(test_problem_page_is_escaped),
    };
    return cmocka_run_group_tests_name("router", tests, NULL, NULL);
}
