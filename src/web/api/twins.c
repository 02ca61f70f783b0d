/* Twinning: the places that a group adopted, the groups that adopted one of its own, and what came of it. */
#include "web/api/api.h"

#include <stdlib.h>

#include "core/place.h"
#include "flow/place_book.h"
#include "flow/twin.h"
#include "store/group.h"
#include "store/pledge.h"
#include "store/twins.h"
#include "web/call.h"
#include "web/view/view.h"

enum { PAIRS_MAX = PLEDGE_BROUGHT_MAX, ADOPTERS_MAX = PAIRS_MAX - GROUP_TWINS_MAX };
_Static_assert((int)PAIRS_MAX <= (int)TWINS_MAX, "one reading tells of all");

/* One group that adopted a place of another. Borrowed from the copies, until the loop turns. */
struct pair {
    const struct group_info *home, *group; /* group NULL: the place is nobody's */
    const struct place *place;
};

struct looking {
    char *name;              /* owned */
    json_t *own, *adopters;  /* owned */
    json_t *pairs;           /* owned: all of both, in the order in which they are counted */
    uint32_t ids[PAIRS_MAX]; /* of their places */
};

static void looking_done(void *state)
{
    struct looking *l = state;
    free(l->name);
    json_decref(l->own);
    json_decref(l->adopters);
    json_decref(l->pairs);
}

static const char *title_of(const struct group_info *g)
{
    return *g->title ? g->title : g->name;
}

/* How many come to the place's sessions that are not over, and how many more may. */
static void put_sessions(const struct web_call *c, json_t *o, const struct place *place)
{
    size_t n;
    uint64_t sessions = 0, pledged = 0, left = 0;
    const struct session *const *list = place_book_sessions_of(c->config->places, place->id, &n);
    for (size_t i = 0; i < n; i++) {
        if (list[i]->is_cancelled || list[i]->end_ms < c->now_ms) continue;
        sessions++;
        pledged += list[i]->pledged;
        if (list[i]->capacity) left += session_left(list[i]);
    }
    json_put_count(o, "sessions", sessions);
    json_put_count(o, "pledged", pledged);
    json_put_count(o, "left", left);
}

static json_t *pair_json(const struct web_call *c, const struct pair *p)
{
    json_t *o = json_object();
    bool lends = p->group &&
                 slice_index(slice_of(p->home->name), p->group->lends, p->group->lends_count) >= 0;
    json_put(o, "place", place_json(p->place));
    put_sessions(c, o, p->place);
    json_put(o, "home", json_string(p->home->name));
    json_put(o, "home_title", json_string(title_of(p->home)));
    json_put(o, "group", p->group ? json_string(p->group->name) : json_null());
    json_put(o, "group_title", p->group ? json_string(title_of(p->group)) : json_null());
    json_put(o, "helps", json_boolean(p->home->helps));
    json_put(o, "lends", json_boolean(lends));
    return o;
}

/* False: that place is not there any more. */
static bool pair_of(const struct web_call *c, const struct group_info *home, size_t i,
                    struct pair *ret)
{
    const struct place *place = twin_place(c->config->places, home, i);
    if (!place) return false;
    *ret = (struct pair){home, groups_find(c->config->groups, slice_of(place->group)), place};
    return true;
}

static void add_pair(const struct web_call *c, struct looking *l, json_t *list,
                     const struct pair *p)
{
    json_t *o = pair_json(c, p);
    l->ids[json_array_size(l->pairs)] = p->place->id;
    json_list_add(l->pairs, json_incref(o));
    json_list_add(list, o);
}

/* Those who adopted a place of the group. */
static void add_adopters(const struct web_call *c, struct looking *l)
{
    size_t groups;
    const struct group_set all = {.all = true};
    const struct group_info **list = groups_list(c->config->groups, &all, &groups);
    for (size_t i = 0; i < groups; i++)
        for (size_t k = 0; k < list[i]->twin_count; k++) {
            struct pair p;
            if (json_array_size(l->adopters) < ADOPTERS_MAX && pair_of(c, list[i], k, &p) &&
                p.group && strcmp(p.group->name, l->name) == 0)
                add_pair(c, l, l->adopters, &p);
        }
    free(list);
}

/* ---- what came of it: two counts of each pair ---- */

static json_t *text_at(const struct looking *l, size_t i, const char *key)
{
    return json_object_get(json_array_get(l->pairs, i), key);
}

static void on_brought(void *arg, int result, const struct pledge_brought *list, size_t n,
                       const struct err *e)
{
    struct web_call *c = arg;
    struct looking *l = c->state;
    if (!web_ok(c, result, e)) return;
    for (size_t i = 0; i < n; i++) {
        json_t *o = json_object();
        json_put_count(o, "coming", list[i].coming);
        json_put_count(o, "waiting", list[i].waiting);
        json_put_count(o, "came", list[i].came);
        json_put_count(o, "missed", list[i].missed);
        json_put(json_array_get(l->pairs, i), "brought", o);
    }
    json_t *first = json_array_get(l->own, 0);
    web_answer(
        c, 200,
        json_pack("{s:O?,s:O,s:O}", "twin", first, "twins", l->own, "adopted_by", l->adopters));
}

static void on_answers(void *arg, int result, const uint64_t *answers, size_t n,
                       const struct err *e)
{
    struct web_call *c = arg;
    struct looking *l = c->state;
    struct pledge_brought_ask asks[PAIRS_MAX];
    if (!web_ok(c, result, e)) return;
    for (size_t i = 0; i < n; i++) {
        json_put_count(json_array_get(l->pairs, i), "answers", answers[i]);
        asks[i] = (struct pledge_brought_ask){l->ids[i], json_slice(text_at(l, i, "home"))};
    }
    pledge_brought(c->config->store, asks, n, on_brought, c);
}

static void count(struct web_call *c, struct looking *l)
{
    struct twin_pair pairs[PAIRS_MAX];
    size_t n = json_array_size(l->pairs);
    for (size_t i = 0; i < n; i++)
        pairs[i] = (struct twin_pair){json_slice(text_at(l, i, "home")),
                                      json_slice(text_at(l, i, "group"))};
    twins_answers(c->config->store, pairs, n, on_answers, c);
}

static void get_twin(struct web_call *c)
{
    struct slice name = web_param(c, "name");
    const struct group_info *info = groups_find(c->config->groups, name);
    if (!info || !access_may(c->member, c->route->may, name)) {
        web_error(c, 404, "not_found",
                  "there is no group of that name; `muster group list` shows yours");
        return;
    }
    struct looking *l = web_call_state(c, sizeof *l, looking_done);
    struct pair p;
    l->name = slice_strdup(name);
    l->own = json_array();
    l->adopters = json_array();
    l->pairs = json_array();
    for (size_t i = 0; i < info->twin_count; i++)
        if (pair_of(c, info, i, &p)) add_pair(c, l, l->own, &p);
    add_adopters(c, l);
    count(c, l);
}

static const struct route rows[] = {
    {"GET", "/api/v1/groups/{name}/twin", MAY_RUN_GROUPS, NEEDS_STORE | IN_GROUP, NULL, get_twin},
};

const struct routes twin_routes = {rows, COUNT_OF(rows)};
