/* Members, tokens, sessions and codes against a real Redis: what a change does to the copy of this
 * process and of another one, and who wins. Each test has a key prefix of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "redis_group.h"
#include "store/audit.h"
#include "store/direct.h"
#include "store/forget.h"
#include "store/group.h"
#include "store/restore.h"
#include "store/staff.h"

#define NOW_MS  INT64_C(1700000000000)
#define HOUR_MS INT64_C(3600000)
#define OLIVE   SLICE_LIT("Olive")

static struct {
    int results, won; /* how many callbacks came; with 0 */
    int result;
    char member[64], text[1024];
    int64_t number;
    struct staff_taken_over taken;
} got;

static struct staff *staff, *other; /* this process, and another one */

static void on_done(void *arg, int result, struct slice member, const struct err *e)
{
    (void)arg;
    got.results++;
    got.won += result == 0;
    got.result = result;
    if (member.p) (void)snprintf(got.member, sizeof got.member, "%.*s", SLICE_ARG(member));
    (void)snprintf(got.text, sizeof got.text, "%s", result < 0 && e ? e->text : "");
}

static void wait_for(int results)
{
    while (got.results < results)
        loop_turn(loop, -1);
    got.results = 0;
}

#define DO(...)                                                                                    \
    do {                                                                                           \
        __VA_ARGS__;                                                                               \
        wait_for(1);                                                                               \
    } while (0)

static const char *const leeds[] = {"leeds"};
static const struct staff_groups in_leeds = {leeds, 1, false};

static struct staff_invitation invitation(const char *code, const char *name)
{
    return (struct staff_invitation){.code = slice_of(code),
                                     .name = slice_of(name),
                                     .role = ROLE_VOLUNTEER,
                                     .groups = in_leeds,
                                     .until_ms = NOW_MS + STAFF_INVITED_MS};
}

static struct staff_visit visit(const char *session)
{
    return (struct staff_visit){.session = slice_of(session),
                                .until_ms = NOW_MS + 7 * 24 * HOUR_MS,
                                .device = SLICE_LIT("Chrome on Android"),
                                .address = SLICE_LIT("192.0.2.x")};
}

/* A member who is in, by invitation; their session has the name of their code. */
static const char *member(const char *name, const char *code)
{
    static char id[64];
    const struct staff_invitation i = invitation(code, name);
    const struct staff_visit v = visit(code);
    DO(staff_invite(staff, &i, deed_of(OLIVE, NOW_MS), on_done, NULL));
    assert_int_equal(got.result, 0);
    DO(staff_use(staff, slice_of(code), &v, SLICE_NONE, 0, NOW_MS, on_done, NULL));
    assert_int_equal(got.result, 0);
    (void)snprintf(id, sizeof id, "%s", got.member);
    return id;
}

static const struct staff_member *named(const struct staff *s, const char *name)
{
    return roster_named(staff_roster(s), slice_of(name));
}

static const struct staff_session *session(const struct staff *s, const char *id)
{
    return roster_session(staff_roster(s), slice_of(id));
}

/* ---- invitations ---- */

static void test_an_invitation_lets_one_in_once(void **state)
{
    (void)state;
    const struct staff_invitation i = invitation("code", "Sam"), again = invitation("more", "Sam");
    const struct staff_visit v = visit("s1");
    DO(staff_invite(staff, &i, deed_of(OLIVE, NOW_MS), on_done, NULL));
    assert_int_equal(got.result, 0);
    assert_int_equal(named(staff, "Sam")->state, STAFF_INVITED); /* here when it is told */
    assert_false(staff_is_in(named(staff, "Sam"), NOW_MS));
    DO(staff_invite(staff, &again, deed_of(OLIVE, NOW_MS), on_done, NULL));
    assert_int_equal(got.result, ERR_EXISTS);
    DO(staff_use(staff, SLICE_LIT("code"), &v, SLICE_NONE, 0, NOW_MS, on_done, NULL));
    assert_int_equal(got.result, 0);
    const struct staff_member *sam = named(staff, "Sam");
    assert_true(staff_is_in(sam, NOW_MS));
    assert_string_equal(sam->is.id, got.member);
    assert_string_equal(sam->by, "Olive");
    assert_int_equal(sam->is.role, ROLE_VOLUNTEER);
    assert_string_equal(sam->is.groups[0], "leeds");
    assert_string_equal(session(staff, "s1")->member, sam->is.id);
    assert_string_equal(session(staff, "s1")->device, "Chrome on Android");
    DO(staff_use(staff, SLICE_LIT("code"), &v, SLICE_NONE, 0, NOW_MS, on_done, NULL));
    assert_int_equal(got.result, ERR_NOT_FOUND);
    while (!session(other, "s1"))
        loop_turn(loop, -1);
}

