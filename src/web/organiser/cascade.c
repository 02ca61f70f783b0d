/* /campaigns/{id}/share: the page of a campaign that people pass on, and what came of it. */
#include "web/organiser/organiser.h"

#include <stdlib.h>

#include "core/law.h"
#include "io/qr.h"
#include "store/cascade.h"
#include "web/organiser/campaign_words.h"
#include "web/organiser/cascade_tree.h"
#include "web/local_time.h"
#include "web/page.h"

/* What the page keeps from question to question. */
static json_t *kept(struct web_call *c)
{
    if (!c->asked) c->asked = json_pack("{s:s,s:i}", "problem", "", "status", 200);
    check(c->asked);
    return c->asked;
}

static void put_figures(json_t *data, const json_t *cascade)
{
    static const struct {
        const char *key, *label;
    } all[] = {{"opens", "Opened"},
               {"shares", "Passed on"},
               {"pledges", "Coming"},
               {"deepest", "Hands deep"}};
    json_t *figures = json_array();
    for (size_t i = 0; i < COUNT_OF(all); i++)
        json_list_add(figures, json_pack("{s:s,s:o}", "label", all[i].label, "n",
                                         words_count(json_object_get(cascade, all[i].key))));
    json_put(data, "figures", figures);
}

static void put_generations(json_t *data, const json_t *cascade)
{
    static const char *const keys[] = {"opens", "shares", "pledges"};
    const json_t *one;
    size_t i;
    json_t *list = json_array();
    json_array_foreach(json_object_get(cascade, "generations"), i, one)
    {
        json_t *row = json_object();
        json_put(row, "generation", json_incref(json_object_get(one, "generation")));
        for (size_t k = 0; k < COUNT_OF(keys); k++)
            json_put(row, keys[k], words_count(json_object_get(one, keys[k])));
        json_list_add(list, row);
    }
    json_put(data, "generations", list);
}

/* What was typed comes back where something is wrong with it. */
static json_t *typed_or(const struct web_call *c, const char *name, const json_t *said)
{
    struct slice typed = web_field(c, name);
    if (typed.p) return json_text(typed);
    return json_is_string(said) ? json_incref((json_t *)said) : json_string("");
}

static void put_form(const struct web_call *c, json_t *data, const json_t *cascade)
{
    char until[LOCAL_TIME_BYTES];
    local_time_field_iso(c, json_object_get(cascade, "until"), until);
    json_put(data, "typed_title", typed_or(c, "title", json_object_get(cascade, "title")));
    json_put(data, "typed_text", typed_or(c, "text", json_object_get(cascade, "text")));
    json_t *shown = json_string(until);
    json_put(data, "typed_until", typed_or(c, "until", shown));
    json_decref(shown);
    json_put(data, "title_max", json_integer(CASCADE_TITLE_BYTES_MAX));
    json_put(data, "text_max", json_integer(CASCADE_TEXT_BYTES_MAX));
    json_put(data, "zone", json_string(local_zone_name(c)));
}

static void put_counts(const struct web_call *c, json_t *data, const json_t *cascade)
{
    json_int_t left_out = json_integer_value(json_object_get(cascade, "not_counted"));
    put_figures(data, cascade);
    put_generations(data, cascade);
    cascade_put_curve(c, data, cascade);
    json_put(data, "programs", words_count(json_object_get(cascade, "programs")));
    json_put(data, "not_counted",
             left_out ? words_count(json_object_get(cascade, "not_counted")) : json_null());
    json_put(data, "was_opened",
             json_boolean(json_integer_value(json_object_get(cascade, "opens")) > 0));
}

static bool has_imprint(const struct web_call *c)
{
    const struct law_organisation *law = c->config->means ? c->config->means->law : NULL;
    return law && law->imprint && *law->imprint;
}

