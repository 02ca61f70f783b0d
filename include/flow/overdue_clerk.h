#pragma once
/* Tells of people who wait too long for an answer, as soon as they do (store/inbox_overdue.h): in the process that leads, four
 * times a minute. */
#include "io/loop.h"

struct overdue_clerk;
struct groups;
struct store;

struct overdue_clerk_config { /* all borrowed for its life */
    struct loop *loop;
    struct store *store;
    const struct groups *groups; /* which may say another; NULL: none does */
    int64_t target_ms;           /* [ms] in so long people are to be answered */
    bool (*leads)(void *arg);
    void *arg;
};

/* Returns owned. The config is copied; what it points to is borrowed for its life. */
struct overdue_clerk *overdue_clerk_new(const struct overdue_clerk_config *config);
void overdue_clerk_start(struct overdue_clerk *c); /* before: it looks at nothing */
/* Its calls to the store have ended before; NULL is fine. */
void overdue_clerk_free(struct overdue_clerk *c);
