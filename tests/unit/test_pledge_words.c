/* What is clearly a yes, or that somebody cannot come (core/pledge_words.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/check.h"
#include "core/pledge_words.h"

static void all_are(enum pledge_word word, const char *const *texts, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (pledge_words_read(slice_of(texts[i])) != word)
            fail_msg("'%s' is %d and not %d", texts[i], (int)pledge_words_read(slice_of(texts[i])),
                     (int)word);
}

static void yes_is_said_in_many_ways(void **state)
{
    (void)state;
    static const char *const texts[] = {"Yes",
                                        "YES!",
                                        "yes please",
                                        "Yes, thank you x",
                                        "Yeah \xf0\x9f\x91\x8d",
                                        "y",
                                        "Count me in",
                                        "I'll be there!",
                                        "I\xe2\x80\x99m in",
                                        "Yes I'm coming",
                                        "Hi, yes I can come",
                                        "S\xc3\xad",
                                        "Oui, merci",
                                        "ja!"};
    all_are(PLEDGE_WORD_YES, texts, COUNT_OF(texts));
}

static void cannot_is_said_in_many_ways(void **state)
{
    (void)state;
    static const char *const texts[] = {"CANT",
                                        "can't",
                                        "Can\xe2\x80\x99t make it sorry",
                                        "Sorry, I can't come",
                                        "Cancel",
                                        "cancel please",
                                        "I cannot make it today",
                                        "I'm not coming",
                                        "i wont be there",
                                        "Sorry I have to cancel",
                                        "je ne peux pas venir"};
    all_are(PLEDGE_WORD_CANT, texts, COUNT_OF(texts));
}

static void what_says_more_is_for_a_person(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "yes?",
                                        "no",
                                        "ok",
                                        "thanks",
                                        "Yes but I can't do Saturday",
                                        "yes if somebody can drive me",
                                        "Yes what time",
                                        "I can't wait!",
                                        "can't find the hall",
                                        "Who is this",
                                        "don't cancel",
                                        "yes no",
                                        "yes for 4 people",
                                        "\xff\xfe\xff",
                                        "stop"};
    all_are(PLEDGE_WORD_NONE, texts, COUNT_OF(texts));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(yes_is_said_in_many_ways),
        cmocka_unit_test(cannot_is_said_in_many_ways),
        cmocka_unit_test(what_says_more_is_for_a_person),
    };
    return cmocka_run_group_tests_name("pledge_words", tests, NULL, NULL);
}
