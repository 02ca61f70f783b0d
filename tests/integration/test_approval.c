/* A second person agrees to a campaign: who may, to what, and that nothing else starts it. */
#include "store/approval.h"
#include "store/release.h"
#include "store/restore.h"
#include "ledger_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

enum { TURN_US = 10 * WORLD_MS, ID = 7, PEOPLE = 300 };

static int begin(void **state)
{
    lw_next(*state);
    return 0;
}

static struct said {
    int left; /* callbacks */
    int result, done;
    char text[ERR_TEXT_BYTES], digest[DIGEST_BYTES];
} said;

static void wait_for(struct ledger_world *w)
{
    while (said.left > 0)
        loop_turn(w->loop, TURN_US);
    lw_check(w);
}

static void on_done(void *arg, int result, const struct err *e)
{
    (void)arg;
    said.result = result;
    said.done += result == 0;
    if (e) (void)snprintf(said.text, sizeof said.text, "%s", e->text);
    said.left--;
}

/* As a launch leaves it: Kim wrote it, and it is above the size. */
static void propose(struct ledger_world *w)
{
    lw_store_campaign(w, ID, PEOPLE);
    lw_redis(w, "HSET", "c:7", "status", "proposed", "author", "kim-id", "approval_why",
             "300 people", "digest", "one", "group", "north", NULL);
    lw_redis(w, "SADD", "active", "7", NULL);
}

static int decide_by(struct ledger_world *w, enum campaign_move move, const char *member,
                     const char *digest, int times)
{
    const struct approval a = {.campaign = ID,
                               .move = move,
                               .member = slice_of(member),
                               .digest = slice_of(digest),
                               .why = SLICE_LIT("the wrong hall")};
    said = (struct said){.left = times};
    for (int i = 0; i < times; i++)
        campaign_decide(w->store, &a, deed_of(SLICE_LIT("Sam"), w->now_us / 1000), on_done, NULL);
    wait_for(w);
    return said.result;
}

static int approve(struct ledger_world *w, const char *member, const char *digest)
{
    return decide_by(w, MOVE_APPROVE, member, digest, 1);
}

static void on_grown(void *arg, int result, uint32_t made, uint32_t blocks)
{
    (void)arg;
    assert_int_equal(result, 0);
    assert_int_equal(made, blocks);
    said.left--;
}

static void grow(struct ledger_world *w)
{
    said.left = 1;
    campaign_grow(w->store, ID, 1, on_grown, NULL);
    wait_for(w);
}

static void somebody_else_agrees_to_what_they_saw(void **state)
{
    struct ledger_world *w = *state;
    propose(w);
    assert_int_equal(approve(w, "kim-id", "one"), ERR_REFUSED);
    assert_int_equal(approve(w, "", "one"), ERR_REFUSED);
    assert_int_equal(approve(w, "sam-id", "two"), ERR_CONFLICT);
    assert_non_null(strstr(said.text, "changed since you looked"));
    assert_int_equal(approve(w, "sam-id", ""), ERR_CONFLICT);
    assert_string_equal(lw_status(w), "proposed");
    assert_string_equal(lw_redis(w, "XLEN", "audit", NULL), "0");
    assert_int_equal(approve(w, "sam-id", "one"), 0);
    assert_string_equal(lw_status(w), "preparing");
    assert_string_equal(lw_redis(w, "HGET", "c:7", "approved_by", NULL), "Sam");
    assert_string_equal(lw_redis(w, "XLEN", "audit", NULL), "1");
    assert_int_equal(approve(w, "lee-id", "one"), ERR_CONFLICT);
    assert_non_null(strstr(said.text, "is preparing and cannot be approved"));
}

static void of_two_at_once_one_approves(void **state)
{
    struct ledger_world *w = *state;
    propose(w);
    (void)decide_by(w, MOVE_APPROVE, "sam-id", "one", 5);
    assert_int_equal(said.done, 1);
    assert_string_equal(lw_redis(w, "XLEN", "audit", NULL), "1");
}

