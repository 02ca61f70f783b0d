/* What answering needs besides the answer: somebody to hand a person to, answers that the group suggests, and a trail that each
 * group sees of its own. Lee and Nina are of leeds, Vic is of main, Olive everywhere. */
#include "api_world.h"

#include <string.h>

static const char *path_of(json_int_t id, const char *what)
{
    static char out[4][96];
    static int i;
    (void)snprintf(out[++i % 4], sizeof out[0], "%s%lld%s",
                   *what == '/' || !*what ? "/api/v1/conversations/" : "/inbox/", (long long)id,
                   *what == ':' ? what + 1 : what);
    return out[i % 4];
}

static bool says(const char *part)
{
    return strstr(answer_text(), part) != NULL;
}

/* ---- handing over ---- */

static void test_it_goes_to_who_may_answer_there(void **state)
{
    (void)state;
    json_int_t id = make_conversation("leeds", "447700900001", "Ann");
    const char *path = path_of(id, "/hand-over");
    (void)ask_as(VOLUNTEER_OF_LEEDS, 200, "GET", path, NULL);
    assert_true(says("\"Lee\"") && says("\"Olive\""));
    assert_false(says("\"Vic\"") || says("\"Nina\"")); /* of another group; oneself */
    (void)ask_as(VOLUNTEER, 404, "GET", path, NULL);
    (void)ask_as(VOLUNTEER, 404, "POST", path, "{\"member\":\"Vic\"}");
    (void)ask_as(VOLUNTEER_OF_LEEDS, 400, "POST", path, "{\"member\":\"Vic\"}");
    expect_error("invalid", "nobody called 'Vic' answers people of leeds");
    (void)ask_as(VOLUNTEER_OF_LEEDS, 400, "POST", path, "{\"member\":\"Lea\"}");
}

static void test_whoever_gets_it_sees_why(void **state)
{
    (void)state;
    json_int_t id = make_conversation("leeds", "447700900001", "Ann");
    (void)make_conversation("leeds", "447700900002", "Bea");
    const char *page = path_of(id, ":/hand-over");
    (void)ask_as(VOLUNTEER_OF_LEEDS, 200, "GET", page, NULL);
    assert_true(says("<option value=\"member:Lee\">Lee</option>"));
    (void)ask_as(VOLUNTEER_OF_LEEDS, 400, "POST", page, "to=member:Vic&word=the+hall");
    assert_true(says("answers people of leeds") && says("value=\"the hall\""));
    (void)ask_as(VOLUNTEER_OF_LEEDS, 303, "POST", page, "to=member:Lee&word=the+hall");
    (void)ask_as(ORGANISER_OF_LEEDS, 200, "GET", "/inbox", NULL);
    assert_true(says("<strong>Nina</strong> handed <a href=") && says("the hall"));
    json_t *next = ask_as(ORGANISER_OF_LEEDS, 200, "POST", "/api/v1/inbox/next", "{}");
    const json_t *taken = json_object_get(next, "conversation");
    assert_int_equal(number_at(taken, "id"), id);
    assert_string_equal(text_at(taken, "handed_word"), "the hall");
    (void)ask_as(VOLUNTEER_OF_LEEDS, 200, "GET", "/api/v1/inbox?handed=1", NULL);
    assert_false(says("the hall"));
}

/* ---- what a group suggests ---- */

#define SUGGESTIONS "/api/v1/groups/leeds/suggestions"

static void test_a_group_suggests_answers(void **state)
{
    (void)state;
    static const char both[] = "{\"text\":\"At the library\",\"tag\":\"question\"}";
    json_int_t id = make_conversation("leeds", "447700900001", "Ann"),
               other = make_conversation("main", "447700900002", "Bea");
    (void)ask_as(VOLUNTEER_OF_LEEDS, 403, "POST", SUGGESTIONS, both);
    (void)ask_as(ORGANISER_OF_LEEDS, 404, "POST", "/api/v1/groups/main/suggestions", both);
    (void)ask_as(ORGANISER_OF_LEEDS, 400, "POST", SUGGESTIONS, "{\"text\":\"Hi {{#first_name}}\"}");
    assert_true(says("is never closed"));
    (void)ask_as(ORGANISER_OF_LEEDS, 201, "POST", SUGGESTIONS, "{\"text\":\"See you\"}");
    (void)ask_as(ORGANISER_OF_LEEDS, 201, "POST", SUGGESTIONS, both);
    (void)ask_as(VOLUNTEER, 404, "GET", SUGGESTIONS, NULL);
    (void)ask_as(VOLUNTEER_OF_LEEDS, 200, "POST", path_of(id, "/tag"), "{\"add\":[\"question\"]}");
    json_t *thread = ask_as(VOLUNTEER_OF_LEEDS, 200, "GET", path_of(id, ""), NULL);
    const json_t *list = json_object_get(thread, "suggestions");
    assert_int_equal(json_array_size(list), 2);
    assert_string_equal(text_at(json_array_get(list, 0), "text"), "At the library");
    (void)ask_as(VOLUNTEER, 200, "GET", path_of(other, ""), NULL);
    assert_false(says("At the library"));
    (void)ask_as(VOLUNTEER_OF_LEEDS, 200, "POST", path_of(id, "/claim"), "{}");
    (void)ask_as(VOLUNTEER_OF_LEEDS, 200, "GET", path_of(id, ":"), NULL);
    assert_true(says("data-reply=\"At the library\""));
}

