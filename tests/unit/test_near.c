#include "core/near.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/check.h"

enum { HOUR_MS = 3600 * 1000, DAY_MS = 24 * HOUR_MS };
static const int64_t NOW = INT64_C(1512000000000);
static const struct near_rules RULES = {
    .reach_m = 40000,
    .twin_reach_m = 120000,
    .priority_m = {[PLACE_LIKELY] = 5000, [PLACE_CLOSE] = 15000, [PLACE_MARGINAL] = 25000},
    .day_m = 2000,
    .empty_m = 3000,
    .days = 14,
    .least_min = 60,
    .texts_per_place = 1,
};

/* About so many metres north of the one who asks, at 51.5 N. */
static struct point north(int32_t m)
{
    return (struct point){5150000 + (int32_t)(m / 1.11195), -12000};
}

/* A small world: each session is a row, at a place of its own unless that is said. */
struct world {
    struct place places[32];
    struct session sessions[64];
    const struct place *place_list[32];
    const struct session *session_list[64];
    size_t places_n, sessions_n;
};

static struct place *put_place(struct world *w, enum place_priority priority, int32_t m)
{
    struct place *p = &w->places[w->places_n];
    *p = (struct place){
        .id = (uint32_t)w->places_n + 1, .name = "Place", .at = north(m), .priority = priority};
    w->place_list[w->places_n++] = p;
    return p;
}

static struct session *put_session(struct world *w, const struct place *p, int64_t in_ms)
{
    struct session *s = &w->sessions[w->sessions_n];
    *s = (struct session){.id = (uint32_t)w->sessions_n + 1,
                          .place = p->id,
                          .start_ms = NOW + in_ms,
                          .end_ms = NOW + in_ms + 3 * HOUR_MS,
                          .capacity = 20};
    w->session_list[w->sessions_n++] = s;
    return s;
}

static struct session *put(struct world *w, enum place_priority priority, int32_t m)
{
    return put_session(w, put_place(w, priority, m), 2 * HOUR_MS);
}

static struct near_ask asked(void)
{
    return (struct near_ask){.at = north(0), .now_ms = NOW};
}

static size_t find_as(const struct world *w, const struct near_rules *rules,
                      const struct near_ask *ask, struct near_found *out)
{
    struct near_index *i =
        near_index_new(w->place_list, w->places_n, w->session_list, w->sessions_n);
    size_t n = near_find(i, rules, ask, out, NEAR_MAX);
    near_index_free(i);
    return n;
}

static size_t find(const struct world *w, struct near_found *out)
{
    const struct near_ask ask = asked();
    return find_as(w, &RULES, &ask, out);
}

/* The one that is found first; NULL: none. */
static const struct session *first(const struct world *w)
{
    struct near_found out[NEAR_MAX];
    return find(w, out) ? out[0].session : NULL;
}

static void test_nothing(void **state)
{
    (void)state;
    struct world w = {0};
    struct near_found out[NEAR_MAX];
    const struct near_ask ask = asked();
    assert_int_equal(find(&w, out), 0);
    assert_int_equal(near_find(NULL, &RULES, &ask, out, NEAR_MAX), 0);
    put_place(&w, PLACE_MARGINAL, 1000); /* without a session */
    assert_int_equal(find(&w, out), 0);
}

static void test_reach(void **state)
{
    (void)state;
    struct world w = {0};
    struct near_found out[NEAR_MAX];
    put(&w, PLACE_MARGINAL, 41000);
    assert_null(first(&w));
    struct session *near = put(&w, PLACE_MARGINAL, 39000);
    assert_int_equal(find(&w, out), 1);
    assert_ptr_equal(out[0].session, near);
    assert_in_range(out[0].metres, 38950, 39050);
    assert_int_equal(out[0].left, 20);
}

/* However near it is, and whatever the weights are: only a place that has no room lets it in. */
static void test_never_safe_while_another_has_room(void **state)
{
    (void)state;
    struct world w = {0};
    struct near_found out[NEAR_MAX];
    struct session *safe = put(&w, PLACE_SAFE, 100);
    assert_ptr_equal(first(&w), safe);
    struct session *likely = put(&w, PLACE_LIKELY, 39000);
    assert_int_equal(find(&w, out), 1);
    assert_ptr_equal(out[0].session, likely);
    struct session *later = put(&w, PLACE_SAFE, 200); /* after it in the scan */
    assert_int_equal(find(&w, out), 1);
    assert_ptr_equal(out[0].session, likely);
    likely->pledged = 20;
    assert_int_equal(find(&w, out), 2);
    assert_ptr_equal(out[0].session, safe);
    assert_ptr_equal(out[1].session, later);
}

