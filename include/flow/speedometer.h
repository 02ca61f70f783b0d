#pragma once
/* How fast each running campaign goes: every few seconds the process that leads looks at their counts and notes, in the store,
 * how many people a second were settled over the last ten seconds. So every process tells the same. */
#include "io/loop.h"

#include <stdint.h>

struct forecaster;
struct speedometer;
struct store;

struct speedometer_config { /* all borrowed for its life */
    struct loop *loop;
    struct store *store;
    bool (*leads)(void *arg);
    void *arg;
    struct forecaster *forecaster; /* is shown what it sees; NULL = nobody is */
    int64_t (*now_ms)(void);       /* [wall ms]; NULL: the clock */
};

/* Returns owned. The config is copied; what it points to is borrowed for its life. */
struct speedometer *speedometer_new(const struct speedometer_config *config);
void speedometer_start(struct speedometer *s); /* before: it looks at nothing */
void speedometer_look(struct speedometer *s);  /* at once; nothing while a look is under way */
/* Its calls to the store have ended before; NULL is fine. */
void speedometer_free(struct speedometer *s);
