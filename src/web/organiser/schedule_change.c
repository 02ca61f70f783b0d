/* /schedules/{id}/change: all that a schedule is, as a form: when, to whom, what. The check says what would happen as of now; one tap
 * more changes it. What no field is for stays as it is. */
#include "web/organiser/organiser.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/json.h"
#include "flow/campaign_keys.h"
#include "flow/plan.h"
#include "web/organiser/campaign_form.h"
#include "web/organiser/campaign_typed.h"
#include "web/organiser/campaign_message.h"
#include "web/organiser/campaign_refill.h"
#include "web/organiser/campaign_words.h"
#include "web/organiser/list_options.h"
#include "web/organiser/schedule_when.h"
#include "web/organiser/try_text.h"
#include "web/organiser/would_happen.h"
#include "web/page.h"
#include "web/page_words.h"

enum { PATH_BYTES = 64, CHECKED_NAME_BYTES = 160 };

/* c->asked meanwhile: {schedule, typed, data, tested}; typed: the body that changes it; data: the page; tested: {said, sent}, what came of
 * a test. */

/* ---- the form ---- */

/* One that is gone stands there all the same: it is what the schedule says. */
static void on_lists(struct web_call *c, int status, const json_t *body)
{
    json_t *data = json_incref(web_known(c, "data"));
    struct slice said = web_typed(c, "audience"),
                 group = json_slice(json_object_get(web_known(c, "schedule"), "group"));
    (void)status;
    if (!list_options_put(data, said, group, body) && said.n) {
        char *name = slice_strdup(said);
        page_option(json_object_get(data, "audiences"), name, name, said);
        free(name);
    }
    page_answer(c, PAGE_SCHEDULE_CHANGE, (int)json_integer_value(json_object_get(data, "status")),
                data);
}

/* "Use again" leaves it out, and so does campaign_refill. */
static void put_brake(json_t *data, const json_t *schedule)
{
    json_t *why = json_object_get(json_object_get(schedule, "campaign"), "brake_off");
    if (why) json_put(json_object_get(data, "typed"), "brake_off", json_incref(why));
}

static void show_form(struct web_call *c, int code, const char *problem, const json_t *wrong)
{
    char path[PATH_BYTES];
    const json_t *s = web_known(c, "schedule");
    json_t *data = page_data(c, "Change it", problem);
    campaign_form_put(c, data, wrong);
    if (!(c->route->flags & FORM)) put_brake(data, s);
    schedule_when_put(c, data, s);
    json_put(data, "status", json_integer(code));
    json_put(data, "id", json_incref(json_object_get(s, "id")));
    json_put(data, "schedule", json_incref(json_object_get(s, "name")));
    json_put(data, "zone", json_incref(json_object_get(s, "zone")));
    (void)snprintf(path, sizeof path, "/schedules/%u", c->id);
    json_put(data, "back",
             json_pack("{s:s,s:O}", "href", path, "label", json_object_get(s, "name")));
    web_know(c, "data", data);
    web_ask(c, on_lists, NULL, "GET", "/api/v1/audiences?limit=200");
}

static void show_wrong(struct web_call *c, const json_t *wrong)
{
    char *words = page_wrong_words(wrong);
    show_form(c, 422, words, wrong);
    free(words);
}

static void show_refused(struct web_call *c, int status, const json_t *problem)
{
    json_t *wrong = page_wrong(problem);
    show_form(c, status, page_detail(problem), wrong);
    json_decref(wrong);
}

/* ---- what was typed ---- */

/* Whether the form has a field for it that is filled with what it is. */
static bool is_filled(const struct campaign_key *k)
{
    static const char *const not_here[] = {"name", "start", "deadline", "of"};
    return slice_index(slice_of(k->name), not_here, COUNT_OF(not_here)) < 0 &&
           (k->where & CAMPAIGN_AGAIN || strcmp(k->name, "brake_off") == 0);
}

/* Its campaign from now on. Returns owned. */
static json_t *campaign_of(const json_t *was, const json_t *typed)
{
    json_t *o = json_deep_copy(was);
    for (size_t i = 0; i < CAMPAIGN_KEYS_COUNT; i++) {
        const char *key = campaign_keys[i].name;
        json_t *to = json_object_get(typed, key);
        if (!is_filled(&campaign_keys[i])) continue;
        (void)json_object_del(o, key);
        if (to) json_put(o, key, json_incref(to));
    }
    json_put(o, "message", json_incref(json_object_get(typed, "message")));
    if (json_object_get(typed, "confirmed"))
        json_put(o, "confirmed", json_incref(json_object_get(typed, "confirmed")));
    return o;
}

