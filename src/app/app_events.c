#include "app_events.h"
#include "app_means.h"

#include "flow/answer_pacer.h"
#include "flow/day_clerk.h"
#include "flow/forecaster.h"
#include "flow/overdue_clerk.h"
#include "flow/speedometer.h"
#include "flow/teller.h"
#include "flow/watchman.h"
#include "store/cascade.h"

#include <stdlib.h>

struct app_events {
    struct teller *teller;
    struct answer_pacer *pacer;
    struct forecaster *forecaster;
    struct speedometer *speedometer;
    struct watchman *watchman;
    struct day_clerk *day_clerk;
    struct overdue_clerk *overdue_clerk;
    struct cascades *cascades;
};

static struct watchman *new_watchman(const struct app_events_parts *parts)
{
    const struct config *c = parts->config;
    const struct watchman_config config = {
        .loop = parts->loop,
        .store = parts->store,
        .limits = {.stops = c->brake.stops_percent,
                   .stops_warn = c->brake.stops_warn_percent,
                   .failed = c->brake.failed_percent,
                   .failed_warn = c->brake.failed_warn_percent,
                   .people = (uint64_t)c->brake.people,
                   .targets = c->brake.unanswered_times,
                   .receipts_ms = c->brake.receipts_minutes * 60000LL},
        .rule = {.wait_ms = c->canary.minutes * 60000LL,
                 .receipts_least = c->canary.receipts_percent,
                 .failed_most = c->canary.failed_percent,
                 .stops_most = c->canary.stops_percent},
        .groups = parts->means->groups,
        .loans = parts->means->loans,
        .target_ms = c->inbox.target_minutes * 60000LL,
        .leads = parts->leads,
        .arg = parts->arg,
    };
    return watchman_new(&config);
}

static struct day_clerk *new_day_clerk(const struct app_events_parts *parts,
                                       struct cascades *cascades)
{
    return day_clerk_new(&(struct day_clerk_config){.loop = parts->loop,
                                                    .store = parts->store,
                                                    .cascades = cascades,
                                                    .inbox = parts->inbox,
                                                    .leads = parts->leads,
                                                    .arg = parts->arg});
}

static struct answer_pacer *new_pacer(const struct app_events_parts *parts)
{
    const struct answer_pacer_config pacer = {
        .loop = parts->loop,
        .store = parts->store,
        .events = parts->events,
        .leads = parts->leads,
        .arg = parts->arg,
    };
    return answer_pacer_new(&pacer);
}

static struct forecaster *new_forecaster(const struct app_events_parts *parts)
{
    const struct forecaster_config forecaster = {
        .store = parts->store,
        .accounts = parts->accounts,
        .budget = parts->means->budget,
        .canary_wait_ms = parts->config->canary.minutes * 60000LL,
    };
    return forecaster_new(&forecaster);
}

static struct speedometer *new_speedometer(const struct app_events_parts *parts,
                                           struct forecaster *forecaster)
{
    const struct speedometer_config speedometer = {
        .forecaster = forecaster,
        .loop = parts->loop,
        .store = parts->store,
        .leads = parts->leads,
        .arg = parts->arg,
    };
    return speedometer_new(&speedometer);
}

static struct overdue_clerk *new_overdue_clerk(const struct app_events_parts *parts)
{
    const struct overdue_clerk_config clerk = {
        .loop = parts->loop,
        .store = parts->store,
        .groups = parts->means->groups,
        .target_ms = parts->config->inbox.target_minutes * 60000LL,
        .leads = parts->leads,
        .arg = parts->arg,
    };
    return overdue_clerk_new(&clerk);
}

int app_events_new(const struct app_events_parts *parts, struct app_events **ret, struct err *e)
{
    const struct config *c = parts->config;
    struct app_events *a = xcalloc(1, sizeof *a);
    const struct teller_config teller = {
        .loop = parts->loop,
        .store = parts->store,
        .secret = c->secret,
        .allowed = c->events.webhook_hosts,
        .allowed_count = c->events.webhook_host_count,
        .leads = parts->leads,
        .arg = parts->arg,
    };
    int rc = teller_new(&teller, &a->teller, e);
    if (rc < 0) {
        free(a);
        return rc;
    }
    a->pacer = new_pacer(parts);
    a->forecaster = new_forecaster(parts);
    a->speedometer = new_speedometer(parts, a->forecaster);
    a->watchman = new_watchman(parts);
    a->cascades = cascades_new(parts->loop, parts->store);
    a->day_clerk = new_day_clerk(parts, a->cascades);
    a->overdue_clerk = new_overdue_clerk(parts);
    *ret = a;
    return 0;
}

void app_events_start(struct app_events *a)
{
    teller_start(a->teller);
    answer_pacer_start(a->pacer);
    speedometer_start(a->speedometer);
    watchman_start(a->watchman);
    day_clerk_start(a->day_clerk);
    overdue_clerk_start(a->overdue_clerk);
}

void app_events_free(struct app_events *a)
{
    if (!a) return;
    teller_free(a->teller);
    answer_pacer_free(a->pacer);
    speedometer_free(a->speedometer);
    watchman_free(a->watchman);
    day_clerk_free(a->day_clerk);
    overdue_clerk_free(a->overdue_clerk);
    cascades_free(a->cascades);
    forecaster_free(a->forecaster);
    free(a);
}
