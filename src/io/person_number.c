/* How a text that comes in becomes one number: the plan reads it (io/phone.h), an older spelling
 * becomes the newer one, and what is no certain person is said to be none. */
#include "io/person_number.h"

#include "io/phone.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>

#include "renumbered.h"

enum {
    TEXT_BYTES_MAX = 64,
    DIGITS_MIN = 7, /* of a number in E.164, see core/number.h; fewer are a short code */
    DIGITS_MAX = 15,
    E164_BYTES = 24,
    CODE_BYTES_MAX = 8,
};

static bool is_mobile(const struct phone *p)
{
    return p->type == PHONE_MOBILE || p->type == PHONE_FIXED_OR_MOBILE;
}

/* ---- one spelling ---- */

/* Whether c is one of "[5-9]" or ".", or the digit itself; *ret_next is what follows in the
 * pattern, *ret_open whether a "." stands for it in the new form. */
static bool fits(const char *pattern, char c, const char **ret_next, bool *ret_open)
{
    *ret_open = *pattern == '.' || *pattern == '[';
    *ret_next = pattern + 1;
    if (*pattern == '.') return true;
    if (*pattern != '[') return *pattern == c;
    bool found = false;
    for (pattern++; *pattern != ']'; pattern++) {
        bool range = pattern[1] == '-';
        found |= c >= pattern[0] && c <= pattern[range ? 2 : 0];
        pattern += range ? 2 : 0;
    }
    *ret_next = pattern + 1;
    return found;
}

/* The new national number of an old one; false when the rule is not about it. */
static bool rewrite(const struct renumbering *rule, const char *old, char out[E164_BYTES])
{
    char kept[DIGITS_MAX + 1];
    size_t n = 0, w = 0;
    for (const char *p = rule->was; *p; old++) {
        bool open;
        if (!*old || !fits(p, *old, &p, &open)) return false;
        if (open) kept[n++] = *old;
    }
    n = 0;
    for (const char *p = rule->is; *p; p++)
        out[w++] = *p == '.' ? kept[n++] : *p;
    (void)snprintf(out + w, E164_BYTES - w, "%s", old);
    return true;
}

/* How many digits the code of the rule's country has when these begin with it; 0: they do not. It is
 * asked of each rule for every text that comes in. */
static size_t code_of(const struct renumbering *rule, const char *digits)
{
    size_t n = 0;
    for (unsigned unit = rule->code >= 100 ? 100 : rule->code >= 10 ? 10 : 1; unit; unit /= 10, n++)
        if (digits[n] != (char)('0' + rule->code / unit % 10)) return 0;
    return n;
}

/* The newer spelling that a rule gives, 0 = none. */
static uint64_t by_rule(const struct renumbering *rule, const char *digits, bool listed)
{
    char text[E164_BYTES];
    struct phone p;
    size_t n = code_of(rule, digits);
    if (n == 0 || strlen(digits) != n + rule->digits) return 0;
    if ((listed && !rule->still_listed) || !rewrite(rule, digits + n, text)) return 0;
    uint64_t number;
    char whole[CODE_BYTES_MAX + sizeof text];
    (void)snprintf(whole, sizeof whole, "%.*s%s", (int)n, digits, text);
    if (!slice_to_u64(slice_of(whole), UINT64_MAX, &number)) return 0;
    return phone_of(number, &p) && p.valid ? number : 0;
}

/* What was dialled at home stands behind the code ("+44 0 7700…", Argentina's 15): the plan takes
 * it off. 0 = nothing of the kind. */
static uint64_t by_plan(const char *digits)
{
    char text[E164_BYTES];
    struct phone p;
    int n = snprintf(text, sizeof text, "+%s", digits);
    return phone_parse(text, (size_t)n, NULL, &p) && p.valid && is_mobile(&p) ? p.e164 : 0;
}

/* Of valid numbers only those of the countries whose old form is still listed; so all others cost
 * one look-up. */
static bool may_be_old(const struct phone *p)
{
    static const char *const listed[] = {"BR", "GA", "GM"};
    for (size_t i = 0; p->valid && i < COUNT_OF(listed); i++)
        if (strcmp(p->country, listed[i]) == 0) return true;
    return !p->valid;
}

/* 0 = there is none. */
static uint64_t newer(uint64_t number)
{
    struct phone p;
    char digits[E164_BYTES];
    if (!phone_of(number, &p) || !may_be_old(&p)) return 0;
    (void)snprintf(digits, sizeof digits, "%" PRIu64, number);
    for (size_t i = 0; i < renumbering_count; i++) {
        uint64_t one = by_rule(&renumberings[i], digits, p.valid);
        if (one) return one;
    }
    return p.valid ? 0 : by_plan(digits);
}

uint64_t person_number_canonical(uint64_t number)
{
    uint64_t one = newer(number);
    if (!one) return number;
    uint64_t again = newer(one); /* "+55 0 11 7654-3210": a zero too many, and the old form */
    return again ? again : one;
}

/* ---- the spellings before ---- */

/* The old national number that became this one by the rule: rewrite() the other way round. */
static bool unwrite(const struct renumbering *rule, const char *now, char out[E164_BYTES])
{
    char kept[DIGITS_MAX + 1] = "";
    size_t n = 0, w = 0;
    bool open;
    for (const char *p = rule->is; *p; now++) {
        if (!*now || !fits(p, *now, &p, &open)) return false;
        if (open) kept[n++] = *now;
    }
    n = 0;
    for (const char *p = rule->was; *p; w++) {
        open = *p == '.' || *p == '[';
        out[w] = open ? kept[n++] : *p;
        if (!out[w] || !fits(p, out[w], &p, &open)) return false;
    }
    (void)snprintf(out + w, E164_BYTES - w, "%s", now);
    return strlen(out) == rule->digits;
}

