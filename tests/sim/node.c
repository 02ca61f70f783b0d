#include "node.h"

#include "app/store_known.h"
#include "base/clock.h"
#include "flow/check_in.h"
#include "flow/forecaster.h"
#include "flow/journal.h"
#include "flow/outbox.h"
#include "flow/release.h"
#include "flow/speedometer.h"
#include "io/redis.h"
#include "promises.h"
#include "store/audience.h"
#include "store/campaign.h"
#include "store/inbox.h"
#include "store/suppress.h"

#include <stdio.h>
#include <stdlib.h>

struct node {
    struct sim_process *process;
    struct node_config config;
    char name[16], who[32];
    struct loop *loop;
    struct redis *redis;
    struct store *store;
    struct store_known *known; /* where the store may go back; else: */
    struct check_in *check_in;
    struct ledger *ledger;
    struct queue *queue;
    struct outbox *outbox;
    struct dispatch *dispatch;
    struct release *release;
    struct inbox *inbox;
    struct lookup *lookup;
    struct journal *journal;
    struct loop_timer *book;
    struct forecaster *forecaster;
    struct speedometer *speedometer;
};

enum {
    LOOKUP_GRACE = 3000,
    LOOKUP_EVERY = 100, /* [ms] sooner than the daemon, which has a week */
    BOOK_AGAIN_US = 200 * SIM_MS,
};

/* All campaigns have their own people. */
static const struct cap cap = {CAP_DAY_DEFAULT, CAP_WEEK_DEFAULT};

static void on_redis_state(void *arg, bool connected, const char *why)
{
    struct node *n = arg;
    (void)connected, (void)why;
    if (n->known)
        store_known_begin(n->known);
    else
        check_in_begin(n->check_in);
}

static void on_book(void *arg, int result, const struct err *e)
{
    struct node *n = arg;
    (void)e;
    if (result < 0) loop_timer_in(n->book, BOOK_AGAIN_US);
}

/* As app/store_opening.c does it: a store that was emptied has no direct book. */
static void open_book(void *arg)
{
    struct node *n = arg;
    if (redis_is_connected(n->redis) && mark_stand(n->store) != MARK_AWAY)
        campaign_open_direct(n->store, on_book, n);
}

static void open_stores(struct node *n)
{
    n->store = store_new(n->redis, PREFIX);
    n->ledger = ledger_new(n->store, n->name, clock_wall_ms());
}

static void open_journal(struct node *n)
{
    struct err e = {0};
    const struct journal_config config = {.loop = n->loop, .instance = n->name};
    if (journal_open(&config, &n->journal, &e) < 0) promise_broken("%s", e.text);
    redis_on_state(n->redis, on_redis_state, n);
}

static void open_known(struct node *n)
{
    journal_keep_told(n->journal, n->store);
    n->book = loop_timer_new(n->loop, open_book, n);
    const struct store_known_parts known = {.loop = n->loop,
                                            .redis = n->redis,
                                            .store = n->store,
                                            .journal = n->journal,
                                            .instance = n->name,
                                            .cap = cap,
                                            .changed = open_book,
                                            .arg = n,
                                            .grace_ms = n->config.lease_ms};
    n->known = store_known_new(&known);
}

static void open_check_in(struct node *n)
{
    const struct check_in_config config = {.loop = n->loop,
                                           .redis = n->redis,
                                           .store = n->store,
                                           .instance = n->name,
                                           .grace_ms = n->config.lease_ms};
    n->check_in = check_in_new(&config);
}

static void open_dispatch(struct node *n)
{
    struct err e = {0};
    const struct dispatch_config config = {
        .loop = n->loop,
        .redis = n->redis,
        .ledger = n->ledger,
        .store = n->store,
        .journal = n->journal,
        .ref_key = n->config.ref_key,
        .lease_ms = n->config.lease_ms,
        .cap = cap,
        .accounts = n->config.accounts,
    };
    if (dispatch_new(&config, &n->dispatch, &e) < 0) promise_broken("%s", e.text);
}

static void open_queue(struct node *n)
{
    struct err e = {0};
    const struct queue_config config = {.kind = "redis",
                                        .consumer = n->name,
                                        .lease_ms = (int)n->config.lease_ms,
                                        .prefix = PREFIX};
    if (queue_new(n->loop, &config, dispatch_message, n->dispatch, &n->queue, &e) < 0)
        promise_broken("%s", e.text);
    n->outbox = outbox_new(n->store, n->queue);
}

static void open_release(struct node *n)
{
    const struct release_config config = {
        .loop = n->loop,
        .redis = n->redis,
        .store = n->store,
        .ledger = n->ledger,
        .outbox = n->outbox,
        .queue = n->queue,
        .who = n->who,
        .lost_ms = 2 * n->config.lease_ms,
        .accounts = n->config.accounts,
    };
    n->release = release_new(&config);
}

