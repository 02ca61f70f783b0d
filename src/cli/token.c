/* muster token: what programs come with. */
#include "commands.h"

#include <stdio.h>

#include "core/access.h"
#include "core/form.h"
#include "core/json.h"
#include "say.h"
#include "when.h"

enum { PATH_BYTES = 4096 };

static void print_token(const struct verb_call *c, const json_t *reply)
{
    (void)c;
    (void)printf("%s\n", say_string(reply, "token"));
    (void)fputs("It is shown once. Its id, to end it: ", stderr);
    (void)fprintf(stderr, "%s\n", say_string(reply, "id"));
}

static json_t *scopes_json(const char *text)
{
    json_t *list = json_array();
    struct slice rest = slice_of(text), word;
    while (slice_cut(&rest, ',', &word))
        json_list_add(list, json_text(slice_trim(word)));
    return list;
}

static int add(struct verb_call *c)
{
    struct err e;
    struct when until;
    json_t *reply = NULL, *body = json_object();
    const char *text = verb_option(c, "until"), *member = verb_option(c, "member");
    int r = text ? when_parse(slice_of(text), &until, &e) : 0;
    if (r == 0) {
        json_put(body, "name", json_text(slice_of(c->args[0])));
        json_put(body, "scopes", scopes_json(verb_option(c, "scope")));
        if (member) json_put(body, "member", json_text(slice_of(member)));
        if (text) json_put_time(body, "until", until.ms);
        r = verb_ask(c, "POST", "/api/v1/tokens", body, &reply, &e);
    }
    json_decref(body);
    return verb_print(c, r, reply, &e, print_token);
}

static void print_tokens(const struct verb_call *c, const json_t *reply)
{
    size_t i, k;
    const json_t *one, *word;
    char when[SAY_TIME_BYTES];
    (void)c;
    json_array_foreach(json_object_get(reply, "tokens"), i, one)
    {
        (void)printf("%s  ", say_string(one, "id"));
        say_text(stdout, say_string(one, "name"));
        (void)fputs(" of ", stdout);
        say_text(stdout, say_string(one, "member"));
        (void)fputs(json_is_true(json_object_get(one, "everything")) ? ": everything" : ": ",
                    stdout);
        json_array_foreach(json_object_get(one, "scopes"), k, word)(void)
            printf("%s%s", k ? "," : "", json_string_value(word));
        if (*say_string(one, "until"))
            (void)printf(", until %s", say_when(say_string(one, "until"), when));
        (void)puts("");
    }
    if (i == 0) (void)puts("There is none.");
}

static int list(struct verb_call *c)
{
    struct err e;
    json_t *reply = NULL;
    int r = verb_ask(c, "GET", "/api/v1/tokens", NULL, &reply, &e);
    return verb_print(c, r, reply, &e, print_tokens);
}

static void print_ended(const struct verb_call *c, const json_t *reply)
{
    (void)c, (void)reply;
    (void)puts("Ended.");
}

static int end(struct verb_call *c)
{
    struct err e;
    json_t *reply = NULL;
    struct buf path = BUF_INIT(PATH_BYTES);
    buf_add_cstr(&path, "/api/v1/tokens/");
    form_encode(&path, slice_of(c->args[0]));
    int r = verb_ask_at(c, "DELETE", &path, NULL, &reply, &e);
    return verb_print(c, r, reply, &e, print_ended);
}

static const struct verb_option add_options[] = {
    {"scope", "SCOPE,…", SCOPE_NAMES "or everything, alone"},
    {"until", "TIME", "when it ends by itself (default: never)"},
    {"member", "NAME", "whose it is; over the unix socket it has to be said"},
    {NULL, NULL, NULL}};

static const struct verb verbs[] = {
    {"add", "NAME --scope SCOPE", 1, 1, "A token for a program. It is shown once.",
     "add prometheus --scope metrics --member Olive", add_options, add},
    {"list", "", 0, 0, "Your tokens; all of them, for an owner.", "list", NULL, list},
    {"end", "ID", 1, 1, "Ends one.", "end ID", NULL, end},
    {NULL, NULL, 0, 0, NULL, NULL, NULL, NULL},
};

const struct verb_group token_group = {"token", "Tokens for programs, with scopes and an end.",
                                       verbs};
