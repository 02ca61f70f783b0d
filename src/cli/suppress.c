/* muster suppress: numbers that must not be texted, of everybody ("all") or of one group. */
#include "commands.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/form.h"
#include "core/json.h"
#include "core/number.h"
#include "io/csv.h"
#include "number_arg.h"
#include "say.h"
#include "suppress_batches.h"
#include "suppress_import.h"
#include "suppress_scope.h"
#include "verb.h"

enum { PATH_BYTES = 1024, PERSON_BYTES = 168, LINE_BYTES_MAX = 16 * 1024 };

static const char *or_else(const char *text, const char *otherwise)
{
    return text ? text : otherwise;
}

/* As people write it → E.164 with +; "~GB.1349…", somebody without a number, stays. EXIT_DONE, or
 * the exit code after a message. */
static int normalise(struct verb_call *c, const char *text, char out[PERSON_BYTES])
{
    uint64_t number;
    if (text[0] == '~' && strlen(text) < PERSON_BYTES) {
        (void)snprintf(out, PERSON_BYTES, "%s", text);
        return EXIT_DONE;
    }
    int exit_code = number_arg_read(c, text, true, &number);
    if (exit_code == EXIT_DONE) number_format(number, out);
    return exit_code;
}

/* ---- add ---- */

/* Adds the numbers of the command line. EXIT_DONE, or the exit code after a message. */
static int read_numbers(struct verb_call *c, json_t *numbers)
{
    int exit_code = EXIT_DONE;
    for (int i = 0; i < c->arg_count && exit_code == EXIT_DONE; i++) {
        char number[PERSON_BYTES];
        exit_code = normalise(c, c->args[i], number);
        if (exit_code == EXIT_DONE) json_list_add(numbers, json_string(number));
    }
    return exit_code;
}

static void print_added(const struct verb_call *c, const json_t *reply)
{
    bool all = strcmp(suppress_scope(c), "all") == 0;
    (void)printf("%lld of %d added to '%s'%s. From now on no text %sreaches them.\n",
                 (long long)say_int(reply, "added"), c->arg_count, suppress_scope(c),
                 say_int(reply, "added") < c->arg_count ? " (the others were there)" : "",
                 all ? "" : "of that group ");
}

static int add(struct verb_call *c)
{
    struct err e;
    json_t *reply = NULL, *numbers = json_array();
    int misread = read_numbers(c, numbers);
    if (misread) {
        json_decref(numbers);
        return misread;
    }
    json_t *body = json_pack("{s:s, s:o, s:s, s:s}", "scope", suppress_scope(c), "numbers", numbers,
                             "reason", or_else(verb_option(c, "reason"), "manual"), "evidence",
                             or_else(verb_option(c, "evidence"), ""));
    if (!body) return verb_misuse(c, "the options must be UTF-8");
    int r = verb_ask(c, "POST", "/api/v1/suppressions", body, &reply, &e);
    json_decref(body);
    if (r == 0) suppress_scope_note(c);
    return verb_print(c, r, reply, &e, print_added);
}

/* ---- remove ---- */

static void print_removed(const struct verb_call *c, const json_t *reply)
{
    (void)reply;
    (void)printf("%s may be texted again ('%s').\n", c->args[0], suppress_scope(c));
}

static int remove_number(struct verb_call *c)
{
    char number[PERSON_BYTES];
    struct err e;
    struct buf path = BUF_INIT(PATH_BYTES);
    json_t *reply = NULL;
    int misread = normalise(c, c->args[0], number);
    if (misread) return misread;
    c->args[0] = number;
    json_t *body = json_pack("{s:s}", "why", verb_option(c, "why"));
    if (!body) return verb_misuse(c, "--why must be UTF-8");
    buf_add_cstr(&path, "/api/v1/suppressions/");
    form_encode(&path, slice_of(suppress_scope(c)));
    buf_add_char(&path, '/');
    form_encode(&path, slice_of(number));
    int r = verb_ask_at(c, "DELETE", &path, body, &reply, &e);
    json_decref(body);
    return verb_print(c, r, reply, &e, print_removed);
}

/* ---- check ---- */

