#include "web/view/view.h"

#include "store/group.h"

json_t *view_group(const struct group_info *g)
{
    json_t *gateways = json_array();
    for (size_t i = 0; i < g->gateway_count; i++)
        json_list_add(gateways, json_string(g->gateways[i]));
    json_t *o = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:o}", "name", g->name, "title", g->title,
                          "country", g->country, "zone", g->zone, "language", g->language, "hours",
                          g->hours, "gateways", gateways);
    json_put_time(o, "created_at", g->created_ms);
    return o;
}