/* Resume, its time, a pause of everything and its end, the law of moves itself: it goes on waiting. */
static void nothing_else_starts_it(void **state)
{
    struct ledger_world *w = *state;
    propose(w);
    assert_int_equal(lw_try_move(w, ID, MOVE_RESUME), ERR_CONFLICT);
    assert_int_equal(lw_try_move(w, ID, MOVE_RUN), ERR_CONFLICT);
    lw_move(w, ID, MOVE_APPROVE); /* without anybody having approved */
    assert_string_equal(lw_status(w), "proposed");
    lw_move(w, ID, MOVE_PAUSE);
    assert_string_equal(lw_status(w), "paused");
    assert_int_equal(approve(w, "sam-id", "one"), ERR_CONFLICT);
    lw_move(w, ID, MOVE_RESUME);
    assert_string_equal(lw_status(w), "proposed");
    grow(w);
    assert_string_equal(lw_status(w), "proposed");
    assert_int_equal(lw_count(w, STATE_PENDING), PEOPLE);
    assert_int_equal(approve(w, "sam-id", "one"), 0);
    assert_string_equal(lw_status(w), "scheduled");
}

/* Text or list were changed: what was agreed to is another campaign. */
static void what_was_changed_is_asked_again(void **state)
{
    struct ledger_world *w = *state;
    propose(w);
    assert_int_equal(approve(w, "sam-id", "one"), 0);
    grow(w);
    lw_move(w, ID, MOVE_RUN);
    lw_move(w, ID, MOVE_PAUSE);
    lw_move(w, ID, MOVE_RESUME);
    assert_string_equal(lw_status(w), "running"); /* nothing was changed */
    lw_move(w, ID, MOVE_PAUSE);
    lw_redis(w, "HSET", "c:7", "digest", "two", "author", "sam-id", NULL);
    lw_move(w, ID, MOVE_RESUME);
    assert_string_equal(lw_status(w), "proposed");
    assert_int_equal(approve(w, "sam-id", "two"), ERR_REFUSED); /* who changed it */
    assert_int_equal(approve(w, "kim-id", "one"), ERR_CONFLICT);
    assert_int_equal(approve(w, "kim-id", "two"), 0);
    assert_string_equal(lw_status(w), "running");
}

static void sent_back_it_is_paused_and_can_be_asked_again(void **state)
{
    struct ledger_world *w = *state;
    propose(w);
    assert_int_equal(decide_by(w, MOVE_SEND_BACK, "sam-id", "", 1), 0);
    assert_string_equal(lw_status(w), "paused");
    assert_string_equal(lw_redis(w, "HGET", "c:7", "status_why", NULL), "the wrong hall");
    lw_move(w, ID, MOVE_RESUME);
    assert_string_equal(lw_status(w), "proposed");
}

/* Everybody is told in the report, also when its ledger was not made yet. */
static void it_ends_at_its_deadline(void **state)
{
    struct ledger_world *w = *state;
    propose(w);
    lw_move(w, ID, MOVE_EXPIRE);
    grow(w);
    assert_string_equal(lw_status(w), "expired");
    assert_int_equal(lw_count(w, STATE_EXPIRED), PEOPLE);
    assert_int_equal(approve(w, "sam-id", "one"), ERR_CONFLICT);
}

/* ---- a store that went back ---- */

static void on_restored(void *arg, int result, enum restore_found found, bool moved)
{
    (void)arg, (void)moved;
    assert_int_equal(result, 0);
    assert_int_equal(found, RESTORE_DONE);
    said.left--;
}

static void restore(struct ledger_world *w, enum campaign_move move, uint64_t mark)
{
    const struct restore_move m = {ID, 0, move, mark};
    said = (struct said){.left = 1};
    restore_move(w->ledgers, &m, on_restored, NULL);
    wait_for(w);
}

/* The journal knows that it was paused and resumed since: the approval before that is lost. */
static void a_lost_approval_is_asked_again(void **state)
{
    struct ledger_world *w = *state;
    propose(w);
    restore(w, MOVE_PAUSE, 10);
    assert_string_equal(lw_status(w), "paused");
    restore(w, MOVE_RESUME, 11);
    assert_string_equal(lw_status(w), "proposed");
    restore(w, MOVE_APPROVE, 12); /* no journal has such a word; and it would count for nothing */
    assert_string_equal(lw_status(w), "proposed");
}

static void on_people(void *arg, int result, enum restore_found found, int unknown, int others)
{
    (void)others;
    assert_int_equal(result, 0);
    said.done = unknown;
    *(enum restore_found *)arg = found;
    said.left--;
}

