/* What volunteers do among themselves, against a real Redis: tags, notes, who takes it from here,
 * drafts; and what is refused when somebody was faster. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "inbox_actor.h"
#include "redis_group.h"
#include "store/inbox_overdue.h"

#define NOW_MS INT64_C(1700000000000)
#define PERSON UINT64_C(447700900123)
enum { LEASE_MS = 600000, LINES_MAX = 16 };

static const char *const main_only[] = {"main"}, *const north_only[] = {"north"};
static const struct inbox_actor sam = {.name = {"Sam", 3},
                                       .groups = {.names = main_only, .count = 1}};
static const struct inbox_actor alex = {.name = {"Alex", 4},
                                        .groups = {.names = main_only, .count = 1}};
static const struct inbox_actor kim = {.name = {"Kim", 3},
                                       .groups = {.names = north_only, .count = 1}};

static struct said {
    bool done;
    int result;
    struct err e;
    uint32_t id;
    uint64_t fence;
    struct inbox_answered answered;
    struct inbox_waiting waiting;
    struct inbox_conversation c;
    size_t count;
    uint32_t ids[LINES_MAX];
    char tags[256], by[64], handed[64], word[64], line[128], draft[128], stop[64],
        lines[LINES_MAX][64];
    int64_t number;
} got;

static void copy(char *out, size_t room, struct slice s)
{
    (void)snprintf(out, room, "%.*s", SLICE_ARG(s));
}

static void ended(int result, const struct err *e)
{
    got.done = true;
    got.result = result;
    if (e) got.e = *e;
}

static int wait_done(void)
{
    while (!got.done)
        loop_turn(loop, -1);
    got.done = false;
    return got.result;
}

static void on_done(void *arg, int result, const struct err *e)
{
    (void)arg;
    ended(result, e);
}

static void on_stored(void *arg, int result, const struct inbox_stored *s, const struct err *e)
{
    (void)arg;
    if (s) got.id = s->conversation;
    ended(result, e);
}

static void on_tags(void *arg, int result, struct slice tags, const struct err *e)
{
    (void)arg;
    copy(got.tags, sizeof got.tags, tags);
    ended(result, e);
}

static void on_claim(void *arg, int result, const struct inbox_claim *c, const struct err *e)
{
    (void)arg;
    got.fence = c ? c->fence : 0;
    ended(result, e);
}

static void on_reply(void *arg, int result, const struct inbox_answered *a, const struct err *e)
{
    (void)arg;
    got.answered = *a;
    ended(result, e);
}

static void on_handed(void *arg, int result, uint32_t conversation, const struct err *e)
{
    (void)arg;
    got.id = conversation;
    ended(result, e);
}

static void on_waiting(void *arg, int result, const struct inbox_waiting *w, const struct err *e)
{
    (void)arg;
    if (w) got.waiting = *w;
    ended(result, e);
}

static void on_next(void *arg, int result, const struct inbox_next *n, const struct err *e)
{
    (void)arg;
    got.id = n && n->taken ? n->taken->id : 0;
    ended(result, e);
}

/* A line each: "note Sam: they need a ramp", "in: hello". */
static void on_thread(void *arg, int result, const struct inbox_thread *t, const struct err *e)
{
    (void)arg;
    got.count = t ? t->count : 0;
    for (size_t i = 0; t && i < t->count && i < LINES_MAX; i++) {
        const struct inbox_message *m = &t->messages[i];
        if (m->team)
            (void)snprintf(got.lines[i], sizeof got.lines[i], "%.*s %.*s: %.*s%s%.*s",
                           SLICE_ARG(m->kind), SLICE_ARG(m->by), SLICE_ARG(m->text),
                           m->note.n ? " -> " : "", SLICE_ARG(m->note));
        else
            (void)snprintf(got.lines[i], sizeof got.lines[i], "%s: %.*s", m->out ? "out" : "in",
                           SLICE_ARG(m->text));
    }
    if (t) {
        got.c = t->conversation;
        copy(got.tags, sizeof got.tags, t->conversation.tags);
        copy(got.by, sizeof got.by, t->conversation.claimed_by);
        copy(got.handed, sizeof got.handed, t->conversation.handed_by);
        copy(got.word, sizeof got.word, t->conversation.handed_word);
        copy(got.line, sizeof got.line, t->conversation.said);
        copy(got.draft, sizeof got.draft, t->draft);
        copy(got.stop, sizeof got.stop, t->sounds_like_stop);
    }
    ended(result, e);
}

