#pragma once
/* Text of strangers as people may see it: on pages, in terminals, CSV files, metrics and logs. One
 * rule for all of them:
 *   - controls (C0, DEL, C1, U+FFF9…FFFB) and bytes that are no UTF-8 become U+FFFD;
 *   - what is not seen and turns the writing around (U+202A…202E, U+2066…2069) is left out;
 *   - line ends (LF, CR, CRLF, U+0085, U+2028, U+2029) and tabs are kept in a text, as LF and tab,
 *     and are a blank in a line, which also leaves out what is not seen and makes two names look
 *     like one (U+00AD, U+061C, U+180E, U+200B, U+200E, U+200F, U+2060…2064, U+FEFF). A text keeps
 *     those: Thai and Khmer break lines at them. The joiners U+200C and U+200D stay in both: emoji
 *     and Persian are written with them. */
#include "base/buf.h"
#include "base/slice.h"

enum plain_kind {
    PLAIN_LINE, /* a name, a label, a line of a log */
    PLAIN_TEXT, /* a message: it may have lines */
};

/* Whether the text can be shown as it is. O(bytes), as all of these. */
bool plain_is(struct slice text, enum plain_kind kind);
void plain_add(struct buf *out, struct slice text, enum plain_kind kind);
/* The same into a fixed place, NUL-terminated: what does not fit is left out, never half of a
 * character. Returns the bytes without the NUL. The two do not overlap. */
size_t plain_copy(char *out, size_t room, struct slice text, enum plain_kind kind);