static void on_tree(struct web_call *c, int status, const json_t *body)
{
    json_t *asked = c->asked;
    const json_t *cascade = json_object_get(asked, "cascade");
    if (status != 200) {
        web_pass_on(c, status, body);
        return;
    }
    json_t *data = page_data(c, "Pass it on", json_string_value(json_object_get(asked, "problem")));
    json_put(data, "id", json_integer(c->id));
    json_put(data, "name", json_incref(json_object_get(asked, "name")));
    json_put(data, "back",
             json_pack("{s:o,s:O}", "href", json_sprintf("/campaigns/%u", c->id), "label",
                       json_object_get(asked, "name")));
    json_put(data, "address", json_incref(json_object_get(cascade, "address")));
    json_put(data, "goes_on", json_incref(json_object_get(cascade, "goes_on")));
    json_put(data, "is_there", json_boolean(json_is_string(json_object_get(cascade, "title"))));
    json_put(data, "no_imprint", json_boolean(!has_imprint(c)));
    json_put(data, "may_launch",
             json_boolean(access_may_somewhere(c->member, MAY_LAUNCH_CAMPAIGNS)));
    put_form(c, data, cascade);
    put_counts(c, data, cascade);
    cascade_put_tree(data, json_object_get(body, "links"));
    int answer = (int)json_integer_value(json_object_get(asked, "status"));
    c->asked = NULL;
    page_answer(c, PAGE_CASCADE, answer, data);
    json_decref(asked);
}

static void on_cascade(struct web_call *c, int status, const json_t *body)
{
    if (status != 200) {
        web_pass_on(c, status, body);
        return;
    }
    json_put(kept(c), "cascade", json_deep_copy(body));
    web_ask(c, on_tree, NULL, "GET", "/api/v1/campaigns/%u/cascade/tree", c->id);
}

static void on_name(struct web_call *c, int status, const json_t *body)
{
    if (status != 200) {
        web_pass_on(c, status, body);
        return;
    }
    json_put(kept(c), "name", json_incref(json_object_get(body, "name")));
    web_ask(c, on_cascade, NULL, "GET", "/api/v1/campaigns/%u/cascade", c->id);
}

static void get_share(struct web_call *c)
{
    (void)kept(c);
    web_ask(c, on_name, NULL, "GET", "/api/v1/campaigns/%u", c->id);
}

/* ---- beginning and ending ---- */

static void show_again(struct web_call *c, struct slice problem)
{
    json_put(kept(c), "problem", json_text(problem));
    json_put(c->asked, "status", json_integer(422));
    web_ask(c, on_name, NULL, "GET", "/api/v1/campaigns/%u", c->id);
}

static void on_put(struct web_call *c, int status, const json_t *body)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/campaigns/%u/share", c->id);
    if (status == 200)
        web_answer_redirect(c, path);
    else if (status == 400 || status == 409 || status == 422)
        show_again(c, json_slice(json_object_get(body, "detail")));
    else
        web_pass_on(c, status, body);
}

static void post_share(struct web_call *c)
{
    struct err e;
    int64_t until_ms = 0;
    struct slice until = web_typed(c, "until");
    if (until.n && local_time_read(c, until, &until_ms, &e) < 0) {
        show_again(c, slice_of(e.text));
        return;
    }
    json_t *said = json_pack("{s:o,s:o,s:o}", "title", json_text(web_typed(c, "title")), "text",
                             json_text(web_typed(c, "text")), "until",
                             until.n ? json_time(until_ms) : json_null());
    web_ask(c, on_put, said, "POST", "/api/v1/campaigns/%u/cascade", c->id);
}

static void post_end(struct web_call *c)
{
    web_ask(c, on_put, NULL, "DELETE", "/api/v1/campaigns/%u/cascade", c->id);
}

enum { READS = NEEDS_STORE | IN_GROUP | PAGE | WITH_ID, ACTS = READS | FORM | AUDITED };

static const struct route rows[] = {
    {"GET", "/campaigns/{id}/share", MAY_READ_CAMPAIGNS, READS, NULL, get_share},
    {"POST", "/campaigns/{id}/share", MAY_LAUNCH_CAMPAIGNS, ACTS, NULL, post_share},
    {"POST", "/campaigns/{id}/share/end", MAY_LAUNCH_CAMPAIGNS, ACTS, NULL, post_end},
};

const struct routes cascade_page_routes = {rows, COUNT_OF(rows)};
