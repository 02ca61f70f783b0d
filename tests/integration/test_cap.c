/* The frequency cap in the gate, on a real Redis: how often campaigns text one person, whatever runs
 * beside, fails, or is sent to again; and against a model that keeps every contact. */
#include "ledger_world.h"

#include "store/contacts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MINUTE = 60 * WORLD_S };
#define HOUR INT64_C(3600000000)
#define DAY  (24 * HOUR)

static const struct cap usual = {CAP_DAY_DEFAULT, CAP_WEEK_DEFAULT};

static int begin(void **state)
{
    lw_next(*state);
    return 0;
}

/* The first n people of a new campaign; all campaigns have the same. */
static struct gate_ask ask_of(struct ledger_world *w, uint32_t campaign, size_t n, struct cap cap)
{
    lw_campaign(w, campaign, 256);
    struct gate_ask ask = lw_ask(lw_take(w, w->a, 0), n);
    ask.rate_per_s = 100000;
    ask.cap = cap;
    return ask;
}

static const char *text(struct ledger_world *w, uint32_t campaign, size_t n, struct cap cap)
{
    static struct gate_got got;
    struct gate_ask ask = ask_of(w, campaign, n, cap);
    got = lw_gate(w, w->a, &ask);
    return got.letters;
}

static void one_in_a_day_and_three_in_a_week(void **state)
{
    struct ledger_world *w = *state;
    assert_string_equal(text(w, 7, 2, usual), "gg");
    lw_pass(w, DAY - MINUTE);
    assert_string_equal(text(w, 8, 3, usual), "ssg");
    assert_string_equal(lw_detail(w, 0), "texted enough");
    assert_null(lw_detail(w, 2));
    lw_pass(w, 4 * MINUTE);
    assert_string_equal(text(w, 9, 3, usual), "ggs");
    lw_pass(w, DAY + 4 * MINUTE);
    assert_string_equal(text(w, 10, 3, usual), "ggg");
    lw_pass(w, DAY + 4 * MINUTE);
    assert_string_equal(text(w, 11, 4, usual), "ssgg"); /* the fourth in a week */
    lw_pass(w, 4 * DAY + HOUR);
    assert_string_equal(text(w, 12, 2, usual), "gg");
}

static void no_cap_leaves_nobody_out(void **state)
{
    struct ledger_world *w = *state;
    assert_string_equal(text(w, 7, 2, (struct cap){0}), "gg");
    assert_string_equal(text(w, 8, 2, (struct cap){0}), "gg");
    assert_null(lw_redis(w, "HGET", "contacts", "people", NULL));
    assert_string_equal(text(w, 9, 2, (struct cap){.week = 2}), "gg");
    assert_string_equal(text(w, 10, 2, (struct cap){.week = 2}), "gg");
    assert_string_equal(text(w, 11, 2, (struct cap){.week = 2}), "ss");
    assert_string_equal(text(w, 12, 2, (struct cap){.day = 3}), "gg");
    assert_string_equal(text(w, 13, 2, (struct cap){.day = 3}), "ss");
}

static void a_cap_that_was_widened_knows_what_was(void **state)
{
    struct ledger_world *w = *state;
    assert_string_equal(text(w, 7, 2, (struct cap){.day = 1}), "gg");
    for (uint32_t id = 8; id < 8 + 19; id++)
        assert_string_equal(text(w, id, 2, (struct cap){.day = CAP_MAX}), "gg");
    assert_string_equal(text(w, 40, 3, (struct cap){.day = CAP_MAX}), "ssg");
}

static void replies_do_not_count(void **state)
{
    struct ledger_world *w = *state;
    struct gate_ask ask = ask_of(w, 7, 2, usual);
    ask.is_reply = true;
    assert_string_equal(lw_gate(w, w->a, &ask).letters, "gg");
    assert_string_equal(text(w, 8, 2, usual), "gg");
    ask = ask_of(w, 9, 2, usual);
    ask.is_reply = true;
    assert_string_equal(lw_gate(w, w->a, &ask).letters, "gg");
}

