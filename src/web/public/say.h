#pragma once
/* Distances, room and times as pages for anybody say them, in the language of who looks. Pure. */
#include "core/near.h"
#include "web/public/words.h"

enum { SAY_FAR_BYTES = 64, SAY_NEAR_BYTES = 256, SAY_WHEN_BYTES = 192 };

/* "12 km", "less than 1 mile". Returns out. */
const char *public_far(enum public_language l, uint32_t metres, bool miles,
                       char out[SAY_FAR_BYTES]);
/* "3 of 20 places left". capacity > 0. Returns out. */
const char *public_room(enum public_language l, uint32_t left, uint32_t capacity,
                        char out[SAY_FAR_BYTES]);
/* "12 km, 3 of 20 places left, needs you most". Returns out. */
const char *public_near(enum public_language l, const struct near_found *f, bool miles,
                        char out[SAY_NEAR_BYTES]);
/* "Thursday 4 June, 18:30 to 20:30"; "Today, …", "Tomorrow, …" of those days; with the year where it is
 * another than now; with the day of the end where that is another. All [s since 1970, 0 or more] as a clock
 * there shows them. */
void public_when(enum public_language l, int64_t start_local_s, int64_t end_local_s,
                 int64_t now_local_s, char out[SAY_WHEN_BYTES]);
