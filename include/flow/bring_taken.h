#pragma once
/* What a journal says was taken away from somebody, for bring_back.c. */
#include "store/restore.h"

/* Takes it away once more from the store. applies: somebody asked for the restore, so that people are forgotten and lists deleted again, too. False: there is nothing to be
 * done, and cb is not called. Else cb runs once, from the loop; `what` is borrowed for the call. */
bool bring_taken(struct store *s, const struct told_taken *what, uint64_t mark, bool applies,
                 restore_count_cb *cb, void *arg);
