/* Receipts on the real ledger: whom they are about, and what follows for the person and the
 * campaign. */
#include "unknown_world.h"

/* ---- opt-outs ---- */

static void on_receipt(void *arg, int result)
{
    struct waiting *x = arg;
    x->result = result;
    x->done = true;
}

static int receive(struct world *w, const struct receipt_event *event)
{
    const struct receipts r = {.ledger = w->ledger,
                               .optouts = {w->suppress, w->direct, w->campaigns, w->audiences},
                               .ref_key = REF_KEY};
    struct waiting x = {.done = false};
    receipt_apply(&r, event, clock_wall_ms(), on_receipt, &x);
    TURN_UNTIL(w, x.done);
    return x.result;
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
    suppress_check(w->suppress, SLICE_LIT("another-group"), number, on_check, &f);
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
    ref_make(REF_KEY, w->campaign, 256 + 7, ref); /* the second block's eighth: 107th of all */
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
    direct_add(w->direct, &m, on_added, &x);
    wait_for(w, &x);
    ref_make(REF_KEY, 0, x.id, ref);
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
    ref_make(REF_KEY, 4711, 3, ref);
    const struct receipt_event event = opt_out(ref, "+447700900557");
    assert_true(receive(w, &event) >= 0);
    assert_string_equal(find(w, 447700900557).scope, "all");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(test_the_reference_says_who_opted_out),
        T(test_an_answer_s_reference_too),
        T(test_a_foreign_reference_leaves_the_number),
        T(test_a_reference_to_nobody_leaves_the_number),
    };
    return cmocka_run_group_tests(tests, world_start, world_end);
}
