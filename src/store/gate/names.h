#pragma once
/* What the scripts of this room are asked, by name: for C and for Lua from one list, in the order of
 * KEYS and ARGV. The letters of their answers are in store/ledger.h. Each begins its arguments with
 * NOW: the time [µs], or "" for Redis' own (ledger_prelude.lua). */
#include "store/ledger.h"
#include "store/script_names.h"

/* ---- gate.lua ---- */
#define GATE_KEYS(X)                                                                               \
    X(CAMPAIGN)                                                                                    \
    X(LEDGER)                                                                                      \
    X(DETAILS)                                                                                     \
    X(LEASES)                                                                                      \
    X(LIMITER)    /* of the gateway */                                                             \
    X(STOP_ALL)   /* s:all */                                                                      \
    X(STOP_GROUP) /* s:{group} */                                                                  \
    X(STOP_HELD)  /* s:hold */                                                                     \
    X(SENDERS)    /* and on: their limiters; none when senders have no rate of their own */

#define GATE_ARGS(X)                                                                               \
    X(NOW)                                                                                         \
    X(FIELD) /* of the lease */                                                                    \
    X(FENCE)                                                                                       \
    X(FIRST)       /* nibble of offset 0 */                                                        \
    X(LEAD)        /* [µs] from now to the earliest slot */                                       \
    X(REACH)       /* [µs] from there to the latest one */                                        \
    X(RATE)        /* [1/s] of the gateway */                                                      \
    X(SENDER_RATE) /* [1/s] 0 = none */                                                            \
    X(GRANTS_MAX)                                                                                  \
    X(FLAGS)                                                                                       \
    X(OFFSETS)    /* a byte each, ascending */                                                     \
    X(SENDER_OF)  /* a byte each: which of SENDERS */                                              \
    X(GIVEN_BACK) /* slots that nobody used [µs], with blanks between */                          \
    X(HOURS_OF)   /* a byte each: which of HOURS; "" = any hour */                                 \
    X(HOURS)      /* open and close [µs], with blanks between; 0 0 = never */                     \
    X(QUEUE_FULL) /* so many in the book of the provider's queue are the most, 0 = no bound */     \
    X(QUEUE_SPAN) /* [µs] how long those take at the rate */                                      \
    X(NUMBERS)    /* and on: whom to look for among the suppressed */

#define GATE_FLAGS(X)                                                                              \
    X(TO_SUPPRESSED, 'f') /* goes to the suppressed, too */                                        \
    X(IS_REPLY, 'r')      /* may use what blasts leave free, and goes to the held */

/* ---- record.lua ---- */
#define RECORD_KEYS(X)                                                                             \
    X(CAMPAIGN)                                                                                    \
    X(LEDGER)                                                                                      \
    X(DETAILS)                                                                                     \
    X(LEASES)                                                                                      \
    X(LIMITER) /* of the gateway; none when nobody here is counted in the provider's queue */

#define RECORD_ARGS(X)                                                                             \
    X(NOW)                                                                                         \
    X(CAUSE)      /* state_cause_to_string */                                                      \
    X(FIELD)      /* of the lease */                                                               \
    X(FENCE)      /* 0 = none */                                                                   \
    X(FIRST)      /* nibble of offset 0 */                                                         \
    X(OFFSETS)    /* a byte each */                                                                \
    X(STATES)     /* a byte each: what they move to */                                             \
    X(QUEUE_FULL) /* so many in the book of the provider's queue are the most */                   \
    X(QUEUE_SPAN) /* [µs] how long those take at the rate */                                      \
    X(COUNTED)    /* which of these people are counted there, from 1, with blanks between */       \
    X(TOLD)       /* what a receipt says besides (RECORD_TOLD), with blanks between; "" */         \
    X(REASONS)    /* and on: a text each; those at the end may be left out when they are "" */

