#include "hmac.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include "base/check.h"

/* Made at their first use, and for the life of the process. */
static EVP_MAC_CTX *contexts[DIGEST_SHA512 + 1];

static EVP_MAC_CTX *context_of(enum hmac_digest digest)
{
    static const char *const names[] = {
        [DIGEST_SHA1] = "SHA1", [DIGEST_SHA256] = "SHA256", [DIGEST_SHA512] = "SHA512"};
    if (contexts[digest]) return contexts[digest];
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    check(mac);
    EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(mac);
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST,
                                                            (char *)(uintptr_t)names[digest], 0),
                           OSSL_PARAM_construct_end()};
    check(ctx && EVP_MAC_CTX_set_params(ctx, params) == 1);
    EVP_MAC_free(mac); /* the context holds it */
    return contexts[digest] = ctx;
}

size_t hmac_make(enum hmac_digest digest, struct slice key, struct slice bytes,
                 unsigned char mac[HMAC_BYTES_MAX])
{
    size_t n = 0;
    EVP_MAC_CTX *ctx = context_of(digest);
    /* NULL would be the key before. */
    check(EVP_MAC_init(ctx, (const unsigned char *)(key.n ? key.p : ""), key.n, NULL) == 1 &&
          EVP_MAC_update(ctx, (const unsigned char *)bytes.p, bytes.n) == 1 &&
          EVP_MAC_final(ctx, mac, &n, HMAC_BYTES_MAX) == 1);
    return n;
}
