#pragma once
/* How the organisation stood in each minute, to look back through a day. A row is small and always of one size: key
 * `day:{n}`, n days of UTC after 1970, is a string of DAY_MINUTES rows; it goes after DAY_RECORD_KEEP_DAYS. */
#include "store/store.h"

enum {
    DAY_MINUTES = 1440,
    DAY_RECORD_MINUTES_MAX =
        1500, /* of one reading: a day on which the clocks go back has 25 hours */
    DAY_RECORD_KEEP_DAYS = 35,
};

/* name, text */
#define DAY_COLUMN_TABLE(X)                                                                        \
    X(DAY_WAITING, "waiting")   /* people to whom an answer is due */                              \
    X(DAY_OLDEST_S, "oldest_s") /* [s] that the first of them had waited */                        \
    X(DAY_THERE, "there")       /* members who were at it */                                       \
    X(DAY_TEXTED, "texted")     /* people, by campaigns, in that minute */                         \
    X(DAY_REPLIES, "replies")   /* people who wrote back to a campaign, in that minute */          \
    X(DAY_STOPS, "stops")       /* people who opted out, in that minute */                         \
    X(DAY_PLEDGES, "pledges")   /* that were made, in that minute */                               \
    X(DAY_OPENS, "opens")       /* of share pages, in that minute */

enum day_column {
#define X(name, text) name,
    DAY_COLUMN_TABLE(X)
#undef X
        DAY_COLUMN_COUNT
};
const char *day_column_to_string(enum day_column column);

struct day_minute {
    bool is_known;   /* somebody wrote it down */
    uint32_t alarms; /* bits 1 << enum alarm (flow/alarm.h) */
    uint32_t n[DAY_COLUMN_COUNT];
};

/* The minute in which at_ms [wall ms] is. cb may be NULL. */
void day_record_write(struct store *s, int64_t at_ms, const struct day_minute *minute,
                      store_done_cb *cb, void *arg);
/* From the minute of from_ms on; list has n of them, borrowed for the call. */
typedef void day_record_cb(void *arg, int result, const struct day_minute *list, size_t n,
                           const struct err *e);
void day_record_read(struct store *s, int64_t from_ms, size_t n, day_record_cb *cb, void *arg);
