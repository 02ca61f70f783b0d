/* muster campaign report and people: what became of everyone. */
#include "campaign.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/nearest.h"
#include "walk.h"
#include "core/json.h"
#include "io/csv.h"
#include "cli/out_file.h"
#include "cli/say.h"

enum { ROW_BYTES_MAX = 2 * CSV_RECORD_BYTES_MAX };

static const char *const our_titles[] = {"number",       "state",      "reason", "reply",
                                         "replied_at",   "last_words", "tags",   "by",
                                         "opted_out_at", "parts",      "price"};

/* ---- the rows ---- */

struct sheet {
    FILE *out;
    json_t *columns; /* names of the fields, known with the audience or the first person */
    struct buf row;
    size_t cells; /* in it */
    int64_t rows;
};

static void begin_row(struct sheet *s)
{
    buf_clear(&s->row);
    s->cells = 0;
}

static void add_cell(struct sheet *s, const char *text)
{
    if (s->cells++) buf_add_char(&s->row, ',');
    csv_write_cell(&s->row, slice_of(text), ',');
}

static int write_row(struct sheet *s, struct err *e)
{
    buf_add_cstr(&s->row, "\r\n");
    if (s->row.failed) return err_set(e, ERR_LIMIT, "a row is longer than %d bytes", ROW_BYTES_MAX);
    if (fwrite(s->row.p, 1, s->row.n, s->out) != s->row.n)
        return err_set(e, -errno, "cannot write: %s", strerror(errno));
    return 0;
}

static bool is_ours(const char *title)
{
    for (size_t i = 0; i < COUNT_OF(our_titles); i++)
        if (strcmp(title, our_titles[i]) == 0) return true;
    return false;
}

static bool is_a_column(const struct sheet *s, const char *title)
{
    size_t i;
    const json_t *name;
    json_array_foreach(s->columns, i,
                       name) if (strcmp(title, json_string_value(name)) == 0) return true;
    return false;
}

/* A list may have a column "state" of its own. Two columns of one title are one to most readers. */
static void add_title(struct sheet *s, const char *name)
{
    struct buf title = BUF_INIT(ROW_BYTES_MAX);
    buf_add_cstr(&title, name);
    while (is_ours(name) && title.p && (is_ours(title.p) || is_a_column(s, title.p))) {
        struct buf longer = BUF_INIT(ROW_BYTES_MAX);
        buf_addf(&longer, "list_%s", title.p);
        buf_done(&title);
        title = longer;
    }
    add_cell(s, title.p ? title.p : "");
    buf_done(&title);
}

static int write_header(struct sheet *s, struct err *e)
{
    size_t i;
    const json_t *name;
    begin_row(s);
    for (i = 0; i < COUNT_OF(our_titles); i++)
        add_cell(s, our_titles[i]);
    json_array_foreach(s->columns, i, name) add_title(s, json_string_value(name));
    return write_row(s, e);
}

/* When the audience does not tell any more. */
static void columns_of_person(struct sheet *s, const json_t *person)
{
    const char *name;
    json_t *value;
    s->columns = json_array();
    json_object_foreach(json_object_get(person, "fields"), name, value)
        json_list_add(s->columns, json_string(name));
}

/* "no_answer since 2026-11-22T09:00:00Z" for the unknown, the plain reason for the others. */
static void add_reason(struct sheet *s, const json_t *person)
{
    char text[256];
    const char *reason = say_string(person, "reason"), *since = say_string(person, "since");
    (void)snprintf(text, sizeof text, "%s%ssince %s", reason, *reason ? " " : "", since);
    add_cell(s, *since ? text : reason);
}

static void add_tags(struct sheet *s, const json_t *tags)
{
    size_t i;
    const json_t *tag;
    struct buf text = BUF_INIT(ROW_BYTES_MAX);
    json_array_foreach(tags, i, tag) buf_addf(&text, "%s%s", i ? "," : "", json_string_value(tag));
    add_cell(s, text.p ? text.p : "");
    buf_done(&text);
}

