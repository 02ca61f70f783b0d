/* Lists that are lent: main lends one to leeds. Lee, an organiser of leeds, launches to it, sees the counts and stops it; he gets no
 * row, no number and no text of its people anywhere, and nothing at all when the loan is over. */
#include "api_world.h"

#include <string.h>

#include "flow/lending.h"
#include "store/loan.h"
#include "web/route.h"

#define NUMBER  "4477009000"
#define LEND    "{\"to\":\"leeds\",\"until\":\"2026-12-11T18:00:00Z\",\"why\":\"our twin\"}"
#define LEND_TO "{\"to\":\"%s\",\"until\":\"2026-12-11T18:00:00Z\",\"why\":\"our twin\"}"
#define LATER   (WORLD_NOW_MS + INT64_C(30) * 24 * 3600 * 1000)
#define CAMPAIGN                                                                                   \
    "{\"name\":\"%s\",\"audience\":\"%s\",\"gateway\":\"main\",\"message\":{\"sms\":{\"en\":{"     \
    "\"text\":"                                                                                    \
    "\"Hi {{first_name}}, Example Movement meets. STOP to end\"}}}}"

static json_int_t lend(void)
{
    (void)ask_status(ORGANISER, "POST", "/api/v1/groups", "{\"name\":\"leeds\"}");
    (void)make_audience("members", 20);
    return number_at(ask(201, "POST", "/api/v1/audiences/members/loans", LEND), "id");
}

static json_int_t launch(const char *token, const char *name, const char *list)
{
    return number_at(
        ask_as(token, 201, "POST", "/api/v1/campaigns", world_text(CAMPAIGN, name, list)), "id");
}

static void take_back(json_int_t loan)
{
    (void)ask(200, "POST", world_text("/api/v1/loans/%lld/take-back", (long long)loan),
              "{\"why\":\"done\"}");
}

/* ---- who lends what to whom ---- */

static void test_what_the_borrower_is_told(void **state)
{
    (void)state;
    json_int_t loan = lend();
    json_t *said = ask_as(ORGANISER_OF_LEEDS, 200, "GET", "/api/v1/loans", NULL);
    assert_null(strstr(answer_text(), NUMBER));
    const json_t *one = json_array_get(json_object_get(said, "loans"), 0);
    assert_int_equal(number_at(one, "id"), loan);
    assert_string_equal(text_at(one, "audience"), "members");
    assert_string_equal(text_at(one, "group"), "main");
    assert_string_equal(text_at(one, "why"), "our twin");
    assert_int_equal(number_at(one, "recipients"), 20);
    assert_int_equal(json_array_size(json_object_get(one, "columns")), 2);
    assert_true(json_is_false(json_object_get(one, "yours")));
    one = json_array_get(json_object_get(ask(200, "GET", "/api/v1/loans", NULL), "loans"), 0);
    assert_true(json_is_true(json_object_get(one, "yours")));
    (void)ask_as(ORGANISER_OF_LEEDS, 200, "GET", "/api/v1/audit", NULL);
    assert_non_null(strstr(answer_text(), "list 'members' of main lent to leeds"));
}

/* The loans that are told of, a letter each: the first one of the group's name. */
static const char *lent_to(const char *token, const char *path, char out[16])
{
    size_t n = 0;
    const json_t *said = ask_as(token, 200, "GET", path, NULL),
                 *loans = json_object_get(said, "loans");
    for (; n < json_array_size(loans); n++)
        out[n] = *text_at(json_array_get(loans, n), "to");
    out[n] = '\0';
    return out;
}

