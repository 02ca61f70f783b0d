#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/keywords.h"

#include "base/check.h"

#include <string.h>

static struct keywords *words;

struct word_case {
    const char *text;
    enum keyword want;
};

static void check_words(const struct word_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        enum keyword got = keywords_recognise(words, slice_of(cases[i].text));
        if (got != cases[i].want)
            fail_msg("[%s]: want %s, got %s", cases[i].text, keyword_to_string(cases[i].want),
                     keyword_to_string(got));
    }
}

static void test_whole_message_acts(void **state)
{
    (void)state;
    static const struct word_case cases[] = {
        {"STOP", KEYWORD_STOP},
        {"stop", KEYWORD_STOP},
        {" Stop.\n", KEYWORD_STOP},
        {"\"STOP\"!!!", KEYWORD_STOP},
        {"S.T.O.P", KEYWORD_STOP},
        {"STOP 🛑", KEYWORD_STOP},
        {"👋stop👋🏽", KEYWORD_STOP},
        {"ＳＴＯＰ", KEYWORD_STOP},
        {"st\u200bop\ufe0f", KEYWORD_STOP},
        {"stop all", KEYWORD_STOP},
        {"StopAll", KEYWORD_STOP},
        {"STOP STOP STOP", KEYWORD_STOP},
        {"stop, unsubscribe!", KEYWORD_STOP},
        {"End", KEYWORD_STOP},
        {"quit", KEYWORD_STOP},
        {"CANCEL", KEYWORD_STOP},
        {"revoke", KEYWORD_STOP},
        {"Unsubscribe", KEYWORD_STOP},
        {"opt out", KEYWORD_STOP},
        {"Opt-Out", KEYWORD_STOP},
        {"OPTOUT", KEYWORD_STOP},
        {"remove", KEYWORD_STOP},
        {"Remove me", KEYWORD_STOP},
        {"unsub", KEYWORD_STOP},
        {"STOPIO", KEYWORD_STOP},
        {"arrêt", KEYWORD_STOP},
        {"ARRE\u0302T", KEYWORD_STOP},
        {"DÉSABONNER", KEYWORD_STOP},
        {"START", KEYWORD_START},
        {"un-stop", KEYWORD_START},
        {"Help?", KEYWORD_HELP},
        {"INFO", KEYWORD_HELP},
    };
    check_words(cases, COUNT_OF(cases));
}

/* A part that acts beside parts that only sound like it, names in any number of pieces, words as people write them. */
static void test_parts_of_a_message(void **state)
{
    (void)state;
    static const struct word_case cases[] = {
        {"Who gave you my number? Take me off your list", KEYWORD_STOP},
        {"Leave me alone. Stop texting me.", KEYWORD_STOP},
        {"Schluss jetzt, meine Nummer bitte von der Liste streichen", KEYWORD_STOP},
        {"Hi. STOP. Regards, Dr. P. Iyer, MBBS", KEYWORD_STOP},
        {"i dont want to recieve theese mesages", KEYWORD_STOP},
        {"STOP. Regards, Dr. Iyer will be at the hall on Friday", KEYWORD_NEAR_STOP},
        {"Stop texting me, I'm on my way!", KEYWORD_NEAR_STOP},
        {"Remove me from the rota please, I've had enough of early mornings", KEYWORD_NEAR_STOP},
        {"Stop. No wait. Don't stop, I was joking", KEYWORD_NEAR_STOP},
        {"Leave me alone. I mean it", KEYWORD_NEAR_STOP},
    };
    check_words(cases, COUNT_OF(cases));
}

static void test_near_goes_to_a_person(void **state)
{
    (void)state;
    static const struct word_case cases[] = {
        {"the texts should stop at once", KEYWORD_NEAR_STOP},
        {"no more", KEYWORD_NEAR_STOP},
        {"Dim mwy, diolch", KEYWORD_NEAR_STOP},
        {"Take me off or else", KEYWORD_NEAR_STOP},
        {"why don't you lose my number", KEYWORD_NEAR_STOP},
        {"Fuck off", KEYWORD_NEAR_STOP},
        {"just f*** OFF", KEYWORD_NEAR_STOP},
        {"I want to unsubscribe from this", KEYWORD_NEAR_STOP},
        {"get me off your list or I call the police", KEYWORD_NEAR_STOP},
    };
    check_words(cases, COUNT_OF(cases));
}

