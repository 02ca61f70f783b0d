/* Lists of opt-outs that were imported, and taking one back. */
#include "suppress_batches.h"

#include <stdio.h>
#include <string.h>

#include "core/form.h"
#include "core/json.h"
#include "say.h"

enum { PATH_BYTES = 512 };

/* ---- all of them ---- */

static void print_batches(const struct verb_call *c, const json_t *reply)
{
    char when[SAY_TIME_BYTES], count[SAY_COUNT_BYTES];
    const json_t *list = json_object_get(reply, "batches"), *b;
    size_t i;
    (void)c;
    if (json_array_size(list) == 0)
        (void)puts("No list of opt-outs was imported in the last 30 days.");
    json_array_foreach(list, i, b)
    {
        (void)printf("%s  %s  %s: %s set in '%s' by ", say_string(b, "batch"),
                     say_when(say_string(b, "at"), when), say_string(b, "state"),
                     say_count(say_int(b, "added"), count), say_string(b, "scope"));
        say_text(stdout, say_string(b, "by"));
        (void)fputs(": ", stdout);
        say_text(stdout, say_string(b, "evidence"));
        (void)puts("");
    }
}

int suppress_batches(struct verb_call *c)
{
    struct err e;
    json_t *reply = NULL;
    int r = verb_ask(c, "GET", "/api/v1/suppression-batches", NULL, &reply, &e);
    return verb_print(c, r, reply, &e, print_batches);
}

/* ---- one is taken back ---- */

static void print_undone(const struct verb_call *c, const json_t *reply)
{
    char lifted[SAY_COUNT_BYTES], added[SAY_COUNT_BYTES], stay[SAY_COUNT_BYTES];
    int64_t staying = say_int(reply, "added") - say_int(reply, "lifted");
    (void)c;
    (void)printf("%s of %s may be texted again ('%s').\n",
                 say_count(say_int(reply, "lifted"), lifted),
                 say_counted(say_int(reply, "added"), "number", "numbers", added),
                 say_string(reply, "scope"));
    if (staying > 0)
        (void)printf("  %s %s said again since, or removed: nothing was done with %s\n",
                     say_count(staying, stay), staying == 1 ? "was" : "were",
                     staying == 1 ? "it" : "them");
}

int suppress_undo(struct verb_call *c)
{
    struct err e;
    json_t *reply = NULL, *body = json_pack("{s:s}", "why", verb_option(c, "why"));
    int r = 0;
    bool more = true;
    if (!body) return verb_misuse(c, "--why must be UTF-8");
    while (r == 0 && more) { /* a request lifts so many */
        struct buf path = BUF_INIT(PATH_BYTES);
        json_decref(reply);
        reply = NULL;
        buf_add_cstr(&path, "/api/v1/suppression-batches/");
        form_encode(&path, slice_of(c->args[0]));
        r = verb_ask_at(c, "DELETE", &path, body, &reply, &e);
        more = r == 0 && strcmp(say_string(reply, "state"), "undoing") == 0;
    }
    json_decref(body);
    return verb_print(c, r, reply, &e, print_undone);
}
