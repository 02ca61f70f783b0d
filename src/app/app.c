/* The order of things: lock, gateways, redis and its settings, dispatcher, queue, release, web; the
 * reverse on the way down.
 *
 * A redis that is away stops none of it: every part does without it until it comes, now as later,
 * and webhooks go to the spool (flow/hook_intake.h). One that is there and will not do (password,
 * database, settings) ends a start, where somebody looks; later it counts as away. */
#include "app.h"

#include "accounts.h"
#include "app_events.h"
#include "app_journal.h"
#include "app_key.h"
#include "app_leads.h"
#include "app_means.h"
#include "app_queue.h"
#include "app_web.h"
#include "preflight.h"
#include "service.h"
#include "stop_signals.h"
#include "store_known.h"
#include "store_opening.h"

#include "config/redis.h"
#include "store/redis_time.h"
#include "base/clock.h"
#include "base/log.h"
#include "core/link.h"
#include "core/ref.h"
#include "flow/dispatch.h"
#include "flow/journal.h"
#include "flow/lookup.h"
#include "flow/outbox.h"
#include "flow/place_book.h"
#include "flow/release.h"
#include "io/redis.h"
#include "store/campaign.h"
#include "store/events.h"
#include "store/inbox.h"
#include "store/ledger.h"
#include "store/queue.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    STOP_LIMIT_US = 40 * 1000000, /* longer than any request may take */
};

struct app {
    const struct config *config;
    struct loop *loop;
    struct redis *redis;
    struct redis_time *time;
    struct preflight preflight;
    struct app_copy *copy; /* of the journal; NULL = none */
    struct journal *journal;
    const struct accounts *accounts;
    struct store *store;
    struct place_book *places;
    struct store_known *known;
    struct store_opening *opening;
    struct ledger *ledger;
    struct inbox *inbox;
    struct queue *queue;
    struct outbox *outbox;
    struct dispatch *dispatch;
    struct app_means *means;
    struct release *release;
    struct lookup *lookup;
    struct events *events;
    struct app_events *about_events;
    struct app_web *web;
    struct app_leads *leads;
    struct stop_signals *signals;
    struct loop_timer *watchdog, *stop_limit, *stop_soon;
    int64_t watchdog_us; /* between two words to the service manager; 0: it wants none */
    int lock;
    bool stopping;
    int64_t boot; /* larger for each start */
    char who[128];
    unsigned char ref_key[REF_KEY_BYTES], link_key[LINK_KEY_BYTES];
};

/* ---- parts ---- */

static bool is_caught_up(const struct app *a)
{
    return !a->web || app_web_is_caught_up(a->web);
}

/* What `systemctl status` shows. */
static void tell_service_manager(const struct app *a, const char *first)
{
    struct err e = {0};
    if (redis_why_away(a->redis, &e) < 0 ||
        check_in_problem(store_known_check_in(a->known), &e) < 0)
        service_tell("%sSTATUS=Nothing is sent: %s", first, e.text);
    else
        service_tell("%sSTATUS=Connected to redis", first);
}

static void say_connected(const struct app *a, const char *more)
{
    char where[ERR_TEXT_BYTES / 2];
    redis_where(a->redis, where, sizeof where);
    log_info("redis: connected to %s%s", where, more);
}

static void on_redis_state(void *arg, bool connected, const char *why)
{
    struct app *a = arg;
    store_known_begin(a->known);
    store_opening_begin(a->opening);
    if (connected) {
        say_connected(a, is_caught_up(a) ? "" : "; webhooks in the spool go first, then sending");
        preflight_renew_file(&a->preflight, a->redis);
        redis_time_ask(a->time);
    } else if (!a->stopping) {
        log_error("redis: %s; nothing is sent until it is back", why);
    }
    if (!a->stopping) tell_service_manager(a, "");
}

/* A STOP in the spool is one that the gate does not know of yet. */
static bool may_send(void *arg)
{
    const struct app *a = arg;
    return redis_lasts(a->redis) && store_opening_stands(a->opening) && is_caught_up(a);
}

