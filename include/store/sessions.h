#pragma once
/* Sessions that ended before their time: somebody logged out. A session is proved by its cookie
 * alone (web/auth.h), so that the end of one must be known to every process that reads cookies, and
 * last as long as the cookie would. The ids stand in a stream in Redis, which each process reads
 * once a second, and keeps until the session would have ended anyway. */
#include "io/loop.h"
#include "store/store.h"

struct sessions;

enum {
    SESSIONS_ID_BYTES_MAX = 64,
    SESSIONS_ENDED_MAX = 100000,     /* about; over it the oldest ends are forgotten */
    SESSIONS_LAST_S = 7 * 24 * 3600, /* no session is longer */
};

struct sessions *sessions_new(struct loop *l, struct store *store);
void sessions_free(struct sessions *s); /* NULL is fine */
/* Whether all that ended before the start are known: not until Redis has told once. */
bool sessions_are_read(const struct sessions *s);
bool sessions_has_ended(const struct sessions *s, struct slice id);
/* Here it has ended when this returns, elsewhere within a second or two of the callback with 0.
 * Another result: it is not stored, and would live again after a restart. */
void sessions_end(struct sessions *s, struct slice id, int64_t end_ms, store_done_cb *cb,
                  void *arg);
