#pragma once
/* A response that goes on, inside of the server: what waits to be sent, and who watches the client
 * while nothing does. */
#include "http_request.h"
#include "io/loop.h"

/* Makes it of a connection whose socket is fd; `wake` is called, with q, when libmicrohttpd is to come
 * back for it, and only while it is asleep. */
struct http_stream *http_stream_new(struct http_request *q, struct loop *l, int fd,
                                    void (*wake)(struct http_request *q), http_gone_cb *gone,
                                    void *arg);
/* What libmicrohttpd sends of it; owned. */
struct MHD_Response *http_stream_response(struct http_stream *s);
/* The server ends it behind what was written; the owner is told at its end. */
void http_stream_finish(struct http_stream *s);
/* The connection is gone, or goes on with another request: tells the owner, who has not closed it, and
 * frees s. */
void http_stream_end(struct http_stream *s);
