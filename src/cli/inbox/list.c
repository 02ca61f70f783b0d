/* Who wrote back, and who is next. */
#include "inbox.h"

#include <errno.h>
#include <stdio.h>

#include "cli/out_file.h"
#include "core/form.h"
#include "io/csv.h"

enum {
    LIST_MAX = 200,
    LIST_DEFAULT = 50,
    ADDRESS_WIDTH = 15,
    ROW_BYTES_MAX = 16 * 1024,
    CURSOR_BYTES = 128,
};

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

/* What list and export have in common. False after a message about misuse. */
static bool add_wanted(const struct verb_call *c, struct buf *path)
{
    static const char *const texts[] = {"group", "tag", "search"};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        if (verb_option(c, texts[i])) add_parameter(path, texts[i], verb_option(c, texts[i]));
    if (verb_option(c, "campaign")) {
        uint64_t id = verb_option_number(c, "campaign", UINT32_MAX, 0);
        if (id == 0) return false;
        buf_addf(path, "&campaign=%llu", (unsigned long long)id);
    }
    if (verb_option(c, "closed")) add_parameter(path, "state", "closed");
    if (verb_option(c, "any")) add_parameter(path, "state", "any");
    return true;
}

int inbox_cli_list(struct verb_call *c)
{
    struct buf path = BUF_INIT(INBOX_PATH_BYTES);
    struct err e;
    json_t *reply = NULL;
    const char *before = verb_option(c, "before");
    uint64_t limit = verb_option_number(c, "limit", LIST_MAX, LIST_DEFAULT);
    if (limit == 0) return EXIT_USAGE;
    buf_addf(&path, "/api/v1/inbox?limit=%llu", (unsigned long long)limit);
    if (before) add_parameter(&path, "cursor", before);
    if (!add_wanted(c, &path)) return EXIT_USAGE;
    if (verb_option(c, "mine")) add_parameter(&path, "mine", "1");
    if (verb_option(c, "handed")) add_parameter(&path, "handed", "1");
    if (verb_option(c, "free")) add_parameter(&path, "free", "1");
    if (verb_option(c, "unlinked")) add_parameter(&path, "unlinked", "1");
    int r = verb_ask_at(c, "GET", &path, NULL, &reply, &e);
    return verb_print(c, r, reply, &e, print_list);
}

/* ---- export ---- */

static const char *const titles[] = {"id",   "group",   "name",      "number",  "campaign", "state",
                                     "tags", "last_by", "last_line", "last_in", "last_out", "with"};

static void add_cell(struct buf *row, const char *text)
{
    if (row->n) buf_add_char(row, ',');
    csv_write_cell(row, slice_of(text), ',');
}

static void add_number(struct buf *row, const json_t *o, const char *key)
{
    char text[32] = "";
    if (json_is_integer(json_object_get(o, key)))
        (void)snprintf(text, sizeof text, "%lld", (long long)say_int(o, key));
    add_cell(row, text);
}

static void add_tags(struct buf *row, const json_t *o)
{
    struct buf tags = BUF_INIT(ROW_BYTES_MAX);
    size_t i;
    const json_t *tag;
    buf_add_cstr(&tags, "");
    json_array_foreach(json_object_get(o, "tags"), i, tag)
        buf_addf(&tags, "%s%s", i ? " " : "", json_string_value(tag));
    add_cell(row, tags.p);
    buf_done(&tags);
}

static int write_row(FILE *out, struct buf *row, struct err *e)
{
    buf_add_cstr(row, "\r\n");
    if (row->failed) return err_set(e, ERR_LIMIT, "a row is longer than %d bytes", ROW_BYTES_MAX);
    if (fwrite(row->p, 1, row->n, out) != row->n)
        return err_set(e, -errno, "cannot write: %s", strerror(errno));
    buf_clear(row);
    return 0;
}

/* The order of the titles. */
static int write_conversation(FILE *out, struct buf *row, const json_t *o, struct err *e)
{
    add_number(row, o, "id");
    add_cell(row, say_string(o, "group"));
    add_cell(row, say_string(o, "name"));
    add_cell(row, say_string(o, "address"));
    add_number(row, o, "campaign");
    add_cell(row, say_string(o, "state"));
    add_tags(row, o);
    add_cell(row, say_string(o, "last_by"));
    add_cell(row, say_string(o, "last_line"));
    add_cell(row, say_string(o, "last_in"));
    add_cell(row, say_string(o, "last_out"));
    add_cell(row, say_string(o, "claimed_by"));
    return write_row(out, row, e);
}

/* A page after the other. */
static int write_pages(struct verb_call *c, const struct buf *base, FILE *out, int64_t *ret_rows,
                       struct err *e)
{
    struct buf row = BUF_INIT(ROW_BYTES_MAX);
    char cursor[CURSOR_BYTES] = "";
    for (size_t i = 0; i < COUNT_OF(titles); i++)
        add_cell(&row, titles[i]);
    int r = write_row(out, &row, e);
    while (r == 0) {
        size_t i;
        const json_t *o;
        json_t *reply = NULL;
        struct buf path = BUF_INIT(INBOX_PATH_BYTES);
        buf_add_slice(&path, buf_slice(base));
        if (*cursor) add_parameter(&path, "cursor", cursor);
        r = verb_ask_at(c, "GET", &path, NULL, &reply, e);
        json_array_foreach(json_object_get(reply, "conversations"), i, o) if (r == 0)
        {
            r = write_conversation(out, &row, o, e);
            ++*ret_rows;
        }
        (void)snprintf(cursor, sizeof cursor, "%s", say_string(reply, "next"));
        json_decref(reply);
        if (!*cursor) break;
    }
    buf_done(&row);
    return r;
}

int inbox_cli_export(struct verb_call *c)
{
    struct buf base = BUF_INIT(INBOX_PATH_BYTES);
    struct out_file *out = NULL;
    struct err e;
    int64_t rows = 0;
    char count[SAY_COUNT_BYTES];
    buf_addf(&base, "/api/v1/inbox?limit=%d", LIST_MAX);
    if (!add_wanted(c, &base)) return EXIT_USAGE;
    if (!verb_option(c, "closed") && !verb_option(c, "any")) add_parameter(&base, "state", "open");
    int r = out_file_open(c->args[0], &out, &e);
    if (r == 0) {
        r = write_pages(c, &base, out_file_stream(out), &rows, &e);
        r = out_file_end(out, r, &e);
    }
    buf_done(&base);
    if (r < 0) return verb_fail(c, r, &e);
    if (strcmp(c->args[0], "-") != 0)
        (void)printf("%s %s in %s\n",
                     say_counted((int64_t)rows, "conversation", "conversations", count),
                     rows == 1 ? "is" : "are", c->args[0]);
    return EXIT_DONE;
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
