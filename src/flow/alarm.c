#include "flow/alarm.h"

#include "base/check.h"
#include "core/actor.h"
#include "store/campaign.h"

/* A forecast that is older than this is not told. The forecaster looks at one campaign after the other, so with many of them a
 * forecast is some time old. */
enum { FORESEEN_MS = 120000 };

static const struct {
    const char *text;
    bool is_bad;
} alarms[] = {
#define X(name, text, bad) {text, bad},
    ALARM_TABLE(X)
#undef X
};

const char *alarm_to_string(enum alarm which)
{
    check((unsigned)which < ALARM_COUNT);
    return alarms[which].text;
}

bool alarm_is_bad(enum alarm which)
{
    check((unsigned)which < ALARM_COUNT);
    return alarms[which].is_bad;
}

static bool is_late(const struct campaign *c, int64_t now_ms)
{
    bool ahead = c->status == CAMPAIGN_RUNNING || c->status == CAMPAIGN_SCHEDULED;
    int64_t ago_ms = now_ms - c->eta_seen_ms;
    return ahead && c->deadline_ms && c->eta_seen_ms && ago_ms < FORESEEN_MS &&
           ago_ms > -FORESEEN_MS && (!c->eta_ms || c->eta_ms > c->deadline_ms);
}

unsigned alarms_of_campaign(const struct campaign *c, int64_t now_ms)
{
    unsigned found = 0;
    if (c->status == CAMPAIGN_BLOCKED) found |= 1U << ALARM_BLOCKED;
    if (c->status == CAMPAIGN_PAUSED && actor_is_part(c->status_by)) found |= 1U << ALARM_STOPPED;
    if (is_late(c, now_ms)) found |= 1U << ALARM_LATE;
    if (c->status == CAMPAIGN_RUNNING && c->brake_warning.n) found |= 1U << ALARM_WARNING;
    if (c->status == CAMPAIGN_PROPOSED) found |= 1U << ALARM_APPROVE;
    return found;
}

struct slice alarm_why(const struct campaign *c, enum alarm which)
{
    switch (which) {
    case ALARM_BLOCKED:
    case ALARM_STOPPED:
        return c->status_why;
    case ALARM_WARNING:
        return c->brake_warning;
    case ALARM_APPROVE:
        return c->approval_why;
    default:
        return SLICE_NONE;
    }
}
