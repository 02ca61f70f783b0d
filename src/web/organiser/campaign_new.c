/* /campaigns/new: an empty form, or one that is filled with an earlier campaign ("Use again")
 * or to a list. */
#include "web/organiser/organiser.h"

#include <stdio.h>

#include "web/organiser/campaign_form.h"
#include "web/organiser/campaign_refill.h"

enum { NAME_KEPT_BYTES_MAX = 100 };

/* "Thursday" that was used is "Thursday 2". */
static json_t *free_name(struct slice was, const json_t *campaigns)
{
    char name[CAMPAIGN_NAME_BYTES_MAX + 1];
    for (unsigned n = 2;; n++) {
        size_t i;
        const json_t *one;
        bool used = false;
        int room = was.n < NAME_KEPT_BYTES_MAX ? (int)was.n : NAME_KEPT_BYTES_MAX;
        (void)snprintf(name, sizeof name, "%.*s %u", room, was.p, n);
        json_array_foreach(campaigns, i, one) used |=
            slice_is(json_slice(json_object_get(one, "name")), name);
        if (!used) return json_text(slice_of(name));
    }
}

static void on_names(struct web_call *c, int status, const json_t *body)
{
    json_t *was = c->asked;
    if (status != 200) {
        web_pass_on(c, status, body);
        return;
    }
    json_put(
        was, "name",
        free_name(json_slice(json_object_get(was, "name")), json_object_get(body, "campaigns")));
    if (campaign_refill(c, was)) campaign_form_show(c, 200, "", NULL);
}

static void on_body(struct web_call *c, int status, const json_t *body)
{
    const json_t *campaign = c->asked;
    if (status != 200) {
        web_pass_on(c, status, body);
        return;
    }
    json_t *was = json_deep_copy(body);
    (void)json_object_del(was, "start");
    (void)json_object_del(was, "deadline");
    (void)json_object_del(was, "of");
    json_put(was, "audience", json_incref(json_object_get(campaign, "audience")));
    if (slice_is(web_query(c, "who"), "missed"))
        json_put(was, "of", json_incref(json_object_get(campaign, "id")));
    json_decref(c->asked);
    c->asked = was;
    web_ask(c, on_names, NULL, "GET", "/api/v1/campaigns");
}

static void on_from(struct web_call *c, int status, const json_t *body)
{
    if (status != 200) {
        web_pass_on(c, status, body);
        return;
    }
    c->asked = json_deep_copy(body);
    web_ask(c, on_body, NULL, "GET", "/api/v1/campaigns/%lld/body",
            (long long)json_integer_value(json_object_get(body, "id")));
}

static void on_list(struct web_call *c, int status, const json_t *body)
{
    if (status != 200) {
        web_pass_on(c, status, body);
        return;
    }
    char id[16];
    (void)snprintf(id, sizeof id, "%lld",
                   (long long)json_integer_value(json_object_get(body, "id")));
    json_t *is = json_pack("{s:s,s:{}}", "audience", id, "message");
    if (campaign_refill(c, is)) campaign_form_show(c, 200, "", NULL);
    json_decref(is);
}

/* ?from=7: what campaign 7 says; with who=missed, to those who did not get it. ?list=4: to list 4. */
static void get_new(struct web_call *c)
{
    uint64_t id;
    if (slice_to_u64(web_query(c, "from"), UINT32_MAX, &id))
        web_ask(c, on_from, NULL, "GET", "/api/v1/campaigns/%llu", (unsigned long long)id);
    else if (slice_to_u64(web_query(c, "list"), UINT32_MAX, &id))
        web_ask(c, on_list, NULL, "GET", "/api/v1/audiences/%llu", (unsigned long long)id);
    else
        campaign_form_show(c, 200, "", NULL);
}

static void post_new(struct web_call *c)
{
    campaign_form_show(c, 200, "", NULL);
}

enum { WRITES = NEEDS_STORE | IN_GROUP | PAGE };

static const struct route rows[] = {
    {"GET", "/campaigns/new", MAY_LAUNCH_CAMPAIGNS, WRITES, NULL, get_new},
    {"POST", "/campaigns/new", MAY_LAUNCH_CAMPAIGNS, WRITES | FORM, NULL, post_new},
};

const struct routes campaign_new_routes = {rows, COUNT_OF(rows)};
