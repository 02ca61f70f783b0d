/* Time that runs faster, for the processes of a rehearsal: LD_PRELOAD it into redis-server, musterd
 * and muster-sim alike. $MUSTER_HURRY holds three numbers: how many times faster, the moment from
 * which it does [ns of CLOCK_BOOTTIME], and what the wall clock says then [ns]. Each process that
 * has the same three sees the same time.
 *
 * Clocks are read faster, waits wait shorter. (libfaketime would do it, but a redis-server with
 * jemalloc hangs in it: that reads the clock while libfaketime allocates. Here nothing is
 * allocated.) Processor and disk are as fast as ever, so what they take looks that many times longer. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { NS = 1000000000, NS_PER_MS = 1000000, SIGSET_BYTES = 8 /* as the kernel has it */ };
static int64_t speed = 1, from_ns, wall_ns;

static int64_t real_ns(clockid_t id)
{
    struct timespec t;
    (void)syscall(SYS_clock_gettime, id, &t);
    return (int64_t)t.tv_sec * NS + t.tv_nsec;
}

static struct timespec timespec_of(int64_t ns)
{
    return (struct timespec){.tv_sec = ns / NS, .tv_nsec = ns % NS};
}

__attribute__((constructor)) static void begin(void)
{
    char *at = getenv("MUSTER_HURRY"); // NOLINT(concurrency-mt-unsafe): before any thread
    if (!at) return;
    int64_t n[3] = {0};
    for (int i = 0; i < 3; i++)
        n[i] = strtoll(at, &at, 10);
    if (n[0] < 1) return;
    speed = n[0];
    from_ns = n[1];
    wall_ns = n[2];
}

static int64_t passed_ns(void)
{
    return (real_ns(CLOCK_BOOTTIME) - from_ns) * speed;
}

static bool counts_from_start(clockid_t id)
{
    return id == CLOCK_MONOTONIC || id == CLOCK_MONOTONIC_COARSE || id == CLOCK_MONOTONIC_RAW ||
           id == CLOCK_BOOTTIME;
}

static bool is_wall(clockid_t id)
{
    return id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE;
}

/* What a clock says; those of one process's own work are as they are. */
static int64_t shown_ns(clockid_t id)
{
    if (speed > 1 && is_wall(id)) return wall_ns + passed_ns();
    if (speed > 1 && counts_from_start(id)) return from_ns + passed_ns();
    return real_ns(id);
}

/* ---- clocks ---- */

int clock_gettime(clockid_t id, struct timespec *ret)
{
    *ret = timespec_of(shown_ns(id));
    return 0;
}

int gettimeofday(struct timeval *restrict ret, void *restrict zone)
{
    int64_t ns = shown_ns(CLOCK_REALTIME);
    (void)zone;
    *ret = (struct timeval){.tv_sec = ns / NS, .tv_usec = ns % NS / 1000};
    return 0;
}

time_t time(time_t *ret)
{
    time_t s = shown_ns(CLOCK_REALTIME) / NS;
    if (ret) *ret = s;
    return s;
}

/* ---- waits ---- */

static struct timespec *shorter(const struct timespec *t, struct timespec *room)
{
    if (!t) return NULL;
    *room = timespec_of(((int64_t)t->tv_sec * NS + t->tv_nsec) / speed);
    return room;
}

static struct timespec *shorter_ms(int ms, struct timespec *room)
{
    if (ms < 0) return NULL;
    *room = timespec_of((int64_t)ms * NS_PER_MS / speed);
    return room;
}

int epoll_pwait2(int fd, struct epoll_event *events, int max, const struct timespec *timeout,
                 const sigset_t *mask)
{
    struct timespec room;
    return (int)syscall(SYS_epoll_pwait2, fd, events, max, shorter(timeout, &room), mask,
                        SIGSET_BYTES);
}

int epoll_wait(int fd, struct epoll_event *events, int max, int ms)
{
    struct timespec room;
    return (int)syscall(SYS_epoll_pwait2, fd, events, max, shorter_ms(ms, &room), NULL,
                        SIGSET_BYTES);
}

int epoll_pwait(int fd, struct epoll_event *events, int max, int ms, const sigset_t *mask)
{
    struct timespec room;
    return (int)syscall(SYS_epoll_pwait2, fd, events, max, shorter_ms(ms, &room), mask,
                        SIGSET_BYTES);
}

int poll(struct pollfd *fds, nfds_t n, int ms)
{
    struct timespec room;
    return (int)syscall(SYS_ppoll, fds, n, shorter_ms(ms, &room), NULL, SIGSET_BYTES);
}

int nanosleep(const struct timespec *wanted, struct timespec *left)
{
    struct timespec room;
    return (int)syscall(SYS_nanosleep, shorter(wanted, &room), left);
}

int clock_nanosleep(clockid_t id, int flags, const struct timespec *wanted, struct timespec *left)
{
    struct timespec room = *wanted;
    if (speed > 1 && (flags & TIMER_ABSTIME)) {
        int64_t ns = (int64_t)wanted->tv_sec * NS + wanted->tv_nsec - shown_ns(id);
        room = timespec_of(ns > 0 ? ns : 0);
    }
    return nanosleep(&room, left) < 0 ? errno : 0;
}

int usleep(useconds_t us)
{
    struct timespec t = timespec_of((int64_t)us * 1000);
    return nanosleep(&t, NULL);
}

/* An absolute time [ns] of a clock that hurries, on the machine's own. */
static int64_t machine_ns(clockid_t id, int64_t ns)
{
    return real_ns(id) + (ns - shown_ns(id)) / speed;
}

int timerfd_settime(int fd, int flags, const struct itimerspec *wanted, struct itimerspec *before)
{
    struct itimerspec set = *wanted;
    int64_t ns = (int64_t)wanted->it_value.tv_sec * NS + wanted->it_value.tv_nsec;
    if (speed > 1 && ns > 0) { /* 0 disarms it */
        ns = flags & TFD_TIMER_ABSTIME ? machine_ns(CLOCK_MONOTONIC, ns) : ns / speed;
        set.it_value = timespec_of(ns > 0 ? ns : 1);
        (void)shorter(&wanted->it_interval, &set.it_interval);
    }
    return (int)syscall(SYS_timerfd_settime, fd, flags, &set, before);
}
