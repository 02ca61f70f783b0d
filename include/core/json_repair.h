#pragma once
/* JSON that a strict reader refuses for a character, made into JSON that it reads: a person's words
 * must not be lost because somebody's phone, or a gateway on the way, wrote one byte wrong.
 *
 * What is mended, and how: docs/adr/0016-json-that-is-repaired.md. In short: in texts, bytes that
 * are not UTF-8, NUL and other control characters, halves of surrogate pairs and escapes that are
 * none; numbers that no integer or double holds and words that are no JSON become texts, so that no
 * digit is lost; commas too many or too few; what is nested too deep becomes null; a byte order
 * mark goes.
 *
 * What is not: a text that ends too early. Half of a sentence may say the opposite of the whole. */
#include "base/buf.h"

enum { JSON_REPAIR_DEEP_MAX = 64, JSON_REPAIR_NUMBER_BYTES = 8 };

/* Appends the mended text to `out`, at most 3 times as long and a few bytes. False: it cannot be
 * made JSON, or does not fit; what is in `out` then is of no use. *ret_rest: bytes behind the
 * value that are no blanks; they were left out. O(text). */
bool json_repair(struct slice text, struct buf *out, size_t *ret_rest);
/* The same, and each name begins with its number, in JSON_REPAIR_NUMBER_BYTES hexadecimal digits: so no
 * name stands twice, and a reader sees all of them in their order. At most 7 times as long. */
bool json_repair_numbered(struct slice text, struct buf *out, size_t *ret_rest);
