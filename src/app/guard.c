#include "guard.h"

#include "app/redis_settings.h"
#include "base/log.h"
#include "base/slice.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static void warn_once(struct guard_item *item, const char *text)
{
    if (!item->warned) log_warn("%s", text);
    item->warned = true;
}

static int judge(void *arg, const struct redisReply *reply, struct err *e)
{
    struct guard_item *item = arg;
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

void guard_init(struct guard *g, bool unsafe)
{
    *g = (struct guard){.n = 0};
    for (const struct redis_setting *s = redis_settings; s->name; s++) {
        check(g->n < GUARD_SETTINGS_MAX);
        struct guard_item *item = &g->items[g->n];
        *item = (struct guard_item){.setting = s, .unsafe = unsafe};
        g->checks[g->n++] =
            (struct redis_check){.words = {"CONFIG", "GET", s->name}, .judge = judge, .arg = item};
    }
}

int guard_lock(const char *state_dir, const char *instance, struct err *e)
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
