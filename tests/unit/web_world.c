#include "web_world.h"

#include "core/keywords.h"
#include "flow/hook_intake.h"
#include "flow/launch.h"
#include "flow/outbox.h"
#include "flow/zone_book.h"
#include "io/redis.h"
#include "store/inbox.h"
#include "store/queue.h"
#include "store/store.h"

static const char *const groups[] = {"main"};
const struct auth_member web_world_members[3] = {
    {"Vic", VOLUNTEER, ROLE_VOLUNTEER, groups, 1, false},
    {"Omar", ORGANISER, ROLE_ORGANISER, groups, 1, false},
    {"Olive", OWNER, ROLE_OWNER, NULL, 0, false},
};

struct web *web;

static struct {
    struct loop *loop;
    struct redis *redis;
    struct store *store;
    struct inbox *inbox;
    struct queue *queue;
    struct outbox *outbox;
    struct spool *spool;
    struct hook_intake *intake;
    struct launch_means means;
    struct zone_book *zones;
    struct keywords *keywords;
    struct auth *auth; /* as web's, and whose roster web has */
    char folder[64];
} world;

/* ---- the world ---- */

static int64_t now_ms(void)
{
    return WEB_NOW_MS;
}

static void on_message(void *arg, struct queue_message *m)
{
    (void)arg, (void)m;
    fail();
}

static void open_stores(void)
{
    struct err e;
    const struct redis_config redis = {.url = "unix:/nonexistent/redis.sock?db=0"};
    const struct queue_config queue = {
        .kind = "redis", .consumer = "t", .group = "m", .redis = &redis, .prefix = "t:"};
    assert_int_equal(redis_new(world.loop, &redis, &world.redis, &e), 0);
    assert_int_equal(queue_new(world.loop, &queue, on_message, NULL, &world.queue, &e), 0);
    world.store = store_new(world.redis, "t:");
    world.inbox = inbox_new(world.store, world.loop);
    world.outbox = outbox_new(world.store, world.queue);
}

static void open_intake(const struct accounts *accounts)
{
    struct err e;
    (void)snprintf(world.folder, sizeof world.folder, "/tmp/muster-routes-XXXXXX");
    assert_non_null(mkdtemp(world.folder));
    const struct spool_config spool = {
        .folder = world.folder, .bytes_max = 1 << 20, .records_max = 10};
    assert_int_equal(spool_open(&spool, &world.spool, &e), 0);
    const struct hook_intake_config config = {
        .loop = world.loop, .redis = world.redis, .spool = world.spool, .accounts = accounts};
    world.intake = hook_intake_new(&config);
}

int web_world_open(void **state)
{
    (void)state;
    static const struct accounts none = {0};
    struct err e;
    world.loop = loop_new();
    open_stores();
    open_intake(&none);
    const struct auth_config auth = {
        .secret = SECRET, .members = web_world_members, .count = COUNT_OF(web_world_members)};
    assert_int_equal(auth_new(&auth, &world.auth, &e), 0);
    world.zones = zone_book_new();
    world.keywords = keywords_new();
    world.means = (struct launch_means){.store = world.store,
                                        .accounts = &none,
                                        .keywords = world.keywords,
                                        .zones = world.zones,
                                        .organisation = "Us"};
    const struct web_config config = {
        .loop = world.loop,
        .redis = world.redis,
        .store = world.store,
        .inbox = world.inbox,
        .queue = world.queue,
        .outbox = world.outbox,
        .intake = world.intake,
        .means = &world.means,
        .accounts = &none,
        .organisation = "Us",
        .country = "GB",
        .auth = {.secret = SECRET, .roster = auth_own_roster(world.auth)},
        .now_ms = now_ms,
        .link_key = (const uint8_t *)"0123456789abcdef",
    };
    assert_int_equal(web_new(&config, &web, &e), 0);
    return 0;
}

int web_world_close(void **state)
{
    (void)state;
    char command[96];
    queue_free(world.queue);
    redis_free(world.redis);
    web_free(web);
    auth_free(world.auth);
    hook_intake_free(world.intake);
    spool_free(world.spool);
    keywords_free(world.keywords);
    zone_book_free(world.zones);
    outbox_free(world.outbox);
    inbox_free(world.inbox);
    store_free(world.store);
    loop_free(world.loop);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", world.folder);
    return system(command);
}

void web_world_sign_in(const char *name, char cookie[AUTH_SECRET_BYTES], char csrf[AUTH_CSRF_BYTES])
{
    char id[AUTH_ID_BYTES], record[160];
    auth_make_secret(cookie);
    auth_hash(world.auth, AUTH_SESSION, slice_of(cookie), id);
    (void)snprintf(record, sizeof record, "{\"member\":\"%s\",\"until\":%lld}", name,
                   (long long)WEB_NOW_MS + 1000);
    roster_take(auth_own_roster(world.auth), ROSTER_SESSIONS, slice_of(id), slice_of(record));
    struct http_request with = {.cookies = {{"muster_session", cookie}}};
    auth_csrf(world.auth, &with, csrf);
}

int ask(struct http_request *q)
{
    web_handle(web, q);
    while (q->answers == 0)
        loop_turn(world.loop, -1);
    assert_int_equal(q->answers, 1);
    return q->status;
}

int ask_as(const char *token, const char *method, const char *path, const char *body,
           struct http_request *q)
{
    static char bearer[64];
    (void)snprintf(bearer, sizeof bearer, "Bearer %s", token);
    *q = (struct http_request){.method = method,
                               .path = path,
                               .body = body,
                               .headers = {{token ? "Authorization" : NULL, bearer}}};
    return ask(q);
}

const char *with_values(const char *pattern)
{
    static char path[256];
    size_t n = 0;
    for (const char *p = pattern; *p; p++) {
        path[n++] = *p == '{' ? '1' : *p;
        if (*p == '{') p = strchr(p, '}');
    }
    path[n] = '\0';
    return path;
}
