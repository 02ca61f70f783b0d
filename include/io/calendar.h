#pragma once
/* A file for calendars (iCalendar, RFC 5545), by libical: one event. */
#include "base/buf.h"

struct calendar_event { /* texts may be "" or NULL: nothing is said */
    /* The same for the same event, always: a calendar then moves it, and makes no second one. */
    const char *uid;
    const char *title, *where, *about, *url;
    int64_t start_ms, end_ms; /* [wall ms] */
    int64_t now_ms;           /* when it is written */
    bool is_cancelled;
};

/* Appends it. */
void calendar_write(const struct calendar_event *event, struct buf *out);
