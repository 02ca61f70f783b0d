/* The forms of places and of sessions: new ones, corrections, and a session that is called off. */
#include "web/organiser/organiser.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/json.h"
#include "flow/place_book.h"
#include "web/local_time.h"
#include "web/organiser/place_words.h"
#include "web/page.h"
#include "web/page_words.h"

enum { PATH_BYTES = 64, NUMBER_BYTES = 16 };

struct said {
    const char *id, *label, *hint, *type;
    bool required;
};
static const struct said place_fields[] = {
    {"name", "Name", "Such as Leeds North.", "text", true},
    {"at", "Where it is",
     "A postcode or a town. Or latitude and longitude, such as 53.80,-1.55: a map on your phone "
     "shows them when you press long on the place.",
     "text", true},
    {"needed", "People needed", "All in all. Empty: nobody knows yet.", "number", false},
};
static const struct said session_fields[] = {
    {"start", "Begins", "", "datetime-local", true},
    {"end", "Ends", "", "datetime-local", true},
    {"meeting_point", "Where people meet", "So that a stranger finds it.", "text", false},
    {"organiser", "Who is there", "A first name is enough. All can read it.", "text", false},
    {"capacity", "Places", "How many people may come. Empty: any number.", "number", false},
};

/* ---- a form that is shown ---- */

/* What was typed, else what stands there now. */
static json_t *value_of(const struct web_call *c, const json_t *now, const char *key)
{
    char text[NUMBER_BYTES];
    struct slice typed = web_field(c, key);
    const json_t *stands = json_object_get(now, key);
    if (typed.p) return json_text(typed);
    if (!json_is_integer(stands)) return json_text(json_slice(stands));
    (void)snprintf(text, sizeof text, "%lld", (long long)json_integer_value(stands));
    return json_string(strcmp(text, "0") == 0 ? "" : text);
}

static json_t *field(const struct web_call *c, const struct said *s, json_t *value)
{
    const char *error =
        json_string_value(json_object_get(json_object_get(c->asked, "wrong"), s->id));
    bool number = strcmp(s->type, "number") == 0;
    return json_pack("{s:s,s:s,s:s,s:s,s:o,s:s,s:n,s:n,s:b,s:n,s:s}", "id", s->id, "label",
                     s->label, "hint", s->hint, "type", number ? "text" : s->type, "value", value,
                     "error", error ? error : "", "options", "rows", "required", s->required,
                     "autocomplete", "inputmode", number ? "numeric" : "");
}

static json_t *options_field(const struct web_call *c, const char *id, const char *label,
                             const char *hint, json_t *list)
{
    const struct said said = {id, label, hint, "text", false};
    json_t *one = field(c, &said, json_string(""));
    json_put(one, "options", json_pack("{s:o}", "list", list));
    return one;
}

static json_t *priority_field(const struct web_call *c, const json_t *now)
{
    json_t *list = json_array(), *value = value_of(c, now, "priority");
    struct slice chosen = json_slice(value).n ? json_slice(value) : SLICE_LIT("marginal");
    for (int i = PLACE_PRIORITY_COUNT - 1; i >= 0; i--)
        page_option(list, place_priority_to_string((enum place_priority)i),
                    place_words_priority((enum place_priority)i), chosen);
    json_decref(value);
    return options_field(c, "priority", "How close it is",
                         "People are sent to marginal places first, to safe ones last.", list);
}

/* Whose it is: said where there is a choice. NULL: there is none. */
static json_t *group_field(const struct web_call *c, const json_t *now)
{
    static const struct said said = {"group", "Group", "Whose people see to it.", "text", true};
    const struct group_set mine = access_groups(c->member, MAY_RUN_PLACES);
    if (!mine.all && mine.count == 1) return NULL;
    json_t *value = value_of(c, now, "group");
    if (mine.all) {
        if (json_slice(value).n == 0 && json_object_size(now) == 0) {
            json_decref(value);
            value = json_string("main");
        }
        return field(c, &said, value);
    }
    json_t *list = json_array();
    for (size_t i = 0; i < mine.count; i++)
        page_option(list, mine.names[i], mine.names[i], json_slice(value));
    json_decref(value);
    return options_field(c, said.id, said.label, said.hint, list);
}

