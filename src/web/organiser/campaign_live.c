/* /campaigns/{id}: where it stands, and the buttons; its people behind each figure. */
#include "web/organiser/organiser.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/json.h"
#include "web/organiser/campaign_words.h"
#include "web/local_time.h"
#include "web/organiser/minutes.h"
#include "web/organiser/texted.h"
#include "web/page.h"

enum { HREF_BYTES = 128, PROBLEM_BYTES = 256 };

/* ---- where it stands ---- */

static void put_figures(json_t *data, const json_t *status)
{
    static const struct {
        const char *label, *key;
    } figures[] = {{"people", "total"}, {"replies", "replies"}, {"opt-outs", "stops"}};
    json_t *list = json_array();
    for (size_t i = 0; i < COUNT_OF(figures); i++)
        json_list_add(list, json_pack("{s:s,s:s,s:o}", "kind", "", "label", figures[i].label, "n",
                                      words_count(json_object_get(status, figures[i].key))));
    json_put(data, "figures", list);
}

static bool says_true(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}

/* Nothing of our own holds it up: nobody waits for allowed hours, and its pace by answers does not slow it. */
static bool stands_still(const json_t *status)
{
    return json_is_number(json_object_get(status, "rate_per_s")) &&
           json_is_null(json_object_get(status, "opens")) &&
           !says_true(json_object_get(status, "pace"), "slowed");
}

/* What it costs, and whether it stands for want of money. */
static void put_money(const struct web_call *c, json_t *data, const json_t *status)
{
    const json_t *money = json_object_get(status, "money");
    if (!json_is_object(money)) return;
    json_put(data, "money", json_deep_copy(money));
    json_put(
        data, "aside",
        json_boolean(!json_equal(json_object_get(money, "spent"), json_object_get(money, "paid"))));
    json_put(
        data, "short",
        json_boolean(slice_is(json_slice(json_object_get(status, "status_by")), "system:budget")));
    json_put(data, "own_budget", json_boolean(json_is_string(json_object_get(money, "budget"))));
    json_put(data, "may_raise_month",
             json_boolean(access_may_everywhere(c->member, MAY_RUN_GROUPS)));
}

/* How the provider account does, as this campaign sees it. */
static void put_account(const struct web_call *c, json_t *data, const json_t *status)
{
    char since[LOCAL_TIME_BYTES], text[LOCAL_TIME_BYTES + 32];
    struct slice why = json_slice(json_object_get(status, "status_why"));
    local_time_show_iso(c, json_object_get(status, "blocked_at"), since);
    (void)snprintf(text, sizeof text, "takes nothing since %s%s", since, why.n ? ": " : "");
    if (*since) {
        json_put(data, "account", json_string(text));
        json_put(data, "account_why", json_text(why));
        json_put(data, "bad", json_true());
    } else if (says_true(status, "waits_for_provider")) {
        json_put(data, "account", json_string("has as much as it takes. It goes on by itself."));
        json_put(data, "busy", json_true());
    } else if (json_number_value(json_object_get(status, "rate_per_s")) > 0) {
        json_put(data, "account", json_string("works"));
    } else if (stands_still(status)) {
        json_put(data, "account", json_string("took nothing in the last seconds"));
        json_put(data, "busy", json_true());
    }
}

/* One that has not begun may begin at another time. */
static void put_start(const struct web_call *c, json_t *data, const json_t *status)
{
    char at[LOCAL_TIME_BYTES];
    local_time_field_iso(c, json_object_get(status, "start"), at);
    json_put(data, "can_start",
             json_boolean(says_true(data, "can_change") &&
                          json_is_null(json_object_get(status, "started_at"))));
    json_put(data, "start_typed", json_string(at));
    json_put(data, "zone", json_string(local_zone_name(c)));
}

/* Of one that has not begun: later it is the campaign itself that texted them. */
static void put_before(const struct web_call *c, json_t *data, const json_t *status)
{
    bool before = !says_true(data, "helps") && says_true(data, "can_cancel") &&
                  json_is_null(json_object_get(status, "started_at"));
    bool counts =
        texted_is_cheap((uint64_t)json_integer_value(json_object_get(status, "blocks"))) ||
        web_query(c, "texted").n > 0;
    json_put(data, "may_count", json_boolean(before && !counts));
    if (before && counts)
        json_put(data, "texted_of", json_incref(json_object_get(status, "audience_id")));
}