static void test_of_many_at_once_one_wins(void **state)
{
    (void)state;
    enum { MANY = 40 };
    const struct staff_invitation i = invitation("code", "Sam");
    char sessions[MANY][8];
    DO(staff_invite(staff, &i, deed_of(OLIVE, NOW_MS), on_done, NULL));
    got.won = 0;
    for (int k = 0; k < MANY; k++) {
        (void)snprintf(sessions[k], sizeof sessions[k], "s%d", k);
        const struct staff_visit v = visit(sessions[k]);
        staff_use(k % 2 ? staff : other, SLICE_LIT("code"), &v, SLICE_NONE, 0, NOW_MS, on_done,
                  NULL);
    }
    wait_for(MANY);
    assert_int_equal(got.won, 1);
    while (roster_count(staff_roster(staff), ROSTER_SESSIONS) == 0)
        loop_turn(loop, -1);
    assert_int_equal(roster_count(staff_roster(staff), ROSTER_SESSIONS), 1);
}

static void test_an_invitation_ends(void **state)
{
    (void)state;
    const struct staff_invitation i = invitation("code", "Sam");
    const struct staff_visit v = visit("s1");
    DO(staff_invite(staff, &i, deed_of(OLIVE, NOW_MS), on_done, NULL));
    DO(staff_use(staff, SLICE_LIT("code"), &v, SLICE_NONE, 0, NOW_MS + STAFF_INVITED_MS, on_done,
                 NULL));
    assert_int_equal(got.result, ERR_NOT_FOUND);
}

/* ---- who is out is out ---- */

static void test_revoked_is_out_everywhere(void **state)
{
    (void)state;
    const char *id = member("Sam", "c1");
    const struct staff_new_token t = {slice_of(id), SLICE_LIT("hash"), SLICE_LIT("script"),
                                      SLICE_LIT("read"), 0};
    DO(staff_add_token(staff, &t, deed_of(OLIVE, NOW_MS), on_done, NULL));
    assert_int_equal(got.result, 0);
    DO(staff_set_number(staff, slice_of(id), 447700900123, deed_of(OLIVE, NOW_MS), on_done, NULL));
    assert_int_equal(got.result, 0);
    while (!session(other, "c1") || !roster_token(staff_roster(other), SLICE_LIT("hash")))
        loop_turn(loop, -1);
    DO(staff_revoke(staff, slice_of(id), deed_of(OLIVE, NOW_MS), on_done, NULL));
    const struct staff_member *sam = named(staff, "Sam");
    assert_int_equal(sam->state, STAFF_OUT);
    assert_string_equal(sam->out_by, "Olive");
    assert_int_equal(sam->number, 0);
    assert_null(session(staff, "c1"));
    while (session(other, "c1") || roster_token(staff_roster(other), SLICE_LIT("hash")) ||
           named(other, "Sam")->state != STAFF_OUT)
        loop_turn(loop, -1);
    DO(staff_revoke(staff, slice_of(id), deed_of(OLIVE, NOW_MS), on_done, NULL));
    assert_int_equal(got.result, ERR_NOT_FOUND);
    DO(staff_add_token(staff, &t, deed_of(OLIVE, NOW_MS), on_done, NULL));
    assert_int_equal(got.result, ERR_NOT_FOUND);
    const struct staff_invitation again = invitation("c2", "Sam"); /* nobody takes their name */
    DO(staff_invite(staff, &again, deed_of(OLIVE, NOW_MS), on_done, NULL));
    assert_int_equal(got.result, ERR_EXISTS);
}

static void test_who_has_not_come_in_has_no_tokens(void **state)
{
    (void)state;
    const struct staff_invitation i = invitation("c1", "Sam");
    DO(staff_invite(staff, &i, deed_of(OLIVE, NOW_MS), on_done, NULL));
    char sam[64];
    (void)snprintf(sam, sizeof sam, "%s", got.member);
    const struct staff_new_token t = {slice_of(sam), SLICE_LIT("hash"), SLICE_LIT("script"),
                                      SLICE_LIT("read"), 0};
    DO(staff_add_token(staff, &t, deed_of(OLIVE, NOW_MS), on_done, NULL));
    assert_int_equal(got.result, ERR_NOT_FOUND);
    assert_non_null(strstr(got.text, "have not come in yet"));
}

