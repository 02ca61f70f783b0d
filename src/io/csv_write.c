#include "io/csv.h"

#include "base/ascii.h"
#include "base/plain.h"

static bool needs_quotes(struct slice s, char delimiter)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '"' || s.p[i] == delimiter || s.p[i] == '\n' || s.p[i] == '\r') return true;
    return false;
}

static void write_doubled(struct buf *b, struct slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"') buf_add_char(b, '"');
        buf_add_char(b, s.p[i]);
    }
}

static void write_quoted(struct buf *b, struct slice s)
{
    buf_add_char(b, '"');
    write_doubled(b, s);
    buf_add_char(b, '"');
}

void csv_write_field(struct buf *b, struct slice field, char delimiter)
{
    if (needs_quotes(field, delimiter))
        write_quoted(b, field);
    else
        buf_add_slice(b, field);
}

static bool is_phone_like(struct slice s)
{
    for (size_t i = 1; i < s.n; i++)
        if (s.p[i] == '\0' || !strchr("0123456789 ()-", s.p[i])) return false;
    return s.n > 1 && s.p[0] == '+';
}

static void write_cell(struct buf *b, struct slice field, char delimiter)
{
    bool formula = field.n && field.p[0] && strchr("=+-@\t\r", field.p[0]) && !is_phone_like(field);
    if (!formula) {
        csv_write_field(b, field, delimiter);
        return;
    }
    /* quoted, so that the apostrophe and whatever follows stay one cell */
    buf_add_cstr(b, "\"'");
    size_t quote_end = b->n;
    write_quoted(b, field);
    if (b->failed) return;
    memmove(b->p + quote_end, b->p + quote_end + 1, b->n - quote_end); /* the inner opening quote */
    b->n--;
}

void csv_write_cell(struct buf *b, struct slice field, char delimiter)
{
    if (plain_is(field, PLAIN_TEXT)) {
        write_cell(b, field, delimiter);
        return;
    }
    struct buf shown = BUF_INIT(b->max);
    plain_add(&shown, field, PLAIN_TEXT);
    b->failed |= shown.failed;
    write_cell(b, buf_slice(&shown), delimiter);
    buf_done(&shown);
}

/* ---- protected ---- */

static char lower(char c)
{
    return ascii_is_upper(c) ? (char)(c - 'A' + 'a') : c;
}

/* "Mar 5": a date to a spreadsheet. */
static bool is_date_like(struct slice s)
{
    static const char months[] = "jan feb mar apr may jun jul aug sep oct nov dec";
    if (s.n < 4) return false;
    const char name[] = {lower(s.p[0]), lower(s.p[1]), lower(s.p[2]), '\0'};
    const char *found = strstr(months, name);
    bool digit = false;
    for (size_t i = 3; i < s.n; i++)
        digit |= ascii_is_digit(s.p[i]);
    return found && (found - months) % 4 == 0 && digit;
}

/* Whether a spreadsheet would make something else of it. Blanks in front do not hinder one. */
static bool is_counted(struct slice field)
{
    struct slice s = slice_trim(field);
    if (s.n == 0) return field.n > 0;
    if (field.p[0] != s.p[0] && !strchr(" ", field.p[0])) return true;
    return ascii_is_digit(s.p[0]) || strchr("=+-@'.,(#%$", s.p[0]) || slice_is_nocase(s, "true") ||
           slice_is_nocase(s, "false") || is_date_like(s);
}

void csv_write_protected(struct buf *b, struct slice field, char delimiter)
{
    /* quoted too where it would be taken for the byte order mark of the file */
    bool quotes = needs_quotes(field, delimiter) || slice_starts(field, "\xef\xbb\xbf");
    if (quotes) buf_add_char(b, '"');
    if (is_counted(field)) buf_add_char(b, '\'');
    if (quotes)
        write_doubled(b, field);
    else
        buf_add_slice(b, field);
    if (quotes) buf_add_char(b, '"');
}

struct slice csv_unprotect(struct slice field)
{
    bool is = field.n > 1 && field.p[0] == '\'' && is_counted(slice_from(field, 1));
    return is ? slice_from(field, 1) : field;
}

void csv_write_record(struct buf *b, const struct slice *fields, size_t count, char delimiter)
{
    /* one empty field would read as an empty line; a first field that begins like a byte order mark
     * would lose it */
    bool hidden =
        count && ((count == 1 && fields[0].n == 0) || slice_starts(fields[0], "\xef\xbb\xbf"));
    for (size_t i = 0; i < count; i++) {
        if (i) buf_add_char(b, delimiter);
        if (i == 0 && hidden)
            write_quoted(b, fields[0]);
        else
            csv_write_field(b, fields[i], delimiter);
    }
    buf_add_cstr(b, "\r\n");
}
