/* The steps are libphonenumber's parse(), in its order and with its odd corners, so that what it
 * reads and what we read is one; what differs is in the header and in read_again(). */
#include "io/phone.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"

#include "phone_plan.h"
#include "phone_text.h"

enum { TEXT_BYTES_MAX = 250, NSN_MIN = 2, CODE_OF_3_DIGITS = 100 };
static const uint64_t DRAMA_FIRST = 447700900000u, DRAMA_LAST = 447700900999u;

const char *phone_type_to_string(enum phone_type type)
{
    static const char *const texts[] = {
#define X(name, text) text,
        PHONE_TYPE_TABLE(X)
#undef X
    };
    return texts[type];
}

bool phone_type_is_textable(enum phone_type type)
{
    return type == PHONE_MOBILE || type == PHONE_FIXED_OR_MOBILE || type == PHONE_VOIP;
}

const char *phone_plan_date(void)
{
    return phone_plan_day;
}

const char *phone_plan_release(void)
{
    return phone_plan_version;
}

const char *phone_plan_unlisted(void)
{
    return phone_plan_without;
}

bool phone_country_is_known(const char *country)
{
    return phone_plan_region(country) != NULL;
}

/* ---- what it is ---- */

struct reading {
    const struct phone_plan_code *code;
    struct phone_digits nsn;
};

static const struct phone_plan_region *main_region(const struct phone_plan_code *code)
{
    return &phone_plan_regions[code->regions];
}

static uint64_t e164_of(const struct reading *r)
{
    uint64_t number = r->code->code;
    for (size_t i = 0; i < r->nsn.n; i++)
        number = number * 10 + r->nsn.d[i];
    return number;
}

/* What a set of lengths says from n digits on. A text may hold more digits than the set has bits.
 */
static uint32_t from_length(uint32_t lengths, size_t n)
{
    return n < 32 ? lengths >> n : 0;
}

/* "0740000" is no number of seven digits, though Britain has some. */
static bool is_possible(const struct reading *r)
{
    const struct phone_plan_region *home = main_region(r->code);
    return from_length(home->lengths, r->nsn.n) & 1 && !phone_plan_has_prefix(home, &r->nsn);
}

static struct phone describe(const struct reading *r)
{
    struct phone p = {.e164 = e164_of(r)};
    const struct phone_plan_region *region = phone_plan_ask(r->code, &r->nsn, &p.type);
    memcpy(p.country, region->name, sizeof p.country);
    p.drama = p.e164 >= DRAMA_FIRST && p.e164 <= DRAMA_LAST;
    if (p.drama) p.type = PHONE_MOBILE;
    p.valid = p.type != PHONE_UNKNOWN;
    p.possible = p.valid || is_possible(r);
    return p;
}

/* ---- reading ---- */

static bool is_too_long(const struct phone_plan_region *r, size_t n)
{
    return from_length(r->lengths, n) == 0;
}

/* Whether the region has numbers of that many digits, or only shorter ones. */
static bool may_be_so_long(const struct phone_plan_region *r, size_t n)
{
    return from_length(r->lengths, n) & 1 || (is_too_long(r, n) && !(from_length(r->local, n) & 1));
}

/* "447400123456" in GB: the own code was written without plus. */
static bool take_own_code(const struct phone_plan_region *home, struct phone_digits *digits)
{
    struct phone_digits rest = *digits;
    const struct phone_plan_code *code = phone_plan_take_code(&rest);
    if (!code || code->code != home->code) return false;
    phone_plan_take_prefix(home, &rest);
    bool better = !phone_plan_has_form(home, digits) && phone_plan_has_form(home, &rest);
    if (!better && !is_too_long(home, digits->n)) return false;
    *digits = rest;
    return true;
}

/* Takes the country code off; NULL with *ret_fine: there is none, it is a national number. */
static const struct phone_plan_code *take_code(struct phone_digits *digits, bool plus,
                                               const struct phone_plan_region *home, bool *ret_fine)
{
    *ret_fine = true;
    if (plus || (home && phone_plan_take_exit(home, digits))) {
        const struct phone_plan_code *code =
            digits->n > NSN_MIN ? phone_plan_take_code(digits) : NULL;
        *ret_fine = code != NULL;
        return code;
    }
    return home && take_own_code(home, digits) ? phone_plan_code(home->code) : NULL;
}

/* The same, into r; false: there is none, and no region to do without. In "+0044…" the plus was one too many. */
static bool take_country(const struct phone_digits *digits, bool plus,
                         const struct phone_plan_region *home, struct reading *r)
{
    bool fine;
    r->nsn = *digits;
    r->code = take_code(&r->nsn, plus, home, &fine);
    if (!fine && plus && home && digits->n > NSN_MIN) {
        r->nsn = *digits;
        r->code = take_code(&r->nsn, false, home, &fine);
        fine = r->code != NULL;
    }
    return fine && (r->code || home);
}

