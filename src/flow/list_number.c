#include "flow/list_number.h"

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
    uint64_t one = person_number_canonical(p->e164);
    if (one != p->e164) (void)phone_of(one, p); /* where it fails p stays as it is */
}

static struct reading read_as(const char *text, size_t n, const char *country)
{
    struct reading r = {.reason = IMPORT_NOT_A_NUMBER};
    if (!phone_parse(text, n, country, &r.phone)) return r;
    if (r.phone.ambiguous) {
        r.reason = n > 2 && text[0] == '0' && text[1] == '0' ? IMPORT_EXIT_CODE : IMPORT_DOUBTFUL;
        return r;
    }
    renew(&r.phone);
    r.reason = judge(&r.phone);
    return r;
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
    struct reading r = read_as(text.digits, text.n, l->country);
    l->drama |= r.reason == IMPORT_FINE && r.phone.drama;
    if (l->landlines && (r.reason == IMPORT_LANDLINE || r.reason == IMPORT_PREMIUM))
        r.reason = IMPORT_FINE;
    if (r.reason == IMPORT_FINE) *ret_number = r.phone.e164;
    return r.reason;
}
