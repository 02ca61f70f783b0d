/* Who wrote back, and who is next. */
#include "inbox.h"

#include <stdio.h>

#include "core/form.h"

enum { LIST_MAX = 200, LIST_DEFAULT = 50, ADDRESS_WIDTH = 15 };

static void print_tags(const json_t *conversation)
{
    size_t i;
    const json_t *tag;
    json_array_foreach(json_object_get(conversation, "tags"), i, tag)
    {
        (void)fputs(" #", stdout);
        say_text(stdout, json_string_value(tag));
    }
}

/* A number, or the provider's words for somebody without one. */
static void print_address(const char *address)
{
    size_t n = strlen(address);
    say_text(stdout, address);
    if (n < ADDRESS_WIDTH) (void)printf("%*s", (int)(ADDRESS_WIDTH - n), "");
}

/* Names come after the columns: nobody knows how wide a terminal draws them. */
void inbox_cli_print_row(const json_t *o)
{
    const char *by = say_string(o, "claimed_by"), *waiting = say_string(o, "waiting");
    char unread[32] = "", waits[64] = "";
    if (say_int(o, "unread"))
        (void)snprintf(unread, sizeof unread, "%lld new", (long long)say_int(o, "unread"));
    if (*waiting) (void)snprintf(waits, sizeof waits, "waits %s", waiting);
    (void)printf("%6lld  ", (long long)say_int(o, "id"));
    print_address(say_string(o, "address"));
    (void)printf("  %-6s  %-17s  ", unread, waits);
    say_text(stdout, *say_string(o, "name") ? say_string(o, "name") : "(no name)");
    if (*by) (void)fputs(json_is_true(json_object_get(o, "mine")) ? "  yours" : "  with ", stdout);
    if (*by && !json_is_true(json_object_get(o, "mine"))) say_text(stdout, by);
    print_tags(o);
    if (json_is_true(json_object_get(o, "doubt")))
        (void)fputs("  (unknown whether the last answer arrived)", stdout);
    (void)puts("");
}

static void add_parameter(struct buf *path, const char *name, const char *value)
{
    buf_addf(path, "&%s=", name);
    form_encode(path, slice_of(value));
}

static void print_list(const struct verb_call *c, const json_t *reply)
{
    (void)c;
    size_t i;
    const json_t *one, *all = json_object_get(reply, "conversations");
    json_array_foreach(all, i, one) inbox_cli_print_row(one);
    if (json_array_size(all) == 0) (void)puts("nobody is waiting");
    if (json_is_string(json_object_get(reply, "next")))
        (void)printf("more: muster inbox list --before %s\n", say_string(reply, "next"));
}

int inbox_cli_list(struct verb_call *c)
{
    struct buf path = BUF_INIT(INBOX_PATH_BYTES);
    struct err e;
    json_t *reply = NULL;
    const char *group = verb_option(c, "group"), *before = verb_option(c, "before");
    uint64_t limit = verb_option_number(c, "limit", LIST_MAX, LIST_DEFAULT);
    if (limit == 0) return EXIT_USAGE;
    buf_addf(&path, "/api/v1/inbox?limit=%llu", (unsigned long long)limit);
    if (group) add_parameter(&path, "group", group);
    if (before) add_parameter(&path, "cursor", before);
    if (verb_option(c, "closed")) add_parameter(&path, "state", "closed");
    if (verb_option(c, "mine")) add_parameter(&path, "mine", "1");
    if (verb_option(c, "free")) add_parameter(&path, "free", "1");
    if (verb_option(c, "unlinked")) add_parameter(&path, "unlinked", "1");
    int r = verb_ask_at(c, "GET", &path, NULL, &reply, &e);
    return verb_print(c, r, reply, &e, print_list);
}

/* ---- next ---- */

static void print_next(const struct verb_call *c, const json_t *reply)
{
    const json_t *o = json_object_get(reply, "conversation");
    char free_at[SAY_TIME_BYTES];
    (void)c;
    if (json_is_object(o)) {
        inbox_cli_print_row(o);
        (void)printf("Yours until %s: muster inbox show %lld\n",
                     say_when(say_string(o, "claimed_until"), free_at),
                     (long long)say_int(o, "id"));
    } else if (*say_string(reply, "free_at")) {
        (void)printf("Nobody waits but %lld whom somebody holds; the first is free again at %s "
                     "unless they are answered.\n",
                     (long long)say_int(reply, "held"),
                     say_when(say_string(reply, "free_at"), free_at));
    } else {
        (void)puts("nobody is waiting");
    }
}

static void add_wish(const struct verb_call *c, json_t *body, const char *name)
{
    if (verb_option(c, name)) json_put(body, name, json_text(slice_of(verb_option(c, name))));
}

int inbox_cli_next(struct verb_call *c)
{
    struct err e;
    json_t *reply = NULL, *body = json_object();
    uint64_t campaign = 0;
    if (verb_option(c, "campaign")) {
        campaign = verb_option_number(c, "campaign", UINT32_MAX, 0);
        if (campaign == 0) return EXIT_USAGE;
        json_put(body, "campaign", json_integer((json_int_t)campaign));
    }
    add_wish(c, body, "group");
    add_wish(c, body, "tag");
    add_wish(c, body, "language");
    int r = verb_ask(c, "POST", "/api/v1/inbox/next", body, &reply, &e);
    json_decref(body);
    return verb_print(c, r, reply, &e, print_next);
}
