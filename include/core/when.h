#pragma once
/* A time, and a span of time, as people say them. Pure: the caller knows the clock of the place. */
#include "base/slice.h"

enum { WHEN_BYTES = 192, WHEN_SHORT_BYTES = 48 };

/* "Sat 5 Dec 10:00", for texts: no "tomorrow", since one may be read a day later. Of such a local time, in
 * words of that language (core/own_text.h). */
void when_short(int64_t local_s, struct slice language, char out[WHEN_SHORT_BYTES]);

/* "Thursday 4 June, 18:30 to 20:30"; "Today, …", "Tomorrow, …" of those days; with the year where it is
 * another than now; with the day of the end where that is another. All [s since 1970, 0 or more] as a clock
 * there shows them. */
void when_words(int64_t start_local_s, int64_t end_local_s, int64_t now_local_s,
                char out[WHEN_BYTES]);
