/* Who a person is (ADR 0010), against a real Redis: ids and numbers that turn out to be one,
 * spellings, the time of events, what asks for nothing, strangers. Each test has a prefix of its
 * own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "inbox_actor.h"
#include "io/redis.h"
#include "redis_group.h"
#include "store/inbox.h"
#include "store/spellings.h"
#include "store/suppress.h"

#define NOW_MS INT64_C(1700000000000)
#define DAY_MS (24 * 3600 * INT64_C(1000))
#define ANN    "447700900123"
#define BEN    "447700900124"
#define ANN_ID "GB.1349"
#define ALL    SLICE_LIT("all")

static int event_number;
static const struct inbox_actor organiser = {.name = {"Org", 3}, .groups = {true, NULL, 0}};

enum { TEXTS_MAX = 64 };
static struct {
    bool done;
    int result;
    struct inbox_stored stored;
    struct inbox_conversation conversation;
    char address[200], key[200], group[64];
    uint32_t campaign;
    size_t count;
    char texts[TEXTS_MAX][32], kinds[TEXTS_MAX][16];
    uint32_t more, ids[TEXTS_MAX];
    int64_t number;
    struct err e;
} got;

static void wait_done(void)
{
    while (!got.done)
        loop_turn(loop, -1);
    got.done = false;
}

static void copy(char *out, size_t room, struct slice s)
{
    (void)snprintf(out, room, "%.*s", SLICE_ARG(s));
}

static void on_stored(void *arg, int result, const struct inbox_stored *stored, const struct err *e)
{
    (void)arg;
    assert_int_equal(result, 0);
    (void)e;
    got.stored = *stored;
    got.done = true;
}

static void on_thread(void *arg, int result, const struct inbox_thread *t, const struct err *e)
{
    (void)arg;
    (void)e;
    got.result = result;
    got.count = result ? 0 : t->count;
    for (size_t i = 0; i < got.count && i < TEXTS_MAX; i++) {
        copy(got.texts[i], sizeof got.texts[i], t->messages[i].text);
        copy(got.kinds[i], sizeof got.kinds[i], t->messages[i].kind);
        got.more = t->messages[i].more;
    }
    if (t) {
        got.conversation = t->conversation;
        copy(got.address, sizeof got.address, t->conversation.address);
        copy(got.group, sizeof got.group, t->conversation.group);
    }
    got.done = true;
}

static void on_list(void *arg, int result, const struct inbox_conversation *list, size_t n,
                    struct slice next, const struct err *e)
{
    (void)arg;
    (void)next;
    (void)e;
    assert_int_equal(result, 0);
    got.count = n;
    for (size_t i = 0; i < n && i < TEXTS_MAX; i++)
        got.ids[i] = list[i].id;
    got.done = true;
}

static void on_person(void *arg, int result, const struct inbox_person *p, const struct err *e)
{
    (void)arg;
    (void)e;
    assert_int_equal(result, 0);
    got.campaign = p->campaign;
    copy(got.key, sizeof got.key, p->key);
    copy(got.group, sizeof got.group, p->group);
    got.done = true;
}

static void on_number(void *arg, const struct redisReply *reply)
{
    (void)arg;
    assert_non_null(reply);
    assert_false(redis_is_error(reply, NULL));
    got.number = redis_int(reply, -1);
    got.done = true;
}

static void on_expired(void *arg, int result, int64_t count)
{
    (void)arg;
    assert_int_equal(result, 0);
    got.number = count;
    got.done = true;
}

static void on_claim(void *arg, int result, const struct inbox_claim *c, const struct err *e)
{
    (void)arg;
    (void)e;
    assert_int_equal(result, 0);
    got.number = (int64_t)c->fence;
    got.done = true;
}

static void on_answer(void *arg, int result, const struct inbox_answered *a, const struct err *e)
{
    (void)arg;
    got.result = result;
    got.number = a->index;
    if (e) got.e = *e;
    got.done = true;
}

#define BY_HAND(...)                                                                               \
    do {                                                                                           \
        redis_commandf(redis, on_number, NULL, __VA_ARGS__);                                       \
        wait_done();                                                                               \
    } while (0)

/* ---- short words for what people do ---- */

static struct inbox_arrival words(enum inbox_kind kind, const char *text, int64_t at_ms)
{
    static char events[8][16];
    char *event = events[event_number % 8];
    (void)snprintf(event, sizeof events[0], "e%d", ++event_number);
    return (struct inbox_arrival){.gateway = SLICE_LIT("example"),
                                  .event_id = slice_of(event),
                                  .remember_ms = DAY_MS,
                                  .at_ms = at_ms,
                                  .kind = kind,
                                  .group = SLICE_LIT("main"),
                                  .sender = SLICE_LIT("+447700900000"),
                                  .text = slice_of(text),
                                  .scope = ALL};
}

