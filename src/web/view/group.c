#include "web/view/view.h"

#include "store/group.h"
#include "store/staff.h"
#include "web/call.h"

#include <stdlib.h>

static int by_name(const void *name, const void *one)
{
    return strcmp(name, ((const struct view_group *)one)->info->name);
}

static void count_member(const struct member *m, struct view_group *list, size_t n)
{
    for (size_t i = 0; i < m->group_count; i++) {
        struct view_group *one = bsearch(m->groups[i], list, n, sizeof *list, by_name);
        if (one) one->people++;
    }
}

void view_groups_count(const struct web_call *c, struct view_group *list, size_t n)
{
    size_t pos = 0;
    const struct staff_member *m;
    bool counts = c->config->staff && access_may_somewhere(c->member, MAY_READ_PEOPLE);
    for (size_t i = 0; i < n; i++)
        list[i].people = counts ? 0 : -1;
    while (counts && (m = roster_next_member(staff_roster(c->config->staff), &pos)))
        if (m->state != STAFF_OUT) count_member(&m->is, list, n);
}

static json_t *names_json(const char *const *names, size_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++)
        json_list_add(list, json_string(names[i]));
    return list;
}

json_t *view_group(const struct view_group *one)
{
    const struct group_info *g = one->info;
    json_t *o = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:o}", "name", g->name, "title", g->title,
                          "country", g->country, "zone", g->zone, "language", g->language, "hours",
                          g->hours, "month_budget", g->month_budget, "gateways",
                          names_json(g->gateways, g->gateway_count));
    json_put(o, "people", one->people < 0 ? json_null() : json_integer(one->people));
    json_put_time(o, "created_at", g->created_ms);
    json_put(o, "twin", g->twin_count ? json_integer(g->twins[0]) : json_null());
    json_put(o, "twins", json_ids(g->twins, g->twin_count));
    json_put(o, "helps", json_boolean(g->helps));
    json_put(o, "lends_inbox", names_json(g->lends, g->lends_count));
    json_put(o, "senders", names_json(g->senders, g->sender_count));
    json_put(o, "stop_words", names_json(g->stop_words, g->stop_word_count));
    json_put(o, "stop_confirmation", json_string(g->stop_confirmation));
    json_put(o, "help_answer", json_string(g->help_answer));
    json_put(o, "answer_within_minutes",
             g->answer_within ? json_integer(g->answer_within) : json_null());
    json_put(o, "pledge_gateway", json_string(g->pledge_gateway));
    return o;
}

json_t *view_other_groups(const struct web_call *c, const char *but)
{
    static const struct group_set all = {.all = true};
    size_t n;
    const struct group_info **groups = groups_list(c->config->groups, &all, &n);
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++)
        if (strcmp(groups[i]->name, but) != 0)
            json_list_add(list, json_pack("{s:s,s:s}", "name", groups[i]->name, "title",
                                          *groups[i]->title ? groups[i]->title : groups[i]->name));
    free(groups);
    return list;
}
