/* Rehearsals that somebody asks the server for: who may, how many, what a worker is given and what it may tell, and what
 * becomes of one whose worker went away. */
#include <string.h>

#include "api_world.h"

#include "core/json.h"
#include "store/rehearsal.h"

#define BODY(name, list)                                                                           \
    "{\"name\":\"" name "\",\"audience\":\"" list "\",\"gateway\":\"main\",\"hours\":\"any\","     \
    "\"message\":{\"sms\":{\"en\":{\"text\":\"Hi, Example Movement. STOP to end\"}}}}"
#define REHEARSALS "/api/v1/rehearsals"
#define MINUTE_MS  INT64_C(60000)

static int set_up(void **state)
{
    (void)world_set_up(state);
    make_audience("list", 3);
    make_audience_in("leeds", "theirs", 2);
    return 0;
}

static json_int_t asked(const char *token, const char *body)
{
    return number_at(ask_as(token, 201, "POST", REHEARSALS, body), "id");
}

static const json_t *shown(json_int_t id)
{
    return ask(200, "GET", world_text(REHEARSALS "/%lld", (long long)id), NULL);
}

/* Its lease, "" when nothing waits. */
static void takes(json_int_t id, char lease[64])
{
    const json_t *taken = json_object_get(ask(200, "POST", REHEARSALS "/take", "{}"), "rehearsal");
    assert_int_equal(number_at(taken, "id"), id);
    (void)snprintf(lease, 64, "%s", text_at(taken, "lease"));
}

static void tells(int status, json_int_t id, const char *lease, const char *more)
{
    (void)ask(status, "POST", world_text(REHEARSALS "/%lld/tell", (long long)id),
              world_text("{\"lease\":\"%s\"%s}", lease, more));
}

static void says(const char *words)
{
    if (!strstr(answer_text(), words)) fail_msg("it does not say \"%s\": %s", words, answer_text());
}

/* ---- one ---- */

static void test_from_asking_to_the_page(void **state)
{
    (void)state;
    char lease[64];
    json_int_t id = asked(ORGANISER, BODY("thursday", "list"));
    assert_string_equal(text_at(shown(id), "state"), "waiting");
    says("muster-rehearsals"); /* nobody plays them: what is to be started */
    assert_string_equal(text_at(json_object_get(shown(id), "campaign"), "audience"), "list");

    takes(id, lease);
    assert_int_equal(strlen(lease), 32);
    const json_t *given = json_object_get(shown(id), "note");
    assert_true(json_is_null(given));
    tells(409, id, "00000000000000000000000000000000", ",\"sent\":1");
    tells(200, id, lease, ",\"people\":3,\"sent\":2,\"replies\":1");
    assert_int_equal(number_at(shown(id), "sent"), 2);
    (void)ask(200, "GET", world_text("/rehearsals/%lld", (long long)id), NULL);
    says("2 of 3 sent, replies: 1");
    says("data-status=\"under_way\""); /* it looks again by itself */

    tells(
        200, id, lease,
        ",\"report\":{\"go\":true,\"list\":[{\"level\":\"look\",\"what\":\"time\",\"why\":\"<b>late"
        "\",\"mend\":\"Begin earlier.\"}],\"facts\":[{\"term\":\"People\",\"text\":\"3\"},"
        "{\"term\":\"Done\",\"text\":\"2026-11-27T18:01:00Z\"}]}");
    tells(409, id, lease, ",\"sent\":3"); /* it is over */
    assert_true(json_is_true(json_object_get(shown(id), "go")));
    (void)ask(200, "GET", world_text("/rehearsals/%lld", (long long)id), NULL);
    says("&lt;b&gt;late");
    says("<dt>People</dt><dd>3</dd>");
    says("<dt>Done</dt><dd>Fri 27 Nov 2026, 18:01</dd>"); /* by the clock of the group */
    says("Begin earlier.");
    (void)ask(200, "GET", "/api/v1/audit", NULL);
    says("rehearsal 1 asked for");
    assert_int_equal(
        json_array_size(json_object_get(ask(200, "GET", "/api/v1/campaigns", NULL), "campaigns")),
        0);
}

