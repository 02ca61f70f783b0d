#pragma once
/* The sum that tells a whole record of a file from a torn one (spool, journal), and the numbers in
 * it, little-endian. */
#include "base/slice.h"

/* Castagnoli's polynomial (RFC 3720, appendix B.4). O(bytes). */
uint32_t crc32c(struct slice s);

void bytes_put(void *to, uint64_t value, int bytes); /* 1…8 */
uint64_t bytes_get(const void *from, int bytes);
