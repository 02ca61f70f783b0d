/* A store that went back is made good: what journals bring, and when all have brought theirs. */
#include "mark_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "io/redis.h"
#include "store/restore.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void make_it_go_back(void)
{
    mark_know(w->ledgers, "", 1000);
    lw_check_in(w);
    assert_int_equal(mark_stand(w->ledgers), MARK_BACK);
}

struct brought {
    int result, unknown, others;
    enum restore_found found;
    bool done;
};

static void on_brought(void *arg, int result, enum restore_found found, int unknown, int others)
{
    *(struct brought *)arg = (struct brought){result, unknown, others, found, true};
}

static uint32_t stamp_of_campaign(void)
{
    const char *stamp = lw_redis(w, "HGET", "c:1", "stamp", NULL);
    return stamp ? (uint32_t)strtoul(stamp, NULL, 10) : 0;
}

/* The word of a journal about the first n people, of a copy with that stamp. */
static uint32_t contacts_from; /* offset 0 of those whose contacts are brought, too */
static size_t contacts_n;
static struct brought bring_stamped(uint32_t stamp, const char *whose, uint64_t mark, size_t n,
                                    const char *states)
{
    static const uint8_t prints[8 * CAP_PRINT_BYTES] = {"aaaaabbbbbcccccdddddeeeeefffffggggghhhh"};
    static const uint8_t offsets[] = {0, 1, 2, 3, 4, 5, 6, 7};
    uint8_t as[8];
    for (size_t i = 0; states && i < n; i++)
        as[i] = (uint8_t)(states[i] <= '9' ? states[i] - '0' : states[i] - 'a' + 10);
    struct brought b = {0};
    const struct restore_people people = {.instance = whose,
                                          .mark = mark,
                                          .campaign = 1,
                                          .stamp = stamp,
                                          .offsets = offsets,
                                          .n = n,
                                          .states = states ? as : NULL,
                                          .contact_offsets = offsets + contacts_from,
                                          .contact_prints =
                                              prints + contacts_from * CAP_PRINT_BYTES,
                                          .contact_n = contacts_n,
                                          .contact_minute = (uint32_t)(w->now_us / 60000000) - 5,
                                          .cap = {1, 3}};
    restore_people(w->ledgers, &people, on_brought, &b);
    while (!b.done)
        loop_turn(w->loop, WORLD_MS);
    lw_check(w);
    return b;
}

/* … of the copy that the store knows. */
static struct brought bring(const char *whose, uint64_t mark, size_t n, const char *states)
{
    return bring_stamped(stamp_of_campaign(), whose, mark, n, states);
}

static struct brought bring_contacts(uint64_t mark, size_t n, const char *states, uint32_t from,
                                     size_t contacts)
{
    contacts_from = from;
    contacts_n = contacts;
    struct brought b = bring("a", mark, n, states);
    contacts_n = 0;
    return b;
}

static void expect_contacts(const char *n)
{
    const char *found = lw_redis(w, "HGET", "contacts", "people", NULL);
    assert_string_equal(found ? found : "0", n);
}

static const char *states_now(size_t n)
{
    static char text[9];
    for (size_t i = 0; i < n; i++)
        text[i] = "0123456789abcdef"[lw_state(w, (uint32_t)i)];
    text[n] = '\0';
    return text;
}

static void the_granted_become_unknown_or_what_they_became(void **state)
{
    (void)state;
    lw_campaign(w, 1, 8);
    make_it_go_back();
    assert_int_equal(bring("a", 10, 6, NULL).unknown, 6);
    assert_string_equal(states_now(8), "bbbbbb00");
    assert_int_equal(bring("a", 11, 3, "270").others, 3); /* accepted, refused, surely not sent */
    assert_string_equal(states_now(8), "270bbb00");
    /* once more, as after a crash in the middle */
    assert_int_equal(bring("a", 10, 6, NULL).unknown, 0);
    assert_int_equal(bring("a", 11, 3, "270").others, 0);
    assert_string_equal(states_now(8), "270bbb00");
}