static void test_sessions_are_ended_one_by_one(void **state)
{
    (void)state;
    const char *id = member("Sam", "c1");
    char more[16][8];
    for (int i = 0; i < 16; i++) {
        (void)snprintf(more[i], sizeof more[i], "m%d", i);
        const struct staff_visit v = visit(more[i]);
        DO(staff_begin_session(staff, slice_of(id), &v, NOW_MS + i, on_done, NULL));
    }
    assert_int_equal(roster_count(staff_roster(staff), ROSTER_SESSIONS), 10); /* the newest */
    assert_null(session(staff, "c1"));
    DO(staff_end_session(staff, slice_of(id), SLICE_LIT("m15"), deed_of(OLIVE, NOW_MS), on_done,
                         NULL));
    assert_int_equal(got.result, 0);
    assert_null(session(staff, "m15"));
    DO(staff_end_session(staff, SLICE_LIT("999"), SLICE_LIT("m14"), deed_of(OLIVE, NOW_MS), on_done,
                         NULL));
    assert_int_equal(got.result, ERR_NOT_FOUND); /* that member has no such one */
    DO(staff_end_sessions(staff, slice_of(id), SLICE_LIT("m14"), deed_of(OLIVE, NOW_MS), on_done,
                          NULL));
    assert_int_equal(roster_count(staff_roster(staff), ROSTER_SESSIONS), 1);
    assert_non_null(session(staff, "m14"));
}

static void test_moved_and_numbers(void **state)
{
    (void)state;
    static const char *const two[] = {"leeds", "york"};
    const struct staff_groups both = {two, 2, false};
    char sam[64];
    (void)snprintf(sam, sizeof sam, "%s", member("Sam", "c1"));
    DO(staff_move(staff, slice_of(sam), ROLE_ORGANISER, &both, deed_of(OLIVE, NOW_MS), on_done,
                  NULL));
    assert_int_equal(named(staff, "Sam")->is.role, ROLE_ORGANISER);
    assert_int_equal(named(staff, "Sam")->is.group_count, 2);
    assert_string_equal(named(staff, "Sam")->is.groups[1], "york");
    DO(staff_set_number(staff, slice_of(sam), 447700900123, deed_of(OLIVE, NOW_MS), on_done, NULL));
    const char *ann = member("Ann", "c2");
    DO(staff_set_number(staff, slice_of(ann), 447700900123, deed_of(OLIVE, NOW_MS), on_done, NULL));
    assert_int_equal(got.result, ERR_EXISTS);
    DO(staff_set_number(staff, slice_of(sam), 0, deed_of(OLIVE, NOW_MS), on_done, NULL));
    DO(staff_set_number(staff, slice_of(ann), 447700900123, deed_of(OLIVE, NOW_MS), on_done, NULL));
    assert_int_equal(got.result, 0);
    assert_int_equal(named(staff, "Ann")->number, 447700900123);
}

static int ask_login(const char *who, const char *address, const char *code);

static void on_forgotten(void *arg, int result, const struct forgotten *f, const struct err *e)
{
    (void)f;
    on_done(arg, result, SLICE_NONE, e);
}

/* A member whose own number is forgotten goes on without it. */
static void test_a_number_is_forgotten(void **state)
{
    (void)state;
    const char *id = member("Sam", "c1");
    DO(staff_set_number(staff, slice_of(id), 447700900123, deed_of(OLIVE, NOW_MS), on_done, NULL));
    DO(forget_person(store, SLICE_LIT("447700900123"), 447700900123,
                     deed_for(OLIVE, NOW_MS, SLICE_LIT("asked")), on_forgotten, NULL));
    assert_int_equal(got.result, 0);
    while (!named(other, "Sam") || named(other, "Sam")->number != 0)
        loop_turn(loop, -1);
    assert_true(staff_is_in(named(other, "Sam"), NOW_MS));
    assert_int_equal(ask_login("447700900123", "a", "l1"), ERR_REFUSED);
}

/* ---- people of the file ---- */

static void on_taken(void *arg, int result, const struct staff_taken_over *t, const struct err *e)
{
    got.taken = *t;
    on_done(arg, result, SLICE_NONE, e);
}

static void take_over(const char *token)
{
    const struct staff_person people[] = {
        {"Vic", ROLE_VOLUNTEER, leeds, 1, false, slice_of(token)},
        {"Org", ROLE_OWNER, NULL, 0, true, SLICE_LIT("of Org")},
    };
    DO(staff_take_over(staff, people, COUNT_OF(people), NOW_MS, on_taken, NULL));
}

