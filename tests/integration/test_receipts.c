/* Receipts on the real ledger: whom they are about, and what follows for the person and the
 * campaign. */
#include "unknown_world.h"

static const struct receipt_limits LIMITS = {LEDGER_ACCOUNT_REFUSALS, 50, 20, 20};

/* ---- opt-outs ---- */

static void on_receipt(void *arg, int result)
{
    struct waiting *x = arg;
    x->result = result;
    x->done = true;
}

static struct receipts receipts_of(struct world *w)
{
    return (struct receipts){.ledger = w->ledger,
                             .store = w->store,
                             .ref_key = REF_KEY,
                             .limits = LIMITS,
                             .gateway = "main"};
}

static int receive(struct world *w, const struct receipt_event *event)
{
    const struct receipts r = receipts_of(w);
    struct waiting x = {.done = false};
    receipt_apply(&r, event, clock_wall_ms(), on_receipt, &x);
    TURN_UNTIL(w, x.done);
    return x.result;
}

static void on_told(void *arg, int result)
{
    *(int *)arg = result;
}

struct found {
    bool done, suppressed;
    char scope[16], evidence[64];
};

static void on_check(void *arg, int result, struct slice scope, const struct suppress_entry *entry,
                     const struct err *e)
{
    struct found *f = arg;
    if (result < 0) fail_msg("%s", e->text);
    f->done = true;
    f->suppressed = entry != NULL;
    (void)snprintf(f->scope, sizeof f->scope, "%.*s", SLICE_ARG(scope));
    if (entry) (void)snprintf(f->evidence, sizeof f->evidence, "%.*s", SLICE_ARG(entry->evidence));
}

static struct found find(struct world *w, uint64_t number)
{
    struct found f = {.done = false};
    suppress_check(w->store, SLICE_LIT("another-group"), number, on_check, &f);
    TURN_UNTIL(w, f.done);
    return f;
}

static struct receipt_event opt_out(const char *ref, const char *to)
{
    return (struct receipt_event){.ref = slice_of(ref),
                                  .state = STATE_UNDELIVERED,
                                  .code = SLICE_LIT("21610"),
                                  .reason = SLICE_LIT("unsubscribed"),
                                  .suppress = true,
                                  .to = slice_of(to)};
}

static void sent_to_all(struct world *w, const char *name)
{
    launch(w, name);
    TURN_UNTIL(w, is_done(w));
}

static void test_the_reference_says_who_opted_out(void **state)
{
    struct world *w = *state;
    char ref[REF_CHARS + 1];
    sent_to_all(w, "thursday");
    ref_of(w, w->campaign, 256 + 7, ref); /* the second block's eighth: 107th of all */
    const struct receipt_event event = opt_out(ref, "+5215512345678");
    assert_int_equal(receive(w, &event), 0);
    struct found f = find(w, 447700900107);
    assert_true(f.suppressed);
    assert_string_equal(f.scope, "all");
    assert_string_equal(f.evidence, "21610 unsubscribed");
    assert_false(find(w, 5215512345678).suppressed);
    assert_int_equal(count(w, STATE_UNDELIVERED), 1);
}

static void on_added(void *arg, int result, uint32_t index, const struct err *e)
{
    struct waiting *x = arg;
    ended(x, result, e);
    x->id = index;
}

static void test_an_answer_s_reference_too(void **state)
{
    struct world *w = *state;
    char ref[REF_CHARS + 1];
    const struct direct_message m = {.to = 447700900999,
                                     .gateway = SLICE_LIT("main"),
                                     .group = SLICE_LIT("main"),
                                     .text = SLICE_LIT("See you there."),
                                     .by = SLICE_LIT("Val"),
                                     .kind = DIRECT_REPLY,
                                     .at_ms = clock_wall_ms()};
    struct waiting x = {.done = false};
    direct_add(w->store, &m, on_added, &x);
    wait_for(w, &x);
    ref_of(w, 0, x.id, ref);
    const struct receipt_event event = opt_out(ref, "+447700900998");
    assert_int_equal(receive(w, &event), 0);
    assert_string_equal(find(w, 447700900999).scope, "all");
    assert_false(find(w, 447700900998).suppressed);
}

