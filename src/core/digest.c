#include "core/digest.h"

#include <sodium.h>

#include "base/check.h"
#include "hmac.h"

static const struct slice ALGORITHM = {"sha256=", 7};

void digest_make(struct slice kind, struct slice bytes, char out[DIGEST_BYTES])
{
    unsigned char mac[HMAC_BYTES_MAX];
    check(kind.n > 0);
    size_t n = hmac_make(DIGEST_SHA256, kind, bytes, mac);
    memcpy(out, ALGORITHM.p, ALGORITHM.n);
    sodium_bin2hex(out + ALGORITHM.n, DIGEST_BYTES - ALGORITHM.n, mac, n);
}
