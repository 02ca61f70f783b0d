/* What the rows of web say of who may come in, against what openapi.yaml says, against what the door
 * does; each row with each role. Redis is away, so that whoever came in to something that needs it
 * is told so, and nothing else happens. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/keywords.h"
#include "fake_http.h"
#include "flow/hook_intake.h"
#include "flow/outbox.h"
#include "io/redis.h"
#include "io/yaml.h"
#include "store/direct.h"
#include "store/inbox.h"
#include "store/queue.h"
#include "store/store.h"
#include "store/suppress.h"
#include "web/web.h"

#define NOW_MS    INT64_C(1700000000000)
#define SECRET    "a secret of the house"
#define VOLUNTEER "volunteer-0123456789"
#define ORGANISER "organiser-0123456789"
#define OWNER     "owner-0123456789-01"

static const char *const groups[] = {"main"};
static const struct auth_member members[] = {
    {"Vic", VOLUNTEER, ROLE_VOLUNTEER, groups, 1},
    {"Omar", ORGANISER, ROLE_ORGANISER, groups, 1},
    {"Olive", OWNER, ROLE_OWNER, NULL, 0},
};

static struct {
    struct loop *loop;
    struct redis *redis;
    struct store *store;
    struct suppress *suppress;
    struct inbox *inbox;
    struct direct *direct;
    struct queue *queue;
    struct outbox *outbox;
    struct spool *spool;
    struct hook_intake *intake;
    struct keywords *keywords;
    struct web *web;
    struct yaml_doc *doc;
    char folder[64];
} world;

/* ---- the world ---- */

static int64_t now_ms(void)
{
    return NOW_MS;
}

static void on_message(void *arg, struct queue_message *m)
{
    (void)arg, (void)m;
    fail();
}

static void open_stores(void)
{
    struct err e;
    const struct redis_config redis = {.url = "unix:/nonexistent/redis.sock?db=0"};
    const struct queue_config queue = {
        .kind = "redis", .consumer = "t", .group = "m", .redis = &redis, .prefix = "t:"};
    assert_int_equal(redis_new(world.loop, &redis, &world.redis, &e), 0);
    assert_int_equal(queue_new(world.loop, &queue, on_message, NULL, &world.queue, &e), 0);
    world.store = store_new(world.redis, "t:");
    world.suppress = suppress_new(world.redis, "t:");
    world.inbox = inbox_new(world.redis, "t:");
    world.direct = direct_new(world.redis, "t:");
    world.outbox = outbox_new(world.direct, world.queue);
    world.keywords = keywords_new();
}

static void open_intake(const struct accounts *accounts)
{
    struct err e;
    (void)snprintf(world.folder, sizeof world.folder, "/tmp/muster-routes-XXXXXX");
    assert_non_null(mkdtemp(world.folder));
    const struct spool_config spool = {
        .folder = world.folder, .bytes_max = 1 << 20, .records_max = 10};
    assert_int_equal(spool_open(&spool, &world.spool, &e), 0);
    const struct hook_intake_config config = {
        .loop = world.loop, .redis = world.redis, .spool = world.spool, .accounts = accounts};
    world.intake = hook_intake_new(&config);
}

static int open_world(void **state)
{
    (void)state;
    static const struct accounts none = {0};
    struct err e;
    world.loop = loop_new();
    open_stores();
    open_intake(&none);
    const struct web_config config = {
        .loop = world.loop,
        .redis = world.redis,
        .prefix = "t:",
        .store = world.store,
        .suppress = world.suppress,
        .inbox = world.inbox,
        .queue = world.queue,
        .outbox = world.outbox,
        .intake = world.intake,
        .keywords = world.keywords,
        .accounts = &none,
        .organisation = "Us",
        .country = "GB",
        .auth = {.secret = SECRET, .members = members, .count = COUNT_OF(members)},
        .now_ms = now_ms,
    };
    assert_int_equal(web_new(&config, &world.web, &e), 0);
    if (yaml_parse(openapi_yaml, "openapi.yaml", &world.doc, &e) < 0) fail_msg("%s", e.text);
    return 0;
}

static int close_world(void **state)
{
    (void)state;
    char command[96];
    queue_free(world.queue);
    redis_free(world.redis);
    web_free(world.web);
    hook_intake_free(world.intake);
    spool_free(world.spool);
    keywords_free(world.keywords);
    outbox_free(world.outbox);
    direct_free(world.direct);
    inbox_free(world.inbox);
    suppress_free(world.suppress);
    store_free(world.store);
    loop_free(world.loop);
    yaml_doc_free(world.doc);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", world.folder);
    return system(command);
}

static int ask(struct http_request *q)
{
    web_handle(world.web, q);
    while (q->answers == 0)
        loop_turn(world.loop, -1);
    assert_int_equal(q->answers, 1);
    return q->status;
}