static uint32_t send(const struct inbox_arrival *in)
{
    inbox_receive(inbox, in, NOW_MS, on_stored, NULL);
    wait_done();
    return got.stored.conversation;
}

/* By the number, by the id, or by both. */
static uint32_t says(const char *number, const char *id, enum inbox_kind kind, const char *text,
                     int64_t at_ms)
{
    char key[64];
    (void)snprintf(key, sizeof key, "%s%s", number ? "" : "~", number ? number : id);
    struct inbox_arrival in = words(kind, text, at_ms);
    in.who = number ? INBOX_NUMBER : INBOX_USER_ID;
    in.key = slice_of(key);
    in.user_id = slice_of(id);
    in.takes_id = true;
    return send(&in);
}

static bool is_suppressed(const char *key)
{
    BY_HAND("HEXISTS %ss:all %s", prefix, key);
    return got.number == 1;
}

static void read_thread(uint32_t id)
{
    inbox_read(inbox, id, AT(&organiser, NOW_MS), 60, on_thread, NULL);
    wait_done();
}

static size_t list(bool closed, enum inbox_filter filter)
{
    const struct inbox_query query = {.closed = closed, .filter = filter, .limit = 50};
    inbox_list(inbox, &query, AT(&organiser, NOW_MS), on_list, NULL);
    wait_done();
    return got.count;
}

static void ask_who(struct inbox_question q)
{
    q.campaigns = 64;
    inbox_who(inbox, &q, on_person, NULL);
    wait_done();
}

/* Campaign c of a group texted ANN through a gateway, from a sender. */
static void make_campaign(int c, const char *group, const char *gateway, const char *sender,
                          const char *number)
{
    BY_HAND("ZADD %scampaigns %d %d", prefix, c, c);
    BY_HAND("HSET %sc:%d audience %d group %s gateway %s sender %s", prefix, c, 10 + c, group,
            gateway, sender);
    BY_HAND("HSET %sa:%d buckets 1", prefix, 10 + c);
    BY_HAND("HSET %sa:%d:x:0 %s 0", prefix, 10 + c, number);
    BY_HAND("SETRANGE %sc:%d:l 0 %b", prefix, c, "\xf4", (size_t)1); /* delivered */
}

/* ---- ids and numbers ---- */

static void test_an_id_and_a_number_become_one(void **state)
{
    (void)state;
    uint32_t alone = says(NULL, ANN_ID, INBOX_TEXT, "one", NOW_MS - 5000);
    uint32_t number = says(ANN, NULL, INBOX_TEXT, "two", NOW_MS - 4000);
    assert_int_not_equal(alone, number);
    (void)says(NULL, ANN_ID, INBOX_TEXT, "three", NOW_MS - 3000);
    assert_int_equal(says(ANN, ANN_ID, INBOX_TEXT, "four", NOW_MS - 2000), number);
    assert_int_equal(says(NULL, ANN_ID, INBOX_TEXT, "five", NOW_MS - 1000), number);
    read_thread(number);
    assert_int_equal(got.count, 5);
    static const char *const order[] = {"one", "two", "three", "four", "five"};
    for (int i = 0; i < 5; i++)
        assert_string_equal(got.texts[i], order[i]);
    assert_int_equal(got.conversation.number, UINT64_C(447700900123));
    assert_int_equal(got.conversation.unread, 5);
    assert_int_equal(got.conversation.waiting_ms, NOW_MS - 5000);
    read_thread(alone);
    assert_int_equal(got.result, ERR_NOT_FOUND);
    assert_int_equal(list(false, INBOX_ANY), 1);
}

static void test_a_stop_of_an_id_moves_to_its_number(void **state)
{
    (void)state;
    (void)says(NULL, ANN_ID, INBOX_STOP, "STOP", NOW_MS - 5000);
    assert_int_equal(list(false, INBOX_UNLINKED), 1); /* nobody can match it: it stays in sight */
    assert_true(is_suppressed("~" ANN_ID));
    uint32_t id = says(ANN, ANN_ID, INBOX_NOTE, "", NOW_MS - 4000);
    assert_true(is_suppressed(ANN));
    assert_false(is_suppressed("~" ANN_ID));
    assert_int_equal(list(false, INBOX_ANY), 0); /* a STOP asks for nothing */
    read_thread(id);
    assert_string_equal(got.kinds[0], "stop");
    (void)says(NULL, ANN_ID, INBOX_START, "START", NOW_MS - 3000);
    assert_int_equal(got.stored.lifted, 1);
    assert_false(is_suppressed(ANN));
    (void)says(NULL, ANN_ID, INBOX_STOP, "STOP", NOW_MS - 2000);
    assert_true(is_suppressed(ANN));
}

