#pragma once
/* The events of a calendar's file (iCalendar, RFC 5545), by libical, as Google Calendar, Nextcloud,
 * Outlook and others export them. One that repeats is told once for each time that it happens: what
 * was left out of it (EXDATE) is not told, what was moved (RECURRENCE-ID) as it was moved to. */
#include "base/err.h"
#include "base/slice.h"

enum { CALENDAR_TIMES_MAX = 400, CALENDAR_CATEGORIES_MAX = 8 };

/* Texts are "" where nothing is said; all is borrowed for the call. */
struct calendar_found {
    const char *uid, *title, *where, *about, *organiser;
    const char *categories[CALENDAR_CATEGORIES_MAX]; /* NULL behind the last */
    const char *time; /* which one of an event that repeats, "20261203T180000"; "": the only one */
    /* By the clock of `zone` [s since 1970, as if it were UTC]. */
    int64_t start_clock_s, end_clock_s;
    const char *zone; /* as the file calls it: "Europe/London", "GMT Standard Time"; "UTC"; "": it
                         does not say whose clock it is */
    /* [s since 1970] By what the file says of its zone. */
    bool is_known;
    int64_t start_s, end_s;
    bool is_day; /* it has days and no times */
    bool is_cancelled;
};
typedef void calendar_found_cb(void *arg, const struct calendar_found *found);

/* Those that end after from_s and begin before until_s [s since 1970], of one that repeats
 * CALENDAR_TIMES_MAX at most. text: the file. ERR_SYNTAX: it is none. */
int calendar_read(struct slice text, int64_t from_s, int64_t until_s, calendar_found_cb *cb,
                  void *arg, struct err *e) MUST_USE;
