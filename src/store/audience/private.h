#pragma once
/* What audience.c, audience_rows.c, audience_read.c and audience_delete.c share. */
#include "store/audience.h"

#include "io/redis.h"

#include <inttypes.h>

struct audience_store {
    struct redis *redis; /* borrowed */
    char *prefix;        /* owned */
    struct redis_script *create, *rows, *freeze, *unname;
};

/* A Redis key on the stack. */
enum { AUDIENCE_PREFIX_BYTES_MAX = 64, AUDIENCE_KEY_BYTES = 192 };
struct audience_key {
    char text[AUDIENCE_KEY_BYTES];
};
/* Writes prefix and the formatted rest; the slice borrows k. */
struct slice audience_key(const struct audience_store *s, struct audience_key *k, const char *fmt,
                          ...) PRINTF_LIKE(3, 4);

/* 0, or the reason why a reply cannot be used: none came, or Redis refused. */
int audience_reply_error(const struct redisReply *reply, struct err *e) MUST_USE;
/* "muster audience list" shows what there is: the text of ERR_NOT_FOUND for an id. */
int audience_not_found(uint32_t id, struct err *e);

/* Deletes up to `limit` drafts whose time is over, then calls back; a negative limit
 * is none. */
void audience_sweep_some(struct audience_store *s, int64_t now_ms, int limit, audience_done_cb *cb,
                         void *arg);
