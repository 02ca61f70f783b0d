#pragma once
/* Where a URL leads to, as libcurl reads it. */
#include "base/err.h"
#include "base/slice.h"

enum { URL_BYTES_MAX = 4096, URL_HOST_BYTES = 256 };

struct url_place {
    char host[URL_HOST_BYTES]; /* a name or an address, without the brackets of IPv6 */
    int port;                  /* 1 to 65535 */
};

/* "scheme://host[:port]/…", of any scheme. Without a port it is the scheme's own, else `port` (0:
 * there must be one). ERR_INVALID when it is no such URL, ERR_LIMIT when it is too long. */
int url_place(struct slice url, int port, struct url_place *ret) MUST_USE;
