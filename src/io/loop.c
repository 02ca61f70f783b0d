/* libevent's epoll back-end. libevent and not libuv: libcurl may ask to stop watching a socket that
 * it has already closed, which libevent's epoll tolerates and libuv answers with abort(). */
#include "io/loop.h"

#include "base/clock.h"

#include <stdlib.h>

#include <event2/event.h>
#include <event2/event_struct.h>

enum {
    TICK_US = 100 * 1000,
    GAP_US = 250 * 1000, /* since the last tick: not a busy turn, but a process that stood */
    PATIENCE_MAX_US = 1000 * 1000,
};

struct loop_hook {
    struct loop *loop;
    loop_cb *cb;
    void *arg;
    struct loop_hook *next;
};

struct loop {
    struct event_base *base;
    struct loop_hook *hooks;
    struct loop_hook *hook_next; /* the walk's next one: a hook may free any hook */
    struct event wait_limit;
    bool stopping;
    struct event tick;
    int64_t awake_us;  /* of the awake clock at looked_us */
    int64_t looked_us; /* [µs] monotonic; in the future while the awake clock stands */
    int64_t gain_us;   /* what the last gap counts for, once the clock goes on */
    unsigned gaps;
};

struct loop_timer {
    struct event event;
    struct loop *loop;
    loop_cb *cb;
    void *arg;
    bool by_awake; /* rings by the awake clock, at awake_us */
    int64_t awake_us;
};

struct loop_fd {
    struct event event;
    struct loop *loop;
    loop_fd_cb *cb;
    void *arg;
    int fd, want;
};

struct loop_signal {
    struct event event;
    loop_cb *cb;
    void *arg;
};

static void on_wait_limit(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    (void)arg;
}

/* Returns the time lived since looked_us; negative while the clock stands. */
static int64_t awake_look(struct loop *l)
{
    int64_t now_us = clock_mono_us();
    int64_t lived_us = now_us - l->looked_us;
    if (lived_us <= GAP_US) return lived_us;
    /* A gap counts as a tick when it is over, or where every turn takes too long no deadline would
     * ever come. */
    l->gaps++;
    l->awake_us += l->gain_us;
    l->gain_us = TICK_US;
    int64_t patience_us = lived_us < PATIENCE_MAX_US ? lived_us : PATIENCE_MAX_US;
    l->looked_us = now_us + patience_us;
    return -patience_us;
}

int64_t loop_awake_us(struct loop *l)
{
    int64_t lived_us = awake_look(l);
    return lived_us > 0 ? l->awake_us + l->gain_us + lived_us : l->awake_us;
}

unsigned loop_gaps(struct loop *l)
{
    (void)awake_look(l);
    return l->gaps;
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
    struct loop *l = arg;
    (void)fd;
    (void)what;
    int64_t lived_us = awake_look(l);
    if (lived_us <= 0) return;
    l->awake_us += l->gain_us + lived_us;
    l->looked_us += lived_us;
    l->gain_us = 0;
}

static void awake_begin(struct loop *l)
{
    struct timeval tv = {.tv_usec = TICK_US};
    l->awake_us = l->looked_us = clock_mono_us();
    check(event_assign(&l->tick, l->base, -1, EV_PERSIST, on_tick, l) == 0);
    check(evtimer_add(&l->tick, &tv) == 0);
}

struct loop *loop_new(void)
{
    struct loop *l = xcalloc(1, sizeof *l);
    struct event_config *config = event_config_new();
    check(config != NULL);
    check(event_config_set_flag(config, EVENT_BASE_FLAG_PRECISE_TIMER) == 0);
    l->base = event_base_new_with_config(config);
    event_config_free(config);
    check(l->base != NULL);
    check(evtimer_assign(&l->wait_limit, l->base, on_wait_limit, NULL) == 0);
    awake_begin(l);
    return l;
}

void loop_free(struct loop *l)
{
    if (!l) return;
    check(l->hooks == NULL);
    evtimer_del(&l->wait_limit);
    evtimer_del(&l->tick);
    event_base_free(l->base);
    free(l);
}

static struct timeval timeval_of(int64_t us)
{
    if (us < 0) us = 0;
    return (struct timeval){.tv_sec = us / 1000000, .tv_usec = us % 1000000};
}

static void run_hooks(struct loop *l)
{
    for (struct loop_hook *h = l->hooks; h; h = l->hook_next) {
        l->hook_next = h->next;
        h->cb(h->arg);
    }
}

void loop_turn(struct loop *l, int64_t max_wait_us)
{
    run_hooks(l);
    if (l->stopping) return;
    int flags = EVLOOP_ONCE;
    if (max_wait_us == 0) {
        flags |= EVLOOP_NONBLOCK;
    } else if (max_wait_us > 0) {
        struct timeval tv = timeval_of(max_wait_us);
        evtimer_add(&l->wait_limit, &tv);
    }
    check(event_base_loop(l->base, flags) >= 0);
    if (max_wait_us > 0) evtimer_del(&l->wait_limit);
}

