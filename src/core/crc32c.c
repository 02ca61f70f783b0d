#include "core/crc32c.h"

/* Bits reversed. */
static const uint32_t CRC32C_REVERSED = 0x82f63b78;

static void crc_fill(uint32_t *table)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int bit = 0; bit < 8; bit++)
            c = c & 1 ? c >> 1 ^ CRC32C_REVERSED : c >> 1;
        table[i] = c;
    }
}

uint32_t crc32c(struct slice s)
{
    static uint32_t table[256];
    if (!table[1]) crc_fill(table);
    uint32_t c = UINT32_MAX;
    for (size_t i = 0; i < s.n; i++)
        c = table[(c ^ (uint8_t)s.p[i]) & 0xff] ^ c >> 8;
    return ~c;
}

void bytes_put(void *to, uint64_t value, int bytes)
{
    uint8_t *p = to;
    for (int i = 0; i < bytes; i++)
        p[i] = (uint8_t)(value >> 8 * i);
}

uint64_t bytes_get(const void *from, int bytes)
{
    const uint8_t *p = from;
    uint64_t value = 0;
    for (int i = bytes - 1; i >= 0; i--)
        value = value << 8 | p[i];
    return value;
}
