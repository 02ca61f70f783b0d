/* The next person, against a real Redis: who waits longest comes first, nobody is given to two, and
 * nobody is lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "inbox_actor.h"
#include "redis_group.h"
#include "store/suppress.h"

#define NOW_MS INT64_C(1700000000000)
#define PERSON UINT64_C(447700900000)
enum { LEASE_MS = 600000, MEMBERS = 20, RACES = 100 /* of each member; MUSTER_RACES: others */ };

static const char *const main_only[] = {"main"}, *const two[] = {"main", "north"};

static struct inbox_actor actor(const char *name)
{
    return (struct inbox_actor){.name = slice_of(name), .groups = {.names = main_only, .count = 1}};
}

static struct said {
    int open; /* questions under way */
    int result;
    uint32_t id, held;
    uint64_t fence;
    int64_t free_ms;
    enum inbox_why why;
    struct err e;
} got;

static void ended(int result, const struct err *e)
{
    got.open--;
    got.result = result;
    if (e) got.e = *e;
}

static int wait_all(void)
{
    while (got.open)
        loop_turn(loop, -1);
    return got.result;
}

static void on_stored(void *arg, int result, const struct inbox_stored *s, const struct err *e)
{
    (void)arg;
    if (s) got.id = s->conversation;
    ended(result, e);
}

static void on_done(void *arg, int result, const struct err *e)
{
    (void)arg;
    ended(result, e);
}

static void on_count(void *arg, int result, int64_t n, const struct err *e)
{
    (void)arg;
    (void)n;
    ended(result, e);
}

static void on_reply(void *arg, int result, const struct inbox_answered *a, const struct err *e)
{
    (void)arg;
    got.why = a->why;
    ended(result, e);
}

static void on_next(void *arg, int result, const struct inbox_next *n, const struct err *e)
{
    (void)arg;
    got.id = n && n->taken ? n->taken->id : 0;
    got.fence = n && n->taken ? n->taken->claim_fence : 0;
    got.free_ms = n ? n->free_ms : 0;
    got.held = n ? n->held : 0;
    ended(result, e);
}

static void on_forgotten(void *arg, const struct redisReply *reply)
{
    (void)arg;
    assert_false(redis_is_error(reply, NULL));
    ended(0, NULL);
}

static uint32_t arrives_with(uint64_t number, const char *group, const char *tags, int64_t at_ms)
{
    static unsigned serial;
    char event[24], key[24];
    (void)snprintf(event, sizeof event, "e%u", ++serial);
    (void)snprintf(key, sizeof key, "%llu", (unsigned long long)number);
    const struct inbox_arrival in = {.gateway = SLICE_LIT("example"),
                                     .event_id = slice_of(event),
                                     .remember_ms = LEASE_MS,
                                     .group = slice_of(group),
                                     .key = slice_of(key),
                                     .sender = SLICE_LIT("+447700900000"),
                                     .tags = slice_of(tags),
                                     .text = SLICE_LIT("hello"),
                                     .scope = SLICE_LIT("all")};
    got.open++;
    inbox_receive(inbox, &in, at_ms, on_stored, NULL);
    assert_int_equal(wait_all(), 0);
    return got.id;
}

static uint32_t arrives(uint64_t number, int64_t at_ms)
{
    return arrives_with(number, "main", "", at_ms);
}

static int next_as(struct inbox_actor who, struct inbox_wish wish, int64_t now_ms)
{
    wish.lease_ms = LEASE_MS;
    got.open++;
    inbox_next(inbox, &wish, AT(&who, now_ms), on_next, NULL);
    return wait_all();
}

/* Whom they get; 0: nobody. */
static uint32_t next_of(const char *name, int64_t now_ms)
{
    assert_int_equal(next_as(actor(name), (struct inbox_wish){.campaign = 0}, now_ms), 0);
    return got.id;
}

static void close_as(const char *name, uint32_t id, int64_t now_ms)
{
    struct inbox_actor who = actor(name);
    got.open++;
    inbox_set_closed(inbox, id, AT(&who, now_ms), true, on_done, NULL);
    assert_int_equal(wait_all(), 0);
}

