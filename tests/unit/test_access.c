/* The whole table of who may do what, written down a second time: a change of it is seen twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/check.h"
#include "core/access.h"

static const char *const one[] = {"north"}, *const two[] = {"north", "south"};

static const struct member members[] = {
    {"1", "Vic", ROLE_VOLUNTEER, false, one, 1, 0, 0, 0},
    {"2", "Val", ROLE_VOLUNTEER, false, two, 2, 0, 0, 0},
    {"3", "Omar", ROLE_ORGANISER, false, one, 1, 0, 0, 0},
    {"4", "Olga", ROLE_ORGANISER, false, two, 2, 0, 0, 0},
    {"5", "Olive", ROLE_OWNER, true, NULL, 0, 0, 0, 0},
    {"6", "Nobody's", ROLE_ORGANISER, false, NULL, 0, 0, 0, 0},
    {"7", "Nat", ROLE_VOLUNTEER, true, NULL, 0, 0, 0, 0},
    {"8", "Nora", ROLE_ORGANISER, true, NULL, 0, 0, 0, 0},
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
    {MAY_TAKE_OVER, "take_over", {"nowhere", "groups", "all"}},
    {MAY_SET_UP_INBOX, "set_up_inbox", {"nowhere", "groups", "all"}},
    {MAY_SEE_NUMBERS, "see_numbers", {"nowhere", "groups", "all"}},
    {MAY_READ_AUDIENCES, "read_audiences", {"nowhere", "groups", "all"}},
    {MAY_MAKE_AUDIENCES, "make_audiences", {"nowhere", "groups", "all"}},
    {MAY_DELETE_AUDIENCES, "delete_audiences", {"nowhere", "groups", "all"}},
    {MAY_LEND_AUDIENCES, "lend_audiences", {"nowhere", "groups", "all"}},
    {MAY_READ_CAMPAIGNS, "read_campaigns", {"nowhere", "groups", "all"}},
    {MAY_LAUNCH_CAMPAIGNS, "launch_campaigns", {"nowhere", "groups", "all"}},
    {MAY_RUN_CAMPAIGNS, "run_campaigns", {"nowhere", "groups", "all"}},
    {MAY_APPROVE_CAMPAIGNS, "approve_campaigns", {"nowhere", "groups", "all"}},
    {MAY_RESOLVE_UNKNOWN, "resolve_unknown", {"nowhere", "groups", "all"}},
    {MAY_READ_AUDIT, "read_audit", {"nowhere", "groups", "all"}},
    {MAY_READ_SUPPRESSIONS, "read_suppressions", {"nowhere", "groups", "all"}},
    {MAY_SUPPRESS, "suppress", {"nowhere", "groups", "all"}},
    {MAY_UNSUPPRESS, "unsuppress", {"nowhere", "groups", "all"}},
    {MAY_READ_GROUPS, "read_groups", {"groups", "groups", "all"}},
    {MAY_RUN_GROUPS, "run_groups", {"nowhere", "groups", "all"}},
    {MAY_READ_PLACES, "read_places", {"all", "all", "all"}},
    {MAY_RUN_PLACES, "run_places", {"nowhere", "groups", "all"}},
    {MAY_READ_GATEWAYS, "read_gateways", {"nowhere", "all", "all"}},
    {MAY_SET_UP_GATEWAYS, "set_up_gateways", {"nowhere", "nowhere", "all"}},
    {MAY_READ_KEPT, "read_kept", {"nowhere", "groups", "all"}},
    {MAY_RUN_KEPT, "run_kept", {"nowhere", "groups", "all"}},
    {MAY_SET_UP_WEBHOOKS, "set_up_webhooks", {"nowhere", "groups", "all"}},
    {MAY_FORGET, "forget", {"nowhere", "nowhere", "all"}},
    {MAY_READ_METRICS, "read_metrics", {"nowhere", "nowhere", "all"}},
    {MAY_RESTORE, "restore", {"nowhere", "nowhere", "all"}},
    {MAY_SWITCH_RULES, "switch_rules", {"nowhere", "nowhere", "all"}},
    {MAY_PLAY_REHEARSALS, "play_rehearsals", {"nowhere", "nowhere", "all"}},
    {MAY_SEE_SELF, "see_self", {"all", "all", "all"}},
    {MAY_READ_PEOPLE, "read_people", {"nowhere", "groups", "all"}},
    {MAY_RUN_PEOPLE, "run_people", {"nowhere", "groups", "all"}},
    {MAY_MAKE_TOKENS, "make_tokens", {"nowhere", "groups", "all"}},
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

/* A token that has scopes may what they name, where its member may, and nothing else. */
static void test_scopes(void **state)
{
    (void)state;
    struct member m = members[4];
    for (int a = MAY_ANYBODY + 1; a < ACTION_COUNT; a++) {
        m.scopes = 1U << SCOPE_METRICS;
        assert_int_equal(access_may_somewhere(&m, (enum action)a), a == MAY_READ_METRICS);
        assert_int_equal(access_may_everywhere(&m, (enum action)a), a == MAY_READ_METRICS);
    }
    m.scopes = 1U << SCOPE_SEND | 1U << SCOPE_INBOX;
    assert_true(access_may(&m, MAY_LAUNCH_CAMPAIGNS, SLICE_LIT("north")));
    assert_true(access_may(&m, MAY_ANSWER, SLICE_LIT("north")));
    assert_false(access_may(&m, MAY_SUPPRESS, SLICE_LIT("north")));
    assert_true(access_may(&m, MAY_ANYBODY, SLICE_LIT("north")));
    m = (struct member){"o", "Olive", ROLE_OWNER, .everywhere = true};
    m.scopes = 1U << SCOPE_REHEARSALS; /* of a worker: it reads, and changes nothing else */
    assert_true(access_may_everywhere(&m, MAY_PLAY_REHEARSALS));
    assert_true(access_may_everywhere(&m, MAY_SEE_NUMBERS));
    assert_false(access_may_somewhere(&m, MAY_LAUNCH_CAMPAIGNS));
    assert_false(access_may_somewhere(&m, MAY_MAKE_AUDIENCES));
    assert_false(access_may_somewhere(&m, MAY_READ_INBOX));
    m.role = ROLE_ORGANISER;
    assert_false(access_may_somewhere(&m, MAY_PLAY_REHEARSALS));
    m = members[0]; /* a volunteer of north: no scope makes more of them */
    m.scopes = (1U << SCOPE_COUNT) - 1;
    assert_false(access_may_somewhere(&m, MAY_LAUNCH_CAMPAIGNS));
    assert_true(access_may(&m, MAY_ANSWER, SLICE_LIT("north")));
    assert_false(access_may(&m, MAY_ANSWER, SLICE_LIT("south")));
    /* what changes people, restores or forgets is in none */
    static const enum action never[] = {MAY_RUN_PEOPLE,    MAY_MAKE_TOKENS,     MAY_RESTORE,
                                        MAY_FORGET,        MAY_SET_UP_GATEWAYS, MAY_SEE_SELF,
                                        MAY_LEND_AUDIENCES};
    m = members[4];
    m.scopes = (1U << SCOPE_COUNT) - 1;
    for (size_t i = 0; i < COUNT_OF(never); i++)
        assert_false(access_may_somewhere(&m, never[i]));
}

