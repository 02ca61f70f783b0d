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

json_t *view_group(const struct view_group *one)
{
    const struct group_info *g = one->info;
    json_t *gateways = json_array();
    for (size_t i = 0; i < g->gateway_count; i++)
        json_list_add(gateways, json_string(g->gateways[i]));
    json_t *o = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:o}", "name", g->name, "title", g->title,
                          "country", g->country, "zone", g->zone, "language", g->language, "hours",
                          g->hours, "month_budget", g->month_budget, "gateways", gateways);
    json_put(o, "people", one->people < 0 ? json_null() : json_integer(one->people));
    json_put_time(o, "created_at", g->created_ms);
    json_t *lends = json_array();
    for (size_t i = 0; i < g->lends_count; i++)
        json_list_add(lends, json_string(g->lends[i]));
    json_put(o, "twin", g->twin ? json_integer(g->twin) : json_null());
    json_put(o, "helps", json_boolean(g->helps));
    json_put(o, "lends_inbox", lends);
    return o;
}
