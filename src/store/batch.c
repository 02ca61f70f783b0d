#include "store/batch.h"

#include <inttypes.h>
#include <stdio.h>

#include <jansson.h>

#include "base/check.h"

struct slice batch_write(struct batch_id batch, char out[BATCH_VALUE_BYTES])
{
    const char *name = batch.campaign ? "b" : "i";
    uint32_t at = batch.campaign ? index_block(batch.first) : batch.first;
    int n = snprintf(out, BATCH_VALUE_BYTES, "{\"c\":%" PRIu32 ",\"%s\":%" PRIu32 "}",
                     batch.campaign, name, at);
    check(n < BATCH_VALUE_BYTES);
    return slice_make(out, (size_t)n);
}

bool batch_read(struct slice value, struct batch_id *ret)
{
    json_t *root = json_loadb(value.p, value.n, JSON_REJECT_DUPLICATES, NULL);
    json_t *campaign = json_object_get(root, "c"), *block = json_object_get(root, "b");
    json_t *index = json_object_get(root, "i");
    bool ok = json_is_integer(campaign) && (json_is_integer(block) || json_is_integer(index));
    json_int_t c = json_integer_value(campaign), at = json_integer_value(block ? block : index);
    json_decref(root);
    if (!ok || c < 0 || c > UINT32_MAX || at < 0 || (c > 0) != (block != NULL)) return false;
    if (at > (c ? INDEX_BLOCK_MAX : UINT32_MAX)) return false;
    *ret = c ? batch_of_block((uint32_t)c, (uint32_t)at) : batch_of_direct((uint32_t)at);
    return true;
}
