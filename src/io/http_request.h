#pragma once
/* A request inside of the server: what http_server.c fills in and http_request.c reads for
 * handlers. */
#include "base/buf.h"
#include "io/http_server.h"

#include <microhttpd.h>

enum http_stage {
    STAGE_HEADERS,  /* the request line is there */
    STAGE_BODY,     /* the headers are, the body comes */
    STAGE_OPEN,     /* the handler has it */
    STAGE_ANSWERED, /* we have its response, too */
};

struct http_request {
    struct MHD_Connection *mhd;
    const char *peer; /* the connection's */
    bool is_unix;
    enum http_stage stage;
    bool in_handler, too_large;
    bool no_room;               /* the budget is used up */
    size_t body_max;            /* [bytes] of this request */
    size_t held;                /* [bytes] of the budget */
    struct http_budget *budget; /* the server's, or NULL */
    struct slice method, path;  /* libmicrohttpd's */
    struct buf target;
    size_t host_bytes; /* of the request line, before the path: "http://host/path" */
    struct buf body;
    size_t body_bytes;  /* that came, the thrown away ones too */
    struct buf headers; /* of the response: "name\0value\0" each */
    int status;
    struct MHD_Response *response; /* owned, from the response until it is queued */
    struct http_upload *upload;    /* owned; NULL: the body stays in memory */
    struct http_stream *stream;    /* of a response that goes on, until it has ended */
};

void http_request_init(struct http_request *q, size_t body_bytes_max); /* of a zeroed one */
void http_request_done(struct http_request *q);        /* frees what it owns, not q */
int http_request_socket(const struct http_request *q); /* borrowed */
/* "192.0.2.1", "2001:db8::1", or "unix". out holds INET6_ADDRSTRLEN bytes. */
void http_request_peer_of(struct MHD_Connection *mhd, char *out, size_t bytes);
/* Empties it for the next request of the connection; large buffers are given back. */
void http_request_clear(struct http_request *q);
bool http_request_method_is_known(const struct http_request *q);
/* Its headers are there, and it can be understood in more than one way. */
bool http_request_is_malformed(const struct http_request *q);
/* The headers are there: whether its body may come; false = too large, and not worth reading. */
bool http_request_expect_body(struct http_request *q, size_t max);
/* A piece of the body came: whether to go on reading. Wants room in the budget: `make_room` is
 * called until it says that it has made none. */
bool http_request_take_body(struct http_request *q, const char *p, size_t n,
                            bool (*make_room)(struct http_request *q));
/* Lets go of what came of the body; what else comes is thrown away. */
void http_request_forget_body(struct http_request *q);
/* Makes status and response of what libmicrohttpd is to send, which is taken, with the headers that
 * every response has. */
void http_request_respond_with(struct http_request *q, int status, const char *content_type,
                               struct MHD_Response *taken);
/* The same of a body, which is copied. */
void http_request_respond(struct http_request *q, int status, const char *content_type,
                          struct slice body);
