/* Opt-outs and holds stand in the journal before whoever told of them gets an answer. */
#include "flow/journal.h"

#include "store/suppress.h"

static void keep(void *arg, uint64_t mark, const struct suppress_told *list, size_t n,
                 suppress_kept *kept, void *kept_arg)
{
    struct journal *j = arg;
    for (size_t i = 0; i < n; i++) {
        const struct journal_optout what = {.lifted = list[i].lifted,
                                            .scope = list[i].scope,
                                            .key = list[i].key,
                                            .why = list[i].why,
                                            .at_ms = list[i].at_ms};
        journal_optout(j, mark, &what);
    }
    journal_sync(j, kept, kept_arg);
}

void journal_keep_optouts(struct journal *j, struct store *s)
{
    suppress_on_told(s, keep, j);
}
