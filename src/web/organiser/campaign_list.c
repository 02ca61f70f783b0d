/* /campaigns: all of them, those that run first, and the one big button. */
#include "web/organiser/organiser.h"

#include "core/json.h"
#include "web/organiser/campaign_words.h"
#include "web/organiser/pause.h"
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
    json_t *data = page_data(c, "Campaigns", "");
    json_t *cards[GROUPS] = {json_array(), json_array(), json_array(), json_array()};
    json_array_foreach(all, i, one)
    {
        json_t *words = json_object();
        campaign_put_words(c, words, one);
        json_list_add(cards[group_of(words)], words);
    }
    put_lists(data, cards);
    pause_put(c, data, all, "");
    json_put(data, "can_launch",
             json_boolean(access_may_somewhere(c->member, MAY_LAUNCH_CAMPAIGNS)));
    json_put(data, "none", json_boolean(json_array_size(all) == 0));
    json_put(data, "next", json_incref(json_object_get(body, "next")));
    json_put(data, "wide", json_true());
    page_answer(c, PAGE_CAMPAIGNS, 200, data);
}

static void get_campaigns(struct web_call *c)
{
    web_ask(c, on_campaigns, NULL, "GET", "/api/v1/campaigns");
}

static const struct route rows[] = {
    {"GET", "/campaigns", MAY_READ_CAMPAIGNS, NEEDS_STORE | IN_GROUP | PAGE, NULL, get_campaigns},
};

const struct routes campaign_list_routes = {rows, COUNT_OF(rows)};
