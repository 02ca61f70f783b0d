#pragma once
/* What the parts of store/ledger.h share: gate.c, record.c, lease.c (batches and their people),
 * pace.c (the limiters), steps.c (the rest of a ledger). */
#include "store/ledger.h"

#include "names.h"
#include "store/call.h"
#include "store/ledger_parts.h"

struct ledger {
    struct store *store;
    char *instance;
    int64_t boot;
};

/* A call of that script about a campaign, with its first keys: the campaign and what C adds of it. */
struct call *ledger_call(struct ledger *l, const struct script *script, uint32_t campaign);
/* The name of the lease on a batch. */
void ledger_add_field(struct call *c, struct batch_id b);
/* The number of a block; "" = a direct message. */
void ledger_add_block(struct call *c, struct batch_id b);
