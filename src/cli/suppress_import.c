/* A list of people who must not be texted, as CSV. It is read by the same code as an audience, so
 * the same columns and the same mistakes are known; only landlines may stand on such a list too.
 * A row that is no certain number is somebody's wish that is not kept: it is named, and the exit
 * code says so, though the others are added. */
#include "suppress_import.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/number.h"
#include "flow/list_number.h"
#include "list_file.h"
#include "number_arg.h"
#include "say.h"

enum { NAMED_ROWS_MAX = 20 };

struct run {
    struct verb_call *c;
    struct list_number numbers;
    const char *scope, *reason, *evidence;
    struct list_file *file;
    FILE *rejects;
    const char *rejects_path;
    bool rejects_written;
    json_t *rows; /* that are left out, for --json; owned */
    int64_t added, left_out;
    char country[COUNTRY_BYTES]; /* of numbers without + */
};

static enum import_reason read_number(void *arg, struct slice cell, uint64_t *ret_number)
{
    struct run *r = arg;
    return list_number_read(&r->numbers, cell, ret_number);
}

/* The first ones by line; a whole file of them would scroll the reason away. */
static void name_row(void *arg, uint64_t line, struct slice field, const char *reason)
{
    struct run *r = arg;
    if (r->left_out++ >= NAMED_ROWS_MAX) return;
    json_t *row = json_pack("{s:I, s:s%, s:s}", "line", (json_int_t)line, "field",
                            field.n ? field.p : "", field.n, "reason", reason);
    if (row) check(json_array_append_new(r->rows, row) == 0);
    if (!r->c->json)
        (void)fprintf(stderr, "%s:%llu: left out: %s\n", list_file_name(r->file),
                      (unsigned long long)line, reason);
}

static void pass_note(void *arg, struct slice line)
{
    (void)arg;
    char *text = slice_strdup(line);
    say_note("suppress import", text);
    free(text);
}

static int write_rejects(void *arg, struct slice bytes, struct err *e)
{
    struct run *r = arg;
    r->rejects_written =
        fwrite(bytes.p, 1, bytes.n, r->rejects) == bytes.n && fflush(r->rejects) == 0;
    if (r->rejects_written) return 0;
    return err_set(e, -errno, "cannot write the rejects to %s: %s", r->rejects_path,
                   strerror(errno));
}

/* The server keeps the first record of a number, so a list may be imported again. */
static int send_chunk(void *arg, uint64_t seq, const struct audience_row *rows, size_t count,
                      enum audience_outcome *ret_outcomes, struct err *e)
{
    struct run *r = arg;
    json_t *numbers = json_array(), *reply = NULL;
    (void)seq;
    for (size_t i = 0; i < count; i++) {
        char number[NUMBER_TEXT_BYTES];
        number_format(rows[i].number, number);
        check(json_array_append_new(numbers, json_string(number)) == 0);
        ret_outcomes[i] = AUDIENCE_STORED;
    }
    json_t *body = json_pack("{s:s, s:o, s:s, s:s}", "scope", r->scope, "numbers", numbers,
                             "reason", r->reason, "evidence", r->evidence);
    int result = body ? verb_ask(r->c, "POST", "/api/v1/suppressions", body, &reply, e)
                      : err_set(e, ERR_INVALID, "the options must be UTF-8");
    r->added += say_int(reply, "added");
    json_decref(body);
    json_decref(reply);
    return result;
}

static int read_all(struct run *r, struct import *im, struct err *e)
{
    struct slice piece;
    int result = list_file_next(r->file, &piece, e);
    while (result == 0 && piece.n > 0) {
        result = import_feed(im, piece, e);
        if (result == 0) result = list_file_next(r->file, &piece, e);
    }
    return result < 0 ? result : import_end(im, e);
}

