#include "flow/list_outcome.h"

#include <stdlib.h>
#include <string.h>

#include "core/block.h"
#include "core/json.h"
#include "core/number.h"
#include "flow/import.h"
#include "flow/list_job.h"
#include "store/list_note.h"
#include "store/outcome.h"

struct walk {
    struct list_outcome_config config;
    struct campaign *campaign;
    struct audience_info *source, *base, *draft;
    size_t *order; /* which field of the source belongs to each column of the draft */
    char *name, *tags, *id;
    json_t *note;
    store_done_cb *noted;
    void *noted_arg;
    uint32_t at;                                     /* this block */
    uint64_t seq, rows, of[AUDIENCE_NOT_LISTED + 1]; /* by outcome */
    struct block block;
    size_t chosen[AUDIENCE_ROWS_MAX], count; /* rows of the block */
    int64_t saved_ms;
    uint64_t carried;
};

/* ---- the note, and the end ---- */

static void walk_free(struct walk *w)
{
    void (*ended)(void *) = w->config.ended;
    void *arg = w->config.arg;
    campaign_free(w->campaign);
    audience_info_free(w->source);
    audience_info_free(w->base);
    audience_info_free(w->draft);
    free(w->order);
    block_done(&w->block);
    json_decref(w->note);
    free(w->name);
    free(w->tags);
    free(w->id);
    free(w);
    ended(arg);
}

static void put_count(json_t *rejected, const char *key, uint64_t n)
{
    if (n) json_put(rejected, key, json_integer((json_int_t)n));
}

static void save(struct walk *w, store_done_cb *cb)
{
    json_t *rejected = json_object();
    w->saved_ms = w->config.now_ms(w->config.arg);
    put_count(rejected, "duplicate", w->of[AUDIENCE_DUPLICATE]);
    put_count(rejected, "suppressed", w->of[AUDIENCE_SUPPRESSED]);
    put_count(rejected, "not_listed", w->of[AUDIENCE_NOT_LISTED]);
    json_put(w->note, "rejected", rejected);
    json_put_count(w->note, "rows", w->rows);
    json_put_count(w->note, "stored", w->of[AUDIENCE_STORED]);
    json_put_count(w->note, "updated", w->of[AUDIENCE_UPDATED]);
    json_put_count(w->note, "removed", w->of[AUDIENCE_REMOVED]);
    json_put_count(w->note, "bytes", w->campaign->blocks);
    json_put_count(w->note, "read", w->at);
    json_put(w->note, "beat_ms", json_integer(w->saved_ms));
    char *text = json_dumps(w->note, JSON_COMPACT);
    check(text);
    list_note_save(w->config.store, slice_of(w->id), slice_of(text), w->saved_ms, cb, w);
    free(text);
}

static void on_last_saved(void *arg, int result, const struct err *e)
{
    (void)result, (void)e; /* it falls silent, which the page tells of */
    walk_free(arg);
}

static void over(struct walk *w, const char *problem)
{
    json_put(w->note, "state", json_string(problem ? "failed" : "done"));
    if (problem) json_put(w->note, "problem", json_text(slice_of(problem)));
    save(w, on_last_saved);
}

static void on_deleted(void *arg, int result, const struct err *e)
{
    (void)arg, (void)result, (void)e; /* a draft is swept by itself, only later */
}

/* False: it failed, and w is gone or about to be. While Redis is away nothing is asked of it. */
static bool goes_on(struct walk *w, int result, const struct err *e)
{
    if (result == 0) return true;
    if (result == ERR_UNREACHABLE) {
        walk_free(w);
        return false;
    }
    if (w->draft)
        audience_delete(w->config.store, w->draft->id, false, w->config.now_ms(w->config.arg),
                        on_deleted, NULL);
    over(w, e ? e->text : err_code_text(result));
    return false;
}

/* ---- blocks ---- */

static void next_block(struct walk *w);

