#include "core/parts.h"

enum { CODE_POINT_BAD = 0xFFFD };

/* Septets of the ASCII characters, with their places in the two tables of the alphabet. */
static const uint8_t ascii_septets[128] = {
    ['\n'] = 1, ['\f'] = 2, ['\r'] = 1, [' '] = 1, ['!'] = 1, ['"'] = 1, ['#'] = 1, ['$'] = 1,
    ['%'] = 1,  ['&'] = 1,  ['\''] = 1, ['('] = 1, [')'] = 1, ['*'] = 1, ['+'] = 1, [','] = 1,
    ['-'] = 1,  ['.'] = 1,  ['/'] = 1,  ['0'] = 1, ['1'] = 1, ['2'] = 1, ['3'] = 1, ['4'] = 1,
    ['5'] = 1,  ['6'] = 1,  ['7'] = 1,  ['8'] = 1, ['9'] = 1, [':'] = 1, [';'] = 1, ['<'] = 1,
    ['='] = 1,  ['>'] = 1,  ['?'] = 1,  ['@'] = 1, ['A'] = 1, ['B'] = 1, ['C'] = 1, ['D'] = 1,
    ['E'] = 1,  ['F'] = 1,  ['G'] = 1,  ['H'] = 1, ['I'] = 1, ['J'] = 1, ['K'] = 1, ['L'] = 1,
    ['M'] = 1,  ['N'] = 1,  ['O'] = 1,  ['P'] = 1, ['Q'] = 1, ['R'] = 1, ['S'] = 1, ['T'] = 1,
    ['U'] = 1,  ['V'] = 1,  ['W'] = 1,  ['X'] = 1, ['Y'] = 1, ['Z'] = 1, ['['] = 2, ['\\'] = 2,
    [']'] = 2,  ['^'] = 2,  ['_'] = 1,  ['a'] = 1, ['b'] = 1, ['c'] = 1, ['d'] = 1, ['e'] = 1,
    ['f'] = 1,  ['g'] = 1,  ['h'] = 1,  ['i'] = 1, ['j'] = 1, ['k'] = 1, ['l'] = 1, ['m'] = 1,
    ['n'] = 1,  ['o'] = 1,  ['p'] = 1,  ['q'] = 1, ['r'] = 1, ['s'] = 1, ['t'] = 1, ['u'] = 1,
    ['v'] = 1,  ['w'] = 1,  ['x'] = 1,  ['y'] = 1, ['z'] = 1, ['{'] = 2, ['|'] = 2, ['}'] = 2,
    ['~'] = 2,
};

const char *parts_encoding_to_string(enum parts_encoding encoding)
{
    return encoding == PARTS_GSM7 ? "GSM-7" : "UCS-2";
}

/* Beyond ASCII: what is in the basic alphabet. */
static const uint8_t beyond_septets[] = {
    [0xA1] = 1,  /* ¡ */
    [0xA3] = 1,  /* £ */
    [0xA4] = 1,  /* ¤ */
    [0xA5] = 1,  /* ¥ */
    [0xA7] = 1,  /* § */
    [0xBF] = 1,  /* ¿ */
    [0xC4] = 1,  /* Ä */
    [0xC5] = 1,  /* Å */
    [0xC6] = 1,  /* Æ */
    [0xC7] = 1,  /* Ç */
    [0xC9] = 1,  /* É */
    [0xD1] = 1,  /* Ñ */
    [0xD6] = 1,  /* Ö */
    [0xD8] = 1,  /* Ø */
    [0xDC] = 1,  /* Ü */
    [0xDF] = 1,  /* ß */
    [0xE0] = 1,  /* à */
    [0xE4] = 1,  /* ä */
    [0xE5] = 1,  /* å */
    [0xE6] = 1,  /* æ */
    [0xE8] = 1,  /* è */
    [0xE9] = 1,  /* é */
    [0xEC] = 1,  /* ì */
    [0xF1] = 1,  /* ñ */
    [0xF2] = 1,  /* ò */
    [0xF6] = 1,  /* ö */
    [0xF8] = 1,  /* ø */
    [0xF9] = 1,  /* ù */
    [0xFC] = 1,  /* ü */
    [0x393] = 1, /* Γ */
    [0x394] = 1, /* Δ */
    [0x398] = 1, /* Θ */
    [0x39B] = 1, /* Λ */
    [0x39E] = 1, /* Ξ */
    [0x3A0] = 1, /* Π */
    [0x3A3] = 1, /* Σ */
    [0x3A6] = 1, /* Φ */
    [0x3A8] = 1, /* Ψ */
    [0x3A9] = 1, /* Ω */
};
enum { EURO_SIGN = 0x20AC }; /* of the extension */

