/* The inbound and the reply story against a real Redis: who is it, what do they ask for, what
 * leaves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/block.h"
#include "core/keywords.h"
#include "flow/inbound.h"
#include "flow/reply.h"
#include "inbox_actor.h"
#include "io/redis.h"
#include "redis_group.h"
#include "store/pledge.h"
#include "store/suppress.h"

#define NOW_MS        INT64_C(1700000000000)
#define PERSON        "+447700900123"
#define PERSON_NUMBER UINT64_C(447700900123)
enum { LEASE_MS = 300000, TAKEN_MAX = 16 };

static struct queue *queue;
static struct outbox *outbox;
static struct keywords *words;
static struct inbound *inbound;
static const struct inbox_actor organiser = {.name = {"Org", 3}, .groups = {true, NULL, 0}};

static struct {
    bool done;
    int result;
    struct err e;
    enum inbound_verdict verdict;
    struct audience_info *info;
    uint32_t index, campaign;
    size_t count, messages;
    char text[64], name[64], group[64], tags[64], value[64];
    uint64_t fence;
    int taken;
    char values[TAKEN_MAX][32];
} got;

static void answered(int result, const struct err *e)
{
    assert_false(got.done);
    got.done = true;
    got.result = result;
    if (e) got.e = *e;
}

static int wait_answer(void)
{
    while (!got.done)
        loop_turn(loop, -1);
    got.done = false;
    return got.result;
}

static void copy(char *out, size_t room, struct slice s)
{
    assert_true(s.n < room);
    memcpy(out, s.p ? s.p : "", s.n);
    out[s.n] = '\0';
}

static void on_inbound(void *arg, int result, enum inbound_verdict verdict, const struct err *e)
{
    (void)arg;
    got.verdict = verdict;
    answered(result, e);
}

static void on_info(void *arg, int result, const struct audience_info *info, const struct err *e)
{
    (void)arg;
    audience_info_free(got.info);
    got.info = info ? audience_info_dup(info) : NULL;
    answered(result, e);
}

static void on_rows(void *arg, int result, const enum audience_outcome *outcomes, size_t n,
                    const struct err *e)
{
    (void)arg;
    (void)outcomes;
    (void)n;
    answered(result, e);
}

static void on_recorded(void *arg, int result, uint32_t index, const struct err *e)
{
    (void)arg;
    got.index = index;
    answered(result, e);
}

static void on_reply(void *arg, int result, const struct inbox_answered *a, const struct err *e)
{
    on_recorded(arg, result, a->index, e);
}

static void on_claim(void *arg, int result, const struct inbox_claim *c, const struct err *e)
{
    (void)arg;
    got.fence = c ? c->fence : 0;
    answered(result, e);
}

static void on_thread(void *arg, int result, const struct inbox_thread *t, const struct err *e)
{
    (void)arg;
    got.messages = t ? t->count : 0;
    if (t) {
        copy(got.name, sizeof got.name, t->conversation.name);
        copy(got.group, sizeof got.group, t->conversation.group);
        copy(got.tags, sizeof got.tags, t->conversation.tags);
        got.campaign = t->conversation.campaign;
    }
    answered(result, e);
}

static void on_message(void *arg, int result, const struct direct_message *m, const struct err *e)
{
    (void)arg;
    if (m) copy(got.text, sizeof got.text, m->text);
    answered(result, e);
}

static void on_swept(void *arg, int result, size_t count, const struct err *e)
{
    (void)arg;
    got.count = count;
    answered(result, e);
}

static void on_command(void *arg, const struct redisReply *reply)
{
    (void)arg;
    assert_non_null(reply);
    got.index = (uint32_t)redis_int(reply, 0);
    answered(0, NULL);
}

#define BY_HAND(...)                                                                               \
    do {                                                                                           \
        redis_commandf(redis, on_command, NULL, __VA_ARGS__);                                      \
        assert_int_equal(wait_answer(), 0);                                                        \
    } while (0)

/* What dispatchers would get. */
static void on_queue_message(void *arg, struct queue_message *m)
{
    (void)arg;
    assert_int_equal(m->lane, LANE_REPLY);
    assert_true(got.taken < TAKEN_MAX);
    copy(got.values[got.taken++], sizeof got.values[0], m->value);
    queue_ack(queue, m, NULL, NULL);
}

static void wait_taken(int n)
{
    while (got.taken < n)
        loop_turn(loop, -1);
}

static const struct inbound_door door = {
    .gateway = {"example", 7}, .group = {"main", 4}, .takes_user_id = true, .country = "GB"};

