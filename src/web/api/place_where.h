#pragma once
/* Where a place is, said by a postcode or a town in place of a point. */
#include "base/err.h"
#include "web/call.h"

/* e->code 0: the row says `at` now, or said no `postcode`. ERR_INVALID: what it says cannot be used; why, and the mend. Else Redis
 * gave no reply. */
typedef void place_where_cb(void *arg, const struct err *e);
/* row: what a body says of a place, which is changed; it and c are borrowed until then. `then` may run before it returns. */
void place_where(struct web_call *c, json_t *row, place_where_cb *then, void *arg);