/* False: c has its response. */
static bool read_form(struct web_call *c)
{
    json_t *wrong = NULL, *typed = campaign_typed_read(c, &wrong), *body = json_object();
    const json_t *s = web_known(c, "schedule"), *was = json_object_get(s, "campaign");
    bool same_text = campaign_message_is_base(c, json_object_get(was, "message"));
    schedule_when_read(c, json_object_get(s, "plan"), body, &wrong);
    json_put(body, "name", json_incref(json_object_get(typed, "name")));
    json_put(body, "campaign", campaign_of(was, typed));
    json_decref(typed);
    web_know(c, "typed", body);
    if (wrong)
        show_wrong(c, wrong);
    else if (!same_text)
        show_form(c, 409,
                  "Somebody has changed its text meanwhile. Open the schedule again to see what it "
                  "says now; nothing was changed.",
                  NULL);
    bool ok = !wrong && same_text;
    json_decref(wrong);
    return ok;
}

/* ---- the check ---- */

static void on_preview(struct web_call *c, int status, const json_t *body)
{
    json_t *data = json_incref(web_known(c, "data"));
    words_put_people(data, status == 200 ? json_object_get(body, "people") : NULL);
    page_answer(c, PAGE_SCHEDULE_CHECK, 200, data);
}

static void on_checked(struct web_call *c, int status, const json_t *body)
{
    char path[PATH_BYTES];
    const json_t *typed = web_known(c, "typed"), *campaign = json_object_get(typed, "campaign");
    if (status != 200) {
        show_refused(c, status, body);
        return;
    }
    json_t *data = page_data(c, "Change it", "");
    (void)snprintf(path, sizeof path, "/schedules/%u/change", c->id);
    try_text_put(c, data, path, web_known(c, "tested"));
    would_happen_put(c, data, body);
    json_put(data, "id", json_integer(c->id));
    json_put(data, "name", json_incref(json_object_get(typed, "name")));
    json_put(data, "audience", json_incref(json_object_get(campaign, "audience")));
    json_put(data, "hidden", campaign_typed_hidden(c));
    schedule_when_hide(c, json_object_get(data, "hidden"));
    web_know(c, "data", data);
    web_ask(c, on_preview, campaign_typed_preview(c, campaign), "POST",
            "/api/v1/campaigns/preview");
}

/* As of now, under a name that no campaign has: its list is another one by then. */
static json_t *as_of_now(const struct web_call *c)
{
    char name[CHECKED_NAME_BYTES];
    const json_t *typed = web_known(c, "typed");
    json_t *campaign = json_deep_copy(json_object_get(typed, "campaign"));
    (void)snprintf(name, sizeof name, "%.100s, again and again",
                   json_string_value(json_object_get(typed, "name")));
    json_put(campaign, "name", json_text(slice_of(name)));
    return campaign;
}

static void check_it(struct web_call *c)
{
    web_ask(c, on_checked, as_of_now(c), "POST", "/api/v1/campaigns/check");
}

/* ---- a test of it, and the check again, which knows of it ---- */

static void on_tested(struct web_call *c, int status, const json_t *body)
{
    try_text_told(c, status, body);
    check_it(c);
}

static void test_it(struct web_call *c)
{
    json_t *campaign = as_of_now(c);
    if (!try_text(c, campaign, on_tested)) check_it(c);
    json_decref(campaign);
}

/* ---- the change ---- */

static void on_changed(struct web_call *c, int status, const json_t *body)
{
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof path, "/schedules/%u", c->id);
    if (status == 200)
        web_answer_redirect(c, path);
    else
        show_refused(c, status, body);
}

static void on_schedule(struct web_call *c, int status, const json_t *s)
{
    if (status != 200) {
        web_pass_on(c, status, s);
        return;
    }
    web_know(c, "schedule", json_deep_copy(s));
    if (!(c->route->flags & FORM)) {
        json_t *campaign = json_deep_copy(json_object_get(s, "campaign"));
        json_put(campaign, "name", json_incref(json_object_get(s, "name")));
        if (campaign_refill(c, campaign)) show_form(c, 200, "", NULL);
        json_decref(campaign);
    } else if (web_field(c, "again").n) {
        show_form(c, 200, "", NULL);
    } else if (!read_form(c)) {
        return;
    } else if (web_field(c, "confirmed").n) {
        web_ask(c, on_changed, json_incref(web_known(c, "typed")), "POST", "/api/v1/schedules/%u",
                c->id);
    } else if (try_text_asked(c)) {
        test_it(c);
    } else {
        check_it(c);
    }
}

static void look(struct web_call *c)
{
    web_ask(c, on_schedule, NULL, "GET", "/api/v1/schedules/%u", c->id);
}

enum { CHANGES = NEEDS_STORE | IN_GROUP | PAGE | WITH_ID };

static const struct route rows[] = {
    {"GET", "/schedules/{id}/change", MAY_LAUNCH_CAMPAIGNS, CHANGES, NULL, look},
    {"POST", "/schedules/{id}/change", MAY_LAUNCH_CAMPAIGNS, CHANGES | FORM | AUDITED, NULL, look},
};

const struct routes schedule_change_routes = {rows, COUNT_OF(rows)};
