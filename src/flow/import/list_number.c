#include "flow/list_number.h"

#include "core/consent.h"
#include "core/number.h"
#include "core/phone_cell.h"
#include "io/person_number.h"
#include "io/phone.h"

#include <stdio.h>

static enum import_reason judge(const struct phone *p)
{
    if (p->ambiguous) return IMPORT_DOUBTFUL;
    if (!number_is_valid(p->e164)) return IMPORT_INVALID;
    if (!p->valid) return p->possible ? IMPORT_UNLISTED : IMPORT_INVALID;
    if (phone_type_is_textable(p->type)) return IMPORT_FINE;
    return p->type == PHONE_FIXED ? IMPORT_LANDLINE : IMPORT_PREMIUM;
}

/* An older spelling of a number is the newer one. */
static void renew(struct phone *p)
{
    uint64_t one = person_number_canonical(p->e164);
    if (one != p->e164) (void)phone_of(one, p); /* where it fails p stays as it is */
}

/* Whether the digits from `skip` on, read with their country code, are of this country. */
static bool is_of(const struct phone_text *t, size_t skip, const char *country, uint64_t *ret)
{
    const char *of = slice_to_u64(slice_make(t->digits + skip, t->n - skip), UINT64_MAX, ret)
                         ? phone_country_of(*ret)
                         : NULL;
    return of && strcmp(of, country) == 0;
}

static bool begins_with_zeros(const struct phone_text *t)
{
    return t->n > 2 && t->digits[0] == '0' && t->digits[1] == '0';
}

/* Digits without a plus may be two people's numbers. `home` is how the list's country reads them. Two cases are not guessed:
 *
 *   zeros in front   "0055 11 …" in a list of Brazil is a number of Brazil. The numbering plan also reads it as a call abroad
 *                    through the carrier 55.
 *   the own code     "49 151 …" in a list of Germany: with 49 as the country's code it is one mobile, without it another one. */
static enum import_reason second_reading(const struct phone_text *t, const char *country,
                                         const struct phone *home)
{
    struct phone abroad;
    uint64_t number;
    bool exit_code = begins_with_zeros(t);
    if (!is_of(t, exit_code ? 2 : 0, country, &number) || number == home->e164 ||
        person_number_canonical(number) == home->e164)
        return IMPORT_FINE;
    if (exit_code) return IMPORT_EXIT_CODE;
    return phone_of(number, &abroad) && judge(&abroad) == IMPORT_FINE ? IMPORT_DOUBTFUL
                                                                      : IMPORT_FINE;
}

enum { BR_DIGITS = 10, BR_OLD_DIGITS = 8 }; /* with the area's two; of an older number */

/* "(11) 98765-432" in Brazil has lost its last digit: with a nine in front, as older numbers of eight digits get one, it would be
 * somebody else's. "1198765432" may be either: today's numbers begin with the nine, too. With the country's code in front it is how
 * WhatsApp writes people. */
static bool has_lost_a_digit(const struct phone_text *t, uint64_t before, const struct phone *p)
{
    if (p->e164 == before || strcmp(p->country, "BR") != 0) return false;
    if (t->last == 3) return true;
    bool zero = t->digits[0] == '0', one_run = t->last == 0 || t->last >= (size_t)BR_OLD_DIGITS;
    return one_run && t->digits[0] != '+' && t->n == (size_t)BR_DIGITS + zero &&
           t->digits[t->n - BR_OLD_DIGITS] == '9';
}

static enum import_reason read_text(const struct phone_text *t, const char *country,
                                    struct phone *ret)
{
    bool plus = t->digits[0] == '+';
    if (!phone_parse(t->digits, t->n, plus ? "" : country, ret)) return IMPORT_NOT_A_NUMBER;
    uint64_t before = ret->e164;
    renew(ret);
    if (has_lost_a_digit(t, before, ret)) return IMPORT_DOUBTFUL;
    enum import_reason reason = judge(ret);
    if (ret->ambiguous && begins_with_zeros(t)) return IMPORT_EXIT_CODE;
    if (plus || reason == IMPORT_INVALID || reason == IMPORT_DOUBTFUL) return reason;
    enum import_reason second = second_reading(t, country, ret);
    return second == IMPORT_FINE ? reason : second;
}

/* "(740) 555-0123" in a list of Britain is a number in Ohio. With a zero in front the same digits are a British number; but
 * nobody in Britain writes brackets and hyphens like these and leaves out the zero. In a country whose numbers have no zero in
 * front it is a number of that country. */
