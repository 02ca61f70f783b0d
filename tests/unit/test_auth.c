#include "web/auth.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "fake_http.h"

#define NOW_MS INT64_C(1700000000000)

static const char *const of_main[] = {"main"}, *const of_two[] = {"main", "north"};
static const struct auth_member members[] = {
    {"Sam", "sams-token-0123456789", ROLE_VOLUNTEER, of_main, 1, false},
    {"Zoë", "zoes-token-0123456789", ROLE_OWNER, NULL, 0, false},
    {"Ned", "neds-token-0123456789", ROLE_VOLUNTEER, of_two, 2, false},
    {"Nat", "nats-token-0123456789", ROLE_ORGANISER, NULL, 0, true},
};

static struct auth *make(const struct auth_member *list, size_t n, const char *secret)
{
    struct auth *a = NULL;
    struct err e;
    struct net_range proxies[2];
    assert_true(net_range_read(SLICE_LIT("127.0.0.1"), &proxies[0]));
    assert_true(net_range_read(SLICE_LIT("::1"), &proxies[1]));
    struct auth_config config = {
        .secret = secret, .members = list, .count = n, .proxies = proxies, .proxy_count = 2};
    assert_int_equal(auth_new(&config, &a, &e), 0);
    return a;
}

static struct auth *usual(void)
{
    return make(members, COUNT_OF(members), "a secret of the house");
}

static void take(struct auth *a, enum roster_kind kind, const char *id, const char *record)
{
    roster_take(auth_own_roster(a), kind, slice_of(id), slice_of(record));
}

/* A request with a session that began for a member. The secret is kept in `cookie`, the id in `id`. */
static struct http_request with_session(struct auth *a, const char *member, char *cookie, char *id)
{
    char record[160];
    auth_make_secret(cookie);
    auth_hash(a, AUTH_SESSION, slice_of(cookie), id);
    (void)snprintf(record, sizeof record, "{\"member\":\"%s\",\"until\":%lld}", member,
                   (long long)(NOW_MS + AUTH_SESSION_S * INT64_C(1000)));
    take(a, ROSTER_SESSIONS, id, record);
    return (struct http_request){.cookies = {{"muster_session", cookie}}};
}

/* What is kept of a request lets in whom the request itself lets in, and nobody else. */
static enum auth_verdict at(struct auth *a, const struct http_request *q, int64_t now_ms)
{
    const struct member *p = NULL;
    struct auth_pass pass;
    auth_pass_of(a, q, &pass);
    const struct member *by_pass = auth_pass_member(a, &pass, now_ms);
    enum auth_verdict v = auth_check(a, q, now_ms, &p);
    assert_ptr_equal(by_pass, v == AUTH_OK ? p : NULL);
    return v;
}

static void test_unix_is_local(void **state)
{
    (void)state;
    struct auth *a = usual();
    const struct member *p = NULL;
    struct http_request q = {.is_unix = true};
    assert_int_equal(at(a, &q, NOW_MS), AUTH_OK);
    assert_int_equal(auth_check(a, &q, NOW_MS, &p), AUTH_OK);
    assert_string_equal(p->name, "local");
    assert_int_equal(p->role, ROLE_OWNER);
    assert_true(auth_csrf_ok(a, &q, SLICE_NONE));
    auth_free(a);
}

static void test_tokens(void **state)
{
    (void)state;
    struct auth *a = usual();
    const struct member *p = NULL;
    struct http_request q = {.headers = {{"Authorization", "Bearer sams-token-0123456789"}}};
    assert_int_equal(auth_check(a, &q, NOW_MS, &p), AUTH_OK);
    assert_string_equal(p->name, "Sam");
    assert_int_equal(p->group_count, 1);
    assert_string_equal(p->groups[0], "main");
    assert_int_equal(p->role, ROLE_VOLUNTEER);
    assert_true(auth_csrf_ok(a, &q, SLICE_NONE));
    static const char *const wrong[] = {"Bearer sams-token-012345678", "Bearer ", "Bearer",
                                        "Basic c2FtOng=", "sams-token-0123456789"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct http_request w = {.headers = {{"Authorization", wrong[i]}}};
        assert_int_equal(at(a, &w, NOW_MS), AUTH_WRONG);
    }
    struct http_request none = {0};
    assert_int_equal(at(a, &none, NOW_MS), AUTH_ABSENT);
    auth_free(a);
}

