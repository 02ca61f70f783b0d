#include "redis_wire.h"

#include "io/loop.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <hiredis/hiredis.h>

enum {
    READ_BYTES = 64 * 1024,
    OUT_BYTES_MAX = 1 << 30, /* commands have deadlines, so this much is never waiting */
    OUT_KEPT_BYTES = 1 << 20,
};

enum stage { CONNECTING, SHAKING, OPEN, CLOSED };

struct redis_wire {
    struct redis_wire_owner owner;
    enum stage stage;
    int fd;
    struct loop_fd *watch;
    struct redis_tls *tls;
    struct redis_tls_stream *stream; /* NULL = plain */
    redisReader *reader;
    struct buf out;
    size_t sent;      /* of out */
    bool wants_write; /* of the socket */
    int busy;         /* calls of the owner that are under way */
    bool freed;       /* by it */
    char host[URL_HOST_BYTES];
};

static void say_closed(struct redis_wire *w, int failure, const char *why)
{
    if (w->stage == CLOSED) return;
    w->stage = CLOSED;
    loop_fd_want(w->watch, 0);
    w->owner.closed(w->owner.arg, failure, why);
}

static void destroy(struct redis_wire *w)
{
    loop_fd_free(w->watch);
    redis_tls_end(w->stream);
    if (w->fd >= 0) close(w->fd);
    if (w->reader) redisReaderFree(w->reader);
    buf_done(&w->out);
    free(w);
}

static void leave(struct redis_wire *w)
{
    if (--w->busy == 0 && w->freed) destroy(w);
}

static void update(struct redis_wire *w)
{
    bool writes = w->stage == CONNECTING || w->wants_write;
    if (w->stage != CLOSED)
        loop_fd_want(w->watch, LOOP_READ * (w->stage != CONNECTING) | (writes ? LOOP_WRITE : 0));
}

/* ---- out ---- */

static long put_some(struct redis_wire *w, const char *from, size_t n)
{
    if (w->stream) return redis_tls_write(w->stream, from, n);
    ssize_t put = send(w->fd, from, n, MSG_NOSIGNAL);
    if (put >= 0) return put;
    return errno == EAGAIN || errno == EINTR ? REDIS_TLS_WANTS_WRITE : REDIS_TLS_FAILED;
}

static void all_is_out(struct redis_wire *w)
{
    w->sent = 0;
    if (w->out.cap > OUT_KEPT_BYTES)
        buf_done(&w->out);
    else
        buf_clear(&w->out);
}

static void flush(struct redis_wire *w)
{
    w->wants_write = false;
    if (w->out.failed) {
        say_closed(w, ERR_UNREACHABLE, "too much waits to be sent");
        return;
    }
    while (w->stage == OPEN && w->sent < w->out.n) {
        errno = 0;
        long put = put_some(w, w->out.p + w->sent, w->out.n - w->sent);
        if (put == REDIS_TLS_FAILED || put == 0) {
            say_closed(w, ERR_UNREACHABLE, errno ? strerror(errno) : "connection closed");
            return;
        }
        w->wants_write = put == REDIS_TLS_WANTS_WRITE;
        if (put < 0) break;
        w->sent += (size_t)put;
    }
    if (w->sent && w->sent == w->out.n) all_is_out(w);
    update(w);
}

void redis_wire_flush(struct redis_wire *w)
{
    if (w->stage != OPEN || w->out.n == 0) return;
    w->busy++;
    flush(w);
    leave(w);
}

struct buf *redis_wire_out(struct redis_wire *w)
{
    return &w->out;
}

static void put_head(struct buf *b, char kind, size_t n)
{
    char text[24], *p = text + sizeof text;
    *--p = '\n';
    *--p = '\r';
    do {
        *--p = (char)('0' + n % 10);
        n /= 10;
    } while (n);
    *--p = kind;
    buf_add(b, p, (size_t)(text + sizeof text - p));
}

void redis_wire_begin(struct redis_wire *w, size_t argc)
{
    put_head(&w->out, '*', argc);
}

void redis_wire_words(struct redis_wire *w, size_t n, const struct slice *words)
{
    for (size_t i = 0; i < n; i++) {
        put_head(&w->out, '$', words[i].n);
        buf_add_slice(&w->out, words[i]);
        buf_add(&w->out, "\r\n", 2);
    }
}

void redis_wire_put(struct redis_wire *w, size_t argc, const struct slice *argv)
{
    redis_wire_begin(w, argc);
    redis_wire_words(w, argc, argv);
}

/* ---- in ---- */

static long get_some(struct redis_wire *w, char *to, size_t n)
{
    if (w->stream) return redis_tls_read(w->stream, to, n);
    ssize_t got = recv(w->fd, to, n, 0);
    if (got >= 0) return got;
    return errno == EAGAIN || errno == EINTR ? REDIS_TLS_WANTS_READ : REDIS_TLS_FAILED;
}

static void give_replies(struct redis_wire *w)
{
    while (w->stage == OPEN && !w->freed) {
        void *reply = NULL;
        if (redisReaderGetReply(w->reader, &reply) != REDIS_OK) {
            say_closed(w, ERR_REFUSED, w->reader->errstr);
            return;
        }
        if (!reply) return;
        w->owner.reply(w->owner.arg, reply);
    }
}

