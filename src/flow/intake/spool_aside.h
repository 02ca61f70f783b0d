#pragma once
/* The folder `rejected` of a spool: webhooks that are kept for people, a file each. A copy of what is known of them is in memory,
 * read anew from the heads of files that are new, since people and other processes take files out and put some in. Beside it, the
 * folder `away`: what a person has put away, for ASIDE_AWAY_DAYS. Functions return 0 or -errno. */
#include "flow/spool.h"

struct spool_aside;

enum { ASIDE_AWAY_DAYS = 30 };

/* Makes both folders when they are missing. *ret_newest: the highest number that is taken. */
int spool_aside_open(int spool_folder, struct spool_aside **ret, uint64_t *ret_newest) MUST_USE;
void spool_aside_free(struct spool_aside *a); /* NULL is fine */
int spool_aside_folder(const struct spool_aside *a);

/* Lists the folder anew, and lets go of what was put away long ago. */
void spool_aside_look(struct spool_aside *a);
size_t spool_aside_bytes(const struct spool_aside *a);
/* Ascending by number; borrowed until the folder is looked at or changed again. */
const struct spool_kept_item *spool_aside_items(const struct spool_aside *a, size_t *ret_n);
/* One that has just been written into the folder. Its number is the highest of all. */
void spool_aside_added(struct spool_aside *a, uint64_t number, struct slice record);

/* The whole file; -ENOENT: it is not there any more, -EBADMSG: it is no record, or has several. *ret borrows from b. */
int spool_aside_read(const struct spool_aside *a, uint64_t number, struct buf *b,
                     struct spool_record *ret) MUST_USE;
/* These two are on the disk after spool_aside_sync: a crash before it may bring a file back. */
void spool_aside_remove(struct spool_aside *a, uint64_t number);
/* Moves it to `away`, under the new number. -EEXIST: take the next; -ENOENT: it is not there any more. */
int spool_aside_put_away(struct spool_aside *a, uint64_t number, uint64_t as_number) MUST_USE;
void spool_aside_sync(const struct spool_aside *a);
