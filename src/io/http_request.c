/* What handlers read of a request and say in a response. Names are looked up in what libmicrohttpd
 * has parsed, which lives as long as the request. */
#include "http_request.h"

#include "http_upload.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum {
    TARGET_BYTES_MAX = 32 * 1024,  /* above what libmicrohttpd lets through */
    HEADERS_BYTES_MAX = 16 * 1024, /* that a handler sets */
    PASSWD_BYTES = 4096,           /* of a line of passwd */
    KEEP_BYTES = 16 * 1024,        /* a buffer that had to grow beyond is given back */
    /* A body over the limit by up to this is read and thrown away, so that the client sees its 413;
     * a longer one is cut off, and the client may see a reset connection. */
    DRAIN_BYTES_MAX = 1024 * 1024,
};

void http_request_init(struct http_request *q, size_t body_bytes_max)
{
    buf_init(&q->target, TARGET_BYTES_MAX);
    buf_init(&q->body, body_bytes_max);
    buf_init(&q->headers, HEADERS_BYTES_MAX);
}

static void give_back(struct http_request *q)
{
    if (q->budget) q->budget->bytes -= q->held;
    q->held = 0;
}

void http_request_done(struct http_request *q)
{
    http_upload_free(q->upload);
    give_back(q);
    buf_done(&q->target);
    buf_done(&q->body);
    buf_done(&q->headers);
}

static void recycle(struct buf *b)
{
    if (b->cap > KEEP_BYTES) buf_done(b);
    buf_clear(b);
}

void http_request_clear(struct http_request *q)
{
    if (q->response) MHD_destroy_response(q->response);
    q->response = NULL;
    http_upload_free(q->upload);
    q->upload = NULL;
    give_back(q);
    q->too_large = q->no_room = false;
    q->body_bytes = 0;
    recycle(&q->target);
    recycle(&q->body);
    recycle(&q->headers);
}

void http_request_forget_body(struct http_request *q)
{
    give_back(q);
    buf_done(&q->body);
    q->no_room = true;
}

bool http_request_expect_body(struct http_request *q, size_t max)
{
    uint64_t announced;
    q->body_max = max;
    if (!slice_to_u64(http_request_header(q, "Content-Length"), UINT64_MAX, &announced))
        return true;
    q->too_large = announced > max;
    return !q->too_large ||
           (announced <= (uint64_t)max + DRAIN_BYTES_MAX && !http_request_header(q, "Expect").n);
}

static bool hold(struct http_request *q, size_t n)
{
    if (q->budget && q->budget->bytes_max - q->budget->bytes < n) return false;
    if (q->budget) q->budget->bytes += n;
    q->held += n;
    return true;
}

bool http_request_take_body(struct http_request *q, const char *p, size_t n,
                            bool (*make_room)(struct http_request *q))
{
    q->body_bytes += n;
    if (q->body_bytes > q->body_max) q->too_large = true;
    if (q->body_bytes > q->body_max + DRAIN_BYTES_MAX) return false;
    if (q->no_room) return true;
    bool fits = !q->too_large;
    while (fits && !hold(q, n))
        fits = make_room(q);
    if (fits)
        buf_add(&q->body, p, n);
    else
        http_request_forget_body(q);
    return true;
}

static bool path_holds_nul(const struct http_request *q)
{
    struct slice rest = buf_slice(&q->target), path;
    return slice_cut(&rest, '?', &path) && memmem(path.p, path.n, "%00", 3) != NULL;
}

static enum MHD_Result count_length(void *arg, enum MHD_ValueKind kind, const char *name,
                                    const char *value)
{
    (void)kind, (void)value;
    *(unsigned *)arg += slice_is_nocase(slice_of(name), "Content-Length");
    return MHD_YES;
}

/* A proxy before us and libmicrohttpd could disagree about where such a request ends. */
static bool length_is_ambiguous(const struct http_request *q)
{
    unsigned lengths = http_request_header(q, "Transfer-Encoding").n > 0;
    (void)MHD_get_connection_values(q->mhd, MHD_HEADER_KIND, count_length, &lengths);
    return lengths > 1;
}

bool http_request_method_is_known(const struct http_request *q)
{
    static const char *const known[] = {"GET", "HEAD", "POST", "PUT", "DELETE"};
    return slice_index(q->method, known, COUNT_OF(known)) >= 0;
}

bool http_request_is_malformed(const struct http_request *q)
{
    return path_holds_nul(q) || length_is_ambiguous(q);
}

struct http_upload *http_request_upload(const struct http_request *q)
{
    return q->upload;
}

struct slice http_request_method(const struct http_request *q)
{
    return q->method;
}

struct slice http_request_path(const struct http_request *q)
{
    return q->path;
}

struct slice http_request_target(const struct http_request *q)
{
    return buf_slice(&q->target);
}

struct slice http_request_query(const struct http_request *q)
{
    struct slice rest = buf_slice(&q->target), path;
    (void)slice_cut(&rest, '?', &path);
    return rest;
}

struct slice http_request_body(const struct http_request *q)
{
    return buf_slice(&q->body);
}