static void test_people_of_the_file_are_taken_over_once(void **state)
{
    (void)state;
    take_over("of Vic");
    assert_int_equal(got.taken.taken, 2);
    const struct staff_member *vic = named(staff, "Vic");
    assert_true(staff_is_in(vic, NOW_MS));
    assert_true(named(staff, "Org")->is.everywhere);
    assert_string_equal(roster_token(staff_roster(staff), SLICE_LIT("of Vic"))->member, vic->is.id);
    take_over("of Vic"); /* another start */
    assert_int_equal(got.taken.taken + got.taken.renewed, 0);
    take_over("another");
    assert_int_equal(got.taken.renewed, 1);
    assert_null(roster_token(staff_roster(staff), SLICE_LIT("of Vic")));
    assert_non_null(roster_token(staff_roster(staff), SLICE_LIT("another")));
    /* who was revoked stays out, whatever the file says later */
    DO(staff_revoke(staff, slice_of(named(staff, "Vic")->is.id), deed_of(OLIVE, NOW_MS), on_done,
                    NULL));
    take_over("a third");
    assert_int_equal(got.taken.taken + got.taken.renewed, 0);
    assert_null(roster_token(staff_roster(staff), SLICE_LIT("a third")));
    assert_int_equal(named(staff, "Vic")->state, STAFF_OUT);
}

static void test_a_name_of_the_store_is_not_taken_by_the_file(void **state)
{
    (void)state;
    (void)member("Vic", "c1");
    take_over("of Vic");
    assert_int_equal(got.taken.taken, 1);
    assert_int_equal(got.taken.clash, 1);
    assert_null(roster_token(staff_roster(staff), SLICE_LIT("of Vic")));
}

/* ---- a link by text ---- */

static void on_login(void *arg, int result, uint32_t index)
{
    got.number = index;
    on_done(arg, result, SLICE_NONE, NULL);
}

static int ask_login(const char *who, const char *address, const char *code)
{
    const struct staff_login l = {.code = slice_of(code),
                                  .who = slice_of(who),
                                  .address = slice_of(address),
                                  .text = SLICE_LIT("the link"),
                                  .gateway = SLICE_LIT("main"),
                                  .sender = SLICE_LIT("+447700900999")};
    DO(staff_ask_login(staff, &l, NOW_MS, on_login, NULL));
    return got.result;
}

static void on_direct(void *arg, int result, const struct direct_message *m, const struct err *e)
{
    (void)snprintf(got.text, sizeof got.text, "%llu %s %.*s", (unsigned long long)m->to,
                   direct_kind_to_string(m->kind), SLICE_ARG(m->text));
    char text[sizeof got.text];
    memcpy(text, got.text, sizeof text);
    on_done(arg, result, SLICE_NONE, e);
    memcpy(got.text, text, sizeof text);
}

static void test_a_link_by_text(void **state)
{
    (void)state;
    const char *id = member("Sam", "c1");
    const struct staff_visit v = visit("by text");
    assert_int_equal(ask_login("447700900123", "a", "l0"), ERR_REFUSED); /* no number is saved */
    assert_int_equal(ask_login("Sam", "a", "l0"), ERR_REFUSED);
    DO(staff_set_number(staff, slice_of(id), 447700900123, deed_of(OLIVE, NOW_MS), on_done, NULL));
    assert_int_equal(ask_login("447700900123", "a", "l1"), 0);
    DO(direct_load(store, (uint32_t)got.number, on_direct, NULL));
    assert_string_equal(got.text, "447700900123 login the link");
    assert_int_equal(ask_login("Sam", "a", "l2"),
                     0); /* the name does, and the newest code counts */
    DO(staff_use(staff, SLICE_LIT("l1"), &v, SLICE_NONE, 0, NOW_MS, on_done, NULL));
    assert_int_equal(got.result, ERR_NOT_FOUND);
    DO(staff_use(staff, SLICE_LIT("l2"), &v, SLICE_NONE, 0, NOW_MS + STAFF_LOGIN_MS, on_done,
                 NULL));
    assert_int_equal(got.result, ERR_NOT_FOUND); /* a quarter of an hour is over */
    DO(staff_use(staff, SLICE_LIT("l2"), &v, SLICE_NONE, 0, NOW_MS + STAFF_LOGIN_MS - 1, on_done,
                 NULL));
    assert_int_equal(got.result, 0);
    assert_non_null(session(staff, "by text"));
}

