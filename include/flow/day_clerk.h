#pragma once
/* Writes down how the organisation stands, a row each minute (store/day_record.h): in the process that leads. What
 * was counted in a minute is what campaigns' counters grew by since the look before; the first look of a process
 * that begins to lead has nothing to compare with, and its row says so by zeros. */
#include "io/loop.h"

struct cascades;
struct day_clerk;
struct inbox;
struct store;

struct day_clerk_config { /* all borrowed for its life */
    struct loop *loop;
    struct store *store;
    struct cascades *cascades; /* NULL: none is counted */
    struct inbox *inbox;       /* knows in how long people are to be answered (inbox_set_targets) */
    bool (*leads)(void *arg);
    void *arg;
    int64_t (*now_ms)(void); /* [wall ms]; NULL: the clock */
};

/* Returns owned. The config is copied; what it points to is borrowed for its life. */
struct day_clerk *day_clerk_new(const struct day_clerk_config *config);
void day_clerk_start(struct day_clerk *d); /* before: it looks at nothing */
void day_clerk_look(struct day_clerk *d);  /* at once; nothing while a look is under way */
/* Its calls to the store have ended before; NULL is fine. */
void day_clerk_free(struct day_clerk *d);
