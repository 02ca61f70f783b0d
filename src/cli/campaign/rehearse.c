/* muster campaign rehearse: the real campaign, with the real list and the real programs, against the
 * simulator, in time that runs faster. Nothing leaves this machine. */
#include "campaign.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/out_file.h"
#include "cli/say.h"
#include "core/iso8601.h"
#include "core/json.h"
#include "file.h"
#include "rehearse_report.h"
#include "rehearse_world.h"

enum {
    SPEED_MAX = 60,
    SPEED_USUAL = 20,
    SENT_PER_S_MAX = 800, /* by the machine's own time: more, and it cannot follow */
    MINUTES_MAX = 24 * 60,
    MINUTES_USUAL = 30, /* that a rehearsal may take, by the machine's own time */
    LEAD_MS = 60000,    /* its time begins so long before the first text */
    LOOK_MS = 200,
    ANSWERS_MAX = 1000,
    ANSWERS_USUAL = 40, /* in an hour, by one member */
    EARLIER = 20,       /* campaigns that are looked at for experience */
    THINK_MS = 120000,
    LIST_BYTES_MAX = 17 << 20,
    PATH_BYTES = 256,
};

/* Where nothing is known: of a hundred people */
#define REPLIES_USUAL  0.08
#define STOPS_USUAL    0.005
#define FAILURES_USUAL 0.03

struct rehearsal {
    struct verb_call *c;
    json_t *body, *check, *gateway, *organisation, *status, *minutes; /* owned */
    struct rehearsed shown;
    struct world *world;
    int64_t deadline_ms, began_us;
};

/* ---- what is known ---- */

static int get(struct rehearsal *r, const char *path, json_t **ret, struct err *e)
{
    return verb_ask(r->c, "GET", path, NULL, ret, e);
}

static int find_gateway(struct rehearsal *r, struct err *e)
{
    size_t i;
    json_t *all = NULL, *one;
    const char *name = say_string(r->body, "gateway");
    int rc = get(r, "/api/v1/gateways", &all, e);
    json_array_foreach(json_object_get(all, "gateways"), i,
                       one) if (strcmp(say_string(one, "name"), name) == 0) r->gateway =
        json_incref(one);
    json_decref(all);
    if (rc == 0 && !r->gateway)
        rc = err_set(e, ERR_NOT_FOUND, "there is no gateway '%s'; muster gateway list", name);
    if (rc == 0) r->shown.rate_per_s = json_number_value(json_object_get(r->gateway, "rate_per_s"));
    return rc;
}

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

/* What became of earlier campaigns, of those who were texted. */
static void learn(struct rehearsal *r)
{
    size_t i;
    json_t *list = NULL;
    const json_t *one;
    struct err ignored; /* then the usual counts */
    int64_t sent = 0, replies = 0, stops = 0, bad = 0;
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof path, "/api/v1/campaigns?limit=%d", EARLIER);
    if (get(r, path, &list, &ignored) < 0) return;
    json_array_foreach(json_object_get(list, "campaigns"), i, one)
    {
        if (!campaign_is(one, 1u << CAMPAIGN_DONE)) continue;
        r->shown.experience++;
        sent += campaign_sent(one);
        replies += say_int(one, "replies");
        stops += say_int(one, "stops");
        bad += campaign_count(one, STATE_UNDELIVERED) + campaign_count(one, STATE_REFUSED);
    }
    json_decref(list);
    if (sent == 0) return;
    r->shown.replies = fmin(0.9, (double)replies / (double)sent);
    r->shown.stops = fmin(0.5, (double)stops / (double)sent);
    r->shown.failures = fmin(0.9, (double)bad / (double)sent);
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
    return verb_option_number(c, "answers-per-hour", ANSWERS_MAX, 1) &&
           verb_option_number(c, "speed", SPEED_MAX, 1) &&
           verb_option_number(c, "minutes", MINUTES_MAX, 1) && read_chance(c, "replies", &share) &&
           read_chance(c, "opt-outs", &share) && read_chance(c, "failures", &share);
}

static void read_options(struct rehearsal *r)
{
    struct rehearsed *s = &r->shown;
    s->replies = REPLIES_USUAL;
    s->stops = STOPS_USUAL;
    s->failures = FAILURES_USUAL;
    learn(r);
    s->answers_per_hour =
        (int64_t)verb_option_number(r->c, "answers-per-hour", ANSWERS_MAX, ANSWERS_USUAL);
    double most = SENT_PER_S_MAX / fmax(s->rate_per_s, 1);
    int usual = (int)fmax(1, fmin(SPEED_USUAL, most));
    s->speed = (int)verb_option_number(r->c, "speed", SPEED_MAX, (uint64_t)usual);
    (void)read_chance(r->c, "replies", &s->replies);
    (void)read_chance(r->c, "opt-outs", &s->stops);
    (void)read_chance(r->c, "failures", &s->failures);
}

