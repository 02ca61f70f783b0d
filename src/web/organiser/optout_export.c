/* The opt-outs of a scope as a file, page after page from the store; nothing of it is kept. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "core/group.h"
#include "core/json.h"
#include "core/number.h"
#include "io/csv.h"
#include "io/unnamed_file.h"
#include "store/suppress.h"
#include "web/api/api.h"
#include "web/call.h"
#include "web/organiser/organiser.h"

enum { PAGE_HINT = 500, LINE_BYTES_MAX = 16 * 1024 };

struct export
{
    FILE *out;
    struct slice scope; /* of the path */
    bool failed;
};

static void export_done(void *state)
{
    struct export *x = state;
    if (x->out) (void)fclose(x->out);
}

static void write_line(struct export *x, const struct slice fields[5])
{
    struct buf line = BUF_INIT(LINE_BYTES_MAX);
    csv_write_record(&line, fields, 5, ',');
    x->failed |= line.failed || fwrite(line.p, 1, line.n, x->out) != line.n;
    buf_done(&line);
}

/* As `muster suppress export` writes it. */
static void write_entry(struct export *x, const struct suppress_entry *entry)
{
    char number[NUMBER_TEXT_BYTES] = "?";
    json_t *at = json_time(entry->at_ms);
    if (number_is_valid(entry->number)) number_format(entry->number, number);
    const struct slice fields[5] = {entry->key.n ? entry->key : slice_of(number),
                                    slice_of(suppress_reason_to_string(entry->reason)),
                                    json_slice(at), entry->evidence, x->scope};
    write_line(x, fields);
    json_decref(at);
}

static void send_file(struct web_call *c)
{
    struct export *x = c->state;
    long bytes = fflush(x->out) == 0 ? ftell(x->out) : -1;
    int fd = bytes >= 0 && !x->failed ? dup(fileno(x->out)) : -1;
    if (fd < 0) {
        web_error(c, 503, "unavailable", "The file could not be written: is the disk full?");
        return;
    }
    http_request_set_header(c->q, "Content-Disposition", "attachment; filename=\"opt-outs.csv\"");
    web_act(c, group_ok(x->scope) ? x->scope : SLICE_LIT(""), "download of the opt-outs of %.*s",
            SLICE_ARG(x->scope));
    web_answer_file(c, "text/csv; charset=utf-8", fd, (uint64_t)bytes);
}

static void on_page(void *arg, int result, const struct suppress_entry *entries, size_t n,
                    const struct hash_cursor *next, const struct err *e)
{
    struct web_call *c = arg;
    struct export *x = c->state;
    if (!web_ok(c, result, e)) return;
    for (size_t i = 0; i < n; i++)
        write_entry(x, &entries[i]);
    if (next->at && !x->failed)
        suppress_export(c->config->store, x->scope, next, PAGE_HINT, on_page, c);
    else
        send_file(c);
}

static void get_export(struct web_call *c)
{
    const struct slice titles[5] = {SLICE_LIT("phone"), SLICE_LIT("reason"), SLICE_LIT("at"),
                                    SLICE_LIT("evidence"), SLICE_LIT("scope")};
    struct export *x = web_call_state(c, sizeof *x, export_done);
    x->scope = web_param(c, "scope");
    if (!api_check_scope(c, x->scope)) return;
    int fd = unnamed_file_open(c->config->upload_folder);
    x->out = fd >= 0 ? fdopen(fd, "w+") : NULL;
    if (!x->out) {
        if (fd >= 0) (void)close(fd);
        web_error(c, 503, "unavailable", "No file can be made in state_dir: is the disk full?");
        return;
    }
    write_line(x, titles);
    suppress_export(c->config->store, x->scope, &(struct hash_cursor){0}, PAGE_HINT, on_page, c);
}

static const struct route rows[] = {
    {"GET", "/optouts/export/{scope}", MAY_READ_SUPPRESSIONS, NEEDS_STORE | IN_GROUP | PAGE, NULL,
     get_export},
};

const struct routes optout_export_routes = {rows, COUNT_OF(rows)};
