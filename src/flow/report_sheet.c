#include "flow/report_sheet.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/json.h"
#include "io/csv.h"

enum { ROW_BYTES_MAX = 2 * CSV_RECORD_BYTES_MAX };

static const char *const our_titles[] = {"number",       "state",      "reason", "reply",
                                         "replied_at",   "last_words", "tags",   "by",
                                         "opted_out_at", "parts",      "price",  "text_version"};

struct report_sheet {
    FILE *out;
    json_t *columns; /* names of the fields, known with the list or the first person */
    struct buf row;
    size_t cells; /* in it */
    int64_t rows;
};

struct report_sheet *report_sheet_new(FILE *out, json_t *columns)
{
    struct report_sheet *s = xcalloc(1, sizeof *s);
    *s = (struct report_sheet){.out = out, .columns = json_incref(columns)};
    buf_init(&s->row, ROW_BYTES_MAX);
    return s;
}

void report_sheet_free(struct report_sheet *s)
{
    if (!s) return;
    json_decref(s->columns);
    buf_done(&s->row);
    free(s);
}

int64_t report_sheet_rows(const struct report_sheet *s)
{
    return s->rows;
}

/* ---- rows ---- */

static void begin_row(struct report_sheet *s)
{
    buf_clear(&s->row);
    s->cells = 0;
}

static void add_cell(struct report_sheet *s, struct slice text)
{
    if (s->cells++) buf_add_char(&s->row, ',');
    csv_write_cell(&s->row, text, ',');
}

static void add_text(struct report_sheet *s, const json_t *object, const char *key)
{
    add_cell(s, json_slice(json_object_get(object, key)));
}

static int write_row(struct report_sheet *s, struct err *e)
{
    buf_add_cstr(&s->row, "\r\n");
    if (s->row.failed) return err_set(e, ERR_LIMIT, "a row is longer than %d bytes", ROW_BYTES_MAX);
    if (fwrite(s->row.p, 1, s->row.n, s->out) != s->row.n)
        return err_set(e, -errno, "cannot write: %s", strerror(errno));
    return 0;
}

/* ---- titles ---- */

static bool is_ours(const char *title)
{
    for (size_t i = 0; i < COUNT_OF(our_titles); i++)
        if (strcmp(title, our_titles[i]) == 0) return true;
    return false;
}

static bool is_a_column(const struct report_sheet *s, const char *title)
{
    size_t i;
    const json_t *name;
    json_array_foreach(s->columns, i, name)
    {
        if (strcmp(title, json_string_value(name)) == 0) return true;
    }
    return false;
}

/* A list may have a column "state" of its own. Two columns of one title are one to most readers. */
static void add_title(struct report_sheet *s, const char *name)
{
    struct buf title = BUF_INIT(ROW_BYTES_MAX);
    buf_add_cstr(&title, name);
    while (is_ours(name) && title.p && (is_ours(title.p) || is_a_column(s, title.p))) {
        struct buf longer = BUF_INIT(ROW_BYTES_MAX);
        buf_addf(&longer, "list_%s", title.p);
        buf_done(&title);
        title = longer;
    }
    add_cell(s, buf_slice(&title));
    buf_done(&title);
}

static int write_header(struct report_sheet *s, struct err *e)
{
    size_t i;
    const json_t *name;
    begin_row(s);
    for (i = 0; i < COUNT_OF(our_titles); i++)
        add_cell(s, slice_of(our_titles[i]));
    json_array_foreach(s->columns, i, name) add_title(s, json_string_value(name));
    return write_row(s, e);
}

/* When the list does not tell any more. */
static void columns_of_person(struct report_sheet *s, const json_t *person)
{
    const char *name;
    json_t *value;
    s->columns = json_array();
    json_object_foreach(json_object_get(person, "fields"), name, value)
        json_list_add(s->columns, json_string(name));
}

/* ---- a person ---- */

/* "no_answer since 2026-11-22T09:00:00Z" for the unknown, the plain reason for the others. */
static void add_reason(struct report_sheet *s, const json_t *person)
{
    char text[256];
    struct slice reason = json_slice(json_object_get(person, "reason"));
    struct slice since = json_slice(json_object_get(person, "since"));
    (void)snprintf(text, sizeof text, "%.*s%ssince %.*s", SLICE_ARG(reason), reason.n ? " " : "",
                   SLICE_ARG(since));
    add_cell(s, since.n ? slice_of(text) : reason);
}

static void add_tags(struct report_sheet *s, const json_t *tags)
{
    size_t i;
    const json_t *tag;
    struct buf text = BUF_INIT(ROW_BYTES_MAX);
    json_array_foreach(tags, i, tag) buf_addf(&text, "%s%s", i ? "," : "", json_string_value(tag));
    add_cell(s, buf_slice(&text));
    buf_done(&text);
}

static void add_outcome(struct report_sheet *s, const json_t *outcome)
{
    char number[64];
    static const char *const texts[] = {"reply", "replied_at", "words"};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        add_text(s, outcome, texts[i]);
    add_tags(s, json_object_get(outcome, "tags"));
    add_text(s, outcome, "by");
    add_text(s, outcome, "opted_out_at");
    (void)snprintf(number, sizeof number, "%lld",
                   (long long)json_integer_value(json_object_get(outcome, "parts")));
    add_cell(s, slice_of(number));
    (void)snprintf(number, sizeof number, "%.6g",
                   json_number_value(json_object_get(outcome, "amount")));
    add_cell(s, slice_of(number));
}

/* Which of the campaign's texts they got: nothing of who got none, and of who waits for one. */
static void add_version(struct report_sheet *s, const json_t *person)
{
    char number[32] = "";
    const json_t *version = json_object_get(person, "text_version");
    bool waits = slice_is(json_slice(json_object_get(person, "state")), "pending");
    if (json_is_integer(version) && !waits)
        (void)snprintf(number, sizeof number, "%lld", (long long)json_integer_value(version));
    add_cell(s, slice_of(number));
}

int report_sheet_add(struct report_sheet *s, const json_t *person, struct err *e)
{
    size_t i;
    const json_t *name, *fields = json_object_get(person, "fields");
    if (!s->columns) columns_of_person(s, person);
    int r = s->rows++ == 0 ? write_header(s, e) : 0;
    begin_row(s);
    add_text(s, person, "number");
    add_text(s, person, "state");
    add_reason(s, person);
    add_outcome(s, json_object_get(person, "outcome"));
    add_version(s, person);
    json_array_foreach(s->columns, i, name) add_text(s, fields, json_string_value(name));
    return r < 0 ? r : write_row(s, e);
}

int report_sheet_end(struct report_sheet *s, struct err *e)
{
    return s->rows == 0 ? write_header(s, e) : 0;
}
