/* /campaigns/{id}/change: what a campaign says, and when, for all who still wait. The form is filled with what it
 * says now; the check tells what would happen; one tap more changes it. Only what was changed in the
 * form is asked for, so what another organiser has changed meanwhile stays. */
#include "web/organiser/organiser.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/campaign_status.h"
#include "web/organiser/campaign_form.h"
#include "web/organiser/campaign_typed.h"
#include "web/organiser/campaign_message.h"
#include "web/organiser/campaign_refill.h"
#include "web/organiser/campaign_words.h"
#include "web/local_time.h"
#include "web/organiser/try_text.h"
#include "web/organiser/would_happen.h"
#include "web/page.h"
#include "web/page_words.h"

enum { PATH_BYTES = 64 };

/* c->asked meanwhile: {status, body, typed, changes, tested} and data, the page. tested: {said, sent}, what came of a test. */

static void go_back(struct web_call *c)
{
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof path, "/campaigns/%u", c->id);
    web_answer_redirect(c, path);
}

/* For how many people it counts. */
static void put_waiting(const struct web_call *c, json_t *data)
{
    const json_t *counts = json_object_get(web_known(c, "status"), "counts");
    json_put(data, "waiting", words_count(json_object_get(counts, "pending")));
    campaign_put_words(c, data, web_known(c, "status"));
}

/* ---- the form ---- */

static void show_form(struct web_call *c, int code, const char *problem, const json_t *wrong)
{
    json_t *data = page_data(c, "Change it", problem);
    put_waiting(c, data);
    campaign_form_put(c, data, wrong);
    json_put(data, "why", json_text(web_field(c, "why")));
    page_answer(c, PAGE_CAMPAIGN_CHANGE, code, data);
}

/* Looks at it, then at what it says; goes on with `then`. */
static void on_body(struct web_call *c, int status, const json_t *body);

static void on_status(struct web_call *c, int status, const json_t *body)
{
    enum campaign_status now = CAMPAIGN_RUNNING;
    if (status != 200) {
        web_pass_on(c, status, body);
        return;
    }
    (void)campaign_status_from_string(json_slice(json_object_get(body, "status")), &now);
    if (!campaign_may_edit(now)) {
        web_error(c, 409, "conflict", "%s",
                  now == CAMPAIGN_RUNNING
                      ? "It is running. Pause it first, then change it."
                      : "It is over, and cannot be changed any more. “Use again” makes a new one.");
        return;
    }
    web_know(c, "status", json_deep_copy(body));
    web_ask(c, on_body, NULL, "GET", "/api/v1/campaigns/%u/body", c->id);
}

static void look(struct web_call *c)
{
    web_ask(c, on_status, NULL, "GET", "/api/v1/campaigns/%u", c->id);
}

/* ---- what is changed ---- */

static bool is_same_time(const struct web_call *c, const json_t *is)
{
    char text[LOCAL_TIME_BYTES];
    local_time_field_iso(c, is, text);
    return slice_is(web_typed(c, "deadline"), text);
}

/* What was confirmed of the text that it has counts on; of another text only what is confirmed now. */
static void put_confirmed(json_t *changes, const json_t *now, const json_t *typed)
{
    const json_t *more = json_object_get(typed, "confirmed");
    if (!more || json_object_size(changes) == 0) return;
    json_t *was = json_object_get(changes, "message") ? NULL : json_object_get(now, "confirmed");
    json_t *all = was ? json_copy(was) : json_array();
    (void)json_array_extend(all, (json_t *)more);
    json_put(changes, "confirmed", all);
}

static json_t *changes_of(const struct web_call *c, const json_t *now, const json_t *typed)
{
    static const char *const keys[] = {
        "message", "gateway", "sender", "hours", "deadline", "pace_by", "answer_within_minutes"};
    json_t *changes = json_object(), *late = json_object_get(typed, "force_late");
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        json_t *is = json_object_get(now, keys[i]), *to = json_object_get(typed, keys[i]);
        if (is == to || json_equal(is, to)) continue;
        if (strcmp(keys[i], "deadline") == 0 && is_same_time(c, is)) continue;
        json_put(changes, keys[i], to ? json_incref(to) : json_null());
    }
    if (late) json_put(changes, "force_late", json_incref(late));
    put_confirmed(changes, now, typed);
    return changes;
}

static void show_wrong(struct web_call *c, const json_t *wrong)
{
    char *words = page_wrong_words(wrong);
    show_form(c, 422, words, wrong);
    free(words);
}

