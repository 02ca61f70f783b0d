#include "base/log.h"

#include "base/plain.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static enum log_level current_level = LOG_LEVEL_INFO;

static const struct {
    const char *name;
    const char *sd_prefix; /* sd-daemon(3): <3> err, <4> warning, <6> info, <7> debug */
} levels[] = {{"error", "<3>"}, {"warn", "<4>"}, {"info", "<6>"}, {"debug", "<7>"}};

void log_set_level(enum log_level level)
{
    current_level = level;
}

enum log_level log_get_level(void)
{
    return current_level;
}

void log_line(enum log_level level, const char *fmt, ...)
{
    if (level > current_level) return;
    char text[2048], line[sizeof text];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    /* One line is one write: a line end inside (from a peer's words) would forge a second line. */
    (void)plain_copy(line, sizeof line, slice_of(text), PLAIN_LINE);
    if (getenv("JOURNAL_STREAM")) {
        fprintf(stderr, "%s%s\n", levels[level].sd_prefix, line);
        return;
    }
    char stamp[32];
    struct timespec now;
    struct tm tm;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &tm);
    strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S", &tm);
    fprintf(stderr, "%s.%03ldZ %s: %s\n", stamp, now.tv_nsec / 1000000, levels[level].name, line);
}
