#include "core/forecast.h"

#include <math.h>
#include <stdlib.h>

struct group {
    double left;
    bool later; /* its first window is over */
    struct hours_window window;
};

struct run {
    const struct hours *hours;
    const struct forecast_group *in;
    struct group *groups;
    size_t n;
    int64_t at_us;
};

/* The window that counts now; false when there is none. */
static bool refresh(const struct run *r, size_t i)
{
    struct group *g = &r->groups[i];
    int64_t over_us = g->window.close_us;
    if (over_us > r->at_us) return true;
    if (!hours_window(r->hours, r->in[i].zones, r->in[i].zone_count, r->at_us, &g->window))
        return false;
    if (over_us && g->window.open_us > over_us) g->later = true;
    return true;
}

/* How many people are open now, and when that changes. False: somebody never is. */
static bool look(const struct run *r, double *open, int64_t *next_us)
{
    *open = 0;
    *next_us = INT64_MAX;
    for (size_t i = 0; i < r->n; i++) {
        struct group *g = &r->groups[i];
        if (g->left == 0) continue;
        if (!refresh(r, i)) return false;
        bool is_open = g->window.open_us <= r->at_us;
        int64_t change = is_open ? g->window.close_us : g->window.open_us;
        if (is_open) *open += g->left;
        if (change < *next_us) *next_us = change;
    }
    return true;
}

/* Serves everybody whose hours are open: this share of those who are left. */
static double serve(struct run *r, double share)
{
    double later = 0;
    for (size_t i = 0; i < r->n; i++) {
        struct group *g = &r->groups[i];
        if (g->left == 0 || g->window.open_us > r->at_us) continue;
        double sent = g->left * share;
        if (g->later) later += sent;
        g->left = share >= 1 ? 0 : g->left - sent;
    }
    return later;
}

static void go(struct run *r, double interval_us, struct forecast *f)
{
    int64_t start_us = r->at_us, end_us = start_us + FORECAST_DAYS * INT64_C(86400000000), next_us;
    double open, later = 0;
    while (r->at_us < end_us && look(r, &open, &next_us)) {
        if (open == 0 && next_us == INT64_MAX) { /* nobody is left */
            f->ends = true;
            break;
        }
        if (open > 0) {
            double need_us = open * interval_us, room_us = (double)(next_us - r->at_us);
            if (f->first_us == 0) f->first_us = r->at_us;
            later += serve(r, need_us <= room_us ? 1 : room_us / need_us);
            if (need_us <= room_us) next_us = r->at_us + (int64_t)ceil(need_us);
        }
        r->at_us = next_us;
    }
    f->finish_us = r->at_us;
    f->next_day = (uint64_t)llround(later);
}

struct forecast forecast_run(const struct hours *h, const struct forecast_group *groups, size_t n,
                             double interval_us, int64_t start_us)
{
    check(interval_us > 0);
    struct forecast f = {.ends = false};
    struct run r = {.hours = h, .in = groups, .n = n, .at_us = start_us};
    r.groups = xcalloc(n ? n : 1, sizeof *r.groups);
    for (size_t i = 0; i < n; i++)
        r.groups[i].left = (double)groups[i].people;
    go(&r, interval_us, &f);
    free(r.groups);
    return f;
}
