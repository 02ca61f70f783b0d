#include "guard.h"

#include "app/redis_settings.h"
#include "base/log.h"
#include "base/slice.h"
#include "io/redis.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct reading {
    const struct redis_setting *setting;
    char value[64];
    bool known;
};

static void on_config(void *arg, const struct redisReply *reply)
{
    struct reading *r = arg;
    r->known = redis_count(reply) >= 2;
    struct slice v = redis_str(redis_at(reply, 1));
    (void)snprintf(r->value, sizeof r->value, "%.*s", SLICE_ARG(v));
}

static int check_setting(struct redis *r, const struct redis_setting *s, bool unsafe, struct err *e)
{
    struct reading reading = {.setting = s};
    struct slice argv[] = {SLICE_LIT("CONFIG"), SLICE_LIT("GET"), slice_of(s->name)};
    int rc = redis_wait(r, on_config, &reading, e, 3, argv);
    if (rc == ERR_REFUSED) {
        log_warn("redis does not let us read its setting %s; see that it is %s: %s", s->name,
                 s->wanted, s->why);
        return 0;
    }
    if (rc < 0) return rc;
    if (!reading.known || strcmp(reading.value, s->wanted) == 0) return 0;
    if (unsafe) {
        log_warn("redis has %s %s, not %s (redis.unsafe is set): %s", s->name, reading.value,
                 s->wanted, s->why);
        return 0;
    }
    return err_set(e, ERR_UNSAFE,
                   "redis has %s %s: %s. Put `%s %s` into redis.conf and restart it, or run "
                   "`redis-cli config set "
                   "%s %s` and `redis-cli config rewrite` (for a rehearsal: `redis: unsafe: true` "
                   "in muster.yaml)",
                   s->name, reading.value, s->why, s->name, s->wanted, s->name, s->wanted);
}

int guard_redis(struct redis *r, bool unsafe, struct err *e)
{
    for (const struct redis_setting *s = redis_settings; s->name; s++) {
        int rc = check_setting(r, s, unsafe, e);
        if (rc < 0) return rc;
    }
    return 0;
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
