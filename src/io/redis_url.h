#pragma once
/* Where a Redis is:
 *
 *     redis://[[user]:password@]host[:port][/db]                  (rediss:// = over TLS)
 *     unix:/path[?db=n][&password=…]
 *     sentinel://[[user]:password@]host[:port],…/master[/db]      (sentinels:// = over TLS)
 *
 * The password is all between the first : and the last @, or all of it: it needs no escapes. Those
 * of a sentinel's url are the servers' own; the sentinels have theirs in struct redis_config. */
#include "io/redis.h"
#include "io/url.h"

#include <stdbool.h>

#define REDIS_URL_FORM                                                                             \
    "redis://user:password@host:port/db, rediss://… for TLS, unix:/path?db=n&password=…, or "  \
    "sentinel://host:port,host:port/master/db"

enum { REDIS_PORT = 6379, REDIS_SENTINEL_PORT = 26379 };

struct redis_address {
    struct url_place place; /* port 0: the host is the path of a unix socket */
    int db;
    bool tls;
    char *user, *password; /* owned, NULL = none */
    char *master;          /* owned; not NULL: the sentinels at `seats` know the place */
    struct url_place seats[REDIS_SENTINELS_MAX];
    size_t seat_n;
};

/* Fills a zeroed address; ERR_INVALID when it is not understood, and then nothing is owned. */
int redis_url_parse(struct slice url, struct redis_address *ret);
void redis_address_done(struct redis_address *at);
/* "host:port" or "unix:/path", into n bytes. */
void redis_place_text(const struct url_place *place, char *to, size_t n);
