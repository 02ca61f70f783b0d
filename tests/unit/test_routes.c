/* What the rows of web say of who may come in, against what openapi.yaml says, against what the door
 * does: each row with each role. */
#include "web_world.h"

#include "io/yaml.h"

static struct yaml_doc *doc; /* openapi.yaml */

static const struct yaml_node *at_ref(struct slice ref)
{
    const struct yaml_node *n = yaml_root(doc);
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
    return yaml_get(yaml_get(yaml_get(yaml_root(doc), "paths"), r->path), lower);
}

/* What role the document gives that action: "nowhere", "groups", "all". */
static struct slice documented_reach(const char *action, enum role role)
{
    const struct yaml_node *actions = yaml_get(yaml_root(doc), "x-actions");
    return yaml_text(yaml_get(yaml_get(actions, action), role_to_string(role)));
}

static void test_the_document_has_the_table(void **state)
{
    (void)state;
    static const char *const reaches[] = {"nowhere", "groups", "all"};
    const struct yaml_node *actions = yaml_get(yaml_root(doc), "x-actions");
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
    for (size_t i = 0; (r = web_route(web, i)) != NULL; i++) {
        if (r->flags & PAGE) continue;
        const struct yaml_node *operation = operation_of(r);
        if (!operation) fail_msg("openapi.yaml does not tell of %s %s", r->method, r->path);
        const struct yaml_node *security = yaml_get(operation, "security");
        bool open = security && yaml_count(security) == 0;
        if (open != (r->may == MAY_ANYBODY)) fail_msg("%s %s: security", r->method, r->path);
        if (!slice_is(yaml_text(yaml_get(operation, "x-may")), action_to_string(r->may)))
            fail_msg("%s %s: x-may", r->method, r->path);
        see_keys(r, operation);
        bool audited = yaml_get(operation, "x-audited") != NULL;
        if (audited != !!(r->flags & AUDITED)) fail_msg("%s %s: x-audited", r->method, r->path);
        rows++;
    }
    const struct yaml_node *paths = yaml_get(yaml_root(doc), "paths");
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
    bool sent_away = page ? status == 303 && strcmp(to, "/login") == 0 : status == 401;
    bool open = r->may == MAY_ANYBODY;
    static const char *const leading[] = {"/logout", "/waiting", "/inbox/login"};
    bool leaves = slice_index(slice_of(r->path), leading, COUNT_OF(leading)) >= 0; /* there, too */
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
    for (; (r = web_route(web, n)) != NULL; n++) {
        see_stranger(r);
        for (size_t m = 0; m < COUNT_OF(web_world_members); m++)
            see_member(r, &web_world_members[m]);
    }
    assert_true(n > 50);
}

/* Pages are not in the document: these are all that strangers may see. */
static void test_pages_for_strangers(void **state)
{
    (void)state;
    static const char *const open[] = {"GET /login",
                                       "POST /login",
                                       "GET /login/{code}",
                                       "POST /login/{code}",
                                       "GET /join/{code}",
                                       "POST /join/{code}",
                                       "GET /waiting",
                                       "POST /logout",
                                       "GET /static/{name}",
                                       "GET /inbox/login",
                                       "GET /near",
                                       "GET /near/{link}",
                                       "GET /near/{link}/calendar.ics",
                                       "POST /near/{link}",
                                       "GET /pledge/{link}",
                                       "POST /pledge/{link}/leave",
                                       "POST /pledge/{link}/come",
                                       "GET /s/{link}",
                                       "GET /s/{link}/me",
                                       "GET /s/{link}/to/{way}"};
    const struct route *r;
    for (size_t i = 0; (r = web_route(web, i)) != NULL; i++) {
        char name[80];
        bool is_open = false;
        (void)snprintf(name, sizeof name, "%s %s", r->method, r->path);
        for (size_t k = 0; k < COUNT_OF(open); k++)
            is_open |= strcmp(name, open[k]) == 0;
        if (r->flags & PAGE && is_open != (r->may == MAY_ANYBODY)) fail_msg("%s", name);
        if (r->flags & PAGE && is_open == !!(r->flags & IN_GROUP)) fail_msg("%s", name);
    }
}

