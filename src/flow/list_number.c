#include "flow/list_number.h"

#include "core/calling_code.h"
#include "core/number.h"
#include "core/phone_cell.h"
#include "io/person_number.h"
#include "io/phone.h"

/* One way to read the digits. */
struct reading {
    struct phone phone;
    enum import_reason reason; /* IMPORT_FINE: a person who can be texted */
};

static enum import_reason judge(const struct phone *p)
{
    if (!p->valid || !number_is_valid(p->e164)) return IMPORT_INVALID;
    switch (p->type) {
    case PHONE_MOBILE:
    case PHONE_FIXED_OR_MOBILE: /* in some countries the plan does not tell them apart */
    case PHONE_VOIP:            /* many of these take texts; the provider knows which */
        return IMPORT_FINE;
    case PHONE_FIXED:
        return IMPORT_LANDLINE;
    default:
        return IMPORT_PREMIUM;
    }
}

/* An older spelling of a number is the newer one. */
static void renew(struct phone *p)
{
    char text[NUMBER_TEXT_BYTES];
    uint64_t one = person_number_canonical(p->e164);
    if (one == p->e164 || !number_is_valid(one)) return;
    number_format(one, text);
    (void)phone_parse(text, strlen(text), "", p); /* where it fails p stays as it is */
}

static struct reading read_as(const char *text, size_t n, const char *country)
{
    struct reading r = {.reason = IMPORT_NOT_A_NUMBER};
    if (!phone_parse(text, n, country, &r.phone)) return r;
    renew(&r.phone);
    r.reason = judge(&r.phone);
    return r;
}

static bool exists(const struct reading *r)
{
    return r->reason != IMPORT_NOT_A_NUMBER && r->reason != IMPORT_INVALID;
}

/* The digits from `skip` on with a plus in front. */
static struct reading read_abroad(const struct phone_text *t, size_t skip)
{
    char text[1 + sizeof t->digits];
    text[0] = '+';
    memcpy(text + 1, t->digits + skip, t->n - skip + 1);
    return read_as(text, 1 + t->n - skip, "");
}

static bool is_of(const struct reading *r, const char *country)
{
    return strcmp(r->phone.country, country) == 0;
}

/* "00…": the plan takes away the exit codes of the list's country. Where "00" is none, people write
 * it all the same; and in some countries a carrier's code follows it ("0055" in Brazil). */
static struct reading read_exit_code(const struct phone_text *t, const char *country)
{
    struct reading home = read_as(t->digits, t->n, country), abroad = read_abroad(t, 2);
    bool own = exists(&abroad) && is_of(&abroad, country);
    if (exists(&home) && (!exists(&abroad) || home.phone.e164 == abroad.phone.e164)) return home;
    if (!exists(&home) && own) return abroad;
    if (exists(&home) || exists(&abroad)) home.reason = IMPORT_EXIT_CODE;
    return home;
}

/* Cheaper than the plan, which is asked only where this says yes. */
static bool begins_with_code_of(const struct phone_text *t, const char *country)
{
    uint64_t number;
    const char *of = slice_to_u64(slice_make(t->digits, t->n), UINT64_MAX, &number)
                         ? calling_code_country(number)
                         : NULL;
    return of && strcmp(of, country) == 0;
}

static struct reading read_home(const struct phone_text *t, const char *country)
{
    if (t->n > 2 && t->digits[0] == '0' && t->digits[1] == '0') return read_exit_code(t, country);
    struct reading home = read_as(t->digits, t->n, country);
    if (t->digits[0] == '0' || !begins_with_code_of(t, country)) return home;
    struct reading abroad = read_abroad(t, 0);
    if (abroad.reason != IMPORT_FINE || !is_of(&abroad, country) ||
        (exists(&home) && home.phone.e164 == abroad.phone.e164))
        return home;
    if (home.reason != IMPORT_FINE) return abroad;
    home.reason = IMPORT_DOUBTFUL;
    return home;
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
    };
    return reasons[kind];
}

enum import_reason list_number_read(void *arg, struct slice cell, uint64_t *ret_number)
{
    struct list_number *l = arg;
    struct phone_text text;
    enum phone_cell kind = phone_cell_read(cell, &text);
    if (kind != PHONE_CELL_NUMBER) return reason_of(kind);
    bool plus = text.digits[0] == '+';
    if (!plus && !*l->country) return IMPORT_NO_COUNTRY;
    struct reading r = plus ? read_as(text.digits, text.n, "") : read_home(&text, l->country);
    l->drama |= exists(&r) && r.phone.drama;
    if (l->landlines && (r.reason == IMPORT_LANDLINE || r.reason == IMPORT_PREMIUM))
        r.reason = IMPORT_FINE;
    if (r.reason == IMPORT_FINE) *ret_number = r.phone.e164;
    return r.reason;
}
