#include "core/ref.h"

#include <sodium.h>

#include "base/check.h"
#include "core/be32.h"

enum {
    PLAIN_BYTES = 12,
    OLD_PLAIN_BYTES = 8,
    MAC_BYTES = crypto_shorthash_BYTES,
    REF_BYTES = PLAIN_BYTES + MAC_BYTES,
    OLD_CHARS = 22,
};
_Static_assert(crypto_shorthash_KEYBYTES == REF_KEY_BYTES, "the key is SipHash's");

static void sign(const uint8_t key[REF_KEY_BYTES], const uint8_t *plain, size_t n,
                 struct slice gateway, uint8_t mac[MAC_BYTES])
{
    uint8_t text[PLAIN_BYTES + REF_GATEWAY_BYTES_MAX];
    check(gateway.n <= REF_GATEWAY_BYTES_MAX);
    memcpy(text, plain, n);
    if (gateway.n) memcpy(text + n, gateway.p, gateway.n);
    crypto_shorthash(mac, text, n + gateway.n, key);
}

void ref_make(const uint8_t key[REF_KEY_BYTES], struct slice gateway, const struct ref *ref,
              char out[REF_CHARS + 1])
{
    uint8_t bytes[REF_BYTES];
    be32_put(bytes, ref->campaign);
    be32_put(bytes + 4, ref->index);
    be32_put(bytes + 8, ref->stamp);
    sign(key, bytes, PLAIN_BYTES, gateway, bytes + PLAIN_BYTES);
    check(sodium_bin2base64(out, REF_CHARS + 1, bytes, sizeof bytes,
                            sodium_base64_VARIANT_URLSAFE_NO_PADDING));
}

bool ref_read(const uint8_t key[REF_KEY_BYTES], struct slice gateway, struct slice text,
              struct ref *ret)
{
    uint8_t bytes[REF_BYTES], mac[MAC_BYTES];
    bool old = text.n == OLD_CHARS;
    size_t n = 0, plain = old ? OLD_PLAIN_BYTES : PLAIN_BYTES;
    if ((text.n != REF_CHARS && !old) || gateway.n > REF_GATEWAY_BYTES_MAX) return false;
    /* refuses bits beyond the last byte too, so that each reference has one spelling */
    if (sodium_base642bin(bytes, sizeof bytes, text.p, text.n, NULL, &n, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        n != plain + MAC_BYTES)
        return false;
    sign(key, bytes, plain, old ? SLICE_NONE : gateway, mac);
    if (sodium_memcmp(mac, bytes + plain, sizeof mac) != 0) return false;
    *ret = (struct ref){be32_get(bytes), be32_get(bytes + 4), old ? 0 : be32_get(bytes + 8)};
    return true;
}
