#pragma once
/* What was found out about texts, so that one that comes again is not gone through again. Of a fixed size, whatever comes: what was
 * asked for least lately makes room. It keeps no text, but 128 bits of a hash with a key of its own, so nobody can write two texts that
 * it takes for one. */
#include "base/slice.h"

enum { MEMO_TEXTS = 4096, MEMO_VALUE_BYTES_MAX = 64 };

struct memo;
struct memo *memo_new(size_t value_bytes); /* ≤ MEMO_VALUE_BYTES_MAX of each text. Returns owned */
void memo_free(struct memo *m);            /* NULL is fine */
/* What is known of that text where it is one of that kind (such as "GB"; up to 16 bytes count, NULL is ""): *known, or all zero, to be
 * filled in at once. Borrowed until the next call; aligned for any type. O(text). */
void *memo_of(struct memo *m, const char *kind, struct slice text, bool *known);
