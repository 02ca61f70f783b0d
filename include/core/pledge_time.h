#pragma once
/* When people are reminded of a session, and when they are left in peace: by the clock of the place. Pure. */
#include "core/zone.h"

enum pledge_reminder { PLEDGE_REMIND_NONE, PLEDGE_REMIND_DAY, PLEDGE_REMIND_HOURS };

/* Which of a session that begins then is due now, and since when; both are of use for a while only: who was not there in time
 * reminds late, or not at all.
 * DAY: the day before, from 11:00 to 21:00. HOURS: from two hours before, but not before 8:00, to ten minutes before. zone NULL:
 * UTC. */
enum pledge_reminder pledge_reminder_now(const struct zone *zone, int64_t start_ms, int64_t now_ms,
                                         int64_t *ret_due_ms);

/* [wall ms] When news may go that can wait: now_ms by day, else at 8:00. Before a session that begins within twelve hours
 * nothing waits. */
int64_t pledge_news_at(const struct zone *zone, int64_t start_ms, int64_t now_ms);