static void test_tries_have_bounds(void **state)
{
    (void)state;
    const char *id = member("Sam", "c1");
    char address[16], code[16];
    DO(staff_set_number(staff, slice_of(id), 447700900123, deed_of(OLIVE, NOW_MS), on_done, NULL));
    int sent = 0;
    for (int i = 0; i < 20; i++) { /* of one person, from everywhere */
        (void)snprintf(address, sizeof address, "a%d", i);
        (void)snprintf(code, sizeof code, "l%d", i);
        sent += ask_login("Sam", address, code) == 0;
    }
    assert_int_equal(sent, 3);
    for (int i = 0; i < 10; i++) /* from one address, of nobody; then of anybody */
        assert_int_equal(ask_login("Nobody", "here", "n"), ERR_REFUSED);
    const char *ann = member("Ann", "c2");
    DO(staff_set_number(staff, slice_of(ann), 447700900124, deed_of(OLIVE, NOW_MS), on_done, NULL));
    assert_int_equal(ask_login("Ann", "here", "n"), ERR_REFUSED);
    assert_int_equal(ask_login("Ann", "there", "n"), 0);
}

/* ---- shifts ---- */

static struct staff_shift shift_of(int max, bool approve)
{
    return (struct staff_shift){.code = SLICE_LIT("shift"),
                                .group = SLICE_LIT("leeds"),
                                .until_ms = NOW_MS + 4 * HOUR_MS,
                                .max = max,
                                .approve = approve};
}

static int come(const char *name, const char *session_id, int64_t now_ms)
{
    const struct staff_visit v = visit(session_id);
    DO(staff_use(staff, SLICE_LIT("shift"), &v, slice_of(name), 0, now_ms, on_done, NULL));
    return got.result;
}

static void test_a_shift(void **state)
{
    (void)state;
    const struct staff_shift shift = shift_of(3, true);
    DO(staff_add_shift(staff, &shift, deed_of(OLIVE, NOW_MS), on_done, NULL));
    assert_int_equal(got.result, 0);
    assert_int_equal(come("Ann", "s1", NOW_MS), 0);
    assert_int_equal(named(staff, "Ann")->state, STAFF_WAITING);
    assert_int_equal(named(staff, "Ann")->until_ms, NOW_MS + 4 * HOUR_MS);
    assert_int_equal(session(staff, "s1")->until_ms, NOW_MS + 4 * HOUR_MS);
    assert_int_equal(come("Ann", "s2", NOW_MS), ERR_EXISTS);
    assert_int_equal(come("Ben", "s2", NOW_MS), 0);
    assert_int_equal(come("Cy", "s3", NOW_MS), 0);
    assert_int_equal(come("Dee", "s4", NOW_MS), ERR_CONFLICT);
    const char *id = named(staff, "Ann")->is.id;
    DO(staff_approve(staff, slice_of(id), deed_of(OLIVE, NOW_MS), on_done, NULL));
    assert_true(staff_is_in(named(staff, "Ann"), NOW_MS + 4 * HOUR_MS - 1));
    assert_false(staff_is_in(named(staff, "Ann"), NOW_MS + 4 * HOUR_MS)); /* nobody has to do it */
    assert_int_equal(come("Eve", "s5", NOW_MS + 4 * HOUR_MS), ERR_NOT_FOUND);
}

static void test_a_flood_at_a_shift_s_link(void **state)
{
    (void)state;
    enum { MANY = 200 };
    const struct staff_shift shift = shift_of(50, false);
    char names[MANY][16];
    DO(staff_add_shift(staff, &shift, deed_of(OLIVE, NOW_MS), on_done, NULL));
    got.won = 0;
    for (int i = 0; i < MANY; i++) {
        (void)snprintf(names[i], sizeof names[i], "Ann %d", i);
        const struct staff_visit v = visit(names[i]);
        staff_use(i % 2 ? staff : other, SLICE_LIT("shift"), &v, slice_of(names[i]), 0, NOW_MS,
                  on_done, NULL);
    }
    wait_for(MANY);
    assert_int_equal(got.won, 50);
    assert_int_equal(roster_count(staff_roster(staff), ROSTER_MEMBERS), 50);
    DO(staff_end_shift(staff, SLICE_LIT("shift"), true, deed_of(OLIVE, NOW_MS), on_done, NULL));
    assert_int_equal(got.result, 0);
    assert_int_equal(roster_count(staff_roster(staff), ROSTER_SESSIONS), 0);
    assert_int_equal(come("Zed", "s", NOW_MS), ERR_NOT_FOUND);
}

/* ---- Redis away ---- */

