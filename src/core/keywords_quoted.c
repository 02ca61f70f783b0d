#include "keywords_quoted.h"

enum { LINE_BYTES_MAX = 400, HEADER_BYTES_MAX = 40, RULE_BYTES_MIN = 3 };

/* ---- lines ---- */

/* The line that begins at `at`, trimmed; *at is behind its end then. */
static struct slice next_line(struct slice text, size_t *at)
{
    size_t from = *at;
    while (*at < text.n && text.p[*at] != '\n')
        (*at)++;
    struct slice line = slice_make(text.p + from, *at - from);
    *at += *at < text.n;
    return slice_trim(line);
}

static bool is_quote_line(struct slice line)
{
    return line.n > 0 && line.p[0] == '>';
}

/* "________": mail programs draw one above the headers. */
static bool is_rule(struct slice line)
{
    for (size_t i = 0; i < line.n; i++)
        if (line.p[i] != '_') return false;
    return line.n >= RULE_BYTES_MIN;
}

static bool has_phrase(const struct table *t, struct slice line, enum phrase class)
{
    struct fold f;
    struct table_hits hits;
    if (line.n > LINE_BYTES_MAX) return false;
    fold_text(line, &f);
    for (size_t i = 0; i < f.count; i++) {
        table_find(t, &f, i, &hits);
        if (hits.lengths[class]) return true;
    }
    return false;
}

static bool has_digit(struct slice line)
{
    for (size_t i = 0; i < line.n; i++)
        if (line.p[i] >= '0' && line.p[i] <= '9') return true;
    return false;
}

/* ---- what stands above a quoted text ---- */

/* "On Tue, 24 Nov 2026 at 18:00, Muster <hello@example.org> wrote:" */
static bool is_attribution(const struct table *t, struct slice line)
{
    return line.n > 0 && line.p[line.n - 1] == ':' && has_digit(line) &&
           has_phrase(t, line, PHRASE_WROTE);
}

/* The same, broken in two as mail programs break lines; then lines with ">" have to follow. */
static bool is_broken_attribution(const struct table *t, struct slice text, size_t from)
{
    size_t at = from, end;
    struct slice line = next_line(text, &at);
    if (!has_digit(line) || is_quote_line(line)) return false;
    line = next_line(text, &at);
    end = (size_t)(line.p + line.n - text.p);
    struct slice both = slice_trim(slice_make(text.p + from, end - from));
    if (!line.n || !is_attribution(t, both) || !has_phrase(t, line, PHRASE_WROTE)) return false;
    do {
        line = next_line(text, &at);
    } while (line.n == 0 && at < text.n);
    return is_quote_line(line);
}

/* "-----Original Message-----" */
static bool is_divider(const struct table *t, struct slice line)
{
    return slice_starts(line, "--") && line.p[line.n - 1] == '-' &&
           has_phrase(t, line, PHRASE_ORIGINAL);
}

/* "Sent: Tuesday, 24 November 2026" */
static bool is_header(const struct table *t, struct slice line)
{
    size_t n = 0;
    while (n < line.n && line.p[n] != ':')
        n++;
    return n > 0 && n < line.n && n <= HEADER_BYTES_MAX &&
           has_phrase(t, slice_make(line.p, n), PHRASE_HEADER);
}

static bool are_headers(const struct table *t, struct slice text, size_t from)
{
    size_t at = from;
    struct slice first = next_line(text, &at);
    return is_header(t, first) && is_header(t, next_line(text, &at));
}

/* ---- the parts ---- */

/* From where on every line is quoted or empty. */
static size_t only_quotes_from(struct slice text)
{
    size_t at = 0, from = 0;
    while (at < text.n) {
        struct slice line = next_line(text, &at);
        if (line.n && !is_quote_line(line)) from = at;
    }
    return from;
}

/* Where the quoted part begins that goes to the end; text.n: there is none. */
static size_t quote_at(const struct table *t, struct slice text)
{
    size_t only_quotes = only_quotes_from(text);
    for (size_t at = 0, from = 0; at < text.n; from = at) {
        struct slice line = next_line(text, &at);
        if (line.n == 0) continue;
        bool begins = is_quote_line(line)
                          ? from >= only_quotes
                          : is_attribution(t, line) || is_divider(t, line) ||
                                are_headers(t, text, from) || is_broken_attribution(t, text, from);
        if (begins) return from;
    }
    return text.n;
}

/* What stands behind the last line with ">", where the text begins with them, or with what stands above them. */
static struct slice below_quote(const struct table *t, struct slice text)
{
    size_t at = 0, last = 0;
    struct slice line = {0};
    while (line.n == 0 && at < text.n)
        line = next_line(text, &at);
    if (!is_quote_line(line) && !is_attribution(t, line)) return SLICE_NONE;
    for (at = 0; at < text.n;) {
        line = next_line(text, &at);
        if (is_quote_line(line)) last = at;
    }
    return last ? slice_trim(slice_from(text, last)) : SLICE_NONE;
}

static struct slice without_rule(struct slice text)
{
    size_t n = text.n;
    while (n > 0 && text.p[n - 1] == '_')
        n--;
    return is_rule(slice_from(text, n)) ? slice_trim(slice_make(text.p, n)) : text;
}

struct slice quoted_leave_out(const struct table *t, struct slice text)
{
    if (!memchr(text.p ? text.p : "", '\n', text.n)) return text;
    size_t at = quote_at(t, text);
    struct slice own = without_rule(slice_trim(slice_make(text.p, at)));
    if (at < text.n && own.n) return own;
    own = below_quote(t, text);
    return own.n ? own : text;
}
