/* What the store says to whoever checks in: it is the one they know, it went back, or they wait. */
#include "ledger_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "io/redis.h"
#include "store/mark.h"
#include "store/suppress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GRACE_MS = 5000 };

static struct ledger_world *w;

/* ---- a process that checks in ---- */

struct process {
    const char *name;
    struct store *store;
    struct mark_report got;
    char by[32], peers[128];
    bool done;
};

static void on_report(void *arg, const struct mark_report *report, const struct err *e)
{
    struct process *p = arg;
    if (!report) fail_msg("%s", e->text);
    p->got = *report;
    (void)snprintf(p->by, sizeof p->by, "%.*s", SLICE_ARG(report->by));
    p->peers[0] = '\0';
    for (size_t i = 0; i < report->peer_count; i++)
        (void)snprintf(p->peers + strlen(p->peers), sizeof p->peers - strlen(p->peers), "%.*s ",
                       SLICE_ARG(report->peers[i]));
    p->done = true;
}

static enum mark_stand check_in(struct process *p, const char *run, const char *knows)
{
    const struct slice peer = slice_of(knows);
    const struct mark_check_in in = {.instance = p->name,
                                     .run = run,
                                     .grace_ms = GRACE_MS,
                                     .peers = &peer,
                                     .peer_count = *knows ? 1 : 0};
    store_set_clock(p->store, w->now_us);
    p->done = false;
    mark_check_in(p->store, &in, on_report, p);
    while (!p->done)
        loop_turn(w->loop, WORLD_MS);
    return p->got.stand;
}

static struct process process_new(const char *name)
{
    return (struct process){.name = name, .store = store_new(w->redis, w->prefix)};
}

static void move_mark(int64_t by)
{
    char n[24];
    (void)snprintf(n, sizeof n, "%lld", (long long)by);
    (void)lw_redis(w, "HINCRBY", "store", "mark", n, NULL);
}

static int begin(void **state)
{
    w = *state;
    lw_next(w);
    return 0;
}

/* A store that nobody knows, the world's own dispatchers neither. */
static int begin_unknown(void **state)
{
    (void)begin(state);
    (void)lw_redis(w, "DEL", "store", NULL);
    (void)lw_redis(w, "DEL", "store:peers", NULL);
    return 0;
}

/* ---- */

static void a_first_start_makes_the_id(void **state)
{
    (void)state;
    struct process a = process_new("a"), b = process_new("b");
    assert_int_equal(mark_stand(a.store), MARK_AWAY);
    assert_int_equal(check_in(&a, "r1", ""), MARK_STANDS);
    assert_int_equal(strlen(mark_id(a.store)), MARK_ID_BYTES - 1);
    assert_int_equal(check_in(&b, "r1", ""), MARK_STANDS);
    assert_string_equal(mark_id(b.store), mark_id(a.store));
    assert_string_equal(b.peers, "a b ");
    move_mark(7);
    assert_int_equal(check_in(&a, "r1", ""), MARK_STANDS);
    assert_int_equal(mark_seen(a.store), 7);
    mark_leave(a.store);
    assert_int_equal(mark_stand(a.store), MARK_AWAY);
    store_free(a.store);
    store_free(b.store);
}

/* A copy of before is put back: whoever has seen more says so, and then nobody passes. */
static void who_has_seen_more_says_so(void **state)
{
    (void)state;
    struct process a = process_new("a"), b = process_new("b");
    move_mark(10);
    assert_int_equal(check_in(&a, "r1", ""), MARK_STANDS);
    move_mark(-3);
    assert_int_equal(check_in(&b, "r1", ""), MARK_STANDS);
    assert_int_equal(check_in(&a, "r1", ""), MARK_BACK);
    assert_int_equal(a.got.back, MARK_LESS);
    assert_string_equal(a.by, "a");
    assert_int_equal(a.got.had, 7);
    assert_int_equal(a.got.seen, 10);
    assert_int_equal(a.got.since_ms, w->now_us / 1000);
    move_mark(100); /* what happens meanwhile mends nothing */
    lw_pass(w, 60 * (int64_t)WORLD_S);
    assert_int_equal(check_in(&b, "r1", ""), MARK_BACK);
    assert_int_equal(check_in(&a, "r1", ""), MARK_BACK);
    assert_int_equal(a.got.had, 7);
    store_free(a.store);
    store_free(b.store);
}