/* b granted what a had given back; whichever journal comes first. */
static void the_later_word_counts(void **state)
{
    (void)state;
    lw_campaign(w, 1, 8);
    make_it_go_back();
    (void)bring("b", 12, 1, NULL);
    (void)bring("a", 10, 1, NULL);
    (void)bring("a", 11, 1, "0");
    assert_string_equal(states_now(1), "b");
    lw_next(w);
    lw_campaign(w, 1, 8);
    make_it_go_back();
    (void)bring("a", 10, 1, NULL);
    (void)bring("a", 11, 1, "0");
    assert_string_equal(states_now(1), "0");
    (void)bring("b", 12, 1, NULL);
    assert_string_equal(states_now(1), "b");
    /* only who granted it can say that it was not sent */
    (void)bring("a", 13, 1, "0");
    assert_string_equal(states_now(1), "b");
}

static void what_was_told_since_stays(void **state)
{
    (void)state;
    lw_campaign(w, 1, 8);
    static const enum state stands[] = {STATE_ACCEPTED, STATE_DELIVERED, STATE_REFUSED,
                                        STATE_EXPIRED,  STATE_CANCELLED, STATE_IN_FLIGHT};
    for (uint32_t i = 0; i < COUNT_OF(stands); i++)
        lw_force_state(w, i, stands[i]);
    make_it_go_back();
    (void)bring("a", 10, 6, NULL);
    assert_string_equal(states_now(6), "247bbb");
}

/* In the copy the provider did not send to them, and a resume has given the campaign another stamp. They were sent to after
 * the copy: the journal says so, and its word is younger than the copy. */
static void who_was_sent_to_again_since_the_copy_is_unknown(void **state)
{
    (void)state;
    lw_campaign(w, 1, 8);
    lw_force_state(w, 0, STATE_UNDELIVERED);
    lw_force_state(w, 1, STATE_REFUSED);
    lw_force_state(w, 2, STATE_REFUSED);
    (void)lw_redis(w, "HSET", "c:1", "stamp", "257", NULL);
    (void)lw_redis(w, "HSET", "c:1:a", "2", "257", NULL); /* refused once more before the copy */
    move_mark(10);
    uint64_t copy = mark_of_store();
    make_it_go_back();
    (void)bring("a", copy - 1, 3, NULL); /* older than the copy, which knows more */
    assert_string_equal(states_now(3), "677");
    assert_int_equal(bring("a", copy + 1, 3, NULL).unknown, 2);
    assert_string_equal(states_now(3), "bb7");
}

/* A resume after the copy gave the campaign another stamp. A word with that stamp counts about everybody, not only about the
 * first who is brought: the campaign gets the stamp when all is brought. */
static void a_stamp_of_after_the_copy_counts_when_all_is_brought(void **state)
{
    (void)state;
    lw_campaign(w, 1, 8);
    lw_force_state(w, 0, STATE_ACCEPTED);
    lw_force_state(w, 1, STATE_ACCEPTED);
    make_it_go_back();
    uint32_t copy = stamp_of_campaign();
    assert_int_equal(bring_stamped(copy + 1, "a", 10, 1, NULL).unknown, 1);
    assert_int_equal(bring_stamped(copy + 1, "a", 11, 2, NULL).unknown, 1);
    assert_string_equal(states_now(2), "bb");
    assert_int_equal(stamp_of_campaign(), copy);
}

static void campaigns_of_another_stamp_are_lost(void **state)
{
    (void)state;
    lw_campaign(w, 1, 8);
    make_it_go_back();
    (void)lw_redis(w, "HSET", "c:1", "stamp", "512", NULL);
    assert_int_equal(bring_stamped(256, "a", 10, 1, NULL).found, RESTORE_LOST);
    assert_string_equal(states_now(1), "0");
}

