/* The inbox's API and pages over a real store; only the HTTP server is a stand-in
 * (unit/fake_http.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/clock.h"
#include "fake_http.h"
#include "flow/launch.h"
#include "flow/outbox.h"
#include "flow/zone_book.h"
#include "io/redis.h"
#include "redis_group.h"
#include "store/inbox.h"
#include "store/staff.h"
#include "store/suppress.h"
#include "web/web.h"

#define PERSON UINT64_C(447700900123)

static struct queue *queue;
static struct outbox *outbox;
static struct auth *auth; /* the keys of web's */
static struct staff *staff;
static struct zone_book *zones;
static struct launch_means means;
static struct web *web;
static int taken;
static int64_t now_ms;
static bool done;

static int64_t clock_now(void)
{
    return now_ms;
}

static void on_queue_message(void *arg, struct queue_message *m)
{
    (void)arg;
    taken++;
    queue_ack(queue, m, NULL, NULL);
}

static void on_stored(void *arg, int result, const struct inbox_stored *s, const struct err *e)
{
    (void)arg;
    (void)s;
    (void)e;
    assert_int_equal(result, 0);
    done = true;
}

static void on_count(void *arg, int result, int64_t count, const struct err *e)
{
    (void)arg;
    (void)count;
    (void)e;
    assert_int_equal(result, 0);
    done = true;
}

static void wait_done(void)
{
    while (!done)
        loop_turn(loop, -1);
    done = false;
}

static bool arrival_holds;

static void arrives(const char *event, const char *group, uint64_t number, const char *name,
                    const char *text)
{
    char key[24];
    (void)snprintf(key, sizeof key, "%llu", (unsigned long long)number);
    struct inbox_arrival in = {.gateway = SLICE_LIT("example"),
                               .event_id = slice_of(event),
                               .remember_ms = 100000,
                               .group = slice_of(group),
                               .key = slice_of(key),
                               .sender = SLICE_LIT("+447700900000"),
                               .name = slice_of(name),
                               .text = slice_of(text),
                               .hold = arrival_holds,
                               .scope = SLICE_LIT("all")};
    inbox_receive(inbox, &in, now_ms, on_stored, NULL);
    wait_done();
}

/* Asks and waits; q keeps the answer until fake_http_done. */
static int ask(struct http_request *q)
{
    web_handle(web, q);
    while (q->answers == 0)
        loop_turn(loop, -1);
    assert_int_equal(q->answers, 1);
    return q->status;
}

/* By token: Sam and Alex are volunteers of main, Kim of north, Org an organiser. */
static int call(const char *who, const char *method, const char *path, const char *body,
                json_t **ret)
{
    char bearer[64];
    (void)snprintf(bearer, sizeof bearer, "Bearer token-of-%s-0123", who);
    const char *query = strchr(path, '?');
    char *plain = slice_strdup(slice_make(path, query ? (size_t)(query - path) : strlen(path)));
    struct http_request q = {.method = method,
                             .path = plain,
                             .query = query ? query + 1 : NULL,
                             .body = body,
                             .headers = {{"Authorization", bearer}}};
    int status = ask(&q);
    json_t *answer = json_loads(q.text, 0, NULL);
    assert_non_null(answer);
    assert_true((status >= 400) == (json_object_get(answer, "detail") != NULL));
    if (ret)
        *ret = answer;
    else
        json_decref(answer);
    fake_http_done(&q);
    free(plain);
    return status;
}

static json_int_t claim(const char *who)
{
    json_t *answer;
    assert_int_equal(call(who, "POST", "/api/v1/conversations/1/claim", "{}", &answer), 200);
    json_int_t fence = json_integer_value(json_object_get(answer, "fence"));
    assert_true(fence > 0);
    json_decref(answer);
    return fence;
}

static int reply(const char *who, json_int_t fence)
{
    char body[128];
    (void)snprintf(body, sizeof body, "{\"text\": \"See you\", \"fence\": %lld}", (long long)fence);
    return call(who, "POST", "/api/v1/conversations/1/reply", body, NULL);
}

static void test_api_needs_a_token(void **state)
{
    (void)state;
    arrives("e1", "main", PERSON, "Ann", "hi");
    assert_int_equal(call("nobody", "GET", "/api/v1/inbox", NULL, NULL), 401);
    assert_int_equal(call("nobody", "POST", "/api/v1/conversations/1/claim", NULL, NULL), 401);
    struct http_request q = {.path = "/api/v1/inbox"};
    assert_int_equal(ask(&q), 401);
    fake_http_done(&q);
}

static void test_volunteers_see_their_group_and_masked_numbers(void **state)
{
    (void)state;
    arrives("e1", "main", PERSON, "Ann", "hi");
    json_t *answer;
    assert_int_equal(call("Sam", "GET", "/api/v1/inbox", NULL, &answer), 200);
    json_t *list = json_object_get(answer, "conversations");
    assert_int_equal(json_array_size(list), 1);
    const char *number = json_string_value(json_object_get(json_array_get(list, 0), "number"));
    assert_null(strstr(number, "900"));
    assert_non_null(strstr(number, "0123"));
    json_decref(answer);
    assert_int_equal(call("Org", "GET", "/api/v1/inbox?group=main", NULL, &answer), 200);
    list = json_object_get(answer, "conversations");
    assert_string_equal(json_string_value(json_object_get(json_array_get(list, 0), "number")),
                        "+447700900123");
    json_decref(answer);
    assert_int_equal(call("Kim", "GET", "/api/v1/inbox?group=main", NULL, &answer), 200);
    assert_int_equal(json_array_size(json_object_get(answer, "conversations")), 0);
    json_decref(answer);
    assert_int_equal(call("Kim", "GET", "/api/v1/conversations/1", NULL, NULL), 404);
    assert_int_equal(call("Kim", "POST", "/api/v1/conversations/1/claim", NULL, NULL), 404);
    assert_int_equal(call("Kim", "POST", "/api/v1/conversations/1/tag", "{\"add\": [\"x\"]}", NULL),
                     404);
}

