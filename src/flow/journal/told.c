/* What scripts tell stands in the journal before whoever asked for it is answered. */
#include "flow/journal.h"

static void keep(void *arg, uint64_t mark, const struct told_word *list, size_t n, told_kept *kept,
                 void *kept_arg)
{
    struct journal *j = arg;
    for (size_t i = 0; i < n; i++)
        journal_told(j, mark, &list[i]);
    journal_sync(j, kept, kept_arg);
}

void journal_keep_told(struct journal *j, struct store *s)
{
    store_on_told(s, keep, j);
}
