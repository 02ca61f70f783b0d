/* Sessions that people are told of as the gate grants them a slot, on a real Redis: nobody more than
 * there is room for, however many dispatchers ask; and who was surely not texted holds no place. After
 * every step the counts of offers say the same as the ledger and the campaign's memory. */
#include "ledger_world.h"

#include "io/redis.h"
#include "store/offer.h"
#include "store/restore.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CAMPAIGN = 7, PEOPLE = 512, SESSIONS = 5, PER = 3 };
#define NONE GATE_NEAR_NONE

static int begin(void **state)
{
    lw_next(*state);
    return 0;
}

/* ---- sessions, and who may be told of which ---- */

static const char *rooms(struct ledger_world *w, uint32_t id)
{
    char field[16];
    (void)snprintf(field, sizeof field, "%u", id);
    const char *is = lw_redis(w, "HGET", "rooms", field, NULL);
    return is ? is : "";
}

struct choice {
    struct gate_session sessions[SESSIONS]; /* ids from 1 on */
    uint16_t of[GATE_ASK_MAX * PER];
    struct gate_near near;
};

/* Everybody may be told of all of the first n sessions, the first one best, with these capacities. */
static void choose(struct choice *c, size_t n, const uint32_t *capacity)
{
    assert_true(n <= SESSIONS);
    *c = (struct choice){.near = {.texts_per_place = 1, .session_n = n, .per = PER}};
    c->near.sessions = c->sessions;
    c->near.of = c->of;
    for (uint32_t i = 0; i < n; i++)
        c->sessions[i] = (struct gate_session){i + 1, capacity[i], NONE};
    for (size_t i = 0; i < GATE_ASK_MAX; i++)
        for (size_t k = 0; k < PER; k++)
            c->of[i * PER + k] = k < n ? (uint16_t)k : NONE;
}

static struct gate_ask ask_for(struct lease_ref lease, size_t n, const struct choice *c)
{
    struct gate_ask ask = lw_ask(lease, n);
    ask.rate_per_s = 100000;
    ask.near = &c->near;
    return ask;
}

/* ---- that it adds up ---- */

struct memory {
    uint32_t sessions[PEOPLE]; /* by index */
    uint32_t at;
};

static void on_offers(void *arg, int result, const uint32_t *sessions, size_t n)
{
    struct memory *m = arg;
    assert_int_equal(result, 0);
    memcpy(m->sessions + m->at, sessions, n * sizeof *sessions);
    m->at += (uint32_t)n;
}

static struct memory memory_of(struct ledger_world *w)
{
    struct memory m = {.at = 0};
    while (m.at < PEOPLE) {
        uint32_t from = m.at;
        offers_load(w->store, CAMPAIGN, from, OFFERS_MAX, on_offers, &m);
        while (m.at == from)
            loop_turn(w->loop, 10 * WORLD_MS);
    }
    return m;
}

static bool holds(uint8_t state)
{
    return state == STATE_IN_FLIGHT || state == STATE_ACCEPTED || state == STATE_SENT ||
           state == STATE_DELIVERED || state == STATE_READ || state == STATE_UNKNOWN;
}

/* Every session is offered to as many as the ledger says. */
static void adds_up(struct ledger_world *w)
{
    unsigned offered[SESSIONS + 1] = {0};
    uint8_t states[BLOCK_ROWS];
    const struct memory memory = memory_of(w);
    for (uint32_t block = 0; block < PEOPLE / BLOCK_ROWS; block++) {
        lw_block_states(w, block, states);
        for (uint32_t i = 0; i < BLOCK_ROWS; i++)
            if (holds(states[i])) offered[memory.sessions[index_make(block, i)]]++;
    }
    for (uint32_t id = 1; id <= SESSIONS; id++) {
        char expected[16];
        const char *is = rooms(w, id);
        (void)snprintf(expected, sizeof expected, " %u", offered[id]);
        assert_string_equal(is[0] ? strrchr(is, ' ') : " 0", expected);
    }
}