/* 0 = the rule did not make this number. */
static uint64_t older(const struct renumbering *rule, const char *digits, uint64_t number)
{
    char text[E164_BYTES], whole[CODE_BYTES_MAX + sizeof text];
    uint64_t old;
    size_t n = code_of(rule, digits);
    if (n == 0 || !unwrite(rule, digits + n, text)) return 0;
    (void)snprintf(whole, sizeof whole, "%.*s%s", (int)n, digits, text);
    if (!slice_to_u64(slice_of(whole), UINT64_MAX, &old)) return 0;
    return person_number_canonical(old) == number ? old : 0;
}

size_t person_number_older(uint64_t number, uint64_t out[PERSON_OLDER_MAX])
{
    char digits[E164_BYTES];
    size_t n = 0;
    (void)snprintf(digits, sizeof digits, "%" PRIu64, number);
    for (size_t i = 0; i < renumbering_count && n < PERSON_OLDER_MAX; i++) {
        uint64_t one = older(&renumberings[i], digits, number);
        if (one) out[n++] = one;
    }
    return n;
}

static uint64_t mixed(uint64_t hash, const char *text)
{
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3U; /* FNV-1a */
    return (hash ^ 0xff) * 0x100000001b3U;
}

uint64_t person_number_version(void)
{
    uint64_t hash = mixed(0xcbf29ce484222325U, phone_plan_release());
    char rule[32];
    for (size_t i = 0; i < renumbering_count; i++) {
        const struct renumbering *r = &renumberings[i];
        (void)snprintf(rule, sizeof rule, "%u %u %d", r->code, r->digits, r->still_listed);
        hash = mixed(mixed(mixed(hash, rule), r->was), r->is);
    }
    return hash;
}

/* ---- reading ---- */

static struct slice without_scheme(struct slice text)
{
    static const char *const schemes[] = {"whatsapp:", "tel:", "sms:"};
    for (size_t i = 0; i < COUNT_OF(schemes); i++)
        if (text.n > strlen(schemes[i]) &&
            slice_is_nocase(slice_make(text.p, strlen(schemes[i])), schemes[i]))
            return slice_trim(slice_from(text, strlen(schemes[i])));
    return text;
}

/* The digits, and a plus in front when there is one; 0 = there is something else, or too much. A
 * name with digits in it is a name. */
static size_t digits_of(struct slice text, char out[TEXT_BYTES_MAX])
{
    size_t n = 0;
    if (text.n >= TEXT_BYTES_MAX) return 0;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (isdigit((unsigned char)c) || (c == '+' && n == 0))
            out[n++] = c;
        else if (c == '\0' || !strchr(" -./()\t", c))
            return 0;
    }
    out[n] = '\0';
    return n;
}

/* digits: with a plus in front. Who writes one means it, so what the plan does not list stays a
 * number: plans are old tomorrow. */
static enum person_number_kind international(const char *digits, uint64_t *ret)
{
    struct phone p;
    uint64_t number;
    size_t n = strlen(digits + 1);
    if (digits[1] == '0' || n < DIGITS_MIN || n > DIGITS_MAX ||
        !slice_to_u64(slice_of(digits + 1), UINT64_MAX, &number))
        return PERSON_NO_NUMBER;
    if (phone_parse(digits, 1 + n, NULL, &p) && p.valid) number = p.e164;
    *ret = person_number_canonical(number);
    return PERSON_NUMBER;
}

static enum person_number_kind with_plus(const char *digits, uint64_t *ret)
{
    char text[TEXT_BYTES_MAX + 1];
    (void)snprintf(text, sizeof text, "+%s", digits);
    return international(text, ret);
}

/* A landline at home whose digits are somebody's mobile abroad: "the plus got lost" is as good. */
static bool may_be_abroad(const char *digits, const struct phone *home)
{
    char text[TEXT_BYTES_MAX + 1];
    struct phone p;
    int n = snprintf(text, sizeof text, "+%s", digits);
    return digits[0] != '0' && !phone_type_is_textable(home->type) &&
           phone_parse(text, (size_t)n, NULL, &p) && is_mobile(&p) && p.e164 != home->e164;
}

static enum person_number_kind national(const char *digits, const char *country, uint64_t *ret)
{
    struct phone p, one;
    bool is_short = strlen(digits) < DIGITS_MIN;
    enum person_number_kind otherwise = is_short ? PERSON_NO_NUMBER : PERSON_DOUBTFUL;
    if (!phone_parse(digits, strlen(digits), country, &p) || p.ambiguous) return otherwise;
    uint64_t number = person_number_canonical(p.e164);
    if (!phone_of(number, &one) || !one.valid || may_be_abroad(digits, &one)) return otherwise;
    if (is_short && !is_mobile(&one)) return otherwise; /* a short code, no landline */
    *ret = number;
    return PERSON_NUMBER;
}

enum person_number_kind person_number_read(struct slice text, const char *country,
                                           bool digits_are_international, uint64_t *ret_number)
{
    char digits[TEXT_BYTES_MAX];
    if (digits_of(without_scheme(slice_trim(text)), digits) == 0) return PERSON_NO_NUMBER;
    if (digits[0] == '+') return international(digits, ret_number);
    if (digits_are_international && digits[0] != '0') return with_plus(digits, ret_number);
    bool double_zero = digits[0] == '0' && digits[1] == '0';
    if (double_zero && !phone_country_is_known(country)) return with_plus(digits + 2, ret_number);
    return national(digits, country, ret_number);
}
