#include "core/money.h"

#include "base/ascii.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DIGITS_BEHIND = 6 };

/* Takes digits off the front of *s; false: none, or more than `most`. */
static bool take_digits(struct slice *s, size_t most, int64_t *ret, size_t *ret_n)
{
    size_t n = 0;
    for (*ret = 0; n < s->n && n < most && ascii_is_digit(s->p[n]); n++)
        *ret = *ret * 10 + (s->p[n] - '0');
    s->p += n;
    s->n -= n;
    *ret_n = n;
    return n > 0 && (s->n == 0 || !ascii_is_digit(s->p[0]));
}

static bool take_amount(struct slice *s, int64_t *ret)
{
    int64_t units, rest = 0;
    size_t n;
    if (!take_digits(s, 10, &units, &n)) return false;
    if (s->n && s->p[0] == '.') {
        s->p++;
        s->n--;
        if (!take_digits(s, DIGITS_BEHIND, &rest, &n)) return false;
        for (; n < DIGITS_BEHIND; n++)
            rest *= 10;
    }
    *ret = units * MONEY_UNIT + rest;
    return *ret > 0 && *ret <= MONEY_MAX;
}

bool money_parse(struct slice text, struct money *ret)
{
    struct slice s = slice_trim(text);
    struct money m = {0};
    if (!take_amount(&s, &m.millionths) || s.n != 4 || s.p[0] != ' ') return false;
    for (size_t i = 0; i < 3; i++) {
        m.currency[i] = s.p[1 + i];
        if (m.currency[i] < 'A' || m.currency[i] > 'Z') return false;
    }
    *ret = m;
    return true;
}

const char *money_text(int64_t millionths, struct slice currency, char out[MONEY_BYTES])
{
    int64_t rest = llabs(millionths % MONEY_UNIT);
    int digits = DIGITS_BEHIND;
    for (; digits > 2 && rest % 10 == 0; digits--)
        rest /= 10;
    (void)snprintf(out, MONEY_BYTES, "%s%" PRId64 ".%0*" PRId64 " %.*s", millionths < 0 ? "-" : "",
                   (int64_t)llabs(millionths / MONEY_UNIT), digits, rest,
                   currency.n > 3 ? 3 : (int)currency.n, currency.n ? currency.p : "");
    return out;
}

bool money_amount(struct slice text, int64_t *ret)
{
    char number[32], *end;
    struct slice s = slice_trim(text);
    if (s.n == 0 || s.n >= sizeof number) return false;
    memcpy(number, s.p, s.n);
    number[s.n] = '\0';
    if (strspn(number, "0123456789+-.eE") != s.n) return false;
    double amount = fabs(strtod(number, &end)) * (double)MONEY_UNIT;
    if (*end || end == number || !(amount <= (double)MONEY_UNIT_PRICE_MAX)) return false;
    *ret = llround(amount);
    return true;
}