static void answer(struct web_call *c)
{
    json_t *data = c->asked;
    bool wrong = *json_string_value(json_object_get(data, "problem"));
    c->asked = NULL;
    page_answer(c, PAGE_CAMPAIGN, wrong ? 422 : 200, data);
}

static void on_texted(struct web_call *c, int status, const json_t *body)
{
    texted_put(c->asked, status, body);
    answer(c);
}

static void on_minutes(struct web_call *c, int status, const json_t *body)
{
    if (status != 200) {
        web_pass_on(c, status, body);
        return;
    }
    minutes_put(c, c->asked, body);
    const json_t *list = json_object_get(c->asked, "texted_of");
    if (list)
        web_ask(c, on_texted, NULL, "GET", "/api/v1/audiences/%lld/texted",
                (long long)json_integer_value(list));
    else
        answer(c);
}

static void show(struct web_call *c, const json_t *status, const char *problem)
{
    json_t *data = page_data(c, "Campaign", problem);
    campaign_put_words(c, data, status);
    json_put(data, "title", json_incref(json_object_get(status, "name")));
    json_put(data, "typed_name", json_text(web_field(c, "name")));
    json_put(data, "typed_why", json_text(web_field(c, "why")));
    put_figures(data, status);
    campaign_put_speed(data, status);
    campaign_put_forecast(c, data, status);
    json_put(data, "owes", json_boolean(campaign_owes_a_reason(c, status)));
    put_account(c, data, status);
    put_money(c, data, status);
    put_start(c, data, status);
    put_before(c, data, status);
    json_put(data, "may_run", json_boolean(access_may_somewhere(c->member, MAY_RUN_CAMPAIGNS)));
    json_decref(c->asked);
    c->asked = data;
    web_ask(c, on_minutes, NULL, "GET", "/api/v1/campaigns/%u/minutes", c->id);
}

static void on_status(struct web_call *c, int status, const json_t *body)
{
    if (status == 200)
        show(c, body, "");
    else
        web_pass_on(c, status, body);
}

static void get_campaign(struct web_call *c)
{
    web_ask(c, on_status, NULL, "GET", "/api/v1/campaigns/%u", c->id);
}

/* ---- the buttons ---- */

/* What has been done already (pressed twice) is seen on the page. */
static void on_moved(struct web_call *c, int status, const json_t *body)
{
    char path[HREF_BYTES];
    (void)snprintf(path, sizeof path, "/campaigns/%u", c->id);
    if (status == 200 || status == 409)
        web_answer_redirect(c, path);
    else
        web_pass_on(c, status, body);
}

static void post_pause(struct web_call *c)
{
    web_ask(c, on_moved, NULL, "POST", "/api/v1/campaigns/%u/pause", c->id);
}

static void post_resume(struct web_call *c)
{
    web_ask(c, on_moved, NULL, "POST", "/api/v1/campaigns/%u/resume", c->id);
}

/* What was wrong with the amount is said on the page. */
static void on_refused(struct web_call *c, int status, const json_t *body)
{
    if (status == 200)
        show(c, body,
             "It was not kept: an amount is such as 120 GBP, in the currency of the price.");
    else
        web_pass_on(c, status, body);
}

static void on_budget(struct web_call *c, int status, const json_t *body)
{
    if (status == 400)
        web_ask(c, on_refused, NULL, "GET", "/api/v1/campaigns/%u", c->id);
    else
        on_moved(c, status, body);
}

static void post_budget(struct web_call *c)
{
    json_t *body = json_pack("{s:o}", "budget", json_text(web_typed(c, "budget")));
    web_ask(c, on_budget, body, "POST", "/api/v1/campaigns/%u/budget", c->id);
}

/* What was wrong with the time is said on the page. */
static void on_not_started(struct web_call *c, int status, const json_t *body)
{
    if (status == 200)
        show(c, body, json_string_value(c->asked));
    else
        web_pass_on(c, status, body);
}

static void refuse_start(struct web_call *c, struct slice why)
{
    char *words = local_time_words(c, why.n ? why : SLICE_LIT("That did not work. Try again."));
    json_decref(c->asked);
    c->asked = json_text(slice_of(words));
    free(words);
    web_ask(c, on_not_started, NULL, "GET", "/api/v1/campaigns/%u", c->id);
}

static void on_start(struct web_call *c, int status, const json_t *body)
{
    if (status == 400 || status == 409 || status == 422)
        refuse_start(c, json_slice(json_object_get(body, "detail")));
    else
        on_moved(c, status, body);
}