/* The name of the only conversation, as `who` sees it. */
static void expect_name(const char *who, const char *name)
{
    json_t *answer;
    assert_int_equal(call(who, "GET", "/api/v1/conversations/1", NULL, &answer), 200);
    const json_t *conversation = json_object_get(answer, "conversation");
    assert_string_equal(json_string_value(json_object_get(conversation, "name")), name);
    json_decref(answer);
    char bearer[64];
    (void)snprintf(bearer, sizeof bearer, "Bearer token-of-%s-0123", who);
    struct http_request q = {.path = "/inbox/1", .headers = {{"Authorization", bearer}}};
    assert_int_equal(ask(&q), 200);
    assert_non_null(strstr(q.text, name));
    assert_null(strstr(q.text, "\xe2\x80\xae"));
    assert_null(strstr(q.text, "\x1b"));
    fake_http_done(&q);
}

static void test_names_of_strangers(void **state)
{
    (void)state;
    arrives("e1", "main", PERSON,
            "\xe2\x80\xae"
            "Ann \x1b +44 7700-900 123",
            "h\x1bi\xe2\x80\xae");
    expect_name("Org", "Ann \xef\xbf\xbd +44 7700-900 123");
    expect_name("Sam", "Ann \xef\xbf\xbd +\u2022\u2022 \u2022\u2022\u2022\u2022-\u2022\u2022\u2022 "
                       "\u2022\u2022\u2022");
}

static void test_claim_reply_close(void **state)
{
    (void)state;
    arrives("e1", "main", PERSON, "Ann", "hi");
    json_int_t fence = claim("Sam");
    json_t *answer;
    assert_int_equal(call("Alex", "POST", "/api/v1/conversations/1/claim", NULL, &answer), 409);
    const char *message = json_string_value(json_object_get(answer, "detail"));
    assert_non_null(strstr(message, "claimed by Sam until"));
    json_decref(answer);
    assert_int_equal(reply("Alex", fence), 409);
    assert_int_equal(reply("Sam", fence), 202);
    while (taken < 1)
        loop_turn(loop, -1);
    assert_int_equal(call("Sam", "GET", "/api/v1/conversations/1", NULL, &answer), 200);
    json_t *messages = json_object_get(answer, "messages");
    assert_int_equal(json_array_size(messages), 2);
    assert_string_equal(json_string_value(json_object_get(json_array_get(messages, 1), "state")),
                        "pending");
    json_decref(answer);
    now_ms += WEB_CLAIM_MS; /* Sam went home */
    assert_int_equal(reply("Sam", fence), 409);
    assert_true(claim("Alex") > fence);
    assert_int_equal(call("Sam", "POST", "/api/v1/conversations/1/close", NULL, NULL), 409);
    assert_int_equal(
        call("Alex", "POST", "/api/v1/conversations/1/tag", "{\"add\": [\"needs_lift\"]}", NULL),
        200);
    assert_int_equal(call("Alex", "POST", "/api/v1/conversations/1/close", NULL, NULL), 200);
    assert_int_equal(call("Alex", "GET", "/api/v1/inbox?state=closed", NULL, &answer), 200);
    assert_int_equal(json_array_size(json_object_get(answer, "conversations")), 1);
    json_decref(answer);
    assert_int_equal(call("Alex", "POST", "/api/v1/conversations/1/reopen", NULL, NULL), 200);
}

static void test_reply_to_the_suppressed(void **state)
{
    (void)state;
    arrives("e1", "main", PERSON, "Ann", "hi");
    json_int_t fence = claim("Sam");
    struct suppress_entry entry = {.number = PERSON, .reason = SUPPRESS_STOP, .at_ms = now_ms};
    suppress_add(store, SLICE_LIT("all"), &entry, 1, on_count, NULL);
    wait_done();
    assert_int_equal(reply("Sam", fence), 422);
    assert_int_equal(taken, 0);
}

