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

/* The same of a file that says more than a campaign: `keys`, NULL-terminated, which `read` reads. */
struct yaml_doc;
struct yaml_node;
struct campaign_file_more {
    const char *const *keys;
    int (*read)(void *arg, const struct yaml_doc *d, const struct yaml_node *root, struct err *e);
    void *arg;
};
int campaign_file_load_more(const char *path, int64_t now_ms, const struct campaign_file_more *more,
                            json_t **ret, struct buf *notes, struct err *e) MUST_USE;
