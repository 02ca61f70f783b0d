#pragma once
/* Who of the members is at it: each web process notes whoever asks it for something under a sign-in,
 * and writes them down together, once in THERE_WRITE_MS. For people who look how many are there; nothing
 * rests on it. Key `there`: a sorted set, member's id by when they were seen last [wall ms], of the last
 * THERE_MS and THERE_MAX members at most. */
#include "io/loop.h"
#include "store/store.h"

struct there;

enum {
    THERE_MS = 180 * 1000,  /* [ms] seen since then: is there */
    THERE_WRITE_MS = 10000, /* [ms] */
    THERE_MAX = 2000,       /* members; more are not counted */
};

/* Both are borrowed for the life. */
struct there *there_new(struct loop *l, struct store *s);
/* What was not written yet is not; NULL is fine. */
void there_free(struct there *t);
/* member: an id. now_ms [wall ms]. */
void there_see(struct there *t, struct slice member, int64_t now_ms);
/* What was seen since is written at once. */
void there_write(struct there *t);

/* ids of whoever is there at now_ms, at most THERE_MAX; borrowed for the call. */
typedef void there_cb(void *arg, int result, const struct slice *ids, size_t n,
                      const struct err *e);
void there_list(struct store *s, int64_t now_ms, there_cb *cb, void *arg);
