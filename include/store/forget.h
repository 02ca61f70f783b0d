#pragma once
/* Erasure: all that the store holds of one person goes, but that they must not be texted (docs/adr/0031).
 *
 * Conversations, answers and tests; pledges, whose count stays; what providers call them; their row in every audience, which stays as one that names
 * nobody (number 0, empty fields), so that nobody else's place moves. Notes of lists that were
 * uploaded (store/list_note.h) go, whoever stands in them. Where a campaign has them pending they are skipped
 * ("forgotten"); also one that is launched later. Suppressions and holds stay, with their evidence; they leave
 * the batch that would lift them (store/suppress_batch.h). Digests of what they
 * sent (`seen`) end by themselves within a week.
 *
 * In steps, so that others are served meanwhile; a walk that ends in the middle is done again from the beginning. */
#include "store/deed.h"
#include "store/store.h"

struct forgotten {
    int64_t rows, conversations, messages; /* of audiences; threads; answers and tests */
    bool suppressed;                       /* they must not be texted, or are held: that stayed */
    /* What they are called: numbers, "~" and ids. Borrowed for the call. */
    const char *const *names;
    size_t name_count;
};
typedef void forget_cb(void *arg, int result, const struct forgotten *forgotten,
                       const struct err *e);

/* key: of a person ("447700900123", "~GB.1349"); number: the same, 0 = they have none. who and why go to the audit
 * trail, with how much it was, and without the person. forgotten is NULL when result is not 0. */
void forget_person(struct store *s, struct slice key, uint64_t number, struct deed deed,
                   forget_cb *cb, void *arg);
