/* Templates that WhatsApp holds: what can be sent when it takes no free words any more. */
#include "inbox.h"

#include <stdio.h>

static const char templates_path[] = "/api/v1/templates?";

/* ---- which there are ---- */

static void print_gaps(const json_t *gaps, const char *key)
{
    size_t i;
    const json_t *gap;
    json_array_foreach(gaps, i, gap)
    {
        (void)printf("      {{%s}}  ", say_string(gap, "name"));
        say_text(stdout,
                 *say_string(gap, key) ? say_string(gap, key) : "(written by who sends it)");
        (void)puts("");
    }
}

static void print_template(const json_t *t, const char *key)
{
    (void)printf("%4s  ", say_string(t, "id"));
    say_text(stdout, say_string(t, "name"));
    if (*say_string(t, "template"))
        (void)printf("  (%s, %s, %s%s%s)", say_string(t, "template"), say_string(t, "language"),
                     say_string(t, "gateway"), *say_string(t, "group") ? ", " : ", for all groups",
                     say_string(t, "group"));
    (void)fputs("\n      ", stdout);
    say_lines(stdout, say_string(t, "text"), "      ");
    (void)puts("");
    print_gaps(json_object_get(t, "gaps"), key);
}

void inbox_cli_print_templates(const json_t *list, const char *key)
{
    size_t i;
    const json_t *one;
    json_array_foreach(list, i, one) print_template(one, key);
}

static void print_kept(const struct verb_call *c, const json_t *reply)
{
    const json_t *list = json_object_get(reply, "templates");
    (void)c;
    if (json_array_size(list) == 0) (void)puts("There is none: muster inbox add-template --help");
    inbox_cli_print_templates(list, "fill");
}

int inbox_cli_templates(struct verb_call *c)
{
    struct err e;
    json_t *reply = NULL;
    struct buf path = BUF_INIT(INBOX_PATH_BYTES);
    buf_add_cstr(&path, templates_path);
    verb_add_query(&path, "group", verb_option(c, "group"));
    int r = verb_ask_at(c, "GET", &path, NULL, &reply, &e);
    return verb_print(c, r, reply, &e, print_kept);
}

/* ---- one more, one less ---- */

static json_t *args_from(const struct verb_call *c, int first)
{
    json_t *list = json_array();
    for (int i = first; i < c->arg_count; i++)
        json_list_add(list, json_text(slice_of(c->args[i])));
    return list;
}

static void put_option(const struct verb_call *c, json_t *body, const char *name)
{
    if (verb_option(c, name)) json_put(body, name, json_text(slice_of(verb_option(c, name))));
}

static void print_added(const struct verb_call *c, const json_t *reply)
{
    (void)printf("Template %s, ‘%s’, is at hand for those who answer.\n", say_string(reply, "id"),
                 c->args[0]);
}

int inbox_cli_add_template(struct verb_call *c)
{
    static const char *const options[] = {"group", "gateway", "template", "language"};
    struct err e;
    json_t *reply = NULL;
    json_t *body = json_pack("{s:o,s:o,s:o}", "name", json_text(slice_of(c->args[0])), "text",
                             json_text(slice_of(c->args[1])), "fills", args_from(c, 2));
    for (size_t i = 0; i < COUNT_OF(options); i++)
        put_option(c, body, options[i]);
    int r = verb_ask(c, "POST", "/api/v1/templates", body, &reply, &e);
    json_decref(body);
    return verb_print(c, r, reply, &e, print_added);
}

static void print_removed(const struct verb_call *c, const json_t *reply)
{
    (void)reply;
    (void)printf("Template %s is not at hand any more.\n", c->args[0]);
}

int inbox_cli_remove_template(struct verb_call *c)
{
    struct err e;
    uint32_t id;
    json_t *reply = NULL;
    struct buf path = BUF_INIT(INBOX_PATH_BYTES);
    if (!verb_id(c, "template", &id)) return EXIT_USAGE;
    buf_addf(&path, "/api/v1/templates/%u?", id);
    verb_add_query(&path, "group", verb_option(c, "group"));
    int r = verb_ask_at(c, "DELETE", &path, NULL, &reply, &e);
    return verb_print(c, r, reply, &e, print_removed);
}

/* ---- sending ---- */

static void print_sent(const struct verb_call *c, const json_t *answer)
{
    (void)answer;
    (void)printf(
        "The template is on its way. Conversation %s stays yours for now: muster inbox close %s "
        "when it is done.\n",
        c->args[0], c->args[0]);
}

int inbox_cli_send_template(struct verb_call *c)
{
    struct err e;
    uint32_t id;
    json_t *answer = NULL;
    if (!inbox_cli_id(c, &id)) return EXIT_USAGE;
    json_t *said = json_pack("{s:o,s:o}", "template", json_text(slice_of(c->args[1])), "values",
                             args_from(c, 2));
    int r = inbox_cli_answer(c, id, said, &answer, &e);
    return verb_print(c, r, answer, &e, print_sent);
}
