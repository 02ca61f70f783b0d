#include "web/api/api.h"

#include "store/campaign.h"
#include "web/own.h"
#include "web/view/view.h"

enum { LIST_LIMIT = 50, LIST_LIMIT_MAX = 1000, WHY_BYTES_MAX = 512 };

static json_t *list_item(const struct web_call *c, const void *list, size_t i)
{
    return view_campaign(&((const struct campaign *)list)[i], c->now_ms);
}

static void on_list(void *arg, int result, const struct campaign *list, size_t n, struct slice next,
                    const struct err *e)
{
    if (web_ok(arg, result, e))
        web_answer_list(arg, "campaigns", list, n, list_item,
                        next.n ? json_text(next) : json_null());
}

static void get_campaigns(struct web_call *c)
{
    struct slice text = web_query(c, "limit");
    uint64_t limit = LIST_LIMIT;
    if (text.n && (!slice_to_u64(text, LIST_LIMIT_MAX, &limit) || limit == 0))
        web_error(c, 400, "invalid", "'limit' is a number from 1 to %d", LIST_LIMIT_MAX);
    else
        campaign_list(c->config->store,
                      &(struct campaign_query){.groups = own_groups(c),
                                               .limit = (size_t)limit,
                                               .before = web_query(c, "cursor")},
                      on_list, c);
}

static void on_status(void *arg, int result, const struct campaign *campaign, const struct err *e)
{
    struct web_call *c = arg;
    if (own_or_lent_campaign(c, result, campaign, e)) api_answer_campaign(c, campaign);
}

static void get_campaign(struct web_call *c)
{
    campaign_load(c->config->store, c->id, on_status, c);
}

/* ---- when people wrote back ---- */

static void on_minutes(void *arg, int result, const struct campaign_minutes *m, const struct err *e)
{
    struct web_call *c = arg;
    if (!web_ok(c, result, e)) return;
    json_t *replies = json_array(), *stops = json_array(), *out = json_object();
    for (size_t i = 0; i < m->bars; i++) {
        json_list_add(replies, json_integer((json_int_t)m->replies[i]));
        json_list_add(stops, json_integer((json_int_t)m->stops[i]));
    }
    json_put_time(out, "from", m->from_ms);
    json_put_count(out, "step_minutes", m->step);
    json_put(out, "replies", replies);
    json_put(out, "stops", stops);
    web_answer(c, 200, out);
}

static void on_whose_minutes(void *arg, int result, const struct campaign *campaign,
                             const struct err *e)
{
    struct web_call *c = arg;
    if (own_or_lent_campaign(c, result, campaign, e))
        campaign_minutes(c->config->store, c->id, on_minutes, c);
}

static void get_minutes(struct web_call *c)
{
    campaign_load(c->config->store, c->id, on_whose_minutes, c);
}

/* ---- moving ---- */

static void on_moved(void *arg, int result, const struct err *e)
{
    struct web_call *c = arg;
    if (!web_ok(c, result, e)) return;
    if (c->config->nudge) c->config->nudge(c->config->nudge_arg);
    campaign_load(c->config->store, c->id, on_status, c);
}

struct moving {
    enum campaign_move how;
    struct slice why; /* of the body */
};

static void on_to_move(void *arg, int result, const struct campaign *campaign, const struct err *e)
{
    struct web_call *c = arg;
    const struct moving *m = c->state;
    if (own_or_lent_campaign(c, result, campaign, e))
        campaign_move(c->config->store, c->id, m->how, c->now_ms, web_by(c), m->why, on_moved, c);
}

static void move(struct web_call *c, enum campaign_move how)
{
    struct moving *m = web_call_state(c, sizeof *m, NULL);
    m->how = how;
    m->why = body_text(&c->body, "why", WHY_BYTES_MAX, BODY_OPTIONAL);
    if (web_body_ok(c)) campaign_load(c->config->store, c->id, on_to_move, c);
}

static void post_pause(struct web_call *c)
{
    move(c, MOVE_PAUSE);
}

static void post_resume(struct web_call *c)
{
    move(c, MOVE_RESUME);
}

static void post_cancel(struct web_call *c)
{
    move(c, MOVE_CANCEL);
}

enum { READS = NEEDS_STORE | IN_GROUP, RUNS = NEEDS_STORE | IN_GROUP | WITH_ID | AUDITED };

static const struct route rows[] = {
    {"GET", "/api/v1/campaigns", MAY_READ_CAMPAIGNS, READS, NULL, get_campaigns},
    {"GET", "/api/v1/campaigns/{id}", MAY_READ_CAMPAIGNS, READS | WITH_ID, NULL, get_campaign},
    {"GET", "/api/v1/campaigns/{id}/minutes", MAY_READ_CAMPAIGNS, READS | WITH_ID, NULL,
     get_minutes},
    {"POST", "/api/v1/campaigns/{id}/pause", MAY_RUN_CAMPAIGNS, RUNS, KEYS("why"), post_pause},
    {"POST", "/api/v1/campaigns/{id}/resume", MAY_RUN_CAMPAIGNS, RUNS, KEYS("why"), post_resume},
    {"POST", "/api/v1/campaigns/{id}/cancel", MAY_RUN_CAMPAIGNS, RUNS, KEYS("why"), post_cancel},
};

const struct routes campaign_routes = {rows, COUNT_OF(rows)};
