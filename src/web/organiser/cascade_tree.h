#pragma once
/* A cascade as pictures that the server draws: the strongest links as a tree, opens over time as a curve. */
#include "web/call.h"

/* Adds to data, from the links of openapi.yaml: tree = {label, width, height, lines: [{x1, y1, x2, y2}], dots: [{x, y, r, first}],
 * columns: [{x, label}]}; nothing while nobody has opened any. */
void cascade_put_tree(json_t *data, const json_t *links);
/* Adds to data, from Cascade of openapi.yaml: curve = {label, points, last, bars: [{x, y, width, height}], rows: [{at, opens, shares,
 * pledges}]}; nothing while nobody has. */
void cascade_put_curve(const struct web_call *c, json_t *data, const json_t *cascade);
