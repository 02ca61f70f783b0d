/* muster audience: the table of its verbs, and those that are one call. */
#include "cli/commands.h"

#include "from.h"
#include "import_run.h"

#include "core/form.h"
#include "cli/say.h"

#include <stdio.h>

enum { PATH_BYTES = 4096 };

static void print_row(const json_t *a)
{
    const char *name = say_string(a, "name"), *group = say_string(a, "group");
    (void)printf("%lld\t%s\t%s\t%lld recipients\n", (long long)say_int(a, "id"), *name ? name : "?",
                 *group ? group : "?", (long long)say_int(a, "total"));
}

static void print_list(const struct verb_call *c, const json_t *reply)
{
    size_t i;
    const json_t *one;
    (void)c;
    json_array_foreach(json_object_get(reply, "audiences"), i, one) print_row(one);
}

/* One page onto the end of `all`; cursor becomes where the next one begins, empty at the end. */
static int add_page(struct verb_call *c, json_t *all, struct buf *cursor, struct err *e)
{
    struct buf path = BUF_INIT(PATH_BYTES);
    json_t *page = NULL;
    buf_add_cstr(&path, "/api/v1/audiences?limit=1000&cursor=");
    form_encode(&path, buf_slice(cursor));
    int r = verb_ask_at(c, "GET", &path, NULL, &page, e);
    buf_clear(cursor);
    if (r == 0) {
        buf_add_cstr(cursor, say_string(page, "next"));
        (void)json_array_extend(json_object_get(all, "audiences"),
                                json_object_get(page, "audiences"));
    }
    json_decref(page);
    return r;
}

static int list(struct verb_call *c)
{
    struct err e;
    struct buf cursor = BUF_INIT(PATH_BYTES);
    json_t *all = json_pack("{s:[]}", "audiences");
    int r;
    do
        r = add_page(c, all, &cursor, &e);
    while (r == 0 && cursor.n > 0);
    buf_done(&cursor);
    return verb_print(c, r, all, &e, print_list);
}

static int ask_about_one(struct verb_call *c, const char *method, const char *query,
                         verb_print_cb *print)
{
    struct buf path = BUF_INIT(PATH_BYTES);
    struct err e;
    json_t *reply = NULL;
    if (!*c->args[0]) return verb_misuse(c, "it wants %s", c->verb->args);
    buf_add_cstr(&path, "/api/v1/audiences/");
    form_encode(&path, slice_of(c->args[0]));
    buf_add_cstr(&path, query);
    int r = verb_ask_at(c, method, &path, NULL, &reply, &e);
    return verb_print(c, r, reply, &e, print);
}

static void print_one(const struct verb_call *c, const json_t *audience)
{
    size_t i;
    const json_t *one;
    (void)c;
    print_row(audience);
    json_array_foreach(json_object_get(audience, "columns"), i, one)(void)
        printf("\tfield {{%s}}\n", json_string_value(one));
}

static int show(struct verb_call *c)
{
    return ask_about_one(c, "GET", "", print_one);
}

static void print_deleted(const struct verb_call *c, const json_t *reply)
{
    (void)reply;
    (void)printf("%s is deleted\n", c->args[0]);
}

static int delete (struct verb_call *c)
{
    return ask_about_one(c, "DELETE", verb_option(c, "reports-too") ? "?reports_too=1" : "",
                         print_deleted);
}

/* ---- the table ---- */

static const struct verb_option import_options[] = {
    {"name", "N", "what the audience is called"},
    {"group", "G", "whose it is (default: main)"},
    {"country", "GB", "country of numbers written without + (default: the server's)"},
    {"rejects", "OUT.csv",
     "write the rows that are left out there, with line, field and reason; mend\nit and import it"},
    {"keep-unlisted", NULL,
     "keep numbers of the right length that are not in the numbering plan, whose\n"
     "date is shown by muster number: newer ones"},
    {"add", NULL, "the list N is there: add who is new (also a mended file of rejects)"},
    {"merge", NULL,
     "the list N is there: add who is new, and give the others the fields that the\n"
     "file has; empty ones change nothing"},
    {"replace", NULL, "the list N is there: it has the people of the file from now on"},
    {"remove", NULL, "the list N is there: take the people of the file off it"},
    {"delimiter", "X", "what separates fields: , ; | tab (default: found out)"},
    {"encoding", "NAME",
     "of the file, as iconv has it (default: found out, and said when it is\nnot UTF-8)"},
    {"phone", "COLUMN", "the phone column, when its name does not say so"},
    {NULL, NULL, NULL}};

static const struct verb_option from_options[] = {
    {"name", "N", "what the audience is called"},
    {"add", NULL, "the list N is there: add them"},
    {"merge", NULL, "add them, with the fields that they had in the campaign"},
    {"replace", NULL, "the list N is them from now on"},
    {"remove", NULL, "take them off the list N"},
    {"state", "S,S", "with whom it came to one of these: undelivered, delivered, …"},
    {"tag", "T,T", "whose conversation has one of these tags"},
    {"replied", "yes|no", "who wrote back, or did not"},
    {NULL, NULL, NULL}};

static const struct verb_option delete_options[] = {
    {"reports-too", NULL, "delete also a list that finished campaigns need for their report"},
    {NULL, NULL, NULL}};

static const struct verb verbs[] = {
    {"import", "FILE --name N", 1, 1,
     "Checks the numbers of a CSV file (- is stdin) and stores them as an audience.\n"
     "A line names the columns; one of them is the phone number, all others become template "
     "fields.",
     "import members.csv --name members --rejects mend.csv", import_options, import_run},
    {"from", "CAMPAIGN --name N", 1, 1,
     "Makes an audience of those of a campaign with whom it came to this or that. All that is said "
     "must hold.",
     "from 7 --tag yes --name helpers", from_options, audience_from},
    {"list", "", 0, 0, "The audiences.", "list", NULL, list},
    {"show", "NAME|ID", 1, 1, "An audience and its fields.", "show members", NULL, show},
    {"delete", "NAME|ID", 1, 1, "Deletes an audience that no campaign needs.", "delete members",
     delete_options, delete},
    {NULL, NULL, 0, 0, NULL, NULL, NULL, NULL},
};

const struct verb_group audience_group = {"audience", "Lists of people.", verbs};
