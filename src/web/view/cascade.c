/* What came of a cascade, as JSON. */
#include "web/view/view.h"

#include "store/cascade.h"

static void put_sums(json_t *o, const struct cascade_sums *s)
{
    json_put_count(o, "opens", s->opens);
    json_put_count(o, "shares", s->shares);
    json_put_count(o, "pledges", s->pledges);
}

/* Up to the deepest that anything is known of. */
static json_t *generations(const struct cascade_counts *n)
{
    json_t *list = json_array();
    for (uint32_t g = 0; g < CASCADE_GENERATIONS && g <= n->deepest; g++) {
        json_t *one = json_object();
        json_put_count(one, "generation", g);
        put_sums(one, &n->by_generation[g]);
        json_list_add(list, one);
    }
    return list;
}

static json_t *bars(const struct cascade_counts *n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n->bars; i++) {
        json_t *one = json_object();
        put_sums(one, &n->by_bar[i]);
        json_list_add(list, one);
    }
    return list;
}

json_t *view_cascade_counts(const struct cascade_counts *n)
{
    json_t *o = json_object();
    json_put_count(o, "links", n->links);
    put_sums(o, &n->all);
    json_put_count(o, "programs", n->programs);
    json_put_count(o, "not_counted", n->over);
    json_put_count(o, "deepest", n->deepest);
    json_put(o, "generations", generations(n));
    json_put_time(o, "from", n->from_ms);
    json_put_count(o, "step_minutes", n->step);
    json_put(o, "bars", bars(n));
    return o;
}

json_t *view_cascade_link(const struct cascade_link *l)
{
    json_t *o = json_object();
    json_put_count(o, "link", l->link);
    json_put_count(o, "parent", l->parent);
    json_put_count(o, "generation", l->generation);
    put_sums(o, &l->sums);
    return o;
}
