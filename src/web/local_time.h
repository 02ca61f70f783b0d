#pragma once
/* Times as pages show and take them: by the clock of the member's group, or else of the country that the
 * organisation writes numbers of, or else UTC. A page that asks for a time names the clock. */
#include "core/when.h"
#include "web/call.h"

enum { LOCAL_TIME_BYTES = WHEN_FULL_BYTES };

/* "Europe/London"; borrowed until the loop turns. */
const char *local_zone_name(const struct web_call *c);
/* "Fri 27 Nov 2026, 18:00" */
void local_time_show(const struct web_call *c, int64_t at_ms, char out[LOCAL_TIME_BYTES]);
/* "18:00" of today, and the whole of another day: a forecast is read in a hurry. "" of anything that is no ISO 8601
 * text. */
void local_time_soon_iso(const struct web_call *c, const json_t *iso, char out[LOCAL_TIME_BYTES]);
/* local_time_show of an ISO 8601 text as the API tells it; "" of anything else. */
void local_time_show_iso(const struct web_call *c, const json_t *iso, char out[LOCAL_TIME_BYTES]);
/* What the API said, with each "2026-11-27T18:00:00Z" in it as local_time_show says it. Returns owned. */
char *local_time_words(const struct web_call *c, struct slice said);
/* Which day it is there then, counted from 1970. */
int64_t local_time_day(const struct web_call *c, int64_t at_ms);
/* "Tue 24 November" */
void local_time_show_day(const struct web_call *c, int64_t at_ms, char out[LOCAL_TIME_BYTES]);
/* When "2026-11-26" begins and ends there [wall ms]; until is not of it. False: it is no such day. */
bool local_time_read_day(const struct web_call *c, struct slice day, int64_t *ret_from_ms,
                         int64_t *ret_until_ms);
/* The same as a browser's field has it: "2026-11-27T18:00". */
void local_time_field_iso(const struct web_call *c, const json_t *iso, char out[LOCAL_TIME_BYTES]);
/* "2026-11-27T18:00", as a browser's field gives it. ERR_INVALID: no time; one that the change of
 * clocks skips or repeats. The text of e is a sentence for people. */
int local_time_read(const struct web_call *c, struct slice text, int64_t *ret_ms,
                    struct err *e) MUST_USE;
