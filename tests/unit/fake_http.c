#include "fake_http.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include "base/check.h"

static struct slice or_else(const char *s, const char *otherwise)
{
    return slice_of(s ? s : otherwise);
}

struct slice http_request_method(const struct http_request *q)
{
    return or_else(q->method, "GET");
}
struct slice http_request_path(const struct http_request *q)
{
    return or_else(q->path, "/");
}
struct slice http_request_target(const struct http_request *q)
{
    return or_else(q->target, or_else(q->path, "/").p);
}
struct slice http_request_query(const struct http_request *q)
{
    return or_else(q->query, "");
}
struct slice http_request_body(const struct http_request *q)
{
    return or_else(q->body, "");
}
struct slice http_request_peer(const struct http_request *q)
{
    return or_else(q->peer, "192.0.2.1");
}
bool http_request_local_user(const struct http_request *q, char *out, size_t bytes)
{
    if (q->is_unix) (void)snprintf(out, bytes, "alice");
    return q->is_unix;
}
bool http_request_is_unix(const struct http_request *q)
{
    return q->is_unix;
}

struct http_upload *http_request_upload(const struct http_request *q)
{
    (void)q;
    return NULL;
}

struct slice http_request_header(const struct http_request *q, const char *name)
{
    for (size_t i = 0; i < FAKE_HEADERS_MAX && q->headers[i][0]; i++)
        if (strcasecmp(q->headers[i][0], name) == 0) return slice_of(q->headers[i][1]);
    return SLICE_NONE;
}

struct slice http_request_last_header(const struct http_request *q, const char *name)
{
    struct slice last = SLICE_NONE;
    for (size_t i = 0; i < FAKE_HEADERS_MAX && q->headers[i][0]; i++)
        if (strcasecmp(q->headers[i][0], name) == 0) last = slice_of(q->headers[i][1]);
    return last;
}

struct slice http_request_cookie(const struct http_request *q, const char *name)
{
    for (size_t i = 0; i < FAKE_HEADERS_MAX && q->cookies[i][0]; i++)
        if (strcmp(q->cookies[i][0], name) == 0) return slice_of(q->cookies[i][1]);
    return SLICE_NONE;
}

/* Without decoding: tests use plain values. */
struct slice http_request_param(const struct http_request *q, const char *name)
{
    struct slice rest = http_request_query(q), pair, key;
    while (rest.p && slice_cut(&rest, '&', &pair))
        if (slice_cut(&pair, '=', &key) && slice_is(key, name)) return pair;
    return SLICE_NONE;
}

void http_request_set_header(struct http_request *q, const char *name, const char *value)
{
    check(q->set_n < FAKE_HEADERS_MAX && !strpbrk(value, "\r\n"));
    q->set[q->set_n][0] = xstrdup(name);
    q->set[q->set_n++][1] = xstrdup(value);
}

void http_request_answer_file(struct http_request *q, int status, const char *content_type, int fd,
                              uint64_t bytes)
{
    char *text = xcalloc(1, bytes + 1);
    check(pread(fd, text, bytes, 0) == (ssize_t)bytes);
    http_request_answer(q, status, content_type, slice_make(text, bytes));
    (void)close(fd);
    free(text);
}

void http_request_answer(struct http_request *q, int status, const char *content_type,
                         struct slice body)
{
    q->answers++;
    q->status = status;
    free(q->content_type);
    free(q->text);
    q->content_type = xstrdup(content_type);
    q->text = slice_strdup(body);
}

/* There is no room for any. */
struct http_stream *http_request_stream(struct http_request *q, int status,
                                        const char *content_type, http_gone_cb *gone, void *arg)
{
    (void)q, (void)status, (void)content_type, (void)gone, (void)arg;
    return NULL;
}

bool http_stream_write(struct http_stream *s, struct slice bytes)
{
    (void)s, (void)bytes;
    return false;
}

size_t http_stream_waiting(const struct http_stream *s)
{
    check(!s);
    return 0;
}

void http_stream_close(struct http_stream *s)
{
    check(!s);
}

/* ---- servers: nobody listens ---- */

int http_server_new(struct loop *l, const struct http_server_config *config, http_handler *handler,
                    void *arg, struct http_server **ret, struct err *e)
{
    (void)l, (void)handler, (void)arg, (void)ret;
    return err_set(e, ERR_REFUSED, "%s: nobody listens in this test", config->listen);
}

void http_server_free(struct http_server *s)
{
    check(!s);
}

void http_server_stop_listening(struct http_server *s)
{
    check(!s);
}

int http_server_port(const struct http_server *s)
{
    check(!s);
    return 0;
}

size_t http_server_open_requests(const struct http_server *s)
{
    check(!s);
    return 0;
}

size_t http_server_streams(const struct http_server *s)
{
    check(!s);
    return 0;
}

void fake_http_done(struct http_request *q)
{
    for (size_t i = 0; i < q->set_n; i++) {
        free(q->set[i][0]);
        free(q->set[i][1]);
    }
    free(q->content_type);
    free(q->text);
    q->set_n = 0;
    q->content_type = q->text = NULL;
    q->answers = q->status = 0;
}

const char *fake_http_header(const struct http_request *q, const char *name)
{
    for (size_t i = 0; i < q->set_n; i++)
        if (strcasecmp(q->set[i][0], name) == 0) return q->set[i][1];
    return NULL;
}
