/* What the calls of store/ledger.h have in common. No decision is made in C: it asks, and the
 * scripts decide. */
#include "private.h"

#include <stdlib.h>

struct ledger *ledger_new(struct store *s, const char *instance, int64_t boot)
{
    check(strchr(instance, ' ') == NULL);
    struct ledger *l = xcalloc(1, sizeof *l);
    *l = (struct ledger){.store = s, .instance = xstrdup(instance), .boot = boot};
    return l;
}

void ledger_free(struct ledger *l)
{
    if (!l) return;
    free(l->instance);
    free(l);
}

struct call *ledger_call(struct ledger *l, const struct script *script, uint32_t campaign)
{
    struct call *c = call_begin(l->store, script);
    call_key(c, "c:%u", campaign);
    return c;
}

void ledger_add_field(struct call *c, struct batch_id b)
{
    if (b.campaign == 0)
        call_f(c, "i%u", b.first);
    else
        call_u64(c, index_block(b.first));
}

void ledger_add_block(struct call *c, struct batch_id b)
{
    if (b.campaign == 0)
        call_str(c, "");
    else
        call_u64(c, index_block(b.first));
}
