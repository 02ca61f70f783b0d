#include "api_world.h"

#include "core/keywords.h"
#include "flow/dispatch.h"
#include "flow/hook_intake.h"
#include "flow/launch.h"
#include "flow/nearest.h"
#include "flow/session_words.h"
#include "flow/outbox.h"
#include "flow/place_book.h"
#include "flow/zone_book.h"
#include "gateway/gateway.h"
#include "io/http_client.h"
#include "store/cascade.h"
#include "store/events.h"
#include "store/group.h"
#include "store/loan.h"
#include "store/inbox.h"
#include "store/ledger.h"
#include "store/place.h"
#include "store/release.h"
#include "store/staff.h"
#include "store/suppress.h"

#include <string.h>
#include <unistd.h>

struct world world;

enum { BODY_BYTES_MAX = 4 << 20, GATEWAYS = 2 };

static struct {
    struct provider *providers[GATEWAYS];
    struct gateway *accounts[GATEWAYS];
    struct ledger *ledger;
    struct store *store;
    struct queue *queue;
    struct outbox *outbox;
    struct dispatch *dispatch;
    struct staff *staff;
    struct events *events;
    struct groups *groups;
    struct loans *loans;
    struct place_book *places;
    struct gazetteer *gazetteer;
    struct nearest *nearest;
    struct template *answer;
    struct session_words words;
    struct cascades *cascades;
    struct spool *spool;
    struct hook_intake *intake;
    struct keywords *keywords;
    struct zone_book *zones;
    struct launch_means means;
    struct http_client *client, *local_client;
    int test_number;
    char prefix[32], socket[128];
} parts;

static struct {
    bool done;
    int status;
    struct buf body;
    json_t *json;
} answer;

static const char *const senders[] = {"+447700900999"};
static const struct country_price prices[] = {{"IE", 70000}};
static struct account gateways[GATEWAYS] = {
    {.name = "main",
     .provider = "kannel",
     .channel = "sms",
     .group = "main",
     .senders = senders,
     .sender_count = 1,
     .rate_per_s = 20,
     .http = {.in_flight_max = 64},
     .queue = {.gateway = "main", .max = 6000, .step = 23, .full = 259, .window_us = 300000000},
     .price = {"GBP", 40000, true, prices, 1}},
    {.name = "wa",
     .provider = "whatsapp_cloud",
     .channel = "whatsapp",
     .group = "main",
     .senders = senders,
     .sender_count = 1,
     .rate_per_s = 80,
     .http = {.in_flight_max = 64},
     .price = {"GBP", 50000, true, NULL, 0}},
};
static const struct accounts accounts = {gateways, GATEWAYS};

/* ---- the parts ---- */

static void make_gateway(size_t i, const struct gateway_pair *account, size_t n)
{
    char path[4096];
    struct err e = {0};
    (void)snprintf(path, sizeof path, "%s/%s.yaml", MUSTER_PROVIDERS, gateways[i].provider);
    if (provider_load(path, &parts.providers[i], &e) < 0) fail_msg("%s", e.text);
    const struct gateway_config config = {.name = gateways[i].name,
                                          .channel = gateways[i].channel,
                                          .base_url = "http://127.0.0.1:1",
                                          .public_url = "http://127.0.0.1:8080",
                                          .account = account,
                                          .account_count = n};
    if (gateway_new(parts.providers[i], &config, &parts.accounts[i], &e) < 0)
        fail_msg("%s", e.text);
}

static void make_gateways(void)
{
    static const struct gateway_pair kannel[] = {
        {"username", "muster"}, {"password", "secret"}, {"hook_token", "hook-token"}};
    static const struct gateway_pair whatsapp[] = {{"phone_number_id", "1"},
                                                   {"access_token", "token"},
                                                   {"app_secret", "sesame"},
                                                   {"verify_token", "open"}};
    make_gateway(0, kannel, COUNT_OF(kannel));
    make_gateway(1, whatsapp, COUNT_OF(whatsapp));
    for (size_t i = 0; i < GATEWAYS; i++)
        gateways[i].gateway = parts.accounts[i];
}

static void make_dispatch(void)
{
    static const unsigned char ref_key[16] = "0123456789abcde";
    struct err e = {0};
    const struct dispatch_config config = {
        .loop = world.loop,
        .redis = world.redis,
        .ledger = parts.ledger,
        .store = world.store,
        .ref_key = ref_key,
        .lease_ms = 30000,
        .accounts = &accounts,
    };
    if (dispatch_new(&config, &parts.dispatch, &e) < 0) fail_msg("%s", e.text);
}

