/* Campaigns in the store: made once, grown step by step, moved by the rules, released block by
 * block. */
#include "base/clock.h"
#include "core/index.h"
#include "store/leader.h"
#include "store/pause_all.h"
#include "store/release.h"
#include "ledger_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

enum { TURN_US = 10 * WORLD_MS };

#define MESSAGE "{\"sms\":{}}"

static int begin(void **state)
{
    lw_next(*state);
    return 0;
}

/* What the last callback said. */
static struct said {
    bool done;
    int result;
    uint32_t made, blocks, id;
    uint32_t list[64];
    size_t n;
    char text[64];
    uint8_t states[BLOCK_ROWS];
    char detail[64];
    struct campaign *campaign;
} said;

static void wait_for(struct ledger_world *w)
{
    while (!said.done)
        loop_turn(w->loop, TURN_US);
    lw_check(w);
}

static void ask_anew(void)
{
    campaign_free(said.campaign);
    said = (struct said){.done = false};
}

/* ---- growing ---- */

static void on_grown(void *arg, int result, uint32_t made, uint32_t blocks)
{
    (void)arg;
    said.result = result;
    said.made = made;
    said.blocks = blocks;
    said.done = true;
}

static int grow(struct ledger_world *w, uint32_t id)
{
    ask_anew();
    campaign_grow(w->store, id, 1, on_grown, NULL);
    wait_for(w);
    return said.result;
}

static void grows_in_bounded_steps(void **state)
{
    struct ledger_world *w = *state;
    lw_store_campaign(w, 7, 256 * 150 + 3);
    assert_int_equal(grow(w, 7), 0);
    assert_true(said.made < said.blocks);
    assert_string_equal(lw_status(w), "preparing");
    while (said.made < said.blocks)
        assert_int_equal(grow(w, 7), 0);
    assert_string_equal(lw_status(w), "scheduled");
    assert_int_equal(lw_count(w, STATE_PENDING), 256 * 150 + 3);
    assert_int_equal(lw_state(w, 256 * 150 + 2), STATE_PENDING);
    assert_int_equal(lw_state(w, 256 * 150 + 3), 15);
    assert_int_equal(lw_state(w, 256 * 151 - 1), 15);
    /* once more, as after a lost answer: nothing changes */
    assert_int_equal(grow(w, 7), 0);
    assert_int_equal(lw_count(w, STATE_PENDING), 256 * 150 + 3);
}

static void a_missing_block_changes_nothing(void **state)
{
    struct ledger_world *w = *state;
    lw_store_campaign(w, 7, 256 * 4);
    lw_redis(w, "DEL", "a:1:b:2", NULL);
    assert_int_equal(grow(w, 7), ERR_NOT_FOUND);
    assert_string_equal(lw_redis(w, "STRLEN", "c:7:l", NULL), "0");
    assert_string_equal(lw_redis(w, "HGET", "c:7", "made", NULL), "0");
}

/* What is cancelled while its ledger is made gets the rest of it, too: nobody is missing. */
static void what_is_cancelled_grows_on_without_anybody_pending(void **state)
{
    struct ledger_world *w = *state;
    lw_store_campaign(w, 7, 256 * 150 + 3);
    assert_int_equal(grow(w, 7), 0);
    uint32_t made = said.made;
    lw_redis(w, "HSET", "c:7", "status", "cancelled", NULL);
    while (said.made < said.blocks)
        assert_int_equal(grow(w, 7), 0);
    assert_string_equal(lw_status(w), "cancelled");
    assert_int_equal(lw_count(w, STATE_PENDING), 256 * made);
    assert_int_equal(lw_count(w, STATE_CANCELLED), 256 * (150 - made) + 3);
    assert_int_equal(lw_state(w, 256 * 150 + 2), STATE_CANCELLED);
    assert_int_equal(lw_state(w, 256 * 150 + 3), 15);
    assert_int_equal(lw_state(w, 256 * made), STATE_CANCELLED);
    assert_int_equal(lw_state(w, 256 * made - 1), STATE_PENDING); /* the sweep's business */
}

/* Nobody can say who they were; the campaign must not be tried for ever. */
static void what_is_cancelled_ends_without_a_missing_block(void **state)
{
    struct ledger_world *w = *state;
    lw_store_campaign(w, 7, 256 * 4);
    lw_redis(w, "HSET", "c:7", "status", "cancelled", NULL);
    lw_redis(w, "DEL", "a:1:b:2", NULL);
    assert_int_equal(grow(w, 7), ERR_NOT_FOUND);
    assert_int_equal(grow(w, 7), 0);
    assert_int_equal(said.made, said.blocks);
}