static void test_an_acceptance_teaches(void **state)
{
    (void)state;
    (void)says(NULL, ANN_ID, INBOX_STOP, "STOP", NOW_MS - 5000);
    const struct inbox_known_as known = {.number = UINT64_C(447700900123),
                                         .as_number = UINT64_C(447700900777),
                                         .user_id = SLICE_LIT(ANN_ID),
                                         .group = SLICE_LIT("main")};
    inbox_learn(inbox, &known);
    inbox_learn(inbox, &known);
    BY_HAND("HLEN %sspelled", prefix);
    assert_int_equal(got.number, 2); /* both ways */
    assert_true(is_suppressed(ANN));
    (void)says("447700900777", NULL, INBOX_START, "START", NOW_MS);
    assert_false(is_suppressed(ANN));
    (void)says("447700900777", NULL, INBOX_STOP, "STOP", NOW_MS);
    assert_true(is_suppressed(ANN) && is_suppressed("447700900777"));
}

/* An audience that an older version stored has the number as it was spelled then. */
static void test_an_old_audience_is_found_by_the_number_of_today(void **state)
{
    (void)state;
    static const char *const people[][2] = {{"2290197000123", "22997000123"},
                                            {"525512345678", "5215512345678"},
                                            {"5553987654321", "555387654321"},
                                            {"2250707000123", "22507000123"}};
    for (int c = 0; c < (int)COUNT_OF(people); c++) {
        make_campaign(1 + c, "north", "example", "", people[c][1]);
        ask_who((struct inbox_question){.key = slice_of(people[c][0])});
        assert_int_equal(got.campaign, 1 + c);
        assert_string_equal(got.key, people[c][0]);
    }
    ask_who((struct inbox_question){.key = SLICE_LIT("2290197000124")});
    assert_int_equal(got.campaign, 0);
}

/* ---- what an older version stored ---- */

static struct spellings_joined joined;

static void on_joined(void *arg, int result, const struct spellings_joined *j, const struct err *e)
{
    (void)arg;
    if (result) fail_msg("%s", e->text);
    joined = *j;
    got.done = true;
}

static void join_spellings(void)
{
    spellings_join(store, on_joined, NULL);
    wait_done();
}

#define OLD_STOP                                                                                   \
    "{\"reason\":\"stop\",\"at_ms\":1600000000000,\"evidence\":\"\\\",\\\"joined\\\":\\\"5\"}"
#define OLD_BEN "22997000124"
#define NEW_BEN "2290197000124"

static void on_text(void *arg, const struct redisReply *reply)
{
    (void)arg;
    copy(got.key, sizeof got.key, redis_str(reply));
    got.done = true;
}

static const char *record_of(const char *key)
{
    redis_commandf(redis, on_text, NULL, "HGET %ss:all %s", prefix, key);
    wait_done();
    return got.key;
}

static void test_an_old_stop_holds_for_the_number_of_today(void **state)
{
    (void)state;
    static const char *const olds[] = {"22997000123", "5215512345678", "555387654321",
                                       "22507000123"};
    static const char *const news[] = {"2290197000123", "525512345678", "5553987654321",
                                       "2250707000123"};
    for (size_t i = 0; i < COUNT_OF(olds); i++)
        BY_HAND("HSET %ss:%s %s %s", prefix, i % 2 ? "all" : "north", olds[i], OLD_STOP);
    BY_HAND("HSET %ss:all %s %s ~60777 %s", prefix, ANN, OLD_STOP, OLD_STOP);
    join_spellings();
    assert_true(joined.walked);
    assert_int_equal(joined.suppressions, COUNT_OF(olds));
    assert_int_equal(joined.looked_at, COUNT_OF(olds) + 2);
    for (size_t i = 0; i < COUNT_OF(olds); i++) {
        BY_HAND("HEXISTS %ss:%s %s", prefix, i % 2 ? "all" : "north", olds[i]);
        assert_int_equal(got.number, 1); /* for a downgrade */
        BY_HAND("HEXISTS %ss:%s %s", prefix, i % 2 ? "all" : "north", news[i]);
        assert_int_equal(got.number, 1);
    }
    assert_string_equal(record_of("525512345678"), OLD_STOP);
    BY_HAND("SISMEMBER %ssuppress:scopes north", prefix);
    assert_int_equal(got.number, 1);
    join_spellings();
    assert_false(joined.walked);
}

