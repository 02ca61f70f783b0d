#pragma once
/* What the scripts of this room are asked, by name: for C and for Lua from one list. */
#include "store/script_names.h"

#define MARK_IN_KEYS(X, P)                                                                         \
    X(P, STORE)  /* the hash of the store itself */                                                \
    X(P, PEERS)  /* hash: process → the run that it checked in for, and when */                  \
    X(P, FORMER) /* set: ids of before a restore */                                                \
    X(P, AUDIT)                                                                                    \
    X(P, FENCES) /* the last one */                                                                \
    X(P, BOOK)   /* the direct book */                                                             \
    X(P, BOOK_LEDGER)                                                                              \
    X(P, UNQUEUED) /* its messages that are perhaps on no queue */                                 \
    X(P, LIVES)    /* hash: name → life of the process that took it last */

#define MARK_IN_ARGS(X, P)                                                                         \
    X(P, NOW) /* [µs] or "" */                                                                    \
    X(P, INSTANCE)                                                                                 \
    X(P, ID)     /* that it knows; "" = none */                                                    \
    X(P, SEEN)   /* the highest mark that it has seen */                                           \
    X(P, ADOPTS) /* "1": a store that calls this id a former one is taken as it is */              \
    X(P, NEW_ID) /* for a store that has none */                                                   \
    X(P, RUN)    /* of the Redis process; "" = not told */                                         \
    X(P, GRACE)  /* [ms] */                                                                        \
    X(P, LIFE)   /* as it was told at its first check-in; "" = this is the first */                \
    X(P, TWIN)   /* "1": it was told that another one has its name */                              \
    X(P, KNOWN)  /* and on: whom it knew of */

/* ---- restore_people.lua ---- */
#define PEOPLE_KEYS(X, P)                                                                          \
    X(P, CAMPAIGN)                                                                                 \
    X(P, LEDGER)                                                                                   \
    X(P, DETAILS)                                                                                  \
    X(P, WORDS)   /* hash: index → mark, process and kind of the last word that counted */       \
    X(P, TOUCHED) /* set: campaigns that have such a hash */                                       \
    X(P, CONTACTS)                                                                                 \
    X(P, STORE)

#define PEOPLE_ARGS(X, P)                                                                          \
    X(P, NOW) /* [µs] or "" */                                                                    \
    X(P, INSTANCE)                                                                                 \
    X(P, CAMPAIGN_ID)                                                                              \
    X(P, STAMP) /* of their references */                                                          \
    X(P, MARK)                                                                                     \
    X(P, LATE)  /* '1': the store goes on already, nobody but the pending and unknown are moved */ \
    X(P, FIRST) /* nibble of offset 0 */                                                           \
    X(P, OFFSETS)  /* a byte each */                                                               \
    X(P, STATES)   /* a byte each: what became of them; "" = they were granted */                  \
    X(P, PRINT_OF) /* offsets, a byte each: whose prints follow */                                 \
    X(P, PRINTS)   /* core/cap.h */                                                                \
    X(P, MINUTE)   /* of their contacts [since 1970] */                                            \
    X(P, TIMES)    /* how many contacts of each are to be known */                                 \
    X(P, OFFERS)   /* the session that each was told of, 4 bytes; "" = nobody was */

/* ---- restore_report.lua ---- */
#define REPORT_KEYS(X, P)                                                                          \
    X(P, STORE)                                                                                    \
    X(P, PEERS)                                                                                    \
    X(P, FORMER)                                                                                   \
    X(P, AUDIT)                                                                                    \
    X(P, CAMPAIGNS)   /* what their keys begin with */                                             \
    X(P, BOOK_LEDGER) /* of the direct book */                                                     \
    X(P, UNQUEUED)    /* its messages that are perhaps on no queue */

#define REPORT_ARGS(X, P)                                                                          \
    X(P, NOW)                                                                                      \
    X(P, INSTANCE)                                                                                 \
    X(P, ID)      /* that it knew; "" = none */                                                    \
    X(P, NEW_ID)  /* for when it is over */                                                        \
    X(P, SINCE)   /* when it went back of which this is told [wall ms] */                          \
    X(P, BROUGHT) /* '1': all is brought, '0': this is missing */                                  \
    X(P, SUMMARY) /* numbers with blanks between (struct restore_tally) */                         \
    X(P, LOST)    /* and on: campaign and stamp, people, … */

enum {
    SCRIPT_ENUM(MARK_IN_KEYS, MARK_IN_KEY_),
    SCRIPT_ENUM(MARK_IN_ARGS, MARK_IN_ARG_),
    SCRIPT_ENUM(PEOPLE_KEYS, PEOPLE_KEY_),
    SCRIPT_ENUM(PEOPLE_ARGS, PEOPLE_ARG_),
    SCRIPT_ENUM(REPORT_KEYS, REPORT_KEY_),
    SCRIPT_ENUM(REPORT_ARGS, REPORT_ARG_),
};
