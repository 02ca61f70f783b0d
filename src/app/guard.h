#pragma once
/* What must be true before anything is sent. */
#include "base/err.h"
#include "io/redis.h"

#include <stdbool.h>

struct redis_setting;

/* Redis' settings that would break a promise: no append-only file, or one that is not synced with
 * every write, loses who was texted; an eviction policy forgets ledgers. They are asked of every
 * connection (io/redis.h): ERR_UNSAFE says which setting and how to mend it. Embedded; must stay
 * where it is, and live as long as the connection. */
enum { GUARD_SETTINGS_MAX = 8 };
struct guard_item {
    const struct redis_setting *setting;
    bool unsafe; /* only warn */
    bool warned; /* said once for the process, not with every connection */
};
struct guard {
    struct guard_item items[GUARD_SETTINGS_MAX];
    struct redis_check checks[GUARD_SETTINGS_MAX]; /* for struct redis_config */
    size_t n;
};
void guard_init(struct guard *g, bool unsafe);

/* The folder exists (made if it can be), can be written, and no other process of this instance
 * holds it. Returns the descriptor of the lock, to be kept open, or negative. */
int guard_lock(const char *state_dir, const char *instance, struct err *e) MUST_USE;
