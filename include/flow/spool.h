#pragma once
/* Verified webhooks that could not be stored because Redis is away, on the disk, in order. A folder
 * of files that are only added to (spool_record.h says what is in them), so that a crash can tear
 * nothing but the end of the last one; that end never got its 200, and is cut off at the next
 * start.
 *
 * spool_add writes, spool_commit waits for the disk once for all that was added: only then may they
 * be answered 200. The oldest are taken with spool_take and, when the store has them, settled: a
 * byte in the file marks each, and a file goes when all of it is settled. What was settled and is
 * found again (power loss between the two) is stored once more: the store knows the event ids.
 *
 * Two processes may share a folder: a file belongs to the one that has it locked, and who starts
 * takes over the files that nobody has. Blocks while it reads and writes; the files hold texts and
 * numbers (mode 0600). */
#include "base/err.h"
#include "flow/spool_record.h"

struct spool;

enum { SPOOL_KEPT_MAX = 10000 };

struct spool_config {
    const char *folder; /* made when it is missing; copied */
    size_t bytes_max;   /* of all its files together, and once more of what is kept */
    size_t records_max; /* not settled ones */
};

/* Takes over what is there. Errors name the folder. */
int spool_open(const struct spool_config *config, struct spool **ret, struct err *e) MUST_USE;
void spool_free(struct spool *s); /* what is not committed may be lost; NULL is fine */

/* ERR_LIMIT when the spool is full, -errno when the disk is full or broken: then nothing of it is
 * there. */
int spool_add(struct spool *s, const struct spool_record *r, struct err *e) MUST_USE;
/* 0: all that was added is on the disk. Negative: none of it is. */
int spool_commit(struct spool *s, struct err *e) MUST_USE;

/* Where a record stands. */
struct spool_place {
    struct segment *segment;
    size_t at, bytes;
};
/* The oldest committed record that nobody has taken yet, borrowed until the next call. 1, 0 = there
 * is none, or -errno. Several may be taken, and settled in any order. */
int spool_take(struct spool *s, struct spool_place *ret_place, struct spool_record *ret,
               struct err *e) MUST_USE;
/* It is stored: forget it. Its place is no more. */
void spool_settle(struct spool *s, const struct spool_place *place);
/* It can never be stored: puts it into the folder `rejected`, as a file of its own, and forgets it.
 * Negative: it still stands there. */
int spool_reject(struct spool *s, const struct spool_place *place, enum spool_why why,
                 struct err *e) MUST_USE;
/* The last one that was taken was not. */
void spool_untake(const struct spool_place *place);
/* Forgets that those were taken which are not settled: the first of them is the oldest again. */
void spool_rewind(struct spool *s);

/* ---- what is kept for people ---- */

/* Puts a webhook straight into the folder `rejected`: stored as far as it can be read, and kept for
 * people; r->why says why. ERR_LIMIT when that folder holds bytes_max or SPOOL_KEPT_MAX files; -errno. 0: it is on
 * the disk. */
int spool_keep(struct spool *s, const struct spool_record *r, struct err *e) MUST_USE;

/* The webhooks in the folder `rejected`, this process' and all others', however they came there. */
struct spool_kept {
    size_t webhooks;
    bool full; /* there is no room for one like the last that was refused, or of usual size */
};
/* People take files out of the folder: it is listed anew when the last look is SPOOL_LOOK_MS old. */
struct spool_kept spool_kept(struct spool *s, int64_t now_ms);
enum { SPOOL_LOOK_MS = 5000 };

/* One of them. */
enum { SPOOL_GATEWAY_BYTES = 96 };
struct spool_kept_item {
    uint64_t number;     /* its file's, and its id; one that is kept again has a new one */
    int64_t received_ms; /* [ms since 1970]; 0: its file is no record */
    size_t bytes;
    enum spool_why why;
    char gateway[SPOOL_GATEWAY_BYTES]; /* "": its file is no record */
    uint64_t file;                     /* which file of that number it is, for the copy */
    int64_t written_ns;
};
/* All of them as spool_kept counts them, the oldest first; borrowed until the next call. */
const struct spool_kept_item *spool_kept_items(struct spool *s, int64_t now_ms, size_t *ret_n);
/* Back into the spool, behind what waits there; they are committed then. Who is not there any more, or is no record, is passed
 * over. *ret_done: how many went. ERR_LIMIT: there is no room in the spool for more of them; -errno: the disk failed, and
 * none went. Nothing may wait for spool_commit. */
int spool_try_again(struct spool *s, const uint64_t *numbers, size_t n, size_t *ret_done,
                    struct err *e) MUST_USE;
/* A person has decided that they are of no use: into the folder `away`, for 30 days, SPOOL_KEPT_MAX of them at most (the
 * oldest go first). *ret_done: how many went; -errno: the disk failed with the next. */
int spool_put_away(struct spool *s, const uint64_t *numbers, size_t n, size_t *ret_done,
                   struct err *e) MUST_USE;

/* Removes every file of the folders `rejected` and `away` of that spool's folder that holds one of the texts:
 * what a person wrote, and could not be stored. Returns how many, or -errno. */
int spool_forget(const char *folder, const char *const *texts, size_t n, struct err *e) MUST_USE;

bool spool_is_empty(const struct spool *s);      /* nothing in it, committed or not */
const char *spool_folder(const struct spool *s); /* borrowed */

struct spool_stats {
    size_t records;    /* committed, not settled */
    size_t bytes;      /* of the files */
    int64_t oldest_ms; /* [ms since 1970] when the oldest was received; 0 = empty */
    uint64_t rejected; /* put aside since the start */
};
struct spool_stats spool_stats(const struct spool *s); /* one read from the disk */