/* Somebody was texted after the approval that was lost: nobody texts them again when it is given anew. */
static void who_was_texted_after_a_lost_approval_is_not_texted_again(void **state)
{
    struct ledger_world *w = *state;
    enum restore_found found;
    const uint8_t offset = 3;
    const struct restore_people one = {
        .instance = "a", .mark = 5, .campaign = ID, .offsets = &offset, .n = 1};
    propose(w);
    said = (struct said){.left = 1};
    restore_people(w->ledgers, &one, on_people, &found);
    wait_for(w);
    assert_int_equal(found, RESTORE_GROWS);
    grow(w);
    said.left = 1;
    restore_people(w->ledgers, &one, on_people, &found);
    wait_for(w);
    assert_int_equal(found, RESTORE_DONE);
    assert_int_equal(said.done, 1);
    assert_int_equal(lw_state(w, 3), STATE_UNKNOWN);
}

/* ---- the digest ---- */

static void on_created(void *arg, int result, const struct campaign *c, const struct err *e)
{
    (void)e;
    assert_int_equal(result, 0);
    *(enum campaign_status *)arg = c->status;
    (void)snprintf(said.digest, sizeof said.digest, "%.*s", SLICE_ARG(c->digest));
    said.left--;
}

static void it_is_of_text_and_list(void **state)
{
    (void)state;
    const struct campaign c = {.audience = 1, .gateway = SLICE_LIT("a"), .hours = SLICE_LIT("b")};
    struct campaign other = c;
    char was[DIGEST_BYTES], is[DIGEST_BYTES];
    campaign_digest(&c, SLICE_LIT("text"), was);
    campaign_digest(&c, SLICE_LIT("text."), is);
    assert_string_not_equal(is, was);
    other.audience = 2;
    campaign_digest(&other, SLICE_LIT("text"), is);
    assert_string_not_equal(is, was);
    other = c;
    other.gateway = SLICE_LIT("ab");
    other.hours = SLICE_NONE;
    campaign_digest(&other, SLICE_LIT("text"), is);
    assert_string_not_equal(is, was);
    other = c;
    other.deadline_ms = 5;
    campaign_digest(&other, SLICE_LIT("text"), is);
    assert_string_equal(is, was);
}

static void a_launch_that_needs_it_is_proposed(void **state)
{
    struct ledger_world *w = *state;
    char digest[DIGEST_BYTES];
    enum campaign_status status;
    struct campaign c = {.name = SLICE_LIT("thursday"),
                         .group = SLICE_LIT("north"),
                         .gateway = SLICE_LIT("g"),
                         .audience_name = SLICE_LIT("members"),
                         .launched_by = SLICE_LIT("Kim"),
                         .author = SLICE_LIT("kim-id"),
                         .approval_why = SLICE_LIT("300 people"),
                         .audience = 1,
                         .blocks = 2};
    said = (struct said){.left = 1};
    campaign_create(w->store, &c, SLICE_LIT("{}"), 55, on_created, &status);
    while (said.left)
        loop_turn(w->loop, TURN_US);
    assert_int_equal(status, CAMPAIGN_PROPOSED);
    campaign_digest(&c, SLICE_LIT("{}"), digest);
    assert_string_equal(said.digest, digest);
    assert_string_equal(lw_redis(w, "HGET", "c:1", "status", NULL), "proposed");
    assert_string_equal(lw_redis(w, "HGET", "c:1", "proposed_ms", NULL), "55");
    c.name = SLICE_LIT("friday");
    c.approval_why = SLICE_NONE;
    said.left = 1;
    campaign_create(w->store, &c, SLICE_LIT("{}"), 55, on_created, &status);
    while (said.left)
        loop_turn(w->loop, TURN_US);
    assert_int_equal(status, CAMPAIGN_PREPARING);
}

int main(void)
{
#define APPROVAL_TEST(f) cmocka_unit_test_setup(f, begin)
    struct CMUnitTest tests[] = {
        APPROVAL_TEST(somebody_else_agrees_to_what_they_saw),
        APPROVAL_TEST(of_two_at_once_one_approves),
        APPROVAL_TEST(nothing_else_starts_it),
        APPROVAL_TEST(what_was_changed_is_asked_again),
        APPROVAL_TEST(sent_back_it_is_paused_and_can_be_asked_again),
        APPROVAL_TEST(it_ends_at_its_deadline),
        APPROVAL_TEST(a_lost_approval_is_asked_again),
        APPROVAL_TEST(who_was_texted_after_a_lost_approval_is_not_texted_again),
        APPROVAL_TEST(it_is_of_text_and_list),
        APPROVAL_TEST(a_launch_that_needs_it_is_proposed),
    };
    return lw_run("approval", tests, COUNT_OF(tests), NULL);
}
