#pragma once
/* What the scripts of this room are asked, by name: for C and for Lua from one list. */
#include "store/script_names.h"

#define MARK_IN_KEYS(X, P)                                                                         \
    X(P, STORE)  /* the hash of the store itself */                                                \
    X(P, PEERS)  /* hash: process → the run that it checked in for, and when */                  \
    X(P, FORMER) /* set: ids of before a restore */                                                \
    X(P, AUDIT)

#define MARK_IN_ARGS(X, P)                                                                         \
    X(P, NOW) /* [µs] or "" */                                                                    \
    X(P, INSTANCE)                                                                                 \
    X(P, ID)     /* that it knows; "" = none */                                                    \
    X(P, SEEN)   /* the highest mark that it has seen */                                           \
    X(P, NEW_ID) /* for a store that has none */                                                   \
    X(P, RUN)    /* of the Redis process; "" = not told */                                         \
    X(P, GRACE)  /* [ms] */                                                                        \
    X(P, KNOWN)  /* and on: whom it knew of */

enum {
    SCRIPT_ENUM(MARK_IN_KEYS, MARK_IN_KEY_),
    SCRIPT_ENUM(MARK_IN_ARGS, MARK_IN_ARG_),
};
