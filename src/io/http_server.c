/* Connections and requests of libmicrohttpd, which http_drive.c runs.
 *
 * A connection has one request at a time, so the request is a part of it and its buffers are used
 * again. A request whose handler has not responded to is suspended until the response comes.
 *
 * libmicrohttpd ends connections that are silent too long, but not those that send a byte now and
 * then. Connections that owe us a request stand in a queue by age: the old ones are shut down, and
 * sooner than that when nearly all places are taken, so that slow clients never shut out the
 * others.
 */
#include "io/http_server.h"

#include "base/buf.h"
#include "base/clock.h"
#include "http_drive.h"
#include "http_listen.h"
#include "http_request.h"
#include "http_stream.h"
#include "http_upload.h"

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>

#include <microhttpd.h>

enum {
    CONNECTION_BYTES = 24 * 1024, /* headers of request and response, and a piece of the body */
    UPLOAD_S = 15 * 60,           /* [s] that a body which goes into a file may take */
    REFUSAL_BYTES_MAX = 4096,
    STOP_TURNS = 16, /* for the last responses to leave */
};
#define STOPPING "The server is stopping.\n"

TAILQ_HEAD(connections, connection);

struct connection {
    struct http_request request; /* the first member: see connection_of */
    struct http_server *server;
    char peer[INET6_ADDRSTRLEN];
    struct connections *list; /* the one it stands in, or NULL */
    TAILQ_ENTRY(connection) place;
    int64_t waiting_since_us; /* of the loop's awake clock */
};

static struct connection *connection_of(struct http_request *q)
{
    return (struct connection *)(void *)q;
}

struct http_server {
    struct MHD_Daemon *mhd;
    struct http_drive *drive; /* of mhd */
    struct loop *loop;
    struct loop_timer *sweep_timer;
    unsigned idle_s;
    unsigned gaps;  /* of the loop, that the connections were forgiven */
    int64_t owe_us; /* [µs] that a connection may owe us a whole request */
    struct http_listen listen;
    bool listening, ending;
    http_handler *handler;
    void *arg;
    size_t body_bytes_max;
    size_t (*body_max)(void *arg, const struct http_request *q);
    const char *(*refusal)(void *arg, const struct http_request *q, int status, const char *text,
                           struct buf *out);
    struct http_upload *(*upload)(void *arg, const struct http_request *q);
    struct http_budget *budget;
    struct connections waiting; /* for a whole request, the oldest first */
    struct connections open;    /* with a request that the handler has not responded to */
    struct connections uploads; /* with a body that goes into a file */
    struct connections streams; /* with a response that goes on */
    size_t open_count, stream_count, streams_max;
    unsigned connections, connections_max; /* now; at most */
    uint64_t accepted;
};

/* ---- connections ---- */

static void forgive(struct connections *list, unsigned idle_s)
{
    struct connection *c;
    TAILQ_FOREACH(c, list, place)
    {
        (void)MHD_set_connection_option(c->request.mhd, MHD_CONNECTION_OPTION_TIMEOUT, 0U);
        (void)MHD_set_connection_option(c->request.mhd, MHD_CONNECTION_OPTION_TIMEOUT, idle_s);
    }
}

/* libmicrohttpd judges silence before it reads: after a gap it would close connections whose
 * request lies in the socket. A timeout that is set anew, from none, begins to run now. */
static void forgive_gaps(void *arg)
{
    struct http_server *s = arg;
    unsigned gaps = loop_gaps(s->loop);
    if (gaps == s->gaps) return;
    s->gaps = gaps;
    forgive(&s->waiting, s->idle_s);
    forgive(&s->uploads, s->idle_s);
}

static void move_to(struct connection *c, struct connections *list)
{
    if (c->list) TAILQ_REMOVE(c->list, c, place);
    c->list = list;
    if (list) TAILQ_INSERT_TAIL(list, c, place);
}

static void wait_for_request(struct connection *c)
{
    struct http_server *s = c->server;
    c->waiting_since_us = loop_awake_us(s->loop);
    move_to(c, &s->waiting);
    if (!loop_timer_armed(s->sweep_timer))
        loop_timer_at_awake(s->sweep_timer, c->waiting_since_us + s->owe_us);
}

/* Shut down, not closed: the descriptor is libmicrohttpd's, which sees the end of the stream. */
static void cut_off(struct connection *c)
{
    move_to(c, NULL);
    (void)shutdown(http_request_socket(&c->request), SHUT_RDWR);
}

