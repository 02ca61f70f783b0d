#pragma once
/* Our own signed reference: travels through the provider and comes back in receipts, so that no
 * table of message ids is needed to find the recipient. base64url of campaign (4 bytes,
 * big-endian), index (4 bytes) and SipHash-2-4 (8 bytes) over both. */
#include "base/slice.h"

enum {
    REF_KEY_BYTES = 16,
    REF_CHARS = 22, /* [A-Za-z0-9_-] */
};

/* out is NUL-terminated. */
void ref_make(const uint8_t key[REF_KEY_BYTES], uint32_t campaign, uint32_t index,
              char out[REF_CHARS + 1]);
/* False and nothing touched when it is not one of ours; takes the same time wherever it differs. */
bool ref_read(const uint8_t key[REF_KEY_BYTES], struct slice ref, uint32_t *ret_campaign,
              uint32_t *ret_index);