static void on_check_in(void *arg)
{
    struct app *a = arg;
    store_opening_begin(a->opening);
    if (!a->stopping) tell_service_manager(a, "");
}

static void open_stores(struct app *a)
{
    a->store = store_new(a->redis, a->config->redis.prefix);
    a->places = place_book_new(a->loop, a->store, NULL);
    journal_keep_told(a->journal, a->store);
    a->ledger = ledger_new(a->store, a->config->instance, a->boot);
    a->inbox = inbox_new(a->store, a->loop);
    const struct inbox_bounds bounds = {(uint32_t)a->config->inbox.strangers_max,
                                        (uint32_t)a->config->inbox.stranger_per_hour};
    inbox_set_bounds(a->inbox, &bounds);
    a->opening = store_opening_new(a->loop, a->redis, a->store);
    const struct store_known_parts known = {
        .loop = a->loop,
        .redis = a->redis,
        .store = a->store,
        .journal = a->journal,
        .instance = a->config->instance,
        .cap = config_cap(a->config),
        .grace_ms = a->config->queue.lease_s * 1000LL,
        .changed = on_check_in,
        .arg = a,
    };
    a->known = store_known_new(&known);
}

static int open_redis(struct app *a, struct err *e)
{
    preflight_init(&a->preflight, a->config->redis.unsafe, a->config->redis.prefix);
    struct redis_config config = config_redis_lasting(a->config);
    config.checks = a->preflight.checks;
    config.check_count = a->preflight.n;
    int rc = redis_new(a->loop, &config, &a->redis, e);
    if (rc < 0) return err_prefix(e, "%s: redis.url", a->config->path);
    rc = redis_wait_connected(a->redis, e);
    if (rc == ERR_REFUSED) return err_prefix(e, "mend redis.url in %s", a->config->path);
    if (rc < 0 && rc != ERR_UNREACHABLE) return rc;
    if (rc < 0)
        log_error("%s; start redis, or mend redis.url in %s. Until it answers nothing is sent%s",
                  e->text, a->config->path,
                  a->config->roles & CONFIG_WEB ? ", and webhooks are kept on the disk" : "");
    if (rc == 0) say_connected(a, "");
    a->time = redis_time_new(a->loop, a->redis);
    redis_on_state(a->redis, on_redis_state, a);
    preflight_renew_file(&a->preflight,
                         a->redis); /* a connection that there is by now is not told of */
    open_stores(a);
    const struct redis_config plain = config_redis(a->config);
    a->events = events_new(a->loop, a->store, &plain);
    return 0;
}

static int open_dispatch(struct app *a, struct err *e)
{
    if (!(a->config->roles & CONFIG_DISPATCH)) return 0;
    const struct dispatch_config config = {
        .loop = a->loop,
        .redis = a->redis,
        .ledger = a->ledger,
        .store = a->store,
        .places = a->places,
        .nearest = a->means->nearest,
        .words = &a->means->words,
        .gazetteer = a->means->gazetteer,
        .inbox = a->inbox,
        .journal = a->journal,
        .ref_key = a->ref_key,
        .lease_ms = a->config->queue.lease_s * 1000LL,
        .cap = config_cap(a->config),
        .accounts = a->accounts,
        .may_send = may_send,
        .may_send_arg = a,
    };
    return dispatch_new(&config, &a->dispatch, e);
}

static int open_queue(struct app *a, struct err *e)
{
    const struct redis_config redis = config_redis(a->config);
    const struct queue_config config = app_queue_config(a->config, &redis);
    int rc = queue_new(a->loop, &config, dispatch_message, a->dispatch, &a->queue, e);
    if (rc < 0) return rc;
    a->outbox = outbox_new(a->store, a->queue);
    return 0;
}

static void nudge(void *arg)
{
    struct app *a = arg;
    if (a->release) release_nudge(a->release);
}

