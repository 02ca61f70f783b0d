#include "flow/journal_room.h"

#include <stdlib.h>

#include "base/check.h"
#include "flow/journal.h"
#include "io/loop.h"
#include "store/backup.h"

enum { LOOK_US = 60 * 1000 * 1000 };

struct journal_room {
    struct store *store;
    struct journal *journal;
    struct loop_timer *timer;
    bool asking;
};

/* A backup of another store says nothing about what this journal is of. */
static void on_last(void *arg, int result, const struct backup_last *last)
{
    struct journal_room *r = arg;
    struct slice mine = journal_store(r->journal).id;
    r->asking = false;
    if (result == 0 && mine.n && last->mark && slice_eq(mine, last->store))
        journal_drop(r->journal, last->mark);
}

void journal_room_look(struct journal_room *r)
{
    loop_timer_in(r->timer, LOOK_US);
    if (r->asking) return;
    r->asking = true;
    backup_last_load(r->store, on_last, r);
}

static void on_timer(void *arg)
{
    journal_room_look(arg);
}

struct journal_room *journal_room_new(struct loop *l, struct store *s, struct journal *j)
{
    struct journal_room *r = xcalloc(1, sizeof *r);
    r->store = s;
    r->journal = j;
    r->timer = loop_timer_new(l, on_timer, r);
    loop_timer_in(r->timer, LOOK_US);
    return r;
}

void journal_room_free(struct journal_room *r)
{
    if (!r) return;
    loop_timer_free(r->timer);
    free(r);
}
