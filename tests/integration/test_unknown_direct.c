/* Answers and tests whose answer was lost, and what a look-up must not mix up. */
#include "unknown_world.h"

#include "flow/recipient.h"

static void on_opened(void *arg, int result, const struct err *e)
{
    ended(arg, result, e);
}

static void on_index(void *arg, int result, uint32_t index, const struct err *e)
{
    struct waiting *x = arg;
    ended(x, result, e);
    x->id = index;
}

static void on_states(void *arg, int result, const uint8_t *states, const struct slice *details,
                      size_t n)
{
    struct waiting *x = arg;
    (void)details;
    assert_int_equal(result, 0);
    assert_true(x->id < n);
    x->moved = states[x->id];
    x->done = true;
}

static enum state direct_state(struct world *w, uint32_t index)
{
    struct waiting x = {.id = index};
    campaign_people(w->store, 0, 0, on_states, &x);
    TURN_UNTIL(w, x.done);
    return (enum state)x.moved;
}

/* To person `to` of the campaign's numbers, until the ledger says `becomes`. */
static uint32_t answer_them(struct world *w, unsigned to, const char *text, enum state becomes)
{
    struct waiting x = {.done = false};
    const struct direct_message m = {.to = 447700900000 + to,
                                     .gateway = SLICE_LIT("main"),
                                     .sender = SLICE_LIT("+447700900999"),
                                     .group = SLICE_LIT("main"),
                                     .text = slice_of(text),
                                     .kind = DIRECT_TEST,
                                     .at_ms = clock_wall_ms()};
    campaign_open_direct(w->store, on_opened, &x);
    wait_for(w, &x);
    outbox_send(w->outbox, &m, on_index, &x);
    wait_for(w, &x);
    TURN_UNTIL(w, direct_state(w, x.id) == becomes);
    return x.id;
}

/* The provider takes it, and nobody hears of that. */
static uint32_t lose_the_answer(struct world *w, unsigned to, const char *text)
{
    tell_sim(w, "{\"errors\":\"drop:1\"}");
    return answer_them(w, to, text, STATE_UNKNOWN);
}

/* The provider never sees it. */
static uint32_t lose_the_message(struct world *w, unsigned to, const char *text)
{
    tell_sim(w, "{\"errors\":\"lost:1\"}");
    return answer_them(w, to, text, STATE_UNKNOWN);
}

static uint32_t reach(struct world *w, unsigned to, const char *text)
{
    tell_sim(w, "{\"errors\":\"\"}");
    return answer_them(w, to, text, STATE_ACCEPTED);
}

static void test_an_answer_is_looked_up(void **state)
{
    struct world *w = *state;
    uint32_t taken = lose_the_answer(w, 1, "On Thursday at seven.");
    uint32_t lost = lose_the_message(w, 2, "On Thursday at seven.");
    start_lookup(w, 1);
    TURN_UNTIL(w, direct_state(w, taken) == STATE_SENT);
    TURN_UNTIL(w, lookup_stats(w->lookup).not_found > 0);
    assert_int_equal(direct_state(w, lost), STATE_UNKNOWN);
    assert_int_equal(sim_count(w, "accepted"), 1);
}

static void test_it_waits_for_receipts_first(void **state)
{
    struct world *w = *state;
    (void)lose_the_answer(w, 1, "On Thursday at seven.");
    start_lookup(w, 3600 * 1000);
    TURN_UNTIL(w, lookup_stats(w->lookup).looks >= 3);
    assert_int_equal(lookup_stats(w->lookup).asked, 0);
}

static void test_one_that_stays_unknown_is_asked_for_more_and_more_rarely(void **state)
{
    struct world *w = *state;
    (void)lose_the_message(w, 1, "On Thursday at seven.");
    start_lookup(w, 1);
    TURN_UNTIL(w, lookup_stats(w->lookup).looks >= 40);
    assert_in_range(lookup_stats(w->lookup).asked, 1, 20); /* after 1, 2, 4, 8, … ms */
}

static void test_the_same_words_twice_are_not_mixed_up(void **state)
{
    struct world *w = *state;
    uint32_t first = reach(w, 1, "See you there!");
    uint32_t second = lose_the_message(w, 1, "See you there! ");
    start_lookup(w, 1);
    TURN_UNTIL(w, lookup_stats(w->lookup).cannot_tell > 0);
    assert_int_equal(direct_state(w, first), STATE_ACCEPTED);
    assert_int_equal(direct_state(w, second), STATE_UNKNOWN);
    assert_int_equal(lookup_stats(w->lookup).found, 0);
}

static void test_as_many_in_the_list_as_were_sent_settle_it(void **state)
{
    struct world *w = *state;
    (void)reach(w, 1, "See you there!");
    uint32_t second = lose_the_answer(w, 1, "See you there!");
    start_lookup(w, 1);
    TURN_UNTIL(w, direct_state(w, second) == STATE_SENT);
}

