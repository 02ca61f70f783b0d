#include "probe.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/url.h"

enum { PORT_BYTES = 8 };

/* 0 or an errno. */
static int connect_within(int fd, const struct addrinfo *to, int ms)
{
    struct pollfd waiting = {.fd = fd, .events = POLLOUT};
    int why = 0;
    socklen_t size = sizeof why;
    if (connect(fd, to->ai_addr, to->ai_addrlen) == 0) return 0;
    if (errno != EINPROGRESS) return errno;
    int n = poll(&waiting, 1, ms);
    if (n == 0) return ETIMEDOUT;
    if (n < 0 || getsockopt(fd, SOL_SOCKET, SO_ERROR, &why, &size) != 0) return errno;
    return why;
}

static int try_one(const struct addrinfo *to)
{
    int fd = socket(to->ai_family, to->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, to->ai_protocol);
    if (fd < 0) return errno;
    int why = connect_within(fd, to, PROBE_MS);
    (void)close(fd);
    return why;
}

static int probe_tcp(const char *host, const char *port, struct err *e)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *all = NULL;
    int why = getaddrinfo(host, port, &hints, &all);
    if (why != 0)
        return err_set(e, ERR_UNREACHABLE,
                       "%s has no address: %s; check the name, and this machine's DNS", host,
                       gai_strerror(why));
    why = ECONNREFUSED;
    for (const struct addrinfo *a = all; a && why != 0; a = a->ai_next)
        why = try_one(a);
    freeaddrinfo(all);
    if (why == 0) return 0;
    return err_set(
        e, ERR_UNREACHABLE,
        "nobody answers at %s port %s: %s; check the address, and the firewall on the way", host,
        port, strerror(why));
}

static int probe_place(const struct url_place *place, struct err *e)
{
    char port[PORT_BYTES];
    (void)snprintf(port, sizeof port, "%d", place->port);
    return probe_tcp(place->host, port, e);
}

int probe_address(struct slice address, struct err *e)
{
    char url[URL_BYTES_MAX];
    struct url_place place;
    address = slice_trim(address);
    int n = snprintf(url, sizeof url, "tcp://%.*s", SLICE_ARG(address));
    if (url_place(slice_make(url, (size_t)n), 0, &place) < 0)
        return err_set(e, ERR_INVALID, "'%.*s' is no host:port", SLICE_ARG(address));
    return probe_place(&place, e);
}

int probe_url(const char *url, struct err *e)
{
    struct url_place place;
    if (url_place(slice_of(url), 0, &place) < 0)
        return err_set(e, ERR_INVALID, "'%s' is no http:// or https:// URL", url);
    return probe_place(&place, e);
}