/* Nobody lets in above their own role, or where they do not belong. */
static void test_who_may_run_whom(void **state)
{
    (void)state;
    static const char *const south[] = {"south"};
    const struct group_set in_north = {false, one, 1}, in_both = {false, two, 2},
                           in_south = {false, south, 1}, all = {true, NULL, 0}, none = {0};
    const struct member *vic = &members[0], *omar = &members[2], *olga = &members[3],
                        *olive = &members[4], *nora = &members[7];
    assert_false(access_may_run(vic, ROLE_VOLUNTEER, &in_north));
    assert_true(access_may_run(omar, ROLE_VOLUNTEER, &in_north));
    assert_true(access_may_run(omar, ROLE_ORGANISER, &in_north));
    assert_false(access_may_run(omar, ROLE_OWNER, &in_north));
    assert_false(access_may_run(omar, ROLE_VOLUNTEER, &in_south));
    assert_false(access_may_run(omar, ROLE_VOLUNTEER, &in_both));
    assert_false(access_may_run(omar, ROLE_VOLUNTEER, &all));
    assert_false(access_may_run(omar, ROLE_VOLUNTEER, &none));
    assert_true(access_may_run(olga, ROLE_ORGANISER, &in_both));
    assert_true(access_may_run(nora, ROLE_ORGANISER, &all));
    assert_false(access_may_run(nora, ROLE_OWNER, &all));
    assert_true(access_may_run(olive, ROLE_OWNER, &all));
}

