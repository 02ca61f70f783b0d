/* Messages whose answer was lost: the real dispatcher, release, look-up and simulator on one loop,
 * on a real Redis. The simulator takes every message and closes the connection (drop), or closes it
 * and takes none (lost). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include <jansson.h>

#include "base/clock.h"
#include "core/block.h"
#include "core/ref.h"
#include "flow/lookup.h"
#include "flow/outbox.h"
#include "flow/release.h"
#include "io/http_server.h"
#include "io/redis.h"
#include "sim/sim.h"
#include "store/audience.h"
#include "store/direct.h"
#include "store/inbox.h"
#include "store/suppress.h"
#include "store/unknown.h"

#include "redis_fixture.h"

enum {
    PATIENCE_US = 60 * 1000 * 1000,
    PEOPLE = 300,
    ROWS_AT_ONCE = 100, /* each chunk is a block */
    ASKED_MAX = 64,
};

static const unsigned char REF_KEY[] = "0123456789abcde";
static const char *const SENDERS[] = {"+447700900999"};

struct world {
    struct redis_fixture *server;
    struct loop *loop;
    struct redis *redis;
    char prefix[16], url[64];
    struct sim *sim;
    struct http_server *provider_server;
    struct provider *provider;
    struct gateway *gateway;
    struct dispatch_gateway route;
    struct campaign_store *campaigns;
    struct audience_store *audiences;
    struct ledger *ledger;
    struct direct *direct;
    struct inbox *inbox;
    struct suppress *suppress;
    struct queue *queue;
    struct outbox *outbox;
    struct dispatch *dispatch;
    struct release *release;
    struct lookup *lookup;
    /* what is asked in the provider's place: other_list */
    struct http_server *other;
    struct gateway *other_gateway;
    int other_status;
    int64_t asked_us[ASKED_MAX];
    size_t asked;
    uint32_t campaign;
    uint64_t unknown;     /* people of some_unknown */
    struct campaign *now; /* as last seen */
};

static struct redis_fixture *server;
static int serial;

#define TURN_UNTIL(w, condition)                                                                   \
    do {                                                                                           \
        int64_t give_up_us = clock_mono_us() + PATIENCE_US;                                        \
        while (!(condition)) {                                                                     \
            assert_true(clock_mono_us() < give_up_us);                                             \
            loop_turn((w)->loop, 20000);                                                           \
        }                                                                                          \
    } while (0)

/* ---- the parts ---- */

static struct gateway *make_gateway(struct world *w, const char *url)
{
    static const struct gateway_pair account[] = {{"account_sid", "AC1"},
                                                  {"auth_token", "sim-secret"}};
    const struct gateway_config config = {.name = "main",
                                          .channel = "sms",
                                          .base_url = url,
                                          .public_url = "http://127.0.0.1:1",
                                          .account = account,
                                          .account_count = COUNT_OF(account)};
    struct gateway *made = NULL;
    struct err e = {0};
    if (gateway_new(w->provider, &config, &made, &e) < 0) fail_msg("%s", e.text);
    return made;
}

static void make_provider(struct world *w)
{
    struct http_server_config listen = {.listen = "127.0.0.1:0", .body_bytes_max = 65536};
    struct sim_config config;
    struct err e = {0};
    config_defaults(&config);
    config.latency_ms = config.latency_jitter_ms = 0;
    assert_int_equal(sim_new(w->loop, &config, &w->sim, &e), 0);
    assert_int_equal(http_server_new(w->loop, &listen, sim_handle, w->sim, &w->provider_server, &e),
                     0);
    (void)snprintf(w->url, sizeof w->url, "http://127.0.0.1:%d",
                   http_server_port(w->provider_server));
    if (provider_load(MUSTER_PROVIDERS "/twilio.yaml", &w->provider, &e) < 0)
        fail_msg("%s", e.text);
    w->gateway = make_gateway(w, w->url);
    w->route = (struct dispatch_gateway){.name = "main",
                                         .channel = "sms",
                                         .group = "main",
                                         .gateway = w->gateway,
                                         .senders = SENDERS,
                                         .sender_count = 1,
                                         .rate_per_s = 2000,
                                         .http = {.in_flight_max = 16}};
}

static void make_stores(struct world *w)
{
    struct redis_config config = {.url = redis_fixture_url(server)};
    struct err e = {0};
    (void)snprintf(w->prefix, sizeof w->prefix, "u%d:", ++serial);
    assert_int_equal(redis_new(w->loop, &config, &w->redis, &e), 0);
    w->campaigns = campaign_store_new(w->redis, w->prefix);
    w->audiences = audience_store_new(w->redis, w->prefix);
    w->ledger = ledger_new(w->redis, w->prefix, "one", 1);
    w->direct = direct_new(w->redis, w->prefix);
    w->inbox = inbox_new(w->redis, w->prefix);
    w->suppress = suppress_new(w->redis, w->prefix);
    TURN_UNTIL(w, redis_is_connected(w->redis));
}