static const struct member *by_token(struct auth *a, const char *bearer)
{
    const struct member *p = NULL;
    struct http_request q = {.headers = {{"Authorization", bearer}}};
    assert_int_equal(auth_check(a, &q, NOW_MS, &p), AUTH_OK);
    return p;
}

static void test_groups_of_members(void **state)
{
    (void)state;
    struct auth *a = usual();
    const struct member *ned = by_token(a, "Bearer neds-token-0123456789");
    assert_int_equal(ned->group_count, 2);
    assert_string_equal(ned->groups[1], "north");
    assert_false(ned->everywhere);
    assert_true(by_token(a, "Bearer nats-token-0123456789")->everywhere);
    assert_true(by_token(a, "Bearer zoes-token-0123456789")->everywhere); /* an owner */
    assert_string_equal(ned->id, "Ned");
    auth_free(a);
}

static void test_session_lasts_and_ends(void **state)
{
    (void)state;
    struct auth *a = usual();
    const struct member *p = NULL;
    char cookie[AUTH_SECRET_BYTES], id[AUTH_ID_BYTES];
    struct http_request q = with_session(a, "Zoë", cookie, id);
    assert_int_equal(auth_check(a, &q, NOW_MS + 1000, &p), AUTH_OK);
    assert_string_equal(p->name, "Zoë");
    assert_int_equal(at(a, &q, NOW_MS + AUTH_SESSION_S * INT64_C(1000) - 1), AUTH_OK);
    assert_int_equal(at(a, &q, NOW_MS + AUTH_SESSION_S * INT64_C(1000)), AUTH_ABSENT);
    struct auth *other = make(members, COUNT_OF(members), "a secret of another");
    assert_int_equal(at(other, &q, NOW_MS), AUTH_ABSENT);
    auth_free(other);
    roster_take(auth_own_roster(a), ROSTER_SESSIONS, slice_of(id), SLICE_NONE); /* it was ended */
    assert_int_equal(at(a, &q, NOW_MS), AUTH_ABSENT);
    auth_free(a);
}

/* What the roster says of a member counts at once, for sessions and tokens alike. */
static void test_who_is_out_is_out(void **state)
{
    (void)state;
    static const struct {
        const char *record;
        enum auth_verdict session, token;
    } cases[] = {
        {"{\"name\":\"Zoë\",\"role\":\"owner\",\"state\":\"in\"}", AUTH_OK, AUTH_OK},
        {"{\"name\":\"Zoë\",\"role\":\"owner\",\"state\":\"out\"}", AUTH_ABSENT, AUTH_WRONG},
        {"{\"name\":\"Zoë\",\"role\":\"owner\",\"state\":\"invited\"}", AUTH_ABSENT, AUTH_WRONG},
        {"{\"name\":\"Zoë\",\"role\":\"volunteer\",\"groups\":\"main\",\"state\":\"in\",\"until\":"
         "1700000000001}",
         AUTH_OK, AUTH_OK},
        {"{\"name\":\"Zoë\",\"role\":\"volunteer\",\"groups\":\"main\",\"state\":\"in\",\"until\":"
         "1700000000000}",
         AUTH_ABSENT, AUTH_WRONG},
        {"{\"name\":\"Zoë\",\"role\":\"volunteer\",\"groups\":\"main\",\"state\":\"waiting\","
         "\"until\":1700000000001}",
         AUTH_WAITING, AUTH_WRONG},
        {"{\"name\":\"Zoë\",\"role\":\"chief\",\"state\":\"in\"}", AUTH_ABSENT, AUTH_WRONG},
        {"broken", AUTH_ABSENT, AUTH_WRONG},
    };
    struct auth *a = usual();
    char cookie[AUTH_SECRET_BYTES], id[AUTH_ID_BYTES];
    struct http_request q = with_session(a, "Zoë", cookie, id);
    const struct http_request token = {
        .headers = {{"Authorization", "Bearer zoes-token-0123456789"}}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        take(a, ROSTER_MEMBERS, "Zoë", cases[i].record);
        if (at(a, &q, NOW_MS) != cases[i].session) fail_msg("session %zu", i);
        if (at(a, &token, NOW_MS) != cases[i].token) fail_msg("token %zu", i);
    }
    auth_free(a);
}

