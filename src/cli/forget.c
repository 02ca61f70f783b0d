/* muster forget: all of a person, but that they must not be texted. */
#include "commands.h"

#include <stdio.h>

#include "core/number.h"
#include "number_arg.h"
#include "say.h"
#include "verb.h"

static void print_forgotten(const struct verb_call *c, const json_t *reply)
{
    char rows[SAY_COUNT_BYTES], conversations[SAY_COUNT_BYTES], messages[SAY_COUNT_BYTES],
        files[SAY_COUNT_BYTES];
    (void)c;
    (void)printf(
        "Forgotten: %s of audiences, %s, %s, %s. %s\n"
        "Backups that were made before still hold them.\n",
        say_counted(say_int(reply, "rows"), "row", "rows", rows),
        say_counted(say_int(reply, "conversations"), "conversation", "conversations",
                    conversations),
        say_counted(say_int(reply, "messages"), "message", "messages", messages),
        say_counted(say_int(reply, "files"), "rejected webhook", "rejected webhooks", files),
        json_is_true(json_object_get(reply, "suppressed"))
            ? "That they must not be texted stays."
            : "Nothing stands against texting that number: muster suppress add it, if it "
              "must not come back.");
}

static int forget(struct verb_call *c)
{
    char number[NUMBER_TEXT_BYTES];
    const char *person = c->args[0];
    struct err e;
    json_t *reply = NULL;
    if (*person != '~') {
        uint64_t digits;
        int misread = number_arg_read(c, person, true, &digits);
        if (misread) return misread;
        number_format(digits, number);
        person = number;
    }
    json_t *body = json_pack("{s:s,s:s}", "person", person, "why", verb_option(c, "why"));
    if (!body) return verb_misuse(c, "--why must be UTF-8");
    int r = verb_ask(c, "POST", "/api/v1/forget", body, &reply, &e);
    json_decref(body);
    return verb_print(c, r, reply, &e, print_forgotten);
}

static const struct verb_option options[] = {
    {"why", "TEXT", "who asked for it, and how, without the number; it is kept"},
    {"country", "GB", "country of a number written without + (default: the server's)"},
    {NULL, NULL, NULL}};

static const struct verb verbs[] = {
    {"", "NUMBER --why TEXT", 1, 1,
     "Erases a person: conversations, answers, their row in every audience, what could not be "
     "stored of theirs.\n"
     "Running campaigns do not text them any more. Only that they must not be texted stays, if "
     "they must not.\n"
     "NUMBER may be \"~\" and an id, as the inbox names people without one. An owner's.",
     "+447700900123 --why \"asked for it by mail of 3 May\"", options, forget},
    {NULL, NULL, 0, 0, NULL, NULL, NULL, NULL},
};

const struct verb_group forget_group = {"forget", "Erases a person.", verbs};
