#include "private.h"

#include "web/body.h"
#include "web/view/view.h"

#include "base/clock.h"
#include "core/state.h"
#include "flow/zone_book.h"
#include "web/guard.h"

#include <stdlib.h>

enum {
    LIST_LIMIT = 50,
    LIST_LIMIT_MAX = 1000,
    WHY_BYTES_MAX = 512,
    FULL_MS = 3000, /* the gate looks four times a second whether it still is */
};

int64_t campaign_api_now(const struct campaign_api *a)
{
    return a->config.now_ms ? a->config.now_ms() : clock_wall_ms();
}

/* ---- showing ---- */

static void set(json_t *object, const char *key, json_t *value)
{
    check(value && json_object_set_new(object, key, value) == 0);
}

static void set_text(json_t *object, const char *key, struct slice text)
{
    set(object, key, text.n ? view_text(text) : json_null());
}

static void set_time(json_t *object, const char *key, int64_t wall_ms)
{
    char text[CLOCK_ISO_BYTES];
    clock_iso(wall_ms, text);
    set(object, key, wall_ms ? json_string(text) : json_null());
}

static void set_count(json_t *object, const char *key, uint64_t n)
{
    set(object, key, json_integer((json_int_t)n));
}

static void set_counts(json_t *out, const struct campaign *c)
{
    uint64_t n[STATE_COUNT];
    json_t *counts = json_object();
    set_count(out, "total", campaign_shown_counts(c, n));
    for (int i = 0; i < STATE_COUNT; i++)
        set_count(counts, state_to_string((enum state)i), n[i]);
    set(out, "counts", counts);
}

static bool waits_for_provider(const struct campaign *c)
{
    int64_t ago_ms = clock_wall_ms() - c->queue_full_ms;
    return slice_is(c->status, "running") && ago_ms < FULL_MS && ago_ms > -FULL_MS;
}

json_t *campaign_status_json(const struct campaign *c)
{
    json_t *out = json_object();
    set_count(out, "id", c->id);
    set_text(out, "name", c->name);
    set_text(out, "status", c->status);
    set_text(out, "status_by", c->status_by);
    set_text(out, "status_why", c->status_why);
    set_text(out, "group", c->group);
    set_text(out, "gateway", c->gateway);
    set(out, "lane", json_string(lane_to_string(c->lane)));
    set_text(out, "audience", c->audience_name);
    set_count(out, "audience_id", c->audience);
    set_count(out, "blocks", c->blocks);
    set_counts(out, c);
    set_count(out, "replies", c->replies);
    set_count(out, "stops", c->stops);
    set_count(out, "held", c->held);
    set_text(out, "launched_by", c->launched_by);
    set_time(out, "launched_at", c->launched_ms);
    set_time(out, "started_at", c->running_ms);
    set_time(out, "done_at", c->done_ms);
    set_time(out, "start", c->start_ms);
    set_time(out, "deadline", c->deadline_ms);
    set(out, "hours", c->hours.n ? view_text(c->hours) : json_string("any"));
    /* What slept when it was stopped does not wake up. */
    set_time(out, "opens", slice_is(c->status, "running") ? c->opens_ms : 0);
    set(out, "waits_for_provider", json_boolean(waits_for_provider(c)));
    set_time(out, "unknown_since", c->unknown_since_ms);
    set_count(out, "can_again", c->can_again);
    return out;
}

void campaign_answer_status(void *request, int result, const struct campaign *c,
                            const struct err *e)
{
    struct http_request *q = request;
    if (result < 0)
        respond_failed(q, result, e);
    else
        respond_json(q, 200, campaign_status_json(c));
}

static void on_list(void *arg, int result, const struct campaign *list, size_t n,
                    const struct err *e)
{
    struct http_request *q = arg;
    if (result < 0) {
        respond_failed(q, result, e);
        return;
    }
    json_t *campaigns = json_array();
    for (size_t i = 0; i < n; i++)
        check(json_array_append_new(campaigns, campaign_status_json(&list[i])) == 0);
    respond_json(q, 200, json_pack("{s:o}", "campaigns", campaigns));
}

