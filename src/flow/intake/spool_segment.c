#include "spool_segment.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "io/numbered_files.h"

enum { NUMBER_DIGITS = 16, DAMAGED_NAME_BYTES = 64, SEARCH_BYTES = 64 * 1024, MODE = 0600 };

static void damaged_name(const struct segment *g, size_t from, char *out)
{
    (void)snprintf(out, DAMAGED_NAME_BYTES, "%0*" PRIu64 "-%zu.damaged", NUMBER_DIGITS, g->number,
                   from);
}

/* 1: a whole record stands at that place; 0: none does. */
static int record_at(const struct segment *g, size_t at, size_t end, struct buf *b,
                     struct spool_head *ret_head, struct spool_record *ret)
{
    char bytes[SPOOL_HEAD_BYTES];
    struct spool_head head;
    ssize_t n = file_read_at(g->fd, bytes, end - at < sizeof bytes ? end - at : sizeof bytes, at);
    if (n < 0) return (int)n;
    if (!spool_head_read(slice_make(bytes, (size_t)n), &head) || head.bytes > end - at) return 0;
    buf_clear(b);
    char *to = buf_reserve(b, head.bytes);
    check(to);
    n = file_read_at(g->fd, to, head.bytes, at);
    if (n < 0) return (int)n;
    b->n = (size_t)n;
    return spool_record_read(buf_slice(b), ret_head, ret);
}

/* Where the next whole record after a damaged place begins; *ret_at is `end` when there is none. */
static int find_record(const struct segment *g, size_t from, size_t end, struct buf *b,
                       size_t *ret_at)
{
    char *window = xmalloc(SEARCH_BYTES);
    int rc = 0;
    *ret_at = end;
    while (rc == 0 && end - from >= SPOOL_HEAD_BYTES) {
        size_t want = end - from < SEARCH_BYTES ? end - from : SEARCH_BYTES;
        ssize_t n = file_read_at(g->fd, window, want, from);
        if (n < (ssize_t)want) {
            rc = n < 0 ? (int)n : -EIO;
            break;
        }
        const char *p = memmem(window, want, SPOOL_MAGIC, strlen(SPOOL_MAGIC));
        /* A magic word across the window's end is found by the next window. */
        from += p ? (size_t)(p - window) : want - strlen(SPOOL_MAGIC) + 1;
        if (!p) continue;
        struct spool_head head;
        struct spool_record record;
        rc = record_at(g, from, end, b, &head, &record);
        if (rc == 1) *ret_at = from;
        if (rc == 0) from++;
    }
    free(window);
    return rc < 0 ? rc : 0;
}

/* ---- life ---- */

static struct segment *segment_new(uint64_t number, int fd)
{
    struct segment *g = xcalloc(1, sizeof *g);
    g->number = number;
    g->fd = fd;
    return g;
}

int segment_create(int folder, uint64_t number, struct segment **ret)
{
    int fd = numbered_create(folder, number, SEGMENT_END);
    if (fd < 0) return fd;
    *ret = segment_new(number, fd);
    return 0;
}

void segment_free(struct segment *g)
{
    close(g->fd);
    free(g);
}

void segment_remove(int folder, struct segment *g)
{
    /* Should a file come back after a power loss: its records are marked, and their ids are known.
     */
    numbered_remove(folder, g->number, SEGMENT_END);
    segment_free(g);
}

int segment_keep(int folder, int aside, const struct segment *g)
{
    char name[NUMBERED_NAME_BYTES], kept[DAMAGED_NAME_BYTES];
    numbered_name(g->number, SEGMENT_END, name);
    damaged_name(g, 0, kept);
    if (linkat(folder, name, aside, kept, 0) != 0 && errno != EEXIST) return -errno;
    return fsync(aside) == 0 ? 0 : -errno;
}

/* ---- adopting ---- */

/* What cannot be read as a record is kept for people, as it is. */
static int keep_damaged(const struct segment *g, int aside, size_t from, size_t to)
{
    char name[DAMAGED_NAME_BYTES];
    damaged_name(g, from, name);
    int fd = openat(aside, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, MODE);
    if (fd < 0) return -errno;
    char chunk[4096];
    int rc = 0;
    for (size_t at = from; rc == 0 && at < to;) {
        size_t want = to - at < sizeof chunk ? to - at : sizeof chunk;
        ssize_t n = file_read_at(g->fd, chunk, want, at);
        rc = n <= 0 ? (n ? (int)n : -EIO)
                    : file_write_at(fd, slice_make(chunk, (size_t)n), at - from);
        if (n > 0) at += (size_t)n;
    }
    if (rc == 0 && fsync(fd) != 0) rc = -errno;
    close(fd);
    return rc;
}

/* Whether a record begins there that ends behind the file's end: a crash came while it was written.
 */