/* Whom the store did not know as granted it does not know as texted either. */
static void contacts_come_back(void **state)
{
    (void)state;
    lw_campaign(w, 1, 8);
    lw_force_state(w, 0, STATE_IN_FLIGHT); /* known to the copy, and to its book */
    make_it_go_back();
    (void)bring_contacts(10, 6, NULL, 0, 6);
    expect_contacts("5");
    (void)bring_contacts(11, 3, "270", 1, 2); /* refused, and surely not sent: no contacts */
    expect_contacts("3");
    /* once more, as after a crash in the middle */
    (void)bring_contacts(10, 6, NULL, 0, 6);
    (void)bring_contacts(11, 3, "270", 1, 2);
    expect_contacts("3");
}

static void contacts_of_a_lost_campaign_come_back(void **state)
{
    (void)state;
    make_it_go_back();
    assert_int_equal(bring_contacts(10, 6, NULL, 0, 6).found, RESTORE_LOST);
    expect_contacts("6");
    (void)bring_contacts(10, 6, NULL, 0, 6);
    expect_contacts("6");
    (void)bring_contacts(11, 2, "70", 0, 2);
    expect_contacts("4");
    (void)bring_contacts(11, 2, "70", 0, 2);
    (void)bring_contacts(10, 6, NULL, 0, 6);
    expect_contacts("4");
}

/* Two are pending, then holes. */
static void write_two_by_hand(void)
{
    (void)lw_redis(w, "HSET", "c:0", "status", "running", "endless", "1", "stamp", "512", "total",
                   "2", "n0", "2", NULL);
    (void)lw_redis(w, "SETRANGE", "c:0:l", "1", "\xff", NULL);
}

/* A journal says that it was granted. */
static enum restore_found bring_direct(uint64_t mark, uint32_t stamp, uint32_t index)
{
    static const uint8_t offsets[] = {0};
    struct brought b = {0};
    const struct restore_people people = {
        .instance = "a", .mark = mark, .stamp = stamp, .first = index, .offsets = offsets, .n = 1};
    restore_people(w->ledgers, &people, on_brought, &b);
    while (!b.done)
        loop_turn(w->loop, WORLD_MS);
    return b.found;
}

/* What is sent anew under a number that was given before is another message. */
static void the_direct_book_gets_another_stamp(void **state)
{
    (void)state;
    write_two_by_hand();
    make_it_go_back();
    assert_string_equal(lw_redis(w, "HGET", "c:0", "stamps_before", NULL), "2 512");
    assert_string_not_equal(lw_redis(w, "HGET", "c:0", "stamp", NULL), "512");
    assert_int_equal(bring_direct(10, 512, 1), RESTORE_DONE);
    assert_int_equal(bring_direct(11, 512, 2), RESTORE_LOST);
    assert_int_equal(bring_direct(12, 768, 1), RESTORE_LOST);
    assert_string_equal(lw_redis(w, "HGET", "c:0", "n11", NULL), "1");
}

static uint32_t newest_stamp(void)
{
    return (uint32_t)strtoul(lw_redis(w, "HGET", "c:0", "stamp", NULL), NULL, 10);
}

/* The same copy twice: what was written before it is the same message after the first restore and after the second. And a copy that was
 * made while the store was gone back: what is written in it is another message than what was written after it, and lost. */
static void a_message_by_hand_is_known_in_each_past(void **state)
{
    (void)state;
    struct process a = process_new("a");
    assert_int_equal(check_in(&a, "r1", ""), MARK_STANDS);
    write_two_by_hand();
    move_mark(10);
    assert_int_equal(check_in(&a, "r1", ""), MARK_STANDS);
    move_mark(-3);
    assert_int_equal(check_in(&a, "r2", ""), MARK_BACK);
    uint32_t second = newest_stamp();
    (void)lw_redis(w, "HINCRBY", "c:0", "total", "1",
                   NULL); /* written in a store that is gone back */
    (void)lw_redis(w, "SETRANGE", "c:0:l", "1", "\xf0", NULL);
    lw_pass(w, WORLD_S);
    assert_int_equal(check_in(&a, "r3", ""), MARK_BACK); /* a copy of that */
    assert_int_equal(bring_direct(20, 512, 1), RESTORE_DONE);
    assert_int_equal(bring_direct(21, second, 1), RESTORE_LOST);
    assert_int_equal(bring_direct(22, second, 2), RESTORE_DONE);
    assert_int_equal(bring_direct(23, second, 3), RESTORE_LOST);
    assert_int_not_equal(newest_stamp(), second);
    char before[32];
    (void)snprintf(before, sizeof before, "2 512 3 %u", second);
    assert_string_equal(lw_redis(w, "HGET", "c:0", "stamps_before", NULL), before);
    store_free(a.store);
}