static void make_dispatch(struct world *w)
{
    struct err e = {0};
    const struct redis_config redis = {.url = redis_fixture_url(server)};
    const struct dispatch_config dispatch = {.loop = w->loop,
                                             .redis = w->redis,
                                             .ledger = w->ledger,
                                             .campaigns = w->campaigns,
                                             .audiences = w->audiences,
                                             .direct = w->direct,
                                             .suppress = w->suppress,
                                             .ref_key = REF_KEY,
                                             .lease_ms = 30000,
                                             .gateways = &w->route,
                                             .gateway_count = 1};
    const struct queue_config queue = {.kind = "redis",
                                       .consumer = "one",
                                       .group = "muster",
                                       .redis = &redis,
                                       .prefix = w->prefix};
    assert_int_equal(dispatch_new(&dispatch, &w->dispatch, &e), 0);
    assert_int_equal(queue_new(w->loop, &queue, dispatch_message, w->dispatch, &w->queue, &e), 0);
    w->outbox = outbox_new(w->direct, w->queue);
}

static double rate_of(void *arg, struct slice gateway)
{
    (void)arg;
    (void)gateway;
    return 2000;
}

static void make_release(struct world *w)
{
    const struct release_config config = {.loop = w->loop,
                                          .redis = w->redis,
                                          .campaigns = w->campaigns,
                                          .ledger = w->ledger,
                                          .outbox = w->outbox,
                                          .queue = w->queue,
                                          .lost_ms = 60000,
                                          .who = "one",
                                          .rate_of = rate_of};
    w->release = release_new(&config);
    dispatch_start(w->dispatch, w->queue);
    release_start(w->release);
}

static bool leads(void *arg)
{
    (void)arg;
    return true;
}

static void start_lookup(struct world *w, int64_t grace_ms)
{
    struct err e = {0};
    const struct lookup_config config = {
        .loop = w->loop,
        .redis = w->redis,
        .campaigns = w->campaigns,
        .audiences = w->audiences,
        .direct = w->direct,
        .inbox = w->inbox,
        .receipts = {.ledger = w->ledger, .suppress = w->suppress, .ref_key = REF_KEY},
        .gateways = &w->route,
        .gateway_count = 1,
        .grace_ms = grace_ms,
        .every_ms = 1,
        .leads = leads,
    };
    assert_int_equal(lookup_new(&config, &w->lookup, &e), 0);
    lookup_start(w->lookup);
}

static int set_up(void **state)
{
    if (!server) skip();
    struct world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    *state = w;
    w->loop = loop_new();
    make_provider(w);
    make_stores(w);
    make_dispatch(w);
    make_release(w);
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    if (!server) return 0;
    queue_free(w->queue);
    redis_free(w->redis);
    lookup_free(w->lookup);
    release_free(w->release);
    dispatch_free(w->dispatch);
    outbox_free(w->outbox);
    suppress_free(w->suppress);
    inbox_free(w->inbox);
    direct_free(w->direct);
    ledger_free(w->ledger);
    campaign_store_free(w->campaigns);
    audience_store_free(w->audiences);
    gateway_free(w->gateway);
    gateway_free(w->other_gateway);
    http_server_free(w->other);
    provider_free(w->provider);
    sim_stop(w->sim);
    http_server_free(w->provider_server);
    sim_free(w->sim);
    campaign_free(w->now);
    loop_free(w->loop);
    free(w);
    return 0;
}

/* ---- an audience, a campaign ---- */

struct waiting {
    bool done;
    int result;
    uint32_t id, blocks;
    uint64_t moved;
    char text[ERR_TEXT_BYTES];
};

static void ended(struct waiting *x, int result, const struct err *e)
{
    x->done = true;
    x->result = result;
    (void)snprintf(x->text, sizeof x->text, "%s", e ? e->text : "");
}

static void on_audience(void *arg, int result, const struct audience_info *info,
                        const struct err *e)
{
    struct waiting *x = arg;
    ended(x, result, e);
    if (result < 0) return;
    x->id = info->id;
    x->blocks = info->blocks;
}

static void on_rows(void *arg, int result, const enum audience_outcome *outcomes, size_t count,
                    const struct err *e)
{
    (void)outcomes;
    (void)count;
    ended(arg, result, e);
}

static void wait_for(struct world *w, struct waiting *x)
{
    TURN_UNTIL(w, x->done);
    if (x->result < 0) fail_msg("%s", x->text);
    x->done = false;
}

