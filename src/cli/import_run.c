/* The file is read and its numbers are checked here, so that a server has neither the work nor the
 * library for it; chunks of clean rows go to the API one after the other:
 *
 *   POST /api/v1/audiences                {"name","group","country","columns":[…],"rows_expected"}
 * → {"id"} POST /api/v1/audiences/{id}/rows      {"seq","rows":[["+447…", field, …]]} →
 * {"stored","duplicates":[row],"suppressed":[row]} POST /api/v1/audiences/{id}/freeze    → the
 * audience
 *
 * The audience is made with the first chunk, so a file without a usable row changes nothing. A
 * chunk whose answer is lost is sent again with its number, which the server knows; so an import
 * outlives a restart of the server. When the import fails after all, the draft is deleted. */
#include "import_run.h"

#include "import_progress.h"

#include "core/number.h"
#include "flow/import.h"
#include "io/phone.h"
#include "say.h"
#include "text_file.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

enum {
    READ_BYTES = 64 * 1024,
    TRIES = 6, /* waits of 200, 400, … 3200 ms between them: six seconds for a restart */
    FIRST_WAIT_MS = 200,
    ROW_BYTES_GUESS = 60, /* of a CSV line, when only the file's size is known */
};

struct run {
    struct api *api;
    const struct import_options *o;
    struct import *import;
    FILE *in, *rejects;
    uint64_t in_bytes; /* of the whole file, 0 = not known */
    json_int_t id;     /* of the draft, 0 before the first chunk */
    bool rejects_written;
    bool drama; /* some number is of the range for fiction */
    struct import_progress progress;
};

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signo)
{
    (void)signo;
    interrupted = 1;
}

/* ---- numbers ---- */

static enum import_reason reason_of(const struct phone *p)
{
    if (!p->valid || !number_is_valid(p->e164)) return IMPORT_INVALID;
    switch (p->type) {
    case PHONE_MOBILE:
    case PHONE_FIXED_OR_MOBILE: /* in some countries the plan does not tell them apart */
    case PHONE_VOIP:            /* many of these take texts; the provider knows which */
        return IMPORT_FINE;
    case PHONE_FIXED:
        return IMPORT_LANDLINE;
    default:
        return IMPORT_PREMIUM;
    }
}

static enum import_reason read_number(void *arg, struct slice text, uint64_t *ret_number)
{
    struct run *r = arg;
    struct phone p;
    if (!phone_parse(text.p, text.n, r->o->country, &p)) return IMPORT_NOT_A_NUMBER;
    enum import_reason reason = reason_of(&p);
    if (reason == IMPORT_FINE) *ret_number = p.e164;
    r->drama |= p.drama;
    return reason;
}

/* ---- the API ---- */

static json_t *json_text(struct slice s)
{
    json_t *text = json_stringn(s.n ? s.p : "", s.n);
    check(text != NULL); /* the CSV reader lets UTF-8 pass only */
    return text;
}

/* The same call again while nobody answers, with longer and longer waits. For calls that may be
 * repeated. */
static int call_patiently(struct run *r, const char *path, const json_t *body, json_t **ret_reply,
                          struct err *e)
{
    int64_t wait_ms = FIRST_WAIT_MS;
    for (int try = 1;; try++, wait_ms *= 2) {
        int result = api_call(r->api, "POST", path, body, NULL, ret_reply, e);
        if (result != ERR_UNREACHABLE || try == TRIES || interrupted) return result;
        json_decref(*ret_reply);
        (void)nanosleep(
            &(struct timespec){.tv_sec = wait_ms / 1000, .tv_nsec = wait_ms % 1000 * 1000000},
            NULL);
    }
}

