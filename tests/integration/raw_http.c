#include "raw_http.h"

#include "base/clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PEERS_MAX = 256, REQUEST_BYTES_MAX = 1024 * 1024, PATIENCE_S = 30 };

struct peer {
    struct raw_server *server;
    struct loop_fd *watch; /* NULL = free */
    int fd;
    struct buf in;
};

struct raw_server {
    struct loop *loop;
    struct loop_fd *watch;
    int fd, arrivals, accepted;
    raw_react *react;
    struct peer peers[PEERS_MAX];
};

static struct sockaddr_in loopback(int port)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static int port_of(int fd)
{
    struct sockaddr_in at;
    socklen_t n = sizeof at;
    check(getsockname(fd, (struct sockaddr *)&at, &n) == 0);
    return ntohs(at.sin_port);
}

static int bind_any(int flags)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
    struct sockaddr_in at = loopback(0);
    check(fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof at) == 0);
    return fd;
}

static void peer_close(struct peer *p, bool reset)
{
    struct linger hard = {.l_onoff = 1, .l_linger = 0};
    if (reset) check(setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard) == 0);
    loop_fd_free(p->watch);
    p->watch = NULL;
    close(p->fd);
    buf_done(&p->in);
}

/* Bytes of the first whole request in the buffer, 0 = not there yet. */
static size_t request_bytes(const struct buf *b)
{
    const char *end = b->p ? strstr(b->p, "\r\n\r\n") : NULL;
    if (!end) return 0;
    const char *length = strcasestr(b->p, "\r\nContent-Length:");
    size_t body = length && length < end ? strtoul(length + 17, NULL, 10) : 0;
    size_t whole = (size_t)(end - b->p) + 4 + body;
    return b->n >= whole ? whole : 0;
}

static void on_peer(void *arg, int events)
{
    struct peer *p = arg;
    (void)events;
    char *to = buf_reserve(&p->in, 65536);
    check(to != NULL);
    ssize_t n = recv(p->fd, to, 65536, 0);
    if (n <= 0) {
        peer_close(p, false);
        return;
    }
    p->in.n += (size_t)n;
    p->in.p[p->in.n] = '\0';
    size_t whole;
    while ((whole = request_bytes(&p->in)) > 0) {
        buf_shift(&p->in, whole);
        struct raw_reaction r = p->server->react(++p->server->arrivals);
        if (r.bytes) raw_send(p->fd, r.bytes);
        if (r.then == RAW_KEEP) continue;
        peer_close(p, r.then == RAW_RESET);
        return;
    }
}

static void on_listen(void *arg, int events)
{
    struct raw_server *s = arg;
    (void)events;
    int fd = accept4(s->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) return;
    s->accepted++;
    struct peer *p = s->peers;
    while (p < s->peers + PEERS_MAX && p->watch)
        p++;
    check(p < s->peers + PEERS_MAX);
    *p = (struct peer){.server = s, .fd = fd, .in = BUF_INIT(REQUEST_BYTES_MAX)};
    p->watch = loop_fd_new(s->loop, fd, LOOP_READ, on_peer, p);
}

struct raw_server *raw_server_new(struct loop *l, raw_react *react)
{
    struct raw_server *s = xcalloc(1, sizeof *s);
    s->loop = l;
    s->react = react;
    s->fd = bind_any(SOCK_NONBLOCK);
    check(listen(s->fd, PEERS_MAX) == 0);
    s->watch = loop_fd_new(l, s->fd, LOOP_READ, on_listen, s);
    return s;
}

void raw_server_hang_up(struct raw_server *s)
{
    for (size_t i = 0; i < PEERS_MAX; i++)
        if (s->peers[i].watch) peer_close(&s->peers[i], false);
}

void raw_server_free(struct raw_server *s)
{
    raw_server_hang_up(s);
    loop_fd_free(s->watch);
    close(s->fd);
    free(s);
}

int raw_server_port(const struct raw_server *s)
{
    return port_of(s->fd);
}

int raw_server_arrivals(const struct raw_server *s)
{
    return s->arrivals;
}

int raw_server_accepted(const struct raw_server *s)
{
    return s->accepted;
}

int raw_server_unread(const struct raw_server *s)
{
    int sum = 0, n;
    for (size_t i = 0; i < PEERS_MAX; i++)
        if (s->peers[i].watch && ioctl(s->peers[i].fd, FIONREAD, &n) == 0) sum += n;
    return sum;
}

int raw_connect(int port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in at = loopback(port);
    check(fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof at) == 0);
    return fd;
}

void raw_send(int fd, const char *bytes)
{
    size_t n = strlen(bytes);
    check(send(fd, bytes, n, MSG_NOSIGNAL) == (ssize_t)n);
}

/* What there is now; false at the end of the stream. */
static bool read_some(int fd, struct buf *out)
{
    char *to = buf_reserve(out, 4096);
    check(to != NULL);
    ssize_t n = recv(fd, to, 4096, MSG_DONTWAIT);
    if (n < 0) return errno == EAGAIN;
    out->n += (size_t)n;
    out->p[out->n] = '\0';
    return n > 0;
}

void raw_read_to_end(struct loop *l, int fd, struct buf *out)
{
    int64_t end_us = clock_mono_us() + PATIENCE_S * 1000000LL;
    while (read_some(fd, out)) {
        check(clock_mono_us() < end_us);
        loop_turn(l, 10000);
    }
}

bool raw_read_until(struct loop *l, int fd, const char *text, struct buf *out)
{
    int64_t end_us = clock_mono_us() + PATIENCE_S * 1000000LL;
    while (!out->p || !strstr(out->p, text)) {
        check(clock_mono_us() < end_us);
        if (!read_some(fd, out)) return out->p && strstr(out->p, text);
        loop_turn(l, 10000);
    }
    return true;
}

int raw_free_port(void)
{
    int fd = bind_any(0);
    int port = port_of(fd);
    close(fd);
    return port;
}