unsigned parts_gsm_septets(uint32_t cp)
{
    if (cp < 128) return ascii_septets[cp];
    if (cp < sizeof beyond_septets) return beyond_septets[cp];
    return cp == EURO_SIGN ? 2 : 0;
}

/* Bytes that follow a leading byte, and the range of the first of them, which alone keeps overlongs
 * and surrogates out (table 3-7 of the Unicode standard). 0 for what is no leading byte. */
static unsigned following_bytes(unsigned char lead, unsigned char *lo, unsigned char *hi)
{
    *lo = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    *hi = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (lead >= 0xC2 && lead <= 0xDF) return 1;
    if (lead >= 0xE0 && lead <= 0xEF) return 2;
    if (lead >= 0xF0 && lead <= 0xF4) return 3;
    return 0;
}

uint32_t parts_next_code_point(struct slice s, size_t *pos)
{
    unsigned char lead = (unsigned char)s.p[(*pos)++], lo, hi;
    if (lead < 0x80) return lead;
    unsigned more = following_bytes(lead, &lo, &hi);
    if (more == 0) return CODE_POINT_BAD;
    uint32_t cp = lead & (0x3FU >> more);
    for (unsigned k = 0; k < more; k++) {
        unsigned char c = *pos < s.n ? (unsigned char)s.p[*pos] : 0;
        if (c < lo || c > hi) return CODE_POINT_BAD;
        cp = cp << 6 | (c & 0x3F);
        (*pos)++;
        lo = 0x80;
        hi = 0xBF;
    }
    return cp;
}

/* Parts filled one after the other, as if there were more than one. */
struct fill {
    uint32_t units, parts, used;
};

static void fill_add(struct fill *f, uint32_t units, uint32_t capacity)
{
    f->units += units;
    f->used += units;
    if (f->used <= capacity) return;
    f->parts++;
    f->used = units;
}

static void finish(struct parts *ret, enum parts_encoding encoding, const struct fill *f)
{
    uint32_t alone = encoding == PARTS_GSM7 ? 160 : 70;
    uint32_t joined = encoding == PARTS_GSM7 ? 153 : 67;
    ret->encoding = encoding;
    ret->units = f->units;
    ret->parts = f->units <= alone ? 1 : f->parts;
    ret->per_part = ret->parts == 1 ? alone : joined;
}

/* Counts from the start in UTF-16 units: the text is known not to fit GSM-7. */
static void count_ucs2(struct slice s, struct parts *ret)
{
    struct fill f = {.parts = 1};
    for (size_t pos = 0; pos < s.n;)
        fill_add(&f, parts_next_code_point(s, &pos) > 0xFFFF ? 2 : 1, 67);
    finish(ret, PARTS_UCS2, &f);
}

/* Bytes at the start that are ASCII and one septet each. */
static size_t plain_run(struct slice s)
{
    size_t n = 0;
    while (n < s.n && (unsigned char)s.p[n] < 128 && ascii_septets[(unsigned char)s.p[n]] == 1)
        n++;
    return n;
}

void parts_count(struct slice s, struct parts *ret)
{
    *ret = (struct parts){0};
    size_t pos = plain_run(s);
    struct fill f = {.units = (uint32_t)pos, .parts = 1};
    if (pos > 0) f.parts = ((uint32_t)pos + 152) / 153;
    f.used = (uint32_t)pos - (f.parts - 1) * 153;
    while (pos < s.n) {
        size_t at = pos;
        uint32_t cp = parts_next_code_point(s, &pos);
        unsigned septets = parts_gsm_septets(cp);
        if (septets == 0) {
            ret->first_non_gsm = cp;
            ret->first_non_gsm_offset = at;
            count_ucs2(s, ret);
            return;
        }
        fill_add(&f, septets, 153);
    }
    finish(ret, PARTS_GSM7, &f);
}
