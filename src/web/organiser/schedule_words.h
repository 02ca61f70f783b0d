#pragma once
/* What the API tells of a schedule, in words for people. */
#include "core/json.h"
#include "core/when.h"

enum { SCHEDULE_WORDS_BYTES = WHEN_FULL_BYTES };

/* "Every Thursday at 09:00", "Before Thu 3 Dec 2026, 19:00: 2 hours before". Owned. */
json_t *schedule_words_plan(const json_t *plan);
/* "Thu 3 Dec 2026, 09:00" of "2026-12-03 09:00"; "" of anything else. */
void schedule_words_time(struct slice local, char out[SCHEDULE_WORDS_BYTES]);
/* "Thu 24 Dec 2026" of "2026-12-24"; of a time as above */
void schedule_words_day(struct slice day, char out[SCHEDULE_WORDS_BYTES]);
/* Of a firing: "Launched", "Not launched", "Missed". Owned. */
json_t *schedule_words_outcome(const json_t *firing);
