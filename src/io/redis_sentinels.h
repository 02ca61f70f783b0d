#pragma once
/* Redis Sentinels: who is the master?
 *
 * A connection to each of them. Each is asked once a second and whenever it says +switch-master
 * (subscribed): SENTINEL MASTER for the epoch of what it knows, and SENTINEL
 * GET-MASTER-ADDR-BY-NAME, which in the middle of a failover names the new one. Among those who
 * answer the highest epoch counts: that is how they agree among themselves, so one that was cut off
 * or asleep misleads nobody. When none answers, what was heard last is still the best there is: who
 * connects asks the server itself whether it is the master. */
#include "base/err.h"
#include "io/redis.h"
#include "redis_tls.h"
#include "redis_url.h"

struct loop;
struct redis_sentinels;
typedef void redis_sentinels_cb(void *arg);

/* `at` is borrowed for the life, as are user and password (NULL or "" = none). cb: another master,
 * or one at last, or every one of them was tried in vain. */
struct redis_sentinels *redis_sentinels_new(struct loop *l, const struct redis_address *at,
                                            struct redis_tls *tls, const char *user,
                                            const char *password, redis_sentinels_cb *cb,
                                            void *arg);
void redis_sentinels_free(struct redis_sentinels *s); /* NULL is fine; not from inside cb */
/* NULL: nobody has said. Borrowed until the loop turns. */
const struct url_place *redis_sentinels_master(const struct redis_sentinels *s);
/* Which one said it: "sentinel host:port, epoch n". */
void redis_sentinels_source(const struct redis_sentinels *s, char *to, size_t n);
/* Why nobody has said, in a line. */
void redis_sentinels_why(const struct redis_sentinels *s, char *to, size_t n);
/* Each was tried since the start. */
bool redis_sentinels_tried(const struct redis_sentinels *s);