static bool is_from_america(const struct phone_text *t, const char *country,
                            const struct phone *home)
{
    char with_zero[sizeof t->digits + 1];
    struct phone there, zero;
    if (!t->american || !phone_parse(t->digits, t->n, "US", &there) || !there.valid) return false;
    int n = snprintf(with_zero, sizeof with_zero, "0%s", t->digits);
    return there.e164 != home->e164 && phone_parse(with_zero, (size_t)n, country, &zero) &&
           zero.e164 == home->e164;
}

static enum import_reason reason_of(enum phone_cell kind)
{
    static const enum import_reason reasons[] = {
        [PHONE_CELL_NUMBER] = IMPORT_FINE,
        [PHONE_CELL_EMPTY] = IMPORT_NO_NUMBER,
        [PHONE_CELL_NOT_A_NUMBER] = IMPORT_NOT_A_NUMBER,
        [PHONE_CELL_LETTERS] = IMPORT_LETTERS,
        [PHONE_CELL_EXTENSION] = IMPORT_EXTENSION,
        [PHONE_CELL_TWO_NUMBERS] = IMPORT_TWO_NUMBERS,
        [PHONE_CELL_TOO_LONG] = IMPORT_TOO_MANY_DIGITS,
        [PHONE_CELL_ROUNDED] = IMPORT_ROUNDED,
        [PHONE_CELL_FORMULA] = IMPORT_FORMULA,
        [PHONE_CELL_DOUBTFUL] = IMPORT_DOUBTFUL,
        [PHONE_CELL_DAY] = IMPORT_DAY,
        [PHONE_CELL_OTHER] = IMPORT_OTHER,
    };
    return reasons[kind];
}

/* Of a cell that is no number: "29 Nov 2026" and "29/11/2026 19:30" have letters and signs that no number has, and are told for
 * what they are. */
static enum import_reason reason_of_cell(enum phone_cell kind, struct slice cell)
{
    consent_day day;
    bool by_order;
    bool is_day = kind != PHONE_CELL_EMPTY && kind != PHONE_CELL_FORMULA &&
                  consent_date(slice_trim(cell), 0, &day, &by_order) != CONSENT_DATE_NONE;
    return is_day ? IMPORT_DAY : reason_of(kind);
}

/* A spreadsheet may have put ".00" behind a number, or the digits behind the point may belong to it. "0664-1234567.00" in Austria
 * may be a number with two more digits; "07400 123456.00" in Britain may not, since such a number would be too long. */
static bool may_go_on(const struct phone_text *t, const char *country)
{
    char longer[sizeof t->digits + 3];
    struct phone p;
    int n = snprintf(longer, sizeof longer, "%s%.*s", t->digits, (int)t->decimals, "000");
    bool plus = longer[0] == '+';
    return t->decimals > 0 && phone_parse(longer, (size_t)n, plus ? "" : country, &p) && p.possible;
}

/* "0171 2345678-9" in Germany may be two people's numbers, 0171 2345678 and the next one; "07400 12345-6" in Britain may not,
 * since nobody has the shorter one. */
static bool may_be_two(const struct phone_text *t, const char *country)
{
    struct phone shorter;
    bool plus = t->digits[0] == '+';
    return t->range > 0 && phone_parse(t->digits, t->n - t->range, plus ? "" : country, &shorter) &&
           shorter.valid;
}

/* What this list takes all the same. */
static bool lets_pass(const struct list_number *l, enum import_reason reason)
{
    bool landline = reason == IMPORT_LANDLINE || reason == IMPORT_PREMIUM;
    return (l->landlines && landline) || (l->unlisted && reason == IMPORT_UNLISTED);
}

enum import_reason list_number_read(void *arg, struct slice cell, uint64_t *ret_number)
{
    struct list_number *l = arg;
    struct phone_text text;
    enum phone_cell kind = phone_cell_read(cell, &text);
    if (kind != PHONE_CELL_NUMBER) return reason_of_cell(kind, cell);
    if (text.digits[0] != '+' && !*l->country) return IMPORT_NO_COUNTRY;
    struct phone p = {0};
    enum import_reason reason = read_text(&text, l->country, &p);
    l->drama |= p.drama;
    if (reason == IMPORT_FINE && is_from_america(&text, l->country, &p)) reason = IMPORT_DOUBTFUL;
    if (may_go_on(&text, l->country)) reason = IMPORT_DOUBTFUL;
    if (may_be_two(&text, l->country)) reason = IMPORT_DOUBTFUL;
    if (lets_pass(l, reason)) reason = IMPORT_FINE;
    if (reason == IMPORT_FINE) *ret_number = p.e164;
    return reason;
}