static void print_found(const char *number, const json_t *found)
{
    char when[SAY_TIME_BYTES];
    const char *scope = say_string(found, "scope");
    if (strcmp(scope, "hold") == 0)
        (void)printf("%s is held, no campaign texts it until somebody decides (muster inbox list)",
                     number);
    else if (strcmp(scope, "all") == 0)
        (void)printf("%s must not be texted (all)", number);
    else
        (void)printf("%s must not be texted by group '%s'", number, scope);
    (void)printf(": %s, %s", say_string(found, "reason"), say_when(say_string(found, "at"), when));
    if (*say_string(found, "evidence")) (void)fputs(": ", stdout);
    say_text(stdout, say_string(found, "evidence"));
    (void)puts("");
}

static void print_check(const struct verb_call *c, const json_t *reply)
{
    const char *number = c->args[0];
    size_t i;
    const json_t *found, *scopes = json_object_get(reply, "scopes");
    json_array_foreach(scopes, i, found) print_found(number, found);
    bool suppressed = json_is_true(json_object_get(reply, "suppressed"));
    json_array_foreach(json_object_get(reply, "no_more"), i, found)
    {
        (void)printf("%s wants no more %s: muster consent show %s\n", number,
                     json_string_value(found), number);
    }
    if (json_array_size(scopes) == 0 && suppressed)
        print_found(number, reply); /* a server of before tells of one */
    else if (json_array_size(scopes) == 0)
        (void)printf("%s may be texted%s.\n", number,
                     json_array_size(json_object_get(reply, "no_more")) ? " about the rest" : "");
    else if (!suppressed && !json_is_true(json_object_get(reply, "held")))
        (void)printf("The group that was asked about may text %s.\n", number);
}

static int check_number(struct verb_call *c)
{
    char number[PERSON_BYTES];
    struct err e;
    struct buf path = BUF_INIT(PATH_BYTES);
    json_t *reply = NULL;
    const char *group = verb_option(c, "group");
    int misread = normalise(c, c->args[0], number);
    if (misread) return misread;
    c->args[0] = number;
    buf_add_cstr(&path, "/api/v1/suppressions/check/");
    form_encode(&path, slice_of(number));
    if (group) buf_add_cstr(&path, "?group=");
    if (group) form_encode(&path, slice_of(group));
    int r = verb_ask_at(c, "GET", &path, NULL, &reply, &e);
    return verb_print(c, r, reply, &e, print_check);
}

/* ---- export ---- */

/* These files are imported again (number and reason), so they are not made safe for spreadsheets at
 * the cost of changing them; a number's + cannot be a formula. */
static int write_entry(const json_t *entry, const char *scope, struct buf *line, struct err *e)
{
    const struct slice fields[] = {slice_of(say_string(entry, "number")),
                                   slice_of(say_string(entry, "reason")),
                                   slice_of(say_string(entry, "at")),
                                   slice_of(say_string(entry, "evidence")), slice_of(scope)};
    buf_clear(line);
    csv_write_record(line, fields, COUNT_OF(fields), ',');
    if (line->failed || fwrite(line->p, 1, line->n, stdout) != line->n)
        return err_set(e, -EIO, "cannot write to stdout");
    return 0;
}

/* `cursor` becomes the next one, "" behind the last page. */
static int export_page(struct verb_call *c, const char *scope, struct buf *cursor, struct buf *line,
                       struct err *e)
{
    struct buf path = BUF_INIT(PATH_BYTES);
    json_t *page = NULL, *entry;
    size_t i;
    buf_add_cstr(&path, "/api/v1/suppressions/");
    form_encode(&path, slice_of(scope));
    if (cursor->n) buf_add_cstr(&path, "?cursor=");
    form_encode(&path, buf_slice(cursor));
    int r = verb_ask_at(c, "GET", &path, NULL, &page, e);
    buf_clear(cursor);
    if (r == 0) buf_add_cstr(cursor, say_string(page, "next"));
    if (r == 0 && c->json) {
        json_array_foreach(json_object_get(page, "suppressions"), i,
                           entry) if (r == 0 && say_json(entry) != EXIT_DONE) r =
            err_set(e, -EIO, "cannot write to stdout");
    } else if (r == 0) {
        json_array_foreach(json_object_get(page, "suppressions"), i, entry) if (r == 0) r =
            write_entry(entry, scope, line, e);
    }
    json_decref(page);
    return r;
}

