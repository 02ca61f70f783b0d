/* The file is read and its numbers are checked here, so that a server has neither the work nor the
 * library for it; chunks of clean rows go to the API one after the other:
 *
 *   POST /api/v1/audiences              {"name","group","country","columns":[…],"rows_expected"}
 *                                       → {"id"}
 *   POST /api/v1/audiences/{id}/rows    {"seq","rows":[["+447…", field, …]]}
 *                                       → {"stored","duplicates":[row],"suppressed":[row]}
 *   POST /api/v1/audiences/{id}/freeze  → the audience
 *
 * The audience is made with the first chunk, so a file without a usable row changes nothing. A
 * chunk whose answer is lost is sent again with its number, which the server knows; so an import
 * outlives a restart of the server. When the import fails after all, the draft is deleted; rows
 * that were added to an audience (--append) stay, and are duplicates when the file is imported
 * again. */
#include "import_run.h"

#include "cli/country.h"
#include "import_progress.h"
#include "import_server.h"
#include "cli/list_file.h"
#include "cli/say.h"

#include "flow/list_number.h"

#include <errno.h>
#include <stdlib.h>

enum { ROW_BYTES_GUESS = 60 /* of a CSV line, when only the file's size is known */ };

struct run {
    const struct import_options *o;
    struct list_file *file;
    struct list_number numbers;
    struct import *import;
    struct import_server server;
    FILE *rejects;
    bool rejects_written;
    struct import_progress progress;
    char country[COUNTRY_BYTES]; /* of numbers without + */
};

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signo)
{
    (void)signo;
    interrupted = 1;
}

/* ---- reading ---- */

static int send_chunk(void *arg, uint64_t seq, const struct audience_row *rows, size_t count,
                      enum audience_outcome *ret_outcomes, struct err *e)
{
    struct run *r = arg;
    return import_server_chunk(&r->server, seq, rows, count, ret_outcomes, e);
}

static enum import_reason read_number(void *arg, struct slice cell, uint64_t *ret_number)
{
    struct run *r = arg;
    return list_number_read(&r->numbers, cell, ret_number);
}

static void pass_note(void *arg, struct slice line)
{
    (void)arg;
    char *text = slice_strdup(line);
    say_note("audience import", text);
    free(text);
}

static int write_rejects(void *arg, struct slice bytes, struct err *e)
{
    struct run *r = arg;
    r->rejects_written =
        fwrite(bytes.p, 1, bytes.n, r->rejects) == bytes.n && fflush(r->rejects) == 0;
    if (r->rejects_written) return 0;
    return err_set(e, -errno, "cannot write the rejects to %s: %s", r->o->rejects, strerror(errno));
}

static int read_all(struct run *r, struct err *e)
{
    struct slice piece;
    int result = 0;
    while (result == 0 && !interrupted) {
        result = list_file_next(r->file, &piece, e);
        if (result < 0 || piece.n == 0) break;
        result = import_feed(r->import, piece, e);
        import_progress_show(&r->progress, list_file_read_so_far(r->file), import_stats(r->import));
    }
    if (result == 0 && interrupted)
        result =
            err_set(e, -EINTR, r->o->append ? "interrupted" : "interrupted: nothing was stored");
    return result ? result : import_end(r->import, e);
}

/* ---- what came of it ---- */

static json_t *summary_json(const struct run *r, const json_t *audience)
{
    const struct import_stats *s = import_stats(r->import);
    json_t *rejected = json_object();
    for (size_t i = 1; i < IMPORT_REASON_COUNT; i++)
        if (s->rejected[i])
            check(json_object_set_new(rejected, import_reason_key((enum import_reason)i),
                                      json_integer((json_int_t)s->rejected[i])) == 0);
    json_t *out =
        json_pack("{s:I, s:s, s:I, s:I, s:o}", "id", r->server.id, "name", r->o->name, "rows",
                  (json_int_t)s->rows, "stored", (json_int_t)s->stored, "rejected", rejected);
    check(out != NULL);
    if (audience) check(json_object_set(out, "audience", (json_t *)(uintptr_t)audience) == 0);
    return out;
}

static void print_counts(const struct run *r, FILE *to)
{
    const struct import_stats *s = import_stats(r->import);
    for (size_t i = 1; i < IMPORT_REASON_COUNT; i++)
        if (s->rejected[i])
            (void)fprintf(to, "  %llu left out: %s\n", (unsigned long long)s->rejected[i],
                          import_reason_text((enum import_reason)i));
    if (s->rejected[IMPORT_UNLISTED])
        (void)fputs(
            "  note: a numbering plan ages; --keep-unlisted takes them, if you know that they are "
            "right\n",
            to);
    if (r->rejects_written)
        (void)fprintf(to, "  the rows that were left out, with line, field and reason: %s\n",
                      r->o->rejects);
    if (r->numbers.drama)
        (void)fputs("  note: some numbers are from Ofcom's range for fiction (+447700900000 to "
                    "900999): nobody has them\n",
                    to);
}

