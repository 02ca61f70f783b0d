/* The whole table of who may do what, written down a second time: a change of it is seen twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/check.h"
#include "core/access.h"

static const char *const one[] = {"north"}, *const two[] = {"north", "south"};

static const struct member members[] = {
    {"1", "Vic", ROLE_VOLUNTEER, false, one, 1},  {"2", "Val", ROLE_VOLUNTEER, false, two, 2},
    {"3", "Omar", ROLE_ORGANISER, false, one, 1}, {"4", "Olga", ROLE_ORGANISER, false, two, 2},
    {"5", "Olive", ROLE_OWNER, true, NULL, 0},    {"6", "Nobody's", ROLE_ORGANISER, false, NULL, 0},
    {"7", "Nat", ROLE_VOLUNTEER, true, NULL, 0},  {"8", "Nora", ROLE_ORGANISER, true, NULL, 0},
};

/* What each of the members may in: north, south, east, "all"; then somewhere, everywhere. */
static const char *const reaches[] = {"nowhere", "groups", "all"};
static const bool may[COUNT_OF(reaches)][COUNT_OF(members)][6] = {
    {{0}},
    {
        {1, 0, 0, 0, 1, 0}, /* of north */
        {1, 1, 0, 0, 1, 0}, /* of north and south */
        {1, 0, 0, 0, 1, 0},
        {1, 1, 0, 0, 1, 0},
        {1, 1, 1, 1, 1, 1}, /* everywhere */
        {0, 0, 0, 0, 0, 0}, /* of none */
        {1, 1, 1, 1, 1, 1},
        {1, 1, 1, 1, 1, 1},
    },
    {
        {1, 1, 1, 1, 1, 1},
        {1, 1, 1, 1, 1, 1},
        {1, 1, 1, 1, 1, 1},
        {1, 1, 1, 1, 1, 1},
        {1, 1, 1, 1, 1, 1},
        {1, 1, 1, 1, 1, 1},
        {1, 1, 1, 1, 1, 1},
        {1, 1, 1, 1, 1, 1},
    },
};

static const struct {
    enum action action;
    const char *text;
    const char *reach[ROLE_COUNT]; /* volunteer, organiser, owner */
} expected[] = {
    {MAY_UNSAID, "", {"nowhere", "nowhere", "nowhere"}},
    {MAY_ANYBODY, "", {"all", "all", "all"}},
    {MAY_SEE_ORGANISATION, "see_organisation", {"all", "all", "all"}},
    {MAY_READ_INBOX, "read_inbox", {"groups", "groups", "all"}},
    {MAY_ANSWER, "answer", {"groups", "groups", "all"}},
    {MAY_SEE_NUMBERS, "see_numbers", {"nowhere", "groups", "all"}},
    {MAY_READ_AUDIENCES, "read_audiences", {"nowhere", "groups", "all"}},
    {MAY_MAKE_AUDIENCES, "make_audiences", {"nowhere", "groups", "all"}},
    {MAY_DELETE_AUDIENCES, "delete_audiences", {"nowhere", "groups", "all"}},
    {MAY_READ_CAMPAIGNS, "read_campaigns", {"nowhere", "groups", "all"}},
    {MAY_LAUNCH_CAMPAIGNS, "launch_campaigns", {"nowhere", "groups", "all"}},
    {MAY_RUN_CAMPAIGNS, "run_campaigns", {"nowhere", "groups", "all"}},
    {MAY_RESOLVE_UNKNOWN, "resolve_unknown", {"nowhere", "groups", "all"}},
    {MAY_READ_AUDIT, "read_audit", {"nowhere", "groups", "all"}},
    {MAY_READ_SUPPRESSIONS, "read_suppressions", {"nowhere", "groups", "all"}},
    {MAY_SUPPRESS, "suppress", {"nowhere", "groups", "all"}},
    {MAY_UNSUPPRESS, "unsuppress", {"nowhere", "groups", "all"}},
    {MAY_READ_GATEWAYS, "read_gateways", {"nowhere", "all", "all"}},
    {MAY_SET_UP_GATEWAYS, "set_up_gateways", {"nowhere", "nowhere", "all"}},
    {MAY_FORGET, "forget", {"nowhere", "nowhere", "all"}},
    {MAY_READ_METRICS, "read_metrics", {"nowhere", "nowhere", "all"}},
    {MAY_RESTORE, "restore", {"nowhere", "nowhere", "all"}},
};

static size_t reach_of(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(reaches); i++)
        if (strcmp(reaches[i], name) == 0) return i;
    fail_msg("no reach '%s'", name);
    return 0;
}

static void see_member(const struct member *m, enum action action, const bool row[6])
{
    static const char *const groups[] = {"north", "south", "east", "all"};
    for (size_t g = 0; g < COUNT_OF(groups); g++)
        if (access_may(m, action, slice_of(groups[g])) != row[g])
            fail_msg("%s, %s, in %s", m->name, action_to_string(action), groups[g]);
    assert_int_equal(access_may_somewhere(m, action), row[4]);
    assert_int_equal(access_may_everywhere(m, action), row[5]);
}

static void test_the_whole_table(void **state)
{
    (void)state;
    assert_int_equal(COUNT_OF(expected), ACTION_COUNT);
    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        enum action action = expected[i].action;
        assert_int_equal(action, i);
        assert_string_equal(action_to_string(action), expected[i].text);
        for (int role = 0; role < ROLE_COUNT; role++)
            assert_int_equal(access_reach((enum role)role, action),
                             reach_of(expected[i].reach[role]));
        for (size_t m = 0; m < COUNT_OF(members); m++) {
            size_t reach = reach_of(expected[i].reach[members[m].role]);
            see_member(&members[m], action, may[reach][m]);
        }
    }
}

/* A group whose name begins like another's, or that is empty, is another one. */
static void test_groups_are_whole_names(void **state)
{
    (void)state;
    static const char *const others[] = {"", "nort", "north ", "northern", "North"};
    for (size_t i = 0; i < COUNT_OF(others); i++)
        assert_false(access_may(&members[0], MAY_ANSWER, slice_of(others[i])));
    assert_false(access_may(&members[0], MAY_ANSWER, SLICE_NONE));
}

static void test_words(void **state)
{
    (void)state;
    assert_string_equal(role_to_string(ROLE_VOLUNTEER), "volunteer");
    assert_string_equal(role_to_string(ROLE_ORGANISER), "organiser");
    assert_string_equal(role_to_string(ROLE_OWNER), "owner");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_whole_table),
        cmocka_unit_test(test_groups_are_whole_names),
        cmocka_unit_test(test_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
