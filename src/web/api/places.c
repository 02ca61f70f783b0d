/* Places and their sessions, one by one. All who sign in may read them: people are sent there from
 * anywhere. */
#include "web/api/api.h"

#include <stdio.h>
#include <stdlib.h>

#include "flow/place_book.h"
#include "web/api/place_where.h"
#include "web/api/place_write.h"
#include "web/own.h"
#include "web/view/view.h"

enum { LIMIT = 200, LIMIT_MAX = 500 };

/* ---- lists ---- */

struct asked {
    struct slice group, q;
    uint64_t after, limit, place;
};

static bool read_asked(struct web_call *c, struct asked *ret)
{
    ret->group = web_query(c, "group");
    ret->q = slice_trim(web_query(c, "q"));
    if (!web_query_number(c, "cursor", UINT32_MAX, 0, &ret->after) ||
        !web_query_number(c, "place", UINT32_MAX, 0, &ret->place) ||
        !web_query_number(c, "limit", LIMIT_MAX, LIMIT, &ret->limit))
        return false;
    if (ret->limit == 0)
        web_error(c, 400, "invalid", "'limit' is a number from 1 to %d", LIMIT_MAX);
    else if (ret->group.n > GROUP_BYTES_MAX)
        web_error(c, 400, "invalid", "'group' has at most %d bytes", GROUP_BYTES_MAX);
    else if (ret->q.n > PLACE_CODE_BYTES_MAX)
        web_error(c, 400, "invalid", "'q' has at most %d bytes", PLACE_CODE_BYTES_MAX);
    else
        return true;
    return false;
}

static bool is_in(const struct place *p, const struct asked *a)
{
    return p && (!a->group.n || slice_is(a->group, p->group));
}

static json_t *place_item(const struct web_call *c, const void *list, size_t i)
{
    return view_place(c, ((const struct place *const *)list)[i]);
}

static void get_places(struct web_call *c)
{
    struct asked a;
    size_t n, found = 0;
    bool more = false;
    if (!read_asked(c, &a)) return;
    const struct place *const *list = place_book_places(c->config->places, &n);
    const struct place **page = xcalloc(a.limit, sizeof *page);
    for (size_t i = 0; i < n && !more; i++) {
        if (list[i]->id <= a.after || !is_in(list[i], &a)) continue;
        if (!slice_holds_nocase(slice_of(list[i]->name), a.q) && !slice_is(a.q, list[i]->code))
            continue;
        more = found == a.limit;
        if (!more) page[found++] = list[i];
    }
    web_answer_list(c, "places", page, found, place_item,
                    web_cursor(more ? page[found - 1]->id : 0));
    free(page);
}

static json_t *session_item(const struct web_call *c, const void *list, size_t i)
{
    (void)c;
    return session_json(((const struct session *const *)list)[i]);
}

/* The index at which a page begins: the first session after the one with that id, even if that one was deleted meanwhile. */
static size_t behind(const struct session *const *list, size_t n, uint64_t after)
{
    for (size_t i = 0; after && i < n; i++)
        if (list[i]->id == after) return i + 1;
    return 0;
}

static void get_sessions(struct web_call *c)
{
    struct asked a;
    size_t n, found = 0;
    bool more = false;
    if (!read_asked(c, &a)) return;
    const struct place_book *book = c->config->places;
    const struct session *const *list = a.place
                                            ? place_book_sessions_of(book, (uint32_t)a.place, &n)
                                            : place_book_sessions(book, &n);
    const struct session **page = xcalloc(a.limit, sizeof *page);
    for (size_t i = behind(list, n, a.after); i < n && !more; i++) {
        if (a.group.n && !is_in(place_book_place(book, list[i]->place), &a)) continue;
        more = found == a.limit;
        if (!more) page[found++] = list[i];
    }
    web_answer_list(c, "sessions", page, found, session_item,
                    web_cursor(more ? page[found - 1]->id : 0));
    free(page);
}

/* ---- one ---- */

