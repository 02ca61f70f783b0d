#pragma once
/* What the person of a conversation wants no more of ("no more news"), while they stay on the list for the rest. */
#include "core/group.h"
#include "web/call.h"

/* Puts into data, which has "conversation" and "asked" (web/view): `no_more`, what was taken back, and `no_more_of`, the words that
 * are offered: what the campaign was about to which they answer, what they agreed to, and all kinds of texts. number 0: no
 * campaign texts them, and both are empty. Then calls then(c), later or from inside the call. data is borrowed until then. */
void no_more_put(struct web_call *c, json_t *data, uint64_t number,
                 void (*then)(struct web_call *c));
