/* /campaigns: all of them, those that run first, and the one big button. Whoever has stopped some and
 * has not said why is asked, each time, until they say it. */
#include "web/organiser/organiser.h"

#include "core/json.h"
#include "web/organiser/campaign_words.h"
#include "web/page.h"

enum { GROUPS = 4 };

/* Those that a second person has to look at first, then those that run, those that wait, and those that
 * are over. */
static size_t group_of(const json_t *words)
{
    if (json_is_true(json_object_get(words, "proposed"))) return 0;
    if (json_is_true(json_object_get(words, "over"))) return 3;
    const char *status = json_string_value(json_object_get(words, "status"));
    return status && (strcmp(status, "running") == 0 || strcmp(status, "preparing") == 0) ? 1 : 2;
}

static bool owes_a_reason(const struct web_call *c, const json_t *status)
{
    return strcmp(json_string_value(json_object_get(status, "status")), "paused") == 0 &&
           json_is_null(json_object_get(status, "status_why")) &&
           slice_is(json_slice(json_object_get(status, "status_by")), c->member->name);
}

static void put_lists(json_t *data, json_t *const cards[GROUPS])
{
    static const char *const titles[GROUPS] = {"Wait for approval", "Running", "Planned or stopped",
                                               "Over"};
    json_t *lists = json_array();
    for (size_t i = 0; i < GROUPS; i++)
        if (json_array_size(cards[i]))
            json_list_add(lists, json_pack("{s:s,s:o}", "title", titles[i], "cards", cards[i]));
        else
            json_decref(cards[i]);
    json_put(data, "lists", lists);
}

static void on_campaigns(struct web_call *c, int status, const json_t *body)
{
    size_t i;
    const json_t *one, *all = json_object_get(body, "campaigns");
    if (status != 200) {
        web_pass_on(c, status, body);
        return;
    }
    json_t *data = page_data(c, "Campaigns", ""), *unsaid = json_array();
    json_t *cards[GROUPS] = {json_array(), json_array(), json_array(), json_array()};
    bool can_pause = false, can_resume = false;
    json_array_foreach(all, i, one)
    {
        json_t *words = json_object();
        campaign_put_words(c, words, one);
        can_pause |= json_is_true(json_object_get(words, "can_pause"));
        can_resume |= json_is_true(json_object_get(one, "paused_by_all"));
        if (owes_a_reason(c, one)) json_list_add(unsaid, json_incref(json_object_get(one, "id")));
        json_list_add(cards[group_of(words)], words);
    }
    put_lists(data, cards);
    json_put(data, "can_pause", json_boolean(can_pause));
    json_put(data, "can_resume", json_boolean(can_resume));
    json_put(data, "can_launch",
             json_boolean(access_may_somewhere(c->member, MAY_LAUNCH_CAMPAIGNS)));
    json_put(data, "none", json_boolean(json_array_size(all) == 0));
    json_put(data, "owes", json_boolean(json_array_size(unsaid) > 0));
    json_put(data, "unsaid", unsaid);
    json_put(data, "wide", json_true());
    page_answer(c, PAGE_CAMPAIGNS, 200, data);
}

static void get_campaigns(struct web_call *c)
{
    web_ask(c, on_campaigns, NULL, "GET", "/api/v1/campaigns");
}

/* ---- the buttons ---- */

static void back(struct web_call *c, int status, const json_t *body)
{
    if (status == 200 || status == 404)
        web_answer_redirect(c, "/campaigns");
    else
        web_pass_on(c, status, body);
}

static void post_pause_all(struct web_call *c)
{
    web_ask(c, back, NULL, "POST", "/api/v1/campaigns/pause-all");
}

static void post_resume_all(struct web_call *c)
{
    web_ask(c, back, NULL, "POST", "/api/v1/campaigns/resume-all");
}

/* Several fields `campaign`, each an id. */
static void post_why(struct web_call *c)
{
    json_t *ids = json_array();
    for (size_t i = 0; i < c->form.count; i++) {
        uint64_t id;
        if (slice_is(c->form.pairs[i].name, "campaign") &&
            slice_to_u64(c->form.pairs[i].value, UINT32_MAX, &id))
            json_list_add(ids, json_integer((json_int_t)id));
    }
    web_ask(
        c, back,
        json_pack("{s:o,s:o}", "campaigns", ids, "why", json_text(slice_trim(web_field(c, "why")))),
        "POST", "/api/v1/campaigns/why");
}

enum { ACTS = NEEDS_STORE | IN_GROUP | PAGE | FORM | AUDITED };

static const struct route rows[] = {
    {"GET", "/campaigns", MAY_READ_CAMPAIGNS, NEEDS_STORE | IN_GROUP | PAGE, NULL, get_campaigns},
    {"POST", "/campaigns/pause-all", MAY_RUN_CAMPAIGNS, ACTS, NULL, post_pause_all},
    {"POST", "/campaigns/resume-all", MAY_RUN_CAMPAIGNS, ACTS, NULL, post_resume_all},
    {"POST", "/campaigns/why", MAY_RUN_CAMPAIGNS, ACTS, NULL, post_why},
};

const struct routes campaign_list_routes = {rows, COUNT_OF(rows)};
