/* One session, by a link: look, keep it in a calendar, pass it on. */
#include "web/public/near_session.h"

#include <stdio.h>
#include <stdlib.h>

#include "flow/place_book.h"
#include "io/calendar.h"

enum {
    TITLE_BYTES = 256,
    UID_BYTES = 64,
    CALENDAR_BYTES_MAX = 16 * 1024,
    ABOUT_BYTES = 320,
    OTHERS = 5, /* times of the same place that are shown */
};

void near_session_none(struct web_call *c)
{
    web_error(c, 404, "not_found",
              "We cannot find that meeting. The link may be old, or a part of it is missing.");
}

bool near_session_find(struct web_call *c, uint32_t id, struct looked *ret)
{
    ret->session = place_book_session(c->config->places, id);
    ret->place = ret->session ? place_book_place(c->config->places, ret->session->place) : NULL;
    if (!ret->place) near_session_none(c);
    return ret->place != NULL;
}

bool near_session_look(struct web_call *c, enum link_kind kind, struct looked *ret)
{
    struct link link;
    if (link_read(c->config->link_key, kind, web_param(c, "link"), &link))
        return near_session_find(c, link.a, ret);
    near_session_none(c);
    return false;
}

/* ---- the page ---- */

static bool is_open(const struct web_call *c, const struct session *s)
{
    return !s->is_cancelled && s->end_ms > c->now_ms;
}

/* Further times there, of which each is a link. */
static json_t *others_json(const struct web_call *c, const struct looked *l)
{
    size_t n;
    json_t *list = json_array();
    const struct session *const *of = place_book_sessions_of(c->config->places, l->place->id, &n);
    for (size_t i = 0; i < n && json_array_size(list) < OTHERS; i++) {
        char when[WHEN_BYTES], path[SESSION_PATH_BYTES];
        if (of[i]->id == l->session->id || !is_open(c, of[i])) continue;
        session_when(c, l->place, of[i], when);
        session_path(c, of[i], path);
        json_list_add(list, json_pack("{s:s,s:s}", "when", when, "href", path));
    }
    return list;
}

json_t *near_session_data(const struct web_call *c, const struct looked *l)
{
    char path[SESSION_PATH_BYTES], when[WHEN_BYTES], about[ABOUT_BYTES];
    session_path(c, l->session, path);
    session_when(c, l->place, l->session, when);
    (void)snprintf(about, sizeof about, "%s. Can you come?", when);
    json_t *data = public_data(c, l->place->name), *view = session_view(c, l->place, l->session);
    session_view_share(c, view, path);
    check(json_object_update(data, view) == 0);
    json_decref(view);
    json_put(data, "about", json_text(slice_of(about)));
    json_put(data, "address",
             json_text(json_slice(json_object_get(json_object_get(data, "share"), "address"))));
    json_put(data, "unlisted", json_true());
    json_put(data, "here", json_text(http_request_path(c->q)));
    json_t *others = others_json(c, l);
    json_put(data, "has_others", json_boolean(json_array_size(others) > 0));
    json_put(data, "others", others);
    return data;
}

void near_session_show(struct web_call *c, const struct looked *l, int status, const char *problem)
{
    json_t *data = near_session_data(c, l);
    json_put(data, "problem", json_text(slice_of(problem)));
    json_put(data, "name", json_text(web_field(c, "name")));
    json_put(data, "number", json_text(web_field(c, "number")));
    json_put(data, "thanks", json_boolean(web_query(c, "thanks").n > 0));
    public_answer(c, PAGE_NEAR_SESSION, status, data);
}

static void get_session(struct web_call *c)
{
    struct looked l;
    if (near_session_look(c, LINK_PAGE, &l)) near_session_show(c, &l, 200, "");
}

/* ---- the calendar ---- */

static void get_calendar(struct web_call *c)
{
    struct looked l;
    char uid[UID_BYTES], path[SESSION_PATH_BYTES], title[TITLE_BYTES];
    if (!near_session_look(c, LINK_PAGE, &l)) return;
    session_path(c, l.session, path);
    char *address = public_address(c, path);
    (void)snprintf(uid, sizeof uid, "%s@muster", strrchr(path, '/') + 1); /* made with our key */
    (void)snprintf(title, sizeof title, "%s: %s", c->config->organisation, l.place->name);
    struct buf file = BUF_INIT(CALENDAR_BYTES_MAX);
    calendar_write(&(struct calendar_event){.uid = uid,
                                            .title = title,
                                            .where = l.session->meeting_point,
                                            .about = l.session->note,
                                            .url = address,
                                            .start_ms = l.session->start_ms,
                                            .end_ms = l.session->end_ms,
                                            .now_ms = c->now_ms,
                                            .is_cancelled = l.session->is_cancelled},
                   &file);
    free(address);
    http_request_set_header(c->q, "Content-Disposition", "attachment; filename=\"meeting.ics\"");
    web_answer_text(c, "text/calendar; charset=utf-8", buf_slice(&file));
    buf_done(&file);
}

static const struct route rows[] = {
    {"GET", "/near/{link}", MAY_ANYBODY, PUBLIC | PAGE, NULL, get_session},
    {"GET", "/near/{link}/calendar.ics", MAY_ANYBODY, PUBLIC | PAGE, NULL, get_calendar},
};

const struct routes near_session_routes = {rows, COUNT_OF(rows)};