static void who_is_exempt_texts_all_and_counts(void **state)
{
    struct ledger_world *w = *state;
    assert_string_equal(text(w, 7, 1, usual), "g");
    struct gate_ask ask = ask_of(w, 8, 2, usual);
    lw_redis(w, "HSET", "c:8", "cap", "exempt", NULL);
    assert_string_equal(lw_gate(w, w->a, &ask).letters, "gg");
    assert_string_equal(text(w, 9, 3, usual), "ssg");
}

/* ---- who was not texted ---- */

static void record(struct ledger_world *w, const struct gate_ask *ask, uint8_t offset,
                   enum state state, int64_t granted_us)
{
    const struct record_item item = {.offset = offset,
                                     .state = (uint8_t)state,
                                     .granted_us = granted_us,
                                     .number = ask->numbers[offset]};
    lw_record(w, w->a, ask->lease, &item, 1);
}

static void who_was_not_texted_is_as_before(void **state)
{
    struct ledger_world *w = *state;
    struct gate_ask ask = ask_of(w, 7, 4, usual);
    struct gate_got got = lw_gate(w, w->a, &ask);
    record(w, &ask, 0, STATE_PENDING, got.slots[0]);
    record(w, &ask, 1, STATE_REFUSED, got.slots[1]);
    record(w, &ask, 2, STATE_UNKNOWN, 0);
    record(w, &ask, 3, STATE_ACCEPTED, 0);
    lw_pass(w, HOUR);
    assert_string_equal(text(w, 8, 5, usual), "ggssg");
}

/* A provider that is busy: the same message, an hour later. */
static void a_retry_is_no_second_contact(void **state)
{
    struct ledger_world *w = *state;
    struct gate_ask ask = ask_of(w, 7, 1, usual);
    for (int i = 0; i < 5; i++) {
        struct gate_got got = lw_gate(w, w->a, &ask);
        assert_string_equal(got.letters, "g");
        record(w, &ask, 0, STATE_PENDING, got.slots[0]);
        lw_pass(w, WORLD_S);
    }
    assert_string_equal(lw_redis(w, "HGET", "contacts", "people", NULL), "0");
    assert_string_equal(lw_gate(w, w->a, &ask).letters, "g");
    assert_string_equal(text(w, 8, 1, usual), "s");
}

/* The gate's reply got lost: nobody knows the slot, and nobody left. */
static void a_lost_grant_is_no_contact(void **state)
{
    struct ledger_world *w = *state;
    struct gate_ask ask = ask_of(w, 7, 2, usual);
    int64_t asked_us = w->now_us;
    lw_gate(w, w->a, &ask);
    lw_pass(w, 5 * WORLD_S);
    record(w, &ask, 0, STATE_PENDING, asked_us);
    assert_string_equal(text(w, 8, 2, usual), "gs");
}

/* The contact of another campaign stays, whichever came first. */
static void what_is_taken_back_is_ones_own(void **state)
{
    struct ledger_world *w = *state;
    const struct cap two = {.day = 2, .week = 3};
    assert_string_equal(text(w, 7, 1, two), "g");
    lw_pass(w, 2 * HOUR);
    struct gate_ask ask = ask_of(w, 8, 1, two);
    struct gate_got got = lw_gate(w, w->a, &ask);
    lw_pass(w, 2 * HOUR);
    assert_string_equal(text(w, 9, 1, two), "s");
    w->campaign = 8;
    record(w, &ask, 0, STATE_REFUSED, got.slots[0]);
    assert_string_equal(text(w, 10, 1, two), "g");
    assert_string_equal(text(w, 11, 1, two), "s");
}

/* Unknown, and a person said: send it again. The contact of the first copy does not stand in the
 * way, and counts until the second one does. */