static void test_the_rest_is_an_answer(void **state)
{
    (void)state;
    static const struct word_case cases[] = {
        {"", KEYWORD_NONE},
        {" \n", KEYWORD_NONE},
        {"🎉", KEYWORD_NONE},
        {"No", KEYWORD_NONE},
        {"NO!!", KEYWORD_NONE},
        {"Nie", KEYWORD_NONE},
        {"Wrong number", KEYWORD_NONE},
        {"I have moved", KEYWORD_NONE},
        {"I disagree with you", KEYWORD_NONE},
        {"Yes", KEYWORD_NONE},
        {"It never stopped raining, I was stopping at home", KEYWORD_NONE},
        {"I have to cancel on Saturday", KEYWORD_NONE},
        {"In the end I will come", KEYWORD_NONE},
        {"can you help me find it", KEYWORD_NONE},
        {"let's start at 7", KEYWORD_NONE},
        {"Liked “Are you in? Reply STOP to opt out”", KEYWORD_REACTION},
        {"Laughed at \"Reply STOP to opt out\"", KEYWORD_REACTION},
        {"Reacted 👍 to “Hi. Reply STOP to opt out” ", KEYWORD_REACTION},
        {"Liked it, but stop", KEYWORD_NEAR_STOP},
        {"\xFF\xFE stop\xC3", KEYWORD_STOP},
        {"проголосую", KEYWORD_NONE},
    };
    check_words(cases, COUNT_OF(cases));
}

static void test_bounds(void **state)
{
    (void)state;
    enum { BYTES = 3 * KEYWORDS_BYTES_MAX };
    static char text[BYTES];
    memset(text, 'x', sizeof text);
    assert_int_equal(keywords_recognise(words, slice_make(text, sizeof text)), KEYWORD_NONE);
    memcpy(text, "stop ", 5);
    assert_int_equal(keywords_recognise(words, slice_make(text, sizeof text)), KEYWORD_NEAR_STOP);
    for (size_t i = 0; i + 4 <= sizeof text; i += 4)
        memcpy(text + i, "\xF0\xA0\x80\x80", 4);
    assert_int_equal(keywords_recognise(words, slice_make(text, sizeof text)), KEYWORD_NONE);
    memset(text, ' ', sizeof text);
    memcpy(text + sizeof text - 4, "stop", 4);
    assert_int_equal(keywords_recognise(words, slice_make(text, sizeof text)), KEYWORD_STOP);
    assert_int_equal(keywords_recognise(words, slice_make("stop\0all", 8)), KEYWORD_STOP);
}

/* As long as a webhook may be: each line is looked at once, or this takes minutes. */
static void test_a_quote_of_very_many_lines(void **state)
{
    enum { LINES = 200000, LINE_BYTES = 2 };
    static char text[LINES * LINE_BYTES + 5];
    (void)state;
    for (size_t i = 0; i < LINES; i++)
        memcpy(text + i * LINE_BYTES, ">\n", LINE_BYTES);
    memcpy(text + sizeof text - 5, "STOP", 5);
    assert_int_equal(keywords_recognise(words, slice_make(text, sizeof text - 1)), KEYWORD_STOP);
}