static struct gate_got gate(struct ledger_world *w, struct ledger *l, const struct gate_ask *ask)
{
    struct gate_got got = lw_gate(w, l, ask);
    assert_int_equal(got.verdict, GATE_OK);
    adds_up(w);
    return got;
}

static void record(struct ledger_world *w, struct lease_ref lease, uint8_t offset, enum state to)
{
    assert_int_equal(lw_record_one(w, w->a, lease, offset, to, ""), to);
    adds_up(w);
}

/* ---- the tests ---- */

static void the_best_with_room(void **state)
{
    struct ledger_world *w = *state;
    struct choice c;
    lw_campaign(w, CAMPAIGN, PEOPLE);
    choose(&c, 3, (uint32_t[]){2, 3, 1});
    struct gate_ask ask = ask_for(lw_take(w, w->a, 0), 8, &c);
    struct gate_got got = gate(w, w->a, &ask);
    assert_string_equal(got.letters, "ggggggpp"); /* two have no place any more */
    const uint32_t expected[] = {1, 1, 2, 2, 2, 3};
    for (size_t i = 0; i < COUNT_OF(expected); i++)
        assert_int_equal(got.offers[i], expected[i]);
    assert_int_equal(lw_state(w, 6), STATE_PENDING);
    assert_int_equal(strlen(got.full), strlen("1 2 3")); /* in any order */
    /* who has nothing to choose from is told of none, and goes */
    for (size_t i = 0; i < COUNT_OF(c.of); i++)
        c.of[i] = NONE;
    got = gate(w, w->a, &ask);
    assert_string_equal(got.letters, "------gg");
    assert_int_equal(got.offers[0], 0);
}

static void those_who_pledged_have_places(void **state)
{
    struct ledger_world *w = *state;
    struct choice c;
    lw_campaign(w, CAMPAIGN, PEOPLE);
    choose(&c, 2, (uint32_t[]){4, 0});
    c.near.texts_per_place = 2; /* 8 may know of 4 places; three have pledged */
    lw_redis(w, "HSET", "rooms", "1", "3 3 0", NULL);
    struct gate_ask ask = ask_for(lw_take(w, w->a, 0), 7, &c);
    struct gate_got got = gate(w, w->a, &ask);
    for (size_t i = 0; i < 7; i++)
        assert_int_equal(got.offers[i], i < 5 ? 1 : 2);
    assert_string_equal(rooms(w, 1), "3 3 5");
    assert_string_equal(got.full, "1");
    /* nobody more is told where all places are taken, whatever the factor */
    lw_redis(w, "HSET", "rooms", "1", "4 0 0", NULL);
    ask = ask_for(lw_take(w, w->a, 1), 1, &c);
    assert_int_equal(lw_gate(w, w->a, &ask).offers[0], 2);
}

static void a_place_needs_so_many(void **state)
{
    struct ledger_world *w = *state;
    struct choice c;
    static const uint32_t ids[] = {1, 2, 5}; /* nobody is told of 5 here */
    const struct gate_place place = {8, ids, COUNT_OF(ids)};
    lw_campaign(w, CAMPAIGN, PEOPLE);
    choose(&c, 3, (uint32_t[]){0, 0, 0});
    c.near.places = &place;
    c.near.place_n = 1;
    c.sessions[0].place = c.sessions[1].place = 0;
    lw_redis(w, "HSET", "rooms", "1", "1 0 0", "5", "2 9 0", NULL);
    for (size_t i = 0; i < GATE_ASK_MAX; i++)
        c.of[i * PER] = i % 2;
    struct gate_ask ask = ask_for(lw_take(w, w->a, 0), 7, &c);
    struct gate_got got = gate(w, w->a, &ask);
    const uint32_t expected[] = {1, 2, 1, 2, 1, 3, 3}; /* five, and three who pledged */
    for (size_t i = 0; i < COUNT_OF(expected); i++)
        assert_int_equal(got.offers[i], expected[i]);
    /* the copies hear of all of its sessions, so that all know that it needs nobody more */
    assert_string_equal(lw_redis(w, "XLEN", "places:changes", NULL), "3");
}