static int ask_server(struct rehearsal *r, struct err *e)
{
    int rc = verb_ask(r->c, "POST", "/api/v1/campaigns/check", r->body, &r->check, e);
    if (rc == 0) rc = find_gateway(r, e);
    if (rc == 0) rc = get(r, "/api/v1/organisation", &r->organisation, e);
    return rc;
}

/* ---- the list ---- */

static int id_of_audience(struct rehearsal *r, long long *ret, struct err *e)
{
    size_t i;
    json_t *all = NULL;
    const json_t *one;
    const char *name = say_string(r->body, "audience");
    int rc = get(r, "/api/v1/audiences?limit=1000", &all, e);
    *ret = 0;
    json_array_foreach(json_object_get(all, "audiences"), i,
                       one) if (*ret == 0 && strcmp(say_string(one, "name"), name) == 0) *ret =
        say_int(one, "id");
    json_decref(all);
    if (rc == 0 && *ret == 0)
        rc = err_set(e, ERR_NOT_FOUND, "there is no list '%s'; muster audience list", name);
    return rc;
}

/* With the member's own rights: who may not see numbers gives a file. */
static int download(struct rehearsal *r, const char **ret_path, struct err *e)
{
    char path[PATH_BYTES];
    long long id;
    struct buf text = BUF_INIT(LIST_BYTES_MAX);
    int rc = id_of_audience(r, &id, e);
    (void)snprintf(path, sizeof path, "/api/v1/audiences/%lld/people", id);
    if (rc == 0) rc = api_text(r->c->api, path, &text, e);
    if (rc < 0) rc = err_prefix(e, "the list cannot be had; --list FILE gives it");
    FILE *f = rc == 0 ? world_file(r->world, "people.csv", ret_path) : NULL;
    bool written = f && fwrite(text.p, 1, text.n, f) == text.n;
    if (f && fclose(f) != 0) written = false;
    if (rc == 0 && !written) rc = err_set(e, ERR_REFUSED, "the list cannot be written");
    buf_done(&text);
    return rc;
}

static int import(struct rehearsal *r, struct err *e)
{
    const char *path = verb_option(r->c, "list");
    int rc = path ? 0 : download(r, &path, e);
    return rc < 0 ? rc : world_import(r->world, path, say_string(r->body, "audience"), e);
}

/* ---- the run ---- */

static int64_t time_of(const json_t *object, const char *key)
{
    int64_t ms;
    return iso8601_parse(slice_of(say_string(object, key)), &ms) ? ms : 0;
}

static int begin(struct rehearsal *r, struct err *e)
{
    int64_t now_ms = clock_wall_ms();
    int64_t first_ms = time_of(json_object_get(r->check, "finish"), "first");
    const struct world_plan plan = {
        .gateway = r->gateway,
        .organisation = say_string(r->organisation, "name"),
        .country = say_string(r->organisation, "country"),
        .replies = r->shown.replies,
        .stops = r->shown.stops,
        .failures = r->shown.failures,
        .think_ms = THINK_MS,
        .begin_ms = first_ms > now_ms ? first_ms - LEAD_MS : now_ms,
        .speed = r->shown.speed,
    };
    verb_note(r->c,
              "a private Redis, the simulator and musterd start; nothing leaves this machine");
    int rc = world_start(&plan, &r->world, e);
    return rc < 0 ? rc : import(r, e);
}

/* As the file says it, but for what is over by then (the time of its world is about its start), and for what
 * waits for somebody to look. */
static json_t *launch_body(const struct rehearsal *r)
{
    json_t *body = json_deep_copy(r->body);
    (void)json_object_del(body, "start");
    json_put(body, "hours", json_incref(json_object_get(r->check, "hours")));
    json_put(body, "canary", json_string("none"));
    json_put(body, "brake_off", json_string("a rehearsal"));
    if (json_object_get(body, "deadline")) json_put(body, "force_late", json_string("a rehearsal"));
    return body;
}

