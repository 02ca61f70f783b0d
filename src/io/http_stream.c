/* libmicrohttpd asks for bytes whenever the socket takes some. When there are none the connection is
 * suspended, so that it neither spins nor times out; a write wakes it. libmicrohttpd does not look at a
 * suspended socket, so we do, all the time: a client that left is seen at once, not with the next write. */
#include "http_stream.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* Room that libmicrohttpd keeps for clients of HTTP/1.0, who get no chunks. */
enum { BLOCK_BYTES = 512, KEEP_BYTES = 4 * 1024 };
/* [ms] what was sent may be without a sign of having arrived: a phone that lost its network says
 * nothing. */
enum { UNHEARD_MS = 30 * 1000 };

struct http_stream {
    struct http_request *q;
    int fd; /* libmicrohttpd's */
    struct loop_fd *watch;
    void (*wake)(struct http_request *q);
    http_gone_cb *gone; /* NULL: the owner has closed it */
    void *arg;
    struct buf out;
    size_t sent; /* of out */
    bool asleep, closed, broken;
};

static void wake(struct http_stream *s)
{
    if (!s->asleep) return;
    s->asleep = false;
    s->wake(s->q);
}

static ssize_t sleep_until_written(struct http_stream *s)
{
    s->asleep = true;
    MHD_suspend_connection(s->q->mhd);
    return 0;
}

static void took(struct http_stream *s, size_t n)
{
    s->sent += n;
    if (s->sent < s->out.n) return;
    s->sent = 0;
    if (s->out.cap > KEEP_BYTES) buf_done(&s->out);
    buf_clear(&s->out);
}

static ssize_t on_read(void *arg, uint64_t pos, char *to, size_t max)
{
    struct http_stream *s = arg;
    (void)pos;
    if (s->broken) return MHD_CONTENT_READER_END_WITH_ERROR;
    size_t n = s->out.n - s->sent;
    if (n == 0) return s->closed ? MHD_CONTENT_READER_END_OF_STREAM : sleep_until_written(s);
    if (n > max) n = max;
    memcpy(to, s->out.p + s->sent, n);
    took(s, n);
    return (ssize_t)n;
}

/* Something came while we have nothing to say: the end, or bytes that nobody wants. */
static void on_client(void *arg, int events)
{
    struct http_stream *s = arg;
    char byte;
    (void)events;
    ssize_t n = recv(s->fd, &byte, sizeof byte, MSG_PEEK | MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    s->broken = true;
    loop_fd_want(s->watch, 0); /* what came stays unread, and would be told of in each turn */
    wake(s);
}

struct http_stream *http_stream_new(struct http_request *q, struct loop *l, int fd,
                                    void (*wake_up)(struct http_request *q), http_gone_cb *gone,
                                    void *arg)
{
    struct http_stream *s = xcalloc(1, sizeof *s);
    s->q = q;
    s->fd = fd;
    s->wake = wake_up;
    s->gone = gone;
    s->arg = arg;
    s->watch = loop_fd_new(l, fd, LOOP_READ, on_client, s);
    int unheard_ms = UNHEARD_MS; /* no unix socket knows it, and needs it */
    (void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unheard_ms, sizeof unheard_ms);
    buf_init(&s->out, HTTP_STREAM_BYTES_MAX);
    return s;
}

struct MHD_Response *http_stream_response(struct http_stream *s)
{
    return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK_BYTES, on_read, s, NULL);
}

void http_stream_end(struct http_stream *s)
{
    loop_fd_free(s->watch);
    if (s->gone) s->gone(s->arg);
    buf_done(&s->out);
    free(s);
}

/* Shut down, not closed: libmicrohttpd sees the end of a socket that it waits for. */
static bool cut_off(struct http_stream *s)
{
    s->broken = true;
    (void)shutdown(s->fd, SHUT_RDWR);
    wake(s);
    return false;
}

bool http_stream_write(struct http_stream *s, struct slice bytes)
{
    check(!s->closed);
    if (s->broken) return false;
    buf_shift(&s->out, s->sent); /* what has left makes room */
    s->sent = 0;
    buf_add(&s->out, bytes.p, bytes.n);
    if (s->out.failed) return cut_off(s);
    wake(s);
    return true;
}

void http_stream_finish(struct http_stream *s)
{
    s->closed = true;
    wake(s);
}

void http_stream_close(struct http_stream *s)
{
    check(!s->closed);
    s->gone = NULL;
    http_stream_finish(s);
}

size_t http_stream_waiting(const struct http_stream *s)
{
    return s->out.n - s->sent;
}
