#pragma once
/* From what people write to digits. */
#include "phone_plan.h"

/* The digits of the first number in a text of UTF-8, of any script; *ret_plus: a plus stood before
 * them. False when there are none, too many, or anything among them that does not belong. */
bool phone_text_read(const char *text, size_t n, struct phone_digits *ret, bool *ret_plus);
