#pragma once
/* Days of the calendar on the wall (Gregorian, no zone, no time of day). Years from 1, months 1 … 12. Pure. */
#include <stdbool.h>
#include <stdint.h>

bool civil_is_leap(int64_t year);
int civil_month_days(int64_t year, int64_t month); /* 28 … 31 */
/* Days since 1970-01-01, negative before it; `day` from 1, and one behind the month's end counts on into the next. O(1). */
int64_t civil_days(int64_t year, int64_t month, int64_t day);
