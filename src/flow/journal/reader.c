#include "private.h"

#include "io/numbered_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { WINDOW_BYTES = 4 * JOURNAL_RECORD_BYTES_MAX };

/* ---- one file ---- */

void scan_begin(struct scan *s, int fd, size_t size)
{
    *s = (struct scan){.fd = fd, .size = size, .window = xmalloc(WINDOW_BYTES)};
}

void scan_end(struct scan *s)
{
    free(s->window);
    s->window = NULL;
}

/* The rest of the window goes to its start, and more of the file behind it. */
static int fill(struct scan *s)
{
    memmove(s->window, s->window + s->next, s->n - s->next);
    s->at += s->next;
    s->n -= s->next;
    s->next = 0;
    size_t left = s->size - s->at - s->n, room = WINDOW_BYTES - s->n;
    ssize_t n = file_read_at(s->fd, s->window + s->n, left < room ? left : room, s->at + s->n);
    if (n < 0) return (int)n;
    if (n == 0) s->size = s->at + s->n; /* it is shorter than it was */
    s->n += (size_t)n;
    return 0;
}

/* What stands there is no record: on to where one may begin. */
static void skip(struct scan *s, struct slice rest)
{
    enum { HALF_MAGIC = sizeof JOURNAL_MAGIC - 2 };
    size_t n = journal_record_search(rest);
    bool more = s->at + s->n < s->size;
    if (n == rest.n && more && n > HALF_MAGIC) n -= HALF_MAGIC;
    s->damaged += n;
    s->next += n;
}

int scan_next(struct scan *s)
{
    for (;;) {
        struct slice rest = slice_make(s->window + s->next, s->n - s->next);
        bool more = s->at + s->n < s->size;
        enum journal_found found = journal_record_read(rest, &s->found);
        if (found == JOURNAL_SHORT && more) {
            int rc = fill(s);
            if (rc < 0) return rc;
            continue;
        }
        if (rest.n == 0) return 0;
        if (found == JOURNAL_WHOLE) {
            s->next += s->found.bytes;
            s->whole_end = s->at + s->next;
            return 1;
        }
        skip(s, rest);
    }
}

/* ---- all of them ---- */

struct journal_reader {
    struct journal_files *files;
    struct reading {
        uint64_t number;
        size_t bytes;
    } * list; /* owned: what stood there when it began */
    size_t n, next;
    uint64_t after;
    int fd; /* of the file that is read; -1 = none */
    struct scan scan;
    uint64_t damaged; /* of the files before */
    char store[JOURNAL_NAME_BYTES_MAX + 1];
};

static bool is_wanted(const struct journal_reader *r, const struct journal_file *f)
{
    return f->last > r->after;
}

struct journal_reader *journal_read(struct journal *j, uint64_t after)
{
    struct journal_reader *r = xcalloc(1, sizeof *r);
    r->files = journal_files(j);
    r->files->readers++;
    r->after = after;
    r->fd = -1;
    r->list = xcalloc(r->files->n + 1, sizeof *r->list);
    for (size_t i = 0; i < r->files->n; i++) {
        const struct journal_file *f = &r->files->list[i];
        if (is_wanted(r, f)) r->list[r->n++] = (struct reading){f->number, f->bytes};
    }
    return r;
}

static void close_file(struct journal_reader *r)
{
    if (r->fd < 0) return;
    r->damaged += r->scan.damaged;
    scan_end(&r->scan);
    close(r->fd);
    r->fd = -1;
}

void journal_reader_free(struct journal_reader *r)
{
    if (!r) return;
    close_file(r);
    r->files->readers--;
    free(r->list);
    free(r);
}

static int cannot_read(const struct journal_reader *r, int rc, struct err *e)
{
    return err_set(
        e, rc,
        "the journal: file %llu in %s cannot be read: %s; what is in it is not told, see "
        "that the disk is well",
        (unsigned long long)r->list[r->next - 1].number, r->files->path, err_code_text(rc));
}

static int open_next(struct journal_reader *r, struct err *e)
{
    char name[NUMBERED_NAME_BYTES];
    const struct reading *next = &r->list[r->next++];
    numbered_name(next->number, JOURNAL_FILE_END, name);
    r->fd = openat(r->files->folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (r->fd < 0) return cannot_read(r, -errno, e);
    scan_begin(&r->scan, r->fd, next->bytes);
    r->store[0] = '\0';
    return 0;
}

/* 1: it is one that is asked for. */
static int take(struct journal_reader *r, struct journal_record *ret)
{
    const struct journal_record *found = &r->scan.found.record;
    if (found->kind == JOURNAL_STORE)
        (void)snprintf(r->store, sizeof r->store, "%.*s", SLICE_ARG(found->store));
    if (found->kind == JOURNAL_STORE || found->mark <= r->after) return 0;
    *ret = *found;
    ret->store = slice_of(r->store);
    return 1;
}

int journal_next(struct journal_reader *r, struct journal_record *ret, struct err *e)
{
    for (;;) {
        if (r->fd < 0) {
            if (r->next == r->n) return 0;
            int rc = open_next(r, e);
            if (rc < 0) return rc;
        }
        int rc = scan_next(&r->scan);
        if (rc < 0) rc = cannot_read(r, rc, e);
        if (rc <= 0) close_file(r);
        if (rc < 0) return rc;
        if (rc == 1 && take(r, ret)) return 1;
    }
}

uint64_t journal_damaged(const struct journal_reader *r)
{
    return r->damaged + (r->fd >= 0 ? r->scan.damaged : 0);
}