static void an_empty_and_another_store(void **state)
{
    (void)state;
    struct process a = process_new("a"), b = process_new("b"), c = process_new("c");
    assert_int_equal(check_in(&a, "r1", ""), MARK_STANDS);
    (void)lw_redis(w, "DEL", "store", NULL);
    assert_int_equal(check_in(&a, "r1", ""), MARK_BACK);
    assert_int_equal(a.got.back, MARK_EMPTY);
    assert_string_equal(lw_redis(w, "HGET", "store", "id", NULL), mark_id(a.store));
    (void)lw_redis(w, "DEL", "store", NULL);
    mark_know(b.store, "0123456789abcdef0123456789abcdef", 0);
    assert_int_equal(check_in(&c, "r1", ""), MARK_STANDS);
    assert_int_equal(check_in(&b, "r1", ""), MARK_BACK);
    assert_int_equal(b.got.back, MARK_OTHER);
    assert_string_equal(mark_id(b.store), "0123456789abcdef0123456789abcdef");
    assert_int_equal(check_in(&c, "r1", ""), MARK_BACK);
    store_free(a.store);
    store_free(b.store);
    store_free(c.store);
}

/* Redis runs anew: one of them may have seen more than the first who comes. */
static void a_new_run_waits_for_all(void **state)
{
    (void)state;
    struct process a = process_new("a"), b = process_new("b");
    assert_int_equal(check_in(&a, "r1", ""), MARK_STANDS);
    assert_int_equal(check_in(&b, "r1", ""), MARK_STANDS);
    assert_int_equal(check_in(&a, "r2", ""), MARK_WAITS);
    assert_int_equal(a.got.waits_until_ms, w->now_us / 1000 + GRACE_MS);
    assert_int_equal(check_in(&b, "r2", ""), MARK_STANDS);
    assert_int_equal(check_in(&a, "r2", ""), MARK_STANDS);
    /* one of them is dead */
    assert_int_equal(check_in(&a, "r3", ""), MARK_WAITS);
    lw_pass(w, (GRACE_MS - 1) * (int64_t)WORLD_MS);
    assert_int_equal(check_in(&a, "r3", ""), MARK_WAITS);
    lw_pass(w, WORLD_MS);
    assert_int_equal(check_in(&a, "r3", ""), MARK_STANDS);
    /* the copy knows nobody, but this one knows the other */
    (void)lw_redis(w, "DEL", "store:peers", NULL);
    assert_int_equal(check_in(&a, "r4", "b"), MARK_WAITS);
    /* the clock is set back: nobody waits for hours */
    lw_pass(w, -3600 * (int64_t)WORLD_S);
    assert_int_equal(check_in(&a, "r4", "b"), MARK_STANDS);
    store_free(a.store);
    store_free(b.store);
}

static void who_is_gone_for_a_week_is_forgotten(void **state)
{
    (void)state;
    struct process a = process_new("a"), b = process_new("b");
    assert_int_equal(check_in(&a, "r1", ""), MARK_STANDS);
    assert_int_equal(check_in(&b, "r1", ""), MARK_STANDS);
    lw_pass(w, 8 * 24 * 3600 * (int64_t)WORLD_S);
    assert_int_equal(check_in(&a, "r2", ""), MARK_STANDS);
    assert_string_equal(a.peers, "a ");
    store_free(a.store);
    store_free(b.store);
}

/* ---- the gate ---- */

static uint64_t mark_of_store(void)
{
    const char *mark = lw_redis(w, "HGET", "store", "mark", NULL);
    return mark ? strtoull(mark, NULL, 10) : 0;
}

/* Each is put into the store, and taken out again. */
static const struct {
    const char *what, *field, *value;
} wrongs[] = {
    {"another id", "id", "0123456789abcdef0123456789abcdef"},
    {"it went back", "back", "less"},
    {"others are waited for", "waits", "1700000000000"},
    {"it has less", "mark", "0"},
};

static void try_wrong(struct lease_ref lease, size_t i)
{
    struct gate_ask ask = lw_ask(lease, 4);
    char was[64];
    const char *before = lw_redis(w, "HGET", "store", wrongs[i].field, NULL);
    (void)snprintf(was, sizeof was, "%s", before ? before : "");
    (void)lw_redis(w, "HSET", "store", wrongs[i].field, wrongs[i].value, NULL);
    assert_int_equal(mark_stand(w->ledgers), MARK_STANDS);
    if (lw_gate(w, w->a, &ask).verdict != GATE_STORE) fail_msg("%s", wrongs[i].what);
    assert_int_equal(mark_stand(w->ledgers), MARK_AWAY);
    if (before)
        (void)lw_redis(w, "HSET", "store", wrongs[i].field, was, NULL);
    else
        (void)lw_redis(w, "HDEL", "store", wrongs[i].field, NULL);
    /* not before it has checked in again */
    assert_int_equal(lw_gate(w, w->a, &ask).verdict, GATE_STORE);
    for (uint32_t person = 0; person < 8; person++)
        assert_int_equal(lw_state(w, person), person < 4 ? STATE_IN_FLIGHT : STATE_PENDING);
    lw_check_in(w);
}

