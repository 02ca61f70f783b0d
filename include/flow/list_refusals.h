#pragma once
/* A list that is imported says of somebody that they have agreed to nothing (`consent` is "no"): what they had agreed to is taken
 * back at once, also for campaigns that run on what the list was before (store/consent.h). */
#include "store/audience.h"

struct store;

/* Some rows for this draft, 1…AUDIENCE_ROWS_MAX, before they are added to it; fields in the order of its columns. Nothing where the
 * list has no such column, or people are being removed by it. Borrowed for the call; its call goes before what is asked next. */
void list_refusals(struct store *s, const struct audience_info *draft,
                   const struct audience_row *rows, size_t count, int64_t now_ms);
