#pragma once
/* What this process' journal knows is brought into a store that went back (store/restore.h), when
 * somebody has asked for it; before, the store is told how much that is, and what was taken away from people (who was revoked, which
 * sessions ended) is taken away once more: until then nobody comes in (mark_is_shut). One per process; it looks
 * at how the store stands by itself (flow/check_in.h).
 *
 * Opt-outs go first, then people. Killed in the middle it begins anew: all of it may be repeated.
 * When all who know the store have brought theirs, the process takes the store as it is then, and
 * goes on. */
#include "core/cap.h"
#include "io/loop.h"

struct bring_back;
struct check_in;
struct journal;
struct store;

struct bring_back_config { /* all borrowed for the life */
    struct loop *loop;
    struct store *store;
    const struct check_in *check_in;
    struct journal *journal;
    const char *instance;
    struct cap cap; /* how often campaigns may text one person */
};

/* Returns owned. The config is copied; what it points to is borrowed for its life. */
struct bring_back *bring_back_new(const struct bring_back_config *config);
/* Nothing begins any more, and the journal is not read any more; NULL is fine. */
void bring_back_stop(struct bring_back *b);
/* Stopped before, and behind redis and journal, which both tell it how they end; NULL is fine. */
void bring_back_free(struct bring_back *b);
