/* What allowed hours make of a campaign: whose clock counts, when it would be finished, and who
 * would have to wait. */
#include "report.h"

#include "base/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { NAMES_BYTES = 200, WAIT_US = 60000000 /* not worth a word below that */ };

static bool any_hour(const struct check_report *r)
{
    return !r->zones || r->hours.any;
}

static struct check_zone *find_zone(struct check_report *r, const struct zone_set *set)
{
    for (size_t i = 0; i < r->zone_n; i++)
        if (r->zone[i].set == set) return &r->zone[i];
    r->zone = xrealloc(r->zone, (r->zone_n + 1) * sizeof *r->zone);
    r->zone[r->zone_n] = (struct check_zone){.set = set};
    return &r->zone[r->zone_n++];
}

void report_add_zone(struct check_report *r, const struct check_person *p)
{
    if (any_hour(r)) return;
    struct slice zone =
        r->zone_column < 0 ? SLICE_NONE : block_field(p->block, p->row, (size_t)r->zone_column);
    if (slice_trim(zone).n && !zone_book_knows(r->zones, zone))
        tally_found(zone_is_place(slice_trim(zone)) ? &r->zone_unknown : &r->zone_no_place,
                    p->index, p->number);
    find_zone(r, zone_book_of(r->zones, p->number, zone))->people++;
}

/* People by clock; everybody together where any hour is allowed. Returns owned. */
static struct forecast_group *groups_of(const struct check_report *r, size_t *n)
{
    struct forecast_group *groups = xcalloc(r->zone_n + 1, sizeof *groups);
    for (*n = 0; *n < r->zone_n; (*n)++)
        groups[*n] =
            (struct forecast_group){r->zone[*n].set->zones, r->zone[*n].set->n, r->zone[*n].people};
    if (r->zone_n == 0) groups[(*n)++].people = r->tally.recipients;
    return groups;
}

/* [wall µs] What is above the bound of the provider's own queue has to leave that before the first text. */
static int64_t begin_us(const struct check_report *r)
{
    int64_t over = r->provider_has - r->account->queue.max, start_us = 1000 * r->start_ms;
    if (r->account->queue.max == 0 || over <= 0) return start_us;
    int64_t free_us = 1000 * r->now_ms + (int64_t)(1e6 * (double)over / r->rate_per_s);
    return free_us > start_us ? free_us : start_us;
}

struct forecast_campaign report_as_forecast(const struct check_report *r,
                                            struct forecast_group **groups)
{
    struct forecast_campaign me = {.weight = lane_weight(r->lane), .begin_us = begin_us(r)};
    me.groups = *groups = groups_of(r, &me.group_count);
    me.hours = r->zone_n ? &r->hours : NULL;
    enum canary_then then;
    me.few = canary_planned(&r->canary, r->tally.recipients, &then);
    me.few_wait_us = then == CANARY_RULE ? 1000 * r->canary.wait_ms : 0;
    return me;
}

void report_forecast(struct check_report *r)
{
    struct forecast_group *groups;
    struct forecast_campaign me = report_as_forecast(r, &groups);
    r->eta = outlook_run(r->outlook, &me, &r->pace, r->rate_per_s, 1000 * r->now_ms);
    free(groups);
}

char *check_report_zones(const struct check_report *r)
{
    struct buf b = BUF_INIT(OUTLOOK_ZONES_MAX * 64);
    for (size_t i = 0; i < r->zone_n && i < OUTLOOK_ZONES_MAX; i++)
        buf_addf(&b, "%s%s=%" PRIu64, i ? " " : "", r->zone[i].set->name, r->zone[i].people);
    char *text = slice_strdup(buf_slice(&b));
    buf_done(&b);
    return text;
}

/* ---- sentences ---- */

typedef bool zone_test(const struct check_report *r, const struct zone_set *set);

static bool is_never(const struct check_report *r, const struct zone_set *set)
{
    struct hours_window w;
    return !hours_window(&r->hours, set->zones, set->n, 1000 * r->start_ms, &w);
}

/* The country's other zones take hours away from those of its first one, where most of its people
 * live. */
