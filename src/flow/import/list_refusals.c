#include "flow/list_refusals.h"

#include <stdio.h>

#include "store/consent.h"

enum { WHY_BYTES = 200 };
_Static_assert((int)CONSENT_NOTE_MAX >= (int)AUDIENCE_ROWS_MAX, "a chunk is one call");

void list_refusals(struct store *s, const struct audience_info *draft,
                   const struct audience_row *rows, size_t count, int64_t now_ms)
{
    uint64_t numbers[AUDIENCE_ROWS_MAX];
    char why[WHY_BYTES];
    size_t n = 0;
    int at = consent_columns_of(draft->columns, draft->column_count).at[CONSENT_WHAT];
    if (at < 0 || draft->frozen_ms != 0 || draft->change == AUDIENCE_REMOVE) return;
    for (size_t i = 0; i < count && n < AUDIENCE_ROWS_MAX; i++)
        if (slice_is(slice_trim(rows[i].fields[at]), "no")) numbers[n++] = rows[i].number;
    if (n == 0) return;
    (void)snprintf(why, sizeof why, "the list '%.*s' says no", SLICE_ARG(draft->name));
    const struct consent_change change = {
        .group = draft->group, .by = SLICE_LIT("an import"), .why = slice_of(why)};
    consent_refuse(s, &change, numbers, n, now_ms);
}
