#pragma once
/* Our own signed reference: travels through the provider and comes back in receipts, so that no
 * table of message ids is needed to find the recipient. base64url of campaign, index and stamp (4
 * bytes each, big-endian) and SipHash-2-4 (8 bytes) over them and the gateway's name: what one
 * account brings back settles nothing of another's.
 *
 * The stamp tells campaigns apart that had the same id in different stores: ids begin anew when
 * Redis is lost, stamps do not (campaign_create.lua). It also grows when people are sent to again,
 * so that what is told late of the first copy is not taken for news of the second (record.lua). */
#include "base/slice.h"

enum {
    REF_KEY_BYTES = 16,
    REF_CHARS = 27, /* [A-Za-z0-9_-] */
    REF_GATEWAY_BYTES_MAX = 128,
};

struct ref {
    uint32_t campaign, index, stamp; /* stamp 0: of a campaign that is older than stamps */
};

/* out is NUL-terminated. gateway: at most REF_GATEWAY_BYTES_MAX. */
void ref_make(const uint8_t key[REF_KEY_BYTES], struct slice gateway, const struct ref *ref,
              char out[REF_CHARS + 1]);
/* False and nothing touched when it is not one of ours, through that gateway; takes the same time
 * wherever it differs. References as they were made before there were stamps (22 characters,
 * without the gateway) are read with stamp 0. */
bool ref_read(const uint8_t key[REF_KEY_BYTES], struct slice gateway, struct slice text,
              struct ref *ret);
