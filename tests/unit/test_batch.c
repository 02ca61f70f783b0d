#include "store/batch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/check.h"

static void what_is_written_is_read_back(void **state)
{
    (void)state;
    const struct {
        struct batch_id batch;
        const char *value;
    } cases[] = {
        {batch_of_block(1, 0), "{\"c\":1,\"b\":0}"},
        {batch_of_block(7, 3906), "{\"c\":7,\"b\":3906}"},
        {batch_of_block(UINT32_MAX, INDEX_BLOCK_MAX), "{\"c\":4294967295,\"b\":16777215}"},
        {batch_of_direct(0), "{\"c\":0,\"i\":0}"},
        {batch_of_direct(UINT32_MAX), "{\"c\":0,\"i\":4294967295}"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char out[BATCH_VALUE_BYTES];
        struct batch_id got;
        struct slice value = batch_write(cases[i].batch, out);
        assert_true(slice_is(value, cases[i].value));
        assert_true(batch_read(value, &got));
        assert_int_equal(got.campaign, cases[i].batch.campaign);
        assert_int_equal(got.first, cases[i].batch.first);
        assert_int_equal(got.count, cases[i].batch.count);
    }
}

static void order_blanks_and_new_names_are_fine(void **state)
{
    (void)state;
    struct batch_id got;
    assert_true(batch_read(SLICE_LIT(" { \"b\" : 2, \"new\" : [1], \"c\" : 9 } "), &got));
    assert_int_equal(got.campaign, 9);
    assert_int_equal(got.first, 512);
}

static void garbage_is_refused(void **state)
{
    (void)state;
    static const char *const values[] = {
        "",
        "garbage",
        "[]",
        "{}",
        "{\"c\":1}",
        "{\"b\":1}",
        "{\"i\":1}",
        "{\"c\":1,\"i\":2}",     /* a campaign has blocks */
        "{\"c\":0,\"b\":2}",     /* the direct book has none */
        "{\"c\":1,\"b\":\"2\"}", /* no number */
        "{\"c\":1,\"b\":2.0}",   /* no integer */
        "{\"c\":-1,\"b\":2}",    /* out of range, each at either end */
        "{\"c\":1,\"b\":-2}",
        "{\"c\":0,\"i\":-1}",
        "{\"c\":4294967296,\"b\":2}",
        "{\"c\":1,\"b\":16777216}",
        "{\"c\":0,\"i\":4294967296}",
        "{\"c\":1,\"b\":2,\"b\":3}", /* which? */
        "{\"c\":1,\"b\":2",          /* cut off */
        "{\"c\":1,\"b\":2}{\"c\":1,\"b\":3}",
    };
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        struct batch_id got = {99, 99, 99};
        assert_false(batch_read(slice_of(values[i]), &got));
        assert_true(got.campaign == 99 && got.first == 99 && got.count == 99);
    }
    struct batch_id got;
    assert_false(batch_read(SLICE_NONE, &got));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(order_blanks_and_new_names_are_fine),
        cmocka_unit_test(garbage_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