static void test_a_group_changes_them_by_page(void **state)
{
    (void)state;
    static const char page[] = "/groups/leeds/answers";
    (void)ask_as(ORGANISER_OF_LEEDS, 303, "POST", page, "text=See+you&tag=");
    (void)ask_as(ORGANISER_OF_LEEDS, 200, "GET", page, NULL);
    assert_true(says("See you</textarea>"));
    (void)ask_as(ORGANISER_OF_LEEDS, 303, "POST", page, "id=1&text=At+ten&tag=yes");
    (void)ask_as(ORGANISER_OF_LEEDS, 200, "GET", SUGGESTIONS, NULL);
    assert_true(says("At ten") && says("yes") && !says("See you"));
    (void)ask_as(ORGANISER_OF_LEEDS, 400, "POST", page, "text=Hi+{{%23name}}&tag=");
    assert_true(says("Hi {{#name}}"));
    (void)ask_as(ORGANISER_OF_LEEDS, 303, "POST", page, "id=1&remove=1");
    (void)ask_as(ORGANISER_OF_LEEDS, 200, "GET", SUGGESTIONS, NULL);
    assert_false(says("At ten"));
}

/* ---- who did what, of each group its own ---- */

static bool lee_reads(const char *what)
{
    (void)ask_as(ORGANISER_OF_LEEDS, 200, "GET", "/api/v1/audit?limit=50", NULL);
    return says(what);
}

static void test_acts_on_people_of_several_groups(void **state)
{
    (void)state;
    json_t *made = ask(201, "POST", "/api/v1/invitations",
                       "{\"name\":\"Kim\",\"role\":\"volunteer\",\"groups\":[\"leeds\",\"main\"]}");
    char move[64];
    (void)snprintf(move, sizeof move, "/api/v1/people/%lld/move", (long long)number_at(made, "id"));
    assert_true(lee_reads("invited Kim"));
    assert_true(says("\"group\": \"leeds\"") || says("\"group\":\"leeds\""));
    (void)ask(200, "POST", move, "{\"role\":\"volunteer\",\"groups\":[\"main\"]}");
    assert_true(lee_reads("moved Kim: volunteer of main")); /* they left */
    (void)ask(200, "POST", move, "{\"role\":\"organiser\",\"groups\":[\"main\",\"north\"]}");
    assert_false(lee_reads("organiser of main"));
}

static void test_acts_on_conversations_are_of_their_group(void **state)
{
    (void)state;
    json_int_t id = make_conversation("leeds", "447700900001", "Ann"),
               other = make_conversation("main", "447700900002", "Bea");
    char entry[64];
    (void)ask(200, "POST", path_of(id, "/close"), "{}"); /* by Olive, who is everywhere */
    (void)ask(200, "POST", path_of(other, "/close"), "{}");
    (void)snprintf(entry, sizeof entry, "conversation %lld closed", (long long)id);
    assert_true(lee_reads(entry));
    (void)snprintf(entry, sizeof entry, "conversation %lld closed", (long long)other);
    assert_false(says(entry));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_it_goes_to_who_may_answer_there),
        TEST(test_whoever_gets_it_sees_why),
        TEST(test_a_group_suggests_answers),
        TEST(test_a_group_changes_them_by_page),
        TEST(test_acts_on_people_of_several_groups),
        TEST(test_acts_on_conversations_are_of_their_group),
    };
    return world_run("answering", tests, COUNT_OF(tests));
}
