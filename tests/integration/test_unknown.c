/* Messages of campaigns whose answer was lost: found, left, sent again. */
#include "unknown_world.h"

static void test_what_the_provider_took_is_found(void **state)
{
    struct world *w = *state;
    some_unknown(w, "{\"errors\":\"drop:0.2\"}");
    assert_int_equal(sim_count(w, "accepted"), PEOPLE);
    start_lookup(w, 1);
    TURN_UNTIL(w, count(w, STATE_UNKNOWN) == 0);
    assert_int_equal(w->now->counts[STATE_SENT], w->unknown);
    assert_int_equal(w->now->unknown_since_ms, 0);
    assert_int_equal(lookup_stats(w->lookup).found, w->unknown);
    assert_int_equal(lookup_stats(w->lookup).asked, w->unknown);
    assert_int_equal(sim_count(w, "accepted"), PEOPLE);
    assert_int_equal(sim_count(w, "duplicates"), 0);
}

static void test_what_it_did_not_take_stays_unknown(void **state)
{
    struct world *w = *state;
    some_unknown(w, "{\"errors\":\"lost:0.2\"}");
    start_lookup(w, 1);
    TURN_UNTIL(w, lookup_stats(w->lookup).not_found >= w->unknown);
    assert_int_equal(count(w, STATE_UNKNOWN), w->unknown);
    assert_int_equal(sim_count(w, "accepted"), PEOPLE - w->unknown);
    struct waiting x = resolve(w, UNKNOWN_RESEND);
    assert_int_equal(x.result, 0);
    assert_int_equal(x.moved, w->unknown);
    TURN_UNTIL(w, is_done(w));
    assert_int_equal(count(w, STATE_ACCEPTED), PEOPLE);
    assert_int_equal(sim_count(w, "unique"), PEOPLE);
    assert_int_equal(sim_count(w, "duplicates"), 0);
}

static void test_receipts_get_their_time_first(void **state)
{
    struct world *w = *state;
    some_unknown(w, "{\"errors\":\"drop:0.2\"}");
    assert_int_equal(due(w, 0, 0, NULL),
                     w->unknown < UNKNOWN_DUE_MAX ? w->unknown : UNKNOWN_DUE_MAX);
    assert_int_equal(due(w, 0, w->unknown - 2, NULL), 2);
    assert_int_equal(due(w, 600000, 0, NULL), 0);
    assert_int_equal(due(w, 0, w->unknown, NULL), 0);
}

static void test_resend_texts_once_more(void **state)
{
    struct world *w = *state;
    some_unknown(w, "{\"errors\":\"drop:0.2\"}");
    struct waiting x = resolve(w, UNKNOWN_RESEND);
    assert_int_equal(x.moved, w->unknown);
    TURN_UNTIL(w, is_done(w));
    assert_int_equal(count(w, STATE_ACCEPTED), PEOPLE);
    assert_int_equal(w->now->unknown_since_ms, 0);
    assert_int_equal(sim_count(w, "accepted"), PEOPLE + w->unknown);
    assert_int_equal(sim_count(w, "duplicates"), w->unknown);
    assert_int_equal(resolve(w, UNKNOWN_RESEND).moved, 0);
    assert_true(is_done(w));
}

static void on_details(void *arg, int result, const uint8_t *states, const struct slice *details,
                       size_t n)
{
    assert_int_equal(result, 0);
    assert_int_equal(n, 256);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(states[i] == STATE_REFUSED, slice_is(details[i], "left by Olive"));
    *(bool *)arg = true;
}

static void test_left_is_never_texted(void **state)
{
    struct world *w = *state;
    bool seen = false;
    some_unknown(w, "{\"errors\":\"drop:0.2\"}");
    struct waiting x = resolve(w, UNKNOWN_LEAVE);
    assert_int_equal(x.moved, w->unknown);
    assert_int_equal(count(w, STATE_REFUSED), w->unknown);
    assert_true(w->now->status == CAMPAIGN_DONE);
    assert_int_equal(w->now->unknown_since_ms, 0);
    campaign_people(w->store, w->campaign, 0, on_details, &seen);
    TURN_UNTIL(w, seen);
    assert_int_equal(resolve(w, UNKNOWN_RESEND).moved, 0);
    assert_int_equal(sim_count(w, "accepted"), PEOPLE);
}

static void on_since(void *arg, int result, const int64_t *since_ms, size_t n)
{
    assert_int_equal(result, 0);
    size_t unknown = 0;
    for (size_t i = 0; i < n; i++)
        unknown += since_ms[i] > 0;
    ((struct waiting *)arg)->moved = unknown;
    ((struct waiting *)arg)->done = true;
}

static void test_since_when_by_block(void **state)
{
    struct world *w = *state;
    some_unknown(w, "{\"errors\":\"lost:0.2\"}");
    struct waiting x = {.done = false};
    uint64_t found = 0;
    for (uint32_t block = 0; block < w->now->blocks; block++) {
        x.done = false;
        unknown_since(w->store, w->campaign, block, on_since, &x);
        TURN_UNTIL(w, x.done);
        found += x.moved;
    }
    assert_int_equal(found, w->unknown);
}

