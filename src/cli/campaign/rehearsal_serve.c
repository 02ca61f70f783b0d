/* muster rehearsal serve: the worker. It takes what the server is asked for under a lease, plays it as `muster campaign
 * rehearse` does, and gives the report back. Killed in the middle, its lease ends, and it or another one begins anew. */
#include "rehearsal.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "cli/say.h"
#include "core/json.h"
#include "rehearse_play.h"
#include "status.h"

enum {
    SPEED_MAX = 60,
    MINUTES_MAX = 240,
    POLL_MS = 3000,
    TELL_US = 5000000,
    PATH_BYTES = 64,
    WHY_BYTES = 400,
    LAST_WORDS = 40, /* times that it is told */
    SLOWER = 4,      /* times, where the machine cannot follow */
};

struct job {
    const json_t *taken; /* as the server gives it */
    int64_t told_us;
    bool is_gone; /* nobody wants it any more, or somebody else has it */
};

/* ---- telling ---- */

static int tell(struct verb_call *c, const json_t *taken, json_t *body, struct err *e)
{
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof path, "/api/v1/rehearsals/%lld/tell",
                   (long long)say_int(taken, "id"));
    json_put(body, "lease", json_incref(json_object_get(taken, "lease")));
    int rc = verb_ask(c, "POST", path, body, NULL, e);
    json_decref(body);
    return rc;
}

/* A server that is away for a while is told later: only its word ends a rehearsal. */
static bool look(struct play *p)
{
    struct err e;
    struct job *j = p->arg;
    int64_t now_us = clock_mono_us();
    if (now_us - j->told_us < TELL_US) return !j->is_gone;
    j->told_us = now_us;
    json_t *body = json_pack("{s:I,s:I,s:I}", "people", (json_int_t)say_int(p->status, "total"),
                             "sent", (json_int_t)(p->status ? campaign_sent(p->status) : 0),
                             "replies", (json_int_t)say_int(p->status, "replies"));
    j->is_gone = tell(p->c, j->taken, body, &e) == ERR_CONFLICT;
    return !j->is_gone;
}

/* ---- playing ---- */

/* Times stand in the report by the clock of who reads it. */
static void keep_time_of(const json_t *taken)
{
    const char *zone = say_string(taken, "zone");
    (void)setenv("TZ", *zone ? zone : "UTC", 1);
    tzset();
}

static void note(const struct verb_call *c, const json_t *taken, const char *what)
{
    char text[WHY_BYTES + PATH_BYTES];
    (void)snprintf(text, sizeof text, "rehearsal %lld: %.400s", (long long)say_int(taken, "id"),
                   what);
    verb_note(c, text);
}

static int play(struct play *p, int slower, json_t **ret_report, struct err *e)
{
    int rc = play_ask(p, e);
    if (rc < 0) return rc;
    play_expect(p);
    int speed = (int)verb_option_number(p->c, "speed", SPEED_MAX, (uint64_t)p->shown.speed);
    p->shown.speed = speed / slower > 1 ? speed / slower : 1;
    rc = play_run(p, e);
    if (rc == 0) *ret_report = play_report(p);
    return rc;
}

static int play_at(struct verb_call *c, struct job *job, int slower, json_t **ret_report,
                   struct err *e)
{
    struct play p = {
        .c = c,
        .body = json_deep_copy(json_object_get(job->taken, "campaign")),
        .check = json_deep_copy(json_object_get(job->taken, "check")),
        .group = say_string(job->taken, "group"),
        .audience = say_int(job->taken, "audience"),
        .minutes = (int64_t)verb_option_number(c, "minutes", MINUTES_MAX, PLAY_MINUTES_USUAL),
        .look = look,
        .arg = job,
    };
    int rc = play(&p, slower, ret_report, e);
    play_done(&p);
    return rc;
}

/* The last word about it; a server that is away for a while gets it all the same, as long as the lease may hold. Takes value. */
static int tell_end(struct verb_call *c, const json_t *taken, const char *key, json_t *value,
                    struct err *e)
{
    int rc = ERR_UNREACHABLE;
    for (int i = 0; i < LAST_WORDS && rc == ERR_UNREACHABLE && !world_is_interrupted(); i++) {
        if (i > 0) world_pause(POLL_MS);
        rc = tell(c, taken, json_pack("{s:O}", key, value), e);
    }
    json_decref(value);
    return rc;
}

/* To the server: a report, or why there is none. */
static int tell_what_came(struct verb_call *c, const json_t *taken, json_t *report, struct err *why,
                          struct err *e)
{
    int rc = report ? tell_end(c, taken, "report", report, e) : ERR_REFUSED;
    if (report && rc == ERR_REFUSED)
        (void)err_set(why, rc, "its report was not taken: %s", e->text);
    if (rc == ERR_REFUSED)
        rc = tell_end(c, taken, "why",
                      json_text(slice_make(why->text, strnlen(why->text, WHY_BYTES))), e);
    return rc == ERR_CONFLICT ? 0 : rc;
}

/* Interrupted it says nothing to the server: the lease ends. */
static int play_one(struct verb_call *c, const json_t *taken, struct err *e)
{
    struct err why = {0};
    json_t *report = NULL;
    struct job job = {.taken = taken};
    note(c, taken, "it begins");
    keep_time_of(taken);
    int rc = play_at(c, &job, 1, &report, &why);
    if (rc == ERR_UNREACHABLE && !job.is_gone && !world_is_interrupted()) {
        note(c, taken, "this machine could not follow: it begins again, in slower time");
        rc = play_at(c, &job, SLOWER, &report, &why);
    }
    if (job.is_gone || world_is_interrupted()) {
        note(c, taken, job.is_gone ? "it was taken away" : "it was interrupted, and waits again");
        json_decref(report);
        return 0;
    }
    note(c, taken, rc < 0 ? why.text : "it is done");
    return tell_what_came(c, taken, report, &why, e);
}

/* Takes the next one that waits, if any does, and plays it. */
static int take_one(struct verb_call *c, bool *ret_any, struct err *e)
{
    json_t *reply = NULL;
    int rc = verb_ask(c, "POST", "/api/v1/rehearsals/take", NULL, &reply, e);
    const json_t *taken = json_object_get(reply, "rehearsal");
    *ret_any = rc == 0 && json_is_object(taken);
    if (*ret_any) rc = play_one(c, taken, e);
    json_decref(reply);
    return rc;
}

int rehearsal_serve(struct verb_call *c)
{
    struct err e;
    bool any, once = verb_option(c, "once") != NULL, said = false;
    if (!verb_option_number(c, "speed", SPEED_MAX, 1) ||
        !verb_option_number(c, "minutes", MINUTES_MAX, 1))
        return EXIT_USAGE;
    world_catch();
    while (!world_is_interrupted()) {
        int rc = take_one(c, &any, &e);
        if (rc < 0 && (once || rc != ERR_UNREACHABLE)) return verb_fail(c, rc, &e);
        if (rc < 0 && !said) verb_note(c, e.text);
        said = rc < 0; /* once, however long it is away */
        if (once) break;
        if (!any) world_pause(POLL_MS);
    }
    return EXIT_DONE;
}
