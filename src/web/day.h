#pragma once
/* How the day goes, for whoever looks at it: many may (a room has a wall, and everybody a phone), so one
 * look at the store serves all who ask within DAY_FRESH_MS, and each is shown what is theirs of it. */
#include "core/json.h"
#include "web/private.h"

struct campaign;
struct day;

enum {
    DAY_FRESH_MS = 1000,
    DAY_ACTIVE_MAX = 200,  /* campaigns that are not over */
    DAY_PLEDGES_MS = 5000, /* who comes is counted by place and hour: so often */
    DAY_OVER_MAX = 50, /* the newest ones, of which those that ended within a day are looked at */
};

struct day_look { /* borrowed for the call */
    struct campaign *const
        *campaigns; /* not over (campaign_list_active), and then those that ended within a day */
    size_t n;
    bool more;             /* more than DAY_ACTIVE_MAX are not over */
    const int64_t *queues; /* at the providers, by account; < 0 where nobody knows */
    const struct slice *there;
    size_t there_n;        /* members' ids (store/there.h) */
    const json_t *pledges; /* see pledge_counts, from 12 hours ago on; NULL: nobody knows yet */
};
/* look: borrowed for the call; it says something only when result is 0. */
typedef void day_cb(void *arg, int result, const struct day_look *look, const struct err *e);

struct day *day_new(struct web *w); /* returns owned */
void day_free(struct day *d);       /* the store's calls have ended; NULL is fine */
/* cb, once, now or later. */
void day_ask(struct day *d, day_cb *cb, void *arg);
/* Something was done here just now: whoever asks next sees it. */
void day_forget(struct day *d);