static int reply_as(const char *name, uint32_t id, uint64_t fence, int64_t now_ms)
{
    struct inbox_actor who = actor(name);
    const struct inbox_answer a = {
        .id = id, .fence = fence, .text = SLICE_LIT("Hi"), .lease_ms = LEASE_MS};
    got.open++;
    inbox_reply(inbox, &a, AT(&who, now_ms), on_reply, NULL);
    return wait_all();
}

/* ---- */

static void test_the_longest_waiting_first(void **state)
{
    (void)state;
    uint32_t second = arrives(PERSON + 1, NOW_MS + 2), first = arrives(PERSON + 2, NOW_MS + 1);
    (void)arrives(PERSON + 2, NOW_MS + 9); /* writing again loses nobody their place */
    assert_int_equal(next_of("Sam", NOW_MS + 10), first);
    assert_int_equal(next_of("Alex", NOW_MS + 10), second);
    assert_int_equal(next_of("Kim", NOW_MS + 11), 0);
    assert_int_equal(got.held, 2);
    assert_int_equal(got.free_ms, NOW_MS + 10 + LEASE_MS);
}

static void test_a_claim_left_alone_returns_in_its_place(void **state)
{
    (void)state;
    uint32_t first = arrives(PERSON + 1, NOW_MS);
    assert_int_equal(next_of("Sam", NOW_MS), first);
    (void)arrives(PERSON + 2, NOW_MS + 1);
    assert_int_equal(next_of("Alex", NOW_MS + LEASE_MS), first);
}

static void test_who_was_answered_or_closed_waits_no_more(void **state)
{
    (void)state;
    uint32_t first = arrives(PERSON + 1, NOW_MS), second = arrives(PERSON + 2, NOW_MS + 1);
    assert_int_equal(next_of("Sam", NOW_MS + 2), first);
    assert_int_equal(reply_as("Sam", first, got.fence, NOW_MS + 3), 0);
    assert_int_equal(next_of("Sam", NOW_MS + 4), second);
    close_as("Sam", second, NOW_MS + 5);
    assert_int_equal(next_of("Sam", NOW_MS + 2 * LEASE_MS), 0);
    assert_int_equal(got.held, 0);
    assert_int_equal(arrives(PERSON + 2, NOW_MS + 2 * LEASE_MS), second);
    assert_int_equal(next_of("Sam", NOW_MS + 2 * LEASE_MS), second);
}

/* The one who was answered is anybody's again, and her next word brings her back. */
static void test_what_is_answered_is_given_back(void **state)
{
    (void)state;
    uint32_t first = arrives(PERSON + 1, NOW_MS);
    assert_int_equal(next_of("Sam", NOW_MS + 1), first);
    assert_int_equal(reply_as("Sam", first, got.fence, NOW_MS + 2), 0);
    assert_int_equal(next_of("Sam", NOW_MS + 3), 0);
    (void)arrives(PERSON + 1, NOW_MS + 4);
    assert_int_equal(next_of("Alex", NOW_MS + 5), first);
}

static void test_one_member_holds_only_so_many(void **state)
{
    (void)state;
    uint32_t last = 0;
    for (unsigned i = 0; i <= INBOX_HOLDS_MAX; i++)
        (void)arrives(PERSON + i, NOW_MS + i);
    for (unsigned i = 0; i < INBOX_HOLDS_MAX; i++)
        last = next_of("Sam", NOW_MS + 100);
    assert_true(last > 0);
    assert_int_equal(next_as(actor("Sam"), (struct inbox_wish){.campaign = 0}, NOW_MS + 101),
                     ERR_CONFLICT);
    assert_non_null(strstr(got.e.text, "you hold 5 people"));
    close_as("Sam", last, NOW_MS + 102);
    assert_int_not_equal(next_of("Sam", NOW_MS + 103), 0);
}