static void test_of_two_unknown_and_one_in_the_list_neither_is_settled(void **state)
{
    struct world *w = *state;
    uint32_t first = lose_the_answer(w, 1, "See you there!");
    uint32_t second = lose_the_message(w, 1, "See you there!");
    start_lookup(w, 1);
    TURN_UNTIL(w, lookup_stats(w->lookup).cannot_tell >= 2);
    assert_int_equal(direct_state(w, first), STATE_UNKNOWN);
    assert_int_equal(direct_state(w, second), STATE_UNKNOWN);
}

static void test_the_campaign_is_not_taken_for_the_answer(void **state)
{
    struct world *w = *state;
    tell_sim(w, "{\"errors\":\"\"}");
    launch(w, "thursday");
    TURN_UNTIL(w, is_done(w));
    uint32_t same = lose_the_message(w, 7, "Hi Ada 7, come!");
    uint32_t other = lose_the_answer(w, 7, "Hi Ada 7, do come!");
    start_lookup(w, 1);
    TURN_UNTIL(w, direct_state(w, other) == STATE_SENT);
    TURN_UNTIL(w, lookup_stats(w->lookup).cannot_tell > 0);
    assert_int_equal(direct_state(w, same), STATE_UNKNOWN);
}

static void on_recipient(void *arg, int result, const struct recipient *r, const struct err *e)
{
    struct waiting *x = arg;
    ended(x, result, e);
    x->moved = recipient_number(r) - 447700900000;
}

/* The unknown person of the campaign who has been so the longest. */
static unsigned unknown_person(struct world *w)
{
    struct waiting x = {.done = false};
    (void)due(w, 0, 0, &x.id);
    struct recipients *rs = recipients_new(w->store, w->now->audience, NULL);
    recipients_load(rs, x.id, on_recipient, &x);
    TURN_UNTIL(w, x.done);
    recipients_free(rs);
    return (unsigned)x.moved;
}

static void test_a_test_is_not_taken_for_the_campaign(void **state)
{
    struct world *w = *state;
    char text[32];
    some_unknown(w, "{\"errors\":\"lost:0.2\"}");
    unsigned person = unknown_person(w);
    (void)snprintf(text, sizeof text, "Hi Ada %u, come!", person);
    (void)reach(w, person, text);
    start_lookup(w, 1);
    TURN_UNTIL(w, lookup_stats(w->lookup).cannot_tell > 0 &&
                      lookup_stats(w->lookup).not_found >= w->unknown - 1);
    assert_int_equal(count(w, STATE_UNKNOWN), w->unknown);
}

/* The same list and the same words, one after the other: the older one has everybody in the list.
 */
static void test_a_campaign_is_not_taken_for_the_next_one(void **state)
{
    struct world *w = *state;
    launch(w, "thursday");
    TURN_UNTIL(w, is_done(w));
    tell_sim(w, "{\"errors\":\"lost:0.2\"}");
    launch(w, "thursday again");
    TURN_UNTIL(w, is_done(w));
    tell_sim(w, "{\"errors\":\"\"}");
    uint64_t unknown = count(w, STATE_UNKNOWN);
    assert_true(unknown > 1);
    start_lookup(w, 1);
    TURN_UNTIL(w, lookup_stats(w->lookup).asked >= unknown);
    assert_int_equal(lookup_stats(w->lookup).found, 0);
    assert_int_equal(count(w, STATE_UNKNOWN), unknown);
}

static void test_a_provider_that_gives_no_list_is_asked_again(void **state)
{
    struct world *w = *state;
    some_unknown(w, "{\"errors\":\"drop:0.2\"}");
    uint32_t answer = lose_the_answer(w, 1, "On Thursday at seven.");
    tell_sim(w, "{\"errors\":\"\",\"auth-token\":\"another\"}");
    start_lookup(w, 1);
    TURN_UNTIL(w, lookup_stats(w->lookup).cannot_tell >= 6);
    assert_int_equal(lookup_stats(w->lookup).found, 0);
    tell_sim(w, "{\"auth-token\":\"sim-secret\"}");
    TURN_UNTIL(w, count(w, STATE_UNKNOWN) == 0);
    TURN_UNTIL(w, direct_state(w, answer) == STATE_SENT);
}

/* Lists that tell nothing, one after the other. */
static void other_list(void *arg, struct http_request *q)
{
    static const char *const lists[] = {
        "<html>",
        "{\"messages\":[{\"to\":",
        "[]",
        "{\"messages\":[],\"next_page_uri\":\"/2010-04-01/more\"}",
        "{\"messages\":[{\"sid\":7,\"to\":[],\"body\":{}}],\"next_page_uri\":0}",
        "",
    };
    struct world *w = arg;
    const char *list = lists[w->asked % COUNT_OF(lists)];
    if (w->asked < ASKED_MAX) w->asked_us[w->asked++] = clock_mono_us();
    http_request_answer(q, w->other_status, "application/json", slice_of(list));
}