static void on_verdict(void *arg, int result, enum restore_verdict verdict)
{
    struct brought *b = arg;
    assert_int_equal(result, 0);
    b->unknown = (int)verdict;
    b->done = true;
}

static int64_t went_back_ms(void)
{
    return strtoll(lw_redis(w, "HGET", "store", "back_ms", NULL), NULL, 10);
}

static enum restore_verdict report_since(struct process *p, bool brought, int64_t since_ms)
{
    struct brought b = {0};
    const struct restore_report r = {.instance = p->name, .since_ms = since_ms, .brought = brought};
    store_set_clock(p->store, w->now_us);
    restore_report(p->store, &r, on_verdict, &b);
    while (!b.done)
        loop_turn(w->loop, WORLD_MS);
    return (enum restore_verdict)b.unknown;
}

static enum restore_verdict report(struct process *p, bool brought)
{
    return report_since(p, brought, went_back_ms());
}

static int ask_for(enum restore_ask what)
{
    struct done d = {0};
    store_set_clock(w->store, w->now_us);
    restore_ask(w->store, what, SLICE_LIT("me"), SLICE_LIT("why"), mark_on_done, &d);
    (void)mark_told_of(&d);
    return d.result;
}

/* It is good when all have brought theirs; then everybody takes it as it is. */
static void all_have_to_bring_theirs(void **state)
{
    (void)state;
    struct process a = process_new("a"), b = process_new("b"), c = process_new("c");
    assert_int_equal(ask_for(RESTORE_APPLY), ERR_CONFLICT);
    move_mark(10);
    assert_int_equal(check_in(&a, "r1", ""), MARK_STANDS);
    assert_int_equal(check_in(&b, "r1", ""), MARK_STANDS);
    assert_int_equal(check_in(&c, "r1", ""), MARK_STANDS);
    char id[MARK_ID_BYTES];
    (void)snprintf(id, sizeof id, "%s", mark_id(a.store));
    move_mark(-3);
    assert_int_equal(check_in(&a, "r1", ""), MARK_BACK);
    assert_int_equal(report(&a, true), RESTORE_WAITS); /* nobody has asked */
    assert_int_equal(ask_for(RESTORE_APPLY), 0);
    assert_int_equal(report(&a, true), RESTORE_WAITS);
    assert_int_equal(report(&b, true), RESTORE_WAITS);
    /* c is gone for good */
    lw_pass(w, 60 * (int64_t)WORLD_S);
    assert_int_equal(check_in(&a, "r1", ""), MARK_BACK);
    assert_int_equal(report(&a, true), RESTORE_WAITS);
    assert_int_equal(ask_for(RESTORE_ACCEPT), 0);
    assert_int_equal(report(&a, true), RESTORE_OVER);
    assert_int_equal(check_in(&a, "r1", ""), MARK_STANDS); /* it has brought its own */
    assert_string_not_equal(mark_id(a.store), id);
    assert_true(mark_seen(a.store) > 10);
    /* c comes after all: it is behind, and stops nobody */
    assert_int_equal(check_in(&c, "r1", ""), MARK_BEHIND);
    assert_int_equal(check_in(&a, "r1", ""), MARK_STANDS);
    mark_adopt(c.store);
    assert_string_equal(mark_id(c.store), id); /* until it has heard of the new one */
    assert_int_equal(check_in(&c, "r1", ""), MARK_STANDS);
    assert_string_equal(mark_id(c.store), mark_id(a.store));
    store_free(a.store);
    store_free(b.store);
    store_free(c.store);
}

