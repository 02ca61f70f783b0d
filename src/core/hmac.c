#include "hmac.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

#include "base/check.h"

enum { BLOCK_BYTES_MAX = 128, INNER = 0x36, OUTER = 0x5c };

/* Made at their first use, and for the life of the process. */
static struct known {
    EVP_MD *md;
    EVP_MD_CTX *ctx;
    size_t block, n; /* bytes */
} all[DIGEST_SHA512 + 1];

static const struct known *known(enum hmac_digest digest)
{
    static const char *const names[] = {
        [DIGEST_SHA1] = "SHA1", [DIGEST_SHA256] = "SHA256", [DIGEST_SHA512] = "SHA512"};
    struct known *k = &all[digest];
    if (k->ctx) return k;
    k->md = EVP_MD_fetch(NULL, names[digest], NULL);
    k->ctx = EVP_MD_CTX_new();
    check(k->md && k->ctx);
    k->block = (size_t)EVP_MD_get_block_size(k->md);
    k->n = (size_t)EVP_MD_get_size(k->md);
    check(k->block <= BLOCK_BYTES_MAX && k->n <= HMAC_BYTES_MAX);
    return k;
}

/* The digest of both, one behind the other. */
static void hash(const struct known *k, struct slice first, struct slice second, unsigned char *out)
{
    check(EVP_DigestInit_ex(k->ctx, k->md, NULL) == 1 &&
          EVP_DigestUpdate(k->ctx, first.p, first.n) == 1 &&
          EVP_DigestUpdate(k->ctx, second.p, second.n) == 1 &&
          EVP_DigestFinal_ex(k->ctx, out, NULL) == 1);
}

static void mix(unsigned char *pad, size_t n, unsigned char with)
{
    for (size_t i = 0; i < n; i++)
        pad[i] ^= with;
}

size_t hmac_make(enum hmac_digest digest, struct slice key, struct slice bytes,
                 unsigned char mac[HMAC_BYTES_MAX])
{
    const struct known *k = known(digest);
    unsigned char pad[BLOCK_BYTES_MAX] = {0};
    struct slice padded = slice_make((const char *)pad, k->block);
    if (key.n > k->block)
        hash(k, key, SLICE_LIT(""), pad);
    else if (key.n)
        memcpy(pad, key.p, key.n);
    mix(pad, k->block, INNER);
    hash(k, padded, bytes.n ? bytes : SLICE_LIT(""), mac);
    mix(pad, k->block, INNER ^ OUTER);
    hash(k, padded, slice_make((const char *)mac, k->n), mac);
    OPENSSL_cleanse(pad, sizeof pad);
    return k->n;
}
