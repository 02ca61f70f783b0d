#include "store/redis_settings.h"

#include <stddef.h>

const struct redis_setting redis_settings[] = {
    {"appendonly", "yes",
     "without it a restart of redis forgets who was texted, and they are texted again"},
    {"appendfsync", "always",
     "with less, a power cut forgets the last second, and those people are texted again"},
    {"maxmemory-policy", "noeviction",
     "any other policy throws ledgers and opt-outs away when memory is short"},
    {NULL, NULL, NULL},
};