static bool leads(void *arg)
{
    const struct node *n = arg;
    return release_leads(n->release);
}

static void open_lookup(struct node *n)
{
    struct err e = {0};
    n->inbox = inbox_new(n->store, n->loop);
    const struct lookup_config config = {
        .loop = n->loop,
        .redis = n->redis,
        .store = n->store,
        .inbox = n->inbox,
        .receipts = {.ledger = n->ledger, .store = n->store, .ref_key = n->config.ref_key},
        .accounts = n->config.accounts,
        .grace_ms = LOOKUP_GRACE,
        .every_ms = LOOKUP_EVERY,
        .leads = leads,
        .leads_arg = n,
    };
    if (lookup_new(&config, &n->lookup, &e) < 0) promise_broken("%s", e.text);
}

static void open_forecaster(struct node *n)
{
    const struct forecaster_config forecaster = {.store = n->store, .accounts = n->config.accounts};
    n->forecaster = forecaster_new(&forecaster);
    const struct speedometer_config speedometer = {
        .loop = n->loop, .store = n->store, .leads = leads, .arg = n, .forecaster = n->forecaster};
    n->speedometer = speedometer_new(&speedometer);
    speedometer_start(n->speedometer);
}

struct node *node_start(struct sim_process *p, const struct node_config *config)
{
    struct node *n = xcalloc(1, sizeof *n);
    struct sim_process *before = sim_become(p);
    struct err e = {0};
    n->process = p;
    n->config = *config;
    (void)snprintf(n->name, sizeof n->name, "%s", config->name);
    (void)snprintf(n->who, sizeof n->who, "%s/%llu", config->name,
                   (unsigned long long)sim_events());
    p->hiccup_us = config->hiccup_us;
    n->loop = loop_new();
    if (redis_new(n->loop, &(struct redis_config){.url = ""}, &n->redis, &e) < 0)
        promise_broken("%s", e.text);
    open_stores(n);
    open_journal(n);
    if (n->config.goes_back)
        open_known(n);
    else
        open_check_in(n);
    open_dispatch(n);
    open_queue(n);
    open_release(n);
    open_lookup(n);
    if (config->foretells) open_forecaster(n);
    dispatch_start(n->dispatch, n->queue);
    release_start(n->release);
    lookup_start(n->lookup);
    (void)sim_become(before);
    return n;
}

void node_kill(struct node *n)
{
    struct sim_process *before = sim_become(n->process);
    n->process->alive = false;
    store_known_stop(n->known);
    queue_free(n->queue);
    redis_free(n->redis);
    journal_free(n->journal);
    speedometer_free(n->speedometer);
    forecaster_free(n->forecaster);
    release_free(n->release);
    lookup_free(n->lookup);
    inbox_free(n->inbox);
    dispatch_free(n->dispatch);
    outbox_free(n->outbox);
    ledger_free(n->ledger);
    store_known_free(n->known);
    check_in_free(n->check_in);
    loop_timer_free(n->book);
    store_free(n->store);
    loop_free(n->loop);
    free(n);
    (void)sim_become(before);
}

void node_stop(struct node *n, void (*stopped)(void *arg), void *arg)
{
    struct sim_process *before = sim_become(n->process);
    dispatch_stop(n->dispatch, stopped, arg);
    (void)sim_become(before);
}

struct sim_process *node_process(const struct node *n)
{
    return n->process;
}

struct redis *node_redis(struct node *n)
{
    return n->redis;
}

struct store *node_store(struct node *n)
{
    return n->store;
}

const char *node_name(const struct node *n)
{
    return n->name;
}

void node_receipt(struct node *n, int gateway, const struct receipt_event *event, receipt_cb *cb,
                  void *arg)
{
    struct sim_process *before = sim_become(n->process);
    const struct receipts receipts = {.ledger = n->ledger,
                                      .store = n->store,
                                      .ref_key = n->config.ref_key,
                                      .gateway = n->config.accounts->list[gateway].name,
                                      .queue = &n->config.accounts->list[gateway].queue,
                                      .limits = {.account_refusals = LEDGER_ACCOUNT_REFUSALS,
                                                 .failed_percent = 60,
                                                 .filtered_percent = 60,
                                                 .of = 20}};
    receipt_apply(&receipts, event, clock_wall_ms(), cb, arg);
    (void)sim_become(before);
}

void node_send_direct(struct node *n, const struct direct_message *m, direct_index_cb *cb,
                      void *arg)
{
    struct sim_process *before = sim_become(n->process);
    outbox_send(n->outbox, m, cb, arg);
    (void)sim_become(before);
}
