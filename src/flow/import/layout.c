#include "layout.h"

#include "base/ascii.h"
#include "core/phone_title.h"
#include "io/csv.h"

enum { RECORDS_LOOKED_AT = 10, DIGITS_OF_A_PERSON = 7 };

struct look {
    const char *phone_column;
    uint64_t first_line;    /* behind "sep=" */
    size_t records, widest; /* of those above: fields that are not blank */
    uint64_t line;          /* found, 0 = not yet */
    size_t fields;          /* of the line that was found */
    bool loose_quotes;
};

static struct slice bare(struct slice title)
{
    title = slice_trim(title);
    if (title.n > 1 && title.p[0] == '"' && title.p[title.n - 1] == '"')
        title = slice_make(title.p + 1, title.n - 2);
    return title;
}

static bool is_phone(const struct look *l, struct slice title)
{
    return l->phone_column ? phone_title_same(title, slice_of(l->phone_column))
                           : phone_title_rank(title) != PHONE_TITLE_NONE;
}

static bool has_a_number(struct slice field)
{
    size_t digits = 0;
    for (size_t i = 0; i < field.n; i++)
        digits += ascii_is_digit(field.p[i]);
    return digits >= DIGITS_OF_A_PERSON;
}

/* Fields that are not blank; 0 when the record is no line of column names. */
static size_t measure(const struct look *l, const struct csv_record *rec, bool *ret_header,
                      bool *ret_loose)
{
    size_t used = 0;
    bool phone = false, person = false;
    *ret_loose = false;
    for (size_t i = 0; i < rec->count; i++) {
        struct slice field = slice_trim(rec->fields[i]);
        used += field.n > 0;
        phone |= is_phone(l, bare(field));
        person |= has_a_number(field);
        *ret_loose |= field.n && field.p[0] == '"' && rec->fields[i].p[0] == ' ';
    }
    *ret_header = phone && !person;
    return used;
}

/* Ends the reading (1) when it knows. A line with one name only is remembered: a line with more may
 * follow a title such as "Phone". */
static int on_record(void *arg, const struct csv_record *rec)
{
    struct look *l = arg;
    if (rec->line < l->first_line || rec->fault != CSV_FINE) return 0;
    bool header, loose;
    size_t used = measure(l, rec, &header, &loose);
    if (header && (used > l->widest || (used == 1 && l->widest == 1 && l->line == 0))) {
        l->line = rec->line;
        l->fields = used;
        l->loose_quotes = loose;
    }
    if (used > l->widest) l->widest = used;
    return (l->line && l->fields > 1) || ++l->records == RECORDS_LOOKED_AT;
}

static struct look look_with(struct slice beginning, char delimiter, const char *phone_column,
                             uint64_t first_line)
{
    struct look l = {.phone_column = phone_column, .first_line = first_line};
    struct csv_reader *r = csv_reader_new(delimiter, on_record, &l);
    int result = csv_reader_feed(r, beginning);
    if (result == 0) result = csv_reader_end(r);
    (void)result; /* 1: it knows, or has seen enough */
    csv_reader_free(r);
    return l;
}

/* 'sep=;' in the first line, as Excel reads and writes it; 0 when there is none. */
static char told_delimiter(struct slice beginning)
{
    struct slice line;
    if (slice_starts(beginning, "\xef\xbb\xbf")) beginning = slice_from(beginning, 3);
    if (!slice_cut(&beginning, '\n', &line)) return 0;
    if (line.n && line.p[line.n - 1] == '\r') line.n--;
    line = bare(line);
    if (line.n != 5 || !slice_is_nocase(slice_make(line.p, 4), "sep=")) return 0;
    return strchr("\"\r\n", line.p[4]) ? 0 : line.p[4];
}

/* A look reads the beginning with one separator. What it found is taken when it found more than the looks before. */
static void learn(struct import_layout *layout, struct look *best, const struct look *l,
                  char delimiter)
{
    if (!l->line || (best->line && l->fields <= best->fields)) return;
    *best = *l;
    layout->delimiter = delimiter;
    layout->header_line = l->line;
    layout->loose_quotes = l->loose_quotes;
}

struct import_layout import_layout_find(struct slice beginning, char delimiter,
                                        const char *phone_column)
{
    static const char candidates[] = {',', ';', '\t', '|'};
    char told = told_delimiter(beginning);
    uint64_t first_line = told ? 2 : 1;
    struct import_layout layout = {
        .delimiter = delimiter ? delimiter : told, .header_line = first_line, .told = told != 0};
    struct look best = {0};
    char fixed = layout.delimiter;
    for (size_t i = 0; i < (fixed ? 1 : COUNT_OF(candidates)); i++) {
        char with = fixed ? fixed : candidates[i];
        struct look l = look_with(beginning, with, phone_column, first_line);
        learn(&layout, &best, &l, with);
    }
    return layout;
}