static void add_rows(struct world *w, uint32_t audience, size_t from)
{
    struct audience_row rows[ROWS_AT_ONCE];
    struct slice names[ROWS_AT_ONCE];
    char texts[ROWS_AT_ONCE][16];
    for (size_t i = 0; i < ROWS_AT_ONCE; i++) {
        int n = snprintf(texts[i], sizeof texts[i], "Ada %zu", from + i);
        names[i] = slice_make(texts[i], (size_t)n);
        rows[i] = (struct audience_row){.number = 447700900000 + from + i, .fields = &names[i]};
    }
    struct waiting x = {.done = false};
    audience_add_rows(w->audiences, audience, from / ROWS_AT_ONCE, 1, rows, ROWS_AT_ONCE,
                      clock_wall_ms(), on_rows, &x);
    wait_for(w, &x);
}

static uint32_t make_audience(struct world *w, uint32_t *ret_blocks)
{
    static const struct slice columns[] = {{"first_name", 10}};
    const struct audience_draft draft = {
        .name = SLICE_LIT("members"), .columns = columns, .column_count = 1};
    struct waiting x = {.done = false};
    audience_create(w->audiences, &draft, clock_wall_ms(), on_audience, &x);
    wait_for(w, &x);
    for (size_t from = 0; from < PEOPLE; from += ROWS_AT_ONCE)
        add_rows(w, x.id, from);
    audience_freeze(w->audiences, x.id, clock_wall_ms(), on_audience, &x);
    wait_for(w, &x);
    *ret_blocks = x.blocks;
    return x.id;
}

static void on_campaign(void *arg, int result, const struct campaign *c, const struct err *e)
{
    struct waiting *x = arg;
    ended(x, result, e);
    if (result == 0) x->id = c->id;
}

static void launch(struct world *w)
{
    struct waiting x = {.done = false};
    struct campaign c = {
        .name = SLICE_LIT("thursday"),
        .group = SLICE_LIT("main"),
        .gateway = SLICE_LIT("main"),
        .message = SLICE_LIT("{\"sms\":{\"en\":{\"text\":\"Hi {{first_name}}, come!\"}}}"),
        .lane = LANE_BLAST,
        .audience_name = SLICE_LIT("members"),
        .launched_by = SLICE_LIT("Olive")};
    c.audience = make_audience(w, &c.blocks);
    campaign_create(w->campaigns, &c, clock_wall_ms(), on_campaign, &x);
    wait_for(w, &x);
    w->campaign = x.id;
}

/* ---- looking ---- */

static void on_seen(void *arg, int result, const struct campaign *c, const struct err *e)
{
    struct world *w = arg;
    if (result < 0) fail_msg("%s", e->text);
    campaign_free(w->now);
    w->now = campaign_dup(c);
}

static const struct campaign *look(struct world *w)
{
    campaign_free(w->now);
    w->now = NULL;
    campaign_load(w->campaigns, w->campaign, on_seen, w);
    TURN_UNTIL(w, w->now);
    uint64_t sum = 0;
    for (int s = 0; s < STATE_COUNT; s++)
        sum += w->now->counts[s];
    assert_int_equal(sum, w->now->total);
    return w->now;
}

static uint64_t count(struct world *w, enum state s)
{
    return look(w)->counts[s];
}

static bool is_done(struct world *w)
{
    return slice_is(look(w)->status, "done");
}

static void tell_sim(struct world *w, const char *json)
{
    struct err e = {0};
    if (sim_configure(w->sim, slice_of(json), &e) < 0) fail_msg("%s", e.text);
}

static json_int_t sim_count(struct world *w, const char *name)
{
    struct buf b = BUF_INIT(65536);
    sim_write_stats(w->sim, &b);
    json_t *stats = json_loadb(b.p, b.n, 0, NULL);
    json_int_t n = json_integer_value(json_object_get(stats, name));
    json_decref(stats);
    buf_done(&b);
    return n;
}

static void on_resolved(void *arg, int result, uint64_t moved, const struct err *e)
{
    struct waiting *x = arg;
    ended(x, result, e);
    x->moved = moved;
}

static struct waiting resolve(struct world *w, enum unknown_decision decision)
{
    struct waiting x = {.done = false};
    unknown_resolve(w->campaigns, w->campaign, decision, SLICE_LIT("Olive"), SLICE_LIT("their log"),
                    on_resolved, &x);
    TURN_UNTIL(w, x.done);
    return x;
}

/* Some become unknown, and the campaign is done all the same. Not all: a gateway that only ever
 * closes connections is taken for dead, and left alone. */
static void some_unknown(struct world *w, const char *errors)
{
    tell_sim(w, errors);
    launch(w);
    TURN_UNTIL(w, is_done(w));
    w->unknown = count(w, STATE_UNKNOWN);
    assert_in_range(w->unknown, 2, PEOPLE - 2);
    assert_int_equal(w->now->counts[STATE_ACCEPTED], PEOPLE - w->unknown);
    assert_true(w->now->unknown_since_ms > 0);
    tell_sim(w, "{\"errors\":\"\"}");
}

static void on_people(void *arg, int result, const struct unknown_person *people, size_t n)
{
    struct waiting *x = arg;
    assert_int_equal(result, 0);
    for (size_t i = 1; i < n; i++)
        assert_true(people[i - 1].since_ms <= people[i].since_ms);
    if (n) x->id = people[0].index;
    x->moved = n;
    x->done = true;
}