/* Another system sends through the same account: what the provider says of the person is true all
 * the same, if it is certain who that is. */
static void test_a_foreign_reference_leaves_the_number(void **state)
{
    struct world *w = *state;
    const struct receipt_event event = opt_out("someone-else-s", "+447700900555");
    assert_int_equal(receive(w, &event), RECEIPT_FOREIGN);
    assert_string_equal(find(w, 447700900555).scope, "all");
    const struct receipt_event national = opt_out("someone-else-s", "07700900556");
    assert_int_equal(receive(w, &national), RECEIPT_FOREIGN);
    assert_false(find(w, 447700900556).suppressed);
    assert_false(find(w, 7700900556).suppressed);
}

/* The campaign is gone (another store): the number is all that is left. */
static void test_a_reference_to_nobody_leaves_the_number(void **state)
{
    struct world *w = *state;
    char ref[REF_CHARS + 1];
    ref_of(w, 4711, 3, ref);
    const struct receipt_event event = opt_out(ref, "+447700900557");
    assert_true(receive(w, &event) >= 0);
    assert_string_equal(find(w, 447700900557).scope, "all");
}

/* The nth person of all: chunks of 100 make the blocks. */
static uint32_t person(size_t n)
{
    return (uint32_t)(n / ROWS_AT_ONCE * 256 + n % ROWS_AT_ONCE);
}

static void on_stats(void *arg, const struct redisReply *reply)
{
    struct waiting *x = arg;
    char *text = slice_strdup(redis_str(reply));
    const char *line = strstr(text, "cmdstat_evalsha:calls=");
    assert_non_null(line);
    x->id = (uint32_t)strtoul(strchr(line, '=') + 1, NULL, 10);
    x->done = true;
    free(text);
}

static int64_t scripts_run(struct world *w)
{
    struct waiting x = {.done = false};
    redis_commandf(w->redis, on_stats, &x, "INFO commandstats");
    TURN_UNTIL(w, x.done);
    return x.id;
}

/* As many webhooks of one turn of the loop tell of them. */
static void test_good_news_of_one_turn_goes_together(void **state)
{
    struct world *w = *state;
    enum { WAITS = -1000, NOBODY = PEOPLE, AGAIN, RECEIPTS };
    static int results[RECEIPTS];
    static char refs[RECEIPTS][REF_CHARS + 1];
    sent_to_all(w, "thursday");
    struct receipts r = receipts_of(w);
    r.batches = receipt_batches_new(w->loop, w->ledger);
    for (size_t i = 0; i < RECEIPTS; i++) /* somebody who is not there; one who has read it, too */
        ref_of(w, w->campaign, i == NOBODY ? ROWS_AT_ONCE : i == AGAIN ? 7 : person(i), refs[i]);
    int64_t before = scripts_run(w);
    for (size_t i = 0; i < RECEIPTS; i++) {
        const struct receipt_event event = {.ref = slice_of(refs[i]),
                                            .state = i == AGAIN ? STATE_READ : STATE_DELIVERED};
        results[i] = WAITS;
        receipt_apply(&r, &event, clock_wall_ms(), on_told, &results[i]);
    }
    for (size_t i = 0; i < RECEIPTS; i++)
        TURN_UNTIL(w, results[i] != WAITS);
    for (size_t i = 0; i < RECEIPTS; i++)
        assert_int_equal(results[i], i == NOBODY ? RECEIPT_FOREIGN : 0);
    /* one a block; the release asks now and then */
    assert_in_range(scripts_run(w) - before, PEOPLE / ROWS_AT_ONCE, PEOPLE / ROWS_AT_ONCE + 8);
    assert_int_equal(count(w, STATE_DELIVERED), PEOPLE - 1);
    assert_int_equal(w->now->counts[STATE_READ], 1);
    receipt_batches_free(r.batches);
}