/* Two lists, each lent to two groups; leeds lends one, too. */
static void test_a_page_of_them(void **state)
{
    (void)state;
    char told[16];
    (void)lend();
    (void)ask(201, "POST", "/api/v1/groups", "{\"name\":\"york\"}");
    (void)ask(201, "POST", "/api/v1/audiences/members/loans", world_text(LEND_TO, "york"));
    (void)make_audience("friends", 5);
    (void)ask(201, "POST", "/api/v1/audiences/friends/loans", world_text(LEND_TO, "york"));
    (void)ask(201, "POST", "/api/v1/audiences/friends/loans", LEND);
    assert_string_equal(lent_to(ORGANISER, "/api/v1/loans", told), "lyyl");
    assert_string_equal(lent_to(ORGANISER, "/api/v1/audiences/members/loans", told), "ly");
    assert_string_equal(lent_to(ORGANISER, "/api/v1/audiences/members/loans?limit=1", told), "l");
    assert_string_equal(lent_to(ORGANISER, "/api/v1/loans?side=borrowed", told),
                        ""); /* main is theirs */
    assert_string_equal(lent_to(ORGANISER_OF_LEEDS, "/api/v1/loans?side=borrowed", told), "ll");
    assert_string_equal(lent_to(ORGANISER_OF_LEEDS, "/api/v1/loans?side=lent", told), "");
    json_t *said = ask(200, "GET", "/api/v1/loans?limit=3", NULL);
    const char *next = world_text("/api/v1/loans?limit=3&cursor=%s", text_at(said, "next"));
    assert_string_equal(lent_to(ORGANISER, next, told), "l");
    said = ask(200, "GET", next, NULL);
    assert_true(json_is_null(json_object_get(said, "next")));
    assert_int_equal(number_at(json_array_get(json_object_get(said, "loans"), 0), "recipients"), 5);
    static const char *const bad[] = {"side=mine", "limit=0", "limit=201", "cursor=x"};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        (void)ask(400, "GET", world_text("/api/v1/loans?%s", bad[i]), NULL);
    (void)ask_as(ORGANISER_OF_LEEDS, 404, "GET", "/api/v1/audiences/members/loans", NULL);
}

static void test_what_is_refused(void **state)
{
    (void)state;
    json_int_t loan = lend();
    static const char *const bad[] = {
        "{\"to\":\"nowhere\",\"until\":\"2026-12-11T18:00:00Z\",\"why\":\"x\"}",
        "{\"to\":\"main\",\"until\":\"2026-12-11T18:00:00Z\",\"why\":\"x\"}",
        "{\"to\":\"leeds\",\"until\":\"2026-11-11T18:00:00Z\",\"why\":\"x\"}",
        "{\"to\":\"leeds\",\"until\":\"2028-12-11T18:00:00Z\",\"why\":\"x\"}",
        "{\"to\":\"leeds\",\"until\":\"2026-12-11T18:00:00Z\",\"why\":\" \"}",
        "{\"to\":\"leeds\",\"until\":\"2026-12-11T18:00:00Z\",\"why\":\"a\\nb\"}",
        "{\"to\":\"leeds\",\"why\":\"x\"}"};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        (void)ask(400, "POST", "/api/v1/audiences/members/loans", bad[i]);
    (void)ask(404, "POST", "/api/v1/audiences/none/loans", LEND);
    /* who borrows it does not lend it on, and does not end the loan */
    (void)ask_as(ORGANISER_OF_LEEDS, 404, "POST", "/api/v1/audiences/members/loans",
                 "{\"to\":\"main\",\"until\":\"2026-12-11T18:00:00Z\",\"why\":\"x\"}");
    (void)ask_as(ORGANISER_OF_LEEDS, 404, "POST",
                 world_text("/api/v1/loans/%lld/take-back", (long long)loan), "{}");
    (void)ask_as(VOLUNTEER_OF_LEEDS, 403, "GET", "/api/v1/loans", NULL);
    take_back(loan);
    (void)ask(404, "POST", world_text("/api/v1/loans/%lld/take-back", (long long)loan), "{}");
}

/* Once more to the same group is the same loan, with another end. */
static void test_the_end_is_moved(void **state)
{
    (void)state;
    json_int_t loan = lend();
    json_t *again =
        ask(201, "POST", "/api/v1/audiences/members/loans",
            "{\"to\":\"leeds\",\"until\":\"2026-12-01T18:00:00Z\",\"why\":\"our twin\"}");
    assert_int_equal(number_at(again, "id"), loan);
    assert_string_equal(text_at(again, "until"), "2026-12-01T18:00:00Z");
}