static size_t due(struct world *w, int64_t at_least_ms, size_t skip)
{
    struct waiting x = {.done = false};
    const struct unknown_range range = {
        .at_least_ms = at_least_ms, .at_most_ms = 1000000, .skip = skip};
    unknown_due(w->campaigns, w->campaign, &range, on_people, &x);
    TURN_UNTIL(w, x.done);
    return (size_t)x.moved;
}

/* ---- the tests ---- */

static void test_what_the_provider_took_is_found(void **state)
{
    struct world *w = *state;
    some_unknown(w, "{\"errors\":\"drop:0.2\"}");
    assert_int_equal(sim_count(w, "accepted"), PEOPLE);
    start_lookup(w, 1);
    TURN_UNTIL(w, count(w, STATE_UNKNOWN) == 0);
    assert_int_equal(w->now->counts[STATE_SENT], w->unknown);
    assert_int_equal(w->now->unknown_since_ms, 0);
    assert_int_equal(lookup_stats(w->lookup).found, w->unknown);
    assert_int_equal(lookup_stats(w->lookup).asked, w->unknown);
    assert_int_equal(sim_count(w, "accepted"), PEOPLE);
    assert_int_equal(sim_count(w, "duplicates"), 0);
}

static void test_what_it_did_not_take_stays_unknown(void **state)
{
    struct world *w = *state;
    some_unknown(w, "{\"errors\":\"lost:0.2\"}");
    start_lookup(w, 1);
    TURN_UNTIL(w, lookup_stats(w->lookup).not_found >= w->unknown);
    assert_int_equal(count(w, STATE_UNKNOWN), w->unknown);
    assert_int_equal(sim_count(w, "accepted"), PEOPLE - w->unknown);
    struct waiting x = resolve(w, UNKNOWN_RESEND);
    assert_int_equal(x.result, 0);
    assert_int_equal(x.moved, w->unknown);
    TURN_UNTIL(w, is_done(w));
    assert_int_equal(count(w, STATE_ACCEPTED), PEOPLE);
    assert_int_equal(sim_count(w, "unique"), PEOPLE);
    assert_int_equal(sim_count(w, "duplicates"), 0);
}

static void test_receipts_get_their_time_first(void **state)
{
    struct world *w = *state;
    some_unknown(w, "{\"errors\":\"drop:0.2\"}");
    assert_int_equal(due(w, 0, 0), w->unknown < UNKNOWN_DUE_MAX ? w->unknown : UNKNOWN_DUE_MAX);
    assert_int_equal(due(w, 0, w->unknown - 2), 2);
    assert_int_equal(due(w, 600000, 0), 0);
    assert_int_equal(due(w, 0, w->unknown), 0);
}

static void test_resend_texts_once_more(void **state)
{
    struct world *w = *state;
    some_unknown(w, "{\"errors\":\"drop:0.2\"}");
    struct waiting x = resolve(w, UNKNOWN_RESEND);
    assert_int_equal(x.moved, w->unknown);
    TURN_UNTIL(w, is_done(w));
    assert_int_equal(count(w, STATE_ACCEPTED), PEOPLE);
    assert_int_equal(w->now->unknown_since_ms, 0);
    assert_int_equal(sim_count(w, "accepted"), PEOPLE + w->unknown);
    assert_int_equal(sim_count(w, "duplicates"), w->unknown);
    assert_int_equal(resolve(w, UNKNOWN_RESEND).moved, 0);
    assert_true(is_done(w));
}

static void on_details(void *arg, int result, const uint8_t *states, const struct slice *details,
                       size_t n)
{
    assert_int_equal(result, 0);
    assert_int_equal(n, 256);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(states[i] == STATE_REFUSED, slice_is(details[i], "left by Olive"));
    *(bool *)arg = true;
}

static void test_left_is_never_texted(void **state)
{
    struct world *w = *state;
    bool seen = false;
    some_unknown(w, "{\"errors\":\"drop:0.2\"}");
    struct waiting x = resolve(w, UNKNOWN_LEAVE);
    assert_int_equal(x.moved, w->unknown);
    assert_int_equal(count(w, STATE_REFUSED), w->unknown);
    assert_true(slice_is(w->now->status, "done"));
    assert_int_equal(w->now->unknown_since_ms, 0);
    campaign_people(w->campaigns, w->campaign, 0, on_details, &seen);
    TURN_UNTIL(w, seen);
    assert_int_equal(resolve(w, UNKNOWN_RESEND).moved, 0);
    assert_int_equal(sim_count(w, "accepted"), PEOPLE);
}

static void on_since(void *arg, int result, const int64_t *since_ms, size_t n)
{
    assert_int_equal(result, 0);
    size_t unknown = 0;
    for (size_t i = 0; i < n; i++)
        unknown += since_ms[i] > 0;
    ((struct waiting *)arg)->moved = unknown;
    ((struct waiting *)arg)->done = true;
}

