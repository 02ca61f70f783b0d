/* GET /api/v1/events over real HTTP and a real Redis: who hears of what, who comes back, and who is
 * shut out. */
#include "api_world.h"
#include "raw_http.h"
#include "store/call.h"
#include "store/lua_scripts.h"
#include "web/live.h"

#include <string.h>
#include <unistd.h>

#define TELL "tell(ARGV[1], ARGV[2], ARGV[3], ARGV[4], 'changed', 'Maja')"
static const struct slice lua_tell = {.p = TELL, .n = sizeof TELL - 1};
static const struct script tell_script = {.name = "tell_one", .parts = {&lua_events, &lua_tell}};

struct client {
    int fd;
    struct buf got;
};

static void on_told(void *arg, int result, const struct err *e)
{
    (void)e;
    assert_int_equal(result, 0);
    *(bool *)arg = true;
}

static void tell_of(const char *kind, const char *id, const char *group)
{
    bool done = false;
    struct call *c = call_begin(world.store, &tell_script);
    call_prefix(c);
    call_str(c, kind);
    call_str(c, id);
    call_str(c, group);
    call_run(c, call_read_done, on_told, &done);
    turn_until_done(&done);
}

/* credentials: header lines, each with its end. */
static void watch(struct client *c, const char *credentials, const char *query, const char *until)
{
    char request[1024];
    *c = (struct client){.fd = raw_connect(web_port(world.web)), .got = BUF_INIT(1 << 20)};
    (void)snprintf(request, sizeof request, "GET /api/v1/events%s HTTP/1.1\r\nHost: h\r\n%s\r\n",
                   query, credentials);
    raw_send(c->fd, request);
    if (!raw_read_until(world.loop, c->fd, until, &c->got)) fail_msg("%s", c->got.p);
}

#define AS(token) "Authorization: Bearer " token "\r\n"

static bool hears(struct client *c, const char *text)
{
    return raw_read_until(world.loop, c->fd, text, &c->got);
}

static void forget(struct client *c)
{
    close(c->fd);
    buf_done(&c->got);
}

static void test_who_hears_of_what(void **state)
{
    (void)state;
    struct client olive, vic, campaigns;
    watch(&olive, AS(ORGANISER), "", "\nid: ");
    assert_non_null(strstr(olive.got.p, "HTTP/1.1 200 OK\r\n"));
    assert_non_null(strstr(olive.got.p, "\r\nContent-Type: text/event-stream\r\n"));
    assert_non_null(strstr(olive.got.p, "\r\nX-Accel-Buffering: no\r\n"));
    assert_non_null(strstr(olive.got.p, "retry: 2000\n\n"));
    watch(&vic, AS(VOLUNTEER), "", "id: ");
    watch(&campaigns, AS(ORGANISER), "?kinds=campaign,audience", "id: ");
    tell_of("conversation", "1", "leeds");
    tell_of("campaign", "2", "main");
    tell_of("optout", "all", "");
    tell_of("conversation", "3", "main");
    tell_of("audience", "4", "leeds");
    tell_of("group", "main", "main");
    assert_true(hears(&olive, "\"id\":\"main\""));
    for (const char *id = "1234"; *id; id++) {
        char part[16];
        (void)snprintf(part, sizeof part, "\"id\":\"%c\"", *id);
        assert_non_null(strstr(olive.got.p, part));
    }
    assert_non_null(strstr(olive.got.p,
                           "event: optout\ndata: {\"kind\":\"optout\",\"id\":\"all\","
                           "\"group\":null,\"what\":\"changed\",\"by\":\"Maja\",\"at\":"));
    /* a volunteer hears of the inbox of their group, and no word of the rest */
    assert_true(hears(&vic, "\"id\":\"main\""));
    assert_non_null(
        strstr(vic.got.p, "event: conversation\ndata: {\"kind\":\"conversation\",\"id\":\"3\""));
    assert_null(strstr(vic.got.p, "leeds"));
    assert_null(strstr(vic.got.p, "campaign"));
    assert_null(strstr(vic.got.p, "optout"));
    assert_true(hears(&campaigns, "\"id\":\"4\""));
    assert_null(strstr(campaigns.got.p, "conversation"));
    forget(&olive);
    forget(&vic);
    forget(&campaigns);
}

/* The last id that a client has seen. */
static const char *last_id(const struct client *c)
{
    static char line[128];
    const char *at = c->got.p, *next, *found = NULL;
    while ((next = strstr(at, "\nid: ")) != NULL)
        found = at = next + 5;
    assert_non_null(found);
    (void)snprintf(line, sizeof line, "%.*s", (int)strcspn(found, "\n"), found);
    return line;
}

static void test_who_comes_back(void **state)
{
    (void)state;
    struct client c;
    char header[256];
    watch(&c, AS(VOLUNTEER), "", "id: ");
    tell_of("conversation", "1", "main");
    assert_true(hears(&c, "\"id\":\"1\""));
    (void)snprintf(header, sizeof header, AS(VOLUNTEER) "Last-Event-ID: %s\r\n", last_id(&c));
    forget(&c);
    tell_of("conversation", "2", "main");
    tell_of("conversation", "3", "leeds");
    tell_of("conversation", "4", "main");
    watch(&c, header, "", "\"id\":\"4\"");
    assert_non_null(strstr(c.got.p, "\"id\":\"2\""));
    assert_null(strstr(c.got.p, "\"id\":\"1\""));
    assert_null(strstr(c.got.p, "\"id\":\"3\""));
    assert_null(strstr(c.got.p, "reset"));
    tell_of("conversation", "5", "main");
    assert_true(hears(&c, "\"id\":\"5\""));
    forget(&c);
    watch(&c, AS(VOLUNTEER), "?since=1700000000000-0", "event: reset\ndata: {}\n\n");
    forget(&c);
}

