#include "unknown_world.h"

#include "flow/check_in.h"

const unsigned char REF_KEY[] = "0123456789abcde";
static const char *const SENDERS[] = {"+447700900999"};

static struct redis_fixture *server;
static int serial;

/* ---- the parts ---- */

struct gateway *make_gateway(struct world *w, const char *url)
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
    w->account = (struct account){.name = "main",
                                  .channel = "sms",
                                  .group = "main",
                                  .gateway = w->gateway,
                                  .senders = SENDERS,
                                  .sender_count = 1,
                                  .rate_per_s = 2000,
                                  .http = {.in_flight_max = 16}};
    w->accounts = (struct accounts){&w->account, 1};
}

static void make_stores(struct world *w)
{
    struct redis_config config = {.url = redis_fixture_url(server)};
    struct err e = {0};
    (void)snprintf(w->prefix, sizeof w->prefix, "u%d:", ++serial);
    assert_int_equal(redis_new(w->loop, &config, &w->redis, &e), 0);
    w->store = store_new(w->redis, w->prefix);
    w->ledger = ledger_new(w->store, "one", 1);
    w->inbox = inbox_new(w->store, w->loop);
    TURN_UNTIL(w, redis_is_connected(w->redis));
    const struct check_in_config check_in = {
        .loop = w->loop, .redis = w->redis, .store = w->store, .instance = "one"};
    w->check_in = check_in_new(&check_in);
    TURN_UNTIL(w, mark_stand(w->store) == MARK_STANDS);
}

static void make_dispatch(struct world *w)
{
    struct err e = {0};
    const struct redis_config redis = {.url = redis_fixture_url(server)};
    const struct dispatch_config dispatch = {.loop = w->loop,
                                             .redis = w->redis,
                                             .ledger = w->ledger,
                                             .store = w->store,
                                             .ref_key = REF_KEY,
                                             .lease_ms = 30000,
                                             .accounts = &w->accounts};
    const struct queue_config queue = {.kind = "redis",
                                       .consumer = "one",
                                       .group = "muster",
                                       .redis = &redis,
                                       .prefix = w->prefix};
    assert_int_equal(dispatch_new(&dispatch, &w->dispatch, &e), 0);
    assert_int_equal(queue_new(w->loop, &queue, dispatch_message, w->dispatch, &w->queue, &e), 0);
    w->outbox = outbox_new(w->store, w->queue);
}

static void make_release(struct world *w)
{
    const struct release_config config = {.loop = w->loop,
                                          .redis = w->redis,
                                          .store = w->store,
                                          .ledger = w->ledger,
                                          .outbox = w->outbox,
                                          .queue = w->queue,
                                          .lost_ms = 60000,
                                          .who = "one",
                                          .accounts = &w->accounts};
    w->release = release_new(&config);
    dispatch_start(w->dispatch, w->queue);
    release_start(w->release);
}

static bool leads(void *arg)
{
    (void)arg;
    return true;
}

static void on_stamp(void *arg, const struct redisReply *reply)
{
    struct waiting *x = arg;
    uint64_t stamp = 0;
    (void)slice_to_u64(redis_str(reply), UINT32_MAX, &stamp);
    x->id = (uint32_t)stamp;
    x->done = true;
}

void ref_of(struct world *w, uint32_t campaign, uint32_t index, char out[REF_CHARS + 1])
{
    struct waiting x = {.done = false};
    redis_commandf(w->redis, on_stamp, &x, "HGET %sc:%lld stamp", w->prefix, (long long)campaign);
    TURN_UNTIL(w, x.done);
    ref_make(REF_KEY, SLICE_LIT("main"), &(struct ref){campaign, index, x.id}, out);
}

void start_lookup(struct world *w, int64_t grace_ms)
{
    struct err e = {0};
    const struct lookup_config config = {
        .loop = w->loop,
        .redis = w->redis,
        .store = w->store,
        .inbox = w->inbox,
        .receipts = {.ledger = w->ledger, .store = w->store, .ref_key = REF_KEY},
        .accounts = &w->accounts,
        .grace_ms = grace_ms,
        .every_ms = 1,
        .leads = leads,
    };
    assert_int_equal(lookup_new(&config, &w->lookup, &e), 0);
    lookup_start(w->lookup);
}

int set_up(void **state)
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

