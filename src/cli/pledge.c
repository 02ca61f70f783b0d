/* muster pledge: who comes to a session, who came, and how many come where. */
#include "commands.h"

#include <stdio.h>
#include <string.h>

#include "core/form.h"
#include "core/json.h"
#include "core/number.h"

#include "number_arg.h"
#include "say.h"
#include "verb.h"

enum { PATH_BYTES = 1024, DAYS_MAX = 8 };
#define SESSIONS "/api/v1/place-sessions"

/* ---- printing ---- */

static void print_pledge(int64_t session, const json_t *p)
{
    const char *person = say_string(p, "person");
    (void)printf("%lld\t%lld\t%s\t%s\t%s\t", (long long)session, (long long)say_int(p, "pledge"),
                 say_string(p, "state"), *person ? person : "(forgotten)", say_string(p, "group"));
    say_text(stdout, say_string(p, "name"));
    (void)printf("\tby %s\n", say_string(p, "way"));
}

static void print_session(const json_t *found)
{
    char when[SAY_TIME_BYTES];
    size_t i;
    const json_t *p, *s = json_object_get(found, "session");
    int64_t waiting = say_int(s, "waiting");
    say_text(stdout, say_string(json_object_get(found, "place"), "name"));
    (void)printf(", %s (session %lld): %lld coming", say_when(say_string(s, "start"), when),
                 (long long)say_int(s, "id"), (long long)say_int(s, "pledged"));
    if (waiting > 0) (void)printf(", %lld waiting", (long long)waiting);
    (void)puts(json_is_true(json_object_get(s, "cancelled")) ? ", cancelled" : "");
    json_array_foreach(json_object_get(found, "pledges"), i, p) print_pledge(say_int(s, "id"), p);
}

static void print_list(const struct verb_call *c, const json_t *reply)
{
    size_t i;
    const json_t *found;
    (void)c;
    json_array_foreach(json_object_get(reply, "sessions"), i, found) print_session(found);
}

static void print_done(const struct verb_call *c, const json_t *reply)
{
    (void)c;
    (void)printf("session %lld, pledge %lld: %s%s\n", (long long)say_int(reply, "session"),
                 (long long)say_int(reply, "pledge"), say_string(reply, "state"),
                 json_is_true(json_object_get(reply, "again")) ? ", as before" : "");
}

/* ---- list ---- */

/* A session with all who come, into ret_list. */
static int add_session(struct verb_call *c, uint32_t id, json_t *ret_list, struct err *e)
{
    json_t *first = NULL, *pledges = json_array();
    struct buf path = BUF_INIT(PATH_BYTES);
    buf_addf(&path, SESSIONS "/%u/pledges", id);
    int r = verb_ask_all(c, &path, "pledges", pledges, &first, e);
    if (r == 0) {
        json_list_add(ret_list,
                      json_pack("{s:O,s:O,s:O}", "place", json_object_get(first, "place"),
                                "session", json_object_get(first, "session"), "pledges", pledges));
    }
    json_decref(first);
    json_decref(pledges);
    return r;
}

/* Of a place or a group: the sessions that are not over. */
static int add_sessions(struct verb_call *c, json_t *ret_list, struct err *e)
{
    size_t i;
    const json_t *s;
    json_t *sessions = json_array();
    struct buf path = BUF_INIT(PATH_BYTES);
    buf_add_cstr(&path, SESSIONS "?limit=500");
    verb_add_query(&path, "place", verb_option(c, "place"));
    verb_add_query(&path, "group", verb_option(c, "group"));
    int r = verb_ask_all(c, &path, "sessions", sessions, NULL, e);
    json_array_foreach(sessions, i, s)
    {
        if (r == 0) r = add_session(c, (uint32_t)say_int(s, "id"), ret_list, e);
    }
    json_decref(sessions);
    return r;
}

static int list(struct verb_call *c)
{
    struct err e;
    uint32_t id;
    bool many = verb_option(c, "place") || verb_option(c, "group");
    if (many == (c->arg_count == 1))
        return verb_misuse(c, "name a session, or say --place or --group");
    if (!many && !verb_id(c, "session", &id)) return EXIT_USAGE;
    json_t *found = json_array();
    int r = many ? add_sessions(c, found, &e) : add_session(c, id, found, &e);
    return verb_print(c, r, json_pack("{s:o}", "sessions", found), &e, print_list);
}

/* ---- one ---- */

/* By their number, or who writes in a conversation. EXIT_DONE, or the exit code after a message. */
static int say_who(struct verb_call *c, json_t *body)
{
    uint64_t number, conversation = 0;
    char text[NUMBER_TEXT_BYTES];
    if (verb_option(c, "conversation")) {
        if (c->arg_count == 2) return verb_misuse(c, "a number or --conversation, not both");
        conversation = verb_option_number(c, "conversation", UINT32_MAX, 0);
        json_put_count(body, "conversation", conversation);
        return conversation ? EXIT_DONE : EXIT_USAGE;
    }
    if (c->arg_count < 2) return verb_misuse(c, "who? A number, or --conversation ID");
    int exit_code = number_arg_read(c, c->args[1], true, &number);
    if (exit_code != EXIT_DONE) return exit_code;
    number_format(number, text);
    json_put(body, "number", json_string(text));
    return EXIT_DONE;
}

static int ask(struct verb_call *c, const char *path, const json_t *body)
{
    struct err e;
    json_t *reply = NULL;
    int r = verb_ask(c, "POST", path, body, &reply, &e);
    return verb_print(c, r, reply, &e, print_done);
}