static void the_gate_refuses_in_the_same_step(void **state)
{
    (void)state;
    lw_campaign(w, 1, 8);
    struct lease_ref lease = lw_take(w, w->a, 0);
    struct gate_ask ask = lw_ask(lease, 4);
    assert_int_equal(lw_gate(w, w->a, &ask).granted, 4);
    for (size_t i = 0; i < COUNT_OF(wrongs); i++)
        try_wrong(lease, i);
    static const uint8_t rest[] = {4, 5, 6, 7};
    lw_pass(w, WORLD_S);
    ask = lw_ask(lease, 4);
    ask.offsets = rest;
    assert_int_equal(lw_gate(w, w->a, &ask).granted, 4);
}

static void on_refused(void *arg)
{
    (*(int *)arg)++;
}

static void a_flushed_store_lets_nobody_pass(void **state)
{
    (void)state;
    int told = 0;
    mark_on_refused(w->ledgers, on_refused, &told);
    lw_campaign(w, 1, 8);
    struct gate_ask ask = lw_ask(lw_take(w, w->a, 0), 4);
    (void)lw_redis(w, "DEL", "store", NULL);
    assert_int_equal(lw_gate(w, w->a, &ask).verdict, GATE_STORE);
    assert_int_equal(told, 1);
    lw_check_in(w);
    assert_int_equal(mark_stand(w->ledgers), MARK_BACK);
}

/* ---- what moves the mark ---- */

static void grants_and_records_move_it(void **state)
{
    (void)state;
    lw_campaign(w, 1, 8);
    struct lease_ref lease = lw_take(w, w->a, 0);
    struct gate_ask ask = lw_ask(lease, 4);
    uint64_t before = mark_of_store();
    struct gate_got got = lw_gate(w, w->a, &ask);
    assert_int_equal(got.mark, before + 1);
    assert_int_equal(lw_gate(w, w->a, &ask).mark, 0); /* nobody is pending there */
    assert_int_equal(mark_of_store(), before + 1);
    assert_int_equal(lw_record_one(w, w->a, lease, 0, STATE_ACCEPTED, ""), STATE_ACCEPTED);
    assert_int_equal(mark_seen(w->ledgers), before + 2);
    assert_int_equal(lw_record_one(w, w->a, lease, 0, STATE_ACCEPTED, ""), STATE_ACCEPTED);
    assert_int_equal(mark_of_store(), before + 2); /* nothing moved */
    lw_move(w, 1, MOVE_PAUSE);
    assert_int_equal(mark_of_store(), before + 3);
}

struct done {
    uint64_t told;
    int result;
    bool is;
};

static void on_count(void *arg, int result, int64_t count, const struct err *e)
{
    struct done *d = arg;
    (void)count, (void)e;
    *d = (struct done){mark_told(w->store), result, true};
}

static void on_done(void *arg, int result, const struct err *e)
{
    struct done *d = arg;
    (void)e;
    *d = (struct done){mark_told(w->store), result, true};
}

static uint64_t told_of(struct done *d)
{
    while (!d->is)
        loop_turn(w->loop, WORLD_MS);
    return d->told;
}

static uint64_t add_optout(void)
{
    struct done d = {0};
    const struct suppress_entry entry = {.number = WORLD_FIRST_NUMBER, .at_ms = 1};
    suppress_add(w->store, SLICE_LIT("all"), &entry, 1, on_count, &d);
    return told_of(&d);
}

static uint64_t lift_optout(void)
{
    struct done d = {0};
    suppress_remove(w->store, SLICE_LIT("all"), WORLD_FIRST_NUMBER, SLICE_LIT("me"),
                    SLICE_LIT("why"), 1, on_done, &d);
    return told_of(&d);
}

static void optouts_move_it(void **state)
{
    (void)state;
    uint64_t before = mark_of_store();
    assert_int_equal(add_optout(), before + 1);
    assert_int_equal(add_optout(), 0); /* it stands there */
    assert_int_equal(lift_optout(), before + 2);
    assert_int_equal(lift_optout(), 0);
    assert_int_equal(mark_of_store(), before + 2);
}

int main(void)
{
    struct ledger_world *world = lw_new();
    if (!world) {
        printf("1..0 # SKIP there is no redis-server\n");
        return 0;
    }
#define MARK_TEST(f)    cmocka_unit_test_prestate_setup_teardown(f, begin, NULL, world)
#define UNKNOWN_TEST(f) cmocka_unit_test_prestate_setup_teardown(f, begin_unknown, NULL, world)
    const struct CMUnitTest tests[] = {
        UNKNOWN_TEST(a_first_start_makes_the_id),
        UNKNOWN_TEST(who_has_seen_more_says_so),
        UNKNOWN_TEST(an_empty_and_another_store),
        UNKNOWN_TEST(a_new_run_waits_for_all),
        UNKNOWN_TEST(who_is_gone_for_a_week_is_forgotten),
        MARK_TEST(the_gate_refuses_in_the_same_step),
        MARK_TEST(a_flushed_store_lets_nobody_pass),
        MARK_TEST(grants_and_records_move_it),
        MARK_TEST(optouts_move_it),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    lw_free(world);
    return failed;
}