static void who_is_sent_to_again_is_let_through(void **state)
{
    struct ledger_world *w = *state;
    struct gate_ask ask = ask_of(w, 7, 2, usual);
    lw_gate(w, w->a, &ask);
    record(w, &ask, 0, STATE_UNKNOWN, 0);
    lw_pass(w, HOUR);
    assert_string_equal(text(w, 8, 1, usual), "s");
    w->campaign = 7;
    lw_settle(w, CAUSE_PERSON, 0, STATE_PENDING, "");
    lw_redis(w, "HSET", "c:7:g", "0", "1", NULL); /* as resolve.lua and reserve.lua do */
    ask = lw_ask(lw_take(w, w->a, 0), 1);
    ask.cap = usual;
    assert_string_equal(lw_gate(w, w->a, &ask).letters, "g");
    assert_null(lw_redis(w, "HGET", "c:7:g", "0", NULL));
    lw_pass(w, DAY - HOUR / 2);
    assert_string_equal(text(w, 9, 1, usual), "s"); /* since the second copy it is no day */
}

static void not_reached(struct ledger_world *w, struct gate_ask *ask)
{
    assert_string_equal(lw_gate(w, w->a, ask).letters, "g");
    record(w, ask, 0, STATE_ACCEPTED, 0);
    lw_settle(w, CAUSE_RECEIPT, 0, STATE_UNDELIVERED, "");
}

/* Made for those whom campaign 7 did not reach. */
static const char *text_missed(struct ledger_world *w, uint32_t id)
{
    static struct gate_got got;
    char key[16];
    (void)snprintf(key, sizeof key, "c:%u", id);
    lw_redis(w, "HSET", key, "of", "7", "only", "96", NULL); /* undelivered, refused */
    struct gate_ask ask = ask_of(w, id, 1, usual);
    got = lw_gate(w, w->a, &ask);
    return got.letters;
}

/* What did not arrive was no contact: the campaign that repeats it reaches them within the day. Only one
 * does: another for the same people finds the contact of that. */
static void who_was_not_reached_is_texted_again(void **state)
{
    struct ledger_world *w = *state;
    struct gate_ask ask = ask_of(w, 7, 1, usual);
    not_reached(w, &ask);
    lw_pass(w, HOUR);
    assert_string_equal(text(w, 8, 1, usual), "s"); /* whoever else asks has to wait */
    assert_string_equal(text_missed(w, 9), "g");
    assert_null(lw_redis(w, "HGET", "c:9:g", "0", NULL));
    lw_pass(w, HOUR);
    assert_string_equal(text_missed(w, 10), "s");
    assert_string_equal(text(w, 11, 1, usual), "s");
    lw_pass(w, DAY);
    assert_string_equal(text(w, 12, 1, usual), "g"); /* of three in a week the second */
}

/* A third campaign texted them meanwhile: that contact stands. */
static void others_contacts_stand(void **state)
{
    struct ledger_world *w = *state;
    struct gate_ask ask = ask_of(w, 7, 1, usual);
    not_reached(w, &ask);
    lw_pass(w, DAY + HOUR);
    assert_string_equal(text(w, 8, 1, usual), "g");
    lw_pass(w, HOUR);
    assert_string_equal(text_missed(w, 9), "s");
}

static void of_an_exempt_one_nothing_is_given_back(void **state)
{
    struct ledger_world *w = *state;
    assert_string_equal(text(w, 6, 1, usual), "g");
    struct gate_ask ask = ask_of(w, 7, 1, usual);
    lw_redis(w, "HSET", "c:7", "cap", "exempt", NULL);
    not_reached(w, &ask);
    assert_string_equal(text_missed(w, 9), "s");
}

/* ---- the book ---- */

static const char *all_granted(size_t n)
{
    static char letters[GATE_ASK_MAX + 1];
    memset(letters, GATE_GRANTED, n);
    letters[n] = '\0';
    return letters;
}

