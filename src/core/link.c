#include "core/link.h"

#include <sodium.h>

#include "base/check.h"
#include "core/be32.h"

enum {
    PLAIN_BYTES = 9,
    MAC_BYTES = crypto_shorthash_BYTES,
    LINK_BYTES = PLAIN_BYTES + MAC_BYTES,
    BASE64 = sodium_base64_VARIANT_URLSAFE_NO_PADDING,
};
_Static_assert(crypto_shorthash_KEYBYTES == LINK_KEY_BYTES, "the key is SipHash's");

void link_make(const uint8_t key[LINK_KEY_BYTES], const struct link *link, char out[LINK_CHARS + 1])
{
    uint8_t bytes[LINK_BYTES];
    bytes[0] = (uint8_t)link->kind;
    be32_put(bytes + 1, link->a);
    be32_put(bytes + 5, link->b);
    crypto_shorthash(bytes + PLAIN_BYTES, bytes, PLAIN_BYTES, key);
    check(sodium_bin2base64(out, LINK_CHARS + 1, bytes, sizeof bytes, BASE64));
}

bool link_read(const uint8_t key[LINK_KEY_BYTES], enum link_kind kind, struct slice text,
               struct link *ret)
{
    uint8_t bytes[LINK_BYTES], mac[MAC_BYTES];
    size_t n = 0;
    /* refuses bits beyond the last byte too, so that each link has one spelling */
    if (text.n != LINK_CHARS ||
        sodium_base642bin(bytes, sizeof bytes, text.p, text.n, NULL, &n, NULL, BASE64) != 0 ||
        n != LINK_BYTES)
        return false;
    crypto_shorthash(mac, bytes, PLAIN_BYTES, key);
    if (sodium_memcmp(mac, bytes + PLAIN_BYTES, sizeof mac) != 0 || bytes[0] != (uint8_t)kind)
        return false;
    *ret = (struct link){kind, be32_get(bytes + 1), be32_get(bytes + 5)};
    return true;
}
