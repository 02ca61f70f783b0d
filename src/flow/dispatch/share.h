#pragma once
/* What a batch has to do at one outlet. An outlet knows its shares by whether they could be asked
 * for now: of campaigns by campaign, of replies by age, and those who wait.
 *
 * A share is out (nobody may be asked for), idle (nothing to do), ready, or it sleeps. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

struct batch;
struct outlet;

enum share_place { SHARE_OUT, SHARE_IDLE, SHARE_READY, SHARE_ASLEEP };

struct share {
    struct batch *batch;
    struct outlet *outlet; /* NULL until it is known */
    size_t todo_n;         /* people */
    int64_t wake_us;       /* asleep until then */
    enum share_place place;
    bool waits_said; /* that only a few are left, who wait */
    uint64_t age;    /* who came first has less */
    TAILQ_ENTRY(share) link;
};
TAILQ_HEAD(shares, share);

/* It has turns at that outlet from now on. */
void share_enter(struct share *s, struct outlet *o);
void share_leave(struct share *s); /* it is out; harmless when it is */
/* One more to do, who is ready then [µs, our clock]. */
void share_add(struct share *s, int64_t ready_us);
void share_take(struct share *s); /* one less */
/* Nobody of it is ready before; INT64_MAX: until there is more to do. */
void share_sleep(struct share *s, int64_t until_us);
void share_wake(struct share *s); /* one that sleeps */
