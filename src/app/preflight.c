#include "preflight.h"

#include "store/layout.h"
#include "store/redis_settings.h"
#include "base/log.h"
#include "base/slice.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static void warn_once(struct preflight_item *item, const char *text)
{
    if (!item->warned) log_warn("%s", text);
    item->warned = true;
}

static int judge(void *arg, const struct redisReply *reply, struct err *e)
{
    struct preflight_item *item = arg;
    const struct redis_setting *s = item->setting;
    struct err warning = {0};
    char value[64];
    if (redis_is_error(reply, NULL)) {
        (void)err_set(&warning, ERR_REFUSED,
                      "redis does not let us read its setting %s; see that it is %s: %s", s->name,
                      s->wanted, s->why);
        warn_once(item, warning.text);
        return 0;
    }
    (void)snprintf(value, sizeof value, "%.*s", SLICE_ARG(redis_str(redis_at(reply, 1))));
    if (redis_count(reply) < 2 || strcmp(value, s->wanted) == 0) return 0;
    if (item->unsafe) {
        (void)err_set(&warning, ERR_UNSAFE, "redis has %s %s, not %s (redis.unsafe is set): %s",
                      s->name, value, s->wanted, s->why);
        warn_once(item, warning.text);
        return 0;
    }
    return err_set(e, ERR_UNSAFE,
                   "redis has %s %s: %s. Put `%s %s` into redis.conf and restart it, or run "
                   "`redis-cli config set "
                   "%s %s` and `redis-cli config rewrite` (for a rehearsal: `redis: unsafe: true` "
                   "in muster.yaml)",
                   s->name, value, s->why, s->name, s->wanted, s->name, s->wanted);
}

/* ---- its append-only file ---- */

static bool holds(struct slice s, const char *text)
{
    return s.p && memmem(s.p, s.n, text, strlen(text));
}

static int judge_file(void *arg, const struct redisReply *reply, struct err *e)
{
    struct preflight *g = arg;
    struct slice info = redis_str(reply);
    g->file_is_old = false;
    if (redis_is_error(reply, NULL)) return 0;
    if (holds(info, "loading:1\r")) /* it lets us in, and refuses what we ask for */
        return err_set(e, ERR_UNREACHABLE, "it is still loading its data");
    g->file_is_old = holds(info, "aof_enabled:1\r") && holds(info, "aof_rewrites:0\r") &&
                     !holds(info, "aof_rewrite_scheduled:1\r");
    return 0;
}

static void on_renewal(void *arg, const struct redisReply *reply)
{
    struct slice why;
    (void)arg;
    if (!reply) return; /* the next connection asks again */
    if (!redis_is_error(reply, &why))
        log_info("redis was started: it writes its append-only file anew");
    else if (!holds(why, "in progress"))
        log_warn("redis does not write its append-only file anew: %.*s. Run `redis-cli "
                 "bgrewriteaof` after each of its starts, or let this account do it: without it, "
                 "what a power cut left of half a change may come back",
                 SLICE_ARG(why));
}

void preflight_renew_file(struct preflight *g, struct redis *r)
{
    if (!g->file_is_old || !redis_is_connected(r)) return;
    g->file_is_old = false;
    redis_commandf(r, on_renewal, NULL, "BGREWRITEAOF");
}

static int judge_layout(void *arg, const struct redisReply *reply, struct err *e)
{
    (void)arg;
    return layout_judge(reply, e);
}

static void add_check(struct preflight *g, struct redis_check check)
{
    check(g->n < PREFLIGHT_CHECKS_MAX);
    g->checks[g->n++] = check;
}

void preflight_init(struct preflight *g, bool unsafe, const char *prefix)
{
    *g = (struct preflight){.n = 0};
    for (const struct redis_setting *s = redis_settings; s->name; s++) {
        struct preflight_item *item = &g->items[g->n];
        *item = (struct preflight_item){.setting = s, .unsafe = unsafe};
        add_check(g, (struct redis_check){
                         .words = {"CONFIG", "GET", s->name}, .judge = judge, .arg = item});
    }
    add_check(
        g, (struct redis_check){.words = {"INFO", "persistence"}, .judge = judge_file, .arg = g});
    (void)snprintf(g->layout_key, sizeof g->layout_key, "%s%s", prefix, LAYOUT_KEY);
    add_check(g, (struct redis_check){.words = {"HMGET", g->layout_key, LAYOUT_VERSION,
                                                LAYOUT_MADE_BY, LAYOUT_RESTORING},
                                      .judge = judge_layout});
}

int preflight_lock(const char *state_dir, const char *instance, struct err *e)
{
    char path[4096], name[128];
    if (mkdir(state_dir, 0700) != 0 && errno != EEXIST)
        return err_set(e, -errno, "state_dir: cannot make %s: %s; make it and give it to this user",
                       state_dir, strerror(errno));
    (void)snprintf(name, sizeof name, "%s", instance);
    for (char *c = name; *c; c++)
        if (*c == '/') *c = '_';
    (void)snprintf(path, sizeof path, "%s/%s.lock", state_dir, name);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_set(e, -errno, "state_dir: cannot write %s: %s; give the folder to this user",
                       path, strerror(errno));
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        close(fd);
        return err_set(
            e, ERR_EXISTS,
            "musterd runs already as instance '%s' (lock %s); stop it, or give this one another "
            "`instance` in muster.yaml",
            instance, path);
    }
    return fd;
}
