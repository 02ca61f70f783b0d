#pragma once
/* Distances, room and times as pages for anybody say them, in the language of who looks. Pure. */
#include "core/near.h"
#include "core/when.h"
#include "web/public/words.h"

enum { SAY_FAR_BYTES = 64, SAY_NEAR_BYTES = 256 };

/* "12 km", "less than 1 mile". Returns out. */
const char *public_far(enum public_language l, uint32_t metres, bool miles,
                       char out[SAY_FAR_BYTES]);
/* "3 of 20 places left". capacity > 0. Returns out. */
const char *public_room(enum public_language l, uint32_t left, uint32_t capacity,
                        char out[SAY_FAR_BYTES]);
/* "12 km, 3 of 20 places left, needs you most". Returns out. */
const char *public_near(enum public_language l, const struct near_found *f, bool miles,
                        char out[SAY_NEAR_BYTES]);
/* See when_words (core/when.h), which says it in English. */
void public_when(enum public_language l, int64_t start_local_s, int64_t end_local_s,
                 int64_t now_local_s, char out[WHEN_BYTES]);