static void test_tokens_have_scopes_and_an_end(void **state)
{
    (void)state;
    struct auth *a = usual();
    const struct member *p = NULL;
    struct http_request q = {0};
    char id[AUTH_ID_BYTES];
    auth_hash(a, AUTH_TOKEN, SLICE_LIT("of-prometheus-0123"), id);
    take(a, ROSTER_TOKENS, id,
         "{\"member\":\"Zoë\",\"scopes\":\"metrics,inbox\",\"until\":1700000000001}");
    assert_int_equal(auth_login(a, &q, SLICE_LIT("of-prometheus-0123"), NOW_MS, &p), AUTH_OK);
    assert_int_equal(p->scopes, 1U << SCOPE_METRICS | 1U << SCOPE_INBOX);
    assert_true(access_may_everywhere(p, MAY_READ_METRICS));
    assert_true(access_may_everywhere(p, MAY_ANSWER));
    assert_false(access_may_somewhere(p, MAY_READ_CAMPAIGNS));
    assert_false(access_may_somewhere(p, MAY_SEE_SELF));
    assert_int_equal(auth_login(a, &q, SLICE_LIT("of-prometheus-0123"), NOW_MS + 1, &p),
                     AUTH_WRONG);
    /* a word that this Muster does not know is not everything */
    take(a, ROSTER_TOKENS, id, "{\"member\":\"Zoë\",\"scopes\":\"metrics,later\"}");
    assert_int_equal(auth_login(a, &q, SLICE_LIT("of-prometheus-0123"), NOW_MS, &p), AUTH_WRONG);
    auth_free(a);
}

static void test_forged_sessions(void **state)
{
    (void)state;
    struct auth *a = usual();
    char cookie[AUTH_SECRET_BYTES], id[AUTH_ID_BYTES];
    struct http_request q = with_session(a, "Sam", cookie, id);
    for (size_t i = 0; cookie[i]; i++) { /* no byte of it may be another one */
        char was = cookie[i];
        cookie[i] = was == 'A' ? 'B' : 'A';
        assert_int_equal(at(a, &q, NOW_MS), AUTH_ABSENT);
        cookie[i] = was;
    }
    assert_int_equal(at(a, &q, NOW_MS), AUTH_OK);
    struct http_request hash = {.cookies = {{"muster_session", id}}}; /* what the store holds */
    assert_int_equal(at(a, &hash, NOW_MS), AUTH_ABSENT);
    auth_free(a);
}

static void test_forms_carry_the_sessions_value(void **state)
{
    (void)state;
    struct auth *a = usual();
    char cookie[AUTH_SECRET_BYTES], id[AUTH_ID_BYTES], csrf[AUTH_CSRF_BYTES];
    struct http_request q = with_session(a, "Sam", cookie, id);
    auth_csrf(a, &q, csrf);
    assert_true(strlen(csrf) > 40);
    assert_true(auth_csrf_ok(a, &q, slice_of(csrf)));
    assert_false(auth_csrf_ok(a, &q, SLICE_NONE));
    csrf[5] ^= 1;
    assert_false(auth_csrf_ok(a, &q, slice_of(csrf)));
    struct http_request none = {0};
    auth_csrf(a, &none, csrf);
    assert_string_equal(csrf, "");
    assert_false(auth_csrf_ok(a, &none, SLICE_LIT("")));
    auth_free(a);
}

static enum auth_verdict try(struct auth *a, const char *peer, const char *forwarded,
                             const char *token, int64_t now)
{
    const struct member *p = NULL;
    struct http_request q = {.peer = peer,
                             .headers = {{forwarded ? "X-Forwarded-For" : NULL, forwarded}}};
    return auth_login(a, &q, slice_of(token), now, &p);
}