static void take(struct redis_wire *w)
{
    char bytes[READ_BYTES];
    do {
        errno = 0;
        long got = get_some(w, bytes, sizeof bytes);
        if (got == REDIS_TLS_WANTS_READ || got == REDIS_TLS_WANTS_WRITE) return;
        if (got <= 0) {
            say_closed(w, ERR_UNREACHABLE,
                       got < 0 && errno ? strerror(errno) : "Server closed the connection");
            return;
        }
        (void)redisReaderFeed(w->reader, bytes, (size_t)got);
        give_replies(w);
    } while (w->stage == OPEN && !w->freed && w->stream && redis_tls_has_more(w->stream));
}

/* ---- connecting ---- */

static void is_open(struct redis_wire *w)
{
    w->stage = OPEN;
    update(w);
    w->owner.opened(w->owner.arg);
}

static void shake(struct redis_wire *w)
{
    char why[ERR_TEXT_BYTES];
    int result = redis_tls_shake(w->stream, why, sizeof why);
    if (result == REDIS_TLS_FAILED) {
        say_closed(w, ERR_REFUSED, why);
        return;
    }
    w->wants_write = result == REDIS_TLS_WANTS_WRITE;
    if (result == 0)
        is_open(w);
    else
        update(w);
}

static void connected(struct redis_wire *w)
{
    int error = 0;
    socklen_t n = sizeof error;
    if (getsockopt(w->fd, SOL_SOCKET, SO_ERROR, &error, &n) != 0) error = errno;
    if (error) {
        say_closed(w, ERR_UNREACHABLE, strerror(error));
        return;
    }
    if (!w->tls) {
        is_open(w);
        return;
    }
    w->stage = SHAKING;
    w->stream = redis_tls_begin(w->tls, w->fd, w->host);
    shake(w);
}

static void on_fd(void *arg, int events)
{
    struct redis_wire *w = arg;
    w->busy++;
    if (w->stage == CONNECTING)
        connected(w);
    else if (w->stage == SHAKING)
        shake(w);
    else if (w->stage == OPEN && w->wants_write)
        flush(w);
    if (w->stage == OPEN && !w->freed && events & LOOP_READ) take(w);
    leave(w);
}

/* A descriptor that is connecting, or negative. */
static int connect_to(int family, const struct sockaddr *to, socklen_t n)
{
    int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), yes = 1;
    if (fd < 0) return -errno;
    if (family != AF_UNIX) (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (connect(fd, to, n) == 0 || errno == EINPROGRESS) return fd;
    int error = errno;
    close(fd);
    return -error;
}

static int connect_unix(const char *path)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof to.sun_path) return -ENAMETOOLONG;
    (void)snprintf(to.sun_path, sizeof to.sun_path, "%s", path);
    return connect_to(AF_UNIX, (struct sockaddr *)&to, sizeof to);
}

static int connect_tcp(const struct url_place *place, unsigned attempt, const char **ret_why)
{
    char port[16];
    struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM}, *list = NULL;
    (void)snprintf(port, sizeof port, "%d", place->port);
    int rc = getaddrinfo(place->host, port, &hints, &list);
    hints.ai_family = AF_INET6;
    if (rc != 0) rc = getaddrinfo(place->host, port, &hints, &list);
    if (rc != 0) {
        *ret_why = gai_strerror(rc);
        return -EHOSTUNREACH;
    }
    unsigned n = 0;
    for (const struct addrinfo *a = list; a; a = a->ai_next)
        n++;
    const struct addrinfo *chosen = list;
    for (unsigned i = attempt % n; i > 0; i--)
        chosen = chosen->ai_next;
    int fd = connect_to(chosen->ai_family, chosen->ai_addr, chosen->ai_addrlen);
    freeaddrinfo(list);
    return fd;
}

int redis_wire_open(struct loop *l, const struct url_place *place, unsigned attempt,
                    struct redis_tls *tls, const struct redis_wire_owner *owner,
                    struct redis_wire **ret, struct err *e)
{
    const char *why = NULL;
    int fd = place->port ? connect_tcp(place, attempt, &why) : connect_unix(place->host);
    if (fd < 0) return err_set(e, ERR_UNREACHABLE, "%s", why ? why : strerror(-fd));
    struct redis_wire *w = xcalloc(1, sizeof *w);
    w->owner = *owner;
    w->fd = fd;
    w->tls = tls;
    w->out = BUF_INIT(OUT_BYTES_MAX);
    w->reader = redisReaderCreate();
    check(w->reader);
    (void)snprintf(w->host, sizeof w->host, "%s", place->host);
    w->watch = loop_fd_new(l, fd, LOOP_WRITE, on_fd, w);
    *ret = w;
    return 0;
}

void redis_wire_free(struct redis_wire *w)
{
    if (!w || w->freed) return;
    w->stage = CLOSED;
    w->freed = true;
    loop_fd_want(w->watch, 0);
    if (w->busy == 0) destroy(w);
}
