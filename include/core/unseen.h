#pragma once
/* Letters that nobody sees: blanks of any script, joiners, direction marks, fillers. */
#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/* Joiners, marks, fillers; a blank is none of them. */
bool letter_is_ignorable(uint32_t cp);
/* Nothing but blanks, control characters and ignorable letters is in it, or nothing at all; false where it is no UTF-8.
 * O(bytes up to the first letter that is seen). */
bool text_is_unseen(struct slice text);