static void test_bad_requests(void **state)
{
    (void)state;
    arrives("e1", "main", PERSON, "Ann", "hi");
    static const struct {
        const char *method, *path, *body;
        int status;
    } cases[] = {
        {"GET", "/api/v1/inbox?limit=0", NULL, 400},
        {"GET", "/api/v1/inbox?state=ajar", NULL, 400},
        {"GET", "/api/v1/conversations/x", NULL, 404},
        {"POST", "/api/v1/conversations/1/reply", "", 400},
        {"POST", "/api/v1/conversations/1/reply", "{\"text\": \"x\"}", 400},
        {"POST", "/api/v1/conversations/1/reply", "{\"text\": 1, \"fence\": 1}", 400},
        {"POST", "/api/v1/conversations/1/reply", "{\"text\": \" \", \"fence\": 1}", 400},
        {"POST", "/api/v1/conversations/1/reply", "<html>", 400},
        {"POST", "/api/v1/conversations/1/reply", "{\"text\": \"x\", \"fence\": -1}", 400},
        {"POST", "/api/v1/conversations/1/reply", "{\"text\": \"x\", \"fence\": 1, \"to\": 1}",
         400},
        {"POST", "/api/v1/conversations/1/reply",
         "{\"text\": \"x\", \"text\": \"y\", \"fence\": 1}", 400},
        {"POST", "/api/v1/conversations/1/claim", "[]", 400},
        {"POST", "/api/v1/conversations/1/claim", "{", 400},
        {"POST", "/api/v1/conversations/1/claim", "{\"for\": 60}", 400},
        {"POST", "/api/v1/conversations/1/tag", "{\"added\": [\"x\"]}", 400},
        {"POST", "/api/v1/conversations/1/resolve",
         "{\"message\": 0, \"resent\": 0, \"fence\": 1, \"decision\": \"leave\", \"why\": \"x\"}",
         400},
        {"POST", "/api/v1/conversations/1/keep", "{\"why\": \"x\"}", 400},
        {"POST", "/api/v1/conversations/1/tag", "{\"add\": \"x\"}", 400},
        {"POST", "/api/v1/conversations/1/tag", "{\"add\": [\"A B\"]}", 400},
        {"DELETE", "/api/v1/conversations/1", NULL, 405},
        {"GET", "/api/v1/inbox?cursor=rubbish", NULL, 200},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(call("Sam", cases[i].method, cases[i].path, cases[i].body, NULL),
                         cases[i].status);
}

static void test_pages_of_the_api(void **state)
{
    (void)state;
    for (int i = 0; i < 7; i++) {
        char event[8];
        (void)snprintf(event, sizeof event, "e%d", i);
        arrives(event, "main", PERSON + (uint64_t)i, "Ann", "hi"); /* all at one millisecond */
    }
    char path[128] = "/api/v1/inbox?limit=3";
    size_t total = 0, turns = 0;
    for (json_t *answer; path[0]; turns++) {
        assert_int_equal(call("Sam", "GET", path, NULL, &answer), 200);
        total += json_array_size(json_object_get(answer, "conversations"));
        const char *next = json_string_value(json_object_get(answer, "next"));
        path[0] = '\0';
        if (next) (void)snprintf(path, sizeof path, "/api/v1/inbox?limit=3&cursor=%s", next);
        json_decref(answer);
    }
    assert_int_equal(total, 7);
    assert_int_equal(turns, 3);
}

/* ---- pages ---- */

static char cookie[AUTH_COOKIE_BYTES], csrf[AUTH_CSRF_BYTES];

static void log_in(const char *token)
{
    char body[64];
    (void)snprintf(body, sizeof body, "token=%s", token);
    struct http_request q = {.method = "POST", .path = "/login", .body = body};
    assert_int_equal(ask(&q), 303);
    const char *set = fake_http_header(&q, "Set-Cookie");
    size_t n = (size_t)(strchr(set, ';') - strchr(set, '=') - 1);
    memcpy(cookie, strchr(set, '=') + 1, n);
    cookie[n] = '\0';
    fake_http_done(&q);
    struct http_request with = {.cookies = {{"muster_session", cookie}}};
    auth_csrf(auth, &with, csrf);
}

/* Posts a form of the session; what = fields behind csrf. The answer stays in q. */
static int post(struct http_request *q, const char *path, const char *what, const char *value)
{
    static char body[1024];
    (void)snprintf(body, sizeof body, "csrf=%s%s", value, what);
    *q = (struct http_request){
        .method = "POST", .path = path, .body = body, .cookies = {{"muster_session", cookie}}};
    return ask(q);
}

static int get(struct http_request *q, const char *path)
{
    *q = (struct http_request){.path = path, .cookies = {{"muster_session", cookie}}};
    return ask(q);
}

/* The page that was wanted (its rules: tests/unit/test_door.c), and once only. */
static void test_who_logs_in_goes_on(void **state)
{
    (void)state;
    static const char *const ways[][2] = {{"/inbox/7?from=mail", "/inbox/7?from=mail"},
                                          {"//host.example/inbox", "/inbox"}};
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        struct http_request q = {.method = "POST",
                                 .path = "/login",
                                 .body = "token=token-of-Sam-0123",
                                 .cookies = {{"muster_wanted", ways[i][0]}}};
        assert_int_equal(ask(&q), 303);
        assert_string_equal(fake_http_header(&q, "Location"), ways[i][1]);
        fake_http_done(&q);
    }
}

static void test_pages_need_a_login(void **state)
{
    (void)state;
    struct http_request q = {.path = "/inbox"};
    assert_int_equal(ask(&q), 303);
    assert_string_equal(fake_http_header(&q, "Location"), "/login");
    fake_http_done(&q);
    q = (struct http_request){.method = "POST", .path = "/login", .body = "token=wrong"};
    assert_int_equal(ask(&q), 401);
    assert_null(fake_http_header(&q, "Set-Cookie"));
    fake_http_done(&q);
}

