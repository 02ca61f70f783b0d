#include "web/view/view.h"

#include <stdio.h>
#include <stdlib.h>

#include <sodium.h>

#include "core/block.h"
#include "core/number.h"
#include "io/csv.h"
#include "store/audience.h"
#include "web/download.h"

enum { LOOKS_MAX = 15, BLOCK_CSV_BYTES_MAX = 8 << 20, NAME_BYTES = 32 };

json_t *view_list(const struct audience_info *info)
{
    json_t *columns = json_array();
    for (size_t i = 0; i < info->column_count; i++)
        json_list_add(columns, json_text(info->columns[i]));
    json_t *out =
        json_pack("{s:I,s:o,s:o,s:o,s:o,s:I,s:I,s:I,s:I,s:b}", "id", (json_int_t)info->id, "name",
                  json_text(info->name), "group", json_text(info->group), "country",
                  json_text(info->country), "columns", columns, "total", (json_int_t)info->total,
                  "blocks", (json_int_t)info->blocks, "duplicates", (json_int_t)info->duplicates,
                  "suppressed", (json_int_t)info->suppressed, "frozen", info->frozen_ms != 0);
    json_put_count(out, "version", info->version);
    json_put(out, "change", json_string(audience_change_text(info->change)));
    json_put_count(out, "added", info->added);
    json_put_count(out, "updated", info->updated);
    json_put_count(out, "removed", info->removed);
    json_put_time(out, "created_at", info->created_ms);
    json_put_time(out, "frozen_at", info->frozen_ms);
    return out;
}

json_t *view_list_card(const struct web_call *c, const struct audience_info *info)
{
    char ago[32], when[48];
    json_t *out = view_list(info);
    view_duration(c->now_ms - info->frozen_ms, ago);
    (void)snprintf(when, sizeof when, "%s ago", ago);
    json_put(out, "when", json_string(when));
    return out;
}

/* ---- some people ---- */

struct sample {
    struct web_call *c;
    struct audience_info *info;
    uint32_t seen[VIEW_SAMPLE_MAX]; /* indexes */
    size_t count;
    int looks;
    json_t *people;
    view_sample_cb *cb;
    void *arg;
};

static void look(struct sample *s);

static json_t *person_json(const struct audience_info *info, const struct block *b, size_t row)
{
    char number[NUMBER_TEXT_BYTES];
    json_t *fields = json_array();
    number_format(block_number(b, row), number);
    for (size_t i = 0; i < info->column_count; i++)
        json_list_add(fields, json_pack("{s:o,s:o}", "name", json_text(info->columns[i]), "value",
                                        json_text(block_field(b, row, i))));
    return json_pack("{s:s,s:o}", "number", number, "fields", fields);
}

static bool was_seen(const struct sample *s, uint32_t index)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->seen[i] == index) return true;
    return false;
}

/* Of a small list whoever comes next in place of one who was seen. */
static void take_one(struct sample *s, const struct block *b, uint32_t block)
{
    size_t n = block_rows(b), first = n ? randombytes_uniform((uint32_t)n) : 0;
    for (size_t i = 0; i < n; i++) {
        size_t row = (first + i) % n;
        uint32_t index = block << 8 | (uint32_t)row;
        if (!number_is_valid(block_number(b, row)) || was_seen(s, index)) continue;
        s->seen[s->count++] = index;
        json_list_add(s->people, person_json(s->info, b, row));
        return;
    }
}

struct looking {
    struct sample *s;
    uint32_t block;
};

static void on_block(void *arg, int result, const struct block *b, const struct err *e)
{
    struct looking *l = arg;
    struct sample *s = l->s;
    (void)e; /* a block that cannot be read shows nobody */
    if (result == 0) take_one(s, b, l->block);
    free(l);
    look(s);
}

static void sample_end(struct sample *s)
{
    audience_info_free(s->info);
    s->cb(s->c, s->arg, s->people);
    free(s);
}

static void look(struct sample *s)
{
    if (s->count == VIEW_SAMPLE_MAX || s->looks++ == LOOKS_MAX || s->info->blocks == 0) {
        sample_end(s);
        return;
    }
    struct looking *l = xcalloc(1, sizeof *l);
    *l = (struct looking){s, randombytes_uniform(s->info->blocks)};
    audience_block(s->c->config->store, s->info, l->block, on_block, l);
}

void view_sample(struct web_call *c, const struct audience_info *info, view_sample_cb *cb,
                 void *arg)
{
    struct sample *s = xcalloc(1, sizeof *s);
    *s = (struct sample){
        .c = c, .info = audience_info_dup(info), .people = json_array(), .cb = cb, .arg = arg};
    look(s);
}

/* ---- all of them, in a file, block after block ---- */

struct people_file {
    struct web_call *c;
    struct audience_info *info;
    uint32_t block;
    FILE *out;
    bool failed;
};

static void write_rows(struct people_file *f, struct buf *b)
{
    f->failed |= b->failed || fwrite(b->p, 1, b->n, f->out) != b->n;
    buf_done(b);
}

static void write_titles(struct people_file *f)
{
    struct buf b = BUF_INIT(BLOCK_CSV_BYTES_MAX);
    buf_add_cstr(&b, "phone");
    for (size_t i = 0; i < f->info->column_count; i++) {
        buf_add_char(&b, ',');
        csv_write_cell(&b, f->info->columns[i], ',');
    }
    buf_add_cstr(&b, "\r\n");
    write_rows(f, &b);
}

static void write_block(struct people_file *f, const struct block *rows)
{
    struct buf b = BUF_INIT(BLOCK_CSV_BYTES_MAX);
    char number[NUMBER_TEXT_BYTES];
    buf_add_cstr(&b, "");
    for (size_t row = 0; row < block_rows(rows); row++) {
        if (!number_is_valid(block_number(rows, row))) continue; /* forgotten */
        number_format(block_number(rows, row), number);
        buf_add_cstr(&b, number);
        for (size_t i = 0; i < f->info->column_count; i++) {
            buf_add_char(&b, ',');
            csv_write_cell(&b, block_field(rows, row, i), ',');
        }
        buf_add_cstr(&b, "\r\n");
    }
    write_rows(f, &b);
}

static void send_file(struct people_file *f)
{
    char name[NAME_BYTES];
    (void)snprintf(name, sizeof name, "list-%u.csv", f->info->id);
    web_act(f->c, f->info->group, "audience %u downloaded", f->info->id);
    download_send(f->c, f->out, !f->failed, name);
    audience_info_free(f->info);
    free(f);
}

static void next_block(struct people_file *f);

static void on_file_block(void *arg, int result, const struct block *b, const struct err *e)
{
    struct people_file *f = arg;
    (void)e;
    if (result == 0) write_block(f, b);
    f->failed |= result != 0;
    f->block++;
    next_block(f);
}

static void next_block(struct people_file *f)
{
    if (f->failed || f->block == f->info->blocks)
        send_file(f);
    else
        audience_block(f->c->config->store, f->info, f->block, on_file_block, f);
}

void view_people_file(struct web_call *c, const struct audience_info *info)
{
    FILE *out = download_open(c);
    if (!out) return;
    struct people_file *f = xcalloc(1, sizeof *f);
    *f = (struct people_file){.c = c, .info = audience_info_dup(info), .out = out};
    write_titles(f);
    next_block(f);
}