static void test_what_is_refused(void **state)
{
    (void)state;
    (void)ask_as(NULL, 401, "GET", "/api/v1/events", NULL);
    (void)ask(400, "GET", "/api/v1/events?kinds=campaign,weather", NULL);
    (void)ask(400, "GET", "/api/v1/events?since=yesterday", NULL);
    struct client many[LIVE_PER_MEMBER_MAX];
    for (size_t i = 0; i < COUNT_OF(many); i++)
        watch(&many[i], AS(ORGANISER), "", "id: ");
    (void)ask(429, "GET", "/api/v1/events", NULL);
    struct client vic; /* the bound is each one's own */
    watch(&vic, AS(VOLUNTEER), "", "id: ");
    forget(&vic);
    forget(&many[0]);
    for (bool again = true; again;) { /* until it is noticed that one has left */
        watch(&many[0], AS(ORGANISER), "", "HTTP/1.1 ");
        again = strstr(many[0].got.p, "429") != NULL;
        if (again) forget(&many[0]);
    }
    for (size_t i = 0; i < COUNT_OF(many); i++)
        forget(&many[i]);
}

/* A session that has ended hears nothing more, although its stream stood. */
static void test_who_logs_out_is_shut_out(void **state)
{
    (void)state;
    struct client c;
    struct buf got = BUF_INIT(1 << 16);
    char text[1024], cookie[512], credentials[600];
    int fd = raw_connect(web_port(world.web));
    (void)snprintf(text, sizeof text,
                   "POST /login HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Type: "
                   "application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n\r\ntoken=%s",
                   strlen("token=" VOLUNTEER), VOLUNTEER);
    raw_send(fd, text);
    raw_read_to_end(world.loop, fd, &got);
    const char *set = strstr(got.p, "muster_session=");
    if (!set) fail_msg("%s", got.p);
    (void)snprintf(cookie, sizeof cookie, "Cookie: %.*s\r\n", (int)strcspn(set, ";"), set);
    close(fd);
    (void)snprintf(credentials, sizeof credentials, "%s", cookie);
    watch(&c, credentials, "", "HTTP/1.1 ");
    while (strstr(c.got.p, "HTTP/1.1 503")) { /* it is not known yet which sessions ended */
        forget(&c);
        watch(&c, credentials, "", "HTTP/1.1 ");
    }
    assert_true(hears(&c, "id: "));
    tell_of("conversation", "1", "main");
    assert_true(hears(&c, "\"id\":\"1\""));
    fd = raw_connect(web_port(world.web));
    (void)snprintf(
        text, sizeof text,
        "POST /logout HTTP/1.1\r\nHost: h\r\nConnection: close\r\n%sContent-Length: 0\r\n\r\n",
        cookie);
    raw_send(fd, text);
    raw_read_to_end(world.loop, fd, &got);
    close(fd);
    raw_read_until(world.loop, c.fd, "\r\n0\r\n\r\n", &c.got); /* its end */
    assert_non_null(strstr(c.got.p, "\r\n0\r\n\r\n"));
    forget(&c);
    buf_done(&got);
}

static void test_progress(void **state)
{
    (void)state;
    struct client olive, vic;
    json_int_t audience = make_audience("members", 30);
    watch(&olive, AS(ORGANISER), "?kinds=campaign,progress", "id: ");
    watch(&vic, AS(VOLUNTEER), "", "id: ");
    json_int_t id =
        number_at(ask(201, "POST", "/api/v1/campaigns",
                      "{\"name\":\"Thursday\",\"audience\":\"members\",\"gateway\":\"main\","
                      "\"message\":{\"sms\":{\"en\":{\"text\":\"Hi, we meet. STOP to end\"}}}}"),
                  "id");
    assert_true(hears(&olive, "\"what\":\"launched\",\"by\":\"Olive\""));
    assert_true(hears(
        &olive, "event: progress\ndata: {\"id\":1,\"name\":\"Thursday\",\"status\":\"preparing\""));
    start_campaign((uint32_t)id, (uint32_t)audience);
    assert_true(hears(&olive, "\"what\":\"running\",\"by\":\"test\""));
    assert_true(hears(&olive, "\"status\":\"running\""));
    tell_of("conversation", "1", "main");
    assert_true(hears(&vic, "\"id\":\"1\""));
    assert_null(strstr(vic.got.p, "progress"));
    assert_null(strstr(vic.got.p, "Thursday"));
    forget(&olive);
    forget(&vic);
}

int main(void)
{
    if (!world_start()) return 77;
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_who_hears_of_what),        TEST(test_who_comes_back), TEST(test_what_is_refused),
        TEST(test_who_logs_out_is_shut_out), TEST(test_progress),
    };
    int failed = cmocka_run_group_tests_name("live", tests, NULL, NULL);
    world_end();
    return failed;
}
