/* The order is the point. What is in the spool when it is copied is in the copy, or it was stored meanwhile and is in the
 * snapshot, which comes behind. The mark is read before the snapshot, which so holds all up to it; the journal is copied
 * behind it, so the two overlap and nothing between them is missing. The manifest comes last. */
#include "backup.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "config/config.h"
#include "config/redis.h"
#include "core/json.h"
#include "files.h"
#include "io/loop.h"
#include "io/redis.h"
#include "io/redis_tools.h"
#include "cli/say.h"
#include "store/layout.h"

enum { ID_BYTES = 128, KEY_BYTES = 128 };
#define JOURNAL "journal/"

struct making {
    const struct config *config;
    const char *folder;
    struct loop *loop;
    struct redis *redis;
    json_t *files;
    char store[ID_BYTES];
    int64_t mark, layout, at_ms;
    int db;
    bool journal; /* which files of state_dir are copied now */
};

/* ---- what the store is ---- */

static void on_store(void *arg, const struct redisReply *reply)
{
    struct making *m = arg;
    (void)snprintf(m->store, sizeof m->store, "%.*s", SLICE_ARG(redis_str(redis_at(reply, 0))));
    m->mark = redis_int(redis_at(reply, 1), 0);
}

static void on_number(void *arg, const struct redisReply *reply)
{
    *(int64_t *)arg = redis_int(reply, 0);
}

static void on_time(void *arg, const struct redisReply *reply)
{
    *(int64_t *)arg =
        redis_int(redis_at(reply, 0), 0) * 1000 + redis_int(redis_at(reply, 1), 0) / 1000;
}

static struct slice key_of(const struct making *m, const char *name, char room[KEY_BYTES])
{
    (void)snprintf(room, KEY_BYTES, "%s%s", m->config->redis.prefix, name);
    return slice_of(room);
}

static int ask_store(struct making *m, struct err *e)
{
    char store[KEY_BYTES], layout[KEY_BYTES];
    const struct slice mark[] = {SLICE_LIT("HMGET"), key_of(m, "store", store), SLICE_LIT("id"),
                                 SLICE_LIT("mark")};
    const struct slice version[] = {SLICE_LIT("HGET"), key_of(m, LAYOUT_KEY, layout),
                                    SLICE_LIT(LAYOUT_VERSION)};
    const struct slice time[] = {SLICE_LIT("TIME")};
    int rc = redis_wait(m->redis, on_store, m, e, COUNT_OF(mark), mark);
    if (rc == 0) rc = redis_wait(m->redis, on_number, &m->layout, e, COUNT_OF(version), version);
    if (rc == 0) rc = redis_wait(m->redis, on_time, &m->at_ms, e, COUNT_OF(time), time);
    if (rc == 0 && m->layout == 0)
        return err_set(e, ERR_NOT_FOUND,
                       "there is no store of Muster's under '%s' in that Redis: musterd of this "
                       "version has not run on it "
                       "yet, or redis.prefix in %s is another one",
                       m->config->redis.prefix, m->config->path);
    return rc;
}

/* ---- its files ---- */

static int keep(struct making *m, const char *name, struct err *e)
{
    return manifest_add(m->files, m->folder, name, e);
}

/* Files that go meanwhile were settled, or are held by an earlier backup. */
static int on_state_file(void *arg, const char *name, struct err *e)
{
    struct making *m = arg;
    char to[BACKUP_PATH_BYTES];
    if (slice_ends(slice_of(name), ".lock") || slice_starts(slice_of(name), JOURNAL) != m->journal)
        return 0;
    int n = snprintf(to, sizeof to, BACKUP_STATE "%s", name);
    if ((size_t)n >= sizeof to) return err_set(e, ERR_LIMIT, "%s: the name is too long", name);
    int rc = files_copy(m->config->state_dir, name, m->folder, to, e);
    if (rc == -ENOENT) return 0;
    return rc < 0 ? rc : keep(m, to, e);
}

static int copy_state(struct making *m, bool journal, struct err *e)
{
    m->journal = journal;
    return files_each(m->config->state_dir, on_state_file, m, e);
}