static bool is_narrowed(const struct check_report *r, const struct zone_set *set)
{
    struct hours_window all, first;
    if (!set->by_country || set->n < 2) return false;
    bool some = hours_window(&r->hours, set->zones, set->n, 1000 * r->start_ms, &all);
    return some && hours_window(&r->hours, set->zones, 1, 1000 * r->start_ms, &first) &&
           (all.open_us != first.open_us || all.close_us != first.close_us);
}

/* How many people that is true of, and of which countries: "US, RU". */
static uint64_t people_of(const struct check_report *r, zone_test *is, char names[NAMES_BYTES])
{
    uint64_t people = 0;
    size_t n = 0;
    names[0] = '\0';
    for (size_t i = 0; i < r->zone_n; i++) {
        const struct zone_set *set = r->zone[i].set;
        if (!is(r, set)) continue;
        people += r->zone[i].people;
        if (!set->country[0] || n + 8 > NAMES_BYTES) continue;
        n += (size_t)snprintf(names + n, NAMES_BYTES - n, "%s%s", n ? ", " : "", set->country);
    }
    return people;
}

static void judge_ends(struct check_report *r)
{
    char names[NAMES_BYTES];
    uint64_t never = people_of(r, is_never, names);
    if (never)
        report_say(r, FINDING_BLOCK, "no_hour",
                   "no hour of '%s' is allowed in all the time zones that %" PRIu64
                   " people may be in (%s): widen the "
                   "hours, or give the list a column time_zone",
                   r->hours_text, never, names[0] ? names : "by their own zone");
    else if (!r->eta.likely.ends)
        report_say(r, FINDING_BLOCK, "too_slow",
                   "at %g/s and only during '%s' it would not be finished in a year: send through "
                   "a faster gateway",
                   r->rate_per_s, r->hours_text);
}

static void warn_waits(struct check_report *r)
{
    char first[CLOCK_ISO_BYTES], finish[CLOCK_ISO_BYTES];
    const struct forecast *f = &r->eta.likely;
    if (!f->ends || r->zone_n == 0) return;
    clock_iso(f->first_us / 1000, first);
    clock_iso(report_finish_ms(r, f), finish);
    if (f->first_us > 1000 * r->start_ms + WAIT_US)
        report_say(r, FINDING_WARN, "hours_wait",
                   "nobody is texted before %s: the hours are %s, by each person's own clock "
                   "(campaign key `hours`)",
                   first, r->hours_text);
    if (f->next_day)
        report_say(r, FINDING_WARN, "next_day",
                   "%" PRIu64 " of %" PRIu64
                   " recipients would only be reached on a later day, by %s: the hours (%s) end "
                   "first; start earlier or send through a faster gateway",
                   f->next_day, r->tally.recipients, finish, r->hours_text);
}

static void warn_zones(struct check_report *r)
{
    char names[NAMES_BYTES], who[WHOM_BYTES];
    uint64_t narrowed = people_of(r, is_narrowed, names);
    if (narrowed)
        report_say(
            r, FINDING_WARN, "several_zones",
            "%" PRIu64 " people are known by a country with several time zones only (%s), and are "
            "texted at hours "
            "that are allowed in all of them: a column time_zone in the list gives them their own",
            narrowed, names);
    if (r->zone_no_place.count)
        report_say_of(
            r, &r->zone_no_place, FINDING_WARN, "zone_no_place",
            "the time zone of %s is no place (EST, GMT, Etc/GMT+5) and has no summer time, "
            "so their country's "
            "counts: is it where they live? Write it like America/New_York",
            report_whom(r, &r->zone_no_place, who));
    if (r->zone_unknown.count)
        report_say_of(r, &r->zone_unknown, FINDING_WARN, "zone_unknown",
                      "the time zone of %s is not known, so their country's counts: write it like "
                      "Europe/London",
                      report_whom(r, &r->zone_unknown, who));
}

void judge_hours(struct check_report *r)
{
    if (any_hour(r)) {
        if (r->hours_unsaid)
            report_say(
                r, FINDING_WARN, "no_hours",
                "people are texted at any hour, at night, too: say when they may be, such as %s "
                "(`hours`; `any`, if that is meant)",
                HOURS_RECOMMENDED);
        return;
    }
    judge_ends(r);
    warn_waits(r);
    warn_zones(r);
}