static void test_since_when_by_block(void **state)
{
    struct world *w = *state;
    some_unknown(w, "{\"errors\":\"lost:0.2\"}");
    struct waiting x = {.done = false};
    uint64_t found = 0;
    for (uint32_t block = 0; block < w->now->blocks; block++) {
        x.done = false;
        unknown_since(w->campaigns, w->campaign, block, on_since, &x);
        TURN_UNTIL(w, x.done);
        found += x.moved;
    }
    assert_int_equal(found, w->unknown);
}

static void on_moved(void *arg, int result, const struct err *e)
{
    ended(arg, result, e);
}

static void test_a_paused_campaign_keeps_them_until_it_goes_on(void **state)
{
    struct world *w = *state;
    struct waiting x = {.done = false};
    tell_sim(w, "{\"errors\":\"lost:0.2\"}");
    launch(w);
    TURN_UNTIL(w, count(w, STATE_UNKNOWN) > 0);
    campaign_move(w->campaigns, w->campaign, MOVE_PAUSE, clock_wall_ms(), SLICE_LIT("Olive"),
                  SLICE_LIT(""), on_moved, &x);
    TURN_UNTIL(w, x.done);
    if (x.result < 0) return; /* it was done before: the other tests are about that */
    TURN_UNTIL(w, count(w, STATE_IN_FLIGHT) == 0);
    uint64_t pending = count(w, STATE_PENDING), unknown = w->now->counts[STATE_UNKNOWN];
    assert_int_equal(resolve(w, UNKNOWN_RESEND).moved, unknown);
    assert_int_equal(count(w, STATE_PENDING), pending + unknown);
    assert_true(slice_is(w->now->status, "paused"));
    tell_sim(w, "{\"errors\":\"\"}");
    x.done = false;
    campaign_move(w->campaigns, w->campaign, MOVE_RESUME, clock_wall_ms(), SLICE_LIT("Olive"),
                  SLICE_LIT(""), on_moved, &x);
    TURN_UNTIL(w, x.done);
    TURN_UNTIL(w, is_done(w));
    assert_int_equal(sim_count(w, "unique"), PEOPLE);
    assert_int_equal(sim_count(w, "duplicates"), 0);
}

static void set_field(struct world *w, const char *field, const char *value)
{
    struct err e = {0};
    char key[48];
    (void)snprintf(key, sizeof key, "%sc:%u", w->prefix, w->campaign);
    struct slice argv[] = {SLICE_LIT("HSET"), slice_of(key), slice_of(field), slice_of(value)};
    assert_int_equal(redis_wait(w->redis, NULL, NULL, &e, COUNT_OF(argv), argv), 0);
}

static void test_a_stopped_campaign_sends_nothing_again(void **state)
{
    struct world *w = *state;
    some_unknown(w, "{\"errors\":\"lost:0.2\"}");
    set_field(w, "status", "cancelled");
    struct waiting x = resolve(w, UNKNOWN_RESEND);
    assert_int_equal(x.result, ERR_CONFLICT);
    assert_non_null(strstr(x.text, "is cancelled"));
    set_field(w, "status", "done");
    set_field(w, "deadline_ms", "1000");
    x = resolve(w, UNKNOWN_RESEND);
    assert_int_equal(x.result, ERR_CONFLICT);
    assert_non_null(strstr(x.text, "deadline"));
    assert_int_equal(count(w, STATE_UNKNOWN), w->unknown);
    assert_int_equal(resolve(w, UNKNOWN_LEAVE).moved, w->unknown);
    w->campaign = 77;
    assert_int_equal(resolve(w, UNKNOWN_LEAVE).result, ERR_NOT_FOUND);
}

static void on_audit(void *arg, const struct redisReply *reply)
{
    assert_int_equal(redis_count(reply), 1);
    const struct redisReply *fields = redis_at(redis_at(reply, 0), 1);
    assert_true(slice_is(redis_field(fields, "who"), "Olive"));
    assert_true(slice_is(redis_field(fields, "why"), "their log"));
    assert_true(slice_ends(redis_field(fields, "what"), " unknown to refused"));
    *(bool *)arg = true;
}

static void test_who_and_why_are_kept(void **state)
{
    struct world *w = *state;
    struct err e = {0};
    bool seen = false;
    char key[32];
    some_unknown(w, "{\"errors\":\"lost:0.2\"}");
    (void)resolve(w, UNKNOWN_LEAVE);
    (void)snprintf(key, sizeof key, "%saudit", w->prefix);
    struct slice argv[] = {SLICE_LIT("XREVRANGE"), slice_of(key),      SLICE_LIT("+"),
                           SLICE_LIT("-"),         SLICE_LIT("COUNT"), SLICE_LIT("1")};
    assert_int_equal(redis_wait(w->redis, on_audit, &seen, &e, COUNT_OF(argv), argv), 0);
    assert_true(seen);
}

