#pragma once
/* What the scripts of this room are asked, by name: for C and for Lua from one list, in the order
 * of KEYS and ARGV. The letters of their replies are in store/ledger.h. Each begins its arguments
 * with NOW: the time [µs], or "" for Redis' own (ledger_prelude.lua). */
#include "store/ledger.h"
#include "store/script_names.h"

/* ---- gate.lua ---- */
/* Its rules, in the order in which they are asked: rules/NAME.lua each. */
#define GATE_RULES(X)                                                                              \
    X(deadline)                                                                                    \
    X(forgotten)                                                                                   \
    X(stop)                                                                                        \
    X(hold)                                                                                        \
    X(consent)                                                                                     \
    X(hours)                                                                                       \
    X(provider)                                                                                    \
    X(people)                                                                                      \
    X(cap)                                                                                         \
    X(near)                                                                                        \
    X(slot) /* the last: who gets here has a slot, or waits for one */

#define GATE_KEYS(X, P)                                                                            \
    X(P, CAMPAIGN)                                                                                 \
    X(P, LEDGER)                                                                                   \
    X(P, DETAILS)                                                                                  \
    X(P, LEASES)                                                                                   \
    X(P, LIMITER)        /* of the gateway */                                                      \
    X(P, STOP_ALL)       /* s:all */                                                               \
    X(P, STOP_GROUP)     /* s:{group} */                                                           \
    X(P, STOP_HELD)      /* s:hold */                                                              \
    X(P, WITHDRAWN)      /* withdrawn:{word}: of what the campaign needs */                        \
    X(P, WITHDRAWN_KIND) /* and of what its text is */                                             \
    X(P, STORE)          /* the store itself (store/mark.h) */                                     \
    X(P, CONTACTS)       /* the book of contacts (cap/contacts.lua) */                             \
    X(P, SENDERS)        /* and on: their limiters; none when senders have no rate of their own */

#define GATE_ARGS(X, P)                                                                            \
    X(P, NOW)                                                                                      \
    X(P, FIELD) /* of the lease */                                                                 \
    X(P, FENCE)                                                                                    \
    X(P, STORE_ID)  /* that the caller knows; "" = does not know where it stands */                \
    X(P, SEEN)      /* the highest mark that it has seen */                                        \
    X(P, FIRST)     /* nibble of offset 0 */                                                       \
    X(P, OFFSETS)   /* a byte each, ascending */                                                   \
    X(P, SENDER_OF) /* a byte each: which of SENDERS */                                            \
    X(P, FLAGS)                                                                                    \
    X(P, LEAD)        /* [µs] from now to the earliest slot */                                    \
    X(P, REACH)       /* [µs] from there to the latest one */                                     \
    X(P, UNTIL)       /* [µs] of a direct message: its deadline; 0 = the campaign's */            \
    X(P, RATE)        /* [1/s] of the gateway */                                                   \
    X(P, SENDER_RATE) /* [1/s] 0 = none */                                                         \
    X(P, GRANTS_MAX)                                                                               \
    X(P, GIVEN_BACK) /* slots that nobody used [µs], with blanks between */                       \
    X(P, QUEUE_FULL) /* so many in the book of the provider's queue are the most, 0 = no bound */  \
    X(P, QUEUE_SPAN) /* [µs] how long those take at the rate */                                   \
    X(P, HOURS_OF)   /* a byte each: which of HOURS; "" = any hour */                              \
    X(P, HOURS)      /* open and close [µs], with blanks between; 0 0 = never */                  \
    X(P, CAP_DAY)    /* contacts in 24 hours, 0 = as many as come */                               \
    X(P, CAP_WEEK)   /* in 7 days */                                                               \
    X(P, PRINTS)     /* CAP_PRINT_BYTES each; "" = there is no cap */                              \
    X(P, CONSENT)    /* a letter each (CONSENT_LETTERS); "" = nobody is asked */                   \
    X(P, NEAR_TEXTS) /* so many people are told of a session for each of its places */             \
    X(P,                                                                                           \
      NEAR_SESSIONS)  /* 3 numbers each, of 4 bytes: session, its capacity (0 = any number),     \
                           where its place stands in NEAR_PLACES, from 1 (0 = nobody said what     \
                           it needs) */ \
    X(P, NEAR_PLACES) /* numbers of 4 bytes: what it needs, how many sessions, which ones */       \
    X(P, NEAR_PER)    /* so many of the sessions for each person */                                \
    X(P, NEAR_OF) /* which they are, from 0, the best first: 2 bytes each, NEAR_NONE = no more; \
                        "" = they are told of none */  \
    X(P, NUMBERS) /* whom to look for among the suppressed, with blanks between */                 \
    X(P, PERSON)  /* instead of the number of one who has none; "" */

