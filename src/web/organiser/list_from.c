/* /lists/from: a list of those of a campaign with whom it came to this or that. */
#include <stdio.h>

#include "core/json.h"
#include "web/organiser/organiser.h"
#include "web/page.h"

enum { PATH_BYTES = 96, ID_BYTES = 24 };

static const struct {
    const char *value, *label, *states, *tag; /* with blanks between them */
    int replied;                              /* 1, 0; -1 = either */
} choices[] = {
    {"yes", "Said yes", NULL, "yes", -1},
    {"replied", "Wrote back, whatever they said", NULL, NULL, 1},
    {"silent", "Got it and did not write back", "sent delivered read accepted", NULL, 0},
    {"undelivered", "Did not get it", "undelivered refused expired cancelled", NULL, -1},
};

/* As a link chose it, or the form. */
static json_t *choices_json(const struct web_call *c)
{
    struct slice who = web_field(c, "who");
    if (who.n == 0) who = web_query(c, "who");
    json_t *list = json_array();
    for (size_t i = 0; i < COUNT_OF(choices); i++)
        page_option(list, choices[i].value, choices[i].label, who);
    return list;
}

/* The newest ones; and the one that was chosen, where it is not among them. */
static json_t *campaigns_json(const json_t *all, struct slice chosen)
{
    size_t i;
    const json_t *one;
    bool found = chosen.n == 0;
    json_t *list = json_array();
    json_array_foreach(all, i, one)
    {
        char id[ID_BYTES];
        (void)snprintf(id, sizeof id, "%lld",
                       (long long)json_integer_value(json_object_get(one, "id")));
        bool is = slice_is(chosen, id);
        found = found || is;
        json_list_add(list, json_pack("{s:s,s:O,s:b}", "id", id, "name",
                                      json_object_get(one, "name"), "chosen", is));
    }
    if (!found)
        (void)json_array_insert_new(list, 0,
                                    json_pack("{s:o,s:o,s:b}", "id", json_text(chosen), "name",
                                              json_sprintf("Campaign %.*s", SLICE_ARG(chosen)),
                                              "chosen", 1));
    return list;
}

static void on_campaigns(struct web_call *c, int answered, const json_t *body)
{
    if (answered != 200) {
        web_pass_on(c, answered, body);
        return;
    }
    json_t *asked = c->asked;
    int status = (int)json_integer_value(json_object_get(asked, "status"));
    json_t *data = page_data(c, "A list from a campaign",
                             json_string_value(json_object_get(asked, "problem")));
    json_put(data, "campaigns",
             campaigns_json(json_object_get(body, "campaigns"),
                            json_slice(json_object_get(asked, "campaign"))));
    json_put(data, "choices", choices_json(c));
    json_put(data, "typed", json_text(web_field(c, "name")));
    json_put(data, "back", json_pack("{s:s,s:s}", "href", "/lists", "label", "Lists"));
    page_answer(c, PAGE_LIST_FROM, status, data);
}

static void show(struct web_call *c, int status, const char *problem, struct slice campaign)
{
    json_decref(c->asked);
    c->asked =
        json_pack("{s:i,s:o,s:o}", "status", status, "problem",
                  json_text(slice_of(problem ? problem : "")), "campaign", json_text(campaign));
    web_ask(c, on_campaigns, NULL, "GET", "/api/v1/campaigns");
}

static void get_from(struct web_call *c)
{
    show(c, 200, "", web_query(c, "campaign"));
}

static json_t *words_json(const char *text)
{
    json_t *list = json_array();
    struct slice rest = slice_of(text), one;
    while (rest.n && slice_cut(&rest, ' ', &one))
        json_list_add(list, json_text(one));
    return list;
}

static void on_started(struct web_call *c, int status, const json_t *body)
{
    char path[PATH_BYTES];
    if (status != 202) {
        show(c, status, json_string_value(json_object_get(body, "detail")),
             web_field(c, "campaign"));
        return;
    }
    (void)snprintf(path, sizeof path, "/lists/imports/%s",
                   json_string_value(json_object_get(body, "id")));
    web_answer_redirect(c, path);
}

static void post_from(struct web_call *c)
{
    uint64_t campaign;
    size_t i = 0;
    while (i < COUNT_OF(choices) && !slice_is(web_field(c, "who"), choices[i].value))
        i++;
    if (i == COUNT_OF(choices)) {
        show(c, 400, "Choose who is to be in the list.", web_field(c, "campaign"));
    } else if (!slice_to_u64(web_field(c, "campaign"), UINT32_MAX, &campaign)) {
        show(c, 400, "Choose the campaign.", web_field(c, "campaign"));
    } else {
        json_t *body = json_pack("{s:I,s:o}", "campaign", (json_int_t)campaign, "name",
                                 json_text(web_typed(c, "name")));
        if (choices[i].states) json_put(body, "states", words_json(choices[i].states));
        if (choices[i].tag) json_put(body, "tags", words_json(choices[i].tag));
        if (choices[i].replied >= 0) json_put(body, "replied", json_boolean(choices[i].replied));
        web_ask(c, on_started, body, "POST", "/api/v1/audiences/from-campaign");
    }
}

enum { SHOWS = IN_GROUP | PAGE };

static const struct route rows[] = {
    {"GET", "/lists/from", MAY_MAKE_AUDIENCES, SHOWS | NEEDS_STORE, NULL, get_from},
    {"POST", "/lists/from", MAY_MAKE_AUDIENCES, SHOWS | NEEDS_STORE | FORM, NULL, post_from},
};

const struct routes list_from_page_routes = {rows, COUNT_OF(rows)};