static size_t text_blocks(struct ledger_world *w, uint32_t campaign, uint32_t people)
{
    size_t granted = 0;
    lw_campaign(w, campaign, people);
    for (uint32_t block = 0; block * BLOCK_ROWS < people; block++) {
        struct gate_ask ask = lw_ask(lw_take(w, w->a, block), GATE_ASK_MAX);
        ask.rate_per_s = 100000;
        ask.window_us = WORLD_S;
        ask.cap = usual;
        granted += lw_gate(w, w->a, &ask).granted;
        lw_pass(w, 10 * WORLD_MS);
    }
    return granted;
}

static size_t book_number(struct ledger_world *w, const char *field)
{
    const char *n = lw_redis(w, "HGET", "contacts", field, NULL);
    return n ? strtoul(n, NULL, 10) : 0;
}

/* Everybody is found again in the bucket that they went to, and nobody else is. */
static void the_book_grows_as_people_come(void **state)
{
    enum { BLOCKS = 80, ASKED = BLOCKS * GATE_ASK_MAX };
    struct ledger_world *w = *state;
    assert_int_equal(text_blocks(w, 7, BLOCKS * BLOCK_ROWS), ASKED);
    assert_int_equal(book_number(w, "people"), ASKED);
    assert_in_range(book_number(w, "buckets"), ASKED / 24, ASKED / 24 + 1);
    lw_pass(w, HOUR);
    assert_int_equal(text_blocks(w, 8, BLOCKS * BLOCK_ROWS), 0);
    assert_int_equal(book_number(w, "people"), ASKED);
}

/* From 65,536 buckets on it is another byte of the print that says who goes. */
static void a_large_book_is_split_as_a_small_one(void **state)
{
    enum { BUCKETS = 65536, PEOPLE = 8 };
    struct ledger_world *w = *state;
    for (size_t i = 0; i < PEOPLE; i++, lw_next(w)) {
        unsigned char print[CAP_PRINT_BYTES];
        char goes[16];
        cap_print(WORLD_FIRST_NUMBER + i, print);
        unsigned from = print[4] + 256U * print[0]; /* is split next */
        (void)snprintf(goes, sizeof goes, "%u",
                       BUCKETS + from); /* the first that is not there yet */
        lw_redis(w, "HSET", "contacts", "buckets", goes, "people", "9999999", NULL);
        assert_string_equal(text(w, 7, PEOPLE, usual), all_granted(PEOPLE));
        assert_int_equal(lw_redis(w, "HGET", "contacts", goes, NULL) != NULL, print[1] & 1);
        assert_string_equal(text(w, 8, PEOPLE, usual), "ssssssss");
    }
}

/* Minutes are told apart for 45 days only. */
static void after_months_the_book_is_empty(void **state)
{
    struct ledger_world *w = *state;
    assert_string_equal(text(w, 7, 4, usual), "gggg");
    lw_pass(w, 65535 * (int64_t)MINUTE + HOUR);
    assert_string_equal(text(w, 8, 1, usual), "g");
    assert_string_equal(lw_redis(w, "HGET", "contacts", "people", NULL), "1");
}

static void turn_until(struct ledger_world *w, const char *field, size_t is)
{
    for (int i = 0; i < 1000 && book_number(w, field) != is; i++)
        loop_turn(w->loop, WORLD_MS);
    assert_int_equal(book_number(w, field), is);
}

/* By and by; and who has a contact of this week stays. */
static void what_is_old_is_swept(void **state)
{
    struct ledger_world *w = *state;
    assert_string_equal(text(w, 7, 100, usual), all_granted(100));
    contacts_sweep(w->ledgers, 4); /* nobody is old */
    turn_until(w, "swept", 4);
    lw_pass(w, 6 * DAY);
    assert_string_equal(text(w, 8, 40, usual), all_granted(40));
    lw_pass(w, DAY + HOUR);
    for (int i = 0; i < 3; i++)
        contacts_sweep(w->ledgers, 200);
    turn_until(w, "people", 40);
    assert_string_equal(text(w, 9, 41, usual), all_granted(41));
    lw_pass(w, 8 * DAY);
    contacts_sweep(w->ledgers, 200);
    contacts_sweep(w->ledgers, 200);
    contacts_sweep(w->ledgers, 200);
    turn_until(w, "buckets", 0);
}

