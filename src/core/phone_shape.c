#include "phone_shape.h"

#include <string.h>

#include "base/ascii.h"

enum {
    GROUPS_MAX = 6,
    YEAR_FIRST = 1900,
    YEAR_LAST = 2099,
    DEGREES_MAX = 180,
    DECIMALS_OF_A_PLACE = 4,
    DIGITS_OF_A_PLACE = 10, /* with more it is a number that begins with its country's code */
    DIGITS_OF_AN_ID = 7,
    DAY_BYTES_MAX = 10, /* "29 11 2026" */
    DAY_DIGITS = 8,
    BARE_YEAR_LAST = 2039,
};

/* "20/11-2026": groups of digits, and the sign between each and the next one, ' ' when it is nothing but blanks. */
struct groups {
    size_t n;
    struct {
        size_t digits;
        unsigned value; /* of more than nine digits: not all of it */
        char sign;
    } at[GROUPS_MAX];
};

/* From `at` on: the sign, or 0 when there are two. */
static char take_sign(struct slice s, size_t *at)
{
    char sign = ' ';
    for (; *at < s.n && !ascii_is_digit(s.p[*at]); (*at)++) {
        if (s.p[*at] == ' ') continue;
        if (sign != ' ') return 0;
        sign = s.p[*at];
    }
    return sign;
}

static bool cut_groups(struct slice s, struct groups *g)
{
    g->n = 0;
    for (size_t at = 0; at < s.n; g->n++) {
        if (g->n == GROUPS_MAX || !ascii_is_digit(s.p[at])) return false;
        unsigned value = 0;
        size_t from = at;
        for (; at < s.n && ascii_is_digit(s.p[at]); at++)
            value = at - from < 9 ? value * 10 + (unsigned)(s.p[at] - '0') : value;
        g->at[g->n].digits = at - from;
        g->at[g->n].value = value;
        g->at[g->n].sign = take_sign(s, &at);
        if (!g->at[g->n].sign) return false;
    }
    return true;
}

static bool group_is_year(const struct groups *g, size_t i)
{
    return g->at[i].digits == 4 && g->at[i].value >= YEAR_FIRST && g->at[i].value <= YEAR_LAST;
}

/* One or two digits from 1 to max. */
static bool group_is_up_to(const struct groups *g, size_t i, unsigned max)
{
    return g->at[i].digits <= 2 && g->at[i].value >= 1 && g->at[i].value <= max;
}

/* A day and a month, in whichever order. */
static bool are_day_and_month(const struct groups *g, size_t i)
{
    return (group_is_up_to(g, i, 31) && group_is_up_to(g, i + 1, 12)) ||
           (group_is_up_to(g, i, 12) && group_is_up_to(g, i + 1, 31));
}

/* Of two digits only where there are signs: "22 10 26" is how a number of Greenland is written. */
static bool is_day(const struct groups *g)
{
    if (g->n != 3) return false;
    bool signs = g->at[0].sign != ' ' && g->at[1].sign != ' ';
    bool last = group_is_year(g, 2) || (signs && g->at[2].digits == 2);
    return (last && are_day_and_month(g, 0)) || (group_is_year(g, 0) && are_day_and_month(g, 1));
}

static bool is_years(const struct groups *g)
{
    if (g->n != 2) return false;
    if (group_is_year(g, 0) && group_is_year(g, 1)) return g->at[1].value >= g->at[0].value;
    if (g->at[0].sign == ' ') return false;
    if (group_is_year(g, 1)) return group_is_up_to(g, 0, 12);
    bool next = g->at[1].digits == 2 && g->at[1].value == (g->at[0].value + 1) % 100;
    return group_is_year(g, 0) && (next || group_is_up_to(g, 1, 12));
}

static bool is_hour(unsigned hours, unsigned minutes)
{
    return minutes < 60 && (hours < 24 || (hours == 24 && minutes == 0));
}