/* `home`: region of numbers without plus, or NULL. */
static bool read_number(const struct phone_digits *digits, bool plus,
                        const struct phone_plan_region *home, struct reading *ret)
{
    struct reading r = {0};
    if (!take_country(digits, plus, home, &r)) return false;
    if (r.code && main_region(r.code) != home)
        home = main_region(r.code);
    else if (!r.code)
        r.code = phone_plan_code(home->code);
    if (r.nsn.n < NSN_MIN) return false;
    struct phone_digits shorter = r.nsn;
    phone_plan_take_prefix(home, &shorter);
    if (may_be_so_long(home, shorter.n)) r.nsn = shorter;
    *ret = r;
    return r.nsn.n >= NSN_MIN && r.nsn.n <= PHONE_NSN_MAX;
}

static bool read_phone(const struct phone_digits *digits, bool plus,
                       const struct phone_plan_region *home, struct phone *ret)
{
    struct reading r;
    if (!read_number(digits, plus, home, &r)) return false;
    if (r.nsn.n == PHONE_NSN_MAX && r.code->code >= CODE_OF_3_DIGITS)
        return false; /* over 64 bits */
    *ret = describe(&r);
    return true;
}

/* ---- what the header promises beyond the library ---- */

static struct phone_digits without(const struct phone_digits *digits, size_t n)
{
    struct phone_digits rest = {.n = (uint8_t)(digits->n - n)};
    memcpy(rest.d, digits->d + n, rest.n);
    return rest;
}

static bool is_mobile(const struct phone *p)
{
    return p->type == PHONE_MOBILE || p->type == PHONE_FIXED_OR_MOBILE;
}

static void doubt(struct phone *p)
{
    p->ambiguous = true;
    p->valid = p->drama = false;
    p->type = PHONE_UNKNOWN;
}

/* "00…" as if it were "+…". */
static bool read_double_zero(const struct phone_digits *digits,
                             const struct phone_plan_region *home, bool read, struct phone *p)
{
    struct phone other;
    struct phone_digits rest = without(digits, 2);
    if (!read_phone(&rest, true, NULL, &other) || !other.valid) return read;
    bool own = phone_plan_take_code(&rest)->code == home->code;
    if (read && p->valid && p->e164 != other.e164 && !own)
        doubt(p);
    else
        *p = other;
    return true;
}

/* "49…" as if it were "+49…". */
static void read_own_code(const struct phone_digits *digits, const struct phone_plan_region *home,
                          struct phone *p)
{
    struct phone other;
    struct phone_digits rest = *digits;
    const struct phone_plan_code *code = phone_plan_take_code(&rest);
    if (!code || code->code != home->code || !read_phone(digits, true, NULL, &other) ||
        !is_mobile(&other) || p->e164 == other.e164)
        return;
    if (is_mobile(p))
        doubt(p);
    else
        *p = other;
}

bool phone_parse(const char *text, size_t n, const char *default_country, struct phone *ret)
{
    struct phone_digits digits;
    bool plus;
    struct phone p;
    const struct phone_plan_region *home = phone_plan_region(default_country);
    if (n > TEXT_BYTES_MAX || !phone_text_read(text, n, &digits, &plus) || (!plus && !home))
        return false;
    bool read = read_phone(&digits, plus, home, &p);
    if (!plus && digits.n > 2 && digits.d[0] == 0 && digits.d[1] == 0)
        read = read_double_zero(&digits, home, read, &p);
    else if (!plus && read)
        read_own_code(&digits, home, &p);
    if (read) *ret = p;
    return read;
}

/* ---- numbers in E.164 ---- */

static bool reading_of(uint64_t e164, struct reading *ret)
{
    struct phone_digits digits = {0};
    uint8_t reversed[20];
    size_t n = 0;
    for (; e164 > 0; e164 /= 10)
        reversed[n++] = (uint8_t)(e164 % 10);
    while (n > 0)
        digits.d[digits.n++] = reversed[--n];
    ret->code = phone_plan_take_code(&digits);
    ret->nsn = digits;
    return ret->code && digits.n >= NSN_MIN && digits.n <= PHONE_NSN_MAX;
}

bool phone_of(uint64_t e164, struct phone *ret)
{
    struct reading r;
    if (!reading_of(e164, &r)) return false;
    *ret = describe(&r);
    return true;
}

const char *phone_country_of(uint64_t e164)
{
    struct reading r;
    enum phone_type type;
    if (!reading_of(e164, &r)) return NULL;
    const char *name = phone_plan_ask(r.code, &r.nsn, &type)->name;
    return name[0] == '0' ? NULL : name;
}
