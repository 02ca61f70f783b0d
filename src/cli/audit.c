/* muster audit export: who did what, as a table for a spreadsheet. */
#include "commands.h"

#include <errno.h>
#include <stdio.h>

#include "cli/say.h"
#include "core/form.h"
#include "io/csv.h"

enum { PATH_BYTES = 4096, LINE_BYTES = 64 * 1024 };

static const char *const columns[] = {"at",    "who",  "member", "way", "address",
                                      "group", "what", "whom",   "why"};
static const char *const filters[] = {"who", "what", "campaign", "group", "day", "from", "until"};

static int write_line(const char *const *cells, struct err *e)
{
    struct buf line = BUF_INIT(LINE_BYTES);
    for (size_t i = 0; i < COUNT_OF(columns); i++) {
        if (i) buf_add_char(&line, ',');
        csv_write_cell(&line, slice_of(cells[i]), ',');
    }
    buf_add_cstr(&line, "\r\n");
    bool written = !line.failed && fwrite(line.p, 1, line.n, stdout) == line.n;
    buf_done(&line);
    return written ? 0 : err_set(e, -EIO, "cannot write to stdout");
}

static int write_entry(const struct verb_call *c, const json_t *entry, struct err *e)
{
    const char *cells[COUNT_OF(columns)];
    if (c->json)
        return say_json(entry) == EXIT_DONE ? 0 : err_set(e, -EIO, "cannot write to stdout");
    for (size_t i = 0; i < COUNT_OF(columns); i++)
        cells[i] = say_string(entry, columns[i]);
    return write_line(cells, e);
}

/* The next page; `cursor` becomes that of the one behind, "" behind the last. */
static int export_page(struct verb_call *c, struct buf *cursor, struct err *e)
{
    struct buf path = BUF_INIT(PATH_BYTES);
    json_t *page = NULL, *entry;
    size_t i;
    buf_add_cstr(&path, "/api/v1/audit?limit=1000&cursor=");
    form_encode(&path, buf_slice(cursor));
    for (i = 0; i < COUNT_OF(filters); i++) {
        const char *value = verb_option(c, filters[i]);
        if (!value) continue;
        buf_addf(&path, "&%s=", filters[i]);
        form_encode(&path, slice_of(value));
    }
    int r = verb_ask_at(c, "GET", &path, NULL, &page, e);
    buf_clear(cursor);
    if (r == 0) buf_add_cstr(cursor, say_string(page, "next"));
    json_array_foreach(json_object_get(page, "entries"), i, entry) if (r == 0) r =
        write_entry(c, entry, e);
    json_decref(page);
    return r;
}

static int export(struct verb_call *c)
{
    struct err e;
    struct buf cursor = BUF_INIT(PATH_BYTES);
    int r = c->json ? 0 : write_line(columns, &e);
    do
        if (r == 0) r = export_page(c, &cursor, &e);
    while (r == 0 && cursor.n);
    buf_done(&cursor);
    return r < 0 ? verb_fail(c, r, &e) : EXIT_DONE;
}

static const struct verb_option options[] = {
    {"who", "TEXT", "a part of a name, or a member's id"},
    {"what", "TEXT", "what it begins with: campaign, audience, conversation, suppression, ..."},
    {"campaign", "ID", "about this one"},
    {"group", "NAME", "of this group"},
    {"day", "YYYY-MM-DD", "of this day, in UTC"},
    {"from", "TIME", "from then on: 2026-11-26T18:00:00Z"},
    {"until", "TIME", "until then"},
    {NULL, NULL, NULL}};

static const struct verb verbs[] = {
    {"export", "", 0, 0,
     "Prints who did what, from where, when and why, as CSV; with --json a line of JSON each.\n"
     "The newest first, of the groups that you may see.",
     "export --day 2026-11-26 > thursday.csv", options, export},
    {NULL, NULL, 0, 0, NULL, NULL, NULL, NULL},
};

const struct verb_group audit_group = {"audit", "Who did what.", verbs};
