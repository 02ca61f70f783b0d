#include "flow/speedometer.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/map.h"
#include "flow/forecaster.h"
#include "store/campaign.h"

enum {
    LOOK_MS = 2500,
    SAMPLES = 5, /* four looks: ten seconds */
    CAMPAIGNS_MAX = 200,
};

struct sample {
    int64_t at_ms;
    uint64_t settled;
};
/* Of a campaign that runs. */
struct run {
    struct sample samples[SAMPLES]; /* the oldest first */
    size_t n;
    unsigned look; /* in which it was seen last */
};

struct speedometer {
    struct speedometer_config config;
    struct loop_timer *tick;
    struct map *runs; /* campaign id → struct run, owned */
    unsigned look;
    bool asking, dead;
};

static void add_sample(struct run *r, struct sample now)
{
    if (r->n == SAMPLES) {
        memmove(r->samples, r->samples + 1, (SAMPLES - 1) * sizeof *r->samples);
        r->n--;
    }
    r->samples[r->n++] = now;
}

static void see(struct speedometer *s, const struct campaign *c)
{
    struct slice key = slice_make(&c->id, sizeof c->id);
    struct run *r = map_get(s->runs, key);
    uint64_t people = campaign_waiting(c);
    struct sample now = {.at_ms = s->config.now_ms(),
                         .settled = c->total > people ? c->total - people : 0};
    if (!r) {
        r = xcalloc(1, sizeof *r);
        (void)map_put(s->runs, key, r);
    }
    r->look = s->look;
    /* Who is sent to again was settled before; and a clock may be set back. */
    if (r->n && (now.settled < r->samples[0].settled || now.at_ms <= r->samples[r->n - 1].at_ms))
        r->n = 0;
    add_sample(r, now);
    int64_t over_ms = now.at_ms - r->samples[0].at_ms;
    if (over_ms > 0)
        campaign_note_rate(s->config.store, c->id,
                           (now.settled - r->samples[0].settled) * 1000000 / (uint64_t)over_ms,
                           now.at_ms);
}

/* Those that do not run any more. */
static void forget_old(struct speedometer *s)
{
    size_t pos = 0;
    struct slice key;
    void *r;
    while (map_next(s->runs, &pos, &key, &r))
        if (((struct run *)r)->look != s->look) free(map_del(s->runs, key));
}

static void on_list(void *arg, int result, const struct campaign *list, size_t n, struct slice next,
                    const struct err *e)
{
    struct speedometer *s = arg;
    (void)next;
    (void)e;
    s->asking = false;
    if (s->dead || result < 0) return;
    s->look++;
    for (size_t i = 0; i < n; i++)
        if (list[i].status == CAMPAIGN_RUNNING) see(s, &list[i]);
    forget_old(s);
    if (s->config.forecaster) forecaster_see(s->config.forecaster, list, n, s->config.now_ms());
}

void speedometer_look(struct speedometer *s)
{
    if (s->asking) return;
    s->asking = true;
    campaign_list_active(s->config.store, CAMPAIGNS_MAX, on_list, s);
}

static void on_tick(void *arg)
{
    struct speedometer *s = arg;
    loop_timer_in(s->tick, LOOK_MS * 1000LL);
    if (s->config.leads(s->config.arg)) speedometer_look(s);
}

struct speedometer *speedometer_new(const struct speedometer_config *config)
{
    struct speedometer *s = xcalloc(1, sizeof *s);
    s->config = *config;
    if (!s->config.now_ms) s->config.now_ms = clock_wall_ms;
    s->runs = map_new();
    s->tick = loop_timer_new(config->loop, on_tick, s);
    return s;
}

void speedometer_start(struct speedometer *s)
{
    loop_timer_in(s->tick, 0);
}

void speedometer_free(struct speedometer *s)
{
    if (!s) return;
    s->dead = true;
    loop_timer_free(s->tick);
    size_t pos = 0;
    struct slice key;
    void *r;
    while (map_next(s->runs, &pos, &key, &r))
        free(r);
    map_free(s->runs);
    free(s);
}
