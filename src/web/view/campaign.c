#include "web/view/view.h"

#include <math.h>
#include <stdio.h>

#include "core/state.h"
#include "store/campaign.h"

enum {
    FULL_MS = 3000,       /* the gate looks four times a second whether it still is */
    FORECAST_MS = 120000, /* of many campaigns each has its turn */
    BOUNDS_BYTES_MAX = 512,
    RATE_MS = 15000, /* the leader looks every few seconds (flow/speedometer.h) */
};

static void put_counts(json_t *out, const struct campaign *c)
{
    uint64_t n[STATE_COUNT];
    json_t *counts = json_object();
    json_put_count(out, "total", campaign_shown_counts(c, n));
    for (int i = 0; i < STATE_COUNT; i++)
        json_put_count(counts, state_to_string((enum state)i), n[i]);
    json_put(out, "counts", counts);
}

static bool waits_for_provider(const struct campaign *c, int64_t now_ms)
{
    int64_t ago_ms = now_ms - c->queue_full_ms;
    return c->status == CAMPAIGN_RUNNING && ago_ms < FULL_MS && ago_ms > -FULL_MS;
}

/* How fast it goes and how long it takes at that. Neither is known of one that does not run, or that nobody has looked at for a
 * while; how long, not of one that stands still, or some of whose people wait for their hours. */
static void put_speed(json_t *out, const struct campaign *c, int64_t now_ms)
{
    int64_t ago_ms = now_ms - c->rate_ms;
    bool known =
        c->status == CAMPAIGN_RUNNING && c->rate_ms && ago_ms < RATE_MS && ago_ms > -RATE_MS;
    double rate = (double)c->rate_milli / 1000;
    json_put(out, "rate_per_s", known ? json_real(rate) : json_null());
    if (known && c->rate_milli && !c->opens_ms)
        json_put_count(out, "left_s", (uint64_t)ceil((double)campaign_waiting(c) / rate));
    else
        json_put(out, "left_s", json_null());
}

/* That it will wait for a look, or for its rule. */
static json_t *waits_json(const struct campaign *c)
{
    if (c->canary == 0 || c->eta_few_ms == 0) return json_null();
    json_t *o = json_object();
    json_put_time(o, "at", c->eta_few_ms);
    json_put_count(o, "after", c->canary);
    json_put_text(o, "for", c->canary_then);
    return o;
}

static json_t *money_ends_json(const struct campaign *c)
{
    if (c->eta_money_ms == 0 || c->purse_of.n == 0) return json_null();
    json_t *o = json_object();
    json_put_time(o, "at", c->eta_money_ms);
    json_put_count(o, "after", c->eta_money_people);
    json_put_text(o, "budget", c->purse_of);
    return o;
}

/* What the leader foretells; null of one that is neither running nor waiting for its time. */
static json_t *forecast_json(const struct campaign *c, int64_t now_ms)
{
    bool ahead = c->status == CAMPAIGN_RUNNING || c->status == CAMPAIGN_SCHEDULED;
    int64_t ago_ms = now_ms - c->eta_seen_ms;
    if (!ahead || !c->eta_seen_ms || ago_ms > FORECAST_MS || ago_ms < -FORECAST_MS)
        return json_null();
    json_t *o = json_object();
    json_put_time(o, "early", c->eta_early_ms);
    json_put_time(o, "at", c->eta_ms);
    json_put_time(o, "late", c->eta_late_ms);
    json_put(o, "in_danger",
             json_boolean(c->deadline_ms && (!c->eta_ms || c->eta_ms > c->deadline_ms)));
    json_put(o, "waits", waits_json(c));
    json_put(o, "money_ends", money_ends_json(c));
    return o;
}

/* Of one that people pace. */
static json_t *pace_json(const struct campaign *c)
{
    char text[128];
    bool slow = c->status == CAMPAIGN_RUNNING && c->answers_slow;
    if (c->answer_ms == 0) return json_null();
    json_t *o = json_object();
    (void)snprintf(text, sizeof text, "slowed: %llu %s for an answer, %llu %s here",
                   (unsigned long long)c->answers_waiting,
                   c->answers_waiting == 1 ? "person waits" : "people wait",
                   (unsigned long long)c->answers_there,
                   c->answers_there == 1 ? "member is" : "members are");
    json_put_count(o, "answer_within_minutes", (uint64_t)c->answer_ms / 60000);
    json_put_count(o, "waiting", c->answers_waiting);
    json_put_count(o, "there", c->answers_there);
    json_put(o, "slowed", json_boolean(slow));
    json_put(o, "text", slow ? json_string(text) : json_null());
    return o;
}

/* Of one that a second person has to agree to. given: to what it is now. */
static json_t *approval_json(const struct campaign *c)
{
    bool given = c->approved.n && slice_eq(c->approved, c->digest);
    if (c->approval_why.n == 0) return json_null();
    json_t *o = json_object();
    json_put_text(o, "why", c->approval_why);
    json_put(o, "given", json_boolean(given));
    json_put_text(o, "digest", c->digest);
    json_put_text(o, "author", c->author);
    json_put_time(o, "proposed_at", c->proposed_ms);
    json_put(o, "approved_by", given ? json_text(c->approved_by) : json_null());
    json_put_time(o, "approved_at", given ? c->approved_ms : 0);
    return o;
}

