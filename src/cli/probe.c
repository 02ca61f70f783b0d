#include "probe.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HOST_BYTES = 256, PORT_BYTES = 8 };

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

int probe_tcp(const char *host, const char *port, struct err *e)
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

/* "host:port", "[::1]:port"; without a port, `fallback`. */
static int split_and_probe(struct slice address, const char *fallback, struct err *e)
{
    char host[HOST_BYTES], port[PORT_BYTES];
    struct slice name = address, number = slice_of(fallback);
    uint64_t n;
    long colon = -1;
    for (size_t i = 0; i < address.n; i++)
        if (address.p[i] == ':') colon = (long)i;
    bool six = address.n && address.p[address.n - 1] == ']';
    if (colon >= 0 && !six) {
        name = slice_make(address.p, (size_t)colon);
        number = slice_from(address, (size_t)colon + 1);
    }
    if (name.n > 2 && name.p[0] == '[') name = slice_make(name.p + 1, name.n - 2);
    if (name.n == 0 || name.n >= sizeof host || !slice_to_u64(number, 65535, &n) || n == 0)
        return err_set(e, ERR_INVALID, "'%.*s' is no host:port", SLICE_ARG(address));
    (void)snprintf(host, sizeof host, "%.*s", SLICE_ARG(name));
    (void)snprintf(port, sizeof port, "%u", (unsigned)n);
    return probe_tcp(host, port, e);
}

int probe_address(struct slice address, struct err *e)
{
    return split_and_probe(slice_trim(address), "", e);
}

int probe_url(const char *url, struct err *e)
{
    struct slice rest = slice_of(url);
    bool tls = slice_starts(rest, "https://");
    if (!tls && !slice_starts(rest, "http://"))
        return err_set(e, ERR_INVALID, "'%s' is no http:// or https:// URL", url);
    rest = slice_from(rest, tls ? strlen("https://") : strlen("http://"));
    size_t end = 0;
    while (end < rest.n && !strchr("/?#", rest.p[end]))
        end++;
    return split_and_probe(slice_make(rest.p, end), tls ? "443" : "80", e);
}
