/* Leases of the batches that are held are prolonged three times in their life. One that is lost
 * ends the sending from here at once: what is in flight there is somebody else's to settle. */
#include "batch.h"
#include "private.h"

#include "core/index.h"

#include <stdlib.h>

struct renewal {
    struct dispatch *d;
    size_t n;
    int64_t until_us;
    struct lease_ref leases[LEDGER_RENEW_MAX];
};

static struct batch *find_batch(struct dispatch *d, struct lease_ref lease)
{
    for (struct batch *b = d->batches; b; b = batch_next(b)) {
        struct lease_ref held = batch_lease(b);
        if (held.fence == lease.fence && held.batch.campaign == lease.batch.campaign &&
            held.batch.first == lease.batch.first)
            return b;
    }
    return NULL;
}

static void on_renewed(void *arg, int result, struct slice kept)
{
    struct renewal *r = arg;
    for (size_t i = 0; result == 0 && i < r->n; i++) {
        struct batch *b = find_batch(r->d, r->leases[i]);
        if (!b || !batch_is_held(b)) continue;
        if (i < kept.n && kept.p[i] == RENEW_STAYS) {
            batch_renew(b, r->until_us);
            continue;
        }
        if (!batch_is_open(b)) continue;
        log_warn("batch %u of campaign %u is no longer ours: nothing more of it is sent from here",
                 index_block(r->leases[i].batch.first), r->leases[i].batch.campaign);
        batch_lose(b);
        batch_check_end(b);
    }
    /* The next regular turn may be too late for leases that were not prolonged this time. */
    if (result < 0) loop_timer_in(r->d->renew, RETRY_US);
    free(r);
}

static void send_renewal(struct renewal *r)
{
    if (r->n == 0) {
        free(r);
        return;
    }
    ledger_renew(r->d->config.ledger, r->leases, r->n, r->d->config.lease_ms * 1000, on_renewed, r);
}

static struct renewal *renewal_new(struct dispatch *d)
{
    struct renewal *r = xcalloc(1, sizeof *r);
    r->d = d;
    r->until_us = clock_mono_us() + d->config.lease_ms * 1000;
    return r;
}

void lease_renew(void *arg)
{
    struct dispatch *d = arg;
    struct renewal *r = renewal_new(d);
    for (struct batch *b = d->batches; b; b = batch_next(b)) {
        if (!batch_is_held(b)) continue;
        r->leases[r->n++] = batch_lease(b);
        if (r->n < LEDGER_RENEW_MAX) continue;
        send_renewal(r);
        r = renewal_new(d);
    }
    send_renewal(r);
    loop_timer_in(d->renew, d->config.lease_ms * 1000 / 3);
}
