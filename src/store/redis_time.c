#include "store/redis_time.h"

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
    ASK_US = 10000000,
    LOOK_US = 500000,
    SET_MS = 100, /* a machine's clock that moves so far between two looks was set */
    /* A difference larger than the way of question and reply explains; replies within a few ms are
     * the rule, and a clock that is corrected all the time is no better than one that is a little
     * off. */
    TOLERANCE_MS = 100,
    SAY_MS = 2000, /* the doctor says so too (cli/doctor_redis.c) */
};

struct redis_time {
    struct redis *redis;
    struct loop_timer *timer, *look;
    int64_t asked_ms,
        ahead_ms; /* the machine's clock ahead of the monotonic one, when it was looked at last */
    bool asking, said;
};

static void say(struct redis_time *t, int64_t off_ms)
{
    bool far = off_ms >= SAY_MS || off_ms <= -SAY_MS;
    if (far && !t->said)
        log_warn(
            "the clock of this machine is %.1f s %s that of redis; muster goes by that of redis. "
            "Mend the clock (timedatectl set-ntp true)",
            (double)llabs(off_ms) / 1000, off_ms > 0 ? "behind" : "ahead of");
    t->said = far;
}

static void on_time(void *arg, const struct redisReply *reply)
{
    struct redis_time *t = arg;
    t->asking = false;
    if (redis_count(reply) != 2) return; /* away, or an error: the last difference stands */
    int64_t now_ms = clock_machine_ms(), way_ms = now_ms - t->asked_ms;
    int64_t redis_ms =
        redis_int(redis_at(reply, 0), 0) * 1000 + redis_int(redis_at(reply, 1), 0) / 1000;
    int64_t off_ms = redis_ms - (t->asked_ms + way_ms / 2);
    int64_t change_ms = llabs(off_ms - clock_wall_offset_ms());
    if (way_ms < 0 || change_ms <= TOLERANCE_MS + way_ms) return;
    say(t, off_ms);
    clock_wall_set_offset(llabs(off_ms) <= TOLERANCE_MS ? 0 : off_ms);
}

void redis_time_ask(struct redis_time *t)
{
    loop_timer_in(t->timer, ASK_US);
    if (t->asking || !redis_is_connected(t->redis)) return;
    t->asking = true;
    t->asked_ms = clock_machine_ms();
    redis_commandf(t->redis, on_time, t, "TIME");
}

static void on_timer(void *arg)
{
    redis_time_ask(arg);
}

void redis_time_look(struct redis_time *t, int64_t machine_ms, int64_t mono_us)
{
    int64_t ahead_ms = machine_ms - mono_us / 1000, moved_ms = ahead_ms - t->ahead_ms;
    t->ahead_ms = ahead_ms;
    if (llabs(moved_ms) > SET_MS) redis_time_ask(t);
}

static void on_look(void *arg)
{
    struct redis_time *t = arg;
    loop_timer_in(t->look, LOOK_US);
    redis_time_look(t, clock_machine_ms(), clock_mono_us());
}

struct redis_time *redis_time_new(struct loop *l, struct redis *r)
{
    struct redis_time *t = xcalloc(1, sizeof *t);
    t->redis = r;
    t->timer = loop_timer_new(l, on_timer, t);
    t->look = loop_timer_new(l, on_look, t);
    t->ahead_ms = clock_machine_ms() - clock_mono_us() / 1000;
    loop_timer_in(t->look, LOOK_US);
    redis_time_ask(t);
    return t;
}

void redis_time_free(struct redis_time *t)
{
    if (!t) return;
    loop_timer_free(t->timer);
    loop_timer_free(t->look);
    free(t);
}