/* ---- moving ---- */

static void only_the_moves_that_may_be(void **state)
{
    struct ledger_world *w = *state;
    static const char *const statuses[] = {"proposed", "preparing", "scheduled",
                                           "running",  "paused",    "blocked",
                                           "done",     "cancelled", "expired"};
    /* clang-format off */
    static const struct { enum campaign_move move; const char *to, *from; } law[] = {
        {MOVE_RUN, "running", "scheduled"},
        {MOVE_PAUSE, "paused", "proposed preparing scheduled running blocked"},
        {MOVE_RESUME, "running", "paused blocked"},
        {MOVE_CANCEL, "cancelled", "proposed preparing scheduled running paused blocked"},
        {MOVE_EXPIRE, "expired", "proposed scheduled running paused blocked"},
        {MOVE_BLOCK, "blocked", "running"},
        {MOVE_APPROVE, "running", "proposed"}, /* it ran before */
        {MOVE_SEND_BACK, "paused", "proposed"},
    };
    /* clang-format on */
    lw_campaign(w, 7, 1);
    for (size_t m = 0; m < COUNT_OF(law); m++)
        for (size_t s = 0; s < COUNT_OF(statuses); s++) {
            lw_redis(w, "HSET", "c:7", "status", statuses[s], NULL);
            bool may = strstr(law[m].from, statuses[s]) != NULL;
            long trail = strtol(lw_redis(w, "XLEN", "audit", NULL), NULL, 10);
            int result = lw_try_move(w, 7, law[m].move);
            if (result != (may ? 0 : ERR_CONFLICT) ||
                strcmp(lw_status(w), may ? law[m].to : statuses[s]) != 0)
                fail_msg("%s to %s: %d, now %s", statuses[s], law[m].to, result, lw_status(w));
            assert_int_equal(strtol(lw_redis(w, "XLEN", "audit", NULL), NULL, 10), trail + may);
        }
    w->campaign = 8;
    assert_int_equal(lw_try_move(w, 8, MOVE_CANCEL), ERR_NOT_FOUND);
}

static void paused_before_its_time_waits_for_it(void **state)
{
    struct ledger_world *w = *state;
    lw_store_campaign(w, 7, 1);
    assert_int_equal(grow(w, 7), 0);
    lw_move(w, 7, MOVE_PAUSE);
    lw_move(w, 7, MOVE_RESUME);
    assert_string_equal(lw_status(w), "scheduled");
    lw_move(w, 7, MOVE_RUN);
    lw_move(w, 7, MOVE_PAUSE);
    lw_move(w, 7, MOVE_RESUME);
    assert_string_equal(lw_status(w), "running");
}

/* A press at any moment: it goes on where it was. */
static void paused_while_its_ledger_is_made_it_goes_on_with_that(void **state)
{
    struct ledger_world *w = *state;
    lw_store_campaign(w, 7, 256 * 150 + 3);
    assert_int_equal(grow(w, 7), 0);
    assert_true(said.made < said.blocks);
    lw_move(w, 7, MOVE_PAUSE);
    lw_move(w, 7, MOVE_RESUME);
    assert_string_equal(lw_status(w), "preparing");
    lw_move(w, 7, MOVE_PAUSE);
    while (said.made < said.blocks)
        assert_int_equal(grow(w, 7), 0);
    assert_string_equal(lw_status(w), "paused");
    assert_int_equal(lw_count(w, STATE_PENDING), 256 * 150 + 3);
    lw_move(w, 7, MOVE_RESUME);
    assert_string_equal(lw_status(w), "scheduled");
}

/* ---- all at once ---- */

enum { MANY = 300 };

static void on_pressed(void *arg, int result, const uint32_t *ids, size_t n, uint64_t press,
                       const struct err *e)
{
    (void)arg, (void)e;
    assert_int_equal(result, 0);
    said.n = n;
    said.made = (uint32_t)press;
    for (size_t i = 0; i < n && i < COUNT_OF(said.list); i++)
        said.list[i] = ids[i];
    said.done = true;
}

typedef void press_fn(struct store *s, const struct pause_all_press *p, pause_all_cb *cb,
                      void *arg);

