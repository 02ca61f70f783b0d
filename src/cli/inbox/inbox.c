/* muster inbox: the people who wrote back, from a terminal. */
#include "inbox.h"

#include <stdio.h>
#include <stdlib.h>

#include "cli/commands.h"

bool inbox_cli_id(const struct verb_call *c, uint32_t *ret)
{
    return verb_id(c, "conversation", ret);
}

int inbox_cli_ask(struct verb_call *c, const char *method, uint32_t id, const char *action,
                  const json_t *body, json_t **ret_reply, struct err *e)
{
    char path[INBOX_PATH_BYTES];
    (void)snprintf(path, sizeof path, "/api/v1/conversations/%u%s", id, action);
    return verb_ask(c, method, path, body, ret_reply, e);
}

/* ---- claim, release, close, reopen ---- */

static const char *moved_text(const char *verb)
{
    if (strcmp(verb, "release") == 0) return "free for others";
    if (strcmp(verb, "keep") == 0) return "kept: campaigns may text them";
    if (strcmp(verb, "take-off") == 0) return "off the list: no text reaches them any more";
    return strcmp(verb, "close") == 0 ? "closed; it opens again when they write" : "open again";
}

static void print_moved(const struct verb_call *c, const json_t *reply)
{
    char until[SAY_TIME_BYTES];
    if (strcmp(c->verb->name, "claim") == 0)
        (void)printf("Conversation %s is yours until %s.\n", c->args[0],
                     say_when(say_string(reply, "until"), until));
    else
        (void)printf("Conversation %s is %s.\n", c->args[0], moved_text(c->verb->name));
}

/* What the verb is called is what the API calls it. */
static int act(struct verb_call *c)
{
    char action[32];
    struct err e;
    uint32_t id;
    json_t *reply = NULL;
    if (!inbox_cli_id(c, &id)) return EXIT_USAGE;
    json_t *body = json_object();
    (void)snprintf(action, sizeof action, "/%s", c->verb->name);
    int r = inbox_cli_ask(c, "POST", id, action, body, &reply, &e);
    json_decref(body);
    return verb_print(c, r, reply, &e, print_moved);
}

/* ---- tag ---- */

static void add_tag(json_t *body, const char *key, const char *text)
{
    json_list_add(json_object_get(body, key), json_text(slice_of(text)));
}

static void print_tagged(const struct verb_call *c, const json_t *answer)
{
    (void)answer;
    (void)printf("Conversation %s is tagged.\n", c->args[0]);
}

static int tag(struct verb_call *c)
{
    struct err e;
    uint32_t id;
    json_t *answer = NULL;
    if (!inbox_cli_id(c, &id)) return EXIT_USAGE;
    json_t *body = json_pack("{s:[], s:[]}", "add", "remove");
    for (int i = 1; i < c->arg_count; i++) {
        bool gone = c->args[i][0] == '-';
        add_tag(body, gone ? "remove" : "add", c->args[i] + (gone || c->args[i][0] == '+'));
    }
    int r = inbox_cli_ask(c, "POST", id, "/tag", body, &answer, &e);
    json_decref(body);
    return verb_print(c, r, answer, &e, print_tagged);
}

/* ---- note ---- */

static void print_noted(const struct verb_call *c, const json_t *answer)
{
    (void)answer;
    (void)printf("Conversation %s has your note; it is not sent.\n", c->args[0]);
}

static int note(struct verb_call *c)
{
    struct err e;
    uint32_t id;
    json_t *answer = NULL, *body = json_object();
    if (!inbox_cli_id(c, &id)) return EXIT_USAGE;
    json_put(body, "text", json_text(slice_of(c->args[1])));
    int r = inbox_cli_ask(c, "POST", id, "/note", body, &answer, &e);
    json_decref(body);
    return verb_print(c, r, answer, &e, print_noted);
}

/* ---- the table ---- */

