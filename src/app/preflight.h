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
enum { PREFLIGHT_CHECKS_MAX = 8 };
struct preflight_item {
    const struct redis_setting *setting;
    bool unsafe; /* only warn */
    bool warned; /* said once for the process, not with every connection */
};
struct preflight {
    struct preflight_item items[PREFLIGHT_CHECKS_MAX];
    struct redis_check checks[PREFLIGHT_CHECKS_MAX]; /* for struct redis_config */
    size_t n;
    char layout_key[128];
    bool file_is_old; /* this Redis has not written its append-only file anew since its start */
};
/* And the layout of what is in it is one that this program knows (store/layout.h). prefix: of its keys. */
void preflight_init(struct preflight *g, bool unsafe, const char *prefix);

/* With every connection: a Redis that was just started is told to write its append-only file anew.
 *
 * A power cut can tear that file in the middle of a transaction, and all that a Lua script writes
 * is one. Redis cuts off only the last command, which is not whole: MULTI and some commands stay in
 * the file. In memory that is right, but at the start after this one they are done, with the first
 * transaction behind them: half a script (valkey-io/valkey#4342; every Redis so far). A file that
 * was written from memory has no such rest. Nothing waits for it; a Redis that will not do it gets
 * a warning in our log, with the mend. */
void preflight_renew_file(struct preflight *g, struct redis *r);

/* The folder exists (made if it can be), can be written, and no other process of this instance
 * holds it. Returns the descriptor of the lock, to be kept open, or negative. */
int preflight_lock(const char *state_dir, const char *instance, struct err *e) MUST_USE;