/* ---- what the borrower does ---- */

static void test_a_campaign_to_it(void **state)
{
    (void)state;
    (void)lend();
    (void)ask_as(ORGANISER_OF_LEEDS, 200, "POST", "/api/v1/campaigns/check",
                 world_text(CAMPAIGN, "thursday", "members"));
    assert_null(strstr(answer_text(), "Hi Ann"));
    assert_null(strstr(answer_text(), "+44"));
    assert_non_null(strstr(answer_text(), "is empty for 2 people and")); /* how many is told */
    json_int_t id = launch(ORGANISER_OF_LEEDS, "thursday", "members");
    const char *path = world_text("/api/v1/campaigns/%lld", (long long)id);
    json_t *said = ask_as(ORGANISER_OF_LEEDS, 200, "GET", path, NULL);
    assert_string_equal(text_at(said, "group"), "main");
    assert_string_equal(text_at(said, "helper"), "leeds");
    said = ask_as(ORGANISER_OF_LEEDS, 200, "GET", "/api/v1/campaigns", NULL);
    assert_int_equal(json_array_size(json_object_get(said, "campaigns")), 1);
    (void)ask_as(ORGANISER_OF_LEEDS, 200, "GET", world_text("%s/minutes", path), NULL);
    (void)ask_as(ORGANISER_OF_LEEDS, 200, "POST", world_text("%s/pause", path), "{}");
    (void)ask_as(ORGANISER_OF_LEEDS, 200, "POST", world_text("%s/resume", path), "{}");
    said = ask_as(ORGANISER_OF_LEEDS, 200, "POST", "/api/v1/campaigns/pause-all", "{}");
    assert_int_equal(json_array_size(json_object_get(said, "campaigns")), 1);
    (void)ask_as(ORGANISER_OF_LEEDS, 200, "POST", "/api/v1/campaigns/why",
                 world_text("{\"campaigns\":[%lld],\"why\":\"x\"}", (long long)id));
    (void)ask_as(ORGANISER_OF_LEEDS, 200, "POST", world_text("%s/cancel", path), "{}");
    (void)ask(200, "GET", "/api/v1/audit?group=main", NULL);
    assert_non_null(strstr(answer_text(), "launched for leeds"));
}

/* What a borrower may ask of the campaign, the list and the people; all else of them is not there. */
static const char *const theirs[] = {
    "GET /api/v1/campaigns/{id}",         "GET /api/v1/campaigns/{id}/minutes",
    "POST /api/v1/campaigns/{id}/pause",  "POST /api/v1/campaigns/{id}/resume",
    "POST /api/v1/campaigns/{id}/cancel", "GET /campaigns/{id}",
    "POST /campaigns/{id}/pause",         "POST /campaigns/{id}/resume",
    "POST /campaigns/{id}/cancel",        "POST /campaigns/{id}/why",
};

/* Rows about a campaign or a list by its number. Where the body is read first, 400 and 422 are as good. */
static bool is_about(const struct route *r, json_int_t campaign, json_int_t list, char path[256])
{
    const char *at = strstr(r->path, "{id}");
    bool of_campaign = strstr(r->path, "/campaigns/{id}") != NULL,
         of_list =
             strstr(r->path, "/audiences/{id}") != NULL || strstr(r->path, "/lists/{id}") != NULL;
    if (!of_campaign && !of_list) return false;
    (void)snprintf(path, 256, "%.*s%lld%s", (int)(at - r->path), r->path,
                   (long long)(of_campaign ? campaign : list), at + strlen("{id}"));
    return true;
}

