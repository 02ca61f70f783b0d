#pragma once
/* Where a Redis is: redis://[:password@]host[:port][/db] or unix:/path[?db=n][&password=…]. The
 * password is all between the first : and the last @, or all the rest: it needs no escapes. */
#include "io/url.h"

#define REDIS_URL_FORM "redis://:password@host:port/db or unix:/path?db=n&password=…"

struct redis_address {
    char host[URL_HOST_BYTES]; /* or the path of the unix socket */
    int port;                  /* 0 = unix socket */
    int db;
    char *password; /* owned, NULL = none */
};

/* Fills a zeroed address; ERR_INVALID-like negative when it is not understood (the password may be
 * set all the same). */
int redis_url_parse(struct slice url, struct redis_address *ret);
