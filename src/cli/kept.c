/* muster kept: webhooks that could not be read or stored; they are tried again, or put away. */
#include "commands.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/buf.h"
#include "core/json.h"

#include "say.h"
#include "verb.h"

enum { PATH_BYTES_MAX = 1024 };

/* ---- list ---- */

static void print_kind(const json_t *kind)
{
    char count[SAY_COUNT_BYTES], since[SAY_TIME_BYTES];
    const char *gateway = say_string(kind, "gateway"), *oldest = say_string(kind, "oldest_at");
    (void)printf("%s from ", say_count(say_int(kind, "count"), count));
    say_text(stdout, *gateway ? gateway : "nobody knows where");
    (void)printf(" (%s)", say_string(kind, "cause"));
    if (*oldest) (void)printf(", since %s", say_when(oldest, since));
    (void)printf("\n    %s %s\n", say_string(kind, "words"), say_string(kind, "mend"));
}

static void print_item(const json_t *item)
{
    char when[SAY_TIME_BYTES], bytes[SAY_COUNT_BYTES];
    const char *at = say_string(item, "received_at"), *gateway = say_string(item, "gateway");
    (void)printf("%6lld  %-28s  ", (long long)say_int(item, "id"),
                 *at ? say_when(at, when) : "time not known");
    say_text(stdout, *gateway ? gateway : "-");
    (void)printf("  %s  %s\n", say_string(item, "cause"),
                 say_counted(say_int(item, "bytes"), "byte", "bytes", bytes));
}

static void print_list(const struct verb_call *c, const json_t *reply)
{
    size_t i;
    const json_t *one;
    (void)c;
    if (json_array_size(json_object_get(reply, "kinds")) == 0)
        (void)puts("nothing is kept: all that providers brought is stored");
    json_array_foreach(json_object_get(reply, "kinds"), i, one) print_kind(one);
    json_array_foreach(json_object_get(reply, "kept"), i, one) print_item(one);
    if (json_is_true(json_object_get(reply, "full")))
        (void)puts("There is no room for more: those that come now get a 503.");
    if (json_is_integer(json_object_get(reply, "next")))
        (void)printf("There are more: muster kept list --after %lld\n",
                     (long long)say_int(reply, "next"));
}

static int ask_list(struct verb_call *c, json_t **ret, struct err *e)
{
    struct buf path = BUF_INIT(PATH_BYTES_MAX);
    buf_add_cstr(&path, "/api/v1/kept?limit=50");
    verb_add_query(&path, "gateway", verb_option(c, "gateway"));
    verb_add_query(&path, "cause", verb_option(c, "cause"));
    if (strcmp(c->verb->name, "list") == 0) verb_add_query(&path, "after", verb_option(c, "after"));
    return verb_ask_at(c, "GET", &path, NULL, ret, e);
}

static int list(struct verb_call *c)
{
    struct err e;
    json_t *reply = NULL;
    int r = ask_list(c, &reply, &e);
    return verb_print(c, r, reply, &e, print_list);
}

/* ---- deciding ---- */

static void put_option(const struct verb_call *c, json_t *body, const char *name)
{
    if (verb_option(c, name)) json_put(body, name, json_string(verb_option(c, name)));
}

/* The newest of all that are kept now: nobody decides about what comes meanwhile. 0: nothing is. */
static int ask_newest(struct verb_call *c, uint64_t *ret, struct err *e)
{
    json_t *reply = NULL;
    size_t i;
    const json_t *kind;
    int r = ask_list(c, &reply, e);
    *ret = 0;
    json_array_foreach(json_object_get(reply, "kinds"), i,
                       kind) if ((uint64_t)say_int(kind, "up_to") > *ret) *ret =
        (uint64_t)say_int(kind, "up_to");
    json_decref(reply);
    return r;
}

/* Asks again as long as some are left of all that are meant: the server takes some at once. */
static int decide_all(struct verb_call *c, const char *path, json_t *body, int64_t *done,
                      int64_t *left, struct err *e)
{
    int r = 0;
    int64_t more = 1;
    *done = *left = 0;
    while (r >= 0 && more) {
        json_t *reply = NULL;
        r = verb_ask(c, "POST", path, body, &reply, e);
        int64_t now = say_int(reply, "done");
        *left = say_int(reply, "left");
        *done += now;
        more = now ? *left : 0;
        json_decref(reply);
    }
    return r;
}