/* Nobody may be told that it is stored. */
static void test_news_that_was_not_sent_is_not_stored(void **state)
{
    struct world *w = *state;
    char ref[REF_CHARS + 1];
    int result = 0;
    sent_to_all(w, "thursday");
    struct receipts r = receipts_of(w);
    r.batches = receipt_batches_new(w->loop, w->ledger);
    ref_of(w, w->campaign, 7, ref);
    const struct receipt_event event = {.ref = slice_of(ref), .state = STATE_DELIVERED};
    receipt_apply(&r, &event, clock_wall_ms(), on_told, &result);
    receipt_batches_free(r.batches);
    assert_int_equal(result, ERR_UNREACHABLE);
}

/* ---- whose fault ---- */

static struct receipt_event failed(enum outcome outcome, const char *code)
{
    return (struct receipt_event){.state = STATE_UNDELIVERED,
                                  .code = slice_of(code),
                                  .outcome = outcome,
                                  .title = SLICE_LIT("Not sent")};
}

static int receive_for(struct world *w, uint32_t index, struct receipt_event event)
{
    char ref[REF_CHARS + 1];
    ref_of(w, w->campaign, index, ref);
    event.ref = slice_of(ref);
    return receive(w, &event);
}

static bool has_status(struct world *w, const char *status)
{
    return strcmp(campaign_status_to_string(look(w)->status), status) == 0;
}

static void on_moved(void *arg, int result, const struct err *e)
{
    ended(arg, result, e);
}

static int resume(struct world *w)
{
    struct waiting x = {.done = false};
    campaign_move(w->store, w->campaign, MOVE_RESUME, clock_wall_ms(), SLICE_LIT("Olive"),
                  SLICE_LIT("registered"), on_moved, &x);
    TURN_UNTIL(w, x.done);
    return x.result;
}

static void test_a_few_faults_of_the_account_block(void **state)
{
    struct world *w = *state;
    sent_to_all(w, "thursday");
    for (size_t i = 0; i < LEDGER_ACCOUNT_REFUSALS; i++) {
        assert_true(has_status(w, "done"));
        assert_int_equal(receive_for(w, person(99 + i), failed(BLOCKED, "30034")), 0);
        assert_int_equal(receive_for(w, person(99 + i), failed(BLOCKED, "30034")), 0); /* twice */
    }
    assert_true(has_status(w, "blocked"));
    assert_non_null(strstr(w->now->status_why.p, "30034: Not sent"));
    assert_int_equal(w->now->counts[STATE_UNDELIVERED], LEDGER_ACCOUNT_REFUSALS);
    assert_int_equal(w->now->can_again, LEDGER_ACCOUNT_REFUSALS);
    /* one more, and one that is her own */
    assert_int_equal(receive_for(w, person(200), failed(BLOCKED, "30034")), 0);
    assert_int_equal(receive_for(w, person(201), failed(REFUSED, "30005")), 0);
    assert_int_equal(look(w)->can_again, LEDGER_ACCOUNT_REFUSALS + 1);
    assert_int_equal(sim_count(w, "accepted"), PEOPLE);

    assert_int_equal(resume(w), 0);
    TURN_UNTIL(w, is_done(w));
    assert_int_equal(sim_count(w, "accepted"), PEOPLE + LEDGER_ACCOUNT_REFUSALS + 1);
    assert_int_equal(count(w, STATE_UNDELIVERED), 1);
    assert_int_equal(w->now->can_again, 0);
    assert_int_equal(w->now->counts[STATE_ACCEPTED], PEOPLE - 1);
    assert_int_equal(resume(w), ERR_CONFLICT); /* nobody is left who could be sent to again */
}

