#include "flow/outlook.h"

#include "core/block.h"
#include "core/canary.h"
#include "core/pace.h"
#include "flow/account.h"
#include "store/campaign.h"

#include <math.h>
#include <stdlib.h>

#define FOREVER_US (FORECAST_DAYS * INT64_C(86400000000))

struct other {
    struct hours hours;
    struct forecast_group *groups; /* owned */
    struct forecast_campaign as;
    bool stopped; /* it waits for a person or the provider: nobody knows for how long */
};

struct outlook {
    struct other *list; /* owned */
    size_t n;
};

/* ---- one campaign ---- */

/* Nobody counts who is left by clock: each has lost the same share. */
static void shrink(struct forecast_group *groups, size_t n, uint64_t all, uint64_t left)
{
    uint64_t given = 0;
    for (size_t i = 0; i < n; i++) {
        groups[i].people =
            all ? (uint64_t)llround((double)groups[i].people * (double)left / (double)all) : 0;
        given += groups[i].people;
    }
    if (n && given < left) groups[0].people += left - given;
}

/* "GB=120 Europe/Paris=7" → groups; returns how many people those are. */
static uint64_t read_zones(struct slice text, struct zone_book *zones,
                           struct forecast_group *groups, size_t *n)
{
    uint64_t all = 0, people;
    struct slice one, name;
    while (*n < OUTLOOK_ZONES_MAX && slice_cut(&text, ' ', &one) && one.n) {
        struct slice count = one;
        if (!slice_cut(&count, '=', &name) || !slice_to_u64(count, INT64_MAX, &people)) continue;
        const struct zone_set *set = zone_book_named(zones, name);
        groups[(*n)++] = (struct forecast_group){set->zones, set->n, people};
        all += people;
    }
    return all;
}

static uint64_t left_of(const struct campaign *c)
{
    uint64_t grown = c->total < c->people ? c->people - c->total : 0;
    return campaign_waiting(c) + (c->made < c->blocks ? grown : 0);
}

/* Nobody of a block goes when there is not money for all of it. */
uint64_t outlook_money(const struct campaign *c, uint64_t *of_list)
{
    uint64_t paid = campaign_texted(c) - c->counts[STATE_REFUSED];
    double each = (double)c->purse_each, rest = (double)c->price - (double)paid * each;
    double all = (double)c->purse_left + (double)c->spent - (double)c->spent_twice;
    double block = each * BLOCK_ROWS, left = floor(all / block) * block - (double)paid * each;
    *of_list = UINT64_MAX;
    if (c->purse_of.n == 0 || each == 0 || rest <= 0 || all >= (double)c->price) return UINT64_MAX;
    left = fmin(fmax(left, 0), rest);
    *of_list = (uint64_t)(left / rest * (double)left_of(c));
    return (uint64_t)(left / each);
}

/* The first few: how many of them wait still, and for how long the others do then. */
static void add_canary(struct forecast_campaign *as, const struct campaign *c,
                       const struct outlook_means *means)
{
    enum canary_then then = CANARY_LOOK;
    uint64_t texted = campaign_texted(c);
    if (c->canary == 0) return;
    (void)canary_then_from_string(c->canary_then, &then);
    if (texted < c->canary) as->few = as->marks[OUTLOOK_FEW] = c->canary - texted;
    if (then != CANARY_RULE) return;
    int64_t full_ms = c->canary_full_ms ? c->canary_full_ms : means->now_ms;
    if (as->few)
        as->few_wait_us = 1000 * means->canary_wait_ms;
    else if (1000 * (full_ms + means->canary_wait_ms) > as->begin_us)
        as->begin_us = 1000 * (full_ms + means->canary_wait_ms);
}

static void add_money(struct forecast_campaign *as, const struct campaign *c)
{
    uint64_t of_list;
    if (outlook_money(c, &of_list) != UINT64_MAX) as->marks[OUTLOOK_MONEY] = of_list ? of_list : 1;
}

