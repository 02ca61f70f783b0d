/* The one big button: all campaigns of whoever presses it stop at once; and what it stopped goes on
 * again. Why is asked afterwards. */
#include "web/api/api.h"

#include "store/pause_all.h"
#include "web/call.h"
#include "web/day.h"
#include "web/view/view.h"

#include <stdlib.h>

enum { WHY_BYTES_MAX = 512 };

struct pressing {
    struct group_set reach;
    const char *group; /* owned; the one that was asked for */
};

static void pressing_done(void *state)
{
    free((char *)((struct pressing *)state)->group);
}

static void on_moved(void *arg, int result, const uint32_t *ids, size_t n, uint64_t press,
                     const struct err *e)
{
    struct web_call *c = arg;
    if (n && c->config->nudge) c->config->nudge(c->config->nudge_arg);
    day_forget(c->web->day);
    if (!web_ok(c, result, e)) return;
    web_answer(c, 200,
               json_pack("{s:I,s:o}", "press", (json_int_t)press, "campaigns", json_ids(ids, n)));
}

/* Of the group that was asked for, or of all in which they may. False: c has its response. */
static bool read_reach(struct web_call *c, struct slice group)
{
    struct pressing *p = web_call_state(c, sizeof *p, pressing_done);
    if (group.n == 0) {
        p->reach = access_groups(c->member, MAY_RUN_CAMPAIGNS);
        return true;
    }
    if (!access_may(c->member, MAY_RUN_CAMPAIGNS, group)) {
        web_error(c, 404, "not_found", "there is no group '%.*s'", SLICE_ARG(group));
        return false;
    }
    p->group = slice_strdup(group);
    p->reach = (struct group_set){.names = &p->group, .count = 1};
    return true;
}

typedef void move_fn(struct store *s, const struct pause_all_press *p, pause_all_cb *cb, void *arg);

static void move(struct web_call *c, move_fn *how)
{
    struct slice group = body_text(&c->body, "group", GROUP_BYTES_MAX, BODY_OPTIONAL);
    struct slice why = body_text(&c->body, "why", WHY_BYTES_MAX, BODY_OPTIONAL);
    if (!web_body_ok(c) || !read_reach(c, group)) return;
    const struct pressing *p = c->state;
    const struct pause_all_press press = {&p->reach, c->now_ms, web_by(c), why};
    how(c->config->store, &press, on_moved, c);
}

static void post_pause_all(struct web_call *c)
{
    move(c, campaign_pause_all);
}

static void post_resume_all(struct web_call *c)
{
    move(c, campaign_resume_all);
}

/* ---- why ---- */

static void on_said(void *arg, int result, const uint32_t *ids, size_t n, uint64_t press,
                    const struct err *e)
{
    struct web_call *c = arg;
    (void)ids, (void)press;
    day_forget(c->web->day);
    if (!web_ok(c, result, e)) return;
    if (n == 0)
        web_error(c, 404, "not_found", "there is none of these campaigns");
    else
        web_answer(c, 200, json_pack("{s:I}", "campaigns", (json_int_t)n));
}

static void post_why(struct web_call *c)
{
    uint32_t ids[CAMPAIGN_WHY_MAX];
    const json_t *list = body_list(&c->body, "campaigns", CAMPAIGN_WHY_MAX, BODY_NEEDED);
    struct slice why = body_text(&c->body, "why", WHY_BYTES_MAX, BODY_NEEDED);
    if (!web_body_ok(c)) return;
    bool ok = json_array_size(list) > 0 && slice_trim(why).n > 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_int_t id = json_integer_value(json_array_get(list, i));
        ok = ok && id > 0 && id <= UINT32_MAX;
        ids[i] = (uint32_t)id;
    }
    struct group_set reach = access_groups(c->member, MAY_RUN_CAMPAIGNS);
    const struct pause_all_press press = {&reach, c->now_ms, web_by(c), why};
    if (!ok)
        web_error(c, 400, "invalid", "'campaigns' is a list of ids, 'why' a few words");
    else
        campaign_say_why(c->config->store, &press, ids, json_array_size(list), on_said, c);
}

enum { ACTS = NEEDS_STORE | IN_GROUP | AUDITED };

static const struct route rows[] = {
    {"POST", "/api/v1/campaigns/pause-all", MAY_RUN_CAMPAIGNS, ACTS, KEYS("group", "why"),
     post_pause_all},
    {"POST", "/api/v1/campaigns/resume-all", MAY_RUN_CAMPAIGNS, ACTS, KEYS("group", "why"),
     post_resume_all},
    {"POST", "/api/v1/campaigns/why", MAY_RUN_CAMPAIGNS, ACTS, KEYS("campaigns", "why"), post_why},
};

const struct routes pause_all_routes = {rows, COUNT_OF(rows)};
