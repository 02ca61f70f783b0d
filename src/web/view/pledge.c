#include "web/view/view.h"

#include "core/place.h"
#include "store/pledge.h"
#include "web/call.h"

/* The name of who did it, of what the trail knows (core/actor.h). */
static struct slice name_of(struct slice actor)
{
    struct slice name = SLICE_NONE;
    (void)slice_cut(&actor, '\x1f', &name);
    return name;
}

/* A number stays with the group whose person it is. */
json_t *view_pledge(const struct pledge *p, const struct member *m)
{
    char person[VIEW_PERSON_BYTES];
    json_t *o = json_object();
    bool masked = !access_may(m, MAY_SEE_NUMBERS, p->group);
    view_key(p->person, masked, person);
    json_put_count(o, "pledge", p->number);
    json_put_text(o, "person", slice_of(p->person.n ? person : ""));
    json_put(o, "name", view_plain(p->name, PLAIN_LINE));
    json_put(o, "group", json_text(p->group));
    json_put(o, "state", json_string(pledge_state_to_string(p->state)));
    json_put(o, "way", json_string(pledge_way_to_string(p->way)));
    json_put_text(o, "by", p->way == PLEDGE_BY_MEMBER ? name_of(p->by) : SLICE_NONE);
    json_put_time(o, "at", p->at_ms);
    return o;
}
