/* /campaigns/{id}/approve: a second person sees what would go out, and says yes, or sends it back. */
#include "web/organiser/organiser.h"

#include <stdio.h>

#include "web/organiser/campaign_words.h"
#include "web/organiser/would_happen.h"
#include "web/page.h"
#include "web/page_words.h"

enum { PATH_BYTES = 64 };

static void answer(struct web_call *c)
{
    json_t *data = c->asked;
    bool wrong = *json_string_value(json_object_get(data, "problem"));
    c->asked = NULL;
    page_answer(c, PAGE_CAMPAIGN_APPROVE, wrong ? 409 : 200, data);
}

static void on_preview(struct web_call *c, int status, const json_t *body)
{
    words_put_people(c->asked, status == 200 ? json_object_get(body, "people") : NULL);
    answer(c);
}

static json_t *preview_of(const json_t *campaign, const json_t *message)
{
    char audience[16];
    (void)snprintf(audience, sizeof audience, "%lld",
                   (long long)json_integer_value(json_object_get(campaign, "audience_id")));
    return json_pack("{s:s,s:O,s:O,s:i}", "audience", audience, "gateway",
                     json_object_get(campaign, "gateway"), "message", message, "seed", 1);
}

/* Of one that has begun: the second person reads "300 people", and part of them have what it said before. */
static void put_texted(json_t *data, const json_t *campaign)
{
    static const char *const untouched[] = {"pending", "skipped", "expired", "cancelled"};
    const json_t *counts = json_object_get(campaign, "counts");
    json_int_t n = json_integer_value(json_object_get(campaign, "total"));
    for (size_t i = 0; i < COUNT_OF(untouched); i++)
        n -= json_integer_value(json_object_get(counts, untouched[i]));
    json_t *texted = json_integer(n);
    if (n > 0) json_put(data, "texted_already", words_people(texted));
    json_decref(texted);
}

static void on_proposal(struct web_call *c, int status, const json_t *body)
{
    const json_t *campaign = json_object_get(body, "campaign");
    bool waits = slice_is(json_slice(json_object_get(campaign, "status")), "proposed"),
         yours = json_is_true(json_object_get(body, "yours")),
         may = access_may_somewhere(c->member, MAY_APPROVE_CAMPAIGNS);
    if (status != 200) {
        web_pass_on(c, status, body);
        return;
    }
    campaign_put_words(c, c->asked, campaign);
    json_put(c->asked, "title", json_incref(json_object_get(campaign, "name")));
    json_t *why = json_object_get(json_object_get(campaign, "approval"), "why");
    json_put(c->asked, "why", why ? json_incref(why) : json_null());
    put_texted(c->asked, campaign);
    would_happen_put(c, c->asked, json_object_get(body, "report"));
    json_put(c->asked, "digest", json_incref(json_object_get(body, "digest")));
    json_put(c->asked, "waits", json_boolean(waits));
    json_put(c->asked, "yours", json_boolean(waits && yours));
    json_put(c->asked, "may_approve", json_boolean(waits && may && !yours));
    web_ask(c, on_preview, preview_of(campaign, json_object_get(body, "message")), "POST",
            "/api/v1/campaigns/preview");
}

static void show(struct web_call *c, const char *problem)
{
    json_decref(c->asked);
    c->asked = page_data(c, "Approve", problem);
    json_put(c->asked, "typed_why", json_text(web_field(c, "why")));
    web_ask(c, on_proposal, NULL, "GET", "/api/v1/campaigns/%u/proposal", c->id);
}

static void get_approve(struct web_call *c)
{
    show(c, "");
}

/* ---- the two buttons ---- */

static void on_decided(struct web_call *c, int status, const json_t *body)
{
    char path[PATH_BYTES], problem[256];
    (void)snprintf(path, sizeof path, "/campaigns/%u", c->id);
    (void)snprintf(problem, sizeof problem, "%s", page_detail(body));
    if (status == 200)
        web_answer_redirect(c, path);
    else if (status == 404)
        web_pass_on(c, status, body);
    else
        show(c, problem);
}

static void post_approve(struct web_call *c)
{
    web_ask(c, on_decided, json_pack("{s:o}", "digest", json_text(web_field(c, "digest"))), "POST",
            "/api/v1/campaigns/%u/approve", c->id);
}

static void post_send_back(struct web_call *c)
{
    web_ask(c, on_decided, json_pack("{s:o}", "why", json_text(web_typed(c, "why"))), "POST",
            "/api/v1/campaigns/%u/send-back", c->id);
}

enum { READS = NEEDS_STORE | IN_GROUP | PAGE | WITH_ID, ACTS = READS | FORM | AUDITED };

static const struct route rows[] = {
    {"GET", "/campaigns/{id}/approve", MAY_READ_CAMPAIGNS, READS, NULL, get_approve},
    {"POST", "/campaigns/{id}/approve", MAY_APPROVE_CAMPAIGNS, ACTS, NULL, post_approve},
    {"POST", "/campaigns/{id}/send-back", MAY_APPROVE_CAMPAIGNS, ACTS, NULL, post_send_back},
};

const struct routes campaign_approve_routes = {rows, COUNT_OF(rows)};
