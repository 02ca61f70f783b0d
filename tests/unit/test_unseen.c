/* Texts in which nobody sees anything. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/check.h"
#include "core/unseen.h"

static void test_texts(void **state)
{
    (void)state;
    static const char *const unseen[] = {"",       " \t\r\n",      "\u00a0",     "\u3000",
                                         "\u200b", "\u200e\u200f", "\u3164",     "\uffa0",
                                         "\u2800", "\ufeff",       "\u034f",     "\u180e",
                                         "\u2060", "\ufe0f",       "\U000e0020", "\x07\xc2\x85"};
    static const char *const seen[] = {"a",    ".",          "\u200e.", "\u0301", "\U0001f44d",
                                       "\xff", "\u200b\xff", "\ufffd",  "\ufffc", "\u2801"};
    for (size_t i = 0; i < COUNT_OF(unseen); i++)
        if (!text_is_unseen(slice_of(unseen[i]))) fail_msg("unseen %zu", i);
    for (size_t i = 0; i < COUNT_OF(seen); i++)
        if (text_is_unseen(slice_of(seen[i]))) fail_msg("seen %zu", i);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(test_texts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