/* The page begins; what was refused, if anything, is kept in c->asked: {"problem", "wrong"}. */
static json_t *begin(const struct web_call *c, const char *title, const char *back,
                     const char *label)
{
    const char *problem = json_string_value(json_object_get(c->asked, "problem"));
    json_t *data = page_data(c, title, problem ? problem : "");
    json_put(data, "back", json_pack("{s:s,s:s}", "href", back, "label", label));
    return data;
}

static int status_of(const struct web_call *c)
{
    return c->asked ? 422 : 200;
}

static void refused(struct web_call *c, const json_t *body)
{
    json_t *wrong = page_wrong(body), *where = json_object_get(wrong, "postcode");
    if (where) json_put(wrong, "at", json_incref(where));
    (void)json_object_del(wrong, "postcode");
    char *words = json_object_size(wrong) ? page_wrong_words(wrong) : NULL;
    const char *detail = json_string_value(json_object_get(body, "detail"));
    json_decref(c->asked);
    c->asked = json_pack("{s:s,s:o}", "problem",
                         words    ? words
                         : detail ? detail
                                  : "",
                         "wrong", wrong);
    free(words);
}

/* ---- a place ---- */

static const struct place *place_here(struct web_call *c)
{
    const struct place *p = place_book_place(c->config->places, c->id);
    if (p && access_may(c->member, MAY_RUN_PLACES, slice_of(p->group))) return p;
    web_error(c, 404, "not_found", "There is no such place of yours any more.");
    return NULL;
}

/* p NULL: a new one. */
static void show_place_form(struct web_call *c, const struct place *p)
{
    char back[PATH_BYTES];
    json_t *now = p ? place_json(p) : json_object(), *fields = json_array();
    (void)snprintf(back, sizeof back, "/places/%u", c->id);
    json_t *data = begin(c, p ? "Change the place" : "Add a place", p ? back : "/places",
                         p ? p->name : "Places");
    for (size_t i = 0; i < COUNT_OF(place_fields); i++)
        json_list_add(fields, field(c, &place_fields[i], value_of(c, now, place_fields[i].id)));
    json_list_add(fields, priority_field(c, now));
    json_t *group = group_field(c, now);
    if (group) json_list_add(fields, group);
    json_put(data, "fields", fields);
    json_put(data, "action", p ? json_text(slice_of(back)) : json_string("/places/new"));
    page_answer(c, PAGE_PLACE_FORM, status_of(c), data);
    json_decref(now);
}

static void get_place_new(struct web_call *c)
{
    show_place_form(c, NULL);
}

static void get_place_change(struct web_call *c)
{
    const struct place *p = place_here(c);
    if (p) show_place_form(c, p);
}

/* What is no number is sent as it is: the API says what it should be. Empty: none. */
static json_t *number_typed(struct slice text)
{
    uint64_t n = 0;
    if (text.n && !slice_to_u64(text, INT32_MAX, &n)) return json_text(text);
    return json_integer((json_int_t)n);
}

/* A point, or what is looked up. */
static void put_where(const struct web_call *c, json_t *body)
{
    struct point at;
    struct slice text = web_typed(c, "at");
    if (text.p) json_put(body, point_from_text(text, &at) ? "at" : "postcode", json_text(text));
}

static json_t *place_typed(const struct web_call *c)
{
    static const char *const texts[] = {"name", "priority", "group"};
    json_t *body = json_object();
    put_where(c, body);
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        if (web_field(c, texts[i]).p) json_put(body, texts[i], json_text(web_typed(c, texts[i])));
    json_put(body, "needed", number_typed(web_typed(c, "needed")));
    return body;
}

static void to_place(struct web_call *c, const json_t *place)
{
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof path, "/places/%lld", (long long)json_integer_value(place));
    web_answer_redirect(c, path);
}