/* Of one that begins with a few. full_at: all of them have it, and the rule decides. */
static json_t *canary_json(const struct campaign *c)
{
    if (c->canary == 0) return json_null();
    json_t *o = json_object();
    json_put_count(o, "people", c->canary);
    json_put_text(o, "then", c->canary_then);
    json_put_time(o, "full_at", c->canary_full_ms);
    return o;
}

static void put_bound(json_t *o, const char *key, uint64_t own)
{
    json_put(o, key, own ? json_integer((json_int_t)own) : json_null());
}

static void add_bound(struct buf *out, const char *before, uint64_t n, const char *after)
{
    if (n == 0) return;
    buf_addf(out, "%s%s%llu%s", out->n ? ", " : "", before, (unsigned long long)n, after);
}

/* "when 8 of 100 did not arrive, not before 20 receipts are there"; null of one that has none of its own. */
static json_t *bounds_text(const struct campaign *c)
{
    struct buf out = BUF_INIT(BOUNDS_BYTES_MAX);
    bool once = c->pause_account_refusals == 1;
    add_bound(&out, "when ", c->pause_failed_percent, " of 100 did not arrive");
    add_bound(&out, "when ", c->pause_filtered_percent, " of 100 were taken for spam");
    add_bound(&out, "not before ", c->pause_of_receipts, " receipts are there");
    add_bound(&out, "after ", c->pause_account_refusals,
              once ? " refusal of the whole account" : " refusals of the whole account");
    json_t *text = out.n ? json_text(buf_slice(&out)) : json_null();
    buf_done(&out);
    return text;
}

/* Its own bounds; null: as the organisation says. */
static json_t *bounds_json(const struct campaign *c)
{
    json_t *o = json_object();
    json_put(o, "text", bounds_text(c));
    put_bound(o, "account_refusals", c->pause_account_refusals);
    put_bound(o, "failed_percent", c->pause_failed_percent);
    put_bound(o, "filtered_percent", c->pause_filtered_percent);
    put_bound(o, "of_receipts", c->pause_of_receipts);
    return o;
}

/* Whose it is, to whom it goes, and by which way. */
static void put_who(json_t *out, const struct campaign *c)
{
    json_put_text(out, "group", c->group);
    json_put_text(out, "gateway", c->gateway);
    json_put(out, "lane", json_string(lane_to_string(c->lane)));
    json_put_text(out, "audience", c->audience_name);
    json_put_count(out, "audience_id", c->audience);
    json_put_count(out, "blocks", c->blocks);
    json_put_text(out, "launched_by", c->launched_by);
    json_put_text(out, "written_by", c->written_by);
    json_put_text(out, "schedule", c->schedule);
    json_put_text(out, "helper", c->helper);
    json_put(out, "loan", c->loan ? json_integer(c->loan) : json_null());
}

/* Where it stands, and why. */
static void put_status(json_t *out, const struct campaign *c, int64_t now_ms)
{
    bool running = c->status == CAMPAIGN_RUNNING;
    json_put_text(out, "status", slice_of(campaign_status_to_string(c->status)));
    json_put_text(out, "status_by", c->status_by);
    json_put_text(out, "status_why", c->status_why);
    json_put(out, "paused_by_all", json_boolean(c->paused_all.n > 0));
    /* People who waited for allowed hours when it was stopped wait no more. */
    json_put_time(out, "opens", running ? c->opens_ms : 0);
    json_put(out, "waits_for_provider", json_boolean(waits_for_provider(c, now_ms)));
    json_put_time(out, "blocked_at", c->status == CAMPAIGN_BLOCKED ? c->blocked_ms : 0);
    json_put_text(out, "brake_warning", running ? c->brake_warning : SLICE_NONE);
}

static void put_times(json_t *out, const struct campaign *c)
{
    json_put_time(out, "launched_at", c->launched_ms);
    json_put_time(out, "started_at", c->running_ms);
    json_put_time(out, "done_at", c->done_ms);
    json_put_time(out, "start", c->start_ms);
    json_put_time(out, "deadline", c->deadline_ms);
    json_put(out, "hours", c->hours.n ? json_text(c->hours) : json_string("any"));
    json_put_time(out, "unknown_since", c->unknown_since_ms);
    json_put_time(out, "details_until", c->trimmed_ms);
}

json_t *view_campaign(const struct campaign *c, int64_t now_ms)
{
    json_t *out = json_object();
    json_put_count(out, "id", c->id);
    json_put_text(out, "name", c->name);
    put_status(out, c, now_ms);
    put_who(out, c);
    put_times(out, c);
    put_counts(out, c);
    put_speed(out, c, now_ms);
    json_put(out, "forecast", forecast_json(c, now_ms));
    json_put_count(out, "replies", c->replies);
    json_put_count(out, "stops", c->stops);
    json_put_count(out, "held", c->held);
    json_put_count(out, "can_again", c->can_again);
    json_put(out, "cap_why", c->cap.n ? json_text(c->cap_why) : json_null());
    json_put(out, "answer_within_minutes",
             c->within_ms ? json_integer(c->within_ms / 60000) : json_null());
    json_put(out, "pace", pace_json(c));
    json_put(out, "approval", approval_json(c));
    json_put(out, "canary", canary_json(c));
    json_put_text(out, "brake_off", c->brake_off);
    json_put(out, "pause_when", bounds_json(c));
    json_put(out, "money", view_money(c));
    return out;
}