void loop_run(struct loop *l)
{
    l->stopping = false;
    while (!l->stopping)
        loop_turn(l, -1);
    l->stopping = false;
}

void loop_stop(struct loop *l)
{
    l->stopping = true;
    event_base_loopbreak(l->base);
}

struct loop_hook *loop_before_sleep(struct loop *l, loop_cb *cb, void *arg)
{
    struct loop_hook *h = xcalloc(1, sizeof *h);
    *h = (struct loop_hook){.loop = l, .cb = cb, .arg = arg, .next = l->hooks};
    l->hooks = h;
    return h;
}

void loop_hook_free(struct loop_hook *h)
{
    if (!h) return;
    struct loop *l = h->loop;
    for (struct loop_hook **at = &l->hooks; *at; at = &(*at)->next) {
        if (*at != h) continue;
        *at = h->next;
        break;
    }
    if (l->hook_next == h) l->hook_next = h->next;
    free(h);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    struct loop_timer *t = arg;
    (void)fd;
    (void)what;
    if (t->by_awake && loop_awake_us(t->loop) < t->awake_us)
        loop_timer_at_awake(t, t->awake_us);
    else
        t->cb(t->arg);
}

struct loop_timer *loop_timer_new(struct loop *l, loop_cb *cb, void *arg)
{
    struct loop_timer *t = xcalloc(1, sizeof *t);
    t->loop = l;
    t->cb = cb;
    t->arg = arg;
    check(evtimer_assign(&t->event, l->base, on_timer, t) == 0);
    return t;
}

void loop_timer_free(struct loop_timer *t)
{
    if (!t) return;
    evtimer_del(&t->event);
    free(t);
}

static void arm(struct loop_timer *t, int64_t us)
{
    struct timeval tv = timeval_of(us);
    /* libevent adds to the time at which this turn woke up: without this a timer fires early by as
     * long as the turn has run, and the pace of sending is made of these timers. */
    event_base_update_cache_time(t->loop->base);
    check(evtimer_add(&t->event, &tv) == 0);
}

void loop_timer_in(struct loop_timer *t, int64_t us)
{
    t->by_awake = false;
    arm(t, us);
}

void loop_timer_at(struct loop_timer *t, int64_t mono_us)
{
    loop_timer_in(t, mono_us - clock_mono_us());
}

void loop_timer_at_awake(struct loop_timer *t, int64_t awake_us)
{
    struct loop *l = t->loop;
    int64_t lived_us = awake_look(l);
    t->by_awake = true;
    t->awake_us = awake_us;
    /* While the clock stands, lived_us is how long it still will, with the sign turned. */
    arm(t, awake_us - l->awake_us - l->gain_us - lived_us);
}

void loop_timer_cancel(struct loop_timer *t)
{
    evtimer_del(&t->event);
}

bool loop_timer_armed(const struct loop_timer *t)
{
    return evtimer_pending(&t->event, NULL) != 0;
}

static void on_fd(evutil_socket_t fd, short what, void *arg)
{
    struct loop_fd *f = arg;
    (void)fd;
    f->cb(f->arg, (what & EV_READ ? LOOP_READ : 0) | (what & EV_WRITE ? LOOP_WRITE : 0));
}

struct loop_fd *loop_fd_new(struct loop *l, int fd, int want, loop_fd_cb *cb, void *arg)
{
    struct loop_fd *f = xcalloc(1, sizeof *f);
    f->loop = l;
    f->fd = fd;
    f->cb = cb;
    f->arg = arg;
    loop_fd_want(f, want);
    return f;
}

void loop_fd_want(struct loop_fd *f, int want)
{
    if (want == f->want) return;
    if (f->want) event_del(&f->event);
    f->want = want;
    if (!want) return;
    short what = (short)((want & LOOP_READ ? EV_READ : 0) | (want & LOOP_WRITE ? EV_WRITE : 0));
    check(event_assign(&f->event, f->loop->base, f->fd, (short)(what | EV_PERSIST), on_fd, f) == 0);
    /* A descriptor that is closed already cannot be watched: its owner learns that by itself. */
    if (event_add(&f->event, NULL) != 0) f->want = 0;
}

void loop_fd_free(struct loop_fd *f)
{
    if (!f) return;
    if (f->want) event_del(&f->event);
    free(f);
}

static void on_signal(evutil_socket_t fd, short what, void *arg)
{
    struct loop_signal *s = arg;
    (void)fd;
    (void)what;
    s->cb(s->arg);
}

struct loop_signal *loop_signal_new(struct loop *l, int signo, loop_cb *cb, void *arg)
{
    struct loop_signal *s = xcalloc(1, sizeof *s);
    s->cb = cb;
    s->arg = arg;
    check(evsignal_assign(&s->event, l->base, signo, on_signal, s) == 0);
    check(evsignal_add(&s->event, NULL) == 0);
    return s;
}

void loop_signal_free(struct loop_signal *s)
{
    if (!s) return;
    evsignal_del(&s->event);
    free(s);
}