static void test_failures_are_counted_by_address(void **state)
{
    (void)state;
    struct auth *a = usual();
    const char *right = members[0].token;
    for (int i = 0; i < AUTH_FAILURES_MAX; i++)
        assert_int_equal(try(a, "192.0.2.7", NULL, "wrong", NOW_MS), AUTH_WRONG);
    assert_int_equal(try(a, "192.0.2.7", NULL, "wrong", NOW_MS), AUTH_TOO_MANY);
    /* who has the right one is not to suffer for the neighbours */
    assert_int_equal(try(a, "192.0.2.7", NULL, right, NOW_MS), AUTH_OK);
    assert_int_equal(try(a, "192.0.2.7", NULL, "wrong", NOW_MS), AUTH_TOO_MANY);
    assert_int_equal(try(a, "192.0.2.8", NULL, "wrong", NOW_MS), AUTH_WRONG);
    assert_int_equal(try(a, "192.0.2.7", NULL, "wrong", NOW_MS + AUTH_WINDOW_MS), AUTH_WRONG);
    /* the last hop that is no proxy counts, and only what a proxy says */
    for (int i = 0; i < AUTH_FAILURES_MAX; i++) {
        char forwarded[64];
        (void)snprintf(forwarded, sizeof forwarded, "10.0.0.%d, 192.0.2.9", i);
        assert_int_equal(try(a, "127.0.0.1", forwarded, "wrong", NOW_MS), AUTH_WRONG);
    }
    static const char *const same[] = {"192.0.2.9", "x, 192.0.2.9", "192.0.2.9:4711",
                                       "1.1.1.1, 192.0.2.9, 127.0.0.1", "192.0.2.9,127.0.0.1 ,::1"};
    for (size_t i = 0; i < COUNT_OF(same); i++)
        assert_int_equal(try(a, "127.0.0.1", same[i], "wrong", NOW_MS), AUTH_TOO_MANY);
    assert_int_equal(try(a, "127.0.0.1", "192.0.2.10", "wrong", NOW_MS), AUTH_WRONG);
    assert_int_equal(try(a, "192.0.2.11", "192.0.2.9", "wrong", NOW_MS), AUTH_WRONG);
    auth_free(a);
}

/* Whoever has an IPv6 address has 2^64 of them. */
static void test_an_ipv6_network_is_one_address(void **state)
{
    (void)state;
    struct auth *a = usual();
    for (int i = 0; i < AUTH_FAILURES_MAX; i++) {
        char peer[64];
        (void)snprintf(peer, sizeof peer, "2001:db8:0:1::%x", i + 1);
        assert_int_equal(try(a, peer, NULL, "wrong", NOW_MS), AUTH_WRONG);
    }
    assert_int_equal(try(a, "2001:db8:0:1:abcd::1", NULL, "wrong", NOW_MS), AUTH_TOO_MANY);
    assert_int_equal(try(a, "2001:db8:0:2::1", NULL, "wrong", NOW_MS), AUTH_WRONG);
    auth_free(a);
}

static void test_members_are_checked(void **state)
{
    (void)state;
    static const char a[] = "token-0123456789-a", b[] = "token-0123456789-b";
    static const struct auth_member bad[][2] = {
        {{"Sam", a, ROLE_VOLUNTEER, of_main, 1, false},
         {"Sam", b, ROLE_VOLUNTEER, of_main, 1, false}},
        {{"Sam", a, ROLE_VOLUNTEER, of_main, 1, false},
         {"Kim", a, ROLE_VOLUNTEER, of_main, 1, false}},
        {{"Sam", a, ROLE_VOLUNTEER, of_main, 1, false},
         {"local", b, ROLE_VOLUNTEER, of_main, 1, false}},
        {{"Sam", a, ROLE_VOLUNTEER, of_main, 1, false}, {"", b, ROLE_VOLUNTEER, of_main, 1, false}},
        /* of no group they would see nobody */
        {{"Sam", a, ROLE_VOLUNTEER, NULL, 0, false}, {"Kim", b, ROLE_VOLUNTEER, of_main, 1, false}},
        {{"Sam", a, ROLE_ORGANISER, NULL, 0, false}, {"Kim", b, ROLE_VOLUNTEER, of_main, 1, false}},
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct auth *made = NULL;
        struct err e;
        struct auth_config config = {
            .secret = "a secret of the house", .members = bad[i], .count = 2};
        assert_int_equal(auth_new(&config, &made, &e), ERR_INVALID);
        assert_null(strstr(e.text, "token-0123"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unix_is_local),
        cmocka_unit_test(test_tokens),
        cmocka_unit_test(test_groups_of_members),
        cmocka_unit_test(test_session_lasts_and_ends),
        cmocka_unit_test(test_who_is_out_is_out),
        cmocka_unit_test(test_tokens_have_scopes_and_an_end),
        cmocka_unit_test(test_forged_sessions),
        cmocka_unit_test(test_forms_carry_the_sessions_value),
        cmocka_unit_test(test_failures_are_counted_by_address),
        cmocka_unit_test(test_an_ipv6_network_is_one_address),
        cmocka_unit_test(test_members_are_checked),
    };
    return cmocka_run_group_tests_name("auth", tests, NULL, NULL);
}
