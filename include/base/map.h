#pragma once
/* A hash map from byte strings (copied) to pointers (borrowed). Iteration in no particular order.
 */
#include "base/slice.h"

struct map;

struct map *map_new(void);             /* returns owned */
void map_free(struct map *m);          /* NULL is fine; the values are the caller's */
size_t map_count(const struct map *m); /* of keys */
void *map_get(const struct map *m, struct slice key); /* NULL when absent */
/* Sets or replaces; returns the value that was there before, or NULL. value must not be NULL. */
void *map_put(struct map *m, struct slice key, void *value);
void *map_del(struct map *m, struct slice key); /* the value that was there, or NULL */
/* *pos starts at 0; false at the end. The map must not change during the walk, but for map_del of
 * the key just returned. The key is borrowed until then. */
bool map_next(const struct map *m, size_t *pos, struct slice *ret_key, void **ret_value);