/* Nobody asks the queue for messages here: what is published stays. */
static void on_queue_message(void *arg, struct queue_message *m)
{
    (void)arg, (void)m;
    fail();
}

static void make_queue(void)
{
    struct err e = {0};
    const struct redis_config redis = {.url = redis_fixture_url(world.server)};
    const struct queue_config config = {
        .kind = "redis",
        .consumer = "api",
        .group = "muster",
        .redis = &redis,
        .prefix = parts.prefix,
    };
    if (queue_new(world.loop, &config, on_queue_message, NULL, &parts.queue, &e) < 0)
        fail_msg("%s", e.text);
    parts.outbox = outbox_new(world.store, parts.queue);
}

static void make_stores(void)
{
    world.store = store_new(world.redis, parts.prefix);
    parts.ledger = ledger_new(world.store, "api", 1);
    world.inbox = inbox_new(world.store, world.loop);
}

/* ---- web ---- */

static int64_t now_ms(void)
{
    return WORLD_NOW_MS;
}

static void on_nudge(void *arg)
{
    ++*(int *)arg;
}

static void make_intake(void)
{
    char folder[128];
    struct err e = {0};
    (void)snprintf(folder, sizeof folder, "%s/spool", redis_fixture_folder(world.server));
    const struct spool_config spool = {.folder = folder, .bytes_max = 1 << 20, .records_max = 100};
    if (spool_open(&spool, &parts.spool, &e) < 0) fail_msg("%s", e.text);
    const struct hook_intake_config config = {.loop = world.loop,
                                              .redis = world.redis,
                                              .spool = parts.spool,
                                              .accounts = &accounts,
                                              .store = world.store};
    parts.intake = hook_intake_new(&config);
}

static void make_web(void)
{
    static struct net_range loopback;
    assert_true(net_range_read(SLICE_LIT("127.0.0.0/8"), &loopback));
    static const char *const groups[] = {"main"}, *const leeds[] = {"leeds"};
    static const struct auth_member members[] = {
        {"Olive", ORGANISER, ROLE_OWNER, NULL, 0, false},
        {"Vic", VOLUNTEER, ROLE_VOLUNTEER, groups, 1, false},
        {"Lee", ORGANISER_OF_LEEDS, ROLE_ORGANISER, leeds, 1, false},
        {"Nina", VOLUNTEER_OF_LEEDS, ROLE_VOLUNTEER, leeds, 1, false},
    };
    parts.zones = zone_book_new();
    parts.words = (struct session_words){.places = parts.places,
                                         .nearest = parts.nearest,
                                         .gazetteer = parts.gazetteer,
                                         .zones = parts.zones,
                                         .groups = parts.groups,
                                         .country = "IE",
                                         .public_url = "https://muster.example",
                                         .link_key = (const uint8_t *)"0123456789abcdef",
                                         .answer = parts.answer};
    parts.means = (struct launch_means){.store = world.store,
                                        .words = &parts.words,
                                        .gazetteer = parts.gazetteer,
                                        .accounts = &accounts,
                                        .groups = parts.groups,
                                        .loans = parts.loans,
                                        .keywords = parts.keywords,
                                        .zones = parts.zones,
                                        .organisation = "Example Movement",
                                        .law = world.law,
                                        .cap = {1, 3}};
    const struct web_config config = {
        .loop = world.loop,
        .redis = world.redis,
        .staff = parts.staff,
        .events = parts.events,
        .streams_max = 20,
        .webhook_secret = "a secret of the house",
        .webhook_hosts = &loopback,
        .webhook_host_count = 1,
        .places = parts.places,
        .nearest = parts.nearest,
        .groups = parts.groups,
        .loans = parts.loans,
        .cascades = parts.cascades,
        .store = world.store,
        .inbox = world.inbox,
        .queue = parts.queue,
        .outbox = parts.outbox,
        .dispatch = parts.dispatch,
        .intake = parts.intake,
        .means = &parts.means,
        .accounts = &accounts,
        .organisation = "Example Movement",
        .country = "IE",
        .upload_folder = redis_fixture_folder(world.server),
        .auth = {.secret = "a secret of the house", .members = members, .count = COUNT_OF(members)},
        .nudge = on_nudge,
        .nudge_arg = &world.nudges,
        .now_ms = now_ms,
        .link_key = (const uint8_t *)"0123456789abcdef",
    };
    struct err e;
    assert_int_equal(web_new(&config, &world.web, &e), 0);
}