static int create(struct run *r, struct err *e)
{
    size_t n;
    const struct slice *columns = import_columns(r->import, &n);
    json_t *names = json_array(), *reply = NULL;
    for (size_t i = 0; i < n; i++)
        check(json_array_append_new(names, json_text(columns[i])) == 0);
    json_t *body = json_pack("{s:s, s:s, s:s, s:o, s:I}", "name", r->o->name, "group", r->o->group,
                             "country", r->o->country, "columns", names, "rows_expected",
                             (json_int_t)(r->in_bytes / ROW_BYTES_GUESS));
    int result = body ? api_call(r->api, "POST", "/api/v1/audiences", body, NULL, &reply, e)
                      : err_set(e, ERR_INVALID, "--name and --group must be UTF-8");
    if (result == 0) {
        r->id = json_integer_value(json_object_get(reply, "id"));
        if (r->id <= 0)
            result = err_set(e, ERR_REFUSED,
                             "the server named no id for the new audience: is it another version?");
    }
    json_decref(body);
    json_decref(reply);
    return result;
}

static json_t *row_json(const struct audience_row *row, size_t fields)
{
    char number[NUMBER_TEXT_BYTES];
    json_t *out = json_array();
    number_format(row->number, number);
    check(json_array_append_new(out, json_string(number)) == 0);
    for (size_t i = 0; i < fields; i++)
        check(json_array_append_new(out, json_text(row->fields[i])) == 0);
    return out;
}

static int mark(const json_t *reply, const char *key, enum audience_outcome outcome, size_t count,
                enum audience_outcome *outcomes, struct err *e)
{
    const json_t *list = json_object_get(reply, key), *index;
    size_t i;
    json_array_foreach(list, i, index)
    {
        json_int_t row = json_is_integer(index) ? json_integer_value(index) : -1;
        if (row < 0 || (size_t)row >= count)
            return err_set(e, ERR_REFUSED, "the server's '%s' cannot be read", key);
        outcomes[row] = outcome;
    }
    return 0;
}

static int read_outcomes(const json_t *reply, size_t count, enum audience_outcome *outcomes,
                         struct err *e)
{
    for (size_t i = 0; i < count; i++)
        outcomes[i] = AUDIENCE_STORED;
    int result = mark(reply, "duplicates", AUDIENCE_DUPLICATE, count, outcomes, e);
    return result ? result : mark(reply, "suppressed", AUDIENCE_SUPPRESSED, count, outcomes, e);
}

static int send_chunk(void *arg, uint64_t seq, const struct audience_row *rows, size_t count,
                      enum audience_outcome *ret_outcomes, struct err *e)
{
    struct run *r = arg;
    int result = r->id ? 0 : create(r, e);
    if (result < 0) return result;
    size_t fields;
    (void)import_columns(r->import, &fields);
    json_t *list = json_array(), *reply = NULL;
    for (size_t i = 0; i < count; i++)
        check(json_array_append_new(list, row_json(&rows[i], fields)) == 0);
    json_t *body = json_pack("{s:I, s:o}", "seq", (json_int_t)seq, "rows", list);
    char path[96];
    (void)snprintf(path, sizeof path, "/api/v1/audiences/%lld/rows", (long long)r->id);
    result = call_patiently(r, path, body, &reply, e);
    if (result == 0) result = read_outcomes(reply, count, ret_outcomes, e);
    json_decref(body);
    json_decref(reply);
    return result;
}

static int freeze(struct run *r, json_t **ret_summary, struct err *e)
{
    char path[96];
    (void)snprintf(path, sizeof path, "/api/v1/audiences/%lld/freeze", (long long)r->id);
    return call_patiently(r, path, NULL, ret_summary, e);
}

static void discard(struct run *r)
{
    struct err ignored; /* the server sweeps drafts by itself, only later */
    char path[96];
    (void)snprintf(path, sizeof path, "/api/v1/audiences/%lld", (long long)r->id);
    if (r->id && api_call(r->api, "DELETE", path, NULL, NULL, NULL, &ignored) < 0) return;
}

/* ---- files ---- */

static int write_rejects(void *arg, struct slice bytes, struct err *e)
{
    struct run *r = arg;
    r->rejects_written =
        fwrite(bytes.p, 1, bytes.n, r->rejects) == bytes.n && fflush(r->rejects) == 0;
    if (r->rejects_written) return 0;
    return err_set(e, -errno, "cannot write the rejects to %s: %s", r->o->rejects, strerror(errno));
}