static int make(struct verb_call *c)
{
    uint32_t id;
    char path[PATH_BYTES];
    if (!verb_id(c, "session", &id)) return EXIT_USAGE;
    json_t *body = json_object();
    int exit_code = say_who(c, body);
    if (verb_option(c, "name")) json_put(body, "name", json_text(slice_of(verb_option(c, "name"))));
    if (verb_option(c, "group"))
        json_put(body, "group", json_text(slice_of(verb_option(c, "group"))));
    (void)snprintf(path, sizeof path, SESSIONS "/%u/pledges", id);
    if (exit_code == EXIT_DONE) exit_code = ask(c, path, body);
    json_decref(body);
    return exit_code;
}

static int mark(struct verb_call *c, const char *state)
{
    uint32_t id;
    uint64_t pledge;
    char path[PATH_BYTES];
    if (!verb_id(c, "session", &id)) return EXIT_USAGE;
    if (!slice_to_u64(slice_of(c->args[1]), UINT32_MAX, &pledge) || pledge == 0)
        return verb_misuse(c, "'%s' is no number of a pledge: muster pledge list %u", c->args[1],
                           id);
    json_t *body = json_pack("{s:s}", "state", state);
    (void)snprintf(path, sizeof path, SESSIONS "/%u/pledges/%u", id, (unsigned)pledge);
    int exit_code = ask(c, path, body);
    json_decref(body);
    return exit_code;
}

static int cancel(struct verb_call *c)
{
    return mark(c, "gone");
}

static int came(struct verb_call *c)
{
    return mark(c, "came");
}

static int missed(struct verb_call *c)
{
    return mark(c, "missed");
}

static int undo(struct verb_call *c)
{
    return mark(c, "coming");
}

/* ---- how many ---- */

/* {"coming": 12, "gone": 1} */
static void print_states(json_t *states)
{
    const char *state;
    json_t *n;
    json_object_foreach(states, state, n)(void)
        printf("\t%s %lld", state, (long long)json_integer_value(n));
    (void)puts("");
}

/* Who of these belong to other groups than the place. */
static void print_from(const json_t *groups)
{
    const char *group;
    json_t *states;
    json_object_foreach((json_t *)groups, group, states)
    {
        (void)printf("\tof these %s", group);
        print_states(states);
    }
}

static void print_counts(const struct verb_call *c, const json_t *reply)
{
    const char *name, *hour;
    json_t *hours, *states;
    (void)c;
    json_object_foreach(json_object_get(reply, "places"), name, hours)
    {
        char when[SAY_TIME_BYTES];
        json_object_foreach(hours, hour, states)
        {
            (void)printf("place %s\t%s", name, say_when(hour, when));
            print_states(states);
            print_from(
                json_object_get(json_object_get(json_object_get(reply, "from"), name), hour));
        }
    }
    json_object_foreach(json_object_get(reply, "groups"), name, states)
    {
        (void)printf("group %s", name);
        print_states(states);
    }
}

static int counts(struct verb_call *c)
{
    struct err e;
    json_t *reply = NULL;
    char path[PATH_BYTES];
    uint64_t days = verb_option_number(c, "days", DAYS_MAX, 1);
    if (days == 0) return EXIT_USAGE;
    (void)snprintf(path, sizeof path, "/api/v1/pledge-counts?days=%u", (unsigned)days);
    int r = verb_ask(c, "GET", path, NULL, &reply, &e);
    return verb_print(c, r, reply, &e, print_counts);
}

/* ---- what they take ---- */

static const struct verb_option listing[] = {
    {"place", "ID", "all sessions at this place that are not over"},
    {"group", "GROUP", "all sessions of this group's places that are not over"},
    {NULL, NULL, NULL},
};
static const struct verb_option making[] = {
    {"conversation", "ID", "who writes there, instead of a number"},
    {"name", "NAME", "of the person"},
    {"country", "GB", "country of a number written without + (default: the server's)"},
    {"group", "GROUP", "whose person it is; needed where you belong to several"},
    {NULL, NULL, NULL},
};
static const struct verb_option counting[] = {
    {"days", "N", "from today on, at most 8 (default: 1)"},
    {NULL, NULL, NULL},
};

static const struct verb verbs[] = {
    {"list", "[SESSION]", 0, 1,
     "Who comes to a session, or to all of a place or group: session, pledge, state, number, "
     "group, name.",
     "list 12", listing, list},
    {"make", "SESSION [NUMBER]", 1, 2,
     "Somebody of yours comes; beyond the session's capacity they wait. They get a text about it.",
     "make 12 +447400900123 --name Sam", making, make},
    {"cancel", "SESSION PLEDGE", 2, 2,
     "They do not come after all: they get a text, and who waits longest moves up.", "cancel 12 3",
     NULL, cancel},
    {"came", "SESSION PLEDGE", 2, 2, "They came. From an hour before the start.", "came 12 3", NULL,
     came},
    {"missed", "SESSION PLEDGE", 2, 2, "They did not come. From an hour before the start.",
     "missed 12 3", NULL, missed},
    {"undo", "SESSION PLEDGE", 2, 2, "Takes came or missed back.", "undo 12 3", NULL, undo},
    {"counts", "", 0, 0,
     "How many come to sessions that begin today (UTC): by place and hour, and by their group.",
     "counts --days 2", counting, counts},
    {.name = NULL},
};

const struct verb_group pledge_group = {"pledge", "Who comes to a session.", verbs};