/* Under another table it is done again; what a person or one of us has lifted since stays so. */
static void test_a_second_walk_brings_nothing_back(void **state)
{
    (void)state;
    BY_HAND("HSET %ss:all %s %s", prefix, OLD_BEN, OLD_STOP);
    join_spellings();
    (void)says(NEW_BEN, NULL, INBOX_START, "START", NOW_MS);
    assert_false(is_suppressed(NEW_BEN));
    BY_HAND("HDEL %sstarted %s", prefix, NEW_BEN); /* the mark alone is enough */
    BY_HAND("SET %sspellings 0", prefix);
    join_spellings();
    assert_true(joined.walked);
    assert_int_equal(joined.suppressions, 0);
    assert_false(is_suppressed(NEW_BEN));
    /* the older version ran again and took a STOP, which a START of before does not lift */
    BY_HAND("HSET %ss:all %s %s", prefix, OLD_BEN,
            "{\"reason\":\"stop\",\"at_ms\":1800000000000,\"evidence\":\"STOP\"}");
    BY_HAND("SET %sspellings 0", prefix);
    join_spellings();
    assert_true(is_suppressed(NEW_BEN));
}

static void test_a_start_since_is_not_undone_by_an_old_stop(void **state)
{
    (void)state;
    (void)says(NEW_BEN, NULL, INBOX_START, "START", NOW_MS);
    BY_HAND("HSET %ss:all %s %s", prefix, OLD_BEN, OLD_STOP);
    join_spellings();
    assert_false(is_suppressed(NEW_BEN));
}

static void test_the_stronger_record_stays(void **state)
{
    (void)state;
    static const char MANUAL[] =
        "{\"reason\":\"manual\",\"at_ms\":1650000000000,\"evidence\":\"x\"}";
    static const char LATE[] = "{\"reason\":\"import\",\"at_ms\":1660000000000,\"evidence\":\"y\"}";
    BY_HAND("HSET %ss:all %s %s %s %s", prefix, OLD_BEN, MANUAL, NEW_BEN, OLD_STOP);
    BY_HAND("HSET %ss:all 5215512345678 %s 525512345678 %s", prefix, OLD_STOP, LATE);
    BY_HAND("HSET %ss:all 5215512345679 %s 525512345679 %s", prefix, LATE, OLD_STOP);
    join_spellings();
    assert_string_equal(record_of(NEW_BEN), MANUAL);
    assert_non_null(strstr(record_of("525512345678"), "\"stop\",\"at_ms\":1600000000000"));
    assert_non_null(strstr(got.key, ",\"last_ms\":1660000000000}"));
    assert_non_null(strstr(record_of("525512345679"), "\"stop\",\"at_ms\":1600000000000"));
    assert_non_null(strstr(got.key, ",\"last_ms\":1660000000000}"));
}

static void test_an_old_thread_goes_on(void **state)
{
    (void)state;
    uint32_t old = says(OLD_BEN, NULL, INBOX_TEXT, "before", NOW_MS - 5000);
    uint32_t other = says("22997000125", NULL, INBOX_TEXT, "one", NOW_MS - 5000);
    uint32_t fresh = says("2290197000125", NULL, INBOX_TEXT, "two", NOW_MS - 4000);
    join_spellings();
    assert_int_equal(joined.conversations, 2);
    assert_int_equal(says(NEW_BEN, NULL, INBOX_TEXT, "after", NOW_MS), old);
    read_thread(old);
    assert_int_equal(got.result, 0);
    assert_int_equal(got.count, 2);
    read_thread(fresh);
    assert_int_equal(got.count, 2);
    assert_string_equal(got.texts[0], "one");
    read_thread(other);
    assert_int_equal(got.result, ERR_NOT_FOUND);
    assert_int_equal(list(false, INBOX_ANY), 2);
}

/* More than one page and one script; the steps of a large store. */
static void test_many_old_entries(void **state)
{
    (void)state;
    enum { MANY = 5000 };
    for (int i = 0; i < MANY; i++)
        redis_commandf(redis, NULL, NULL, "HSET %ss:all %lld %s", prefix, 22997000000LL + i,
                       OLD_STOP);
    join_spellings();
    assert_int_equal(joined.suppressions, MANY);
    BY_HAND("HLEN %ss:all", prefix);
    assert_int_equal(got.number, 2 * MANY);
}

