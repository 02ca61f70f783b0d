/* A list of people who must not be texted, as CSV. It is read by the same code as an audience, so
 * the same columns and the same mistakes are known; only what is a number differs, since a landline
 * may stand on such a list too. */
#include "suppress_import.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/number.h"
#include "flow/import.h"
#include "io/phone.h"
#include "say.h"

enum { READ_BYTES = 64 * 1024 };

struct run {
    struct verb_call *c;
    const char *scope, *reason, *evidence, *country;
    int64_t added;
};

static enum import_reason read_number(void *arg, struct slice text, uint64_t *ret_number)
{
    const struct run *r = arg;
    struct phone p;
    if (!phone_parse(text.p, text.n, r->country, &p)) return IMPORT_NOT_A_NUMBER;
    if (!number_is_valid(p.e164)) return IMPORT_INVALID;
    *ret_number = p.e164;
    return IMPORT_FINE;
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

static int read_file(struct import *im, FILE *in, const char *name, struct err *e)
{
    char *bytes = xmalloc(READ_BYTES);
    int r = 0;
    for (size_t n; r == 0 && (n = fread(bytes, 1, READ_BYTES, in)) > 0;)
        r = import_feed(im, slice_make(bytes, n), e);
    if (r == 0 && ferror(in)) r = err_set(e, -EIO, "cannot read %s: %s", name, strerror(errno));
    free(bytes);
    return r < 0 ? r : import_end(im, e);
}

static void print_rejected(const struct import_stats *stats, FILE *to)
{
    for (int i = 1; i < IMPORT_REASON_COUNT; i++)
        if (stats->rejected[i])
            (void)fprintf(to, "  %llu left out: %s\n", (unsigned long long)stats->rejected[i],
                          import_reason_text((enum import_reason)i));
}

static int print_done(const struct run *r, const struct import_stats *stats)
{
    char count[SAY_COUNT_BYTES], rows[SAY_COUNT_BYTES];
    if (r->c->json) {
        json_t *out = json_pack("{s:I, s:I, s:I}", "rows", (json_int_t)stats->rows, "numbers",
                                (json_int_t)stats->stored, "added", (json_int_t)r->added);
        int exit_code = say_json(out);
        json_decref(out);
        return exit_code;
    }
    (void)printf("%s of %s rows are new in '%s'; the others were there, or are left out\n",
                 say_count(r->added, count), say_count((int64_t)stats->rows, rows), r->scope);
    print_rejected(stats, stdout);
    return EXIT_DONE;
}

static const char *or_else(const char *text, const char *otherwise)
{
    return text ? text : otherwise;
}

int suppress_import(struct verb_call *c)
{
    bool standard = strcmp(c->args[0], "-") == 0;
    const char *name = standard ? "stdin" : c->args[0];
    struct err e;
    struct run r = {.c = c,
                    .scope = or_else(verb_option(c, "group"), "all"),
                    .reason = or_else(verb_option(c, "reason"), "import"),
                    .evidence = or_else(verb_option(c, "evidence"), name),
                    .country = or_else(verb_option(c, "country"), "GB")};
    const struct import_config config = {.name = name,
                                         .phone_column = verb_option(c, "phone"),
                                         .number = read_number,
                                         .chunk = send_chunk,
                                         .arg = &r};
    FILE *in = standard ? stdin : fopen(c->args[0], "re");
    if (!in) {
        int result = err_set(&e, -errno, "cannot read %s: %s", name, strerror(errno));
        return verb_fail(c, result, &e);
    }
    struct import *im = import_new(&config);
    int result = read_file(im, in, name, &e);
    int exit_code = result < 0 ? verb_fail(c, result, &e) : print_done(&r, import_stats(im));
    if (result < 0) print_rejected(import_stats(im), stderr);
    import_free(im);
    if (!standard) (void)fclose(in);
    return exit_code;
}