static size_t press(struct ledger_world *w, press_fn *how, const char *group)
{
    const struct group_set reach = {.all = !group, .names = &group, .count = group ? 1 : 0};
    ask_anew();
    const struct pause_all_press p = {&reach, 77, SLICE_LIT("Nat"), SLICE_LIT("a typo")};
    how(w->store, &p, on_pressed, NULL);
    while (!said.done)
        loop_turn(w->loop, TURN_US);
    return said.n;
}

/* Written past the law: this is about which of them, not about one. */
static void put(struct ledger_world *w, unsigned id, const char *status, const char *group)
{
    char key[24], text[16];
    (void)snprintf(key, sizeof key, "c:%u", id);
    (void)snprintf(text, sizeof text, "%u", id);
    lw_redis(w, "HSET", key, "status", status, "group", group, "first_running_ms", "5", NULL);
    lw_redis(w, "SADD", "active", text, NULL);
}

static bool is(struct ledger_world *w, unsigned id, const char *status)
{
    char key[24];
    (void)snprintf(key, sizeof key, "c:%u", id);
    return strcmp(lw_redis(w, "HGET", key, "status", NULL), status) == 0;
}

static size_t count_of(struct ledger_world *w, const char *status)
{
    size_t n = 0;
    for (unsigned id = 100; id < 100 + MANY; id++)
        n += is(w, id, status);
    return n;
}

static void put_many(struct ledger_world *w)
{
    for (unsigned id = 100; id < 100 + MANY; id++)
        put(w, id, "running", id % 3 == 0 ? "leeds" : "main");
    put(w, 100, "paused", "main"); /* by hand, before */
    put(w, 101, "blocked", "main");
    put(w, 102, "done", "leeds");
    put(w, 103, "scheduled", "main");
    put(w, 104, "preparing", "main");
}

static void pause_all_stops_all_and_resume_all_gives_back_exactly_those(void **state)
{
    struct ledger_world *w = *state;
    put_many(w);
    assert_int_equal(press(w, campaign_pause_all, NULL), MANY - 3);
    assert_true(said.made > 0);
    assert_int_equal(said.list[0], 103);
    assert_int_equal(count_of(w, "paused"), MANY - 2);
    assert_string_equal(lw_redis(w, "XLEN", "audit", NULL), "297");
    assert_int_equal(press(w, campaign_pause_all, NULL), 0); /* pressed twice */
    put(w, 500, "running", "main");                          /* launched since */
    /* one was let go by hand and paused again, one was cancelled: they are somebody's decision now */
    w->campaign = 110;
    assert_int_equal(lw_try_move(w, 110, MOVE_RESUME), 0);
    assert_int_equal(lw_try_move(w, 110, MOVE_PAUSE), 0);
    assert_int_equal(lw_try_move(w, 111, MOVE_CANCEL), 0);
    assert_int_equal(press(w, campaign_resume_all, NULL), MANY - 5);
    assert_int_equal(said.made, 0);
    assert_true(is(w, 100, "paused") && is(w, 101, "blocked") && is(w, 102, "done"));
    assert_true(is(w, 110, "paused") && is(w, 111, "cancelled") && is(w, 500, "running"));
    assert_int_equal(count_of(w, "paused"), 2);
    assert_int_equal(press(w, campaign_resume_all, NULL), 0);
}

static void a_group_stops_its_own_and_lets_nothing_go_that_all_were_stopped_for(void **state)
{
    struct ledger_world *w = *state;
    put_many(w);
    assert_int_equal(press(w, campaign_pause_all, "leeds"), MANY / 3 - 1);
    assert_true(is(w, 105, "paused") && is(w, 106, "running"));
    assert_int_equal(press(w, campaign_resume_all, "elsewhere"), 0);
    assert_int_equal(press(w, campaign_resume_all, "leeds"), MANY / 3 - 1);
    assert_int_equal(press(w, campaign_pause_all, NULL), MANY - 3);
    assert_int_equal(press(w, campaign_resume_all, "leeds"), 0);
    assert_true(is(w, 105, "paused"));
    assert_int_equal(press(w, campaign_resume_all, NULL), MANY - 3);
}

