#include "store/memory.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "call.h"
#include "io/loop.h"

enum { ASK_US = 10 * 1000 * 1000, SOON_US = 1000 * 1000 };

struct memory_watch {
    struct store *store;
    struct loop_timer *timer;
    struct memory_state now;
    int said; /* the percentage that was warned of last; 0 = it is well */
    bool asking;
};

static int64_t field_of(struct slice info, const char *name)
{
    struct slice line, key;
    uint64_t value = 0;
    while (slice_cut(&info, '\n', &line)) {
        struct slice rest = slice_trim(line);
        if (slice_cut(&rest, ':', &key) && rest.p && slice_is(key, name))
            return slice_to_u64(rest, INT64_MAX, &value) ? (int64_t)value : 0;
    }
    return 0;
}

struct memory_state memory_read(struct slice info)
{
    struct memory_state m = {.used = field_of(info, "used_memory"),
                             .limit = field_of(info, "maxmemory")};
    m.known = m.used > 0;
    m.of_machine = m.limit == 0;
    if (m.of_machine) m.limit = field_of(info, "total_system_memory");
    return m;
}

int memory_percent(const struct memory_state *m)
{
    return m->known && m->limit > 0 ? (int)((double)m->used * 100 / (double)m->limit) : 0;
}

int64_t memory_recipients_left(const struct memory_state *m)
{
    if (!m->known || m->limit <= 0) return -1;
    int64_t room = m->limit / 100 * MEMORY_ALARM_PERCENT - m->used;
    return room > 0 ? room / (MEMORY_LIST_BYTES + MEMORY_CAMPAIGN_BYTES) : 0;
}

bool memory_warns(const struct memory_state *m, char out[MEMORY_TEXT_BYTES])
{
    int percent = memory_percent(m);
    if (percent < MEMORY_WARN_PERCENT) return false;
    (void)snprintf(out, MEMORY_TEXT_BYTES,
                   "Redis holds %lld MiB, %d %% of %s; at 100 %% it %s. Raise %s, shorten what "
                   "`keep` in muster.yaml keeps, or "
                   "delete audiences that no report needs",
                   (long long)(m->used >> 20), percent,
                   m->of_machine ? "this machine's memory" : "its maxmemory",
                   m->of_machine ? "is killed" : "takes no more",
                   m->of_machine ? "the machine's memory" : "maxmemory (and the machine's memory)");
    return true;
}

/* ---- watching ---- */

/* Once when it begins, once when it becomes serious, once when it is over; not around the border. */
static void say(struct memory_watch *w)
{
    char text[MEMORY_TEXT_BYTES];
    int percent = memory_percent(&w->now);
    bool alarm = percent >= MEMORY_ALARM_PERCENT && w->said < MEMORY_ALARM_PERCENT;
    if (memory_warns(&w->now, text) && (w->said == 0 || alarm)) {
        if (alarm)
            log_error("%s", text);
        else
            log_warn("%s", text);
        w->said = percent;
    } else if (w->said && percent < MEMORY_WARN_PERCENT - 5) {
        log_info("Redis has room again: %d %% of its memory is used", percent);
        w->said = 0;
    }
}

static void on_info(struct call *c, const struct redisReply *reply)
{
    struct memory_watch *w = c->arg;
    w->asking = false;
    if (!reply) return;
    w->now = memory_read(redis_str(reply)); /* an error has no text: not known */
    say(w);
}

static void on_timer(void *arg)
{
    struct memory_watch *w = arg;
    loop_timer_in(w->timer, w->now.known ? ASK_US : SOON_US);
    if (w->asking) return;
    w->asking = true;
    struct call *c = call_command(w->store, "INFO");
    call_str(c, "memory");
    call_run(c, on_info, NULL, w);
}

struct memory_watch *memory_watch_new(struct loop *l, struct store *s)
{
    struct memory_watch *w = xcalloc(1, sizeof *w);
    w->store = s;
    w->timer = loop_timer_new(l, on_timer, w);
    loop_timer_in(w->timer, 0);
    return w;
}

void memory_watch_free(struct memory_watch *w)
{
    if (!w) return;
    loop_timer_free(w->timer);
    free(w);
}

const struct memory_state *memory_watched(const struct memory_watch *w)
{
    return &w->now;
}