static void get_campaigns(void *ctx, struct http_request *q, const struct route_params *params)
{
    (void)params;
    struct campaign_api *a = ctx;
    struct slice text = http_request_param(q, "limit");
    uint64_t limit = LIST_LIMIT;
    if (!guard_organiser(a->config.auth, q, campaign_api_now(a))) return;
    if (text.n && (!slice_to_u64(text, LIST_LIMIT_MAX, &limit) || limit == 0))
        respond_error(q, 400, "invalid", "'limit' is a number from 1 to %d", LIST_LIMIT_MAX);
    else
        campaign_list(a->config.campaigns, (size_t)limit, on_list, q);
}

static bool read_id(struct http_request *q, const struct route_params *params, uint32_t *ret_id)
{
    if (route_param_id(params, "id", ret_id)) return true;
    respond_error(q, 404, "not_found",
                  "a campaign's id is a number: GET /api/v1/campaigns lists "
                  "them");
    return false;
}

static void get_campaign(void *ctx, struct http_request *q, const struct route_params *params)
{
    struct campaign_api *a = ctx;
    uint32_t id;
    if (!guard_organiser(a->config.auth, q, campaign_api_now(a)) || !read_id(q, params, &id))
        return;
    campaign_load(a->config.campaigns, id, campaign_answer_status, q);
}

/* ---- moving ---- */

struct moving {
    struct campaign_api *api;
    struct http_request *q;
    uint32_t id;
};

static void on_moved(void *arg, int result, const struct err *e)
{
    struct moving m = *(struct moving *)arg;
    free(arg);
    if (result < 0) {
        respond_failed(m.q, result, e);
        return;
    }
    if (m.api->config.nudge) m.api->config.nudge(m.api->config.nudge_arg);
    campaign_load(m.api->config.campaigns, m.id, campaign_answer_status, m.q);
}

static void move(struct campaign_api *a, struct http_request *q, const struct route_params *params,
                 enum campaign_move how)
{
    static const char *const keys[] = {"why", NULL};
    struct body b;
    uint32_t id;
    int64_t now_ms = campaign_api_now(a);
    const struct person *person = guard_organiser(a->config.auth, q, now_ms);
    if (!person || !read_id(q, params, &id) || !body_open(&b, q, keys)) return;
    struct slice why = body_text(&b, "why", WHY_BYTES_MAX, BODY_OPTIONAL);
    if (body_ok(&b, q)) {
        struct moving *m = xmalloc(sizeof *m);
        *m = (struct moving){a, q, id};
        campaign_move(a->config.campaigns, id, how, now_ms, slice_of(person->name), why, on_moved,
                      m);
    }
    body_close(&b);
}

static void post_pause(void *ctx, struct http_request *q, const struct route_params *params)
{
    move(ctx, q, params, MOVE_PAUSE);
}

static void post_resume(void *ctx, struct http_request *q, const struct route_params *params)
{
    move(ctx, q, params, MOVE_RESUME);
}

static void post_cancel(void *ctx, struct http_request *q, const struct route_params *params)
{
    move(ctx, q, params, MOVE_CANCEL);
}

struct campaign_api *campaign_api_new(const struct campaign_api_config *config, struct router *r)
{
    struct campaign_api *a = xcalloc(1, sizeof *a);
    a->config = *config;
    a->zones = zone_book_new();
    campaign_launch_routes(a, r);
    router_add(r, "GET", "/api/v1/campaigns", get_campaigns, a);
    router_add(r, "GET", "/api/v1/campaigns/{id}", get_campaign, a);
    router_add(r, "POST", "/api/v1/campaigns/{id}/pause", post_pause, a);
    router_add(r, "POST", "/api/v1/campaigns/{id}/resume", post_resume, a);
    router_add(r, "POST", "/api/v1/campaigns/{id}/cancel", post_cancel, a);
    campaign_people_routes(a, r);
    campaign_resolve_routes(a, r);
    campaign_audit_routes(a, r);
    return a;
}

void campaign_api_free(struct campaign_api *a)
{
    if (!a) return;
    zone_book_free(a->zones);
    free(a);
}
