#pragma once
/* HMAC (RFC 2104). OpenSSL's HMAC() looks its parts up by name at each call, which costs three times
 * what the hashing does; here they are looked up once. Not for two threads at a time. */
#include "core/signature.h"

enum { HMAC_BYTES_MAX = 64 };

/* Returns how many bytes of `mac` it wrote: 20, 32 or 64. Any key will do, an empty one, too. */
size_t hmac_make(enum hmac_digest digest, struct slice key, struct slice bytes,
                 unsigned char mac[HMAC_BYTES_MAX]);
