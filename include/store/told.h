#pragma once
/* What scripts have done that must be kept outside Redis, too, before whoever asked for it is
 * answered: so that a Redis that forgets can be told again (docs/adr/0028). */
#include "core/campaign_status.h"
#include "store/store.h"

enum told_kind { TOLD_OPTOUT, TOLD_MOVE };

/* That somebody must not be texted any more in a scope, or may be again: from whatever script it
 * comes, also when it was said before. */
struct told_optout {
    bool lifted; /* else set, or said again */
    struct slice scope, key;
    struct slice why; /* suppress_reason_to_string; of what is lifted "start", "stop" or "manual" */
    int64_t at_ms;    /* [wall ms] when it was said */
};
/* That a campaign was moved. */
struct told_move {
    uint32_t campaign, stamp; /* which store's campaign that is */
    enum campaign_move move;
};
struct told_word {
    enum told_kind kind;
    struct told_optout optout;
    struct told_move move;
};

/* Redis has it, with that mark (store/mark.h), and whoever asked for it is not answered before
 * `kept` is called with kept_arg: 0, or negative: then they are told ERR_UNREACHABLE, and try again.
 * Later, or before this returns. The list is borrowed for the call. */
typedef void told_kept(void *kept_arg, int result);
typedef void told_keep(void *arg, uint64_t mark, const struct told_word *list, size_t n,
                       told_kept *kept, void *kept_arg);
/* One for a store; NULL: nobody has to. */
void store_on_told(struct store *s, told_keep *keep, void *arg);
