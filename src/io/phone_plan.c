#include "phone_plan.h"

#include <string.h>

#include "base/ascii.h"
#include "base/check.h"

enum {
    OP_SHIFT = 12,
    OPERAND = 0xfff,
    CODE_DIGITS_MAX = 3,
    GROUPS_MAX = 4,
    LETTERS = 26,
    TYPE_BITS = 4,
};

/* ---- look-ups ---- */

const struct phone_plan_region *phone_plan_region(const char *name)
{
    if (!name || !ascii_is_upper(name[0]) || !ascii_is_upper(name[1]) || name[2]) return NULL;
    unsigned at = phone_plan_region_at[(name[0] - 'A') * LETTERS + name[1] - 'A'];
    return at ? &phone_plan_regions[at - 1] : NULL;
}

const struct phone_plan_code *phone_plan_code(unsigned code)
{
    unsigned at = phone_plan_code_at[code];
    return at ? &phone_plan_codes[at - 1] : NULL;
}

static void drop(struct phone_digits *digits, size_t n)
{
    digits->n = (uint8_t)(digits->n - n);
    memmove(digits->d, digits->d + n, digits->n);
}

const struct phone_plan_code *phone_plan_take_code(struct phone_digits *digits)
{
    unsigned code = 0;
    for (size_t n = 0; n < CODE_DIGITS_MAX && n < digits->n; n++) {
        code = code * 10 + digits->d[n];
        if (code == 0) return NULL; /* no code begins with a 0 */
        const struct phone_plan_code *found = phone_plan_code(code);
        if (!found) continue;
        drop(digits, n + 1);
        return found;
    }
    return NULL;
}

/* ---- automata ---- */

static unsigned verdict(uint16_t state, const struct phone_digits *digits)
{
    for (size_t i = 0; i < digits->n; i++)
        state = phone_plan_next[state][digits->d[i]];
    return phone_plan_verdicts[state];
}

const struct phone_plan_region *phone_plan_ask(const struct phone_plan_code *code,
                                               const struct phone_digits *nsn,
                                               enum phone_type *ret_type)
{
    unsigned found = verdict(code->state, nsn);
    *ret_type = (enum phone_type)(found & ((1u << TYPE_BITS) - 1));
    return &phone_plan_regions[code->regions + (found >> TYPE_BITS)];
}

bool phone_plan_has_form(const struct phone_plan_region *r, const struct phone_digits *nsn)
{
    return verdict(r->general, nsn) != 0;
}

/* ---- prefixes ---- */

struct match {
    const struct phone_digits *digits;
    uint8_t end;                     /* where the match ends */
    uint8_t borders[GROUPS_MAX * 2]; /* of groups: position + 1, 0 = not taken part */
};

/* Tries the program from `pc` on at digit `at`. It has no loops, and each split goes forward, so it
 * ends; the deepest of the plan goes 30 splits down. */
static bool runs(const uint16_t *words, unsigned pc, unsigned at, struct match *m)
{
    for (;; pc++) {
        unsigned operand = words[pc] & OPERAND;
        uint8_t before;
        switch ((enum phone_plan_op)(words[pc] >> OP_SHIFT)) {
        case OP_DIGIT:
            if (at >= m->digits->n || !(operand >> m->digits->d[at] & 1)) return false;
            at++;
            break;
        case OP_END:
            if (at != m->digits->n) return false;
            break;
        case OP_MATCH:
            m->end = (uint8_t)at;
            return true;
        case OP_SAVE:
            before = m->borders[operand - 2];
            m->borders[operand - 2] = (uint8_t)(at + 1);
            if (runs(words, pc + 1, at, m)) return true;
            m->borders[operand - 2] = before;
            return false;
        case OP_SPLIT:
            if (runs(words, pc + 1, at, m)) return true;
            pc = operand - 1;
            break;
        case OP_JUMP:
            pc = operand - 1;
            break;
        }
    }
}

static bool matches(uint16_t program, const struct phone_digits *digits, struct match *ret)
{
    *ret = (struct match){.digits = digits};
    return program && runs(phone_plan_programs + program, 0, 0, ret);
}

bool phone_plan_take_exit(const struct phone_plan_region *r, struct phone_digits *digits)
{
    struct match m;
    if (!matches(r->exit, digits, &m)) return false;
    if (m.end < digits->n && digits->d[m.end] == 0) return false; /* no country code begins so */
    drop(digits, m.end);
    return true;
}

bool phone_plan_has_prefix(const struct phone_plan_region *r, const struct phone_digits *nsn)
{
    struct match m;
    return matches(r->prefix, nsn, &m) && m.end > 0;
}

static bool took_part(const struct match *m, unsigned group)
{
    return group > 0 && m->borders[group * 2 - 1] != 0;
}

static void append(struct phone_digits *to, const uint8_t *from, size_t n)
{
    for (size_t i = 0; i < n && to->n < PHONE_DIGITS_MAX; i++)
        to->d[to->n++] = from[i];
}

/* "268$1" and what was behind the match. */
static struct phone_digits rewritten(const char *rule, const struct match *m)
{
    struct phone_digits out = {0};
    for (; *rule; rule++) {
        uint8_t digit = (uint8_t)(*rule - '0');
        if (*rule != '$') {
            append(&out, &digit, 1);
            continue;
        }
        unsigned group = (unsigned)(*++rule - '0');
        if (!took_part(m, group)) continue;
        unsigned from = m->borders[group * 2 - 2] - 1u, to = m->borders[group * 2 - 1] - 1u;
        append(&out, m->digits->d + from, to - from);
    }
    append(&out, m->digits->d + m->end, (size_t)m->digits->n - m->end);
    return out;
}

void phone_plan_take_prefix(const struct phone_plan_region *r, struct phone_digits *nsn)
{
    struct match m;
    if (nsn->n == 0 || !matches(r->prefix, nsn, &m)) return;
    bool by_rule = r->becomes[0] && took_part(&m, r->groups);
    struct phone_digits rest = rewritten(by_rule ? r->becomes : "", &m);
    /* what was a number and would be none is left as it is */
    if (phone_plan_has_form(r, nsn) && !phone_plan_has_form(r, &rest)) return;
    *nsn = rest;
}