static void on_list(void *arg, int result, const struct inbox_conversation *list, size_t n,
                    struct slice next, const struct err *e)
{
    (void)arg;
    (void)next;
    got.count = n;
    for (size_t i = 0; i < n && i < LINES_MAX; i++)
        got.ids[i] = list[i].id;
    ended(result, e);
}

static void on_number(void *arg, const struct redisReply *reply)
{
    (void)arg;
    assert_false(redis_is_error(reply, NULL));
    got.number = redis_int(reply, -1);
    ended(0, NULL);
}

/* One Redis command by hand; %s is the prefix. */
#define BY_HAND(...)                                                                               \
    do {                                                                                           \
        redis_commandf(redis, on_number, NULL, __VA_ARGS__);                                       \
        assert_int_equal(wait_done(), 0);                                                          \
    } while (0)

static struct inbox_arrival arrival(uint64_t number, const char *text)
{
    static char events[LINES_MAX][24], keys[LINES_MAX][24];
    static unsigned serial;
    unsigned at = ++serial % LINES_MAX;
    (void)snprintf(events[at], sizeof events[at], "e%u", serial);
    (void)snprintf(keys[at], sizeof keys[at], "%llu", (unsigned long long)number);
    return (struct inbox_arrival){.gateway = SLICE_LIT("example"),
                                  .event_id = slice_of(events[at]),
                                  .remember_ms = LEASE_MS,
                                  .group = SLICE_LIT("main"),
                                  .key = slice_of(keys[at]),
                                  .name = SLICE_LIT("Ann Example"),
                                  .sender = SLICE_LIT("+447700900000"),
                                  .text = slice_of(text),
                                  .campaigns = 64,
                                  .scope = SLICE_LIT("all")};
}

static uint32_t receive(const struct inbox_arrival *in, int64_t now_ms)
{
    inbox_receive(inbox, in, now_ms, on_stored, NULL);
    assert_int_equal(wait_done(), 0);
    return got.id;
}

static uint32_t says(uint64_t number, const char *text, int64_t now_ms)
{
    struct inbox_arrival in = arrival(number, text);
    return receive(&in, now_ms);
}

/* That campaign has texted them. */
static void texted_by(int campaign, uint64_t number)
{
    BY_HAND("ZADD %scampaigns %d %d", prefix, campaign, campaign);
    BY_HAND("HSET %sc:%d audience %d group main", prefix, campaign, 10 + campaign);
    BY_HAND("HSET %sa:%d buckets 1", prefix, 10 + campaign);
    BY_HAND("HSET %sa:%d:x:0 %lu 0", prefix, 10 + campaign, (unsigned long)number);
    BY_HAND("SETRANGE %sc:%d:l 0 %b", prefix, campaign, "\x44", (size_t)1); /* delivered */
}

static int tag(uint32_t id, const struct inbox_actor *who, const char *add, const char *toggle)
{
    const struct inbox_tagging tagging = {.add = slice_of(add), .toggle = slice_of(toggle)};
    inbox_tag(inbox, id, AT(who, NOW_MS), &tagging, on_tags, NULL);
    return wait_done();
}

static int see(uint32_t id, const struct inbox_actor *who)
{
    inbox_read(inbox, id, AT(who, NOW_MS + 1000), LINES_MAX, on_thread, NULL);
    return wait_done();
}

