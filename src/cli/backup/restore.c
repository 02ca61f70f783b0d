/* The way back. The store's file is loaded by a server of our own, and goes key by key over the wire: so Redis may be
 * anywhere, nothing of its settings or its append-only file has to be touched, and what else is in it stays. Until the end
 * the store says that it is not whole (store/layout.h), and no musterd works on it. */
#include "backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "config/config.h"
#include "config/redis.h"
#include "core/json.h"
#include "files.h"
#include "io/loop.h"
#include "io/redis.h"
#include "io/redis_tools.h"
#include "cli/say.h"
#include "store/layout.h"

enum {
    KEY_BYTES = 128,
    AT_ONCE = 100,               /* keys on their way: blocks of an audience may have 256 KiB */
    COMMAND_MS = 10 * 60 * 1000, /* one key may hold millions of suppressions */
    LOOK_US = 50 * 1000,
};

struct restoring {
    const struct config *config; /* NULL: only looked at */
    const char *folder, *prefix, *at;
    const json_t *manifest;
    struct loop *loop;
    struct redis *from, *to;
    struct redis_reader *reader;
    size_t under_way;
    int64_t keys, files;
    int rc;
    struct err why;
    char cursor[32];
    bool own_journal;    /* state_dir has one of this musterd's name */
    char *other_journal; /* of another name: its folder's; owned */
};

static struct slice key_of(const struct restoring *r, const char *name, char room[KEY_BYTES])
{
    (void)snprintf(room, KEY_BYTES, "%s%s", r->prefix, name);
    return slice_of(room);
}

/* ---- one key ---- */

struct item {
    struct restoring *r;
    char *key;
    size_t key_n;
    int64_t ttl_ms;
};

static void item_done(struct item *item, const struct redisReply *reply, const char *what)
{
    struct restoring *r = item->r;
    struct slice text;
    r->under_way--;
    if (r->rc == 0 && !reply)
        r->rc = err_set(&r->why, ERR_UNREACHABLE, "%s does not answer any more", what);
    if (r->rc == 0 && redis_is_error(reply, &text))
        r->rc = err_set(&r->why, ERR_REFUSED, "%s: %.*s", what, SLICE_ARG(text));
    free(item->key);
    free(item);
}

static void on_restored(void *arg, const struct redisReply *reply)
{
    struct item *item = arg;
    if (reply && !redis_is_error(reply, NULL)) item->r->keys++;
    item_done(item, reply, "redis");
}

static void on_dumped(void *arg, const struct redisReply *reply)
{
    struct item *item = arg;
    struct restoring *r = item->r;
    char ttl[24];
    if (!redis_str(reply).p || !r->to) { /* it has expired, or is only looked at */
        if (redis_str(reply).p) r->keys++;
        item_done(item, reply, "the file of the store");
        return;
    }
    (void)snprintf(ttl, sizeof ttl, "%lld", (long long)(item->ttl_ms > 0 ? item->ttl_ms : 0));
    const struct slice argv[] = {SLICE_LIT("RESTORE"), slice_make(item->key, item->key_n),
                                 slice_of(ttl), redis_str(reply), SLICE_LIT("REPLACE")};
    redis_command(r->to, on_restored, item, COUNT_OF(argv), argv);
}

static void on_ttl(void *arg, const struct redisReply *reply)
{
    struct item *item = arg;
    item->ttl_ms = redis_int(reply, 0);
}

static void copy_key(struct restoring *r, struct slice key)
{
    char room[KEY_BYTES];
    if (!slice_starts(key, r->prefix) || slice_eq(key, key_of(r, LAYOUT_KEY, room))) return;
    struct item *item = xcalloc(1, sizeof *item);
    *item = (struct item){.r = r, .key = slice_strdup(key), .key_n = key.n};
    const struct slice ttl[] = {SLICE_LIT("PTTL"), key}, dump[] = {SLICE_LIT("DUMP"), key};
    r->under_way++;
    redis_command(r->from, on_ttl, item, COUNT_OF(ttl), ttl);
    redis_command(r->from, on_dumped, item, COUNT_OF(dump), dump);
}

/* ---- all of them ---- */

static void on_page(void *arg, const struct redisReply *reply)
{
    struct restoring *r = arg;
    const struct redisReply *keys = redis_at(reply, 1);
    (void)snprintf(r->cursor, sizeof r->cursor, "%.*s", SLICE_ARG(redis_str(redis_at(reply, 0))));
    for (size_t i = 0; i < redis_count(keys); i++)
        copy_key(r, redis_str(redis_at(keys, i)));
}