int tear_down(void **state)
{
    struct world *w = *state;
    if (!server) return 0;
    queue_free(w->queue);
    redis_free(w->redis);
    lookup_free(w->lookup);
    release_free(w->release);
    dispatch_free(w->dispatch);
    outbox_free(w->outbox);
    inbox_free(w->inbox);
    ledger_free(w->ledger);
    check_in_free(w->check_in);
    store_free(w->store);
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

void ended(struct waiting *x, int result, const struct err *e)
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

void wait_for(struct world *w, struct waiting *x)
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
    audience_add_rows(w->store, audience,
                      &(struct audience_chunk){from / ROWS_AT_ONCE, 1, rows, ROWS_AT_ONCE},
                      clock_wall_ms(), on_rows, &x);
    wait_for(w, &x);
}

static uint32_t make_audience(struct world *w, uint32_t *ret_blocks)
{
    static const struct slice columns[] = {{"first_name", 10}};
    const struct audience_draft draft = {
        .name = SLICE_LIT("members"), .columns = columns, .column_count = 1};
    struct waiting x = {.done = false};
    audience_create(w->store, &draft, clock_wall_ms(), on_audience, &x);
    wait_for(w, &x);
    for (size_t from = 0; from < PEOPLE; from += ROWS_AT_ONCE)
        add_rows(w, x.id, from);
    audience_freeze(w->store, x.id, clock_wall_ms(), on_audience, &x);
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

void launch_as(struct world *w, struct campaign c)
{
    struct waiting x = {.done = false};
    const struct slice message =
        SLICE_LIT("{\"sms\":{\"en\":{\"text\":\"Hi {{first_name}}, come!\"}}}");
    c.group = c.gateway = SLICE_LIT("main");
    c.lane = LANE_BLAST;
    c.audience_name = SLICE_LIT("members");
    c.launched_by = SLICE_LIT("Olive");
    if (!w->audience) w->audience = make_audience(w, &w->blocks);
    c.audience = w->audience;
    c.blocks = w->blocks;
    campaign_create(w->store, &c, message, clock_wall_ms(), on_campaign, &x);
    wait_for(w, &x);
    w->campaign = x.id;
}

void launch(struct world *w, const char *name)
{
    launch_as(w, (struct campaign){.name = slice_of(name)});
}

/* ---- looking ---- */

static void on_seen(void *arg, int result, const struct campaign *c, const struct err *e)
{
    struct world *w = arg;
    if (result < 0) fail_msg("%s", e->text);
    campaign_free(w->now);
    w->now = campaign_dup(c);
}

const struct campaign *look(struct world *w)
{
    campaign_free(w->now);
    w->now = NULL;
    campaign_load(w->store, w->campaign, on_seen, w);
    TURN_UNTIL(w, w->now);
    uint64_t sum = 0;
    for (int s = 0; s < STATE_COUNT; s++)
        sum += w->now->counts[s];
    assert_int_equal(sum, w->now->total);
    return w->now;
}

uint64_t count(struct world *w, enum state s)
{
    return look(w)->counts[s];
}

bool is_done(struct world *w)
{
    return look(w)->status == CAMPAIGN_DONE;
}

void tell_sim(struct world *w, const char *json)
{
    struct err e = {0};
    if (sim_configure(w->sim, slice_of(json), &e) < 0) fail_msg("%s", e.text);
}

json_int_t sim_count(struct world *w, const char *name)
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

struct waiting resolve(struct world *w, enum unknown_decision decision)
{
    struct waiting x = {.done = false};
    unknown_resolve(w->store, w->campaign, decision, SLICE_LIT("Olive"), SLICE_LIT("their log"),
                    on_resolved, &x);
    TURN_UNTIL(w, x.done);
    return x;
}

void some_unknown(struct world *w, const char *errors)
{
    tell_sim(w, errors);
    launch(w, "thursday");
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

size_t due(struct world *w, int64_t at_least_ms, size_t skip, uint32_t *ret_first)
{
    struct waiting x = {.done = false};
    const struct unknown_range range = {
        .at_least_ms = at_least_ms, .at_most_ms = 1000000, .skip = skip};
    unknown_due(w->store, w->campaign, &range, on_people, &x);
    TURN_UNTIL(w, x.done);
    if (ret_first) *ret_first = x.id;
    return (size_t)x.moved;
}
/* ---- of the group ---- */

int world_start(void **state)
{
    (void)state;
    server = redis_fixture_new();
    return 0;
}

int world_end(void **state)
{
    (void)state;
    redis_fixture_free(server);
    return 0;
}