static const char *body_of(const struct route *r)
{
    static const struct {
        const char *path, *body;
    } bodies[] = {{"/api/v1/audiences/{id}/loans", LEND},
                  {"/api/v1/audiences/{id}/rows", "{\"seq\":0,\"rows\":[]}"},
                  {"/api/v1/campaigns/{id}/approve", "{\"digest\":\"x\"}"},
                  {"/api/v1/campaigns/{id}/send-back", "{\"why\":\"x\"}"},
                  {"/api/v1/campaigns/{id}/budget", "{\"budget\":\"1 GBP\"}"},
                  {"/api/v1/campaigns/{id}/resolve", "{\"decision\":\"leave\",\"why\":\"x\"}"},
                  {"/api/v1/campaigns/{id}/cascade", "{\"title\":\"theirs\",\"text\":\"x\"}"},
                  {"/campaigns/{id}/share", "title=theirs&text=x"},
                  {"/campaigns/{id}/why", "why=x"},
                  {"/campaigns/{id}/approve", "digest=x"},
                  {"/campaigns/{id}/send-back", "why=x"},
                  {"/lists/{id}/lend", "to=main&until=2026-12-11T18:00&why=x"},
                  {"/lists/{id}/person", "number=%2B447700900777"}};
    if (strcmp(r->method, "GET") == 0) return NULL;
    if (strcmp(r->method, "DELETE") == 0) return "{}";
    for (size_t i = 0; i < COUNT_OF(bodies); i++)
        if (strcmp(bodies[i].path, r->path) == 0) return bodies[i].body;
    return r->keys ? "{}" : "x=1";
}

static void try_all(json_int_t campaign, json_int_t list, bool lent)
{
    const struct route *r;
    size_t n = 0;
    for (size_t i = 0; (r = web_route(world.web, i)) != NULL; i++) {
        char path[256];
        const char *name = world_text("%s %s", r->method, r->path);
        bool may = lent && slice_index(slice_of(name), theirs, COUNT_OF(theirs)) >= 0;
        if (may || !is_about(r, campaign, list, path)) continue;
        int status = ask_status(ORGANISER_OF_LEEDS, r->method, path, body_of(r));
        if (status != 403 && status != 404) fail_msg("%s: %d: %s", name, status, answer_text());
        assert_null(strstr(answer_text(), NUMBER));
        n++;
    }
    assert_true(n > 30);
}

static void test_nobody_of_it_is_shown(void **state)
{
    (void)state;
    (void)lend();
    json_int_t id = launch(ORGANISER_OF_LEEDS, "thursday", "members");
    json_int_t list = number_at(ask(200, "GET", "/api/v1/audiences/members", NULL), "id");
    try_all(id, list, true);
    /* what names the list, or the campaign, in the body */
    const char *campaign = world_text(CAMPAIGN, "friday", "members");
    (void)ask_as(ORGANISER_OF_LEEDS, 404, "POST", "/api/v1/campaigns/preview",
                 "{\"audience\":\"members\",\"gateway\":\"main\",\"message\":{\"sms\":{\"en\":{"
                 "\"text\":\"{{first_name}}\"}}}}");
    char test[512];
    (void)snprintf(test, sizeof test, "%.*s,\"to\":\"+447700900777\"}", (int)(strlen(campaign) - 1),
                   campaign);
    (void)ask_as(ORGANISER_OF_LEEDS, 404, "POST", "/api/v1/campaigns/test", test);
    (void)ask_as(ORGANISER_OF_LEEDS, 404, "POST", "/api/v1/audiences/from-campaign",
                 world_text("{\"campaign\":%lld,\"name\":\"x\",\"replied\":true}", (long long)id));
    (void)ask_as(ORGANISER_OF_LEEDS, 404, "POST", "/api/v1/audiences",
                 "{\"of\":\"members\",\"change\":\"add\"}");
    (void)ask_as(ORGANISER_OF_LEEDS, 404, "POST", "/api/v1/schedules",
                 world_text("{\"name\":\"x\",\"every\":\"thu 09:00\",\"from_campaign\":%lld}",
                            (long long)id));
    (void)ask_as(ORGANISER_OF_LEEDS, 404, "GET", "/api/v1/suppressions/main", NULL);
    (void)ask_as(ORGANISER_OF_LEEDS, 403, "POST", "/api/v1/webhooks",
                 "{\"url\":\"http://127.0.0.1:1/x\",\"group\":\"main\",\"kinds\":[\"campaign\"]}");
}

