/* The file is read and its numbers are checked here, so that a server has neither the work nor the
 * library for it; chunks of clean rows go to the API one after the other:
 *
 *   POST /api/v1/audiences              {"name","group","country","columns":[…],"rows_expected"}
 *                                       → {"id"}
 *                                       or, of a list that changes, {"of","change","columns":[…]}
 *   POST /api/v1/audiences/{id}/rows    {"seq","rows":[["+447…", field, …]]}
 *                                       → {"stored","duplicates":[row],"suppressed":[row],…}
 *   POST /api/v1/audiences/{id}/freeze  → the audience
 *
 * The audience is made with the first chunk, so a file without a usable row changes nothing. A
 * chunk whose response is lost is sent again with its number, which the server knows; so an import
 * outlives a restart of the server. When the import fails after all, the draft is deleted, and a list
 * that was to change stands as it was. */
#include "import_run.h"

#include "import_progress.h"
#include "import_server.h"
#include "cli/list_read.h"
#include "cli/number_arg.h"
#include "cli/say.h"
#include "io/phone.h"

#include <errno.h>
#include <string.h>

enum { ROW_BYTES_GUESS = 60 /* of a CSV line, when only the file's size is known */ };

struct run {
    struct list_read list; /* first member */
    struct verb_call *c;
    struct import_server server;
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

static int read_all(struct run *r, struct err *e)
{
    bool more = true;
    int result = 0;
    while (result == 0 && more && !interrupted) {
        result = list_read_step(&r->list, &more, e);
        import_progress_show(&r->progress, list_file_read_so_far(r->list.file),
                             import_stats(r->list.import));
    }
    if (result == 0 && more) result = err_set(e, -EINTR, "interrupted: nothing was stored");
    return result;
}

/* ---- what came of it ---- */

static json_t *summary_json(const struct run *r, const json_t *audience)
{
    const struct import_stats *s = import_stats(r->list.import);
    json_t *out = json_pack("{s:I, s:s, s:I, s:I, s:I, s:I, s:o}", "id",
                            audience ? say_int(audience, "id") : r->server.id, "name",
                            r->server.name, "rows", (json_int_t)s->rows, "stored",
                            (json_int_t)s->stored, "updated", (json_int_t)s->updated, "removed",
                            (json_int_t)s->removed, "rejected", list_read_left_out(&r->list));
    check(out != NULL);
    if (audience) check(json_object_set(out, "audience", (json_t *)(uintptr_t)audience) == 0);
    return out;
}

static void print_left_out(const struct run *r, FILE *to)
{
    list_read_print_left_out(&r->list, to);
    if (import_stats(r->list.import)->rejected[IMPORT_UNLISTED])
        (void)fputs("  note: a numbering plan ages; --keep-unlisted takes them, if you know that "
                    "they are right\n",
                    to);
    if (r->list.numbers.drama)
        (void)fputs("  note: some numbers are from Ofcom's range for fiction (+447700900000 to "
                    "900999): nobody has them\n",
                    to);
}

static const char *what_became(const struct run *r)
{
    const char *change = r->server.change;
    if (!change || strcmp(change, "replace") == 0) return "stored";
    if (strcmp(change, "remove") == 0) return "taken off";
    return strcmp(change, "add") == 0 ? "added" : "merged";
}

static int print_done(const struct run *r, const json_t *audience)
{
    char done[SAY_COUNT_BYTES], rows[SAY_COUNT_BYTES];
    const struct import_stats *s = import_stats(r->list.import);
    if (r->c->json) {
        json_t *out = summary_json(r, audience);
        int exit_code = say_json(out);
        json_decref(out);
        return exit_code;
    }
    (void)printf("audience %lld '%s': %s of %s %s\n", (long long)say_int(audience, "id"),
                 r->server.name, say_count((int64_t)(s->stored + s->updated + s->removed), done),
                 say_counted((int64_t)s->rows, "row", "rows", rows), what_became(r));
    if (s->updated)
        (void)printf("  %llu are new, %llu were updated\n", (unsigned long long)s->stored,
                     (unsigned long long)s->updated);
    print_left_out(r, stdout);
    if (r->server.change)
        (void)printf("  it has %s now; campaigns that were launched before keep those "
                     "whom they began with\n",
                     say_people(say_int(audience, "total"), rows));
    return EXIT_DONE;
}

static int print_failed(const struct run *r, int result, const struct err *e)
{
    int exit_code = verb_fail(r->c, result, e);
    if (say_is_json() || !r->list.import) return exit_code;
    print_left_out(r, stderr);
    return exit_code;
}

/* ---- the whole of it ---- */

/* Of numbers without +: what was said, else the audience's, else the server's. */
static int find_country(struct run *r, struct err *e)
{
    int result = verb_api(r->c, e);
    if (result < 0) return result;
    r->server.api = r->c->api;
    if (r->server.change) {
        result = import_server_find(&r->server, e);
        if (result < 0 || *r->server.country) return result;
    }
    r->server.country = r->country;
    return number_arg_country(r->c, r->country, e);
}

static int run(struct run *r, json_t **ret_audience, struct err *e)
{
    int result = find_country(r, e);
    r->list.numbers.country = r->server.country;
    if (result == 0) result = list_read_open(&r->list, e);
    if (result < 0) return result;
    r->server.rows_expected = list_file_bytes(r->list.file) / ROW_BYTES_GUESS;
    r->server.import = r->list.import;
    import_progress_begin(&r->progress, list_file_bytes(r->list.file));
    result = read_all(r, e);
    if (result == 0) result = import_server_finish(&r->server, ret_audience, e);
    import_progress_end(&r->progress);
    if (result < 0) import_server_discard(&r->server);
    return result;
}

static int run_and_print(struct run *r)
{
    const struct sigaction stop = {.sa_handler = on_interrupt};
    (void)sigaction(SIGINT, &stop, NULL);
    (void)sigaction(SIGTERM, &stop, NULL);
    struct err e;
    json_t *audience = NULL;
    int result = run(r, &audience, &e);
    int exit_code = result < 0 ? print_failed(r, result, &e) : print_done(r, audience);
    json_decref(audience);
    import_server_done(&r->server);
    list_read_done(&r->list);
    return exit_code;
}

bool import_change(struct verb_call *c, const char **ret)
{
    static const char *const changes[] = {"add", "merge", "replace", "remove"};
    size_t n = 0;
    *ret = NULL;
    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        if (!verb_option(c, changes[i])) continue;
        *ret = changes[i];
        n++;
    }
    return n <= 1;
}

int import_run(struct verb_call *c)
{
    const char *name = verb_option(c, "name"), *group = verb_option(c, "group");
    const char *change;
    if (!import_change(c, &change))
        return verb_misuse(c, "one of --add, --merge, --replace and --remove at a time");
    bool removes = change && strcmp(change, "remove") == 0;
    struct run r = {.c = c,
                    .list = {.c = c,
                             .numbers = {.unlisted = removes || verb_option(c, "keep-unlisted"),
                                         .landlines = removes},
                             .chunk = send_chunk},
                    .server = {.name = name,
                               .group = group,
                               .country = verb_option(c, "country"),
                               .change = change,
                               .interrupted = &interrupted}};
    if (r.server.country && !phone_country_is_known(r.server.country))
        return verb_misuse(
            c, "--country: there is no country '%s'; write two capital letters such as GB",
            r.server.country);
    int misuse = list_read_delimiter(&r.list);
    return misuse ? misuse : run_and_print(&r);
}
