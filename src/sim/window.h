#pragma once
/* How many events fell into the last second, and the most that any sliding second ever held. Exact:
 * it keeps the time of every event of the last second, and a second is the half-open (t - 1 s, t].
 */
#include "base/slice.h"

struct window;

struct window *window_new(void);    /* returns owned */
void window_free(struct window *w); /* NULL is fine */
void window_clear(struct window *w);
/* now_us [µs, monotonic], never before an earlier one. O(1) over time. */
void window_add(struct window *w, int64_t now_us);
/* Events in (now_us - 1 s, now_us]. */
uint32_t window_count(struct window *w, int64_t now_us);
uint32_t window_highest(const struct window *w);
