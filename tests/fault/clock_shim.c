/* Clocks that a test can set and hurry, for one process: LD_PRELOAD it, and name a file in
 * $CLOCK_SHIM_FILE. The file holds three numbers, 8 bytes each: by how much the wall clock is off
 * [ns], by how much it runs fast [parts per million], and by how much the clocks do that count from
 * the start of the machine. The process sees a change with its next look at the clock.
 *
 * (libfaketime would do the same, but a redis-server with jemalloc hangs in it: that reads the
 * clock while libfaketime allocates. Here nothing is allocated.) */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

struct setting {
    volatile int64_t offset_ns, ppm, mono_ppm;
};

enum { NS = 1000000000 };
static const struct setting *setting;
static int64_t began_ns, began_mono_ns;

static int64_t real_ns(clockid_t id)
{
    struct timespec t;
    syscall(SYS_clock_gettime, id, &t);
    return (int64_t)t.tv_sec * NS + t.tv_nsec;
}

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("CLOCK_SHIM_FILE");
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0) return;
    void *p = mmap(NULL, sizeof *setting, PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
    if (p == MAP_FAILED) return;
    began_ns = real_ns(CLOCK_REALTIME);
    began_mono_ns = real_ns(CLOCK_BOOTTIME);
    setting = p;
}

static int64_t gained_ns(int64_t passed_ns, int64_t ppm)
{
    return passed_ns / 1000000 * ppm;
}

static int64_t shown_ns(void)
{
    int64_t now = real_ns(CLOCK_REALTIME);
    if (!setting) return now;
    return now + setting->offset_ns + gained_ns(now - began_ns, setting->ppm);
}

static int64_t counted_ns(clockid_t id)
{
    int64_t now = real_ns(id);
    if (!setting) return now;
    /* by the same clock for all of them, so that they stay together */
    return now + gained_ns(real_ns(CLOCK_BOOTTIME) - began_mono_ns, setting->mono_ppm);
}

int clock_gettime(clockid_t id, struct timespec *ret)
{
    int64_t ns;
    if (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)
        ns = shown_ns();
    else if (id == CLOCK_MONOTONIC || id == CLOCK_MONOTONIC_COARSE || id == CLOCK_BOOTTIME)
        ns = counted_ns(id);
    else
        return (int)syscall(SYS_clock_gettime, id, ret);
    *ret = (struct timespec){.tv_sec = ns / NS, .tv_nsec = ns % NS};
    return 0;
}

int gettimeofday(struct timeval *restrict ret, void *restrict zone)
{
    (void)zone;
    int64_t ns = shown_ns();
    *ret = (struct timeval){.tv_sec = ns / NS, .tv_usec = ns % NS / 1000};
    return 0;
}

time_t time(time_t *ret)
{
    time_t s = shown_ns() / NS;
    if (ret) *ret = s;
    return s;
}