static void test_a_volunteers_visit(void **state)
{
    (void)state;
    arrives("e1", "main", PERSON, "<b>Ann</b>", "Where <i>is</i> it?");
    log_in("token-of-Sam-0123");
    struct http_request q;
    assert_int_equal(get(&q, "/inbox"), 200);
    assert_non_null(strstr(q.text, "&lt;b&gt;Ann&lt;/b&gt;"));
    assert_null(strstr(q.text, "<b>Ann"));
    assert_null(strstr(q.text, "447700900123"));
    assert_non_null(strstr(q.text, "class=\"count\">1<"));
    fake_http_done(&q);
    assert_int_equal(get(&q, "/inbox/1"), 200);
    assert_non_null(strstr(q.text, "Where &lt;i&gt;is&lt;/i&gt; it?"));
    assert_non_null(strstr(q.text, "Take it and answer"));
    fake_http_done(&q);

    assert_int_equal(post(&q, "/inbox/1/claim", "", "forged"), 403);
    fake_http_done(&q);
    assert_int_equal(post(&q, "/inbox/1/claim", "", csrf), 303);
    assert_string_equal(fake_http_header(&q, "Location"), "/inbox/1");
    fake_http_done(&q);
    q = (struct http_request){
        .path = "/inbox", .query = "show=all", .cookies = {{"muster_session", cookie}}};
    assert_int_equal(ask(&q), 200);
    assert_non_null(strstr(q.text, "&lt;b&gt;Ann&lt;/b&gt;"));
    assert_null(strstr(q.text, "class=\"count\"")); /* nothing is new to them any more */
    fake_http_done(&q);
    assert_int_equal(
        post(&q, "/inbox/1/reply", "&fence=1&key=k&text=See+you+%E2%82%AC&preview=1", csrf), 200);
    assert_non_null(strstr(q.text, "Counts as 10 characters: 1 part of up to 160 (GSM-7)"));
    assert_non_null(strstr(q.text, "See you \u20ac</textarea>"));
    fake_http_done(&q);
    for (int i = 0; i < 2; i++) { /* sent twice by a thumb */
        assert_int_equal(post(&q, "/inbox/1/reply", "&fence=1&key=k&text=See+you", csrf), 303);
        fake_http_done(&q);
    }
    assert_int_equal(post(&q, "/inbox/1/tag", "&add=needs_lift", csrf), 303);
    fake_http_done(&q);
    assert_int_equal(get(&q, "/inbox/1"), 200);
    assert_non_null(strstr(q.text, "See you"));
    assert_null(strstr(strstr(q.text, "See you") + 1, "See you"));
    assert_non_null(strstr(q.text, "lift"));
    fake_http_done(&q);
    while (taken < 1)
        loop_turn(loop, -1);
    assert_int_equal(post(&q, "/inbox/1/close", "", csrf), 303);
    assert_string_equal(fake_http_header(&q, "Location"), "/inbox?closed=1");
    fake_http_done(&q);
}

static void test_late_form_keeps_what_was_typed(void **state)
{
    (void)state;
    arrives("e1", "main", PERSON, "Ann", "hi");
    log_in("token-of-Sam-0123");
    struct http_request q;
    assert_int_equal(post(&q, "/inbox/1/claim", "", csrf), 303);
    fake_http_done(&q);
    now_ms += WEB_CLAIM_MS;
    json_int_t fence = claim("Alex");
    assert_int_equal(post(&q, "/inbox/1/reply", "&fence=1&key=k&text=too+late", csrf), 409);
    assert_non_null(strstr(q.text, "claimed by Alex until"));
    assert_non_null(strstr(q.text, "<p class=\"bubble\" dir=\"auto\">too late</p>"));
    fake_http_done(&q);
    assert_int_equal(taken, 0);
    assert_int_equal(reply("Alex", fence), 202);
    assert_int_equal(post(&q, "/inbox/1/reply", "&fence=1&key=k&text=", csrf), 400);
    assert_non_null(strstr(q.text, "nothing to send"));
    fake_http_done(&q);
}

static void test_other_groups_pages(void **state)
{
    (void)state;
    arrives("e1", "main", PERSON, "Ann", "hi");
    log_in("token-of-Kim-0123");
    struct http_request q;
    assert_int_equal(get(&q, "/inbox/1"), 404);
    assert_null(strstr(q.text, "Ann"));
    fake_http_done(&q);
    assert_int_equal(post(&q, "/inbox/1/claim", "", csrf), 404);
    fake_http_done(&q);
    assert_int_equal(get(&q, "/static/style.css"), 200);
    fake_http_done(&q);
    assert_int_equal(post(&q, "/logout", "", csrf), 303);
    assert_non_null(strstr(fake_http_header(&q, "Set-Cookie"), "Max-Age=0"));
    fake_http_done(&q);
}

static int get_with(const char *session)
{
    struct http_request q = {.path = "/api/v1/inbox", .cookies = {{"muster_session", session}}};
    int status = ask(&q);
    fake_http_done(&q);
    return status;
}

