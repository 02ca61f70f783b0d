#include "core/forecast.h"

#include <math.h>
#include <stdlib.h>

struct group {
    double left;
    bool later; /* its first window is over */
    struct hours_window window;
};

struct part { /* a campaign */
    const struct forecast_campaign *in;
    struct group *groups;
    double open; /* people of it who may be texted at the moment */
    double rate; /* per second, at the moment */
    double few;  /* people until it waits; 0 = it does not, or has */
    double served;
    int64_t waits_until_us;
};

struct run {
    struct part *parts;
    size_t n;
    int64_t at_us, next_us; /* next: when hours, a start or a deadline change something */
};

static void change_at(struct run *r, int64_t us)
{
    if (us > r->at_us && us < r->next_us) r->next_us = us;
}

/* The window that counts now; false when there is none. */
static bool refresh(const struct run *r, const struct part *p, size_t i)
{
    struct group *g = &p->groups[i];
    const struct forecast_group *in = &p->in->groups[i];
    int64_t over_us = g->window.close_us;
    if (over_us > r->at_us) return true;
    if (!p->in->hours || p->in->hours->any) {
        g->window = (struct hours_window){r->at_us, INT64_MAX};
        return true;
    }
    if (!hours_window(p->in->hours, in->zones, in->zone_count, r->at_us, &g->window)) return false;
    if (over_us && g->window.open_us > over_us) g->later = true;
    return true;
}

/* How many of it are open now, and when that changes. False: somebody never is. */
static bool look_at_groups(struct run *r, struct part *p)
{
    for (size_t i = 0; i < p->in->group_count; i++) {
        struct group *g = &p->groups[i];
        if (g->left == 0) continue;
        if (!refresh(r, p, i)) return false;
        bool is_open = g->window.open_us <= r->at_us;
        change_at(r, is_open ? g->window.close_us : g->window.open_us);
        if (is_open) p->open += g->left;
    }
    return true;
}

static void forget(struct part *p)
{
    p->open = 0;
    for (size_t i = 0; i < p->in->group_count; i++)
        p->groups[i].left = 0;
}

/* False: the first one has people who are never open. */
static bool look(struct run *r)
{
    r->next_us = INT64_MAX;
    for (size_t i = 0; i < r->n; i++) {
        struct part *p = &r->parts[i];
        int64_t until_us = i ? p->in->until_us : 0;
        p->open = 0;
        if (p->in->begin_us > r->at_us)
            change_at(r, p->in->begin_us);
        else if (until_us && until_us <= r->at_us)
            forget(p);
        else if (p->waits_until_us > r->at_us)
            change_at(r, p->waits_until_us);
        else if (look_at_groups(r, p))
            change_at(r, until_us);
        else if (i == 0)
            return false;
        else
            forget(p);
    }
    return true;
}

/* Whoever may have less than their share leaves the rest to the others. */
static void share_out(struct run *r, double rate)
{
    double weights = 0;
    for (size_t i = 0; i < r->n; i++) {
        r->parts[i].rate = -1; /* not given yet */
        if (r->parts[i].open > 0) weights += r->parts[i].in->weight;
    }
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < r->n; i++) {
            struct part *p = &r->parts[i];
            double most = p->in->most_per_s;
            if (p->open == 0 || p->rate >= 0 || most == 0) continue;
            if (most >= rate * p->in->weight / weights) continue;
            p->rate = most;
            rate -= most;
            weights -= p->in->weight;
            again = true;
        }
    }
    for (size_t i = 0; i < r->n; i++) {
        struct part *p = &r->parts[i];
        if (p->rate < 0) p->rate = p->open > 0 ? rate * p->in->weight / weights : 0;
    }
}

/* [µs] until somebody has no open people left. */
static double shortest_us(const struct run *r)
{
    double us = INFINITY;
    for (size_t i = 0; i < r->n; i++) {
        const struct part *p = &r->parts[i];
        if (p->open > 0 && p->rate > 0) us = fmin(us, p->open / p->rate * 1e6);
        if (p->few > 0 && p->rate > 0) us = fmin(us, p->few / p->rate * 1e6);
    }
    return us;
}

