/* Twinning: the place that a group adopted, the groups that adopted one of its own, and what came of it. */
#include "web/api/api.h"

#include <stdlib.h>

#include "core/place.h"
#include "flow/place_book.h"
#include "flow/twin.h"
#include "store/group.h"
#include "store/twins.h"
#include "web/call.h"
#include "web/view/view.h"

enum { ADOPTERS_MAX = TWINS_MAX - 1 };

/* One group that adopted a place of another. Borrowed from the copies, until the loop turns. */
struct pair {
    const struct group_info *home, *group; /* group NULL: the place is nobody's */
    const struct place *place;
};

struct looking {
    char *name;             /* owned */
    json_t *own, *adopters; /* owned */
    bool has_group;         /* the first count is of `own` */
};

static void looking_done(void *state)
{
    struct looking *l = state;
    free(l->name);
    json_decref(l->own);
    json_decref(l->adopters);
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
    json_put(o, "answers", json_integer(0));
    return o;
}

/* False: it adopted none. */
static bool pair_of(const struct web_call *c, const struct group_info *home, struct pair *ret)
{
    const struct place *place = twin_place(c->config->places, home);
    if (!place) return false;
    *ret = (struct pair){home, groups_find(c->config->groups, slice_of(place->group)), place};
    return true;
}

static void on_answers(void *arg, int result, const uint64_t *answers, size_t n,
                       const struct err *e)
{
    struct web_call *c = arg;
    struct looking *l = c->state;
    if (!web_ok(c, result, e)) return;
    for (size_t i = 0; i < n; i++) {
        bool is_own = l->has_group && i == 0;
        json_t *one = is_own ? l->own : json_array_get(l->adopters, i - l->has_group);
        json_put_count(one, "answers", answers[i]);
    }
    web_answer(c, 200, json_pack("{s:O,s:O}", "twin", l->own, "adopted_by", l->adopters));
}

static struct twin_pair counted(const struct pair *p)
{
    return (struct twin_pair){slice_of(p->home->name), slice_of(p->group->name)};
}

/* Those who adopted a place of the group. */
static size_t add_adopters(const struct web_call *c, struct looking *l, struct twin_pair *pairs,
                           size_t n)
{
    size_t groups;
    const struct group_set all = {.all = true};
    const struct group_info **list = groups_list(c->config->groups, &all, &groups);
    for (size_t i = 0; i < groups && json_array_size(l->adopters) < ADOPTERS_MAX; i++) {
        struct pair p;
        if (!pair_of(c, list[i], &p) || !p.group || strcmp(p.group->name, l->name) != 0) continue;
        json_list_add(l->adopters, pair_json(c, &p));
        pairs[n++] = counted(&p);
    }
    free(list);
    return n;
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
    struct twin_pair pairs[TWINS_MAX];
    struct pair own;
    size_t n = 0;
    struct looking *l = web_call_state(c, sizeof *l, looking_done);
    l->name = slice_strdup(name);
    l->adopters = json_array();
    bool has = pair_of(c, info, &own);
    l->own = has ? pair_json(c, &own) : json_null();
    l->has_group = has && own.group;
    if (l->has_group) pairs[n++] = counted(&own);
    n = add_adopters(c, l, pairs, n);
    twins_answers(c->config->store, pairs, n, on_answers, c);
}

static const struct route rows[] = {
    {"GET", "/api/v1/groups/{name}/twin", MAY_RUN_GROUPS, NEEDS_STORE | IN_GROUP, NULL, get_twin},
};

const struct routes twin_routes = {rows, COUNT_OF(rows)};
