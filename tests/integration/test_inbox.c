/* Suppression, the direct book and conversations against a real Redis. Each test has a key prefix
 * of its own. */
#include <inttypes.h>
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
#include "store/direct.h"
#include "store/inbox.h"
#include "store/suppress.h"

#define NOW_MS  INT64_C(1700000000000) /* any time will do: the store is told it */
#define WEEK_MS (7 * 24 * 3600 * INT64_C(1000))
#define PERSON  UINT64_C(447700900123)
enum { LEASE_MS = 300000 };

static const char *const of_main[] = {"main"}, *const of_north[] = {"north"};
static const struct inbox_actor sam = {.name = {"Sam", 3}, .groups = {false, of_main, 1}};
static const struct inbox_actor alex = {.name = {"Alex", 4}, .groups = {false, of_main, 1}};
static const struct inbox_actor other_group = {.name = {"Kim", 3}, .groups = {false, of_north, 1}};
static const struct inbox_actor organiser = {.name = {"Org", 3}, .groups = {true, NULL, 0}};

enum { TEXTS_MAX = 1000 };

/* What the last callback said; text is copied. */
static struct answer {
    bool done;
    int result;
    struct err e;
    struct inbox_stored stored;
    struct inbox_claim claim;
    char by[64];
    uint32_t index;
    bool again;
    struct inbox_conversation conversation;
    char name[64], tags[256], group[64], scope[64], cursor[64], evidence[64];
    size_t count;
    char texts[TEXTS_MAX][32];
    int states[TEXTS_MAX];
    uint32_t ids[TEXTS_MAX];
    int64_t number;
    struct suppress_entry entry;
    struct inbox_person person;
    struct direct_message message;
    uint64_t next;
} got;

static void copy(char *out, size_t room, struct slice s)
{
    assert_true(s.n < room);
    memcpy(out, s.p ? s.p : "", s.n);
    out[s.n] = '\0';
}

