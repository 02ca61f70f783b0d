#pragma once
/* The promises, watched after every step of a run: what the ledger says is compared with what truly
 * happened at the providers. The first one that is broken ends the run with the seed and the time.
 */
#include "sim_gateway.h"
#include "sim_redis.h"

#include "core/ref.h"
#include "core/state.h"

#define PREFIX "muster:"

enum { PROMISED_CAMPAIGNS_MAX = 64, PROMISED_DIRECT_MAX = 256, PROMISED_NODES_MAX = 3 };

/* A window of the day by the clock where the person is. */
struct promised_hours {
    int open_min, close_min;   /* [minutes] of the day, [open, close); equal: never */
    const int16_t *offset_min; /* by index: that clock is so far ahead of UTC; borrowed */
};

/* What the plan knows about a campaign. Campaign 0 is the direct book. */
struct promised_campaign {
    uint32_t id;
    int gateway;
    int64_t deadline_ms;     /* 0 = none */
    const uint64_t *numbers; /* by index, 0 = a hole; borrowed. NULL: not known (direct) */
    const struct promised_hours *hours; /* NULL = any; borrowed */
    size_t count;                       /* indexes */
    double weight;                      /* of its lane, a blast's is 1 */
};

void promises_begin(const uint8_t ref_key[REF_KEY_BYTES]);
void promises_end(void);
void promises_add_gateway(int gateway, int rate_per_s, int sender_rate_per_s);
void promises_add_campaign(const struct promised_campaign *c);
/* Nothing goes wrong in this world but what gateway 1 does to itself: gateway 0 is used, and
 * everybody gets their share of it. hiccup_us [µs]: for how long a machine may keep a process from
 * running now and then. */
void promises_expect_quiet(int dispatchers, int64_t hiccup_us);

/* Something happened after which nobody may know what became of those who are in flight. */
void promises_fault(void);
void promises_clock_jumped(void);

/* Other keys were put in the place of those that there were. Afterwards nothing is sent until it is made good, but where no journal knows
 * that anything is missing. */
void promises_went_back(void);
/* Nobody knows that campaign any more. */
bool promises_is_lost(uint32_t campaign);
/* Whoever asked for it was told that it is so: it stays so, whatever becomes of the store. */
void promises_stop_answered(uint64_t number);
void promises_cancel_answered(uint32_t campaign);

extern const struct sim_gateway_watch promises_gateway_watch;
void promises_see_command(const struct sim_done *done); /* for sim_redis_watch */
/* A receipt was stored, so that the provider does not repeat it. */
void promises_told(int gateway, struct slice ref, enum state state);
/* A direct message was recorded: it waits for a token. */
void promises_direct(uint32_t index, int gateway);

/* Nobody is in flight for longer. */
void promises_check_flight(int64_t most_us);
/* True when nobody is pending or in flight, no campaign is at work, and nobody is unknown whom the
 * provider would find. */
bool promises_all_settled(void);
/* Where it hangs, for the message. */
const char *promises_unsettled(void);
/* The last look, when all is settled: everybody's state fits what happened. */
void promises_check_end(void);
/* The status of a campaign as stored; "" when there is none yet. */
const char *promises_status(uint32_t campaign);
/* The first index of a campaign that is pending; -1: nobody is. */
long promises_first_pending(uint32_t campaign);

struct promises_totals {
    uint64_t taken, unknown, states[STATE_COUNT];
};
struct promises_totals promises_totals(void);

/* Ends the run as failed. */
_Noreturn void promise_broken(const char *fmt, ...) PRINTF_LIKE(1, 2);
