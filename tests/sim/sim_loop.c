/* io/loop.h on virtual time. What a timer asks for is what it gets, and a little later, as on a
 * real machine. */
#include "io/loop.h"

#include "base/clock.h"
#include "sim.h"

#include <stdlib.h>

enum { WAKE_US = 40 }; /* [µs] the longest that waking up takes on an idle machine */

struct loop {
    struct sim_process *process;
};

struct loop_hook {
    struct sim_process *process;
    loop_cb *cb;
    void *arg;
    struct loop_hook *next;
};

struct loop_timer {
    struct sim_process *process;
    loop_cb *cb;
    void *arg;
    struct sim_event *event; /* NULL: not armed */
};

struct loop *loop_new(void)
{
    struct loop *l = xcalloc(1, sizeof *l);
    l->process = sim_current();
    return l;
}

void loop_free(struct loop *l)
{
    free(l);
}

/* Each event is a turn. The one that was made last runs first, as in io/loop.c. */
struct loop_hook *loop_before_sleep(struct loop *l, loop_cb *cb, void *arg)
{
    struct loop_hook *h = xcalloc(1, sizeof *h);
    *h = (struct loop_hook){.process = l->process, .cb = cb, .arg = arg, .next = l->process->hooks};
    l->process->hooks = h;
    return h;
}

void loop_hook_free(struct loop_hook *h)
{
    if (!h) return;
    struct loop_hook **at = &h->process->hooks;
    while (*at != h)
        at = &(*at)->next;
    *at = h->next;
    free(h);
}

void sim_before_sleep(struct sim_process *p)
{
    for (struct loop_hook *h = p->hooks; h; h = h->next)
        h->cb(h->arg);
}

struct loop_timer *loop_timer_new(struct loop *l, loop_cb *cb, void *arg)
{
    struct loop_timer *t = xcalloc(1, sizeof *t);
    *t = (struct loop_timer){.process = l->process, .cb = cb, .arg = arg};
    return t;
}

void loop_timer_free(struct loop_timer *t)
{
    if (!t) return;
    sim_cancel(t->event);
    free(t);
}

static void on_due(void *arg)
{
    struct loop_timer *t = arg;
    t->event = NULL;
    t->cb(t->arg);
}

void loop_timer_in(struct loop_timer *t, int64_t us)
{
    struct sim_process *p = t->process;
    sim_cancel(t->event);
    if (us < 0) us = 0;
    /* [µs] of this process' clock, which does not run like the world's */
    us -= us * p->drift_ppm / 1000000;
    t->event = sim_in(p, us + rng_between(&p->rng, 1, WAKE_US), on_due, t);
}

void loop_timer_at(struct loop_timer *t, int64_t mono_us)
{
    loop_timer_in(t, mono_us - clock_mono_us());
}

void loop_timer_cancel(struct loop_timer *t)
{
    sim_cancel(t->event);
    t->event = NULL;
}

bool loop_timer_armed(const struct loop_timer *t)
{
    return t->event != NULL;
}