static int receive(const char *event_id, const char *text, enum inbound_kind kind, bool handled)
{
    struct inbound_event event = {.kind = kind,
                                  .handled = handled,
                                  .event_id = slice_of(event_id),
                                  .from = SLICE_LIT(PERSON),
                                  .to = SLICE_LIT("+447700900000"),
                                  .text = slice_of(text),
                                  .profile_name = SLICE_LIT("Prof Ile"),
                                  .at_ms = NOW_MS};
    inbound_receive(inbound, &door, &event, NOW_MS, on_inbound, NULL);
    return wait_answer();
}

static int read_thread(uint32_t id)
{
    inbox_read(inbox, id, AT(&organiser, NOW_MS), 100, on_thread, NULL);
    return wait_answer();
}

/* Campaign 7 of group north, which texted PERSON, called Ann. */
static void make_campaign(void)
{
    struct slice columns[] = {SLICE_LIT("town"), SLICE_LIT("first_name")};
    struct audience_draft draft = {.name = SLICE_LIT("list"),
                                   .group = SLICE_LIT("north"),
                                   .columns = columns,
                                   .column_count = 2};
    audience_create(store, &draft, NOW_MS, on_info, NULL);
    assert_int_equal(wait_answer(), 0);
    uint32_t id = got.info->id;
    struct slice first[] = {SLICE_LIT("Leeds"), SLICE_LIT("Bob")},
                 second[] = {SLICE_LIT("York"), SLICE_LIT("Ann")};
    struct audience_row rows[] = {{447700900001, first}, {PERSON_NUMBER, second}};
    audience_add_rows(store, id, &(struct audience_chunk){0, 2, rows, 2}, NOW_MS, on_rows, NULL);
    assert_int_equal(wait_answer(), 0);
    audience_freeze(store, id, NOW_MS, on_info, NULL);
    assert_int_equal(wait_answer(), 0);
    BY_HAND("ZADD %scampaigns 1 7", prefix);
    BY_HAND("HSET %sc:7 audience %d group north", prefix, (int)id);
    BY_HAND("SETRANGE %sc:7:l 0 %b", prefix, "\x40", (size_t)1); /* Bob pending, Ann delivered */
}

static void test_campaign_tells_who_it_is(void **state)
{
    (void)state;
    make_campaign();
    assert_int_equal(receive("e1", "Yes, where?", INBOUND_MESSAGE, false), 0);
    assert_int_equal(got.verdict, INBOUND_STORED);
    assert_int_equal(read_thread(1), 0);
    assert_string_equal(got.name, "Ann");
    assert_string_equal(got.group, "north");
    assert_string_equal(got.tags, "yes,question");
    assert_int_equal(got.campaign, 7);
    assert_int_equal(receive("e1", "Yes, where?", INBOUND_MESSAGE, false), 0);
    assert_int_equal(got.verdict, INBOUND_DUPLICATE);
}

static void test_unknown_people_go_to_the_gateways_group(void **state)
{
    (void)state;
    assert_int_equal(receive("e1", "Hello", INBOUND_MESSAGE, false), 0);
    assert_int_equal(read_thread(1), 0);
    assert_string_equal(got.name, "Prof Ile");
    assert_string_equal(got.group, "main");
    assert_int_equal(got.campaign, 0);
}

static void test_a_deleted_audience_does_not_stop_the_message(void **state)
{
    (void)state;
    make_campaign();
    BY_HAND("DEL %sa:%d:b:0", prefix, (int)got.info->id);
    assert_int_equal(receive("e1", "Hello", INBOUND_MESSAGE, false), 0);
    assert_int_equal(read_thread(1), 0);
    assert_string_equal(got.name, "Prof Ile");
    assert_string_equal(got.group, "north");
}

static void on_one_of(void *arg, int result, enum inbound_verdict verdict, const struct err *e)
{
    size_t *left = arg;
    assert_int_equal(result, 0);
    assert_int_equal(verdict, INBOUND_STORED);
    if (--*left == 0) answered(result, e);
}

/* Bob and Ann, in one turn of the loop. */
static void write_at_once(void)
{
    static const char *const people[] = {"+447700900001", PERSON};
    size_t left = COUNT_OF(people);
    for (size_t i = 0; i < COUNT_OF(people); i++) {
        struct inbound_event event = {.kind = INBOUND_MESSAGE,
                                      .event_id = slice_of(people[i]),
                                      .from = slice_of(people[i]),
                                      .to = SLICE_LIT("+447700900000"),
                                      .text = SLICE_LIT("Yes"),
                                      .at_ms = NOW_MS};
        inbound_receive(inbound, &door, &event, NOW_MS, on_one_of, &left);
    }
    assert_int_equal(wait_answer(), 0);
}

