/* One request of a connection and its response: the line, the headers, the body, the handler, and what it responds with. A
 * request whose handler has not responded is suspended until the response comes. */
#include "http_connection.h"

#include "base/buf.h"
#include "http_stream.h"
#include "http_upload.h"

#include <strings.h>

enum {
    UPLOAD_S = 15 * 60, /* [s] that a body which goes into a file may take */
    REFUSAL_BYTES_MAX = 4096,
};

/* "http://host/path", as whoever takes us for a proxy writes it, and HTTP wants it to be understood: from its path on. A host with
 * an escape in it is none: it would be another one once it is decoded. */
static const char *without_host(const char *uri)
{
    static const char *const schemes[] = {"http://", "https://"};
    for (size_t i = 0; i < COUNT_OF(schemes); i++) {
        size_t n = strlen(schemes[i]), host = 0;
        if (strncasecmp(uri, schemes[i], n) != 0) continue;
        host = strcspn(uri + n, "/?#%");
        if (host > 0 && uri[n + host] == '/') return uri + n + host;
    }
    return uri;
}

void *http_exchange_on_line(void *arg, const char *uri, struct MHD_Connection *mhd)
{
    (void)arg;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    check(info && info->socket_context);
    struct connection *c = info->socket_context;
    struct http_request *q = &c->request;
    q->stage = STAGE_HEADERS;
    const char *target = without_host(uri);
    q->host_bytes = (size_t)(target - uri);
    buf_add_cstr(&q->target, target);
    return q;
}

static void end_stream(struct http_request *q)
{
    struct http_stream *stream = q->stream;
    q->stream = NULL;
    connection_of(q)->server->stream_count--;
    http_stream_end(stream);
}

void http_exchange_on_completed(void *arg, struct MHD_Connection *mhd, void **context,
                                enum MHD_RequestTerminationCode how)
{
    (void)arg, (void)mhd, (void)how;
    struct http_request *q = *context;
    if (!q) return;
    *context = NULL;
    check(q->stage != STAGE_OPEN); /* suspended ones cannot end */
    if (q->stream) end_stream(q);
    http_request_clear(q);
    connection_wait(connection_of(q));
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
    connection_move(c, &c->server->uploads);
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
    q->path = slice_from(slice_of(path), q->host_bytes);
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
        connection_cut_off(c);
        return true;
    }
    return false;
}

/* The request is whole. */
static enum MHD_Result hand_over(struct http_request *q)
{
    struct connection *c = connection_of(q);
    struct http_server *s = c->server;
    if (s->ending) return refuse(q, 503, HTTP_STOPPING);
    if (q->too_large) return refuse(q, 413, "The body is too large.\n");
    if (q->no_room) {
        http_request_set_header(q, "Retry-After", "5");
        return refuse(q, 503, "There is no room for this body now; send it again.\n");
    }
    if (q->upload) http_upload_end(q->upload);
    q->stage = STAGE_OPEN;
    s->open_count++;
    connection_move(c, &s->open);
    q->in_handler = true;
    s->handler(s->arg, q);
    q->in_handler = false;
    if (q->stage == STAGE_ANSWERED) return queue(q);
    MHD_suspend_connection(q->mhd);
    return MHD_YES;
}

enum MHD_Result http_exchange_on_request(void *arg, struct MHD_Connection *mhd, const char *url,
                                         const char *method, const char *version,
                                         const char *upload, size_t *upload_bytes, void **context)
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
    connection_move(c, q->stream ? &c->server->streams : NULL);
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
