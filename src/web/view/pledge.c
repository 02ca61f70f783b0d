#include "web/view/view.h"

#include "core/place.h"
#include "flow/place_book.h"
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

/* NULL: it is not there any more. */
static json_t *session_of(const struct web_call *c, uint32_t id)
{
    const struct session *s = place_book_session(c->config->places, id);
    const struct place *place = s ? place_book_place(c->config->places, s->place) : NULL;
    if (!place) return NULL;
    json_t *o = json_object();
    json_put_count(o, "session", id);
    json_put(o, "place", json_string(place->name));
    json_put_time(o, "start", s->start_ms);
    json_put(o, "meeting_point", json_string(s->meeting_point));
    return o;
}

void view_standing(const struct web_call *c, json_t *o, const struct pledge_standing *s)
{
    json_t *list = json_array(), *named = NULL;
    for (size_t i = 0; s && i < s->n; i++) {
        const struct pledge_open *open = &s->open[i];
        json_t *one = session_of(c, open->session);
        if (!one) continue;
        json_put_count(one, "pledge", open->number);
        json_put(one, "state", json_string(pledge_state_to_string(open->state)));
        json_list_add(list, one);
    }
    if (s && s->named) named = session_of(c, s->named);
    json_put(o, "pledges", list);
    json_put(o, "named", named ? named : json_null());
}
