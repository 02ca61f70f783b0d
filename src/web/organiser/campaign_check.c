/* The check page: what would happen, in words; a test to one's own phone; and the launch, for which one
 * types the number of people. Pressed twice it is one campaign, since a name is used once. */
#include "web/organiser/organiser.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/iso8601.h"
#include "web/organiser/campaign_form.h"
#include "web/organiser/campaign_typed.h"
#include "web/organiser/campaign_words.h"
#include "web/organiser/lent_lists.h"
#include "web/organiser/try_text.h"
#include "web/organiser/would_happen.h"
#include "web/page.h"
#include "web/page_words.h"

enum { PATH_BYTES = 64, TWICE_MS = 2 * 60 * 1000 };

/* ---- the report ---- */

static void answer(struct web_call *c)
{
    json_t *data = c->asked;
    c->asked = NULL;
    page_answer(c, PAGE_CAMPAIGN_CHECK, json_object_get(data, "problem_said") ? 422 : 200, data);
}

static void on_preview(struct web_call *c, int status, const json_t *body)
{
    words_put_people(c->asked, status == 200 ? json_object_get(body, "people") : NULL);
    answer(c);
}

/* *ret: what would be launched, owned. False: the form is shown again, and c has its response. */
static bool read_form(struct web_call *c, json_t **ret)
{
    json_t *wrong = NULL;
    *ret = campaign_typed_read(c, &wrong);
    if (!wrong) return true;
    json_decref(*ret);
    char *words = page_wrong_words(wrong);
    campaign_form_show(c, 422, words, wrong);
    free(words);
    json_decref(wrong);
    return false;
}

static void on_checked(struct web_call *c, int status, const json_t *body)
{
    json_t *campaign, *wrong = NULL;
    if (status != 200) {
        wrong = page_wrong(body);
        campaign_form_show(c, status, page_detail(body), wrong);
        json_decref(wrong);
        return;
    }
    campaign = campaign_typed_read(c, &wrong);
    json_decref(wrong);
    would_happen_put(c, c->asked, body);
    web_ask(c, on_preview, campaign_typed_preview(c, campaign), "POST",
            "/api/v1/campaigns/preview");
    json_decref(campaign);
}

/* said: "" or what is to be told above; good: it is no problem. */
static void show_check(struct web_call *c, const char *said, bool good)
{
    json_t *campaign, *before = c->asked; /* said may stand in it */
    if (!read_form(c, &campaign)) return;
    c->asked = page_data(c, "Check", good ? "" : said);
    if (good && *said) json_put(c->asked, "said", json_string(said));
    if (!good && *said) json_put(c->asked, "problem_said", json_true());
    json_put(c->asked, "hidden", campaign_typed_hidden(c));
    json_put(c->asked, "name", json_incref(json_object_get(campaign, "name")));
    json_put(c->asked, "missed", json_boolean(json_object_get(campaign, "of") != NULL));
    json_t *lent = lent_name(c, json_slice(json_object_get(campaign, "audience")));
    json_put(c->asked, "lent", json_boolean(json_is_string(lent)));
    json_put(c->asked, "audience",
             json_is_string(lent) ? lent : json_incref(json_object_get(campaign, "audience")));
    try_text_put(c, c->asked, "/campaigns/test", NULL);
    json_decref(before);
    web_ask(c, on_checked, campaign, "POST", "/api/v1/campaigns/check");
}

static void post_check(struct web_call *c)
{
    show_check(c, "", true);
}

/* ---- a test ---- */

static void show_tested(struct web_call *c)
{
    const json_t *tested = web_known(c, "tested");
    show_check(c, json_string_value(json_object_get(tested, "said")),
               json_is_true(json_object_get(tested, "sent")));
}

static void on_tested(struct web_call *c, int status, const json_t *body)
{
    try_text_told(c, status, body);
    show_tested(c);
}

static void post_test(struct web_call *c)
{
    json_t *campaign;
    if (!read_form(c, &campaign)) return;
    if (!try_text(c, campaign, on_tested)) show_tested(c);
    json_decref(campaign);
}

/* ---- a rehearsal on the server ---- */

