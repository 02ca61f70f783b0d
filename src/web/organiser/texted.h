#pragma once
/* "317 of them were texted by a campaign in the last 24 hours", for {{>organiser/texted}}. Counting walks through the whole list,
 * so a large one is counted only when somebody asks for it. */
#include "web/call.h"

/* Whether it is counted without being asked for: of a list of so many blocks that costs next to nothing. */
bool texted_is_cheap(uint64_t blocks);
/* Adds to data, from what GET /api/v1/audiences/{id}/texted answered: what the partial shows. What is no answer adds nothing, as
 * when nobody counts (null: the frequency cap is off). */
void texted_put(json_t *data, int status, const json_t *body);
