/* What the gate has granted leaves only when the journal has it on the disk (flow/journal.h): a Redis
 * that forgets can be told then whom not to text again. The people of one reply of the gate wait
 * together, and for one sync with those of others. */
#include "batch.h"
#include "outlet.h"
#include "private.h"

#include "core/index.h"
#include "flow/journal.h"
#include "io/person_number.h"

enum {
    LEAVES_LATE_US = 3000000, /* behind a slot, as in store/gate/rules/cap.lua */
    MINUTE_US = 60000000,
};

int64_t durable_lead_us(const struct dispatch *d)
{
    const struct journal *j = d->config.journal;
    return pace_clock_lead_us(&d->clock) + (j ? journal_lead_us(j) : 0);
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

static struct journal_people people_of(const struct batch *b, const uint8_t *offsets, size_t n)
{
    const struct ref first = batch_ref(b, 0);
    return (struct journal_people){.campaign = first.campaign,
                                   .stamp = first.stamp,
                                   .first = first.index,
                                   .offsets = offsets,
                                   .n = n};
}

/* Nothing where contacts do not count. */
static void add_contacts(struct journal *j, uint64_t mark, const struct batch *b,
                         struct journal_people who, int64_t minute)
{
    uint8_t prints[BLOCK_ROWS * CAP_PRINT_BYTES];
    if (batch_direct(b) || !cap_is_on(batch_dispatch(b)->config.cap)) return;
    for (size_t i = 0; i < who.n; i++)
        cap_print(person_number_canonical(batch_number(b, who.offsets[i])),
                  prints + CAP_PRINT_BYTES * i);
    who.prints = prints;
    who.minute = (uint32_t)minute;
    journal_contacts(j, mark, &who);
}

/* Nothing where nobody is told of a session. */
static void add_offers(struct journal *j, uint64_t mark, const struct grant *list,
                       struct journal_people who)
{
    uint32_t sessions[BLOCK_ROWS];
    bool is_any_told = false;
    size_t n = 0;
    for (const struct grant *g = list; g; g = g->next) {
        sessions[n++] = g->session;
        is_any_told = is_any_told || g->session != 0;
    }
    who.sessions = sessions;
    if (is_any_told) journal_offers(j, mark, &who);
}

static void add(struct journal *j, uint64_t mark, const struct grant *list)
{
    const struct batch *b = list->share->batch;
    uint8_t offsets[BLOCK_ROWS];
    size_t n = 0;
    int64_t last_us = 0;
    for (const struct grant *g = list; g; g = g->next) {
        offsets[n++] = g->offset;
        if (g->redis_us > last_us) last_us = g->redis_us;
    }
    const struct journal_people who = people_of(b, offsets, n);
    add_contacts(j, mark, b, who, (last_us + LEAVES_LATE_US) / MINUTE_US + 1);
    add_offers(j, mark, list, who);
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

void durable_untexted(struct batch *b, uint64_t mark, const uint8_t *offsets, size_t n,
                      int64_t since_us)
{
    struct journal *j = batch_dispatch(b)->config.journal;
    if (j && n) add_contacts(j, mark, b, people_of(b, offsets, n), since_us / MINUTE_US);
}

void durable_recorded(struct batch *b, uint64_t mark, const uint8_t *offsets, const uint8_t *states,
                      size_t n)
{
    struct journal *j = batch_dispatch(b)->config.journal;
    const struct journal_people who = people_of(b, offsets, n);
    if (j) journal_outcome(j, mark, &who, states);
}