/* The provider repeats what it said of the first copy: no news of the second. */
static void test_old_news_of_the_first_copy(void **state)
{
    struct world *w = *state;
    char first[REF_CHARS + 1], second[REF_CHARS + 1];
    struct receipt_event event = failed(THROTTLED, "30001");
    sent_to_all(w, "thursday");
    ref_of(w, w->campaign, person(5), first);
    event.ref = slice_of(first);
    assert_int_equal(receive(w, &event), 0);
    assert_int_equal(look(w)->can_again, 1);
    assert_true(has_status(w, "done"));
    assert_int_equal(resume(w), 0); /* also when it is done: she can be sent to again */
    TURN_UNTIL(w, is_done(w));
    assert_int_equal(count(w, STATE_ACCEPTED), PEOPLE);
    assert_int_equal(receive(w, &event), 0);
    event.state = STATE_SENT;
    assert_int_equal(receive(w, &event), 0);
    assert_int_equal(count(w, STATE_ACCEPTED), PEOPLE);
    assert_int_equal(w->now->can_again, 0);
    ref_of(w, w->campaign, person(5), second);
    assert_string_not_equal(first, second);
    event.ref = slice_of(second);
    assert_int_equal(receive(w, &event), 0);
    assert_int_equal(count(w, STATE_SENT), 1);
    /* others, who were sent to once, are told of by the old stamp */
    event = (struct receipt_event){.state = STATE_DELIVERED};
    char other[REF_CHARS + 1];
    struct ref ref;
    assert_true(ref_read(REF_KEY, SLICE_LIT("main"), slice_of(first), &ref));
    ref.index = person(6);
    ref_make(REF_KEY, SLICE_LIT("main"), &ref, other);
    event.ref = slice_of(other);
    assert_int_equal(receive(w, &event), 0);
    assert_int_equal(count(w, STATE_DELIVERED), 1);
    /* and should the first copy have arrived after all, that is the truth */
    event.ref = slice_of(first);
    assert_int_equal(receive(w, &event), 0);
    assert_int_equal(count(w, STATE_DELIVERED), 2);
}

/* That the first copy failed is old news once a person had it sent again: a resume must not send a
 * third. */
static void test_a_copy_sent_by_hand_has_news_of_its_own(void **state)
{
    struct world *w = *state;
    static char first[PEOPLE][REF_CHARS + 1];
    some_unknown(w, "{\"errors\":\"drop:0.2\"}");
    for (size_t i = 0; i < PEOPLE; i++)
        ref_of(w, w->campaign, person(i), first[i]);
    assert_int_equal(resolve(w, UNKNOWN_RESEND).moved, w->unknown);
    TURN_UNTIL(w, is_done(w));
    assert_int_equal(count(w, STATE_ACCEPTED), PEOPLE);
    for (size_t i = 0; i < PEOPLE; i++) {
        struct receipt_event event = failed(REFUSED, "30003");
        event.ref = slice_of(first[i]);
        assert_int_equal(receive(w, &event), 0);
    }
    assert_int_equal(count(w, STATE_ACCEPTED), w->unknown);
    assert_int_equal(count(w, STATE_UNDELIVERED), PEOPLE - w->unknown);
}

static void test_too_many_fail(void **state)
{
    struct world *w = *state;
    tell_sim(w, "{\"errors\":\"14107:0.2\"}");
    launch(w, "thursday");
    TURN_UNTIL(w, count(w, STATE_ACCEPTED) >= 60);
    size_t said = 0;
    for (; said < 40 && has_status(w, "running"); said++)
        assert_int_equal(receive_for(w, person(said), failed(REFUSED, "30003")), 0);
    assert_int_equal(said, LIMITS.of);
    assert_true(has_status(w, "blocked"));
    assert_non_null(strstr(w->now->status_why.p, "20 of the last 20 receipts say not delivered"));
    assert_int_equal(w->now->can_again, 0);
    /* a resume judges anew */
    tell_sim(w, "{\"errors\":\"\"}");
    assert_int_equal(resume(w), 0);
    assert_int_equal(receive_for(w, person(50), failed(REFUSED, "30003")), 0);
    TURN_UNTIL(w, is_done(w));
}

