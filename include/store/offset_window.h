#pragma once
/* Acks come in any order, but Kafka commits one number per partition: everything before it is done.
 * The window holds what lies between: the offsets that were delivered and are not committed yet. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct offset_window;

/* Returns owned; with room for max items. */
struct offset_window *offset_window_new(size_t max);
void offset_window_free(struct offset_window *w); /* NULL is fine; the items are the caller's */
size_t offset_window_count(const struct offset_window *w); /* of items */
bool offset_window_is_full(const struct offset_window *w); /* do not add now */
/* Offsets rise with every add; gaps are fine (compaction, transactions). item must not be NULL. */
void offset_window_add(struct offset_window *w, int64_t offset, void *item);
/* Marks an offset that was added as done. O(log n). */
void offset_window_settle(struct offset_window *w, int64_t offset);
/* The offset to commit: one past the last of the settled ones at the front; -1 when the first is
 * not settled (or there is none). O(1) spread over the settled ones. */
int64_t offset_window_point(struct offset_window *w);
/* Removes the first entry and returns its item, when its offset is below `below`; else NULL. */
void *offset_window_pop(struct offset_window *w, int64_t below);