static void open_release(struct app *a)
{
    if (!(a->config->roles & CONFIG_RELEASE)) return;
    const struct app_leads_parts parts = {a->config,   a->means, a->inbox, a->outbox,
                                          a->link_key, nudge,    a};
    a->leads = app_leads_new(&parts);
    const struct release_config config = {
        .loop = a->loop,
        .redis = a->redis,
        .store = a->store,
        .ledger = a->ledger,
        .outbox = a->outbox,
        .keeper = a->leads->keeper,
        .budget = a->means->launch.budget,
        .schedules = a->leads->schedules,
        .pledges = a->leads->pledges,
        .queue = a->queue,
        .lost_ms = 2 * a->config->queue.lease_s * 1000LL,
        .who = a->who,
        .accounts = a->accounts,
    };
    a->release = release_new(&config);
}

static bool leads(void *arg)
{
    const struct app *a = arg;
    return !a->stopping && release_leads(a->release);
}

static int open_lookup(struct app *a, struct err *e)
{
    if (!(a->config->roles & CONFIG_RELEASE)) return 0;
    const struct lookup_config config = {
        .loop = a->loop,
        .redis = a->redis,
        .store = a->store,
        .inbox = a->inbox,
        .receipts = {.ledger = a->ledger,
                     .store = a->store,
                     .limits = config_receipt_limits(a->config),
                     .ref_key = a->ref_key},
        .accounts = a->accounts,
        .words = &a->means->words,
        .leads = leads,
        .leads_arg = a,
    };
    return lookup_new(&config, &a->lookup, e);
}

static int open_events(struct app *a, struct err *e)
{
    if (!(a->config->roles & CONFIG_RELEASE)) return 0;
    const struct app_events_parts parts = {
        .config = a->config,
        .loop = a->loop,
        .store = a->store,
        .events = a->events,
        .inbox = a->inbox,
        .accounts = a->accounts,
        .means = a->means,
        .leads = leads,
        .arg = a,
    };
    return app_events_new(&parts, &a->about_events, e);
}

static int open_web(struct app *a, struct err *e)
{
    if (!(a->config->roles & CONFIG_WEB)) return 0;
    const struct app_web_parts parts = {
        .config = a->config,
        .loop = a->loop,
        .redis = a->redis,
        .accounts = a->accounts,
        .store = a->store,
        .places = a->places,
        .events = a->events,
        .ledger = a->ledger,
        .inbox = a->inbox,
        .queue = a->queue,
        .outbox = a->outbox,
        .dispatch = a->dispatch,
        .check_in = store_known_check_in(a->known),
        .journal = a->journal,
        .ref_key = a->ref_key,
        .link_key = a->link_key,
        .means = a->means,
        .nudge = nudge,
        .nudge_arg = a,
    };
    return app_web_new(&parts, &a->web, e);
}

/* ---- stopping ---- */

static void on_dispatch_stopped(void *arg)
{
    struct app *a = arg;
    /* Not at once: the last acknowledgements are written before the next sleep. */
    loop_timer_in(a->stop_soon, 0);
}

static void on_stop_limit(void *arg)
{
    struct app *a = arg;
    log_warn("some requests did not end in time; what they were about becomes unknown");
    loop_stop(a->loop);
}

static void on_stop_now(void *arg)
{
    struct app *a = arg;
    loop_stop(a->loop);
}

static void on_stop(void *arg)
{
    struct app *a = arg;
    a->stopping = true;
    store_known_stop(a->known);
    store_opening_stop(a->opening);
    service_tell("STOPPING=1");
    log_info("stopping: finishing what is in flight");
    if (a->web) app_web_stop(a->web);
    if (!a->dispatch) {
        loop_stop(a->loop);
        return;
    }
    loop_timer_in(a->stop_limit, STOP_LIMIT_US);
    dispatch_stop(a->dispatch, on_dispatch_stopped, a);
}

static void on_watchdog(void *arg)
{
    struct app *a = arg;
    service_tell("WATCHDOG=1");
    loop_timer_in(a->watchdog, a->watchdog_us);
}