static void test_while_redis_is_away(void **state)
{
    (void)state;
    const char *id = member("Sam", "c1");
    redis_fixture_kill(server);
    while (redis_is_connected(redis))
        loop_turn(loop, -1);
    DO(staff_revoke(staff, slice_of(id), deed_of(OLIVE, NOW_MS), on_done, NULL));
    assert_int_equal(got.result, ERR_UNREACHABLE);
    assert_true(staff_is_in(named(staff, "Sam"), NOW_MS)); /* who is signed in stays so */
    assert_non_null(session(staff, "c1"));
    redis_fixture_restart(server);
    while (!redis_is_connected(redis))
        loop_turn(loop, -1);
    DO(staff_revoke(staff, slice_of(id), deed_of(OLIVE, NOW_MS), on_done, NULL));
    assert_int_equal(named(staff, "Sam")->state, STAFF_OUT);
}

/* ---- what is over ---- */

static void on_swept(void *arg, const struct redisReply *reply)
{
    (void)arg;
    got.number = redis_int(reply, -1);
    got.results++;
}

static int64_t count_of(const char *what)
{
    DO(redis_commandf(redis, on_swept, NULL, "%s %sstaff:%s",
                      strcmp(what, "until") == 0 ? "ZCARD" : "HLEN", prefix, what));
    return got.number;
}

static void on_over(void *arg, int result, const struct err *e)
{
    on_done(arg, result, SLICE_NONE, e);
}

static void sweep(int64_t now_ms)
{
    DO(staff_sweep(staff, now_ms, on_over, NULL));
    assert_int_equal(got.result, 0);
}

/* All that has an end is gone a month after it. */
static void test_what_is_over_goes(void **state)
{
    (void)state;
    const struct staff_shift shift = shift_of(3, false);
    const struct staff_invitation never = invitation("c0", "Never");
    DO(staff_invite(staff, &never, deed_of(OLIVE, NOW_MS), on_done, NULL));
    DO(staff_add_shift(staff, &shift, deed_of(OLIVE, NOW_MS), on_done, NULL));
    assert_int_equal(come("Ann", "s1", NOW_MS), 0);
    sweep(NOW_MS + 4 * HOUR_MS);
    assert_int_equal(named(staff, "Ann")->state, STAFF_OUT);
    assert_null(session(staff, "s1"));
    sweep(NOW_MS + 40 * 24 * HOUR_MS);
    assert_null(named(staff, "Ann"));
    assert_null(named(staff, "Never"));
    static const char *const hashes[] = {"members", "codes",   "sessions",
                                         "names",   "code_of", "until"};
    for (size_t i = 0; i < COUNT_OF(hashes); i++)
        if (count_of(hashes[i]) != 0) fail_msg("%s: %lld", hashes[i], (long long)got.number);
}

/* ---- what was taken away is told, and taken away again ---- */

enum { TOLD_MAX = 8 };
static struct {
    size_t n;
    uint64_t mark;
    int64_t began_ms[TOLD_MAX];
    char word[TOLD_MAX][96]; /* "moved 1 owner;1;" */
} told;

static void keep(void *arg, uint64_t mark, const struct told_word *list, size_t n, told_kept *kept,
                 void *kept_arg)
{
    (void)arg;
    for (size_t i = 0; i < n && told.n < TOLD_MAX; i++) {
        const struct told_taken *t = &list[i].taken;
        assert_int_equal(list[i].kind, TOLD_TAKEN);
        told.began_ms[told.n] = t->began_ms;
        (void)snprintf(told.word[told.n++], sizeof told.word[0], "%.*s %.*s %.*s",
                       SLICE_ARG(t->kind), SLICE_ARG(t->id), SLICE_ARG(t->more));
    }
    told.mark = mark;
    kept(kept_arg, 0);
}

static void test_what_is_taken_away_is_told(void **state)
{
    (void)state;
    store_on_told(store, keep, NULL);
    memset(&told, 0, sizeof told);
    const char *sam = member("Sam", "s1"); /* whose invitation is used up */
    assert_int_equal(told.n, 1);
    assert_string_equal(told.word[0], "code s1 ");
    assert_int_equal(told.mark, 1);
    DO(staff_move(staff, slice_of(sam), ROLE_ORGANISER, &in_leeds, deed_of(OLIVE, NOW_MS), on_done,
                  NULL));
    DO(staff_set_number(staff, slice_of(sam), 0, deed_of(OLIVE, NOW_MS), on_done, NULL));
    DO(staff_revoke(staff, slice_of(sam), deed_of(OLIVE, NOW_MS), on_done, NULL));
    assert_int_equal(told.n, 5);
    assert_string_equal(told.word[1], "moved 1 organiser;;leeds");
    assert_string_equal(told.word[2], "number 1 ");
    assert_string_equal(told.word[3], "session s1 ");
    assert_string_equal(told.word[4], "member 1 ");
    assert_int_equal(told.began_ms[4], NOW_MS);
    assert_int_equal(told.mark, 4);
    DO(staff_revoke(staff, slice_of(sam), deed_of(OLIVE, NOW_MS), on_done,
                    NULL)); /* who is out already */
    assert_int_equal(told.n, 5);
    assert_int_equal(told.mark, 4);
}