/* What a receipt tells; struct receipt_told says what each is. */
#define RECORD_TOLD(X)                                                                             \
    X(STAMP)                                                                                       \
    X(FAULT)                                                                                       \
    X(FILTERED)                                                                                    \
    X(FAILED_MAX)   /* [%] 0 = any share is fine */                                                \
    X(FILTERED_MAX) /* [%] */                                                                      \
    X(RECEIPTS_MIN)                                                                                \
    X(FAULTS_MAX)

/* ---- the lease ---- */
#define LEASE_KEYS(X)                                                                              \
    X(CAMPAIGN)                                                                                    \
    X(LEDGER)                                                                                      \
    X(DETAILS)                                                                                     \
    X(LEASES)                                                                                      \
    X(OUTSTANDING) /* blocks */                                                                    \
    X(KEPT)        /* blocks */                                                                    \
    X(FENCES)      /* the last one */

#define LEASE_ARGS(X)                                                                              \
    X(NOW)                                                                                         \
    X(FIELD)                                                                                       \
    X(INSTANCE)                                                                                    \
    X(BOOT)  /* larger for each start of the instance */                                           \
    X(SPAN)  /* [µs] */                                                                           \
    X(FIRST) /* nibble */                                                                          \
    X(COUNT) /* of nibbles */                                                                      \
    X(BLOCK) /* its number; "" = a direct message */

#define END_KEYS(X)                                                                                \
    X(CAMPAIGN)                                                                                    \
    X(LEDGER)                                                                                      \
    X(LEASES)                                                                                      \
    X(OUTSTANDING)                                                                                 \
    X(KEPT)

#define END_ARGS(X)                                                                                \
    X(NOW)                                                                                         \
    X(FIELD)                                                                                       \
    X(FENCE)                                                                                       \
    X(FIRST)                                                                                       \
    X(COUNT)                                                                                       \
    X(BLOCK)                                                                                       \
    X(NOT_BEFORE) /* [wall ms] 0 = at once */

/* ---- the small ones ---- */
#define RENEW_ARGS(X)                                                                              \
    X(NOW)                                                                                         \
    X(SPAN)  /* [µs] */                                                                           \
    X(PAIRS) /* and on: field and fence of each; KEYS are the leases' hashes, one a lease */

#define SWEEP_KEYS(X)                                                                              \
    X(CAMPAIGN)                                                                                    \
    X(LEDGER)
#define SWEEP_ARGS(X)                                                                              \
    X(NOW)                                                                                         \
    X(STATE) /* that they move to */                                                               \
    X(FIRST) /* nibble */                                                                          \
    X(COUNT) /* of nibbles */

#define NOW_ARGS(X) X(NOW)

#define SLOW_KEYS(X) X(LIMITER)
#define SLOW_ARGS(X)                                                                               \
    X(NOW)                                                                                         \
    X(HOLD) /* [µs] from now */

#define AGAIN_KEYS(X) X(CAMPAIGN)
#define AGAIN_ARGS(X)                                                                              \
    X(NOW)                                                                                         \
    X(INDEXES) /* and on */

enum {
#define X(name) GATE_KEY_##name,
    GATE_KEY_0 = 0,
    GATE_KEYS(X)
#undef X
#define X(name) GATE_ARG_##name,
        GATE_ARG_0 = 0,
    GATE_ARGS(X)
#undef X
#define X(name, letter) GATE_FLAG_##name = letter,
        GATE_FLAGS(X)
#undef X
#define X(name) RECORD_KEY_##name,
            RECORD_KEY_0 = 0,
    RECORD_KEYS(X)
#undef X
#define X(name) RECORD_ARG_##name,
        RECORD_ARG_0 = 0,
    RECORD_ARGS(X)
#undef X
};

/* Each appends the names that stand before its script. */
void gate_names(struct buf *b);
void record_names(struct buf *b);
void lease_names(struct buf *b);
void end_names(struct buf *b);
void renew_names(struct buf *b);
void sweep_names(struct buf *b);
void slow_names(struct buf *b);
void again_names(struct buf *b);
void now_name(struct buf *b); /* of scripts that have no list: NOW is the first for all */
