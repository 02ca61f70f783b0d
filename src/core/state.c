#include "core/state.h"

static const char *const names[] = {
#define X(name, nibble, text) [nibble] = text,
    STATE_TABLE(X)
#undef X
};

#define BIT(s)   (1u << (s))
#define TRUTH    (BIT(STATE_ACCEPTED) | BIT(STATE_REFUSED))
#define RECEIPTS (BIT(STATE_SENT) | BIT(STATE_DELIVERED) | BIT(STATE_READ) | BIT(STATE_UNDELIVERED))

/* may[cause][from] = set of `to`. */
static const unsigned may[CAUSE_COUNT][STATE_COUNT] = {
    [CAUSE_GATE] = {[STATE_PENDING] = BIT(STATE_IN_FLIGHT) | BIT(STATE_SKIPPED) |
                                      BIT(STATE_EXPIRED) | BIT(STATE_CANCELLED),
                    [STATE_IN_FLIGHT] = BIT(STATE_UNKNOWN)},
    /* Skipped before the gate: it cannot be sent here. */
    [CAUSE_OUTCOME] = {[STATE_PENDING] = BIT(STATE_SKIPPED),
                       [STATE_IN_FLIGHT] =
                           TRUTH | BIT(STATE_PENDING) | BIT(STATE_UNKNOWN) | BIT(STATE_SKIPPED),
                       [STATE_UNKNOWN] = TRUTH},
    [CAUSE_LATE] = {[STATE_UNKNOWN] = TRUTH},
    /* A receipt may overtake the response to the request (in flight), or tell of a message that we
     * took for not sent (pending, and what became of that since): our signature in it proves that
     * it left, so it must not leave again. sent < delivered < read; undelivered and read are final.
     * A network may also say that it does not know (SMPP's UNKNOWN): nobody knows more than before,
     * and a later receipt still may. */
    [CAUSE_RECEIPT] = {[STATE_PENDING] = RECEIPTS | BIT(STATE_UNKNOWN),
                       [STATE_IN_FLIGHT] = RECEIPTS | BIT(STATE_UNKNOWN),
                       [STATE_ACCEPTED] = RECEIPTS | BIT(STATE_UNKNOWN),
                       [STATE_UNKNOWN] = RECEIPTS | BIT(STATE_ACCEPTED),
                       [STATE_REFUSED] = RECEIPTS,
                       [STATE_SKIPPED] = RECEIPTS,
                       [STATE_EXPIRED] = RECEIPTS,
                       [STATE_CANCELLED] = RECEIPTS,
                       [STATE_SENT] = BIT(STATE_DELIVERED) | BIT(STATE_READ) |
                                      BIT(STATE_UNDELIVERED) | BIT(STATE_UNKNOWN),
                       [STATE_DELIVERED] = BIT(STATE_READ)},
    [CAUSE_PERSON] = {[STATE_UNKNOWN] = BIT(STATE_PENDING) | BIT(STATE_REFUSED)},
    [CAUSE_AGAIN] =
        {[STATE_UNDELIVERED] = BIT(STATE_PENDING), [STATE_REFUSED] = BIT(STATE_PENDING)},
};

const char *state_to_string(enum state s)
{
    return s < STATE_COUNT ? names[s] : "?";
}

bool state_from_string(struct slice text, enum state *ret)
{
    int i = slice_index(text, names, STATE_COUNT);
    if (i >= 0) *ret = (enum state)i;
    return i >= 0;
}

bool state_may_move(enum state_cause cause, enum state from, enum state to)
{
    check(cause < CAUSE_COUNT && from < STATE_COUNT && to < STATE_COUNT);
    if (cause == CAUSE_PART) {
        if (from == STATE_DELIVERED && to == STATE_UNDELIVERED) return true;
        cause = CAUSE_RECEIPT;
    }
    return from != to && (may[cause][from] & BIT(to)) != 0;
}

const char *state_cause_to_string(enum state_cause cause)
{
    static const char *const causes[CAUSE_COUNT] = {"gate",   "outcome", "late", "receipt",
                                                    "person", "part",    "again"};
    check(cause < CAUSE_COUNT);
    return causes[cause];
}

void state_lua_names(struct buf *b)
{
    buf_add_cstr(b, "local PENDING,IN_FLIGHT,ACCEPTED,DELIVERED,READ,UNDELIVERED,REFUSED,SKIPPED,"
                    "EXPIRED,CANCELLED,UNKNOWN=");
    buf_addf(b, "%d,%d,%d,%d,%d,%d,%d,%d,%d,%d,%d\n", STATE_PENDING, STATE_IN_FLIGHT,
             STATE_ACCEPTED, STATE_DELIVERED, STATE_READ, STATE_UNDELIVERED, STATE_REFUSED,
             STATE_SKIPPED, STATE_EXPIRED, STATE_CANCELLED, STATE_UNKNOWN);
}

void state_lua_prelude(struct buf *b)
{
    state_lua_names(b);
    buf_add_cstr(b, "local MAY={");
    for (size_t c = 0; c < CAUSE_COUNT; c++) {
        buf_addf(b, "%s={", state_cause_to_string((enum state_cause)c));
        for (int from = 0; from < STATE_COUNT; from++)
            for (int to = 0; to < STATE_COUNT; to++)
                if (state_may_move((enum state_cause)c, (enum state)from, (enum state)to))
                    buf_addf(b, "[%d]=true,", from * 16 + to);
        buf_add_cstr(b, "},");
    }
    buf_add_cstr(b, "}\n");
}