static void missing(struct web_call *c, const char *what)
{
    web_error(c, 404, "not_found", "there is no %s of that number", what);
}

static void get_place(struct web_call *c)
{
    const struct place *p = place_book_place(c->config->places, c->id);
    if (p)
        web_answer(c, 200, view_place(c, p));
    else
        missing(c, "place");
}

static void get_session(struct web_call *c)
{
    const struct session *s = place_book_session(c->config->places, c->id);
    if (s)
        web_answer(c, 200, session_json(s));
    else
        missing(c, "session");
}

static void write_new(struct web_call *c)
{
    struct slice group;
    json_t *said = place_said(&c->body, true);
    if (own_group(c, json_slice(json_object_get(said, "group")), &group)) {
        json_put(said, "group", json_text(group));
        place_write_one(c, false, 0, said);
        return;
    }
    json_decref(said);
}

static void write_change(struct web_call *c)
{
    place_write_one(c, false, c->id, place_said(&c->body, false));
}

/* A postcode in place of the point is looked up first. */
static void on_where(void *arg, const struct err *e)
{
    struct web_call *c = arg;
    if (e->code == ERR_INVALID)
        web_refuse_key(c, "postcode", "%s", e->text);
    else if (web_ok(c, e->code, e))
        (c->id ? write_change : write_new)(c);
}

static void post_place(struct web_call *c)
{
    place_where(c, c->body.root, on_where, c);
}

static void post_sessions(struct web_call *c)
{
    place_write_one(c, true, 0, session_said(&c->body, true));
}

static void post_session(struct web_call *c)
{
    place_write_one(c, true, c->id, session_said(&c->body, false));
}

/* ---- removing ---- */

static void answer_removed(struct web_call *c)
{
    web_answer(c, 200, json_object());
}

static void on_removed(void *arg, int result, const struct err *e)
{
    if (web_ok(arg, result, e)) place_write_catch_up(arg, answer_removed);
}

static void remove_one(struct web_call *c, bool is_session)
{
    const struct group_set groups = own_groups(c);
    const struct place_removing what = {is_session, c->id, &groups, web_by(c), c->now_ms};
    place_remove(c->config->store, &what, on_removed, c);
}

static void delete_place(struct web_call *c)
{
    remove_one(c, false);
}

static void delete_session(struct web_call *c)
{
    remove_one(c, true);
}

enum { WRITES = NEEDS_STORE | IN_GROUP | AUDITED };

static const struct route rows[] = {
    {"GET", "/api/v1/places", MAY_READ_PLACES, 0, NULL, get_places},
    {"POST", "/api/v1/places", MAY_RUN_PLACES, WRITES | ONCE, KEYS(PLACE_KEYS, "postcode"),
     post_place},
    {"GET", "/api/v1/places/{id}", MAY_READ_PLACES, WITH_ID, NULL, get_place},
    {"POST", "/api/v1/places/{id}", MAY_RUN_PLACES, WRITES | WITH_ID, KEYS(PLACE_KEYS, "postcode"),
     post_place},
    {"DELETE", "/api/v1/places/{id}", MAY_RUN_PLACES, WRITES | WITH_ID, NO_KEYS, delete_place},
    {"GET", "/api/v1/place-sessions", MAY_READ_PLACES, 0, NULL, get_sessions},
    {"POST", "/api/v1/place-sessions", MAY_RUN_PLACES, WRITES | ONCE, KEYS(SESSION_KEYS),
     post_sessions},
    {"GET", "/api/v1/place-sessions/{id}", MAY_READ_PLACES, WITH_ID, NULL, get_session},
    {"POST", "/api/v1/place-sessions/{id}", MAY_RUN_PLACES, WRITES | WITH_ID, KEYS(SESSION_KEYS),
     post_session},
    {"DELETE", "/api/v1/place-sessions/{id}", MAY_RUN_PLACES, WRITES | WITH_ID, NO_KEYS,
     delete_session},
};

const struct routes place_routes = {rows, COUNT_OF(rows)};
