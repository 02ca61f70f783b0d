#include "names.h"

#include "core/pace.h"

#define RULE_NAME(name) "'" #name "',"

static void add_pace(struct buf *b)
{
    buf_addf(b, "local PACE=%.4f\n", 1 + PACE_MARGIN);
}

void gate_prelude(struct buf *b)
{
    script_states(b);
    SCRIPT_NAMES(b, GATE_KEYS);
    SCRIPT_NAMES(b, GATE_ARGS);
    SCRIPT_LETTERS(b, GATE_FLAGS);
    SCRIPT_LETTERS(b, GATE_LETTERS);
    add_pace(b);
    /* rules/ fills it: Lua allows 200 locals, a table is one */
    buf_add_cstr(b, "local rule={order={" GATE_RULES(RULE_NAME) "}}\n");
}

void record_prelude(struct buf *b)
{
    script_law(b);
    SCRIPT_NAMES(b, RECORD_KEYS);
    SCRIPT_NAMES(b, RECORD_ARGS);
    SCRIPT_NAMES(b, RECORD_TOLD);
    SCRIPT_LETTERS(b, RECORD_LETTERS);
    buf_addf(b, "local FAULT_NOT_THEIRS,FAULT_ACCOUNT=%d,%d\n", FAULT_NOT_THEIRS, FAULT_ACCOUNT);
}

/* Most scripts get the states and the names of their keys and arguments, and nothing else. */
#define STATES_AND_NAMES(script, SCRIPT)                                                           \
    void script##_prelude(struct buf *b)                                                           \
    {                                                                                              \
        script_states(b);                                                                          \
        SCRIPT_NAMES(b, SCRIPT##_KEYS);                                                            \
        SCRIPT_NAMES(b, SCRIPT##_ARGS);                                                            \
    }
STATES_AND_NAMES(lease, LEASE)
STATES_AND_NAMES(end, END)
STATES_AND_NAMES(sweep, SWEEP)
STATES_AND_NAMES(slow, SLOW)
STATES_AND_NAMES(again, AGAIN)

void renew_prelude(struct buf *b)
{
    script_states(b);
    SCRIPT_NAMES(b, RENEW_ARGS);
    SCRIPT_LETTERS(b, RENEW_LETTERS);
}

void moved_prelude(struct buf *b)
{
    script_states(b);
    SCRIPT_NAMES(b, MOVED_KEYS);
    SCRIPT_NAMES(b, MOVED_ARGS);
    add_pace(b);
}

void clock_set_prelude(struct buf *b)
{
    script_states(b);
    SCRIPT_NAMES(b, CLOCK_SET_ARGS);
}