static struct slice look_up(const struct http_request *q, enum MHD_ValueKind kind, const char *name)
{
    const char *value = NULL;
    size_t n = 0;
    if (MHD_lookup_connection_value_n(q->mhd, kind, name, strlen(name), &value, &n) != MHD_YES)
        return SLICE_NONE;
    return value ? slice_make(value, n) : SLICE_LIT("");
}

/* Blanks around a value do not belong to it; libmicrohttpd leaves those behind it. */
struct slice http_request_header(const struct http_request *q, const char *name)
{
    return slice_trim(look_up(q, MHD_HEADER_KIND, name));
}

struct last {
    const char *name;
    struct slice value;
};

static enum MHD_Result see_header(void *arg, enum MHD_ValueKind kind, const char *name,
                                  const char *value)
{
    struct last *last = arg;
    (void)kind;
    if (slice_is_nocase(slice_of(name), last->name))
        last->value = slice_trim(slice_of(value ? value : ""));
    return MHD_YES;
}

struct slice http_request_last_header(const struct http_request *q, const char *name)
{
    struct last last = {.name = name};
    (void)MHD_get_connection_values(q->mhd, MHD_HEADER_KIND, see_header, &last);
    return last.value;
}

struct slice http_request_param(const struct http_request *q, const char *name)
{
    return look_up(q, MHD_GET_ARGUMENT_KIND, name);
}

struct slice http_request_cookie(const struct http_request *q, const char *name)
{
    return look_up(q, MHD_COOKIE_KIND, name);
}

void http_request_peer_of(struct MHD_Connection *mhd, char *out, size_t bytes)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *at = info ? info->client_addr : NULL;
    snprintf(out, bytes, "unix");
    if (!at) return;
    if (at->sa_family == AF_INET)
        (void)inet_ntop(AF_INET, &((const struct sockaddr_in *)at)->sin_addr, out,
                        (socklen_t)bytes);
    if (at->sa_family != AF_INET6) return;
    const struct in6_addr *v6 = &((const struct sockaddr_in6 *)at)->sin6_addr;
    if (IN6_IS_ADDR_V4MAPPED(v6))
        (void)inet_ntop(AF_INET, &v6->s6_addr[12], out, (socklen_t)bytes);
    else
        (void)inet_ntop(AF_INET6, v6, out, (socklen_t)bytes);
}

struct slice http_request_peer(const struct http_request *q)
{
    return slice_of(q->peer);
}

int http_request_socket(const struct http_request *q)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(q->mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
    check(info != NULL);
    return info->connect_fd;
}

bool http_request_local_user(const struct http_request *q, char *out, size_t bytes)
{
    struct ucred peer;
    socklen_t n = sizeof peer;
    if (!q->is_unix || getsockopt(http_request_socket(q), SOL_SOCKET, SO_PEERCRED, &peer, &n) != 0)
        return false;
    char room[PASSWD_BYTES];
    struct passwd entry, *found = NULL;
    if (getpwuid_r(peer.uid, &entry, room, sizeof room, &found) == 0 && found)
        (void)snprintf(out, bytes, "%s", found->pw_name);
    else
        (void)snprintf(out, bytes, "%u", (unsigned)peer.uid);
    return true;
}

bool http_request_is_unix(const struct http_request *q)
{
    return q->is_unix;
}

void http_request_set_header(struct http_request *q, const char *name, const char *value)
{
    check(q->stage != STAGE_ANSWERED);
    check(*name && !strpbrk(name, "\r\n: ") && !strpbrk(value, "\r\n"));
    buf_add(&q->headers, name, strlen(name) + 1);
    buf_add(&q->headers, value, strlen(value) + 1);
    check(!q->headers.failed);
}

static void add_header(struct MHD_Response *r, const char *name, const char *value)
{
    (void)MHD_add_response_header(r, name, value);
}

/* The headers that the handler has set; returns whether Cache-Control is among them. */
static bool add_own_headers(struct MHD_Response *r, const struct buf *headers)
{
    bool caching_set = false;
    for (const char *name = headers->p; name && name < headers->p + headers->n;) {
        const char *value = name + strlen(name) + 1;
        caching_set = caching_set || slice_is_nocase(slice_of(name), "Cache-Control");
        add_header(r, name, value);
        name = value + strlen(value) + 1;
    }
    return caching_set;
}

void http_request_respond_with(struct http_request *q, int status, const char *content_type,
                               struct MHD_Response *taken)
{
    check(status >= 200 && status <= 599 && taken);
    if (!add_own_headers(taken, &q->headers)) add_header(taken, "Cache-Control", "no-store");
    add_header(taken, "X-Content-Type-Options", "nosniff");
    if (content_type) add_header(taken, "Content-Type", content_type);
    q->stage = STAGE_ANSWERED;
    q->status = status;
    q->response = taken;
}

void http_request_respond(struct http_request *q, int status, const char *content_type,
                          struct slice body)
{
    static char none[1];
    http_request_respond_with(
        q, status, content_type,
        MHD_create_response_from_buffer(body.n, body.n ? (void *)(uintptr_t)body.p : none,
                                        MHD_RESPMEM_MUST_COPY));
}
