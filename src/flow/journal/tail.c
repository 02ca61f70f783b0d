/* What the copy may not have: a process that was killed had some of it on its way. */
#include "copy.h"
#include "private.h"

enum { TAIL_BYTES = 128 * 1024 };

/* head: the store that the tail is about, where it does not begin with one. */
static void read_tail(struct journal_files *f, struct buf *head, struct buf *records)
{
    const struct journal_file *file = files_newest(f);
    struct scan s;
    scan_begin(&s, f->fd, file->bytes);
    while (scan_next(&s) == 1) {
        struct slice raw = slice_make(s.window + s.next - s.found.bytes, s.found.bytes);
        bool before = s.whole_end + TAIL_BYTES <= file->bytes;
        if (before && s.found.record.kind == JOURNAL_STORE) {
            buf_clear(head);
            buf_add_slice(head, raw);
        }
        if (!before) buf_add_slice(records, raw);
    }
    scan_end(&s);
}

void journal_send_tail(struct journal_files *f, struct copy *c)
{
    struct buf head = BUF_INIT(JOURNAL_RECORD_BYTES_MAX), records = BUF_INIT(2 * TAIL_BYTES);
    if (f->fd >= 0) read_tail(f, &head, &records);
    copy_send(c, 0, buf_slice(&head), buf_slice(&records));
    buf_done(&head);
    buf_done(&records);
}