static void test_too_many_are_filtered(void **state)
{
    struct world *w = *state;
    struct receipt_event filtered = failed(REFUSED, "30007");
    filtered.filtered = true;
    tell_sim(w, "{\"errors\":\"14107:0.2\"}");
    launch(w, "thursday");
    TURN_UNTIL(w, count(w, STATE_ACCEPTED) >= 60);
    for (size_t i = 0; i < 30; i++)
        assert_int_equal(
            receive_for(w, person(i), (struct receipt_event){.state = STATE_DELIVERED}), 0);
    size_t said = 0;
    for (; said < 30 && has_status(w, "running"); said++)
        assert_int_equal(receive_for(w, person(30 + said), filtered), 0);
    assert_int_equal(said, 8); /* of 38: 21 % */
    assert_true(has_status(w, "blocked"));
    assert_non_null(strstr(w->now->status_why.p, "filtered (21 %; 20 % are too many)"));
}

static void test_a_campaign_has_bounds_of_its_own(void **state)
{
    struct world *w = *state;
    launch_as(w, (struct campaign){.name = SLICE_LIT("on trial"),
                                   .pause_account_refusals = 1,
                                   .pause_failed_percent = 60,
                                   .pause_of_receipts = 25});
    TURN_UNTIL(w, is_done(w));
    assert_int_equal(receive_for(w, person(0), failed(BLOCKED, "30034")), 0);
    assert_true(has_status(w, "blocked"));
    tell_sim(w, "{\"errors\":\"14107:0.2\"}");
    launch_as(w, (struct campaign){.name = SLICE_LIT("an old list"),
                                   .pause_failed_percent = 60,
                                   .pause_of_receipts = 25});
    TURN_UNTIL(w, count(w, STATE_ACCEPTED) >= 60);
    for (size_t i = 0; i < 10; i++)
        assert_int_equal(
            receive_for(w, person(i), (struct receipt_event){.state = STATE_DELIVERED}), 0);
    size_t said = 0;
    for (; said < 40 && has_status(w, "running"); said++)
        assert_int_equal(receive_for(w, person(10 + said), failed(REFUSED, "30003")), 0);
    assert_int_equal(said, 15); /* of 25: 60 %; the usual 50 % of 20 had been reached before */
    assert_non_null(strstr(w->now->status_why.p, "(60 %; 60 % are too many)"));
}

/* ---- whose receipt ---- */

static void on_flushed(void *arg, const struct redisReply *reply)
{
    (void)reply;
    ((struct waiting *)arg)->done = true;
}

static void test_a_lost_store_s_receipts_are_foreign(void **state)
{
    struct world *w = *state;
    char before[REF_CHARS + 1];
    struct receipt_event event = {.state = STATE_DELIVERED};
    sent_to_all(w, "thursday");
    ref_of(w, w->campaign, person(1), before);
    uint32_t id = w->campaign;
    int64_t at_ms = clock_wall_ms();
    TURN_UNTIL(w, clock_wall_ms() > at_ms);
    struct waiting x = {.done = false};
    redis_commandf(w->redis, on_flushed, &x, "FLUSHALL");
    TURN_UNTIL(w, x.done && mark_stand(w->store) == MARK_BACK);
    /* somebody goes on with it as it is */
    redis_commandf(w->redis, NULL, NULL, "HSET %sstore mark 1000000", w->prefix);
    redis_commandf(w->redis, NULL, NULL, "HDEL %sstore back", w->prefix);
    redis_commandf(w->redis, NULL, NULL, "DEL %sid:campaign",
                   w->prefix); /* its number is given again */
    TURN_UNTIL(w, mark_stand(w->store) == MARK_STANDS);
    w->audience = 0;
    sent_to_all(w, "friday");
    assert_int_equal(w->campaign, id);
    event.ref = slice_of(before);
    assert_int_equal(receive(w, &event), RECEIPT_FOREIGN);
    assert_int_equal(count(w, STATE_ACCEPTED), PEOPLE);
    assert_int_equal(receive_for(w, person(1), event), 0);
    assert_int_equal(count(w, STATE_DELIVERED), 1);
}

