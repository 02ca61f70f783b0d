#pragma once
/* How far a walk over a large hash has come. It means nothing to another process of Redis than the one that told it: that one has its
 * entries in another order, would go on anywhere, and pass over a quarter without a word. So a cursor says whose it is, and where Redis
 * was started again, or another one took its place, the next step is refused (ERR_CONFLICT): begin anew. */
#include "base/slice.h"

struct hash_cursor { /* all 0: the start; at 0 behind a step: that was all */
    uint64_t at, redis;
};

enum { HASH_CURSOR_BYTES = 2 * 20 + 2 };
/* "AT-REDIS", for whoever asks for pages from elsewhere. */
void hash_cursor_write(const struct hash_cursor *c, char out[HASH_CURSOR_BYTES]);
bool hash_cursor_read(struct slice text, struct hash_cursor *ret); /* none, or "0": the start */
