#pragma once
/* One step over a hash, in no order. What is there all the time is seen at least once. */
#include "store/call.h"
#include "store/hash_cursor.h"

/* The call; its key is added next, then where it goes on. */
struct call *hash_page_begin(struct store *s);
void hash_page_from(struct call *c, const struct hash_cursor *from,
                    int hint); /* about so many entries */
/* *ret_pairs: field, value, field, …; NULL when it failed. ERR_CONFLICT: the cursor is of another Redis; ERR_UNREACHABLE. */
int hash_page_read(const struct redisReply *reply, struct hash_cursor *ret_next,
                   const struct redisReply **ret_pairs, struct err *e);
