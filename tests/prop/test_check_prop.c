/* A check remembers what it found out about words, and about whole texts. Random texts, made of pieces as templates and
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
#include "core/law.h"
#include "core/memo.h"
#include "flow/check/report.h"
#include "flow/check/text.h"
#include "io/phone.h"
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

/* ---- whole texts ---- */

enum {
    COLUMNS = 4,
    LISTS = 12,
    LIST_PEOPLE = 500,
    LONG_LIST = 9000, /* of so many names that no memory holds all their texts */
    LONG_NAMES = 6000,
    TEXT_PIECES = 8,
};

static const char *const said[] = {
    "Hi {{first_name}}, ",
    "{{first_name}}: ",
    "Vote on Thursday. ",
    "Polls close at 9pm. ",
    "https://riverside.org/?n={{first_name}} ",
    "http://riverside.org/{{email}} ",
    "See bit.ly/abc and riverside.org/ann. ",
    "TO"
    "DO: the time. ",
    "[TBC] ",
    "Dear {first_name}, ",
    "Riverside meets today. ",
    "Reply STOP to end. ",
    "Reply YES or CANCEL. ",
    "\xF0\x9F\x8E\x89 ",
    "5\xE2\x82\xAC ",
    "It takes all of us, and it takes an evening: that is what we ask of everybody who can spare "
    "one, "
    "and nobody has to come alone, since we meet in pairs and go from door to door together. ",
    "How did you vote? Please pass this on to ten friends. ",
};
static const char *const names[] = {
    "Ann", "ann", "",    "J.", "TEST", "Bob", "Si\xC3\xA2n", "\xD0\x90\xD0\xBD\xD0\xBD\xD0\xB0",
    "Cai", "Dee", "STOP"};
static const char *const emails[] = {"", "ann@example.org", "bob@example.org"};
static const char *const sources[] = {"", "sign-up form", "bought from a broker", "I agree"};
static const char *const wordings[] = {"", "I agree to get texts from Northern Leisure",
                                       "Riverside may text me", "bought from a broker",
                                       "and its partners may text me"};
static const uint64_t numbers[] = {447400000000, 12125550000, 33612340000, 919812340000,
                                   99900000000};
static struct slice columns[COLUMNS] = {
    {"first_name", 10}, {"email", 5}, {"consent_source", 14}, {"consent_wording", 15}};
static const char *const senders[] = {"+447860001111", "Riverside"};
static struct law_organisation organisation = {
    .name = "Riverside",
    .domains = (const char *const[]){"riverside.org"},
    .domain_count = 1,
    .election = {.country = "GB",
                 .zone = "Europe/London",
                 .date = {2027, 5, 6},
                 .opens_min = 7 * 60,
                 .closes_min = 22 * 60},
};
static struct account account = {.rate_per_s = 10,
                                 .channel = "sms",
                                 .price = {"GBP", 40000, true, NULL, 0},
                                 .senders = senders,
                                 .sender_count = 1};

static char *random_message(size_t n)
{
    struct buf text = BUF_INIT(TEXT_BYTES_MAX);
    for (size_t i = 0; i < n; i++)
        buf_add_cstr(&text, said[random_below(COUNT_OF(said))]);
    buf_add_cstr(&text, "Bye {{first_name}}");
    json_t *json = json_pack("{s:{s:{s:s#}}}", "sms", "en", "text", text.p, (int)text.n);
    char *ret = json_dumps(json, JSON_COMPACT);
    json_decref(json);
    buf_done(&text);
    return ret;
}

static void random_block(struct buf *bytes, size_t from, size_t rows, uint32_t new_names)
{
    char name[16];
    buf_clear(bytes);
    block_begin(bytes, COLUMNS);
    for (size_t i = 0; i < rows; i++) {
        (void)snprintf(name, sizeof name, "N%u", random_below(new_names + 1));
        bool known = new_names == 0 || random_below(4) == 0;
        const struct slice row[COLUMNS] = {
            slice_of(known ? names[random_below(COUNT_OF(names))] : name),
            slice_of(emails[random_below(COUNT_OF(emails))]),
            slice_of(sources[random_below(COUNT_OF(sources))]),
            slice_of(wordings[random_below(COUNT_OF(wordings))])};
        uint64_t number = numbers[random_below(COUNT_OF(numbers))] + from + i;
        assert_int_equal(block_add_row(bytes, number, row, COLUMNS), 0);
    }
    block_end(bytes, 0, rows);
}

