#pragma once
/* A file of places and sessions, as rows of POST /api/v1/places/import: CSV (docs/PLACES.md has the
 * columns), where a row is a place, a session, or both; or a calendar's (iCalendar), whose events are
 * sessions, those that repeat a year ahead. */
#include "base/err.h"
#include "core/json.h"

struct zone_book;

enum { PLACE_FILE_BYTES_MAX = 8 << 20, PLACE_FILE_ROWS_MAX = 60000 };

struct place_file_how {
    struct zone_book *zones; /* borrowed for the call */
    const char *zone;        /* of times that name none, "Europe/London"; "" or NULL: not known */
    int64_t now_ms;          /* [wall ms] of a calendar, what is over is left out */
    /* Of a calendar: at which place all of it is, a code or a name; NULL: each event says. Whether there
     * is one of that code or name; NULL: none is known. */
    const char *place;
    bool (*knows)(void *arg, struct slice place);
    void *arg;
};

/* Lists of what the API takes, and beside each where it stands ("line 7"); and what cannot be used:
 * [{"where", "why"}]. */
struct place_file {
    json_t *places, *place_lines, *sessions, *session_lines, *refused; /* owned */
};

/* text: UTF-8. ERR_INVALID: nothing of it can be used, and why. */
int place_file_read(struct slice text, const struct place_file_how *how, struct place_file *ret,
                    struct err *e) MUST_USE;
void place_file_done(struct place_file *f); /* also of one that is all zero */
