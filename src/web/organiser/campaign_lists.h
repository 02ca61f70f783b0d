#pragma once
/* The lists among which the form of a campaign lets choose. */
#include <jansson.h>

#include "base/slice.h"

/* data gets "audiences", options, and "chosen_list", the one that is chosen. chosen: what was typed, a name or an id; lists: as GET
 * /api/v1/audiences tells them. Who sees several groups may see one name twice: then the group stands beside it, and its id is what is sent. */
void campaign_lists_put(json_t *data, struct slice chosen, const json_t *lists);
