#pragma once
/* What a gazetteer said last, within a bound of bytes; what was not asked for longest goes. */
#include "base/slice.h"

struct gazetteer_memory;

struct gazetteer_memory *gazetteer_memory_new(size_t bytes_max, int64_t old_ms); /* returns owned */
void gazetteer_memory_free(struct gazetteer_memory *m);                          /* NULL is fine */
/* value: copied; none: that there is none is remembered, too. */
void gazetteer_memory_put(struct gazetteer_memory *m, struct slice key, struct slice value,
                          int64_t now_ms);
/* False: it is not remembered, or is old. *ret is borrowed until the next put. */
bool gazetteer_memory_get(struct gazetteer_memory *m, struct slice key, int64_t now_ms,
                          struct slice *ret);