#define GATE_FLAGS(X)                                                                              \
    X(TO_SUPPRESSED, 'f') /* goes to the suppressed, too */                                        \
    X(IS_REPLY, 'r')      /* may use what blasts leave free, and goes to the held */

/* ---- record.lua ---- */
#define RECORD_KEYS(X, P)                                                                          \
    X(P, CAMPAIGN)                                                                                 \
    X(P, LEDGER)                                                                                   \
    X(P, DETAILS)                                                                                  \
    X(P, LEASES)                                                                                   \
    X(P, OUTSTANDING) /* blocks */                                                                 \
    X(P, STORE)       /* the store itself (store/mark.h) */                                        \
    X(P, CONTACTS)    /* the book of contacts (cap/contacts.lua) */                                \
    X(P, LIMITER)     /* of the gateway; none when nobody here is counted in the provider's queue */

#define RECORD_ARGS(X, P)                                                                          \
    X(P, NOW)                                                                                      \
    X(P, CAUSE)      /* state_cause_to_string */                                                   \
    X(P, FIELD)      /* of the lease */                                                            \
    X(P, FENCE)      /* 0 = none */                                                                \
    X(P, FIRST)      /* nibble of offset 0 */                                                      \
    X(P, OFFSETS)    /* a byte each */                                                             \
    X(P, STATES)     /* a byte each: what they move to */                                          \
    X(P, QUEUE_FULL) /* so many in the book of the provider's queue are the most */                \
    X(P, QUEUE_SPAN) /* [µs] how long those take at the rate */                                   \
    X(P, COUNTED)    /* which of these people are counted there, from 1, with blanks between */    \
    X(P, COUNT)   /* of nibbles: the batch ends when everybody in it is settled now; "" = not */   \
    X(P, BLOCK)   /* its number; "" = a direct message, or not that */                             \
    X(P, TOLD)    /* what a receipt says besides (RECORD_TOLD), with blanks between; "" */         \
    X(P, PRINTS)  /* CAP_PRINT_BYTES each; "" = nobody's contact is taken back */                  \
    X(P, SINCES)  /* of each: since when it may be [minutes], 0 = it stands; blanks between */     \
    X(P, COSTS)   /* who of these (from 1) cost how much [millionths], in how many parts; "" */    \
    X(P, REASONS) /* and on: a text each; those at the end may be left out when they are "" */

/* What a receipt tells; struct receipt_told says what each is. */
#define RECORD_TOLD(X, P)                                                                          \
    X(P, STAMP)                                                                                    \
    X(P, FAULT)                                                                                    \
    X(P, FILTERED)                                                                                 \
    X(P, FAILED_MAX)   /* [%] 0 = any share is fine */                                             \
    X(P, FILTERED_MAX) /* [%] */                                                                   \
    X(P, RECEIPTS_MIN)                                                                             \
    X(P, FAULTS_MAX)

/* ---- the lease ---- */
#define LEASE_KEYS(X, P)                                                                           \
    X(P, CAMPAIGN)                                                                                 \
    X(P, LEDGER)                                                                                   \
    X(P, DETAILS)                                                                                  \
    X(P, LEASES)                                                                                   \
    X(P, OUTSTANDING) /* blocks */                                                                 \
    X(P, KEPT)        /* blocks */                                                                 \
    X(P, FENCES)      /* the last one */

#define LEASE_ARGS(X, P)                                                                           \
    X(P, NOW)                                                                                      \
    X(P, FIELD)                                                                                    \
    X(P, INSTANCE)                                                                                 \
    X(P, BOOT)  /* larger for each start of the instance */                                        \
    X(P, SPAN)  /* [µs] */                                                                        \
    X(P, FIRST) /* nibble */                                                                       \
    X(P, COUNT) /* of nibbles */                                                                   \
    X(P, BLOCK) /* its number; "" = a direct message */