static void on_moved(void *arg, int result, const struct err *e)
{
    ended(arg, result, e);
}

static void test_a_paused_campaign_keeps_them_until_it_goes_on(void **state)
{
    struct world *w = *state;
    struct waiting x = {.done = false};
    tell_sim(w, "{\"errors\":\"lost:0.2\"}");
    launch(w, "thursday");
    TURN_UNTIL(w, count(w, STATE_UNKNOWN) > 0);
    campaign_move(w->store, w->campaign, MOVE_PAUSE, clock_wall_ms(), SLICE_LIT("Olive"),
                  SLICE_LIT(""), on_moved, &x);
    TURN_UNTIL(w, x.done);
    if (x.result < 0) return; /* it was done before: the other tests are about that */
    TURN_UNTIL(w, count(w, STATE_IN_FLIGHT) == 0);
    uint64_t pending = count(w, STATE_PENDING), unknown = w->now->counts[STATE_UNKNOWN];
    assert_int_equal(resolve(w, UNKNOWN_RESEND).moved, unknown);
    assert_int_equal(count(w, STATE_PENDING), pending + unknown);
    assert_true(w->now->status == CAMPAIGN_PAUSED);
    tell_sim(w, "{\"errors\":\"\"}");
    x.done = false;
    campaign_move(w->store, w->campaign, MOVE_RESUME, clock_wall_ms(), SLICE_LIT("Olive"),
                  SLICE_LIT(""), on_moved, &x);
    TURN_UNTIL(w, x.done);
    TURN_UNTIL(w, is_done(w));
    assert_int_equal(sim_count(w, "unique"), PEOPLE);
    assert_int_equal(sim_count(w, "duplicates"), 0);
}

static void set_field(struct world *w, const char *field, const char *value)
{
    struct err e = {0};
    char key[48];
    (void)snprintf(key, sizeof key, "%sc:%u", w->prefix, w->campaign);
    struct slice argv[] = {SLICE_LIT("HSET"), slice_of(key), slice_of(field), slice_of(value)};
    assert_int_equal(redis_wait(w->redis, NULL, NULL, &e, COUNT_OF(argv), argv), 0);
}

static void test_a_stopped_campaign_sends_nothing_again(void **state)
{
    struct world *w = *state;
    some_unknown(w, "{\"errors\":\"lost:0.2\"}");
    set_field(w, "status", "cancelled");
    struct waiting x = resolve(w, UNKNOWN_RESEND);
    assert_int_equal(x.result, ERR_CONFLICT);
    assert_non_null(strstr(x.text, "is cancelled"));
    set_field(w, "status", "done");
    set_field(w, "deadline_ms", "1000");
    x = resolve(w, UNKNOWN_RESEND);
    assert_int_equal(x.result, ERR_CONFLICT);
    assert_non_null(strstr(x.text, "deadline"));
    assert_int_equal(count(w, STATE_UNKNOWN), w->unknown);
    assert_int_equal(resolve(w, UNKNOWN_LEAVE).moved, w->unknown);
    w->campaign = 77;
    assert_int_equal(resolve(w, UNKNOWN_LEAVE).result, ERR_NOT_FOUND);
}

static void on_audit(void *arg, const struct redisReply *reply)
{
    assert_int_equal(redis_count(reply), 1);
    const struct redisReply *fields = redis_at(redis_at(reply, 0), 1);
    assert_true(slice_is(redis_field(fields, "who"), "Olive"));
    assert_true(slice_is(redis_field(fields, "why"), "their log"));
    assert_true(slice_ends(redis_field(fields, "what"), " unknown to refused"));
    *(bool *)arg = true;
}

static void test_who_and_why_are_kept(void **state)
{
    struct world *w = *state;
    struct err e = {0};
    bool seen = false;
    char key[32];
    some_unknown(w, "{\"errors\":\"lost:0.2\"}");
    (void)resolve(w, UNKNOWN_LEAVE);
    (void)snprintf(key, sizeof key, "%saudit", w->prefix);
    struct slice argv[] = {SLICE_LIT("XREVRANGE"), slice_of(key),      SLICE_LIT("+"),
                           SLICE_LIT("-"),         SLICE_LIT("COUNT"), SLICE_LIT("1")};
    assert_int_equal(redis_wait(w->redis, on_audit, &seen, &e, COUNT_OF(argv), argv), 0);
    assert_true(seen);
}
int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(test_what_the_provider_took_is_found),
        T(test_what_it_did_not_take_stays_unknown),
        T(test_receipts_get_their_time_first),
        T(test_resend_texts_once_more),
        T(test_left_is_never_texted),
        T(test_since_when_by_block),
        T(test_a_paused_campaign_keeps_them_until_it_goes_on),
        T(test_a_stopped_campaign_sends_nothing_again),
        T(test_who_and_why_are_kept),
    };
    return cmocka_run_group_tests(tests, world_start, world_end);
}
