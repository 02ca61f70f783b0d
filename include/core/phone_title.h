#pragma once
/* Whether the title of a column says that it holds phone numbers, in the languages in which lists
 * are kept and as the programs write it that export them ("Phone 1 - Value", "mobile_number",
 * "Téléphone portable", "Handy-Nr.", "رقم الهاتف"). Case, accents and the signs between words do
 * not count. */
#include "base/slice.h"

/* Larger is better; two columns of the same rank are for a person to choose from. */
enum phone_title {
    PHONE_TITLE_NONE,
    PHONE_TITLE_WEAK,  /* "Number", "Home phone": only where nothing else says phone */
    PHONE_TITLE_LATER, /* "Phone 2 - Value" */
    PHONE_TITLE_PHONE,
    PHONE_TITLE_APP, /* "WhatsApp" */
    PHONE_TITLE_MOBILE,
};
enum phone_title phone_title_rank(struct slice title);
/* Whether two titles are the same as far as case, accents and the signs between words go. */
bool phone_title_same(struct slice a, struct slice b);
/* A title, or a name, as it is compared: small letters and digits without accents, nothing between words. The bytes written to
 * `out`; 0 when nothing is left, or it is too long to say anything. */
enum { PHONE_TITLE_PLAIN_BYTES = 512 };
size_t phone_title_plain(struct slice title, char out[PHONE_TITLE_PLAIN_BYTES]);