static uint64_t claim(uint32_t id, const struct inbox_actor *who, int64_t now_ms)
{
    inbox_claim(inbox, id, AT(who, now_ms), LEASE_MS, on_claim, NULL);
    assert_int_equal(wait_done(), 0);
    return got.fence;
}

static int reply_seeing(uint32_t id, const struct inbox_actor *who, uint64_t fence, int heard,
                        int64_t now_ms)
{
    const struct inbox_answer a = {.id = id,
                                   .fence = fence,
                                   .text = SLICE_LIT("See you there"),
                                   .lease_ms = LEASE_MS,
                                   .sees = heard >= 0,
                                   .heard = heard > 0 ? (uint32_t)heard : 0};
    inbox_reply(inbox, &a, AT(who, now_ms), on_reply, NULL);
    return wait_done();
}

static int hand(uint32_t id, enum inbox_hand_to to, const char *whom)
{
    const struct inbox_hand h = {to, slice_of(whom), SLICE_LIT("please")};
    inbox_hand_over(inbox, id, AT(&sam, NOW_MS), &h, on_handed, NULL);
    return wait_done();
}

static size_t list(struct inbox_query q, const struct inbox_actor *who)
{
    q.limit = LINES_MAX;
    inbox_list(inbox, &q, AT(who, NOW_MS + 1000), on_list, NULL);
    assert_int_equal(wait_done(), 0);
    return got.count;
}

static uint32_t next_of(const struct inbox_actor *who, const char *wanted)
{
    const struct inbox_wish wish = {.tag = slice_of(wanted), .lease_ms = LEASE_MS};
    inbox_next(inbox, &wish, AT(who, NOW_MS + 1000), on_next, NULL);
    assert_int_equal(wait_done(), 0);
    return got.id;
}

/* ---- tags ---- */

static void test_of_the_answers_the_last_one_counts(void **state)
{
    (void)state;
    uint32_t id = says(PERSON, "hello", NOW_MS);
    assert_int_equal(tag(id, &sam, "maybe,question", ""), 0);
    assert_int_equal(tag(id, &sam, "yes", ""), 0);
    assert_string_equal(got.tags, "question,yes");
    assert_int_equal(tag(id, &alex, "", "question,moved"), 0);
    assert_string_equal(got.tags, "yes,moved");
    assert_int_equal(see(id, &sam), 0);
    assert_int_equal(got.count, 3); /* Sam's second press stands in place of the first */
    assert_string_equal(got.lines[1], "tags Sam: +yes -maybe");
    assert_string_equal(got.lines[2], "tags Alex: +moved -question");
}

static void test_who_said_yes_to_which_campaign(void **state)
{
    (void)state;
    const struct inbox_query yes_to_7 = {.tag = SLICE_LIT("yes"), .campaign = 7, .any = true};
    const struct inbox_query yes_to_9 = {.tag = SLICE_LIT("yes"), .campaign = 9, .any = true};
    texted_by(7, PERSON);
    uint32_t id = says(PERSON, "count me in", NOW_MS);
    (void)says(PERSON + 1, "who is this?", NOW_MS);
    assert_int_equal(tag(id, &sam, "yes", ""), 0);
    assert_int_equal(list(yes_to_7, &sam), 1);
    BY_HAND("HGET %sc:7:tags yes", prefix);
    assert_int_equal(got.number, 1);
    texted_by(9, PERSON);
    struct inbox_arrival in = arrival(PERSON, "not this time");
    in.tags = SLICE_LIT("no");
    assert_int_equal(receive(&in, NOW_MS + 5), id);
    assert_int_equal(see(id, &sam), 0);
    assert_string_equal(got.tags, "no");
    assert_int_equal(list(yes_to_7, &sam), 1); /* what was said to 7 stays said */
    assert_int_equal(list(yes_to_9, &sam), 0);
    BY_HAND("HGET %sc:9:tags no", prefix);
    assert_int_equal(got.number, 1);
    assert_int_equal(tag(id, &sam, "yes", ""), 0); /* they changed their mind */
    BY_HAND("HGET %sc:9:tags no", prefix);
    assert_int_equal(got.number, 0);
    assert_int_equal(list(yes_to_9, &sam), 1);
    assert_int_equal(list(yes_to_9, &kim), 0);
}