static void on_rehearsing(struct web_call *c, int status, const json_t *body)
{
    char path[PATH_BYTES];
    if (status != 201) {
        show_check(c, page_detail(body), false);
        return;
    }
    (void)snprintf(path, sizeof path, "/rehearsals/%lld",
                   (long long)json_integer_value(json_object_get(body, "id")));
    web_answer_redirect(c, path);
}

static void post_rehearse(struct web_call *c)
{
    json_t *campaign;
    if (read_form(c, &campaign)) web_ask(c, on_rehearsing, campaign, "POST", "/api/v1/rehearsals");
}

/* ---- the launch ---- */

static void go_to(struct web_call *c, json_int_t id)
{
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof path, "/campaigns/%lld", (long long)id);
    web_answer_redirect(c, path);
}

/* The same member launched it a moment ago: the button was pressed twice. */
static bool is_the_same(const struct web_call *c, const json_t *status)
{
    int64_t at_ms;
    return slice_is(json_slice(json_object_get(status, "launched_by")), c->member->name) &&
           slice_eq(json_slice(json_object_get(status, "name")), web_typed(c, "name")) &&
           iso8601_parse(json_slice(json_object_get(status, "launched_at")), &at_ms) &&
           c->now_ms - at_ms < TWICE_MS;
}

static void on_list(struct web_call *c, int status, const json_t *body)
{
    size_t i;
    const json_t *one;
    json_array_foreach(json_object_get(body, "campaigns"), i, one)
    {
        if (status != 200 || !is_the_same(c, one)) continue;
        go_to(c, json_integer_value(json_object_get(one, "id")));
        return;
    }
    show_check(
        c,
        "A campaign of that name was launched before. A name is used once: give this one another.",
        false);
}

static void on_launched(struct web_call *c, int status, const json_t *body)
{
    if (status == 201)
        go_to(c, json_integer_value(json_object_get(body, "id")));
    else if (status == 409)
        web_ask(c, on_list, NULL, "GET", "/api/v1/campaigns");
    else
        show_check(c, page_detail(body), false);
}

/* "1,234" and "1 234" are 1234. */
static bool is_typed(struct slice typed, json_int_t n)
{
    char digits[32];
    size_t at = 0;
    for (size_t i = 0; i < typed.n && at < sizeof digits - 1; i++) {
        if (typed.p[i] >= '0' && typed.p[i] <= '9')
            digits[at++] = typed.p[i];
        else if (!strchr(" ,.", typed.p[i]))
            return false;
    }
    uint64_t value;
    return at && slice_to_u64(slice_make(digits, at), INT64_MAX, &value) && (json_int_t)value == n;
}

/* How many it is, the check says: who opted out since the list came in is none of them. */
static void on_counted(struct web_call *c, int status, const json_t *body)
{
    json_t *campaign;
    json_int_t people = json_integer_value(json_object_get(body, "recipients"));
    if (status != 200)
        show_check(c, page_detail(body), false);
    else if (!is_typed(web_typed(c, "people"), people))
        show_check(c,
                   "Nothing was sent. To launch, type how many people get it: the number stands "
                   "below.",
                   false);
    else if (read_form(c, &campaign))
        web_ask(c, on_launched, campaign, "POST", "/api/v1/campaigns");
}

static void post_launch(struct web_call *c)
{
    json_t *campaign;
    if (read_form(c, &campaign))
        web_ask(c, on_counted, campaign, "POST", "/api/v1/campaigns/check");
}

enum { WRITES = NEEDS_STORE | IN_GROUP | PAGE | FORM };

static const struct route rows[] = {
    {"POST", "/campaigns/check", MAY_LAUNCH_CAMPAIGNS, WRITES, NULL, post_check},
    {"POST", "/campaigns/test", MAY_LAUNCH_CAMPAIGNS, WRITES, NULL, post_test},
    {"POST", "/campaigns/rehearse", MAY_LAUNCH_CAMPAIGNS, WRITES, NULL, post_rehearse},
    {"POST", "/campaigns/launch", MAY_LAUNCH_CAMPAIGNS, WRITES, NULL, post_launch},
};

const struct routes campaign_check_routes = {rows, COUNT_OF(rows)};