static void on_place(struct web_call *c, int status, const json_t *body)
{
    if (status < 300) {
        to_place(c, json_object_get(body, "id"));
        return;
    }
    refused(c, body);
    show_place_form(c, c->id ? place_book_place(c->config->places, c->id) : NULL);
}

static void post_place_new(struct web_call *c)
{
    web_ask(c, on_place, place_typed(c), "POST", "/api/v1/places");
}

static void post_place_change(struct web_call *c)
{
    if (place_here(c)) web_ask(c, on_place, place_typed(c), "POST", "/api/v1/places/%u", c->id);
}

/* ---- a session ---- */

static json_t *time_value(const struct web_call *c, const json_t *now, const char *key)
{
    char text[LOCAL_TIME_BYTES];
    struct slice typed = web_field(c, key);
    if (typed.p) return json_text(typed);
    local_time_field_iso(c, json_object_get(now, key), text);
    return json_string(text);
}

static bool ticked(const struct web_call *c, const json_t *now, const char *key)
{
    return c->form.count ? web_field(c, key).n > 0 : json_is_true(json_object_get(now, key));
}

/* s NULL: a new one at p. */
static void show_session_form(struct web_call *c, const struct place *p, const struct session *s)
{
    char back[PATH_BYTES], action[PATH_BYTES];
    json_t *now = s ? session_json(s) : json_object(), *fields = json_array();
    (void)snprintf(back, sizeof back, "/places/%u", p->id);
    (void)snprintf(action, sizeof action, s ? "/place-sessions/%u" : "/places/%u/sessions",
                   s ? s->id : p->id);
    json_t *data = begin(c, s ? "Change the session" : "Add a session", back, p->name);
    for (size_t i = 0; i < COUNT_OF(session_fields); i++) {
        const struct said *one = &session_fields[i];
        bool is_time = strcmp(one->type, "datetime-local") == 0;
        json_list_add(
            fields,
            field(c, one, is_time ? time_value(c, now, one->id) : value_of(c, now, one->id)));
    }
    json_put(data, "fields", fields);
    json_put(data, "zone", json_string(local_zone_name(c)));
    json_put(data, "note", value_of(c, now, "note"));
    json_put(data, "accessible", json_boolean(ticked(c, now, "accessible")));
    json_put(data, "lifts", json_boolean(ticked(c, now, "lifts")));
    json_put(data, "action", json_string(action));
    json_put(data, "there", json_boolean(s != NULL));
    json_put(data, "off", json_boolean(s && s->is_cancelled));
    json_int_t coming = s ? (json_int_t)(s->pledged + s->waiting) : 0;
    json_put(data, "coming", json_integer(coming));
    json_put(data, "coming_one", json_boolean(coming == 1));
    page_answer(c, PAGE_SESSION_FORM, status_of(c), data);
    json_decref(now);
}

/* The session of the path, at *ret_place. NULL: c has its response. */
static const struct session *session_here(struct web_call *c, const struct place **ret_place)
{
    const struct session *s = place_book_session(c->config->places, c->id);
    const struct place *p = s ? place_book_place(c->config->places, s->place) : NULL;
    *ret_place = p;
    if (p && access_may(c->member, MAY_RUN_PLACES, slice_of(p->group))) return s;
    web_error(c, 404, "not_found", "There is no such session of yours any more.");
    return NULL;
}

static void get_session_new(struct web_call *c)
{
    const struct place *p = place_here(c);
    if (p) show_session_form(c, p, NULL);
}

static void get_session_change(struct web_call *c)
{
    const struct place *p;
    const struct session *s = session_here(c, &p);
    if (s) show_session_form(c, p, s);
}

/* The wrong time is noted as the API would. */
static void put_time(const struct web_call *c, json_t *body, const char *key, json_t *wrong)
{
    struct err e;
    int64_t ms;
    if (local_time_read(c, web_field(c, key), &ms, &e) == 0)
        json_put_time(body, key, ms);
    else
        json_put(wrong, key, json_string(e.text));
}

