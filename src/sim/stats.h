#pragma once
/* What happened, counted. Rates are exact: the most that any sliding second held, in all and by
 * sender, over the moments at which send requests were complete (throttled and refused ones too:
 * they were sent). */
#include "base/buf.h"

struct stats;

enum { STATS_SENDERS_MAX = 1000, STATS_REASONS_MAX = 128 };

struct stats_counters {
    uint64_t requests, accepted, duplicates;
    uint64_t after_stop; /* accepted for somebody who wrote STOP and got the confirmation */
    uint64_t receipts_sent, receipts_failed, replies_sent, replies_failed;
    uint64_t posts_retried, posts_dropped;
    int64_t first_accepted_ms, last_accepted_ms; /* [ms since 1970]; 0 = none */
};

struct stats *stats_new(void);    /* returns owned */
void stats_free(struct stats *s); /* NULL is fine */
void stats_clear(struct stats *s);
struct stats_counters *stats_counters(struct stats *s);
/* A send request arrived; sender none = it was not readable. Beyond STATS_SENDERS_MAX senders they
 * are counted in all, not by name. */
void stats_arrival(struct stats *s, struct slice sender, int64_t now_us);
void stats_rejected(struct stats *s,
                    const char *reason); /* the reason is borrowed for ever (static) */
void stats_accepted(struct stats *s, bool again, int64_t now_ms);

/* What others know about now. */
struct stats_live {
    uint64_t in_flight, pending;
    uint64_t queued, queued_highest; /* taken and not passed on */
    int64_t cpu_us;
};
void stats_write(struct stats *s, const struct stats_live *live, struct buf *json);