/* False: c has its response. */
static bool read_changes(struct web_call *c)
{
    json_t *wrong = NULL, *typed = campaign_typed_read(c, &wrong);
    bool same_text = campaign_message_is_base(c, json_object_get(web_known(c, "body"), "message"));
    if (!wrong) web_know(c, "changes", changes_of(c, web_known(c, "body"), typed));
    web_know(c, "typed", typed);
    bool any = json_object_size(web_known(c, "changes")) > 0;
    if (wrong)
        show_wrong(c, wrong);
    else if (!same_text)
        show_form(c, 409,
                  "Somebody has changed its text meanwhile. Open the campaign again to see what it "
                  "says now; nothing was changed.",
                  NULL);
    else if (!any)
        show_form(c, 422, "It says that already: nothing is different.", NULL);
    bool ok = !wrong && same_text && any;
    json_decref(wrong);
    return ok;
}

/* ---- the check ---- */

static json_t *with_why(const struct web_call *c)
{
    json_t *body = json_deep_copy(web_known(c, "changes"));
    struct slice why = web_typed(c, "why");
    if (why.n) json_put(body, "why", json_text(why));
    return body;
}

static void show_refused(struct web_call *c, int status, const json_t *problem)
{
    json_t *wrong = page_wrong(problem);
    show_form(c, status, page_detail(problem), wrong);
    json_decref(wrong);
}

static void on_preview(struct web_call *c, int status, const json_t *body)
{
    json_t *data = json_incref(web_known(c, "data"));
    words_put_people(data, status == 200 ? json_object_get(body, "people") : NULL);
    page_answer(c, PAGE_CAMPAIGN_CHANGE_CHECK, 200, data);
}

static void on_checked(struct web_call *c, int status, const json_t *body)
{
    if (status != 200) {
        show_refused(c, status, body);
        return;
    }
    char path[PATH_BYTES];
    json_t *data = page_data(c, "Change it", "");
    put_waiting(c, data);
    (void)snprintf(path, sizeof path, "/campaigns/%u/change", c->id);
    try_text_put(c, data, path, web_known(c, "tested"));
    would_happen_put(c, data, body);
    json_put(data, "hidden", campaign_typed_hidden(c));
    json_put(data, "why", json_text(web_field(c, "why")));
    web_know(c, "data", data);
    web_ask(c, on_preview, campaign_typed_preview(c, web_known(c, "typed")), "POST",
            "/api/v1/campaigns/preview");
}

static void check_it(struct web_call *c)
{
    web_ask(c, on_checked, with_why(c), "POST", "/api/v1/campaigns/%u/edit/check", c->id);
}

/* ---- a test of it, and the check again, which knows of it ---- */

static void on_tested(struct web_call *c, int status, const json_t *body)
{
    try_text_told(c, status, body);
    check_it(c);
}

static void test_it(struct web_call *c)
{
    if (!try_text(c, web_known(c, "typed"), on_tested)) check_it(c);
}

/* ---- the change ---- */

static void on_changed(struct web_call *c, int status, const json_t *body)
{
    if (status == 200)
        go_back(c);
    else
        show_refused(c, status, body);
}

static void on_body(struct web_call *c, int status, const json_t *body)
{
    if (status != 200) {
        web_pass_on(c, status, body);
        return;
    }
    web_know(c, "body", json_deep_copy(body));
    if (!(c->route->flags & FORM)) {
        if (campaign_refill(c, body)) show_form(c, 200, "", NULL);
        return;
    }
    if (web_field(c, "again").n) {
        show_form(c, 200, "", NULL);
        return;
    }
    if (!read_changes(c)) return;
    if (web_field(c, "confirmed").n)
        web_ask(c, on_changed, with_why(c), "POST", "/api/v1/campaigns/%u/edit", c->id);
    else if (try_text_asked(c))
        test_it(c);
    else
        check_it(c);
}

enum { CHANGES = NEEDS_STORE | IN_GROUP | PAGE | WITH_ID };

static const struct route rows[] = {
    {"GET", "/campaigns/{id}/change", MAY_LAUNCH_CAMPAIGNS, CHANGES, NULL, look},
    {"POST", "/campaigns/{id}/change", MAY_LAUNCH_CAMPAIGNS, CHANGES | FORM | AUDITED, NULL, look},
};

const struct routes campaign_change_routes = {rows, COUNT_OF(rows)};