static void start_watchdog(struct app *a)
{
    a->watchdog_us = service_watchdog_us() / 2;
    if (a->watchdog_us) on_watchdog(a);
}

/* ---- life ---- */

static int app_open(struct app *a, struct err *e)
{
    const struct config *c = a->config;
    a->lock = preflight_lock(c->state_dir, c->instance, e);
    if (a->lock < 0) return a->lock;
    int rc = app_journal_open(a->loop, c, &a->copy, &a->journal, e);
    if (rc < 0) return rc;
    rc = accounts_new(c, &a->accounts, e);
    if (rc < 0) return rc;
    rc = open_redis(a, e);
    if (rc < 0) return rc;
    a->means = app_means_new(c, a->loop, a->store, a->places, a->accounts, a->link_key);
    inbox_set_targets(a->inbox, c->inbox.target_minutes * 60000LL, a->means->groups);
    rc = open_dispatch(a, e);
    if (rc < 0) return rc;
    rc = open_queue(a, e);
    if (rc < 0) return rc;
    open_release(a);
    rc = open_lookup(a, e);
    if (rc == 0) rc = open_events(a, e);
    if (rc < 0) return rc;
    return open_web(a, e);
}

int app_new(const struct config *config, struct app **ret, struct err *e)
{
    struct app *a = xcalloc(1, sizeof *a);
    a->config = config;
    a->lock = -1;
    a->loop = loop_new();
    a->boot = clock_wall_ms();
    (void)snprintf(a->who, sizeof a->who, "%.80s/%lld", config->instance, (long long)a->boot);
    app_key(config, "muster reference", a->ref_key, sizeof a->ref_key);
    app_key(config, "muster link", a->link_key, sizeof a->link_key);
    a->watchdog = loop_timer_new(a->loop, on_watchdog, a);
    a->stop_limit = loop_timer_new(a->loop, on_stop_limit, a);
    a->stop_soon = loop_timer_new(a->loop, on_stop_now, a);
    int rc = app_open(a, e);
    if (rc < 0) {
        app_free(a);
        return rc;
    }
    *ret = a;
    return 0;
}

void app_run(struct app *a)
{
    a->signals = stop_signals_new(a->loop, on_stop, on_stop_now, a);
    if (a->dispatch) dispatch_start(a->dispatch, a->queue);
    if (a->release) release_start(a->release);
    if (a->lookup) lookup_start(a->lookup);
    if (a->about_events) app_events_start(a->about_events);
    start_watchdog(a);
    log_info("musterd %s is ready (instance %s)%s", MUSTER_VERSION, a->config->instance,
             redis_is_connected(a->redis) ? "" : ", but for redis");
    /* Whoever waits for us waits for webhooks being taken: redis may come later than any limit that
     * systemd has for a start. */
    tell_service_manager(a, "READY=1\n");
    loop_run(a->loop);
    log_info("stopped");
}

void app_free(struct app *a)
{
    if (!a) return;
    a->stopping = true;
    store_known_stop(a->known);
    store_opening_stop(a->opening);
    /* First those whose last callbacks still need everything below. */
    queue_free(a->queue);
    redis_free(a->redis);
    app_journal_free(a->journal, a->copy);
    store_known_free(a->known);
    redis_time_free(a->time);
    app_web_free(a->web);
    lookup_free(a->lookup);
    app_events_free(a->about_events);
    events_free(a->events);
    release_free(a->release);
    app_leads_free(a->leads);
    dispatch_free(a->dispatch);
    app_means_free(a->means);
    outbox_free(a->outbox);
    store_opening_free(a->opening);
    inbox_free(a->inbox);
    ledger_free(a->ledger);
    place_book_free(a->places);
    store_free(a->store);
    accounts_free(a->accounts);
    stop_signals_free(a->signals);
    loop_timer_free(a->watchdog);
    loop_timer_free(a->stop_limit);
    loop_timer_free(a->stop_soon);
    loop_free(a->loop);
    if (a->lock >= 0) close(a->lock);
    free(a);
}
