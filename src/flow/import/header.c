#include "header.h"

#include "base/ascii.h"
#include "base/buf.h"
#include "core/phone_title.h"

/* How many bytes of a sign between words are at the front of s; 0 when it is none. */
static size_t separates(struct slice s)
{
    if (slice_starts(s, "\xc2\xa0")) return 2;     /* no-break space */
    if (slice_starts(s, "\xe2\x80\xaf")) return 3; /* the narrow one */
    char c = s.p[0];
    return c == ' ' || c == '\t' || c == '_' || c == '-' || c == '.' || c == '\r' || c == '\n';
}

/* "a, b, c" for a person to read. */
static struct slice title_list(const struct import_header *h, struct buf *b)
{
    for (size_t i = 0; i < h->width; i++) {
        if (i) buf_add_cstr(b, ", ");
        buf_add_slice(b, h->titles[i]);
    }
    return b->failed ? SLICE_LIT("too many to list") : buf_slice(b);
}

static int phone_error(const struct import_header *h, uint64_t line,
                       const struct import_config *config, size_t found, struct err *e)
{
    const char *file = config->name, *wanted = config->phone_column;
    struct buf list = BUF_INIT(600);
    struct slice titles = title_list(h, &list);
    if (wanted && found > 1)
        (void)err_set(e, ERR_INVALID, "%s:%llu: %zu columns are called '%s': rename all but one",
                      file, (unsigned long long)line, found, wanted);
    else if (wanted)
        (void)err_set(e, ERR_INVALID, "%s:%llu: no column is called '%s'; the file has: %.*s", file,
                      (unsigned long long)line, wanted, SLICE_ARG(titles));
    else if (found == 0)
        (void)err_set(e, ERR_INVALID,
                      "%s:%llu: no phone column: call one column 'phone' (in the first line), or "
                      "name it with %s. The file has: %.*s",
                      file, (unsigned long long)line, config->phone_words, SLICE_ARG(titles));
    else
        (void)err_set(e, ERR_INVALID,
                      "%s:%llu: %zu columns may be the phone number: say which with %s. The file "
                      "has: %.*s",
                      file, (unsigned long long)line, found, config->phone_words,
                      SLICE_ARG(titles));
    buf_done(&list);
    return ERR_INVALID;
}

static int find_named(struct import_header *h, uint64_t line, const struct import_config *config,
                      struct err *e)
{
    size_t found = 0;
    for (size_t i = 0; i < h->width; i++) {
        if (!phone_title_same(h->titles[i], slice_of(config->phone_column))) continue;
        h->phone = i;
        found++;
    }
    return found == 1 ? 0 : phone_error(h, line, config, found, e);
}

static int find_phone(struct import_header *h, uint64_t line, const struct import_config *config,
                      struct err *e)
{
    enum phone_title best = PHONE_TITLE_NONE;
    size_t found = 0;
    for (size_t i = 0; i < h->width; i++) {
        enum phone_title rank = phone_title_rank(h->titles[i]);
        if (rank == PHONE_TITLE_NONE) continue;
        h->others |= best != PHONE_TITLE_NONE;
        if (rank < best) continue;
        found = rank == best ? found + 1 : 1;
        if (found == 1) h->phone = i;
        best = rank;
    }
    return found == 1 ? 0 : phone_error(h, line, config, found, e);
}

/* "First Name" becomes first_name. */
static struct slice field_name(struct slice title, size_t index, struct arena *keep)
{
    char *out = arena_alloc(keep, title.n + 1);
    check(out != NULL); /* sized for a whole record */
    size_t n = 0;
    while (title.n > 0) {
        size_t gap = separates(title);
        if (!gap)
            out[n++] = ascii_lower(title.p[0]);
        else if (n > 0 && out[n - 1] != '_')
            out[n++] = '_';
        title = slice_from(title, gap ? gap : 1);
    }
    while (n > 0 && out[n - 1] == '_')
        n--;
    return n ? slice_make(out, n) : slice_of(arena_printf(keep, "column_%zu", index + 1));
}

static int name_columns(struct import_header *h, uint64_t line, const char *file,
                        struct arena *keep, struct err *e)
{
    size_t n = 0;
    for (size_t i = 0; i < h->width; i++) {
        if (i == h->phone) continue;
        struct slice name = field_name(h->titles[i], h->source[i], keep);
        for (size_t k = 0; k < n; k++)
            if (slice_eq(h->columns[k], name))
                return err_set(e, ERR_INVALID, "%s:%llu: two columns are called '%.*s': rename one",
                               file, (unsigned long long)line, SLICE_ARG(name));
        h->columns[n++] = name;
    }
    return 0;
}

/* A file that a person mended begins with three columns of ours: line, field, reason. Returns the index of the first of them;
 * rec->count when they are not there. */
static size_t find_ours(const struct csv_record *rec)
{
    static const char *const ours[] = {"line", "field", "reason"};
    for (size_t i = 0; i + COUNT_OF(ours) <= rec->count; i++) {
        size_t same = 0;
        while (same < COUNT_OF(ours) &&
               slice_is_nocase(slice_trim(rec->fields[i + same]), ours[same]))
            same++;
        if (same == COUNT_OF(ours) && rec->count > COUNT_OF(ours)) return i;
    }
    return rec->count;
}

int import_header_read(struct import_header *ret, const struct csv_record *rec,
                       const struct import_config *config, struct arena *keep, struct err *e)
{
    if (rec->fault != CSV_FINE)
        return err_set(e, ERR_INVALID,
                       "%s:%llu: the line of column names cannot be read: field %zu (byte %zu): %s",
                       config->name, (unsigned long long)rec->line, rec->field, rec->column,
                       csv_fault_text(rec->fault));
    ret->file_width = rec->count;
    ret->ours = find_ours(rec);
    ret->mended = ret->ours < rec->count;
    for (size_t i = 0; i < rec->count; i++) {
        if (i >= ret->ours && i < ret->ours + 3) continue;
        ret->source[ret->width] = i;
        struct slice title = import_header_cell(ret, rec, ret->width);
        ret->titles[ret->width++] = arena_dup(keep, slice_trim(title));
    }
    int r = config->phone_column ? find_named(ret, rec->line, config, e)
                                 : find_phone(ret, rec->line, config, e);
    return r < 0 ? r : name_columns(ret, rec->line, config->name, keep, e);
}

struct slice import_header_cell(const struct import_header *h, const struct csv_record *rec,
                                size_t k)
{
    struct slice field = h->source[k] < rec->count ? rec->fields[h->source[k]] : SLICE_NONE;
    return h->mended ? csv_unprotect(field) : field;
}
