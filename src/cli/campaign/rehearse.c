/* muster campaign rehearse: the real campaign, with the real list and the real programs, against the
 * simulator, in time that runs faster. Nothing leaves this machine. With --on-server a worker there does it. */
#include "campaign.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/out_file.h"
#include "cli/say.h"
#include "core/json.h"
#include "rehearsal.h"
#include "rehearse_play.h"

enum { SPEED_MAX = 60, MINUTES_MAX = 24 * 60, ANSWERS_MAX = 1000 };

/* "0.08"; false after a message. */
static bool read_chance(struct verb_call *c, const char *name, double *ret)
{
    char *end;
    const char *text = verb_option(c, name);
    if (!text) return true;
    double v = strtod(text, &end);
    if (end != text && *end == '\0' && v >= 0 && v <= 1) {
        *ret = v;
        return true;
    }
    (void)verb_misuse(c, "--%s is a share of all people, such as 0.08", name);
    return false;
}

/* What only a rehearsal on this machine takes. */
static const char *const of_this_machine[] = {"list",     "speed",    "replies",
                                              "opt-outs", "failures", "answers-per-hour"};

static bool fits_the_server(struct verb_call *c)
{
    for (size_t i = 0; i < COUNT_OF(of_this_machine); i++) {
        if (!verb_option(c, of_this_machine[i])) continue;
        (void)verb_misuse(c, "--%s is for a rehearsal on this machine, not with --on-server",
                          of_this_machine[i]);
        return false;
    }
    return true;
}

/* Before anything is asked or started. */
static bool options_are_fine(struct verb_call *c)
{
    double share;
    const char *list = verb_option(c, "list");
    if (list && access(list, R_OK) != 0) {
        (void)verb_misuse(c, "--list: %s cannot be read", list);
        return false;
    }
    if (verb_option(c, "on-server") && !fits_the_server(c)) return false;
    return verb_option_number(c, "answers-per-hour", ANSWERS_MAX, 1) &&
           verb_option_number(c, "speed", SPEED_MAX, 1) &&
           verb_option_number(c, "minutes", MINUTES_MAX, 1) && read_chance(c, "replies", &share) &&
           read_chance(c, "opt-outs", &share) && read_chance(c, "failures", &share);
}

static void read_options(struct play *r)
{
    struct rehearsed *s = &r->shown;
    s->answers_per_hour = (int64_t)verb_option_number(r->c, "answers-per-hour", ANSWERS_MAX,
                                                      (uint64_t)s->answers_per_hour);
    s->speed = (int)verb_option_number(r->c, "speed", SPEED_MAX, (uint64_t)s->speed);
    (void)read_chance(r->c, "replies", &s->replies);
    (void)read_chance(r->c, "opt-outs", &s->stops);
    (void)read_chance(r->c, "failures", &s->failures);
}

static bool show(struct play *r)
{
    char replies[SAY_COUNT_BYTES];
    if (!r->c->json && r->status)
        (void)fprintf(stderr, "\r%lld of %lld sent, %s ", (long long)campaign_sent(r->status),
                      (long long)say_int(r->status, "total"),
                      say_counted(say_int(r->status, "replies"), "reply", "replies", replies));
    return true;
}

static int write_page(const struct verb_call *c, const json_t *report, struct err *e)
{
    struct out_file *f;
    const char *path = verb_option(c, "html");
    if (!path) return 0;
    int rc = out_file_open(path, &f, e);
    if (rc < 0) return rc;
    rehearsal_page(report, out_file_stream(f));
    return out_file_end(f, 0, e);
}

int rehearsal_tell_of(const struct verb_call *c, const json_t *report, struct err *e, bool *ret_go)
{
    int rc = write_page(c, report, e);
    *ret_go = json_is_true(json_object_get(report, "go"));
    if (rc == 0 && c->json)
        (void)say_json(report);
    else if (rc == 0)
        rehearsal_print(report);
    return rc;
}

static int here(struct play *r, struct err *e, bool *ret_go)
{
    int rc = verb_ask(r->c, "POST", "/api/v1/campaigns/check", r->body, &r->check, e);
    if (rc == 0) rc = play_ask(r, e);
    if (rc < 0) return rc;
    play_expect(r);
    read_options(r);
    verb_note(r->c,
              "a private Redis, the simulator and musterd start; nothing leaves this machine");
    rc = play_run(r, e);
    if (!r->c->json) (void)fputc('\n', stderr);
    if (rc < 0) return rc;
    json_t *report = play_report(r);
    rc = rehearsal_tell_of(r->c, report, e, ret_go);
    json_decref(report);
    return rc;
}

int campaign_rehearse(struct verb_call *c)
{
    struct err e;
    bool go = false;
    struct play r = {.c = c, .list = verb_option(c, "list"), .look = show};
    if (!options_are_fine(c)) return EXIT_USAGE;
    r.minutes = (int64_t)verb_option_number(c, "minutes", MINUTES_MAX, PLAY_MINUTES_USUAL);
    int rc = campaign_load_file(c, &r.body, &e);
    if (rc == 0 && verb_option(c, "on-server"))
        rc = rehearsal_on_server(c, r.body, r.minutes, &e, &go);
    else if (rc == 0)
        rc = here(&r, &e, &go);
    play_done(&r);
    if (rc < 0) return verb_fail(c, rc, &e);
    return go ? EXIT_DONE : EXIT_REFUSED;
}