static int print_done(const struct run *r, const json_t *audience)
{
    const struct import_stats *s = import_stats(r->import);
    if (r->o->json) {
        json_t *out = summary_json(r, audience);
        int failed = json_dumpf(out, stdout, JSON_COMPACT) != 0 || puts("") == EOF;
        json_decref(out);
        return failed || fflush(stdout) != 0 ? EXIT_REFUSED : EXIT_DONE;
    }
    (void)printf("audience %lld '%s': %llu of %llu rows %s\n", (long long)r->server.id, r->o->name,
                 (unsigned long long)s->stored, (unsigned long long)s->rows,
                 r->o->append ? "added" : "stored");
    print_counts(r, stdout);
    if (r->o->append)
        (void)printf(
            "  it has %lld people now; campaigns that were launched before do not reach the "
            "new ones\n",
            (long long)say_int(audience, "total"));
    return fflush(stdout) == 0 ? EXIT_DONE : EXIT_REFUSED;
}

static int print_failed(struct run *r, int result, const struct err *e)
{
    uint64_t stored = r->import ? import_stats(r->import)->stored : 0;
    say_error("audience import", result, NULL, e->text);
    if (say_is_json()) return api_exit_code(result);
    if (r->import) print_counts(r, stderr);
    if (r->o->append && stored > 0)
        (void)fprintf(stderr,
                      "  %llu rows were added before: import the file again, they do no harm\n",
                      (unsigned long long)stored);
    return api_exit_code(result);
}

/* Of numbers without +: what was said, else the audience's, else the server's. */
static int find_country(struct run *r, struct err *e)
{
    if (r->o->append) return import_server_find(&r->server, e);
    r->server.country = r->country;
    return country_find(r->server.api, r->o->country, r->country, e);
}

static int open_all(struct run *r, struct err *e)
{
    const char *note;
    int result = list_file_open(r->o->path, r->o->encoding, &r->file, e);
    if (result == 0) result = find_country(r, e);
    if (result == 0 && r->o->rejects)
        result = list_file_open_rejects(r->file, r->o->rejects, &r->rejects, e);
    if (result < 0) return result;
    if ((note = list_file_note(r->file))) pass_note(r, slice_of(note));
    return 0;
}

static void begin(struct run *r)
{
    const struct import_config config = {
        .name = list_file_name(r->file),
        .delimiter = r->o->delimiter,
        .phone_column = r->o->phone_column,
        .number = read_number,
        .chunk = send_chunk,
        .rejects = r->o->rejects ? write_rejects : NULL,
        .rejects_mark = !list_file_is_ascii(r->file),
        .note = pass_note,
        .arg = r,
    };
    r->numbers.country = r->server.country;
    r->numbers.unlisted = r->o->keep_unlisted;
    r->server.rows_expected = list_file_bytes(r->file) / ROW_BYTES_GUESS;
    r->server.import = r->import = import_new(&config);
}

static int run(struct run *r, json_t **ret_audience, struct err *e)
{
    int result = open_all(r, e);
    if (result < 0) return result;
    begin(r);
    import_progress_begin(&r->progress, list_file_bytes(r->file));
    result = read_all(r, e);
    if (result == 0) result = import_server_finish(&r->server, ret_audience, e);
    import_progress_end(&r->progress);
    if (result < 0) import_server_discard(&r->server);
    return result;
}

int import_run(struct api *api, const struct import_options *o)
{
    struct run r = {.o = o,
                    .server = {.api = api,
                               .name = o->name,
                               .group = o->group,
                               .country = o->country,
                               .append = o->append,
                               .interrupted = &interrupted}};
    const struct sigaction stop = {.sa_handler = on_interrupt};
    (void)sigaction(SIGINT, &stop, NULL);
    (void)sigaction(SIGTERM, &stop, NULL);
    struct err e;
    json_t *audience = NULL;
    int result = run(&r, &audience, &e);
    int exit_code = result < 0 ? print_failed(&r, result, &e) : print_done(&r, audience);
    json_decref(audience);
    if (r.rejects) (void)fclose(r.rejects);
    import_free(r.import);
    import_server_done(&r.server);
    list_file_free(r.file);
    return exit_code;
}