/* ---- its end ---- */

static void expect_over(json_int_t id, json_int_t list)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/api/v1/campaigns/%lld", (long long)id);
    json_t *said = ask(200, "GET", path, NULL);
    assert_string_equal(text_at(said, "status"), "paused");
    assert_string_equal(text_at(said, "status_by"), "system:loan");
    assert_string_equal(text_at(said, "helper"), "leeds");
    assert_true(json_is_null(json_object_get(said, "loan")));
    try_all(id, list, false);
    said = ask_as(ORGANISER_OF_LEEDS, 200, "GET", "/api/v1/campaigns", NULL);
    assert_int_equal(json_array_size(json_object_get(said, "campaigns")), 0);
    (void)ask(200, "POST", world_text("%s/resume", path), "{}"); /* it is main's */
}

static void test_taken_back(void **state)
{
    (void)state;
    json_int_t loan = lend(), id = launch(ORGANISER_OF_LEEDS, "thursday", "members");
    json_int_t list = number_at(ask(200, "GET", "/api/v1/audiences/members", NULL), "id");
    take_back(loan);
    (void)ask_as(ORGANISER_OF_LEEDS, 404, "GET",
                 world_text("/api/v1/campaigns/%lld", (long long)id), NULL);
    expect_over(id, list);
    (void)ask_as(ORGANISER_OF_LEEDS, 404, "POST", "/api/v1/campaigns",
                 world_text(CAMPAIGN, "friday", "members"));
    json_t *said = ask_as(ORGANISER_OF_LEEDS, 200, "GET", "/api/v1/loans", NULL);
    assert_int_equal(json_array_size(json_object_get(said, "loans")), 0);
}

static void on_ended(void *arg)
{
    *(bool *)arg = true;
}

/* By the clock: what is over is paused by whoever looks. */
static void test_its_time_is_over(void **state)
{
    (void)state;
    uint32_t loan = (uint32_t)lend();
    json_int_t id = launch(ORGANISER_OF_LEEDS, "thursday", "members");
    struct loans *copy = loans_new(world.loop, world.store);
    while (!loans_find(copy, loan, WORLD_NOW_MS))
        loop_turn(world.loop, 100000);
    assert_false(loans_are_over(copy, loan, WORLD_NOW_MS));
    assert_false(loans_are_over(copy, loan + 1, LATER)); /* perhaps it is only not known yet */
    assert_null(loans_find(copy, loan, LATER));
    bool ended = false;
    lending_end_all(world.store, copy, WORLD_NOW_MS, on_ended, &ended);
    turn_until_done(&ended);
    const char *path = world_text("/api/v1/campaigns/%lld", (long long)id);
    assert_string_not_equal(text_at(ask(200, "GET", path, NULL), "status"), "paused");
    ended = false;
    lending_end_all(world.store, copy, LATER, on_ended, &ended);
    turn_until_done(&ended);
    assert_string_equal(text_at(ask(200, "GET", path, NULL), "status"), "paused");
    loans_free(copy);
}

/* Another list of the same name is not the one that was lent. */
static void test_another_list_of_its_name(void **state)
{
    (void)state;
    (void)lend();
    (void)ask(200, "DELETE", "/api/v1/audiences/members", NULL);
    (void)make_audience("members", 5);
    (void)ask_as(ORGANISER_OF_LEEDS, 404, "POST", "/api/v1/campaigns",
                 world_text(CAMPAIGN, "friday", "members"));
    json_t *said = ask_as(ORGANISER_OF_LEEDS, 200, "GET", "/api/v1/loans", NULL);
    assert_int_equal(json_array_size(json_object_get(said, "loans")), 0);
}

/* ---- its people, who answer ---- */

static void on_done(void *arg, const struct redisReply *reply)
{
    assert_false(redis_is_error(reply, NULL));
    *(bool *)arg = true;
}

