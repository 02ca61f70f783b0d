#include "core/ref.h"

#include <sodium.h>

#include "base/check.h"

enum { PLAIN_BYTES = 8, MAC_BYTES = crypto_shorthash_BYTES, REF_BYTES = PLAIN_BYTES + MAC_BYTES };
_Static_assert(crypto_shorthash_KEYBYTES == REF_KEY_BYTES, "the key is SipHash's");

static void put_u32(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)(v >> 24);
    p[1] = (uint8_t)(v >> 16);
    p[2] = (uint8_t)(v >> 8);
    p[3] = (uint8_t)v;
}

static uint32_t get_u32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

void ref_make(const uint8_t key[REF_KEY_BYTES], uint32_t campaign, uint32_t index,
              char out[REF_CHARS + 1])
{
    uint8_t bytes[REF_BYTES];
    put_u32(bytes, campaign);
    put_u32(bytes + 4, index);
    crypto_shorthash(bytes + PLAIN_BYTES, bytes, PLAIN_BYTES, key);
    check(sodium_bin2base64(out, REF_CHARS + 1, bytes, sizeof bytes,
                            sodium_base64_VARIANT_URLSAFE_NO_PADDING));
}

bool ref_read(const uint8_t key[REF_KEY_BYTES], struct slice ref, uint32_t *ret_campaign,
              uint32_t *ret_index)
{
    uint8_t bytes[REF_BYTES], mac[MAC_BYTES];
    size_t n = 0;
    if (ref.n != REF_CHARS) return false;
    /* refuses bits beyond the last byte too, so that each reference has one spelling */
    if (sodium_base642bin(bytes, sizeof bytes, ref.p, ref.n, NULL, &n, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
        n != sizeof bytes)
        return false;
    crypto_shorthash(mac, bytes, PLAIN_BYTES, key);
    if (sodium_memcmp(mac, bytes + PLAIN_BYTES, sizeof mac) != 0) return false;
    *ret_campaign = get_u32(bytes);
    *ret_index = get_u32(bytes + 4);
    return true;
}