static const struct verb_option list_options[] = {
    {"group", "G", "of this group"},
    {"mine", NULL, "those that you have claimed"},
    {"free", NULL, "those that nobody has claimed"},
    {"unlinked", NULL, "those without a certain number: nobody can match them with a list"},
    {"tag", "T", "with this tag"},
    {"campaign", "ID", "of this campaign; with --tag: who got it for that campaign"},
    {"search", "TEXT", "a part of the name, or the last digits of the number"},
    {"closed", NULL, "the closed ones"},
    {"any", NULL, "open and closed ones"},
    {"limit", "N", "at most so many (default: 50)"},
    {"before", "MARK", "the next page, as the page before names it"},
    {NULL, NULL, NULL}};

static const struct verb_option export_options[] = {
    {"group", "G", "of this group"},
    {"tag", "T", "with this tag"},
    {"campaign", "ID", "of this campaign; with --tag: who got it for that campaign"},
    {"search", "TEXT", "a part of the name, or the last digits of the number"},
    {"closed", NULL, "the closed ones"},
    {"any", NULL, "open and closed ones"},
    {NULL, NULL, NULL}};

static const struct verb_option next_options[] = {{"group", "G", "of this group"},
                                                  {"tag", "T", "with this tag"},
                                                  {"language", "L", "who reads this language: cy"},
                                                  {"campaign", "ID", "who answered this campaign"},
                                                  {NULL, NULL, NULL}};

static const struct verb_option resolve_options[] = {
    {"resend", NULL, "send it again; who has it gets it twice"},
    {"leave", NULL, "it stays as it is, and is not sent again"},
    {NULL, NULL, NULL}};

static const struct verb verbs[] = {
    {"list", "", 0, 0, "Who wrote back, and waits for an answer.", "list --free", list_options,
     inbox_cli_list},
    {"export", "FILE", 1, 1,
     "Writes conversations as CSV, one a line: who, tags, last words. FILE may be - for stdout.",
     "export yes.csv --tag yes --campaign 7 --any", export_options, inbox_cli_export},
    {"next", "", 0, 0, "Makes the one who waits longest yours: nobody else gets the same one.",
     "next --group leeds", next_options, inbox_cli_next},
    {"show", "ID", 1, 1, "The whole thread with one person.", "show 7", NULL, inbox_cli_show},
    {"claim", "ID", 1, 1,
     "Makes a conversation yours for ten minutes, so that nobody answers beside you.", "claim 7",
     NULL, act},
    {"reply", "ID TEXT", 2, 2,
     "Answers; claims the conversation first when it is not yours.\nTEXT may be - for stdin. "
     "Answers overtake every campaign.",
     "reply 7 \"See you on Thursday!\"", NULL, inbox_cli_reply},
    {"resolve", "ID [ANSWER]", 1, 2,
     "Decides about an answer of which nobody knows whether it arrived (show tells).\n"
     "Nothing is sent again without it.",
     "resolve 7 --resend", resolve_options, inbox_cli_resolve},
    {"take-off", "ID", 1, 1,
     "Takes somebody off the list, because that is what they wrote: no text reaches them any more.",
     "take-off 7", NULL, act},
    {"keep", "ID", 1, 1,
     "Keeps somebody on the list who was held for what they wrote: campaigns may text them again.",
     "keep 7", NULL, act},
    {"release", "ID", 1, 1, "Gives a conversation back to the others.", "release 7", NULL, act},
    {"note", "ID TEXT", 2, 2, "A note for the team in a conversation; it is never sent.",
     "note 7 \"needs a ramp\"", NULL, note},
    {"tag", "ID TAG...", 2, VERB_ARGS_ANY, "Adds tags; -TAG takes one away.", "tag 7 yes -maybe",
     NULL, tag},
    {"close", "ID", 1, 1, "Ends a conversation; it opens again when the person writes.", "close 7",
     NULL, act},
    {"reopen", "ID", 1, 1, "Opens a closed conversation.", "reopen 7", NULL, act},
    {NULL, NULL, 0, 0, NULL, NULL, NULL, NULL},
};

const struct verb_group inbox_group = {"inbox", "People who wrote back, and answers to them.",
                                       verbs};
