/* /places and /places/{id}: where people are needed, and when they meet there. All who sign in see
 * them; who sees to a group's places gets the buttons. */
#include "web/organiser/organiser.h"

#include <stdio.h>

#include "base/buf.h"
#include "core/form.h"
#include "core/json.h"
#include "flow/place_book.h"
#include "web/local_time.h"
#include "web/organiser/place_words.h"
#include "web/page.h"
#include "web/view/view.h"

enum { PATH_BYTES = 512, TABS_MAX = 5 };

static bool may_run(const struct web_call *c, const char *group)
{
    return access_may(c->member, MAY_RUN_PLACES, slice_of(group));
}

/* ---- all of them ---- */

static void add_tab(json_t *tabs, const char *label, const char *href, bool current)
{
    json_list_add(tabs, json_pack("{s:s,s:s,s:n,s:b}", "label", label, "href", href, "count",
                                  "current", current));
}

/* A tab for the places of each of the member's groups, and one for all places. NULL: the member has no group of
 * their own. */
static json_t *tabs_of(const struct web_call *c)
{
    char href[PATH_BYTES];
    struct slice group = web_query(c, "group");
    const struct member *m = c->member;
    if (m->group_count == 0) return NULL;
    json_t *tabs = json_array();
    add_tab(tabs, "All", "/places", group.n == 0);
    for (size_t i = 0; i < m->group_count && i < TABS_MAX; i++) {
        (void)snprintf(href, sizeof href, "/places?group=%s", m->groups[i]);
        add_tab(tabs, m->groups[i], href, slice_is(group, m->groups[i]));
    }
    return tabs;
}

static json_t *card_of(const json_t *p)
{
    enum place_priority priority = PLACE_SAFE;
    json_t *card = json_copy((json_t *)p);
    json_int_t coming = json_integer_value(json_object_get(p, "coming"));
    (void)place_priority_from_string(json_slice(json_object_get(p, "priority")), &priority);
    json_put(card, "priority", json_string(place_words_priority(priority)));
    json_put(card, "one", json_boolean(coming == 1));
    json_put(card, "none", json_boolean(coming == 0));
    return card;
}

static json_t *next_json(const struct web_call *c, struct slice cursor)
{
    static const char *const kept[] = {"group", "q"};
    struct buf href = BUF_INIT(PATH_BYTES);
    if (cursor.n == 0) return json_null();
    buf_addf(&href, "/places?cursor=%.*s", SLICE_ARG(cursor));
    for (size_t i = 0; i < COUNT_OF(kept); i++) {
        buf_addf(&href, "&%s=", kept[i]);
        form_encode(&href, web_query(c, kept[i]));
    }
    json_t *out = json_text(buf_slice(&href));
    buf_done(&href);
    return out;
}

static void on_places(struct web_call *c, int status, const json_t *body)
{
    size_t i;
    const json_t *one;
    if (status != 200) {
        web_pass_on(c, status, body);
        return;
    }
    json_t *data = page_data(c, "Places", ""), *cards = json_array(), *tabs = tabs_of(c);
    json_array_foreach(json_object_get(body, "places"), i, one) json_list_add(cards, card_of(one));
    json_put(data, "cards", cards);
    json_put(data, "next", next_json(c, json_slice(json_object_get(body, "next"))));
    json_put(data, "q", json_text(web_query(c, "q")));
    json_put(data, "group", json_text(web_query(c, "group")));
    json_put(data, "may", json_boolean(access_may_somewhere(c->member, MAY_RUN_PLACES)));
    json_put(data, "has_tabs", json_boolean(tabs != NULL));
    json_put(data, "tabs_label", json_string("Groups"));
    json_put(data, "tabs", tabs ? tabs : json_array());
    page_answer(c, PAGE_PLACES, 200, data);
}

static void get_places(struct web_call *c)
{
    web_ask(c, on_places, NULL, "GET", "/api/v1/places");
}

/* ---- one ---- */

static json_t *session_card(const struct web_call *c, const struct session *s)
{
    char when[PLACE_WHEN_BYTES], room[PLACE_WORDS_BYTES];
    place_words_when(c, s, when);
    place_words_room(s, room);
    return json_pack("{s:I,s:s,s:s,s:s,s:s,s:s,s:b,s:b,s:b}", "id", (json_int_t)s->id, "when", when,
                     "room", room, "meeting_point", s->meeting_point, "organiser", s->organiser,
                     "note", s->note, "accessible", s->accessible, "lifts", s->lifts, "off",
                     s->is_cancelled);
}

static json_t *session_cards(const struct web_call *c, uint32_t place)
{
    size_t n;
    json_t *cards = json_array();
    const struct session *const *list = place_book_sessions_of(c->config->places, place, &n);
    for (size_t i = 0; i < n; i++)
        if (list[i]->end_ms >= c->now_ms) json_list_add(cards, session_card(c, list[i]));
    return cards;
}

static void show_place(struct web_call *c, const struct place *p)
{
    const char *problem = json_string_value(c->asked);
    json_t *data = page_data(c, p->name, problem ? problem : "");
    json_put(data, "place", view_place(c, p));
    json_put(data, "priority", json_string(place_words_priority(p->priority)));
    json_put(data, "needs", json_boolean(p->needed > 0));
    json_put(data, "sessions", session_cards(c, p->id));
    json_put(data, "may", json_boolean(may_run(c, p->group)));
    json_put(data, "back", json_pack("{s:s,s:s}", "href", "/places", "label", "Places"));
    page_answer(c, PAGE_PLACE, problem ? 422 : 200, data);
}

static void get_place(struct web_call *c)
{
    const struct place *p = place_book_place(c->config->places, c->id);
    if (p)
        show_place(c, p);
    else
        web_error(c, 404, "not_found", "There is no such place any more.");
}

static void on_removed(struct web_call *c, int status, const json_t *body)
{
    if (status == 200) {
        web_answer_redirect(c, "/places");
        return;
    }
    if (status == 404) { /* another group's: it may be read, and is not theirs to remove */
        web_pass_on(c, status, body);
        return;
    }
    c->asked = json_incref(json_object_get(body, "detail"));
    get_place(c);
}

static void post_remove(struct web_call *c)
{
    web_ask(c, on_removed, NULL, "DELETE", "/api/v1/places/%u", c->id);
}

static const struct route rows[] = {
    {"GET", "/places", MAY_READ_PLACES, IN_GROUP | PAGE, NULL, get_places},
    {"GET", "/places/{id}", MAY_READ_PLACES, IN_GROUP | PAGE | WITH_ID, NULL, get_place},
    {"POST", "/places/{id}/remove", MAY_RUN_PLACES,
     NEEDS_STORE | IN_GROUP | PAGE | FORM | AUDITED | WITH_ID, NULL, post_remove},
};

const struct routes place_page_routes = {rows, COUNT_OF(rows)};