static void answered(int result, const struct err *e)
{
    assert_false(got.done);
    assert_true((result < 0) == (e != NULL));
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

static void on_stored(void *arg, int result, const struct inbox_stored *s, const struct err *e)
{
    (void)arg;
    if (s) got.stored = *s;
    answered(result, e);
}

static void on_claim(void *arg, int result, const struct inbox_claim *c, const struct err *e)
{
    (void)arg;
    got.claim = c ? *c : (struct inbox_claim){0};
    copy(got.by, sizeof got.by, got.claim.by);
    answered(result, e);
}

static void on_done(void *arg, int result, const struct err *e)
{
    (void)arg;
    answered(result, e);
}

static void on_answer(void *arg, int result, const struct inbox_answered *a, const struct err *e)
{
    (void)arg;
    got.index = a->index;
    got.again = a->again;
    answered(result, e);
}

static void on_thread(void *arg, int result, const struct inbox_thread *t, const struct err *e)
{
    (void)arg;
    if (t) {
        got.conversation = t->conversation;
        copy(got.name, sizeof got.name, t->conversation.name);
        copy(got.tags, sizeof got.tags, t->conversation.tags);
        copy(got.by, sizeof got.by, t->conversation.claimed_by);
        copy(got.scope, sizeof got.scope, t->suppressed_scope);
        got.count = t->count;
        for (size_t i = 0; i < t->count && i < TEXTS_MAX; i++) {
            copy(got.texts[i], sizeof got.texts[i], t->messages[i].text);
            got.states[i] = t->messages[i].state;
        }
    }
    answered(result, e);
}

static void on_list(void *arg, int result, const struct inbox_conversation *list, size_t n,
                    struct slice next, const struct err *e)
{
    (void)arg;
    got.count = n;
    for (size_t i = 0; i < n && i < TEXTS_MAX; i++)
        got.ids[i] = list[i].id;
    copy(got.cursor, sizeof got.cursor, next);
    answered(result, e);
}

static void on_who(void *arg, int result, const struct inbox_person *p, const struct err *e)
{
    (void)arg;
    if (p) {
        got.person = *p;
        copy(got.group, sizeof got.group, p->group);
    }
    answered(result, e);
}

static void on_count(void *arg, int result, int64_t count, const struct err *e)
{
    (void)arg;
    got.number = count;
    answered(result, e);
}

static void on_check(void *arg, int result, struct slice scope, const struct suppress_entry *entry,
                     const struct err *e)
{
    (void)arg;
    got.count = entry != NULL;
    got.entry = entry ? *entry : (struct suppress_entry){0};
    copy(got.scope, sizeof got.scope, scope);
    copy(got.evidence, sizeof got.evidence, got.entry.evidence);
    answered(result, e);
}

static void on_index(void *arg, int result, uint32_t index, const struct err *e)
{
    (void)arg;
    got.index = index;
    answered(result, e);
}

static void on_message(void *arg, int result, const struct direct_message *m, const struct err *e)
{
    (void)arg;
    if (m) {
        got.message = *m;
        copy(got.texts[0], sizeof got.texts[0], m->text);
    }
    answered(result, e);
}

static void on_due(void *arg, int result, const uint32_t *indexes, size_t n, const struct err *e)
{
    (void)arg;
    got.count = n;
    if (n) memcpy(got.ids, indexes, n * sizeof *indexes);
    answered(result, e);
}

static void on_reply(void *arg, const struct redisReply *reply)
{
    (void)arg;
    assert_non_null(reply);
    assert_false(redis_is_error(reply, NULL));
    got.number = redis_int(reply, -1);
    answered(0, NULL);
}

/* One Redis command by hand; %s is the prefix. */
#define BY_HAND(...)                                                                               \
    do {                                                                                           \
        redis_commandf(redis, on_reply, NULL, __VA_ARGS__);                                        \
        assert_int_equal(wait_answer(), 0);                                                        \
    } while (0)

/* The key of a number; the last few stay. */
static struct slice key_of(uint64_t number)
{
    static char keys[8][24];
    static size_t at;
    char *key = keys[at++ % 8];
    (void)snprintf(key, sizeof keys[0], "%llu", (unsigned long long)number);
    return slice_of(key);
}

static struct inbox_arrival arrival(const char *event, uint64_t number, const char *text)
{
    return (struct inbox_arrival){
        .gateway = SLICE_LIT("example"),
        .event_id = slice_of(event),
        .remember_ms = WEEK_MS,
        .group = SLICE_LIT("main"),
        .key = key_of(number),
        .sender = SLICE_LIT("+447700900000"),
        .name = SLICE_LIT("Ann"),
        .text = slice_of(text),
        .scope = SLICE_LIT("all"),
    };
}

/* Campaign 7 has texted them, as number `index` of its audience. */
static void texted_by_7(uint64_t number, int index)
{
    BY_HAND("ZADD %scampaigns 7 7", prefix);
    BY_HAND("HSET %sc:7 audience 17 group main", prefix);
    BY_HAND("HSET %sa:17 buckets 1", prefix);
    BY_HAND("HSET %sa:17:x:0 %s %d", prefix, key_of(number).p, index);
    BY_HAND("SETRANGE %sc:7:l %d %b", prefix, index / 2, "\x44", (size_t)1); /* delivered */
}

static uint32_t receive(const struct inbox_arrival *in, int64_t now_ms)
{
    inbox_receive(inbox, in, now_ms, on_stored, NULL);
    assert_int_equal(wait_answer(), 0);
    return got.stored.conversation;
}

static uint32_t receive_text(const char *event, uint64_t number, const char *text, int64_t now_ms)
{
    struct inbox_arrival in = arrival(event, number, text);
    return receive(&in, now_ms);
}

static uint32_t receive_kind(enum inbox_kind kind, const char *event, const char *text,
                             int64_t now_ms)
{
    struct inbox_arrival in = arrival(event, PERSON, text);
    in.kind = kind;
    in.answer = SLICE_LIT("automatic");
    return receive(&in, now_ms);
}

static int read_thread(uint32_t id, const struct inbox_actor *who, int64_t now_ms)
{
    inbox_read(inbox, id, AT(who, now_ms), INBOX_MESSAGES_MAX, on_thread, NULL);
    return wait_answer();
}

static int claim(uint32_t id, const struct inbox_actor *who, int64_t now_ms)
{
    inbox_claim(inbox, id, AT(who, now_ms), LEASE_MS, on_claim, NULL);
    return wait_answer();
}

static int reply(uint32_t id, const struct inbox_actor *who, uint64_t fence, const char *key,
                 int64_t now_ms)
{
    struct inbox_answer a = {.id = id,
                             .fence = fence,
                             .text = SLICE_LIT("See you there"),
                             .key = slice_of(key),
                             .lease_ms = LEASE_MS};
    inbox_reply(inbox, &a, AT(who, now_ms), on_answer, NULL);
    return wait_answer();
}

static int64_t suppressed_count(void)
{
    suppress_count(store, SLICE_LIT("all"), on_count, NULL);
    assert_int_equal(wait_answer(), 0);
    return got.number;
}

static void ask_who(uint64_t number, int campaigns)
{
    const struct inbox_question question = {.key = key_of(number), .campaigns = campaigns};
    inbox_who(inbox, &question, on_who, NULL);
}

/* ---- inbound ---- */

static void test_message_becomes_conversation(void **state)
{
    (void)state;
    struct inbox_arrival in = arrival("e1", PERSON, "Where is it?");
    in.tags = SLICE_LIT("question");
    in.campaigns = 64;
    texted_by_7(PERSON, 4);
    uint32_t id = receive(&in, NOW_MS);
    assert_false(got.stored.duplicate);
    assert_true(got.stored.unnamed);
    assert_int_equal(got.stored.audience, 17);
    assert_int_equal(got.stored.index, 4);
    in.event_id = SLICE_LIT("e2");
    in.tags = SLICE_LIT("question,yes");
    assert_int_equal(receive(&in, NOW_MS + 1000), id);
    assert_false(got.stored.unnamed);
    assert_int_equal(read_thread(id, &sam, NOW_MS + 2000), 0);
    assert_int_equal(got.count, 2);
    assert_string_equal(got.texts[0], "Where is it?");
    assert_int_equal(got.states[0], -1);
    assert_string_equal(got.name, "Ann");
    assert_string_equal(got.tags, "question,yes");
    assert_int_equal(got.conversation.number, PERSON);
    assert_int_equal(got.conversation.campaign, 7);
    assert_int_equal(got.conversation.unread, 2);
    assert_int_equal(got.conversation.waiting_ms, NOW_MS); /* since the first that has no answer */
    assert_int_equal(got.conversation.last_in_ms, NOW_MS + 1000);
    assert_false(got.conversation.closed);
}

static void test_redelivered_event_changes_nothing(void **state)
{
    (void)state;
    uint32_t id = receive_text("e1", PERSON, "yes", NOW_MS);
    assert_int_equal(receive_text("e1", PERSON, "yes", NOW_MS + 1), id);
    assert_true(got.stored.duplicate);
    assert_int_equal(read_thread(id, &sam, NOW_MS), 0);
    assert_int_equal(got.count, 1);
    assert_int_equal(got.conversation.unread, 1);
    BY_HAND("PTTL %sseen:e1", prefix);
    assert_true(got.number > 0 && got.number <= WEEK_MS);
    receive_kind(INBOX_STOP, "e2", "STOP", NOW_MS + 2);
    assert_true(got.stored.answered);
    receive_kind(INBOX_STOP, "e2", "STOP", NOW_MS + 3);
    assert_true(got.stored.duplicate);
    assert_false(got.stored.answered);
}

static void test_same_person_in_two_groups(void **state)
{
    (void)state;
    uint32_t id = receive_text("e1", PERSON, "a", NOW_MS);
    struct inbox_arrival in = arrival("e2", PERSON, "b");
    in.group = SLICE_LIT("north");
    uint32_t north = receive(&in, NOW_MS);
    assert_int_not_equal(id, north);
    assert_int_equal(read_thread(north, &sam, NOW_MS), ERR_NOT_FOUND);
    assert_int_equal(read_thread(north, &other_group, NOW_MS), 0);
    assert_int_equal(read_thread(north, &organiser, NOW_MS), 0);
    assert_int_equal(claim(north, &sam, NOW_MS), ERR_NOT_FOUND);
    assert_int_equal(reply(north, &sam, 1, "", NOW_MS), ERR_NOT_FOUND);
    assert_int_equal(read_thread(12345, &organiser, NOW_MS), ERR_NOT_FOUND);
}

static void test_stop_is_stored_and_confirmed_once(void **state)
{
    (void)state;
    uint32_t id = receive_text("e0", PERSON, "hello", NOW_MS);
    receive_kind(INBOX_STOP, "e1", "Stop!", NOW_MS + 1);
    assert_true(got.stored.suppressed);
    assert_true(got.stored.answered);
    assert_int_equal(suppressed_count(), 1);
    direct_load(store, got.stored.answer_index, on_message, NULL);
    assert_int_equal(wait_answer(), 0);
    assert_int_equal(got.message.kind, DIRECT_CONFIRM);
    assert_int_equal(got.message.to, PERSON);
    assert_string_equal(got.texts[0], "automatic");
    receive_kind(INBOX_STOP, "e2", "STOP", NOW_MS + 2);
    assert_false(got.stored.suppressed);
    assert_false(got.stored.answered);
    suppress_check(store, SLICE_LIT("main"), PERSON, on_check, NULL);
    assert_int_equal(wait_answer(), 0);
    assert_int_equal(got.entry.reason, SUPPRESS_STOP);
    assert_int_equal(got.entry.at_ms, NOW_MS + 1);
    assert_string_equal(got.evidence, "Stop!");
    assert_int_equal(read_thread(id, &sam, NOW_MS + 3), 0);
    assert_true(got.conversation.closed);
    assert_string_equal(got.scope, "all");
    assert_int_equal(got.count, 4); /* hello, Stop!, our confirmation, STOP */
    assert_int_equal(got.states[2], 0);
}

static void test_start_lifts_what_the_person_said(void **state)
{
    (void)state;
    receive_kind(INBOX_STOP, "e1", "STOP", NOW_MS);
    receive_kind(INBOX_START, "e2", "START", NOW_MS + 1);
    assert_int_equal(got.stored.lifted, 1);
    assert_int_equal(suppressed_count(), 0);
    BY_HAND("XLEN %saudit:kept", prefix);
    assert_int_equal(got.number, 1);
    struct suppress_entry e = {.number = PERSON, .reason = SUPPRESS_MANUAL, .at_ms = NOW_MS};
    suppress_add(store, SLICE_LIT("all"), &e, 1, on_count, NULL);
    assert_int_equal(wait_answer(), 0);
    receive_kind(INBOX_START, "e3", "START", NOW_MS + 2);
    assert_int_equal(got.stored.lifted, 0);
    assert_int_equal(suppressed_count(), 1);
}

static void test_help_is_answered_once_a_day(void **state)
{
    (void)state;
    receive_kind(INBOX_HELP, "e1", "HELP", NOW_MS);
    assert_true(got.stored.answered);
    receive_kind(INBOX_HELP, "e2", "HELP", NOW_MS + 1000);
    assert_false(got.stored.answered);
    receive_kind(INBOX_HELP, "e3", "HELP", NOW_MS + 24 * 3600 * 1000);
    assert_true(got.stored.answered);
}

static void test_a_name_is_given_afterwards(void **state)
{
    (void)state;
    texted_by_7(PERSON, 4);
    struct inbox_arrival in = arrival("e1", PERSON, "a");
    in.campaigns = 64;
    in.name = SLICE_LIT("as they call themselves");
    uint32_t id = receive(&in, NOW_MS);
    assert_true(got.stored.unnamed);
    inbox_set_name(inbox, id, SLICE_LIT("Zoe"), SLICE_NONE, on_done, NULL);
    assert_int_equal(wait_answer(), 0);
    in.event_id = SLICE_LIT("e2");
    receive(&in, NOW_MS);
    assert_int_equal(read_thread(id, &sam, NOW_MS), 0);
    assert_string_equal(got.name, "Zoe");
    inbox_set_name(inbox, id + 1, SLICE_LIT("nobody"), SLICE_NONE, on_done, NULL); /* it is gone */
    assert_int_equal(wait_answer(), 0);
    assert_int_equal(read_thread(id + 1, &sam, NOW_MS), ERR_NOT_FOUND);
}

static void test_campaign_counts_people(void **state)
{
    (void)state;
    texted_by_7(PERSON, 4);
    struct inbox_arrival in = arrival("e1", PERSON, "a");
    in.campaigns = 64;
    receive(&in, NOW_MS);
    in.event_id = SLICE_LIT("e2");
    in.kind = INBOX_STOP;
    receive(&in, NOW_MS);
    BY_HAND("HGET %sc:7 replies", prefix);
    assert_int_equal(got.number, 1);
    BY_HAND("HGET %sc:7 stops", prefix);
    assert_int_equal(got.number, 1);
}

/* Somebody else each time, `minutes` behind the first; a person opts out and a person replies. */
static void writes_to_7(enum inbox_kind kind, uint64_t number, int64_t minutes)
{
    char event[24];
    texted_by_7(number, (int)(number % 200));
    (void)snprintf(event, sizeof event, "m%llu", (unsigned long long)number);
    struct inbox_arrival in = arrival(event, number, "a");
    in.campaigns = 64;
    in.kind = kind;
    in.at_ms = NOW_MS + minutes * 60000;
    receive(&in, NOW_MS + 86400000);
}

static uint64_t bar_of_7(const char *field)
{
    BY_HAND("HGET %sc:7:minutes %s", prefix, field);
    return (uint64_t)got.number;
}

static void test_campaign_counts_by_the_minute(void **state)
{
    (void)state;
    writes_to_7(INBOX_TEXT, PERSON, 0);
    writes_to_7(INBOX_STOP, PERSON + 2, 89);
    writes_to_7(INBOX_TEXT, PERSON + 3, -5); /* came late: to the first */
    assert_int_equal(bar_of_7("r0"), 2);
    assert_int_equal(bar_of_7("r89"), 1);
    assert_int_equal(bar_of_7("s89"), 1);
    writes_to_7(INBOX_TEXT, PERSON + 4, 90); /* no room: each two become one */
    assert_int_equal(bar_of_7("s44"), 1);
    assert_int_equal(bar_of_7("r45"), 1);
    writes_to_7(INBOX_TEXT, PERSON + 5, 1000); /* and each eight of those */
    assert_int_equal(bar_of_7("step"), 16);
    assert_int_equal(bar_of_7("r5"), 2);
    assert_int_equal(bar_of_7("r62"), 1);
    BY_HAND("HLEN %sc:7:minutes", prefix);
    assert_int_equal(got.number, 6);
}

static void test_bytes_that_are_not_text(void **state)
{
    (void)state;
    uint32_t id = receive_text("e1", PERSON, "a\xff\"\\\n", NOW_MS);
    assert_int_equal(read_thread(id, &sam, NOW_MS), 0);
    assert_string_equal(got.texts[0], "a\xef\xbf\xbd\"\\\n");
}

static void test_old_messages_are_trimmed(void **state)
{
    (void)state;
    uint32_t id = 0;
    texted_by_7(PERSON, 4); /* a stranger has less room */
    for (int i = 0; i < INBOX_MESSAGES_MAX + 5; i++) {
        char event[16];
        (void)snprintf(event, sizeof event, "m%d", i);
        struct inbox_arrival in = arrival(event, PERSON, event);
        in.campaigns = 64;
        id = receive(&in, NOW_MS + i);
    }
    assert_int_equal(read_thread(id, &sam, NOW_MS), 0);
    assert_int_equal(got.count, INBOX_MESSAGES_MAX);
    assert_string_equal(got.texts[0], "m5");
}

/* ---- who ---- */

static void test_newest_campaign_that_texted_wins(void **state)
{
    (void)state;
    /* 1 texted the person, 2 has not yet, 3 has skipped them, 4 does not know them */
    for (int c = 1; c <= 4; c++) {
        BY_HAND("ZADD %scampaigns %d %d", prefix, c, c);
        BY_HAND("HSET %sc:%d audience %d group g%d", prefix, c, 10 + c, c);
        BY_HAND("HSET %sa:%d buckets 3", prefix, 10 + c);
        if (c < 4)
            BY_HAND("HSET %sa:%d:x:%d %lld 5", prefix, 10 + c, (int)(PERSON % 3),
                    (long long)PERSON);
    }
    BY_HAND("SETRANGE %sc:1:l 2 %b", prefix, "\x40", (size_t)1); /* index 5: delivered */
    BY_HAND("SETRANGE %sc:2:l 2 %b", prefix, "\x0f", (size_t)1); /* pending */
    BY_HAND("SETRANGE %sc:3:l 2 %b", prefix, "\x80", (size_t)1); /* skipped */
    ask_who(PERSON, 64);
    assert_int_equal(wait_answer(), 0);
    assert_int_equal(got.person.campaign, 1);
    assert_int_equal(got.person.audience, 11);
    assert_int_equal(got.person.index, 5);
    assert_string_equal(got.group, "g1");
    ask_who(PERSON, 3); /* not looked at any more */
    assert_int_equal(wait_answer(), 0);
    assert_int_equal(got.person.campaign, 0);
    assert_string_equal(got.group, "");
    receive_text("e1", PERSON, "hi", NOW_MS);
    ask_who(PERSON, 3);
    assert_int_equal(wait_answer(), 0);
    assert_string_equal(got.group, "main");
}

/* ---- claims ---- */

static void test_claims_are_fenced(void **state)
{
    (void)state;
    uint32_t id = receive_text("e1", PERSON, "hi", NOW_MS);
    assert_int_equal(claim(id, &sam, NOW_MS), 0);
    uint64_t old = got.claim.fence;
    assert_int_equal(got.claim.until_ms, NOW_MS + LEASE_MS);
    assert_int_equal(claim(id, &alex, NOW_MS + 1), ERR_CONFLICT);
    assert_string_equal(got.by, "Sam");
    assert_string_equal(got.e.text, "claimed by Sam until 22:18 UTC");
    assert_int_equal(claim(id, &sam, NOW_MS + 2), 0); /* again: the same claim, renewed */
    assert_int_equal(got.claim.fence, old);

    int64_t later = NOW_MS + 2 + LEASE_MS; /* Sam's is over at this very moment */
    assert_int_equal(reply(id, &sam, old, "", later), ERR_CONFLICT);
    assert_non_null(strstr(got.e.text, "claim is over"));
    assert_int_equal(claim(id, &alex, later), 0);
    assert_true(got.claim.fence > old);
    assert_int_equal(reply(id, &sam, old, "", later + 1), ERR_CONFLICT);
    assert_non_null(strstr(got.e.text, "claimed by Alex"));
    assert_int_equal(reply(id, &alex, old, "", later + 1), ERR_CONFLICT); /* an old form */
    assert_int_equal(reply(id, &alex, got.claim.fence, "", later + 3), 0);
}

static void test_only_the_holder_releases_and_closes(void **state)
{
    (void)state;
    uint32_t id = receive_text("e1", PERSON, "hi", NOW_MS);
    assert_int_equal(claim(id, &sam, NOW_MS), 0);
    uint64_t old = got.claim.fence;
    inbox_release(inbox, id, AT(&alex, NOW_MS), on_done, NULL);
    assert_int_equal(wait_answer(), ERR_CONFLICT);
    inbox_set_closed(inbox, id, AT(&alex, NOW_MS), true, on_done, NULL);
    assert_int_equal(wait_answer(), ERR_CONFLICT);
    inbox_release(inbox, id, AT(&sam, NOW_MS), on_done, NULL);
    assert_int_equal(wait_answer(), 0);
    assert_int_equal(claim(id, &alex, NOW_MS), 0);
    assert_true(got.claim.fence > old);
    inbox_set_closed(inbox, id, AT(&alex, NOW_MS), true, on_done, NULL);
    assert_int_equal(wait_answer(), 0);
    assert_int_equal(read_thread(id, &sam, NOW_MS), 0);
    assert_true(got.conversation.closed);
    assert_string_equal(got.by, "");
    receive_text("e2", PERSON, "one more thing", NOW_MS + 1);
    assert_int_equal(read_thread(id, &sam, NOW_MS), 0);
    assert_false(got.conversation.closed);
}

static void test_reply_goes_into_the_direct_book(void **state)
{
    (void)state;
    uint32_t id = receive_text("e1", PERSON, "hi", NOW_MS);
    assert_int_equal(claim(id, &sam, NOW_MS), 0);
    uint64_t fence = got.claim.fence;
    assert_int_equal(reply(id, &sam, fence, "form-1", NOW_MS + 1), 0);
    uint32_t index = got.index;
    assert_false(got.again);
    assert_int_equal(reply(id, &sam, fence, "form-1", NOW_MS + 2), 0);
    assert_true(got.again);
    assert_int_equal(got.index, index);
    direct_load(store, index, on_message, NULL);
    assert_int_equal(wait_answer(), 0);
    assert_int_equal(got.message.kind, DIRECT_REPLY);
    assert_int_equal(got.message.conversation, id);
    assert_string_equal(got.texts[0], "See you there");
    assert_int_equal(read_thread(id, &sam, NOW_MS + 3), 0);
    assert_int_equal(got.count, 2);
    assert_string_equal(got.texts[1], "See you there");
    assert_int_equal(got.states[1], 0);
    assert_int_equal(got.conversation.waiting_ms, 0);
    assert_int_equal(got.conversation.unread, 0);
    BY_HAND("SETRANGE %sc:0:l 0 %b", prefix, "\xf4", (size_t)1); /* a receipt: delivered */
    assert_int_equal(read_thread(id, &sam, NOW_MS + 3), 0);
    assert_int_equal(got.states[1], 4);
}

static void test_reply_to_a_person_who_left(void **state)
{
    (void)state;
    uint32_t id = receive_text("e1", PERSON, "hi", NOW_MS);
    assert_int_equal(claim(id, &sam, NOW_MS), 0);
    struct suppress_entry e = {.number = PERSON, .reason = SUPPRESS_STOP, .at_ms = NOW_MS};
    suppress_add(store, SLICE_LIT("main"), &e, 1, on_count, NULL);
    assert_int_equal(wait_answer(), 0);
    assert_int_equal(reply(id, &sam, 1, "", NOW_MS + 1), ERR_REFUSED);
    assert_string_equal(got.e.text, "not sent: this person has said STOP");
    BY_HAND("EXISTS %sc:0", prefix);
    assert_int_equal(got.number, 0);
}

static void on_tags(void *arg, int result, struct slice tags, const struct err *e)
{
    (void)tags;
    on_done(arg, result, e);
}

static int tag(uint32_t id, const struct inbox_actor *who, const char *add, const char *remove)
{
    const struct inbox_tagging tagging = {.add = slice_of(add), .remove = slice_of(remove)};
    inbox_tag(inbox, id, AT(who, NOW_MS), &tagging, on_tags, NULL);
    return wait_answer();
}

static void test_tags(void **state)
{
    (void)state;
    uint32_t id = receive_text("e1", PERSON, "hi", NOW_MS);
    assert_int_equal(tag(id, &sam, "lift,late", ""), ERR_INVALID); /* nobody made them */
    assert_non_null(strstr(got.e.text, "there is no tag 'lift'"));
    BY_HAND("HSET %stags:main lift {} late {} driver {}", prefix);
    assert_int_equal(tag(id, &sam, "lift,late", ""), 0);
    assert_int_equal(tag(id, &sam, "late,driver", "lift,none"), 0);
    assert_int_equal(read_thread(id, &sam, NOW_MS), 0);
    assert_string_equal(got.tags, "late,driver");
    assert_int_equal(tag(id, &other_group, "x", ""), ERR_NOT_FOUND);
    static const char *const bad[] = {"Bad", "a,,b", "a b",
                                      "<b>", ",",    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        assert_int_equal(tag(id, &sam, bad[i], ""), ERR_INVALID);
    }
}

/* ---- the direct book ---- */

static void test_book_adds_up_and_holes_stay(void **state)
{
    (void)state;
    struct direct_message m = {.to = PERSON,
                               .gateway = SLICE_LIT("example"),
                               .sender = SLICE_LIT("x"),
                               .group = SLICE_LIT("main"),
                               .text = SLICE_LIT("test"),
                               .by = SLICE_LIT("Org"),
                               .kind = DIRECT_TEST,
                               .at_ms = NOW_MS};
    for (uint32_t i = 0; i < 300; i++) {
        direct_add(store, &m, on_index, NULL);
        assert_int_equal(wait_answer(), 0);
        assert_int_equal(got.index, i);
        if (i == 0)
            BY_HAND("SETRANGE %sc:0:l 0 %b", prefix, "\xf2", (size_t)1); /* accepted meanwhile */
    }
    BY_HAND("HGET %sc:0 n0", prefix);
    assert_int_equal(got.number, 300);
    BY_HAND("HGET %sc:0 total", prefix);
    assert_int_equal(got.number, 300);
    BY_HAND("STRLEN %sc:0:l", prefix);
    assert_int_equal(got.number, 256);
    /* 1 bits: index 0's state has one, the 212 holes have four each */
    BY_HAND("BITCOUNT %sc:0:l", prefix);
    assert_int_equal(got.number, 1 + 212 * 4);
    direct_load(store, 300, on_message, NULL);
    assert_int_equal(wait_answer(), ERR_NOT_FOUND);
}

static void test_unpublished_are_due(void **state)
{
    (void)state;
    struct direct_message m = {
        .to = PERSON, .gateway = SLICE_LIT("example"), .kind = DIRECT_TEST, .at_ms = NOW_MS};
    for (int i = 0; i < 3; i++) {
        direct_add(store, &m, on_index, NULL);
        assert_int_equal(wait_answer(), 0);
    }
    direct_published(store, 1);
    BY_HAND("SETRANGE %sc:0:l 1 %b", prefix, "\xf2",
            (size_t)1); /* 2 was sent: its publishing did happen */
    direct_due(store, NOW_MS + 4999, 5000, 100, on_due, NULL);
    assert_int_equal(wait_answer(), 0);
    assert_int_equal(got.count, 0);
    direct_due(store, NOW_MS + 5000, 5000, 100, on_due, NULL);
    assert_int_equal(wait_answer(), 0);
    assert_int_equal(got.count, 1);
    assert_int_equal(got.ids[0], 0);
    direct_due(store, NOW_MS + 5001, 5000, 100, on_due, NULL);
    assert_int_equal(wait_answer(), 0);
    assert_int_equal(got.count, 0); /* put off: somebody is at it */
    BY_HAND("ZCARD %sdm:pending", prefix);
    assert_int_equal(got.number, 1);
}

/* ---- many ---- */

static size_t walk(bool oldest_first, bool *seen, size_t people)
{
    struct inbox_query query = {.oldest_first = oldest_first, .limit = INBOX_PAGE_MAX};
    char after[64] = "";
    size_t total = 0;
    uint32_t last = 0;
    do {
        query.after = slice_of(after);
        inbox_list(inbox, &query, AT(&organiser, NOW_MS), on_list, NULL);
        assert_int_equal(wait_answer(), 0);
        for (size_t i = 0; i < got.count; i++) {
            assert_true(got.ids[i] >= 1 && got.ids[i] <= people && !seen[got.ids[i]]);
            seen[got.ids[i]] = true;
        }
        if (got.count) last = got.ids[got.count - 1];
        total += got.count;
        memcpy(after, got.cursor, sizeof after);
    } while (after[0]);
    assert_true(last > 0);
    return total;
}

static size_t waiting_for, first_failed;

static void on_many(void *arg, int result, const struct inbox_stored *s, const struct err *e)
{
    (void)arg;
    (void)e;
    waiting_for--;
    if (result < 0 || s->duplicate) first_failed++;
}

static void test_10000_inbound_and_pages(void **state)
{
    (void)state;
    enum { MANY = 10000, PEOPLE = 2500, AT_ONCE = 500 };
    for (int i = 0; i < MANY; i++) {
        char event[16];
        (void)snprintf(event, sizeof event, "e%d", i);
        struct inbox_arrival in = arrival(event, 447000000000 + (uint64_t)(i % PEOPLE), event);
        waiting_for++;
        inbox_receive(inbox, &in, NOW_MS + i / 7, on_many, NULL); /* many at the same millisecond */
        while (waiting_for >= AT_ONCE)
            loop_turn(loop, -1);
    }
    while (waiting_for > 0)
        loop_turn(loop, -1);
    assert_int_equal(first_failed, 0);
    static bool seen[PEOPLE + 1], again[PEOPLE + 1];
    assert_int_equal(walk(false, seen, PEOPLE), PEOPLE);
    assert_int_equal(walk(true, again, PEOPLE), PEOPLE);
    /* the messages of each person are in the order of their arrival */
    assert_int_equal(read_thread(17, &organiser, NOW_MS), 0);
    assert_int_equal(got.count, MANY / PEOPLE);
    for (size_t i = 1; i < got.count; i++)
        assert_true(strtol(got.texts[i] + 1, NULL, 10) ==
                    strtol(got.texts[i - 1] + 1, NULL, 10) + PEOPLE);
}

static size_t list_count(struct inbox_query query, const struct inbox_actor *who, int64_t now_ms)
{
    query.limit = 50;
    inbox_list(inbox, &query, AT(who, now_ms), on_list, NULL);
    assert_int_equal(wait_answer(), 0);
    return got.count;
}

static void test_filters(void **state)
{
    (void)state;
    uint32_t a = receive_text("e1", PERSON, "a", NOW_MS);
    uint32_t b = receive_text("e2", PERSON + 1, "b", NOW_MS + 1);
    (void)receive_text("e3", PERSON + 2, "c", NOW_MS + 2);
    assert_int_equal(claim(a, &sam, NOW_MS), 0);
    inbox_set_closed(inbox, b, AT(&sam, NOW_MS), true, on_done, NULL);
    assert_int_equal(wait_answer(), 0);
    assert_int_equal(list_count((struct inbox_query){0}, &sam, NOW_MS), 2);
    assert_int_equal(list_count((struct inbox_query){.closed = true}, &sam, NOW_MS), 1);
    assert_int_equal(got.ids[0], b);
    assert_int_equal(list_count((struct inbox_query){.filter = INBOX_MINE}, &sam, NOW_MS), 1);
    assert_int_equal(got.ids[0], a);
    assert_int_equal(list_count((struct inbox_query){.filter = INBOX_FREE}, &sam, NOW_MS), 1);
    assert_int_equal(list_count((struct inbox_query){.filter = INBOX_MINE}, &alex, NOW_MS), 0);
    /* a claim that is over is nobody's */
    assert_int_equal(
        list_count((struct inbox_query){.filter = INBOX_MINE}, &sam, NOW_MS + LEASE_MS), 0);
    assert_int_equal(
        list_count((struct inbox_query){.filter = INBOX_FREE}, &sam, NOW_MS + LEASE_MS), 2);
    assert_int_equal(
        list_count((struct inbox_query){.group = SLICE_LIT("main")}, &other_group, NOW_MS), 0);
    assert_int_equal(list_count((struct inbox_query){0}, &organiser, NOW_MS), 2);
    assert_int_equal(
        list_count((struct inbox_query){.group = SLICE_LIT("north")}, &organiser, NOW_MS), 0);
}

/* A page ends anywhere in two groups' lists, also between two entries of one millisecond. */
static size_t walk_as(const struct inbox_actor *who, bool oldest_first, uint32_t *ids, size_t room)
{
    char after[64] = "";
    size_t n = 0;
    do {
        struct inbox_query query = {
            .oldest_first = oldest_first, .limit = 2, .after = slice_of(after)};
        inbox_list(inbox, &query, AT(who, NOW_MS), on_list, NULL);
        assert_int_equal(wait_answer(), 0);
        for (size_t i = 0; i < got.count && n < room; i++)
            ids[n++] = got.ids[i];
        (void)snprintf(after, sizeof after, "%s", got.cursor);
    } while (*after);
    return n;
}

static void test_somebody_of_two_groups(void **state)
{
    (void)state;
    static const char *const two[] = {"main", "north"};
    static const char *const in[] = {"main", "north", "east", "north", "main", "north", "main"};
    static const struct inbox_actor both = {.name = {"Bo", 2}, .groups = {false, two, 2}},
                                    none = {.name = {"No", 2}};
    static const int order[] = {0, 1, 3, 4, 5, 6}; /* all but the one of east */
    uint32_t made[COUNT_OF(in)], ids[COUNT_OF(in)];
    for (size_t i = 0; i < COUNT_OF(in); i++) {
        char event[8];
        (void)snprintf(event, sizeof event, "e%zu", i);
        struct inbox_arrival a = arrival(event, PERSON + i, "hi");
        a.group = slice_of(in[i]);
        made[i] = receive(&a, NOW_MS + (int64_t)i / 2); /* two of each millisecond */
    }
    assert_int_equal(walk_as(&both, true, ids, COUNT_OF(ids)), COUNT_OF(order));
    for (size_t i = 0; i < COUNT_OF(order); i++)
        assert_int_equal(ids[i], made[order[i]]);
    assert_int_equal(walk_as(&both, false, ids, COUNT_OF(ids)), COUNT_OF(order));
    for (size_t i = 0; i < COUNT_OF(order); i++)
        assert_int_equal(ids[i], made[order[COUNT_OF(order) - 1 - i]]);
    assert_int_equal(walk_as(&none, true, ids, COUNT_OF(ids)), 0);
    assert_int_equal(list_count((struct inbox_query){.group = SLICE_LIT("north")}, &both, NOW_MS),
                     3);
    assert_int_equal(list_count((struct inbox_query){.group = SLICE_LIT("east")}, &both, NOW_MS),
                     0);
    assert_int_equal(claim(made[3], &both, NOW_MS), 0);
    assert_int_equal(claim(made[2], &both, NOW_MS), ERR_NOT_FOUND);
    assert_int_equal(claim(made[0], &none, NOW_MS), ERR_NOT_FOUND);
}

static void test_no_redis_is_said(void **state)
{
    (void)state;
    redis_fixture_kill(server);
    struct inbox_arrival in = arrival("e1", PERSON, "hi");
    inbox_receive(inbox, &in, NOW_MS, on_stored, NULL);
    assert_int_equal(wait_answer(), ERR_UNREACHABLE);
    suppress_check(store, SLICE_LIT("main"), PERSON, on_check, NULL);
    assert_int_equal(wait_answer(), ERR_UNREACHABLE);
    redis_fixture_restart(server);
    while (!redis_is_connected(redis))
        loop_turn(loop, -1);
}

static struct group_said said = {&got, sizeof got};
#define TEST(f) GROUP_TEST(f, &said)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_message_becomes_conversation),
        TEST(test_redelivered_event_changes_nothing),
        TEST(test_same_person_in_two_groups),
        TEST(test_stop_is_stored_and_confirmed_once),
        TEST(test_start_lifts_what_the_person_said),
        TEST(test_help_is_answered_once_a_day),
        TEST(test_a_name_is_given_afterwards),
        TEST(test_campaign_counts_people),
        TEST(test_campaign_counts_by_the_minute),
        TEST(test_bytes_that_are_not_text),
        TEST(test_old_messages_are_trimmed),
        TEST(test_newest_campaign_that_texted_wins),
        TEST(test_claims_are_fenced),
        TEST(test_only_the_holder_releases_and_closes),
        TEST(test_reply_goes_into_the_direct_book),
        TEST(test_reply_to_a_person_who_left),
        TEST(test_tags),
        TEST(test_book_adds_up_and_holes_stay),
        TEST(test_unpublished_are_due),
        TEST(test_10000_inbound_and_pages),
        TEST(test_filters),
        TEST(test_somebody_of_two_groups),
        TEST(test_no_redis_is_said),
    };
    return redis_group_run("inbox", tests, COUNT_OF(tests));
}