/* NULL: a stranger. The response stays in q. */
static int ask_as(const char *token, const char *method, const char *path, const char *body,
                  struct http_request *q)
{
    static char bearer[64];
    (void)snprintf(bearer, sizeof bearer, "Bearer %s", token);
    *q = (struct http_request){.method = method,
                               .path = path,
                               .body = body,
                               .headers = {{token ? "Authorization" : NULL, bearer}}};
    return ask(q);
}

/* Each {name} becomes 1. */
static const char *with_values(const char *pattern)
{
    static char path[256];
    size_t n = 0;
    for (const char *p = pattern; *p; p++) {
        path[n++] = *p == '{' ? '1' : *p;
        if (*p == '{') p = strchr(p, '}');
    }
    path[n] = '\0';
    return path;
}

/* ---- the document ---- */

static const struct yaml_node *at_ref(struct slice ref)
{
    const struct yaml_node *n = yaml_root(world.doc);
    struct slice part;
    (void)slice_cut(&ref, '/', &part); /* "#" */
    while (slice_cut(&ref, '/', &part)) {
        char *key = slice_strdup(part);
        n = yaml_get(n, key);
        free(key);
    }
    return n;
}

static const struct yaml_node *resolved(const struct yaml_node *n)
{
    const struct yaml_node *ref = yaml_get(n, "$ref");
    return ref ? at_ref(yaml_text(ref)) : n;
}

static const struct yaml_node *operation_of(const struct route *r)
{
    char lower[16] = "";
    for (size_t i = 0; r->method[i] && i < sizeof lower - 1; i++)
        lower[i] = (char)(r->method[i] + 32);
    return yaml_get(yaml_get(yaml_get(yaml_root(world.doc), "paths"), r->path), lower);
}

/* What role the document gives that action: "nowhere", "groups", "all". */
static struct slice documented_reach(const char *action, enum role role)
{
    const struct yaml_node *actions = yaml_get(yaml_root(world.doc), "x-actions");
    return yaml_text(yaml_get(yaml_get(actions, action), role_to_string(role)));
}

static void test_the_document_has_the_table(void **state)
{
    (void)state;
    static const char *const reaches[] = {"nowhere", "groups", "all"};
    const struct yaml_node *actions = yaml_get(yaml_root(world.doc), "x-actions");
    assert_int_equal(yaml_count(actions), ACTION_COUNT - MAY_ANYBODY - 1);
    for (int a = MAY_ANYBODY + 1; a < ACTION_COUNT; a++)
        for (int role = 0; role < ROLE_COUNT; role++) {
            const char *text = action_to_string((enum action)a);
            enum reach reach = access_reach((enum role)role, (enum action)a);
            if (!slice_is(documented_reach(text, (enum role)role), reaches[reach]))
                fail_msg("openapi.yaml, x-actions: %s of %s", text,
                         role_to_string((enum role)role));
        }
}

/* The names of the properties of a schema, and of all parts of an allOf. */
static size_t count_properties(const struct yaml_node *schema, const char *const *keys)
{
    schema = resolved(schema);
    const struct yaml_node *properties = yaml_get(schema, "properties");
    const struct yaml_node *parts = yaml_get(schema, "allOf");
    size_t n = yaml_count(properties);
    for (size_t i = 0; i < yaml_count(properties); i++) {
        bool known = false;
        for (const char *const *k = keys; *k && !known; k++)
            known = slice_is(yaml_key_at(properties, i), *k);
        if (!known) fail_msg("'%.*s' is not taken", SLICE_ARG(yaml_key_at(properties, i)));
    }
    for (size_t i = 0; i < yaml_count(parts); i++)
        n += count_properties(yaml_at(parts, i), keys);
    return n;
}

static void see_keys(const struct route *r, const struct yaml_node *operation)
{
    const struct yaml_node *body = resolved(yaml_get(operation, "requestBody"));
    const struct yaml_node *json = yaml_get(yaml_get(body, "content"), "application/json");
    size_t taken = 0;
    for (const char *const *k = r->keys; k && *k; k++)
        taken++;
    size_t told = json ? count_properties(yaml_get(json, "schema"), r->keys) : 0;
    if (taken != told)
        fail_msg("%s %s takes %zu keys, openapi.yaml tells of %zu", r->method, r->path, taken,
                 told);
}

