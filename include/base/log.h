#pragma once
/* The log: lines on stderr, with the sd-daemon priority prefix under systemd. At the default level
 * (info) no line holds a phone number or a message text; secrets are in no line at any level. Each
 * error is logged once, where it is decided. */
#include "base/check.h"

#include <stdbool.h>
#include <stdint.h>

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* Of the process: lines above that level are dropped. At the start: info. */
void log_set_level(enum log_level level);
enum log_level log_get_level(void);
/* One line of at most 2 KB, written at once; line breaks inside it are made harmless (base/plain.h). */
void log_line(enum log_level level, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Whether the nth of the same (from 1) is worth a line: the 1st, 2nd, 4th, 8th …, so that what comes again and again is heard of
 * and does not fill the log. */
static inline bool log_worth_saying(uint64_t nth)
{
    return (nth & (nth - 1)) == 0;
}

#define log_error(...) log_line(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warn(...)  log_line(LOG_LEVEL_WARN, __VA_ARGS__)
#define log_info(...)  log_line(LOG_LEVEL_INFO, __VA_ARGS__)
/* The arguments are not evaluated when debug is off. */
#define log_debug(...)                                                                             \
    (log_get_level() >= LOG_LEVEL_DEBUG ? log_line(LOG_LEVEL_DEBUG, __VA_ARGS__) : (void)0)
