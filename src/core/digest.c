#include "core/digest.h"

#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <sodium.h>

#include "base/check.h"

static const struct slice ALGORITHM = {"sha256=", 7};

void digest_make(struct slice kind, struct slice bytes, char out[DIGEST_BYTES])
{
    unsigned char mac[SHA256_DIGEST_LENGTH];
    check(kind.n > 0);
    HMAC(EVP_sha256(), kind.p, (int)kind.n, (const unsigned char *)bytes.p, bytes.n, mac, NULL);
    memcpy(out, ALGORITHM.p, ALGORITHM.n);
    sodium_bin2hex(out + ALGORITHM.n, DIGEST_BYTES - ALGORITHM.n, mac, sizeof mac);
}