/* Who reads it has no terminal and knows no code. */
static void test_the_page_has_no_code_and_no_command(void **state)
{
    (void)state;
    char lease[64];
    json_int_t id = asked(ORGANISER, BODY("thursday", "list"));
    takes(id, lease);
    tells(
        200, id, lease,
        ",\"report\":{\"go\":true,\"facts\":[],\"list\":["
        "{\"level\":\"look\",\"what\":\"no_hours\",\"title\":\"\",\"why\":\"no hours are set: at "
        "2026-11-27T18:00:00Z it is night (`muster law list`)\",\"mend\":\"Read it, and decide.\"},"
        "{\"level\":\"look\",\"what\":\"rehearsal\",\"title\":\"How well it was "
        "rehearsed\",\"why\":\"x\","
        "\"mend\":\"Go by the forecast (`--speed` lets a rehearsal run slower).\"}]}");
    (void)ask(200, "GET", world_text("/rehearsals/%lld", (long long)id), NULL);
    says("<strong>Look</strong>");
    says("<p>No hours are set: at Fri 27 Nov 2026, 18:00 it is night</p>");
    says("<strong>Look: How well it was rehearsed</strong>");
    says("<p>Go by the forecast.</p>");
    assert_null(strstr(answer_text(), "no_hours"));
}

static void test_what_a_worker_gets(void **state)
{
    (void)state;
    (void)asked(ORGANISER_OF_LEEDS, BODY("monday", "theirs"));
    const json_t *taken = json_object_get(ask(200, "POST", REHEARSALS "/take", "{}"), "rehearsal");
    assert_string_equal(text_at(taken, "group"), "leeds");
    assert_string_equal(text_at(taken, "zone"), "Europe/Dublin");
    assert_true(number_at(taken, "audience") > 0);
    const json_t *check = json_object_get(taken, "check");
    assert_true(json_is_array(json_object_get(check, "findings")));
    assert_true(json_is_object(json_object_get(check, "price")));
    assert_null(json_object_get(check, "sample")); /* no words of the list */
    assert_true(
        json_is_null(json_object_get(ask(200, "POST", REHEARSALS "/take", "{}"), "rehearsal")));
}

static void test_it_fails_aloud(void **state)
{
    (void)state;
    char lease[64];
    json_int_t id = asked(ORGANISER, BODY("thursday", "list"));
    takes(id, lease);
    tells(200, id, lease, ",\"why\":\"redis did not start\"");
    assert_string_equal(text_at(shown(id), "state"), "failed");
    (void)ask(200, "GET", world_text("/rehearsals/%lld", (long long)id), NULL);
    says("redis did not start");
    (void)asked(ORGANISER, BODY("thursday", "list")); /* again, now that none is open */
}

/* ---- who may ---- */

static void test_groups_have_their_own(void **state)
{
    (void)state;
    json_int_t id = asked(ORGANISER, BODY("thursday", "list"));
    const char *path = world_text(REHEARSALS "/%lld", (long long)id);
    (void)ask_as(ORGANISER_OF_LEEDS, 404, "GET", path, NULL);
    (void)ask_as(ORGANISER_OF_LEEDS, 404, "DELETE", path, "{}");
    (void)ask_as(ORGANISER_OF_LEEDS, 404, "GET", world_text("/rehearsals/%lld", (long long)id),
                 NULL);
    (void)ask_as(ORGANISER_OF_LEEDS, 404, "POST", REHEARSALS, BODY("x", "list"));
    (void)ask_as(VOLUNTEER, 403, "POST", REHEARSALS, BODY("x", "list"));
    (void)ask_as(VOLUNTEER, 403, "GET", REHEARSALS, NULL);
    (void)ask_as(ORGANISER_OF_LEEDS, 403, "POST", REHEARSALS "/take", "{}");
    (void)ask_as(ORGANISER_OF_LEEDS, 403, "POST",
                 world_text(REHEARSALS "/%lld/tell", (long long)id), "{\"lease\":\"x\"}");
    (void)asked(ORGANISER_OF_LEEDS, BODY("monday", "theirs"));
    const json_t *theirs = ask_as(ORGANISER_OF_LEEDS, 200, "GET", REHEARSALS, NULL);
    assert_int_equal(json_array_size(json_object_get(theirs, "rehearsals")), 1);
    assert_int_equal(
        json_array_size(json_object_get(ask(200, "GET", REHEARSALS, NULL), "rehearsals")), 2);
}

