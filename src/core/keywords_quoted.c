#include "keywords_quoted.h"

#include <unictype.h>
#include <unistr.h>

#include "core/parts.h"

enum {
    LINE_BYTES_MAX = 400,
    HEADER_BYTES_MAX = 40,
    RULE_BYTES_MIN = 3,
    VERB_BYTES_MAX = 64,     /* behind the last comma or bracket: "wrote:" */
    INLINE_BYTES_MAX = 4096, /* a mail in one line is looked for in so many bytes */
    INLINE_TRIES_MAX = 8,
};

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
    table_number(t, &f);
    for (size_t i = 0; i < f.count; i++) {
        table_find(t, &f, i, &hits);
        if (hits.lengths[class]) return true;
    }
    return false;
}

/* Of any script: Bengali and Arabic mails have their own. */
static bool has_digit(struct slice line)
{
    for (size_t pos = 0; pos < line.n;)
        if (uc_decimal_value(parts_next_code_point(line, &pos)) >= 0) return true;
    return false;
}

/* Without what no eye sees at its end: programs put marks of direction around names and addresses. */
static struct slice without_marks(struct slice line)
{
    const uint8_t *start = (const uint8_t *)line.p;
    ucs4_t cp;
    for (const uint8_t *p; line.n > 0; line.n = (size_t)(p - start)) {
        p = u8_prev(&cp, start + line.n, start);
        if (!p || !(cp == ' ' || cp == 0xA0 || uc_is_general_category(cp, UC_FORMAT))) break;
    }
    return line;
}

/* "… <hello@example.org>" */
static bool ends_with_address(struct slice line)
{
    bool at = false;
    line = without_marks(line);
    if (line.n == 0 || line.p[line.n - 1] != '>') return false;
    for (size_t i = line.n - 1; i > 0 && line.p[i] != '<'; i--)
        at |= line.p[i] == '@';
    return at;
}

/* ---- what stands above a quoted text ---- */