static void on_sweep(void *arg)
{
    struct http_server *s = arg;
    struct connection *c;
    int64_t since_us = loop_awake_us(s->loop) - s->owe_us;
    while ((c = TAILQ_FIRST(&s->waiting)) != NULL && c->waiting_since_us <= since_us)
        cut_off(c);
    if (c) loop_timer_at_awake(s->sweep_timer, c->waiting_since_us + s->owe_us);
}

/* To make room for a new connection, the one is closed that has owed us a request for the longest.
 */
static void make_room(struct http_server *s)
{
    struct connection *oldest = TAILQ_FIRST(&s->waiting);
    size_t requests = s->connections - s->stream_count, max = s->connections_max - s->streams_max;
    if (oldest && requests > max - max / 4) cut_off(oldest);
}

static struct connection *connection_new(struct http_server *s, struct MHD_Connection *mhd)
{
    struct connection *c = xcalloc(1, sizeof *c);
    s->accepted++;
    s->connections++;
    make_room(s);
    c->server = s;
    http_request_init(&c->request, s->body_bytes_max);
    c->request.mhd = mhd;
    c->request.budget = s->budget;
    c->request.is_unix = s->listen.unix_path != NULL;
    c->request.peer = c->peer;
    http_request_peer_of(mhd, c->peer, sizeof c->peer);
    wait_for_request(c);
    return c;
}

static void connection_free(struct connection *c)
{
    check(c->request.stage != STAGE_OPEN);
    move_to(c, NULL);
    /* libmicrohttpd listens again, after it was full, only when it is run */
    if (c->server->connections-- >= c->server->connections_max) http_drive_in(c->server->drive, 0);
    http_request_done(&c->request);
    free(c);
}

static void on_connection(void *arg, struct MHD_Connection *mhd, void **context,
                          enum MHD_ConnectionNotificationCode what)
{
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        *context = connection_new(arg, mhd);
    } else if (*context) {
        connection_free(*context);
        *context = NULL;
    }
}

/* ---- requests ---- */

/* The request line as it came; libmicrohttpd decodes it in place afterwards. */
static void *on_request_line(void *arg, const char *uri, struct MHD_Connection *mhd)
{
    (void)arg;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    check(info && info->socket_context);
    struct connection *c = info->socket_context;
    struct http_request *q = &c->request;
    q->stage = STAGE_HEADERS;
    buf_add_cstr(&q->target, uri);
    return q;
}

static void end_stream(struct http_request *q)
{
    struct http_stream *stream = q->stream;
    q->stream = NULL;
    connection_of(q)->server->stream_count--;
    http_stream_end(stream);
}

/* Also runs for a connection that broke, or was malformed, before the handler saw anything. */
static void on_completed(void *arg, struct MHD_Connection *mhd, void **context,
                         enum MHD_RequestTerminationCode how)
{
    (void)arg, (void)mhd, (void)how;
    struct http_request *q = *context;
    if (!q) return;
    *context = NULL;
    check(q->stage != STAGE_OPEN); /* suspended ones cannot end */
    if (q->stream) end_stream(q);
    http_request_clear(q);
    wait_for_request(connection_of(q));
}

/* A request without a response was dropped: MHD_NO closes its connection. */
static enum MHD_Result queue(struct http_request *q)
{
    if (!q->response) return MHD_NO;
    enum MHD_Result r = MHD_queue_response(q->mhd, (unsigned)q->status, q->response);
    MHD_destroy_response(q->response);
    q->response = NULL;
    return r;
}

/* A response of our own, before a handler has seen the request. */
static enum MHD_Result refuse(struct http_request *q, int status, const char *text)
{
    struct http_server *s = connection_of(q)->server;
    struct buf body = BUF_INIT(REFUSAL_BYTES_MAX);
    const char *type = "text/plain; charset=utf-8";
    if (s->refusal)
        type = s->refusal(s->arg, q, status, text, &body);
    else
        buf_add_cstr(&body, text);
    http_request_respond(q, status, type, buf_slice(&body));
    buf_done(&body);
    return queue(q);
}

static enum MHD_Result hand_over(struct http_request *q);

/* Silence ends it as it ends other requests; how long it may take in all is more. */
static enum MHD_Result begin_upload(struct http_request *q)
{
    struct connection *c = connection_of(q);
    if (!http_upload_begin(q->upload, q->mhd)) return hand_over(q);
    move_to(c, &c->server->uploads);
    return MHD_YES;
}