/* ---- what is not taken ---- */

static void test_what_cannot_be_rehearsed(void **state)
{
    (void)state;
    (void)ask(422, "POST", REHEARSALS,
              "{\"name\":\"x\",\"audience\":\"list\",\"gateway\":\"main\",\"hours\":\"any\","
              "\"message\":{\"sms\":{\"en\":{\"text\":\"Hi {{nothing}}. STOP to end\"}}}}");
    expect_error("check_failed", "mend the errors");
    (void)ask(404, "POST", REHEARSALS, BODY("x", "nobody"));
    json_int_t id = asked(ORGANISER, BODY("thursday", "list"));
    (void)ask(409, "POST", REHEARSALS, BODY("friday", "list"));
    expect_error("conflict", "is not over yet");
    (void)ask(200, "DELETE", world_text(REHEARSALS "/%lld", (long long)id), "{}");
    (void)ask(404, "GET", world_text(REHEARSALS "/%lld", (long long)id), NULL);
    char lease[64];
    id = asked(ORGANISER, BODY("friday", "list"));
    takes(id, lease);
    char *report = xcalloc(1, REHEARSAL_REPORT_BYTES_MAX + 64);
    (void)snprintf(report, 64, ",\"report\":{\"go\":\"");
    memset(report + strlen(report), 'x', REHEARSAL_REPORT_BYTES_MAX);
    strcat(report, "\"}");
    tells(400, id, lease, report);
    free(report);
    assert_string_equal(text_at(shown(id), "state"), "under_way");
}

static void test_the_same_request_is_one_rehearsal(void **state)
{
    (void)state;
    world.key = "press-1";
    json_int_t id = asked(ORGANISER, BODY("thursday", "list"));
    assert_int_equal(asked(ORGANISER, BODY("thursday", "list")), id);
    world.key = NULL;
}

/* ---- how many ---- */

struct put {
    bool done;
    int result;
    uint32_t id;
};

static void on_put(void *arg, int result, uint32_t id, const struct err *e)
{
    (void)e;
    *(struct put *)arg = (struct put){true, result, id};
}

/* As the store has it, of any group. */
static struct put puts_in(const char *group, int64_t now_ms)
{
    struct put p = {0};
    const struct rehearsal new = {.name = SLICE_LIT("x"),
                                  .group = slice_of(group),
                                  .by = SLICE_LIT("Olive"),
                                  .body = SLICE_LIT("{}"),
                                  .check = SLICE_LIT("{}")};
    rehearsal_ask(world.store, &new, deed_of(SLICE_LIT("Olive"), now_ms), on_put, &p);
    turn_until_done(&p.done);
    return p;
}

static void test_only_so_many_wait(void **state)
{
    (void)state;
    for (int i = 0; i < REHEARSALS_WAITING_MAX; i++)
        assert_int_equal(puts_in(world_text("g%d", i), WORLD_NOW_MS - 100 + i).result, 0);
    (void)ask_as(ORGANISER_OF_LEEDS, 413, "POST", REHEARSALS, BODY("monday", "theirs"));
    (void)ask(200, "GET", REHEARSALS, NULL);
    says("\"ahead\":19");
    char lease[64];
    takes(1, lease);
    (void)ask(200, "GET", REHEARSALS, NULL);
    says("18 before it"); /* somebody plays them */
}