static json_t *session_typed(const struct web_call *c, json_t *wrong)
{
    static const char *const texts[] = {"meeting_point", "organiser", "note"};
    json_t *body = json_object();
    put_time(c, body, "start", wrong);
    put_time(c, body, "end", wrong);
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        json_put(body, texts[i], json_text(web_typed(c, texts[i])));
    json_put(body, "capacity", number_typed(web_typed(c, "capacity")));
    json_put(body, "accessible", json_boolean(web_field(c, "accessible").n > 0));
    json_put(body, "lifts", json_boolean(web_field(c, "lifts").n > 0));
    return body;
}

static void show_session_again(struct web_call *c)
{
    bool is_new = strstr(c->route->path, "/sessions") != NULL;
    const struct session *s = is_new ? NULL : place_book_session(c->config->places, c->id);
    const struct place *p = place_book_place(c->config->places, s ? s->place : c->id);
    if (p)
        show_session_form(c, p, s);
    else
        web_error(c, 404, "not_found", "There is no such place any more.");
}

static void on_session(struct web_call *c, int status, const json_t *body)
{
    if (status < 300) {
        to_place(c, json_object_get(body, "place"));
        return;
    }
    refused(c, body);
    show_session_again(c);
}

/* What was typed, to the API; place 0: it stands already. */
static void send_session(struct web_call *c, uint32_t place)
{
    json_t *wrong = json_object(), *body = session_typed(c, wrong);
    if (json_object_size(wrong)) {
        char *words = page_wrong_words(wrong);
        json_decref(body);
        c->asked = json_pack("{s:s,s:o}", "problem", words, "wrong", wrong);
        free(words);
        show_session_again(c);
        return;
    }
    json_decref(wrong);
    if (place) {
        json_put_count(body, "place", place);
        web_ask(c, on_session, body, "POST", "/api/v1/place-sessions");
    } else {
        web_ask(c, on_session, body, "POST", "/api/v1/place-sessions/%u", c->id);
    }
}

static void post_session_new(struct web_call *c)
{
    const struct place *p = place_here(c);
    if (p) send_session(c, p->id);
}

static void post_session_change(struct web_call *c)
{
    const struct place *p;
    if (session_here(c, &p)) send_session(c, 0);
}

static void post_off(struct web_call *c)
{
    bool off = !slice_is(web_field(c, "on"), "1");
    const struct place *p;
    if (session_here(c, &p))
        web_ask(c, on_session, json_pack("{s:b}", "cancelled", off), "POST",
                "/api/v1/place-sessions/%u", c->id);
}

enum { SEES = NEEDS_STORE | IN_GROUP | PAGE, DOES = SEES | FORM | AUDITED };

static const struct route rows[] = {
    {"GET", "/places/new", MAY_RUN_PLACES, SEES, NULL, get_place_new},
    {"POST", "/places/new", MAY_RUN_PLACES, DOES, NULL, post_place_new},
    {"GET", "/places/{id}/change", MAY_RUN_PLACES, SEES | WITH_ID, NULL, get_place_change},
    {"POST", "/places/{id}", MAY_RUN_PLACES, DOES | WITH_ID, NULL, post_place_change},
    {"GET", "/places/{id}/sessions", MAY_RUN_PLACES, SEES | WITH_ID, NULL, get_session_new},
    {"POST", "/places/{id}/sessions", MAY_RUN_PLACES, DOES | WITH_ID, NULL, post_session_new},
    {"GET", "/place-sessions/{id}", MAY_RUN_PLACES, SEES | WITH_ID, NULL, get_session_change},
    {"POST", "/place-sessions/{id}", MAY_RUN_PLACES, DOES | WITH_ID, NULL, post_session_change},
    {"POST", "/place-sessions/{id}/off", MAY_RUN_PLACES, DOES | WITH_ID, NULL, post_off},
};

const struct routes place_form_routes = {rows, COUNT_OF(rows)};
