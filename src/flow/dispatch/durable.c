/* What the gate has granted leaves only when the journal has it on the disk (flow/journal.h): a Redis
 * that forgets can be told then whom not to text again. The people of one reply of the gate wait
 * together, and for one sync with those of others. */
#include "batch.h"
#include "outlet.h"
#include "private.h"

#include "core/index.h"
#include "flow/journal.h"

enum { SYNC_LEAD_MAX_US = 250 * 1000 };

int64_t durable_lead_us(const struct dispatch *d)
{
    int64_t lead = pace_clock_lead_us(&d->clock);
    if (!d->config.journal) return lead;
    int64_t sync = journal_sync_us(d->config.journal) * 5 / 4;
    return lead + (sync < SYNC_LEAD_MAX_US ? sync : SYNC_LEAD_MAX_US);
}

/* Their batch is here as long as any of them is open. */
static void on_synced(void *arg, int result)
{
    struct grant *list = arg;
    struct outlet *o = list->share->outlet;
    if (result == 0)
        send_may_leave(list);
    else
        send_may_not_leave(list);
    outlet_wake(o);
}

static void add(struct journal *j, uint64_t mark, const struct grant *list)
{
    const struct batch *b = list->share->batch;
    const struct ref first = batch_ref(b, 0);
    uint8_t offsets[BLOCK_ROWS];
    struct journal_people who = {
        .campaign = first.campaign, .stamp = first.stamp, .first = first.index, .offsets = offsets};
    for (const struct grant *g = list; g; g = g->next)
        offsets[who.n++] = g->offset;
    journal_grant(j, mark, &who);
}

void durable_granted(struct grant *list, uint64_t mark)
{
    if (!list) return;
    struct journal *j = list->share->outlet->d->config.journal;
    if (!j) {
        send_may_leave(list);
        return;
    }
    add(j, mark, list);
    journal_sync(j, on_synced, list);
}

void durable_recorded(struct batch *b, uint64_t mark, const uint8_t *offsets, const uint8_t *states,
                      size_t n)
{
    struct journal *j = batch_dispatch(b)->config.journal;
    const struct ref first = batch_ref(b, 0);
    const struct journal_people who = {.campaign = first.campaign,
                                       .stamp = first.stamp,
                                       .first = first.index,
                                       .offsets = offsets,
                                       .n = n};
    if (j) journal_outcome(j, mark, &who, states);
}
