#pragma once
/* States of the US that allow fewer hours than the rest of it (rule 19). Pure. */
#include "base/slice.h"
#include "core/hours.h"

/* Whether all of these hours are allowed in the state that a list names ("FL", "fl", "US-FL", "Florida"). "": in all of
 * them. Any other state allows what the law of the whole country does. */
bool state_allows(struct slice state, const struct hours *h);
