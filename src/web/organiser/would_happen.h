#pragma once
/* What a check says of a campaign, for {{>organiser/would_happen}}: its findings, people, price, when. */
#include "web/call.h"

/* Puts it into data. report: as the API's check answers; borrowed. */
void would_happen_put(const struct web_call *c, json_t *data, const json_t *report);
