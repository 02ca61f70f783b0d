#pragma once
/* A short name for something long. Redis keeps digests for days, and the same event must have the
 * same one before and after an upgrade: so the bytes never change. They are "sha256=" and the
 * lower-case hex of HMAC-SHA256 of the bytes, keyed with the kind. */
#include "base/slice.h"

enum { DIGEST_BYTES = 72 }; /* NUL included */

/* The same bytes have another digest for another kind ("event", "address"), which is not empty. No
 * secret: it tells things apart, it proves nothing. */
void digest_make(struct slice kind, struct slice bytes, char out[DIGEST_BYTES]);
