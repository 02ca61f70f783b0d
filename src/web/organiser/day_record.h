#pragma once
/* Curves of what was written down of the minutes (store/day_record.h). */
#include "web/call.h"

enum { DAY_CURVE_HOUR = 60 };

/* Adds curves ([{label, most, width, d}]) and any_curves, of DayRecord of openapi.yaml: a step is `step` minutes. at: the
 * minute that is marked; -1 = none. */
void day_put_curves(json_t *data, const json_t *record, int minutes, int step, int at);