static void add_block(struct check_report *r, struct message *m, const struct block *b,
                      uint32_t from, bool forgets)
{
    struct buf text = BUF_INIT(MESSAGE_TEXT_BYTES_MAX);
    struct err e;
    for (size_t row = 0; row < block_rows(b); row++) {
        const uint64_t number = block_number(b, row);
        const struct check_person p = {from + (uint32_t)row, number, phone_country_of(number), b,
                                       row};
        struct outgoing out = {0};
        assert_int_equal(message_render(m, b, row, NULL, &text, &out, &e), 0);
        if (forgets) {
            memo_free(r->looks);
            r->looks = memo_new(sizeof(struct look));
            memo_free(r->consents);
            r->consents = memo_new(sizeof(uint64_t));
        }
        uint32_t parts = report_add(r, &p, &out);
        cost_row(&r->cost, p.country, parts, false);
    }
    cost_block_end(&r->cost);
    buf_done(&text);
}

static char *told(struct check_report *r)
{
    report_judge(r);
    json_t *json = check_report_json(r);
    char *text = json_dumps(json, JSON_INDENT(1) | JSON_SORT_KEYS);
    json_decref(json);
    report_free(r);
    return text;
}

/* The same list by a check that remembers, and by one that forgets each text at once. */
static void compare_lists(const struct keywords *k, const struct law_words *w, size_t people,
                          uint32_t new_names)
{
    char *json = random_message(1 + random_below(TEXT_PIECES));
    const struct audience_info audience = {.id = 1,
                                           .name = SLICE_LIT("members"),
                                           .columns = columns,
                                           .column_count = COLUMNS,
                                           .total = (uint32_t)people};
    const struct check_input input = {
        .message = slice_of(json),
        .account = &account,
        .audience = &audience,
        .start_ms = INT64_C(1809072000000),
        .now_ms = INT64_C(1809072000000),
        .organisation = "Riverside",
        .keywords = k,
        .law = {.words = w, .organisation = &organisation},
    };
    struct check_report *remembers = report_new(&input), *forgets = report_new(&input);
    struct message *m;
    struct buf bytes = BUF_INIT(BLOCK_BYTES_MAX);
    struct block b;
    struct err e;
    assert_int_equal(message_compile(input.message, SLICE_LIT("sms"), columns, COLUMNS, &m, &e), 0);
    for (size_t from = 0; from < people; from += block_rows(&b)) {
        random_block(&bytes, from, people - from < BLOCK_ROWS ? people - from : BLOCK_ROWS,
                     new_names);
        assert_int_equal(block_open(buf_slice(&bytes), &b, &e), 0);
        add_block(remembers, m, &b, (uint32_t)from, false);
        add_block(forgets, m, &b, (uint32_t)from, true);
    }
    char *got = told(remembers), *want = told(forgets);
    if (strcmp(got, want) != 0) fail_msg("%s\nremembered:\n%s\nforgotten:\n%s", json, got, want);
    free(got);
    free(want);
    free(json);
    message_free(m);
    buf_done(&bytes);
}

static void test_looks_change_nothing(void **state)
{
    (void)state;
    struct keywords *k = keywords_new();
    struct law_words *w = law_words_new();
    for (int i = 0; i < LISTS; i++)
        compare_lists(k, w, LIST_PEOPLE, i % 2 ? 0 : 100);
    compare_lists(k, w, LONG_LIST, LONG_NAMES);
    law_words_free(w);
    keywords_free(k);
}

int main(void)
{
    random_state = prop_seed();
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_memory_changes_nothing),
                                       cmocka_unit_test(test_looks_change_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
