/* Pledges (store/pledge.h) against a real Redis: each once, a waiting list that moves up, texts that go once, what people
 * write, and what goes. Each test has a key prefix of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "redis_group.h"
#include "store/forget.h"
#include "store/pledge.h"

#define ANN     UINT64_C(447400000101)
#define BOB     UINT64_C(447400000102)
#define CAT     UINT64_C(447400000103)
#define HOUR_MS (3600 * INT64_C(1000))
#define DAY_MS  (24 * HOUR_MS)
#define NOW_MS  (20000 * DAY_MS + 9 * HOUR_MS)

static struct {
    bool done, any;
    int result;
    struct pledge_done pledge;
    size_t n;
    uint32_t numbers[PLEDGE_PAGE_MAX], indexes[PLEDGE_TELL_MAX], next;
    enum pledge_state states[PLEDGE_PAGE_MAX];
    enum pledge_notice notices[PLEDGE_PAGE_MAX];
    char person[PLEDGE_NAME_BYTES_MAX], place[PLACE_NAME_BYTES_MAX + 1], rooms[64], text[256];
    json_t *counts;
    int64_t count;
} got;
static const struct group_said got_said = {&got, sizeof got};

static int wait_done(void)
{
    while (!got.done)
        loop_turn(loop, -1);
    got.done = false;
    return got.result;
}

static void end(int result)
{
    got.result = result;
    got.done = true;
}

static void on_pledge(void *arg, int result, const struct pledge_done *d, const struct err *e)
{
    (void)arg, (void)e;
    got.any = d != NULL;
    if (d) got.pledge = *d;
    end(result);
}

static void on_reply(void *arg, const struct redisReply *reply)
{
    char *out = arg;
    struct slice text = redis_str(reply);
    if (out && text.p) (void)snprintf(out, sizeof got.text, "%.*s", SLICE_ARG(text));
    if (out && !text.p)
        (void)snprintf(out, sizeof got.text, "%lld", (long long)redis_int(reply, -1));
}

/* One command, its words with spaces between ('_' stands for one in a word). The reply's text is in got.text. */
static const char *run(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static const char *run(const char *fmt, ...)
{
    char line[512], words[16][256];
    struct slice argv[16], rest, word;
    size_t n = 0;
    struct err e;
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    rest = slice_of(line);
    while (slice_cut(&rest, ' ', &word)) {
        (void)snprintf(words[n], sizeof words[n], "%.*s", SLICE_ARG(word));
        for (char *at = words[n]; *at; at++)
            if (*at == '^') *at = ' ';
        argv[n] = slice_of(words[n]);
        n++;
    }
    got.text[0] = '\0';
    assert_int_equal(redis_wait(redis, on_reply, got.text, &e, n, argv), 0);
    return got.text;
}

static void put_session(uint32_t id, int64_t start_ms, unsigned capacity, const char *more)
{
    run("HSET %splaces 7 "
        "{\"name\":\"Leeds\",\"group\":\"leeds\",\"lat\":5380000,\"lon\":-155000,\"priority\":"
        "\"marginal\"}",
        prefix);
    run("HSET %ssessions %u "
        "{\"place\":7,\"start\":%lld,\"end\":%lld,\"meeting_point\":\"Hall\",\"capacity\":%u%s}",
        prefix, id, (long long)start_ms, (long long)(start_ms + 2 * HOUR_MS), capacity, more);
}

static int make_at(uint32_t session, uint64_t person, int64_t now_ms)
{
    const struct pledge_ask ask = {
        .session = session, .person = person, .way = PLEDGE_BY_PAGE, .gateway = SLICE_LIT("sms")};
    pledge_make(store, &ask, now_ms, on_pledge, NULL);
    return wait_done();
}

static int make(uint32_t session, uint64_t person)
{
    return make_at(session, person, NOW_MS);
}

static int cancel(uint32_t session, uint32_t number)
{
    pledge_cancel(store, session, number, true, deed_of(SLICE_NONE, NOW_MS), on_pledge, NULL);
    return wait_done();
}

static void on_view(void *arg, int result, const struct pledge_view *v, const struct err *e)
{
    (void)arg, (void)e;
    got.n = v ? v->n : 0;
    for (size_t i = 0; v && i < v->n; i++) {
        got.numbers[i] = v->list[i].number;
        got.states[i] = v->list[i].state;
        (void)snprintf(got.person, sizeof got.person, "%.*s", SLICE_ARG(v->list[i].person));
    }
    if (v) {
        got.next = v->next;
        (void)snprintf(got.rooms, sizeof got.rooms, "%u %u %u", v->session->pledged,
                       v->session->waiting, v->session->offered);
        (void)snprintf(got.place, sizeof got.place, "%s", v->place->name);
    }
    end(result);
}

static int page(uint32_t session)
{
    pledge_page(store, session, 0, NOW_MS, on_view, NULL);
    return wait_done();
}

static void on_due(void *arg, int result, const struct pledge_due *list, size_t n, uint32_t next)
{
    (void)arg;
    got.n = n;
    got.next = next;
    for (size_t i = 0; i < n; i++) {
        got.numbers[i] = list[i].pledge.number;
        got.notices[i] = list[i].notice;
        assert_string_equal(list[i].place->name, "Leeds");
        assert_string_equal(list[i].session->meeting_point[0] ? "said" : "", "said");
    }
    end(result);
}

static size_t untold(int64_t now_ms)
{
    pledge_untold(store, now_ms, on_due, NULL);
    assert_int_equal(wait_done(), 0);
    return got.n;
}

static size_t due(enum pledge_notice notice, int64_t due_ms, int64_t now_ms)
{
    pledge_due(store, 1, notice, due_ms, 0, now_ms, on_due, NULL);
    assert_int_equal(wait_done(), 0);
    return got.n;
}

static void on_told(void *arg, int result, const uint32_t *indexes, size_t n)
{
    (void)arg;
    got.n = n;
    memcpy(got.indexes, indexes, n * sizeof *indexes);
    end(result);
}

/* Returns how many were recorded. */
static size_t tell_later(uint32_t number, enum pledge_notice notice, int64_t later_ms,
                         int64_t now_ms)
{
    const struct pledge_text text = {
        1, number, notice, SLICE_LIT("Hello"), later_ms, SLICE_LIT("usual"), SLICE_LIT("US")};
    pledge_tell(store, &text, 1, now_ms, on_told, NULL);
    assert_int_equal(wait_done(), 0);
    return got.n;
}

static size_t tell(uint32_t number, enum pledge_notice notice, int64_t now_ms)
{
    return tell_later(number, notice, 0, now_ms);
}

/* ---- they come, they do not ---- */

static void one_person_pledges_once(void **state)
{
    (void)state;
    put_session(1, NOW_MS + DAY_MS, 0, "");
    assert_int_equal(make(1, ANN), 0);
    assert_int_equal(got.pledge.number, 1);
    assert_int_equal(got.pledge.state, PLEDGE_COMING);
    assert_false(got.pledge.again);
    assert_int_equal(make(1, ANN), 0);
    assert_int_equal(got.pledge.number, 1);
    assert_true(got.pledge.again);
    assert_int_equal(make(1, BOB), 0);
    assert_int_equal(got.pledge.number, 2);
    assert_int_equal(page(1), 0);
    assert_int_equal(got.n, 2);
    assert_string_equal(got.rooms, "2 0 0");
    assert_string_equal(got.place, "Leeds");
    assert_string_equal(got.person, "447400000102");
    assert_int_equal(untold(NOW_MS), 2);
}

static void nobody_pledges_to_what_is_over_or_not_there(void **state)
{
    (void)state;
    assert_int_equal(make(1, ANN), ERR_NOT_FOUND);
    put_session(1, NOW_MS - 3 * HOUR_MS, 0, "");
    assert_int_equal(make(1, ANN), ERR_CONFLICT);
    put_session(1, NOW_MS + HOUR_MS, 0, ",\"cancelled\":true");
    assert_int_equal(make(1, ANN), ERR_CONFLICT);
    put_session(1, NOW_MS - HOUR_MS, 0, ""); /* it has begun: who is late is welcome */
    assert_int_equal(make(1, ANN), 0);
}

static void who_waits_longest_moves_up(void **state)
{
    (void)state;
    put_session(1, NOW_MS + DAY_MS, 1, "");
    assert_int_equal(make(1, ANN), 0);
    assert_int_equal(make(1, CAT), 0);
    assert_int_equal(got.pledge.state, PLEDGE_WAITING);
    assert_int_equal(make(1, BOB), 0);
    assert_int_equal(got.pledge.state, PLEDGE_WAITING);
    assert_int_equal(cancel(1, 1), 0);
    assert_int_equal(page(1), 0);
    assert_string_equal(got.rooms, "1 1 0");
    assert_int_equal(got.states[0], PLEDGE_GONE);
    assert_int_equal(got.states[1], PLEDGE_COMING);
    assert_int_equal(got.states[2], PLEDGE_WAITING);
    assert_int_equal(untold(NOW_MS), 3);
    assert_int_equal(got.notices[0], PLEDGE_SAY_GONE);
    assert_int_equal(got.notices[1], PLEDGE_SAY_UP);
    assert_int_equal(got.notices[2], PLEDGE_SAY_WAITS);
    /* Again, and nothing moves; who comes back waits behind the others. */
    assert_int_equal(cancel(1, 1), 0);
    assert_true(got.pledge.again);
    assert_int_equal(make(1, ANN), 0);
    assert_int_equal(got.pledge.number, 1);
    assert_int_equal(got.pledge.state, PLEDGE_WAITING);
    assert_int_equal(cancel(1, 2), 0);
    assert_int_equal(page(1), 0);
    assert_int_equal(got.states[2], PLEDGE_COMING);
    assert_int_equal(got.states[0], PLEDGE_WAITING);
}

static void more_room_takes_in_who_waits(void **state)
{
    (void)state;
    put_session(1, NOW_MS + DAY_MS, 1, "");
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(make(1, ANN + i), 0);
    put_session(1, NOW_MS + DAY_MS, 3, "");
    pledge_fill(store, 1, NOW_MS, NULL, NULL);
    assert_int_equal(page(1), 0);
    assert_string_equal(got.rooms, "3 1 0");
    assert_int_equal(got.states[3], PLEDGE_WAITING);
}

static void one_person_has_so_many(void **state)
{
    (void)state;
    for (uint32_t i = 1; i <= PLEDGES_OF_PERSON_MAX; i++) {
        put_session(i, NOW_MS + DAY_MS, 0, "");
        assert_int_equal(make(i, ANN), 0);
    }
    put_session(1000, NOW_MS + DAY_MS, 0, "");
    assert_int_equal(make(1000, ANN), ERR_LIMIT);
    assert_int_equal(make(1000, BOB), 0);
}

static int mark(enum pledge_state state, int64_t now_ms)
{
    pledge_mark(store, 1, 1, state, deed_of(SLICE_LIT("Omar"), now_ms), on_pledge, NULL);
    return wait_done();
}

static void who_came_is_said_when_it_begins(void **state)
{
    (void)state;
    put_session(1, NOW_MS + 2 * HOUR_MS, 0, "");
    assert_int_equal(make(1, ANN), 0);
    assert_int_equal(mark(PLEDGE_CAME, NOW_MS), ERR_CONFLICT);
    assert_int_equal(mark(PLEDGE_CAME, NOW_MS + HOUR_MS), 0);
    assert_int_equal(mark(PLEDGE_CAME, NOW_MS + HOUR_MS), 0);
    assert_true(got.pledge.again);
    assert_int_equal(mark(PLEDGE_MISSED, NOW_MS + 9 * HOUR_MS), 0);
    assert_int_equal(got.pledge.state, PLEDGE_MISSED);
    assert_int_equal(cancel(1, 1), ERR_CONFLICT);
}

/* ---- how many ---- */

static void on_counts(void *arg, int result, const json_t *counts, const struct err *e)
{
    (void)arg, (void)e;
    json_decref(got.counts);
    got.counts = json_deep_copy(counts);
    end(result);
}

static int64_t counted(const char *what, const char *key, const char *at, const char *name)
{
    const json_t *found = json_object_get(json_object_get(got.counts, what), key);
    if (at) found = json_object_get(found, at);
    return json_integer_value(name ? json_object_get(found, name) : found);
}

static void counts_follow_each_step(void **state)
{
    (void)state;
    const char *at = "2024-10-04T11:00:00Z", *minute = "2024-10-04T09:00:00Z";
    put_session(1, NOW_MS + 2 * HOUR_MS, 1, "");
    assert_int_equal(make(1, ANN), 0);
    assert_int_equal(make(1, BOB), 0);
    assert_int_equal(make(1, CAT), 0);
    assert_int_equal(cancel(1, 1), 0);
    /* Moved meanwhile: each is counted where it was, until it is made anew. */
    put_session(1, NOW_MS + 3 * HOUR_MS, 1, "");
    assert_int_equal(cancel(1, 3), 0);
    pledge_counts(store, NOW_MS, 1, on_counts, NULL);
    assert_int_equal(wait_done(), 0);
    assert_int_equal(counted("places", "7", at, "coming"), 1);
    assert_int_equal(counted("places", "7", at, "waiting"), 0);
    assert_int_equal(counted("places", "7", at, "gone"), 2);
    assert_int_equal(counted("groups", "leeds", NULL, "coming"), 1);
    assert_int_equal(counted("minutes", minute, NULL, NULL), 3);
    json_decref(got.counts);
    got.counts = NULL;
}

static struct pledge_brought brought[2];

static void on_brought(void *arg, int result, const struct pledge_brought *list, size_t n,
                       const struct err *e)
{
    (void)arg, (void)e;
    assert_int_equal(n, 2);
    memcpy(brought, list, sizeof brought);
    end(result);
}

static void look_who_brought(void)
{
    const struct pledge_brought_ask asks[] = {{7, SLICE_LIT("york")}, {7, SLICE_LIT("leeds")}};
    pledge_brought(store, asks, COUNT_OF(asks), on_brought, NULL);
    assert_int_equal(wait_done(), 0);
}

/* Of a session in Leeds' place: those of York are counted as York's, whatever becomes of them; those of Leeds are not. */
static void people_of_another_group_are_counted_as_such(void **state)
{
    (void)state;
    const char *at = "2024-10-04T11:00:00Z";
    run("HSET %sgroupof %llu york %llu york %llu leeds", prefix, (unsigned long long)ANN,
        (unsigned long long)BOB, (unsigned long long)CAT);
    put_session(1, NOW_MS + 2 * HOUR_MS, 1, "");
    assert_int_equal(make(1, ANN), 0);
    assert_int_equal(make(1, BOB), 0);
    assert_int_equal(make(1, CAT), 0);
    look_who_brought();
    assert_int_equal(brought[0].coming, 1);
    assert_int_equal(brought[0].waiting, 1);
    assert_int_equal(brought[1].waiting, 0);
    assert_int_equal(cancel(1, 1), 0); /* Bob moves up */
    assert_int_equal(make(1, ANN), 0); /* and Ann waits behind Cat */
    look_who_brought();
    assert_int_equal(brought[0].coming, 1);
    assert_int_equal(brought[0].waiting, 1);
    pledge_counts(store, NOW_MS, 1, on_counts, NULL);
    assert_int_equal(wait_done(), 0);
    const json_t *york = json_object_get(
        json_object_get(json_object_get(json_object_get(got.counts, "from"), "7"), at), "york");
    assert_int_equal(json_integer_value(json_object_get(york, "coming")), 1);
    assert_int_equal(json_integer_value(json_object_get(york, "waiting")), 1);
    assert_int_equal(json_integer_value(json_object_get(york, "gone")), 0);
    json_decref(got.counts);
    got.counts = NULL;
}

/* A record of before that was counted is not: what is taken away was there. */
static void a_pledge_of_an_older_version_is_not_taken_away_twice(void **state)
{
    (void)state;
    run("HSET %sgroupof %llu york", prefix, (unsigned long long)ANN);
    put_session(1, NOW_MS + 2 * HOUR_MS, 5, "");
    assert_int_equal(make(1, ANN), 0);
    run("DEL %spledges:from:7", prefix);
    char record[512];
    (void)snprintf(record, sizeof record, "%s", run("HGET %spledge:1 1", prefix));
    char *mark = strstr(record, "\"f\":true");
    assert_non_null(mark);
    memcpy(mark, "\"z\"", 3); /* a field that nobody reads */
    for (char *at = record; *at; at++)
        if (*at == ' ') *at = '^';
    run("HSET %spledge:1 1 %s", prefix, record);
    assert_int_equal(cancel(1, 1), 0);
    assert_int_equal(make(1, ANN), 0);
    look_who_brought();
    assert_int_equal(brought[0].coming, 1);
}

/* When the store went back, a number that it lost stands in somebody's link: it is not given to another. */
static void numbers_that_were_lost_are_not_given_again(void **state)
{
    (void)state;
    put_session(1, NOW_MS + 2 * HOUR_MS, 5, "");
    assert_int_equal(make(1, ANN), 0);
    run("HSET %sstore era 1790000000000", prefix);
    assert_int_equal(make(1, BOB), 0);
    assert_true(got.pledge.number > 1000);
    assert_int_equal(make(1, ANN), 0); /* whom it knows has the number of before */
    assert_int_equal(got.pledge.number, 1);
    assert_int_equal(make(1, CAT), 0);
    assert_int_equal(page(1), 0);
    assert_int_equal(got.n, 3);
    assert_int_equal(cancel(1, 2), ERR_NOT_FOUND);
}

/* ---- texts ---- */

static void a_text_goes_once(void **state)
{
    (void)state;
    put_session(1, NOW_MS + DAY_MS, 0, "");
    assert_int_equal(make(1, ANN), 0);
    assert_int_equal(untold(NOW_MS), 1);
    assert_int_equal(untold(NOW_MS), 0); /* somebody is at it; they may fail: */
    assert_int_equal(untold(NOW_MS + 6000), 1);
    assert_int_equal(tell_later(1, PLEDGE_SAY_MADE, NOW_MS + HOUR_MS, NOW_MS + 6000), 0);
    assert_int_equal(untold(NOW_MS + 20000), 0);
    assert_int_equal(untold(NOW_MS + HOUR_MS), 1);
    assert_int_equal(tell(1, PLEDGE_SAY_UP, NOW_MS), 0); /* not what is due */
    assert_int_equal(tell(1, PLEDGE_SAY_MADE, NOW_MS), 1);
    assert_int_equal(tell(1, PLEDGE_SAY_MADE, NOW_MS), 0);
    assert_int_equal(untold(NOW_MS + DAY_MS), 0);
    assert_string_equal(run("HGET %sdm:0 gateway", prefix), "sms");
    assert_string_equal(run("HGET %sdm:0 kind", prefix), "pledge");
    assert_string_equal(run("HGET %sdm:0 group", prefix), "leeds");
    assert_string_equal(run("HGET %sc:0 n0", prefix), "1");
}

static void texts_about_one_pledge_end(void **state)
{
    (void)state;
    size_t texts = 0;
    put_session(1, NOW_MS + DAY_MS, 0, "");
    for (int i = 0; i < PLEDGE_TEXTS_MAX + 3; i++) {
        assert_int_equal(make(1, ANN), 0);
        texts += tell(1, PLEDGE_SAY_MADE, NOW_MS);
        assert_int_equal(cancel(1, 1), 0);
        texts += tell(1, PLEDGE_SAY_GONE, NOW_MS);
    }
    assert_int_equal(texts, PLEDGE_TEXTS_MAX);
}

static void they_are_texted_where_they_talk_with_us(void **state)
{
    (void)state;
    put_session(1, NOW_MS + DAY_MS, 0, "");
    run("HSET %sgroupof %llu york", prefix, (unsigned long long)ANN);
    run("HSET %sconvof:york %llu 4", prefix, (unsigned long long)ANN);
    run("HSET %sconv:4 number %llu group york gateway wa sender +1 who number window_ms 1000 "
        "last_in_ms %lld",
        prefix, (unsigned long long)ANN, (long long)NOW_MS);
    assert_int_equal(make(1, ANN), 0);
    assert_int_equal(tell(1, PLEDGE_SAY_MADE, NOW_MS), 1);
    assert_string_equal(run("HGET %sdm:0 gateway", prefix), "wa");
    assert_string_equal(run("HGET %sdm:0 conv", prefix), "4");
    assert_string_equal(run("LLEN %sconv:4:m", prefix), "1");
    /* When the channel takes no more there, the usual way. */
    assert_int_equal(cancel(1, 1), 0);
    assert_int_equal(tell(1, PLEDGE_SAY_GONE, NOW_MS + 2000), 1);
    assert_string_equal(run("HGET %sdm:1 gateway", prefix), "usual");
}

static void reminders_go_once_to_who_does_not_know(void **state)
{
    (void)state;
    int64_t due_ms = NOW_MS + 2 * HOUR_MS;
    put_session(1, NOW_MS + DAY_MS, 2, "");
    assert_int_equal(make(1, ANN), 0);
    assert_int_equal(make_at(1, BOB, due_ms + 1), 0);
    assert_int_equal(make(1, CAT), 0); /* waits */
    assert_int_equal(due(PLEDGE_SAY_DAY, due_ms, due_ms + 2), 1);
    assert_int_equal(got.numbers[0], 1);
    assert_int_equal(tell(1, PLEDGE_SAY_DAY, due_ms + 2), 1);
    assert_int_equal(tell(1, PLEDGE_SAY_DAY, due_ms + 2), 0);
    assert_int_equal(due(PLEDGE_SAY_DAY, due_ms, due_ms + 3), 0);
    assert_int_equal(due(PLEDGE_SAY_HOURS, NOW_MS + 22 * HOUR_MS, NOW_MS + 22 * HOUR_MS), 2);
    /* On another day they are reminded again. */
    put_session(1, NOW_MS + 3 * DAY_MS, 2, "");
    assert_int_equal(due(PLEDGE_SAY_DAY, NOW_MS + 2 * DAY_MS, NOW_MS + 2 * DAY_MS), 2);
}

/* The store went back: what it says was due before that was perhaps told, and is not told again. */
static void what_was_perhaps_told_is_not_told_again(void **state)
{
    (void)state;
    int64_t day_ms = NOW_MS + 2 * HOUR_MS, hours_ms = NOW_MS + 22 * HOUR_MS;
    put_session(1, NOW_MS + DAY_MS, 0, "");
    assert_int_equal(make(1, ANN), 0);
    assert_int_equal(make(1, BOB), 0);
    assert_int_equal(tell_later(2, PLEDGE_SAY_MADE, hours_ms, NOW_MS),
                     0); /* he is to be told later */
    run("HSET %sstore era %lld", prefix, (long long)day_ms);
    assert_int_equal(untold(day_ms + 1), 0);
    assert_int_equal(due(PLEDGE_SAY_DAY, day_ms, day_ms + 1), 0);
    assert_int_equal(make_at(1, CAT, day_ms + 2), 0); /* since then: she has not been told */
    assert_int_equal(untold(day_ms + 2), 1);
    assert_int_equal(untold(hours_ms), 2);
    assert_int_equal(due(PLEDGE_SAY_HOURS, hours_ms, hours_ms), 3);
    put_session(1, NOW_MS + 2 * DAY_MS, 0, ""); /* a correction since then is told to them, too */
    assert_int_equal(due(PLEDGE_SAY_MOVED, 0, hours_ms), 1);
}

static void what_changes_is_told(void **state)
{
    (void)state;
    put_session(1, NOW_MS + DAY_MS, 1, "");
    assert_int_equal(make(1, ANN), 0);
    assert_int_equal(make(1, BOB), 0);
    assert_int_equal(tell(1, PLEDGE_SAY_MADE, NOW_MS), 1);
    assert_int_equal(due(PLEDGE_SAY_MOVED, 0, NOW_MS), 0);
    put_session(1, NOW_MS + 2 * DAY_MS, 1, "");
    assert_int_equal(due(PLEDGE_SAY_MOVED, 0, NOW_MS), 1); /* Bob was told nothing yet */
    assert_int_equal(tell(1, PLEDGE_SAY_MOVED, NOW_MS), 1);
    assert_int_equal(due(PLEDGE_SAY_MOVED, 0, NOW_MS), 0);
    assert_int_equal(due(PLEDGE_SAY_OFF, 0, NOW_MS), 0);
    put_session(1, NOW_MS + 2 * DAY_MS, 1, ",\"cancelled\":true");
    assert_int_equal(due(PLEDGE_SAY_OFF, 0, NOW_MS), 2);
    assert_int_equal(tell(1, PLEDGE_SAY_OFF, NOW_MS), 1);
    assert_int_equal(tell(2, PLEDGE_SAY_OFF, NOW_MS), 1);
    assert_int_equal(due(PLEDGE_SAY_OFF, 0, NOW_MS), 0);
    assert_int_equal(page(1), 0);
    assert_int_equal(got.states[0], PLEDGE_OFF);
    assert_string_equal(got.rooms, "0 0 0");
}

/* ---- what they write ---- */

static int said_in(const char *message, bool yes, int64_t now_ms)
{
    pledge_said(store, 4, yes, slice_of(message), now_ms, on_pledge, NULL);
    return wait_done();
}

/* In a message of its own. */
static int said(bool yes, int64_t now_ms)
{
    static unsigned serial;
    char message[16];
    (void)snprintf(message, sizeof message, "m%u", ++serial);
    return said_in(message, yes, now_ms);
}

/* Campaign 3 offered session 1 to Ann, who is index 5 of audience 2. */
static void offer(void)
{
    put_session(1, NOW_MS + DAY_MS, 0, "");
    run("HSET %srooms 1 0^0^1", prefix);
    run("HSET %sconv:4 number %llu group leeds campaign 3 gateway sms sender +1 who number", prefix,
        (unsigned long long)ANN);
    run("ZADD %scampaigns %lld 3", prefix, (long long)(NOW_MS - HOUR_MS));
    run("HSET %sc:3 audience 2", prefix);
    run("HSET %sa:2 buckets 10", prefix);
    run("HSET %sa:2:x:%llu %llu 5", prefix, (unsigned long long)(ANN % 10),
        (unsigned long long)ANN);
    run("SETRANGE %sc:3:near 20 xxxx", prefix);
    for (int bit = 160; bit < 192; bit++)
        run("SETBIT %sc:3:near %d %d", prefix, bit, bit == 167);
}

static void yes_to_an_offer_is_a_pledge(void **state)
{
    (void)state;
    offer();
    assert_int_equal(said(true, NOW_MS), 0);
    assert_true(got.any);
    assert_int_equal(got.pledge.session, 1);
    assert_int_equal(got.pledge.state, PLEDGE_COMING);
    assert_int_equal(page(1), 0);
    assert_string_equal(got.rooms, "1 0 0");
    assert_int_equal(said(true, NOW_MS), 0);
    assert_true(got.pledge.again);
    assert_string_equal(run("GETBIT %sc:3:near 184", prefix), "1"); /* they count as pledged */
    assert_int_equal(cancel(1, 1), 0);
    assert_int_equal(said(true, NOW_MS), 0);
    assert_int_equal(page(1), 0);
    assert_string_equal(got.rooms, "1 0 0");
}

/* By the link in their text, twice; and somebody who was told of another session. */
static void an_offer_s_room_is_taken_once(void **state)
{
    (void)state;
    offer();
    run("HSET %sc:3 group york", prefix);
    struct pledge_ask ask = {
        .session = 1, .person = ANN, .way = PLEDGE_BY_LINK, .campaign = 3, .index = 5};
    for (int i = 0; i < 2; i++) {
        pledge_make(store, &ask, NOW_MS, on_pledge, NULL);
        assert_int_equal(wait_done(), 0);
        assert_int_equal(cancel(1, 1), 0);
    }
    assert_int_equal(page(1), 0);
    assert_string_equal(got.rooms, "0 0 0");
    run("HSET %srooms 1 0^0^1", prefix);
    ask.index = 4;
    ask.person = BOB;
    pledge_make(store, &ask, NOW_MS, on_pledge, NULL);
    assert_int_equal(wait_done(), 0);
    assert_int_equal(page(1), 0);
    assert_string_equal(got.rooms, "1 0 1");
    pledge_counts(store, NOW_MS + DAY_MS, 1, on_counts, NULL);
    assert_int_equal(wait_done(), 0);
    assert_int_equal(counted("groups", "york", NULL, "coming"), 1);
    json_decref(got.counts);
    got.counts = NULL;
}

static int make_for(uint32_t conversation, const struct group_set *groups)
{
    const struct pledge_ask ask = {.session = 1,
                                   .conversation = conversation,
                                   .groups = groups,
                                   .by = SLICE_LIT("Omar"),
                                   .way = PLEDGE_BY_MEMBER};
    pledge_make(store, &ask, NOW_MS, on_pledge, NULL);
    return wait_done();
}

static void a_volunteer_pledges_for_who_writes(void **state)
{
    (void)state;
    static const char *const york[] = {"york"}, *const of_leeds[] = {"leeds"};
    const struct group_set others = {false, york, 1}, own = {false, of_leeds, 1};
    offer();
    assert_int_equal(make_for(4, &others), ERR_NOT_FOUND);
    assert_int_equal(make_for(5, &own), ERR_NOT_FOUND);
    assert_int_equal(make_for(4, &own), 0);
    assert_int_equal(page(1), 0);
    assert_string_equal(got.person, "447400000101");
}

static void on_standing(void *arg, int result, const struct pledge_standing *s, const struct err *e)
{
    (void)arg, (void)e;
    got.text[0] = '\0';
    if (s) (void)snprintf(got.text, sizeof got.text, "%u %u %u:", s->named, s->campaign, s->index);
    for (size_t i = 0; s && i < s->n; i++) {
        size_t n = strlen(got.text);
        (void)snprintf(got.text + n, sizeof got.text - n, " %u/%u %s", s->open[i].session,
                       s->open[i].number, pledge_state_to_string(s->open[i].state));
    }
    end(result);
}

static const char *standing(const struct group_set *groups, int64_t now_ms)
{
    pledge_standing(store, 4, groups, now_ms, on_standing, NULL);
    return wait_done() == 0 ? got.text : "not found";
}

/* What was named, and what they come to that is not over, the earliest first. */
static void a_volunteer_sees_how_who_writes_stands(void **state)
{
    (void)state;
    static const char *const york[] = {"york"}, *const of_leeds[] = {"leeds"};
    const struct group_set others = {false, york, 1}, own = {false, of_leeds, 1};
    offer();
    put_session(2, NOW_MS + HOUR_MS, 1, "");
    put_session(3, NOW_MS + 2 * DAY_MS, 0, "");
    assert_string_equal(standing(&own, NOW_MS), "1 3 5:");
    assert_string_equal(standing(&others, NOW_MS), "not found");
    assert_int_equal(make(3, ANN), 0);
    assert_int_equal(make(2, BOB), 0);
    assert_int_equal(make(2, ANN), 0);
    assert_int_equal(make(1, ANN), 0);
    assert_string_equal(standing(&own, NOW_MS), "1 3 5: 2/2 waiting 1/1 coming 3/1 coming");
    assert_int_equal(cancel(1, 1), 0);
    put_session(3, NOW_MS + 2 * DAY_MS, 0, ",\"cancelled\":true");
    assert_string_equal(standing(&own, NOW_MS), "1 3 5: 2/2 waiting");
    assert_string_equal(standing(&own, NOW_MS + 3 * HOUR_MS), "1 3 5:");
    assert_string_equal(standing(&own, NOW_MS + 2 * DAY_MS), "0 0 0:");
    run("HSET %sconv:4 named 2 named_ms %lld named_after 3", prefix, (long long)NOW_MS);
    assert_string_equal(standing(&own, NOW_MS), "2 0 0: 2/2 waiting"); /* answered at once */
    run("HSET %sconv:4 number ~GB.1 who user_id", prefix);
    assert_string_equal(standing(&own, NOW_MS), "2 0 0:");
}

static void yes_to_something_else_is_none(void **state)
{
    (void)state;
    offer();
    run("HSET %sconv:4 last_out_ms %lld", prefix, (long long)(NOW_MS - 1000));
    assert_int_equal(said(true, NOW_MS), 0); /* to the volunteer who wrote since */
    assert_false(got.any);
    run("HSET %sconv:4 last_out_ms %lld", prefix, (long long)(NOW_MS - 2 * HOUR_MS));
    assert_int_equal(said(true, NOW_MS + PLEDGE_OFFER_YOUNG_MS), 0);
    assert_false(got.any);
    run("HSET %sconv:4 campaign 9", prefix);
    assert_int_equal(said(true, NOW_MS), 0);
    assert_false(got.any);
    run("HSET %sconv:4 campaign 3", prefix);
    run("HSET %sconv:4 number %llu", prefix, (unsigned long long)BOB);
    assert_int_equal(said(true, NOW_MS), 0); /* who is not in that list */
    assert_false(got.any);
    assert_int_equal(page(1), 0);
    assert_int_equal(got.n, 0);
}

static void a_message_that_comes_again_changes_nothing(void **state)
{
    (void)state;
    offer();
    assert_int_equal(said_in("one", true, NOW_MS), 0);
    assert_true(got.any);
    assert_int_equal(cancel(1, 1), 0);
    assert_int_equal(said_in("one", true, NOW_MS + 1), 0);
    assert_false(got.any);
    assert_int_equal(said_in("two", true, NOW_MS + 2), 0);
    assert_int_equal(got.pledge.state, PLEDGE_COMING);
}

static void cant_ends_what_they_were_texted_about_last(void **state)
{
    (void)state;
    offer();
    put_session(2, NOW_MS + 2 * DAY_MS, 0, "");
    assert_int_equal(make(1, ANN), 0);
    assert_int_equal(make(2, ANN), 0);
    assert_int_equal(said(false, NOW_MS), 0);
    assert_false(got.any); /* we asked about neither yet */
    assert_int_equal(tell(1, PLEDGE_SAY_MADE, NOW_MS + 1), 1);
    assert_int_equal(said(false, NOW_MS + 2), 0);
    assert_true(got.any);
    assert_int_equal(got.pledge.session, 1);
    assert_int_equal(got.pledge.state, PLEDGE_GONE);
    assert_int_equal(said(false, NOW_MS + 2), 0);
    assert_false(got.any);
}

/* ---- what goes ---- */

static void on_expired(void *arg, int result, int64_t count)
{
    (void)arg;
    got.count = count;
    end(result);
}

static int64_t expire(int64_t before_ms)
{
    pledge_expire(store, before_ms, NOW_MS, on_expired, NULL);
    assert_int_equal(wait_done(), 0);
    return got.count;
}

static void pledges_of_what_is_long_over_go(void **state)
{
    (void)state;
    put_session(1, NOW_MS + HOUR_MS, 0, "");
    put_session(2, NOW_MS + 9 * HOUR_MS, 0, "");
    for (unsigned i = 0; i < PLEDGE_PAGE_MAX + 5; i++)
        assert_int_equal(make(1, ANN + i), 0);
    assert_int_equal(make(2, ANN), 0);
    assert_int_equal(expire(NOW_MS), 0);
    assert_int_equal(expire(NOW_MS + 5 * HOUR_MS), PLEDGE_PAGE_MAX);
    assert_int_equal(expire(NOW_MS + 5 * HOUR_MS), 5);
    assert_int_equal(expire(NOW_MS + 5 * HOUR_MS), 0);
    assert_string_equal(run("EXISTS %spledge:1", prefix), "0");
    assert_string_equal(run("HLEN %spledgers", prefix), "1");
    assert_string_equal(run("ZCARD %spledges:untold", prefix), "1");
}

static void on_one_of_many(void *arg, int result, const struct pledge_done *d, const struct err *e)
{
    (void)arg, (void)d, (void)e;
    assert_int_equal(result, 0);
    got.n++;
}

static void on_forgotten(void *arg, int result, const struct forgotten *f, const struct err *e)
{
    (void)arg, (void)f, (void)e;
    end(result);
}

static void who_is_forgotten_leaves_a_number_of_nobody(void **state)
{
    (void)state;
    put_session(1, NOW_MS + DAY_MS, 1, "");
    assert_int_equal(make(1, ANN), 0);
    assert_int_equal(make(1, BOB), 0);
    forget_person(store, SLICE_LIT("447400000101"), ANN,
                  deed_for(SLICE_LIT("Omar"), NOW_MS, SLICE_LIT("asked")), on_forgotten, NULL);
    assert_int_equal(wait_done(), 0);
    assert_int_equal(page(1), 0);
    assert_int_equal(got.states[0], PLEDGE_GONE);
    assert_int_equal(got.states[1], PLEDGE_COMING); /* there is room now */
    pledge_find(store, 1, 1, NOW_MS, on_view, NULL);
    assert_int_equal(wait_done(), 0);
    assert_string_equal(got.person, "");
    assert_string_equal(run("HEXISTS %spledgers 447400000101", prefix), "0");
    assert_string_equal(run("HEXISTS %spledge:1 @447400000101", prefix), "0");
    assert_int_equal(untold(NOW_MS), 1);
    assert_int_equal(got.numbers[0], 2);
}

static void a_whole_crowd_adds_up(void **state)
{
    (void)state;
    enum { CROWD = 2000, ROOM = 1500 };
    static struct pledge_ask ask = {.session = 1, .way = PLEDGE_BY_LINK};
    put_session(1, NOW_MS + DAY_MS, ROOM, "");
    for (unsigned i = 0; i < CROWD - 1; i++) {
        ask.person = ANN + i;
        pledge_make(store, &ask, NOW_MS, on_one_of_many, NULL);
    }
    while (got.n < CROWD - 1)
        loop_turn(loop, -1);
    assert_int_equal(make(1, ANN + CROWD - 1), 0);
    assert_int_equal(got.pledge.number, CROWD);
    assert_int_equal(page(1), 0);
    assert_string_equal(got.rooms, "1500 500 0");
    assert_int_equal(got.n, PLEDGE_PAGE_MAX);
    assert_int_equal(got.next, PLEDGE_PAGE_MAX);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        GROUP_TEST(one_person_pledges_once, (void *)&got_said),
        GROUP_TEST(nobody_pledges_to_what_is_over_or_not_there, (void *)&got_said),
        GROUP_TEST(who_waits_longest_moves_up, (void *)&got_said),
        GROUP_TEST(more_room_takes_in_who_waits, (void *)&got_said),
        GROUP_TEST(one_person_has_so_many, (void *)&got_said),
        GROUP_TEST(who_came_is_said_when_it_begins, (void *)&got_said),
        GROUP_TEST(counts_follow_each_step, (void *)&got_said),
        GROUP_TEST(people_of_another_group_are_counted_as_such, (void *)&got_said),
        GROUP_TEST(numbers_that_were_lost_are_not_given_again, (void *)&got_said),
        GROUP_TEST(a_pledge_of_an_older_version_is_not_taken_away_twice, (void *)&got_said),
        GROUP_TEST(a_text_goes_once, (void *)&got_said),
        GROUP_TEST(texts_about_one_pledge_end, (void *)&got_said),
        GROUP_TEST(they_are_texted_where_they_talk_with_us, (void *)&got_said),
        GROUP_TEST(reminders_go_once_to_who_does_not_know, (void *)&got_said),
        GROUP_TEST(what_was_perhaps_told_is_not_told_again, (void *)&got_said),
        GROUP_TEST(what_changes_is_told, (void *)&got_said),
        GROUP_TEST(yes_to_an_offer_is_a_pledge, (void *)&got_said),
        GROUP_TEST(yes_to_something_else_is_none, (void *)&got_said),
        GROUP_TEST(an_offer_s_room_is_taken_once, (void *)&got_said),
        GROUP_TEST(a_volunteer_pledges_for_who_writes, (void *)&got_said),
        GROUP_TEST(a_volunteer_sees_how_who_writes_stands, (void *)&got_said),
        GROUP_TEST(a_message_that_comes_again_changes_nothing, (void *)&got_said),
        GROUP_TEST(cant_ends_what_they_were_texted_about_last, (void *)&got_said),
        GROUP_TEST(pledges_of_what_is_long_over_go, (void *)&got_said),
        GROUP_TEST(who_is_forgotten_leaves_a_number_of_nobody, (void *)&got_said),
        GROUP_TEST(a_whole_crowd_adds_up, (void *)&got_said),
    };
    return redis_group_run("pledges", tests, COUNT_OF(tests));
}
