#pragma once
/* When something happened, as providers write it. */
#include <stdint.h>

#include "base/check.h"
#include "base/slice.h"

/* A number since 1970 in seconds, milli-, micro- or nanoseconds, which its size tells, with a fraction or none; ISO 8601, in
 * UTC when it names no zone; RFC 2822. False: it is none of these, and *ret_ms [ms since 1970] is whatever it was. */
bool told_time_read(struct slice text, int64_t *ret_ms) MUST_USE;