/* Whatever becomes of somebody: the place is theirs as long as they may have the text. */
static void who_was_not_texted_holds_no_place(void **state)
{
    struct ledger_world *w = *state;
    struct choice c;
    lw_campaign(w, CAMPAIGN, PEOPLE);
    choose(&c, 1, (uint32_t[]){6});
    struct lease_ref lease = lw_take(w, w->a, 0);
    struct gate_ask ask = ask_for(lease, 7, &c);
    assert_string_equal(gate(w, w->a, &ask).letters, "ggggggp");
    record(w, lease, 0, STATE_ACCEPTED);
    record(w, lease, 1, STATE_PENDING); /* the provider was busy */
    record(w, lease, 2, STATE_REFUSED);
    record(w, lease, 3, STATE_SKIPPED);
    record(w, lease, 4, STATE_UNKNOWN);
    assert_string_equal(rooms(w, 1), "0 0 3");
    assert_int_equal(lw_settle(w, CAUSE_RECEIPT, 0, STATE_UNDELIVERED, ""), STATE_UNDELIVERED);
    adds_up(w);
    assert_string_equal(rooms(w, 1), "0 0 2");
    /* it arrived all the same */
    assert_int_equal(lw_settle(w, CAUSE_RECEIPT, 2, STATE_DELIVERED, ""), STATE_DELIVERED);
    assert_int_equal(lw_settle(w, CAUSE_PERSON, 4, STATE_PENDING, ""), STATE_PENDING);
    adds_up(w);
    assert_string_equal(rooms(w, 1), "0 0 2");
    lw_pass(w, 10 * WORLD_MS);
    assert_string_equal(gate(w, w->a, &ask).letters, "-g--g-g");
    assert_string_equal(rooms(w, 1), "0 0 5");
}

/* A batch that is taken over: who is in flight may have the text, and keeps the place. */
static void taken_over(void **state)
{
    struct ledger_world *w = *state;
    struct choice c;
    lw_campaign(w, CAMPAIGN, PEOPLE);
    choose(&c, 2, (uint32_t[]){2, 9});
    struct lease_ref lease = lw_take(w, w->a, 0);
    struct gate_ask ask = ask_for(lease, 4, &c);
    assert_int_equal(gate(w, w->a, &ask).granted, 4);
    record(w, lease, 3, STATE_PENDING);
    lw_pass(w, 2 * WORLD_LEASE_US);
    struct lease_ref next = lw_take(w, w->b, 0);
    adds_up(w);
    assert_string_equal(rooms(w, 1), "0 0 2");
    assert_string_equal(rooms(w, 2), "0 0 1");
    /* who goes on is told of the same one, though a better one has room by now */
    ask = ask_for(next, 4, &c);
    c.sessions[0].capacity = 3;
    struct gate_got got = gate(w, w->b, &ask);
    assert_string_equal(got.letters, "---g");
    assert_int_equal(got.offers[0], 2);
}

/* Who pledged for what they were told of counts there: nothing that becomes of the text moves that. */
static void who_pledged_is_counted_once(void **state)
{
    struct ledger_world *w = *state;
    struct choice c;
    lw_campaign(w, CAMPAIGN, PEOPLE);
    choose(&c, 2, (uint32_t[]){3, 3});
    struct lease_ref lease = lw_take(w, w->a, 0);
    struct gate_ask ask = ask_for(lease, 1, &c);
    assert_int_equal(gate(w, w->a, &ask).offers[0], 1);
    lw_redis(w, "SETRANGE", "c:7:near", "3", "\x80", NULL);
    lw_redis(w, "HSET", "rooms", "1", "3 0 0", NULL);
    assert_int_equal(lw_record_one(w, w->a, lease, 0, STATE_UNKNOWN, ""), STATE_UNKNOWN);
    assert_int_equal(lw_settle(w, CAUSE_PERSON, 0, STATE_PENDING, ""), STATE_PENDING);
    assert_string_equal(rooms(w, 1), "3 0 0");
    lw_pass(w, 10 * WORLD_MS);
    struct gate_got got = lw_gate(w, w->a, &ask); /* all places are taken, one of them by them */
    assert_string_equal(got.letters, "g");
    assert_int_equal(got.offers[0], 1);
    assert_string_equal(rooms(w, 1), "3 0 0");
}

