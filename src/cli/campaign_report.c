/* muster campaign report and people: what became of everyone. */
#include "campaign.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/nearest.h"
#include "campaign_walk.h"
#include "io/csv.h"
#include "say.h"
#include "text_file.h"

enum { PATH_BYTES = 4096, ROW_BYTES_MAX = 2 * CSV_RECORD_BYTES_MAX };

/* ---- the rows ---- */

struct sheet {
    FILE *out;
    json_t *columns; /* names of the fields, known with the audience or the first person */
    struct buf row;
    int64_t rows;
};

static void add_cell(struct buf *row, const char *text)
{
    if (row->n) buf_add_char(row, ',');
    csv_write_cell(row, slice_of(text), ',');
}

static int write_row(struct sheet *s, struct err *e)
{
    buf_add_cstr(&s->row, "\r\n");
    if (s->row.failed) return err_set(e, ERR_LIMIT, "a row is longer than %d bytes", ROW_BYTES_MAX);
    if (fwrite(s->row.p, 1, s->row.n, s->out) != s->row.n)
        return err_set(e, -errno, "cannot write: %s", strerror(errno));
    return 0;
}

static int write_header(struct sheet *s, struct err *e)
{
    size_t i;
    const json_t *name;
    buf_clear(&s->row);
    add_cell(&s->row, "number");
    add_cell(&s->row, "state");
    add_cell(&s->row, "reason");
    json_array_foreach(s->columns, i, name) add_cell(&s->row, json_string_value(name));
    return write_row(s, e);
}

/* When the audience does not tell any more. */
static void columns_of_person(struct sheet *s, const json_t *person)
{
    const char *name;
    json_t *value;
    s->columns = json_array();
    json_object_foreach(json_object_get(person, "fields"), name, value)
        check(json_array_append_new(s->columns, json_string(name)) == 0);
}

/* "no_answer since 2026-11-22T09:00:00Z" for the unknown, the plain reason for the others. */
static void add_reason(struct buf *row, const json_t *person)
{
    char text[256];
    const char *reason = say_string(person, "reason"), *since = say_string(person, "since");
    (void)snprintf(text, sizeof text, "%s%ssince %s", reason, *reason ? " " : "", since);
    add_cell(row, *since ? text : reason);
}

static int add_person(void *arg, const json_t *person, struct err *e)
{
    struct sheet *s = arg;
    size_t i;
    const json_t *name, *fields = json_object_get(person, "fields");
    if (!s->columns) columns_of_person(s, person);
    int r = s->rows++ == 0 ? write_header(s, e) : 0;
    buf_clear(&s->row);
    add_cell(&s->row, say_string(person, "number"));
    add_cell(&s->row, say_string(person, "state"));
    add_reason(&s->row, person);
    json_array_foreach(s->columns, i, name)
        add_cell(&s->row, say_string(fields, json_string_value(name)));
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

/* A device or a pipe is written to; a draft that takes its name would take its place. */
static bool is_no_file(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

/* Beside the file first, so that half a report never has its name. */
static int write_sheet(struct verb_call *c, uint32_t id, const json_t *status, const char *path,
                       int64_t *ret_rows, struct err *e)
{
    char draft[PATH_BYTES];
    bool to_stdout = strcmp(path, "-") == 0, as_it_is = !to_stdout && is_no_file(path);
    int n = snprintf(draft, sizeof draft, "%s%s", path, as_it_is ? "" : ".part");
    if (n < 0 || (size_t)n >= sizeof draft)
        return err_set(e, ERR_LIMIT, "--csv: the path is too long");
    struct sheet s = {.out = to_stdout ? stdout : text_file_create(draft),
                      .row = BUF_INIT(ROW_BYTES_MAX)};
    if (!s.out) return err_set(e, -errno, "cannot write %s: %s", draft, strerror(errno));
    s.columns = audience_columns(c, status);
    int r = campaign_walk(c, id, NULL, add_person, &s, e);
    bool flushed = to_stdout ? fflush(stdout) == 0 : fclose(s.out) == 0;
    if (r == 0 && !flushed) r = err_set(e, -errno, "cannot write %s: %s", path, strerror(errno));
    if (r == 0 && !to_stdout && !as_it_is && rename(draft, path) != 0)
        r = err_set(e, -errno, "cannot write %s: %s", path, strerror(errno));
    if (r < 0 && !to_stdout && !as_it_is) (void)unlink(draft);
    json_decref(s.columns);
    buf_done(&s.row);
    *ret_rows = s.rows;
    return r;
}

/* ---- report ---- */

/* Says whether the states add up to the audience. */
static int print_sum(FILE *to, const json_t *status)
{
    char sum[SAY_COUNT_BYTES], total[SAY_COUNT_BYTES];
    int64_t all = say_int(status, "total"), found = campaign_sum(status);
    (void)fprintf(to, "  %-12s%12s  of %s people: ", "sum", say_count(found, sum),
                  say_count(all, total));
    (void)fputs(found == all ? "it adds up\n" : "IT DOES NOT ADD UP\n", to);
    return found == all ? EXIT_DONE : EXIT_REFUSED;
}

/* A row for each person, or the totals would not be theirs. */
static int print_rows(FILE *to, const json_t *status, const char *path, int64_t rows)
{
    char count[SAY_COUNT_BYTES];
    bool all = rows == say_int(status, "total");
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
    if (exit_code == EXIT_DONE)
        exit_code = print_sum(to_stdout || c->json ? stderr : stdout, status);
    if (!csv) return exit_code;
    int r = write_sheet(c, id, status, csv, &rows, &e);
    if (r < 0) return verb_fail(c, r, &e);
    int rows_code = print_rows(to_stdout || c->json ? stderr : stdout, status, csv, rows);
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

int campaign_people(struct verb_call *c)
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