static void why_is_said_afterwards(void **state)
{
    struct ledger_world *w = *state;
    static const uint32_t ids[] = {105, 106, 999};
    static const char *const leeds[] = {"leeds"};
    const struct group_set reach = {.names = leeds, .count = 1};
    put_many(w);
    assert_int_equal(press(w, campaign_pause_all, NULL), MANY - 3);
    ask_anew();
    const struct pause_all_press p = {&reach, 78, SLICE_LIT("Nat"), SLICE_LIT("the wrong day")};
    campaign_say_why(w->store, &p, ids, COUNT_OF(ids), on_pressed, NULL);
    while (!said.done)
        loop_turn(w->loop, TURN_US);
    assert_int_equal(said.n, 1);
    assert_int_equal(said.list[0], 105);
    assert_string_equal(lw_redis(w, "HGET", "c:105", "status_why", NULL), "the wrong day");
    assert_string_equal(lw_redis(w, "HGET", "c:106", "status_why", NULL), "a typo");
    assert_string_equal(lw_redis(w, "XLEN", "audit", NULL), "298");
}

/* ---- making ---- */

static void on_campaign(void *arg, int result, const struct campaign *c, const struct err *e)
{
    (void)arg;
    assert_true((result < 0) == (e != NULL));
    said.result = result;
    if (c) said.campaign = campaign_dup(c);
    said.done = true;
}

static int create_in(struct ledger_world *w, const char *group, const char *name)
{
    const struct campaign c = {
        .name = slice_of(name),
        .group = slice_of(group),
        .gateway = SLICE_LIT("g"),
        .audience_name = SLICE_LIT("members"),
        .launched_by = SLICE_LIT("Sam"),
        .lane = LANE_REMINDER,
        .audience = 1,
        .blocks = 2,
        .deadline_ms = 99,
    };
    ask_anew();
    campaign_create(w->store, &c, SLICE_LIT(MESSAGE), 55, on_campaign, NULL);
    wait_for(w);
    return said.result;
}

static int create(struct ledger_world *w, const char *name)
{
    return create_in(w, "main", name);
}

static void on_ids(void *arg, int result, const uint32_t *ids, size_t n)
{
    (void)arg;
    said.result = result;
    said.n = n;
    if (n) memcpy(said.list, ids, n * sizeof *ids);
    said.done = true;
}

static void on_list(void *arg, int result, const struct campaign *list, size_t n, struct slice next,
                    const struct err *e)
{
    (void)e;
    (void)arg, (void)next;
    said.result = result;
    said.n = n;
    for (size_t i = 0; i < n; i++)
        said.list[i] = list[i].id;
    said.done = true;
}

/* group NULL: every one */
static void list_of(struct ledger_world *w, const char *group)
{
    const struct campaign_query query = {
        .groups = {.all = !group, .names = &group, .count = group ? 1 : 0}, .limit = 10};
    ask_anew();
    campaign_list(w->store, &query, on_list, NULL);
    wait_for(w);
}

static void a_name_is_used_once(void **state)
{
    struct ledger_world *w = *state;
    assert_int_equal(create(w, "thursday"), 0);
    assert_int_equal(said.campaign->id, 1);
    assert_int_equal(create(w, "thursday"), ERR_EXISTS);
    lw_redis(w, "HSET", "c:1", "status", "done", NULL); /* for ever */
    assert_int_equal(create(w, "thursday"), ERR_EXISTS);
    assert_int_equal(create(w, "friday"), 0);
    assert_int_equal(said.campaign->id, 2);

    ask_anew();
    campaign_load(w->store, 2, on_campaign, NULL);
    wait_for(w);
    assert_int_equal(said.result, 0);
    const struct campaign *c = said.campaign;
    assert_true(slice_is(c->name, "friday") && c->status == CAMPAIGN_PREPARING &&
                slice_is(c->group, "main"));
    assert_true(c->lane == LANE_REMINDER && c->deadline_ms == 99 && c->blocks == 2 &&
                c->launched_ms == 55);
    ask_anew();
    campaign_load(w->store, 3, on_campaign, NULL);
    wait_for(w);
    assert_int_equal(said.result, ERR_NOT_FOUND);

    ask_anew();
    list_of(w, NULL);
    assert_int_equal(said.n, 2);
    assert_int_equal(said.list[0], 2); /* the newest first */
    ask_anew();
    campaign_active(w->store, on_ids, NULL);
    wait_for(w);
    assert_int_equal(said.n, 2);
}

static void on_named(void *arg, int result, uint32_t id, const struct err *e)
{
    (void)arg, (void)e;
    said.result = result;
    said.n = id;
    said.done = true;
}

static size_t named(struct ledger_world *w, const char *group, const char *name)
{
    ask_anew();
    campaign_named(w->store, slice_of(group), slice_of(name), on_named, NULL);
    wait_for(w);
    return said.n;
}

