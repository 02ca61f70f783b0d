#include "flow/list_job.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "core/json.h"
#include "flow/list_file.h"
#include "flow/list_number.h"
#include "store/list_note.h"

enum {
    VALUE_BYTES_MAX = 80,   /* of a cell that the note shows */
    AGAIN_US = 1000 * 1000, /* Redis is away */
    TRIES = 60,
    NOTES_MAX = 8,
};

enum stage { LOOKING, READING, STORING, FINISHING, OVER };

struct list_job {
    struct list_job_config config;
    struct loop_timer *timer;
    enum stage stage;
    bool all_read;        /* of the file; nothing more is fed */
    bool saving, changed; /* a note is on its way; there is news since */
    int tries;            /* of the chunk or the finish that Redis gave no reply to */
    struct list_file *file;
    struct import *import;
    struct list_number numbers;
    json_t *note, *left_out, *notes;
    uint64_t rejects_bytes;
    bool rejects_cut;
    struct audience_chunk chunk; /* the one that waits */
    int64_t saved_ms;
    store_done_cb *noted;
    void *noted_arg;
    char *name, *country, *encoding, *phone, *id;
};

/* ---- the note ---- */

static void bring_up_to_date(struct list_job *j)
{
    static const struct import_stats none;
    const struct import_stats *s = j->import ? import_stats(j->import) : &none;
    json_put(j->note, "bytes", json_integer((json_int_t)list_file_bytes(j->file)));
    json_put(j->note, "read", json_integer((json_int_t)list_file_read_so_far(j->file)));
    json_put(j->note, "rows", json_integer((json_int_t)s->rows));
    json_put(j->note, "stored", json_integer((json_int_t)s->stored));
    json_put(j->note, "updated", json_integer((json_int_t)s->updated));
    json_put(j->note, "removed", json_integer((json_int_t)s->removed));
    json_put(j->note, "rejected", import_rejected_json(s));
    json_put(j->note, "rejects_kept",
             json_string(!j->rejects_bytes ? "none"
                         : j->rejects_cut  ? "some"
                                           : "all"));
    json_put(j->note, "beat_ms", json_integer(j->saved_ms));
}

static void save(struct list_job *j, store_done_cb *cb)
{
    j->saving = true;
    j->changed = false;
    j->saved_ms = j->config.now_ms(j->config.arg);
    bring_up_to_date(j);
    char *text = json_dumps(j->note, JSON_COMPACT);
    check(text);
    list_note_save(j->config.store, slice_of(j->id), slice_of(text), j->saved_ms, cb, j);
    free(text);
}

static void end(struct list_job *j)
{
    void (*ended)(void *, struct list_job *) = j->config.ended;
    void *arg = j->config.arg;
    ended(arg, j);
    list_job_free(j);
}

/* The last note stands, or there were tries enough: it is swept with its day. */
static void on_saved(void *arg, int result, const struct err *e)
{
    struct list_job *j = arg;
    (void)e;
    j->saving = false;
    if (j->stage != OVER) return;
    if (j->changed || (result < 0 && j->tries++ < TRIES))
        loop_timer_in(j->timer, result < 0 ? AGAIN_US : 0);
    else
        end(j);
}

void list_job_beat(struct list_job *j)
{
    j->changed = true;
    if (!j->saving && j->config.now_ms(j->config.arg) - j->saved_ms >= LIST_JOB_BEAT_MS)
        save(j, on_saved);
}

void list_job_say(struct list_job *j, const char *key, json_t *value)
{
    json_put(j->note, key, value);
}

static void over(struct list_job *j, int result, const struct err *e)
{
    j->stage = OVER;
    j->tries = 0;
    j->changed = true;
    list_job_say(j, "state", json_string(result < 0 ? "failed" : "done"));
    if (result < 0) list_job_say(j, "problem", json_text(slice_of(e->text)));
    /* Redis being away, a draft is left to the sweep */
    if (result < 0 && result != ERR_UNREACHABLE) j->config.sink->discard(j->config.sink_arg);
    loop_timer_in(j->timer, 0);
}

/* ---- what the import asks and tells ---- */

static enum import_reason read_number(void *arg, struct slice cell, uint64_t *ret_number)
{
    struct list_job *j = arg;
    return list_number_read(&j->numbers, cell, ret_number);
}

static void take_note(void *arg, struct slice line)
{
    struct list_job *j = arg;
    if (json_array_size(j->notes) < NOTES_MAX) json_list_add(j->notes, json_text(line));
}

static int take_rejects(void *arg, struct slice bytes, struct err *e)
{
    struct list_job *j = arg;
    (void)e;
    j->rejects_cut |= j->rejects_bytes + bytes.n > LIST_NOTE_REJECTS_BYTES_MAX;
    if (j->rejects_cut) return 0;
    j->rejects_bytes += bytes.n;
    list_note_add_rejects(j->config.store, slice_of(j->id), bytes);
    return 0;
}

static void take_left_out(void *arg, const struct import_left_out *row)
{
    struct list_job *j = arg;
    struct slice value = slice_make(row->value.p, row->value.n);
    if (json_array_size(j->left_out) >= LIST_JOB_LEFT_OUT_MAX) return;
    if (value.n > VALUE_BYTES_MAX) value.n = VALUE_BYTES_MAX;
    json_list_add(j->left_out, json_pack("{s:I,s:o,s:o,s:s}", "line", (json_int_t)row->line,
                                         "field", json_text(row->field), "value", json_text(value),
                                         "reason", row->reason));
}

