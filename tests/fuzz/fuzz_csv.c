/* Whatever the bytes: no crash, lines never go back, a reading in two pieces is the reading in one,
 * and what is written from good records reads the same. */
#include "fuzz.h"

#include "base/buf.h"
#include "io/csv.h"

struct reading {
    struct buf written;
    uint64_t line;
};

static int on_record(void *arg, const struct csv_record *rec)
{
    struct reading *rd = arg;
    check(rec->line >= rd->line);
    check(rec->count <= CSV_FIELDS_MAX);
    rd->line = rec->line;
    if (rec->fault == CSV_FINE) csv_write_record(&rd->written, rec->fields, rec->count, ';');
    return 0;
}

static struct buf read_all(struct slice first, struct slice second, char delimiter)
{
    struct reading rd = {.written = BUF_INIT(16 << 20)};
    struct csv_reader *r = csv_reader_new(delimiter, on_record, &rd);
    check(csv_reader_feed(r, first) == 0);
    check(csv_reader_feed(r, second) == 0);
    check(csv_reader_end(r) == 0);
    csv_reader_free(r);
    check(!rd.written.failed);
    return rd.written;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct slice all = slice_make(data, n);
    struct buf once = read_all(all, SLICE_NONE, 0);
    struct buf twice = read_all(slice_make(data, n / 3), slice_from(all, n / 3), 0);
    struct buf again = read_all(buf_slice(&once), SLICE_NONE, ';');
    check(slice_eq(buf_slice(&once), buf_slice(&twice)));
    check(slice_eq(buf_slice(&once), buf_slice(&again)));
    buf_done(&once);
    buf_done(&twice);
    buf_done(&again);
    return 0;
}
