#include "doctor.h"

#include <stdio.h>
#include <stdlib.h>

#include "cli/say.h"
#include "config/redis.h"
#include "store/memory.h"
#include "store/redis_settings.h"
#include "base/clock.h"
#include "io/loop.h"
#include "io/redis.h"

/* Deadlines and hours are judged by the clocks of all machines: one that is off by this much sends
 * late. */
enum { BACKUP_OLD_DAYS = 8, CLOCK_OFF_MS_MAX = 1000, VALUE_BYTES = 64, VERSION_BYTES = 32 };

/* Which of the two it is. Valkey calls itself a Redis 7.2.4, whatever it is. */
struct server {
    bool valkey;
    char version[VERSION_BYTES];
};

struct answer {
    bool known;
    char value[VALUE_BYTES];
    int64_t ms;
};

static void on_config(void *arg, const struct redisReply *reply)
{
    struct answer *a = arg;
    struct slice value = redis_str(redis_at(reply, 1));
    a->known = redis_count(reply) >= 2;
    (void)snprintf(a->value, sizeof a->value, "%.*s", SLICE_ARG(value));
}

static void on_info(void *arg, const struct redisReply *reply)
{
    struct server *server = arg;
    struct slice rest = redis_str(reply), line, key;
    while (slice_cut(&rest, '\n', &line)) {
        struct slice value = slice_trim(line);
        bool version = slice_cut(&value, ':', &key) && value.p &&
                       (slice_is(key, "valkey_version") ||
                        (slice_is(key, "redis_version") && !server->valkey));
        if (!version) continue;
        server->valkey = slice_is(key, "valkey_version");
        (void)snprintf(server->version, sizeof server->version, "%.*s", SLICE_ARG(value));
    }
}

/* "Valkey 8.0.1"; a server that does not tell is no reason to worry. */
static void check_server(struct doctor *d, struct redis *r, struct server *server)
{
    struct err ignored;
    const struct slice argv[] = {SLICE_LIT("INFO"), SLICE_LIT("server")};
    bool told = redis_wait(r, on_info, server, &ignored, COUNT_OF(argv), argv) == 0;
    if (told && *server->version)
        doctor_find(d, FINDING_OK, "redis", "it answers: %s %s",
                    server->valkey ? "Valkey" : "Redis", server->version);
    else
        doctor_find(d, FINDING_OK, "redis", "it answers");
}

static void check_setting(struct doctor *d, struct redis *r, const struct redis_setting *s,
                          const struct server *server, bool unsafe)
{
    const char *client = server->valkey ? "valkey-cli" : "redis-cli";
    struct answer a = {0};
    struct err e;
    const struct slice argv[] = {SLICE_LIT("CONFIG"), SLICE_LIT("GET"), slice_of(s->name)};
    if (redis_wait(r, on_config, &a, &e, COUNT_OF(argv), argv) < 0 || !a.known)
        doctor_find(d, FINDING_WARN, "redis",
                    "its setting %s cannot be read from here; see that it is %s: %s", s->name,
                    s->wanted, s->why);
    else if (strcmp(a.value, s->wanted) == 0)
        doctor_find(d, FINDING_OK, "redis", "%s %s", s->name, a.value);
    else
        doctor_find(d, unsafe ? FINDING_WARN : FINDING_FAIL, "redis",
                    "%s is %s, not %s: %s. Run `%s config set %s %s` and `%s config rewrite`",
                    s->name, a.value, s->wanted, s->why, client, s->name, s->wanted, client);
}

static void on_time(void *arg, const struct redisReply *reply)
{
    struct answer *a = arg;
    int64_t seconds = redis_int(redis_at(reply, 0), -1), micros = redis_int(redis_at(reply, 1), 0);
    a->known = seconds >= 0;
    a->ms = seconds * 1000 + micros / 1000;
}

static void check_clock(struct doctor *d, struct redis *r)
{
    struct answer a = {0};
    struct err e;
    const struct slice argv[] = {SLICE_LIT("TIME")};
    int64_t before_ms = clock_wall_ms();
    if (redis_wait(r, on_time, &a, &e, COUNT_OF(argv), argv) < 0 || !a.known) {
        doctor_find(d, FINDING_WARN, "clock", "redis does not tell its time");
        return;
    }
    int64_t after_ms = clock_wall_ms(), off_ms = 0;
    if (a.ms < before_ms) off_ms = before_ms - a.ms;
    if (a.ms > after_ms) off_ms = a.ms - after_ms;
    if (off_ms > CLOCK_OFF_MS_MAX)
        doctor_find(
            d, FINDING_FAIL, "clock",
            "redis and this machine are %lld ms apart: set both by NTP (timedatectl set-ntp true)",
            (long long)off_ms);
    else
        doctor_find(d, FINDING_OK, "clock", "redis and this machine agree within a second");
}

static void on_memory(void *arg, const struct redisReply *reply)
{
    *(struct memory_state *)arg = memory_read(redis_str(reply));
}

