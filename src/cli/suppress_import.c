/* A list of people who must not be texted, as CSV. It is read by the same code as an audience, so
 * the same columns and the same mistakes are known; only landlines may stand on such a list too.
 * A row that is no certain number is somebody's wish that is not kept: it is named, and the exit
 * code says so, though the others are added. Nothing is set before all of the list is read; and what
 * was set can be taken back together. */
#include "suppress_import.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/json.h"
#include "core/number.h"
#include "list_read.h"
#include "number_arg.h"
#include "say.h"
#include "suppress_scope.h"

enum { NAMED_ROWS_MAX = 20, BATCH_BYTES = 33, PATH_BYTES = 80 };

struct run {
    struct list_read list; /* first member */
    struct verb_call *c;
    const char *scope, *reason, *evidence;
    char batch[BATCH_BYTES]; /* "": no number was sent yet */
    bool setting;            /* some of it may be set */
    json_t *rows;            /* that are left out, for --json; owned */
    int64_t added, left_out;
    char country[COUNTRY_BYTES]; /* of numbers without + */
};

/* The first ones by line; a whole file of them would scroll the reason away. */
static void name_row(void *arg, const struct import_left_out *left_out)
{
    struct run *r = arg;
    struct slice field = left_out->field;
    if (r->left_out++ >= NAMED_ROWS_MAX) return;
    json_t *row = json_pack("{s:I, s:s%, s:s}", "line", (json_int_t)left_out->line, "field",
                            field.n ? field.p : "", field.n, "reason", left_out->reason);
    if (row) json_list_add(r->rows, row);
    if (!r->c->json)
        (void)fprintf(stderr, "%s:%llu: left out: %s\n", list_file_name(r->list.file),
                      (unsigned long long)left_out->line, left_out->reason);
}

/* They wait at the server, under a name that the first response says. */
static int send_chunk(void *arg, uint64_t seq, const struct audience_row *rows, size_t count,
                      enum audience_outcome *ret_outcomes, struct err *e)
{
    struct run *r = arg;
    json_t *numbers = json_array(), *reply = NULL;
    (void)seq;
    for (size_t i = 0; i < count; i++) {
        char number[NUMBER_TEXT_BYTES];
        number_format(rows[i].number, number);
        json_list_add(numbers, json_string(number));
        ret_outcomes[i] = AUDIENCE_STORED;
    }
    json_t *body = json_pack("{s:s, s:o, s:s, s:s}", "scope", r->scope, "numbers", numbers,
                             "reason", r->reason, "evidence", r->evidence);
    if (body && *r->batch) json_put(body, "batch", json_string(r->batch));
    int result = body ? verb_ask(r->c, "POST", "/api/v1/suppression-batches", body, &reply, e)
                      : err_set(e, ERR_INVALID, "the options must be UTF-8");
    if (result == 0) (void)snprintf(r->batch, sizeof r->batch, "%s", say_string(reply, "batch"));
    json_decref(body);
    json_decref(reply);
    return result;
}

/* A request sets so many; the server keeps the first record of a number. */
static int set_all(struct run *r, struct err *e)
{
    char path[PATH_BYTES];
    int result = 0;
    bool more = *r->batch != '\0';
    (void)snprintf(path, sizeof path, "/api/v1/suppression-batches/%s/set", r->batch);
    while (result == 0 && more) {
        json_t *reply = NULL;
        r->setting = true;
        result = verb_ask(r->c, "POST", path, NULL, &reply, e);
        more = strcmp(say_string(reply, "state"), "setting") == 0;
        r->added = say_int(reply, "added");
        json_decref(reply);
    }
    return result;
}

static void print_left_out(const struct run *r, FILE *to)
{
    list_read_print_left_out(&r->list, to);
    if (r->left_out && !r->list.rejects_written)
        (void)fputs("  nobody is kept from texting those: mend them and import them again "
                    "(--rejects FILE writes them down)\n",
                    to);
}

static int print_done(const struct run *r)
{
    char count[SAY_COUNT_BYTES], rows[SAY_COUNT_BYTES];
    const struct import_stats *stats = import_stats(r->list.import);
    int exit_code = r->left_out ? EXIT_REFUSED : EXIT_DONE;
    if (r->c->json) {
        json_t *out = json_pack("{s:s, s:I, s:I, s:I, s:o, s:O}", "batch", r->batch, "rows",
                                (json_int_t)stats->rows, "numbers", (json_int_t)stats->stored,
                                "added", (json_int_t)r->added, "rejected",
                                list_read_left_out(&r->list), "left_out", r->rows);
        int said = say_json(out);
        json_decref(out);
        return said ? said : exit_code;
    }
    (void)printf("%s of %s %s new in '%s'; the others were there, or are left out\n",
                 say_count(r->added, count), say_counted((int64_t)stats->rows, "row", "rows", rows),
                 r->added == 1 ? "is" : "are", r->scope);
    print_left_out(r, stdout);
    if (r->added)
        (void)printf(
            "  batch %s: `muster suppress undo %s --why TEXT` takes them back, for 30 days\n",
            r->batch, r->batch);
    return exit_code;
}

static int print_failed(const struct run *r, int result, const struct err *e)
{
    int exit_code = verb_fail(r->c, result, e);
    if (say_is_json() || !r->list.import) return exit_code;
    print_left_out(r, stderr);
    verb_note(r->c, r->setting ? "some of the list may be set: import it again for the rest"
                               : "nothing of the list was set");
    return exit_code;
}

static const char *or_else(const char *text, const char *otherwise)
{
    return text ? text : otherwise;
}

static int read_all(struct run *r, struct err *e)
{
    bool more = true;
    int result = number_arg_country(r->c, r->country, e);
    if (result == 0) result = list_read_open(&r->list, e);
    while (result == 0 && more)
        result = list_read_step(&r->list, &more, e);
    return result;
}

static int run_and_print(struct run *r)
{
    struct err e;
    int result = read_all(r, &e);
    if (result == 0) result = set_all(r, &e);
    if (result == 0) suppress_scope_note(r->c);
    return result < 0 ? print_failed(r, result, &e) : print_done(r);
}

int suppress_import(struct verb_call *c)
{
    const char *path = c->args[0];
    struct run r = {
        .list = {.c = c, .numbers = {.landlines = true}, .chunk = send_chunk, .left_out = name_row},
        .c = c,
        .scope = suppress_scope(c),
        .reason = or_else(verb_option(c, "reason"), "import"),
        .evidence = or_else(verb_option(c, "evidence"), strcmp(path, "-") == 0 ? "stdin" : path),
        .rows = json_array()};
    r.list.numbers.country = r.country;
    int exit_code = list_read_delimiter(&r.list);
    if (exit_code == 0) exit_code = run_and_print(&r);
    list_read_done(&r.list);
    json_decref(r.rows);
    return exit_code;
}