/* "20.30" in two groups. */
static bool are_hour_and_minutes(const struct groups *g, size_t i)
{
    return g->at[i].digits <= 2 && g->at[i].sign == '.' && g->at[i + 1].digits == 2 &&
           is_hour(g->at[i].value, g->at[i + 1].value);
}

/* "2030" in one. */
static bool group_is_hour(const struct groups *g, size_t i)
{
    return g->at[i].digits == 4 && is_hour(g->at[i].value / 100, g->at[i].value % 100);
}

static bool is_hours(const struct groups *g)
{
    if (g->n == 2)
        return g->at[0].sign == '-' && group_is_hour(g, 0) && group_is_hour(g, 1) &&
               g->at[0].value < g->at[1].value;
    return g->n == 4 && g->at[1].sign == '-' && are_hour_and_minutes(g, 0) &&
           are_hour_and_minutes(g, 2);
}

/* The "0" of 0176.1234567 is no degree's, but that of 0.1278 is. */
static bool is_place(struct slice s, const struct groups *g)
{
    if (g->n != 2 || g->at[0].sign != '.' || (s.p[0] == '0' && g->at[0].digits > 1)) return false;
    return g->at[0].digits <= 3 && g->at[0].value <= DEGREES_MAX &&
           g->at[1].digits >= DECIMALS_OF_A_PLACE &&
           g->at[0].digits + g->at[1].digits <= DIGITS_OF_A_PLACE;
}

/* Brazil's CPF and Chile's RUT have dots at the thousands; Ecuador's and others have no sign but the last. */
static bool is_id(const struct groups *g)
{
    if (g->n < 2 || g->at[g->n - 2].sign != '-') return false;
    size_t last = g->at[g->n - 1].digits;
    if (g->n == 2) return last == 1 && g->at[0].digits >= DIGITS_OF_AN_ID;
    if (g->n == 3 && g->at[0].sign == '-' && last == 4) /* of Malaysia: a day, a place, a count */
        return g->at[0].digits == 6 && g->at[1].digits == 2;
    if (g->n < 4 || last > 2) return false;
    for (size_t i = 0; i + 2 < g->n; i++)
        if (g->at[i].sign != '.' || g->at[i + 1].digits != 3) return false;
    return g->at[0].digits <= 3;
}

/* With nothing but blanks between them only days and years are meant, and those are short. */
static bool is_looked_at(struct slice s)
{
    return s.n <= DAY_BYTES_MAX || memchr(s.p, '-', s.n) || memchr(s.p, '.', s.n);
}

enum phone_cell phone_shape_of(struct slice s)
{
    struct groups g;
    if (!is_looked_at(s) || !cut_groups(s, &g)) return PHONE_CELL_NUMBER;
    if (is_day(&g) || is_years(&g) || is_hours(&g)) return PHONE_CELL_DAY;
    return is_place(s, &g) || is_id(&g) ? PHONE_CELL_OTHER : PHONE_CELL_NUMBER;
}

/* What the digits from `at` on say: `n` of them. */
static unsigned value_of(struct slice digits, size_t at, size_t n)
{
    unsigned value = 0;
    for (size_t i = at; i < at + n; i++)
        value = value * 10 + (unsigned)(digits.p[i] - '0');
    return value;
}

static bool is_moment(unsigned day, unsigned month, unsigned year)
{
    return day >= 1 && day <= 31 && month >= 1 && month <= 12 && year >= YEAR_FIRST &&
           year <= BARE_YEAR_LAST;
}

bool phone_shape_is_bare_day(struct slice digits)
{
    size_t n = digits.n;
    if (n != DAY_DIGITS && n != DAY_DIGITS - 1) return false;
    if (is_moment(value_of(digits, 0, n - 6), value_of(digits, n - 6, 2),
                  value_of(digits, n - 4, 4)))
        return true;
    return n == DAY_DIGITS &&
           is_moment(value_of(digits, 6, 2), value_of(digits, 4, 2), value_of(digits, 0, 4));
}