static void a_name_is_a_groups_own(void **state)
{
    struct ledger_world *w = *state;
    lw_redis(w, "HSET", "campaign_names", "thursday", "7", NULL); /* as an older Muster has it */
    lw_redis(w, "HSET", "c:7", "group", "leeds", NULL);
    assert_int_equal(create_in(w, "leeds", "thursday"), ERR_EXISTS);
    assert_int_equal(create_in(w, "york", "thursday"), 0);
    assert_int_equal(create_in(w, "york", "thursday"), ERR_EXISTS);
    assert_int_equal(create_in(w, "hull", "thursday"), 0);
    assert_int_equal(named(w, "leeds", "thursday"), 7);
    assert_int_equal(named(w, "york", "thursday"), 1);
    assert_int_equal(named(w, "hull", "thursday"), 2);
    assert_int_equal(named(w, "bath", "thursday"), 0);
    list_of(w, "york");
    assert_int_equal(said.n, 1);
    assert_int_equal(said.list[0], 1);
    list_of(w, "bath");
    assert_int_equal(said.n, 0);
    list_of(w, NULL);
    assert_int_equal(said.n, 2);
}

static void on_done(void *arg, int result, const struct err *e)
{
    (void)arg;
    (void)e;
    said.result = result;
    said.done = true;
}

static void on_message(void *arg, int result, struct slice message, const struct err *e)
{
    (void)arg;
    assert_true((result < 0) == (e != NULL));
    said.result = result;
    (void)snprintf(said.text, sizeof said.text, "%.*s", SLICE_ARG(message));
    said.done = true;
}

static const char *message_of(struct ledger_world *w, uint32_t id)
{
    ask_anew();
    campaign_message(w->store, id, on_message, NULL);
    wait_for(w);
    return said.text;
}

static void its_message_is_not_in_its_hash(void **state)
{
    struct ledger_world *w = *state;
    assert_int_equal(create(w, "thursday"), 0);
    assert_string_equal(message_of(w, 1), MESSAGE);
    assert_int_equal(said.result, 0);
    assert_null(lw_redis(w, "HGET", "c:1", "message", NULL));
    (void)message_of(w, 2);
    assert_int_equal(said.result, ERR_NOT_FOUND);
}

static void the_message_of_an_older_version_is_found(void **state)
{
    struct ledger_world *w = *state;
    lw_redis(w, "HSET", "c:3", "name", "of then", "message", "{}", NULL);
    assert_string_equal(message_of(w, 3), "{}");
    assert_int_equal(said.result, 0);
}

static void only_what_is_over_retires(void **state)
{
    struct ledger_world *w = *state;
    assert_int_equal(create(w, "thursday"), 0);
    ask_anew();
    campaign_retire(w->store, 1, on_done, NULL);
    wait_for(w);
    assert_int_equal(said.result, ERR_CONFLICT);
    lw_redis(w, "HSET", "c:1", "status", "cancelled", NULL);
    ask_anew();
    campaign_retire(w->store, 1, on_done, NULL);
    wait_for(w);
    assert_int_equal(said.result, 0);
    ask_anew();
    campaign_active(w->store, on_ids, NULL);
    wait_for(w);
    assert_int_equal(said.n, 0);
}

/* ---- when the leader looks ---- */

static size_t due(struct ledger_world *w, int64_t now_ms)
{
    ask_anew();
    campaign_due(w->store, now_ms, on_ids, NULL);
    wait_for(w);
    assert_int_equal(said.result, 0);
    return said.n;
}

static void look_all(struct ledger_world *w, bool known_too)
{
    ask_anew();
    campaign_look_all(w->store, known_too, on_done, NULL);
    wait_for(w);
    assert_int_equal(said.result, 0);
}

static void what_changes_is_due_and_what_waits_is_not(void **state)
{
    struct ledger_world *w = *state;
    assert_int_equal(create(w, "thursday"), 0);
    assert_int_equal(due(w, 1000), 1);
    assert_int_equal(said.list[0], 1);
    assert_int_equal(due(w, 1000), 0);
    campaign_look_at(w->store, 1, 5000);
    campaign_look_at(w->store, 1, 9000); /* the earlier one counts */
    assert_int_equal(due(w, 4999), 0);
    assert_int_equal(due(w, 5000), 1);
    lw_redis(w, "HSET", "c:1", "status", "running", NULL);
    assert_int_equal(lw_try_move(w, 1, MOVE_PAUSE), 0);
    assert_int_equal(due(w, 5001), 1);
    assert_int_equal(lw_try_move(w, 1, MOVE_RESUME), 0);
    assert_int_equal(due(w, 5002), 1);
    assert_int_equal(lw_try_move(w, 1, MOVE_CANCEL), 0);
    assert_int_equal(due(w, 5003), 1);
    assert_int_equal(due(w, 5003 + CAMPAIGN_LOOK_MS - 1), 0);
    assert_int_equal(due(w, 5003 + CAMPAIGN_LOOK_MS), 1);
}

