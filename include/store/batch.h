#pragma once
/* A batch is what a lease is taken on and what travels on the queue: a block of a campaign (up to 256
 * recipients), or one direct message (campaign 0). A recipient is a nibble: core/index.h. */
#include "base/slice.h"
#include "core/index.h"

struct batch_id {
    uint32_t campaign; /* 0 = direct book */
    /* nibble of the first recipient; block * 256 for campaigns, the index for direct */
    uint32_t first;
    uint32_t count; /* nibbles: 256, or 1 for direct */
};
static inline struct batch_id batch_of_block(uint32_t campaign, uint32_t block)
{
    return (struct batch_id){campaign, index_make(block, 0), BLOCK_ROWS};
}
static inline struct batch_id batch_of_direct(uint32_t index)
{
    return (struct batch_id){0, index, 1};
}

/* The value on the queue, JSON: {"c":CAMPAIGN,"b":BLOCK}, or {"c":0,"i":INDEX} for a direct message.
 * It outlives an upgrade. Borrowed from out. */
enum { BATCH_VALUE_BYTES = 48 };
struct slice batch_write(struct batch_id batch, char out[BATCH_VALUE_BYTES]);
/* False: it is no batch; *ret is left alone. A name that we do not know is no error. */
bool batch_read(struct slice value, struct batch_id *ret);
