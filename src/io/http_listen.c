/* We bind ourselves and hand the socket to libmicrohttpd, which could only say "failed". */
#include "http_listen.h"

#include "base/slice.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 1024, UNIX_MODE = 0660 };

static int fail_busy(const char *address, const char *key, struct err *e)
{
    return err_set(e, ERR_EXISTS,
                   "something is already listening on %s; stop it or change `%s` in muster.yaml",
                   address, key);
}

static int fail_bind(const char *address, const char *key, int error, struct err *e)
{
    if (error == EADDRINUSE) return fail_busy(address, key, e);
    const char *mend = error == EACCES ? "give musterd the right to, or change" : "change";
    return err_set(e, -error, "cannot listen on %s: %s; %s `%s` in muster.yaml", address,
                   strerror(error), mend, key);
}

static int open_socket(int family)
{
    return socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

/* Whether somebody answers on the socket file: 0 = surely nobody. */
static int unix_probe(const struct sockaddr_un *at)
{
    int fd = open_socket(AF_UNIX);
    if (fd < 0) return -errno;
    int r = connect(fd, (const struct sockaddr *)at, sizeof *at) == 0 ? EADDRINUSE : errno;
    (void)close(fd);
    if (r == EAGAIN) return EADDRINUSE; /* its backlog is full */
    return r == ECONNREFUSED || r == ENOENT ? 0 : r;
}

/* Makes room for our socket file: only a dead socket is removed. */
static int unix_clear(const struct sockaddr_un *at, const char *address, struct err *e)
{
    struct stat st;
    if (lstat(at->sun_path, &st) != 0)
        return errno == ENOENT ? 0 : fail_bind(address, "socket", errno, e);
    if (!S_ISSOCK(st.st_mode))
        return err_set(e, ERR_EXISTS,
                       "%s exists and is not a socket; remove it or change `socket` in muster.yaml",
                       at->sun_path);
    int r = unix_probe(at);
    if (r != 0) return fail_bind(address, "socket", r < 0 ? -r : r, e);
    if (unlink(at->sun_path) != 0 && errno != ENOENT) return fail_bind(address, "socket", errno, e);
    return 0;
}

/* The mode is set before anybody can connect: between bind and listen. */
static int unix_bind(int fd, const struct sockaddr_un *at, int mode)
{
    if (bind(fd, (const struct sockaddr *)at, sizeof *at) != 0) return errno;
    if (chmod(at->sun_path, (mode_t)(mode ? mode : UNIX_MODE)) != 0 || listen(fd, BACKLOG) != 0) {
        int error = errno;
        (void)unlink(at->sun_path);
        return error;
    }
    return 0;
}

static int open_unix(const char *address, const char *path, int mode, struct http_listen *ret,
                     struct err *e)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    size_t n = strlen(path);
    if (n == 0 || n >= sizeof at.sun_path)
        return err_set(
            e, ERR_INVALID,
            "%s: the path of a socket has 1 to %zu bytes; change `socket` in muster.yaml", address,
            sizeof at.sun_path - 1);
    memcpy(at.sun_path, path, n);
    int r = unix_clear(&at, address, e);
    if (r != 0) return r;
    int fd = open_socket(AF_UNIX);
    int error = fd < 0 ? errno : unix_bind(fd, &at, mode);
    if (error) {
        if (fd >= 0) (void)close(fd);
        return fail_bind(address, "socket", error, e);
    }
    *ret = (struct http_listen){.fd = fd, .unix_path = xstrdup(path)};
    return 0;
}

/* Cuts "host:port", "[v6]:port", ":port"; host may be empty. */
static bool split(struct slice address, char *host, size_t host_bytes, uint64_t *ret_port)
{
    size_t colon = address.n;
    while (colon > 0 && address.p[colon - 1] != ':')
        colon--;
    if (colon == 0) return false;
    struct slice h = slice_make(address.p, colon - 1);
    if (slice_starts(h, "[") && slice_ends(h, "]")) h = slice_make(h.p + 1, h.n - 2);
    if (h.n >= host_bytes) return false;
    memcpy(host, h.p, h.n);
    host[h.n] = '\0';
    return slice_to_u64(slice_from(address, colon), 65535, ret_port);
}

static int port_of(int fd)
{
    struct sockaddr_storage at;
    socklen_t n = sizeof at;
    if (getsockname(fd, (struct sockaddr *)&at, &n) != 0) return 0;
    if (at.ss_family == AF_INET6) return ntohs(((struct sockaddr_in6 *)&at)->sin6_port);
    return ntohs(((struct sockaddr_in *)&at)->sin_port);
}

static int tcp_bind(const struct addrinfo *at, int *ret_fd)
{
    int on = 1, off = 0;
    int fd = open_socket(at->ai_family);
    if (fd < 0) return errno;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (at->ai_family == AF_INET6)
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off); /* [::] takes IPv4 too */
    if (bind(fd, at->ai_addr, at->ai_addrlen) != 0 || listen(fd, BACKLOG) != 0) {
        int error = errno;
        (void)close(fd);
        return error;
    }
    *ret_fd = fd;
    return 0;
}

/* The first address that works. When all are meant IPv6 goes first, since it takes IPv4 as well; of
 * a name IPv4 goes first: who writes localhost expects 127.0.0.1 to answer. */
static int tcp_bind_any(const struct addrinfo *list, bool all, int *ret_fd)
{
    int error = EADDRNOTAVAIL;
    const int families[] = {all ? AF_INET6 : AF_INET, all ? AF_INET : AF_INET6};
    for (size_t f = 0; f < COUNT_OF(families); f++)
        for (const struct addrinfo *at = list; at; at = at->ai_next) {
            if (at->ai_family != families[f]) continue;
            error = tcp_bind(at, ret_fd);
            if (error == 0 || error == EADDRINUSE) return error;
        }
    return error;
}

static int open_tcp(const char *address, struct http_listen *ret, struct err *e)
{
    char host[256], service[8];
    uint64_t port;
    if (!split(slice_of(address), host, sizeof host, &port))
        return err_set(
            e, ERR_INVALID,
            "%s is not an address: `host:port`, `[v6]:port`, `:port` or `unix:/path`; change "
            "`listen` in muster.yaml",
            address);
    snprintf(service, sizeof service, "%u", (unsigned)port);
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *list;
    int r = getaddrinfo(host[0] ? host : NULL, service, &hints, &list);
    if (r != 0)
        return err_set(e, ERR_INVALID, "cannot listen on %s: %s; change `listen` in muster.yaml",
                       address, gai_strerror(r));
    int fd = -1;
    int error = tcp_bind_any(list, host[0] == '\0', &fd);
    freeaddrinfo(list);
    if (error) return fail_bind(address, "listen", error, e);
    *ret = (struct http_listen){.fd = fd, .port = port_of(fd)};
    return 0;
}

int http_listen_open(const char *address, int unix_mode, struct http_listen *ret, struct err *e)
{
    struct slice a = slice_of(address);
    if (slice_starts(a, "unix:")) return open_unix(address, address + 5, unix_mode, ret, e);
    return open_tcp(address, ret, e);
}

void http_listen_close(struct http_listen *l)
{
    /* In this order: once the socket is closed the file may be another's already. */
    if (l->unix_path) (void)unlink(l->unix_path);
    if (l->fd >= 0) (void)close(l->fd);
    free(l->unix_path);
    *l = (struct http_listen){.fd = -1};
}
