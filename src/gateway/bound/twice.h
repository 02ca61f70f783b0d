#pragma once
/* A name that stands twice: in a JSON object, or in a form. Which of the two was meant nobody
 * knows, and a guess would be somebody else or the wrong words. What does not contradict is joined;
 * what does says nothing, and the webhook is kept for a person (docs/adr/0083-a-name-twice.md). */
#include <jansson.h>
#include <stdbool.h>

#include "base/slice.h"
#include "core/form.h"

/* Reads JSON in which names may stand twice, mended (core/json_repair.h): two lists are one list,
 * two objects one object by the same rule, equal values one value. Of other values none counts: null
 * stands there, and *ret_torn is true. NULL: it is no JSON, or there is no memory. The caller has the
 * reference. */
json_t *twice_load(struct slice text, bool *ret_torn);
/* Empties the values of each name that has several which differ. True: there was one. O(pairs²),
 * pairs <= FORM_PAIRS_MAX. */
bool twice_empty(struct form *f);