static void test_a_learned_spelling_is_looked_for_last(void **state)
{
    (void)state;
    make_campaign(1, "north", "example", "", ANN);
    const struct inbox_known_as known = {.number = UINT64_C(447700900123),
                                         .as_number = UINT64_C(447700900124),
                                         .group = SLICE_LIT("main")};
    inbox_learn(inbox, &known);
    ask_who((struct inbox_question){.key = SLICE_LIT(BEN)});
    assert_int_equal(got.campaign, 1);
    assert_string_equal(got.key, ANN);
    make_campaign(2, "south", "example", "", BEN);
    ask_who((struct inbox_question){.key = SLICE_LIT(BEN)});
    assert_int_equal(got.campaign, 2); /* BEN was texted himself */
    assert_string_equal(got.key, BEN);
}

/* A provider that says the same of everybody. */
static void test_a_number_given_for_two_is_nobodys_spelling(void **state)
{
    (void)state;
    make_campaign(1, "north", "example", "", ANN);
    for (uint64_t number = 447700900122; number <= 447700900124; number++) {
        const struct inbox_known_as known = {.number = number,
                                             .as_number = UINT64_C(447700900777),
                                             .user_id = SLICE_LIT(ANN_ID),
                                             .group = SLICE_LIT("main")};
        inbox_learn(inbox, &known);
    }
    BY_HAND("HGET %slink %s", prefix, ANN_ID);
    assert_int_equal(got.number, INT64_C(447700900122)); /* the first; nobody moved on */
    ask_who((struct inbox_question){.key = SLICE_LIT("447700900777")});
    assert_int_equal(got.campaign, 0);
    (void)says("447700900777", NULL, INBOX_STOP, "STOP", NOW_MS);
    (void)says(ANN, NULL, INBOX_STOP, "STOP", NOW_MS);
    BY_HAND("HLEN %ss:all", prefix);
    assert_int_equal(got.number, 2);
}

static struct inbox_arrival change(const char *key, const char *new_key, const char *new_id,
                                   int64_t at_ms)
{
    struct inbox_arrival in = words(INBOX_CHANGE, "", at_ms);
    in.key = slice_of(key);
    in.new_key = slice_of(new_key);
    in.new_id = slice_of(new_id);
    return in;
}

static void test_a_new_number_takes_everything_along(void **state)
{
    (void)state;
    uint32_t id = says(ANN, ANN_ID, INBOX_STOP, "STOP", NOW_MS - 5000);
    struct inbox_arrival in = change(ANN, BEN, "GB.77", NOW_MS - 4000);
    assert_int_equal(send(&in), id);
    assert_true(is_suppressed(ANN) && is_suppressed(BEN));
    read_thread(id);
    assert_int_equal(got.conversation.number, UINT64_C(447700900124));
    assert_string_equal(got.kinds[1], "change");
    assert_true(got.conversation.closed);
    assert_int_equal(says(NULL, "GB.77", INBOX_START, "START", NOW_MS - 3000), id);
    assert_false(is_suppressed(BEN));
    assert_true(is_suppressed(ANN)); /* its next owner has agreed to nothing */
    assert_int_not_equal(says(ANN, NULL, INBOX_TEXT, "who are you?", NOW_MS), id);
}

/* The provider says it with the number that the person has, or had: the list knows no other. */
static void test_a_new_id_leaves_the_number(void **state)
{
    (void)state;
    uint32_t id = says(ANN, ANN_ID, INBOX_TEXT, "hi", NOW_MS - 5000);
    struct inbox_arrival in = change(ANN, "~GB.77", "GB.77", NOW_MS - 4000);
    in.user_id = SLICE_LIT(ANN_ID);
    assert_int_equal(send(&in), id);
    read_thread(id);
    assert_int_equal(got.conversation.number, UINT64_C(447700900123));
    assert_int_equal(says(NULL, "GB.77", INBOX_STOP, "STOP", NOW_MS - 3000), id);
    assert_true(is_suppressed(ANN));
    assert_int_equal(says(BEN, "GB.77", INBOX_TEXT, "my new number", NOW_MS - 2000), id);
    assert_true(is_suppressed(ANN) && is_suppressed(BEN));
}

static void test_a_new_id_without_a_number(void **state)
{
    (void)state;
    uint32_t id = says(NULL, ANN_ID, INBOX_STOP, "STOP", NOW_MS - 5000);
    struct inbox_arrival in = change("~" ANN_ID, "~GB.77", "GB.77", NOW_MS - 4000);
    in.who = INBOX_USER_ID;
    in.user_id = SLICE_LIT(ANN_ID);
    assert_int_equal(send(&in), id);
    assert_true(is_suppressed("~GB.77"));
    assert_int_equal(says(NULL, ANN_ID, INBOX_TEXT, "late", NOW_MS - 3000), id);
    assert_int_equal(says(ANN, "GB.77", INBOX_TEXT, "me", NOW_MS - 2000), id);
    assert_true(is_suppressed(ANN));
    assert_int_equal(says(NULL, ANN_ID, INBOX_TEXT, "later", NOW_MS - 1000), id);
}