static void test_another_account_s_receipt_is_foreign(void **state)
{
    struct world *w = *state;
    char ref[REF_CHARS + 1];
    sent_to_all(w, "thursday");
    ref_make(REF_KEY, SLICE_LIT("other"), &(struct ref){w->campaign, person(1), 0}, ref);
    const struct receipt_event event = {.ref = slice_of(ref), .state = STATE_DELIVERED};
    assert_int_equal(receive(w, &event), RECEIPT_FOREIGN);
    assert_int_equal(count(w, STATE_ACCEPTED), PEOPLE);
}

/* ---- parts ---- */

/* One of three failed, in any order and however often it is said. */
static void test_delivered_when_all_parts_are(void **state)
{
    struct world *w = *state;
    static const char *const orders[] = {"ddu", "dud", "udd", "ddduu", "uudd", "sdu"};
    sent_to_all(w, "thursday");
    for (size_t i = 0; i < COUNT_OF(orders); i++) {
        for (const char *c = orders[i]; *c; c++) {
            struct receipt_event event = {.state = *c == 'd'   ? STATE_DELIVERED
                                                   : *c == 's' ? STATE_SENT
                                                               : STATE_UNDELIVERED,
                                          .outcome = *c == 'u' ? BLOCKED : ACCEPTED,
                                          .parts = true};
            assert_int_equal(receive_for(w, person(i), event), 0);
        }
        assert_int_equal(count(w, STATE_UNDELIVERED), i + 1);
        assert_int_equal(w->now->can_again, 0); /* a part of it may have arrived */
    }
    const struct receipt_event arrived = {.state = STATE_DELIVERED, .parts = true};
    assert_int_equal(receive_for(w, person(99), arrived), 0);
    assert_int_equal(count(w, STATE_DELIVERED), 1);
}

/* ---- answers ---- */

static void test_unlisted_refuses_one(void **state)
{
    struct world *w = *state;
    tell_sim(w, "{\"errors\":\"30610:0.03\"}");
    launch(w, "thursday");
    TURN_UNTIL(w, is_done(w));
    uint64_t refused = count(w, STATE_REFUSED);
    assert_in_range(refused, 1, 60);
    assert_int_equal(w->now->counts[STATE_ACCEPTED], PEOPLE - refused);
    assert_int_equal(w->now->can_again, 0);
}

static void test_many_unlisted_in_a_row_pause(void **state)
{
    struct world *w = *state;
    tell_sim(w, "{\"errors\":\"30610:1\"}");
    launch(w, "thursday");
    TURN_UNTIL(w, has_status(w, "blocked") && w->now->counts[STATE_IN_FLIGHT] == 0);
    assert_in_range(w->now->can_again, 10, 80); /* what was in the air comes along */
    assert_true(w->now->counts[STATE_PENDING] > 150);
    tell_sim(w, "{\"errors\":\"\"}");
    assert_int_equal(resume(w), 0);
    TURN_UNTIL(w, is_done(w));
    uint64_t left = count(w, STATE_REFUSED);
    assert_true(left < 10); /* those of a row that was not full when it was stopped */
    assert_int_equal(w->now->counts[STATE_ACCEPTED], PEOPLE - left);
    assert_int_equal(sim_count(w, "duplicates"), 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(test_the_reference_says_who_opted_out),
        T(test_an_answer_s_reference_too),
        T(test_a_foreign_reference_leaves_the_number),
        T(test_a_reference_to_nobody_leaves_the_number),
        T(test_good_news_of_one_turn_goes_together),
        T(test_news_that_was_not_sent_is_not_stored),
        T(test_a_few_faults_of_the_account_block),
        T(test_old_news_of_the_first_copy),
        T(test_a_copy_sent_by_hand_has_news_of_its_own),
        T(test_too_many_fail),
        T(test_too_many_are_filtered),
        T(test_a_campaign_has_bounds_of_its_own),
        T(test_a_lost_store_s_receipts_are_foreign),
        T(test_another_account_s_receipt_is_foreign),
        T(test_delivered_when_all_parts_are),
        T(test_unlisted_refuses_one),
        T(test_many_unlisted_in_a_row_pause),
    };
    return cmocka_run_group_tests(tests, world_start, world_end);
}
