/* What would still meet the deadline: it stands in the refusal, so that nobody has to guess. */
#include "report.h"

#include "base/clock.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

enum { STEPS = 24, MINUTE_MS = 60000, RATE_TIMES_MOST = 1024, HINTS_BYTES_MAX = 512 };

struct trial {
    const struct check_report *r;
    struct forecast_campaign me;
    const struct outlook *others;
    double rate_per_s;
};

static struct forecast run(const struct trial *t)
{
    static const struct forecast_pace unseen; /* of an account that nobody has used yet */
    bool own = t->rate_per_s <= t->r->rate_per_s;
    return outlook_run(t->others, &t->me, own ? &t->r->pace : &unseen, t->rate_per_s,
                       1000 * t->r->now_ms)
        .likely;
}

static bool is_in_time(const struct trial *t)
{
    struct forecast f = run(t);
    return f.ends && report_finish_ms(t->r, &f) <= t->r->deadline_ms;
}

uint64_t report_by_deadline(const struct check_report *r)
{
    struct forecast_group *groups;
    struct trial t = {r, report_as_forecast(r, &groups), r->outlook, r->rate_per_s};
    uint64_t some = 0, all = r->tally.recipients + 1; /* so many are in time; so many are not */
    while (all - some > 1) {
        t.me.marks[0] = some + (all - some) / 2;
        int64_t at_us = run(&t).mark_us[0];
        bool in_time = at_us > 0 && at_us <= 1000 * r->deadline_ms;
        *(in_time ? &some : &all) = t.me.marks[0];
    }
    free(groups);
    return some;
}

/* The least rate that does; 0: none does. */
static double rate_needed(struct trial t)
{
    double enough = t.r->rate_per_s, least = enough;
    t.others = NULL; /* they are on this account */
    do {
        least = enough;
        t.rate_per_s = enough *= 2;
        if (enough > t.r->rate_per_s * RATE_TIMES_MOST) return 0;
    } while (!is_in_time(&t));
    for (int i = 0; i < STEPS; i++) {
        t.rate_per_s = sqrt(least * enough);
        *(is_in_time(&t) ? &enough : &least) = t.rate_per_s;
    }
    return enough >= 10 ? ceil(enough) : ceil(10 * enough) / 10;
}

/* [wall ms] The latest whole minute at which it may begin; 0: it may begin only now, or that is too late, too. */
static int64_t start_needed(struct trial t)
{
    int64_t early = t.r->now_ms / MINUTE_MS + 1, late = t.r->start_ms / MINUTE_MS;
    t.me.begin_us = early * MINUTE_MS * 1000;
    if (early >= late || !is_in_time(&t)) return 0;
    while (late - early > 1) {
        int64_t mid = early + (late - early) / 2;
        t.me.begin_us = mid * MINUTE_MS * 1000;
        *(is_in_time(&t) ? &early : &late) = mid;
    }
    return early * MINUTE_MS;
}

/* The longest day that needs nobody's express agreement. */
static bool do_longer_hours(struct trial t)
{
    struct hours longest = {0};
    for (size_t i = 0; i < COUNT_OF(longest.day); i++) {
        longest.day[i].open_min = HOURS_FLOOR_MIN;
        longest.day[i].close_min = HOURS_CEILING_MIN;
    }
    if (!t.me.hours) return false;
    t.me.hours = &longest;
    return is_in_time(&t);
}

static void add_hint(struct buf *out, const char *fmt, ...) PRINTF_LIKE(2, 3);

static void add_hint(struct buf *out, const char *fmt, ...)
{
    va_list ap;
    buf_add_cstr(out, out->n ? "; or " : ". It would be in time ");
    va_start(ap, fmt);
    buf_addv(out, fmt, ap);
    va_end(ap);
}

char *report_in_time(const struct check_report *r)
{
    char start[CLOCK_ISO_BYTES];
    struct forecast_group *groups;
    struct trial t = {r, report_as_forecast(r, &groups), r->outlook, r->rate_per_s};
    struct buf out = BUF_INIT(HINTS_BYTES_MAX);
    const struct forecast *alone = &r->eta.alone;
    if (outlook_count(r->outlook) && alone->ends && report_finish_ms(r, alone) <= r->deadline_ms)
        add_hint(&out, "without the other campaigns by '%s'", r->account->name);
    double rate = out.n ? 0 : rate_needed(t);
    int64_t start_ms = start_needed(t);
    if (rate > 0) add_hint(&out, "through a gateway with %g/s", rate);
    if (start_ms) {
        clock_iso(start_ms, start);
        add_hint(&out, "if it began by %s", start);
    }
    if (do_longer_hours(t)) add_hint(&out, "with the hours " HOURS_LONGEST);
    buf_add_cstr(&out, out.n ? ". Do that, move" : ". No faster gateway would do: move");
    char *text = slice_strdup(buf_slice(&out));
    buf_done(&out);
    free(groups);
    return text;
}
