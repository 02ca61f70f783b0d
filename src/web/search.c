#include "search.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/ascii.h"
#include "core/number.h"
#include "flow/list_number.h"
#include "web/view/view.h"

enum { ROUNDS_MAX = 120, CURSOR_BYTES = 64 };

/* ---- what was typed ---- */

static bool is_of_numbers(char c)
{
    return ascii_is_digit(c) || c == ' ' || c == '+' || c == '-' || c == '(' || c == ')' ||
           c == '.';
}

/* Of a national number the zero in front is not the world's; of the last digits it is one of them. */
static struct slice digits_of(struct slice typed, bool whole, char *out)
{
    size_t n = 0;
    for (size_t i = 0; i < typed.n; i++)
        if (ascii_is_digit(typed.p[i]) && (n > 0 || !whole || typed.p[i] != '0'))
            out[n++] = typed.p[i];
    out[n] = '\0';
    return slice_make(out, n);
}

static struct slice name_of(struct slice typed, char *out)
{
    for (size_t i = 0; i < typed.n; i++)
        out[i] = ascii_lower(typed.p[i]);
    out[typed.n] = '\0';
    return slice_make(out, typed.n);
}

static size_t count(struct slice typed, bool (*is)(char c))
{
    size_t n = 0;
    for (size_t i = 0; i < typed.n; i++)
        n += is(typed.p[i]);
    return n;
}

/* A whole number in any way that a list may have it: "0044 (0)7400 000101", "8 912 345-67-89", "tel:+44…", digits of another
 * script. What ends it as it was typed may end another country's, too, and stays; else its own digits are looked for. */
static bool is_whole_number(const struct web_call *c, struct slice typed, char *out,
                            struct slice *ret)
{
    struct list_number how = {.country = c->config->country, .landlines = true};
    char number[NUMBER_TEXT_BYTES];
    uint64_t digits;
    if (list_number_read(&how, typed, &digits) != IMPORT_FINE) return false;
    number_format(digits, number);
    struct slice own = slice_of(number + 1), plain = digits_of(typed, true, out);
    bool ends = plain.n >= SEARCH_DIGITS_MIN && plain.n <= own.n &&
                memcmp(own.p + own.n - plain.n, plain.p, plain.n) == 0;
    if (!ends) plain = name_of(own, out); /* a copy: digits have no capitals */
    *ret = plain;
    return true;
}

int search_read(const struct web_call *c, struct slice typed, struct search *out,
                struct inbox_query *q, struct err *e)
{
    /* Who searches what is lent to them, too, could else find out a number by asking for it in names. */
    bool lent = c->member->loan_count + c->member->lent_count > 0;
    bool masked = lent || !access_may_somewhere(c->member, MAY_SEE_NUMBERS);
    q->whole = access_groups(c->member, MAY_SEE_NUMBERS);
    typed = slice_trim(typed);
    if (typed.n == 0) return 0;
    if (typed.n > SEARCH_BYTES_MAX)
        return err_set(e, ERR_INVALID,
                       "that is too long: type a part of the name, at most %d bytes",
                       SEARCH_BYTES_MAX);
    if (is_whole_number(c, typed, out->text, &q->digits)) return 0;
    size_t digits = count(typed, ascii_is_digit);
    if (count(typed, is_of_numbers) < typed.n) {
        q->name = name_of(typed, out->text);
        if (!masked || digits == 0) return 0;
        return err_set(e, ERR_INVALID,
                       "type a part of the name, or the last %d digits of the number",
                       SEARCH_DIGITS_MIN);
    }
    q->digits = digits_of(typed, digits > 2 * SEARCH_DIGITS_MIN, out->text);
    if (q->digits.n >= SEARCH_DIGITS_MIN) return 0;
    return err_set(e, ERR_INVALID, "type at least the last %d digits of the number",
                   SEARCH_DIGITS_MIN);
}

/* ---- in steps ---- */

struct listing {
    struct web_call *c;
    struct inbox_query q;
    inbox_list_cb *cb;
    int rounds;
    char after[CURSOR_BYTES];
};

static void ask(struct listing *l);

static void on_list(void *arg, int result, const struct inbox_conversation *list, size_t n,
                    struct slice next, const struct err *e)
{
    struct listing *l = arg;
    if (result == 0 && n == 0 && next.n && l->rounds < ROUNDS_MAX && next.n < CURSOR_BYTES) {
        (void)snprintf(l->after, sizeof l->after, "%.*s", SLICE_ARG(next));
        l->q.after = slice_of(l->after);
        ask(l);
        return;
    }
    l->cb(l->c, result, list, n, next, e);
    free(l);
}

static void ask(struct listing *l)
{
    struct inbox_actor who = view_actor(l->c);
    l->rounds++;
    inbox_list(l->c->config->inbox, &l->q, &who, on_list, l);
}

void search_list(struct web_call *c, const struct inbox_query *q, inbox_list_cb *cb)
{
    struct listing *l = xmalloc(sizeof *l);
    *l = (struct listing){.c = c, .q = *q, .cb = cb};
    ask(l);
}
