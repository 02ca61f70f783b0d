/* Shares move between the lists of their outlet when they change, so that whoever looks for the
 * next turn finds those who are ready and no others. */
#include "share.h"

#include "batch.h"
#include "outlet.h"
#include "run.h"

static struct shares *ready_list(struct share *s)
{
    struct run *r = batch_run(s->batch);
    return r ? &r->ready : &s->outlet->turns.replies;
}

/* By age. A share that comes back is mostly the oldest, and a new one the youngest. */
static void insert(struct shares *list, struct share *s)
{
    struct share *after = TAILQ_LAST(list, shares);
    if (after && after->age > s->age)
        for (after = TAILQ_FIRST(list); after->age < s->age; after = TAILQ_NEXT(after, link))
            ;
    if (after && after->age > s->age)
        TAILQ_INSERT_BEFORE(after, s, link);
    else
        TAILQ_INSERT_TAIL(list, s, link);
}

static void place(struct share *s, enum share_place to)
{
    struct turns *t = &s->outlet->turns;
    if (s->place == SHARE_ASLEEP) TAILQ_REMOVE(&t->asleep, s, link);
    if (s->place == SHARE_READY) {
        TAILQ_REMOVE(ready_list(s), s, link);
        turns_left(s);
    }
    s->place = to;
    if (to == SHARE_ASLEEP) {
        TAILQ_INSERT_TAIL(&t->asleep, s, link);
        if (s->wake_us < t->wake_us) t->wake_us = s->wake_us;
    }
    if (to == SHARE_READY) {
        insert(ready_list(s), s);
        turns_joined(s);
    }
}

void share_enter(struct share *s, struct outlet *o)
{
    check(s->place == SHARE_OUT);
    s->outlet = o;
    s->waits_said = false;
    s->age = ++o->turns.ages;
    o->turns.share_n++;
    place(s, s->todo_n ? SHARE_READY : SHARE_IDLE);
}

void share_leave(struct share *s)
{
    if (s->place == SHARE_OUT) return;
    place(s, SHARE_OUT);
    s->outlet->turns.share_n--;
}

/* An idle one counts as ready at once: to ask for its people shows how long it has to sleep. */
void share_add(struct share *s, int64_t ready_us)
{
    s->todo_n++;
    if (s->place == SHARE_IDLE) place(s, SHARE_READY);
    if (s->place == SHARE_ASLEEP && ready_us < s->wake_us) share_sleep(s, ready_us);
}

void share_take(struct share *s)
{
    check(s->todo_n > 0);
    s->todo_n--;
    if (s->todo_n == 0 && s->place != SHARE_OUT) place(s, SHARE_IDLE);
}

void share_sleep(struct share *s, int64_t until_us)
{
    s->wake_us = until_us;
    if (s->place == SHARE_READY || s->place == SHARE_ASLEEP) place(s, SHARE_ASLEEP);
}

void share_wake(struct share *s)
{
    place(s, SHARE_READY);
}
