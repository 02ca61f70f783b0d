#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/parts.h"

#include "base/check.h"

#include <stdio.h>

/* count times piece, then the rest in the same way. */
struct run {
    int count;
    const char *piece;
};

enum { RUNS_MAX = 3, TEXT_BYTES_MAX = 64 * 1024 };

static void check_text(const char *what, struct slice text, enum parts_encoding encoding,
                       uint32_t units, uint32_t parts)
{
    struct parts got;
    parts_count(text, &got);
    uint32_t alone = encoding == PARTS_GSM7 ? 160 : 70, joined = encoding == PARTS_GSM7 ? 153 : 67;
    if (got.encoding != encoding || got.units != units || got.parts != parts ||
        got.per_part != (parts == 1 ? alone : joined))
        fail_msg("%s: %s, %u units, %u parts of %u", what, parts_encoding_to_string(got.encoding),
                 got.units, got.parts, got.per_part);
}

static void test_worked_cases(void **state)
{
    (void)state;
    static const struct {
        struct run runs[RUNS_MAX];
        enum parts_encoding encoding;
        uint32_t units, parts;
    } cases[] = {
        {{{0, ""}}, PARTS_GSM7, 0, 1},
        {{{160, "a"}}, PARTS_GSM7, 160, 1},
        {{{161, "a"}}, PARTS_GSM7, 161, 2},
        {{{306, "a"}}, PARTS_GSM7, 306, 2},
        {{{307, "a"}}, PARTS_GSM7, 307, 3},
        {{{159, "a"}, {1, "€"}}, PARTS_GSM7, 161, 2},
        {{{153, "€"}}, PARTS_GSM7, 306, 3},
        {{{152, "a"}, {1, "€"}, {151, "a"}}, PARTS_GSM7, 305, 2},
        {{{152, "a"}, {1, "€"}, {152, "a"}}, PARTS_GSM7, 306, 3},
        {{{152, "a"}, {1, "["}, {152, "a"}}, PARTS_GSM7, 306, 3},
        {{{153, "a"}, {1, "€"}, {151, "a"}}, PARTS_GSM7, 306, 2},
        {{{80, "€"}}, PARTS_GSM7, 160, 1},
        {{{81, "€"}}, PARTS_GSM7, 162, 2},
        {{{70, "ж"}}, PARTS_UCS2, 70, 1},
        {{{71, "ж"}}, PARTS_UCS2, 71, 2},
        {{{134, "ж"}}, PARTS_UCS2, 134, 2},
        {{{135, "ж"}}, PARTS_UCS2, 135, 3},
        {{{35, "🎉"}}, PARTS_UCS2, 70, 1},
        {{{36, "🎉"}}, PARTS_UCS2, 72, 2},
        {{{66, "🎉"}}, PARTS_UCS2, 132, 2},
        {{{67, "🎉"}}, PARTS_UCS2, 134, 3},
        {{{160, "a"}, {1, "ж"}}, PARTS_UCS2, 161, 3},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct buf text = BUF_INIT(TEXT_BYTES_MAX);
        for (int r = 0; r < RUNS_MAX && cases[i].runs[r].piece; r++)
            for (int k = 0; k < cases[i].runs[r].count; k++)
                buf_add_cstr(&text, cases[i].runs[r].piece);
        char what[32];
        (void)snprintf(what, sizeof what, "case %zu", i);
        check_text(what, buf_slice(&text), cases[i].encoding, cases[i].units, cases[i].parts);
        buf_done(&text);
    }
}

static void test_alphabet(void **state)
{
    (void)state;
    static const char basic[] = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
                                "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
    static const char extension[] = "\f^{}\\[~]|€";
    check_text("basic", slice_of(basic), PARTS_GSM7, 127, 1);
    check_text("extension", slice_of(extension), PARTS_GSM7, 20, 1);
    static const char *const missing[] = {"`",  "ç",    "á", "í", "ó", "ú",     "â",
                                          "ê",  "î",    "ô", "û", "ë", "ï",     "ÿ",
                                          "\t", "\x1b", "’", "—", "…", "\u00a0"};
    for (size_t i = 0; i < COUNT_OF(missing); i++)
        check_text(missing[i], slice_of(missing[i]), PARTS_UCS2, 1, 1);
    unsigned septets[3] = {0};
    for (uint32_t cp = 0; cp < 0x110000; cp++)
        septets[parts_gsm_septets(cp)]++;
    assert_int_equal(septets[1], 127);
    assert_int_equal(septets[2], 10);
}

