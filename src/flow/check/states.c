#include "states.h"

#include "base/check.h"

enum { HOUR = 60 };

/* By a vendor's table (rules_of_law.c has its name), in hours. Of Rhode Island it says no more than that it is the narrowest. */
static const struct {
    const char *code, *name;
    int open, close, sunday_open;
} narrow[] = {
    {"CT", "Connecticut", 9, 20, 9}, {"FL", "Florida", 8, 20, 8},      {"MD", "Maryland", 8, 20, 8},
    {"MS", "Mississippi", 8, 20, 8}, {"NJ", "New Jersey", 8, 20, 8},   {"OK", "Oklahoma", 8, 20, 8},
    {"TX", "Texas", 9, 21, 12},      {"RI", "Rhode Island", 9, 20, 9},
};

bool state_allows(struct slice state, const struct hours *h)
{
    if (state.n == 0) return hours_are_within(h, 9 * HOUR, 20 * HOUR, 12 * HOUR);
    if (state.n > 3 && slice_is_nocase(slice_make(state.p, 3), "US-")) state = slice_from(state, 3);
    for (size_t i = 0; i < COUNT_OF(narrow); i++)
        if (slice_is_nocase(state, narrow[i].code) || slice_is_nocase(state, narrow[i].name))
            return hours_are_within(h, narrow[i].open * HOUR, narrow[i].close * HOUR,
                                    narrow[i].sunday_open * HOUR);
    return true;
}
