#include "core/postcode.h"

#include <math.h>
#include <stdio.h>

#include "base/ascii.h"
#include "keywords_fold.h"

enum { PLACE_BYTES = 3, STEPS = 1 << 24, LAT_DEGREES = 180, LON_DEGREES = 360 };

static char capital(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* ---- spelling ---- */

bool postcode_fold(struct slice text, char out[POSTCODE_CHARS_MAX + 1])
{
    size_t n = 0;
    bool has_digit = false;
    for (size_t i = 0; i < text.n; i++) {
        char c = capital(text.p[i]);
        if (strchr(" \t-.", c) && c) continue;
        if ((!ascii_is_upper(c) && !ascii_is_digit(c)) || n == POSTCODE_CHARS_MAX) return false;
        has_digit = has_digit || ascii_is_digit(c);
        out[n++] = c;
    }
    out[n] = '\0';
    return has_digit;
}

/* Britain's ends in a digit and two letters; a sector ends in the digit. */
static size_t inward(const char *country, struct slice folded)
{
    const char *end = folded.p + folded.n;
    if (strcmp(country, "GB") != 0) return 0;
    if (folded.n >= 5 && ascii_is_digit(end[-3]) && ascii_is_upper(end[-2]) &&
        ascii_is_upper(end[-1]))
        return 3;
    return 0;
}

static void say_in_two(struct slice folded, size_t second, char out[POSTCODE_SAID_BYTES])
{
    struct slice first = slice_make(folded.p, folded.n - second);
    (void)snprintf(out, POSTCODE_SAID_BYTES, "%.*s%s%.*s", SLICE_ARG(first), second ? " " : "",
                   SLICE_ARG(slice_from(folded, first.n)));
}

void postcode_say(const char *country, struct slice folded, char out[POSTCODE_SAID_BYTES])
{
    say_in_two(folded, inward(country, folded), out);
}

void postcode_say_area(const char *country, struct slice area, char out[POSTCODE_SAID_BYTES])
{
    say_in_two(area, strcmp(country, "GB") == 0, out);
}

bool postcode_is_sector(const char *country, struct slice text)
{
    text = slice_trim(text);
    return strcmp(country, "GB") == 0 && text.n >= 4 && ascii_is_digit(text.p[text.n - 1]) &&
           text.p[text.n - 2] == ' ';
}

/* ---- in a sentence ---- */

/* The last two letters are none that are easily mistaken, so "7.30pm" is none. */
static bool is_unit(const char *end)
{
    return !strchr("CIKMOV", end[-1]) && !strchr("CIKMOV", end[-2]);
}

/* A9 9AA, A99 9AA, AA9 9AA, AA99 9AA, A9A 9AA, AA9A 9AA */
static bool is_british(struct slice folded)
{
    size_t out = folded.n - 3, letters = 0;
    if (folded.n < 5 || folded.n > 7 || inward("GB", folded) != 3) return false;
    if (!is_unit(folded.p + folded.n)) return false;
    while (letters < out && ascii_is_upper(folded.p[letters]))
        letters++;
    return letters >= 1 && letters <= 2 && letters < out && out - letters <= 2 &&
           ascii_is_digit(folded.p[letters]);
}

struct seen {
    size_t count;
    char code[POSTCODE_CHARS_MAX + 1]; /* the first */
};

static void see(struct seen *seen, struct slice word)
{
    char code[POSTCODE_CHARS_MAX + 1];
    if (!postcode_fold(word, code) || !is_british(slice_of(code))) return;
    if (seen->count && strcmp(seen->code, code) == 0) return;
    if (seen->count++ == 0) memcpy(seen->code, code, sizeof code);
}

static bool is_of_word(char c)
{
    return ascii_is_upper(capital(c)) || ascii_is_digit(c);
}

static struct slice next_word(struct slice text, size_t *at)
{
    while (*at < text.n && !is_of_word(text.p[*at]))
        ++*at;
    size_t from = *at;
    while (*at < text.n && is_of_word(text.p[*at]))
        ++*at;
    return slice_make(text.p + from, *at - from);
}

/* In one word, or in two that follow each other. */
static void look_for_british(struct slice text, struct seen *seen)
{
    size_t at = 0;
    struct slice before = SLICE_NONE;
    for (struct slice word = next_word(text, &at); word.n; word = next_word(text, &at)) {
        see(seen, word);
        if (before.n && word.n == 3)
            see(seen, slice_make(before.p, (size_t)(word.p + word.n - before.p)));
        before = word;
    }
}

bool postcode_in_words(const char *country, struct slice text, char out[POSTCODE_CHARS_MAX + 1])
{
    struct seen seen = {0};
    if (strcmp(country, "GB") != 0) {
        return postcode_fold(slice_trim(text), out) && strlen(out) >= POSTCODE_CHARS_MIN;
    }
    look_for_british(text, &seen);
    if (seen.count != 1) return false;
    memcpy(out, seen.code, sizeof seen.code);
    return true;
}

/* ---- packed ---- */

static void put_degrees(int32_t e5, int degrees, uint8_t out[PLACE_BYTES])
{
    double share = (e5 / 1e5 + degrees / 2.0) / degrees;
    uint32_t v = (uint32_t)lround(share * (STEPS - 1));
    out[0] = (uint8_t)(v >> 16);
    out[1] = (uint8_t)(v >> 8);
    out[2] = (uint8_t)v;
}

static int32_t get_degrees(const uint8_t *p, int degrees)
{
    uint32_t v = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
    return (int32_t)lround(((double)v / (STEPS - 1) * degrees - degrees / 2.0) * 1e5);
}

void postcode_pack(const char unit[POSTCODE_UNIT_CHARS], struct point at,
                   uint8_t out[POSTCODE_ENTRY_BYTES])
{
    memcpy(out, unit, POSTCODE_UNIT_CHARS);
    put_degrees(at.lat_e5, LAT_DEGREES, out + POSTCODE_UNIT_CHARS);
    put_degrees(at.lon_e5, LON_DEGREES, out + POSTCODE_UNIT_CHARS + PLACE_BYTES);
}

static struct point point_at(const uint8_t *entry)
{
    return (struct point){get_degrees(entry + POSTCODE_UNIT_CHARS, LAT_DEGREES),
                          get_degrees(entry + POSTCODE_UNIT_CHARS + PLACE_BYTES, LON_DEGREES)};
}

bool postcode_find(struct slice entries, const char unit[POSTCODE_UNIT_CHARS], struct point *ret)
{
    const uint8_t *p = (const uint8_t *)entries.p;
    for (size_t at = 0; at + POSTCODE_ENTRY_BYTES <= entries.n; at += POSTCODE_ENTRY_BYTES) {
        if (memcmp(p + at, unit, POSTCODE_UNIT_CHARS) != 0) continue;
        *ret = point_at(p + at);
        return true;
    }
    return false;
}

/* ---- the middle ---- */

void middle_add(struct middle *m, struct point at)
{
    m->lat += at.lat_e5;
    m->lon += at.lon_e5;
    m->n++;
}

void middle_add_entries(struct middle *m, struct slice entries)
{
    const uint8_t *p = (const uint8_t *)entries.p;
    for (size_t at = 0; at + POSTCODE_ENTRY_BYTES <= entries.n; at += POSTCODE_ENTRY_BYTES)
        middle_add(m, point_at(p + at));
}

bool middle_of(const struct middle *m, struct point *ret)
{
    if (m->n == 0) return false;
    *ret = (struct point){(int32_t)(m->lat / m->n), (int32_t)(m->lon / m->n)};
    return true;
}

/* ---- towns ---- */

bool town_fold(struct slice name, char out[TOWN_BYTES_MAX + 1])
{
    struct fold f;
    size_t n = 0;
    fold_text(name, &f);
    for (size_t i = 0; i < f.count; i++) {
        struct slice word = fold_word_at(&f, i);
        if (n + (n > 0) + word.n > TOWN_BYTES_MAX) return false;
        if (n) out[n++] = ' ';
        memcpy(out + n, word.p, word.n);
        n += word.n;
    }
    out[n] = '\0';
    return n > 0;
}
