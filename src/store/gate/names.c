#include "names.h"

#include "core/pace.h"

void gate_prelude(struct buf *b)
{
    script_states(b);
    SCRIPT_NAMES(b, GATE_KEYS);
    SCRIPT_NAMES(b, GATE_ARGS);
    SCRIPT_LETTERS(b, GATE_FLAGS);
    SCRIPT_LETTERS(b, GATE_LETTERS);
    buf_addf(b, "local PACE=%.4f\n", 1 + PACE_MARGIN);
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

void lease_prelude(struct buf *b)
{
    script_states(b);
    SCRIPT_NAMES(b, LEASE_KEYS);
    SCRIPT_NAMES(b, LEASE_ARGS);
}

void end_prelude(struct buf *b)
{
    script_states(b);
    SCRIPT_NAMES(b, END_KEYS);
    SCRIPT_NAMES(b, END_ARGS);
}

void renew_prelude(struct buf *b)
{
    script_states(b);
    SCRIPT_NAMES(b, RENEW_ARGS);
    SCRIPT_LETTERS(b, RENEW_LETTERS);
}

void sweep_prelude(struct buf *b)
{
    script_states(b);
    SCRIPT_NAMES(b, SWEEP_KEYS);
    SCRIPT_NAMES(b, SWEEP_ARGS);
}

void slow_prelude(struct buf *b)
{
    script_states(b);
    SCRIPT_NAMES(b, SLOW_KEYS);
    SCRIPT_NAMES(b, SLOW_ARGS);
}

void again_prelude(struct buf *b)
{
    script_states(b);
    SCRIPT_NAMES(b, AGAIN_KEYS);
    SCRIPT_NAMES(b, AGAIN_ARGS);
}

void clock_set_prelude(struct buf *b)
{
    script_states(b);
    SCRIPT_NAMES(b, CLOCK_SET_ARGS);
}