static void two_dispatchers(void **state)
{
    struct ledger_world *w = *state;
    struct choice c;
    lw_campaign(w, CAMPAIGN, PEOPLE);
    choose(&c, 3, (uint32_t[]){60, 70, 40});
    struct lease_ref a = lw_take(w, w->a, 0), b = lw_take(w, w->b, 1);
    struct gate_ask ask_a = ask_for(a, 100, &c), ask_b = ask_for(b, 100, &c);
    unsigned of[SESSIONS + 1] = {0};
    size_t granted = 0;
    for (int turn = 0; turn < 20; turn++) {
        struct gate_ask *ask = turn % 2 ? &ask_b : &ask_a;
        ask->grants_max = 17;
        lw_pass(w, 10 * WORLD_MS);
        struct gate_got got = gate(w, turn % 2 ? w->b : w->a, ask);
        for (size_t i = 0; i < got.granted; i++)
            of[got.offers[i]]++;
        granted += got.granted;
    }
    assert_int_equal(granted, 170); /* of 200 */
    assert_int_equal(of[1], 60);
    assert_int_equal(of[2], 70);
    assert_int_equal(of[3], 40);
}

/* A campaign that tells of none leaves no trace; one that tells of none any more counts none. */
static void others_pay_nothing(void **state)
{
    struct ledger_world *w = *state;
    struct choice c;
    lw_campaign(w, CAMPAIGN, PEOPLE);
    choose(&c, 1, (uint32_t[]){6});
    struct lease_ref lease = lw_take(w, w->a, 0);
    struct gate_ask ask = ask_for(lease, 2, &c);
    ask.near = NULL;
    assert_string_equal(gate(w, w->a, &ask).letters, "gg");
    record(w, lease, 0, STATE_REFUSED);
    assert_null(lw_redis(w, "HGET", "c:7", "near", NULL));
    assert_null(lw_redis(w, "GET", "c:7:near", NULL));

    ask = ask_for(lease, 4, &c);
    assert_string_equal(gate(w, w->a, &ask).letters, "--gg");
    record(w, lease, 2, STATE_PENDING);
    ask.near = NULL; /* its text was changed */
    lw_pass(w, 10 * WORLD_MS);
    assert_string_equal(gate(w, w->a, &ask).letters, "--g-");
    record(w, lease, 2, STATE_REFUSED);
    assert_string_equal(rooms(w, 1), "0 0 1");
}

/* ---- a store that went back: what a process' journal knows is brought into it ---- */

static void on_brought(void *arg, int result, enum restore_found found, int unknown, int others)
{
    (void)unknown, (void)others;
    assert_int_equal(result, 0);
    *(int *)arg = (int)found;
}

/* Two people from `first` on were granted, and told of these. */
static enum restore_found bring(struct ledger_world *w, const char *stamp, uint8_t first,
                                uint64_t mark, const uint32_t *sessions)
{
    const uint8_t offsets[] = {first, (uint8_t)(first + 1)};
    int found = -1;
    const struct restore_people people = {.instance = "a",
                                          .mark = mark,
                                          .campaign = CAMPAIGN,
                                          .stamp = (uint32_t)strtoul(stamp, NULL, 10),
                                          .offsets = offsets,
                                          .n = COUNT_OF(offsets),
                                          .sessions = sessions};
    restore_people(w->ledgers, &people, on_brought, &found);
    while (found < 0)
        loop_turn(w->loop, WORLD_MS);
    return (enum restore_found)found;
}