static int launch(struct rehearsal *r, struct err *e)
{
    json_t *body = launch_body(r), *reply = NULL;
    int rc = api_call(world_api(r->world), "POST", "/api/v1/campaigns", body, NULL, &reply, e);
    const json_t *errors = json_object_get(json_object_get(reply, "report"), "errors");
    if (rc < 0 && json_array_size(errors))
        rc = err_set(e, ERR_REFUSED, "the check blocks it: %s",
                     say_string(json_array_get(errors, 0), "message"));
    json_decref(body);
    json_decref(reply);
    return rc;
}

static int look(struct rehearsal *r, struct err *e)
{
    json_decref(r->status);
    r->status = NULL;
    return api_call(world_api(r->world), "GET", "/api/v1/campaigns/1", NULL, NULL, &r->status, e);
}

static void show(const struct rehearsal *r)
{
    if (r->c->json) return;
    (void)fprintf(stderr, "\r%lld of %lld sent, %lld replies ", (long long)campaign_sent(r->status),
                  (long long)say_int(r->status, "total"), (long long)say_int(r->status, "replies"));
}

static bool has_ended(const struct rehearsal *r)
{
    return campaign_is(r->status, 1u << CAMPAIGN_DONE | 1u << CAMPAIGN_EXPIRED |
                                      1u << CAMPAIGN_CANCELLED | 1u << CAMPAIGN_BLOCKED);
}

/* Until it is done and the last reply is in; or until the time is up. */
static int play(struct rehearsal *r, struct err *e)
{
    int64_t minutes = (int64_t)verb_option_number(r->c, "minutes", MINUTES_MAX, MINUTES_USUAL);
    int64_t until_us = clock_mono_us() + minutes * 60000000;
    int rc = launch(r, e);
    while (rc == 0 && clock_mono_us() < until_us) {
        if (!world_wait(r->world, LOOK_MS))
            return err_set(e, ERR_REFUSED, "it was interrupted, or a program of it ended");
        rc = look(r, e);
        if (rc < 0) break;
        show(r);
        r->shown.done = has_ended(r);
        if (r->shown.done && world_pending(r->world) <= 0) break;
    }
    if (!r->c->json) (void)fputc('\n', stderr);
    if (rc == 0)
        rc = api_call(world_api(r->world), "GET", "/api/v1/campaigns/1/minutes", NULL, NULL,
                      &r->minutes, e);
    return rc;
}

/* ---- what it shows ---- */

static int write_page(struct rehearsal *r, const json_t *report, struct err *e)
{
    struct out_file *f;
    const char *path = verb_option(r->c, "html");
    if (!path) return 0;
    int rc = out_file_open(path, &f, e);
    if (rc < 0) return rc;
    rehearsal_page(report, out_file_stream(f));
    return out_file_end(f, 0, e);
}

static int tell(struct rehearsal *r, struct err *e, bool *ret_go)
{
    struct rehearsed *s = &r->shown;
    s->check = r->check;
    s->status = r->status;
    s->minutes = r->minutes;
    s->organisation = r->organisation;
    s->name = say_string(r->body, "name");
    s->begin_ms = time_of(r->status, "started_at");
    s->end_ms = time_of(r->status, "done_at");
    if (s->end_ms == 0) s->end_ms = time_of(r->status, "deadline");
    json_t *report = rehearsal_json(s);
    int rc = write_page(r, report, e);
    *ret_go = json_is_true(json_object_get(report, "go"));
    if (rc == 0 && r->c->json)
        (void)say_json(report);
    else if (rc == 0)
        rehearsal_print(report);
    json_decref(report);
    return rc;
}

static void done(struct rehearsal *r)
{
    world_end(r->world);
    json_decref(r->body);
    json_decref(r->check);
    json_decref(r->gateway);
    json_decref(r->organisation);
    json_decref(r->status);
    json_decref(r->minutes);
}

int campaign_rehearse(struct verb_call *c)
{
    struct err e;
    bool go = false;
    struct rehearsal r = {.c = c};
    if (!options_are_fine(c)) return EXIT_USAGE;
    int rc = campaign_load_file(c, &r.body, &e);
    if (rc == 0) rc = ask_server(&r, &e);
    if (rc == 0) read_options(&r);
    if (rc == 0) rc = begin(&r, &e);
    if (rc == 0) rc = play(&r, &e);
    if (rc == 0) rc = tell(&r, &e, &go);
    done(&r);
    if (rc < 0) return verb_fail(c, rc, &e);
    return go ? EXIT_DONE : EXIT_REFUSED;
}
