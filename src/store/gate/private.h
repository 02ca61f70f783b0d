#pragma once
/* What the parts of store/ledger.h share: ledger.c (batches and their people), ledger_pace.c (the
 * limiters). */
#include "store/ledger.h"

#include "io/redis.h"

enum { KEY_BYTES = 192, PREFIX_BYTES_MAX = 64 };

struct ledger {
    struct redis *redis;
    char prefix[PREFIX_BYTES_MAX];
    char *instance;
    char boot[24], now[24]; /* now: "" = Redis' clock */
    struct redis_script *gate, *lease, *renew, *record, *again, *batch_end, *sweep, *slow,
        *clock_set;
};