/* The sink is asked when the import has returned: it may settle the chunk from inside. */
static int take_chunk(void *arg, uint64_t seq, const struct audience_row *rows, size_t count,
                      enum audience_outcome *ret_outcomes, struct err *e)
{
    struct list_job *j = arg;
    (void)ret_outcomes, (void)e;
    j->chunk = (struct audience_chunk){.seq = seq, .rows = rows, .count = count};
    return IMPORT_WAITS;
}

/* ---- slices ---- */

static void store_chunk(struct list_job *j)
{
    const struct slice *columns = import_columns(j->import, &j->chunk.field_count);
    j->stage = STORING;
    j->config.sink->chunk(j->config.sink_arg, j, &j->chunk, columns);
}

static void finish(struct list_job *j)
{
    j->stage = FINISHING;
    j->config.sink->finish(j->config.sink_arg, j);
}

/* What came of a slice: a chunk to store, the end, or the next slice in a moment. */
static void go_on(struct list_job *j, int result, const struct err *e)
{
    list_job_beat(j);
    if (result < 0) {
        over(j, result, e);
    } else if (result == IMPORT_WAITS) {
        store_chunk(j);
    } else if (j->all_read) {
        finish(j);
    } else {
        j->stage = READING;
        loop_timer_in(j->timer, 0);
    }
}

static void begin_import(struct list_job *j)
{
    const struct import_config config = {
        .name = j->name,
        .delimiter = j->config.delimiter,
        .phone_column = *j->phone ? j->phone : NULL,
        .phone_words = "the field “Phone column”",
        .to_be_texted = !j->numbers.landlines,
        .country = j->country,
        .number = read_number,
        .chunk = take_chunk,
        .rejects = take_rejects,
        .rejects_mark = !list_file_is_ascii(j->file),
        .left_out = take_left_out,
        .note = take_note,
        .arg = j,
    };
    const char *note = list_file_note(j->file);
    if (note) take_note(j, slice_of(note));
    j->import = import_new(&config);
}

static void look(struct list_job *j)
{
    struct err e;
    bool more;
    int r = list_file_look(j->file, &more, &e);
    if (r == 0 && !more) {
        r = list_file_begin(j->file, *j->encoding ? j->encoding : NULL, &e);
        if (r == 0) begin_import(j);
        j->stage = READING;
    }
    if (r < 0)
        over(j, r, &e);
    else
        loop_timer_in(j->timer, 0);
}

static void read_piece(struct list_job *j)
{
    struct err e;
    struct slice piece;
    int r = list_file_next(j->file, &piece, &e);
    j->all_read = r == 0 && piece.n == 0;
    if (r == 0) r = j->all_read ? import_end(j->import, &e) : import_feed(j->import, piece, &e);
    go_on(j, r, &e);
}

static void on_turn(void *arg)
{
    struct list_job *j = arg;
    switch (j->stage) {
    case LOOKING:
        look(j);
        break;
    case READING:
        read_piece(j);
        break;
    case STORING:
        store_chunk(j);
        break;
    case FINISHING:
        finish(j);
        break;
    case OVER:
        if (!j->saving) save(j, on_saved);
        break;
    }
}

/* ---- for sinks ---- */

/* Redis gave no reply: the same again in a while, a minute long. */
static bool comes_again(struct list_job *j, int result)
{
    if (result != ERR_UNREACHABLE || j->tries++ >= TRIES) return false;
    loop_timer_in(j->timer, AGAIN_US);
    return true;
}

void list_job_settled(struct list_job *j, int result, const enum audience_outcome *outcomes,
                      const struct err *e)
{
    struct err own;
    check(j->stage == STORING);
    if (comes_again(j, result)) return;
    j->tries = 0;
    if (result == 0) {
        result = import_settled(j->import, outcomes, &own);
        e = &own;
    }
    go_on(j, result, e);
}

void list_job_finished(struct list_job *j, int result, const struct err *e)
{
    check(j->stage == FINISHING);
    if (!comes_again(j, result)) over(j, result, e);
}

/* ---- life ---- */

static void on_first_saved(void *arg, int result, const struct err *e)
{
    struct list_job *j = arg;
    j->saving = false;
    j->noted(j->noted_arg, result, e);
    if (result < 0)
        end(j);
    else
        loop_timer_in(j->timer, 0);
}

struct list_job *list_job_new(const struct list_job_config *config, store_done_cb *noted,
                              void *noted_arg)
{
    struct list_job *j = xcalloc(1, sizeof *j);
    j->config = *config;
    j->id = xstrdup(config->id);
    j->name = xstrdup(config->file);
    j->country = xstrdup(config->country);
    j->encoding = xstrdup(config->encoding);
    j->phone = xstrdup(config->phone);
    j->numbers = (struct list_number){
        .country = j->country, .unlisted = config->unlisted, .landlines = config->landlines};
    j->note = config->about;
    j->left_out = json_array();
    j->notes = json_array();
    json_put(j->note, "id", json_string(j->id));
    json_put(j->note, "state", json_string("running"));
    json_put(j->note, "file", json_text(slice_of(j->name)));
    json_put(j->note, "left_out", json_incref(j->left_out));
    json_put(j->note, "notes", json_incref(j->notes));
    j->file = list_file_new(config->in, j->name, "choose another under “Character set”");
    j->timer = loop_timer_new(config->loop, on_turn, j);
    j->noted = noted;
    j->noted_arg = noted_arg;
    save(j, on_first_saved);
    return j;
}

void list_job_free(struct list_job *j)
{
    if (!j) return;
    loop_timer_free(j->timer);
    if (j->config.sink->done) j->config.sink->done(j->config.sink_arg);
    import_free(j->import);
    list_file_free(j->file);
    json_decref(j->note);
    json_decref(j->left_out);
    json_decref(j->notes);
    free(j->id);
    free(j->name);
    free(j->country);
    free(j->encoding);
    free(j->phone);
    free(j);
}
