#pragma once
/* Allowed hours: when a person may be texted, by the clock where they are. A text says it:
 *
 *   "09:00-20:30"                                every day
 *   "mon-fri 09:00-20:30, sat 10:00-18:00"       the other days are closed
 *   "09:00-20:30, sun closed"                    what comes later wins
 *   "07:00-21:30 agreed"                         the people expressly agreed to those hours
 *   "any"                                        no limits
 *
 * Before 08:00 and after 21:00 nobody may be texted who has not expressly agreed: a text that does
 * not say `agreed` is refused then. Windows cross no midnight; 24:00 is the end of a day. Who may
 * be in one of several time zones is texted only at hours that are allowed in all of them. */
#include "base/err.h"
#include "base/slice.h"

struct zone;

enum { HOURS_TEXT_BYTES_MAX = 200, HOURS_FLOOR_MIN = 8 * 60, HOURS_CEILING_MIN = 21 * 60 };
#define HOURS_LONGEST "08:00-21:00" /* from the floor to the ceiling */
/* What is recommended where nobody has said anything. */
#define HOURS_RECOMMENDED "09:00-20:30"

struct hours {
    bool any;
    struct {
        uint16_t open_min, close_min; /* [minutes] of the local day, [open, close); equal: closed */
    } day[7];                         /* from Monday */
};

/* ERR_INVALID: what is wrong with the text and how it is mended. */
int hours_parse(struct slice text, struct hours *ret, struct err *e) MUST_USE;

/* Whether all of them lie within one day's; on Sundays it opens at sunday_open_min. "any" does not. */
bool hours_are_within(const struct hours *h, int open_min, int close_min, int sunday_open_min);

struct hours_window {
    int64_t open_us, close_us; /* [wall µs] */
};
/* The window [open, close) that a moment is in (open is that moment itself then), or the next one.
 * False: there is none in the next HOURS_AHEAD_DAYS (the hours of the zones do not meet). No zones:
 * UTC. A window that has not ended by then is cut after that: ask again. O(zones). */
enum { HOURS_AHEAD_DAYS = 9 };
bool hours_window(const struct hours *h, const struct zone *const *zones, size_t zone_count,
                  int64_t at_us, struct hours_window *ret) MUST_USE;
