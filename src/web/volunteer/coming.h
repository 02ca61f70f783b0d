#pragma once
/* In a conversation: to which sessions its person comes, and to which they may be asked to. */
#include "web/call.h"

/* Puts `coming` [{session, place, when, waits}], and `named` {session, place, when}: the session that we named to them last,
 * unless they come to it. Then `then`, perhaps at once; what cannot be had is left out. */
void coming_put(struct web_call *c, json_t *data, void (*then)(struct web_call *c));
/* Of data, as coming_put left it: whether they come to that session; and whether it is the one named. */
bool coming_has(const json_t *data, uint32_t session);
bool coming_names(const json_t *data, uint32_t session);