static int scan(struct restoring *r, struct redis *redis, redis_cb *cb, struct err *e)
{
    char count[24];
    (void)snprintf(count, sizeof count, "%d", AT_ONCE);
    const struct slice argv[] = {SLICE_LIT("SCAN"), slice_of(r->cursor), SLICE_LIT("COUNT"),
                                 slice_of(count)};
    return redis_wait(redis, cb, r, e, COUNT_OF(argv), argv);
}

static int copy_keys(struct restoring *r, struct err *e)
{
    (void)snprintf(r->cursor, sizeof r->cursor, "0");
    do {
        int rc = scan(r, r->from, on_page, e);
        while (r->under_way)
            loop_turn(r->loop, LOOK_US);
        if (rc == 0 && r->rc < 0) *e = r->why;
        if (rc < 0 || r->rc < 0) return rc < 0 ? rc : r->rc;
    } while (strcmp(r->cursor, "0") != 0);
    return 0;
}

/* ---- the store that it goes into ---- */

static void on_flag(void *arg, const struct redisReply *reply)
{
    struct restoring *r = arg;
    r->keys = slice_is(redis_str(reply), r->at) ? -1 : 0;
}

static void on_looked(void *arg, const struct redisReply *reply)
{
    struct restoring *r = arg;
    const struct redisReply *keys = redis_at(reply, 1);
    (void)snprintf(r->cursor, sizeof r->cursor, "%.*s", SLICE_ARG(redis_str(redis_at(reply, 0))));
    for (size_t i = 0; i < redis_count(keys); i++)
        r->keys += slice_starts(redis_str(redis_at(keys, i)), r->prefix);
}

/* Or a restore of this same backup was cut off. */
static int want_empty(struct restoring *r, struct err *e)
{
    char room[KEY_BYTES];
    const struct slice flag[] = {SLICE_LIT("HGET"), key_of(r, LAYOUT_KEY, room),
                                 SLICE_LIT(LAYOUT_RESTORING)};
    int rc = redis_wait(r->to, on_flag, r, e, COUNT_OF(flag), flag);
    bool again = r->keys == -1;
    r->keys = 0;
    if (rc < 0 || again) return rc;
    (void)snprintf(r->cursor, sizeof r->cursor, "0");
    do
        rc = scan(r, r->to, on_looked, e);
    while (rc == 0 && r->keys == 0 && strcmp(r->cursor, "0") != 0);
    if (rc == 0 && r->keys > 0)
        rc = err_set(e, ERR_CONFLICT,
                     "there is a store under '%s' in that Redis already, and nothing is written "
                     "over it. Stop every musterd, and "
                     "name an empty Redis or another database in redis.url; or, if nothing in that "
                     "database is needed any "
                     "more, empty it (redis-cli -n DB flushdb)",
                     r->prefix);
    r->keys = 0;
    return rc;
}

static int flag(struct restoring *r, struct err *e)
{
    char room[KEY_BYTES];
    const struct slice argv[] = {SLICE_LIT("HSET"), key_of(r, LAYOUT_KEY, room),
                                 SLICE_LIT(LAYOUT_RESTORING), slice_of(r->at)};
    return redis_wait(r->to, NULL, NULL, e, COUNT_OF(argv), argv);
}

/* Its own layout again, which also takes the flag away: in one step. */
static void on_layout(void *arg, const struct redisReply *reply)
{
    struct restoring *r = arg;
    char room[KEY_BYTES];
    struct item *item = xcalloc(1, sizeof *item);
    *item = (struct item){.r = r};
    const struct slice argv[] = {SLICE_LIT("RESTORE"), key_of(r, LAYOUT_KEY, room), SLICE_LIT("0"),
                                 redis_str(reply), SLICE_LIT("REPLACE")};
    r->under_way++;
    redis_command(r->to, on_restored, item, COUNT_OF(argv), argv);
}

static int unflag(struct restoring *r, struct err *e)
{
    char room[KEY_BYTES];
    const struct slice argv[] = {SLICE_LIT("DUMP"), key_of(r, LAYOUT_KEY, room)};
    int rc = redis_wait(r->from, on_layout, r, e, COUNT_OF(argv), argv);
    while (r->under_way)
        loop_turn(r->loop, LOOK_US);
    if (rc == 0 && r->rc < 0) *e = r->why;
    return rc < 0 ? rc : r->rc;
}

