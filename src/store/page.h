#pragma once
/* Pages of lists that go by time: a page ends at an entry's time and id, which is where the next one
 * begins ("time-id" at the borders), whatever came and went since. */
#include "store/call.h"

enum { PAGE_CURSOR_BYTES = 64 };

/* Two arguments: time and id of the cursor. None, or what is no cursor, reads as the start, since
 * one is only ever given back. */
void page_after(struct call *c, struct slice cursor);
/* The cursor of a reply that begins with time and id; none: the list is at its end. Borrows out. */
struct slice page_next(const struct redisReply *reply, char out[PAGE_CURSOR_BYTES]);

/* Ids of the zset `all` ("campaigns") or of those of some groups ("campaigns:leeds"), the newest
 * first: run the call and read it by the three below. after is borrowed until then. */
struct call *page_ask(struct store *s, const char *all, const struct group_set *groups,
                      size_t limit, struct slice after);
size_t page_count(const struct redisReply *reply);
uint32_t page_id(const struct redisReply *reply, size_t i);