static void on_again(void *arg, int result, int64_t count)
{
    (void)arg;
    assert_int_equal(result, 0);
    got.number = count;
    got.results++;
}

/* It is said to the store once more: whether that was still there. */
static bool again(const char *kind, const char *id, int64_t began_ms, const char *more,
                  uint64_t mark)
{
    const struct told_taken t = {
        .kind = slice_of(kind), .id = slice_of(id), .more = slice_of(more), .began_ms = began_ms};
    DO(restore_taken(store, &t, mark, NOW_MS, on_again, NULL));
    return got.number == 1;
}

static void wait_until_out(const char *name)
{
    while (named(staff, name)->state != STAFF_OUT)
        loop_turn(loop, -1);
}

static void test_what_was_taken_away_is_taken_again(void **state)
{
    (void)state;
    const char *sam = member("Sam", "s1");
    assert_true(again("moved", sam, NOW_MS, "owner;1;", 5));
    assert_false(again("moved", sam, NOW_MS, "volunteer;;leeds", 4)); /* the later word counts */
    assert_true(again("session", "s1", 0, "", 6));
    assert_false(again("session", "s1", 0, "", 6));
    /* Another member had that id, in what is lost. */
    assert_false(again("member", sam, NOW_MS - 1, "", 7));
    assert_true(again("member", sam, NOW_MS, "", 8));
    assert_false(again("member", sam, NOW_MS, "", 8));
    wait_until_out("Sam");
    assert_int_equal(named(staff, "Sam")->is.role, ROLE_OWNER);
    assert_null(session(staff, "s1"));
    assert_false(again("what a later Muster tells", sam, NOW_MS, "", 9));
}

static void on_group(void *arg, int result, const struct err *e)
{
    on_done(arg, result, SLICE_NONE, e);
}

