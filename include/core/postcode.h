#pragma once
/* Postcodes and towns as a gazetteer keeps them, so that all of a country's take little room. Pure.
 *
 * A code is folded: capitals and digits, nothing else ("M145TA"). It is kept by its area, which is the code
 * without its last two characters ("M145"); an area's codes are packed one behind the other, 8 bytes each: the
 * two characters, latitude and longitude in 3 bytes each (within 2 m). */
#include "core/point.h"

enum {
    POSTCODE_CHARS_MIN = 3,
    POSTCODE_CHARS_MAX = 10,
    POSTCODE_UNIT_CHARS = 2, /* what an area's entries are told apart by */
    POSTCODE_ENTRY_BYTES = 8,
    POSTCODE_SAID_BYTES = POSTCODE_CHARS_MAX + 2,
    TOWN_BYTES_MAX = 80,
};

/* Blanks, hyphens and points are dropped. False: it has other characters, no digit at all, or more than
 * POSTCODE_CHARS_MAX; a beginning of a code may have one character only. out is NUL-terminated. */
bool postcode_fold(struct slice text, char out[POSTCODE_CHARS_MAX + 1]);
/* As people of that country write it: "M14 5TA". */
void postcode_say(const char *country, struct slice folded, char out[POSTCODE_SAID_BYTES]);
/* The same of an area: "M14 5". */
void postcode_say_area(const char *country, struct slice area, char out[POSTCODE_SAID_BYTES]);
/* Whether it is written as two words of which the second is one digit ("M1 4"): a sector, and no district. */
bool postcode_is_sector(const char *country, struct slice text);
/* The postcode of that country that somebody wrote in a sentence ("I'm in m14 5ta tomorrow"); of countries whose
 * codes are like other numbers, the whole text has to be one. False: there is none, or there are several. */
bool postcode_in_words(const char *country, struct slice text, char out[POSTCODE_CHARS_MAX + 1]);

/* One entry of an area: the last two characters of a code, and where it is. */
void postcode_pack(const char unit[POSTCODE_UNIT_CHARS], struct point at,
                   uint8_t out[POSTCODE_ENTRY_BYTES]);
/* Of an area's entries the one of that unit. False: it is not there. */
bool postcode_find(struct slice entries, const char unit[POSTCODE_UNIT_CHARS], struct point *ret);

/* The middle of several points. Not for those on both sides of the 180th meridian. */
struct middle {
    int64_t lat, lon, n;
};
void middle_add(struct middle *m, struct point at);
void middle_add_entries(struct middle *m, struct slice entries);
bool middle_of(const struct middle *m, struct point *ret); /* false: of none */

/* A town's name as it is looked up: small letters without accents, words with a blank between ("st andrews"). False: no
 * word is in it, or it is longer than TOWN_BYTES_MAX. out is NUL-terminated. */
bool town_fold(struct slice name, char out[TOWN_BYTES_MAX + 1]);
