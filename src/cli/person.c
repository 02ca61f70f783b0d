/* muster person: who signs in. */
#include "commands.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "core/form.h"
#include "core/json.h"
#include "io/qr.h"
#include "say.h"

enum { PATH_BYTES = 4096, QR_BYTES = 64 * 1024, HOURS_MAX = 72 };

/* ---- printing ---- */

static void print_words(const json_t *list)
{
    size_t i;
    const json_t *word;
    json_array_foreach(list, i, word)
    {
        if (i) (void)fputs(",", stdout);
        say_text(stdout, json_string_value(word) ? json_string_value(word) : "?");
    }
}

static void print_person(const json_t *p)
{
    char when[SAY_TIME_BYTES];
    say_text(stdout, say_string(p, "name"));
    (void)printf("  %s, %s", say_string(p, "role"), say_string(p, "state"));
    if (json_is_true(json_object_get(p, "everywhere")))
        (void)fputs(", everywhere", stdout);
    else {
        (void)fputs(", of ", stdout);
        print_words(json_object_get(p, "groups"));
    }
    if (*say_string(p, "until")) (void)printf(", until %s", say_when(say_string(p, "until"), when));
    (void)puts("");
}

static void print_people(const struct verb_call *c, const json_t *reply)
{
    size_t i;
    const json_t *one;
    (void)c;
    json_array_foreach(json_object_get(reply, "people"), i, one) print_person(one);
    if (i == 0) (void)puts("Nobody.");
}

static void print_one(const struct verb_call *c, const json_t *reply)
{
    (void)c;
    print_person(reply);
}

/* The link, and a picture of it that a phone reads off the screen. */
static void print_link(const struct verb_call *c, const json_t *reply)
{
    struct qr qr;
    struct buf blocks = BUF_INIT(QR_BYTES);
    const char *url = say_string(reply, "url");
    char when[SAY_TIME_BYTES];
    (void)c;
    if (qr_make(slice_of(url), &qr)) {
        qr_blocks(&qr, &blocks);
        (void)fwrite(blocks.p, 1, blocks.n, stdout);
        qr_done(&qr);
    }
    buf_done(&blocks);
    say_text(stdout, url);
    (void)printf("\nIt is shown once, and lasts until %s.\n",
                 say_when(say_string(reply, "until"), when));
}

static void print_sessions(const struct verb_call *c, const json_t *reply)
{
    size_t i;
    const json_t *one;
    char at[SAY_TIME_BYTES], seen[SAY_TIME_BYTES];
    (void)c;
    json_array_foreach(json_object_get(reply, "sessions"), i, one)
    {
        say_text(stdout, say_string(one, "device"));
        (void)fputs("  ", stdout);
        say_text(stdout, say_string(one, "address"));
        (void)printf("  since %s, last seen %s\n", say_when(say_string(one, "at"), at),
                     say_when(say_string(one, "seen"), seen));
    }
    if (i == 0) (void)puts("Nowhere.");
}

/* ---- who ---- */

static json_t *with_name(json_t *list, const char *name)
{
    size_t i;
    json_t *one;
    json_array_foreach(list, i, one) if (strcmp(say_string(one, "name"), name) == 0) return one;
    return NULL;
}

/* The id of whom args[0] names. EXIT_DONE, or the exit code after a message. */
static int find(struct verb_call *c, json_int_t *ret)
{
    struct err e;
    struct buf path = BUF_INIT(PATH_BYTES);
    json_t *reply = NULL;
    buf_add_cstr(&path, "/api/v1/people?q=");
    form_encode(&path, slice_of(c->args[0]));
    int r = verb_ask_at(c, "GET", &path, NULL, &reply, &e);
    const json_t *one = r == 0 ? with_name(json_object_get(reply, "people"), c->args[0]) : NULL;
    if (one) *ret = say_int(one, "id");
    if (r == 0 && !one)
        r = err_set(&e, ERR_NOT_FOUND, "there is no '%s'; muster person list shows who there is",
                    c->args[0]);
    json_decref(reply);
    return r < 0 ? verb_fail(c, r, &e) : EXIT_DONE;
}