/* ---- answering ---- */

static int answer(uint32_t id)
{
    inbox_claim(inbox, id, AT(&organiser, NOW_MS), 60000, on_claim, NULL);
    wait_done();
    const struct inbox_answer a = {
        .id = id, .fence = (uint64_t)got.number, .text = SLICE_LIT("hello"), .lease_ms = 60000};
    inbox_reply(inbox, &a, AT(&organiser, NOW_MS), on_answer, NULL);
    wait_done();
    return got.result;
}

static void test_who_can_be_answered(void **state)
{
    (void)state;
    assert_int_equal(answer(says(NULL, ANN_ID, INBOX_TEXT, "hi", NOW_MS)), 0);
    static const enum inbox_who mute[] = {INBOX_NAME, INBOX_DOUBTFUL, INBOX_CHAT, INBOX_NOBODY};
    for (size_t i = 0; i < COUNT_OF(mute); i++) {
        char key[16];
        (void)snprintf(key, sizeof key, "~x%zu", i);
        struct inbox_arrival in = words(INBOX_TEXT, "hi", NOW_MS);
        in.key = slice_of(key);
        in.who = mute[i];
        in.takes_id = true;
        assert_int_equal(answer(send(&in)), ERR_REFUSED);
        assert_true(strlen(got.e.text) > 20); /* it says why */
    }
    (void)says(NULL, ANN_ID, INBOX_STOP, "STOP", NOW_MS);
    assert_int_equal(answer(got.stored.conversation), ERR_REFUSED);
}

static void test_in_doubt_nobody_is_suppressed(void **state)
{
    (void)state;
    static const enum inbox_who who[] = {INBOX_DOUBTFUL, INBOX_CHAT, INBOX_NOBODY};
    for (size_t i = 0; i < COUNT_OF(who); i++) {
        char key[16];
        (void)snprintf(key, sizeof key, "~x%zu", i);
        struct inbox_arrival in = words(INBOX_STOP, "STOP", NOW_MS);
        in.key = slice_of(key);
        in.who = who[i];
        in.answer = SLICE_LIT("You are out");
        (void)send(&in);
        assert_false(got.stored.suppressed || got.stored.answered);
    }
    BY_HAND("EXISTS %ss:all", prefix);
    assert_int_equal(got.number, 0);
    assert_int_equal(list(false, INBOX_UNLINKED), 2); /* a chat is nobody to be matched */
}

/* ---- time ---- */

static void test_what_is_older_lifts_nothing(void **state)
{
    (void)state;
    static const struct {
        enum inbox_kind kind;
        int64_t at_s;
        bool suppressed;
    } steps[] = {{INBOX_STOP, 100, true},  {INBOX_START, 50, true},   {INBOX_STOP, 300, true},
                 {INBOX_START, 200, true}, {INBOX_START, 301, false}, {INBOX_STOP, 250, false},
                 {INBOX_STOP, 301, true},  {INBOX_START, 301, false}, {INBOX_STOP, 302, true}};
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        (void)says(ANN, NULL, steps[i].kind, "", NOW_MS - DAY_MS + steps[i].at_s * 1000);
        assert_int_equal(is_suppressed(ANN), steps[i].suppressed);
    }
}

/* A list counts from when it came; what an organiser decided stays. */
static void test_start_and_other_reasons(void **state)
{
    (void)state;
    static const enum suppress_reason reasons[] = {SUPPRESS_IMPORT, SUPPRESS_PROVIDER,
                                                   SUPPRESS_MANUAL};
    for (size_t i = 0; i < COUNT_OF(reasons); i++) {
        struct suppress_entry e = {
            .number = UINT64_C(447700900123), .reason = reasons[i], .at_ms = NOW_MS - 5000};
        char *record = suppress_record(&e);
        BY_HAND("HSET %ss:all %s %s", prefix, ANN, record);
        free(record);
        (void)says(ANN, NULL, INBOX_START, "START", NOW_MS - 9000);
        assert_true(is_suppressed(ANN));
        (void)says(ANN, NULL, INBOX_START, "START", NOW_MS - 1000);
        assert_int_equal(is_suppressed(ANN), reasons[i] == SUPPRESS_MANUAL);
    }
}

/* ---- what asks for nothing ---- */

