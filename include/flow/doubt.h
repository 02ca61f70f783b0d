#pragma once
/* What a volunteer is about to answer is held against what nobody of us should write (core/law.h, law_answer), and must not hold a
 * {{field}} that nobody filled in: they are asked once, and may send it all the same. */
#include "core/digest.h"
#include "flow/launch.h"

/* ERR_CONFLICT, and e says what, and by which rule if it is one; 0: nothing, or the rule is switched off. */
int doubt_answer(const struct launch_means *m, struct slice text, int64_t now_ms,
                 struct err *e) MUST_USE;
/* Tells the text that was asked about from one that was changed since. */
void doubt_digest(struct slice text, char out[DIGEST_BYTES]);