/* ---- the direct book ---- */

static void on_opened(void *arg, int result, const struct err *e)
{
    ended(arg, result, e);
}

static void on_index(void *arg, int result, uint32_t index, const struct err *e)
{
    struct waiting *x = arg;
    ended(x, result, e);
    x->id = index;
}

static void on_states(void *arg, int result, const uint8_t *states, const struct slice *details,
                      size_t n)
{
    struct waiting *x = arg;
    (void)details;
    assert_int_equal(result, 0);
    assert_true(x->id < n);
    x->moved = states[x->id];
    x->done = true;
}

static enum state direct_state(struct world *w, uint32_t index)
{
    struct waiting x = {.id = index};
    campaign_people(w->campaigns, 0, 0, on_states, &x);
    TURN_UNTIL(w, x.done);
    return (enum state)x.moved;
}

/* To person `to` of the campaign's numbers, until the ledger says `becomes`. */
static uint32_t answer_them(struct world *w, unsigned to, const char *text, enum state becomes)
{
    struct waiting x = {.done = false};
    const struct direct_message m = {.to = 447700900000 + to,
                                     .gateway = SLICE_LIT("main"),
                                     .sender = SLICE_LIT("+447700900999"),
                                     .group = SLICE_LIT("main"),
                                     .text = slice_of(text),
                                     .kind = DIRECT_TEST,
                                     .at_ms = clock_wall_ms()};
    campaign_open_direct(w->campaigns, on_opened, &x);
    wait_for(w, &x);
    outbox_send(w->outbox, &m, on_index, &x);
    wait_for(w, &x);
    TURN_UNTIL(w, direct_state(w, x.id) == becomes);
    return x.id;
}

/* The provider takes it, and nobody hears of that. */
static uint32_t lose_the_answer(struct world *w, unsigned to, const char *text)
{
    tell_sim(w, "{\"errors\":\"drop:1\"}");
    return answer_them(w, to, text, STATE_UNKNOWN);
}

/* The provider never sees it. */
static uint32_t lose_the_message(struct world *w, unsigned to, const char *text)
{
    tell_sim(w, "{\"errors\":\"lost:1\"}");
    return answer_them(w, to, text, STATE_UNKNOWN);
}

static uint32_t reach(struct world *w, unsigned to, const char *text)
{
    tell_sim(w, "{\"errors\":\"\"}");
    return answer_them(w, to, text, STATE_ACCEPTED);
}

static void test_an_answer_is_looked_up(void **state)
{
    struct world *w = *state;
    uint32_t taken = lose_the_answer(w, 1, "On Thursday at seven.");
    uint32_t lost = lose_the_message(w, 2, "On Thursday at seven.");
    start_lookup(w, 1);
    TURN_UNTIL(w, direct_state(w, taken) == STATE_SENT);
    TURN_UNTIL(w, lookup_stats(w->lookup).not_found > 0);
    assert_int_equal(direct_state(w, lost), STATE_UNKNOWN);
    assert_int_equal(sim_count(w, "accepted"), 1);
}

static void test_it_waits_for_receipts_first(void **state)
{
    struct world *w = *state;
    (void)lose_the_answer(w, 1, "On Thursday at seven.");
    start_lookup(w, 3600 * 1000);
    TURN_UNTIL(w, lookup_stats(w->lookup).looks >= 3);
    assert_int_equal(lookup_stats(w->lookup).asked, 0);
}

static void test_one_that_stays_unknown_is_asked_for_more_and_more_rarely(void **state)
{
    struct world *w = *state;
    (void)lose_the_message(w, 1, "On Thursday at seven.");
    start_lookup(w, 1);
    TURN_UNTIL(w, lookup_stats(w->lookup).looks >= 40);
    assert_in_range(lookup_stats(w->lookup).asked, 1, 20); /* after 1, 2, 4, 8, … ms */
}

static void test_the_same_words_twice_are_not_mixed_up(void **state)
{
    struct world *w = *state;
    uint32_t first = reach(w, 1, "See you there!");
    uint32_t second = lose_the_message(w, 1, "See you there! ");
    start_lookup(w, 1);
    TURN_UNTIL(w, lookup_stats(w->lookup).cannot_tell > 0);
    assert_int_equal(direct_state(w, first), STATE_ACCEPTED);
    assert_int_equal(direct_state(w, second), STATE_UNKNOWN);
    assert_int_equal(lookup_stats(w->lookup).found, 0);
}

static void test_as_many_in_the_list_as_were_sent_settle_it(void **state)
{
    struct world *w = *state;
    (void)reach(w, 1, "See you there!");
    uint32_t second = lose_the_answer(w, 1, "See you there!");
    start_lookup(w, 1);
    TURN_UNTIL(w, direct_state(w, second) == STATE_SENT);
}

