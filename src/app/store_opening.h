#pragma once
/* What a store needs before anything is sent, with every connection, for the Redis that came back
 * may be an empty one or one of before: the direct book stands open (store/campaign.h), and the
 * older spellings of numbers are joined with those of today (store/spellings.h). */
#include "io/loop.h"
#include "io/redis.h"

/* It begins when the process has checked in (flow/check_in.h): in a store that it does not know
 * nothing is written before that is said. */
struct store;
struct store_opening;

/* All borrowed for the life; prefix is copied. Begins by itself if there is a connection. */
struct store_opening *store_opening_new(struct loop *l, struct redis *r, struct store *s);
void store_opening_begin(struct store_opening *o); /* the connection or the check-in changed */
bool store_opening_stands(const struct store_opening *o);
void store_opening_stop(struct store_opening *o); /* nothing begins any more; NULL is fine */
void store_opening_free(struct store_opening *o); /* after the redis; NULL is fine */
