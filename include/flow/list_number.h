#pragma once
/* From the cell of a list's phone column to the number of one person, or the reason why it is none
 * (ADR 0015). The cell is read by core/phone_cell.h; the numbering plan of io/phone.h says what the
 * digits are.
 *
 * Digits without a plus are a number of the list's country, also where they begin with its code or
 * with an exit code. Where a second reading may be another person's number, the cell is rejected
 * for that reason; nothing is guessed. */
#include "flow/import.h"

struct list_number {
    const char *country; /* ISO code of numbers without +; "" = none has one. Borrowed. */
    bool landlines;      /* a list of people who must not be texted may hold landlines */
    bool unlisted;       /* take numbers that are possible, but not in the plan: plans grow old */
    bool drama;          /* set when a number is of Ofcom's range for fiction */
};

/* An import_number_cb; arg is a struct list_number. */
enum import_reason list_number_read(void *arg, struct slice cell, uint64_t *ret_number);
