/* Random texts, made of code points, against a counter that shares nothing with ours: it has the
 * alphabet as two strings, lays unit after unit into arrays and cuts those. A failure prints its
 * seed; MUSTER_SEED=n runs that one again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <uchar.h>

#include <cmocka.h>

#include "base/check.h"
#include "core/parts.h"
#include "seed.h"

enum { TEXTS = 20000, CHARS_MAX = 700 };

static const char32_t basic[] =
    U"@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    U"ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
static const char32_t extension[] = U"\f^{}\\[~]|€";
static const char32_t others[] = U"`çáíóú’“”—…жλ中\t\u00a0\U0001F389\U0001F44D\U0010FFFF\uFFFD\0";

static uint64_t random_state;

/* splitmix64, by Steele, Lea and Flood */
static uint32_t random_below(uint32_t n)
{
    uint64_t z = random_state += 0x9E3779B97F4A7C15;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
    z = (z ^ z >> 27) * 0x94D049BB133111EB;
    return (uint32_t)((z ^ z >> 31) % n);
}

static char32_t pick(const char32_t *set, size_t count)
{
    return set[random_below((uint32_t)count)];
}

static void add_utf8(struct buf *out, char32_t c)
{
    if (c < 0x80) {
        buf_add_char(out, (char)c);
    } else if (c < 0x800) {
        buf_add_char(out, (char)(0xC0 | c >> 6));
        buf_add_char(out, (char)(0x80 | (c & 63)));
    } else if (c < 0x10000) {
        buf_add_char(out, (char)(0xE0 | c >> 12));
        buf_add_char(out, (char)(0x80 | (c >> 6 & 63)));
        buf_add_char(out, (char)(0x80 | (c & 63)));
    } else {
        buf_add_char(out, (char)(0xF0 | c >> 18));
        buf_add_char(out, (char)(0x80 | (c >> 12 & 63)));
        buf_add_char(out, (char)(0x80 | (c >> 6 & 63)));
        buf_add_char(out, (char)(0x80 | (c & 63)));
    }
}

static bool is_in(const char32_t *set, size_t count, char32_t c)
{
    for (size_t i = 0; i < count; i++)
        if (set[i] == c) return true;
    return false;
}

static unsigned units_of(char32_t c, bool gsm)
{
    if (gsm) return is_in(extension, COUNT_OF(extension) - 1, c) ? 2 : 1;
    return c > 0xFFFF ? 2 : 1;
}

static struct parts count_naively(const char32_t *text, size_t n)
{
    struct parts p = {.encoding = PARTS_GSM7};
    for (size_t i = 0; i < n; i++)
        if (!is_in(basic, COUNT_OF(basic) - 1, text[i]) &&
            !is_in(extension, COUNT_OF(extension) - 1, text[i]))
            p.encoding = PARTS_UCS2;
    bool gsm = p.encoding == PARTS_GSM7;
    bool pair_starts[2 * CHARS_MAX] = {false};
    for (size_t i = 0; i < n; i++) {
        pair_starts[p.units] = units_of(text[i], gsm) == 2;
        p.units += units_of(text[i], gsm);
    }
    p.parts = 1;
    p.per_part = gsm ? 160 : 70;
    if (p.units <= p.per_part) return p;
    p.per_part = gsm ? 153 : 67;
    uint32_t start = 0;
    while (p.units - start > p.per_part) {
        start += p.per_part;
        if (pair_starts[start - 1]) start--;
        p.parts++;
    }
    return p;
}

/* Mostly lengths around the edges, and mixes from pure to wild. */
static size_t make_text(char32_t *text)
{
    uint32_t n = random_below(3) ? random_below(CHARS_MAX) : 60 + random_below(20);
    uint32_t pairs = random_below(4) * 15, wild = random_below(3) ? 0 : random_below(100);
    bool astral = random_below(4) == 0;
    for (uint32_t i = 0; i < n; i++) {
        text[i] = pick(basic, COUNT_OF(basic) - 1);
        if (random_below(100) < pairs) text[i] = pick(extension, COUNT_OF(extension) - 1);
        if (random_below(100) < wild)
            text[i] = astral ? 0x1F389 : pick(others, COUNT_OF(others) - 1);
    }
    return n;
}

static void test_counts_agree(void **state)
{
    (void)state;
    for (int t = 0; t < TEXTS; t++) {
        char32_t text[CHARS_MAX];
        size_t n = make_text(text);
        struct buf utf8 = BUF_INIT(4 * CHARS_MAX);
        for (size_t i = 0; i < n; i++)
            add_utf8(&utf8, text[i]);
        struct parts want = count_naively(text, n), got;
        parts_count(buf_slice(&utf8), &got);
        if (got.encoding != want.encoding || got.units != want.units || got.parts != want.parts ||
            got.per_part != want.per_part)
            fail_msg("text %d: want %u units in %u parts of %u, got %u in %u of %u: [%s]", t,
                     want.units, want.parts, want.per_part, got.units, got.parts, got.per_part,
                     utf8.p);
        buf_done(&utf8);
    }
}

int main(void)
{
    random_state = prop_seed();
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_counts_agree)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
