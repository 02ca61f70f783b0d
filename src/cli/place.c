/* muster place, muster session: where people are needed, and when they meet there. */
#include "commands.h"

#include <stdio.h>
#include <string.h>

#include "core/json.h"
#include "core/place.h"
#include "place_import.h"

#include "say.h"
#include "verb.h"

enum { PATH_BYTES = 4096 };
#define PLACES   "/api/v1/places"
#define SESSIONS "/api/v1/place-sessions"

/* A key of the API, as options are written: a text, a number, true or false. */
struct key {
    const char *option, *key;
    enum { TEXT, NUMBER, SWITCH } kind;
};
static const struct key place_keys[] = {
    {"name", "name", TEXT},         {"group", "group", TEXT},       {"at", "at", TEXT},
    {"postcode", "postcode", TEXT}, {"priority", "priority", TEXT}, {"needed", "needed", NUMBER},
    {"code", "code", TEXT},
};
static const struct key session_keys[] = {
    {"start", "start", TEXT},
    {"end", "end", TEXT},
    {"meeting-point", "meeting_point", TEXT},
    {"organiser", "organiser", TEXT},
    {"note", "note", TEXT},
    {"code", "code", TEXT},
    {"capacity", "capacity", NUMBER},
    {"accessible", "accessible", SWITCH},
    {"lifts", "lifts", SWITCH},
};

/* What is no number or no yes is sent as it is: the server says what it should be. */
static json_t *value_of(const struct key *k, const char *text)
{
    uint64_t n;
    bool yes = strcmp(text, "yes") == 0, no = strcmp(text, "no") == 0;
    if (k->kind == NUMBER && slice_to_u64(slice_of(text), INT32_MAX, &n))
        return json_integer((json_int_t)n);
    if (k->kind == SWITCH && (yes || no)) return json_boolean(yes);
    return json_text(slice_of(text));
}

static json_t *body_of(const struct verb_call *c, const struct key *keys, size_t n)
{
    json_t *body = json_object();
    for (size_t i = 0; i < n; i++) {
        const char *text = verb_option(c, keys[i].option);
        if (text) json_put(body, keys[i].key, value_of(&keys[i], text));
    }
    return body;
}

/* ---- printing ---- */

static void print_place(const json_t *p)
{
    char people[SAY_COUNT_BYTES];
    (void)printf("%lld\t", (long long)say_int(p, "id"));
    say_text(stdout, say_string(p, "name"));
    (void)printf("\t%s\t%s\t%s\t%lld to come, %s\n", say_string(p, "group"),
                 say_string(p, "priority"), say_string(p, "at"), (long long)say_int(p, "coming"),
                 say_people(say_int(p, "pledged"), people));
}

static void print_session(const json_t *s)
{
    char when[SAY_TIME_BYTES];
    const json_t *left = json_object_get(s, "left");
    (void)printf("%lld\tplace %lld\t%s\t", (long long)say_int(s, "id"),
                 (long long)say_int(s, "place"), say_when(say_string(s, "start"), when));
    say_text(stdout, say_string(s, "meeting_point"));
    (void)printf("\t%lld coming", (long long)say_int(s, "pledged"));
    if (json_is_integer(left)) (void)printf(", %lld left", (long long)say_int(s, "left"));
    (void)puts(json_is_true(json_object_get(s, "cancelled")) ? "\tcancelled" : "");
}

static void print_one_place(const struct verb_call *c, const json_t *reply)
{
    (void)c;
    print_place(reply);
}

static void print_one_session(const struct verb_call *c, const json_t *reply)
{
    (void)c;
    print_session(reply);
}

static void print_gone(const struct verb_call *c, const json_t *reply)
{
    (void)reply;
    (void)printf("%s %s is gone.\n", c->group->name, c->args[0]);
}

/* ---- lists ---- */

static void print_list(const struct verb_call *c, const json_t *reply)
{
    size_t i;
    const json_t *one;
    (void)c;
    json_array_foreach(json_object_get(reply, "places"), i, one) print_place(one);
    json_array_foreach(json_object_get(reply, "sessions"), i, one) print_session(one);
}

static int list(struct verb_call *c, const char *at, const char *key)
{
    struct err e;
    json_t *all = json_array();
    const struct verb_option *asked = c->verb->options; /* as the query calls them */
    struct buf path = BUF_INIT(PATH_BYTES);
    buf_addf(&path, "%s?limit=500", at);
    for (size_t i = 0; asked[i].name; i++)
        verb_add_query(&path, asked[i].name, verb_option(c, asked[i].name));
    int r = verb_ask_all(c, &path, key, all, NULL, &e);
    return verb_print(c, r, json_pack("{s:o}", key, all), &e, print_list);
}

static int list_places(struct verb_call *c)
{
    return list(c, PLACES, "places");
}

static int list_sessions(struct verb_call *c)
{
    return list(c, SESSIONS, "sessions");
}

/* ---- one ---- */

/* Takes body. */
static int ask_one(struct verb_call *c, const char *method, const char *at, json_t *body,
                   verb_print_cb *print)
{
    struct err e;
    uint32_t id;
    json_t *reply = NULL;
    char path[PATH_BYTES];
    int r = EXIT_USAGE;
    if (verb_id(c, c->group->name, &id)) {
        (void)snprintf(path, sizeof path, "%s/%u", at, id);
        r = verb_ask(c, method, path, body, &reply, &e);
        r = verb_print(c, r, reply, &e, print);
    }
    json_decref(body);
    return r;
}

/* Takes body. */
static int make(struct verb_call *c, const char *at, json_t *body, verb_print_cb *print)
{
    struct err e;
    json_t *reply = NULL;
    int r = verb_ask(c, "POST", at, body, &reply, &e);
    json_decref(body);
    return verb_print(c, r, reply, &e, print);
}

