#include "base/clock.h"

#include <time.h>

static int64_t read_us(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t clock_mono_us(void)
{
    /* BOOTTIME goes on while the machine is suspended: what passed the gate before is late
     * afterwards. */
    return read_us(CLOCK_BOOTTIME);
}

static int64_t wall_offset_ms;

void clock_wall_set_offset(int64_t ms)
{
    wall_offset_ms = ms;
}

int64_t clock_wall_offset_ms(void)
{
    return wall_offset_ms;
}

int64_t clock_machine_ms(void)
{
    return read_us(CLOCK_REALTIME) / 1000;
}

int64_t clock_wall_ms(void)
{
    return clock_machine_ms() + wall_offset_ms;
}

void clock_iso(int64_t wall_ms, char *out)
{
    time_t s = (time_t)(wall_ms / 1000);
    struct tm tm;
    gmtime_r(&s, &tm);
    strftime(out, CLOCK_ISO_BYTES, "%Y-%m-%dT%H:%M:%SZ", &tm);
}
