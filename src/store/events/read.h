#pragma once
/* Entries of the stream as they come from Redis. */
#include "base/buf.h"
#include "store/events.h"

struct redisReply;

/* -1, 0, 1 */
int event_id_compare(struct event_id a, struct event_id b);
/* The id of an entry [id, [field, value, …]]. */
bool event_entry_id(const struct redisReply *entry, struct event_id *ret);
/* Reads an entry; its JSON goes behind what is in `to`, and the event's slice of it is set later
 * (to may move). False: of a kind that this Muster does not know. */
bool event_read(const struct redisReply *entry, struct event *ret, struct buf *to);
