#pragma once
/* Processes that check in with a store (store/mark.h), for the tests of that and of making it good. */
#include "ledger_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "io/redis.h"
#include "store/mark.h"
#include "store/restore.h"
#include "store/suppress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GRACE_MS = 5000 };

static struct ledger_world *w;

/* ---- a process that checks in ---- */

struct process {
    const char *name;
    struct store *store;
    struct mark_report got;
    char by[32], peers[128];
    bool done;
};

static void on_report(void *arg, const struct mark_report *report, const struct err *e)
{
    struct process *p = arg;
    if (!report) fail_msg("%s", e->text);
    p->got = *report;
    (void)snprintf(p->by, sizeof p->by, "%.*s", SLICE_ARG(report->by));
    p->peers[0] = '\0';
    for (size_t i = 0; i < report->peer_count; i++)
        (void)snprintf(p->peers + strlen(p->peers), sizeof p->peers - strlen(p->peers), "%.*s ",
                       SLICE_ARG(report->peers[i]));
    p->done = true;
}

static enum mark_stand check_in(struct process *p, const char *run, const char *knows)
{
    const struct slice peer = slice_of(knows);
    const struct mark_check_in in = {.instance = p->name,
                                     .run = run,
                                     .grace_ms = GRACE_MS,
                                     .peers = &peer,
                                     .peer_count = *knows ? 1 : 0};
    store_set_clock(p->store, w->now_us);
    p->done = false;
    mark_check_in(p->store, &in, on_report, p);
    while (!p->done)
        loop_turn(w->loop, WORLD_MS);
    return p->got.stand;
}

static struct process process_new(const char *name)
{
    return (struct process){.name = name, .store = store_new(w->redis, w->prefix)};
}

static void move_mark(int64_t by)
{
    char n[24];
    (void)snprintf(n, sizeof n, "%lld", (long long)by);
    (void)lw_redis(w, "HINCRBY", "store", "mark", n, NULL);
}

static int begin(void **state)
{
    w = *state;
    lw_next(w);
    return 0;
}

/* A store that nobody knows, the world's own dispatchers neither. */
static int begin_unknown(void **state)
{
    (void)begin(state);
    (void)lw_redis(w, "DEL", "store", NULL);
    (void)lw_redis(w, "DEL", "store:peers", NULL);
    return 0;
}

static uint64_t mark_of_store(void)
{
    const char *mark = lw_redis(w, "HGET", "store", "mark", NULL);
    return mark ? strtoull(mark, NULL, 10) : 0;
}

struct done {
    uint64_t told;
    int result;
    bool is;
};

static void on_done(void *arg, int result, const struct err *e)
{
    struct done *d = arg;
    (void)e;
    *d = (struct done){mark_told(w->store), result, true};
}

static uint64_t told_of(struct done *d)
{
    while (!d->is)
        loop_turn(w->loop, WORLD_MS);
    return d->told;
}