static int add_place(struct verb_call *c)
{
    json_t *body = body_of(c, place_keys, COUNT_OF(place_keys));
    json_put(body, "name", json_text(slice_of(c->args[0])));
    return make(c, PLACES, body, print_one_place);
}

static int set_place(struct verb_call *c)
{
    return ask_one(c, "POST", PLACES, body_of(c, place_keys, COUNT_OF(place_keys)),
                   print_one_place);
}

static int show_place(struct verb_call *c)
{
    return ask_one(c, "GET", PLACES, NULL, print_one_place);
}

static int remove_place(struct verb_call *c)
{
    return ask_one(c, "DELETE", PLACES, NULL, print_gone);
}

static int add_session(struct verb_call *c)
{
    uint32_t place;
    if (!verb_id(c, "place", &place)) return EXIT_USAGE;
    json_t *body = body_of(c, session_keys, COUNT_OF(session_keys));
    json_put_count(body, "place", place);
    return make(c, SESSIONS, body, print_one_session);
}

static int set_session(struct verb_call *c)
{
    return ask_one(c, "POST", SESSIONS, body_of(c, session_keys, COUNT_OF(session_keys)),
                   print_one_session);
}

static int show_session(struct verb_call *c)
{
    return ask_one(c, "GET", SESSIONS, NULL, print_one_session);
}

static int cancel_session(struct verb_call *c)
{
    return ask_one(c, "POST", SESSIONS, json_pack("{s:b}", "cancelled", 1), print_one_session);
}

static int remove_session(struct verb_call *c)
{
    return ask_one(c, "DELETE", SESSIONS, NULL, print_gone);
}

/* ---- what they take ---- */

static const struct verb_option listing[] = {
    {"group", "GROUP", "only those of this one"},
    {"q", "TEXT", "a part of the name, or the code"},
    {NULL, NULL, NULL},
};
static const struct verb_option listing_sessions[] = {
    {"group", "GROUP", "only those of this one"},
    {"place", "ID", "only those at this place"},
    {NULL, NULL, NULL},
};
static const struct verb_option saying[] = {
    {"name", "NAME", "a seat, a ward, a town"},
    {"group", "GROUP", "whose people see to it"},
    {"at", "LAT,LON", "in degrees, e.g. 51.50,-0.12"},
    {"postcode", "TEXT", "instead: a postcode or a town that `muster near` knows"},
    {"priority", "WORD", "safe, likely, close or marginal: how much it needs people"},
    {"needed", "N", "people, all in all"},
    {"code", "CODE", "your own, by which an import again corrects it"},
    {NULL, NULL, NULL},
};
static const struct verb_option saying_session[] = {
    {"start", "TIME", "e.g. 2026-12-03T18:00:00Z"},
    {"end", "TIME", "the same"},
    {"meeting-point", "TEXT", "where people meet"},
    {"organiser", "NAME", "who is there"},
    {"note", "TEXT", "what to know besides"},
    {"capacity", "N", "people; 0 = any number"},
    {"accessible", "yes|no", "without steps"},
    {"lifts", "yes|no", "somebody takes people there"},
    {"code", "CODE", "your own, by which an import again corrects it"},
    {NULL, NULL, NULL},
};
static const struct verb_option importing[] = {
    {"group", "GROUP", "whose they are, where the file does not say"},
    {"zone", "ZONE", "of times that name none, e.g. Europe/London; else the group's"},
    {"place", "NAME", "of a calendar: at which place all of it is, a code or a name"},
    {NULL, NULL, NULL},
};

static const struct verb places[] = {
    {"list", "", 0, 0, "All places.", "list --group leeds", listing, list_places},
    {"show", "ID", 1, 1, "One place.", "show 7", NULL, show_place},
    {"add", "NAME", 1, 1, "Makes a place; --at or --postcode says where.",
     "add \"Leeds North\" --at 53.84,-1.55 --priority marginal --needed 200", saying, add_place},
    {"set", "ID", 1, 1, "Corrects a place; all see it at once.", "set 7 --priority close", saying,
     set_place},
    {"remove", "ID", 1, 1, "Removes a place without sessions to come.", "remove 7", NULL,
     remove_place},
    {"import", "FILE", 1, 1,
     "Takes places and sessions from a CSV file, or sessions from a calendar (.ics).\n"
     "Importing it again corrects what changed (docs/PLACES.md has the columns).",
     "import places.csv --group leeds", importing, place_import},
    {.name = NULL},
};

static const struct verb sessions[] = {
    {"list", "", 0, 0, "All sessions that are not over.", "list --place 7", listing_sessions,
     list_sessions},
    {"show", "ID", 1, 1, "One session.", "show 12", NULL, show_session},
    {"add", "PLACE --start TIME --end TIME", 1, 1, "Makes a session at a place.",
     "add 7 --start 2026-12-03T18:00:00Z --end 2026-12-03T20:00:00Z --capacity 20", saying_session,
     add_session},
    {"set", "ID", 1, 1, "Corrects a session; all see it at once.",
     "set 12 --meeting-point \"Town hall\"", saying_session, set_session},
    {"cancel", "ID", 1, 1, "Calls a session off; nobody is sent there any more.", "cancel 12", NULL,
     cancel_session},
    {"remove", "ID", 1, 1, "Removes a session to which nobody is coming.", "remove 12", NULL,
     remove_session},
    {"import", "FILE", 1, 1, "As `muster place import`.", "import sessions.csv --group leeds",
     importing, place_import},
    {.name = NULL},
};

const struct verb_group place_group = {"place", "Places that need people.", places};
const struct verb_group session_group = {"session", "When people meet at a place.", sessions};