static void whoever_is_forgotten_is_not_in_it(void **state)
{
    struct ledger_world *w = *state;
    const uint64_t numbers[] = {WORLD_FIRST_NUMBER + 1, WORLD_FIRST_NUMBER + 50};
    assert_string_equal(text(w, 7, 3, usual), "ggg");
    contacts_forget(w->store, numbers, 2, w->now_us / 1000, NULL, NULL);
    turn_until(w, "people", 2);
    assert_string_equal(text(w, 8, 3, usual), "sgs");
}

static void a_clock_set_back_forgets_nothing(void **state)
{
    struct ledger_world *w = *state;
    const struct cap caps[] = {usual, {.day = 1}}; /* of the second only the newest is known */
    for (size_t i = 0; i < 2; i++, lw_next(w)) {
        assert_string_equal(text(w, 7, 2, caps[i]), "gg");
        lw_pass(w, -5 * HOUR);
        assert_string_equal(text(w, 8, 2, caps[i]), "ss");
        struct gate_ask ask = ask_of(w, 9, 2, caps[i]);
        lw_redis(w, "HSET", "c:9", "cap", "exempt", NULL);
        lw_gate(w, w->a, &ask), lw_pass(w, 2 * WORLD_S); /* the limiter lets a second pass */
        assert_string_equal(lw_gate(w, w->a, &ask).letters, "gg");
        lw_pass(w, DAY + 4 * MINUTE);
        assert_string_equal(text(w, 10, 2, caps[i]), "ss");
    }
}

/* ---- as a property ---- */

enum {
    MODEL_PEOPLE = 120,
    MODEL_CAMPAIGNS = 40,
    MODEL_CONTACTS = 4000, /* of one person, more than can be */
};

struct model {
    int64_t at_us[MODEL_PEOPLE][MODEL_CONTACTS]; /* slots that count */
    size_t n[MODEL_PEOPLE];
    uint64_t rng;
};

static uint64_t draw(struct model *m, uint64_t below)
{
    m->rng = m->rng * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (m->rng >> 33) % below;
}

static int contacts_within(const struct model *m, size_t who, int64_t now_us, int64_t span_us)
{
    int n = 0;
    for (size_t i = 0; i < m->n[who]; i++)
        n += m->at_us[who][i] > now_us - span_us;
    return n;
}

/* Of a cap, whether one more now would be more than it; with some room, since what is kept is rounded. */
static bool would_break(const struct model *m, size_t who, struct cap cap, int64_t now_us,
                        int64_t room_us)
{
    return (cap.day && contacts_within(m, who, now_us, DAY + room_us) >= cap.day) ||
           (cap.week && contacts_within(m, who, now_us, 7 * DAY + room_us) >= cap.week);
}

static void forget_contact(struct model *m, size_t who, int64_t at_us)
{
    for (size_t i = 0; i < m->n[who]; i++)
        if (m->at_us[who][i] == at_us) {
            m->at_us[who][i] = m->at_us[who][--m->n[who]];
            return;
        }
}

