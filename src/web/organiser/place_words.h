#pragma once
/* Places and sessions in words, as pages of members have them. */
#include "core/place.h"
#include "web/local_time.h"

enum { PLACE_WORDS_BYTES = 96, PLACE_WHEN_BYTES = 2 * LOCAL_TIME_BYTES + 8 };

/* "Marginal", "Close", "Likely", "Safe". */
const char *place_words_priority(enum place_priority priority);
/* "Thu 3 Dec 2026, 18:00 to 20:00"; of another day with its day. */
void place_words_when(const struct web_call *c, const struct session *s,
                      char out[PLACE_WHEN_BYTES]);
/* "3 coming, 17 places left"; "Full: 20 coming, 4 waiting"; "3 coming". */
void place_words_room(const struct session *s, char out[PLACE_WORDS_BYTES]);