static void test_groups_are_kept_apart(void **state)
{
    (void)state;
    uint32_t north = arrives_with(PERSON + 1, "north", "", NOW_MS),
             ours = arrives(PERSON + 2, NOW_MS + 1),
             north2 = arrives_with(PERSON + 3, "north", "", NOW_MS + 2);
    const struct inbox_actor both = {.name = SLICE_LIT("Bo"), .groups = {.names = two, .count = 2}};
    const struct inbox_actor all = {.name = SLICE_LIT("Org"), .groups = {.all = true}};
    const struct inbox_wish any = {.campaign = 0};
    assert_int_equal(next_of("Sam", NOW_MS + 9), ours);
    assert_int_equal(next_of("Sam", NOW_MS + 9), 0);
    assert_int_equal(got.held, 1);
    assert_int_equal(next_as(both, (struct inbox_wish){.group = SLICE_LIT("main")}, NOW_MS + 9), 0);
    assert_int_equal(got.id, 0);
    assert_int_equal(next_as(both, any, NOW_MS + 9), 0);
    assert_int_equal(got.id, north);
    assert_int_equal(next_as(all, any, NOW_MS + 9), 0);
    assert_int_equal(got.id, north2);
}

static void test_who_is_wanted(void **state)
{
    (void)state;
    uint32_t plain = arrives(PERSON + 1, NOW_MS),
             lift = arrives_with(PERSON + 2, "main", "yes,needs_lift", NOW_MS + 1),
             hard = arrives_with(PERSON + 3, "main", INBOX_ESCALATE, NOW_MS - 5);
    const struct inbox_wish lifts = {.tag = SLICE_LIT("needs_lift")},
                            escalated = {.tag = SLICE_LIT(INBOX_ESCALATE)}, of_7 = {.campaign = 7};
    assert_int_equal(next_as(actor("Sam"), of_7, NOW_MS + 9), 0);
    assert_int_equal(got.id, 0);
    assert_int_equal(next_as(actor("Sam"), lifts, NOW_MS + 9), 0);
    assert_int_equal(got.id, lift);
    assert_int_equal(next_of("Sam", NOW_MS + 9), plain); /* and not who waits for an organiser */
    assert_int_equal(next_of("Sam", NOW_MS + 9), 0);
    assert_int_equal(next_as(actor("Org"), escalated, NOW_MS + 9), 0);
    assert_int_equal(got.id, hard);
}

static void test_who_must_not_be_texted_is_given_to_nobody(void **state)
{
    (void)state;
    (void)arrives(PERSON + 1, NOW_MS);
    uint32_t other = arrives(PERSON + 2, NOW_MS + 1);
    const struct suppress_entry entry = {
        .number = PERSON + 1, .reason = SUPPRESS_MANUAL, .at_ms = NOW_MS};
    got.open++;
    suppress_add(store, SLICE_LIT("all"), &entry, 1, on_count, NULL);
    assert_int_equal(wait_all(), 0);
    assert_int_equal(next_of("Sam", NOW_MS + 2), other);
    assert_int_equal(next_of("Sam", NOW_MS + 2), 0);
}

/* As an older version left them: in the inbox, and in no list of who waits. */
static void test_who_waited_before_there_were_lists(void **state)
{
    (void)state;
    uint32_t id = arrives(PERSON + 1, NOW_MS);
    got.open++;
    redis_commandf(redis, on_forgotten, NULL,
                   "DEL %swaits: %swaits:main %sunanswered: %sunanswered:main", prefix, prefix,
                   prefix, prefix);
    assert_int_equal(wait_all(), 0);
    got.open++;
    redis_commandf(redis, on_forgotten, NULL, "HDEL %sconv:%u queued", prefix, id);
    assert_int_equal(wait_all(), 0);
    assert_int_equal(next_of("Sam", NOW_MS + 1), id);
}

/* ---- races ---- */

/* A member who takes, answers or closes, and takes again, until nobody waits. */
struct racer {
    char name[16];
    struct inbox_actor who;
    unsigned taken;
    uint64_t fence;
    uint32_t id;
};
static uint32_t *times_taken; /* by conversation */
static unsigned racing;