static int decide(struct verb_call *c, const char *path, const char *what, json_t *body)
{
    struct err e;
    int64_t done, left;
    int r = decide_all(c, path, body, &done, &left, &e);
    json_decref(body);
    if (r < 0) return verb_fail(c, r, &e);
    char count[SAY_COUNT_BYTES];
    if (c->json) {
        json_t *reply = json_pack("{s:I,s:I}", "done", (json_int_t)done, "left", (json_int_t)left);
        int exit_code = say_json(reply);
        json_decref(reply);
        return exit_code;
    }
    (void)printf("%s %s\n", say_count(done, count), what);
    return EXIT_DONE;
}

/* The body that says which; NULL: *ret_exit is why not. */
static json_t *which(struct verb_call *c, int *ret_exit)
{
    struct err e;
    uint64_t id = 0, newest = 0;
    bool all = verb_option(c, "all") != NULL;
    if (all == (c->arg_count == 1)) {
        *ret_exit = verb_misuse(c, "either ID, of one, or --all: muster kept list shows them");
        return NULL;
    }
    if (!all && (!slice_to_u64(slice_of(c->args[0]), INT64_MAX, &id) || id == 0)) {
        *ret_exit = verb_misuse(c, "ID is a number: muster kept list shows them");
        return NULL;
    }
    int r = all ? ask_newest(c, &newest, &e) : 0;
    if (r == 0 && all && newest == 0) r = err_set(&e, ERR_NOT_FOUND, "nothing of that is kept");
    if (r < 0) {
        *ret_exit = verb_fail(c, r, &e);
        return NULL;
    }
    json_t *body = json_object();
    json_put(body, all ? "up_to" : "id", json_integer((json_int_t)(all ? newest : id)));
    put_option(c, body, "gateway");
    put_option(c, body, "cause");
    return body;
}

static int try_again(struct verb_call *c)
{
    int exit_code;
    json_t *body = which(c, &exit_code);
    if (!body) return exit_code;
    return decide(c, "/api/v1/kept/try-again",
                  "tried again: what cannot be stored now either is kept again, and says why",
                  body);
}

static int put_away(struct verb_call *c)
{
    int exit_code;
    if (!verb_option(c, "why"))
        return verb_misuse(
            c, "--why is missing. Add --why TEXT: what people will read of it in the history");
    json_t *body = which(c, &exit_code);
    if (!body) return exit_code;
    put_option(c, body, "why");
    return decide(c, "/api/v1/kept/put-away", "put away", body);
}

static const struct verb_option list_options[] = {
    {"gateway", "NAME", "only those of that gateway"},
    {"cause", "CAUSE", "only those kept for it"},
    {"after", "ID", "those behind that one"},
    {NULL, NULL, NULL},
};
static const struct verb_option try_options[] = {
    {"all", NULL, "all that are kept now"},
    {"gateway", "NAME", "of those, only that gateway's"},
    {"cause", "CAUSE", "of those, only the ones kept for it"},
    {NULL, NULL, NULL},
};
static const struct verb_option away_options[] = {
    {"all", NULL, "all that are kept now"},
    {"gateway", "NAME", "of those, only that gateway's"},
    {"cause", "CAUSE", "of those, only the ones kept for it"},
    {"why", "TEXT", "what people will read of it in the history"},
    {NULL, NULL, NULL},
};

static const struct verb verbs[] = {
    {"list", "", 0, 0,
     "How many could not be read or stored, since when, of which gateway and why.",
     "list --gateway main", list_options, list},
    {"try-again", "[ID]", 0, 1, "After the mend: one or all are stored, or kept again.",
     "try-again --all --cause no_gateway", try_options, try_again},
    {"put-away", "[ID] --why TEXT", 0, 1,
     "They are of no use: out of the way, and gone after 30 days.",
     "put-away 17 --why \"another system's\"", away_options, put_away},
    {.name = NULL},
};

const struct verb_group kept_group = {"kept", "What providers brought and nobody could read.",
                                      verbs};
