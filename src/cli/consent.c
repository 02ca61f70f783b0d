/* muster consent: what one person agreed to, and what they take back. */
#include "commands.h"

#include <stdio.h>

#include "consent_export.h"
#include "core/form.h"
#include "core/json.h"
#include "core/number.h"
#include "number_arg.h"
#include "say.h"
#include "verb.h"

enum { PATH_BYTES = 256 };

/* EXIT_DONE, or the exit code after a message. */
static int path_of(struct verb_call *c, struct buf *path)
{
    uint64_t number;
    char text[NUMBER_TEXT_BYTES];
    int exit_code = number_arg_read(c, c->args[0], true, &number);
    if (exit_code != EXIT_DONE) return exit_code;
    number_format(number, text);
    buf_add_cstr(path, "/api/v1/consents/");
    form_encode(path, slice_of(text));
    return EXIT_DONE;
}

static void print_consents(const struct verb_call *c, const json_t *reply)
{
    const json_t *evidence = json_object_get(reply, "evidence"),
                 *withdrawn = json_object_get(reply, "withdrawn"), *one;
    size_t i;
    if (json_array_size(evidence) + json_array_size(withdrawn) == 0)
        (void)printf("%s: nothing is kept\n", c->args[0]);
    json_array_foreach(evidence, i, one)
    {
        (void)printf("agreed to %s%s%s, source: ", say_string(one, "consent"),
                     *say_string(one, "at") ? " on " : "", say_string(one, "at"));
        say_text(stdout, say_string(one, "source"));
        (void)fputs("; wording: ", stdout);
        say_text(stdout, say_string(one, "wording"));
        (void)printf("\n\tused from %.10s to %.10s, last by campaign %lld\n",
                     say_string(one, "first_used"), say_string(one, "last_used"),
                     (long long)say_int(one, "campaign"));
    }
    json_array_foreach(withdrawn, i, one)
    {
        (void)printf("no more %s since %s, by ", say_string(one, "consent"), say_string(one, "at"));
        say_text(stdout, say_string(one, "by"));
        (void)fputs(": ", stdout);
        say_text(stdout, say_string(one, "why"));
        (void)fputs("\n", stdout);
    }
}

static int show(struct verb_call *c)
{
    struct buf path = BUF_INIT(PATH_BYTES);
    struct err e;
    json_t *reply = NULL;
    int exit_code = path_of(c, &path);
    if (exit_code != EXIT_DONE) return exit_code;
    int r = verb_ask_at(c, "GET", &path, NULL, &reply, &e);
    return verb_print(c, r, reply, &e, print_consents);
}

static void print_changed(const struct verb_call *c, const json_t *reply)
{
    (void)reply;
    (void)printf("%s: noted\n", c->args[0]);
}

static int change(struct verb_call *c, bool given)
{
    struct buf path = BUF_INIT(PATH_BYTES);
    struct err e;
    json_t *reply = NULL;
    int exit_code = path_of(c, &path);
    if (exit_code != EXIT_DONE) return exit_code;
    json_t *body = json_pack("{s:o,s:o,s:b}", "consent", json_text(slice_of(verb_option(c, "of"))),
                             "why", json_text(slice_of(verb_option(c, "why"))), "given", given);
    int r = verb_ask_at(c, "POST", &path, body, &reply, &e);
    json_decref(body);
    return verb_print(c, r, reply, &e, print_changed);
}

static int withdraw(struct verb_call *c)
{
    return change(c, false);
}

static int give(struct verb_call *c)
{
    return change(c, true);
}

static const struct verb_option options[] = {
    {"of", "WORD", "which consent: a word as the lists' column `consent` has it"},
    {"why", "TEXT", "what the person said"},
    {NULL, NULL, NULL}};

static const struct verb_option export_options[] = {
    {"of", "WORD", "of what they want no more: news"}, {NULL, NULL, NULL}};

static const struct verb verbs[] = {
    {"show", "NUMBER", 1, 1,
     "What is kept of one person: what they agreed to, where, when and in which words, and what "
     "they "
     "took back.",
     "show 07700900123", NULL, show},
    {"withdraw", "NUMBER --of WORD --why TEXT", 1, 1,
     "They want no more of this: campaigns that need it, or are of that kind, leave them out from "
     "now on. Who wants no texts at all: muster suppress add.",
     "withdraw 07700900123 --of news --why 'no more news please'", options, withdraw},
    {"give", "NUMBER --of WORD --why TEXT", 1, 1, "They agree again.",
     "give 07700900123 --of news --why 'asked for it at the stall'", options, give},
    {"export", "--of WORD", 0, 0,
     "Writes who wants no more of it as CSV to stdout; with --json as a line of JSON each.",
     "export --of news > no-news.csv", export_options, consent_cli_export},
    {NULL, NULL, 0, 0, NULL, NULL, NULL, NULL},
};

const struct verb_group consent_group = {"consent", "What people agreed to.", verbs};
