#pragma once
/* The states of a recipient in a campaign's ledger, four bits each, and which may follow which. The
 * Lua scripts get this very table as text (state_lua_prelude), so that there is one law and not
 * two. */
#include "base/buf.h"

/* name, nibble, text */
#define STATE_TABLE(X)                                                                             \
    X(STATE_PENDING, 0, "pending")         /* to be sent */                                        \
    X(STATE_IN_FLIGHT, 1, "in_flight")     /* passed the gate, outcome not recorded */             \
    X(STATE_ACCEPTED, 2, "accepted")       /* the provider took it */                              \
    X(STATE_SENT, 3, "sent")               /* receipt: handed on */                                \
    X(STATE_DELIVERED, 4, "delivered")     /* receipt: on the phone */                             \
    X(STATE_READ, 5, "read")               /* receipt: seen */                                     \
    X(STATE_UNDELIVERED, 6, "undelivered") /* receipt: it will not arrive */                       \
    X(STATE_REFUSED, 7, "refused")         /* the provider said no to this person */               \
    X(STATE_SKIPPED, 8, "skipped")         /* the gate said no: suppressed, not expandable */      \
    X(STATE_EXPIRED, 9, "expired")         /* the deadline passed first */                         \
    X(STATE_CANCELLED, 10, "cancelled")    /* the campaign was cancelled first */                  \
    X(STATE_UNKNOWN, 11, "unknown")        /* handed over, nobody knows: never resent by guess */

enum state {
#define X(name, nibble, text) name = nibble,
    STATE_TABLE(X)
#undef X
        STATE_COUNT
};

/* Static. From a text: false, and *ret untouched, when there is none of that name. */
const char *state_to_string(enum state s);
bool state_from_string(struct slice text, enum state *ret);

/* Who says so decides what may follow. */
enum state_cause {
    CAUSE_GATE,    /* the gate and the sweeps: from pending only */
    CAUSE_OUTCOME, /* the response to our request, by the dispatcher that had the lease last */
    CAUSE_LATE,    /* the same when another has taken the batch over: settles unknown, moves nothing
                      else */
    CAUSE_RECEIPT, /* the provider's report, signed with our reference: forward only */
    CAUSE_PERSON,  /* campaign resolve: unknown back to pending, or left as refused */
    CAUSE_PART,    /* a receipt that may be about one part of a longer text: one that failed counts,
                      whatever was said of the others */
    CAUSE_AGAIN,   /* campaign resume: only those to whom the provider did not send, for a reason
                      that has nothing to do with them (docs/adr/0012) */
    CAUSE_COUNT
};
const char *state_cause_to_string(enum state_cause cause);

/* Whether `from` → `to` may happen for this cause. from == to is never a move. */
bool state_may_move(enum state_cause cause, enum state from, enum state to);

/* Appends Lua locals: the states by name (`PENDING`, `IN_FLIGHT`, …). */
void state_lua_names(struct buf *b);
/* The same, and the law: `MAY[cause][from * 16 + to]`. */
void state_lua_prelude(struct buf *b);