static void test_the_newest_of_a_group_are_kept(void **state)
{
    (void)state;
    char lease[64];
    for (int i = 0; i < REHEARSALS_OF_GROUP_MAX + 2; i++) {
        struct put p = puts_in("main", WORLD_NOW_MS + i);
        takes(p.id, lease);
        tells(200, p.id, lease, ",\"report\":{\"go\":false}");
    }
    (void)ask(404, "GET", REHEARSALS "/2", NULL);
    assert_string_equal(text_at(shown(3), "state"), "finished");
    int64_t later_ms = WORLD_NOW_MS + (int64_t)(REHEARSAL_DAYS + 1) * 24 * 60 * MINUTE_MS;
    assert_int_equal(puts_in("leeds", later_ms).result, 0);
    (void)ask(404, "GET", REHEARSALS "/5", NULL); /* its time is over */
}

/* ---- a worker that goes away ---- */

struct taken {
    bool done;
    uint32_t id;
};

static void on_taken(void *arg, int result, const struct rehearsal *r, const struct err *e)
{
    assert_int_equal(result, 0);
    (void)e;
    *(struct taken *)arg = (struct taken){true, r ? r->id : 0};
}

static uint32_t taken_at(int64_t now_ms)
{
    struct taken t = {0};
    rehearsal_take(world.store, "11111111111111111111111111111111", now_ms, on_taken, &t);
    turn_until_done(&t.done);
    return t.id;
}

/* As long as no other worker comes, the group's organiser is told since when, and ends it. */
static void test_a_worker_that_never_comes_back(void **state)
{
    (void)state;
    uint32_t id = (uint32_t)asked(ORGANISER, BODY("thursday", "list"));
    assert_int_equal(taken_at(WORLD_NOW_MS - 30 * MINUTE_MS), id);
    (void)ask_as(ORGANISER, 409, "POST", REHEARSALS, BODY("friday", "list"));
    (void)ask(200, "GET", world_text("/rehearsals/%u", id), NULL);
    says("Nothing was heard since Thu 26 Nov 2026, 17:30 of the program that plays it.");
    says("Stop it, and take it away");
    (void)ask_as(ORGANISER, 200, "DELETE", world_text(REHEARSALS "/%u", id), "{}");
    (void)asked(ORGANISER, BODY("friday", "list"));
}

static void test_a_lease_that_is_over(void **state)
{
    (void)state;
    char lease[64];
    uint32_t id = (uint32_t)asked(ORGANISER, BODY("thursday", "list"));
    takes(id, lease);
    assert_int_equal(taken_at(WORLD_NOW_MS + REHEARSAL_LEASE_MS / 2), 0); /* it is held */
    assert_int_equal(taken_at(WORLD_NOW_MS + 3 * MINUTE_MS), id);
    tells(409, id, lease, ",\"report\":{\"go\":true}"); /* who had it before has it no more */
    assert_int_equal(taken_at(WORLD_NOW_MS + 9 * MINUTE_MS), 0);
    assert_string_equal(text_at(shown(id), "state"), "failed");
    says("stopped in the middle, 2 times");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_from_asking_to_the_page),
        TEST(test_what_a_worker_gets),
        TEST(test_it_fails_aloud),
        TEST(test_groups_have_their_own),
        TEST(test_what_cannot_be_rehearsed),
        TEST(test_the_same_request_is_one_rehearsal),
        TEST(test_only_so_many_wait),
        TEST(test_the_newest_of_a_group_are_kept),
        TEST(test_a_lease_that_is_over),
        TEST(test_the_page_has_no_code_and_no_command),
        TEST(test_a_worker_that_never_comes_back),
    };
    return world_run("rehearsals", tests, COUNT_OF(tests));
}
