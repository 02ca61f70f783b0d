#pragma once
/* Watches running campaigns: every few seconds the process that leads looks at their counts, lets those that begin
 * with a few go on or stand (core/canary.h), and pauses one that goes wrong (core/brake.h). What it does is a
 * pause like any other, by "system:canary" or "system:brake", with why; a person resumes it, and it is counted anew.
 * It also ends what was launched to a list whose loan is over (flow/lending.h). */
#include "core/brake.h"
#include "core/canary.h"
#include "io/loop.h"

struct store;
struct watchman;

struct watchman_config { /* all borrowed for its life */
    struct loop *loop;
    struct store *store;
    struct brake_limits limits;
    struct canary_rule rule;
    const struct groups *groups; /* which may say another target; NULL: none does */
    const struct loans *loans;   /* NULL: nothing is lent */
    int64_t target_ms; /* in so long people are to be answered, where the campaign says no other */
    bool (*leads)(void *arg);
    void *arg;
    int64_t (*now_ms)(void); /* [wall ms]; NULL: the clock */
};

/* Returns owned. The config is copied; what it points to is borrowed for its life. */
struct watchman *watchman_new(const struct watchman_config *config);
void watchman_start(struct watchman *w); /* before: it looks at nothing */
void watchman_look(struct watchman *w);  /* at once; nothing while a look is under way */
/* Its calls to the store have ended before; NULL is fine. */
void watchman_free(struct watchman *w);
