#pragma once
/* The two clocks, never mixed: monotonic microseconds inside a process, wall milliseconds in the
 * store and on the wire. core never reads a clock: it is given `now`. */
#include <stdint.h>

int64_t clock_mono_us(void); /* [µs] since some moment; never goes back */
int64_t clock_wall_ms(void); /* [wall ms] since 1970, the offset below included */
/* The wall clock may be made to follow another one (the daemon's follows Redis',
 * store/redis_time.h): by this much it is ahead of the machine's [ms]. */
void clock_wall_set_offset(int64_t ms);
int64_t clock_wall_offset_ms(void);
int64_t clock_machine_ms(void); /* the machine's own wall clock */

/* "2026-11-27T20:00:00Z" from wall milliseconds; out holds at least CLOCK_ISO_BYTES. */
enum { CLOCK_ISO_BYTES = 32 };
void clock_iso(int64_t wall_ms, char *out);
