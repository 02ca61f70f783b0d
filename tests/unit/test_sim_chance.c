/* Mixes, dice and the simulated people. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "sim/mix.h"
#include "sim/people.h"

static void test_mix_reads(void **state)
{
    struct mix m;
    struct err e;
    (void)state;
    assert_int_equal(mix_parse(SLICE_LIT(" 21610:0.25 , http500:0.5"), &m, &e), 0);
    assert_int_equal(m.count, 2);
    assert_string_equal(mix_pick(&m, 0.0), "21610");
    assert_string_equal(mix_pick(&m, 0.2499), "21610");
    assert_string_equal(mix_pick(&m, 0.25), "http500");
    assert_null(mix_pick(&m, 0.75));
    assert_int_equal(mix_parse(SLICE_LIT(""), &m, &e), 0);
    assert_null(mix_pick(&m, 0.0));
}

static void test_mix_refuses(void **state)
{
    static const char *const bad[] = {"a",
                                      "a:",
                                      ":0.1",
                                      "a:x",
                                      "a:-0.1",
                                      "a:1.1",
                                      "a:nan",
                                      "a b:1",
                                      "a:0.6,b:0.6",
                                      "a:0.1,,b:0.1",
                                      "abcdefghijklmnopqrstuvwxyz:0.1"};
    struct mix m = {.count = 7};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct err e = {0};
        assert_true(mix_parse(slice_of(bad[i]), &m, &e) < 0);
        assert_true(e.text[0] != '\0');
        assert_int_equal(m.count, 7);
    }
}

static void test_dice_depends_on_all(void **state)
{
    uint64_t a = dice_key(SLICE_LIT("447700900123"), SLICE_LIT("Hi"));
    (void)state;
    assert_true(a == dice_key(SLICE_LIT("447700900123"), SLICE_LIT("Hi")));
    assert_true(a != dice_key(SLICE_LIT("447700900124"), SLICE_LIT("Hi")));
    assert_true(a != dice_key(SLICE_LIT("44770090012"), SLICE_LIT("3Hi")));
    assert_true(dice_roll(1, a, 1) == dice_roll(1, a, 1));
    assert_true(dice_roll(1, a, 1) != dice_roll(2, a, 1));
    assert_true(dice_roll(1, a, 1) != dice_roll(1, a, 2));
}

static void test_dice_is_even(void **state)
{
    int buckets[10] = {0};
    char number[16];
    (void)state;
    for (int i = 0; i < 100000; i++) {
        int n = snprintf(number, sizeof number, "4477%08d", i);
        double roll = dice_roll(7, dice_key(slice_make(number, (size_t)n), SLICE_LIT("Hi")), 3);
        assert_true(roll >= 0 && roll < 1);
        buckets[(int)(roll * 10)]++;
    }
    for (size_t i = 0; i < COUNT_OF(buckets); i++)
        assert_in_range(buckets[i], 9600, 10400); /* 4 standard deviations */
}

static struct people_mood mood(const struct mix *replies)
{
    return (struct people_mood){.seed = 1, .replies = replies, .thanks = 1.0};
}

static void test_people_answer_once(void **state)
{
    struct mix all;
    struct err e;
    struct people_reply reply;
    (void)state;
    assert_int_equal(mix_parse(SLICE_LIT("yes:1"), &all, &e), 0);
    struct people_mood m = mood(&all);
    assert_true(people_answer(&m, 42, PERSON_SILENT, &reply));
    assert_int_equal(reply.then, PERSON_WAITING);
    /* the answer of a human: thanks, and that is the end of it */
    assert_true(people_answer(&m, 43, PERSON_WAITING, &reply));
    assert_int_equal(reply.then, PERSON_SILENT);
    assert_int_equal(people_read(PERSON_WAITING), PERSON_SILENT);
    m.thanks = 0;
    assert_false(people_answer(&m, 43, PERSON_WAITING, &reply));
}

static void test_people_stop(void **state)
{
    struct mix all, none;
    struct err e;
    struct people_reply reply;
    (void)state;
    assert_int_equal(mix_parse(SLICE_LIT("stop:1"), &all, &e), 0);
    assert_int_equal(mix_parse(SLICE_LIT(""), &none, &e), 0);
    struct people_mood m = mood(&all);
    assert_true(people_answer(&m, 42, PERSON_SILENT, &reply));
    assert_int_equal(reply.then, PERSON_STOPPED);
    assert_false(people_answer(&m, 43, PERSON_STOPPED, &reply));
    assert_false(people_answer(&m, 43, PERSON_LEFT, &reply));
    assert_int_equal(people_read(PERSON_STOPPED), PERSON_LEFT);
    assert_int_equal(people_read(PERSON_LEFT), PERSON_LEFT);
    m.replies = &none;
    assert_false(people_answer(&m, 42, PERSON_SILENT, &reply));
    assert_int_equal(people_read(PERSON_SILENT), PERSON_SILENT);
}

static void test_people_know_kinds(void **state)
{
    (void)state;
    assert_true(people_know("question"));
    assert_true(people_know("other"));
    assert_false(people_know("maybe"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mix_reads),           cmocka_unit_test(test_mix_refuses),
        cmocka_unit_test(test_dice_depends_on_all), cmocka_unit_test(test_dice_is_even),
        cmocka_unit_test(test_people_answer_once),  cmocka_unit_test(test_people_stop),
        cmocka_unit_test(test_people_know_kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
