/* The law by which people pace a campaign: what it lets out at once, and a day of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/answer_pace.h"

enum { MINUTE = 60 * 1000, TARGET = ANSWER_PACE_TARGET_MS };

static uint64_t step(const struct answer_pace_seen *seen, uint64_t last)
{
    struct answer_pace p = {last};
    return answer_pace_step(&p, seen);
}

static void test_what_it_lets_out(void **state)
{
    (void)state;
    struct answer_pace_seen seen = {.target_ms = TARGET, .window_ms = 10 * MINUTE};
    assert_int_equal(step(&seen, 0), ANSWER_PACE_FIRST); /* five answers of fifty */
    seen.texted = seen.texted_lately = 50;
    assert_true(step(&seen, 50) <= 10); /* and no more until somebody is there */
    seen.waiting = 5;
    assert_int_equal(step(&seen, 50), 0);
    seen.there = 4; /* they take on forty in ten minutes */
    assert_true(step(&seen, 50) > 50 && step(&seen, 50) <= 100);
    assert_true(step(&seen, 1000) > step(&seen, 50));
    seen.oldest_ms = TARGET * 3 / 4;
    assert_int_equal(step(&seen, 1000), 0);
    seen.oldest_ms = MINUTE;
    seen.waiting = 40;
    assert_int_equal(step(&seen, 1000), 0);
    /* they answer more slowly than is thought, and many wait */
    seen = (struct answer_pace_seen){
        .target_ms = TARGET, .window_ms = 10 * MINUTE, .there = 4, .waiting = 10, .answered = 5};
    assert_int_equal(step(&seen, 1000), 0);
    /* nobody writes back: it goes as fast as it may */
    seen = (struct answer_pace_seen){
        .target_ms = TARGET, .window_ms = 10 * MINUTE, .there = 2, .texted = 100000};
    assert_true(step(&seen, 500) >= 900);
}

/* ---- a day ---- */

enum {
    STEPS = 6 * 60 * 12,
    WRITERS_MAX = 100000,
    WINDOW_STEPS = ANSWER_PACE_WINDOW_MS / ANSWER_PACE_STEP_MS
};

struct day {
    double share;         /* who write back */
    int minutes_to_write; /* on average */
    int answer_s;         /* that an answer takes */
    int (*there)(int minute);
    /* what became of it */
    uint64_t sent_by[6 * 60];
    int64_t oldest_by[6 * 60]; /* [ms] the longest wait in that minute */
    uint64_t sent;
};

static uint32_t chance;
static double random_1(void)
{
    chance = chance * 1664525 + 1013904223;
    return (chance >> 8) / (double)(1 << 24);
}

static int writes_at[STEPS + 1]; /* how many will */
static int queue_since[WRITERS_MAX];

static void live(struct day *d)
{
    static uint64_t texted_by[STEPS], wrote_by[STEPS], answered_by[STEPS];
    struct answer_pace pace = {0};
    size_t head = 0, tail = 0;
    double work = 0;
    uint64_t wrote = 0;
    memset(writes_at, 0, sizeof writes_at);
    chance = 1;
    for (int i = 0; i < STEPS; i++) {
        int minute = i / 12, there = d->there(minute);
        wrote_by[i] = (uint64_t)writes_at[i];
        for (int k = 0; k < writes_at[i] && tail < WRITERS_MAX; k++)
            queue_since[tail++] = i;
        wrote += wrote_by[i];
        work = there ? work + there * (ANSWER_PACE_STEP_MS / 1000.0) / d->answer_s : 0;
        for (answered_by[i] = 0; work >= 1 && head < tail; work--, head++)
            answered_by[i]++;
        if (head == tail && work > there) work = there;
        int64_t oldest = head < tail ? (int64_t)(i - queue_since[head]) * ANSWER_PACE_STEP_MS : 0;
        if (oldest > d->oldest_by[minute]) d->oldest_by[minute] = oldest;
        struct answer_pace_seen seen = {.target_ms = TARGET,
                                        .oldest_ms = oldest,
                                        .waiting = tail - head,
                                        .texted = d->sent,
                                        .wrote = wrote};
        for (int k = i; k >= 0 && k > i - WINDOW_STEPS; k--) {
            seen.texted_lately += k < i ? texted_by[k] : 0;
            seen.wrote_lately += wrote_by[k];
            seen.answered += answered_by[k];
            seen.window_ms += ANSWER_PACE_STEP_MS;
        }
        seen.there = seen.answered ? (uint64_t)there : 0;
        texted_by[i] = answer_pace_step(&pace, &seen);
        d->sent += texted_by[i];
        d->sent_by[minute] += texted_by[i];
        for (uint64_t k = 0; k < texted_by[i]; k++) {
            int at = i + 1 + (int)(2 * random_1() * d->minutes_to_write * 12);
            if (random_1() < d->share && at < STEPS) writes_at[at]++;
        }
    }
}

/* Nobody for an hour, then eight, twenty for an hour, nobody for an hour, then eight. */
static int shifts(int minute)
{
    int hour = minute / 60;
    return hour == 0 || hour == 3 ? 0 : hour == 2 ? 20 : 8;
}

static uint64_t sent_in(const struct day *d, int from, int to)
{
    uint64_t n = 0;
    for (int m = from; m < to; m++)
        n += d->sent_by[m];
    return n;
}

static void test_a_day(void **state)
{
    (void)state;
    static const struct {
        double share;
        int minutes, answer_s;
    } days[] = {{0.1, 3, 40}, {0.3, 2, 60}, {0.03, 10, 30}, {0.15, 5, 90}};
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        struct day d = {.share = days[i].share,
                        .minutes_to_write = days[i].minutes,
                        .answer_s = days[i].answer_s,
                        .there = shifts};
        live(&d);
        uint64_t alone = sent_in(&d, 0, 60), eight = sent_in(&d, 75, 120),
                 twenty = sent_in(&d, 135, 180), gone = sent_in(&d, 195, 240),
                 again = sent_in(&d, 300, 345);
        /* a handful while nobody is there, then as many as are answered; and it stops, and goes on */
        if (alone * days[i].share > 30 || eight < 5 * alone / 2 || twenty < eight * 3 / 2 ||
            gone > 0 || again < eight / 2)
            fail_msg("day %zu: %llu alone, %llu with eight, %llu with twenty, %llu with nobody, "
                     "%llu with eight again",
                     i, (unsigned long long)alone, (unsigned long long)eight,
                     (unsigned long long)twenty, (unsigned long long)gone,
                     (unsigned long long)again);
        for (int m = 90; m < 180; m++) /* in time, while they are there */
            if (d.oldest_by[m] > TARGET)
                fail_msg("day %zu, minute %d: waited %lld s", i, m,
                         (long long)d.oldest_by[m] / 1000);
        /* and they are not idle: nearly all that eight can answer, they did */
        double can = 45.0 * 60 / days[i].answer_s * 8, wrote = (double)eight * days[i].share;
        if (wrote < can * 0.6) fail_msg("day %zu: %.0f answers of %.0f", i, wrote, can);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_what_it_lets_out),
                                       cmocka_unit_test(test_a_day)};
    return cmocka_run_group_tests_name("answer pace", tests, NULL, NULL);
}
