#pragma once
/* The provider's own queue: what it has taken leaves it in order, at a pace of its own. It holds no
 * messages, only when each of them leaves: 8 bytes for each. */
#include "base/slice.h"

struct backlog;

struct backlog *backlog_new(void);    /* returns owned */
void backlog_free(struct backlog *b); /* NULL is fine */
void backlog_clear(struct backlog *b);
/* One more; returns when it leaves [µs, monotonic], rate_per_s at most leave in a second; 0 = at
 * once. now_us is never before an earlier one. */
int64_t backlog_add(struct backlog *b, int64_t rate_per_s, int64_t now_us);
/* How many have not left yet. O(1) over time. */
uint64_t backlog_count(struct backlog *b, int64_t now_us);
uint64_t backlog_highest(const struct backlog *b); /* the most that it ever held */