static uint32_t says_yes(int64_t now_ms)
{
    struct inbox_arrival in = arrival(PERSON, "count me in");
    in.tags = SLICE_LIT("yes");
    return receive(&in, now_ms);
}

/* Whoever says the same again changes nothing; but it counts again once somebody took it away. */
static void test_yes_said_again_counts_once(void **state)
{
    (void)state;
    texted_by(7, PERSON);
    uint32_t id = says_yes(NOW_MS);
    assert_int_equal(says_yes(NOW_MS + 5), id);
    BY_HAND("HGET %sc:7:tags yes", prefix);
    assert_int_equal(got.number, 1);
    assert_int_equal(tag(id, &sam, "", "yes"), 0);
    BY_HAND("HGET %sc:7:tags yes", prefix);
    assert_int_equal(got.number, 0);
    assert_int_equal(says_yes(NOW_MS + 10), id);
    BY_HAND("HGET %sc:7:tags yes", prefix);
    assert_int_equal(got.number, 1);
    BY_HAND("ZCARD %sc:7:tag:yes", prefix);
    assert_int_equal(got.number, 1);
}

static void test_looking_for_people(void **state)
{
    (void)state;
    uint32_t id = says(PERSON, "hello", NOW_MS);
    struct inbox_arrival in = arrival(PERSON + 1, "hello");
    in.name = SLICE_LIT("Bo");
    (void)receive(&in, NOW_MS + 1);
    inbox_set_closed(inbox, id, AT(&sam, NOW_MS + 2), true, on_done, NULL);
    assert_int_equal(wait_done(), 0);
    assert_int_equal(list((struct inbox_query){.name = SLICE_LIT("exam"), .any = true}, &sam), 1);
    assert_int_equal(got.ids[0], id);
    assert_int_equal(list((struct inbox_query){.name = SLICE_LIT("exam")}, &sam), 0); /* closed */
    assert_int_equal(list((struct inbox_query){.digits = SLICE_LIT("0123"), .any = true}, &sam), 1);
    assert_int_equal(list((struct inbox_query){.any = true}, &sam), 2);
    assert_int_equal(list((struct inbox_query){.any = true}, &kim), 0);
}

/* ---- notes, handing over ---- */

static void test_a_note_is_for_the_team(void **state)
{
    (void)state;
    uint32_t id = says(PERSON, "hello", NOW_MS);
    inbox_note(inbox, id, AT(&sam, NOW_MS), SLICE_LIT("needs a \"ramp\""), on_done, NULL);
    assert_int_equal(wait_done(), 0);
    inbox_note(inbox, id, AT(&kim, NOW_MS), SLICE_LIT("not mine"), on_done, NULL);
    assert_int_equal(wait_done(), ERR_NOT_FOUND);
    assert_int_equal(see(id, &alex), 0);
    assert_int_equal(got.count, 2);
    assert_string_equal(got.lines[1], "note Sam: needs a \"ramp\"");
    assert_string_equal(got.line, "hello"); /* in lists their words stand */
}

static void test_handed_to_a_member(void **state)
{
    (void)state;
    uint32_t id = says(PERSON, "hello", NOW_MS);
    (void)claim(id, &sam, NOW_MS);
    assert_int_equal(hand(id, INBOX_TO_MEMBER, "Alex"), 0);
    assert_int_equal(list((struct inbox_query){.filter = INBOX_MINE}, &alex), 1);
    assert_int_equal(list((struct inbox_query){.filter = INBOX_MINE}, &sam), 0);
    assert_int_equal(see(id, &alex), 0);
    assert_string_equal(got.by, "Alex");
    assert_string_equal(got.handed, "Sam");
    assert_string_equal(got.lines[1], "handed Sam: please -> Alex");
    assert_string_equal(got.word, "please");
    assert_int_equal(hand(id, INBOX_TO_MEMBER, "Sam"), ERR_CONFLICT); /* it is Alex's now */
}

