#pragma once
/* Programs that look at a link in advance: a messenger makes the preview that stands under a message, a
 * search engine or an archive reads along. None of them is a person who opened it. Pure. */
#include "base/slice.h"

/* What calls itself so in User-Agent: "WhatsApp", "Telegram" …; NULL: a browser, so a person, also
 * one inside a messenger's app. Nothing at all is a program, too. O(bytes). */
const char *crawler_name(struct slice user_agent);
/* What Sec-Purpose, Purpose, X-Purpose or X-Moz say, if they say it: a browser that fetches before
 * anybody has tapped. */
bool crawler_is_early(struct slice purpose);