/* A campaign of that group to the list, by that member, which all twenty got. */
static json_int_t send_it(const char *token, const char *name)
{
    bool done = false;
    json_int_t list = number_at(ask(200, "GET", "/api/v1/audiences/members", NULL), "id");
    json_int_t id = launch(token, name, "members");
    start_campaign((uint32_t)id, (uint32_t)list);
    redis_commandf(world.redis, on_done, &done, "SETRANGE %sc:%d:l 0 %b", world.prefix, (int)id,
                   "\x44\x44\x44\x44\x44\x44\x44\x44\x44\x44", (size_t)10);
    turn_until_done(&done);
    return id;
}

static int reads(const char *token, json_int_t id)
{
    return ask_status(token, "GET", world_text("/api/v1/conversations/%lld", (long long)id), NULL);
}

static size_t count_in(const char *token, const char *path)
{
    return json_array_size(json_object_get(ask_as(token, 200, "GET", path, NULL), "conversations"));
}

static void test_people_are_found(void **state)
{
    (void)state;
    (void)lend();
    (void)send_it(ORGANISER_OF_LEEDS, "thursday");
    (void)make_conversation("main", "447700900003", "Maja");
    (void)make_conversation("leeds", "447700910003", "Nils");
    assert_int_equal(count_in(ORGANISER_OF_LEEDS, "/api/v1/inbox?search=maj"), 1);
    assert_int_equal(count_in(ORGANISER_OF_LEEDS, "/api/v1/inbox?search=nils"), 1);
    /* of what is lent the last digits alone are compared, of their own people the whole number */
    assert_int_equal(count_in(ORGANISER_OF_LEEDS, "/api/v1/inbox?search=07700%20910003"), 2);
    assert_int_equal(count_in(ORGANISER_OF_LEEDS, "/api/v1/inbox?search=447799910003"), 1);
    assert_int_equal(count_in(VOLUNTEER_OF_LEEDS, "/api/v1/inbox?search=447799910003"), 2);
}

/* A whole number is read as a list's is; its own country's zero, "tel:" and digits of another script are no part of it. */
static void test_a_number_is_found_as_it_is_written(void **state)
{
    static const char *const written[] = {
        "00353%20(0)85%20123%204567",
        "%2B353%20(0)85-123-4567",
        "%2B3530851234567",
        "085%2F1234567",
        "tel:%2B353-85-123-4567",
        "https://wa.me/353851234567",
        "353851234567@c.us",
        "'0851234567",
        "353851234567.0",
        "%2B353%C2%A085%C2%A01234567",
        "%D9%A0%D9%A8%D9%A5%20%D9%A1%D9%A2%D9%A3%20%D9%A4%D9%A5%D9%A6%D9%A7", /* 085 123 4567 */
        "085%20123%204567",
        "4567",
    };
    (void)state;
    (void)make_conversation("leeds", "353851234567", "Nils");
    (void)make_conversation("leeds", "33612004567", "Maja");
    for (size_t i = 0; i < COUNT_OF(written); i++) {
        const char *path = world_text("/api/v1/inbox?search=%s", written[i]);
        size_t wanted = i + 1 < COUNT_OF(written) ? 1 : 2;
        if (count_in(ORGANISER, path) != wanted) fail_msg("%s", written[i]);
    }
    /* two words behind it make it a part of a name, and nobody has that */
    assert_int_equal(count_in(ORGANISER, "/api/v1/inbox?search=085%20123%204567%20or%20so"), 0);
}