/* Each has a journal of its own. */
static void two_of_one_name_bring_theirs(void **state)
{
    (void)state;
    struct process old = process_new("a"), last = process_new("a");
    move_mark(10);
    assert_int_equal(check_in(&old, "r1", ""), MARK_STANDS);
    assert_int_equal(check_in(&last, "r1", ""), MARK_STANDS);
    assert_int_equal(check_in(&old, "r1", ""), MARK_TWIN);
    move_mark(-3);
    assert_int_equal(check_in(&last, "r1", ""), MARK_BACK);
    assert_int_equal(check_in(&old, "r1", ""), MARK_BACK);
    assert_int_equal(ask_for(RESTORE_APPLY), 0);
    assert_int_equal(report(&last, true), RESTORE_WAITS);
    assert_int_equal(report(&old, true), RESTORE_OVER);
    assert_int_equal(check_in(&old, "r1", ""), MARK_TWIN);
    assert_string_equal(mark_id(old.store), lw_redis(w, "HGET", "store", "id", NULL));
    assert_int_equal(check_in(&last, "r1", ""), MARK_STANDS);
    store_free(old.store);
    store_free(last.store);
}

/* Who was revoked since comes in by what a store says that went back, or may have. */
static void nobody_comes_in_before_all_have_told(void **state)
{
    (void)state;
    struct process a = process_new("a"), b = process_new("b");
    move_mark(10);
    assert_int_equal(check_in(&a, "r1", ""), MARK_STANDS);
    assert_int_equal(check_in(&b, "r1", ""), MARK_STANDS);
    assert_false(mark_is_shut(a.store));
    assert_int_equal(check_in(&a, "r2", ""), MARK_WAITS); /* b may have seen more */
    assert_true(mark_is_shut(a.store));
    move_mark(-3);
    assert_int_equal(check_in(&b, "r2", ""), MARK_BACK);
    assert_true(mark_is_shut(b.store));
    assert_int_equal(report(&a, false), RESTORE_WAITS);
    assert_int_equal(check_in(&a, "r2", ""), MARK_BACK);
    assert_true(mark_is_shut(a.store));
    assert_int_equal(report(&b, false), RESTORE_WAITS);
    assert_int_equal(check_in(&a, "r2", ""), MARK_BACK);
    assert_false(mark_is_shut(a.store));
    /* What they told was perhaps told to another copy. */
    assert_int_equal(check_in(&a, "r3", ""), MARK_BACK);
    assert_true(mark_is_shut(a.store));
    store_free(a.store);
    store_free(b.store);
}

/* What was brought so far was perhaps brought into another copy. */
static void a_redis_that_was_started_forgets_who_has_brought(void **state)
{
    (void)state;
    struct process a = process_new("a"), b = process_new("b");
    move_mark(10);
    assert_int_equal(check_in(&a, "r1", ""), MARK_STANDS);
    assert_int_equal(check_in(&b, "r1", ""), MARK_STANDS);
    move_mark(-3);
    assert_int_equal(check_in(&a, "r1", ""), MARK_BACK);
    assert_int_equal(ask_for(RESTORE_APPLY), 0);
    assert_int_equal(report(&a, true), RESTORE_WAITS);
    assert_int_equal(check_in(&b, "r2", ""), MARK_BACK);
    assert_int_equal(report(&b, true), RESTORE_WAITS);
    assert_int_equal(report(&a, true), RESTORE_OVER);
    store_free(a.store);
    store_free(b.store);
}

/* It went back once more, and who has brought theirs does not know yet. */
static void what_was_brought_before_does_not_count(void **state)
{
    (void)state;
    struct process a = process_new("a");
    move_mark(10);
    assert_int_equal(check_in(&a, "r1", ""), MARK_STANDS);
    move_mark(-3);
    assert_int_equal(check_in(&a, "r1", ""), MARK_BACK);
    assert_int_equal(ask_for(RESTORE_APPLY), 0);
    assert_int_equal(report_since(&a, true, went_back_ms() - 1), RESTORE_WAITS);
    assert_string_equal(lw_redis(w, "EXISTS", "store:brought", NULL), "0");
    assert_int_equal(report(&a, true), RESTORE_OVER);
    store_free(a.store);
}

