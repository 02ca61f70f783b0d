#pragma once
/* What a phone number is (libphonenumber, C++, behind this small C face; a library of its own,
 * since only the command line needs it and musterd stays free of C++).
 *
 * One number costs 25 to 35 µs (most where countries share a code, as in +44), so a million takes
 * half a minute. Nothing is remembered by prefix: the library's rules are regular expressions over
 * whole numbers, so from outside no prefix can be proven to decide them.
 *
 * Ofcom's drama range +447700900000 to +447700900999 is kept free for fiction. To the library it is
 * possible but not valid; here it is a valid mobile number, flagged `drama`, so that samples and
 * rehearsals need no real number. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

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
const char *phone_type_to_string(enum phone_type type);

struct phone {
    uint64_t e164;        /* its digits: 447700900123 */
    char country[4];      /* ISO code, "001" for numbers of no country, "" when not known */
    enum phone_type type; /* PHONE_UNKNOWN unless valid */
    bool possible;        /* the length fits */
    bool valid;           /* the numbering plan has it */
    bool drama;
};

/* Reads a number as people write it. default_country ("GB") is for numbers without +; NULL or "" =
 * none, then they are refused. False, and ret untouched, when it is no phone number at all. */
bool phone_parse(const char *text, size_t n, const char *default_country, struct phone *ret);
/* Whether numbers of this country ("GB", capitals) are known. */
bool phone_country_is_known(const char *country);

#ifdef __cplusplus
}
#endif
