/* muster consent export: who wants no more of one thing, as CSV. */
#include "consent_export.h"

#include <errno.h>
#include <stdio.h>

#include "core/form.h"
#include "core/json.h"
#include "io/csv.h"
#include "say.h"

enum { PATH_BYTES = 1024, LINE_BYTES_MAX = 16 * 1024 };

/* With --json a line of JSON, else of CSV. */
static int write_one(const struct verb_call *c, const json_t *one, struct err *e)
{
    const struct slice fields[] = {
        slice_of(say_string(one, "number")), slice_of(verb_option(c, "of")),
        slice_of(say_string(one, "at")),     slice_of(say_string(one, "by")),
        slice_of(say_string(one, "why")),    slice_of(say_string(one, "group"))};
    struct buf line = BUF_INIT(LINE_BYTES_MAX);
    bool ok = true;
    if (c->json) {
        ok = say_json(one) == EXIT_DONE;
    } else {
        csv_write_record(&line, fields, COUNT_OF(fields), ',');
        ok = !line.failed && fwrite(line.p, 1, line.n, stdout) == line.n;
    }
    buf_done(&line);
    return ok ? 0 : err_set(e, -EIO, "cannot write to stdout");
}

/* `cursor` becomes the next one, "" behind the last page. */
static int export_page(struct verb_call *c, struct buf *cursor, struct err *e)
{
    struct buf path = BUF_INIT(PATH_BYTES);
    json_t *page = NULL;
    const json_t *one;
    size_t i;
    buf_add_cstr(&path, "/api/v1/withdrawn/");
    form_encode(&path, slice_of(verb_option(c, "of")));
    if (cursor->n) buf_add_cstr(&path, "?cursor=");
    form_encode(&path, buf_slice(cursor));
    int r = verb_ask_at(c, "GET", &path, NULL, &page, e);
    buf_clear(cursor);
    if (r == 0) buf_add_cstr(cursor, say_string(page, "next"));
    json_array_foreach(json_object_get(page, "withdrawn"), i, one)
    {
        if (r == 0) r = write_one(c, one, e);
    }
    json_decref(page);
    return r;
}

int consent_cli_export(struct verb_call *c)
{
    struct buf cursor = BUF_INIT(PATH_BYTES);
    struct err e;
    int r = 0;
    if (!c->json) (void)fputs("phone,no_more_of,at,by,why,group\r\n", stdout);
    do {
        r = export_page(c, &cursor, &e);
    } while (r == 0 && cursor.n);
    buf_done(&cursor);
    return r < 0 ? verb_fail(c, r, &e) : EXIT_DONE;
}
