#pragma once
/* What scripts have done that must be kept outside Redis, too, before whoever asked for it is
 * answered: so that a Redis that forgets can be told again (docs/adr/0028). */
#include "core/campaign_status.h"
#include "store/store.h"

enum told_kind { TOLD_OPTOUT, TOLD_MOVE, TOLD_TAKEN };

/* That somebody must not be texted any more in a scope, or may be again: from whatever script it
 * comes, also when it was said before. */
struct told_optout {
    bool lifted; /* else set, or said again */
    /* scope: also "~news": they want no more of that (store/consent.h). why: suppress_reason_to_string; of what is lifted
     * "start", "stop" or "manual"; of "~news" the group that noted it. */
    struct slice scope, key, why;
    int64_t at_ms; /* [wall ms] when it was said */
};
/* That a campaign was moved. */
struct told_move {
    uint32_t campaign, stamp; /* which store's campaign that is */
    enum campaign_move move;
};
/* That something was taken away from somebody (docs/adr/0080). kind, and what `more` says:
 *   "member"  id of one who was revoked
 *   "moved"   of one who was moved: role, ";", "1" for every group, ";", groups with commas
 *   "number"  of one whose own number is another one now: its digits, or none
 *   "session" "token" "code"  hash of one that was ended, or used up
 *   "loan"    id of a loan that was taken back: when [wall ms]
 *   "list"    id of one that was deleted, and of each of its versions
 *   "word"    group, 0x1f, a word of the group's own: "1" when it means STOP since, else no more
 *   "forgotten"  whom it was asked to forget: a person's key (store/forget.h) */
struct told_taken {
    struct slice kind, id, more;
    int64_t began_ms; /* [wall ms] when what has that id (a number, a name) began; else 0 */
};
struct told_word {
    enum told_kind kind;
    struct told_optout optout;
    struct told_move move;
    struct told_taken taken;
};

/* Redis has it, with that mark (store/mark.h), and whoever asked for it is not answered before
 * `kept` is called with kept_arg: 0, or negative: then they are told ERR_UNREACHABLE, and try again.
 * Later, or before this returns. The list is borrowed for the call. */
typedef void told_kept(void *kept_arg, int result);
typedef void told_keep(void *arg, uint64_t mark, const struct told_word *list, size_t n,
                       told_kept *kept, void *kept_arg);
/* One for a store; NULL: nobody has to. */
void store_on_told(struct store *s, told_keep *keep, void *arg);