static void what_was_offered_since_the_copy_counts(void **state)
{
    struct ledger_world *w = *state;
    struct choice c;
    lw_campaign(w, CAMPAIGN, PEOPLE);
    choose(&c, 2, (uint32_t[]){5, 3});
    for (int id = 1; id <= 2; id++)
        lw_redis(w, "HSET", "sessions", id == 1 ? "1" : "2", "{}", NULL);
    struct lease_ref lease = lw_take(w, w->a, 0);
    struct gate_ask ask = ask_for(lease, 2, &c);
    assert_int_equal(gate(w, w->a, &ask).granted, 2);
    char stamp[16];
    (void)snprintf(stamp, sizeof stamp, "%s", lw_redis(w, "HGET", "c:7", "stamp", NULL));

    for (int again = 0; again < 2; again++) {
        assert_int_equal(bring(w, stamp, 2, 1000, (uint32_t[]){1, 2}), RESTORE_DONE);
        adds_up(w);
        assert_string_equal(rooms(w, 1), "0 0 3");
        assert_string_equal(rooms(w, 2), "0 0 1");
    }
    /* whom the copy knows was sent to again since, and told of another one */
    assert_int_equal(bring(w, stamp, 0, 1001, (uint32_t[]){2, 1}), RESTORE_DONE);
    adds_up(w);
    assert_string_equal(rooms(w, 1), "0 0 2");
    assert_string_equal(rooms(w, 2), "0 0 2");
    ask = ask_for(lease, 9, &c);
    lw_pass(w, 10 * WORLD_MS);
    assert_string_equal(gate(w, w->a, &ask).letters, "----ggggp"); /* eight places in all */
}

static void those_of_a_lost_campaign_count_once(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, CAMPAIGN, PEOPLE);
    lw_redis(w, "HSET", "sessions", "1", "{}", NULL);
    for (uint64_t mark = 1000; mark < 1003; mark++)
        assert_int_equal(bring(w, "77777", 2, mark, (uint32_t[]){1, 4}), RESTORE_LOST);
    assert_string_equal(rooms(w, 1), "0 0 1");
    assert_string_equal(rooms(w, 4), ""); /* it is lost, too */
}

/* The processes' copies hear of a session that is full, and of one that has room again. */
static void it_is_told(void **state)
{
    struct ledger_world *w = *state;
    struct choice c;
    lw_campaign(w, CAMPAIGN, PEOPLE);
    choose(&c, 1, (uint32_t[]){3});
    struct lease_ref lease = lw_take(w, w->a, 0);
    struct gate_ask ask = ask_for(lease, 2, &c);
    gate(w, w->a, &ask);
    assert_string_equal(lw_redis(w, "XLEN", "places:changes", NULL), "0");
    ask = ask_for(lease, 4, &c);
    assert_string_equal(gate(w, w->a, &ask).full, "1");
    assert_string_equal(lw_redis(w, "XLEN", "places:changes", NULL), "1");
    record(w, lease, 1, STATE_PENDING);
    assert_string_equal(lw_redis(w, "XLEN", "places:changes", NULL), "2");
}

int main(void)
{
#define OFFER_TEST(f) cmocka_unit_test_setup(f, begin)
    struct CMUnitTest tests[] = {
        OFFER_TEST(the_best_with_room),
        OFFER_TEST(those_who_pledged_have_places),
        OFFER_TEST(a_place_needs_so_many),
        OFFER_TEST(who_was_not_texted_holds_no_place),
        OFFER_TEST(taken_over),
        OFFER_TEST(who_pledged_is_counted_once),
        OFFER_TEST(two_dispatchers),
        OFFER_TEST(others_pay_nothing),
        OFFER_TEST(it_is_told),
        OFFER_TEST(what_was_offered_since_the_copy_counts),
        OFFER_TEST(those_of_a_lost_campaign_count_once),
    };
    return lw_run("offers", tests, COUNT_OF(tests), NULL);
}
