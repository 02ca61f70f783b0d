#include "flow/campaign_keys.h"

#define ROW(key, read, kind, least, most, where)                                                   \
    {key, CAMPAIGN_KEY_##kind, least, most, CAMPAIGN_##where},
const struct campaign_key campaign_keys[CAMPAIGN_KEYS_COUNT] = {CAMPAIGN_KEY_ROWS(ROW)};
#undef ROW

const struct campaign_key *campaign_key_find(struct slice name)
{
    for (size_t i = 0; i < CAMPAIGN_KEYS_COUNT; i++)
        if (slice_is(name, campaign_keys[i].name)) return &campaign_keys[i];
    return NULL;
}
