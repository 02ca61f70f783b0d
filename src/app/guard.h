#pragma once
/* What must be true before anything is sent. */
#include "base/err.h"

#include <stdbool.h>

struct redis;

/* Redis' settings that would break a promise: no append-only file, or one that is not synced with
 * every write, loses who was texted; an eviction policy forgets ledgers. ERR_UNSAFE says which
 * setting and how to mend it. Turns the loop until Redis has answered. `unsafe`: only warn. */
int guard_redis(struct redis *r, bool unsafe, struct err *e) MUST_USE;

/* The folder exists (made if it can be), can be written, and no other process of this instance
 * holds it. Returns the descriptor of the lock, to be kept open, or negative. */
int guard_lock(const char *state_dir, const char *instance, struct err *e) MUST_USE;
