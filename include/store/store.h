#pragma once
/* One Redis and all that lasts in it. Every part of this layer asks through a store: it knows the
 * connection, the prefix of all keys, and holds the scripts and the room for calls (store/call.h).
 *
 * Where a header of this layer says nothing else, a callback runs once, from the loop; `result` is
 * 0 or negative, and `e` is NULL or says why, in a line that may be shown to the user.
 * ERR_UNREACHABLE: Redis gave no reply, so it is not known whether it was done; or it refused for
 * now. */
#include "base/err.h"
#include "base/slice.h"

struct redis;
struct store;

enum { STORE_PREFIX_BYTES_MAX = 64 };

/* r is borrowed for the store's life; prefix ("muster:", at most STORE_PREFIX_BYTES_MAX) is copied.
 */
struct store *store_new(struct redis *r, const char *prefix);
/* NULL is fine. What waits for Redis is still called back, at the latest by redis_free. */
void store_free(struct store *s);
/* Scripts take this for Redis' time instead of asking its clock; 0 = the clock again. For tests. */
void store_set_clock(struct store *s, int64_t now_us);

/* Once, from the loop, never from inside the call. e: where, what and the mend; NULL when result is 0. */
typedef void store_done_cb(void *arg, int result, const struct err *e);
