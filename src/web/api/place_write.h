#pragma once
/* Writing places and sessions, for the API's rows: what is answered has the change in it. */
#include "core/place.h"
#include "store/place.h"
#include "web/call.h"

/* Writes one, and answers c with it: 201 where it was made. c has no state yet. Takes said; what its
 * body notes is answered first. */
void place_write_one(struct web_call *c, bool is_session, uint32_t id, json_t *said);

/* Calls `then` when this process' copy of the places has all that was written before; also when that could not be read. */
typedef void place_written(struct web_call *c);
void place_write_catch_up(struct web_call *c, place_written *then);