static void post_start(struct web_call *c)
{
    struct err e;
    int64_t at_ms = 0;
    struct slice typed = web_typed(c, "start");
    if (typed.n && local_time_read(c, typed, &at_ms, &e) < 0)
        refuse_start(c, slice_of(e.text));
    else
        web_ask(c, on_start, json_pack("{s:o}", "start", typed.n ? json_time(at_ms) : json_null()),
                "POST", "/api/v1/campaigns/%u/edit", c->id);
}

static void post_why(struct web_call *c)
{
    json_t *body =
        json_pack("{s:[i],s:o}", "campaigns", (int)c->id, "why", json_text(web_typed(c, "why")));
    web_ask(c, on_moved, body, "POST", "/api/v1/campaigns/why");
}

static void on_named(struct web_call *c, int status, const json_t *body)
{
    struct slice name = json_slice(json_object_get(body, "name"));
    if (status != 200)
        web_pass_on(c, status, body);
    else if (!slice_eq(web_typed(c, "name"), name))
        show(c, body, "It was not cancelled: type the campaign's name exactly as it stands above.");
    else
        web_ask(c, on_moved, json_pack("{s:o}", "why", json_text(web_typed(c, "why"))), "POST",
                "/api/v1/campaigns/%u/cancel", c->id);
}

static void post_cancel(struct web_call *c)
{
    web_ask(c, on_named, NULL, "GET", "/api/v1/campaigns/%u", c->id);
}

/* ---- its people ---- */

static json_t *next_json(const struct web_call *c, const json_t *next)
{
    char href[HREF_BYTES];
    struct slice state = web_query(c, "state"), blocks = web_query(c, "blocks");
    if (!json_is_integer(next)) return json_null();
    (void)snprintf(href, sizeof href, "/campaigns/%u/people?state=%.*s&blocks=%.*s&cursor=%lld%s",
                   c->id, SLICE_ARG(slice_make(state.p, state.n < 16 ? state.n : 16)),
                   SLICE_ARG(slice_make(blocks.p, blocks.n < 4 ? blocks.n : 4)),
                   (long long)json_integer_value(next),
                   slice_is(web_query(c, "outcome"), "1") ? "&outcome=1" : "");
    return json_string(href);
}

static void on_people(struct web_call *c, int status, const json_t *body)
{
    if (status != 200) {
        web_pass_on(c, status, body);
        return;
    }
    json_t *data = page_data(c, "People", ""), *people = json_object_get(body, "people");
    json_put(data, "id", json_integer(c->id));
    json_put(data, "state", json_text(web_query(c, "state")));
    json_put(data, "with_outcome", json_boolean(slice_is(web_query(c, "outcome"), "1")));
    json_put(data, "people", json_incref(people));
    json_put(data, "none", json_boolean(json_array_size(people) == 0));
    json_put(data, "next", next_json(c, json_object_get(body, "next")));
    json_put(data, "wide", json_true());
    page_answer(c, PAGE_CAMPAIGN_PEOPLE, 200, data);
}

static void get_people(struct web_call *c)
{
    web_ask(c, on_people, NULL, "GET", "/api/v1/campaigns/%u/people", c->id);
}

enum {
    READS = NEEDS_STORE | IN_GROUP | PAGE | WITH_ID,
    ACTS = READS | FORM | AUDITED,
};

static const struct route rows[] = {
    {"GET", "/campaigns/{id}", MAY_READ_CAMPAIGNS, READS, NULL, get_campaign},
    {"GET", "/campaigns/{id}/people", MAY_READ_CAMPAIGNS, READS, NULL, get_people},
    {"POST", "/campaigns/{id}/pause", MAY_RUN_CAMPAIGNS, ACTS, NULL, post_pause},
    {"POST", "/campaigns/{id}/resume", MAY_RUN_CAMPAIGNS, ACTS, NULL, post_resume},
    {"POST", "/campaigns/{id}/cancel", MAY_RUN_CAMPAIGNS, ACTS, NULL, post_cancel},
    {"POST", "/campaigns/{id}/budget", MAY_RUN_CAMPAIGNS, ACTS, NULL, post_budget},
    {"POST", "/campaigns/{id}/start", MAY_LAUNCH_CAMPAIGNS, ACTS, NULL, post_start},
    {"POST", "/campaigns/{id}/why", MAY_RUN_CAMPAIGNS, ACTS, NULL, post_why},
};

const struct routes campaign_live_routes = {rows, COUNT_OF(rows)};
