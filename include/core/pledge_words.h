#pragma once
/* Whether a text says clearly, and says nothing else, that somebody comes to a session, or that they cannot. What says
 * more ("yes but who drives?") is left to a person. Pure. */
#include "base/slice.h"

enum pledge_word { PLEDGE_WORD_NONE, PLEDGE_WORD_YES, PLEDGE_WORD_CANT };

/* Any bytes. Case, accents, signs and politeness make no difference. O(bytes). */
enum pledge_word pledge_words_read(struct slice text);
