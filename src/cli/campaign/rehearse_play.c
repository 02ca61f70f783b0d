#include "rehearse_play.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cli/say.h"
#include "core/iso8601.h"
#include "core/json.h"
#include "status.h"

enum {
    SPEED_USUAL = 20,
    SENT_PER_S_MAX = 800, /* by the machine's own time: more, and it cannot follow */
    LEAD_MS = 60000,      /* its time begins so long before the first text */
    LOOK_MS = 200,
    AGAIN_MAX = 50,
    EARLIER = 20,           /* campaigns that are looked at for experience */
    EARLIER_OF_GROUP = 200, /* among which a group's are looked for */
    THINK_MS = 120000,
    LIST_BYTES_MAX = 17 << 20,
    PATH_BYTES = 256,
};

/* Where nothing is known: of a hundred people */
#define REPLIES_USUAL  0.08
#define STOPS_USUAL    0.005
#define FAILURES_USUAL 0.03

/* ---- what is known ---- */

static int get(struct play *r, const char *path, json_t **ret, struct err *e)
{
    return verb_ask(r->c, "GET", path, NULL, ret, e);
}

static int find_gateway(struct play *r, struct err *e)
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

static bool counts_for(const struct play *r, const json_t *campaign)
{
    return !r->group ||
           (r->shown.experience < EARLIER && strcmp(say_string(campaign, "group"), r->group) == 0);
}

