#include "flow/answer_pacer.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/map.h"
#include "core/answer_pace.h"
#include "store/campaign.h"
#include "store/events.h"

enum {
    CAMPAIGNS_MAX = 200, /* campaigns that are not over are read up to this many */
    STEPS = ANSWER_PACE_WINDOW_MS / ANSWER_PACE_STEP_MS,
    KEY_BYTES_MAX = 256,
};

/* Time is counted in steps of ANSWER_PACE_STEP_MS. What happened in step n stands at n % STEPS. */

/* A member who answers people of a group. */
struct hand {
    int64_t step; /* in which they last answered */
    char last_thing
        [24]; /* the conversation that they replied to last: to close it is no second answer */
};
/* A group's answers. */
struct crowd {
    uint32_t answered[STEPS]; /* how many in each step */
    int64_t step;             /* the newest one that is counted */
};
/* A campaign that goes only as fast as people are answered. */
struct paced {
    struct answer_pacer *pacer;
    uint32_t id;
    struct answer_pace pace;
    uint64_t texted[STEPS], wrote[STEPS]; /* the campaign's sums at the end of each step */
    int64_t began, seen;                  /* the first step that we saw of it, and the next one */
    int64_t target_ms;
    char group[KEY_BYTES_MAX];
    bool asking;
};

struct answer_pacer {
    struct answer_pacer_config config;
    struct loop_timer *tick;
    struct events_listener *listener; /* NULL while no campaign is paced */
    struct map *hands, *crowds, *paced;
    int64_t step; /* the one that runs now */
    bool asking, dead;
};

/* ---- who answers ---- */

static void *find(struct map *map, struct slice key, size_t bytes)
{
    void *v = map_get(map, key);
    if (v) return v;
    v = xcalloc(1, bytes);
    (void)map_put(map, key, v);
    return v;
}

static void forget(struct map *map)
{
    size_t pos = 0;
    struct slice key;
    void *v;
    while (map_next(map, &pos, &key, &v))
        free(v);
    map_free(map);
}

static struct crowd *crowd_of(struct answer_pacer *p, struct slice group)
{
    struct crowd *c = find(p->crowds, group, sizeof *c);
    for (; c->step < p->step; c->step++)
        c->answered[(c->step + 1) % STEPS] = 0;
    return c;
}

static void hear(struct answer_pacer *p, const struct event *e)
{
    char key[KEY_BYTES_MAX];
    bool replied = slice_is(e->what, "replied"), closed = slice_is(e->what, "closed");
    if (e->kind != EVENT_CONVERSATION || e->by.n == 0 || e->group.n == 0) return;
    int n = snprintf(key, sizeof key, "%.*s/%.*s", SLICE_ARG(e->group), SLICE_ARG(e->by));
    if (n < 0 || n >= KEY_BYTES_MAX) return;
    struct hand *h = find(p->hands, slice_make(key, (size_t)n), sizeof *h);
    h->step = p->step;
    if (replied || (closed && !slice_is(e->thing, h->last_thing)))
        crowd_of(p, e->group)->answered[p->step % STEPS]++;
    if (replied) (void)snprintf(h->last_thing, sizeof h->last_thing, "%.*s", SLICE_ARG(e->thing));
}

static void on_news(void *arg, const struct events_news *news)
{
    for (size_t i = 0; i < news->n; i++)
        hear(arg, &news->list[i]);
}

static uint64_t answered_in(struct answer_pacer *p, struct slice group)
{
    const struct crowd *c = crowd_of(p, group);
    uint64_t n = 0;
    for (size_t i = 0; i < STEPS; i++)
        n += c->answered[i];
    return n;
}

/* How many of the group answered lately. Who did not for the whole window is forgotten on the way. */
static uint64_t there_in(struct answer_pacer *p, struct slice group)
{
    char prefix[KEY_BYTES_MAX];
    uint64_t n = 0;
    size_t pos = 0;
    struct slice key;
    void *v;
    (void)snprintf(prefix, sizeof prefix, "%.*s/", SLICE_ARG(group));
    while (map_next(p->hands, &pos, &key, &v)) {
        const struct hand *h = v;
        if (p->step - h->step >= STEPS)
            free(map_del(p->hands, key));
        else
            n += slice_starts(key, prefix);
    }
    return n;
}

/* ---- a campaign ---- */

