#include "service.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/slice.h"

enum { TEXT_BYTES = 1024 };

/* The length for sendto; 0 when it is no path of ours. '@' stands for an abstract name. */
static socklen_t address_of(const char *path, struct sockaddr_un *ret)
{
    size_t n = path ? strlen(path) : 0;
    if (n < 2 || n >= sizeof ret->sun_path || (path[0] != '/' && path[0] != '@')) return 0;
    *ret = (struct sockaddr_un){.sun_family = AF_UNIX};
    memcpy(ret->sun_path, path, n);
    if (path[0] == '@') ret->sun_path[0] = '\0';
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
}

void service_tell(const char *fmt, ...)
{
    char text[TEXT_BYTES];
    struct sockaddr_un to;
    socklen_t to_bytes = address_of(getenv("NOTIFY_SOCKET"), &to);
    if (to_bytes == 0) return;
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return;
    (void)sendto(fd, text, strlen(text), MSG_NOSIGNAL, (const struct sockaddr *)&to, to_bytes);
    (void)close(fd);
}

static bool number_of(const char *name, uint64_t *ret)
{
    const char *text = getenv(name);
    return text && slice_to_u64(slice_of(text), INT64_MAX, ret);
}

int64_t service_watchdog_us(void)
{
    uint64_t us = 0, pid = 0;
    bool for_other =
        getenv("WATCHDOG_PID") && (!number_of("WATCHDOG_PID", &pid) || pid != (uint64_t)getpid());
    return !for_other && number_of("WATCHDOG_USEC", &us) ? (int64_t)us : 0;
}