static void make_nearest(void)
{
    parts.gazetteer = gazetteer_new(world.store, "IE", now_ms);
    const struct nearest_config config = {.book = parts.places,
                                          .gazetteer = parts.gazetteer,
                                          .groups = parts.groups,
                                          .rules = {.reach_m = 100 * 1000,
                                                    .twin_reach_m = 100 * 1000,
                                                    .priority_m = {[PLACE_MARGINAL] = 20 * 1000},
                                                    .days = 30,
                                                    .least_min = 30,
                                                    .texts_per_place = 1},
                                          .now_ms = now_ms};
    parts.nearest = nearest_new(&config);
    parts.answer = near_text_compile(NEAR_TEXT_USUAL);
}

static void listen_and_connect(void)
{
    struct err e = {0};
    char address[160];
    (void)snprintf(parts.socket, sizeof parts.socket, "%s/api.sock",
                   redis_fixture_folder(world.server));
    (void)snprintf(address, sizeof address, "unix:%s", parts.socket);
    const struct http_client_config client = {.body_bytes_max = BODY_BYTES_MAX};
    const struct http_client_config local_client = {.body_bytes_max = BODY_BYTES_MAX,
                                                    .unix_path = parts.socket};
    int r = web_listen(world.web, "127.0.0.1:0", &e);
    if (r == 0) r = web_listen(world.web, address, &e);
    if (r == 0) r = http_client_new(world.loop, &client, &parts.client, &e);
    if (r == 0) r = http_client_new(world.loop, &local_client, &parts.local_client, &e);
    if (r < 0) fail_msg("%s", e.text);
}

/* ---- life ---- */

bool world_start(void)
{
    world.server = redis_fixture_new();
    if (!world.server) return false;
    world.loop = loop_new();
    buf_init(&answer.body, BODY_BYTES_MAX);
    return true;
}

void world_end(void)
{
    loop_free(world.loop);
    redis_fixture_free(world.server);
    buf_done(&answer.body);
    json_decref(answer.json);
}

static void on_opened(void *arg, int result, const struct err *e)
{
    (void)e;
    assert_int_equal(result, 0);
    *(bool *)arg = true;
}

int world_run(const char *name, const struct CMUnitTest *tests, size_t n)
{
    if (!world_start()) {
        puts("1..0 # SKIP no redis-server on the PATH");
        return 0;
    }
    int failed = _cmocka_run_group_tests(name, tests, n, NULL, NULL);
    world_end();
    return failed;
}

int world_set_up(void **state)
{
    (void)state;
    struct err e = {0};
    const struct redis_config config = {.url = redis_fixture_url(world.server)};
    (void)snprintf(parts.prefix, sizeof parts.prefix, "t%d:", ++parts.test_number);
    world.prefix = parts.prefix;
    assert_int_equal(redis_new(world.loop, &config, &world.redis, &e), 0);
    /* First: whoever follows the store asks at once, and again a quarter of a second later. */
    if (redis_wait_connected(world.redis, &e) < 0) fail_msg("%s", e.text);
    world.nudges = 0;
    make_gateways();
    make_stores();
    make_dispatch();
    make_queue();
    parts.keywords = keywords_new();
    parts.staff = staff_new(world.loop, world.store);
    parts.events = events_new(world.loop, world.store, &config);
    parts.groups = groups_new(world.loop, world.store);
    parts.loans = loans_new(world.loop, world.store);
    inbox_set_targets(world.inbox, INBOX_TARGET_MS, parts.groups);
    parts.places = place_book_new(world.loop, world.store, now_ms);
    make_nearest();
    parts.cascades = cascades_new(world.loop, world.store);
    make_intake();
    make_web();
    listen_and_connect();
    bool opened = false;
    while (!redis_is_connected(world.redis) || !queue_is_ready(parts.queue) ||
           !web_people_are_known(world.web))
        loop_turn(world.loop, 100000);
    campaign_open_direct(world.store, on_opened, &opened);
    turn_until_done(&opened);
    return 0;
}

int world_tear_down(void **state)
{
    (void)state;
    world.law = NULL;
    http_client_free(parts.client);
    http_client_free(parts.local_client);
    queue_free(parts.queue);
    redis_free(world.redis);
    web_free(world.web);
    hook_intake_free(parts.intake);
    spool_free(parts.spool);
    keywords_free(parts.keywords);
    zone_book_free(parts.zones);
    staff_free(parts.staff);
    events_free(parts.events);
    nearest_free(parts.nearest);
    template_free(parts.answer);
    gazetteer_free(parts.gazetteer);
    place_book_free(parts.places);
    groups_free(parts.groups);
    loans_free(parts.loans);
    cascades_free(parts.cascades);
    dispatch_free(parts.dispatch);
    outbox_free(parts.outbox);
    inbox_free(world.inbox);
    ledger_free(parts.ledger);
    store_free(world.store);
    for (size_t i = 0; i < GATEWAYS; i++) {
        gateway_free(parts.accounts[i]);
        provider_free(parts.providers[i]);
    }
    return 0;
}