static void test_of_two_unknown_and_one_in_the_list_neither_is_settled(void **state)
{
    struct world *w = *state;
    uint32_t first = lose_the_answer(w, 1, "See you there!");
    uint32_t second = lose_the_message(w, 1, "See you there!");
    start_lookup(w, 1);
    TURN_UNTIL(w, lookup_stats(w->lookup).cannot_tell >= 2);
    assert_int_equal(direct_state(w, first), STATE_UNKNOWN);
    assert_int_equal(direct_state(w, second), STATE_UNKNOWN);
}

static void test_the_campaign_is_not_taken_for_the_answer(void **state)
{
    struct world *w = *state;
    tell_sim(w, "{\"errors\":\"\"}");
    launch(w);
    TURN_UNTIL(w, is_done(w));
    uint32_t same = lose_the_message(w, 7, "Hi Ada 7, come!");
    uint32_t other = lose_the_answer(w, 7, "Hi Ada 7, do come!");
    start_lookup(w, 1);
    TURN_UNTIL(w, direct_state(w, other) == STATE_SENT);
    TURN_UNTIL(w, lookup_stats(w->lookup).cannot_tell > 0);
    assert_int_equal(direct_state(w, same), STATE_UNKNOWN);
}

static void on_first_block(void *arg, int result, struct slice bytes, const struct err *e)
{
    struct waiting *x = arg;
    struct block block;
    struct err why;
    ended(x, result, e);
    assert_int_equal(block_open(bytes, &block, &why), 0);
    x->moved = block_number(&block, x->id % BLOCK_ROWS_MAX) - 447700900000;
}

/* The unknown person of the campaign who has been so the longest. */
static unsigned unknown_person(struct world *w)
{
    struct waiting x = {.done = false};
    const struct unknown_range range = {.at_most_ms = 1000000};
    unknown_due(w->campaigns, w->campaign, &range, on_people, &x);
    TURN_UNTIL(w, x.done);
    x.done = false;
    audience_block(w->audiences, w->now->audience, x.id / BLOCK_ROWS_MAX, on_first_block, &x);
    TURN_UNTIL(w, x.done);
    return (unsigned)x.moved;
}

static void test_a_test_is_not_taken_for_the_campaign(void **state)
{
    struct world *w = *state;
    char text[32];
    some_unknown(w, "{\"errors\":\"lost:0.2\"}");
    unsigned person = unknown_person(w);
    (void)snprintf(text, sizeof text, "Hi Ada %u, come!", person);
    (void)reach(w, person, text);
    start_lookup(w, 1);
    TURN_UNTIL(w, lookup_stats(w->lookup).cannot_tell > 0 &&
                      lookup_stats(w->lookup).not_found >= w->unknown - 1);
    assert_int_equal(count(w, STATE_UNKNOWN), w->unknown);
}

static void test_a_provider_that_gives_no_list_is_asked_again(void **state)
{
    struct world *w = *state;
    some_unknown(w, "{\"errors\":\"drop:0.2\"}");
    uint32_t answer = lose_the_answer(w, 1, "On Thursday at seven.");
    tell_sim(w, "{\"errors\":\"\",\"auth-token\":\"another\"}");
    start_lookup(w, 1);
    TURN_UNTIL(w, lookup_stats(w->lookup).cannot_tell >= 6);
    assert_int_equal(lookup_stats(w->lookup).found, 0);
    tell_sim(w, "{\"auth-token\":\"sim-secret\"}");
    TURN_UNTIL(w, count(w, STATE_UNKNOWN) == 0);
    TURN_UNTIL(w, direct_state(w, answer) == STATE_SENT);
}

/* Lists that tell nothing, one after the other. */
static void other_list(void *arg, struct http_request *q)
{
    static const char *const lists[] = {
        "<html>",
        "{\"messages\":[{\"to\":",
        "[]",
        "{\"messages\":[],\"next_page_uri\":\"/2010-04-01/more\"}",
        "{\"messages\":[{\"sid\":7,\"to\":[],\"body\":{},\"date_created\":null}],\"next_page_uri\":"
        "0}",
        "",
    };
    struct world *w = arg;
    const char *list = lists[w->asked % COUNT_OF(lists)];
    if (w->asked < ASKED_MAX) w->asked_us[w->asked++] = clock_mono_us();
    http_request_answer(q, w->other_status, "application/json", slice_of(list));
}

static void ask_other(struct world *w, int status)
{
    const struct http_server_config listen = {.listen = "127.0.0.1:0", .body_bytes_max = 65536};
    char url[64];
    struct err e = {0};
    w->other_status = status;
    assert_int_equal(http_server_new(w->loop, &listen, other_list, w, &w->other, &e), 0);
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%d", http_server_port(w->other));
    w->route.gateway = w->other_gateway = make_gateway(w, url);
    start_lookup(w, 1);
}

