/* A disk that is gone: what its journal's copy holds becomes the journal again, whole or not at all. */
#include "private.h"

#include "io/numbered_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Not a journal's name: what a crash leaves of it is begun anew. */
#define HALF_DONE "refill.new"

struct refill {
    int fd;
    size_t bytes;
};

/* What does not begin with its store, as none of ours does, says nothing. */
static int take(void *arg, struct slice piece)
{
    struct refill *r = arg;
    struct journal_read_record *head = xmalloc(sizeof *head);
    bool ours =
        journal_record_read(piece, head) == JOURNAL_WHOLE && head->record.kind == JOURNAL_STORE;
    free(head);
    int rc = ours ? file_write_at(r->fd, piece, r->bytes) : 0;
    if (rc < 0) return rc;
    if (ours) r->bytes += piece.n;
    return 0;
}

static int finish(const struct journal_files *f, const struct refill *r)
{
    char name[NUMBERED_NAME_BYTES];
    numbered_name(1, JOURNAL_FILE_END, name);
    if (r->bytes == 0) return unlinkat(f->folder, HALF_DONE, 0) == 0 ? 0 : -errno;
    if (fsync(r->fd) != 0 || renameat(f->folder, HALF_DONE, f->folder, name) != 0 ||
        fsync(f->folder) != 0)
        return -errno;
    return 0;
}

static int refill(const struct journal_files *f, const struct journal_source *from,
                  uint64_t *ret_bytes, struct err *e)
{
    struct refill r = {.fd = openat(f->folder, HALF_DONE, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC,
                                    S_IRUSR | S_IWUSR)};
    *e = (struct err){0};
    int rc = r.fd < 0 ? -errno : from->read(from->arg, take, &r, e);
    if (rc >= 0) rc = finish(f, &r);
    if (r.fd >= 0) close(r.fd);
    if (rc >= 0) *ret_bytes = r.bytes;
    if (rc >= 0 || e->code) return rc;
    return err_set(e, rc,
                   "the journal: %s cannot be written: %s; see that the disk is well and has room",
                   f->path, err_code_text(rc));
}

int journal_refill(const char *state_dir, const char *instance, const struct journal_source *from,
                   uint64_t *ret_bytes, struct err *e)
{
    struct journal_files files;
    struct journal_end end = {.peers = BUF_INIT(JOURNAL_RECORD_BYTES_MAX)};
    int rc = files_open(&files, state_dir, instance, &end, e);
    *ret_bytes = 0;
    if (rc == 0 && files.n == 0) rc = refill(&files, from, ret_bytes, e);
    files_close(&files);
    buf_done(&end.peers);
    return rc;
}
