/* How a door's text becomes one number: without plus, the national reading and the one that begins
 * with the country's own code are tried; whatever else begins with a country code is a guess, and a
 * guess is doubtful. */
#include "io/person_number.h"

#include "io/phone.h"

#include <ctype.h>

enum { TEXT_BYTES_MAX = 64, DIGITS_MIN = 7, DIGITS_MAX = 15 };

/* ---- one spelling ---- */

/* Ivory Coast, 31 January 2021: the operator's two digits came in front, told by the second digit
 * of the old number. */
static uint64_t ivory_coast(uint64_t old)
{
    static const unsigned prefix[] = {1, 1, 1, 1, 5, 5, 5, 7, 7, 7};
    return 22500 * 100000000ull + prefix[old / 1000000 % 10] * 100000000ull + old % 100000000;
}

/* The newer spelling of an older one, 0 = there is none. */
static uint64_t newer(uint64_t n)
{
    if (n / 10000000000 == 521) /* Mexico, August 2019: no 1 behind the code any more */
        return 520000000000 + n % 10000000000;
    if (n / 10000000000 == 55 && n / 10000000 % 10 >= 6) /* Brazil: a 9 in front since 2012–2016 */
        return n / 100000000 * 1000000000 + 900000000 + n % 100000000;
    if (n / 100000000 == 225) return ivory_coast(n);
    if (n / 100000000 == 229) /* Benin, 30 November 2024: 01 in front */
        return 22901 * 100000000ull + n % 100000000;
    return 0;
}

uint64_t person_number_canonical(uint64_t number)
{
    uint64_t next = newer(number);
    return next ? next : number;
}

/* ---- reading ---- */

static bool is_punctuation(char c)
{
    return strchr(" -./()\t", c) != NULL;
}

/* The digits of a text that has nothing but digits and punctuation, 0 = it has more. */
static size_t digits_of(struct slice text, char *out)
{
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (isdigit((unsigned char)text.p[i])) {
            if (n == DIGITS_MAX + 4) return 0;
            out[n++] = text.p[i];
        } else if (text.p[i] == '\0' || !is_punctuation(text.p[i])) {
            return 0;
        }
    }
    out[n] = '\0';
    return n;
}

static struct slice without_scheme(struct slice text)
{
    static const char *const schemes[] = {"whatsapp:", "tel:", "sms:"};
    for (size_t i = 0; i < COUNT_OF(schemes); i++)
        if (text.n > strlen(schemes[i]) &&
            slice_is_nocase(slice_make(text.p, strlen(schemes[i])), schemes[i]))
            return slice_trim(slice_from(text, strlen(schemes[i])));
    return text;
}

static enum person_number_kind international(const char *digits, uint64_t *ret)
{
    uint64_t number;
    size_t n = strlen(digits);
    if (digits[0] == '0' || n < DIGITS_MIN || n > DIGITS_MAX ||
        !slice_to_u64(slice_of(digits), UINT64_MAX, &number))
        return PERSON_NO_NUMBER;
    *ret = person_number_canonical(number);
    return PERSON_NUMBER;
}

static enum person_number_kind national(const char *digits, const char *country, uint64_t *ret)
{
    struct phone p;
    if (!country || !*country || !phone_parse(digits, strlen(digits), country, &p)) {
        return strlen(digits) < DIGITS_MIN ? PERSON_NO_NUMBER : PERSON_DOUBTFUL;
    }
    uint64_t one = person_number_canonical(p.e164);
    if (!p.valid && one == p.e164)
        return strlen(digits) < DIGITS_MIN ? PERSON_NO_NUMBER : PERSON_DOUBTFUL;
    *ret = one;
    return PERSON_NUMBER;
}

enum person_number_kind person_number_read(struct slice text, const char *country,
                                           bool digits_are_international, uint64_t *ret_number)
{
    char digits[TEXT_BYTES_MAX];
    text = without_scheme(slice_trim(text));
    bool plus = text.n > 0 && text.p[0] == '+';
    if (plus) text = slice_from(text, 1);
    if (text.n >= TEXT_BYTES_MAX || digits_of(text, digits) == 0) return PERSON_NO_NUMBER;
    if (plus) return international(digits, ret_number);
    if (digits_are_international && digits[0] != '0') return international(digits, ret_number);
    return national(digits, country, ret_number);
}