/* ---- what is done once ---- */

/* What is posted to the API and takes no Idempotency-Key: why the same request again does no harm. */
static const struct {
    const char *path, *why;
} not_once[] = {
#define READS  "it changes nothing"
#define STATE  "the state that it asks for is there already"
#define NUMBER "each request says where it belongs, and is taken once"
    {"/api/v1/campaigns/check", READS},
    {"/api/v1/campaigns/preview", READS},
    {"/api/v1/campaigns/{id}/edit/check", READS},
    {"/api/v1/audiences/{id}/rows", NUMBER},
    {"/api/v1/loans/{id}/take-back", STATE},
    {"/api/v1/gazetteers/{country}", "what was begun before is begun anew"},
    {"/api/v1/gazetteers/{country}/rows", NUMBER},
    {"/api/v1/gazetteers/{country}/end", STATE},
    {"/api/v1/conversations/{id}/resolve", "it says how often the answer was sent (`resent`)"},
    {"/api/v1/inbox/next", "who was taken and not answered goes back by themselves"},
    {"/api/v1/tags", "a tag is what it is called"},
    {"/api/v1/schedules/{id}/except", STATE},
    {"/api/v1/campaigns/{id}/cascade", "a campaign has one"},
    {"/api/v1/audiences/{id}/freeze", STATE},
    {"/api/v1/campaigns/pause-all", STATE},
    {"/api/v1/campaigns/resume-all", STATE},
    {"/api/v1/campaigns/why", STATE},
    {"/api/v1/campaigns/{id}/approve", STATE},
    {"/api/v1/campaigns/{id}/budget", STATE},
    {"/api/v1/campaigns/{id}/cancel", STATE},
    {"/api/v1/campaigns/{id}/pause", STATE},
    {"/api/v1/campaigns/{id}/resolve", "who was decided about is not unknown any more"},
    {"/api/v1/campaigns/{id}/resume", STATE},
    {"/api/v1/campaigns/{id}/send-back", STATE},
    {"/api/v1/conversations/{id}/claim", STATE},
    {"/api/v1/conversations/{id}/close", STATE},
    {"/api/v1/conversations/{id}/keep", STATE},
    {"/api/v1/conversations/{id}/no-more", STATE},
    {"/api/v1/conversations/{id}/release", STATE},
    {"/api/v1/conversations/{id}/reopen", STATE},
    {"/api/v1/conversations/{id}/tag", STATE},
    {"/api/v1/conversations/{id}/take-off", STATE},
    {"/api/v1/conversations/{id}/take-over", STATE},
    {"/api/v1/conversations/{id}/undo-take-off", STATE},
    {"/api/v1/forget", STATE},
    {"/api/v1/groups/{name}", STATE},
    {"/api/v1/groups/{name}/suggestions/{id}", STATE},
    {"/api/v1/kept/put-away", STATE},
    {"/api/v1/kept/try-again", "what is tried again is kept no more, or under another id"},
    {"/api/v1/law/{id}/off", STATE},
    {"/api/v1/law/{id}/on", STATE},
    {"/api/v1/me/number", STATE},
    {"/api/v1/me/sessions/end-others", STATE},
    {"/api/v1/people/approve", STATE},
    {"/api/v1/people/{id}/approve", STATE},
    {"/api/v1/people/{id}/move", STATE},
    {"/api/v1/people/{id}/revoke", STATE},
    {"/api/v1/people/{id}/sessions/end", STATE},
    {"/api/v1/place-sessions/{id}", STATE},
    {"/api/v1/place-sessions/{id}/pledges/{pledge}", STATE},
    {"/api/v1/places/{id}", STATE},
    {"/api/v1/restore/accept", STATE},
    {"/api/v1/restore/apply", STATE},
    {"/api/v1/rehearsals/take", "what was taken and is not told of is taken again"},
    {"/api/v1/rehearsals/{id}/tell", STATE},
    {"/api/v1/schedules/{id}", STATE},
    {"/api/v1/schedules/{id}/pause", STATE},
    {"/api/v1/schedules/{id}/resume", STATE},
    {"/api/v1/shifts/{code}/end", STATE},
    {"/api/v1/suppression-batches/{batch}/set", STATE},
#undef READS
#undef STATE
#undef NUMBER
};

