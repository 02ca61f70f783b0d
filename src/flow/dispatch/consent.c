/* Consent in the dispatcher: the list says who agreed to what, the gate leaves out who did not; what they agreed to is kept
 * before anybody of a block is texted. */
#include "batch.h"
#include "private.h"
#include "run.h"

#include "store/consent.h"

enum { DAY_MS = 24 * 3600 * 1000 };

/* By Redis' wall clock. */
static int64_t now_ms(const struct batch *b)
{
    return pace_clock_redis_us(&batch_dispatch(b)->clock, clock_mono_us()) / 1000;
}

const char *consent_letters(const struct batch *b, const uint8_t *offsets, size_t n, char *out)
{
    const struct run *r = batch_run(b);
    struct slice fields[CONSENT_COLUMNS];
    if (!r || (!consent_needs_any(&r->need) && !r->need.kind[0])) return NULL;
    consent_day today = (consent_day)(now_ms(b) / DAY_MS);
    for (size_t i = 0; i < n; i++) {
        consent_of_row(&r->consent_columns, batch_block(b), offsets[i], fields);
        out[i] = CONSENT_LETTERS[consent_judge(&r->need, fields, today)];
    }
    return out;
}

void consent_open_batch(const struct batch *b)
{
    const struct run *r = batch_run(b);
    struct consent_evidence list[CONSENT_NOTE_MAX];
    struct slice f[CONSENT_COLUMNS];
    size_t n = 0;
    if (!r || r->consent_columns.at[CONSENT_WHAT] < 0) return;
    const struct block *block = batch_block(b);
    for (size_t i = 0; i < block_rows(block) && n < CONSENT_NOTE_MAX; i++) {
        consent_of_row(&r->consent_columns, block, i, f);
        if (block_number(block, i) == 0 || f[CONSENT_WHAT].n == 0 ||
            slice_is(f[CONSENT_WHAT], "no"))
            continue;
        list[n++] = (struct consent_evidence){block_number(block, i), f[CONSENT_WHAT],
                                              f[CONSENT_AT], f[CONSENT_SOURCE], f[CONSENT_WORDING]};
    }
    if (n) consent_note(r->d->config.store, r->id, now_ms(b), list, n);
}