static void test_quiet_events_open_nothing(void **state)
{
    (void)state;
    static const enum inbox_kind quiet[] = {INBOX_REACTION, INBOX_REVOKED, INBOX_NOTE};
    for (size_t i = 0; i < COUNT_OF(quiet); i++) {
        (void)says(ANN, NULL, quiet[i], "x", NOW_MS);
        assert_int_equal(list(false, INBOX_ANY), 0);
        assert_int_equal(list(true, INBOX_ANY), 1); /* kept, in a thread that is closed */
    }
    uint32_t id = says(ANN, NULL, INBOX_TEXT, "hello", NOW_MS);
    (void)says(ANN, NULL, INBOX_REACTION, "x", NOW_MS);
    read_thread(id);
    assert_int_equal(got.count, 5);
    assert_int_equal(got.conversation.unread, 1);
    assert_false(got.conversation.closed);
}

static void test_an_echo_answers_what_was_before_it(void **state)
{
    (void)state;
    uint32_t id = says(ANN, NULL, INBOX_TEXT, "where?", NOW_MS - 5000);
    (void)says(ANN, NULL, INBOX_ECHO, "before", NOW_MS - 9000);
    read_thread(id);
    assert_int_equal(got.conversation.waiting_ms, NOW_MS - 5000);
    (void)says(ANN, NULL, INBOX_ECHO, "there", NOW_MS - 1000);
    read_thread(id);
    assert_int_equal(got.conversation.waiting_ms, 0);
    assert_int_equal(got.conversation.last_out_ms, NOW_MS - 1000);
}

/* ---- which campaign ---- */

static void test_the_number_written_to_decides(void **state)
{
    (void)state;
    struct inbox_question q = {.key = SLICE_LIT(ANN)};
    make_campaign(1, "north", "g1", "+1", ANN);
    make_campaign(2, "north", "g1", "+2", ANN);
    make_campaign(3, "south", "g2", "+3", ANN);
    ask_who(q);
    assert_int_equal(got.campaign, 3); /* any: the newest */
    q.gateway = SLICE_LIT("g1");
    q.sender = SLICE_LIT("+1");
    ask_who(q);
    assert_int_equal(got.campaign, 1);
    q.sender = SLICE_LIT("+9");
    ask_who(q);
    assert_int_equal(got.campaign, 2);
    q.gateway = SLICE_LIT("g3");
    ask_who(q);
    assert_int_equal(got.campaign, 3);
    q.own_group = SLICE_LIT("north");
    ask_who(q);
    assert_int_equal(got.campaign, 2); /* of that group, by another gateway */
    q.own_group = SLICE_LIT("east");
    ask_who(q);
    assert_int_equal(got.campaign, 0); /* what others asked is not meant */
}

/* ---- strangers ---- */

static void test_a_stranger_has_so_much_room(void **state)
{
    (void)state;
    inbox_set_bounds(inbox, &(struct inbox_bounds){100, 3});
    uint32_t id = 0;
    for (int i = 0; i < 10; i++)
        id = says(ANN, NULL, INBOX_TEXT, "spam", NOW_MS);
    assert_true(got.stored.only_counted);
    read_thread(id);
    assert_int_equal(got.count, 4);
    assert_int_equal(got.more, 7);
    (void)says(ANN, NULL, INBOX_STOP, "STOP", NOW_MS);
    assert_true(got.stored.suppressed && !got.stored.only_counted);
    make_campaign(7, "main", "example", "", BEN);
    for (int i = 0; i < 10; i++) {
        struct inbox_arrival in = words(INBOX_TEXT, "known", NOW_MS);
        in.key = SLICE_LIT(BEN);
        in.campaigns = 64;
        id = send(&in);
    }
    read_thread(id);
    assert_int_equal(got.count, 10);
}

static void test_strangers_beyond_the_bound_share_a_thread(void **state)
{
    (void)state;
    inbox_set_bounds(inbox, &(struct inbox_bounds){2, 100});
    (void)says("447700900201", NULL, INBOX_TEXT, "1", NOW_MS);
    (void)says("447700900202", NULL, INBOX_TEXT, "2", NOW_MS);
    uint32_t shared = says("447700900203", "GB.3", INBOX_TEXT, "3", NOW_MS);
    assert_int_equal(says("447700900204", NULL, INBOX_STOP, "STOP", NOW_MS), shared);
    assert_true(is_suppressed("447700900204"));
    assert_int_not_equal(says("447700900201", NULL, INBOX_TEXT, "again", NOW_MS), shared);
    read_thread(shared);
    assert_int_equal(got.conversation.who, INBOX_OTHERS);
    assert_int_equal(got.count, 2);
    BY_HAND("HLEN %slink", prefix);
    assert_int_equal(got.number, 0);
    struct inbox_arrival in = words(INBOX_TEXT, "known", NOW_MS);
    in.key = SLICE_LIT("447700900205");
    in.campaigns = 64;
    make_campaign(7, "main", "example", "", "447700900205");
    assert_int_not_equal(send(&in), shared);
}