static int export(struct verb_call *c)
{
    struct buf cursor = BUF_INIT(PATH_BYTES), line = BUF_INIT(LINE_BYTES_MAX);
    struct err e;
    const char *scope = suppress_scope(c);
    int r = 0;
    if (!c->json) (void)fputs("phone,reason,at,evidence,scope\r\n", stdout);
    do {
        r = export_page(c, scope, &cursor, &line, &e);
    } while (r == 0 && cursor.n);
    buf_done(&cursor);
    buf_done(&line);
    return r < 0 ? verb_fail(c, r, &e) : EXIT_DONE;
}

/* ---- the table ---- */

#define GROUP_OPTION                                                                               \
    {                                                                                              \
        "group", "G", "of this group only (default: everybody, \"all\"; \"hold\": those held)"     \
    }
#define COUNTRY_OPTION                                                                             \
    {                                                                                              \
        "country", "GB", "country of numbers written without + (default: the server's)"            \
    }
#define REASON_OPTION(otherwise)                                                                   \
    {                                                                                              \
        "reason", "R", "stop, import, manual or provider (default: " otherwise ")"                 \
    }
#define EVIDENCE_OPTION                                                                            \
    {                                                                                              \
        "evidence", "TEXT", "how we know, for the record"                                          \
    }
#define OPTIONS_END                                                                                \
    {                                                                                              \
        NULL, NULL, NULL                                                                           \
    }

static const struct verb_option add_options[] = {GROUP_OPTION, REASON_OPTION("manual"),
                                                 EVIDENCE_OPTION, COUNTRY_OPTION, OPTIONS_END};
static const struct verb_option import_options[] = {
    GROUP_OPTION,
    REASON_OPTION("import"),
    EVIDENCE_OPTION,
    COUNTRY_OPTION,
    {"phone", "COLUMN", "the phone column, when its name does not say so"},
    {"rejects", "OUT.csv", "write the rows that are left out there, with line, field and reason"},
    {"delimiter", "X", "what separates fields: , ; | tab (default: found out)"},
    {"encoding", "NAME", "of the file, as iconv has it (default: found out)"},
    OPTIONS_END};
static const struct verb_option group_options[] = {GROUP_OPTION, OPTIONS_END};
static const struct verb_option check_options[] = {GROUP_OPTION, COUNTRY_OPTION, OPTIONS_END};
static const struct verb_option undo_options[] = {{"why", "TEXT", "why it was wrong; it is kept"},
                                                  OPTIONS_END};
static const struct verb_option remove_options[] = {
    GROUP_OPTION,
    {"why", "TEXT", "who allowed it, and how; it is kept"},
    COUNTRY_OPTION,
    OPTIONS_END};

static const struct verb verbs[] = {
    {"add", "NUMBER...", 1, 1000, "From now on no text reaches these numbers.",
     "add +447700900123 --evidence \"asked by phone\"", add_options, add},
    {"remove", "NUMBER --why TEXT", 1, 1, "Lets a number be texted again.",
     "remove +447700900123 --why \"asked to be back, by mail\"", remove_options, remove_number},
    {"import", "FILE", 1, 1,
     "Adds the numbers of a CSV file (- is stdin).\nA line names the columns, and one of "
     "them is the phone number, as in audience import.\nA row that is no certain number is left "
     "out and named; the exit code is 1 then.",
     "import stop.csv --reason stop", import_options, suppress_import},
    {"batches", "", 0, 0, "Lists that were imported, the newest first: who, when, how many.",
     "batches", NULL, suppress_batches},
    {"undo", "BATCH --why TEXT", 1, 1,
     "Takes back what an import has set anew, for 30 days.\n"
     "Who said STOP since stays, and so does whoever stands on another list or was added by hand.",
     "undo 5f0c… --why \"the wrong file\"", undo_options, suppress_undo},
    {"export", "", 0, 0, "Writes all of them as CSV to stdout; with --json as a line of JSON each.",
     "export > suppressed.csv", group_options, export},
    {"check", "NUMBER", 1, 1,
     "Says whether a number may be texted: every scope that stands against it, and a hold.",
     "check +447700900123 --group leeds", check_options, check_number},
    {NULL, NULL, 0, 0, NULL, NULL, NULL, NULL},
};

const struct verb_group suppress_group = {"suppress", "Numbers that must not be texted.", verbs};
