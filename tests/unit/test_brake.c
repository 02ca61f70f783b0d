/* What stops a campaign by itself: simulated minutes of sending, opt-outs and receipts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/brake.h"

enum { LOOK_MS = 2500, MINUTE = 60 * 1000 };

static const struct brake_limits limits = {.stops = 2,
                                           .stops_warn = 1,
                                           .failed = 10,
                                           .failed_warn = 6,
                                           .people = 500,
                                           .targets = 2,
                                           .receipts_ms = 10 * MINUTE};

/* A campaign as it goes: shares of a person are carried on. */
struct run {
    struct brake *brake;
    struct brake_seen seen;
    struct brake_word word;
    double texted, stops, failed, receipts;
};

static void start(struct run *r)
{
    *r = (struct run){.seen = {.at_ms = 1700000000000, .receipts_usual = true}};
    r->brake = brake_new(&r->seen);
}

/* So long at so many a second, of whom such shares opt out, fail and have a receipt; or until it
 * stops. Returns whether it did. */
static bool go(struct run *r, int64_t ms, double rate, double stops, double failed, double receipts)
{
    for (int64_t at = 0; at < ms; at += LOOK_MS) {
        double people = rate * LOOK_MS / 1000;
        r->texted += people;
        r->stops += people * stops;
        r->failed += people * failed;
        r->receipts += people * receipts;
        r->seen.at_ms += LOOK_MS;
        r->seen.texted = (uint64_t)r->texted;
        r->seen.stops = (uint64_t)r->stops;
        r->seen.failed = (uint64_t)r->failed;
        r->seen.receipts = (uint64_t)r->receipts;
        brake_look(r->brake, &limits, &r->seen, &r->word);
        if (r->word.stops_it) return true;
    }
    return false;
}

/* Opt-outs of those who were texted before. */
static bool tail(struct run *r, int64_t ms, double stops_per_s)
{
    for (int64_t at = 0; at < ms; at += LOOK_MS) {
        r->stops += stops_per_s * LOOK_MS / 1000;
        if (go(r, LOOK_MS, 0, 0, 0, 0)) return true;
    }
    return false;
}

static void what_is_well_goes_on(void **state)
{
    (void)state;
    static const double rates[] = {0.2, 1, 20, 400};
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        struct run r;
        start(&r);
        assert_false(go(&r, 60 * MINUTE, rates[i], 0.008, 0.04, 0.9));
        assert_int_equal(r.word.cause, BRAKE_NONE);
        brake_free(r.brake);
    }
}

static void many_opt_outs_stop_it_at_any_rate(void **state)
{
    (void)state;
    static const double rates[] = {0.5, 1, 20, 400};
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        struct run r;
        start(&r);
        assert_true(go(&r, 60 * MINUTE, rates[i], 0.025, 0, 0.9));
        assert_int_equal(r.word.cause, BRAKE_STOPS);
        /* soon: a few looks, and no more than the last five hundred */
        assert_true(r.texted <= 520 || r.texted <= rates[i] * 3 * LOOK_MS / 1000);
        assert_non_null(strstr(r.word.text, "opted out"));
        brake_free(r.brake);
    }
}

static void it_warns_first(void **state)
{
    (void)state;
    struct run r;
    start(&r);
    assert_false(go(&r, 10 * MINUTE, 20, 0.014, 0, 0.9));
    assert_int_equal(r.word.cause, BRAKE_STOPS);
    assert_false(r.word.stops_it);
    assert_false(go(&r, 10 * MINUTE, 20, 0, 0, 0.9));
    assert_int_equal(r.word.cause, BRAKE_NONE);
    assert_false(go(&r, 10 * MINUTE, 20, 0, 0.08, 0.9));
    assert_int_equal(r.word.cause, BRAKE_FAILED);
    assert_true(go(&r, 10 * MINUTE, 20, 0, 0.5, 0.9));
    brake_free(r.brake);
}

/* It was well for long, and is not any more: what was before does not hide it. */
static void what_goes_wrong_later_is_seen(void **state)
{
    (void)state;
    struct run r;
    start(&r);
    assert_false(go(&r, 120 * MINUTE, 20, 0.002, 0, 0.9));
    double before = r.texted;
    assert_true(go(&r, 10 * MINUTE, 20, 0.002, 1, 0.9));
    assert_int_equal(r.word.cause, BRAKE_FAILED);
    assert_true(r.texted - before < 1000);
    brake_free(r.brake);
}

static void a_few_are_not_many(void **state)
{
    (void)state;
    struct run r;
    start(&r);
    assert_false(go(&r, 10 * 1000, 1, 0.4, 0.5, 0)); /* four of ten opt out, five fail */
    brake_free(r.brake);
    start(&r);
    assert_false(go(&r, 100 * 1000, 1, 0.04, 0.09, 0.9)); /* four of a hundred */
    assert_true(go(&r, 30 * 1000, 1, 0.04, 0.09, 0.9));   /* the fifth */
    brake_free(r.brake);
}

