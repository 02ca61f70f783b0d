/* The epoll descriptor of libmicrohttpd is watched by our loop, and MHD_run does what is due. Before
 * each sleep it is asked when it wants to run at the latest (MHD_get_timeout); a timer sees to
 * that. */
#include "http_drive.h"

#include "base/clock.h"
#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>

struct http_drive {
    struct MHD_Daemon *mhd;
    struct loop_fd *watch;
    struct loop_hook *hook;
    struct loop_timer *timer;
    int64_t armed_us; /* [µs] monotonic: when the timer rings, -1 = not armed */
    bool running;
    loop_cb *before_run;
    void *arg;
};

void http_drive_run(struct http_drive *d)
{
    check(!d->running);
    d->before_run(d->arg);
    d->running = true;
    (void)MHD_run(d->mhd);
    d->running = false;
}

/* The timer is moved to earlier times only: it may run in vain, which is cheaper than a move for
 * each request. */
void http_drive_in(struct http_drive *d, int64_t us)
{
    int64_t at_us = clock_mono_us() + us;
    if (d->armed_us >= 0 && d->armed_us <= at_us) return;
    d->armed_us = at_us;
    loop_timer_in(d->timer, us);
}

static void on_timer(void *arg)
{
    struct http_drive *d = arg;
    d->armed_us = -1;
    http_drive_run(d);
}

static void on_readable(void *arg, int events)
{
    (void)events;
    http_drive_run(arg);
}

static void before_sleep(void *arg)
{
    struct http_drive *d = arg;
    MHD_UNSIGNED_LONG_LONG ms;
    if (MHD_get_timeout(d->mhd, &ms) == MHD_YES) http_drive_in(d, (int64_t)ms * 1000);
}

struct http_drive *http_drive_new(struct loop *l, struct MHD_Daemon *mhd, loop_cb *before_run,
                                  void *arg)
{
    struct http_drive *d = xcalloc(1, sizeof *d);
    *d = (struct http_drive){.mhd = mhd, .armed_us = -1, .before_run = before_run, .arg = arg};
    d->timer = loop_timer_new(l, on_timer, d);
    d->hook = loop_before_sleep(l, before_sleep, d);
    int fd = MHD_get_daemon_info(mhd, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    d->watch = loop_fd_new(l, fd, LOOP_READ, on_readable, d);
    return d;
}

void http_drive_pause(struct http_drive *d)
{
    loop_fd_free(d->watch);
    loop_hook_free(d->hook);
}

void http_drive_free(struct http_drive *d)
{
    loop_timer_free(d->timer);
    free(d);
}

void http_drive_log(void *arg, const char *fmt, va_list ap)
{
    char line[256];
    (void)arg;
    vsnprintf(line, sizeof line, fmt, ap);
    log_debug("http server: %s", line);
}