/* A copy of the cookie is worth nothing after that: here, in another process, after a restart. */
static void test_logging_out_ends_the_session(void **state)
{
    (void)state;
    char one[AUTH_COOKIE_BYTES], id[AUTH_ID_BYTES];
    now_ms = clock_wall_ms();
    log_in("token-of-Sam-0123");
    (void)snprintf(one, sizeof one, "%s", cookie);
    log_in("token-of-Sam-0123"); /* in the same second, on another phone */
    assert_string_not_equal(one, cookie);
    assert_int_equal(get_with(one), 200);
    struct http_request q = {
        .method = "POST", .path = "/logout", .cookies = {{"muster_session", one}}};
    assert_non_null(auth_session(auth, &q, now_ms));
    auth_hash(auth, AUTH_SESSION, slice_of(one), id);
    assert_int_equal(ask(&q), 303);
    fake_http_done(&q);
    assert_int_equal(get_with(one), 401);
    assert_int_equal(get_with(cookie), 200);
    assert_int_equal(ask(&q), 303); /* again changes nothing */
    fake_http_done(&q);
    struct staff *other = staff_new(loop, store);
    assert_false(staff_is_read(other));
    while (!staff_is_read(other))
        loop_turn(loop, -1);
    assert_null(roster_session(staff_roster(other), slice_of(id)));
    assert_int_equal(roster_count(staff_roster(other), ROSTER_SESSIONS), 1);
    staff_free(other);
}

static void test_session_changes_need_the_value(void **state)
{
    (void)state;
    arrives("e1", "main", PERSON, "Ann", "hi");
    log_in("token-of-Sam-0123");
    struct http_request q = {.method = "POST",
                             .path = "/api/v1/conversations/1/claim",
                             .cookies = {{"muster_session", cookie}}};
    assert_int_equal(ask(&q), 403);
    fake_http_done(&q);
    q.headers[0][0] = "X-CSRF-Token";
    q.headers[0][1] = csrf;
    assert_int_equal(ask(&q), 200);
    fake_http_done(&q);
}

/* ---- an answer of which nobody knows ---- */

static void redis_do(const char *command, const char *key, const char *a, const char *b)
{
    char whole[64];
    struct err e;
    (void)snprintf(whole, sizeof whole, "%s%s", prefix, key);
    struct slice argv[] = {slice_of(command), slice_of(whole), slice_of(a), slice_of(b)};
    assert_int_equal(redis_wait(redis, NULL, NULL, &e, COUNT_OF(argv), argv), 0);
}

/* The first direct message was handed over, and its answer lost twelve minutes ago. */
static void becomes_unknown(void)
{
    char since[24];
    (void)snprintf(since, sizeof since, "%lld", (long long)(now_ms - 12 * 60000));
    while (taken < 1)
        loop_turn(loop, -1);
    taken = 0;
    redis_do("SETRANGE", "c:0:l", "0", "\xfb");
    redis_do("HSET", "c:0", "n0", "0");
    redis_do("HSET", "c:0", "n11", "1");
    redis_do("ZADD", "c:0:u", since, "0");
    redis_do("HSET", "c:0:d", "0", "taken over 1700000000");
}

static int resolve(const char *who, json_int_t fence, int resent, const char *decision,
                   json_t **ret)
{
    char body[160];
    (void)snprintf(body, sizeof body,
                   "{\"message\": 0, \"resent\": %d, \"fence\": %lld, \"decision\": \"%s\"}",
                   resent, (long long)fence, decision);
    return call(who, "POST", "/api/v1/conversations/1/resolve", body, ret);
}

static bool resolved(const char *who, json_int_t fence, int resent, const char *decision)
{
    json_t *answer;
    assert_int_equal(resolve(who, fence, resent, decision, &answer), 200);
    bool yes = json_is_true(json_object_get(answer, "resolved"));
    json_decref(answer);
    return yes;
}

/* What the API says of the answer, e.g. its "state". */
static void assert_told(const char *key, const char *expected)
{
    json_t *answer;
    assert_int_equal(call("Sam", "GET", "/api/v1/conversations/1", NULL, &answer), 200);
    json_t *m = json_array_get(json_object_get(answer, "messages"), 1);
    assert_string_equal(json_string_value(json_object_get(m, key)), expected);
    json_decref(answer);
}

static void on_entry(void *arg, const struct redisReply *reply)
{
    const struct redisReply *fields = redis_at(redis_at(reply, 0), 1);
    const char *const *expected = arg;
    assert_true(slice_is(redis_field(fields, "who"), expected[0]));
    assert_true(slice_is(redis_field(fields, "what"), expected[1]));
}

/* trail: "audit", or "audit:kept" for what lifted an opt-out. */
static void assert_audited(const char *trail, const char *who, const char *what)
{
    char key[64];
    struct err e;
    const char *expected[] = {who, what};
    (void)snprintf(key, sizeof key, "%s%s", prefix, trail);
    struct slice argv[] = {SLICE_LIT("XREVRANGE"), slice_of(key),      SLICE_LIT("+"),
                           SLICE_LIT("-"),         SLICE_LIT("COUNT"), SLICE_LIT("1")};
    assert_int_equal(redis_wait(redis, on_entry, expected, &e, COUNT_OF(argv), argv), 0);
}

static json_int_t unknown_answer(void)
{
    arrives("e1", "main", PERSON, "Ann", "hi");
    json_int_t fence = claim("Sam");
    assert_int_equal(reply("Sam", fence), 202);
    becomes_unknown();
    return fence;
}

