#include "slow.h"

#include "base/check.h"
#include "base/clock.h"
#include "web/respond.h"

#include <stdlib.h>

/* A ring: all wait equally long. */
struct slow {
    struct loop_timer *timer;
    struct http_request *waiting[SLOW_MAX];
    int64_t due_us[SLOW_MAX];
    size_t first, count;
};

static void refuse(struct http_request *q)
{
    http_request_set_header(q, "Retry-After", "900");
    respond_problem(q, 429, "too_many_attempts",
                    "Too many wrong tokens from your address: wait a quarter of an hour. A right "
                    "one is taken at any time.");
}

static void on_due(void *arg)
{
    struct slow *s = arg;
    while (s->count && s->due_us[s->first] <= clock_mono_us()) {
        struct http_request *q = s->waiting[s->first];
        s->first = (s->first + 1) % SLOW_MAX;
        s->count--;
        refuse(q);
    }
    if (s->count) loop_timer_at(s->timer, s->due_us[s->first]);
}

struct slow *slow_new(struct loop *l)
{
    if (!l) return NULL;
    struct slow *s = xcalloc(1, sizeof *s);
    s->timer = loop_timer_new(l, on_due, s);
    return s;
}

void slow_free(struct slow *s)
{
    if (!s) return;
    loop_timer_free(s->timer);
    free(s);
}

void slow_refuse(struct slow *s, struct http_request *q)
{
    if (!s || s->count == SLOW_MAX) {
        refuse(q);
        return;
    }
    size_t at = (s->first + s->count++) % SLOW_MAX;
    s->waiting[at] = q;
    s->due_us[at] = clock_mono_us() + SLOW_MS * 1000;
    if (s->count == 1) loop_timer_at(s->timer, s->due_us[at]);
}