static int copy_config(struct making *m, struct err *e)
{
    const char *path = m->config->path, *slash = strrchr(path, '/');
    char folder[BACKUP_PATH_BYTES];
    (void)snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) : 1,
                   slash ? path : ".");
    int rc = files_copy(folder, slash ? slash + 1 : path, m->folder, BACKUP_CONFIG, e);
    return rc < 0 ? rc : keep(m, BACKUP_CONFIG, e);
}

static int copy_store(struct making *m, struct err *e)
{
    char path[BACKUP_PATH_BYTES];
    int rc = files_path(path, m->folder, BACKUP_STORE, e);
    const struct redis_config redis = config_redis(m->config);
    if (rc == 0) rc = redis_snapshot(m->redis, &redis.tls, path, &m->db, e);
    return rc < 0 ? rc : keep(m, BACKUP_STORE, e);
}

/* ---- the end ---- */

static json_t *manifest_of(const struct making *m, double seconds)
{
    char at[CLOCK_ISO_BYTES], secret[BACKUP_FINGERPRINT_BYTES];
    clock_iso(m->at_ms, at);
    backup_fingerprint(m->config->secret, secret);
    return json_pack("{s:i, s:s, s:s, s:s, s:s, s:i, s:s, s:I, s:I, s:I, s:s, s:f, s:O}",
                     "muster_backup", BACKUP_FORMAT, "made_by", MUSTER_VERSION, "made_at", at,
                     "instance", m->config->instance, "prefix", m->config->redis.prefix, "db",
                     m->db, "store", m->store, "mark", (json_int_t)m->mark, "layout",
                     (json_int_t)m->layout, "at_ms", (json_int_t)m->at_ms, "secret", secret,
                     "seconds", seconds, "files", m->files);
}

static int make(struct making *m, json_t **ret, struct err *e)
{
    int64_t began_us = clock_mono_us();
    int rc = ask_store(m, e);
    if (rc == 0) rc = files_new_folder(m->folder, e);
    if (rc == 0) rc = copy_config(m, e);
    if (rc == 0) rc = copy_state(m, false, e);
    if (rc == 0) rc = copy_store(m, e);
    if (rc == 0) rc = copy_state(m, true, e);
    if (rc < 0) return rc;
    json_t *manifest = manifest_of(m, (double)(clock_mono_us() - began_us) / 1e6);
    check(manifest);
    rc = manifest_write(m->folder, manifest, e);
    if (rc == 0) rc = manifest_note(m->redis, manifest, e);
    if (rc < 0)
        json_decref(manifest);
    else
        *ret = manifest;
    return rc;
}

static void print_made(const struct verb_call *c, const json_t *manifest)
{
    char files[SAY_COUNT_BYTES], bytes[SAY_COUNT_BYTES], mark[SAY_COUNT_BYTES];
    int64_t all = 0;
    size_t i;
    const json_t *file, *list = json_object_get(manifest, "files");
    json_array_foreach(list, i, file) all += say_int(file, "bytes");
    (void)printf("%s holds all up to %s (mark %s): %s, %s, in %.1f s.\n"
                 "Not in it: secrets that muster.yaml only names. Keep them with it, and both away "
                 "from this machine.\n",
                 c->args[0], say_string(manifest, "made_at"),
                 say_count(say_int(manifest, "mark"), mark),
                 say_counted((int64_t)json_array_size(list), "file", "files", files),
                 say_counted(all, "byte", "bytes", bytes),
                 json_real_value(json_object_get(manifest, "seconds")));
}

int backup_make(struct verb_call *c)
{
    const char *path = verb_option(c, "config");
    struct making m = {.folder = c->args[0], .files = json_array(), .loop = loop_new()};
    struct err e;
    json_t *manifest = NULL;
    int rc = config_load(path ? path : CONFIG_DEFAULT_PATH, &m.config, &e);
    (void)umask(077);
    if (rc == 0) {
        const struct redis_config redis = config_redis(m.config);
        rc = redis_new(m.loop, &redis, &m.redis, &e);
    }
    if (rc == 0) rc = make(&m, &manifest, &e);
    redis_free(m.redis);
    loop_free(m.loop);
    json_decref(m.files);
    config_free(m.config);
    return verb_print(c, rc, manifest, &e, print_made);
}