static void add_outcome(struct sheet *s, const json_t *outcome)
{
    char number[64];
    static const char *const texts[] = {"reply", "replied_at", "words"};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        add_cell(s, say_string(outcome, texts[i]));
    add_tags(s, json_object_get(outcome, "tags"));
    add_cell(s, say_string(outcome, "by"));
    add_cell(s, say_string(outcome, "opted_out_at"));
    (void)snprintf(number, sizeof number, "%lld", (long long)say_int(outcome, "parts"));
    add_cell(s, number);
    (void)snprintf(number, sizeof number, "%.6g",
                   json_number_value(json_object_get(outcome, "amount")));
    add_cell(s, number);
}

static int add_person(void *arg, const json_t *person, struct err *e)
{
    struct sheet *s = arg;
    size_t i;
    const json_t *name, *fields = json_object_get(person, "fields");
    if (!s->columns) columns_of_person(s, person);
    int r = s->rows++ == 0 ? write_header(s, e) : 0;
    begin_row(s);
    add_cell(s, say_string(person, "number"));
    add_cell(s, say_string(person, "state"));
    add_reason(s, person);
    add_outcome(s, json_object_get(person, "outcome"));
    json_array_foreach(s->columns, i, name)
        add_cell(s, say_string(fields, json_string_value(name)));
    return r < 0 ? r : write_row(s, e);
}

/* NULL when the audience is gone; then the first person tells. */
static json_t *audience_columns(struct verb_call *c, const json_t *status)
{
    char path[128];
    struct err ignored;
    json_t *audience = NULL;
    (void)snprintf(path, sizeof path, "/api/v1/audiences/%lld",
                   (long long)say_int(status, "audience_id"));
    json_t *columns = NULL;
    if (verb_ask(c, "GET", path, NULL, &audience, &ignored) == 0)
        columns = json_incref(json_object_get(audience, "columns"));
    json_decref(audience);
    return json_is_array(columns) ? columns : NULL;
}

static int write_sheet(struct verb_call *c, uint32_t id, const json_t *status, const char *path,
                       int64_t *ret_rows, struct err *e)
{
    struct out_file *out;
    int r = out_file_open(path, &out, e);
    if (r < 0) return r;
    struct sheet s = {.out = out_file_stream(out), .row = BUF_INIT(ROW_BYTES_MAX)};
    s.columns = audience_columns(c, status);
    r = campaign_walk(c, id, NULL, add_person, &s, e);
    if (r == 0 && s.rows == 0) r = write_header(&s, e); /* nobody is a table, too */
    r = out_file_end(out, r, e);
    json_decref(s.columns);
    buf_done(&s.row);
    *ret_rows = s.rows;
    return r;
}

/* ---- report ---- */

static int fail_sum(const struct verb_call *c, const char *what, int64_t found, int64_t all)
{
    struct err e;
    return verb_fail(c,
                     err_set(&e, ERR_REFUSED, "%s are %lld of %lld people: it does not add up",
                             what, (long long)found, (long long)all),
                     &e);
}

/* Says whether the states add up to the audience. */
static int print_sum(const struct verb_call *c, FILE *to, const json_t *status)
{
    char sum[SAY_COUNT_BYTES], total[SAY_COUNT_BYTES];
    int64_t all = say_int(status, "total"), found = campaign_sum(status);
    if (c->json) return found == all ? EXIT_DONE : fail_sum(c, "the states", found, all);
    (void)fprintf(to, "  %-12s%12s  of %s people: ", "sum", say_count(found, sum),
                  say_count(all, total));
    (void)fputs(found == all ? "it adds up\n" : "IT DOES NOT ADD UP\n", to);
    return found == all ? EXIT_DONE : EXIT_REFUSED;
}

