#pragma once
/* A person's number at a door: whatever a list, a provider, a volunteer or an API call writes ends
 * here in one canonical number, so that one person is one person everywhere (ADR 0009). What a
 * number *is* (region, type, validity) is io/phone.h's to say.
 *
 * Spellings are joined only where both cannot be two people's live numbers: Mexico's 521, Brazil
 * without the ninth digit, Argentina's 15, a trunk zero behind the code, and the countries that
 * have renumbered (src/io/renumbered.c has them with date and source). What the plan lists as
 * somebody's number today stays as it is, also where it looks like another's: "+54 11 2345 6789"
 * is a landline of Buenos Aires, not the mobile +54 9 11 2345 6789. */
#include "base/check.h"
#include "base/slice.h"

enum person_number_kind {
    PERSON_NUMBER,    /* one certain person: *ret is the canonical number */
    PERSON_DOUBTFUL,  /* digits that may be several people's (a foreign number without plus, a
                       * national one that the plan does not know): keep and show the text as it
                       * came, suppress nobody, do not answer */
    PERSON_NO_NUMBER, /* no phone number: a name, a short code, a user id, nothing */
};

/* Reads a sender or recipient as a provider or a person writes it: with "+", with "00" or the
 * country's exit code, with "tel:", "sms:" or "whatsapp:" in front, with blanks and punctuation, in
 * the national form of `country`, or as international digits without plus.
 *
 *   country                   "GB": of numbers without plus (the gateway's, else the
 *                             organisation's). NULL or "" = not known: then they are doubtful
 *                             unless digits_are_international
 *   digits_are_international  digits without plus begin with a country code, always (WhatsApp's
 *                             wa_id, providers that leave the plus out); one that begins with 0 is
 *                             national all the same. False: they are national or begin with the
 *                             code of `country` (49… for DE), and what the plan of `country` does
 *                             not list is doubtful
 *
 * A number with plus that the plan does not list is a number: plans are old tomorrow. Fewer than 7
 * digits without plus are a short code, but for countries whose mobiles are so short. ret is set
 * for PERSON_NUMBER only. About 0.3 µs. */
enum person_number_kind person_number_read(struct slice text, const char *country,
                                           bool digits_are_international,
                                           uint64_t *ret_number) MUST_USE;
/* The one spelling of a number in E.164 digits; itself when it has no other. Idempotent. */
uint64_t person_number_canonical(uint64_t number) MUST_USE;

/* The older spellings of a canonical number that the renumbered countries may have left in a store:
 * each of them becomes `number` by person_number_canonical. Returns how many; most numbers have
 * none. What was once dialled at home (a trunk zero) is not among them: no list was stored so. */
enum { PERSON_OLDER_MAX = 8 };
size_t person_number_older(uint64_t number, uint64_t out[PERSON_OLDER_MAX]) MUST_USE;

/* Names the table and the plan that decide it: where it differs, numbers may be spelled otherwise.
 */
uint64_t person_number_version(void) MUST_USE;
