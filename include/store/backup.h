#pragma once
/* The last backup, as `muster backup` notes it when all of it stands: the hash {prefix}backup. */
#include "store/store.h"

#define BACKUP_KEY   "backup"
#define BACKUP_ID    "store" /* id of the store (store/mark.h) */
#define BACKUP_MARK  "mark"  /* all up to it is in the backup */
#define BACKUP_AT_MS "at_ms" /* [wall ms] */

struct backup_last {
    struct slice store; /* none: there was none */
    uint64_t mark;
    int64_t at_ms; /* 0 = there was none */
};
/* Borrowed for the call. */
typedef void backup_last_cb(void *arg, int result, const struct backup_last *last);
void backup_last_load(struct store *s, backup_last_cb *cb, void *arg);