/* ---- this machine ---- */

/* A musterd that runs has its lock. */
static int on_lock(void *arg, const char *name, struct err *e)
{
    const struct restoring *r = arg;
    char path[BACKUP_PATH_BYTES];
    if (!slice_ends(slice_of(name), ".lock") || files_path(path, r->config->state_dir, name, e) < 0)
        return 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool held = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (fd >= 0) (void)close(fd);
    return held ? err_set(e, ERR_CONFLICT, "musterd runs (%s is locked): stop it first", path) : 0;
}

/* What is there is newer, or the same. */
static int copy_state(struct restoring *r, struct err *e)
{
    size_t i;
    const json_t *file, *files = json_object_get(r->manifest, "files");
    json_array_foreach(files, i, file)
    {
        const char *path = say_string(file, "path");
        if (!slice_starts(slice_of(path), BACKUP_STATE)) continue;
        int rc = files_copy(r->folder, path, r->config->state_dir, path + strlen(BACKUP_STATE), e);
        if (rc < 0 && rc != ERR_EXISTS) return rc;
        r->files += rc == 0;
    }
    return 0;
}

/* ---- whose journal that is ---- */

/* As the journal calls an instance's folder (flow/journal/files.c). */
static bool is_folder_of(struct slice folder, const char *instance)
{
    size_t i = 0;
    for (; i < folder.n && instance[i]; i++) {
        char c = instance[i];
        if (folder.p[i] != (c == '/' || (c == '.' && i == 0) ? '_' : c)) return false;
    }
    return i == folder.n && !instance[i];
}

static int on_journal(void *arg, const char *name, struct err *e)
{
    struct restoring *r = arg;
    struct slice rest = slice_of(name), part, folder;
    (void)e;
    if (!slice_cut(&rest, '/', &part) || !slice_is(part, "journal") ||
        !slice_cut(&rest, '/', &folder) || rest.n == 0)
        return 0;
    if (is_folder_of(folder, r->config->instance))
        r->own_journal = true;
    else if (!r->other_journal)
        r->other_journal = slice_strdup(folder);
    return 0;
}

/* The name that the other journal's musterd had: the backup says it, if it is of that one; else as the folder has it. */
static const char *other_instance(const struct restoring *r)
{
    const char *was = say_string(r->manifest, "instance");
    if (!r->other_journal || r->own_journal) return NULL;
    return is_folder_of(slice_of(r->other_journal), was) ? was : r->other_journal;
}

static int suits(const struct restoring *r, struct err *e)
{
    char secret[BACKUP_FINGERPRINT_BYTES];
    if (say_int(r->manifest, "layout") > STORE_LAYOUT)
        return err_set(e, ERR_REFUSED,
                       "%s was made by a newer Muster, version %s: install that version", r->folder,
                       say_string(r->manifest, "made_by"));
    if (strcmp(r->config->redis.prefix, r->prefix) != 0)
        return err_set(e, ERR_REFUSED,
                       "the keys of %s begin with '%s': set redis.prefix in %s to that", r->folder,
                       r->prefix, r->config->path);
    backup_fingerprint(r->config->secret, secret);
    if (strcmp(secret, say_string(r->manifest, "secret")) != 0)
        return err_set(e, ERR_REFUSED,
                       "the `secret` of %s is not the one of the time of the backup, without which "
                       "no receipt of then finds "
                       "its message: put that one back",
                       r->config->path);
    return 0;
}

/* ---- the verbs ---- */

static int open_file(struct restoring *r, struct err *e)
{
    char path[BACKUP_PATH_BYTES];
    int rc = files_path(path, r->folder, BACKUP_STORE, e);
    if (rc == 0)
        rc = redis_reader_new(r->loop, path, (int)say_int(r->manifest, "db"), &r->reader, e);
    if (rc < 0) return rc;
    const struct redis_config config = {.url = redis_reader_url(r->reader),
                                        .command_ms = COMMAND_MS};
    return redis_new(r->loop, &config, &r->from, e);
}

