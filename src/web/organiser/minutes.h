#pragma once
/* Replies and opt-outs of a campaign as a picture and as a table. */
#include "web/call.h"

/* Adds to data, from Minutes of openapi.yaml: minutes = {label, bars: [{kind, x, y, width, height}], rows: [{at, replies, stops}]};
 * nothing while nobody has written. */
void minutes_put(const struct web_call *c, json_t *data, const json_t *minutes);