static void a_block_that_ends_makes_its_campaign_due(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 256 * 2);
    look_all(w, true);
    assert_int_equal(due(w, 1000), 1);
    struct lease_ref lease = lw_take(w, w->a, 0);
    assert_int_equal(due(w, 1001), 0);
    assert_int_equal(lw_batch_end(w, w->a, lease), BATCH_KEPT);
    assert_int_equal(due(w, 1001), 1);
    campaign_block_waits(w->store, 7, 1);
    assert_int_equal(due(w, 1002), 1);
}

/* An older version noted none; a leader that died had taken some upon itself. */
static void a_new_leader_looks_at_all(void **state)
{
    struct ledger_world *w = *state;
    assert_int_equal(create(w, "thursday"), 0);
    assert_int_equal(create(w, "friday"), 0);
    assert_int_equal(due(w, 1000), 2);
    lw_redis(w, "ZREM", "due", "2", NULL);
    look_all(w, false);
    assert_int_equal(due(w, 1000), 1);
    assert_int_equal(said.list[0], 2);
    look_all(w, true);
    assert_int_equal(due(w, 1000), 2);
}

static void a_look_noted_before_the_clock_was_set_back_is_due(void **state)
{
    struct ledger_world *w = *state;
    assert_int_equal(create(w, "thursday"), 0);
    assert_int_equal(due(w, 3600 * 1000), 1);
    assert_int_equal(due(w, 1000), 1);
    assert_int_equal(due(w, 1000), 0);
    /* others that are due all the time are no reason to wait */
    assert_int_equal(create(w, "friday"), 0);
    assert_int_equal(due(w, 3600 * 1000), 2);
    campaign_look_at(w->store, 2, 0);
    assert_int_equal(due(w, 1000), 2);
    assert_int_equal(due(w, 1000), 0);
}

/* ---- release ---- */

static const struct campaign_purse no_budget;

static void on_reserved(void *arg, int result, const uint32_t *blocks, size_t n,
                        const struct campaign_shortage *shortage)
{
    assert_null(shortage);
    on_ids(arg, result, blocks, n);
}

/* How many blocks; they are in said.list. */
static size_t reserve(struct ledger_world *w, size_t target, int64_t lost_ms)
{
    ask_anew();
    campaign_reserve(w->store, 7, target, lost_ms, &no_budget, on_reserved, NULL);
    wait_for(w);
    assert_int_equal(said.result, 0);
    return said.n;
}

static void blocks_are_reserved_up_to_the_target(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 256 * 5);
    assert_int_equal(reserve(w, 3, 0), 3);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(said.list[i], i);
    assert_int_equal(reserve(w, 3, 0), 0);
    assert_int_equal(reserve(w, 4, 0), 1);
    assert_int_equal(said.list[0], 3);
    /* one is given back with people pending: it goes before those that never went */
    struct lease_ref lease = lw_take(w, w->a, 1);
    assert_int_equal(lw_batch_end(w, w->a, lease), BATCH_KEPT);
    assert_int_equal(reserve(w, 4, 0), 1);
    assert_int_equal(said.list[0], 1);
    assert_int_equal(reserve(w, 10, 0), 1);
    assert_int_equal(said.list[0], 4);
    assert_int_equal(reserve(w, 10, 0), 0);
}

/* What waits for a few people does not hold up the blocks behind it, until it goes again. */
static void a_block_that_waits_does_not_count(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 256 * 8);
    assert_int_equal(reserve(w, 3, 0), 3);
    campaign_block_waits(w->store, 7, 0);
    campaign_block_waits(w->store, 7, 2);
    campaign_block_waits(w->store, 7, 6); /* not outstanding: nothing to say */
    assert_int_equal(reserve(w, 3, 0), 2);
    assert_int_equal(reserve(w, 3, 0), 0);
    /* given back: it is one of the three again */
    assert_int_equal(lw_batch_end(w, w->a, lw_take(w, w->a, 2)), BATCH_KEPT);
    assert_int_equal(reserve(w, 3, 0), 0);
    assert_int_equal(reserve(w, 4, 0), 1);
    assert_int_equal(said.list[0], 2);
    assert_int_equal(reserve(w, 4, 0), 0);
}