static void ask_other(struct world *w, int status)
{
    const struct http_server_config listen = {.listen = "127.0.0.1:0", .body_bytes_max = 65536};
    char url[64];
    struct err e = {0};
    w->other_status = status;
    assert_int_equal(http_server_new(w->loop, &listen, other_list, w, &w->other, &e), 0);
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%d", http_server_port(w->other));
    w->account.gateway = w->other_gateway = make_gateway(w, url);
    start_lookup(w, 1);
}

static void test_lists_that_tell_nothing_settle_nobody(void **state)
{
    struct world *w = *state;
    some_unknown(w, "{\"errors\":\"drop:0.2\"}");
    uint32_t answer = lose_the_answer(w, 1, "On Thursday at seven.");
    ask_other(w, 200);
    TURN_UNTIL(w, w->asked >= 12);
    assert_int_equal(lookup_stats(w->lookup).found, 0);
    assert_int_equal(count(w, STATE_UNKNOWN), w->unknown);
    assert_int_equal(direct_state(w, answer), STATE_UNKNOWN);
}

/* One question, then it is left alone for 60 × every_ms, then for twice as long. */
static void test_a_provider_that_is_asked_too_much_is_left_alone(void **state)
{
    struct world *w = *state;
    some_unknown(w, "{\"errors\":\"drop:0.2\"}");
    ask_other(w, 429);
    TURN_UNTIL(w, w->asked >= 3);
    assert_true(w->asked_us[1] - w->asked_us[0] >= 60 * 1000);
    assert_true(w->asked_us[2] - w->asked_us[1] >= 120 * 1000);
    assert_int_equal(count(w, STATE_UNKNOWN), w->unknown);
}

static void test_decided_while_the_provider_is_asked(void **state)
{
    struct world *w = *state;
    some_unknown(w, "{\"errors\":\"drop:0.2\"}");
    start_lookup(w, 1);
    TURN_UNTIL(w, lookup_stats(w->lookup).found > 0);
    uint64_t left = resolve(w, UNKNOWN_LEAVE).moved;
    uint64_t found = count(w, STATE_SENT), refused = w->now->counts[STATE_REFUSED];
    assert_int_equal(found + refused, w->unknown);
    assert_in_range(refused, left - 1, left); /* one more was being asked for */
}

static void on_receipt(void *arg, int result)
{
    ((struct waiting *)arg)->done = true;
    assert_int_equal(result, 0);
}

static enum state receive(struct world *w, uint32_t index, enum state told)
{
    char ref[REF_CHARS + 1];
    struct waiting x = {.done = false};
    const struct receipts r = {
        .ledger = w->ledger, .store = w->store, .ref_key = REF_KEY, .gateway = "main"};
    ref_of(w, 0, index, ref);
    const struct receipt_event event = {.ref = slice_of(ref), .state = told};
    receipt_apply(&r, &event, clock_wall_ms(), on_receipt, &x);
    TURN_UNTIL(w, x.done);
    return direct_state(w, index);
}

static void test_receipts_settle_an_answer(void **state)
{
    struct world *w = *state;
    uint32_t one = lose_the_answer(w, 1, "On Thursday at seven.");
    assert_int_equal(receive(w, one, STATE_DELIVERED), STATE_DELIVERED);
    assert_int_equal(receive(w, one, STATE_SENT), STATE_DELIVERED);      /* late */
    assert_int_equal(receive(w, one, STATE_DELIVERED), STATE_DELIVERED); /* twice */
    assert_int_equal(receive(w, one, STATE_UNDELIVERED), STATE_DELIVERED);
    uint32_t two = lose_the_message(w, 2, "On Thursday at seven.");
    assert_int_equal(receive(w, two, STATE_UNDELIVERED), STATE_UNDELIVERED);
    start_lookup(w, 1);
    TURN_UNTIL(w, lookup_stats(w->lookup).looks >= 3);
    assert_int_equal(lookup_stats(w->lookup).asked, 0);
}
int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(test_an_answer_is_looked_up),
        T(test_it_waits_for_receipts_first),
        T(test_one_that_stays_unknown_is_asked_for_more_and_more_rarely),
        T(test_the_same_words_twice_are_not_mixed_up),
        T(test_as_many_in_the_list_as_were_sent_settle_it),
        T(test_of_two_unknown_and_one_in_the_list_neither_is_settled),
        T(test_the_campaign_is_not_taken_for_the_answer),
        T(test_a_test_is_not_taken_for_the_campaign),
        T(test_a_campaign_is_not_taken_for_the_next_one),
        T(test_a_provider_that_gives_no_list_is_asked_again),
        T(test_lists_that_tell_nothing_settle_nobody),
        T(test_a_provider_that_is_asked_too_much_is_left_alone),
        T(test_decided_while_the_provider_is_asked),
        T(test_receipts_settle_an_answer),
    };
    return cmocka_run_group_tests(tests, world_start, world_end);
}
