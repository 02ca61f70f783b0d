#include "store_opening.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/log.h"
#include "store/audit.h"
#include "store/by_group.h"
#include "store/campaign.h"
#include "store/layout.h"
#include "store/mark.h"
#include "store/spellings.h"

enum { AGAIN_US = 200 * 1000 };

struct store_opening {
    struct redis *redis;
    struct store *store;
    struct loop_timer *timer;
    bool stands, said; /* of this connection; said: that it does not */
    bool stopping;
};

static void try_again(struct store_opening *o, const char *what, const struct err *e)
{
    if (redis_is_connected(o->redis) && !o->said) {
        log_error("%s: %s; nothing is sent until that is done", what, e->text);
        o->said = true;
    }
    loop_timer_in(o->timer, AGAIN_US);
}

static void on_noted(void *arg, int result, const struct err *e)
{
    struct store_opening *o = arg;
    if (o->stopping) return;
    o->stands = result == 0;
    if (result < 0) try_again(o, "the layout of the store cannot be noted", e);
}

static void on_by_group(void *arg, int result, const struct err *e)
{
    struct store_opening *o = arg;
    if (o->stopping) return;
    if (result < 0)
        try_again(o, "campaigns and audiences cannot be listed by their groups", e);
    else
        layout_note(o->store, on_noted, o);
}

static void on_taken_over(void *arg, int result, const struct err *e)
{
    struct store_opening *o = arg;
    if (o->stopping) return;
    if (result < 0)
        try_again(o, "the audit trail of an older Muster cannot be taken over", e);
    else
        by_group_take_over(o->store, on_by_group, o);
}

static void on_joined(void *arg, int result, const struct spellings_joined *j, const struct err *e)
{
    struct store_opening *o = arg;
    if (o->stopping) return;
    if (result < 0) {
        try_again(o, "older spellings of numbers cannot be joined with those of today", e);
        return;
    }
    if (j->walked && j->looked_at)
        log_info("older spellings of numbers: of %lld entries %lld suppressions and %lld "
                 "conversations were joined with the number of today",
                 (long long)j->looked_at, (long long)j->suppressions, (long long)j->conversations);
    audit_take_over(o->store, on_taken_over, o);
}

static void on_book(void *arg, int result, const struct err *e)
{
    struct store_opening *o = arg;
    if (o->stopping) return;
    if (result < 0)
        try_again(o, "the direct book cannot be opened", e);
    else
        spellings_join(o->store, on_joined, o);
}

static void on_timer(void *arg)
{
    struct store_opening *o = arg;
    if (redis_is_connected(o->redis) && mark_stand(o->store) != MARK_AWAY)
        campaign_open_direct(o->store, on_book, o);
}

struct store_opening *store_opening_new(struct loop *l, struct redis *r, struct store *s)
{
    struct store_opening *o = xcalloc(1, sizeof *o);
    o->redis = r;
    o->store = s;
    o->timer = loop_timer_new(l, on_timer, o);
    loop_timer_in(o->timer, 0);
    return o;
}

void store_opening_begin(struct store_opening *o)
{
    o->stands = o->said = false;
    loop_timer_in(o->timer, 0);
}

bool store_opening_stands(const struct store_opening *o)
{
    return o->stands;
}

void store_opening_stop(struct store_opening *o)
{
    if (o) o->stopping = true;
}

void store_opening_free(struct store_opening *o)
{
    if (!o) return;
    loop_timer_free(o->timer);
    free(o);
}
