/* A list from what came of a campaign. */
#include "web/api/api.h"

#include <stdio.h>

#include "flow/list_outcome.h"
#include "store/list_note.h"
#include "web/own.h"

enum { STATES_MAX = STATE_COUNT, TAGS_MAX = 16, TAG_BYTES_MAX = 32 };

/* What a request waits with. */
struct asked {
    struct list_outcome_config job;
    char id[LIST_NOTE_ID_BYTES];
    char name[AUDIENCE_NAME_BYTES_MAX + 1];
    char tags[TAGS_MAX * (TAG_BYTES_MAX + 1) + 1];
    struct campaign *campaign;
    struct audience_info *base; /* the list that is changed */
    char group[GROUP_BYTES_MAX + 1];
    const char *one_group[1]; /* the campaign's, which the list is to be of */
    struct group_set groups;
};

static void asked_done(void *state)
{
    struct asked *a = state;
    campaign_free(a->campaign);
    audience_info_free(a->base);
}

/* ---- the body; false: c has its response ---- */

static bool read_states(struct web_call *c, uint32_t *ret)
{
    const json_t *list = body_list(&c->body, "states", STATES_MAX, BODY_OPTIONAL), *one;
    size_t i;
    json_array_foreach(list, i, one)
    {
        enum state state;
        if (!state_from_string(json_slice(one), &state)) {
            web_refuse_key(c, "states",
                           "'states' is a list of pending, accepted, sent, delivered, "
                           "read, undelivered, refused, skipped, expired, cancelled, "
                           "unknown");
            return false;
        }
        *ret |= 1U << state;
    }
    return true;
}

static bool read_tags(struct web_call *c, char *out, size_t room)
{
    const json_t *list = body_list(&c->body, "tags", TAGS_MAX, BODY_OPTIONAL), *one;
    size_t i, n = 0;
    json_array_foreach(list, i, one)
    {
        struct slice tag = json_slice(one);
        if (tag.n == 0 || tag.n > TAG_BYTES_MAX || slice_find(tag, ',') >= 0 || !is_one_line(tag)) {
            web_refuse_key(c, "tags", "'tags' is a list of tags, each 1 to %d of a-z 0-9 _ -",
                           TAG_BYTES_MAX);
            return false;
        }
        n += (size_t)snprintf(out + n, room - n, "%s%.*s", n ? "," : "", SLICE_ARG(tag));
    }
    return true;
}

static bool read_replied(struct web_call *c, enum list_outcome_replied *ret)
{
    const json_t *value = json_object_get(c->body.root, "replied");
    if (!value || json_is_null(value) || json_is_boolean(value)) {
        if (json_is_boolean(value)) *ret = json_is_true(value) ? REPLIED_YES : REPLIED_NO;
        return true;
    }
    web_refuse_key(c, "replied", "'replied' is true, false, or not there");
    return false;
}

/* ---- the job ---- */

static int64_t job_now(void *web)
{
    return web_now(web);
}

static void on_ended(void *arg)
{
    struct web *w = arg;
    w->uploads--;
}

static void on_noted(void *arg, int result, const struct err *e)
{
    struct web_call *c = arg;
    const struct asked *a = c->state;
    if (!web_ok(c, result, e)) return;
    web_act(c, a->campaign->group, "a list from campaign %u", a->campaign->id);
    web_answer(c, 202, json_pack("{s:s}", "id", a->id));
}

static json_t *about(const struct web_call *c, const struct asked *a)
{
    json_t *o = json_pack("{s:s,s:s,s:o,s:o,s:s,s:s}", "kind", "outcome", "name", a->name, "group",
                          json_text(a->campaign->group), "by", json_text(slice_of(c->member->name)),
                          "country", "", "change", audience_change_text(a->job.change));
    json_put_time(o, "began_at", c->now_ms);
    return o;
}

static void begin(struct web_call *c, struct asked *a)
{
    if (c->web->uploads >= WEB_UPLOADS_MAX) {
        http_request_set_header(c->q, "Retry-After", "30");
        web_error(c, 503, "busy", "Other lists are being made just now: try again in a minute.");
        return;
    }
    list_note_new_id(a->id);
    c->web->uploads++;
    a->job.store = c->config->store;
    a->job.campaign = a->campaign;
    a->job.name = a->name;
    a->job.base = a->base;
    a->job.tags = a->tags;
    a->job.id = a->id;
    a->job.about = about(c, a);
    a->job.now_ms = job_now;
    a->job.ended = on_ended;
    a->job.arg = c->web;
    list_outcome_begin(&a->job, on_noted, c);
}

static void on_name(void *arg, int result, const struct audience_info *info, const struct err *e)
{
    struct web_call *c = arg;
    struct asked *a = c->state;
    bool changes = a->job.change != AUDIENCE_NEW;
    if (changes && result == 0) {
        a->base = audience_info_dup(info);
        begin(c, a);
    } else if (!changes && result == 0)
        web_error(c, 409, "exists", "There is a list '%s' already: take another name.", a->name);
    else if (!changes && result == ERR_NOT_FOUND)
        begin(c, a);
    else
        web_failed(c, result, e);
}

static void on_campaign(void *arg, int result, const struct campaign *campaign, const struct err *e)
{
    struct web_call *c = arg;
    struct asked *a = c->state;
    if (!own_campaign(c, result, campaign, e)) return;
    if (campaign->trimmed_ms) {
        web_error(c, 409, "conflict",
                  "who stood where in campaign %u is not kept any more (`keep.campaigns_days` in "
                  "muster.yaml)",
                  campaign->id);
        return;
    }
    a->campaign = campaign_dup(campaign);
    (void)snprintf(a->group, sizeof a->group, "%.*s", SLICE_ARG(campaign->group));
    a->one_group[0] = a->group;
    a->groups = (struct group_set){.names = a->one_group, .count = 1};
    audience_find(c->config->store, &a->groups, slice_of(a->name), on_name, c);
}

static void post_from_campaign(struct web_call *c)
{
    struct asked *a = web_call_state(c, sizeof *a, asked_done);
    uint64_t campaign = body_uint(&c->body, "campaign", UINT32_MAX, BODY_NEEDED);
    struct slice name = body_text(&c->body, "name", AUDIENCE_NAME_BYTES_MAX, BODY_NEEDED);
    struct slice change = body_text(&c->body, "change", TAG_BYTES_MAX, BODY_OPTIONAL);
    struct err e;
    if (change.n && !audience_change_asked(change, &a->job.change)) {
        web_refuse_key(c, "change", "'change' is one of add, merge, replace, remove");
        return;
    }
    if (!web_body_ok(c) || !read_states(c, &a->job.states) ||
        !read_tags(c, a->tags, sizeof a->tags) || !read_replied(c, &a->job.replied) ||
        !web_body_ok(c))
        return;
    (void)snprintf(a->name, sizeof a->name, "%.*s", SLICE_ARG(name));
    if (audience_name_ok(name, &e) < 0)
        web_refuse_key(c, "name", "%s", e.text);
    else if (campaign == 0)
        web_refuse_key(c, "campaign", "it is the id of a campaign, from 1");
    else
        campaign_load(c->config->store, (uint32_t)campaign, on_campaign, c);
}

static const struct route rows[] = {
    {"POST", "/api/v1/audiences/from-campaign", MAY_MAKE_AUDIENCES,
     NEEDS_STORE | IN_GROUP | ONCE | AUDITED,
     KEYS("campaign", "name", "states", "tags", "replied", "change"), post_from_campaign},
};

const struct routes outcome_routes = {rows, COUNT_OF(rows)};