static void make_delivered_campaign(void)
{
    make_campaign();
    BY_HAND("SETRANGE %sc:7:l 0 %b", prefix, "\x44\x44\x44", (size_t)3);
}

static void read_named(uint32_t id, const char *name)
{
    assert_int_equal(read_thread(id), 0);
    assert_string_equal(got.name, name);
}

static void test_people_of_one_block_are_named_together(void **state)
{
    (void)state;
    make_delivered_campaign();
    write_at_once();
    read_named(1, "Bob");
    read_named(2, "Ann");
}

static void test_who_waits_is_named_when_the_first_has_no_row(void **state)
{
    (void)state;
    make_delivered_campaign();
    BY_HAND("EVAL %s 0 %sa:%d:x:*",
            "for _, k in ipairs(redis.call('KEYS', ARGV[1])) do "
            "if redis.call('HEXISTS', k, '447700900001') == 1 then "
            "redis.call('HSET', k, '447700900001', 5) end end",
            prefix, (int)got.info->id);
    write_at_once();
    read_named(1, "");
    read_named(2, "Ann");
}

static void test_without_their_block_all_are_stored(void **state)
{
    (void)state;
    make_delivered_campaign();
    BY_HAND("DEL %sa:%d:b:0", prefix, (int)got.info->id);
    write_at_once();
    read_named(1, "");
    read_named(2, "");
}

static void say(const char *event_id, const char *from, const char *user_id, size_t *left)
{
    struct inbound_event event = {.kind = INBOUND_MESSAGE,
                                  .event_id = slice_of(event_id),
                                  .from = slice_of(from),
                                  .user_id = slice_of(user_id),
                                  .to = SLICE_LIT("+447700900000"),
                                  .text = slice_of(event_id),
                                  .at_ms = NOW_MS};
    inbound_receive(inbound, &door, &event, NOW_MS, on_one_of, left);
}

/* A thread that began in the same call, which is written when the call ends, is there for whoever turns out to be that person. */
static void test_a_new_thread_and_an_older_one_of_an_id_become_one(void **state)
{
    (void)state;
    size_t left = 1;
    say("first", "", "Ann.7", &left);
    assert_int_equal(wait_answer(), 0);
    left = 2;
    say("second", PERSON, "", &left);
    say("third", PERSON, "Ann.7", &left);
    assert_int_equal(wait_answer(), 0);
    assert_int_equal(read_thread(2), 0);
    assert_int_equal(got.messages, 3);
    left = 1;
    say("fourth", "", "Ann.7", &left);
    assert_int_equal(wait_answer(), 0);
    assert_int_equal(read_thread(2), 0);
    assert_int_equal(got.messages, 4);
}

static void test_stop_words(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum inbound_kind kind;
        const char *tags;
    } cases[] = {
        {"STOP", INBOUND_MESSAGE, "stop"},
        {"I can't stop by tonight", INBOUND_MESSAGE, "no"},
        {"No, why do you keep texting me", INBOUND_MESSAGE, "no,question,maybe_opt_out"},
        {"wrong number", INBOUND_MESSAGE, "wrong_number"},
        {"no", INBOUND_MESSAGE, "no"},
        {"whatever", INBOUND_OPT_OUT, "stop"},
        {"HELP", INBOUND_MESSAGE, "help"},
        {"START", INBOUND_MESSAGE, "start"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char event[8];
        (void)snprintf(event, sizeof event, "e%zu", i);
        BY_HAND("DEL %sconv:1", prefix);
        BY_HAND("DEL %sconvof:main", prefix);
        BY_HAND("DEL %sid:conv", prefix);
        assert_int_equal(receive(event, cases[i].text, cases[i].kind, true), 0);
        assert_int_equal(read_thread(1), 0);
        assert_string_equal(got.tags, cases[i].tags);
    }
    assert_int_equal(got.taken, 0); /* the provider had answered by itself */
}

/* What sounds like STOP holds, in the same step as the message; a reaction that quotes us does not.
 */
