#pragma once
/* What inbound.lua is asked, by name: for C and for Lua from one list each, in the order of ARGV. */
#include "store/script_names.h"

/* Once for the call. */
#define INBOUND_CALL_ARGS(X, P)                                                                    \
    X(P, PREFIX)                                                                                   \
    X(P, MESSAGES_MAX)      /* of a conversation */                                                \
    X(P, HELP_AGAIN)        /* [ms] HELP is answered at most once in so long */                    \
    X(P, STRANGERS_MAX)     /* their conversations */                                              \
    X(P, STRANGER_PER_HOUR) /* messages that are kept */                                           \
    X(P, FIRST)             /* here the first event begins */

/* Of each event. */
#define INBOUND_EVENT_ARGS(X, P)                                                                   \
    X(P, NOW) /* [wall ms] */                                                                      \
    X(P, AT)  /* [wall ms] when it happened */                                                     \
    X(P, GATEWAY)                                                                                  \
    X(P, EVENT)       /* its identity */                                                           \
    X(P, REMEMBER)    /* [ms] how long that is kept */                                             \
    X(P, KIND)        /* inbox_kind_to_string */                                                   \
    X(P, GROUP)       /* of whom nobody knows */                                                   \
    X(P, KEY)         /* as the door read it */                                                    \
    X(P, WHO)         /* what the key is: inbox_who_to_string */                                   \
    X(P, TAKES_ID)    /* '1': the gateway takes user ids */                                        \
    X(P, USER_ID)     /* that came along, or "" */                                                 \
    X(P, PARENT_ID)   /* or "" */                                                                  \
    X(P, NEW_KEY)     /* of a change, or "" */                                                     \
    X(P, NEW_ID)      /* of a change, or "" */                                                     \
    X(P, SENDER)      /* the number or name they wrote to */                                       \
    X(P, NAME)        /* of the person, or "" */                                                   \
    X(P, CAMPAIGNS)   /* in how many to look for them, the newest first; 0: nobody is asked */     \
    X(P, OWN_GROUP)   /* of the gateway's own inbox, or "" */                                      \
    X(P, TAGS)        /* with commas */                                                            \
    X(P, ANSWER)      /* automatic, or "" */                                                       \
    X(P, SAID_IN)     /* the same by language, JSON, or "" */                                      \
    X(P, STOPPING)    /* groups whose people mean STOP by it: " leeds york ", or "" */             \
    X(P, SCOPE)       /* of a STOP */                                                              \
    X(P, HOLDS)       /* '1': it sounds like STOP */                                               \
    X(P, OLDER)       /* older spellings of the key, with spaces */                                \
    X(P, LINE)        /* the beginning of what came, for lists; or "" */                           \
    X(P, WINDOW)      /* [ms] an answer goes out only so long after their last word; 0 = always */ \
    X(P, MESSAGE)     /* JSON */                                                                   \
    X(P, RECORD)      /* of a suppression, JSON */                                                 \
    X(P, STOP_RECORD) /* the same, where it is STOP to STOPPING */

enum { SCRIPT_ENUM(INBOUND_CALL_ARGS, INBOUND_CALL_) };
enum { SCRIPT_ENUM(INBOUND_EVENT_ARGS, INBOUND_EVENT_) };
enum { INBOUND_EVENT_WIDTH = INBOUND_EVENT_END - 1 };
