/* The server over libmicrohttpd, which http_drive.c runs: its connections, from the first to the last. What happens on one of them
 * is in http_exchange.c.
 *
 * A connection has one request at a time, so the request is a part of it and its buffers are used
 * again.
 *
 * libmicrohttpd ends connections that are silent too long, but not those that send a byte now and
 * then. Connections that owe us a request stand in a queue by age: the old ones are shut down, and
 * sooner than that when nearly all places are taken, so that slow clients never shut out the
 * others.
 */
#include "http_connection.h"

#include "base/clock.h"
#include "http_stream.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
    CONNECTION_BYTES = 24 * 1024, /* headers of request and response, and a piece of the body */
    STOP_TURNS = 16,              /* for the last responses to leave */
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

void connection_move(struct connection *c, struct connections *list)
{
    if (c->list) TAILQ_REMOVE(c->list, c, place);
    c->list = list;
    if (list) TAILQ_INSERT_TAIL(list, c, place);
}

void connection_wait(struct connection *c)
{
    struct http_server *s = c->server;
    c->waiting_since_us = loop_awake_us(s->loop);
    connection_move(c, &s->waiting);
    if (!loop_timer_armed(s->sweep_timer))
        loop_timer_at_awake(s->sweep_timer, c->waiting_since_us + s->owe_us);
}

void connection_cut_off(struct connection *c)
{
    connection_move(c, NULL);
    (void)shutdown(http_request_socket(&c->request), SHUT_RDWR);
}

static void on_sweep(void *arg)
{
    struct http_server *s = arg;
    struct connection *c;
    int64_t since_us = loop_awake_us(s->loop) - s->owe_us;
    while ((c = TAILQ_FIRST(&s->waiting)) != NULL && c->waiting_since_us <= since_us)
        connection_cut_off(c);
    if (c) loop_timer_at_awake(s->sweep_timer, c->waiting_since_us + s->owe_us);
}

/* To make room for a new connection, the one is closed that has owed us a request for the longest.
 */
static void make_room(struct http_server *s)
{
    struct connection *oldest = TAILQ_FIRST(&s->waiting);
    size_t requests = s->connections - s->stream_count, max = s->connections_max - s->streams_max;
    if (oldest && requests > max - max / 4) connection_cut_off(oldest);
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
    connection_wait(c);
    return c;
}

static void connection_free(struct connection *c)
{
    check(c->request.stage != STAGE_OPEN);
    connection_move(c, NULL);
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
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL, NULL,
        http_exchange_on_request, s, MHD_OPTION_EXTERNAL_LOGGER, http_drive_log, NULL,
        MHD_OPTION_LISTEN_SOCKET, s->listen.fd, MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
        MHD_OPTION_URI_LOG_CALLBACK, http_exchange_on_line, s, MHD_OPTION_NOTIFY_CONNECTION,
        on_connection, s, MHD_OPTION_NOTIFY_COMPLETED, http_exchange_on_completed, s,
        MHD_OPTION_CONNECTION_LIMIT, s->connections_max, MHD_OPTION_PER_IP_CONNECTION_LIMIT, per_ip,
        MHD_OPTION_CONNECTION_TIMEOUT, s->idle_s, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
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
        http_request_answer(&c->request, 503, "text/plain; charset=utf-8",
                            SLICE_LIT(HTTP_STOPPING));
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