static void test_near_stops_hold(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t held;
    } cases[] = {
        {"Why do you keep texting me", 1},
        {"I want this to stop", 1},
        {"is that the last stop?", 0},
        {"Liked “Hi. Reply STOP to end”", 0},
        {"STOP", 0},
        {"yes", 0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char event[8];
        (void)snprintf(event, sizeof event, "e%zu", i);
        BY_HAND("DEL %ss:hold", prefix);
        assert_int_equal(receive(event, cases[i].text, INBOUND_MESSAGE, true), 0);
        BY_HAND("HLEN %ss:hold", prefix);
        assert_int_equal(got.index, cases[i].held);
    }
}

static void test_stop_is_confirmed_once_through_the_queue(void **state)
{
    (void)state;
    assert_int_equal(receive("e1", "STOP", INBOUND_MESSAGE, false), 0);
    assert_int_equal(receive("e1", "STOP", INBOUND_MESSAGE, false), 0);
    assert_int_equal(receive("e2", "stop.", INBOUND_MESSAGE, false), 0);
    assert_int_equal(receive("e3", "HELP", INBOUND_MESSAGE, false), 0);
    wait_taken(2);
    assert_string_equal(got.values[0], "{\"c\":0,\"i\":0}");
    assert_string_equal(got.values[1], "{\"c\":0,\"i\":1}");
    direct_load(store, 0, on_message, NULL);
    assert_int_equal(wait_answer(), 0);
    assert_string_equal(got.text, "You are out");
    direct_load(store, 1, on_message, NULL);
    assert_int_equal(wait_answer(), 0);
    assert_string_equal(got.text, "We are us");
    do
        BY_HAND("ZCARD %sdm:pending", prefix);
    while (got.index > 0); /* both are known to be on the queue */
}

static void test_events_without_an_id(void **state)
{
    (void)state;
    struct inbound_event event = {.from = SLICE_LIT(PERSON),
                                  .to = SLICE_LIT("+447700900000"),
                                  .text = SLICE_LIT("yes"),
                                  .at_ms = NOW_MS};
    static const struct {
        int64_t at_ms;
        const char *text;
        enum inbound_verdict verdict;
    } cases[] = {{NOW_MS, "yes", INBOUND_STORED},     {NOW_MS, "yes", INBOUND_DUPLICATE},
                 {NOW_MS + 1, "yes", INBOUND_STORED}, {NOW_MS + 1, "no", INBOUND_STORED},
                 {0, "yes", INBOUND_STORED},          {0, "yes", INBOUND_DUPLICATE}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        event.at_ms = cases[i].at_ms;
        event.text = slice_of(cases[i].text);
        inbound_receive(inbound, &door, &event, NOW_MS, on_inbound, NULL);
        assert_int_equal(wait_answer(), 0);
        assert_int_equal(got.verdict, cases[i].verdict);
    }
}

static void test_senders_that_are_no_number(void **state)
{
    (void)state;
    struct inbound_event event = {
        .event_id = SLICE_LIT("e1"), .from = SLICE_LIT("60777"), .text = SLICE_LIT("x")};
    inbound_receive(inbound, &door, &event, NOW_MS, on_inbound, NULL);
    assert_int_equal(wait_answer(), 0);
    assert_int_equal(got.verdict, INBOUND_STORED);
}

static int send_reply(const char *text, uint64_t fence)
{
    struct inbox_answer answer = {
        .id = 1, .fence = fence, .text = slice_of(text), .lease_ms = LEASE_MS};
    int r = reply_send(inbox, outbox, &answer, AT(&organiser, NOW_MS), on_reply, NULL, &got.e);
    return r < 0 ? r : wait_answer();
}

static void test_reply_leaves(void **state)
{
    (void)state;
    assert_int_equal(receive("e1", "Hello", INBOUND_MESSAGE, false), 0);
    inbox_claim(inbox, 1, AT(&organiser, NOW_MS), LEASE_MS, on_claim, NULL);
    assert_int_equal(wait_answer(), 0);
    assert_int_equal(send_reply(" \n", got.fence), ERR_INVALID);
    assert_int_equal(send_reply("bad \xff", got.fence), ERR_INVALID);
    static char longest[REPLY_CHARACTERS_MAX + 2];
    memset(longest, 'x', sizeof longest - 1);
    assert_int_equal(send_reply(longest, got.fence), ERR_INVALID);
    assert_int_equal(send_reply("See you", got.fence + 1), ERR_CONFLICT);
    assert_int_equal(got.taken, 0);
    assert_int_equal(send_reply("  See you \n", got.fence), 0);
    wait_taken(1);
    assert_string_equal(got.values[0], "{\"c\":0,\"i\":0}");
    direct_load(store, 0, on_message, NULL);
    assert_int_equal(wait_answer(), 0);
    assert_string_equal(got.text, "See you");
}

