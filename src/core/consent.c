#include "core/consent.h"

#include "base/ascii.h"
#include "civil.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is needed ---- */

bool consent_needs_any(const struct consent_need *need)
{
    return need->what[0] || need->min_age;
}

size_t consent_words_of(const struct consent_need *need, const char *ret[CONSENT_WORDS_OF_NEED])
{
    size_t n = 0;
    if (need->what[0]) ret[n++] = need->what;
    if (need->kind[0] && strcmp(need->kind, need->what) != 0) ret[n++] = need->kind;
    return n;
}

bool consent_word_ok(struct slice word)
{
    if (word.n == 0 || word.n >= CONSENT_WORD_BYTES || slice_is(word, "no")) return false;
    for (size_t i = 0; i < word.n; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789_-", word.p[i])) return false;
    return true;
}

void consent_need_write(const struct consent_need *need, char out[CONSENT_NEED_BYTES])
{
    out[0] = '\0';
    if (consent_needs_any(need) || need->kind[0])
        (void)snprintf(out, CONSENT_NEED_BYTES, "%s;%u;%u%s%s", need->what, need->months,
                       need->min_age, need->kind[0] ? ";" : "", need->kind);
}

static bool read_word(struct slice text, char *out, size_t size)
{
    if (text.n > 0 && (text.n >= size || !consent_word_ok(text))) return false;
    (void)snprintf(out, size, "%.*s", SLICE_ARG(text));
    return true;
}

static bool read_number(struct slice text, uint64_t max, unsigned *ret)
{
    uint64_t n;
    if (!slice_to_u64(text, max, &n)) return false;
    *ret = (unsigned)n;
    return true;
}

int consent_need_read(struct slice text, struct consent_need *ret, struct err *e)
{
    struct slice what, months, age;
    *ret = (struct consent_need){.what = ""};
    if (text.n == 0) return 0;
    bool ok = slice_cut(&text, ';', &what) && slice_cut(&text, ';', &months) &&
              slice_cut(&text, ';', &age) && read_word(what, ret->what, sizeof ret->what) &&
              read_number(months, CONSENT_MONTHS_MAX, &ret->months) &&
              read_number(age, CONSENT_AGE_MAX, &ret->min_age) &&
              read_word(text, ret->kind, sizeof ret->kind);
    if (!ok) return err_set(e, ERR_INVALID, "what consent is needed cannot be read");
    return 0;
}

/* ---- columns ---- */

static const char *const column_names[] = {
#define X(name, text) text,
    CONSENT_COLUMN_TABLE(X)
#undef X
};

/* As people and programs call them. */
static const struct {
    const char *title;
    enum consent_column column;
} titles[] = {
    {"consent_for", CONSENT_WHAT},
    {"consented_to", CONSENT_WHAT},
    {"agreed_to", CONSENT_WHAT},
    {"sms_consent", CONSENT_WHAT},
    {"sms_opt_in", CONSENT_WHAT},
    {"text_consent", CONSENT_WHAT},
    {"opt_in", CONSENT_WHAT},
    {"consent_date", CONSENT_AT},
    {"consent_time", CONSENT_AT},
    {"consented_at", CONSENT_AT},
    {"consented_on", CONSENT_AT},
    {"date_of_consent", CONSENT_AT},
    {"opt_in_date", CONSENT_AT},
    {"opted_in_at", CONSENT_AT},
    {"source_of_consent", CONSENT_SOURCE},
    {"opt_in_source", CONSENT_SOURCE},
    {"consent_text", CONSENT_WORDING},
    {"consent_statement", CONSENT_WORDING},
    {"wording", CONSENT_WORDING},
    {"birthday", CONSENT_BORN},
    {"birth_date", CONSENT_BORN},
    {"date_of_birth", CONSENT_BORN},
    {"dob", CONSENT_BORN},
    {"year_of_birth", CONSENT_BORN},
    {"geburtsdatum", CONSENT_BORN},
    {"einwilligung", CONSENT_WHAT},
    {"einwilligung_am", CONSENT_AT},
};

enum consent_column consent_column_of(struct slice field)
{
    int own = slice_index(field, column_names, COUNT_OF(column_names));
    if (own >= 0) return (enum consent_column)own;
    for (size_t i = 0; i < COUNT_OF(titles); i++)
        if (slice_is(field, titles[i].title)) return titles[i].column;
    return CONSENT_COLUMNS;
}

struct consent_columns consent_columns_of(const struct slice *columns, size_t n)
{
    struct consent_columns found;
    for (size_t k = 0; k < CONSENT_COLUMNS; k++)
        found.at[k] = -1;
    for (size_t i = 0; i < n; i++) {
        enum consent_column of = consent_column_of(columns[i]);
        bool own = of < CONSENT_COLUMNS && slice_is(columns[i], column_names[of]);
        if (of < CONSENT_COLUMNS && (own || found.at[of] < 0)) found.at[of] = (int)i;
    }
    return found;
}

void consent_of_row(const struct consent_columns *columns, const struct block *b, size_t row,
                    struct slice *ret_fields)
{
    for (size_t k = 0; k < CONSENT_COLUMNS; k++)
        ret_fields[k] =
            columns->at[k] < 0 ? SLICE_NONE : block_field(b, row, (size_t)columns->at[k]);
}

/* ---- words ---- */

static bool is_no(struct slice word)
{
    static const char *const noes[] = {"no", "n", "0", "false", "none", "nein", "-"};
    return slice_index(word, noes, COUNT_OF(noes)) >= 0;
}

static bool is_yes(struct slice word)
{
    static const char *const yeses[] = {"yes", "y", "1", "true", "ja", "x"};
    return slice_index(word, yeses, COUNT_OF(yeses)) >= 0;
}

/* The next word of a list: lower case, with _ for blanks, in `word`. False: no word is so long. */
static bool next_word(struct slice *text, char word[CONSENT_WORD_BYTES], struct slice *ret)
{
    size_t end = 0, k = 0;
    while (end < text->n && !strchr(",;|", text->p[end]))
        end++;
    struct slice one = slice_trim(slice_make(text->p, end));
    *text = slice_from(*text, end < text->n ? end + 1 : end);
    if (one.n >= CONSENT_WORD_BYTES) return false;
    for (; k < one.n; k++) {
        char c = one.p[k];
        word[k] = c == ' ' ? '_' : ascii_lower(c);
    }
    *ret = slice_make(word, k);
    return true;
}

bool consent_words(struct slice text, char *out)
{
    size_t n = 0;
    bool refused = false;
    char word[CONSENT_WORD_BYTES];
    while (text.n) {
        struct slice lower;
        if (!next_word(&text, word, &lower)) return false;
        if (lower.n == 0) continue;
        if (is_no(lower)) {
            refused = true;
            continue;
        }
        if (is_yes(lower)) lower = SLICE_LIT("yes");
        if (!consent_word_ok(lower)) return false;
        if (n) out[n++] = ',';
        memcpy(out + n, lower.p, lower.n);
        n += lower.n;
    }
    if (n == 0 && refused) { /* said, and not left open: it takes away what was there */
        out[n++] = 'n';
        out[n++] = 'o';
    }
    out[n] = '\0';
    return true;
}

/* ---- dates ---- */

static bool make_day(int64_t y, int64_t m, int64_t d, consent_day *ret)
{
    if (y < 1900 || y > 2199 || m < 1 || m > 12 || d < 1 || d > civil_month_days(y, m))
        return false;
    *ret = (consent_day)civil_days(y, m, d);
    return true;
}

void consent_day_write(consent_day day, char out[16])
{
    int64_t y = 1970, m = 1, d = day;
    while (d < 0)
        d += 365 + civil_is_leap(--y);
    while (d >= 365 + civil_is_leap(y))
        d -= 365 + civil_is_leap(y++);
    while (d >= civil_month_days(y, m))
        d -= civil_month_days(y, m++);
    (void)snprintf(out, 16, "%04d-%02d-%02d", (int)y, (int)m, (int)(d + 1));
}

char consent_order_of(const char *country)
{
    static const char *const months_first[] = {"US", "FM", "MH", "PW", "GU", "PR"};
    if (!country || !*country) return 0;
    for (size_t i = 0; i < COUNT_OF(months_first); i++)
        if (strcmp(country, months_first[i]) == 0) return 'm';
    return 'd';
}

/* The numbers and words of a date, and what stands between the first two. */
struct pieces {
    struct slice list[3];
    size_t n;
    char between;
};

/* The "st" of "1st", and the like. */
static bool begins_as_ordinal(struct slice rest)
{
    return slice_starts(rest, "st") || slice_starts(rest, "nd") || slice_starts(rest, "rd") ||
           slice_starts(rest, "th");
}

/* What is behind a date: nothing, or a time. */
static bool is_time(struct slice rest)
{
    if (rest.n == 0) return true;
    if (!strchr("T ", rest.p[0])) return false;
    for (size_t i = 0; i < rest.n; i++)
        if (!strchr("T :.+-Z0123456789", rest.p[i])) return false;
    return true;
}

/* Signs between pieces, from `at` on; the one behind the first piece is kept. */
static size_t skip_signs(struct slice text, size_t at, struct pieces *p)
{
    for (; at < text.n && strchr(" ,./-", text.p[at]); at++)
        if (p->n == 1 && text.p[at] != ' ') p->between = text.p[at];
    return at;
}

/* Digits from `at` on, or letters where no digit stands. */
static size_t skip_piece(struct slice text, size_t at, bool digits)
{
    while (at < text.n && (digits ? ascii_is_digit(text.p[at]) : ascii_is_letter(text.p[at])))
        at++;
    return at;
}

/* False: something stands there that no date has. What is behind the third piece is its time. */
static bool cut_pieces(struct slice text, struct pieces *p)
{
    *p = (struct pieces){.n = 0};
    size_t i = 0;
    while (p->n < 3) {
        size_t from = skip_signs(text, i, p);
        bool digits = from < text.n && ascii_is_digit(text.p[from]);
        i = skip_piece(text, from, digits);
        if (i == from) return p->n > 0 && i == text.n;
        p->list[p->n++] = slice_make(text.p + from, i - from);
        if (digits && p->n < 3 && begins_as_ordinal(slice_from(text, i))) i += 2;
    }
    return is_time(slice_from(text, i));
}

static int64_t month_of(struct slice word)
{
    static const char *const months[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                         "jul", "aug", "sep", "oct", "nov", "dec"};
    static const char *const whole[] = {"january",   "february", "march",    "april",
                                        "may",       "june",     "july",     "august",
                                        "september", "october",  "november", "december"};
    for (size_t i = 0; i < COUNT_OF(months); i++)
        if (slice_is_nocase(word, months[i]) || slice_is_nocase(word, whole[i]))
            return (int64_t)i + 1;
    return slice_is_nocase(word, "sept") ? 9 : 0;
}

/* -1: no number */
static int64_t number_of(struct slice s)
{
    uint64_t n;
    return slice_to_u64(s, 9999, &n) ? (int64_t)n : -1;
}

static enum consent_date fine(bool ok)
{
    return ok ? CONSENT_DATE_FINE : CONSENT_DATE_NONE;
}

/* 03/04/2026 */
static enum consent_date by_order(int64_t a, int64_t b, int64_t year, char order, consent_day *ret,
                                  bool *ret_by_order)
{
    if (a > 12 || a == b) return fine(make_day(year, b, a, ret));
    if (b > 12) return fine(order != 'd' && make_day(year, a, b, ret));
    if (!order) return CONSENT_DATE_DOUBTFUL;
    *ret_by_order = true;
    return fine(order == 'd' ? make_day(year, b, a, ret) : make_day(year, a, b, ret));
}

enum consent_date consent_date(struct slice text, char order, consent_day *ret, bool *ret_by_order)
{
    struct pieces p;
    text = slice_trim(text);
    *ret_by_order = false;
    if (text.n == 0 || !cut_pieces(text, &p)) return CONSENT_DATE_NONE;
    int64_t n[3] = {-1, -1, -1};
    for (size_t i = 0; i < p.n; i++)
        n[i] = number_of(p.list[i]);
    if (p.n == 1) return fine(p.list[0].n == 4 && make_day(n[0], 1, 1, ret));
    if (p.n != 3 || p.list[2].n > 4) return CONSENT_DATE_NONE;
    if (p.list[0].n == 4) return fine(make_day(n[0], n[1], n[2], ret));
    if (p.list[2].n != 4) return CONSENT_DATE_NONE; /* which century nobody says */
    if (n[0] < 0) return fine(make_day(n[2], month_of(p.list[0]), n[1], ret));
    if (n[1] < 0) return fine(make_day(n[2], month_of(p.list[1]), n[0], ret));
    if (p.between == '.') return fine(make_day(n[2], n[1], n[0], ret));
    return by_order(n[0], n[1], n[2], order, ret, ret_by_order);
}

/* ---- the verdict ---- */

static bool agreed_to(struct slice words, const char *what)
{
    struct slice one;
    while (words.n && slice_cut(&words, ',', &one))
        if (one.n && !slice_is(one, "no") &&
            (slice_is(one, what) || slice_is(one, "yes") || strcmp(what, "yes") == 0))
            return true;
    return false;
}

/* The same day so many months later, or the last of that month. */
static consent_day months_later(consent_day day, unsigned months)
{
    char text[16];
    consent_day later = day;
    consent_day_write(day, text);
    int64_t y = strtol(text, NULL, 10), m = strtol(text + 5, NULL, 10) - 1 + months,
            d = strtol(text + 8, NULL, 10);
    y += m / 12;
    m = m % 12 + 1;
    if (y > 2199) return INT32_MAX;
    if (d > civil_month_days(y, m)) d = civil_month_days(y, m);
    (void)make_day(y, m, d, &later);
    return later;
}

static bool is_recent(struct slice at, unsigned months, consent_day today)
{
    consent_day day;
    bool ignored;
    return consent_date(at, 0, &day, &ignored) == CONSENT_DATE_FINE && day <= today + 1 &&
           today <= months_later(day, months);
}

/* A year alone is its last day: nobody is taken for older than they may be. */
static bool is_old_enough(const struct slice *fields, unsigned min_age, consent_day today)
{
    consent_day born;
    bool ignored;
    struct slice text = slice_trim(fields[CONSENT_BORN]);
    uint64_t years;
    if (text.n == 0 && slice_to_u64(slice_trim(fields[CONSENT_YEARS]), CONSENT_AGE_MAX, &years))
        return years >= min_age;
    if (consent_date(text, 0, &born, &ignored) != CONSENT_DATE_FINE) return false;
    if (text.n == 4) born += 364;
    return months_later(born, 12 * min_age) <= today;
}

enum consent_verdict consent_judge(const struct consent_need *need, const struct slice *fields,
                                   consent_day today)
{
    if (need->what[0] && !agreed_to(fields[CONSENT_WHAT], need->what)) return CONSENT_MISSING;
    if (need->what[0] && need->months && !is_recent(fields[CONSENT_AT], need->months, today))
        return CONSENT_OLD;
    if (need->min_age && !is_old_enough(fields, need->min_age, today)) return CONSENT_TOO_YOUNG;
    return CONSENT_GIVEN;
}
