#pragma once
/* What groups say of texts that come in (store/group.h): whose number it is that somebody wrote to, and whose
 * people mean STOP by it. Looked up at once; made anew after a group was changed. */
#include "base/slice.h"

struct groups;
struct group_doors;

/* groups: borrowed; NULL: nothing is said of any. */
struct group_doors *group_doors_new(const struct groups *groups);
void group_doors_free(struct group_doors *d); /* NULL is fine */

/* The one group whose sender that is, with or without its +; none: it is nobody's, or several groups'.
 * Borrowed until the loop turns, like the next. */
struct slice group_doors_of_sender(struct group_doors *d, struct slice sender);
/* The groups of which the whole text is a stop word, with a blank before, between and behind: " leeds york ".
 * None: of no group. */
struct slice group_doors_stop(struct group_doors *d, struct slice text);
