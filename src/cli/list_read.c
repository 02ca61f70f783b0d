#include "list_read.h"

#include "core/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "list_open.h"
#include "say.h"

static enum import_reason read_number(void *arg, struct slice cell, uint64_t *ret_number)
{
    struct list_read *l = arg;
    return list_number_read(&l->numbers, cell, ret_number);
}

static void pass_note(void *arg, struct slice line)
{
    const struct list_read *l = arg;
    char *text = slice_strdup(line);
    verb_note(l->c, text);
    free(text);
}

static int write_rejects(void *arg, struct slice bytes, struct err *e)
{
    struct list_read *l = arg;
    l->rejects_written =
        fwrite(bytes.p, 1, bytes.n, l->rejects) == bytes.n && fflush(l->rejects) == 0;
    if (l->rejects_written) return 0;
    return err_set(e, -errno, "cannot write the rejects to %s: %s", verb_option(l->c, "rejects"),
                   strerror(errno));
}

static void begin(struct list_read *l)
{
    const struct import_config config = {
        .name = list_file_name(l->file),
        .delimiter = l->delimiter,
        .phone_column = verb_option(l->c, "phone"),
        .phone_words = "--phone",
        .to_be_texted = !l->numbers.landlines,
        .country = l->numbers.country,
        .number = read_number,
        .chunk = l->chunk,
        .rejects = l->rejects ? write_rejects : NULL,
        .rejects_mark = !list_file_is_ascii(l->file),
        .left_out = l->left_out,
        .note = pass_note,
        .arg = l,
    };
    l->import = import_new(&config);
}

static int look_at_all(struct list_read *l, struct err *e)
{
    bool more = true;
    int r = 0;
    while (r == 0 && more)
        r = list_file_look(l->file, &more, e);
    return r == 0 ? list_file_begin(l->file, verb_option(l->c, "encoding"), e) : r;
}

/* "tab" and "\t" are tab. */
int list_read_delimiter(struct list_read *l)
{
    const char *text = verb_option(l->c, "delimiter");
    if (!text) return 0;
    bool tab = strcmp(text, "tab") == 0 || strcmp(text, "\\t") == 0;
    if (!tab && (strlen(text) != 1 || strchr("\"\r\n", text[0])))
        return verb_misuse(l->c, "--delimiter is one character, or 'tab'");
    l->delimiter = tab ? '\t' : text[0];
    return 0;
}

int list_read_open(struct list_read *l, struct err *e)
{
    const char *path = l->c->args[0], *rejects = verb_option(l->c, "rejects");
    FILE *in;
    int r = list_open(path, &in, e);
    if (r < 0) return r;
    l->file = list_file_new(in, strcmp(path, "-") == 0 ? "stdin" : path, "say --encoding NAME");
    r = look_at_all(l, e);
    if (r == 0 && rejects) r = list_open_rejects(in, rejects, &l->rejects, e);
    if (r < 0) return r;
    const char *note = list_file_note(l->file);
    if (note) verb_note(l->c, note);
    begin(l);
    return 0;
}

int list_read_step(struct list_read *l, bool *ret_more, struct err *e)
{
    struct slice piece;
    int r = list_file_next(l->file, &piece, e);
    *ret_more = r == 0 && piece.n > 0;
    if (r < 0) return r;
    return *ret_more ? import_feed(l->import, piece, e) : import_end(l->import, e);
}

void list_read_print_left_out(const struct list_read *l, FILE *to)
{
    const struct import_stats *s = import_stats(l->import);
    bool any = false;
    for (size_t i = 1; i < IMPORT_REASON_COUNT; i++) {
        if (!s->rejected[i]) continue;
        any = true;
        (void)fprintf(to, "  %llu left out: %s\n", (unsigned long long)s->rejected[i],
                      import_reason_text((enum import_reason)i));
    }
    if (any && !verb_option(l->c, "rejects"))
        (void)fputs(
            "  which rows they are, with line, field and reason: --rejects OUT.csv writes them\n",
            to);
    if (l->rejects_written)
        (void)fprintf(to, "  the rows that were left out, with line, field and reason: %s\n",
                      verb_option(l->c, "rejects"));
}

json_t *list_read_left_out(const struct list_read *l)
{
    return import_rejected_json(import_stats(l->import));
}

void list_read_done(struct list_read *l)
{
    if (l->rejects) (void)fclose(l->rejects);
    import_free(l->import);
    list_file_free(l->file);
}