static void test_tags(void **state)
{
    (void)state;
    enum { YES = KEYWORD_TAG_YES, NO = KEYWORD_TAG_NO, ASKS = KEYWORD_TAG_QUESTION };
    enum { MAYBE = KEYWORD_TAG_MAYBE_OPT_OUT };
    static const struct {
        const char *text;
        unsigned want;
    } cases[] = {
        {"", 0},
        {"Yes!", YES},
        {"yeah I'll be there", YES},
        {"Hi Sam", 0},
        {"Hello, sure", YES},
        {"I'll be there", YES},
        {"👍", YES},
        {"no problem", 0},
        {"ok thx", 0},
        {"yeah nah", 0},
        {"wrong number", KEYWORD_TAG_WRONG_NUMBER},
        {"No, wrong number", KEYWORD_TAG_WRONG_NUMBER},
        {"Wrong number, you keep texting me", KEYWORD_TAG_WRONG_NUMBER | MAYBE},
        {"Yes please, and is there parking", YES | ASKS},
        {"Ydw", YES},
        {"No", NO},
        {"nope sorry", NO},
        {"Sorry, can't make it", NO},
        {"I’m not able to", NO},
        {"👎🏽", NO},
        {"👍👎", 0},
        {"not sure", 0},
        {"Nobody told me", 0},
        {"Where is it", ASKS},
        {"the hall on Main St?", ASKS},
        {"Yes, what time?", YES | ASKS},
        {"Is it far", ASKS},
        {"see https://example.org/?a=b", 0},
        {"thanks, who is this", ASKS},
        {"STOP", MAYBE},
        {"No, stop texting me", MAYBE},
        {"No, and you keep texting me", NO | MAYBE},
        {"why don't you leave me alone?", ASKS | MAYBE},
        {"Liked “Are you coming? Reply STOP to opt out”", 0},
        {"I live in York", 0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        unsigned got = keywords_tags(words, slice_of(cases[i].text));
        if (got != cases[i].want)
            fail_msg("[%s]: want %u, got %u", cases[i].text, cases[i].want, got);
    }
}

static void test_buttons(void **state)
{
    (void)state;
    static const struct {
        const char *payload, *title;
        enum keyword want;
    } cases[] = {
        {"STOP", "Nicht mehr senden", KEYWORD_STOP},
        {"STOP_PROMOTIONS", "Weniger davon", KEYWORD_STOP},
        {"stop-marketing-2026", "x", KEYWORD_STOP},
        {"btn_stop", "x", KEYWORD_STOP},
        {"opt_out", "x", KEYWORD_STOP},
        {"OptOut", "x", KEYWORD_STOP},
        {"unsubscribe:all", "x", KEYWORD_STOP},
        {"", "Stop promotions", KEYWORD_STOP},
        {"17", "Stop messages", KEYWORD_STOP},
        {"17", "Se désabonner", KEYWORD_NEAR_STOP},
        {"17", "Abmelden", KEYWORD_STOP},
        {"BUS_STOP", "Which bus stop?", KEYWORD_NONE},
        {"NON_STOP", "Non-stop", KEYWORD_NONE},
        {"CANCEL", "Cancel", KEYWORD_NEAR_STOP},
        {"CANCEL_SHIFT", "Cancel my shift", KEYWORD_NONE},
        {"YES", "Count me in", KEYWORD_NONE},
        {"START", "Yes", KEYWORD_START},
        {"", "", KEYWORD_NONE},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        enum keyword got =
            keywords_recognise_action(words, slice_of(cases[i].payload), slice_of(cases[i].title));
        if (got != cases[i].want)
            fail_msg("[%s] [%s]: want %s, got %s", cases[i].payload, cases[i].title,
                     keyword_to_string(cases[i].want), keyword_to_string(got));
    }
}

static void test_further_words(void **state)
{
    (void)state;
    struct keywords *own = keywords_new();
    assert_null(keywords_add(own, KEYWORD_STOP, SLICE_LIT("Lopetä  kaikki!")));
    assert_non_null(keywords_add(own, KEYWORD_STOP, SLICE_LIT("k-e s tte"))); /* kes */
    assert_null(keywords_add(own, KEYWORD_HELP, SLICE_LIT("wer da")));
    assert_int_equal(keywords_recognise(own, SLICE_LIT("LOPETA KAIKKI, please")), KEYWORD_STOP);
    assert_int_equal(keywords_recognise(own, SLICE_LIT("lopeta kaiki")), KEYWORD_NEAR_STOP);
    assert_int_equal(keywords_recognise(own, SLICE_LIT("loptea kaikki")), KEYWORD_NEAR_STOP);
    assert_int_equal(keywords_recognise(words, SLICE_LIT("lopeta kaikki")), KEYWORD_NONE);
    assert_int_equal(keywords_recognise(words, SLICE_LIT("lopeta kaiki")), KEYWORD_NONE);
    assert_int_equal(keywords_recognise(own, SLICE_LIT("Wer da?")), KEYWORD_HELP);
    static const char *const refused[] = {"", "🙂", "no", "Ja", "ok", "hello", "thanks", "help"};
    for (size_t i = 0; i < COUNT_OF(refused); i++)
        assert_non_null(keywords_add(own, KEYWORD_STOP, slice_of(refused[i])));
    assert_int_equal(keywords_recognise(own, SLICE_LIT("ok")), KEYWORD_NONE);
    keywords_free(own);
}

static void test_names(void **state)
{
    (void)state;
    enum keyword k = KEYWORD_NONE;
    assert_true(keyword_from_string("near_stop", &k));
    assert_int_equal(k, KEYWORD_NEAR_STOP);
    assert_string_equal(keyword_to_string(KEYWORD_HELP), "help");
    assert_false(keyword_from_string("halt", &k));
}

static int set_up(void **state)
{
    (void)state;
    words = keywords_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    keywords_free(words);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_message_acts),
        cmocka_unit_test(test_parts_of_a_message),
        cmocka_unit_test(test_near_goes_to_a_person),
        cmocka_unit_test(test_the_rest_is_an_answer),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_a_quote_of_very_many_lines),
        cmocka_unit_test(test_tags),
        cmocka_unit_test(test_buttons),
        cmocka_unit_test(test_further_words),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
