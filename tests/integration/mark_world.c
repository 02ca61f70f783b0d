#include "mark_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "io/redis.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ledger_world *w;

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

enum mark_stand check_in(struct process *p, const char *run, const char *knows)
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

struct process process_new(const char *name)
{
    return (struct process){.name = name, .store = store_new(w->redis, w->prefix)};
}

void move_mark(int64_t by)
{
    char n[24];
    (void)snprintf(n, sizeof n, "%lld", (long long)by);
    (void)lw_redis(w, "HINCRBY", "store", "mark", n, NULL);
}

int mark_begin(void **state)
{
    w = *state;
    lw_next(w);
    return 0;
}

int mark_begin_unknown(void **state)
{
    (void)mark_begin(state);
    (void)lw_redis(w, "DEL", "store", NULL);
    (void)lw_redis(w, "DEL", "store:peers", NULL);
    return 0;
}

uint64_t mark_of_store(void)
{
    const char *mark = lw_redis(w, "HGET", "store", "mark", NULL);
    return mark ? strtoull(mark, NULL, 10) : 0;
}

void mark_on_done(void *arg, int result, const struct err *e)
{
    struct done *d = arg;
    (void)e;
    *d = (struct done){mark_told(w->store), result, true};
}

uint64_t mark_told_of(struct done *d)
{
    while (!d->is)
        loop_turn(w->loop, WORLD_MS);
    return d->told;
}
