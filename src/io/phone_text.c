/* Reads UTF-8 by hand: one pass, and a byte that is no UTF-8 is simply nothing that belongs. */
#include "phone_text.h"

#include "base/check.h"

enum { PLUS = 0xff0b, DIGITS_MIN = 3 };

/* First digits of the scripts that have ten of their own (Unicode: Nd, the basic plane, ascending).
 */
static const uint32_t zeros[] = {
    0x0030, 0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6,
    0x0c66, 0x0ce6, 0x0d66, 0x0de6, 0x0e50, 0x0ed0, 0x0f20, 0x1040, 0x1090, 0x17e0,
    0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620,
    0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10,
};

/* What may stand between digits: libphonenumber's punctuation but for its "x". */
static const uint32_t punctuation[][2] = {
    {' ', ' '},       {'(', ')'},       {'-', '/'},       {'[', '['},       {']', ']'},
    {'~', '~'},       {0x00a0, 0x00a0}, {0x00ad, 0x00ad}, {0x200b, 0x200b}, {0x2010, 0x2015},
    {0x2053, 0x2053}, {0x2060, 0x2060}, {0x2212, 0x2212}, {0x223c, 0x223c}, {0x3000, 0x3000},
    {0x30fc, 0x30fc}, {0xff08, 0xff09}, {0xff0d, 0xff0f}, {0xff3b, 0xff3b}, {0xff3d, 0xff3d},
    {0xff5e, 0xff5e},
};

/* What may stand behind the number beside punctuation: no letters, digits or "#". */
static const uint32_t trailing[][2] = {
    {0x00, '"'},      {'$', '/'},       {':', '@'},       {'[', '`'},         {'{', 0xa9},
    {0xab, 0xb1},     {0x2000, 0x206f}, {0x20a0, 0x20cf}, {0x2190, 0x245f},   {0x2500, 0x2bff},
    {0x3000, 0x3004}, {0xfe00, 0xfe0f}, {0xff5e, 0xff65}, {0x1f000, 0x1faff},
};

static bool within(const uint32_t (*ranges)[2], size_t count, uint32_t c)
{
    for (size_t i = 0; i < count; i++)
        if (c >= ranges[i][0] && c <= ranges[i][1]) return true;
    return false;
}

struct cursor {
    const unsigned char *p, *end;
};

/* The next character, UINT32_MAX for a byte that is none. There must be one. */
static uint32_t next_char(struct cursor *at)
{
    uint32_t c = *at->p++;
    if (c < 0x80) return c;
    unsigned more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc2 ? 1 : 0;
    if (more == 0 || (size_t)(at->end - at->p) < more) return UINT32_MAX;
    c &= 0x3fu >> more;
    for (unsigned i = 0; i < more; i++) {
        if ((at->p[i] & 0xc0) != 0x80) return UINT32_MAX;
        c = c << 6 | (at->p[i] & 0x3fu);
    }
    at->p += more;
    return c;
}

static int digit_of(uint32_t c)
{
    if (c - '0' < 10) return (int)(c - '0');
    if (c < zeros[1]) return -1;
    for (size_t i = 1; i < COUNT_OF(zeros); i++)
        if (c - zeros[i] < 10) return (int)(c - zeros[i]);
    return -1;
}

static bool is_plus(uint32_t c)
{
    return c == '+' || c == PLUS;
}

/* Whether nothing follows that could have belonged to the number. */
static bool ends_here(struct cursor at, uint32_t c)
{
    for (;; c = next_char(&at)) {
        if (!within(trailing, COUNT_OF(trailing), c) &&
            !within(punctuation, COUNT_OF(punctuation), c))
            return false;
        if (at.p == at.end) return true;
    }
}

static bool read_digits(struct cursor at, uint32_t c, struct phone_digits *out)
{
    for (;; c = next_char(&at)) {
        int digit = digit_of(c);
        if (digit >= 0 && out->n == PHONE_DIGITS_MAX) return false;
        if (digit >= 0)
            out->d[out->n++] = (uint8_t)digit;
        else if (!within(punctuation, COUNT_OF(punctuation), c))
            return ends_here(at, c);
        if (at.p == at.end) return true;
    }
}

bool phone_text_read(const char *text, size_t n, struct phone_digits *ret, bool *ret_plus)
{
    struct cursor at = {(const unsigned char *)text, (const unsigned char *)text + n};
    ret->n = 0;
    *ret_plus = false;
    while (at.p < at.end) {
        uint32_t c = next_char(&at);
        if (is_plus(c))
            *ret_plus = true;
        else if (digit_of(c) >= 0 || *ret_plus)
            /* two digits and nothing else are a number to libphonenumber */
            return read_digits(at, c, ret) && (ret->n >= DIGITS_MIN || (ret->n == 2 && n == 2));
    }
    return false;
}