/* A row for each person, or the totals would not be theirs. */
static int print_rows(const struct verb_call *c, FILE *to, const json_t *status, const char *path,
                      int64_t rows)
{
    char count[SAY_COUNT_BYTES];
    bool all = rows == say_int(status, "total");
    if (c->json) return all ? EXIT_DONE : fail_sum(c, "the rows", rows, say_int(status, "total"));
    (void)fprintf(to, "  %s rows, one for each person, are in %s%s\n", say_count(rows, count), path,
                  all ? "" : ": NOT ALL OF THEM");
    return all ? EXIT_DONE : EXIT_REFUSED;
}

/* With --csv -, stdout holds nothing else. */
static int report(struct verb_call *c, uint32_t id, const json_t *status)
{
    struct err e;
    const char *csv = verb_option(c, "csv");
    bool to_stdout = csv && strcmp(csv, "-") == 0;
    int64_t rows = 0;
    int exit_code = EXIT_DONE;
    if (c->json && to_stdout) return verb_misuse(c, "either --json or --csv - on stdout");
    if (!to_stdout && !c->json) {
        campaign_print_head(status);
        campaign_print_counts(status);
    }
    if (c->json) exit_code = say_json(status);
    if (exit_code == EXIT_DONE) exit_code = print_sum(c, to_stdout ? stderr : stdout, status);
    if (!csv) return exit_code;
    int r = write_sheet(c, id, status, csv, &rows, &e);
    if (r < 0) return verb_fail(c, r, &e);
    int rows_code = print_rows(c, to_stdout ? stderr : stdout, status, csv, rows);
    return exit_code == EXIT_DONE ? rows_code : exit_code;
}

int campaign_report(struct verb_call *c)
{
    struct err e;
    uint32_t id;
    json_t *status = NULL;
    if (!campaign_id(c, &id)) return EXIT_USAGE;
    int r = campaign_get(c, id, &status, &e);
    int exit_code = r < 0 ? verb_fail(c, r, &e) : report(c, id, status);
    json_decref(status);
    return exit_code;
}

/* ---- people ---- */

struct listing {
    bool json;
    int64_t people;
};

static int print_person(void *arg, const json_t *person, struct err *e)
{
    struct listing *l = arg;
    if (l->json) {
        (void)fputs(l->people++ ? ",\n" : "{\"people\":[", stdout);
        return json_dumpf(person, stdout, JSON_COMPACT) == 0 ? 0 : err_set(e, -EIO, "cannot write");
    }
    l->people++;
    (void)printf("%-16s  %-12s", say_string(person, "number"), say_string(person, "state"));
    if (*say_string(person, "reason")) (void)fputs("  ", stdout);
    say_text(stdout, say_string(person, "reason"));
    if (*say_string(person, "since")) (void)printf("  since %s", say_string(person, "since"));
    return putchar('\n') == EOF ? err_set(e, -errno, "cannot write: %s", strerror(errno)) : 0;
}

static int unknown_state(const struct verb_call *c, const char *state)
{
    const char *names[STATE_COUNT + 1] = {NULL};
    for (int s = 0; s < STATE_COUNT; s++)
        names[s] = state_to_string((enum state)s);
    const char *meant = nearest_word(slice_of(state), names);
    return verb_misuse(c, "there is no state '%s'%s%s%s", state, meant ? "; did you mean '" : "",
                       meant ? meant : "", meant ? "'?" : "");
}

int campaign_print_people(struct verb_call *c)
{
    struct err e;
    uint32_t id;
    enum state s;
    struct listing l = {.json = c->json};
    const char *state = verb_option(c, "state");
    if (!campaign_id(c, &id)) return EXIT_USAGE;
    if (state && !state_from_string(slice_of(state), &s)) return unknown_state(c, state);
    int r = campaign_walk(c, id, state, print_person, &l, &e);
    if (c->json && (r == 0 || l.people)) (void)puts(l.people ? "]}" : "{\"people\":[]}");
    return r < 0 ? verb_fail(c, r, &e) : EXIT_DONE;
}
