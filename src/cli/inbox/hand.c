/* Handing a conversation over. */
#include "inbox.h"

#include <stdio.h>

/* Who may get it, where nobody was named. */
static void print_whom(const struct verb_call *c, const json_t *reply)
{
    size_t i;
    const json_t *one;
    json_array_foreach(json_object_get(reply, "people"), i, one)
    {
        (void)printf("%s  ", json_is_true(json_object_get(one, "here")) ? "here" : "    ");
        say_text(stdout, say_string(one, "name"));
        (void)printf("  (%s)\n", say_string(one, "role"));
    }
    if (say_int(reply, "more")) (void)printf("and %lld more\n", (long long)say_int(reply, "more"));
    (void)printf("muster inbox hand-over %s --to NAME, --group GROUP or --organisers\n",
                 c->args[0]);
}

static void print_handed(const struct verb_call *c, const json_t *reply)
{
    (void)reply;
    (void)printf("Conversation %s is handed over.\n", c->args[0]);
}

int inbox_cli_hand_over(struct verb_call *c)
{
    const char *to = verb_option(c, "to"), *group = verb_option(c, "group"),
               *word = verb_option(c, "word");
    bool organisers = verb_option(c, "organisers") != NULL;
    int named = (to != NULL) + (group != NULL) + organisers;
    struct err e;
    uint32_t id;
    json_t *reply = NULL;
    if (!inbox_cli_id(c, &id)) return EXIT_USAGE;
    if (named > 1) return verb_misuse(c, "one of --to, --group and --organisers");
    if (named == 0) {
        int r = inbox_cli_ask(c, "GET", id, "/hand-over", NULL, &reply, &e);
        return verb_print(c, r, reply, &e, print_whom);
    }
    json_t *body = json_object();
    if (to) json_put(body, "member", json_text(slice_of(to)));
    if (group) json_put(body, "group", json_text(slice_of(group)));
    if (organisers) json_put(body, "organisers", json_true());
    if (word) json_put(body, "word", json_text(slice_of(word)));
    int r = inbox_cli_ask(c, "POST", id, "/hand-over", body, &reply, &e);
    json_decref(body);
    return verb_print(c, r, reply, &e, print_handed);
}
