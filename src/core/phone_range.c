#include "phone_range.h"

#include "base/ascii.h"

enum {
    BEFORE_MIN = 6, /* digits and signs before the dash: fewer are no number */
    A_WHOLE_ONE =
        10, /* digits, the zero in front among them, after which two more are none of the usual groups */
};

static int two_digits(const char *p)
{
    return 10 * (p[0] - '0') + (p[1] - '0');
}

/* What is left of the first `n` bytes without the blanks at their end. */
static size_t without_blanks(struct slice s, size_t n)
{
    while (n > 0 && (s.p[n - 1] == ' ' || s.p[n - 1] == '\n'))
        n--;
    return n;
}

/* "0664 123 45 67-89": one dash, and a whole number in front of it. */
static bool is_whole(struct slice s, size_t dash)
{
    size_t digits = 0;
    for (size_t i = 0; i < dash; i++) {
        if (s.p[i] == '-') return false;
        digits += ascii_is_digit(s.p[i]);
    }
    return digits >= A_WHOLE_ONE;
}

/* "0171 2345678-9" is two numbers, or one that ends in 9; whether the shorter one is a number the plan has to say. Who groups
 * digits leaves no single one for the end, and two only by chance such as go on from the two before: "…67-68". Two may also be
 * an extension, where the dash is the only one: in Austria numbers of several lengths are somebody's. */
size_t phone_range(struct slice s)
{
    size_t at = s.n;
    while (at > 0 && ascii_is_digit(s.p[at - 1]))
        at--;
    size_t digits = s.n - at;
    at = without_blanks(s, at);
    if (at == 0 || s.p[at - 1] != '-' || digits > 2) return 0;
    size_t dash = at - 1;
    at = without_blanks(s, dash);
    if (at < BEFORE_MIN || !ascii_is_digit(s.p[at - 1]) || !ascii_is_digit(s.p[at - 2])) return 0;
    int more = digits == 2 ? two_digits(s.p + s.n - 2) - two_digits(s.p + at - 2) : 1;
    return (more > 0 && more < 10) || is_whole(s, dash) ? digits : 0;
}