struct forecast_campaign outlook_of(const struct campaign *c, const struct outlook_means *means,
                                    struct hours *ret_hours, struct forecast_group **groups)
{
    struct zone_book *zones = means->zones;
    struct forecast_group *g = xcalloc(OUTLOOK_ZONES_MAX + 1, sizeof *g);
    struct forecast_campaign as = {.weight = lane_weight(c->lane), .groups = g};
    struct err ignored; /* one that a newer version can read */
    bool has_hours = zones && c->hours.n && hours_parse(c->hours, ret_hours, &ignored) == 0;
    uint64_t all = has_hours ? read_zones(c->zones, zones, g, &as.group_count) : 0;
    if (as.group_count == 0) g[as.group_count++].people = all = left_of(c);
    shrink(g, as.group_count, all, left_of(c));
    as.hours = has_hours && c->zones.n ? ret_hours : NULL;
    as.begin_us = 1000 * (c->status == CAMPAIGN_RUNNING ? means->now_ms : c->start_ms);
    as.until_us = 1000 * c->deadline_ms;
    if (c->answers_slow && c->status == CAMPAIGN_RUNNING)
        as.most_per_s = fmax(0.01, (double)c->rate_milli / 1000);
    add_canary(&as, c, means);
    add_money(&as, c);
    *groups = g;
    return as;
}

/* ---- the others ---- */

static bool is_stopped(const struct campaign *c)
{
    return c->status == CAMPAIGN_PAUSED || c->status == CAMPAIGN_BLOCKED ||
           c->status == CAMPAIGN_PROPOSED;
}

static bool counts(const struct campaign *c, const struct account *account, uint32_t but)
{
    return c->id != 0 && c->id != but && !campaign_is_over(c->status) &&
           slice_is(c->gateway, account->name);
}

struct outlook *outlook_new(const struct campaign *list, size_t n, const struct account *account,
                            uint32_t but, const struct outlook_means *means)
{
    struct outlook *o = xcalloc(1, sizeof *o);
    o->list = xcalloc(n ? n : 1, sizeof *o->list);
    for (size_t i = 0; i < n; i++) {
        struct other *other = &o->list[o->n];
        if (!counts(&list[i], account, but)) continue;
        other->as = outlook_of(&list[i], means, &other->hours, &other->groups);
        other->stopped = is_stopped(&list[i]);
        o->n++;
    }
    return o;
}

void outlook_free(struct outlook *o)
{
    if (!o) return;
    for (size_t i = 0; i < o->n; i++)
        free(o->list[i].groups);
    free(o->list);
    free(o);
}

size_t outlook_count(const struct outlook *o)
{
    return o ? o->n : 0;
}

/* ---- when ---- */

static struct forecast run_at(const struct outlook *o, const struct forecast_campaign *me,
                              double rate, bool stopped_too, int64_t now_us)
{
    size_t others = o ? o->n : 0, n = 0;
    struct forecast_campaign *all = xcalloc(others + 1, sizeof *all);
    all[n++] = *me;
    for (size_t i = 0; i < others; i++) {
        struct forecast_campaign as = o->list[i].as;
        if (!stopped_too && o->list[i].stopped) continue;
        if (!stopped_too && as.few && !as.few_wait_us) as.few_wait_us = FOREVER_US;
        all[n++] = as;
    }
    struct forecast f = forecast_run(all, n, rate, now_us);
    free(all);
    return f;
}

/* [s] How long it takes by itself, without the hours in which nobody may be texted. */
static double work_s(const struct forecast_campaign *c, double rate)
{
    uint64_t people = 0;
    for (size_t i = 0; i < c->group_count; i++)
        people += c->groups[i].people;
    return (double)people / rate;
}

struct outlook_eta outlook_run(const struct outlook *o, const struct forecast_campaign *me,
                               const struct forecast_pace *pace, double nominal_per_s,
                               int64_t now_us)
{
    double most = 1e6 / pace_interval_us(nominal_per_s);
    struct forecast_rates r = forecast_pace_rates(pace, most, 60);
    struct outlook_eta eta = {.likely = run_at(o, me, r.likely, false, now_us)};
    r = forecast_pace_rates(pace, most, work_s(me, r.likely));
    eta.rate_per_s = r.likely;
    eta.alone = outlook_count(o) ? run_at(NULL, me, r.likely, false, now_us) : eta.likely;
    eta.early = run_at(o, me, r.fast, false, now_us);
    eta.late = run_at(o, me, r.slow, true, now_us);
    return eta;
}
