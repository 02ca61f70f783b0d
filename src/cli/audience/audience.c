/* muster audience: the table of its verbs, and those that are one call. */
#include "cli/commands.h"

#include "from.h"
#include "import_run.h"
#include "lend.h"

#include "core/form.h"
#include "cli/say.h"

#include <stdio.h>

enum { PATH_BYTES = 4096 };

static void print_row(const json_t *a)
{
    char count[SAY_COUNT_BYTES];
    const char *name = say_string(a, "name"), *group = say_string(a, "group");
    (void)printf("%lld\t%s\t%s\t%s\n", (long long)say_int(a, "id"), *name ? name : "?",
                 *group ? group : "?",
                 say_counted(say_int(a, "total"), "recipient", "recipients", count));
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

static void print_texted(const struct verb_call *c, const json_t *reply)
{
    const json_t *texted = json_object_get(reply, "texted_today");
    long long n = (long long)json_integer_value(texted);
    if (json_is_null(texted))
        (void)puts("Nobody counts that while the frequency cap is off ('cap' in muster.yaml).");
    else
        (void)printf("%lld of %s %s texted by a campaign in the last 24 hours.\n", n, c->args[0],
                     n == 1 ? "was" : "were");
}

static int texted(struct verb_call *c)
{
    return ask_about_one(c, "GET", "/texted", print_texted);
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
    {"group", "G", "whose it is (default: your own; of who is in every group: main)"},
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

static const struct verb_option lend_options[] = {
    {"to", "GROUP", "who borrows it"},
    {"until", "TIME", "2026-12-11, or with the hour: 2026-12-11 18:00; at most a year"},
    {"why", "TEXT", "both groups read it"},
    {NULL, NULL, NULL}};

static const struct verb_option back_options[] = {{"why", "TEXT", "both groups read it"},
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
    {"texted", "NAME|ID", 1, 1,
     "How many of its people campaigns texted in the last 24 hours, whichever group it was.",
     "texted members", NULL, texted},
    {"delete", "NAME|ID", 1, 1, "Deletes an audience that no campaign needs.", "delete members",
     delete_options, delete},
    {"lend", "NAME|ID --to GROUP --until TIME --why TEXT", 1, 1,
     "Lends an audience to another group, whose organisers launch campaigns to it.\n"
     "They see the counts. It stays yours, and so do its people, their answers and the reports.",
     "lend members --to york --until 2026-12-11 --why \"our twin\"", lend_options, audience_lend},
    {"lent", "", 0, 0, "What your groups lend and borrow.", "lent", NULL, audience_lent},
    {"take-back", "LOAN", 1, 1, "Ends a loan at once; what runs by it is paused.", "take-back @5",
     back_options, audience_take_back},
    {NULL, NULL, 0, 0, NULL, NULL, NULL, NULL},
};

const struct verb_group audience_group = {"audience", "Lists of people.", verbs};
