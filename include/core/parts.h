#pragma once
/* How many SMS a text becomes: GSM 03.38 (3GPP TS 23.038) when every character is in it, else
 * UCS-2. A part holds 160 septets or 70 UTF-16 units when it is alone, 153 or 67 when the text goes
 * on in another (the 6 octets of the 8-bit concatenation header are gone). Parts are filled
 * greedily, and neither an escape pair nor a surrogate pair is torn apart, so a text may need more
 * parts than its units divided by the capacity. */
#include "base/buf.h"
#include "base/slice.h"

enum parts_encoding { PARTS_GSM7, PARTS_UCS2 };

const char *parts_encoding_to_string(enum parts_encoding encoding); /* "GSM-7", "UCS-2" */

struct parts {
    enum parts_encoding encoding;
    uint32_t units; /* septets, an escape pair as 2; or UTF-16 units */
    uint32_t parts; /* at least 1: an empty message is a message too. Providers stop at 10 to 255 */
    uint32_t per_part; /* [units] of one part of this text: 160 or 153, 70 or 67 */
    /* The first character that GSM-7 lacks; meaningful when the encoding is UCS-2. */
    uint32_t first_non_gsm;      /* code point */
    size_t first_non_gsm_offset; /* [bytes] */
};

/* Never fails: what is not UTF-8 counts as U+FFFD, once for each maximal wrong run as the Unicode
 * standard recommends. O(text), about a nanosecond a byte for plain ASCII. */
void parts_count(struct slice utf8, struct parts *ret);

/* Appends the text with characters outside GSM-7 replaced by ones inside it where nobody will mind:
 * typographic quotes, dashes and dots, fractions, full-width and small-capital letters, special
 * spaces (one space each), zero-width characters and stray controls (nothing). What has no such
 * stand-in stays, and so do combining marks, which belong to the letter before them; wrong UTF-8
 * becomes U+FFFD. The ceiling of `out` is its flag. */
void parts_smart(struct slice utf8, struct buf *out);

/* One code point of `s` at *pos, which moves behind it; U+FFFD for what is not UTF-8. *pos < s.n.
 */
uint32_t parts_next_code_point(struct slice s, size_t *pos);
/* 1 or 2 septets, or 0 when GSM 03.38 lacks the character. */
unsigned parts_gsm_septets(uint32_t code_point);