static int restore(struct restoring *r, struct err *e)
{
    int rc = suits(r, e);
    if (rc == 0) rc = files_each(r->config->state_dir, on_lock, r, e);
    struct redis_config config = config_redis(r->config);
    config.command_ms = COMMAND_MS;
    if (rc == 0) rc = redis_new(r->loop, &config, &r->to, e);
    if (rc == 0) rc = want_empty(r, e);
    if (rc == 0) rc = open_file(r, e);
    if (rc == 0) rc = flag(r, e);
    if (rc == 0) rc = copy_keys(r, e);
    if (rc == 0)
        rc = copy_state(
            r, e); /* before the flag goes: a restore that was cut off has all of it to do */
    if (rc == 0) rc = files_each(r->config->state_dir, on_journal, r, e);
    if (rc == 0) rc = manifest_note(r->to, r->manifest, e);
    return rc < 0 ? rc : unflag(r, e);
}

static int begin(struct restoring *r, struct verb_call *c, json_t **ret_manifest, struct err *e)
{
    *r = (struct restoring){.folder = c->args[0], .loop = loop_new()};
    int rc = manifest_open(r->folder, ret_manifest, e);
    if (rc < 0) return rc;
    r->manifest = *ret_manifest;
    r->prefix = say_string(r->manifest, "prefix");
    r->at = say_string(r->manifest, "made_at");
    return strlen(r->prefix) < KEY_BYTES / 2
               ? 0
               : err_set(e, ERR_SYNTAX, "%s: its prefix is too long", r->folder);
}

static void end(struct restoring *r)
{
    redis_free(r->to);
    redis_free(r->from);
    redis_reader_free(r->reader);
    loop_free(r->loop);
    free(r->other_journal);
    config_free(r->config);
}

static json_t *result_of(const struct restoring *r)
{
    return json_pack("{s:s, s:s, s:I, s:I, s:I, s:s*, s:s*}", "made_at", r->at, "made_by",
                     say_string(r->manifest, "made_by"), "mark",
                     (json_int_t)say_int(r->manifest, "mark"), "keys", (json_int_t)r->keys,
                     "state_files", (json_int_t)r->files, "journal_of", other_instance(r),
                     "instance", r->config ? r->config->instance : NULL);
}

/* With another name musterd begins a journal of its own, and what the other one knows is never brought. */
static void print_journal(const json_t *result)
{
    const char *other = say_string(result, "journal_of");
    if (*other)
        (void)printf("BEFORE you start musterd: the journal in state_dir is of instance '%s', and "
                     "this musterd is called '%s'. It would not read it: who was texted and who "
                     "said STOP since the backup would be forgotten. If that one is to go on here, "
                     "put this into muster.yaml:\n\n    instance: \"%s\"\n\n",
                     other, say_string(result, "instance"), other);
}

static void print_restored(const struct verb_call *c, const json_t *result)
{
    char keys[SAY_COUNT_BYTES], files[SAY_COUNT_BYTES];
    (void)printf("%s is restored: %s, and %s that state_dir lacked. The store is what "
                 "it was at %s.\n",
                 c->args[0], say_counted(say_int(result, "keys"), "key", "keys", keys),
                 say_counted(say_int(result, "state_files"), "file", "files", files),
                 say_string(result, "made_at"));
    print_journal(result);
    (void)printf("Now start musterd. If it knows of more than that, it says so and sends nothing: "
                 "muster restore status\n");
}

int backup_restore(struct verb_call *c)
{
    const char *path = verb_option(c, "config");
    struct restoring r;
    struct err e;
    json_t *manifest = NULL, *result = NULL;
    int rc = begin(&r, c, &manifest, &e);
    if (rc == 0) rc = config_load(path ? path : CONFIG_DEFAULT_PATH, &r.config, &e);
    if (rc == 0) rc = restore(&r, &e);
    if (rc == 0) result = result_of(&r);
    end(&r);
    json_decref(manifest);
    return verb_print(c, rc, result, &e, print_restored);
}

static void print_checked(const struct verb_call *c, const json_t *result)
{
    char keys[SAY_COUNT_BYTES];
    (void)printf("%s is whole: %s, as they were at %s, made by Muster %s.\n", c->args[0],
                 say_counted(say_int(result, "keys"), "key", "keys", keys),
                 say_string(result, "made_at"), say_string(result, "made_by"));
}

int backup_check(struct verb_call *c)
{
    struct restoring r;
    struct err e;
    json_t *manifest = NULL, *result = NULL;
    int rc = begin(&r, c, &manifest, &e);
    if (rc == 0) rc = open_file(&r, &e);
    if (rc == 0) rc = copy_keys(&r, &e);
    if (rc == 0) result = result_of(&r);
    end(&r);
    json_decref(manifest);
    return verb_print(c, rc, result, &e, print_checked);
}