static void on_frozen(void *arg, int result, const struct audience_info *info, const struct err *e)
{
    struct walk *w = arg;
    if (result == ERR_REFUSED && !w->base) {
        over(w, "Nobody of that campaign is like that, or all of them must not be texted. No list "
                "was made.");
    } else if (goes_on(w, result, e)) {
        json_put(
            w->note, "audience",
            json_pack("{s:I,s:I}", "id", (json_int_t)info->id, "total", (json_int_t)info->total));
        over(w, NULL);
    }
}

static void on_beat(void *arg, int result, const struct err *e)
{
    struct walk *w = arg;
    if (goes_on(w, result, e)) next_block(w);
}

static void carry(struct walk *w, uint64_t step);

static void on_carried(void *arg, int result, uint64_t done, uint64_t of, const struct err *e)
{
    struct walk *w = arg;
    if (!goes_on(w, result, e)) return;
    w->carried = done;
    if (done < of)
        carry(w, done);
    else
        audience_freeze(w->config.store, w->draft->id, w->config.now_ms(w->config.arg), on_frozen,
                        w);
}

static void on_carry_beat(void *arg, int result, const struct err *e)
{
    struct walk *w = arg;
    if (goes_on(w, result, e)) carry(w, w->carried);
}

static void carry(struct walk *w, uint64_t step)
{
    int64_t now_ms = w->config.now_ms(w->config.arg);
    if (now_ms - w->saved_ms >= LIST_JOB_BEAT_MS)
        save(w, on_carry_beat);
    else
        audience_carry(w->config.store, w->draft->id, step, now_ms, on_carried, w);
}

static void on_rows(void *arg, int result, const enum audience_outcome *outcomes, size_t count,
                    const struct err *e)
{
    struct walk *w = arg;
    if (!goes_on(w, result, e)) return;
    for (size_t i = 0; i < count; i++)
        w->of[outcomes[i]]++;
    next_block(w);
}

static void store_rows(struct walk *w)
{
    size_t width = w->draft->column_count;
    struct audience_row *rows = xcalloc(w->count + 1, sizeof *rows);
    struct slice *fields = xcalloc(w->count * width + 1, sizeof *fields);
    for (size_t i = 0; i < w->count; i++) {
        for (size_t k = 0; k < width; k++)
            if (w->order[k] != IMPORT_NO_COLUMN)
                fields[i * width + k] = block_field(&w->block, w->chosen[i], w->order[k]);
        rows[i] = (struct audience_row){block_number(&w->block, w->chosen[i]), fields + i * width};
    }
    w->rows += w->count;
    if (w->count)
        audience_add_rows(w->config.store, w->draft->id,
                          &(struct audience_chunk){w->seq++, width, rows, w->count},
                          w->config.now_ms(w->config.arg), on_rows, w);
    else
        next_block(w);
    free(fields);
    free(rows);
}

/* "yes,question" has one of "yes,maybe". */
static bool have_one(struct slice tags, struct slice wanted)
{
    struct slice one, rest, tag;
    while (wanted.n && slice_cut(&wanted, ',', &one))
        for (rest = tags; rest.n && slice_cut(&rest, ',', &tag);)
            if (slice_eq(tag, one)) return true;
    return false;
}

static bool said_it(const struct walk *w, struct slice said)
{
    bool replied = said.p != NULL;
    if (w->config.replied != REPLIED_EITHER && replied != (w->config.replied == REPLIED_YES))
        return false;
    return !*w->tags || have_one(said, slice_of(w->tags));
}

static void on_said(void *arg, int result, const struct slice *said, size_t n, const struct err *e)
{
    struct walk *w = arg;
    size_t kept = 0;
    if (!goes_on(w, result, e)) return;
    for (size_t i = 0; i < n; i++)
        if (said_it(w, said[i])) w->chosen[kept++] = w->chosen[i];
    w->count = kept;
    store_rows(w);
}