static bool is_cut_short(const struct segment *g, size_t at)
{
    char bytes[SPOOL_HEAD_BYTES];
    struct spool_head head;
    ssize_t n = file_read_at(g->fd, bytes, sizeof bytes, at);
    if (n >= 0 && n < SPOOL_HEAD_BYTES) return true;
    return n > 0 && spool_head_read(slice_make(bytes, (size_t)n), &head) &&
           head.bytes > g->size - at;
}

static int cut_end(struct segment *g, int aside, size_t at)
{
    int rc = is_cut_short(g, at) ? 0 : keep_damaged(g, aside, at, g->size);
    if (rc < 0) return rc;
    if (ftruncate(g->fd, (off_t)at) != 0 || fdatasync(g->fd) != 0) return -errno;
    g->size = at;
    return 0;
}

static int scan(struct segment *g, int aside, struct buf *b, size_t *ret_lost)
{
    *ret_lost = 0;
    for (size_t at = 0; at < g->size;) {
        struct spool_head head;
        struct spool_record record;
        int rc = record_at(g, at, g->size, b, &head, &record);
        if (rc < 0) return rc;
        if (rc == 1) {
            g->records += !head.settled;
            at += head.bytes;
            continue;
        }
        size_t next, end = g->size;
        rc = find_record(g, at + 1, end, b, &next);
        if (rc == 0) rc = next == end ? cut_end(g, aside, at) : keep_damaged(g, aside, at, next);
        if (rc < 0) return rc;
        *ret_lost += next - at;
        at = next;
    }
    return 0;
}

int segment_adopt(int folder, int aside, uint64_t number, struct segment **ret, size_t *ret_lost)
{
    struct stat st;
    int fd = numbered_open(folder, number, SEGMENT_END, &st);
    if (fd == -EWOULDBLOCK || fd == -ENOENT) return 0;
    if (fd < 0) return fd;
    struct segment *g = segment_new(number, fd);
    struct buf b = BUF_INIT(SPOOL_RECORD_BYTES_MAX);
    g->size = (size_t)st.st_size;
    int rc = scan(g, aside, &b, ret_lost);
    buf_done(&b);
    g->written = g->size;
    if (rc < 0) {
        segment_free(g);
        return rc;
    }
    *ret = g;
    return 1;
}

/* ---- adding ---- */

int segment_append(struct segment *g, struct slice record)
{
    int rc = file_write_at(g->fd, record, g->written);
    if (rc == 0) {
        g->written += record.n;
        g->fresh++;
        return 0;
    }
    /* Half a record that cannot even be cut off must stay the last thing in its file. */
    if (ftruncate(g->fd, (off_t)g->written) != 0) g->closed = true;
    return rc;
}

int segment_sync(struct segment *g)
{
    return fdatasync(g->fd) == 0 ? 0 : -errno;
}

void segment_accept(struct segment *g)
{
    g->size = g->written;
    g->records += g->fresh;
    g->fresh = 0;
}

void segment_cut(struct segment *g)
{
    g->closed = true;
    g->written = g->size;
    g->fresh = 0;
    /* Where even this fails, a restart may find records that got a 503: they came again by
     * themselves, and the second of two is known by its id. */
    (void)!ftruncate(g->fd, (off_t)g->size);
}

/* ---- settling ---- */

int segment_next(struct segment *g, struct buf *b, struct spool_record *ret)
{
    while (g->read < g->size) {
        struct spool_head head;
        int rc = record_at(g, g->read, g->size, b, &head, ret);
        if (rc < 0) return rc;
        if (rc == 1) g->read += head.bytes;
        if (rc == 1 && !head.settled) {
            g->taken++;
            return 1;
        }
        if (rc == 0 && (rc = find_record(g, g->read + 1, g->size, b, &g->read)) < 0) return rc;
    }
    return 0;
}

int segment_read(const struct segment *g, size_t at, size_t bytes, struct buf *b)
{
    buf_clear(b);
    char *to = buf_reserve(b, bytes);
    check(to);
    ssize_t n = file_read_at(g->fd, to, bytes, at);
    if (n < (ssize_t)bytes) return n < 0 ? (int)n : -EIO;
    b->n = bytes;
    return 0;
}

void segment_settle(struct segment *g, size_t at)
{
    check(g->taken && g->records);
    /* Not synced: after a power loss it is stored once more, and the store knows its id. */
    (void)!file_write_at(g->fd, slice_make("\1", 1), at + SPOOL_SETTLED_AT);
    g->records--;
    if (--g->taken == 0) g->settled = g->read;
}

void segment_rewind(struct segment *g)
{
    if (g->taken) g->read = g->settled;
    g->taken = 0;
}

int64_t segment_oldest_ms(const struct segment *g)
{
    char bytes[SPOOL_HEAD_BYTES];
    struct spool_head head;
    for (size_t at = g->settled; at < g->size; at += head.bytes) {
        ssize_t n = file_read_at(g->fd, bytes, sizeof bytes, at);
        if (n < 0 || !spool_head_read(slice_make(bytes, (size_t)n), &head)) return 0;
        if (!head.settled) return head.received_ms;
    }
    return 0;
}
