/* muster rehearsal: rehearsals that somebody asked the server for. */
#include "rehearsal.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cli/commands.h"
#include "cli/say.h"
#include "core/json.h"
#include "rehearse_world.h"

enum { PATH_BYTES = 64, LOOK_S = 2 };

static bool is(const json_t *r, const char *state)
{
    return strcmp(say_string(r, "state"), state) == 0;
}

static bool is_over(const json_t *r)
{
    return is(r, "finished") || is(r, "failed");
}

static int get(struct verb_call *c, uint32_t id, json_t **ret, struct err *e)
{
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof path, "/api/v1/rehearsals/%u", id);
    return verb_ask(c, "GET", path, NULL, ret, e);
}

/* ---- one by the server, and waiting for it ---- */

static void say_how(const struct verb_call *c, const json_t *r, char *said, size_t said_bytes)
{
    char replies[SAY_COUNT_BYTES];
    const char *note = say_string(r, "note");
    if (*note && strcmp(note, said) != 0) verb_note(c, note);
    (void)snprintf(said, said_bytes, "%s", note);
    if (!c->json && is(r, "under_way"))
        (void)fprintf(stderr, "\r%lld of %lld sent, %s ", (long long)say_int(r, "sent"),
                      (long long)say_int(r, "people"),
                      say_counted(say_int(r, "replies"), "reply", "replies", replies));
}

static int wait_for(struct verb_call *c, json_t **r, int64_t minutes, struct err *e)
{
    char said[256] = "";
    int64_t until_us = clock_mono_us() + minutes * 60000000;
    uint32_t id = (uint32_t)say_int(*r, "id");
    int rc = 0;
    world_catch();
    while (rc == 0 && !is_over(*r) && clock_mono_us() < until_us && !world_is_interrupted()) {
        say_how(c, *r, said, sizeof said);
        world_pause(LOOK_S * 1000);
        json_decref(*r);
        *r = NULL;
        rc = get(c, id, r, e);
    }
    if (!c->json) (void)fputc('\n', stderr);
    if (rc == 0 && !is_over(*r))
        rc = err_set(e, ERR_REFUSED, "it is not over yet: muster rehearsal show %u", id);
    return rc;
}

int rehearsal_on_server(struct verb_call *c, const json_t *body, int64_t minutes, struct err *e,
                        bool *ret_go)
{
    json_t *r = NULL;
    int rc = verb_ask(c, "POST", "/api/v1/rehearsals", body, &r, e);
    if (rc == 0) rc = wait_for(c, &r, minutes, e);
    if (rc == 0 && is(r, "failed")) rc = err_set(e, ERR_REFUSED, "%s", say_string(r, "why"));
    if (rc == 0) rc = rehearsal_tell_of(c, json_object_get(r, "report"), e, ret_go);
    json_decref(r);
    return rc;
}

/* ---- list, show, remove ---- */

static void print_one(const json_t *r)
{
    char when[SAY_TIME_BYTES];
    const char *go = json_is_true(json_object_get(r, "go")) ? "GO" : "NO GO";
    (void)printf("%4lld  %-9s  ", (long long)say_int(r, "id"),
                 is(r, "finished") ? go : say_string(r, "state"));
    say_text(stdout, say_string(r, "name"));
    (void)printf(", group %s, %s\n", say_string(r, "group"),
                 say_when(say_string(r, "made_at"), when));
    const char *more = is(r, "failed") ? say_string(r, "why") : say_string(r, "note");
    if (!*more) return;
    (void)fputs("      ", stdout);
    say_text(stdout, more);
    (void)putchar('\n');
}

static void print_list(const struct verb_call *c, const json_t *reply)
{
    size_t i;
    const json_t *one, *all = json_object_get(reply, "rehearsals");
    (void)c;
    json_array_foreach(all, i, one) print_one(one);
    if (json_array_size(all) == 0)
        (void)puts("no rehearsal yet: muster campaign rehearse FILE --on-server asks for one");
}

static int list(struct verb_call *c)
{
    struct err e;
    json_t *reply = NULL;
    int r = verb_ask(c, "GET", "/api/v1/rehearsals", NULL, &reply, &e);
    return verb_print(c, r, reply, &e, print_list);
}

static int show(struct verb_call *c)
{
    struct err e;
    uint32_t id;
    bool go = true;
    json_t *r = NULL;
    if (!verb_id(c, "rehearsal", &id)) return EXIT_USAGE;
    int rc = get(c, id, &r, &e);
    const json_t *report = json_object_get(r, "report");
    if (rc == 0 && json_is_object(report))
        rc = rehearsal_tell_of(c, report, &e, &go);
    else if (rc == 0 && c->json)
        (void)say_json(r);
    else if (rc == 0)
        print_one(r);
    bool failed = is(r, "failed");
    json_decref(r);
    if (rc < 0) return verb_fail(c, rc, &e);
    return go && !failed ? EXIT_DONE : EXIT_REFUSED;
}

static void print_removed(const struct verb_call *c, const json_t *reply)
{
    (void)c, (void)reply;
    (void)puts("It is gone.");
}

static int take_away(struct verb_call *c)
{
    struct err e;
    uint32_t id;
    char path[PATH_BYTES];
    json_t *reply = NULL;
    if (!verb_id(c, "rehearsal", &id)) return EXIT_USAGE;
    (void)snprintf(path, sizeof path, "/api/v1/rehearsals/%u", id);
    int r = verb_ask(c, "DELETE", path, NULL, &reply, &e);
    return verb_print(c, r, reply, &e, print_removed);
}

/* ---- the table ---- */

static const struct verb_option show_options[] = {
    {"html", "OUT", "write what would happen as a page"}, {NULL, NULL, NULL}};
static const struct verb_option serve_options[] = {
    {"once", NULL, "end after one, or when none waits"},
    {"speed", "N", "how many times faster time runs (default: as this machine can follow)"},
    {"minutes", "N", "end each after so many minutes (default: 30)"},
    {NULL, NULL, NULL}};

static const struct verb verbs[] = {
    {"list", "", 0, 0, "Rehearsals that somebody asked the server for, the newest first.", "list",
     NULL, list},
    {"show", "ID", 1, 1,
     "What one has shown, or how far it is. Exit code 1 is no go, or that it failed.", "show 3",
     show_options, show},
    {"remove", "ID", 1, 1, "Takes one away; one that is played is ended.", "remove 3", NULL,
     take_away},
    {"serve", "", 0, 0,
     "Plays what the server is asked for, one after the other, on this machine, until it is "
     "ended.\n"
     "For who runs the server: it reads every list. docs/OPERATIONS.md has the service.",
     "serve", serve_options, rehearsal_serve},
    {NULL, NULL, 0, 0, NULL, NULL, NULL, NULL},
};

const struct verb_group rehearsal_group = {"rehearsal", "Rehearsals that the server keeps.", verbs};
