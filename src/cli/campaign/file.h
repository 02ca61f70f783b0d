#pragma once
/* A campaign in YAML, as docs/CAMPAIGN.md describes it, and what the API wants of it. */
#include "base/buf.h"
#include "base/err.h"

#include <jansson.h>

enum { CAMPAIGN_NOTES_BYTES_MAX = 4096 };

/* *ret: {"name", "audience", "gateway", "lane", "message"} and what is given of "start" and
 * "deadline" (ISO 8601 UTC) and "hours"; owned by the caller. notes: gets lines that the person
 * should hear, such as which time zone a time was read in. now_ms [wall ms]: a deadline or start before it
 * is refused; 0: none is. Errors read "path:line:column: what; mend". */
int campaign_file_load(const char *path, int64_t now_ms, json_t **ret, struct buf *notes,
                       struct err *e) MUST_USE;
