#pragma once
/* Rules of recurrence (RFC 5545), by libical. They are of clock times without a zone: [s since 1970]
 * as a clock on the wall shows them. libical is not asked about zones: an iterator that has run over
 * a night on which clocks go forward is an hour late on the next date, too. */
#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

/* The next ones from `after_local_s` on (not before `from_local_s`, which is where the rule begins),
 * ascending; *ret_n of them, at most max. A rule is as core/every.h makes them, with or without
 * COUNT. ERR_INVALID: it is no rule, or never comes. O(those between from and the last one). */
int recur_list(const char *rule, int64_t from_local_s, int64_t after_local_s, int64_t *ret,
               size_t max, size_t *ret_n, struct err *e) MUST_USE;
