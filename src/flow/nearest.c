#include "flow/nearest.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/clock.h"
#include "store/group.h"

struct nearest {
    struct nearest_config config;
    struct near_index *index;
    uint64_t changed; /* of the book, when the index was made */
};

struct nearest *nearest_new(const struct nearest_config *c)
{
    struct nearest *n = xcalloc(1, sizeof *n);
    n->config = *c;
    if (!n->config.now_ms) n->config.now_ms = clock_wall_ms;
    return n;
}

void nearest_free(struct nearest *n)
{
    if (!n) return;
    near_index_free(n->index);
    free(n);
}

const struct near_rules *nearest_rules(const struct nearest *n)
{
    return &n->config.rules;
}

static const struct near_index *index_of(struct nearest *n)
{
    const struct place_book *book = n->config.book;
    size_t places_n, sessions_n;
    if (n->index && n->changed == place_book_changed(book)) return n->index;
    const struct place *const *places = place_book_places(book, &places_n);
    const struct session *const *sessions = place_book_sessions(book, &sessions_n);
    near_index_free(n->index);
    n->index = near_index_new(places, places_n, sessions, sessions_n);
    n->changed = place_book_changed(book);
    return n->index;
}

size_t nearest_at(struct nearest *n, const struct nearest_ask *ask, struct near_found *out)
{
    const struct group_info *group = groups_find(n->config.groups, ask->group);
    const struct near_ask near = {.at = *ask->at,
                                  .twins = group ? group->twins : NULL,
                                  .twin_count = group ? group->twin_count : 0,
                                  .now_ms = n->config.now_ms(),
                                  .is_text = ask->is_text,
                                  .per_place = ask->per_place,
                                  .only = ask->only};
    return near_find(index_of(n), &n->config.rules, &near, out, ask->max);
}

/* ---- by what they wrote ---- */

struct asking {
    struct nearest *n;
    struct nearest_ask ask; /* the text is not kept */
    char *group;            /* owned */
    nearest_cb *cb;
    void *arg;
};

static void answer(struct nearest *n, const struct nearest_ask *ask,
                   const struct gazetteer_spot *spot, nearest_cb *cb, void *arg)
{
    struct near_found found[NEAR_MAX];
    const struct nearest_answer a = {.at = spot->at,
                                     .where = spot->where,
                                     .is_exact = spot->is_exact,
                                     .found = found,
                                     .n = nearest_at(n, ask, found)};
    cb(arg, 0, &a, NULL);
}

static void on_spot(void *arg, int result, const struct gazetteer_spot *spot, const struct err *e)
{
    struct asking a = *(struct asking *)arg;
    free(arg);
    if (result < 0) {
        a.cb(a.arg, result, NULL, e);
    } else {
        a.ask.at = &spot->at;
        a.ask.group = slice_of(a.group);
        answer(a.n, &a.ask, spot, a.cb, a.arg);
    }
    free(a.group);
}

void nearest_find(struct nearest *n, const struct nearest_ask *ask, nearest_cb *cb, void *arg)
{
    struct point at;
    struct nearest_ask by_point = *ask;
    check(ask->max >= 1 && ask->max <= NEAR_MAX);
    if (!ask->at && point_from_text(ask->text, &at)) by_point.at = &at;
    if (by_point.at) {
        const struct gazetteer_spot spot = {*by_point.at, "", true};
        answer(n, &by_point, &spot, cb, arg);
        return;
    }
    struct asking *a = xmalloc(sizeof *a);
    *a = (struct asking){n, *ask, slice_strdup(ask->group), cb, arg};
    gazetteer_find(n->config.gazetteer, ask->text, on_spot, a);
}