static void copy_key(const char *from, const char *to)
{
    char name[64];
    (void)snprintf(name, sizeof name, "%s%s", w->prefix, to);
    assert_string_equal(lw_redis(w, "COPY", from, name, "REPLACE", NULL), "1");
}

/* A copy of the time before it was made good, on a Redis that tells nobody its run: who had brought theirs then has not brought
 * what came since. */
static void a_copy_of_before_it_was_good_forgets_who_has_brought(void **state)
{
    (void)state;
    struct process a = process_new("a"), b = process_new("b");
    move_mark(10);
    assert_int_equal(check_in(&a, "", ""), MARK_STANDS);
    assert_int_equal(check_in(&b, "", ""), MARK_STANDS);
    move_mark(-3);
    assert_int_equal(check_in(&a, "", ""), MARK_BACK);
    assert_int_equal(check_in(&b, "", ""), MARK_BACK);
    assert_int_equal(ask_for(RESTORE_APPLY), 0);
    assert_int_equal(report(&a, true), RESTORE_WAITS);
    copy_key("store", "copy");
    copy_key("store:brought", "copy:brought");
    assert_int_equal(report(&b, true), RESTORE_OVER);
    assert_int_equal(check_in(&a, "", ""), MARK_STANDS);
    assert_int_equal(check_in(&b, "", ""), MARK_STANDS);
    copy_key("copy", "store");
    copy_key("copy:brought", "store:brought");
    int64_t before_ms = went_back_ms();
    assert_int_equal(check_in(&b, "", ""), MARK_BACK);
    assert_true(went_back_ms() > before_ms);
    assert_int_equal(report(&b, true), RESTORE_WAITS);
    assert_int_equal(check_in(&a, "", ""),
                     MARK_BACK); /* it has seen as much, and takes nothing from b */
    assert_int_equal(report(&a, true), RESTORE_OVER);
    store_free(a.store);
    store_free(b.store);
}

static void on_restored_count(void *arg, int result, int64_t count)
{
    struct brought *b = arg;
    assert_int_equal(result, 0);
    b->others = (int)count;
    b->done = true;
}

static int64_t bring_optout(bool lifted, int64_t at_ms, const char *why, uint64_t mark)
{
    struct brought b = {0};
    const struct restore_optout one = {.lifted = lifted,
                                       .scope = SLICE_LIT("all"),
                                       .key = SLICE_LIT("447700900001"),
                                       .why = slice_of(why),
                                       .at_ms = at_ms,
                                       .mark = mark};
    restore_optouts(w->ledgers, &one, 1, on_restored_count, &b);
    while (!b.done)
        loop_turn(w->loop, WORLD_MS);
    return b.others;
}

static bool is_listed(void)
{
    return lw_redis(w, "HGET", "s:all", "447700900001", NULL) != NULL;
}

static void the_later_of_store_and_journal_counts(void **state)
{
    (void)state;
    assert_int_equal(bring_optout(false, 5000, "stop", 10), 1);
    assert_true(is_listed());
    assert_int_equal(bring_optout(false, 5000, "stop", 10), 0); /* again */
    assert_int_equal(bring_optout(true, 9000, "start", 12), 1);
    assert_false(is_listed());
    assert_int_equal(bring_optout(false, 7000, "stop", 11), 0); /* another journal, before START */
    assert_false(is_listed());
    /* said since it went back: what is older lifts nothing */
    assert_int_equal(bring_optout(false, 20000, "stop", 13), 1);
    assert_int_equal(bring_optout(true, 15000, "manual", 14), 0);
    assert_true(is_listed());
    /* one of us lifted it: the older STOP of another journal stays away */
    assert_int_equal(bring_optout(true, 30000, "manual", 16), 1);
    assert_int_equal(bring_optout(false, 25000, "stop", 15), 0);
    assert_false(is_listed());
}

static void on_moved_back(void *arg, int result, enum restore_found found, bool moved)
{
    *(struct brought *)arg = (struct brought){result, 0, moved, found, true};
}