/* Its words for STOP as the copy of this process has them, one behind the other. */
static const char *stop_words(const struct groups *g)
{
    static char text[128];
    const struct group_info *info = groups_find(g, SLICE_LIT("york"));
    size_t n = 0;
    text[0] = '\0';
    for (size_t i = 0; info && i < info->stop_word_count; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", i ? " " : "", info->stop_words[i]);
    return text;
}

static void say_words(struct groups *g, bool is_new, const struct slice *words, size_t n)
{
    const struct group_change change = {.name = SLICE_LIT("york"),
                                        .is_new = is_new,
                                        .stop_words = words,
                                        .stop_word_count = n,
                                        .stop_words_said = true};
    DO(groups_change(g, &change, deed_of(OLIVE, NOW_MS), on_group, NULL));
    assert_int_equal(got.result, 0);
}

static bool again_word(const char *word, const char *more, uint64_t mark)
{
    char id[64];
    (void)snprintf(id, sizeof id, "york\x1f%s", word);
    return again("word", id, NOW_MS, more, mark);
}

static void test_a_group_s_stop_words_come_back(void **state)
{
    (void)state;
    static const struct slice basta[] = {{"basta", 5}}, both[] = {{"enough", 6}, {"nope", 4}};
    struct groups *g = groups_new(loop, store);
    store_on_told(store, keep, NULL);
    memset(&told, 0, sizeof told);
    say_words(g, true, basta, 1);
    assert_int_equal(told.n, 1);
    assert_string_equal(told.word[0], "word york\x1f"
                                      "basta 1");
    assert_int_equal(told.began_ms[0], NOW_MS);
    say_words(g, false, both, 2);
    assert_int_equal(told.n, 4);
    assert_string_equal(told.word[3], "word york\x1f"
                                      "basta ");
    say_words(g, false, both, 2); /* the same again */
    assert_int_equal(told.n, 4);
    say_words(g, false, basta, 1); /* as in an older copy */
    assert_true(again_word("basta", "", 10));
    assert_true(again_word("enough", "1", 11));
    assert_false(again_word("enough", "", 9)); /* the later word counts */
    assert_false(again_word("enough", "1", 12));
    assert_false(
        again("word", "york\x1fnope", NOW_MS + 1, "1", 13));  /* another group of that name */
    assert_false(again("word", "leeds\x1fnope", 0, "1", 14)); /* there is none */
    while (strcmp(stop_words(g), "enough") != 0)
        loop_turn(loop, -1);
    groups_free(g);
}

/* ---- the trail ---- */

static void on_entries(void *arg, int result, const struct audit_entry *list, size_t n,
                       struct slice next, const struct err *e)
{
    (void)next;
    char text[sizeof got.text] = "";
    size_t at = 0;
    for (size_t i = n; i-- > 0;)
        at += (size_t)snprintf(text + at, sizeof text - at, "%.*s %.*s\n", SLICE_ARG(list[i].who),
                               SLICE_ARG(list[i].what));
    on_done(arg, result, SLICE_NONE, e);
    memcpy(got.text, text, sizeof text);
}

static void test_the_trail_tells_of_it(void **state)
{
    (void)state;
    const char *id = member("Sam", "c1");
    DO(staff_set_number(staff, slice_of(id), 447700900123, deed_of(OLIVE, NOW_MS), on_done, NULL));
    DO(staff_revoke(staff, slice_of(id), deed_of(OLIVE, NOW_MS), on_done, NULL));
    const struct audit_query all = {.groups = {.all = true}, .limit = 10};
    DO(audit_read(store, &all, on_entries, NULL));
    assert_string_equal(got.text, "Olive invited Sam as volunteer of leeds\n"
                                  "Sam joined by the invitation of Olive\n"
                                  "Olive saved a number of Sam\n" /* and not which */
                                  "Olive revoked Sam\n");
}

static void on_newest(void *arg, const struct redisReply *reply)
{
    const struct redisReply *fields = redis_at(redis_at(reply, 0), 1);
    (void)arg;
    (void)snprintf(got.text, sizeof got.text, "%.*s %.*s %.*s %.*s",
                   SLICE_ARG(redis_field(fields, "k")), SLICE_ARG(redis_field(fields, "g")),
                   SLICE_ARG(redis_field(fields, "w")), SLICE_ARG(redis_field(fields, "b")));
    got.results++;
}

static void test_who_watches_hears_of_it(void **state)
{
    (void)state;
    const char *id = member("Sam", "c1");
    DO(staff_set_number(staff, slice_of(id), 447700900123, deed_of(OLIVE, NOW_MS), on_done, NULL));
    DO(redis_commandf(redis, on_newest, NULL, "XREVRANGE %sevents + - COUNT 1", prefix));
    assert_string_equal(got.text, "member leeds changed Olive");
    DO(staff_revoke(staff, slice_of(id), deed_of(OLIVE, NOW_MS), on_done, NULL));
    DO(redis_commandf(redis, on_newest, NULL, "XREVRANGE %sevents + - COUNT 1", prefix));
    assert_string_equal(got.text, "member leeds out Olive");
}

static int set_up(void **state)
{
    (void)state;
    memset(&got, 0, sizeof got);
    group_begin();
    staff = staff_new(loop, store);
    other = staff_new(loop, store);
    while (!staff_is_read(staff) || !staff_is_read(other))
        loop_turn(loop, -1);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    staff_free(staff);
    staff_free(other);
    while (redis_pending(redis) > 0)
        loop_turn(loop, -1);
    group_end();
    return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_an_invitation_lets_one_in_once),
        TEST(test_of_many_at_once_one_wins),
        TEST(test_an_invitation_ends),
        TEST(test_revoked_is_out_everywhere),
        TEST(test_who_has_not_come_in_has_no_tokens),
        TEST(test_sessions_are_ended_one_by_one),
        TEST(test_moved_and_numbers),
        TEST(test_a_number_is_forgotten),
        TEST(test_people_of_the_file_are_taken_over_once),
        TEST(test_a_name_of_the_store_is_not_taken_by_the_file),
        TEST(test_a_link_by_text),
        TEST(test_tries_have_bounds),
        TEST(test_a_shift),
        TEST(test_a_flood_at_a_shift_s_link),
        TEST(test_what_is_over_goes),
        TEST(test_while_redis_is_away),
        TEST(test_what_is_taken_away_is_told),
        TEST(test_what_was_taken_away_is_taken_again),
        TEST(test_a_group_s_stop_words_come_back),
        TEST(test_the_trail_tells_of_it),
        TEST(test_who_watches_hears_of_it),
    };
    return redis_group_run("staff", tests, COUNT_OF(tests));
}