static void ask_what_they_said(struct walk *w)
{
    uint64_t numbers[AUDIENCE_ROWS_MAX];
    if (w->count == 0 || (w->config.replied == REPLIED_EITHER && !*w->tags)) {
        store_rows(w);
        return;
    }
    for (size_t i = 0; i < w->count; i++)
        numbers[i] = block_number(&w->block, w->chosen[i]);
    outcome_said(w->config.store, w->campaign->group, w->campaign->id, numbers, w->count, on_said,
                 w);
}

static bool is_wanted(const struct walk *w, uint8_t state)
{
    if (state >= STATE_COUNT) return false;
    enum state shown = campaign_shown_state(w->campaign, (enum state)state);
    return w->config.states == 0 || w->config.states & 1U << shown;
}

static void on_states(void *arg, int result, const uint8_t *states, const struct slice *details,
                      size_t n)
{
    struct walk *w = arg;
    (void)details;
    if (!goes_on(w, result, NULL)) return;
    w->count = 0;
    for (size_t i = 0; i < n && i < block_rows(&w->block) && w->count < AUDIENCE_ROWS_MAX; i++)
        if (is_wanted(w, states[i]) && number_is_valid(block_number(&w->block, i)))
            w->chosen[w->count++] = i;
    ask_what_they_said(w);
}

static void on_block(void *arg, int result, const struct block *b, const struct err *e)
{
    struct walk *w = arg;
    if (!goes_on(w, result, e)) return;
    block_done(&w->block);
    block_dup(b, &w->block);
    campaign_people(w->config.store, w->campaign->id, w->at++, on_states, w);
}

static void next_block(struct walk *w)
{
    int64_t now_ms = w->config.now_ms(w->config.arg);
    if (w->at == w->campaign->blocks)
        carry(w, 0);
    else if (now_ms - w->saved_ms >= LIST_JOB_BEAT_MS)
        save(w, on_beat);
    else
        audience_block(w->config.store, w->source, w->at, on_block, w);
}

/* ---- the beginning ---- */

static void on_created(void *arg, int result, const struct audience_info *info, const struct err *e)
{
    struct walk *w = arg;
    if (!goes_on(w, result, e)) return;
    w->draft = audience_info_dup(info);
    w->order = import_order_columns(w->source->columns, w->source->column_count, w->draft->columns,
                                    w->draft->column_count);
    next_block(w);
}

static void on_source(void *arg, int result, const struct audience_info *info, const struct err *e)
{
    struct walk *w = arg;
    if (!goes_on(w, result, e)) return;
    w->source = audience_info_dup(info);
    const struct audience_draft draft = {.name = slice_of(w->name),
                                         .group = w->campaign->group,
                                         .country = info->country,
                                         .columns = w->source->columns,
                                         .column_count = w->source->column_count,
                                         .rows_expected = w->campaign->people,
                                         .base = w->base,
                                         .change = w->config.change};
    audience_create(w->config.store, &draft, w->config.now_ms(w->config.arg), on_created, w);
}

static void on_first_saved(void *arg, int result, const struct err *e)
{
    struct walk *w = arg;
    w->noted(w->noted_arg, result, e);
    if (result < 0)
        walk_free(w);
    else
        audience_load(w->config.store, w->campaign->audience, on_source, w);
}

void list_outcome_begin(const struct list_outcome_config *config, store_done_cb *noted,
                        void *noted_arg)
{
    struct walk *w = xcalloc(1, sizeof *w);
    w->config = *config;
    w->campaign = campaign_dup(config->campaign);
    w->name = xstrdup(config->name);
    if (config->base) w->base = audience_info_dup(config->base);
    w->tags = xstrdup(config->tags);
    w->id = xstrdup(config->id);
    w->noted = noted;
    w->noted_arg = noted_arg;
    w->note = config->about;
    json_put(w->note, "id", json_string(w->id));
    json_put(w->note, "state", json_string("running"));
    json_put(w->note, "file", json_string(""));
    json_put(w->note, "rejects_kept", json_string("none"));
    json_put(w->note, "left_out", json_array());
    json_put(w->note, "notes", json_array());
    save(w, on_first_saved);
}