static void test_its_people_are_answered(void **state)
{
    (void)state;
    json_int_t loan = lend();
    json_int_t others = make_conversation("main", "447700900555", "Olaf");
    (void)send_it(ORGANISER_OF_LEEDS, "thursday");
    json_int_t id = make_conversation("main", "447700900003", "Maja");
    assert_int_equal(reads(VOLUNTEER_OF_LEEDS, others), 404);
    assert_int_equal(reads(VOLUNTEER_OF_LEEDS, id), 200);
    assert_null(strstr(answer_text(), "447700900003"));
    assert_int_equal(reads(ORGANISER_OF_LEEDS, id), 200);
    assert_null(strstr(answer_text(), "447700900003"));
    assert_int_equal(reads(VOLUNTEER, id), 200); /* it is main's, too */
    assert_int_equal(count_in(VOLUNTEER_OF_LEEDS, "/api/v1/inbox"), 1);
    assert_int_equal(count_in(VOLUNTEER, "/api/v1/inbox"), 2);
    json_t *waits = ask_as(VOLUNTEER_OF_LEEDS, 200, "GET", "/api/v1/inbox/waiting", NULL);
    assert_int_equal(number_at(waits, "waiting"), 1);
    /* a search tells by the last digits alone: nobody finds out the others */
    assert_int_equal(count_in(ORGANISER_OF_LEEDS, "/api/v1/inbox?search=447700900003"), 1);
    assert_int_equal(count_in(ORGANISER_OF_LEEDS, "/api/v1/inbox?search=447999990003"), 1);
    assert_int_equal(count_in(ORGANISER, "/api/v1/inbox?search=447999990003"), 0);

    json_t *next = ask_as(VOLUNTEER_OF_LEEDS, 200, "POST", "/api/v1/inbox/next", "{}");
    const json_t *taken = json_object_get(next, "conversation");
    assert_int_equal(number_at(taken, "id"), id);
    char path[64], reply[128];
    (void)snprintf(path, sizeof path, "/api/v1/conversations/%lld", (long long)id);
    (void)snprintf(reply, sizeof reply, "{\"text\":\"Yes, at ten.\",\"fence\":%lld}",
                   (long long)number_at(taken, "fence"));
    (void)ask_as(VOLUNTEER_OF_LEEDS, 200, "POST", world_text("%s/tag", path),
                 "{\"add\":[\"yes\"]}");
    assert_int_equal(count_in(VOLUNTEER_OF_LEEDS, "/api/v1/inbox?tag=yes"), 1);
    (void)ask_as(VOLUNTEER_OF_LEEDS, 202, "POST", world_text("%s/reply", path), reply);
    /* not to a group, which would have the number; nor is anybody taken over from */
    (void)ask_as(VOLUNTEER_OF_LEEDS, 403, "POST", world_text("%s/hand-over", path),
                 "{\"group\":\"leeds\",\"word\":\"x\"}");
    (void)ask_as(ORGANISER_OF_LEEDS, 404, "POST", world_text("%s/take-over", path), "{}");
    (void)ask_as(VOLUNTEER_OF_LEEDS, 200, "POST", world_text("%s/hand-over", path),
                 "{\"member\":\"Lee\"}");
    (void)ask_as(ORGANISER_OF_LEEDS, 200, "POST", world_text("%s/close", path), "{}");
    assert_int_equal(count_in(VOLUNTEER_OF_LEEDS, "/api/v1/inbox"), 0);
    assert_int_equal(count_in(VOLUNTEER_OF_LEEDS, "/api/v1/inbox?state=closed"), 1);
    (void)ask(200, "GET", "/api/v1/audit?group=main", NULL);
    assert_non_null(strstr(answer_text(), "answered, as a volunteer of leeds"));

    take_back(loan);
    assert_int_equal(reads(VOLUNTEER_OF_LEEDS, id), 404);
    assert_int_equal(reads(ORGANISER_OF_LEEDS, id), 404);
    assert_int_equal(count_in(VOLUNTEER_OF_LEEDS, "/api/v1/inbox"), 0);
    assert_int_equal(count_in(VOLUNTEER_OF_LEEDS, "/api/v1/inbox?state=closed"), 0);
    assert_int_equal(reads(VOLUNTEER, id), 200);
}