static void test_sweep_publishes_what_a_crash_left(void **state)
{
    (void)state;
    struct direct_message m = {.to = PERSON_NUMBER,
                               .gateway = SLICE_LIT("example"),
                               .text = SLICE_LIT("x"),
                               .kind = DIRECT_TEST,
                               .at_ms = NOW_MS};
    direct_add(store, &m, on_recorded, NULL); /* recorded, and then the process died */
    assert_int_equal(wait_answer(), 0);
    outbox_sweep(outbox, NOW_MS + 1000, 5000, on_swept, NULL);
    assert_int_equal(wait_answer(), 0);
    assert_int_equal(got.count, 0);
    outbox_sweep(outbox, NOW_MS + 6000, 5000, on_swept, NULL);
    assert_int_equal(wait_answer(), 0);
    assert_int_equal(got.count, 1);
    wait_taken(1);
    assert_string_equal(got.values[0], "{\"c\":0,\"i\":0}");
}

static void test_test_message(void **state)
{
    (void)state;
    struct direct_message m = {.to = PERSON_NUMBER,
                               .gateway = SLICE_LIT("example"),
                               .text = SLICE_LIT("try me"),
                               .kind = DIRECT_TEST,
                               .at_ms = NOW_MS};
    outbox_send(outbox, &m, on_recorded, NULL);
    assert_int_equal(wait_answer(), 0);
    wait_taken(1);
}

/* A script that fails half-way must not make the next try look like a repeat: that would lose it.
 */
static void test_a_script_that_fails_is_tried_again(void **state)
{
    (void)state;
    static const char *const keys[] = {"conv:1:m", "closed:", "closed:main"};
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        char event[8];
        (void)snprintf(event, sizeof event, "e%zu", i);
        BY_HAND("DEL %s%s", prefix, keys[i]);
        BY_HAND("SET %s%s x", prefix, keys[i]);
        BY_HAND("DEL %ss:all", prefix);
        for (int tries = 0; tries < 3; tries++)
            assert_true(receive(event, "STOP", INBOUND_MESSAGE, true) < 0);
        BY_HAND("HLEN %ss:all", prefix);
        assert_int_equal(got.index, 1); /* at once, whatever else goes wrong */
        BY_HAND("DEL %s%s", prefix, keys[i]);
        assert_int_equal(receive(event, "STOP", INBOUND_MESSAGE, true), 0);
        assert_int_equal(got.verdict, INBOUND_STORED);
        assert_int_equal(receive(event, "STOP", INBOUND_MESSAGE, true), 0);
        assert_int_equal(got.verdict, INBOUND_DUPLICATE);
        assert_int_equal(read_thread(1), 0);
        assert_int_equal(got.messages, i + 1); /* each STOP once */
    }
}

static void test_a_conversation_that_was_made_by_halves_becomes_whole(void **state)
{
    (void)state;
    BY_HAND("SET %sclosed: x", prefix);
    assert_true(receive("e1", "STOP", INBOUND_MESSAGE, true) < 0);
    BY_HAND("DEL %sclosed:", prefix);
    assert_int_equal(receive("e1", "STOP", INBOUND_MESSAGE, true), 0);
    assert_int_equal(read_thread(1), 0);
    assert_string_equal(got.group, "main");
    assert_string_equal(got.name, "Prof Ile");
}

static void on_pledge(void *arg, int result, const struct pledge_done *d, const struct err *e)
{
    (void)arg, (void)d;
    answered(result, e);
}

static void on_pledge_told(void *arg, int result, const uint32_t *indexes, size_t n)
{
    (void)arg, (void)indexes;
    assert_int_equal(n, 1);
    answered(result, NULL);
}

static void on_pledges(void *arg, int result, const struct pledge_view *v, const struct err *e)
{
    (void)arg;
    got.count = v->list[0].state;
    answered(result, e);
}

static size_t pledge_state(void)
{
    pledge_find(store, 1, 1, NOW_MS, on_pledges, NULL);
    assert_int_equal(wait_answer(), 0);
    return got.count;
}

