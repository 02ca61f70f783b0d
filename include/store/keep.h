#pragma once
/* What has an end (docs/adr/0031): finished campaigns' details, and their audiences. Conversations: inbox_expire.
 * The hash {prefix}kept counts what went: `strangers`, `conversations`, `campaigns`, `audiences`. */
#include "store/store.h"

struct keep_campaign {
    uint32_t id, audience; /* audience 0: it is gone */
    int64_t over_ms;       /* [wall ms] since when it is over; 0 = it is not */
    bool trimmed;          /* its details went already */
};
/* The campaigns from the place `from` on, by when they were launched; at most KEEP_PAGE. Fewer: it was the end.
 * Borrowed for the call. */
enum { KEEP_PAGE = 50 };
typedef void keep_page_cb(void *arg, int result, const struct keep_campaign *list, size_t n);
void keep_page(struct store *s, uint32_t from, keep_page_cb *cb, void *arg);

/* Its ledger and all that is kept of single people goes; counts, text and name stay. result 1: it went, 0: it is
 * not over, or was trimmed before. */
typedef void keep_trim_cb(void *arg, int result);
void keep_trim(struct store *s, uint32_t id, int64_t now_ms, keep_trim_cb *cb, void *arg);
/* One audience more is gone. */
void keep_audience_went(struct store *s);

struct kept {
    int64_t strangers, conversations, campaigns, audiences;
};
/* How much was removed since the store was made. Borrowed for the call; zeroes when result is negative. */
typedef void kept_cb(void *arg, int result, const struct kept *kept);
void kept_load(struct store *s, kept_cb *cb, void *arg);
