#include "core/number.h"

#include <string.h>

#define NUMBER_MIN 1000000u         /* 7 digits: Niue (+683 4xxx), Tokelau (+690 3xxx) */
#define NUMBER_MAX 999999999999999u /* 15 digits: the longest that E.164 allows */
enum { TAIL_DIGITS = 4 };

bool number_is_valid(uint64_t number)
{
    return number >= NUMBER_MIN && number <= NUMBER_MAX;
}

bool number_parse(struct slice text, uint64_t *ret)
{
    uint64_t number;
    if (text.n < 2 || text.p[0] != '+' || text.p[1] == '0') return false;
    if (!slice_to_u64(slice_from(text, 1), NUMBER_MAX, &number) || !number_is_valid(number))
        return false;
    *ret = number;
    return true;
}

/* By hand: each row of a list asks, and printf costs ten times as much. */
void number_format(uint64_t number, char *out)
{
    char digits[NUMBER_TEXT_BYTES];
    size_t n = sizeof digits;
    check(number_is_valid(number));
    for (digits[--n] = '\0'; number; number /= 10)
        digits[--n] = (char)('0' + number % 10);
    digits[--n] = '+';
    memcpy(out, digits + n, sizeof digits - n);
}

/* Country codes are free of prefixes (ITU-T E.164): 1 and 7 stand alone, these have two digits, all
 * others have three. */
static size_t country_code_digits(const char *digits)
{
    static const char two[] =
        "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 "
        "60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98";
    if (digits[0] == '1' || digits[0] == '7') return 1;
    for (const char *code = two;; code += 3) {
        if (code[0] == digits[0] && code[1] == digits[1]) return 2;
        if (code[2] == '\0') return 3;
    }
}

void number_mask(uint64_t number, char *out)
{
    char text[NUMBER_TEXT_BYTES];
    number_format(number, text);
    size_t digits = strlen(text) - 1, code = country_code_digits(text + 1),
           national = digits - code;
    size_t tail = national / 2 < TAIL_DIGITS ? national / 2 : TAIL_DIGITS;
    memcpy(out, text, 1 + code);
    out += 1 + code;
    for (size_t i = 0; i < national - tail; i++, out += 3)
        memcpy(out, "\u2022", 3);
    memcpy(out, text + 1 + digits - tail, tail + 1);
}
