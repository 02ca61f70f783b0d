/* Rehearsals by the server: asking for one, what came of it, and the doors of the worker that plays them
 * (`muster rehearsal serve`). musterd starts no program itself. */
#include "web/api/api.h"

#include <stdlib.h>

#include "flow/zone_book.h"
#include "store/rehearsal.h"
#include "store/list_note.h"
#include "web/api/launch.h"
#include "web/own.h"
#include "web/view/view.h"

/* ---- asking for one ---- */

struct asking {
    struct campaign_call call; /* the first */
    char *body, *check;        /* owned; JSON */
};

static void asking_done(void *state)
{
    struct asking *a = state;
    web_campaign_done(&a->call);
    free(a->body);
    free(a->check);
}

static char *dumped(const json_t *o)
{
    char *text = json_dumps(o, JSON_COMPACT);
    check(text);
    return text;
}

static void on_made(void *arg, int result, const struct rehearsal *r, size_t n, int64_t worker_ms,
                    const struct err *e)
{
    struct web_call *c = arg;
    (void)n;
    if (web_ok(c, result, e)) web_answer(c, 201, view_rehearsal_whole(r, worker_ms, c->now_ms));
}

static void on_asked(void *arg, int result, uint32_t id, const struct err *e)
{
    struct web_call *c = arg;
    if (web_ok(c, result, e)) rehearsal_load(c->config->store, id, c->now_ms, on_made, c);
}

/* What of the check is played and shown. Takes report; returns owned. */
static char *what_is_used(json_t *report, json_t *approval)
{
    static const char *const keys[] = {"findings", "finish", "price", "hours"};
    json_t *o = json_object();
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        json_put(o, keys[i], json_incref(json_object_get(report, keys[i])));
    json_put(o, "approval", approval);
    char *text = dumped(o);
    json_decref(o);
    json_decref(report);
    return text;
}

static void on_checked(void *arg, int result, const struct check_report *report,
                       const struct err *e)
{
    struct web_call *c = arg;
    struct asking *a = c->state;
    const struct campaign *campaign = &a->call.body.campaign;
    c->web->checks--;
    if (!web_ok(c, result, e)) return;
    if (!check_report_ok(report)) {
        web_error_more(c, 422, "check_failed",
                       "it cannot be launched like this: mend the errors of the check first",
                       json_pack("{s:o}", "report", check_report_json(report)));
        return;
    }
    struct slice group = campaign->loan ? campaign->helper : campaign->group;
    const struct zone_clock clock =
        zone_book_clock(c->config->means->zones, c->config->groups, c->config->country, group);
    json_put(c->body.root, "audience", json_text(campaign->audience_name));
    a->body = dumped(c->body.root);
    a->check =
        what_is_used(check_report_json(report), launch_approval_json(c, &a->call.body, report));
    const struct rehearsal new = {.name = campaign->name,
                                  .group = group,
                                  .by = slice_of(c->member->name),
                                  .zone = slice_of(clock.name),
                                  .audience = campaign->audience,
                                  .body = slice_of(a->body),
                                  .check = slice_of(a->check)};
    rehearsal_ask(c->config->store, &new, web_deed(c), on_asked, c);
}

static void on_audience(struct web_call *c)
{
    struct asking *a = c->state;
    a->call.body.campaign.author = slice_of(c->member->id);
    web_check_campaign(c, &a->call.body, 0, on_checked);
}

static void post_rehearsals(struct web_call *c)
{
    struct asking *a = web_call_state(c, sizeof *a, asking_done);
    a->call.lent_too = true;
    if (!web_campaign_read(c, CAMPAIGN_WHOLE)) return;
    if (a->call.body.campaign.of)
        web_refuse_key(c, "of", "a rehearsal goes to all of a list: leave `of` and `only` out");
    else
        web_campaign_find(c, on_audience);
}

/* ---- what came of it ---- */

static const char none_like_it[] = "there is no rehearsal %u: each is kept for %d days";

/* Whether it is there for the member. False: c has its response. */
static bool is_theirs(struct web_call *c, int result, const struct rehearsal *r,
                      const struct err *e)
{
    if (!web_ok(c, result, e)) return false;
    if (access_may(c->member, c->route->may, r->group)) return true;
    web_error(c, 404, "not_found", none_like_it, c->id, REHEARSAL_DAYS);
    return false;
}

static void on_one(void *arg, int result, const struct rehearsal *r, size_t n, int64_t worker_ms,
                   const struct err *e)
{
    struct web_call *c = arg;
    (void)n;
    if (is_theirs(c, result, r, e))
        web_answer(c, 200, view_rehearsal_whole(r, worker_ms, c->now_ms));
}

static void get_rehearsal(struct web_call *c)
{
    rehearsal_load(c->config->store, c->id, c->now_ms, on_one, c);
}

static void on_list(void *arg, int result, const struct rehearsal *list, size_t n,
                    int64_t worker_ms, const struct err *e)
{
    struct web_call *c = arg;
    if (!web_ok(c, result, e)) return;
    json_t *all = json_array();
    for (size_t i = 0; i < n; i++)
        json_list_add(all, view_rehearsal(&list[i], worker_ms, c->now_ms));
    json_t *o = json_pack("{s:o}", "rehearsals", all);
    json_put_time(o, "worker_seen_at", worker_ms);
    web_answer(c, 200, o);
}