static void test_the_document_tells_of_every_row(void **state)
{
    (void)state;
    const struct route *r;
    size_t rows = 0, told = 0;
    for (size_t i = 0; (r = web_route(world.web, i)) != NULL; i++) {
        if (r->flags & PAGE) continue;
        const struct yaml_node *operation = operation_of(r);
        if (!operation) fail_msg("openapi.yaml does not tell of %s %s", r->method, r->path);
        const struct yaml_node *security = yaml_get(operation, "security");
        bool open = security && yaml_count(security) == 0;
        if (open != (r->may == MAY_ANYBODY)) fail_msg("%s %s: security", r->method, r->path);
        if (!slice_is(yaml_text(yaml_get(operation, "x-may")), action_to_string(r->may)))
            fail_msg("%s %s: x-may", r->method, r->path);
        see_keys(r, operation);
        rows++;
    }
    const struct yaml_node *paths = yaml_get(yaml_root(world.doc), "paths");
    for (size_t i = 0; i < yaml_count(paths); i++)
        told += yaml_count(yaml_at(paths, i));
    assert_int_equal(rows, told); /* each row is told of, so there is no other */
}

/* ---- the matrix ---- */

static int status_of(const struct route *r, const char *token, struct http_request *q)
{
    const char *body = r->keys ? "{}" : "";
    return ask_as(token, r->method, with_values(r->path), body, q);
}

/* A stranger is told who they have to be, and nothing else; where they may in, anything else. */
static void see_stranger(const struct route *r)
{
    struct http_request q;
    int status = status_of(r, NULL, &q);
    bool page = r->flags & PAGE;
    const char *to = fake_http_header(&q, "Location");
    bool sent_away = page ? status == 303 && strcmp(to, "/inbox/login") == 0 : status == 401;
    bool open = r->may == MAY_ANYBODY;
    bool leaves = strcmp(r->path, "/inbox/logout") == 0; /* leads to the login, too */
    if (!leaves && sent_away == open) fail_msg("%s %s: %d", r->method, r->path, status);
    if (open && status == 403) fail_msg("%s %s: %d", r->method, r->path, status);
    fake_http_done(&q);
}

static void see_member(const struct route *r, const struct auth_member *m)
{
    struct http_request q;
    struct slice reach = documented_reach(action_to_string(r->may), m->role);
    bool in = r->may == MAY_ANYBODY || slice_is(reach, "all") ||
              (slice_is(reach, "groups") && r->flags & IN_GROUP);
    int status = status_of(r, m->token, &q);
    if (!in != (status == 403)) fail_msg("%s %s, %s: %d", r->method, r->path, m->name, status);
    if (in && r->flags & NEEDS_STORE && status != 503)
        fail_msg("%s %s, %s: %d, and Redis is away", r->method, r->path, m->name, status);
    if (in && r->may != MAY_ANYBODY && status == 401)
        fail_msg("%s %s, %s: %d", r->method, r->path, m->name, status);
    fake_http_done(&q);
}

static void test_each_row_with_each_role(void **state)
{
    (void)state;
    const struct route *r;
    size_t n = 0;
    for (; (r = web_route(world.web, n)) != NULL; n++) {
        see_stranger(r);
        for (size_t m = 0; m < COUNT_OF(members); m++)
            see_member(r, &members[m]);
    }
    assert_true(n > 50);
}