/* What was handed to them comes before who has waited longer, and stays theirs until they let go of it. */
static void test_who_was_handed_comes_first(void **state)
{
    (void)state;
    (void)says(PERSON + 1, "I wait longest", NOW_MS - 5);
    uint32_t id = says(PERSON, "hello", NOW_MS);
    (void)claim(id, &sam, NOW_MS);
    assert_int_equal(hand(id, INBOX_TO_MEMBER, "Alex"), 0);
    assert_int_equal(list((struct inbox_query){.filter = INBOX_HANDED}, &alex), 1);
    assert_int_equal(list((struct inbox_query){.filter = INBOX_HANDED}, &sam), 0);
    assert_int_equal(next_of(&alex, ""), id);
    assert_int_equal(next_of(&alex, ""), id); /* not done with */
    inbox_release(inbox, id, AT(&alex, NOW_MS), on_done, NULL);
    assert_int_equal(wait_done(), 0);
    assert_int_not_equal(next_of(&alex, ""), id);
    assert_int_equal(see(id, &sam), 0);
    assert_string_equal(got.word, "please"); /* whoever takes it now learns why */
    inbox_set_closed(inbox, id, AT(&sam, NOW_MS), true, on_done, NULL);
    assert_int_equal(wait_done(), 0);
    assert_int_equal(see(id, &sam), 0);
    assert_string_equal(got.handed, "");
}

static int64_t events_told(void)
{
    BY_HAND("XLEN %sevents", prefix);
    return got.number;
}

/* Each of them once, and not what was so long ago that it is no news. */
static void test_who_waits_too_long_is_told_of_once(void **state)
{
    (void)state;
    int64_t late_ms = NOW_MS + INBOX_TARGET_MS;
    (void)says(PERSON, "hello", NOW_MS);
    (void)says(PERSON + 1, "hello", NOW_MS + 1000);
    int64_t before = events_told();
    for (int i = 0; i < 2; i++) {
        inbox_overdue_tell(store, INBOX_TARGET_MS, NULL, late_ms - 1, on_done, NULL);
        assert_int_equal(wait_done(), 0);
        assert_int_equal(events_told(), before);
    }
    for (int i = 0; i < 2; i++) {
        inbox_overdue_tell(store, INBOX_TARGET_MS, NULL, late_ms, on_done, NULL);
        assert_int_equal(wait_done(), 0);
        assert_int_equal(events_told(), before + 1);
    }
    inbox_overdue_tell(store, INBOX_TARGET_MS, NULL, late_ms + 2000, on_done, NULL);
    assert_int_equal(wait_done(), 0);
    assert_int_equal(events_told(), before + 2);
    (void)says(PERSON + 2, "hello", NOW_MS + 3000);
    before = events_told();
    inbox_overdue_tell(store, INBOX_TARGET_MS, NULL, late_ms + 24 * 3600 * 1000, on_done, NULL);
    assert_int_equal(wait_done(), 0);
    assert_int_equal(events_told(), before);
}

static void test_handed_to_the_organisers(void **state)
{
    (void)state;
    uint32_t id = says(PERSON, "hello", NOW_MS);
    (void)claim(id, &sam, NOW_MS);
    assert_int_equal(hand(id, INBOX_TO_ORGANISERS, ""), 0);
    assert_int_equal(next_of(&alex, ""), 0);
    assert_int_equal(next_of(&alex, INBOX_ESCALATE), id);
}