static void test_an_unknown_answer_is_sent_again_once(void **state)
{
    (void)state;
    json_int_t fence = unknown_answer();
    assert_told("state", "unknown");
    assert_told("fate", "we do not know whether it arrived");
    assert_told("unknown_for", "12 min");
    assert_true(resolved("Sam", fence, 0, "resend"));
    while (taken < 1)
        loop_turn(loop, -1);
    assert_told("state", "pending");
    assert_told("fate", "waits to be sent");
    assert_audited("audit", "Sam", "conversation 1 answer 0 unknown to pending");
    assert_false(resolved("Sam", fence, 0, "resend")); /* pressed twice */
    assert_false(resolved("Sam", fence, 0, "leave"));
    becomes_unknown();
    assert_false(resolved("Sam", fence, 0, "resend")); /* the press before, very late */
    assert_told("state", "unknown");
    assert_true(resolved("Sam", fence, 1, "resend"));
}

static void test_an_unknown_answer_is_left(void **state)
{
    (void)state;
    json_int_t fence = unknown_answer();
    assert_true(resolved("Sam", fence, 0, "leave"));
    assert_told("state", "refused");
    assert_told("fate", "nobody knows whether it arrived; Sam left it so");
    assert_audited("audit", "Sam", "conversation 1 answer 0 unknown to refused");
    assert_false(resolved("Sam", fence, 0, "resend"));
    assert_int_equal(taken, 0);
}

static void test_who_may_decide_about_an_unknown_answer(void **state)
{
    (void)state;
    json_int_t fence = unknown_answer();
    assert_int_equal(resolve("Kim", fence, 0, "resend", NULL), 404);
    assert_int_equal(resolve("Alex", fence, 0, "resend", NULL), 409);
    assert_int_equal(resolve("Sam", fence + 1, 0, "leave", NULL), 409);
    assert_int_equal(resolve("Sam", fence, 0, "perhaps", NULL), 400);
    assert_int_equal(
        call("Sam", "POST", "/api/v1/conversations/1/resolve", "{\"message\": 0}", NULL), 400);
    assert_int_equal(call("Sam", "POST", "/api/v1/conversations/1/resolve",
                          "{\"message\": 7, \"resent\": 0, \"fence\": 1, \"decision\": "
                          "\"leave\"}",
                          NULL),
                     404);
    struct suppress_entry entry = {.number = PERSON, .reason = SUPPRESS_STOP, .at_ms = now_ms};
    suppress_add(store, SLICE_LIT("all"), &entry, 1, on_count, NULL);
    wait_done();
    assert_int_equal(resolve("Sam", fence, 0, "resend", NULL), 422);
    assert_told("state", "unknown");
    assert_true(resolved("Sam", fence, 0, "leave"));
    assert_int_equal(taken, 0);
}

/* ---- somebody on hold ---- */

static void doubt_arrives(const char *event, uint64_t number, const char *text)
{
    arrival_holds = true;
    arrives(event, "main", number, "Ann", text);
    arrival_holds = false;
}

static void test_a_volunteer_decides_about_a_hold(void **state)
{
    (void)state;
    struct http_request q;
    json_t *answer = NULL;
    doubt_arrives("e1", PERSON, "enough of this");
    doubt_arrives("e2", PERSON + 1, "no more");
    log_in("token-of-Sam-0123");
    assert_int_equal(get(&q, "/inbox/1"), 200);
    assert_non_null(strstr(q.text, "Take off the list"));
    assert_non_null(strstr(q.text, "formaction=\"/inbox/1/keep\""));
    assert_non_null(strstr(q.text, "Take it and answer")); /* an answer still goes */
    fake_http_done(&q);
    assert_int_equal(post(&q, "/inbox/1/keep", "", "forged"), 403);
    fake_http_done(&q);
    assert_int_equal(post(&q, "/inbox/1/keep", "", csrf), 303);
    fake_http_done(&q);
    assert_audited("audit:kept", "Sam", "conversation 1 kept on the list");
    assert_int_equal(get(&q, "/inbox/1"), 200);
    assert_null(strstr(q.text, "/inbox/1/keep"));
    fake_http_done(&q);
    assert_int_equal(
        call("Kim", "POST", "/api/v1/conversations/2/no-more", "{\"consent\":\"news\"}", NULL),
        404);
    assert_int_equal(call("Kim", "POST", "/api/v1/conversations/2/take-off", NULL, NULL), 404);
    assert_int_equal(call("Sam", "POST", "/api/v1/conversations/2/take-off", NULL, &answer), 200);
    assert_true(json_is_true(json_object_get(answer, "was_held")));
    json_decref(answer);
    assert_audited("audit:kept", "Sam", "conversation 2 taken off the list");
    assert_int_equal(call("Sam", "GET", "/api/v1/conversations/2", NULL, &answer), 200);
    assert_true(json_is_false(json_object_get(answer, "on_hold")));
    assert_string_equal(json_string_value(json_object_get(answer, "suppressed")), "all");
    json_decref(answer);
}

static void test_a_slip_is_undone_by_page(void **state)
{
    (void)state;
    struct http_request q;
    json_t *answer = NULL;
    arrives("e1", "main", PERSON, "Ann", "when is it?");
    log_in("token-of-Sam-0123");
    assert_int_equal(post(&q, "/inbox/1/take-off", "", csrf), 303);
    assert_string_equal(fake_http_header(&q, "Location"), "/inbox?off=1");
    fake_http_done(&q);
    assert_int_equal(get(&q, "/inbox/1"), 200);
    assert_non_null(strstr(q.text, "Sam took this person off the list."));
    assert_non_null(strstr(q.text, "action=\"/inbox/1/undo-take-off\""));
    fake_http_done(&q);
    assert_int_equal(call("Kim", "POST", "/api/v1/conversations/1/undo-take-off", NULL, NULL), 404);
    assert_int_equal(post(&q, "/inbox/1/undo-take-off", "", csrf), 303);
    fake_http_done(&q);
    assert_audited("audit:kept", "Sam", "conversation 1 put back on the list");
    assert_int_equal(call("Sam", "GET", "/api/v1/conversations/1", NULL, &answer), 200);
    assert_true(json_is_null(json_object_get(answer, "suppressed")));
    assert_true(json_is_null(json_object_get(answer, "taken_off")));
    json_decref(answer);
    assert_int_equal(call("Sam", "POST", "/api/v1/conversations/1/undo-take-off", NULL, NULL), 409);
}