static void only_a_running_campaign_is_released(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 256 * 5);
    lw_move(w, 7, MOVE_PAUSE);
    assert_int_equal(reserve(w, 3, 0), 0);
    lw_move(w, 7, MOVE_RESUME);
    assert_int_equal(reserve(w, 3, 0), 3);
}

/* Outstanding since long ago, and nobody at work on it: it never reached the queue, or the queue
 * lost it. */
static void what_was_lost_is_reserved_again(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 256 * 3);
    assert_int_equal(reserve(w, 3, 60000), 3);
    assert_int_equal(reserve(w, 3, 60000), 0);
    /* these calls go by Redis' own clock */
    char lease[64];
    (void)snprintf(lease, sizeof lease, "a 1 5 %lld", (long long)(clock_wall_ms() + 30000) * 1000);
    lw_redis(w, "HSET", "c:7:b", "1", lease, NULL);
    for (int i = 0; i < 2; i++)
        lw_redis(w, "ZADD", "c:7:o", "1", i ? "1" : "0", NULL);
    assert_int_equal(reserve(w, 3, 60000), 1);
    assert_int_equal(said.list[0], 0);
    assert_int_equal(reserve(w, 3, 60000), 0);
}

/* Refused for no fault of theirs. */
static void refuse(struct ledger_world *w, uint32_t index)
{
    lw_force_state(w, index, STATE_REFUSED);
    ledger_again(w->a, 7, &index, 1);
}

static void resume(struct ledger_world *w)
{
    lw_move(w, 7, MOVE_PAUSE);
    lw_move(w, 7, MOVE_RESUME);
}

static void a_resume_is_for_those_who_were_refused_before_it(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 2);
    refuse(w, 0);
    resume(w);
    lw_pass(w, -3600 * (int64_t)WORLD_S); /* Redis' clock is set back */
    refuse(w, 1);
    (void)reserve(w, 3, 0);
    assert_int_equal(lw_state(w, 0), STATE_PENDING);
    assert_int_equal(lw_state(w, 1), STATE_REFUSED);
    resume(w);
    (void)reserve(w, 3, 0);
    assert_int_equal(lw_state(w, 1), STATE_PENDING);
}

/* It was reserved, and held, hours ahead of what the clock says now. */
static void what_was_lost_before_the_clock_was_set_back_is_reserved_again(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 256 * 3);
    assert_int_equal(reserve(w, 3, 60000), 3);
    lw_redis(w, "HSET", "c:7:b", "1", "a 1 5 9000000000000000", NULL);
    lw_redis(w, "ZADD", "c:7:o", "9000000000000", "1", NULL);
    assert_int_equal(reserve(w, 3, 60000), 1);
    assert_int_equal(said.list[0], 1);
    assert_int_equal(reserve(w, 3, 60000), 0);
}

/* ---- people ---- */

static void on_people(void *arg, int result, const uint8_t *states, const struct slice *details,
                      size_t n)
{
    (void)arg;
    said.result = result;
    said.n = n;
    if (n) memcpy(said.states, states, n);
    if (n) (void)snprintf(said.detail, sizeof said.detail, "%.*s", SLICE_ARG(details[2]));
    said.done = true;
}

static void people_of_a_block(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 260);
    struct lease_ref lease = lw_take(w, w->a, 1);
    lw_force_state(w, 258, STATE_IN_FLIGHT);
    assert_int_equal(lw_record_one(w, w->a, lease, 2, STATE_REFUSED, "21211 invalid_number"),
                     STATE_REFUSED);
    ask_anew();
    campaign_people(w->store, 7, 1, on_people, NULL);
    wait_for(w);
    assert_int_equal(said.n, BLOCK_ROWS);
    for (size_t i = 0; i < BLOCK_ROWS; i++)
        assert_int_equal(said.states[i], i == 2 ? STATE_REFUSED : i < 4 ? STATE_PENDING : 15);
    assert_string_equal(said.detail, "21211 invalid_number");
    ask_anew();
    campaign_people(w->store, 7, 2, on_people, NULL); /* beyond the last */
    wait_for(w);
    assert_int_equal(said.n, 0);
}