#define END_KEYS(X, P)                                                                             \
    X(P, CAMPAIGN)                                                                                 \
    X(P, LEDGER)                                                                                   \
    X(P, LEASES)                                                                                   \
    X(P, OUTSTANDING)                                                                              \
    X(P, KEPT)

#define END_ARGS(X, P)                                                                             \
    X(P, NOW)                                                                                      \
    X(P, FIELD)                                                                                    \
    X(P, FENCE)                                                                                    \
    X(P, FIRST)                                                                                    \
    X(P, COUNT)                                                                                    \
    X(P, BLOCK)                                                                                    \
    X(P, NOT_BEFORE) /* [wall ms] 0 = at once */

/* ---- the small ones ---- */
#define RENEW_ARGS(X, P)                                                                           \
    X(P, NOW)                                                                                      \
    X(P, SPAN)  /* [µs] */                                                                        \
    X(P, PAIRS) /* and on: field and fence of each; KEYS are the leases' hashes, one a lease */

#define SWEEP_KEYS(X, P)                                                                           \
    X(P, CAMPAIGN)                                                                                 \
    X(P, LEDGER)
#define SWEEP_ARGS(X, P)                                                                           \
    X(P, NOW)                                                                                      \
    X(P, STATE) /* that they move to */                                                            \
    X(P, FIRST) /* nibble */                                                                       \
    X(P, COUNT) /* of nibbles */

#define CLOCK_SET_ARGS(X, P) X(P, NOW)

#define SLOW_KEYS(X, P) X(P, LIMITER)
#define SLOW_ARGS(X, P)                                                                            \
    X(P, NOW)                                                                                      \
    X(P, HOLD) /* [µs] from now */

#define MOVED_KEYS(X, P) X(P, LIMITER)
#define MOVED_ARGS(X, P)                                                                           \
    X(P, NOW)                                                                                      \
    X(P, RATE)  /* [1/s] as the gate is asked with it */                                           \
    X(P, MOVES) /* from and to of each [µs], with blanks between; from 0 = none */

#define AGAIN_KEYS(X, P) X(P, CAMPAIGN)
#define AGAIN_ARGS(X, P)                                                                           \
    X(P, NOW)                                                                                      \
    X(P, INDEXES) /* and on */

enum {
    SCRIPT_ENUM(GATE_KEYS, GATE_KEY_),
    SCRIPT_ENUM(GATE_ARGS, GATE_ARG_),
    SCRIPT_ENUM(RECORD_KEYS, RECORD_KEY_),
    SCRIPT_ENUM(RECORD_ARGS, RECORD_ARG_),
    SCRIPT_ENUM(RECORD_TOLD, RECORD_TOLD_),
    SCRIPT_ENUM(LEASE_KEYS, LEASE_KEY_),
    SCRIPT_ENUM(LEASE_ARGS, LEASE_ARG_),
    SCRIPT_ENUM(END_KEYS, END_KEY_),
    SCRIPT_ENUM(END_ARGS, END_ARG_),
    SCRIPT_ENUM(RENEW_ARGS, RENEW_ARG_),
    SCRIPT_ENUM(SWEEP_KEYS, SWEEP_KEY_),
    SCRIPT_ENUM(SWEEP_ARGS, SWEEP_ARG_),
    SCRIPT_ENUM(SLOW_ARGS, SLOW_ARG_),
    SCRIPT_ENUM(MOVED_ARGS, MOVED_ARG_),
    SCRIPT_ENUM(AGAIN_ARGS, AGAIN_ARG_),
};
enum {
#define X(name, letter) GATE_FLAG_##name = letter,
    GATE_FLAGS(X)
#undef X
};

/* Each writes what stands before its script: the states, and its names. */
void gate_prelude(struct buf *b);
void record_prelude(struct buf *b);
void lease_prelude(struct buf *b);
void end_prelude(struct buf *b);
void renew_prelude(struct buf *b);
void sweep_prelude(struct buf *b);
void slow_prelude(struct buf *b);
void moved_prelude(struct buf *b);
void again_prelude(struct buf *b);
void clock_set_prelude(struct buf *b);
