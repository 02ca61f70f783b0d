#pragma once
/* Points in time as people and programs write them (RFC 3339, the strict half of ISO 8601). */
#include "base/check.h"
#include "base/slice.h"

/* "2026-11-26T18:00:00Z", with ".5" of a second, without seconds, with a blank for the T, or with
 * an offset ("+01:00") for the Z; a time without a zone is refused. False, and *ret_wall_ms [ms
 * since 1970] untouched, when it is no time between 1970 and 9999. */
bool iso8601_parse(struct slice text, int64_t *ret_wall_ms) MUST_USE;