static void test_lists_that_tell_nothing_settle_nobody(void **state)
{
    struct world *w = *state;
    some_unknown(w, "{\"errors\":\"drop:0.2\"}");
    uint32_t answer = lose_the_answer(w, 1, "On Thursday at seven.");
    ask_other(w, 200);
    TURN_UNTIL(w, w->asked >= 12);
    assert_int_equal(lookup_stats(w->lookup).found, 0);
    assert_int_equal(count(w, STATE_UNKNOWN), w->unknown);
    assert_int_equal(direct_state(w, answer), STATE_UNKNOWN);
}

/* One question, then it is left alone for 60 × every_ms, then for twice as long. */
static void test_a_provider_that_is_asked_too_much_is_left_alone(void **state)
{
    struct world *w = *state;
    some_unknown(w, "{\"errors\":\"drop:0.2\"}");
    ask_other(w, 429);
    TURN_UNTIL(w, w->asked >= 3);
    assert_true(w->asked_us[1] - w->asked_us[0] >= 60 * 1000);
    assert_true(w->asked_us[2] - w->asked_us[1] >= 120 * 1000);
    assert_int_equal(count(w, STATE_UNKNOWN), w->unknown);
}

static void test_decided_while_the_provider_is_asked(void **state)
{
    struct world *w = *state;
    some_unknown(w, "{\"errors\":\"drop:0.2\"}");
    start_lookup(w, 1);
    TURN_UNTIL(w, lookup_stats(w->lookup).found > 0);
    uint64_t left = resolve(w, UNKNOWN_LEAVE).moved;
    uint64_t found = count(w, STATE_SENT), refused = w->now->counts[STATE_REFUSED];
    assert_int_equal(found + refused, w->unknown);
    assert_in_range(refused, left - 1, left); /* one more was being asked for */
}

static void on_receipt(void *arg, int result)
{
    ((struct waiting *)arg)->done = true;
    assert_int_equal(result, 0);
}

static enum state receive(struct world *w, uint32_t index, enum state told)
{
    char ref[REF_CHARS + 1];
    struct waiting x = {.done = false};
    const struct receipts r = {.ledger = w->ledger, .suppress = w->suppress, .ref_key = REF_KEY};
    ref_make(REF_KEY, 0, index, ref);
    const struct receipt_event event = {.ref = slice_of(ref), .state = told};
    assert_int_equal(receipt_apply(&r, &event, clock_wall_ms(), on_receipt, &x), RECEIPT_TAKEN);
    TURN_UNTIL(w, x.done);
    return direct_state(w, index);
}

static void test_receipts_settle_an_answer(void **state)
{
    struct world *w = *state;
    uint32_t one = lose_the_answer(w, 1, "On Thursday at seven.");
    assert_int_equal(receive(w, one, STATE_DELIVERED), STATE_DELIVERED);
    assert_int_equal(receive(w, one, STATE_SENT), STATE_DELIVERED);      /* late */
    assert_int_equal(receive(w, one, STATE_DELIVERED), STATE_DELIVERED); /* twice */
    assert_int_equal(receive(w, one, STATE_UNDELIVERED), STATE_DELIVERED);
    uint32_t two = lose_the_message(w, 2, "On Thursday at seven.");
    assert_int_equal(receive(w, two, STATE_UNDELIVERED), STATE_UNDELIVERED);
    start_lookup(w, 1);
    TURN_UNTIL(w, lookup_stats(w->lookup).looks >= 3);
    assert_int_equal(lookup_stats(w->lookup).asked, 0);
}

/* ---- life ---- */

static int start(void **state)
{
    (void)state;
    server = redis_fixture_new();
    return 0;
}

static int end(void **state)
{
    (void)state;
    redis_fixture_free(server);
    return 0;
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(test_what_the_provider_took_is_found),
        T(test_what_it_did_not_take_stays_unknown),
        T(test_receipts_get_their_time_first),
        T(test_resend_texts_once_more),
        T(test_left_is_never_texted),
        T(test_since_when_by_block),
        T(test_a_paused_campaign_keeps_them_until_it_goes_on),
        T(test_a_stopped_campaign_sends_nothing_again),
        T(test_who_and_why_are_kept),
        T(test_an_answer_is_looked_up),
        T(test_it_waits_for_receipts_first),
        T(test_one_that_stays_unknown_is_asked_for_more_and_more_rarely),
        T(test_the_same_words_twice_are_not_mixed_up),
        T(test_as_many_in_the_list_as_were_sent_settle_it),
        T(test_of_two_unknown_and_one_in_the_list_neither_is_settled),
        T(test_the_campaign_is_not_taken_for_the_answer),
        T(test_a_test_is_not_taken_for_the_campaign),
        T(test_a_provider_that_gives_no_list_is_asked_again),
        T(test_lists_that_tell_nothing_settle_nobody),
        T(test_a_provider_that_is_asked_too_much_is_left_alone),
        T(test_decided_while_the_provider_is_asked),
        T(test_receipts_settle_an_answer),
    };
    return cmocka_run_group_tests(tests, start, end);
}
