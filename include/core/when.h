#pragma once
/* A time as people say it: in a text, and on pages of members. (Pages for anybody have words of their own, in seven languages:
 * web/public/say.h.) Pure: the caller knows the clock of the place. */
#include "base/slice.h"

enum { WHEN_SHORT_BYTES = 48, WHEN_FULL_BYTES = 64 };

/* "Sat 5 Dec 10:00", for texts: no "tomorrow", since one may be read a day later. Of such a local time
 * [s since 1970, 0 or more, as a clock there shows it], in words of that language (core/own_text.h). */
void when_short(int64_t local_s, struct slice language, char out[WHEN_SHORT_BYTES]);

/* "Sat 05 Dec 2026, 10:00" of the same; "" of a time that no calendar has. */
void when_full(int64_t local_s, char out[WHEN_FULL_BYTES]);

/* at_ms [wall ms] as people say it there. */
typedef void when_words_cb(void *arg, int64_t at_ms, char out[WHEN_FULL_BYTES]);
/* What a program said, with each "2026-11-27T18:00:00Z" in it in those words. Returns owned. */
char *when_words(struct slice said, when_words_cb *show, void *arg);
