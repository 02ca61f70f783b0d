#include "io/csv.h"

#include "base/plain.h"

static bool needs_quotes(struct slice s, char delimiter)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '"' || s.p[i] == delimiter || s.p[i] == '\n' || s.p[i] == '\r') return true;
    return false;
}

static void write_quoted(struct buf *b, struct slice s)
{
    buf_add_char(b, '"');
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '"') buf_add_char(b, '"');
        buf_add_char(b, s.p[i]);
    }
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