/* A burst, and then nobody for hours: those who opt out meanwhile are a few of the burst. */
static void who_opts_out_while_nobody_is_texted_was_texted_before(void **state)
{
    (void)state;
    struct run r;
    start(&r);
    assert_false(go(&r, 2 * MINUTE, 100, 0.001, 0, 0.9));
    assert_false(tail(&r, 30 * MINUTE, 0.05));
    assert_false(tail(&r, 600 * MINUTE, 0.002));
    assert_false(go(&r, 10 * MINUTE, 20, 0.005, 0, 0.9));
    brake_free(r.brake);
}

static void receipts_that_stop_coming(void **state)
{
    (void)state;
    struct run r;
    start(&r);
    assert_false(go(&r, 30 * MINUTE, 5, 0, 0, 0.9));
    assert_true(go(&r, 30 * MINUTE, 5, 0, 0, 0));
    assert_int_equal(r.word.cause, BRAKE_RECEIPTS);
    brake_free(r.brake);
    start(&r);
    r.seen.receipts_usual = false; /* where none ever come, none are missed */
    assert_false(go(&r, 60 * MINUTE, 5, 0, 0, 0));
    brake_free(r.brake);
    start(&r); /* a night without anybody; the first of the morning are no sign */
    assert_false(go(&r, 5 * MINUTE, 5, 0, 0, 0.9));
    assert_false(tail(&r, 600 * MINUTE, 0));
    assert_false(go(&r, 5 * MINUTE, 5, 0, 0, 0));
    assert_true(go(&r, 10 * MINUTE, 5, 0, 0, 0));
    brake_free(r.brake);
}

static void somebody_waits_too_long(void **state)
{
    (void)state;
    struct run r;
    start(&r);
    r.seen.target_ms = 20 * MINUTE;
    r.seen.unanswered_ms = r.seen.at_ms - 600 * MINUTE; /* of last night: it counts from now */
    assert_false(go(&r, 40 * MINUTE, 1, 0, 0, 0.9));
    assert_true(go(&r, MINUTE, 1, 0, 0, 0.9));
    assert_int_equal(r.word.cause, BRAKE_UNANSWERED);
    assert_string_equal(r.word.text,
                        "somebody who wrote back has waited 640 minutes for an answer (40 "
                        "at most): answer people first");
    brake_free(r.brake);
    start(&r);
    r.seen.target_ms = 20 * MINUTE;
    for (int i = 0; i < 100; i++) {
        r.seen.unanswered_ms = r.seen.at_ms - 30 * MINUTE;
        assert_false(go(&r, MINUTE, 1, 0, 0, 0.9));
    }
    brake_free(r.brake);
}

static void a_share_of_nothing_never_stops_it(void **state)
{
    (void)state;
    static const struct brake_limits none = {.people = 500};
    struct run r;
    start(&r);
    for (int i = 0; i < 1000; i++) {
        r.seen.at_ms += LOOK_MS;
        r.seen.texted += 100;
        r.seen.stops += 100;
        r.seen.failed += 100;
        r.seen.unanswered_ms = 1;
        brake_look(r.brake, &none, &r.seen, &r.word);
        assert_int_equal(r.word.cause, BRAKE_NONE);
    }
    brake_free(r.brake);
}

/* People are sent to again, and a clock is set back: it counts anew. */
static void counters_that_go_back_begin_anew(void **state)
{
    (void)state;
    struct run r;
    start(&r);
    assert_false(go(&r, 10 * MINUTE, 20, 0.01, 0.05, 0.9));
    r.failed = 0;
    r.texted -= 600;
    assert_false(go(&r, 10 * MINUTE, 20, 0.005, 0.05, 0.9));
    r.seen.at_ms -= 60 * MINUTE;
    assert_false(go(&r, 10 * MINUTE, 20, 0.005, 0.05, 0.9));
    brake_free(r.brake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_well_goes_on),
        cmocka_unit_test(many_opt_outs_stop_it_at_any_rate),
        cmocka_unit_test(it_warns_first),
        cmocka_unit_test(what_goes_wrong_later_is_seen),
        cmocka_unit_test(a_few_are_not_many),
        cmocka_unit_test(who_opts_out_while_nobody_is_texted_was_texted_before),
        cmocka_unit_test(receipts_that_stop_coming),
        cmocka_unit_test(somebody_waits_too_long),
        cmocka_unit_test(a_share_of_nothing_never_stops_it),
        cmocka_unit_test(counters_that_go_back_begin_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
