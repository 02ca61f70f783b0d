/* One session, by a link: look, say that one comes, keep it in a calendar, pass it on. */
#include "web/public/near_session.h"

#include <stdio.h>
#include <stdlib.h>

#include "flow/place_book.h"
#include "io/calendar.h"

enum {
    TITLE_BYTES = 256,
    UID_BYTES = 64,
    CALENDAR_BYTES_MAX = 16 * 1024,
    ABOUT_BYTES = 480,
    ENDS_BYTES = 16,
    OTHERS = 5, /* times of the same place that are shown */
};

void meeting_none(struct web_call *c)
{
    web_error(c, 404, "not_found", "%s", public_say(c, WORD_none));
}

bool meeting_find(struct web_call *c, uint32_t session, struct looked *ret)
{
    const struct place_book *book = c->config->places;
    ret->session = place_book_session(book, session);
    ret->place = ret->session ? place_book_place(book, ret->session->place) : NULL;
    if (!ret->place) meeting_none(c);
    return ret->place != NULL;
}

bool meeting_is_open(const struct web_call *c, const struct session *s)
{
    return !s->is_cancelled && s->end_ms > c->now_ms;
}

/* ---- the page ---- */

/* Further times there, of which each is a link. */
static json_t *others_json(const struct web_call *c, const struct looked *l)
{
    size_t n;
    json_t *list = json_array();
    const struct session *const *of = place_book_sessions_of(c->config->places, l->place->id, &n);
    for (size_t i = 0; i < n && json_array_size(list) < OTHERS; i++) {
        char when[SAY_WHEN_BYTES], path[SESSION_PATH_BYTES];
        if (of[i]->id == l->session->id || !meeting_is_open(c, of[i])) continue;
        session_when(c, l->place, of[i], when);
        session_path(c, of[i], path);
        json_list_add(list, json_pack("{s:s,s:s}", "when", when, "href", path));
    }
    return list;
}

json_t *meeting_data(const struct web_call *c, const struct looked *l)
{
    char path[SESSION_PATH_BYTES], when[SAY_WHEN_BYTES], about[ABOUT_BYTES];
    session_path(c, l->session, path);
    session_when(c, l->place, l->session, when);
    (void)snprintf(about, sizeof about, "%s. %s", when, public_say(c, WORD_can_you));
    json_t *data = public_data(c, l->place->name), *view = session_view(c, l->place, l->session);
    session_view_share(c, view, path);
    check(json_object_update(data, view) == 0);
    json_decref(view);
    json_put(data, "about", json_text(slice_of(about)));
    json_put(data, "address",
             json_text(json_slice(json_object_get(json_object_get(data, "share"), "address"))));
    if (!meeting_is_open(c, l->session))
        (void)json_object_del(data, "share"); /* nobody is to come */
    json_put(data, "unlisted", json_true());
    public_put_via(c, data);
    json_put(data, "here", json_text(http_request_path(c->q)));
    json_t *others = others_json(c, l);
    json_put(data, "has_others", json_boolean(json_array_size(others) > 0));
    json_put(data, "others", others);
    return data;
}

void meeting_show(struct web_call *c, uint32_t session, uint64_t known, int status,
                  const char *problem)
{
    struct looked l;
    char ends[ENDS_BYTES];
    if (!meeting_find(c, session, &l)) return;
    json_t *data = meeting_data(c, &l);
    json_put(data, "problem", json_text(slice_of(problem)));
    json_put(data, "form", json_boolean(meeting_is_open(c, l.session)));
    json_put(data, "name", json_text(web_field(c, "name")));
    json_put(data, "number", json_text(web_field(c, "number")));
    json_put(data, "thanks", json_boolean(web_query(c, "thanks").n > 0));
    (void)snprintf(ends, sizeof ends, "%03u", (unsigned)(known % 1000));
    if (known) json_put(data, "known", json_pack("{s:s}", "ends", ends));
    public_answer(c, PAGE_NEAR_SESSION, status, data);
}

/* ---- by a link ---- */

static void show_offer(struct web_call *c, uint32_t session, uint64_t number)
{
    meeting_show(c, session, number, 200, "");
}

static void get_session(struct web_call *c)
{
    struct link link;
    if (link_read(c->config->link_key, LINK_PAGE, web_param(c, "link"), &link))
        meeting_show(c, link.a, 0, 200, "");
    else if (link_read(c->config->link_key, LINK_OFFER, web_param(c, "link"), &link))
        meeting_offer(c, &link, show_offer);
    else
        meeting_none(c);
}

/* A link that was passed on: another one than who was texted writes their own number. */
static void come_by_offer(struct web_call *c, uint32_t session, uint64_t number)
{
    struct link link = {0};
    (void)link_read(c->config->link_key, LINK_OFFER, web_param(c, "link"), &link);
    const struct pledge_ask ask = {.session = session,
                                   .person = number,
                                   .way = PLEDGE_BY_LINK,
                                   .campaign = link.a,
                                   .index = link.b};
    if (web_field(c, "number").n > 0)
        meeting_come_by_form(c, session);
    else
        meeting_come(c, &ask);
}

static void post_session(struct web_call *c)
{
    struct link link;
    if (link_read(c->config->link_key, LINK_PAGE, web_param(c, "link"), &link))
        meeting_come_by_form(c, link.a);
    else if (link_read(c->config->link_key, LINK_OFFER, web_param(c, "link"), &link))
        meeting_offer(c, &link, come_by_offer);
    else
        meeting_none(c);
}

/* ---- the calendar ---- */

static void get_calendar(struct web_call *c)
{
    struct looked l;
    struct link link;
    char uid[UID_BYTES], path[SESSION_PATH_BYTES], title[TITLE_BYTES];
    if (!link_read(c->config->link_key, LINK_PAGE, web_param(c, "link"), &link)) {
        meeting_none(c);
        return;
    }
    if (!meeting_find(c, link.a, &l)) return;
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
    {"POST", "/near/{link}", MAY_ANYBODY, PUBLIC | PAGE | FORM | NEEDS_STORE, NULL, post_session},
    {"GET", "/near/{link}/calendar.ics", MAY_ANYBODY, PUBLIC | PAGE, NULL, get_calendar},
};

const struct routes near_session_routes = {rows, COUNT_OF(rows)};