static void test_strangers_are_forgotten(void **state)
{
    (void)state;
    (void)says("447700900201", "GB.1", INBOX_TEXT, "hello", NOW_MS);
    (void)says("447700900202", "GB.2", INBOX_STOP, "STOP", NOW_MS);
    struct inbox_arrival in = words(INBOX_TEXT, "known", NOW_MS);
    in.key = SLICE_LIT(BEN);
    in.campaigns = 64;
    make_campaign(7, "main", "example", "", BEN);
    (void)send(&in);
    inbox_expire(inbox, INBOX_OLD_STRANGERS, NOW_MS, 50, on_expired,
                 NULL); /* they wrote at that time, not before */
    wait_done();
    assert_int_equal(got.number, 0);
    inbox_expire(inbox, INBOX_OLD_STRANGERS, NOW_MS + 1, 50, on_expired, NULL);
    wait_done();
    assert_int_equal(got.number, 2);
    assert_int_equal(list(false, INBOX_ANY), 1);
    assert_int_equal(list(true, INBOX_ANY), 0);
    assert_true(is_suppressed("447700900202"));
    BY_HAND("HLEN %slink", prefix);
    assert_int_equal(got.number, 1); /* of the one who said STOP: START by the id still lifts it */
    BY_HAND("HLEN %sconvof:main", prefix);
    assert_int_equal(got.number, 1);
    (void)says(NULL, "GB.2", INBOX_START, "START", NOW_MS);
    assert_false(is_suppressed("447700900202"));
}

/* ---- doors ---- */

static void on_checked(void *arg, int result, struct slice scope,
                       const struct suppress_entry *entry, const struct err *e)
{
    (void)arg;
    (void)scope;
    (void)e;
    assert_int_equal(result, 0);
    got.number = entry != NULL;
    got.done = true;
}

static void on_count(void *arg, int result, int64_t count, const struct err *e)
{
    (void)arg;
    (void)e;
    assert_int_equal(result, 0);
    got.number = count;
    got.done = true;
}

static void test_every_spelling_is_suppressed(void **state)
{
    (void)state;
    const struct suppress_entry e = {.number = UINT64_C(5215512345678), .reason = SUPPRESS_IMPORT};
    suppress_add(store, ALL, &e, 1, on_count, NULL);
    wait_done();
    suppress_check(store, ALL, UINT64_C(525512345678), on_checked, NULL);
    wait_done();
    assert_int_equal(got.number, 1);
    assert_true(is_suppressed("525512345678"));
}

/* ---- */

static struct group_said said = {&got, sizeof got};
#define TEST(f) GROUP_TEST(f, &said)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_an_id_and_a_number_become_one),
        TEST(test_a_stop_of_an_id_moves_to_its_number),
        TEST(test_an_acceptance_teaches),
        TEST(test_an_old_audience_is_found_by_the_number_of_today),
        TEST(test_an_old_stop_holds_for_the_number_of_today),
        TEST(test_a_second_walk_brings_nothing_back),
        TEST(test_a_start_since_is_not_undone_by_an_old_stop),
        TEST(test_the_stronger_record_stays),
        TEST(test_an_old_thread_goes_on),
        TEST(test_many_old_entries),
        TEST(test_a_learned_spelling_is_looked_for_last),
        TEST(test_a_number_given_for_two_is_nobodys_spelling),
        TEST(test_a_new_number_takes_everything_along),
        TEST(test_a_new_id_leaves_the_number),
        TEST(test_a_new_id_without_a_number),
        TEST(test_who_can_be_answered),
        TEST(test_in_doubt_nobody_is_suppressed),
        TEST(test_what_is_older_lifts_nothing),
        TEST(test_start_and_other_reasons),
        TEST(test_quiet_events_open_nothing),
        TEST(test_an_echo_answers_what_was_before_it),
        TEST(test_the_number_written_to_decides),
        TEST(test_a_stranger_has_so_much_room),
        TEST(test_strangers_beyond_the_bound_share_a_thread),
        TEST(test_strangers_are_forgotten),
        TEST(test_every_spelling_is_suppressed),
    };
    return redis_group_run("people", tests, COUNT_OF(tests));
}
