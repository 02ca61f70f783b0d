/* A whole list: no crash, rows add up, and a reading in two pieces is the reading in one. */
#include "fuzz.h"

#include "base/buf.h"
#include "flow/list_number.h"

struct world {
    struct list_number numbers;
    struct buf rows, rejects;
    const struct import *import;
};

static enum import_reason read_number(void *arg, struct slice cell, uint64_t *ret_number)
{
    struct world *w = arg;
    return list_number_read(&w->numbers, cell, ret_number);
}

static int take_chunk(void *arg, uint64_t seq, const struct audience_row *rows, size_t count,
                      enum audience_outcome *ret_outcomes, struct err *e)
{
    struct world *w = arg;
    size_t fields;
    (void)seq, (void)e;
    (void)import_columns(w->import, &fields);
    for (size_t i = 0; i < count; i++) {
        ret_outcomes[i] = AUDIENCE_STORED;
        buf_addf(&w->rows, "%llu", (unsigned long long)rows[i].number);
        for (size_t k = 0; k < fields; k++) {
            buf_add_char(&w->rows, '\x1f');
            buf_add_slice(&w->rows, rows[i].fields[k]);
        }
    }
    return 0;
}

static int take_rejects(void *arg, struct slice bytes, struct err *e)
{
    struct world *w = arg;
    (void)e;
    buf_add_slice(&w->rejects, bytes);
    return 0;
}

static void run(struct world *w, struct slice first, struct slice second)
{
    const struct import_config config = {.name = "fuzz",
                                         .phone_words = "--phone",
                                         .number = read_number,
                                         .chunk = take_chunk,
                                         .rejects = take_rejects,
                                         .arg = w};
    struct err e;
    *w = (struct world){
        .numbers = {.country = "GB"}, .rows = BUF_INIT(16 << 20), .rejects = BUF_INIT(64 << 20)};
    struct import *im = import_new(&config);
    w->import = im;
    int r = import_feed(im, first, &e);
    if (r == 0) r = import_feed(im, second, &e);
    if (r == 0) r = import_end(im, &e);
    struct import_stats stats = *import_stats(im);
    uint64_t sum = stats.stored;
    for (size_t i = 1; i < IMPORT_REASON_COUNT; i++)
        sum += stats.rejected[i];
    check(r < 0 || sum == stats.rows);
    import_free(im);
}

static void done(struct world *w)
{
    buf_done(&w->rows);
    buf_done(&w->rejects);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct slice all = slice_make(data, n);
    struct world once, twice;
    run(&once, all, SLICE_NONE);
    run(&twice, slice_make(data, n / 3), slice_from(all, n / 3));
    check(slice_eq(buf_slice(&once.rows), buf_slice(&twice.rows)));
    check(slice_eq(buf_slice(&once.rejects), buf_slice(&twice.rejects)));
    done(&twice);
    done(&once);
    return 0;
}
