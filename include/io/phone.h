#pragma once
/* What a phone number is, by the numbering plan that is built in (io/phone_plan.txt: Google's
 * libphonenumber metadata of phone_plan_date()). Region, type, validity and the reading of national
 * numbers are those of that library, the same on every machine (ADR 0009), with these differences:
 *
 *  - letters, "*" and "#" behind the first digit make a text no phone number: nothing is dialled as
 *    on a keypad, and an extension is not left out in silence;
 *  - "00" stands for "+" in every country, also where another code is dialled to go abroad. Where
 *    both readings are numbers of the plan, that of the own country wins ("0055…" in Brazil), and
 *    without one the number is `ambiguous`;
 *  - digits without "+" that begin with the default country's own code are an international number
 *    when only that reading is a mobile (4915112345678 in Germany, to the library a landline of
 *    Coppenbrügge);
 *  - Ofcom's drama range +447700900000 to +447700900999 is kept free for fiction. Here it is a
 *    valid mobile number, flagged `drama`, so that samples and rehearsals need no real number. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PHONE_TYPE_TABLE(X)                                                                        \
    X(PHONE_UNKNOWN, "unknown")                                                                    \
    X(PHONE_MOBILE, "mobile")                                                                      \
    X(PHONE_FIXED, "fixed")                                                                        \
    X(PHONE_FIXED_OR_MOBILE, "fixed_or_mobile")                                                    \
    X(PHONE_TOLL_FREE, "toll_free")                                                                \
    X(PHONE_PREMIUM, "premium")                                                                    \
    X(PHONE_SHARED, "shared")                                                                      \
    X(PHONE_VOIP, "voip")                                                                          \
    X(PHONE_PERSONAL, "personal")                                                                  \
    X(PHONE_PAGER, "pager")                                                                        \
    X(PHONE_UAN, "uan")                                                                            \
    X(PHONE_VOICEMAIL, "voicemail")
enum phone_type {
#define X(name, text) name,
    PHONE_TYPE_TABLE(X)
#undef X
};
const char *phone_type_to_string(enum phone_type type); /* static */

struct phone {
    uint64_t e164;        /* its digits: 447700900123; up to 19 of them, so ask number_is_valid() */
    char country[4];      /* ISO code, "001" for numbers of no country; of an invalid number that of
                           * its leading digits, else the main one of its code */
    enum phone_type type; /* PHONE_UNKNOWN unless valid */
    bool possible;        /* the length is one that the country has, with no trunk prefix left */
    bool valid;           /* the numbering plan has it */
    bool ambiguous; /* two readings are numbers of the plan: not valid, and not to be guessed */
    bool drama;
};

/* Reads a number as people write it; what stands before the first digit or + does not count.
 * default_country ("GB") is for numbers without +; NULL or "" = none, then they are refused. False,
 * and ret untouched, when it is no phone number at all. About 0.1 µs; no memory, no state. */
bool phone_parse(const char *text, size_t n, const char *default_country, struct phone *ret);
/* The same of a number in E.164. False when no country has its code. */
bool phone_of(uint64_t e164, struct phone *ret);
/* Whether a text can be sent to numbers of this type: mobiles, those that may be one (in some
 * countries the plan does not tell), and VoIP, of which many take texts. */
bool phone_type_is_textable(enum phone_type type);
/* Which country a number belongs to, for prices and hours: "GB" (XK is Kosovo, AC Ascension), or
 * NULL when its code belongs to no country. Where no digits tell countries apart (590) the main one
 * stands for all. */
const char *phone_country_of(uint64_t e164);
/* Whether numbers of this country ("GB", capitals) are known. */
bool phone_country_is_known(const char *country);
/* The day on which the plan was published ("2026-11-06"), and its version at libphonenumber. */
const char *phone_plan_date(void);
const char *phone_plan_release(void);
/* What is to be said of a number that is possible and not valid: "not in the numbering plan of
 * 2026-11-06", which is no fact about the number. */
const char *phone_plan_unlisted(void);
