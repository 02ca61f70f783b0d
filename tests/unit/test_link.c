#include "core/link.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/check.h"

static const uint8_t KEY[LINK_KEY_BYTES] = "0123456789abcdef";
static const enum link_kind KINDS[] = {
#define X(name, wire, what) name,
    LINK_KINDS(X)
#undef X
};

static void test_round_trip(void **state)
{
    (void)state;
    static const uint32_t numbers[] = {0, 1, 255, 256, 400000, 0x7fffffff, 0xffffffff};
    for (size_t k = 0; k < COUNT_OF(KINDS); k++) {
        for (size_t i = 0; i < COUNT_OF(numbers); i++) {
            const struct link made = {KINDS[k], numbers[i], numbers[(i + k) % COUNT_OF(numbers)]};
            char text[LINK_CHARS + 1];
            struct link got = {0};
            link_make(KEY, &made, text);
            assert_int_equal(strlen(text), LINK_CHARS);
            assert_true(link_read(KEY, made.kind, slice_of(text), &got));
            assert_int_equal(got.kind, made.kind);
            assert_int_equal(got.a, made.a);
            assert_int_equal(got.b, made.b);
        }
    }
}

/* No change of a single character gives another link that is taken, not even one of the unused
 * bits of the last character. */
static void test_forged(void **state)
{
    (void)state;
    static const char ALPHABET[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+/= %";
    char text[LINK_CHARS + 1];
    struct link got = {LINK_PAGE, 88, 99};
    link_make(KEY, &(struct link){LINK_SHARE, 12, 34567}, text);
    for (int i = 0; i < LINK_CHARS; i++) {
        char was = text[i];
        for (const char *c = ALPHABET; *c; c++) {
            text[i] = *c;
            if (*c != was) assert_false(link_read(KEY, LINK_SHARE, slice_of(text), &got));
        }
        text[i] = was;
    }
    assert_int_equal(got.kind, LINK_PAGE);
    assert_int_equal(got.a, 88);
    assert_int_equal(got.b, 99);
}

/* What may be done with one kind may not be done with another. */
static void test_other_kind(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(KINDS); i++) {
        char text[LINK_CHARS + 1];
        struct link got;
        link_make(KEY, &(struct link){KINDS[i], 5, 6}, text);
        for (size_t j = 0; j < COUNT_OF(KINDS); j++)
            assert_int_equal(link_read(KEY, KINDS[j], slice_of(text), &got), i == j);
    }
}

static void test_other_key_and_length(void **state)
{
    (void)state;
    static const uint8_t other[LINK_KEY_BYTES] = "0123456789abcdeg";
    char text[LINK_CHARS + 2] = {0};
    struct link got;
    link_make(KEY, &(struct link){LINK_OFFER, 5, 6}, text);
    assert_false(link_read(other, LINK_OFFER, slice_of(text), &got));
    assert_false(link_read(KEY, LINK_OFFER, slice_make(text, LINK_CHARS - 1), &got));
    assert_false(link_read(KEY, LINK_OFFER, slice_make(text, LINK_CHARS + 1), &got));
    assert_false(link_read(KEY, LINK_OFFER, SLICE_NONE, &got));
}

/* The format is a promise to links that people passed on: pinned (computed by an independent
 * implementation of SipHash). */
static void test_pinned(void **state)
{
    (void)state;
    char text[LINK_CHARS + 1];
    link_make(KEY, &(struct link){LINK_OFFER, 1, 2}, text);
    assert_string_equal(text, "AQAAAAEAAAAC6LZ39l2iNKE");
    link_make(KEY, &(struct link){LINK_SHARE, 7, 400000}, text);
    assert_string_equal(text, "AwAAAAcABhqAUpNmLMXZW3w");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),           cmocka_unit_test(test_forged),
        cmocka_unit_test(test_other_kind),           cmocka_unit_test(test_pinned),
        cmocka_unit_test(test_other_key_and_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