static bool has_reason(const char *path)
{
    for (size_t i = 0; i < COUNT_OF(not_once); i++)
        if (strcmp(not_once[i].path, path) == 0) return true;
    return false;
}

static bool takes_key(const struct route *r)
{
    const struct yaml_node *list = yaml_get(operation_of(r), "parameters");
    for (size_t i = 0; i < yaml_count(list); i++)
        if (slice_is(yaml_text(yaml_get(resolved(yaml_at(list, i)), "name")), "Idempotency-Key"))
            return true;
    return false;
}

static void test_what_creates_or_sends_is_done_once(void **state)
{
    (void)state;
    const struct route *r;
    size_t without = 0;
    for (size_t i = 0; (r = web_route(web, i)) != NULL; i++) {
        if (strcmp(r->method, "POST") != 0 || r->flags & (PAGE | SIGNED)) continue;
        bool once = r->flags & ONCE, reason = has_reason(r->path);
        if (once == reason)
            fail_msg("POST %s: ONCE, or a reason in `not_once` of this file, and not both",
                     r->path);
        if (once != takes_key(r)) fail_msg("POST %s: Idempotency-Key in openapi.yaml", r->path);
        without += reason;
    }
    assert_int_equal(without, COUNT_OF(not_once)); /* each reason is about a row */
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
        {{"GET", "/x", MAY_ANSWER, AUDITED, NULL, run_nothing}, NULL}, /* a download */
        {{"GET", "/x", MAY_ANSWER, PAGE | FORM, NULL, run_nothing}, "changes nothing"},
        {{"POST", "/x", MAY_ANSWER, PAGE, NULL, run_nothing}, "session's value"},
        {{"POST", "/x", MAY_ANSWER, FORM, keys, run_nothing}, "a form is a page's"},
        {{"POST", "/x", MAY_ANYBODY, PUBLIC | PAGE | FORM, NULL, run_nothing}, NULL},
        {{"GET", "/x", MAY_ANYBODY, PUBLIC, NULL, run_nothing}, "a page for anybody"},
        {{"GET", "/x", MAY_ANSWER, PUBLIC | PAGE, NULL, run_nothing}, "a page for anybody"},
        {{"DELETE", "/x", MAY_ANSWER, 0, NULL, run_nothing}, "body may hold"},
        {{"POST", "/x", MAY_ANSWER, WITH_ID, keys, run_nothing}, "{id}"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *problem = route_problem(&cases[i].row), *part = cases[i].problem;
        if (!problem != !part || (part && !strstr(problem, part)))
            fail_msg("case %zu: %s", i, problem ? problem : "it stands");
    }
}

static int open_document(void **state)
{
    (void)state;
    struct err e;
    if (yaml_parse(openapi_yaml, "openapi.yaml", &doc, &e) < 0) fail_msg("%s", e.text);
    return 0;
}

static int close_document(void **state)
{
    (void)state;
    yaml_doc_free(doc);
    return 0;
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, web_world_open, web_world_close)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_document_has_the_table),
        TEST(test_the_document_tells_of_every_row),
        TEST(test_each_row_with_each_role),
        TEST(test_pages_for_strangers),
        TEST(test_what_creates_or_sends_is_done_once),
        cmocka_unit_test(test_a_row_without_a_policy_does_not_start),
    };
    return cmocka_run_group_tests_name("routes", tests, open_document, close_document);
}
