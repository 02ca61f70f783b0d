#pragma once
/* What wants somebody's eyes on a busy day: one table for the page of the day, for what the API tells and for what is
 * written down of each minute. The order is that in which they are told, and stands in the store: a new one comes last. */
#include "base/slice.h"

struct campaign;

/* name, text, whether it cannot wait */
#define ALARM_TABLE(X)                                                                             \
    X(ALARM_BLOCKED, "campaign_blocked", true)  /* by its provider account */                      \
    X(ALARM_STOPPED, "campaign_stopped", true)  /* it was paused by itself */                      \
    X(ALARM_LATE, "campaign_late", true)        /* will not be done before its deadline */         \
    X(ALARM_SILENT, "gateway_silent", true)     /* the account does not answer */                  \
    X(ALARM_NOBODY, "nobody_there", true)       /* people wait, and no member is there */          \
    X(ALARM_OVERDUE, "inbox_overdue", false)    /* people wait too long */                         \
    X(ALARM_WARNING, "campaign_warning", false) /* something is not well */                        \
    X(ALARM_APPROVE, "campaign_approve", false) /* waits for a second person */                    \
    X(ALARM_FULL, "gateway_full", false)        /* has as much as it takes */

enum alarm {
#define X(name, text, bad) name,
    ALARM_TABLE(X)
#undef X
        ALARM_COUNT
};

const char *alarm_to_string(enum alarm which); /* static */
bool alarm_is_bad(enum alarm which);           /* it cannot wait */

/* Those of a campaign, bits 1 << enum alarm. */
unsigned alarms_of_campaign(const struct campaign *c, int64_t now_ms);
/* Why, in words, as far as something is known. Borrowed from c. */
struct slice alarm_why(const struct campaign *c, enum alarm which);