static int get_all(struct http_request *q)
{
    *q = (struct http_request){
        .path = "/inbox", .query = "show=all", .cookies = {{"muster_session", cookie}}};
    return ask(q);
}

static void test_the_list_marks_an_unknown_answer(void **state)
{
    (void)state;
    static const char words[] = "We do not know whether the last answer arrived";
    struct http_request q;
    json_int_t fence = unknown_answer();
    arrives("e2", "main", PERSON + 1, "Bea", "hi");
    log_in("token-of-Sam-0123");
    assert_int_equal(get_all(&q), 200);
    assert_non_null(strstr(q.text, words));
    assert_null(strstr(strstr(q.text, words) + 1, words));
    fake_http_done(&q);
    assert_true(resolved("Sam", fence, 0, "leave"));
    assert_int_equal(get_all(&q), 200);
    assert_null(strstr(q.text, words));
    fake_http_done(&q);
}

static void test_the_page_of_an_unknown_answer(void **state)
{
    (void)state;
    json_int_t fence = unknown_answer();
    char form[96];
    struct http_request q;
    log_in("token-of-Alex-0123");
    assert_int_equal(get(&q, "/inbox/1"), 200);
    assert_non_null(strstr(q.text, "we do not know whether it arrived"));
    assert_non_null(strstr(q.text, "its answer was lost 12 min ago"));
    assert_null(strstr(q.text, "Send it again"));
    assert_null(strstr(q.text, "taken over"));
    fake_http_done(&q);
    log_in("token-of-Sam-0123");
    assert_int_equal(get(&q, "/inbox/1"), 200);
    assert_non_null(strstr(q.text, "Send it again"));
    assert_non_null(strstr(q.text, "Leave it"));
    assert_non_null(strstr(q.text, "name=\"message\" value=\"0\""));
    assert_non_null(strstr(q.text, "name=\"resent\" value=\"0\""));
    fake_http_done(&q);
    (void)snprintf(form, sizeof form, "&fence=%lld&message=0&resent=0&decision=resend",
                   (long long)fence);
    assert_int_equal(post(&q, "/inbox/1/resolve", form, "forged"), 403);
    fake_http_done(&q);
    for (int i = 0; i < 2; i++) { /* pressed twice by a thumb */
        assert_int_equal(post(&q, "/inbox/1/resolve", form, csrf), 303);
        fake_http_done(&q);
    }
    while (taken < 1)
        loop_turn(loop, -1);
    assert_int_equal(get(&q, "/inbox/1"), 200);
    assert_null(strstr(q.text, "Send it again"));
    assert_non_null(strstr(q.text, "waits to be sent"));
    fake_http_done(&q);
    assert_int_equal(taken, 1);
}

static void test_no_redis_is_said(void **state)
{
    (void)state;
    log_in("token-of-Sam-0123");
    redis_fixture_kill(server);
    while (redis_is_connected(redis))
        loop_turn(loop, -1);
    assert_int_equal(call("Sam", "GET", "/api/v1/inbox", NULL, NULL), 503);
    /* who is signed in stays so, and nobody new comes in */
    struct http_request q;
    assert_int_equal(get(&q, "/api/v1/organisation"), 200);
    fake_http_done(&q);
    q = (struct http_request){
        .method = "POST", .path = "/login", .body = "token=token-of-Sam-0123"};
    assert_int_equal(ask(&q), 503);
    fake_http_done(&q);
    assert_int_equal(get(&q, "/inbox"), 503);
    fake_http_done(&q);
    redis_fixture_restart(server);
    while (!redis_is_connected(redis))
        loop_turn(loop, -1);
}

