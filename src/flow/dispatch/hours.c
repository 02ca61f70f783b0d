/* Allowed hours in the dispatcher: whose window is which, and until when nobody of a batch may be
 * texted. The gate has the last word, with the windows that are given to it; who is not asked for
 * outside of them costs the others no turn. A batch of which nobody may be texted for a while is
 * given back, to be released again when the first of them may. */
#include "batch.h"
#include "private.h"
#include "run.h"

#include <stdlib.h>

enum {
    REST_US = 30000000,  /* a shorter wait is waited for here */
    OPEN_US = 2000,      /* no slot in the first moments of a window: requests leave up to
                            PACE_GRAIN_US before theirs, by what we know of Redis' clock */
    CLOSE_US = 10000,    /* … nor in the last ones: requests leave a little after their slots */
    WINDOWS_MAX = 65535, /* different sets of zones in one campaign */
};

struct run_window {
    const struct zone_set *zones;
    bool never;
    struct hours_window window; /* by Redis' wall clock, … */
    int64_t seen_us;            /* … as it stands from that moment on */
};

int hours_open_run(struct run *r, struct err *e)
{
    struct slice text = r->campaign->hours;
    r->any_hour = true;
    if (text.n == 0) return 0;
    int rc = hours_parse(text, &r->hours, e);
    if (rc < 0) return err_prefix(e, "hours of campaign %u", r->id);
    if (r->hours.any) return 0;
    r->any_hour = false;
    r->zone_column = zone_column(r->audience);
    return zone_book_check(r->d->zones, e);
}

static int64_t redis_now_us(const struct run *r, int64_t now)
{
    return pace_clock_redis_us(&r->d->clock, now);
}

/* As it stands now: one that is over makes place for the next one, and where Redis' clock was set back the one before it has not
 * been yet. (A window that is open begins with the moment that it was asked for at.) */
static const struct run_window *window_at(struct run *r, size_t i, int64_t redis_us)
{
    struct run_window *w = &r->windows[i];
    bool has_been = redis_us < w->seen_us;
    if (!has_been && (w->never || w->window.close_us > redis_us)) return w;
    w->seen_us = redis_us;
    w->never = !hours_window(&r->hours, w->zones->zones, w->zones->n, redis_us, &w->window);
    if (!w->never && w->window.open_us > redis_us) w->window.open_us += OPEN_US;
    return w;
}

static uint16_t find_window(struct run *r, const struct zone_set *zones)
{
    for (size_t i = 0; i < r->window_n; i++)
        if (r->windows[i].zones == zones) return (uint16_t)i;
    check(r->window_n < WINDOWS_MAX);
    r->windows = xrealloc(r->windows, (r->window_n + 1) * sizeof *r->windows);
    r->windows[r->window_n] = (struct run_window){.zones = zones};
    return (uint16_t)r->window_n++;
}

void hours_open_batch(struct batch *b)
{
    struct run *r = batch_run(b);
    if (!r || r->any_hour) return;
    const struct block *block = batch_block(b);
    for (size_t i = 0; i < block_rows(block); i++) {
        struct slice zone =
            r->zone_column < 0 ? SLICE_NONE : block_field(block, i, (size_t)r->zone_column);
        batch_set_window(b, (uint8_t)i,
                         find_window(r, zone_book_of(r->d->zones, block_number(block, i), zone)));
    }
}

int64_t hours_ready_us(const struct batch *b, uint8_t offset, int64_t now)
{
    struct run *r = batch_run(b);
    if (!r || r->any_hour) return now;
    int64_t redis_us = redis_now_us(r, now);
    const struct run_window *w = window_at(r, batch_window(b, offset), redis_us);
    return w->never || w->window.open_us <= redis_us ? now : now + (w->window.open_us - redis_us);
}

size_t hours_windows(const struct batch *b, const uint8_t *offsets, size_t n, int64_t now,
                     struct gate_window *windows, uint8_t *window_of)
{
    uint16_t seen[GATE_ASK_MAX];
    size_t count = 0;
    struct run *r = batch_run(b);
    if (!r || r->any_hour) return 0;
    int64_t redis_us = redis_now_us(r, now);
    for (size_t i = 0; i < n; i++) {
        uint16_t of = batch_window(b, offsets[i]);
        size_t k = 0;
        while (k < count && seen[k] != of)
            k++;
        window_of[i] = (uint8_t)k;
        if (k < count) continue;
        const struct run_window *w = window_at(r, of, redis_us);
        windows[count] =
            w->never ? (struct gate_window){0, 0}
                     : (struct gate_window){w->window.open_us, w->window.close_us - CLOSE_US};
        seen[count++] = of;
    }
    return count;
}

int64_t hours_until_ms(const struct batch *b, uint8_t offset, int64_t now)
{
    const struct direct_message *direct = batch_direct(b);
    struct run *r = batch_run(b);
    if (direct) return direct->until_ms;
    if (!r) return 0;
    int64_t deadline_ms = r->campaign->deadline_ms;
    if (r->any_hour) return deadline_ms;
    const struct run_window *w = window_at(r, batch_window(b, offset), redis_now_us(r, now));
    int64_t close_ms = w->window.close_us / 1000;
    return deadline_ms && deadline_ms < close_ms ? deadline_ms : close_ms;
}

int64_t hours_rest_ms(struct batch *b)
{
    const struct share *s = batch_share(b);
    struct run *r = batch_run(b);
    if (!r || r->any_hour || s->place != SHARE_ASLEEP || s->wake_us == INT64_MAX) return 0;
    if (s->wake_us <= clock_mono_us() + REST_US) return 0;
    return redis_now_us(r, s->wake_us) / 1000;
}