static void test_handed_to_another_group(void **state)
{
    (void)state;
    texted_by(7, PERSON);
    uint32_t id = says(PERSON, "I moved north", NOW_MS);
    assert_int_equal(hand(id, INBOX_TO_GROUP, "north"), ERR_INVALID);
    BY_HAND("SADD %sgroups north", prefix);
    assert_int_equal(hand(id, INBOX_TO_GROUP, "north"), 0);
    assert_int_equal(got.id, id);
    assert_int_equal(see(id, &sam), ERR_NOT_FOUND);
    assert_int_equal(says(PERSON, "still there?", NOW_MS + 5), id); /* main's campaign asked them */
    assert_int_equal(see(id, &kim), 0);
    assert_int_equal(got.count, 3);
    assert_int_equal(next_of(&sam, ""), 0);
    assert_int_equal(next_of(&kim, ""), id);
}

/* ---- somebody was faster ---- */

static void test_an_organiser_takes_over(void **state)
{
    (void)state;
    uint32_t id = says(PERSON, "hello", NOW_MS);
    uint64_t fence = claim(id, &sam, NOW_MS);
    inbox_take_over(inbox, id, AT(&alex, NOW_MS + 1), LEASE_MS, on_claim, NULL);
    assert_int_equal(wait_done(), 0);
    assert_true(got.fence > fence);
    assert_int_equal(reply_seeing(id, &sam, fence, -1, NOW_MS + 2), ERR_CONFLICT);
    assert_int_equal(got.answered.why, INBOX_TAKEN_OVER);
    assert_string_equal(got.e.text, "not sent: Alex took over");
    assert_int_equal(see(id, &sam), 0);
    assert_string_equal(got.lines[1], "taken Alex:  -> Sam");
}

static void test_they_have_written_since(void **state)
{
    (void)state;
    uint32_t id = says(PERSON, "hello", NOW_MS);
    uint64_t fence = claim(id, &sam, NOW_MS);
    assert_int_equal(see(id, &sam), 0);
    assert_int_equal(got.c.heard, 1);
    (void)says(PERSON, "no, wait", NOW_MS + 1);
    assert_int_equal(reply_seeing(id, &sam, fence, 1, NOW_MS + 2), ERR_CONFLICT);
    assert_int_equal(got.answered.why, INBOX_WRITTEN_SINCE);
    assert_int_equal(got.answered.heard, 2);
    assert_int_equal(reply_seeing(id, &sam, fence, 2, NOW_MS + 3), 0);
    (void)says(PERSON, "and?", NOW_MS + 4);
    assert_int_equal(reply_seeing(id, &sam, fence, -1, NOW_MS + 5), 0); /* anyway */
}

static void test_a_stop_while_somebody_types(void **state)
{
    (void)state;
    uint32_t id = says(PERSON, "hello", NOW_MS);
    uint64_t fence = claim(id, &sam, NOW_MS);
    struct inbox_arrival in = arrival(PERSON, "STOP");
    in.kind = INBOX_STOP;
    assert_int_equal(receive(&in, NOW_MS + 1), id);
    assert_int_equal(reply_seeing(id, &sam, fence, -1, NOW_MS + 2), ERR_REFUSED);
    assert_int_equal(got.answered.why, INBOX_STOPPED);
}

static void test_the_window_of_a_channel(void **state)
{
    (void)state;
    enum { DAY_MS = 24 * 3600 * 1000 };
    struct inbox_arrival in = arrival(PERSON, "hello");
    in.window_ms = DAY_MS;
    uint32_t id = receive(&in, NOW_MS);
    assert_int_equal(see(id, &sam), 0);
    assert_int_equal(got.c.window_ends_ms, NOW_MS + DAY_MS);
    uint64_t fence = claim(id, &sam, NOW_MS + DAY_MS);
    assert_int_equal(reply_seeing(id, &sam, fence, -1, NOW_MS + DAY_MS + 1), ERR_REFUSED);
    assert_int_equal(got.answered.why, INBOX_WINDOW_CLOSED);
    assert_int_equal(reply_seeing(id, &sam, fence, -1, NOW_MS + DAY_MS), 0);
}

/* ---- undo, drafts, figures ---- */

