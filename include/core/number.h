#pragma once
/* Phone numbers in E.164: "+447700900123" at every border, a 64-bit integer of the digits inside.
 * This is form only (7 to 15 digits, no leading zero); whether a number can exist is io/phone.h's
 * to say. */
#include "base/check.h"
#include "base/slice.h"

enum {
    NUMBER_TEXT_BYTES = 17, /* '+', 15 digits, NUL */
    NUMBER_MASK_BYTES = 49, /* the same with 3 bytes for each hidden digit */
};

/* Strict: '+' and digits, nothing else. False, and ret untouched, when it is not that. */
bool number_parse(struct slice text, uint64_t *ret) MUST_USE;
bool number_is_valid(uint64_t number);
/* "+447700900123"; out holds NUMBER_TEXT_BYTES. The number must be valid. */
void number_format(uint64_t number, char *out);
/* What volunteers see: country code and the last four digits, "+44••••••0123" (never more than half
 * of a short national number). out holds NUMBER_MASK_BYTES. The number must be valid. */
void number_mask(uint64_t number, char *out);