static void test_weights(void **state)
{
    (void)state;
    struct world w = {0};
    struct session *close = put(&w, PLACE_CLOSE, 5000);
    struct session *marginal = put(&w, PLACE_MARGINAL, 14000);
    assert_ptr_equal(first(&w), marginal); /* 14 - 25 < 5 - 15 */
    w.places[1].at = north(16000);
    assert_ptr_equal(first(&w), close);
    close->start_ms += DAY_MS; /* a day is 2 km */
    close->end_ms += DAY_MS;
    assert_ptr_equal(first(&w), marginal);
    marginal->pledged = 19; /* nearly full: 3 km */
    assert_ptr_equal(first(&w), close);
}

static void test_time(void **state)
{
    (void)state;
    struct world w = {0};
    struct session *s = put(&w, PLACE_CLOSE, 1000);
    static const struct {
        int64_t start_ms, end_ms;
        bool found;
    } rows[] = {
        {-HOUR_MS, HOUR_MS, true},
        {-HOUR_MS, HOUR_MS - 1, false},
        {0, HOUR_MS / 2, true},
        {-1, HOUR_MS / 2, false},
        {-3 * HOUR_MS, -HOUR_MS, false},
        {INT64_C(14) * DAY_MS, INT64_C(14) * DAY_MS + 1, true},
        {INT64_C(14) * DAY_MS + 1, INT64_C(15) * DAY_MS, false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        s->start_ms = NOW + rows[i].start_ms;
        s->end_ms = NOW + rows[i].end_ms;
        assert_int_equal(first(&w) == s, rows[i].found);
    }
}

static void test_room(void **state)
{
    (void)state;
    struct world w = {0};
    struct near_found out[NEAR_MAX];
    struct near_rules rules = RULES;
    struct near_ask ask = asked();
    struct session *s = put(&w, PLACE_CLOSE, 1000);
    s->pledged = 15;
    s->offered = 5; /* counts where a text is to tell of it */
    assert_int_equal(find_as(&w, &rules, &ask, out), 1);
    assert_int_equal(out[0].left, 5);
    ask.is_text = true;
    assert_int_equal(find_as(&w, &rules, &ask, out), 0);
    rules.texts_per_place = 2;
    assert_int_equal(find_as(&w, &rules, &ask, out), 1);
    s->offered = 25;
    assert_int_equal(find_as(&w, &rules, &ask, out), 0);
    s->pledged = 20; /* all places are taken, so nobody is told of it */
    s->offered = 0;
    assert_int_equal(find_as(&w, &rules, &ask, out), 0);
    s->capacity = 0; /* any number */
    assert_int_equal(find_as(&w, &rules, &ask, out), 1);
    assert_int_equal(out[0].left, UINT32_MAX);
    s->is_cancelled = true;
    assert_int_equal(find_as(&w, &rules, &ask, out), 0);
}

/* What a place needs counts over all of its sessions that are not over. */
static void test_needed(void **state)
{
    (void)state;
    struct world w = {0};
    struct place *p = put_place(&w, PLACE_CLOSE, 1000);
    struct session *over = put_session(&w, p, -INT64_C(2) * DAY_MS);
    struct session *s = put_session(&w, p, HOUR_MS), *other = put_session(&w, p, DAY_MS);
    p->needed = 15;
    over->pledged = 20;
    s->pledged = 10;
    other->pledged = 4;
    assert_ptr_equal(first(&w), s);
    other->pledged = 5;
    assert_null(first(&w));
}

static void test_twin(void **state)
{
    (void)state;
    struct world w = {0};
    struct near_found out[NEAR_MAX];
    struct near_ask ask = asked();
    struct session *marginal = put(&w, PLACE_MARGINAL, 1000);
    struct session *twin = put(&w, PLACE_LIKELY, 100000);
    const uint32_t far[] = {2}, near[] = {1};
    ask.twins = far;
    ask.twin_count = 1;
    assert_int_equal(find_as(&w, &RULES, &ask, out), 2);
    assert_ptr_equal(out[0].session, twin);
    assert_int_equal(out[0].reasons, 1U << NEAR_TWIN);
    assert_ptr_equal(out[1].session, marginal);
    ask.twins = near;
    assert_int_equal(find_as(&w, &RULES, &ask, out), 1);
    w.places[1].priority = PLACE_SAFE; /* the rule holds for a twin, too */
    w.places[1].at = north(100);
    ask.twins = far;
    assert_int_equal(find_as(&w, &RULES, &ask, out), 1);
    assert_ptr_equal(out[0].session, marginal);
}

/* Among the places that a group adopted the usual weights say which comes first. */
static void test_several_twins(void **state)
{
    (void)state;
    struct world w = {0};
    struct near_found out[NEAR_MAX];
    struct near_ask ask = asked();
    const uint32_t twins[] = {3, 2};
    struct session *marginal = put(&w, PLACE_MARGINAL, 1000);
    struct session *nearer = put(&w, PLACE_CLOSE, 60000);
    struct session *farther = put(&w, PLACE_CLOSE, 90000);
    ask.twins = twins;
    ask.twin_count = 2;
    assert_int_equal(find_as(&w, &RULES, &ask, out), 3);
    assert_ptr_equal(out[0].session, nearer);
    assert_ptr_equal(out[1].session, farther);
    assert_ptr_equal(out[2].session, marginal);
    w.places[2].priority = PLACE_MARGINAL;
    w.places[2].at = north(61000);
    assert_int_equal(find_as(&w, &RULES, &ask, out), 3);
    assert_ptr_equal(out[0].session, farther);
    w.sessions[1].capacity = w.sessions[1].pledged = 1; /* one that is full is out */
    assert_int_equal(find_as(&w, &RULES, &ask, out), 2);
    ask.twin_count = 0;
    assert_int_equal(find_as(&w, &RULES, &ask, out), 1);
}

static void test_per_place_and_ties(void **state)
{
    (void)state;
    struct world w = {0};
    struct near_found out[NEAR_MAX];
    struct near_ask ask = asked();
    struct place *p = put_place(&w, PLACE_CLOSE, 1000);
    for (int i = 0; i < 30; i++)
        put_session(&w, p, HOUR_MS);
    assert_int_equal(find_as(&w, &RULES, &ask, out), NEAR_MAX);
    for (size_t i = 0; i < NEAR_MAX; i++)
        assert_int_equal(out[i].session->id, i + 1);
    ask.per_place = 3;
    struct session *other = put(&w, PLACE_CLOSE, 2000);
    assert_int_equal(find_as(&w, &RULES, &ask, out), 4);
    assert_ptr_equal(out[3].session, other);
}

/* Against the rules as they are said: everything is looked at, and sorted. */
struct naive {
    const struct session *session;
    double score;
};

static int by_score(const void *a, const void *b)
{
    const struct naive *x = a, *y = b;
    if (x->score != y->score) return x->score < y->score ? -1 : 1;
    return (x->session->id > y->session->id) - (x->session->id < y->session->id);
}

static size_t naively(const struct world *w, struct naive *out)
{
    size_t n = 0;
    bool has_other = false;
    for (int safe = 0; safe < 2 && !has_other; safe++)
        for (size_t i = 0; i < w->sessions_n; i++) {
            const struct session *s = w->session_list[i];
            const struct place *p = &w->places[s->place - 1];
            uint32_t m = point_metres(p->at, north(0));
            if (m > RULES.reach_m || s->pledged >= s->capacity ||
                (p->priority == PLACE_SAFE) != safe)
                continue;
            has_other = true;
            out[n++] = (struct naive){s, m - (double)RULES.priority_m[p->priority]};
        }
    qsort(out, n, sizeof *out, by_score);
    return n;
}

static void test_same_as_naively(void **state)
{
    (void)state;
    struct near_rules rules = RULES;
    rules.day_m = rules.empty_m = 0;
    srand(7);
    for (int round = 0; round < 300; round++) {
        struct world w = {0};
        struct near_found out[NEAR_MAX];
        struct naive expected[64];
        const struct near_ask ask = asked();
        for (int i = 0; i < 30; i++) {
            struct session *s = put(&w, (enum place_priority)(rand() % 10 < 7 ? 0 : rand() % 4), 0);
            struct place *p = &w.places[i];
            p->at.lat_e5 += rand() % 100000 - 50000;
            p->at.lon_e5 += rand() % 160000 - 80000;
            s->pledged = (uint32_t)(rand() % 2 * 20);
        }
        size_t n = find_as(&w, &rules, &ask, out), m = naively(&w, expected);
        assert_int_equal(n, m < NEAR_MAX ? m : NEAR_MAX);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(out[i].session->id, expected[i].session->id);
    }
}

static void test_words(void **state)
{
    (void)state;
    char out[NEAR_WORDS_BYTES];
    struct session s = {.capacity = 20};
    struct near_found f = {
        .session = &s, .metres = 12300, .left = 3, .reasons = 1U << NEAR_NEEDS_MOST};
    assert_string_equal(near_words(&f, false, out), "12 km, 3 of 20 places left, needs you most");
    f.reasons |= 1U << NEAR_TWIN;
    assert_string_equal(near_words(&f, true, out),
                        "8 miles, 3 of 20 places left, your twin, needs you most");
    f = (struct near_found){
        .session = &s, .metres = UINT32_MAX, .left = UINT32_MAX, .reasons = UINT32_MAX};
    s.capacity = UINT32_MAX;
    near_words(&f, true, out); /* fits */
    s.capacity = 0;
    f = (struct near_found){.session = &s, .metres = 400, .left = UINT32_MAX};
    assert_string_equal(near_words(&f, false, out), "less than 1 km");
    f.metres = 1700;
    assert_string_equal(near_words(&f, true, out), "1 mile");
    f.metres = 700;
    assert_string_equal(near_words(&f, true, out), "less than 1 mile");
}

/* What they can go to: from the first moment of the day to before its end; without steps. */
static void test_one_day_or_no_steps(void **state)
{
    (void)state;
    struct world w = {0};
    struct near_found out[NEAR_MAX];
    struct near_ask ask = asked();
    const struct place *p = put_place(&w, PLACE_MARGINAL, 1000);
    for (int64_t h = 1; h <= 4; h++)
        put_session(&w, p, h * DAY_MS)->accessible = h % 2;
    ask.only = (struct near_only){.from_ms = NOW + 2 * DAY_MS, .to_ms = NOW + 4 * DAY_MS};
    assert_int_equal(find_as(&w, &RULES, &ask, out), 2);
    assert_int_equal(out[0].session->id, 2);
    assert_int_equal(out[1].session->id, 3);
    ask.only.accessible = true;
    assert_int_equal(find_as(&w, &RULES, &ask, out), 1);
    assert_int_equal(out[0].session->id, 3);
    ask.only = (struct near_only){.accessible = true};
    assert_int_equal(find_as(&w, &RULES, &ask, out), 2);
}

/* A safe place is there for who cannot go to the other, and for nobody else. */
static void test_a_safe_place_without_steps(void **state)
{
    (void)state;
    struct world w = {0};
    struct near_found out[NEAR_MAX];
    struct near_ask ask = asked();
    struct session *marginal = put(&w, PLACE_MARGINAL, 9000), *safe = put(&w, PLACE_SAFE, 1000);
    safe->accessible = true;
    assert_ptr_equal(first(&w), marginal);
    ask.only.accessible = true;
    assert_int_equal(find_as(&w, &RULES, &ask, out), 1);
    assert_ptr_equal(out[0].session, safe);
    marginal->accessible = true;
    assert_int_equal(find_as(&w, &RULES, &ask, out), 1);
    assert_ptr_equal(out[0].session, marginal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_day_or_no_steps),
        cmocka_unit_test(test_a_safe_place_without_steps),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_reach),
        cmocka_unit_test(test_never_safe_while_another_has_room),
        cmocka_unit_test(test_weights),
        cmocka_unit_test(test_time),
        cmocka_unit_test(test_room),
        cmocka_unit_test(test_needed),
        cmocka_unit_test(test_twin),
        cmocka_unit_test(test_several_twins),
        cmocka_unit_test(test_per_place_and_ties),
        cmocka_unit_test(test_same_as_naively),
        cmocka_unit_test(test_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