static void check_memory(struct doctor *d, struct redis *r)
{
    struct memory_state m = {.known = false};
    struct err ignored;
    char text[MEMORY_TEXT_BYTES], count[SAY_COUNT_BYTES];
    const struct slice argv[] = {SLICE_LIT("INFO"), SLICE_LIT("memory")};
    if (redis_wait(r, on_memory, &m, &ignored, COUNT_OF(argv), argv) < 0 || !m.known)
        doctor_find(d, FINDING_WARN, "memory", "redis does not tell how much it holds");
    else if (memory_warns(&m, text))
        doctor_find(d, memory_percent(&m) >= MEMORY_ALARM_PERCENT ? FINDING_FAIL : FINDING_WARN,
                    "memory", "%s", text);
    else
        doctor_find(d, FINDING_OK, "memory",
                    "redis holds %lld MiB, %d %% of %s; there is room for about %s more",
                    (long long)(m.used >> 20), memory_percent(&m),
                    m.of_machine ? "the machine's memory (it has no maxmemory)" : "its maxmemory",
                    say_counted(memory_recipients_left(&m), "recipient", "recipients", count));
}

static void on_backup(void *arg, const struct redisReply *reply)
{
    *(int64_t *)arg = redis_int(reply, 0);
}

static void check_backup(struct doctor *d, struct redis *r, const char *prefix)
{
    char key[128], at[CLOCK_ISO_BYTES];
    int64_t at_ms = 0, days = 0;
    struct err ignored;
    (void)snprintf(key, sizeof key, "%sbackup", prefix);
    const struct slice argv[] = {SLICE_LIT("HGET"), slice_of(key), SLICE_LIT("at_ms")};
    if (redis_wait(r, on_backup, &at_ms, &ignored, COUNT_OF(argv), argv) < 0) return;
    clock_iso(at_ms, at);
    days = (clock_wall_ms() - at_ms) / (24 * 3600 * INT64_C(1000));
    if (at_ms == 0)
        doctor_find(d, FINDING_WARN, "backup",
                    "there was none yet: muster backup DIR (docs/OPERATIONS.md)");
    else
        doctor_find(d, days > BACKUP_OLD_DAYS ? FINDING_WARN : FINDING_OK, "backup",
                    "the last one is of %s%s", at,
                    days > BACKUP_OLD_DAYS ? ": muster backup DIR" : "");
}

/* ---- who it is among its replicas ---- */

struct role {
    bool told;
    size_t replicas;
};

static void on_role(void *arg, const struct redisReply *reply)
{
    struct role *role = arg;
    role->told = slice_is(redis_str(redis_at(reply, 0)), "master");
    role->replicas = redis_count(redis_at(reply, 2));
}

static void check_replicas(struct doctor *d, const struct role *role, int min)
{
    if (min == 0 && role->replicas > 0)
        doctor_find(d, FINDING_WARN, "replicas",
                    "it has %zu, and a failover to one of them texts people twice: set "
                    "redis.replicas_min to 1 or more",
                    role->replicas);
    else if (min > 0 && role->replicas < (size_t)min)
        doctor_find(d, FINDING_FAIL, "replicas",
                    "it has %zu, and redis.replicas_min is %d: nothing is sent", role->replicas,
                    min);
    else if (min > 0 && role->replicas > (size_t)min)
        doctor_find(
            d, FINDING_WARN, "replicas",
            "%d of its %zu must have what is granted: that is safe when a machine dies, and "
            "not when the network parts and one replica stays with the old master "
            "(redis.replicas_min: %zu is, and waits for all)",
            min, role->replicas, role->replicas);
    else if (min > 0)
        doctor_find(d, FINDING_OK, "replicas", "all %zu must have what is granted", role->replicas);
}

static void check_role(struct doctor *d, struct redis *r, int min)
{
    struct role role = {0};
    struct err e;
    const struct slice argv[] = {SLICE_LIT("ROLE")};
    if (redis_wait(r, on_role, &role, &e, COUNT_OF(argv), argv) < 0 || !role.told)
        doctor_find(d, FINDING_WARN, "replicas",
                    "it does not tell its role (ROLE), so nobody sees from here whether it is a "
                    "master and how many replicas it has");
    else
        check_replicas(d, &role, min);
}

/* Where a failover has led to. */
static void check_place(struct doctor *d, struct redis *r)
{
    char where[ERR_TEXT_BYTES / 2];
    redis_where(r, where, sizeof where);
    doctor_find(d, FINDING_OK, "redis", "it is at %s", where);
}

void doctor_redis(struct doctor *d, const struct config *config)
{
    struct loop *loop = loop_new();
    struct redis *r = NULL;
    struct err e;
    const struct redis_config rc = config_redis(config);
    const struct slice ping[] = {SLICE_LIT("PING")};
    int result = redis_new(loop, &rc, &r, &e);
    if (result == 0) result = redis_wait(r, NULL, NULL, &e, COUNT_OF(ping), ping);
    if (result < 0) {
        doctor_find(d, FINDING_FAIL, "redis", "%s", e.text);
    } else {
        struct server server = {0};
        check_place(d, r);
        check_server(d, r, &server);
        check_role(d, r, config->redis.replicas_min);
        for (const struct redis_setting *s = redis_settings; s->name; s++)
            check_setting(d, r, s, &server, config->redis.unsafe);
        check_clock(d, r);
        check_memory(d, r);
        check_backup(d, r, config->redis.prefix);
    }
    redis_free(r);
    loop_free(loop);
}
