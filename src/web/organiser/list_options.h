#pragma once
/* The lists that a form offers. */
#include "web/call.h"

/* Makes data's `audiences`: options with the lists of body, which is what GET /api/v1/audiences said; where group is not empty, with
 * those of that group alone. chosen: what was typed, a name or an id. Who sees several groups may see one name twice: then the
 * group stands beside it, and its id is what is sent. Returns the one that is chosen, borrowed from body; NULL: it is none of
 * them. */
const json_t *list_options_put(json_t *data, struct slice chosen, struct slice group,
                               const json_t *body);