static void get_rehearsals(struct web_call *c)
{
    const struct group_set groups = own_groups(c);
    rehearsal_list(c->config->store, &groups, c->now_ms, on_list, c);
}

/* ---- taking it away ---- */

static void on_removed(void *arg, int result, const struct err *e)
{
    struct web_call *c = arg;
    if (web_ok(c, result, e)) web_answer(c, 200, json_pack("{s:I}", "id", (json_int_t)c->id));
}

static void on_to_remove(void *arg, int result, const struct rehearsal *r, size_t n,
                         int64_t worker_ms, const struct err *e)
{
    struct web_call *c = arg;
    (void)n, (void)worker_ms;
    if (is_theirs(c, result, r, e))
        rehearsal_remove(c->config->store, r->id, web_deed(c), on_removed, c);
}

static void delete_rehearsal(struct web_call *c)
{
    rehearsal_load(c->config->store, c->id, c->now_ms, on_to_remove, c);
}

/* ---- the worker ---- */

static void on_taken(void *arg, int result, const struct rehearsal *r, const struct err *e)
{
    struct web_call *c = arg;
    if (!web_ok(c, result, e)) return;
    json_t *taken = r ? view_rehearsal_taken(r, c->state) : json_null();
    web_answer(c, 200, json_pack("{s:o}", "rehearsal", taken));
}

static void post_take(struct web_call *c)
{
    _Static_assert((int)REHEARSAL_LEASE_BYTES == (int)LIST_NOTE_ID_BYTES, "made in one way");
    char *lease = web_call_state(c, REHEARSAL_LEASE_BYTES, NULL);
    list_note_new_id(lease);
    rehearsal_take(c->config->store, lease, c->now_ms, on_taken, c);
}

struct telling {
    char *report; /* owned; JSON */
};

static void telling_done(void *state)
{
    free(((struct telling *)state)->report);
}

static void on_told(void *arg, int result, const struct err *e)
{
    struct web_call *c = arg;
    if (web_ok(c, result, e)) web_answer(c, 200, json_pack("{s:I}", "id", (json_int_t)c->id));
}

/* False: c has its response. */
static bool read_report(struct web_call *c, const json_t *report, struct rehearsal *r)
{
    struct telling *t = c->state;
    t->report = dumped(report);
    r->report = slice_of(t->report);
    r->go = json_is_true(json_object_get(report, "go"));
    if (r->report.n <= REHEARSAL_REPORT_BYTES_MAX) return true;
    web_refuse_key(c, "report", "it may have %d bytes", REHEARSAL_REPORT_BYTES_MAX);
    return false;
}

static void post_tell(struct web_call *c)
{
    struct body *b = &c->body;
    (void)web_call_state(c, sizeof(struct telling), telling_done);
    struct slice lease = body_text(b, "lease", REHEARSAL_LEASE_BYTES - 1, BODY_NEEDED);
    struct rehearsal r = {
        .id = c->id,
        .state = REHEARSAL_UNDER_WAY,
        .people = body_uint(b, "people", UINT32_MAX, BODY_OPTIONAL),
        .sent = body_uint(b, "sent", UINT32_MAX, BODY_OPTIONAL),
        .replies = body_uint(b, "replies", UINT32_MAX, BODY_OPTIONAL),
        .why = body_text(b, "why", REHEARSAL_WHY_BYTES_MAX, BODY_OPTIONAL),
    };
    const json_t *report = body_object(b, "report", BODY_OPTIONAL);
    if (!web_body_ok(c)) return;
    if (report)
        r.state = REHEARSAL_FINISHED;
    else if (r.why.n)
        r.state = REHEARSAL_FAILED;
    if (report && !read_report(c, report, &r)) return;
    rehearsal_tell(c->config->store, lease, &r, c->now_ms, on_told, c);
}

enum { READS = NEEDS_STORE | IN_GROUP, PLAYS = NEEDS_STORE };
#define REHEARSALS "/api/v1/rehearsals"

static const struct route rows[] = {
    {"GET", REHEARSALS, MAY_READ_CAMPAIGNS, READS, NULL, get_rehearsals},
    {"POST", REHEARSALS, MAY_LAUNCH_CAMPAIGNS, READS | LARGE | AUDITED | ONCE,
     (const char *const[]){CAMPAIGN_BODY_KEYS NULL}, post_rehearsals},
    {"GET", REHEARSALS "/{id}", MAY_READ_CAMPAIGNS, READS | WITH_ID, NULL, get_rehearsal},
    {"DELETE", REHEARSALS "/{id}", MAY_LAUNCH_CAMPAIGNS, READS | WITH_ID | AUDITED, NO_KEYS,
     delete_rehearsal},
    {"POST", REHEARSALS "/take", MAY_PLAY_REHEARSALS, PLAYS, NO_KEYS, post_take},
    {"POST", REHEARSALS "/{id}/tell", MAY_PLAY_REHEARSALS, PLAYS | WITH_ID,
     KEYS("lease", "people", "sent", "replies", "report", "why"), post_tell},
};

const struct routes rehearsal_routes = {rows, COUNT_OF(rows)};