static struct answer_pace_seen look(struct paced *c, uint64_t waiting, int64_t since_ms)
{
    struct answer_pacer *p = c->pacer;
    struct slice group = slice_of(c->group);
    int64_t steps = p->step - c->began;
    size_t now = (size_t)(p->step % STEPS);
    size_t then = steps < STEPS ? (size_t)(c->began % STEPS) : (now + 1) % STEPS;
    int64_t oldest_ms = since_ms ? clock_wall_ms() - since_ms : 0;
    return (struct answer_pace_seen){
        .target_ms = c->target_ms,
        .oldest_ms = oldest_ms > 0 ? oldest_ms : 0,
        .waiting = waiting,
        .texted = c->texted[now],
        .wrote = c->wrote[now],
        .texted_lately = c->texted[now] - c->texted[then],
        .wrote_lately = c->wrote[now] - c->wrote[then],
        .there = there_in(p, group),
        .answered = answered_in(p, group),
        .window_ms = (steps < STEPS ? steps + 1 : STEPS) * ANSWER_PACE_STEP_MS,
    };
}

static void on_waiting(void *arg, int result, uint64_t waiting, int64_t since_ms)
{
    struct paced *c = arg;
    c->asking = false;
    /* Without a reply nobody more is let out: the campaign stands when those who were are texted. */
    if (c->pacer->dead || result < 0) return;
    const struct answer_pace_seen seen = look(c, waiting, since_ms);
    uint64_t n = answer_pace_step(&c->pace, &seen);
    const struct campaign_pace pace = {.people_left = n,
                                       .waiting = waiting,
                                       .there = seen.there,
                                       .slow = answer_pace_is_slow(&seen, n)};
    campaign_let_out(c->pacer->config.store, c->id, &pace);
}

static void pace(struct answer_pacer *p, const struct campaign *c)
{
    struct paced *x = find(p->paced, slice_make(&c->id, sizeof c->id), sizeof *x);
    uint64_t texted = campaign_texted(c);
    if (!x->pacer) {
        *x = (struct paced){.pacer = p, .id = c->id, .began = p->step, .seen = p->step};
        for (size_t i = 0; i < STEPS; i++) { /* what was before our first look counts for no step */
            x->texted[i] = texted;
            x->wrote[i] = c->replies;
        }
    }
    (void)snprintf(x->group, sizeof x->group, "%.*s", SLICE_ARG(c->group));
    x->target_ms = c->answer_ms;
    for (; x->seen <= p->step; x->seen++) {
        x->texted[x->seen % STEPS] = texted;
        x->wrote[x->seen % STEPS] = c->replies;
    }
    if (x->asking) return;
    x->asking = true;
    campaign_answers(p->config.store, c->group, on_waiting, x);
}

/* ---- steps ---- */

/* Those that are over, or not paced any more. */
static void forget_old(struct answer_pacer *p)
{
    size_t pos = 0;
    struct slice key;
    void *v;
    while (map_next(p->paced, &pos, &key, &v)) {
        struct paced *c = v;
        if (c->seen <= p->step && !c->asking) free(map_del(p->paced, key));
    }
}

static void on_list(void *arg, int result, const struct campaign *list, size_t n, struct slice next,
                    const struct err *e)
{
    struct answer_pacer *p = arg;
    (void)next;
    (void)e;
    p->asking = false;
    if (p->dead || result < 0) return;
    for (size_t i = 0; i < n; i++)
        if (list[i].answer_ms > 0 && list[i].status == CAMPAIGN_RUNNING) pace(p, &list[i]);
    forget_old(p);
    bool any = map_count(p->paced) > 0;
    if (any && !p->listener) p->listener = events_listen(p->config.events, NULL, on_news, p);
    if (!any && p->listener) {
        events_unlisten(p->listener);
        p->listener = NULL;
    }
}

static void on_tick(void *arg)
{
    struct answer_pacer *p = arg;
    loop_timer_in(p->tick, ANSWER_PACE_STEP_MS * 1000LL);
    p->step++;
    if (p->asking || !p->config.leads(p->config.arg)) return;
    p->asking = true;
    campaign_list_active(p->config.store, CAMPAIGNS_MAX, on_list, p);
}

struct answer_pacer *answer_pacer_new(const struct answer_pacer_config *config)
{
    struct answer_pacer *p = xcalloc(1, sizeof *p);
    p->config = *config;
    p->step = STEPS;
    p->hands = map_new();
    p->crowds = map_new();
    p->paced = map_new();
    p->tick = loop_timer_new(config->loop, on_tick, p);
    return p;
}

void answer_pacer_start(struct answer_pacer *p)
{
    loop_timer_in(p->tick, 0);
}

void answer_pacer_free(struct answer_pacer *p)
{
    if (!p) return;
    p->dead = true;
    if (p->listener) events_unlisten(p->listener);
    loop_timer_free(p->tick);
    forget(p->hands);
    forget(p->crowds);
    forget(p->paced);
    free(p);
}
