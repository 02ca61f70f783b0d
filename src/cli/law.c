/* muster law: what law, carriers and WhatsApp ask of campaigns, and the rules that are switched off. */
#include "commands.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/json.h"

#include "say.h"
#include "verb.h"

static void print_off(const json_t *rule)
{
    size_t i;
    const json_t *one;
    json_array_foreach(json_object_get(rule, "off"), i, one)
    {
        const char *group = say_string(one, "group");
        (void)printf("    OFF for %s: ", *group ? group : "everybody");
        say_text(stdout, say_string(one, "why"));
        (void)fputs(", by ", stdout);
        say_text(stdout, say_string(one, "by"));
        (void)puts("");
    }
}

static void print_rule(const json_t *rule)
{
    (void)printf("%3lld %-8s %-8s %s\n", (long long)say_int(rule, "rule"),
                 say_string(rule, "level"), say_string(rule, "how"), say_string(rule, "words"));
    print_off(rule);
}

static void print_list(const struct verb_call *c, const json_t *reply)
{
    size_t i;
    const json_t *rule;
    const char *kind = say_string(reply, "kind");
    bool only_off = verb_option(c, "off") != NULL;
    if (!*kind)
        (void)puts("organisation.kind is not said in muster.yaml: what the law forbids is only a "
                   "warning.");
    json_array_foreach(json_object_get(reply, "rules"), i,
                       rule) if (!only_off || json_array_size(json_object_get(rule, "off")))
        print_rule(rule);
}

static int list(struct verb_call *c)
{
    struct err e;
    json_t *reply = NULL;
    int r = verb_ask(c, "GET", "/api/v1/law", NULL, &reply, &e);
    return verb_print(c, r, reply, &e, print_list);
}

static void print_one(const struct verb_call *c, const json_t *reply)
{
    (void)c;
    print_rule(reply);
}

static int turn(struct verb_call *c, const char *to)
{
    struct err e;
    char path[64];
    uint64_t rule;
    json_t *reply = NULL, *body = json_object();
    if (!slice_to_u64(slice_of(c->args[0]), 1000, &rule)) {
        json_decref(body);
        return verb_misuse(c, "RULE is a number, such as 8: muster law list");
    }
    (void)snprintf(path, sizeof path, "/api/v1/law/%u/%s", (unsigned)rule, to);
    if (verb_option(c, "why")) json_put(body, "why", json_string(verb_option(c, "why")));
    if (verb_option(c, "group")) json_put(body, "group", json_string(verb_option(c, "group")));
    int r = verb_ask(c, "POST", path, body, &reply, &e);
    json_decref(body);
    return verb_print(c, r, reply, &e, print_one);
}

static int off(struct verb_call *c)
{
    if (!verb_option(c, "why"))
        return verb_misuse(
            c, "--why is missing. Add --why TEXT: what people will read of it in the history");
    return turn(c, "off");
}

static int on(struct verb_call *c)
{
    return turn(c, "on");
}

static const struct verb_option list_options[] = {
    {"off", NULL, "only those that are switched off"},
    {NULL, NULL, NULL},
};
static const struct verb_option turn_options[] = {
    {"why", "TEXT", "what people will read of it in the history"},
    {"group", "GROUP", "for that group only"},
    {NULL, NULL, NULL},
};

static const struct verb verbs[] = {
    {"list", "", 0, 0, "All rules: their level, who keeps them, what they ask.", "list --off",
     list_options, list},
    {"off", "RULE --why TEXT", 1, 1, "Switches a rule of the check off. For owners.",
     "off 48 --why \"our members know the link\"", turn_options, off},
    {"on", "RULE", 1, 1, "Switches it on again.", "on 48", turn_options, on},
    {.name = NULL},
};

const struct verb_group law_group = {"law", "What law and carriers ask of campaigns.", verbs};
