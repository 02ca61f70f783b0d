#pragma once
/* Which layout the keys of a store have (ARCHITECTURE.md, "Redis keys"; docs/adr/0031). It is raised when a key
 * is stored in another way, so that a program that does not know the new way would read it wrongly. The hash
 * {prefix}layout has it, and which Muster wrote it; a store without one is of layout 1, or empty. */
#include "store/store.h"

struct redisReply;

enum {
    STORE_LAYOUT = 3,       /* of this program */
    STORE_LAYOUT_OLDEST = 1 /* that it brings up to its own (app/store_opening.c) */
};

/* Fields of that hash. `restoring`: a backup is being written back, and the store is not whole. */
#define LAYOUT_KEY       "layout"
#define LAYOUT_VERSION   "version"
#define LAYOUT_MADE_BY   "made_by"
#define LAYOUT_RESTORING "restoring"

/* What HMGET {prefix}layout version made_by restoring says: 0, this program may work on it. ERR_REFUSED and the mend:
 * the store is newer, too old, or not whole. */
int layout_judge(const struct redisReply *reply, struct err *e) MUST_USE;

/* All of the store is of STORE_LAYOUT now: once for each connection, behind every step that brings an older one
 * up to it. */
void layout_note(struct store *s, store_done_cb *cb, void *arg);