static void print_counts(const struct run *r, const struct import_stats *stats, FILE *to)
{
    for (int i = 1; i < IMPORT_REASON_COUNT; i++)
        if (stats->rejected[i])
            (void)fprintf(to, "  %llu left out: %s\n", (unsigned long long)stats->rejected[i],
                          import_reason_text((enum import_reason)i));
    if (r->rejects_written)
        (void)fprintf(to, "  the rows that were left out, with line, field and reason: %s\n",
                      r->rejects_path);
    else if (r->left_out)
        (void)fputs("  nobody is kept from texting those: mend them and import them again "
                    "(--rejects FILE writes them down)\n",
                    to);
}

static json_t *counts_json(const struct import_stats *stats)
{
    json_t *rejected = json_object();
    for (int i = 1; i < IMPORT_REASON_COUNT; i++)
        if (stats->rejected[i])
            check(json_object_set_new(rejected, import_reason_key((enum import_reason)i),
                                      json_integer((json_int_t)stats->rejected[i])) == 0);
    return rejected;
}

static int print_done(const struct run *r, const struct import_stats *stats)
{
    char count[SAY_COUNT_BYTES], rows[SAY_COUNT_BYTES];
    int exit_code = r->left_out ? EXIT_REFUSED : EXIT_DONE;
    if (r->c->json) {
        json_t *out = json_pack("{s:I, s:I, s:I, s:o, s:O}", "rows", (json_int_t)stats->rows,
                                "numbers", (json_int_t)stats->stored, "added", (json_int_t)r->added,
                                "rejected", counts_json(stats), "left_out", r->rows);
        int said = say_json(out);
        json_decref(out);
        return said ? said : exit_code;
    }
    (void)printf("%s of %s rows are new in '%s'; the others were there, or are left out\n",
                 say_count(r->added, count), say_count((int64_t)stats->rows, rows), r->scope);
    print_counts(r, stats, stdout);
    return fflush(stdout) == 0 ? exit_code : EXIT_REFUSED;
}

static const char *or_else(const char *text, const char *otherwise)
{
    return text ? text : otherwise;
}

static int open_all(struct run *r, const char *path, struct err *e)
{
    const char *note;
    int result = list_file_open(path, verb_option(r->c, "encoding"), &r->file, e);
    if (result == 0 && r->rejects_path)
        result = list_file_open_rejects(r->file, r->rejects_path, &r->rejects, e);
    if (result == 0 && (note = list_file_note(r->file))) pass_note(r, slice_of(note));
    return result;
}

static int read_list(struct run *r)
{
    const struct import_config config = {.name = list_file_name(r->file),
                                         .phone_column = verb_option(r->c, "phone"),
                                         .number = read_number,
                                         .chunk = send_chunk,
                                         .rejects = r->rejects ? write_rejects : NULL,
                                         .rejects_mark = !list_file_is_ascii(r->file),
                                         .left_out = name_row,
                                         .note = pass_note,
                                         .arg = r};
    struct err e;
    struct import *im = import_new(&config);
    int result = read_all(r, im, &e);
    int exit_code = result < 0 ? verb_fail(r->c, result, &e) : print_done(r, import_stats(im));
    if (result < 0 && !say_is_json()) print_counts(r, import_stats(im), stderr);
    import_free(im);
    return exit_code;
}

int suppress_import(struct verb_call *c)
{
    const char *path = c->args[0];
    struct err e;
    struct run r = {
        .c = c,
        .numbers = {.landlines = true},
        .scope = or_else(verb_option(c, "group"), "all"),
        .reason = or_else(verb_option(c, "reason"), "import"),
        .evidence = or_else(verb_option(c, "evidence"), strcmp(path, "-") == 0 ? "stdin" : path),
        .rejects_path = verb_option(c, "rejects"),
        .rows = json_array()};
    r.numbers.country = r.country;
    int result = number_arg_country(c, r.country, &e);
    if (result == 0) result = open_all(&r, path, &e);
    int exit_code = result < 0 ? verb_fail(c, result, &e) : read_list(&r);
    if (r.rejects) (void)fclose(r.rejects);
    list_file_free(r.file);
    json_decref(r.rows);
    return exit_code;
}
