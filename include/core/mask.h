#pragma once
/* People write their number where their name belongs, and volunteers must not see whole numbers: in
 * a name with six digits or more, of any script and however they are set apart, every digit is
 * shown as a dot. */
#include "base/buf.h"
#include "base/slice.h"

bool mask_is_wanted(struct slice name); /* it has six digits or more; O(bytes) */
/* Adds the name as a volunteer may see it. O(bytes). */
void mask_name(struct buf *out, struct slice name);
