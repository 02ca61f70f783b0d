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
    if (strcmp(verb, "undo-take-off") == 0) return "on the list again, as before";
    if (strcmp(verb, "take-off") == 0) return "off the list: no text reaches them any more";
    return strcmp(verb, "close") == 0 ? "closed; it opens again when they write" : "open again";
}

static void print_moved(const struct verb_call *c, const json_t *reply)
{
    char until[SAY_TIME_BYTES];
    if (strcmp(c->verb->name, "claim") == 0 || strcmp(c->verb->name, "take-over") == 0)
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

/* ---- no-more ---- */

static void print_less(const struct verb_call *c, const json_t *reply)
{
    const char *of = verb_option(c, "of");
    bool again = (verb_option(c, "undo") != NULL),
         changed = json_is_true(json_object_get(reply, "changed"));
    if (!changed)
        (void)printf("Nothing changes: conversation %s stood so before.\n", c->args[0]);
    else if (again)
        (void)printf("Conversation %s wants %s again.\n", c->args[0], of);
    else
        (void)printf("Conversation %s: no more %s. They stay on the list for the rest.\n",
                     c->args[0], of);
}

static int no_more(struct verb_call *c)
{
    struct err e;
    uint32_t id;
    json_t *reply = NULL;
    const char *of = verb_option(c, "of"), *why = verb_option(c, "why");
    if (!inbox_cli_id(c, &id)) return EXIT_USAGE;
    if (!of) return verb_misuse(c, "say of what: --of news");
    json_t *body = json_pack("{s:o,s:b}", "consent", json_text(slice_of(of)), "given",
                             (int)(verb_option(c, "undo") != NULL));
    if (why) json_put(body, "why", json_text(slice_of(why)));
    int r = inbox_cli_ask(c, "POST", id, "/no-more", body, &reply, &e);
    json_decref(body);
    return verb_print(c, r, reply, &e, print_less);
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
    {"handed", NULL, "of these, those that were handed to you"},
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

static const struct verb_option hand_options[] = {
    {"to", "NAME", "to somebody who may answer there"},
    {"group", "G", "to another group"},
    {"organisers", NULL, "to the organisers"},
    {"word", "TEXT", "a word for whoever gets it"},
    {NULL, NULL, NULL}};

static const struct verb_option next_options[] = {{"group", "G", "of this group"},
                                                  {"tag", "T", "with this tag"},
                                                  {"language", "L", "who reads this language: cy"},
                                                  {"campaign", "ID", "who answered this campaign"},
                                                  {NULL, NULL, NULL}};

static const struct verb_option templates_options[] = {
    {"group", "G", "everybody's, and those of this group"}, {NULL, NULL, NULL}};

static const struct verb_option add_template_options[] = {
    {"gateway", "W", "the WhatsApp account that has it"},
    {"template", "T", "its name at Meta, such as ask_again"},
    {"language", "L", "its language at Meta, such as en_GB"},
    {"group", "G", "for this group; else for all"},
    {NULL, NULL, NULL}};

static const struct verb_option remove_template_options[] = {
    {"group", "G", "whose it is; none: everybody's"}, {NULL, NULL, NULL}};

static const struct verb_option resolve_options[] = {
    {"resend", NULL, "send it again; who has it gets it twice"},
    {"leave", NULL, "it stays as it is, and is not sent again"},
    {NULL, NULL, NULL}};

static const struct verb_option no_more_options[] = {
    {"of", "WORD", "what they want no more of; show ID lists the words"},
    {"why", "TEXT", "what they said (default: their last words there)"},
    {"undo", NULL, "they want it again"},
    {NULL, NULL, NULL}};

static const struct verb_option reply_options[] = {
    {"anyway", NULL, "send it although the server asked whether you mean it"}, {NULL, NULL, NULL}};

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
     "reply 7 \"See you on Thursday!\"", reply_options, inbox_cli_reply},
    {"send-template", "ID TEMPLATE [VALUE...]", 2, VERB_ARGS_ANY,
     "Sends a template, with a value for each gap, when WhatsApp takes no free words any more.\n"
     "`show ID` lists those that there are.",
     "send-template 7 3 Ann \"your lift on Thursday\"", NULL, inbox_cli_send_template},
    {"templates", "", 0, 0, "Templates that are at hand for those who answer.",
     "templates --group leeds", templates_options, inbox_cli_templates},
    {"add-template", "NAME TEXT [FILL...] --gateway W --template T --language L", 2, VERB_ARGS_ANY,
     "Puts a template at hand.\nTEXT is what Meta approved, with gaps as {{1}}; FILL is what "
     "stands "
     "in each to begin with,\nsuch as {{first_name}}.",
     "add-template \"Ask again\" \"Hi {{1}}, is it still open?\" \"{{first_name}}\" --gateway wa "
     "--template ask_again --language en_GB",
     add_template_options, inbox_cli_add_template},
    {"remove-template", "ID", 1, 1, "Takes a template away from those who answer.",
     "remove-template 3 --group leeds", remove_template_options, inbox_cli_remove_template},
    {"resolve", "ID [ANSWER]", 1, 2,
     "Decides about an answer of which nobody knows whether it arrived (show tells).\n"
     "Nothing is sent again without it.",
     "resolve 7 --resend", resolve_options, inbox_cli_resolve},
    {"take-off", "ID", 1, 1,
     "Takes somebody off the list, because that is what they wrote: no text reaches them any more.",
     "take-off 7", NULL, act},
    {"undo-take-off", "ID", 1, 1,
     "Undoes take-off, within ten minutes; for whoever did it, and for organisers.\n"
     "What the person themself said since is never undone.",
     "undo-take-off 7", NULL, act},
    {"no-more", "ID --of WORD", 1, 1,
     "They want no more of one thing, and stay on the list for the rest: campaigns about it leave "
     "them out, in every group.\n"
     "START ends it, and --undo by whoever noted it or an organiser of that group.",
     "no-more 7 --of news", no_more_options, no_more},
    {"keep", "ID", 1, 1,
     "Keeps somebody on the list who was held for what they wrote: campaigns may text them again.",
     "keep 7", NULL, act},
    {"release", "ID", 1, 1, "Gives a conversation back to the others.", "release 7", NULL, act},
    {"take-over", "ID", 1, 1, "Makes it yours at once, also from somebody else; for organisers.",
     "take-over 7", NULL, act},
    {"hand-over", "ID", 1, 1,
     "Hands a conversation to somebody, to another group or to the organisers.\n"
     "Without an option it lists who may get it.",
     "hand-over 7 --to Kim --word \"you know the hall\"", hand_options, inbox_cli_hand_over},
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