/* Returns how many of them were served on a later day than their first. */
static double serve(struct run *r, struct part *p, double us)
{
    double later = 0, share = p->open > 0 ? p->rate * us / 1e6 / p->open : 0;
    if (share > 1 - 1e-9) share = 1;
    p->served += p->open * share;
    for (size_t i = 0; share > 0 && i < p->in->group_count; i++) {
        struct group *g = &p->groups[i];
        if (g->left == 0 || g->window.open_us > r->at_us) continue;
        double sent = g->left * share;
        if (g->later) later += sent;
        g->left = share >= 1 ? 0 : g->left - sent;
    }
    return later;
}

static bool is_done(const struct part *p)
{
    for (size_t i = 0; i < p->in->group_count; i++)
        if (p->groups[i].left > 0) return false;
    return true;
}

/* The first few may all be on their way: then it waits. */
static void take_few(const struct run *r, struct part *p, double us)
{
    if (p->few <= 0 || p->rate <= 0) return;
    p->few -= p->rate * us / 1e6;
    if (p->few > 0.001) return;
    p->few = 0;
    p->waits_until_us = r->at_us + p->in->few_wait_us;
}

/* When the first one's marks are reached in the next us. */
static void pass_marks(const struct run *r, double us, struct forecast *f)
{
    const struct part *p = &r->parts[0];
    for (size_t i = 0; i < FORECAST_MARKS; i++) {
        double ahead = (double)p->in->marks[i] - p->served;
        if (p->in->marks[i] == 0 || f->mark_us[i] || p->rate <= 0) continue;
        if (ahead <= p->rate * us / 1e6 + 0.001)
            f->mark_us[i] = r->at_us + (int64_t)ceil(fmax(0, ahead) / p->rate * 1e6);
    }
}

/* Until the next change; returns how many of the first one were served on a later day. */
static double step(struct run *r, double rate, struct forecast *f)
{
    double later = 0;
    share_out(r, rate);
    double us = shortest_us(r), room_us = (double)r->next_us - (double)r->at_us;
    bool cut = room_us < us;
    if (cut) us = room_us;
    pass_marks(r, us, f);
    for (size_t i = 0; i < r->n; i++) {
        double of_it = serve(r, &r->parts[i], us);
        if (i == 0) later = of_it;
    }
    r->at_us = cut ? r->next_us : r->at_us + (int64_t)ceil(us);
    for (size_t i = 0; i < r->n; i++)
        take_few(r, &r->parts[i], us);
    return later;
}

static void go(struct run *r, double rate, struct forecast *f)
{
    int64_t begin_us = r->parts[0].in->begin_us > r->at_us ? r->parts[0].in->begin_us : r->at_us;
    int64_t end_us = begin_us + FORECAST_DAYS * INT64_C(86400000000);
    double later = 0;
    while (r->at_us < end_us && look(r)) {
        f->ends = is_done(&r->parts[0]);
        if (f->ends) break;
        if (r->parts[0].open > 0 && f->first_us == 0) f->first_us = r->at_us;
        later += step(r, rate, f);
    }
    f->finish_us = r->at_us;
    f->next_day = (uint64_t)llround(later);
}

static struct group *groups_of(const struct forecast_campaign *c)
{
    struct group *groups = xcalloc(c->group_count ? c->group_count : 1, sizeof *groups);
    for (size_t i = 0; i < c->group_count; i++)
        groups[i].left = (double)c->groups[i].people;
    return groups;
}

struct forecast forecast_run(const struct forecast_campaign *campaigns, size_t n, double rate_per_s,
                             int64_t now_us)
{
    check(rate_per_s > 0 && n > 0);
    struct forecast f = {.ends = false};
    struct run r = {.n = n, .at_us = now_us};
    r.parts = xcalloc(n, sizeof *r.parts);
    for (size_t i = 0; i < n; i++)
        r.parts[i] = (struct part){.in = &campaigns[i],
                                   .groups = groups_of(&campaigns[i]),
                                   .few = campaigns[i].few_wait_us ? (double)campaigns[i].few : 0};
    go(&r, rate_per_s, &f);
    for (size_t i = 0; i < n; i++)
        free(r.parts[i].groups);
    free(r.parts);
    return f;
}