static bool upload_goes_on(struct http_request *q, const char *p, size_t n)
{
    const struct connection *c = connection_of(q);
    int64_t until_us = c->waiting_since_us + (int64_t)UPLOAD_S * 1000000;
    return http_upload_add(q->upload, p, n) && loop_awake_us(c->server->loop) < until_us;
}

/* The headers are there. */
static enum MHD_Result begin(struct http_request *q, const char *path, const char *method)
{
    q->stage = STAGE_BODY;
    q->path = slice_of(path);
    q->method = slice_of(method);
    if (!http_request_method_is_known(q)) {
        http_request_set_header(q, "Allow", "GET, HEAD, POST, PUT, DELETE");
        return refuse(q, 405, "This method is not allowed here.\n");
    }
    if (q->target.failed) return refuse(q, 414, "The address is too long.\n");
    if (http_request_is_malformed(q)) return refuse(q, 400, "Malformed request.\n");
    struct http_server *s = connection_of(q)->server;
    if (s->upload && (q->upload = s->upload(s->arg, q)) != NULL) return begin_upload(q);
    size_t max = s->body_max ? s->body_max(s->arg, q) : s->body_bytes_max;
    if (!http_request_expect_body(q, max < s->body_bytes_max ? max : s->body_bytes_max))
        return refuse(q, 413, "The body is too large.\n");
    return MHD_YES;
}

/* To make room for a new body, the connection is closed that has owed us the rest of its own for
 * the longest. */
static bool make_room_for_body(struct http_request *q)
{
    struct http_server *s = connection_of(q)->server;
    struct connection *c;
    TAILQ_FOREACH(c, &s->waiting, place)
    {
        if (c->request.held == 0 || &c->request == q) continue;
        http_request_forget_body(&c->request);
        cut_off(c);
        return true;
    }
    return false;
}

/* The request is whole. */
static enum MHD_Result hand_over(struct http_request *q)
{
    struct connection *c = connection_of(q);
    struct http_server *s = c->server;
    if (s->ending) return refuse(q, 503, STOPPING);
    if (q->too_large) return refuse(q, 413, "The body is too large.\n");
    if (q->no_room) {
        http_request_set_header(q, "Retry-After", "5");
        return refuse(q, 503, "There is no room for this body now; send it again.\n");
    }
    if (q->upload) http_upload_end(q->upload);
    q->stage = STAGE_OPEN;
    s->open_count++;
    move_to(c, &s->open);
    q->in_handler = true;
    s->handler(s->arg, q);
    q->in_handler = false;
    if (q->stage == STAGE_ANSWERED) return queue(q);
    MHD_suspend_connection(q->mhd);
    return MHD_YES;
}

static enum MHD_Result on_request(void *arg, struct MHD_Connection *mhd, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_bytes, void **context)
{
    (void)arg, (void)mhd, (void)version;
    struct http_request *q = *context;
    check(q != NULL);
    if (q->stage == STAGE_HEADERS) return begin(q, url, method);
    if (*upload_bytes) {
        bool more = q->upload
                        ? upload_goes_on(q, upload, *upload_bytes)
                        : http_request_take_body(q, upload, *upload_bytes, make_room_for_body);
        *upload_bytes = 0;
        return more ? MHD_YES : MHD_NO;
    }
    return q->stage == STAGE_BODY ? hand_over(q) : queue(q);
}

static void resume(struct http_request *q)
{
    MHD_resume_connection(q->mhd);
    http_drive_in(connection_of(q)->server->drive, 0);
}

/* The handler is done with it; libmicrohttpd comes back for the response. */
static void settle(struct http_request *q)
{
    struct connection *c = connection_of(q);
    c->server->open_count--;
    move_to(c, q->stream ? &c->server->streams : NULL);
    if (!q->in_handler) resume(q);
}

void http_request_answer(struct http_request *q, int status, const char *content_type,
                         struct slice body)
{
    check(q->stage == STAGE_OPEN);
    http_request_respond(q, status, content_type, body);
    settle(q);
}

void http_request_answer_file(struct http_request *q, int status, const char *content_type, int fd,
                              uint64_t bytes)
{
    check(q->stage == STAGE_OPEN);
    http_request_respond_with(q, status, content_type, MHD_create_response_from_fd64(bytes, fd));
    settle(q);
}

struct http_stream *http_request_stream(struct http_request *q, int status,
                                        const char *content_type, http_gone_cb *gone, void *arg)
{
    struct http_server *s = connection_of(q)->server;
    check(q->stage == STAGE_OPEN);
    if (s->stream_count == s->streams_max || s->ending) return NULL;
    s->stream_count++;
    q->stream = http_stream_new(q, s->loop, http_request_socket(q), resume, gone, arg);
    http_request_respond_with(q, status, content_type, http_stream_response(q->stream));
    settle(q);
    return q->stream;
}