static void race(struct racer *r);

static void on_raced(void *arg, int result, const struct err *e)
{
    (void)e;
    assert_int_equal(result, 0);
    race(arg);
}

static void on_race_reply(void *arg, int result, const struct inbox_answered *a,
                          const struct err *e)
{
    assert_false(a->again);
    on_raced(arg, result, e);
}

static void on_race_next(void *arg, int result, const struct inbox_next *n, const struct err *e)
{
    struct racer *r = arg;
    (void)e;
    assert_int_equal(result, 0);
    if (!n->taken) {
        racing--;
        return;
    }
    r->id = n->taken->id;
    r->taken++;
    times_taken[r->id]++;
    if (r->taken % 2) {
        inbox_set_closed(inbox, r->id, AT(&r->who, NOW_MS), true, on_raced, r);
        return;
    }
    const struct inbox_answer a = {
        .id = r->id, .fence = n->taken->claim_fence, .text = SLICE_LIT("Hi"), .lease_ms = LEASE_MS};
    inbox_reply(inbox, &a, AT(&r->who, NOW_MS), on_race_reply, r);
}

static void race(struct racer *r)
{
    const struct inbox_wish wish = {.lease_ms = LEASE_MS};
    inbox_next(inbox, &wish, AT(&r->who, NOW_MS), on_race_next, r);
}

static unsigned races(void)
{
    const char *text = getenv("MUSTER_RACES");
    uint64_t n;
    return text && slice_to_u64(slice_of(text), 1000000, &n) ? (unsigned)n : MEMBERS * RACES;
}

static void fill(unsigned n)
{
    enum { AT_ONCE = 64 };
    for (unsigned i = 0; i < n; i++) {
        char text[24];
        (void)snprintf(text, sizeof text, "%llu", (unsigned long long)(PERSON + i));
        const struct inbox_arrival in = {.gateway = SLICE_LIT("example"),
                                         .event_id = slice_of(text),
                                         .remember_ms = LEASE_MS,
                                         .group = SLICE_LIT("main"),
                                         .key = slice_of(text),
                                         .text = SLICE_LIT("hello"),
                                         .scope = SLICE_LIT("all")};
        got.open++;
        inbox_receive(inbox, &in, NOW_MS + i, on_stored, NULL);
        if (i % AT_ONCE == AT_ONCE - 1) assert_int_equal(wait_all(), 0);
    }
    assert_int_equal(wait_all(), 0);
}

static void test_races(void **state)
{
    (void)state;
    struct racer racers[MEMBERS];
    unsigned n = races();
    inbox_set_bounds(inbox, &(struct inbox_bounds){2000000, 60});
    fill(n);
    times_taken = calloc(n + 1, sizeof *times_taken);
    for (unsigned i = 0; i < MEMBERS; i++) {
        struct racer *r = &racers[i];
        *r = (struct racer){.taken = 0};
        (void)snprintf(r->name, sizeof r->name, "M%u", i);
        r->who = actor(r->name);
        racing++;
        race(r);
    }
    while (racing)
        loop_turn(loop, -1);
    for (unsigned id = 1; id <= n; id++)
        assert_int_equal(times_taken[id], 1);
    free(times_taken);
}

#define TEST(f) GROUP_TEST(f, &said)
int main(void)
{
    static struct group_said said = {&got, sizeof got};
    const struct CMUnitTest tests[] = {
        TEST(test_the_longest_waiting_first),
        TEST(test_a_claim_left_alone_returns_in_its_place),
        TEST(test_who_was_answered_or_closed_waits_no_more),
        TEST(test_what_is_answered_is_given_back),
        TEST(test_one_member_holds_only_so_many),
        TEST(test_groups_are_kept_apart),
        TEST(test_who_is_wanted),
        TEST(test_who_must_not_be_texted_is_given_to_nobody),
        TEST(test_who_waited_before_there_were_lists),
        TEST(test_races),
    };
    return redis_group_run("next", tests, COUNT_OF(tests));
}