static int open_input(struct run *r, struct err *e)
{
    bool standard = strcmp(r->o->path, "-") == 0;
    struct stat st;
    r->in = standard ? stdin : fopen(r->o->path, "re");
    if (!r->in) return err_set(e, -errno, "cannot read %s: %s", r->o->path, strerror(errno));
    if (fstat(fileno(r->in), &st) == 0 && S_ISREG(st.st_mode)) r->in_bytes = (uint64_t)st.st_size;
    return 0;
}

/* The file is there, and empty, even when nothing is rejected: one of an earlier run would mislead.
 */
static int open_rejects(struct run *r, struct err *e)
{
    struct stat in, out;
    if (!r->o->rejects) return 0;
    if (fstat(fileno(r->in), &in) == 0 && stat(r->o->rejects, &out) == 0 &&
        in.st_dev == out.st_dev && in.st_ino == out.st_ino)
        return err_set(e, ERR_INVALID, "--rejects %s is the file that is read: name another",
                       r->o->rejects);
    r->rejects = text_file_create(r->o->rejects);
    return r->rejects ? 0
                      : err_set(e, -errno, "cannot write the rejects to %s: %s", r->o->rejects,
                                strerror(errno));
}

static int read_all(struct run *r, struct err *e)
{
    char *bytes = xmalloc(READ_BYTES);
    uint64_t sum = 0;
    int result = 0;
    while (result == 0 && !interrupted) {
        size_t n = fread(bytes, 1, READ_BYTES, r->in);
        if (n == 0) break;
        result = import_feed(r->import, slice_make(bytes, n), e);
        import_progress_show(&r->progress, sum += n, import_stats(r->import));
    }
    if (result == 0 && interrupted)
        result = err_set(e, -EINTR, "interrupted: nothing was stored");
    else if (result == 0 && ferror(r->in))
        result = err_set(e, -EIO, "cannot read %s: %s", r->o->path, strerror(errno));
    free(bytes);
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
        json_pack("{s:I, s:s, s:I, s:I, s:o}", "id", r->id, "name", r->o->name, "rows",
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
    if (r->rejects_written)
        (void)fprintf(to, "  the rows that were left out, with line, field and reason: %s\n",
                      r->o->rejects);
    if (r->drama)
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
    (void)printf("audience %lld '%s': %llu of %llu rows stored\n", (long long)r->id, r->o->name,
                 (unsigned long long)s->stored, (unsigned long long)s->rows);
    print_counts(r, stdout);
    return fflush(stdout) == 0 ? EXIT_DONE : EXIT_REFUSED;
}

static int print_failed(struct run *r, int result, const struct err *e)
{
    say_error("audience import", e->text);
    print_counts(r, stderr);
    return api_exit_code(result);
}

int import_run(struct api *api, const struct import_options *o)
{
    struct run r = {.api = api, .o = o};
    const struct import_config config = {
        .name = strcmp(o->path, "-") == 0 ? "stdin" : o->path,
        .delimiter = o->delimiter,
        .phone_column = o->phone_column,
        .number = read_number,
        .chunk = send_chunk,
        .rejects = o->rejects ? write_rejects : NULL,
        .arg = &r,
    };
    const struct sigaction stop = {.sa_handler = on_interrupt};
    (void)sigaction(SIGINT, &stop, NULL);
    (void)sigaction(SIGTERM, &stop, NULL);
    r.import = import_new(&config);
    struct err e;
    json_t *audience = NULL;
    int result = open_input(&r, &e);
    import_progress_begin(&r.progress, r.in_bytes);
    if (result == 0) result = open_rejects(&r, &e);
    if (result == 0) result = read_all(&r, &e);
    if (result == 0) result = freeze(&r, &audience, &e);
    import_progress_end(&r.progress);
    if (result < 0) discard(&r);
    int exit_code = result < 0 ? print_failed(&r, result, &e) : print_done(&r, audience);
    json_decref(audience);
    if (r.rejects) (void)fclose(r.rejects);
    if (r.in && r.in != stdin) (void)fclose(r.in);
    import_free(r.import);
    return exit_code;
}
