#pragma once
/* All campaigns stop at once, and those that were stopped that way go on again: one script, so that
 * a launch at the same time is either before it and stopped, or after it and not. */
#include "core/group.h"
#include "store/store.h"

enum { CAMPAIGN_WHY_MAX = 1000 };

/* Who presses, and on what; all of it is borrowed for the call. */
struct pause_all_press {
    const struct group_set *reach; /* of whose campaigns */
    int64_t now_ms;                /* [wall ms] */
    struct slice who, why; /* for the audit trail; why may be empty but for campaign_say_why */
};

/* ids of those that were moved, ascending; borrowed for the call. press: the number of the pause, 0 of
 * a resume. */
typedef void pause_all_cb(void *arg, int result, const uint32_t *ids, size_t n, uint64_t press,
                          const struct err *e);
/* Pauses what is preparing, scheduled or running. The audit trail gets an entry for each campaign. */
void campaign_pause_all(struct store *s, const struct pause_all_press *p, pause_all_cb *cb,
                        void *arg);
/* Resumes exactly those that campaign_pause_all paused and that nobody has moved since. Who does not
 * reach all groups lets nothing go on that was paused by somebody who does. */
void campaign_resume_all(struct store *s, const struct pause_all_press *p, pause_all_cb *cb,
                         void *arg);

/* Says afterwards why: to the audit trail, and at those that still stand where `who` put them. Of
 * ids (1 … CAMPAIGN_WHY_MAX) those count that there are and that are in reach; the callback gets
 * them, with press 0. */
void campaign_say_why(struct store *s, const struct pause_all_press *p, const uint32_t *ids,
                      size_t n, pause_all_cb *cb, void *arg);
