#pragma once
/* A connection and its server, for the two files that know them: http_server.c opens, watches and ends them, http_exchange.c
 * brings a request from its first line to its response. */
#include "http_drive.h"
#include "http_listen.h"
#include "http_request.h"

#include <netinet/in.h>
#include <sys/queue.h>

#define HTTP_STOPPING "The server is stopping.\n"

TAILQ_HEAD(connections, connection);

struct connection {
    struct http_request request; /* the first member: see connection_of */
    struct http_server *server;
    char peer[INET6_ADDRSTRLEN];
    struct connections *list; /* the one it stands in, or NULL */
    TAILQ_ENTRY(connection) place;
    int64_t waiting_since_us; /* of the loop's awake clock */
};

static inline struct connection *connection_of(struct http_request *q)
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
    const char *(*refusal)(void *arg, struct http_request *q, int status, const char *text,
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

/* ---- http_server.c ---- */

/* Into the end of that list, out of the one where it stands; NULL = into none. */
void connection_move(struct connection *c, struct connections *list);
/* From now on it owes us a whole request. */
void connection_wait(struct connection *c);
/* Shut down, not closed: the descriptor is libmicrohttpd's, which sees the end of the stream. */
void connection_cut_off(struct connection *c);

/* ---- http_exchange.c: libmicrohttpd's callbacks ---- */

/* The request line as it came; libmicrohttpd decodes it in place afterwards. */
void *http_exchange_on_line(void *arg, const char *uri, struct MHD_Connection *mhd);
/* The headers, each piece of the body, and its end. */
enum MHD_Result http_exchange_on_request(void *arg, struct MHD_Connection *mhd, const char *url,
                                         const char *method, const char *version,
                                         const char *upload, size_t *upload_bytes, void **context);
/* Also runs for a connection that broke, or was malformed, before the handler saw anything. */
void http_exchange_on_completed(void *arg, struct MHD_Connection *mhd, void **context,
                                enum MHD_RequestTerminationCode how);
