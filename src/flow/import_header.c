#include "import_header.h"

#include "base/buf.h"

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool separates(char c)
{
    return c == ' ' || c == '\t' || c == '_' || c == '-' || c == '.' || c == '\r' || c == '\n';
}

/* "Phone Number" and "phone" are the same title, as far as case and separators go. */
static bool same_title(struct slice title, const char *want)
{
    for (size_t i = 0; i < title.n; i++) {
        if (separates(title.p[i])) continue;
        while (*want && separates(*want))
            want++;
        if (lower(title.p[i]) != lower(*want)) return false;
        want++;
    }
    while (*want && separates(*want))
        want++;
    return *want == '\0';
}

static bool is_phone_title(struct slice title)
{
    static const char *const names[] = {"phone",
                                        "mobile",
                                        "cell",
                                        "tel",
                                        "telephone",
                                        "cellphone",
                                        "mobilephone",
                                        "phonenumber",
                                        "mobilenumber",
                                        "cellnumber",
                                        "telnumber",
                                        "telephonenumber",
                                        "phoneno",
                                        "mobileno",
                                        "telno",
                                        "telephoneno",
                                        "msisdn",
                                        "number",
                                        "mobilephonenumber",
                                        "cellphonenumber",
                                        "handy",
                                        "handynummer",
                                        "telefon",
                                        "portable"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (same_title(title, names[i])) return true;
    return false;
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

static int phone_error(const struct import_header *h, uint64_t line, const char *file, size_t found,
                       const char *wanted, struct err *e)
{
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
                      "name it with --phone. The file has: %.*s",
                      file, (unsigned long long)line, SLICE_ARG(titles));
    else
        (void)err_set(e, ERR_INVALID,
                      "%s:%llu: %zu columns may be the phone number: say which with --phone. The "
                      "file has: %.*s",
                      file, (unsigned long long)line, found, SLICE_ARG(titles));
    buf_done(&list);
    return ERR_INVALID;
}

static int find_phone(struct import_header *h, uint64_t line, const char *file, const char *wanted,
                      struct err *e)
{
    size_t found = 0;
    for (size_t i = 0; i < h->width; i++) {
        if (!(wanted ? same_title(h->titles[i], wanted) : is_phone_title(h->titles[i]))) continue;
        h->phone = i;
        found++;
    }
    return found == 1 ? 0 : phone_error(h, line, file, found, wanted, e);
}

/* "First Name" becomes first_name. */
static struct slice field_name(struct slice title, size_t index, struct arena *keep)
{
    char *out = arena_alloc(keep, title.n + 1);
    check(out != NULL); /* sized for a whole record */
    size_t n = 0;
    for (size_t i = 0; i < title.n; i++) {
        bool gap = separates(title.p[i]);
        if (gap && (n == 0 || out[n - 1] == '_')) continue;
        out[n++] = gap ? '_' : lower(title.p[i]);
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
        struct slice name = field_name(h->titles[i], i, keep);
        for (size_t k = 0; k < n; k++)
            if (slice_eq(h->columns[k], name))
                return err_set(e, ERR_INVALID, "%s:%llu: two columns are called '%.*s': rename one",
                               file, (unsigned long long)line, SLICE_ARG(name));
        h->columns[n++] = name;
    }
    return 0;
}

static bool is_rejects_file(const struct csv_record *rec)
{
    return rec->count > 3 && slice_is(rec->fields[rec->count - 3], "line") &&
           slice_is(rec->fields[rec->count - 2], "field") &&
           slice_is(rec->fields[rec->count - 1], "reason");
}

int import_header_read(struct import_header *ret, const struct csv_record *rec, const char *file,
                       const char *phone_column, struct arena *keep, struct err *e)
{
    if (rec->fault != CSV_FINE)
        return err_set(e, ERR_INVALID,
                       "%s:%llu: the line of column names cannot be read: field %zu (byte %zu): %s",
                       file, (unsigned long long)rec->line, rec->field, rec->column,
                       csv_fault_text(rec->fault));
    ret->extra = is_rejects_file(rec) ? 3 : 0;
    ret->width = rec->count - ret->extra;
    for (size_t i = 0; i < ret->width; i++)
        ret->titles[i] = arena_dup(keep, slice_trim(rec->fields[i]));
    int r = find_phone(ret, rec->line, file, phone_column, e);
    return r < 0 ? r : name_columns(ret, rec->line, file, keep, e);
}