/* One that outlives what it was made from. */
static void test_a_copy_of_a_member(void **state)
{
    (void)state;
    char name[] = "Olga", *groups[] = {strdup("north"), strdup("south")};
    struct member m = {"4", name, ROLE_ORGANISER, false, (const char *const *)groups, 2, 0, 0, 3};
    struct member *copy = member_copy(&m, NULL);
    name[0] = 'X';
    free(groups[0]);
    free(groups[1]);
    assert_string_equal(copy->name, "Olga");
    assert_string_equal(copy->id, "4");
    assert_string_equal(copy->groups[1], "south");
    assert_int_equal(copy->group_count, 2);
    assert_int_equal(copy->scopes, 3);
    free(copy);
}

/* What is lent may be read and answered, and nothing else. */
static void test_an_inbox_that_is_lent(void **state)
{
    (void)state;
    static const char *const own[] = {"north"}, *const lent[] = {"south"};
    const struct member m = {"4", "Olga", ROLE_ORGANISER, false, own, 1, 0, 0, 0};
    struct member *copy = member_copy(&m, &(struct member_lent){.inboxes = lent, .inbox_count = 1});
    for (int a = MAY_ANYBODY + 1; a < ACTION_COUNT; a++) {
        bool allowed = a == MAY_READ_INBOX || a == MAY_ANSWER ||
                       access_reach(ROLE_ORGANISER, (enum action)a) == REACH_ALL;
        if (access_may(copy, (enum action)a, SLICE_LIT("south")) != allowed)
            fail_msg("%s", action_to_string((enum action)a));
    }
    assert_false(access_may(&m, MAY_ANSWER, SLICE_LIT("south")));
    free(copy);
    const char *many[MEMBER_GROUPS_MAX];
    for (size_t i = 0; i < MEMBER_GROUPS_MAX; i++)
        many[i] = "east";
    copy =
        member_copy(&m, &(struct member_lent){.inboxes = many, .inbox_count = MEMBER_GROUPS_MAX});
    assert_int_equal(copy->lent_count, MEMBER_GROUPS_MAX - 1);
    free(copy);
}

/* Of a list that is lent the campaigns are launched, looked at and run, and its people answered; and nothing else. */
static void test_a_list_that_is_lent(void **state)
{
    (void)state;
    static const char *const own[] = {"north"}, *const loans[] = {"@5"}, *const lent[] = {"south"};
    const struct member_lent more = {loans, lent, 1, 1};
    for (int role = ROLE_VOLUNTEER; role <= ROLE_ORGANISER; role++) {
        const struct member m = {"4", "Olga", (enum role)role, false, own, 1, 0, 0, 0};
        struct member *copy = member_copy(&m, &more);
        for (int a = MAY_ANYBODY + 1; a < ACTION_COUNT; a++) {
            bool runs =
                a == MAY_LAUNCH_CAMPAIGNS || a == MAY_READ_CAMPAIGNS || a == MAY_RUN_CAMPAIGNS;
            bool answers = a == MAY_READ_INBOX || a == MAY_ANSWER;
            enum reach reach = access_reach((enum role)role, (enum action)a);
            bool allowed = reach == REACH_ALL || answers || (runs && role == ROLE_ORGANISER);
            if (access_may(copy, (enum action)a, SLICE_LIT("@5")) != allowed)
                fail_msg("%s, of the loan", action_to_string((enum action)a));
            if (access_may(copy, (enum action)a, SLICE_LIT("south")) !=
                (reach == REACH_ALL || answers))
                fail_msg("%s, of the inbox", action_to_string((enum action)a));
            assert_false(access_may(&m, (enum action)a, SLICE_LIT("@5")) && reach != REACH_ALL);
        }
        free(copy);
    }
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
        cmocka_unit_test(test_the_whole_table),        cmocka_unit_test(test_scopes),
        cmocka_unit_test(test_who_may_run_whom),       cmocka_unit_test(test_a_copy_of_a_member),
        cmocka_unit_test(test_an_inbox_that_is_lent),  cmocka_unit_test(test_a_list_that_is_lent),
        cmocka_unit_test(test_groups_are_whole_names), cmocka_unit_test(test_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