static void test_closing_is_undone(void **state)
{
    (void)state;
    uint32_t id = says(PERSON, "hello", NOW_MS), other = says(PERSON + 1, "hello", NOW_MS + 1);
    uint64_t fence = claim(id, &sam, NOW_MS + 2);
    inbox_set_closed(inbox, id, AT(&sam, NOW_MS + 3), true, on_done, NULL);
    assert_int_equal(wait_done(), 0);
    inbox_set_closed(inbox, id, AT(&sam, NOW_MS + 4), false, on_done, NULL);
    assert_int_equal(wait_done(), 0);
    assert_int_equal(see(id, &sam), 0);
    assert_string_equal(got.by, "Sam");
    assert_int_equal(got.c.waiting_ms, NOW_MS);
    assert_true(got.c.claim_fence > fence);
    inbox_release(inbox, id, AT(&sam, NOW_MS + 5), on_done, NULL);
    assert_int_equal(wait_done(), 0);
    assert_int_equal(next_of(&alex, ""), id); /* in the place that they had */
    assert_int_equal(next_of(&alex, ""), other);
}

static void test_drafts(void **state)
{
    (void)state;
    uint32_t id = says(PERSON, "hello", NOW_MS);
    inbox_draft(inbox, id, AT(&sam, NOW_MS), SLICE_LIT("{\"text\":\"Dear\"}"), on_done, NULL);
    assert_int_equal(wait_done(), 0);
    assert_int_equal(see(id, &alex), 0);
    assert_string_equal(got.draft, "");
    assert_int_equal(see(id, &sam), 0);
    assert_string_equal(got.draft, "{\"text\":\"Dear\"}");
    uint64_t fence = claim(id, &sam, NOW_MS);
    assert_int_equal(reply_seeing(id, &sam, fence, -1, NOW_MS + 1), 0);
    assert_int_equal(see(id, &sam), 0);
    assert_string_equal(got.draft, "");
    char name[8];
    for (int i = 0; i < 9; i++) {
        (void)snprintf(name, sizeof name, "M%d", i);
        const struct inbox_actor who = {.name = slice_of(name),
                                        .groups = {.names = main_only, .count = 1}};
        inbox_draft(inbox, id, AT(&who, NOW_MS), SLICE_LIT("{}"), on_done, NULL);
        assert_int_equal(wait_done(), i < 8 ? 0 : ERR_CONFLICT);
    }
}

static void test_how_many_wait(void **state)
{
    (void)state;
    uint32_t id = says(PERSON, "hello", NOW_MS);
    (void)says(PERSON + 1, "hello", NOW_MS + INBOX_TARGET_MS);
    (void)claim(id, &sam, NOW_MS + 1);
    inbox_count_waiting(inbox, AT(&sam, NOW_MS + INBOX_TARGET_MS + 1), on_waiting, NULL);
    assert_int_equal(wait_done(), 0);
    assert_int_equal(got.waiting.waiting, 2);
    assert_int_equal(got.waiting.overdue, 1);
    assert_int_equal(got.waiting.held, 1);
    assert_int_equal(got.waiting.since_ms, NOW_MS);
    inbox_count_waiting(inbox, AT(&kim, NOW_MS), on_waiting, NULL);
    assert_int_equal(wait_done(), 0);
    assert_int_equal(got.waiting.waiting, 0);
}