/* ---- one leader ---- */

static void on_lead(void *arg, int result, int64_t now_ms)
{
    (void)arg;
    assert_true(now_ms > 0);
    said.result = result;
    said.done = true;
}

static int lead(struct ledger_world *w, const char *who)
{
    ask_anew();
    leader_lead(w->store, who, 60000, on_lead, NULL);
    wait_for(w);
    return said.result;
}

static void one_leads_until_it_is_gone(void **state)
{
    struct ledger_world *w = *state;
    assert_int_equal(lead(w, "a/1"), 1);
    assert_int_equal(lead(w, "b/2"), 0);
    assert_int_equal(lead(w, "a/1"), 1);
    lw_redis(w, "DEL", "leader", NULL); /* its time is over */
    assert_int_equal(lead(w, "b/2"), 1);
    assert_int_equal(lead(w, "a/1"), 0);
}

/* Redis' clock was set back: the lease ends in hours, and who held it may be dead. */
static void a_lease_that_is_longer_than_any_holds_nobody_up(void **state)
{
    struct ledger_world *w = *state;
    assert_int_equal(lead(w, "a/1"), 1);
    lw_redis(w, "PEXPIRE", "leader", "3600000", NULL);
    assert_int_equal(lead(w, "b/2"), 1);
    assert_int_equal(lead(w, "a/1"), 0);
}

static void who_was_started_again_leads_at_once(void **state)
{
    struct ledger_world *w = *state;
    assert_int_equal(lead(w, "a/9"), 1);
    assert_int_equal(lead(w, "a/10"), 1);
    assert_int_equal(lead(w, "a/9"), 0);
    assert_int_equal(lead(w, "aa/11"), 0);
}

int main(void)
{
#define CAMPAIGN_TEST(f) cmocka_unit_test_setup(f, begin)
    struct CMUnitTest tests[] = {
        CAMPAIGN_TEST(grows_in_bounded_steps),
        CAMPAIGN_TEST(a_missing_block_changes_nothing),
        CAMPAIGN_TEST(what_is_cancelled_grows_on_without_anybody_pending),
        CAMPAIGN_TEST(what_is_cancelled_ends_without_a_missing_block),
        CAMPAIGN_TEST(only_the_moves_that_may_be),
        CAMPAIGN_TEST(paused_before_its_time_waits_for_it),
        CAMPAIGN_TEST(paused_while_its_ledger_is_made_it_goes_on_with_that),
        CAMPAIGN_TEST(pause_all_stops_all_and_resume_all_gives_back_exactly_those),
        CAMPAIGN_TEST(a_group_stops_its_own_and_lets_nothing_go_that_all_were_stopped_for),
        CAMPAIGN_TEST(why_is_said_afterwards),
        CAMPAIGN_TEST(a_name_is_used_once),
        CAMPAIGN_TEST(a_name_is_a_groups_own),
        CAMPAIGN_TEST(its_message_is_not_in_its_hash),
        CAMPAIGN_TEST(the_message_of_an_older_version_is_found),
        CAMPAIGN_TEST(only_what_is_over_retires),
        CAMPAIGN_TEST(what_changes_is_due_and_what_waits_is_not),
        CAMPAIGN_TEST(a_block_that_ends_makes_its_campaign_due),
        CAMPAIGN_TEST(a_new_leader_looks_at_all),
        CAMPAIGN_TEST(a_look_noted_before_the_clock_was_set_back_is_due),
        CAMPAIGN_TEST(blocks_are_reserved_up_to_the_target),
        CAMPAIGN_TEST(a_block_that_waits_does_not_count),
        CAMPAIGN_TEST(only_a_running_campaign_is_released),
        CAMPAIGN_TEST(what_was_lost_is_reserved_again),
        CAMPAIGN_TEST(a_resume_is_for_those_who_were_refused_before_it),
        CAMPAIGN_TEST(what_was_lost_before_the_clock_was_set_back_is_reserved_again),
        CAMPAIGN_TEST(people_of_a_block),
        CAMPAIGN_TEST(one_leads_until_it_is_gone),
        CAMPAIGN_TEST(a_lease_that_is_longer_than_any_holds_nobody_up),
        CAMPAIGN_TEST(who_was_started_again_leads_at_once),
    };
    return lw_run("campaign", tests, COUNT_OF(tests), ask_anew);
}