/* ---- asking ---- */

static void on_answer(void *arg, const struct http_result *result)
{
    (void)arg;
    assert_int_equal(result->transport, HTTP_ANSWERED);
    assert_false(result->body_cut);
    answer.status = result->status;
    buf_add_slice(&answer.body, result->body);
    answer.done = true;
}

void turn_until_done(const bool *done)
{
    while (!*done)
        loop_turn(world.loop, -1);
}

int ask_status(const char *token, const char *method, const char *path, const char *body)
{
    bool local = token && strcmp(token, "unix") == 0;
    char url[512], authorization[128];
    struct err e = {0};
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%d%s", local ? 80 : web_port(world.web),
                   path);
    (void)snprintf(authorization, sizeof authorization, "Authorization: Bearer %s", token);
    char key[160];
    (void)snprintf(key, sizeof key, "Idempotency-Key: %s", world.key ? world.key : "");
    const char *headers[3] = {NULL};
    if (token && !local) headers[0] = authorization;
    if (world.key) headers[headers[0] != NULL] = key;
    const struct http_send send = {
        .method = method, .url = url, .headers = headers, .body = slice_of(body)};
    buf_clear(&answer.body);
    buf_add_cstr(&answer.body, "");
    json_decref(answer.json);
    answer.json = NULL;
    answer.done = false;
    if (http_client_send(local ? parts.local_client : parts.client, &send, on_answer, NULL, &e))
        fail_msg("%s", e.text);
    turn_until_done(&answer.done);
    answer.json = json_loadb(answer.body.p, answer.body.n, JSON_REJECT_DUPLICATES, NULL);
    return answer.status;
}

json_t *ask_as(const char *token, int status, const char *method, const char *path,
               const char *body)
{
    int got = ask_status(token, method, path, body);
    if (got != status)
        fail_msg("%s %s: %d and not %d: %s", method, path, got, status, answer.body.p);
    return answer.json;
}

struct one_of_two {
    int status;
    bool done;
};

static void on_one_of_two(void *arg, const struct http_result *result)
{
    struct one_of_two *one = arg;
    assert_int_equal(result->transport, HTTP_ANSWERED);
    one->status = result->status;
    one->done = true;
}

void ask_both(const char *const tokens[2], int status, const char *method, const char *path,
              const char *const bodies[2])
{
    struct one_of_two two[2] = {{0}};
    for (int i = 0; i < 2; i++) {
        char url[512], authorization[128];
        struct err e = {0};
        (void)snprintf(url, sizeof url, "http://127.0.0.1:%d%s", web_port(world.web), path);
        (void)snprintf(authorization, sizeof authorization, "Authorization: Bearer %s", tokens[i]);
        const char *headers[] = {authorization, NULL};
        const struct http_send send = {
            .method = method, .url = url, .headers = headers, .body = slice_of(bodies[i])};
        if (http_client_send(parts.client, &send, on_one_of_two, &two[i], &e))
            fail_msg("%s", e.text);
    }
    for (int i = 0; i < 2; i++) {
        turn_until_done(&two[i].done);
        if (two[i].status != status)
            fail_msg("%s %s, %d of two: %d and not %d", method, path, i + 1, two[i].status, status);
    }
}

json_t *ask(int status, const char *method, const char *path, const char *body)
{
    return ask_as(ORGANISER, status, method, path, body);
}

const char *answer_text(void)
{
    return answer.body.p;
}

void expect_error(const char *code, const char *part)
{
    const char *message = text_at(answer.json, "detail");
    assert_string_equal(text_at(answer.json, "code"), code);
    if (!strstr(message, part)) fail_msg("'%s' is not in: %s", part, message);
}

json_int_t number_at(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    if (!json_is_integer(value)) fail_msg("'%s' is no number in %s", key, answer.body.p);
    return json_integer_value(value);
}

const char *text_at(const json_t *object, const char *key)
{
    const char *value = json_string_value(json_object_get(object, key));
    if (!value) fail_msg("'%s' is no text in %s", key, answer.body.p);
    return value;
}