static void test_first_non_gsm(void **state)
{
    (void)state;
    struct parts p;
    parts_count(SLICE_LIT("caf\u00e9 \u20ac \u2019\u2014"), &p);
    assert_int_equal(p.encoding, PARTS_UCS2);
    assert_int_equal(p.first_non_gsm, 0x2019);
    assert_int_equal(p.first_non_gsm_offset, 10);
}

static void test_wrong_utf8(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        uint32_t units;
    } cases[] = {
        {"\xFF", 1},
        {"a\xC3", 2},    /* cut at the end */
        {"\xC3(", 2},    /* no continuation */
        {"\xE2\x82", 1}, /* cut: one character is missing, not two */
        {"\xE2\x82x", 2},
        {"\xC0\xAF", 2}, /* overlong: neither byte can begin anything */
        {"\xE0\x80\xAF", 3},
        {"\xED\xA0\x80", 3}, /* a surrogate */
        {"\xF0\x9F\x8E", 1},
        {"\xF0\x9F\x8E\x89", 2}, /* right: a surrogate pair */
        {"\xF4\x90\x80\x80", 4}, /* above U+10FFFF */
        {"\x80\x80", 2},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct parts p;
        parts_count(slice_of(cases[i].bytes), &p);
        assert_int_equal(p.encoding, PARTS_UCS2);
        assert_int_equal(p.units, cases[i].units);
    }
}

static void test_smart(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"plain {text} €5", "plain {text} €5"},
        {"“It’s” ‘so’ „low‟ «q»", "\"It's\" 'so' \"low\" \"q\""},
        {"a–b—c―d‐e−f", "a-b-c-d-e-f"},
        {"wait… ‼", "wait... !!"},
        {"½ ¼ ¾ ÷ ⁄", "1/2 1/4 3/4 / /"},
        {"a\u00a0b\u2003c\u3000d\te", "a b c d e"},
        {"a\u200bb\u2060c\ufeffd\x10"
         "e",
         "abcde"},
        {"ＡＢｃ１！～", "ABc1!~"},
        {"ʜᴇʟʟᴏ", "HELLO"},
        {"`x`", "'x'"},
        {"‹a›", "<a>"},
        {"ж 🎉 ç", "ж 🎉 ç"},
        {"n\u0303", "n\u0303"},
        {"a\xFF", "a\uFFFD"},
        {"\u2022 item", "- item"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct buf out = BUF_INIT(TEXT_BYTES_MAX);
        parts_smart(slice_of(cases[i].text), &out);
        assert_string_equal(out.p, cases[i].want);
        buf_done(&out);
    }
    struct buf small = BUF_INIT(4);
    parts_smart(SLICE_LIT("a…b…"), &small);
    assert_true(small.failed);
    buf_done(&small);
}

/* Every stand-in is itself sendable as GSM-7, else it would be none. */
static void test_stand_ins_are_gsm(void **state)
{
    (void)state;
    for (uint32_t cp = 0x80; cp < 0x10000; cp++) {
        if (cp >= 0xD800 && cp <= 0xDFFF) continue;
        char text[4] = {(char)(0xE0 | cp >> 12), (char)(0x80 | (cp >> 6 & 0x3F)),
                        (char)(0x80 | (cp & 0x3F)), 0};
        if (cp < 0x800) {
            text[0] = (char)(0xC0 | cp >> 6);
            text[1] = (char)(0x80 | (cp & 0x3F));
            text[2] = 0;
        }
        struct buf out = BUF_INIT(16);
        parts_smart(slice_of(text), &out);
        struct parts p;
        parts_count(buf_slice(&out), &p);
        if (!slice_is(buf_slice(&out), text)) assert_int_equal(p.encoding, PARTS_GSM7);
        buf_done(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_worked_cases),  cmocka_unit_test(test_alphabet),
        cmocka_unit_test(test_first_non_gsm), cmocka_unit_test(test_wrong_utf8),
        cmocka_unit_test(test_smart),         cmocka_unit_test(test_stand_ins_are_gsm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
