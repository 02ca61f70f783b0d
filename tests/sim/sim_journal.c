/* flow/journal.h on a made-up disk: a sync takes a while, sometimes a long one, and fails while the
 * disk takes nothing. */
#include "sim_journal.h"

#include "base/map.h"
#include "flow/journal.h"
#include "io/loop.h"

#include <errno.h>
#include <stdlib.h>

enum { SYNC_US = 200, SLOW_SYNC_US = 30 * SIM_MS, AGAIN_US = 300 * SIM_MS };
#define SLOW_CHANCE 0.002

struct grants {
    struct grant {
        const struct sim_process *process;
        uint32_t campaign, index;
    } * list;
    size_t n;
};
struct waits {
    struct wait {
        journal_sync_cb *cb;
        void *arg;
    } * list;
    size_t n;
};

struct journal {
    struct sim_process *process;
    struct grants added, writing;
    struct waits waiting, syncing;
    bool busy;
    struct loop_timer *begin, *done, *again;
    int failing;
};

/* A process' last grant of somebody → whether it is on the disk. */
static struct map *grants;
enum { ADDED = 1, STANDS };
static int64_t fails_until_us;

void sim_journal_begin(void)
{
    grants = map_new();
    fails_until_us = 0;
}

void sim_journal_end(void)
{
    map_free(grants);
    grants = NULL;
}

void sim_journal_fail(int64_t us)
{
    fails_until_us = sim_now_us() + us;
}

static void note(const struct grant *g, uintptr_t how)
{
    (void)map_put(grants, slice_make(g, sizeof *g), (void *)how);
}

bool sim_journal_has_grant(const struct sim_process *p, uint32_t campaign, uint32_t index)
{
    const struct grant g = {p, campaign, index};
    return (uintptr_t)map_get(grants, slice_make(&g, sizeof g)) == STANDS;
}

/* ---- syncing ---- */

static void waits_end(struct waits *w, int result)
{
    struct waits told = *w;
    *w = (struct waits){0};
    for (size_t i = 0; i < told.n; i++)
        told.list[i].cb(told.list[i].arg, result);
    free(told.list);
}

static void forget(struct grants *g)
{
    free(g->list);
    *g = (struct grants){0};
}

static void fail(struct journal *j)
{
    j->failing = -ENOSPC;
    forget(&j->added);
    loop_timer_in(j->again, AGAIN_US);
    waits_end(&j->syncing, j->failing);
    waits_end(&j->waiting, j->failing);
}

static void on_begin(void *arg)
{
    struct journal *j = arg;
    if (j->busy) return;
    if (j->failing) {
        waits_end(&j->waiting, j->failing);
        return;
    }
    j->busy = true;
    j->writing = j->added;
    j->added = (struct grants){0};
    j->syncing = j->waiting;
    j->waiting = (struct waits){0};
    struct rng *rng = &j->process->rng;
    bool slow = j->process->hiccup_us && rng_chance(rng, SLOW_CHANCE);
    loop_timer_in(j->done, rng_exponential(rng, slow ? SLOW_SYNC_US : SYNC_US));
}

static void on_done(void *arg)
{
    struct journal *j = arg;
    bool failed = sim_now_us() < fails_until_us;
    j->busy = false;
    for (size_t i = 0; !failed && i < j->writing.n; i++)
        note(&j->writing.list[i], STANDS);
    forget(&j->writing);
    if (failed) {
        fail(j);
        return;
    }
    waits_end(&j->syncing, 0);
    if (j->waiting.n && !j->busy) on_begin(j);
}

static void on_again(void *arg)
{
    struct journal *j = arg;
    if (sim_now_us() < fails_until_us)
        loop_timer_in(j->again, AGAIN_US);
    else
        j->failing = 0;
}

void journal_sync(struct journal *j, journal_sync_cb *cb, void *arg)
{
    struct waits *w = &j->waiting;
    w->list = xrealloc(w->list, (w->n + 1) * sizeof *w->list);
    w->list[w->n++] = (struct wait){cb, arg};
    if (!j->busy) loop_timer_in(j->begin, 0);
}

/* ---- adding ---- */

void journal_grant(struct journal *j, uint64_t mark, const struct journal_people *who)
{
    struct grants *g = &j->added;
    (void)mark;
    for (size_t i = 0; i < who->n; i++) {
        const struct grant one = {j->process, who->campaign, who->first + who->offsets[i]};
        note(&one, ADDED);
        if (j->failing) continue;
        g->list = xrealloc(g->list, (g->n + 1) * sizeof *g->list);
        g->list[g->n++] = one;
    }
}

void journal_contacts(struct journal *j, uint64_t mark, const struct journal_people *who)
{
    (void)j, (void)mark, (void)who;
}

void journal_outcome(struct journal *j, uint64_t mark, const struct journal_people *who,
                     const uint8_t *states)
{
    (void)j, (void)mark, (void)who, (void)states;
}

int journal_is_well(const struct journal *j, struct err *e)
{
    return j->failing ? err_set(e, j->failing, "the disk takes nothing") : 0;
}

int64_t journal_sync_us(const struct journal *j)
{
    (void)j;
    return 2 * SYNC_US;
}

/* ---- life ---- */

int journal_open(const struct journal_config *config, struct journal **ret, struct err *e)
{
    (void)e;
    struct journal *j = xcalloc(1, sizeof *j);
    j->process = sim_current();
    j->begin = loop_timer_new(config->loop, on_begin, j);
    j->done = loop_timer_new(config->loop, on_done, j);
    j->again = loop_timer_new(config->loop, on_again, j);
    *ret = j;
    return 0;
}

/* As a kill would. */
void journal_free(struct journal *j)
{
    waits_end(&j->syncing, -ECANCELED);
    waits_end(&j->waiting, -ECANCELED);
    forget(&j->added);
    forget(&j->writing);
    loop_timer_free(j->begin);
    loop_timer_free(j->done);
    loop_timer_free(j->again);
    free(j);
}
