#pragma once
/* One clock for all processes: Redis'. Deadlines, hours and leases are judged there; here the wall
 * clock of this process is made to follow it, so that a machine whose clock is wrong does not let
 * claims end early or put answers in the wrong order. Times of the log stay the machine's. */
#include "io/loop.h"
#include "io/redis.h"

/* Asks every 10 s, the first time at once, and when the machine's clock was set; while Redis is away the last difference stands. */
struct redis_time *redis_time_new(struct loop *l, struct redis *r);
void redis_time_free(struct redis_time *t); /* after the redis; NULL is fine */
/* Asks now: with every connection, since it may be another Redis. */
void redis_time_ask(struct redis_time *t);
/* Asks if the machine's clock was set since the last look: it went another way than the monotonic one. Looked at twice a second by
 * itself. */
void redis_time_look(struct redis_time *t, int64_t machine_ms, int64_t mono_us);
