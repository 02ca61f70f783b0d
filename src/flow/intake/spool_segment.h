#pragma once
/* One file of the spool: records one after the other, added at the end, settled from the start. It
 * is locked (flock) by the process that has it open, so that two that share a folder share no file.
 * Functions return 0, 1 where said, or -errno. */
#include "flow/spool_record.h"

struct segment {
    uint64_t number; /* its name, and its place in the order */
    int fd;
    size_t size;    /* [bytes] that are known to be on the disk */
    size_t written; /* [bytes] size, and what is not committed yet */
    size_t settled; /* [bytes] all before is */
    size_t read;    /* [bytes] all before is settled or taken */
    size_t records; /* not settled, committed */
    size_t taken;   /* of those */
    size_t fresh;   /* not committed */
    bool closed;    /* takes no more: something went wrong with it */
    struct segment *next;
};

#define SEGMENT_END ".spool" /* io/numbered_files.h */

/* A new and empty file; its name is on the disk too. */
int segment_create(int folder, uint64_t number, struct segment **ret) MUST_USE;
/* One that stands: counts its records, cuts off what a crash left of one at the end, and copies
 * everything else that is no record into the folder `aside`. 1: it is ours; 0: another process has
 * it, or it is gone. *ret_lost: [bytes] that were no record. */
int segment_adopt(int folder, int aside, uint64_t number, struct segment **ret,
                  size_t *ret_lost) MUST_USE;
void segment_free(struct segment *g);
/* Removes the file too. */
void segment_remove(int folder, struct segment *g);
/* Gives the file a second name in the folder `aside`, under which it stays. */
int segment_keep(int folder, int aside, const struct segment *g) MUST_USE;

/* Writes at the end. What was written by halves is cut off again. */
int segment_append(struct segment *g, struct slice record) MUST_USE;
/* Waits until all that was appended is on the disk. It counts only after segment_accept. */
int segment_sync(struct segment *g) MUST_USE;
void segment_accept(struct segment *g);
/* Takes back all since the last accept, and takes no more: a failed sync leaves nobody knows what.
 */
void segment_cut(struct segment *g);

/* Takes the first record that is neither settled nor taken: its bytes are in *b, and end at
 * g->read; *ret borrows from them. 1, or 0: there is none. */
int segment_next(struct segment *g, struct buf *b, struct spool_record *ret) MUST_USE;
/* The bytes of a record that was taken. */
int segment_read(const struct segment *g, size_t at, size_t bytes, struct buf *b) MUST_USE;
/* A record that was taken is done with. */
void segment_settle(struct segment *g, size_t at);
/* Forgets that those records were taken which are not settled. */
void segment_rewind(struct segment *g);
/* When the first record that is not settled was received; 0 = there is none, or it cannot be read.
 */
int64_t segment_oldest_ms(const struct segment *g);