static int set_up(void **state)
{
    (void)state;
    static const char *const of_main[] = {"main"}, *const of_north[] = {"north"};
    static const struct auth_member members[] = {
        {"Sam", "token-of-Sam-0123", ROLE_VOLUNTEER, of_main, 1, false},
        {"Alex", "token-of-Alex-0123", ROLE_VOLUNTEER, of_main, 1, false},
        {"Kim", "token-of-Kim-0123", ROLE_VOLUNTEER, of_north, 1, false},
        {"Org", "token-of-Org-0123", ROLE_OWNER, NULL, 0, false},
    };
    struct err e;
    group_begin();
    now_ms = INT64_C(1700000000000);
    taken = 0;
    struct redis_config at = {.url = redis_fixture_url(server)};
    struct queue_config queue_at = {
        .kind = "redis", .consumer = "test", .group = "muster", .redis = &at, .prefix = prefix};
    assert_int_equal(queue_new(loop, &queue_at, on_queue_message, NULL, &queue, &e), 0);
    queue_set_demand(queue, LANE_REPLY, 16);
    while (!queue_is_ready(queue))
        loop_turn(loop, -1);
    staff = staff_new(loop, store);
    outbox = outbox_new(store, queue);
    static const struct accounts none = {0};
    zones = zone_book_new();
    means = (struct launch_means){
        .store = store, .accounts = &none, .zones = zones, .organisation = "Us"};
    const struct web_config config = {
        .redis = redis,
        .loop = loop,
        .staff = staff,
        .store = store,
        .inbox = inbox,
        .queue = queue,
        .outbox = outbox,
        .means = &means,
        .accounts = &none,
        .organisation = "Us",
        .country = "GB",
        .auth = {.secret = "a secret of the house", .members = members, .count = COUNT_OF(members)},
        .now_ms = clock_now,
    };
    struct auth_config same = config.auth;
    same.roster = staff_roster(staff);
    assert_int_equal(auth_new(&same, &auth, &e), 0);
    assert_int_equal(web_new(&config, &web, &e), 0);
    while (!web_people_are_known(web))
        loop_turn(loop, -1);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    while (redis_pending(redis) > 0)
        loop_turn(loop, -1);
    web_free(web);
    queue_free(queue);
    outbox_free(outbox);
    group_end();
    auth_free(auth);
    staff_free(staff);
    zone_book_free(zones);
    return 0;
}

/* Bytes that JSON writes as six each: all of them fit. */
static void test_the_longest_draft(void **state)
{
    (void)state;
    enum { LONGEST = 6400 };
    char text[LONGEST + 1];
    arrives("e1", "main", PERSON, "Ann", "hi");
    memset(text, 1, LONGEST);
    text[LONGEST] = '\0';
    json_t *body = json_pack("{s:s}", "text", text), *answer;
    char *sent = json_dumps(body, 0);
    assert_int_equal(call("Sam", "PUT", "/api/v1/conversations/1/draft", sent, NULL), 200);
    free(sent);
    json_decref(body);
    assert_int_equal(call("Sam", "GET", "/api/v1/conversations/1", NULL, &answer), 200);
    const json_t *kept = json_object_get(json_object_get(answer, "draft"), "text");
    assert_string_equal(json_string_value(kept), text);
    json_decref(answer);
}

/* ---- the next person ---- */

/* The id in {"conversation": …} at `key` of what that call answers; 0: null. */
static json_int_t next_in(const char *who, const char *path, const char *body, int status,
                          const char *key)
{
    json_t *answer;
    assert_int_equal(call(who, "POST", path, body, &answer), status);
    const json_t *next = key ? json_object_get(answer, key) : answer;
    json_int_t id =
        json_integer_value(json_object_get(json_object_get(next, "conversation"), "id"));
    json_decref(answer);
    return id;
}

static void test_next(void **state)
{
    (void)state;
    char body[128];
    arrives("e1", "main", PERSON, "Ann", "first");
    arrives("e2", "main", PERSON + 1, "Bea", "second");
    arrives("e3", "north", PERSON + 2, "Cem", "third");
    assert_int_equal(next_in("Sam", "/api/v1/inbox/next", "{}", 200, NULL), 1);
    json_int_t fence = claim("Sam");
    (void)snprintf(body, sizeof body,
                   "{\"text\":\"Hi\",\"fence\":%" JSON_INTEGER_FORMAT ",\"next\":{}}", fence);
    assert_int_equal(next_in("Sam", "/api/v1/conversations/1/reply", body, 202, "next"), 2);
    assert_int_equal(next_in("Sam", "/api/v1/conversations/2/close", "{\"next\":{}}", 200, "next"),
                     0);
    assert_int_equal(next_in("Org", "/api/v1/inbox/next", "{\"group\":\"north\"}", 200, NULL), 3);
    assert_int_equal(call("Sam", "POST", "/api/v1/inbox/next", "{\"tag\":\"escalate\"}", NULL),
                     403);
    assert_int_equal(call("Sam", "POST", "/api/v1/inbox/next", "{\"campaign\":0}", NULL), 400);
    assert_int_equal(
        call("Sam", "POST", "/api/v1/conversations/2/close", "{\"next\":{\"who\":1}}", NULL), 400);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_next),
        TEST(test_the_longest_draft),
        TEST(test_api_needs_a_token),
        TEST(test_volunteers_see_their_group_and_masked_numbers),
        TEST(test_names_of_strangers),
        TEST(test_logging_out_ends_the_session),
        TEST(test_claim_reply_close),
        TEST(test_reply_to_the_suppressed),
        TEST(test_a_volunteer_decides_about_a_hold),
        TEST(test_a_slip_is_undone_by_page),
        TEST(test_bad_requests),
        TEST(test_pages_of_the_api),
        TEST(test_pages_need_a_login),
        TEST(test_who_logs_in_goes_on),
        TEST(test_a_volunteers_visit),
        TEST(test_late_form_keeps_what_was_typed),
        TEST(test_other_groups_pages),
        TEST(test_session_changes_need_the_value),
        TEST(test_an_unknown_answer_is_sent_again_once),
        TEST(test_an_unknown_answer_is_left),
        TEST(test_who_may_decide_about_an_unknown_answer),
        TEST(test_the_list_marks_an_unknown_answer),
        TEST(test_the_page_of_an_unknown_answer),
        TEST(test_no_redis_is_said),
    };
    return redis_group_run("inbox web", tests, COUNT_OF(tests));
}