/* POST /api/v1/people/{id}WHAT about args[0]. Takes body. */
static int change(struct verb_call *c, const char *what, json_t *body, verb_print_cb *print)
{
    struct err e;
    char path[96];
    json_t *reply = NULL;
    json_int_t id = 0;
    int exit_code = find(c, &id);
    if (exit_code == EXIT_DONE) {
        (void)snprintf(path, sizeof path, "/api/v1/people/%lld%s", (long long)id, what);
        int r = verb_ask(c, "POST", path, body, &reply, &e);
        exit_code = verb_print(c, r, reply, &e, print);
    }
    json_decref(body);
    return exit_code;
}

/* ---- verbs ---- */

static json_t *words_json(const char *text)
{
    json_t *list = json_array();
    struct slice rest = slice_of(text), word;
    while (slice_cut(&rest, ',', &word))
        if (slice_trim(word).n) json_list_add(list, json_text(slice_trim(word)));
    return list;
}

/* role, groups, everywhere */
static json_t *place_json(const struct verb_call *c)
{
    json_t *body = json_object();
    const char *groups = verb_option(c, "group");
    json_put(body, "role", json_string(verb_option(c, "role")));
    if (groups) json_put(body, "groups", words_json(groups));
    if (verb_option(c, "everywhere")) json_put(body, "everywhere", json_true());
    return body;
}

static int invite(struct verb_call *c)
{
    struct err e;
    json_t *reply = NULL, *body = place_json(c);
    json_put(body, "name", json_text(slice_of(verb_option(c, "name"))));
    int r = verb_ask(c, "POST", "/api/v1/invitations", body, &reply, &e);
    json_decref(body);
    return verb_print(c, r, reply, &e, print_link);
}

static void add_query(struct buf *path, const char *key, const char *value)
{
    if (!value) return;
    buf_addf(path, "%s%s=", memchr(path->p, '?', path->n) ? "&" : "?", key);
    form_encode(path, slice_of(value));
}

/* All pages of it. */
static int list(struct verb_call *c)
{
    struct err e;
    json_t *all = json_array(), *reply = NULL;
    char *next = NULL;
    int r = 0;
    do {
        struct buf path = BUF_INIT(PATH_BYTES);
        buf_add_cstr(&path, "/api/v1/people");
        add_query(&path, "group", verb_option(c, "group"));
        add_query(&path, "q", verb_option(c, "search"));
        add_query(&path, "state", verb_option(c, "waiting") ? "waiting" : NULL);
        add_query(&path, "cursor", next);
        free(next);
        next = NULL;
        r = verb_ask_at(c, "GET", &path, NULL, &reply, &e);
        if (r == 0) {
            check(json_array_extend(all, json_object_get(reply, "people")) == 0);
            if (*say_string(reply, "next")) next = xstrdup(say_string(reply, "next"));
        }
        json_decref(reply);
        reply = NULL;
    } while (next);
    return verb_print(c, r, json_pack("{s:o}", "people", all), &e, print_people);
}

static int revoke(struct verb_call *c)
{
    return change(c, "/revoke", NULL, print_one);
}

static int move(struct verb_call *c)
{
    return change(c, "/move", place_json(c), print_one);
}

static int make_link(struct verb_call *c)
{
    return change(c, "/link", NULL, print_link);
}

static void print_approved(const struct verb_call *c, const json_t *reply)
{
    (void)c;
    (void)printf("%lld let in.\n", (long long)say_int(reply, "approved"));
}

static int approve(struct verb_call *c)
{
    struct err e;
    json_t *reply = NULL, *body;
    if (c->arg_count) return change(c, "/approve", NULL, print_one);
    if (!verb_option(c, "all")) return verb_misuse(c, "name somebody who waits, or --all");
    body = json_object();
    if (verb_option(c, "group")) json_put(body, "group", json_string(verb_option(c, "group")));
    int r = verb_ask(c, "POST", "/api/v1/people/approve", body, &reply, &e);
    json_decref(body);
    return verb_print(c, r, reply, &e, print_approved);
}