/* One turn of a campaign: some of its people are asked for, and what becomes of them is drawn. */
static void model_turn(struct ledger_world *w, struct model *m, uint32_t id, struct cap cap)
{
    static const enum state outcomes[] = {STATE_ACCEPTED, STATE_ACCEPTED, STATE_UNKNOWN,
                                          STATE_PENDING, STATE_REFUSED};
    w->campaign = id;
    struct lease_got lease = lw_lease(w, w->a, batch_of_block(id, 0));
    if (lease.verdict != LEASE_TAKEN) return;
    struct gate_ask ask =
        lw_ask((struct lease_ref){batch_of_block(id, 0), lease.fence}, MODEL_PEOPLE);
    ask.rate_per_s = 100000;
    ask.window_us = WORLD_S;
    ask.cap = cap;
    ask.grants_max = (int)draw(m, 40) + 1;
    struct gate_got got = lw_gate(w, w->a, &ask);
    struct record_item items[MODEL_PEOPLE];
    size_t slot = 0, n = 0;
    for (size_t who = 0; who < MODEL_PEOPLE; who++) {
        char letter = got.letters[who];
        if (letter == GATE_STOPPED)
            assert_true(would_break(m, who, cap, w->now_us, HOUR + 3 * MINUTE));
        if (letter != GATE_GRANTED) continue;
        int64_t at_us = got.slots[slot++];
        assert_false(would_break(m, who, cap, at_us, 0));
        enum state to = outcomes[draw(m, COUNT_OF(outcomes))];
        bool counts = to == STATE_ACCEPTED || to == STATE_UNKNOWN;
        items[n++] = (struct record_item){.offset = (uint8_t)who,
                                          .state = (uint8_t)to,
                                          .granted_us = counts ? 0 : at_us,
                                          .number = ask.numbers[who]};
        check(m->n[who] < MODEL_CONTACTS);
        m->at_us[who][m->n[who]++] = at_us;
        if (!counts) forget_contact(m, who, at_us);
    }
    if (n) lw_record(w, w->a, ask.lease, items, n);
    lw_batch_end(w, w->a, ask.lease);
}

static int64_t some_time(struct model *m)
{
    static const int64_t most[] = {MINUTE, HOUR, 8 * HOUR, DAY, 3 * DAY};
    return (int64_t)draw(m, (uint64_t)most[draw(m, COUNT_OF(most))]) + WORLD_S;
}

static void never_more_than_the_cap(void **state)
{
    static const struct cap caps[] = {{1, 3}, {2, 3}, {1, 0}, {3, 7}, {0, 2}, {1, 2}};
    struct ledger_world *w = *state;
    struct model *m = xcalloc(1, sizeof *m);
    for (size_t round = 0; round < COUNT_OF(caps); round++) {
        lw_next(w);
        *m = (struct model){.rng = round + 1};
        for (uint32_t id = 1; id <= MODEL_CAMPAIGNS; id++)
            lw_campaign(w, id, MODEL_PEOPLE);
        for (int turn = 0; turn < 150; turn++) {
            model_turn(w, m, (uint32_t)draw(m, MODEL_CAMPAIGNS) + 1, caps[round]);
            lw_pass(w, some_time(m));
        }
    }
    free(m);
}

int main(void)
{
#define CAP_TEST(f) cmocka_unit_test_setup(f, begin)
    struct CMUnitTest tests[] = {
        CAP_TEST(one_in_a_day_and_three_in_a_week),
        CAP_TEST(no_cap_leaves_nobody_out),
        CAP_TEST(a_cap_that_was_widened_knows_what_was),
        CAP_TEST(replies_do_not_count),
        CAP_TEST(who_is_exempt_texts_all_and_counts),
        CAP_TEST(who_was_not_texted_is_as_before),
        CAP_TEST(a_retry_is_no_second_contact),
        CAP_TEST(a_lost_grant_is_no_contact),
        CAP_TEST(what_is_taken_back_is_ones_own),
        CAP_TEST(who_is_sent_to_again_is_let_through),
        CAP_TEST(who_was_not_reached_is_texted_again),
        CAP_TEST(others_contacts_stand),
        CAP_TEST(of_an_exempt_one_nothing_is_given_back),
        CAP_TEST(the_book_grows_as_people_come),
        CAP_TEST(a_large_book_is_split_as_a_small_one),
        CAP_TEST(after_months_the_book_is_empty),
        CAP_TEST(what_is_old_is_swept),
        CAP_TEST(whoever_is_forgotten_is_not_in_it),
        CAP_TEST(a_clock_set_back_forgets_nothing),
        CAP_TEST(never_more_than_the_cap),
    };
    return lw_run("cap", tests, COUNT_OF(tests), NULL);
}
