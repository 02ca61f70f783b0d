#pragma once
/* How much may build up in a provider's own queue: what it has taken and not yet passed on cannot
 * be recalled by pause or cancel, and stands before a human's reply.
 *
 * The book of it is kept in Redis by the record script and read by the gate: of the messages of
 * campaigns that the provider took, one in every `step`, until a receipt tells of it. Campaign
 * and index decide which are counted, so the reader of a receipt can tell. Replies are not counted,
 * and are never held back. docs/SCHEDULER.md says what holds and what does not. */
#include "store/store.h"

enum {
    PROVIDER_QUEUE_MIN = 20, /* messages: no bound is smaller, a lost receipt must not matter */
    PROVIDER_QUEUE_SAMPLES = 256, /* how finely a full queue is counted, at least */
};

struct provider_queue {
    const char *gateway; /* borrowed */
    int64_t max;         /* messages taken and not yet passed on; 0 = no bound */
    int64_t step;        /* one message in so many is counted; ≥ 1 */
    int64_t full;        /* so many in the book: the gate waits */
    int64_t window_us;   /* how long `max` messages take at the gateway's rate */
};

/* rate_per_s > 0; max_s [s] of work at that rate, 0 = no bound. */
struct provider_queue provider_queue_of(const char *gateway, double rate_per_s, int max_s);
/* Whether that message is one of those that are counted. false for direct ones (campaign 0), and
 * without a bound (q may be NULL). O(1). */
bool provider_queue_counts(const struct provider_queue *q, uint32_t campaign, uint32_t index);

/* How much the provider has taken and not yet passed on, to within a step. taken < 0: nobody knows
 * (Redis gave no reply, or no receipt of that gateway has come for long). Runs once, from the
 * loop. */
typedef void provider_queue_cb(void *arg, int64_t taken);
void provider_queue_look(struct store *s, const struct provider_queue *q, provider_queue_cb *cb,
                         void *arg);