/* "On Tue, 24 Nov 2026 at 18:00, Muster <hello@example.org> wrote:", in some languages without a verb. */
static bool is_attribution(const struct table *t, struct slice line)
{
    line = without_marks(line);
    if (line.n == 0 || line.n > LINE_BYTES_MAX || line.p[line.n - 1] != ':') return false;
    line.n--;
    return has_digit(line) && (ends_with_address(line) || has_phrase(t, line, PHRASE_WROTE));
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

/* ---- a mail in one line ---- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static struct slice next_token(struct slice s, size_t *at)
{
    size_t from = *at, to;
    while (from < s.n && is_blank(s.p[from]))
        from++;
    for (to = from; to < s.n && !is_blank(s.p[to]);)
        to++;
    *at = to;
    return slice_make(s.p + from, to - from);
}

/* Where "On Tue, 24 Nov" begins in what is an attribution from some word on; *ret_known: a word that stands in
 * front of a date says so. Else it is the first word with a digit. */
static size_t date_at(const struct table *t, struct slice s, bool *ret_known)
{
    size_t first = s.n, opens = s.n;
    for (size_t at = 0; at < s.n;) {
        struct slice token = next_token(s, &at);
        size_t from = (size_t)(token.p - s.p);
        bool digit = has_digit(token);
        *ret_known = digit && opens < s.n;
        if (*ret_known) return opens;
        if (digit && first == s.n) first = from;
        if (token.n == 0 || digit || !has_phrase(t, token, PHRASE_DATED))
            opens = s.n;
        else if (opens == s.n)
            opens = from;
    }
    return first;
}

/* What stands behind the last address of s, without the bracket around it. False where there is no address. */
static bool behind_address(struct slice s, struct slice *ret)
{
    size_t n = s.n;
    while (n > 0 && s.p[n - 1] != '>')
        n--;
    if (!ends_with_address(slice_make(s.p, n))) return false;
    while (n < s.n && (s.p[n] == ')' || is_blank(s.p[n])))
        n++;
    *ret = without_marks(slice_from(s, n));
    return true;
}

/* Where what stands before the colon at `colon` begins, when it is an attribution with an address; text.n: it is none. */
static size_t attribution_before(const struct table *t, struct slice text, size_t colon)
{
    size_t from = colon > LINE_BYTES_MAX ? colon - LINE_BYTES_MAX : 0;
    bool known;
    while (from < colon && from > 0 && !is_blank(text.p[from - 1]))
        from++;
    struct slice before = slice_make(text.p + from, colon - from), verb;
    if (!has_digit(before) || !behind_address(before, &verb) || verb.n > VERB_BYTES_MAX)
        return text.n;
    bool told = verb.n == 0 || has_phrase(t, verb, PHRASE_WROTE);
    return told ? from + date_at(t, before, &known) : text.n;
}

/* Where "----- Original Message -----" begins that may begin at `at`; text.n: it does not. */
static size_t divider_at(const struct table *t, struct slice text, size_t at)
{
    struct slice rest = slice_from(text, at);
    size_t n = 0, end;
    while (n < rest.n && rest.p[n] == '-')
        n++;
    for (end = n; end < rest.n && end - n < HEADER_BYTES_MAX && rest.p[end] != '-';)
        end++;
    bool between =
        n >= RULE_BYTES_MIN && end + 1 < rest.n && rest.p[end] == '-' && rest.p[end + 1] == '-';
    return between && has_phrase(t, slice_make(rest.p + n, end - n), PHRASE_ORIGINAL) ? at : text.n;
}

/* Where the quoted part begins in a mail that came as one line: "STOP On Tue, 24 Nov 2026 at 18:00, Muster
 * <hello@example.org> wrote: > Hi Kim"; text.n: there is none. */
static size_t inline_quote_at(const struct table *t, struct slice text)
{
    size_t bytes = text.n < INLINE_BYTES_MAX ? text.n : INLINE_BYTES_MAX, tries = 0;
    for (size_t at = 1; at < bytes && tries < INLINE_TRIES_MAX; at++) {
        char c = text.p[at];
        if ((c != ':' && c != '-') || text.p[at - 1] == c) continue;
        size_t from = c == ':' ? attribution_before(t, text, at) : divider_at(t, text, at);
        if (from < text.n) return from;
        tries += c == ':' && memchr(text.p, '>', at) != NULL;
    }
    return text.n;
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

/* [bytes] of what somebody said before an attribution in its line: "STOP On Tue, 24 Nov …". Only where it is certain:
 * in "Muster wrote on 24 Nov 2026:" all belongs to it. */
static size_t own_words_of(const struct table *t, struct slice line)
{
    bool known;
    size_t n = date_at(t, line, &known);
    struct slice own = slice_make(line.p, n);
    return known && n && !memchr(own.p, '@', n) && !has_phrase(t, own, PHRASE_WROTE) ? n : 0;
}

/* Where the quoted part begins that goes to the end; text.n: there is none. */
static size_t quote_at(const struct table *t, struct slice text)
{
    size_t only_quotes = only_quotes_from(text);
    for (size_t at = 0, from = 0; at < text.n; from = at) {
        struct slice line = next_line(text, &at);
        if (line.n == 0) continue;
        if (!is_quote_line(line) && is_attribution(t, line))
            return (size_t)(line.p - text.p) + own_words_of(t, line);
        bool begins = is_quote_line(line) ? from >= only_quotes
                                          : is_divider(t, line) || are_headers(t, text, from) ||
                                                is_broken_attribution(t, text, from);
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
    bool lines = text.n && memchr(text.p, '\n', text.n);
    size_t at = lines ? quote_at(t, text) : text.n;
    struct slice own = without_rule(slice_trim(slice_make(text.p, at)));
    if (at < text.n && own.n) return own;
    if (lines) own = below_quote(t, text);
    if (lines && own.n) return own;
    at = inline_quote_at(t, text);
    own = slice_trim(slice_make(text.p, at));
    return at < text.n && own.n ? own : text;
}

/* ---- reactions ---- */

static bool is_quote(uint32_t cp, bool opening)
{
    enum { OPENS = 1, CLOSES = 2, BOTH = OPENS | CLOSES };
    static const struct {
        uint32_t cp;
        unsigned does;
    } quotes[] = {{'"', BOTH},     {0xAB, BOTH},     {0xBB, BOTH},
                  {0x201C, BOTH}, /* closes in German, opens in English */
                  {0x201D, BOTH}, /* opens in Finnish and Hebrew */
                  {0x5F4, BOTH},  /* Hebrew's own */
                  {0x201E, OPENS}, {0x201F, OPENS},  {0x2018, OPENS},
                  {0x201A, OPENS}, {0x2019, CLOSES}, {0x300C, OPENS}, /* of East Asia, to 300F */
                  {0x300E, OPENS}, {0x300D, CLOSES}, {0x300F, CLOSES}};
    if (cp < 0x80) return cp == '"'; /* nearly all that is asked about */
    for (size_t i = 0; i < COUNT_OF(quotes); i++)
        if (quotes[i].cp == cp) return quotes[i].does & (opening ? OPENS : CLOSES);
    return false;
}

/* What stands before and behind the quoted text; false when nothing is quoted. A quote that is not
 * closed was cut off by the length of an SMS and goes to the end. */
bool quoted_around(struct slice text, struct slice *before, struct slice *behind)
{
    size_t from = 0, to = text.n;
    bool opened = false, closed = false;
    for (size_t pos = 0, at; pos < text.n;) {
        at = pos;
        uint32_t cp = parts_next_code_point(text, &pos);
        if (!opened && is_quote(cp, true)) {
            opened = true;
            from = at;
        } else if (opened && is_quote(cp, false)) {
            closed = true;
            to = pos;
        }
    }
    *before = slice_make(text.p, from);
    *behind = closed ? slice_from(text, to) : SLICE_NONE;
    return opened;
}
