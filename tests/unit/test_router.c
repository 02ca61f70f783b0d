#include "web/router.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/check.h"

static const struct route rows[] = {
    {.method = "GET", .path = "/"},
    {.method = "GET", .path = "/api/v1/inbox"},
    {.method = "POST", .path = "/hooks/{gateway}"},
    {.method = "POST", .path = "/api/v1/inbox"},
    {.method = "POST", .path = "/api/v1/conversations/{id}/claim"},
    {.method = "GET", .path = "/inbox/login"},
    {.method = "GET", .path = "/inbox/{id}"},
};

/* The index of the row, or -1. */
static int find(const char *method, const char *path, struct route_params *params,
                struct buf *allow)
{
    struct router *r = router_new();
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        router_add(r, &rows[i]);
    const struct route *row = router_find(r, slice_of(method), slice_of(path), params, allow);
    router_free(r);
    return row ? (int)(row - rows) : -1;
}

static void test_finds_the_row(void **state)
{
    (void)state;
    static const struct {
        const char *method, *path;
        int row;
    } cases[] = {
        {"GET", "/", 0},
        {"GET", "/api/v1/inbox", 1},
        {"HEAD", "/api/v1/inbox", 1},
        {"POST", "/api/v1/inbox", 3},
        {"POST", "/hooks/tw/", 2}, /* as people enter it */
        {"POST", "//hooks//tw", 2},
        {"POST", "/hooks//tw//", 2},
        {"POST", "//hooksx//tw", -1},
        {"POST", "/hooks/", -1},
        {"GET", "/api/v1/inbox/", -1},
        {"POST", "/api/v1/conversations/17/claim", 4},
        {"POST", "/api/v1/conversations//claim", -1},
        {"GET", "/inbox/login", 5}, /* the first that fits */
        {"GET", "/inbox/17", 6},
        {"HEAD", "/api/v1/conversations/17/claim", -1},
        {"GET", "/elsewhere", -1},
        {"GET", "/1/2/3/4/5/6/7/8/9/10/11/12/13", -1},
        {"OPTIONS", "*", -1},
        {"GET", "", -1},
    };
    struct route_params params;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (find(cases[i].method, cases[i].path, &params, NULL) != cases[i].row)
            fail_msg("%s %s", cases[i].method, cases[i].path);
}

static void test_named_segments(void **state)
{
    (void)state;
    struct route_params params;
    assert_int_equal(find("POST", "/api/v1/conversations/17/claim", &params, NULL), 4);
    assert_true(slice_is(route_param(&params, "id"), "17"));
    assert_int_equal(route_param(&params, "gateway").n, 0);
    assert_int_equal(find("GET", "/", &params, NULL), 0);
    assert_int_equal(route_param(&params, "id").n, 0);
}

static void expect_allowed(const char *method, const char *path, const char *allowed)
{
    struct route_params params;
    struct buf allow = BUF_INIT(ROUTE_METHODS_BYTES_MAX);
    assert_int_equal(find(method, path, &params, &allow), -1);
    assert_true(slice_is(buf_slice(&allow), allowed));
    buf_done(&allow);
}

static void test_another_method_names_those_that_fit(void **state)
{
    (void)state;
    expect_allowed("DELETE", "/api/v1/inbox", "GET, POST");
    expect_allowed("GET", "/api/v1/conversations/1/claim", "POST");
    expect_allowed("GET", "/elsewhere", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finds_the_row),
        cmocka_unit_test(test_named_segments),
        cmocka_unit_test(test_another_method_names_those_that_fit),
    };
    return cmocka_run_group_tests_name("router", tests, NULL, NULL);
}