/* The word of a journal about campaign 1. */
static struct brought bring_move(enum campaign_move how, uint64_t mark, uint32_t other_stamp)
{
    const char *stamp = lw_redis(w, "HGET", "c:1", "stamp", NULL);
    const struct restore_move m = {1, (uint32_t)(stamp ? atoi(stamp) : 0) + other_stamp, how, mark};
    struct brought b = {0};
    restore_move(w->ledgers, &m, on_moved_back, &b);
    while (!b.done)
        loop_turn(w->loop, WORLD_MS);
    assert_int_equal(b.result, 0);
    return b;
}

static void expect_move(enum campaign_move how, uint64_t mark, bool moves, const char *status)
{
    struct brought b = bring_move(how, mark, 0);
    assert_int_equal(b.found, RESTORE_DONE);
    assert_int_equal(b.others, moves);
    assert_string_equal(lw_redis(w, "HGET", "c:1", "status", NULL), status);
}

static void what_was_done_to_a_campaign_comes_back(void **state)
{
    (void)state;
    lw_redis(w, "HSET", "c:1", "status", "running", "first_running_ms", "1", NULL);
    expect_move(MOVE_PAUSE, 20, true, "paused");
    expect_move(MOVE_PAUSE, 20, false, "paused");  /* again */
    expect_move(MOVE_RESUME, 15, false, "paused"); /* another journal: it was resumed before */
    expect_move(MOVE_RESUME, 25, true, "running");
    expect_move(MOVE_CANCEL, 30, true, "cancelled");
    expect_move(MOVE_RESUME, 31, false, "cancelled");   /* what is over stays over */
    struct brought b = bring_move(MOVE_PAUSE, 40, 256); /* a campaign of another time */
    assert_int_equal(b.found, RESTORE_LOST);
    /* one that was paused, changed and resumed says that its text may be the old one */
    lw_redis(w, "HSET", "c:1", "status", "running", "stamp", "0", NULL);
    expect_move(MOVE_PAUSE, 41, true, "paused");
    b = bring_move(MOVE_RESUME, 42, 1);
    assert_int_equal(b.found, RESTORE_DONE);
    assert_string_equal(lw_redis(w, "HGET", "c:1", "status", NULL), "paused");
    assert_non_null(
        strstr(lw_redis(w, "HGET", "c:1", "status_why", NULL), "before it was changed"));
    /* one that was paused before its time waits for it again */
    lw_redis(w, "HSET", "c:1", "status", "paused", NULL);
    lw_redis(w, "HDEL", "c:1", "first_running_ms", NULL);
    expect_move(MOVE_RESUME, 50, true, "scheduled");
}

int main(void)
{
    struct ledger_world *world = lw_new();
    if (!world) {
        printf("1..0 # SKIP there is no redis-server\n");
        return 0;
    }
    const struct CMUnitTest tests[] = {
        MARK_TEST(the_granted_become_unknown_or_what_they_became),
        MARK_TEST(the_later_word_counts),
        MARK_TEST(what_was_told_since_stays),
        MARK_TEST(who_was_sent_to_again_since_the_copy_is_unknown),
        MARK_TEST(a_stamp_of_after_the_copy_counts_when_all_is_brought),
        MARK_TEST(campaigns_of_another_stamp_are_lost),
        UNKNOWN_TEST(two_of_one_name_bring_theirs),
        MARK_TEST(nobody_comes_in_before_all_have_told),
        MARK_TEST(contacts_come_back),
        MARK_TEST(contacts_of_a_lost_campaign_come_back),
        MARK_TEST(the_direct_book_gets_another_stamp),
        MARK_TEST(a_message_by_hand_is_known_in_each_past),
        UNKNOWN_TEST(all_have_to_bring_theirs),
        UNKNOWN_TEST(a_redis_that_was_started_forgets_who_has_brought),
        MARK_TEST(what_was_brought_before_does_not_count),
        MARK_TEST(a_copy_of_before_it_was_good_forgets_who_has_brought),
        MARK_TEST(the_later_of_store_and_journal_counts),
        MARK_TEST(what_was_done_to_a_campaign_comes_back),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    lw_free(world);
    return failed;
}