static int sessions(struct verb_call *c)
{
    struct err e;
    char path[64];
    json_t *reply = NULL;
    json_int_t id = 0;
    if (verb_option(c, "end")) return change(c, "/sessions/end", NULL, print_one);
    int exit_code = find(c, &id);
    if (exit_code != EXIT_DONE) return exit_code;
    (void)snprintf(path, sizeof path, "/api/v1/people/%lld", (long long)id);
    int r = verb_ask(c, "GET", path, NULL, &reply, &e);
    return verb_print(c, r, reply, &e, print_sessions);
}

static int shift(struct verb_call *c)
{
    struct err e;
    json_t *reply = NULL;
    uint64_t hours = verb_option_number(c, "hours", HOURS_MAX, 8);
    uint64_t max = verb_option_number(c, "max", 1000, 50);
    if (hours == 0 || max == 0) return EXIT_USAGE;
    json_t *body = json_pack("{s:s,s:I}", "group", verb_option(c, "group"), "max", (json_int_t)max);
    json_put_time(body, "until", clock_wall_ms() + (int64_t)hours * 3600 * 1000);
    int r = verb_ask(c, "POST", "/api/v1/shifts", body, &reply, &e);
    json_decref(body);
    return verb_print(c, r, reply, &e, print_link);
}

#define PLACE                                                                                      \
    {"role", "ROLE", "volunteer, organiser or owner"},                                             \
        {"group", "GROUP,…", "where; several with commas"},                                        \
    {                                                                                              \
        "everywhere", NULL, "in every group, also in those to come"                                \
    }
static const struct verb_option invite_options[] = {
    {"name", "NAME", "theirs from now on"}, PLACE, {NULL, NULL, NULL}};
static const struct verb_option move_options[] = {PLACE, {NULL, NULL, NULL}};
static const struct verb_option list_options[] = {{"group", "GROUP", "only of that one"},
                                                  {"search", "TEXT", "a part of the name"},
                                                  {"waiting", NULL, "only who waits to be let in"},
                                                  {NULL, NULL, NULL}};
static const struct verb_option approve_options[] = {
    {"all", NULL, "all who wait"}, {"group", "GROUP", "of that one"}, {NULL, NULL, NULL}};
static const struct verb_option sessions_options[] = {{"end", NULL, "end them all"},
                                                      {NULL, NULL, NULL}};
static const struct verb_option shift_options[] = {
    {"group", "GROUP", "whose shift"},
    {"hours", "N", "from now until its end (default: 8)"},
    {"max", "N", "how many may come (default: 50)"},
    {NULL, NULL, NULL}};

static const struct verb verbs[] = {
    {"invite", "--name NAME --role ROLE", 0, 0,
     "A link and a QR code for somebody new: single use, 7 days.",
     "invite --name Sam --role volunteer --group leeds", invite_options, invite},
    {"list", "", 0, 0, "Who signs in.", "list --group leeds", list_options, list},
    {"move", "NAME --role ROLE", 1, 1, "Another role, other groups.",
     "move Sam --role organiser --group leeds,york", move_options, move},
    {"link", "NAME", 1, 1, "A new way in for somebody who is there, such as on a new phone.",
     "link Sam", NULL, make_link},
    {"revoke", "NAME", 1, 1, "Takes access away: sessions and tokens end at once, everywhere.",
     "revoke Sam", NULL, revoke},
    {"sessions", "NAME", 1, 1, "Where somebody is logged in.", "sessions Sam --end",
     sessions_options, sessions},
    {"shift", "--group GROUP", 0, 0,
     "One link by which many volunteers come, for one day.\n"
     "Each waits until they are approved, and is out when the shift ends.",
     "shift --group leeds --hours 6 --max 80", shift_options, shift},
    {"approve", "[NAME]", 0, 1, "Lets in who came by a shift's link.", "approve --all",
     approve_options, approve},
    {NULL, NULL, 0, 0, NULL, NULL, NULL, NULL},
};

const struct verb_group person_group = {"person", "Who signs in: invite, move, revoke.", verbs};