/* Pages are not in the document: these are all that strangers may see. */
static void test_pages_for_strangers(void **state)
{
    (void)state;
    static const char *const open[] = {"GET /", "GET /inbox/login", "POST /inbox/login",
                                       "POST /inbox/logout", "GET /inbox/style.css"};
    const struct route *r;
    for (size_t i = 0; (r = web_route(world.web, i)) != NULL; i++) {
        char name[80];
        bool is_open = false;
        (void)snprintf(name, sizeof name, "%s %s", r->method, r->path);
        for (size_t k = 0; k < COUNT_OF(open); k++)
            is_open |= strcmp(name, open[k]) == 0;
        if (r->flags & PAGE && is_open != (r->may == MAY_ANYBODY)) fail_msg("%s", name);
        if (r->flags & PAGE && is_open == !!(r->flags & IN_GROUP)) fail_msg("%s", name);
    }
}

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
    struct auth *auth;
    struct err e;
    char set[AUTH_COOKIE_BYTES], cookie[AUTH_COOKIE_BYTES], value[AUTH_CSRF_BYTES];
    const struct member *m = NULL;
    const struct auth_config same = {
        .secret = SECRET, .members = members, .count = COUNT_OF(members)};
    assert_int_equal(auth_new(&same, &auth, &e), 0);
    struct http_request nobody = {0};
    assert_int_equal(auth_login(auth, &nobody, SLICE_LIT(OWNER), NOW_MS, &m), AUTH_OK);
    auth_session_begin(auth, m, NOW_MS, set);
    (void)snprintf(cookie, sizeof cookie, "%.*s", (int)(strchr(set, ';') - strchr(set, '=') - 1),
                   strchr(set, '=') + 1);
    struct http_request with = {.cookies = {{"muster_session", cookie}}};
    auth_csrf(auth, &with, value);
    auth_free(auth);

    const struct route *r;
    for (size_t i = 0; (r = web_route(world.web, i)) != NULL; i++) {
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

/* ---- rows that cannot stand ---- */

static void run_nothing(struct web_call *c)
{
    (void)c;
}

static void test_a_row_without_a_policy_does_not_start(void **state)
{
    (void)state;
    static const char *const keys[] = {"why", NULL};
    static const struct {
        struct route row;
        const char *problem; /* a part of it; NULL: it stands */
    } cases[] = {
        {{"GET", "/x", MAY_READ_INBOX, 0, NULL, run_nothing}, NULL},
        {{"POST", "/x/{id}", MAY_ANSWER, WITH_ID | AUDITED, keys, run_nothing}, NULL},
        {{"POST", "/x", MAY_ANYBODY, SIGNED, NULL, run_nothing}, NULL},
        {{"POST", "/x", MAY_ANSWER, PAGE | FORM, NULL, run_nothing}, NULL},
        {{.method = "GET", .path = "/x", .run = run_nothing}, "who may"},
        {{"GET", "/x", ACTION_COUNT, 0, NULL, run_nothing}, "who may"},
        {{"GET", "/x", MAY_ANYBODY, 0, NULL, NULL}, "whole"},
        {{NULL, "/x", MAY_ANYBODY, 0, NULL, run_nothing}, "whole"},
        {{"GET", NULL, MAY_ANYBODY, 0, NULL, run_nothing}, "whole"},
        {{"POST", "/x", MAY_ANYBODY, 0, keys, run_nothing}, "strangers"},
        {{"GET", "/x", MAY_ANYBODY, IN_GROUP, NULL, run_nothing}, "no group"},
        {{"POST", "/x", MAY_ANYBODY, SIGNED | AUDITED, NULL, run_nothing}, "no name"},
        {{"POST", "/x", MAY_ANSWER, SIGNED, NULL, run_nothing}, "no member"},
        {{"GET", "/x", MAY_ANSWER, AUDITED, NULL, run_nothing}, "changes nothing"},
        {{"GET", "/x", MAY_ANSWER, PAGE | FORM, NULL, run_nothing}, "changes nothing"},
        {{"POST", "/x", MAY_ANSWER, PAGE, NULL, run_nothing}, "session's value"},
        {{"POST", "/x", MAY_ANSWER, FORM, keys, run_nothing}, "a form is a page's"},
        {{"DELETE", "/x", MAY_ANSWER, 0, NULL, run_nothing}, "body may hold"},
        {{"POST", "/x", MAY_ANSWER, WITH_ID, keys, run_nothing}, "{id}"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *problem = route_problem(&cases[i].row), *part = cases[i].problem;
        if (!problem != !part || (part && !strstr(problem, part)))
            fail_msg("case %zu: %s", i, problem ? problem : "it stands");
    }
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
        {"POST", "/inbox/login", NULL, WEB_BODY_BYTES_MAX},
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
        if (web_body_max(world.web, &q) != cases[i].max) fail_msg("case %zu", i);
    }
    struct http_request local = {
        .method = "POST", .path = "/api/v1/audiences/7/rows", .is_unix = true};
    assert_int_equal(web_body_max(world.web, &local), WEB_WIDE_BYTES_MAX);
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
    assert_string_equal(q.content_type, "application/json");
    assert_non_null(strstr(q.text, "\"code\":\"not_found\""));
    fake_http_done(&q);
    assert_int_equal(ask_as(NULL, "GET", "/elsewhere", NULL, &q), 404);
    assert_string_equal(q.content_type, "text/html; charset=utf-8");
    fake_http_done(&q);
    assert_int_equal(ask_as(NULL, "DELETE", "/api/v1/campaigns", NULL, &q), 405);
    assert_string_equal(fake_http_header(&q, "Allow"), "POST, GET");
    fake_http_done(&q);
}

static void test_pages_are_harmless(void **state)
{
    (void)state;
    struct http_request q = {.path = "/inbox/login", .query = "token=%22%3E"};
    assert_int_equal(ask(&q), 200);
    assert_non_null(strstr(fake_http_header(&q, "Content-Security-Policy"), "default-src 'none'"));
    assert_string_equal(fake_http_header(&q, "Referrer-Policy"), "no-referrer");
    fake_http_done(&q);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_world, close_world)
    const struct CMUnitTest tests[] = {
        TEST(test_the_document_has_the_table),
        TEST(test_the_document_tells_of_every_row),
        TEST(test_each_row_with_each_role),
        TEST(test_pages_for_strangers),
        TEST(test_the_socket_is_an_owner),
        TEST(test_wrong_tokens),
        TEST(test_changes_under_a_session_carry_its_value),
        TEST(test_a_row_without_a_policy_does_not_start),
        TEST(test_room_for_a_body),
        TEST(test_addresses_that_are_none),
        TEST(test_pages_are_harmless),
    };
    return cmocka_run_group_tests_name("routes", tests, NULL, NULL);
}