/* Whom a later campaign of main's own asked something is main's alone, from their next word on. */
static void test_what_they_answer_to_counts(void **state)
{
    (void)state;
    (void)lend();
    (void)send_it(ORGANISER_OF_LEEDS, "thursday");
    json_int_t id = make_conversation("main", "447700900003", "Maja");
    assert_int_equal(count_in(VOLUNTEER_OF_LEEDS, "/api/v1/inbox"), 1);
    (void)send_it(ORGANISER, "friday");
    bool done = false;
    redis_commandf(world.redis, on_done, &done, "ZADD %scampaigns %s %d", world.prefix,
                   "1795716000001", 2); /* launched a moment later */
    turn_until_done(&done);
    assert_int_equal(make_conversation_saying("main", "447700900003", "Maja", "And now?", ""), id);
    assert_int_equal(reads(VOLUNTEER_OF_LEEDS, id), 404);
    assert_int_equal(count_in(VOLUNTEER_OF_LEEDS, "/api/v1/inbox"), 0);
    json_t *waits = ask_as(VOLUNTEER_OF_LEEDS, 200, "GET", "/api/v1/inbox/waiting", NULL);
    assert_int_equal(number_at(waits, "waiting"), 0);
    assert_int_equal(count_in(VOLUNTEER, "/api/v1/inbox"), 1);
}

/* ---- pages ---- */

static void expect_shown(const char *part)
{
    if (!strstr(answer_text(), part)) fail_msg("'%s' is not on the page:\n%s", part, answer_text());
}

static void expect_hidden(const char *part)
{
    if (strstr(answer_text(), part)) fail_msg("'%s' is on the page:\n%s", part, answer_text());
}

static void test_the_pages(void **state)
{
    (void)state;
    json_int_t loan = lend();
    json_int_t list = number_at(ask(200, "GET", "/api/v1/audiences/members", NULL), "id");
    assert_int_equal(ask_status(ORGANISER, "GET", world_text("/lists/%lld", (long long)list), NULL),
                     200);
    expect_shown("Take it back from leeds");
    assert_int_equal(ask_status(ORGANISER_OF_LEEDS, "GET", "/lists", NULL), 200);
    expect_shown("members of main");
    assert_int_equal(ask_status(ORGANISER_OF_LEEDS, "GET", "/campaigns/new", NULL), 200);
    expect_shown(world_text("<option value=\"@%lld\">members of main", (long long)loan));
    json_int_t id = launch(ORGANISER_OF_LEEDS, "thursday", world_text("@%lld", (long long)loan));
    const char *page = world_text("/campaigns/%lld", (long long)id);
    assert_int_equal(ask_status(ORGANISER_OF_LEEDS, "GET", page, NULL), 200);
    expect_shown("The list is lent to leeds");
    expect_hidden("All its people");
    expect_hidden("/report");
    expect_hidden(world_text("%s/people", page));
    assert_int_equal(ask_status(ORGANISER, "GET", page, NULL), 200);
    expect_shown("Launched by leeds, to whom the list was lent");
    expect_shown("All its people");
    const char *lend_it = "to=leeds&until=2026-12-02T18:00&why=longer";
    assert_int_equal(
        ask_status(ORGANISER, "POST", world_text("/lists/%lld/lend", (long long)list), lend_it),
        303);
    assert_int_equal(ask_status(ORGANISER, "POST",
                                world_text("/lists/%lld/take-back", (long long)list),
                                world_text("loan=%lld", (long long)loan)),
                     303);
    assert_int_equal(ask_status(ORGANISER_OF_LEEDS, "GET", page, NULL), 404);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
    static const struct CMUnitTest tests[] = {
        TEST(test_what_the_borrower_is_told),
        TEST(test_a_page_of_them),
        TEST(test_what_is_refused),
        TEST(test_the_end_is_moved),
        TEST(test_a_campaign_to_it),
        TEST(test_nobody_of_it_is_shown),
        TEST(test_taken_back),
        TEST(test_its_time_is_over),
        TEST(test_another_list_of_its_name),
        TEST(test_people_are_found),
        TEST(test_a_number_is_found_as_it_is_written),
        TEST(test_its_people_are_answered),
        TEST(test_what_they_answer_to_counts),
        TEST(test_the_pages),
    };
    return world_run("loans", tests, COUNT_OF(tests));
}