/* ---- making ---- */

static void add_rows(json_int_t id, int n)
{
    for (int from = 0, seq = 0; from < n; from += 256, seq++) {
        struct buf body = BUF_INIT(1 << 20);
        char path[64];
        buf_addf(&body, "{\"seq\":%d,\"rows\":[", seq);
        for (int i = from; i < n && i < from + 256; i++)
            buf_addf(&body, "%s[\"+4477009%05d\",\"%s\",\"York\"]", i > from ? "," : "", i,
                     i % 10 == 9 ? "" : "Ann");
        buf_add_cstr(&body, "]}");
        (void)snprintf(path, sizeof path, "/api/v1/audiences/%lld/rows", (long long)id);
        (void)ask(200, "POST", path, body.p);
        buf_done(&body);
    }
}

json_int_t make_audience_in(const char *group, const char *name, int n)
{
    char text[256];
    (void)snprintf(text, sizeof text,
                   "{\"name\":\"%s\",\"group\":\"%s\",\"columns\":[\"first_name\",\"town\"]}", name,
                   group);
    json_int_t id = number_at(ask(201, "POST", "/api/v1/audiences", text), "id");
    add_rows(id, n);
    (void)snprintf(text, sizeof text, "/api/v1/audiences/%lld/freeze", (long long)id);
    (void)ask(200, "POST", text, NULL);
    return id;
}

json_int_t make_audience(const char *name, int n)
{
    return make_audience_in("main", name, n);
}

struct received {
    bool done;
    uint32_t conversation;
};

static void on_received(void *arg, int result, const struct inbox_stored *stored,
                        const struct err *e)
{
    (void)e;
    assert_int_equal(result, 0);
    *(struct received *)arg = (struct received){true, stored->conversation};
}

json_int_t make_conversation_saying(const char *group, const char *number, const char *name,
                                    const char *text, const char *note)
{
    struct received received = {false, 0};
    char event[256];
    (void)snprintf(event, sizeof event, "%s %s", number, text);
    const struct inbox_arrival arrival = {.gateway = SLICE_LIT("main"),
                                          .event_id = slice_of(event),
                                          .remember_ms = 600000, /* longer than any test */
                                          .group = slice_of(group),
                                          .key = slice_of(number),
                                          .sender = SLICE_LIT("+447700900999"),
                                          .name = slice_of(name),
                                          .text = slice_of(text),
                                          .note = slice_of(note),
                                          .campaigns = 64,
                                          .scope = SLICE_LIT("all")};
    inbox_receive(world.inbox, &arrival, WORLD_NOW_MS, on_received, &received);
    turn_until_done(&received.done);
    return received.conversation;
}

json_int_t make_conversation(const char *group, const char *number, const char *name)
{
    return make_conversation_saying(group, number, name, "Where is it?", "");
}

static void on_grown(void *arg, int result, uint32_t made, uint32_t blocks)
{
    assert_int_equal(result, 0);
    assert_int_equal(made, blocks);
    *(bool *)arg = true;
}

void start_campaign(uint32_t id, uint32_t audience)
{
    bool grown = false, moved = false;
    campaign_grow(world.store, id, audience, on_grown, &grown);
    turn_until_done(&grown);
    campaign_move(world.store, id, MOVE_RUN, WORLD_NOW_MS, SLICE_LIT("test"), SLICE_NONE, on_opened,
                  &moved);
    turn_until_done(&moved);
}

static void on_place(void *arg, int result, const struct place_outcome *list, size_t n,
                     const struct err *e)
{
    (void)e;
    assert_int_equal(result, 0);
    assert_int_equal(n, 1);
    assert_int_equal(list[0].did, PLACE_MADE);
    *(uint32_t *)arg = list[0].id;
}

uint32_t make_place(bool is_session, json_t *said)
{
    static const struct group_set everywhere = {.all = true};
    uint32_t id = 0;
    const struct place_item item = {is_session, 0, said};
    place_write(world.store,
                &(struct place_writing){.items = &item,
                                        .n = 1,
                                        .groups = &everywhere,
                                        .by = SLICE_LIT("Olive"),
                                        .now_ms = WORLD_NOW_MS},
                on_place, &id);
    while (id == 0)
        loop_turn(world.loop, -1);
    json_decref(said);
    return id;
}

const char *world_text(const char *fmt, ...)
{
    static char out[8][512];
    static int i;
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(out[++i % 8], sizeof out[0], fmt, ap);
    va_end(ap);
    return out[i % 8];
}