/* What became of earlier campaigns, of those who were texted. */
static void learn(struct play *r)
{
    size_t i;
    json_t *list = NULL;
    const json_t *one;
    struct err ignored; /* then the usual counts */
    int64_t sent = 0, replies = 0, stops = 0, bad = 0;
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof path, "/api/v1/campaigns?limit=%d",
                   r->group ? EARLIER_OF_GROUP : EARLIER);
    if (get(r, path, &list, &ignored) < 0) return;
    json_array_foreach(json_object_get(list, "campaigns"), i, one)
    {
        if (!campaign_is(one, 1u << CAMPAIGN_DONE) || !counts_for(r, one)) continue;
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

int play_ask(struct play *r, struct err *e)
{
    int rc = find_gateway(r, e);
    return rc == 0 ? get(r, "/api/v1/organisation", &r->organisation, e) : rc;
}

void play_expect(struct play *r)
{
    struct rehearsed *s = &r->shown;
    s->replies = REPLIES_USUAL;
    s->stops = STOPS_USUAL;
    s->failures = FAILURES_USUAL;
    learn(r);
    double most = SENT_PER_S_MAX / fmax(s->rate_per_s, 1);
    s->speed = (int)fmax(1, fmin(SPEED_USUAL, most));
    s->answers_per_hour = PLAY_ANSWERS_USUAL;
}

/* ---- the list ---- */

static int id_of_audience(struct play *r, long long *ret, struct err *e)
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
static int download(struct play *r, const char **ret_path, struct err *e)
{
    char path[PATH_BYTES];
    long long id = 0;
    struct buf text = BUF_INIT(LIST_BYTES_MAX);
    int rc = r->audience ? 0 : id_of_audience(r, &id, e);
    if (r->audience) id = r->audience;
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

static void be_idle(void *arg)
{
    struct play *r = arg;
    if (r->look) (void)r->look(r);
}

static int import(struct play *r, struct err *e)
{
    const char *path = r->list;
    int rc = path ? 0 : download(r, &path, e);
    return rc < 0 ? rc
                  : world_import(r->world, path, say_string(r->body, "audience"), be_idle, r, e);
}

/* ---- the run ---- */

static int64_t time_of(const json_t *object, const char *key)
{
    int64_t ms;
    return iso8601_parse(slice_of(say_string(object, key)), &ms) ? ms : 0;
}

static int begin(struct play *r, struct err *e)
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
    be_idle(r);
    return rc < 0 ? rc : import(r, e);
}

/* As the file says it, but for what is over by then (the time of its world is about its start), for what
 * waits for somebody to look, and for its budget, which the real server's check has held it against: in this world nothing costs
 * anything. */
static json_t *launch_body(const struct play *r)
{
    json_t *body = json_deep_copy(r->body);
    (void)json_object_del(body, "start");
    (void)json_object_del(body, "budget");
    json_put(body, "hours", json_incref(json_object_get(r->check, "hours")));
    json_put(body, "canary", json_string("none"));
    json_put(body, "brake_off", json_string("a rehearsal"));
    if (json_object_get(body, "deadline")) json_put(body, "force_late", json_string("a rehearsal"));
    return body;
}

/* In time that runs faster its programs give up on each other sooner: what was not answered is asked again. */
static int ask_world(struct play *r, const char *method, const char *path, const json_t *body,
                     json_t **ret, struct err *e)
{
    for (int again = 0;; again++) {
        int rc = api_call(world_api(r->world), method, path, body, NULL, ret, e);
        if (rc != ERR_UNREACHABLE || again == AGAIN_MAX || !world_wait(r->world, LOOK_MS))
            return rc;
        json_decref(*ret);
        *ret = NULL;
    }
}

static int look(struct play *r, struct err *e)
{
    json_decref(r->status);
    r->status = NULL;
    return ask_world(r, "GET", "/api/v1/campaigns/1", NULL, &r->status, e);
}

/* The only one there: a name that is taken is that of a launch that was not answered. */
static int launch(struct play *r, struct err *e)
{
    struct err ignored;
    json_t *body = launch_body(r), *reply = NULL;
    int rc = ask_world(r, "POST", "/api/v1/campaigns", body, &reply, e);
    const json_t *errors = json_object_get(json_object_get(reply, "report"), "errors");
    if (rc < 0 && json_array_size(errors))
        rc = err_set(e, ERR_REFUSED, "the check blocks it: %s",
                     say_string(json_array_get(errors, 0), "message"));
    if (rc == ERR_CONFLICT && look(r, &ignored) == 0) rc = 0;
    json_decref(body);
    json_decref(reply);
    return rc;
}

static bool has_ended(const struct play *r)
{
    return campaign_is(r->status, 1u << CAMPAIGN_DONE | 1u << CAMPAIGN_EXPIRED |
                                      1u << CAMPAIGN_CANCELLED | 1u << CAMPAIGN_BLOCKED);
}

/* Until it is done and the last reply is in; or until the time is up. */
static int play_on(struct play *r, struct err *e)
{
    int64_t until_us = clock_mono_us() + r->minutes * 60000000;
    int rc = launch(r, e);
    while (rc == 0 && clock_mono_us() < until_us) {
        if (!world_wait(r->world, LOOK_MS))
            return err_set(e, ERR_REFUSED, "it was interrupted, or a program of it ended");
        rc = look(r, e);
        if (rc < 0) break;
        if (r->look && !r->look(r)) return err_set(e, ERR_CONFLICT, "nobody wants it any more");
        r->shown.done = has_ended(r);
        if (r->shown.done && world_pending(r->world) <= 0) break;
    }
    if (rc == 0)
        rc = ask_world(r, "GET", "/api/v1/campaigns/1/minutes", NULL, &r->reply_minutes, e);
    return rc;
}

int play_run(struct play *r, struct err *e)
{
    int rc = begin(r, e);
    return rc == 0 ? play_on(r, e) : rc;
}

json_t *play_report(struct play *r)
{
    struct rehearsed *s = &r->shown;
    s->check = r->check;
    s->status = r->status;
    s->minutes = r->reply_minutes;
    s->organisation = r->organisation;
    s->name = say_string(r->body, "name");
    s->begin_ms = time_of(r->status, "started_at");
    s->end_ms = time_of(r->status, "done_at");
    if (s->end_ms == 0) s->end_ms = time_of(r->status, "deadline");
    return rehearsal_json(s);
}

void play_done(struct play *r)
{
    world_end(r->world);
    json_decref(r->body);
    json_decref(r->check);
    json_decref(r->gateway);
    json_decref(r->organisation);
    json_decref(r->status);
    json_decref(r->reply_minutes);
}
