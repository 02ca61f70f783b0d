/* A check remembers what it found out about words. Random texts, made of pieces as templates and
 * the fields in them are (an opt-out word may arise at the border of two), are judged by one that
 * has seen all texts before and by one that has seen none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/check.h"
#include "core/keywords.h"
#include "flow/check/text.h"
#include "seed.h"

enum { TEMPLATES = 200, PEOPLE = 20, PIECES_MAX = 12, FIELD_EVERY = 3, TEXT_BYTES_MAX = 4096 };

static const char *const pieces[] = {
    "Hi ",
    ", our meeting is on Thursday. ",
    "Reply ",
    " with the word ",
    " STOP",
    "stop",
    "ST",
    "OP",
    "CANCEL",
    " cancel",
    "END",
    "quit ",
    " or ",
    " to opt out",
    " to end",
    " for no more texts",
    ". ",
    "?",
    "-",
    "YES",
    " texte ",
    "antworte mit ",
    "mit dem ",
    "ende",
    "un",
    "subscribe",
    "\n",
    " \xE2\x80\x9C",
    "\xE2\x80\x9D",
    "\xD0\xA1\xD0\xA2\xD0\x9E\xD0\x9F ",                                 /* СТОП */
    "\xD9\x82\xD9\x81 ",                                                 /* قف */
    "\xD0\x9E\xD1\x82\xD0\xB2\xD0\xB5\xD1\x82\xD1\x8C\xD1\x82\xD0\xB5 ", /* Ответьте */
    "LLANFAIRPWLLGWYNGYLLGOGERYCHWYRNDROBWLLLLANTYSILIOGOGOGOCH ",
};
static const char *const fields[] = {"",      "Ann",         "ANN", "STOP", "stop",
                                     "OP",    "Quit",        "END", " end", "to end",
                                     "SMITH", "Si\xC3\xA2n", "the", "text", "no more"};

static uint64_t random_state;

/* splitmix64, by Steele, Lea and Flood */
static uint32_t random_below(uint32_t n)
{
    uint64_t z = random_state += 0x9E3779B97F4A7C15;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
    z = (z ^ z >> 27) * 0x94D049BB133111EB;
    return (uint32_t)((z ^ z >> 31) % n);
}

/* Some are new to it: more words than it has room for. */
static void add_field(struct buf *text)
{
    if (random_below(2))
        buf_addf(text, "N%u", random_below(5000));
    else
        buf_add_cstr(text, fields[random_below(COUNT_OF(fields))]);
}

static void render(const char *const *template, size_t n, struct buf *text)
{
    buf_clear(text);
    for (size_t i = 0; i < n; i++) {
        if (template[i])
            buf_add_cstr(text, template[i]);
        else
            add_field(text);
    }
}

static void compare(const struct keywords *k, struct check_words *old, struct slice text)
{
    struct check_words fresh;
    check_words_init(&fresh, k);
    struct check_wording want = check_wording(&fresh, text), got = check_wording(old, text);
    if (want.says_opt_out != got.says_opt_out || want.answer.p != got.answer.p ||
        want.answer.n != got.answer.n)
        fail_msg("[%.*s]: %d and [%.*s] by itself, %d and [%.*s] among others", SLICE_ARG(text),
                 want.says_opt_out, SLICE_ARG(want.answer), got.says_opt_out,
                 SLICE_ARG(got.answer));
    check_words_done(&fresh);
}

static void test_memory_changes_nothing(void **state)
{
    (void)state;
    struct keywords *k = keywords_new();
    struct check_words old;
    struct buf text = BUF_INIT(TEXT_BYTES_MAX);
    check_words_init(&old, k);
    for (int t = 0; t < TEMPLATES; t++) {
        const char *template[PIECES_MAX]; /* NULL is a field */
        size_t n = 1 + random_below(PIECES_MAX);
        for (size_t i = 0; i < n; i++)
            template[i] = random_below(FIELD_EVERY) ? pieces[random_below(COUNT_OF(pieces))] : NULL;
        for (int i = 0; i < PEOPLE; i++) {
            render(template, n, &text);
            compare(k, &old, buf_slice(&text));
        }
    }
    buf_done(&text);
    check_words_done(&old);
    keywords_free(k);
}

int main(void)
{
    random_state = prop_seed();
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_memory_changes_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
