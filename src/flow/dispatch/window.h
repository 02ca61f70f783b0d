#pragma once
/* How many people an outlet may have open, and where (window.c). */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

struct grant;
struct http_result;
struct outlet;

struct window {
    TAILQ_HEAD(under_way, grant)
    under_way;             /* those at the provider, in the order in which they left */
    struct grant *unripe;  /* the first of them that is not expected back soon */
    size_t ripe_n;         /* how many are before it */
    int64_t took_us;       /* what responses take, smoothed */
    double returns;        /* how many responses came lately: an older one counts less */
    int64_t at_us;         /* [our clock] when `returns` was counted */
    double send_us;        /* what it takes us to send a request, smoothed */
    int64_t busy_until_us; /* [our clock] until then we send to those who were asked for last */
};

void window_init(struct window *w); /* nothing to free */
/* A grant's request leaves; its response is there, or there will be none. */
void window_sent(struct grant *g);
void window_returned(struct grant *g, const struct http_result *result);
/* Whether one more request may be at the provider. */
bool window_has_place(const struct outlet *o, int64_t now_us);
/* How many more people may be asked for. */
size_t window_room(struct outlet *o, int64_t now_us);
/* [our clock] When window_room is to be asked again, although nothing has happened. */
int64_t window_wake_us(const struct outlet *o, int64_t now_us);
/* Hardly anybody else may be open before some of those who are behind are recorded. */
bool window_is_crowded(const struct outlet *o);
/* It took us so long to send a request. */
void window_took(struct outlet *o, int64_t took_us);
/* n people of a campaign are asked for: until window.busy_until_us no more should be. */
void window_asked(struct outlet *o, size_t n, int64_t now_us);
/* A call of the gate is worth it for so many people. For fewer it is not made now: room for more comes soon. 0: for any number. */
size_t window_enough(const struct outlet *o, int64_t now_us);