void http_request_drop(struct http_request *q)
{
    check(q->stage == STAGE_OPEN);
    q->stage = STAGE_ANSWERED;
    settle(q);
}

/* ---- the server ---- */

static struct MHD_Daemon *start_daemon(struct http_server *s,
                                       const struct http_server_config *config)
{
    s->streams_max = config->streams_max > 0 ? (unsigned)config->streams_max : 0;
    s->connections_max = config->connections_max > 0 ? (unsigned)config->connections_max : 1024;
    s->connections_max += (unsigned)s->streams_max;
    unsigned per_ip = config->connections_per_ip > 0 ? (unsigned)config->connections_per_ip : 0;
    s->idle_s = config->idle_s > 0 ? (unsigned)config->idle_s : 30;
    s->owe_us = 2 * (int64_t)s->idle_s * 1000000;
    return MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL, NULL, on_request, s,
        MHD_OPTION_EXTERNAL_LOGGER, http_drive_log, NULL, MHD_OPTION_LISTEN_SOCKET, s->listen.fd,
        MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_URI_LOG_CALLBACK, on_request_line, s,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, s, MHD_OPTION_NOTIFY_COMPLETED, on_completed,
        s, MHD_OPTION_CONNECTION_LIMIT, s->connections_max, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        per_ip, MHD_OPTION_CONNECTION_TIMEOUT, s->idle_s, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_BYTES, MHD_OPTION_END);
}

int http_server_new(struct loop *l, const struct http_server_config *config, http_handler *handler,
                    void *arg, struct http_server **ret, struct err *e)
{
    struct http_listen listen;
    int r = http_listen_open(config->listen, config->unix_mode, &listen, e);
    if (r != 0) return r;
    (void)signal(SIGPIPE, SIG_IGN); /* as promised to libmicrohttpd */
    struct http_server *s = xcalloc(1, sizeof *s);
    s->loop = l;
    s->listen = listen;
    s->listening = true;
    s->handler = handler;
    s->arg = arg;
    s->body_bytes_max = config->body_bytes_max;
    s->body_max = config->body_max;
    s->refusal = config->refusal;
    s->upload = config->upload;
    s->budget = config->budget;
    s->gaps = loop_gaps(l);
    TAILQ_INIT(&s->waiting);
    TAILQ_INIT(&s->open);
    TAILQ_INIT(&s->uploads);
    TAILQ_INIT(&s->streams);
    s->mhd = start_daemon(s, config);
    if (!s->mhd) {
        http_listen_close(&s->listen);
        free(s);
        return err_set(e, ERR_LIMIT,
                       "cannot start the HTTP server on %s: %s; raise the limit of open files",
                       config->listen, strerror(errno));
    }
    s->drive = http_drive_new(l, s->mhd, forgive_gaps, s);
    s->sweep_timer = loop_timer_new(l, on_sweep, s);
    *ret = s;
    return 0;
}

void http_server_stop_listening(struct http_server *s)
{
    if (!s->listening) return;
    s->listening = false;
    s->listen.fd = MHD_quiesce_daemon(s->mhd);
    http_listen_close(&s->listen);
}

void http_server_free(struct http_server *s)
{
    if (!s) return;
    http_server_stop_listening(s);
    s->ending = true; /* what comes on the connections that stand must not wait for a handler */
    struct connection *c;
    while ((c = TAILQ_FIRST(&s->open)) != NULL)
        http_request_answer(&c->request, 503, "text/plain; charset=utf-8", SLICE_LIT(STOPPING));
    TAILQ_FOREACH(c, &s->streams, place)
    http_stream_finish(c->request.stream);
    for (int i = 0; i < STOP_TURNS; i++)
        http_drive_run(s->drive);
    http_drive_pause(s->drive);
    MHD_stop_daemon(s->mhd);
    http_drive_free(s->drive);
    loop_timer_free(s->sweep_timer);
    free(s);
}

int http_server_port(const struct http_server *s)
{
    return s->listen.port;
}

size_t http_server_open_requests(const struct http_server *s)
{
    return s->open_count;
}

size_t http_server_streams(const struct http_server *s)
{
    return s->stream_count;
}

uint64_t http_server_accepted(const struct http_server *s)
{
    return s->accepted;
}
