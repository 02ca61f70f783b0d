#include "flow/lending.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "store/campaign.h"
#include "store/loan.h"

enum { CAMPAIGNS_MAX = 1000, WHY_BYTES = 2 * GROUP_BYTES_MAX + 64 };

void lending_end(struct store *s, const struct loans *loans, const struct campaign *c,
                 int64_t now_ms)
{
    char why[WHY_BYTES];
    if (!c->loan || !loans_are_over(loans, c->loan, now_ms)) return;
    (void)snprintf(why, sizeof why, "the list is not lent to %.*s any more", SLICE_ARG(c->helper));
    if (campaign_may_move(MOVE_PAUSE, c->status))
        campaign_move(s, c->id, MOVE_PAUSE, now_ms, SLICE_LIT("system:loan"), slice_of(why), NULL,
                      NULL);
    campaign_end_loan(s, c->id);
}

struct ending {
    struct store *store;
    const struct loans *loans;
    int64_t now_ms;
    void (*done)(void *arg);
    void *arg;
};

/* What Redis did not tell, the process that leads sees to (flow/watchman.h). */
static void on_list(void *arg, int result, const struct campaign *list, size_t n, struct slice next,
                    const struct err *e)
{
    struct ending x = *(struct ending *)arg;
    (void)next, (void)e;
    free(arg);
    for (size_t i = 0; result == 0 && i < n; i++)
        lending_end(x.store, x.loans, &list[i], x.now_ms);
    x.done(x.arg);
}

void lending_end_all(struct store *s, const struct loans *loans, int64_t now_ms,
                     void (*done)(void *arg), void *arg)
{
    struct ending *x = xmalloc(sizeof *x);
    *x = (struct ending){s, loans, now_ms, done, arg};
    campaign_list_active(s, CAMPAIGNS_MAX, on_list, x);
}
