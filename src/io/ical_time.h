#pragma once
/* libical's times that float (have no zone), and seconds of a clock on the wall since 1970. */
#include <stdint.h>

#include <libical/ical.h>

struct icaltimetype ical_time_at(int64_t clock_s);
/* The time's zone does not count. */
int64_t ical_time_clock(struct icaltimetype at);