/* Whose campaign says itself how soon they get an answer is overdue by that, and by nothing else. */
static void test_a_campaign_says_how_soon(void **state)
{
    (void)state;
    int64_t within_ms = INBOX_TARGET_MS / 4, late_ms = NOW_MS + within_ms;
    uint32_t id = says(PERSON, "hello", NOW_MS);
    (void)says(PERSON + 1, "hello", NOW_MS);
    BY_HAND("HSET %sconv:%u within_ms %lld", prefix, id, (long long)within_ms);
    (void)claim(id, &sam, NOW_MS);
    int64_t before = events_told();
    for (int i = 0; i < 2; i++) {
        inbox_overdue_tell(store, INBOX_TARGET_MS, NULL, late_ms + 1, on_done, NULL);
        assert_int_equal(wait_done(), 0);
        assert_int_equal(events_told(), before + 1);
    }
    inbox_count_waiting(inbox, AT(&sam, late_ms + 1), on_waiting, NULL);
    assert_int_equal(wait_done(), 0);
    assert_int_equal(got.waiting.waiting, 2);
    assert_int_equal(got.waiting.overdue, 1);
    static const struct inbox_actor all = {.name = {"Olive", 5}, .groups = {.all = true}};
    inbox_count_waiting(inbox, AT(&all, NOW_MS + INBOX_TARGET_MS + 1), on_waiting, NULL);
    assert_int_equal(wait_done(), 0);
    assert_int_equal(got.waiting.overdue, 2);
    inbox_overdue_tell(store, INBOX_TARGET_MS, NULL, NOW_MS + INBOX_TARGET_MS + 1, on_done, NULL);
    assert_int_equal(wait_done(), 0);
    assert_int_equal(events_told(), before + 2); /* the other one, and not the first again */
    inbox_set_closed(inbox, id, AT(&sam, NOW_MS), true, on_done, NULL);
    assert_int_equal(wait_done(), 0);
    inbox_count_waiting(inbox, AT(&sam, NOW_MS + INBOX_TARGET_MS + 1), on_waiting, NULL);
    assert_int_equal(wait_done(), 0);
    assert_int_equal(got.waiting.overdue, 1);
}

enum { CURSOR_BYTES = 64 };
static void on_looked(void *arg, int result, const struct inbox_conversation *list, size_t n,
                      struct slice next, const struct err *e)
{
    char *after = arg;
    (void)list;
    assert_int_equal(result, 0);
    assert_int_equal(n, 0);
    (void)snprintf(after, CURSOR_BYTES, "%.*s", SLICE_ARG(next));
    on_done(NULL, result, e);
}

/* Somebody whom nobody knows is looked for in small steps, so that Redis has time for others in between. */
static void test_a_search_takes_small_steps(void **state)
{
    (void)state;
    enum { PEOPLE = 600, LOOKS = 250 };
    char after[CURSOR_BYTES] = "";
    int steps = 0;
    for (uint64_t i = 0; i < PEOPLE; i++)
        (void)says(PERSON + i, "hello", NOW_MS + (int64_t)i);
    do {
        const struct inbox_query query = {
            .any = true, .name = SLICE_LIT("nobody"), .limit = 50, .after = slice_of(after)};
        inbox_list(inbox, &query, AT(&sam, NOW_MS), on_looked, after);
        assert_int_equal(wait_done(), 0);
        steps++;
    } while (*after);
    assert_int_equal(steps, PEOPLE / LOOKS + 1);
}

#define TEST(f) GROUP_TEST(f, &said)
int main(void)
{
    static struct group_said said = {&got, sizeof got};
    const struct CMUnitTest tests[] = {
        TEST(test_of_the_answers_the_last_one_counts),
        TEST(test_who_said_yes_to_which_campaign),
        TEST(test_yes_said_again_counts_once),
        TEST(test_looking_for_people),
        TEST(test_a_note_is_for_the_team),
        TEST(test_handed_to_a_member),
        TEST(test_who_was_handed_comes_first),
        TEST(test_who_waits_too_long_is_told_of_once),
        TEST(test_handed_to_the_organisers),
        TEST(test_handed_to_another_group),
        TEST(test_an_organiser_takes_over),
        TEST(test_they_have_written_since),
        TEST(test_a_stop_while_somebody_types),
        TEST(test_the_window_of_a_channel),
        TEST(test_closing_is_undone),
        TEST(test_drafts),
        TEST(test_a_search_takes_small_steps),
        TEST(test_how_many_wait),
        TEST(test_a_campaign_says_how_soon),
    };
    return redis_group_run("team", tests, COUNT_OF(tests));
}
