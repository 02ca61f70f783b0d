#include "web/organiser/pause.h"

#include "web/organiser/campaign_words.h"
#include "web/organiser/organiser.h"

void pause_put(const struct web_call *c, json_t *data, const json_t *campaigns, const char *from)
{
    size_t i;
    const json_t *one;
    bool may = access_may_somewhere(c->member, MAY_RUN_CAMPAIGNS), can_pause = false,
         can_resume = false;
    json_t *unsaid = json_array();
    json_array_foreach(campaigns, i, one)
    {
        can_pause |= campaign_can_pause(one);
        can_resume |= json_is_true(json_object_get(one, "paused_by_all"));
        if (campaign_owes_a_reason(c, one))
            json_list_add(unsaid, json_incref(json_object_get(one, "id")));
    }
    json_put(data, "can_pause", json_boolean(may && can_pause));
    json_put(data, "can_resume", json_boolean(may && can_resume));
    json_put(data, "owes", json_boolean(json_array_size(unsaid) > 0));
    json_put(data, "unsaid", unsaid);
    json_put(data, "from", json_string(from));
}

/* ---- the buttons ---- */

/* To the page where it was pressed. */
static void back(struct web_call *c, int status, const json_t *body)
{
    if (status == 200 || status == 404)
        web_answer_redirect(c, slice_is(web_field(c, "from"), "day") ? "/day" : "/campaigns");
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
    web_ask(c, back,
            json_pack("{s:o,s:o}", "campaigns", ids, "why", json_text(web_typed(c, "why"))), "POST",
            "/api/v1/campaigns/why");
}

enum { ACTS = NEEDS_STORE | IN_GROUP | PAGE | FORM | AUDITED };

static const struct route rows[] = {
    {"POST", "/campaigns/pause-all", MAY_RUN_CAMPAIGNS, ACTS, NULL, post_pause_all},
    {"POST", "/campaigns/resume-all", MAY_RUN_CAMPAIGNS, ACTS, NULL, post_resume_all},
    {"POST", "/campaigns/why", MAY_RUN_CAMPAIGNS, ACTS, NULL, post_why},
};

const struct routes pause_page_routes = {rows, COUNT_OF(rows)};
