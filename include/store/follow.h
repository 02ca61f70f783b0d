#pragma once
/* A copy in memory of some hashes of the store, in each process that needs one: who signs in, which
 * groups there are. A script that changes a field of such a hash says so in a stream, in the same
 * step (`changed` of follow_changed.lua); the follower reads the stream four times a second, and of
 * each field what it holds now. Where the stream does not go back far enough (a start, a store that
 * went back, a process that stood for long) all of the hashes is read again.
 *
 * While Redis is away the copy stays as it is. */
#include "io/loop.h"
#include "store/store.h"

struct follow;

enum { FOLLOW_HASHES_MAX = 8 };

struct follow_config { /* strings are borrowed for the life */
    struct loop *loop;
    struct store *store;
    const char *stream; /* without the prefix: "staff:changes" */
    const char *hashes[FOLLOW_HASHES_MAX];
    /* What a field of the hash of that index holds now; value none (p NULL): it is gone. The same
     * may be told again. Borrowed for the call. */
    void (*take)(void *arg, size_t hash, struct slice field, struct slice value);
    void *arg;
};

/* Returns owned. It begins to read when the loop turns. */
struct follow *follow_new(const struct follow_config *config);
/* Who waits for follow_catch_up is told ERR_UNREACHABLE. NULL is fine. */
void follow_free(struct follow *f);
/* The whole was read once. */
bool follow_is_read(const struct follow *f);
/* cb when all that stood in Redis at the moment of this call is in the copy; ERR_UNREACHABLE when
 * Redis does not tell. */
void follow_catch_up(struct follow *f, store_done_cb *cb, void *arg);
