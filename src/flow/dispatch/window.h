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
    TAILQ_HEAD(under_way, grant) under_way; /* at the provider, who left first is first */
    struct grant *unripe;                   /* from there on none is expected back soon */
    size_t ripe_n;                          /* those before */
    int64_t took_us;                        /* what responses take, smoothed */
    double returns;                         /* responses of late, the older ones count less */
    int64_t at_us;                          /* as of then [our clock] */
};

void window_init(struct window *w);
void window_sent(struct grant *g);
void window_returned(struct grant *g, const struct http_result *result);
/* Whether one more request may be at the provider. */
bool window_has_place(const struct outlet *o, int64_t now_us);
/* How many more may be asked for; when it is none, and nothing happens, then more [our clock]. */
size_t window_room(struct outlet *o, int64_t now_us);
int64_t window_wake_us(const struct outlet *o, int64_t now_us);
/* Hardly anybody else may be open before some of those who are behind are recorded. */
bool window_is_crowded(const struct outlet *o);
/* So many are worth a call of the gate: of fewer, more will come soon. 0: any are. */
size_t window_enough(const struct outlet *o, int64_t now_us);