/* Who was texted about a session, and clearly says that they cannot come, is not expected any more; the words stay in the inbox. */
static void test_cant_ends_a_pledge(void **state)
{
    (void)state;
    const struct pledge_ask ask = {.session = 1, .person = PERSON_NUMBER, .way = PLEDGE_BY_PAGE};
    const struct pledge_text text = {.session = 1,
                                     .number = 1,
                                     .notice = PLEDGE_SAY_MADE,
                                     .text = SLICE_LIT("You are coming"),
                                     .gateway = SLICE_LIT("sms")};
    BY_HAND("HSET %splaces 7 %s", prefix,
            "{\"name\":\"Leeds\",\"group\":\"main\",\"lat\":1,\"lon\":1,\"priority\":\"safe\"}");
    BY_HAND("HSET %ssessions 1 {\"place\":7,\"start\":%lld,\"end\":%lld}", prefix,
            (long long)NOW_MS + 1000, (long long)NOW_MS + 2000);
    pledge_make(store, &ask, NOW_MS, on_pledge, NULL);
    assert_int_equal(wait_answer(), 0);
    assert_int_equal(receive("e1", "can't", INBOUND_MESSAGE, true), 0);
    assert_int_equal(pledge_state(), PLEDGE_COMING); /* nobody has asked */
    pledge_tell(store, &text, 1, NOW_MS, on_pledge_told, NULL);
    assert_int_equal(wait_answer(), 0);
    assert_int_equal(receive("e2", "I can't wait!", INBOUND_MESSAGE, true), 0);
    assert_int_equal(pledge_state(), PLEDGE_COMING);
    assert_int_equal(receive("e3", "Sorry I can't make it", INBOUND_MESSAGE, true), 0);
    assert_int_equal(pledge_state(), PLEDGE_GONE);
    assert_int_equal(read_thread(1), 0);
    assert_int_equal(got.messages, 4); /* three of theirs, and the text about it */
}

static void test_no_redis_is_no_200(void **state)
{
    (void)state;
    redis_fixture_kill(server);
    assert_int_equal(receive("e1", "STOP", INBOUND_MESSAGE, false), ERR_UNREACHABLE);
    redis_fixture_restart(server);
    while (!redis_is_connected(redis))
        loop_turn(loop, -1);
    assert_int_equal(receive("e1", "STOP", INBOUND_MESSAGE, false),
                     0); /* the provider tries again */
    assert_int_equal(got.verdict, INBOUND_STORED);
}

static int set_up(void **state)
{
    (void)state;
    memset(&got, 0, sizeof got);
    group_begin();
    struct err e;
    struct redis_config at = {.url = redis_fixture_url(server)};
    struct queue_config config = {
        .kind = "redis", .consumer = "test", .group = "muster", .redis = &at, .prefix = prefix};
    assert_int_equal(queue_new(loop, &config, on_queue_message, NULL, &queue, &e), 0);
    queue_set_demand(queue, LANE_REPLY, TAKEN_MAX);
    while (!queue_is_ready(queue))
        loop_turn(loop, -1);
    outbox = outbox_new(store, queue);
    words = keywords_new();
    inbound = inbound_new(&(struct inbound_config){.inbox = inbox,
                                                   .store = store,
                                                   .outbox = outbox,
                                                   .keywords = words,
                                                   .stop_confirmation = "You are out",
                                                   .help_answer = "We are us"});
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    while (redis_pending(redis) > 0)
        loop_turn(loop, -1);
    queue_free(queue);
    inbound_free(inbound);
    keywords_free(words);
    outbox_free(outbox);
    group_end();
    audience_info_free(got.info);
    got.info = NULL;
    return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_campaign_tells_who_it_is),
        TEST(test_unknown_people_go_to_the_gateways_group),
        TEST(test_a_deleted_audience_does_not_stop_the_message),
        TEST(test_people_of_one_block_are_named_together),
        TEST(test_who_waits_is_named_when_the_first_has_no_row),
        TEST(test_without_their_block_all_are_stored),
        TEST(test_a_new_thread_and_an_older_one_of_an_id_become_one),
        TEST(test_stop_words),
        TEST(test_near_stops_hold),
        TEST(test_stop_is_confirmed_once_through_the_queue),
        TEST(test_events_without_an_id),
        TEST(test_senders_that_are_no_number),
        TEST(test_reply_leaves),
        TEST(test_sweep_publishes_what_a_crash_left),
        TEST(test_test_message),
        TEST(test_a_script_that_fails_is_tried_again),
        TEST(test_a_conversation_that_was_made_by_halves_becomes_whole),
        TEST(test_cant_ends_a_pledge),
        TEST(test_no_redis_is_no_200),
    };
    return redis_group_run("inbound", tests, COUNT_OF(tests));
}
