#include "flow/overdue_clerk.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/inbox_overdue.h"

enum { LOOK_US = 15 * 1000 * 1000 };

struct overdue_clerk {
    struct overdue_clerk_config config;
    struct loop_timer *tick;
    bool asking;
};

/* What was not told is told with the next look: the store notes when somebody looked last. */
static void on_told(void *arg, int result, const struct err *e)
{
    struct overdue_clerk *c = arg;
    c->asking = false;
    if (result < 0) log_debug("who waits too long was not told of: %s", e->text);
}

static void on_tick(void *arg)
{
    struct overdue_clerk *c = arg;
    loop_timer_in(c->tick, LOOK_US);
    if (c->asking || !c->config.leads(c->config.arg)) return;
    c->asking = true;
    inbox_overdue_tell(c->config.store, c->config.target_ms, c->config.groups, clock_wall_ms(),
                       on_told, c);
}

struct overdue_clerk *overdue_clerk_new(const struct overdue_clerk_config *config)
{
    struct overdue_clerk *c = xcalloc(1, sizeof *c);
    c->config = *config;
    c->tick = loop_timer_new(config->loop, on_tick, c);
    return c;
}

void overdue_clerk_start(struct overdue_clerk *c)
{
    loop_timer_in(c->tick, LOOK_US);
}

void overdue_clerk_free(struct overdue_clerk *c)
{
    if (!c) return;
    loop_timer_free(c->tick);
    free(c);
}
