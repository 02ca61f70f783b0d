/* Everything static is set once per handle; a request sets only what differs from the one before
 * (libcurl copies and parses each option it is given). The request body stays in a buffer of ours
 * that is used again, the response's too.
 *
 * At most once: libcurl sends a request again, on a fresh connection, when a reused one was closed
 * before a response came. It has no option against that, but it asks CURLOPT_PREREQFUNCTION right
 * before each time that it would write a request. The first time is allowed, the second one is not.
 * The same count tells whether anything can have left at all. */
#include "http_transfer.h"

#include "base/buf.h"
#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include <sodium.h>

enum {
    RECEIVE_BYTES =
        2 * 1024, /* per request under way; of TLS no more than a record is read at once */
    SEND_BYTES = 16 * 1024, /* libcurl's minimum */
    KEEP_BYTES = 16 * 1024, /* a buffer that had to grow beyond is given back */
    REQUEST_BYTES_MAX = 16 * 1024 * 1024,
    CREDENTIALS_BYTES_MAX = 64 * 1024,
    RETRY_AFTER_S_MAX = 7 * 24 * 3600,
};

enum verb { VERB_NONE, VERB_GET, VERB_HEAD, VERB_POST, VERB_PUT, VERB_DELETE };

struct http_transfer {
    CURL *easy;
    const struct http_client_config *config;

    /* what the handle is set to */
    enum verb verb;
    char *url;
    CURLU *url_parts;
    struct curl_slist *headers;
    size_t header_count;   /* of the caller's among them */
    char *user, *password; /* that the headers tell; NULL = none */
    struct buf request;

    /* the request under way */
    http_client_cb *cb;
    bool (*may_leave)(void *arg);
    void *arg;
    int64_t start_us;
    int writes_begun;
    bool kept_back;
    struct buf body;
    bool headers_whole, body_cut;
    char error[CURL_ERROR_SIZE];
};

struct http_client_config http_transfer_defaults(const struct http_client_config *config)
{
    struct http_client_config c = *config;
    if (c.connect_ms <= 0) c.connect_ms = 5000;
    if (c.response_ms <= 0) c.response_ms = 30000;
    if (c.in_flight_max <= 0) c.in_flight_max = 64;
    if (c.idle_s <= 0) c.idle_s = 30;
    if (c.body_bytes_max == 0) c.body_bytes_max = 256 * 1024;
    return c;
}

static int on_write_begins(void *arg, char *server_ip, char *own_ip, int server_port, int own_port)
{
    struct http_transfer *t = arg;
    (void)server_ip;
    (void)own_ip;
    (void)server_port;
    (void)own_port;
    t->kept_back = t->writes_begun == 0 && t->may_leave && !t->may_leave(t->arg);
    if (t->kept_back) return CURL_PREREQFUNC_ABORT;
    return t->writes_begun++ == 0 ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

/* libcurl takes a response that ends amid its headers for a whole one. The empty line says that
 * they are complete; that of an interim response (100 Continue) does not count. */
static size_t on_header(char *p, size_t one, size_t n, void *arg)
{
    struct http_transfer *t = arg;
    long status = 0;
    (void)one;
    if (slice_trim(slice_make(p, n)).n > 0) return n;
    (void)curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    t->headers_whole = status >= 200;
    return n;
}

/* Ends the transfer at the ceiling: the status is known by then, and a body without an end must not
 * turn a known response into a timeout. */
static size_t on_body(char *p, size_t one, size_t n, void *arg)
{
    struct http_transfer *t = arg;
    (void)one;
    size_t room = t->config->body_bytes_max - t->body.n;
    t->body_cut = n > room;
    buf_add(&t->body, p, t->body_cut ? room : n);
    return t->body_cut ? 0 : n;
}

/* The varargs of curl_easy_setopt take a long; a literal would be an int. */
static void set_long(CURL *easy, CURLoption option, long value)
{
    check(curl_easy_setopt(easy, option, value) == CURLE_OK);
}

static void set_ptr(CURL *easy, CURLoption option, const void *value)
{
    check(curl_easy_setopt(easy, option, value) == CURLE_OK);
}

/* libcurl keeps parsed certificates for all connections of a multi handle only when they come out of
 * one file. Debian's libcurl names a folder besides, and parses 140 of them anew for each connection:
 * 25 ms in which the loop stands. */
static void set_certificates(const struct http_transfer *t)
{
    const char *file = t->config->ca_file;
    if (!file) file = curl_version_info(CURLVERSION_NOW)->cainfo;
    if (!file || access(file, R_OK) != 0) return;
    set_ptr(t->easy, CURLOPT_CAINFO, file);
    set_ptr(t->easy, CURLOPT_CAPATH, NULL);
}

static void set_static_options(struct http_transfer *t)
{
    const struct http_client_config *c = t->config;
    CURL *easy = t->easy;
    set_long(easy, CURLOPT_NOSIGNAL, 1);
    set_ptr(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    set_long(easy, CURLOPT_FOLLOWLOCATION, 0);
    set_ptr(easy, CURLOPT_PROXY, ""); /* no proxy by way of the environment */
    set_long(easy, CURLOPT_HTTP_VERSION, c->http2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1);
    if (c->http2) set_long(easy, CURLOPT_PIPEWAIT, 1);
    set_long(easy, CURLOPT_TCP_NODELAY, 1);
    set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, c->connect_ms);
    set_long(easy, CURLOPT_MAXAGE_CONN, c->idle_s);
    set_long(easy, CURLOPT_BUFFERSIZE, RECEIVE_BYTES);
    set_long(easy, CURLOPT_UPLOAD_BUFFERSIZE, SEND_BYTES);
    set_certificates(t);
    if (c->unix_path) set_ptr(easy, CURLOPT_UNIX_SOCKET_PATH, c->unix_path);
    set_ptr(easy, CURLOPT_ERRORBUFFER, t->error);
    check(curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_write_begins) == CURLE_OK);
    set_ptr(easy, CURLOPT_PREREQDATA, t);
    check(curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header) == CURLE_OK);
    set_ptr(easy, CURLOPT_HEADERDATA, t);
    check(curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK);
    set_ptr(easy, CURLOPT_WRITEDATA, t);
}

struct http_transfer *http_transfer_new(const struct http_client_config *config)
{
    struct http_transfer *t = xcalloc(1, sizeof *t);
    t->config = config;
    t->easy = curl_easy_init();
    t->url_parts = curl_url();
    check(t->easy && t->url_parts);
    buf_init(&t->request, REQUEST_BYTES_MAX);
    buf_init(&t->body, config->body_bytes_max);
    set_static_options(t);
    return t;
}

void http_transfer_free(struct http_transfer *t)
{
    if (!t) return;
    curl_easy_cleanup(t->easy);
    curl_url_cleanup(t->url_parts);
    curl_slist_free_all(t->headers);
    buf_done(&t->request);
    buf_done(&t->body);
    free(t->url);
    free(t->user);
    free(t->password);
    free(t);
}

CURL *http_transfer_easy(struct http_transfer *t)
{
    return t->easy;
}

/* Handed over in parts: libcurl would read a text, and write it again, for each request. */
static int set_url(struct http_transfer *t, const char *url, struct err *e)
{
    if (t->url && strcmp(t->url, url) == 0) return 0;
    if (strncasecmp(url, "http://", 7) != 0 && strncasecmp(url, "https://", 8) != 0)
        return err_set(e, ERR_INVALID, "a URL must begin with http:// or https://");
    for (const char *p = url; *p; p++)
        if ((unsigned char)*p <= ' ' || *p == 0x7f)
            return err_set(e, ERR_INVALID, "a URL must not hold spaces or control characters");
    free(t->url);
    t->url = NULL;
    CURLUcode code = curl_url_set(t->url_parts, CURLUPART_URL, url, 0);
    if (code != CURLUE_OK) return err_set(e, ERR_INVALID, "no URL: %s", curl_url_strerror(code));
    set_ptr(t->easy, CURLOPT_CURLU, t->url_parts);
    t->url = xstrdup(url);
    return 0;
}

static enum verb verb_of(const char *method)
{
    static const char *const names[] = {
        [VERB_GET] = "GET", [VERB_HEAD] = "HEAD",     [VERB_POST] = "POST",
        [VERB_PUT] = "PUT", [VERB_DELETE] = "DELETE",
    };
    for (size_t v = VERB_GET; v < COUNT_OF(names); v++)
        if (method && strcmp(method, names[v]) == 0) return (enum verb)v;
    return VERB_NONE;
}

/* A DELETE without one says Content-Length: 0, which every server takes. */
static bool may_have_body(enum verb verb)
{
    return verb == VERB_POST || verb == VERB_PUT || verb == VERB_DELETE;
}

static void set_verb(struct http_transfer *t, enum verb verb)
{
    if (t->verb == verb) return;
    set_long(t->easy, CURLOPT_NOBODY, 0);
    set_long(t->easy, may_have_body(verb) ? CURLOPT_POST : CURLOPT_HTTPGET, 1);
    if (verb == VERB_HEAD) set_long(t->easy, CURLOPT_NOBODY, 1);
    const char *custom = verb == VERB_PUT ? "PUT" : verb == VERB_DELETE ? "DELETE" : NULL;
    set_ptr(t->easy, CURLOPT_CUSTOMREQUEST, custom);
    t->verb = verb;
}

static int set_body(struct http_transfer *t, enum verb verb, struct slice body, struct err *e)
{
    if (!may_have_body(verb)) {
        if (body.n == 0) return 0;
        return err_set(e, ERR_INVALID, "only POST, PUT and DELETE requests have a body");
    }
    buf_clear(&t->request);
    buf_add_slice(&t->request, body);
    if (t->request.failed)
        return err_set(e, ERR_INVALID, "a request body of %zu bytes is over the limit of %d",
                       body.n, (int)REQUEST_BYTES_MAX);
    check(curl_easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.n) == CURLE_OK);
    set_ptr(t->easy, CURLOPT_POSTFIELDS, t->request.p);
    return 0;
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool headers_are(const struct http_transfer *t, const struct http_send *send)
{
    const struct curl_slist *at = t->headers;
    size_t n = 0;
    for (; send->headers && send->headers[n]; n++, at = at->next)
        if (n == t->header_count || strcmp(at->data, send->headers[n]) != 0) return false;
    return at != NULL && n == t->header_count && same_text(t->user, send->basic_user) &&
           same_text(t->password, send->basic_password);
}

static struct curl_slist *append(struct curl_slist *list, const char *line)
{
    list = curl_slist_append(list, line);
    check(list != NULL);
    return list;
}

static struct curl_slist *append_credentials(struct curl_slist *list, const struct http_send *send)
{
    struct buf plain = BUF_INIT(CREDENTIALS_BYTES_MAX), line = BUF_INIT(2 * CREDENTIALS_BYTES_MAX);
    buf_addf(&plain, "%s:%s", send->basic_user, send->basic_password ? send->basic_password : "");
    buf_add_cstr(&line, "Authorization: Basic ");
    size_t room = sodium_base64_encoded_len(plain.n, sodium_base64_VARIANT_ORIGINAL);
    char *out = buf_reserve(&line, room);
    check(out && !plain.failed);
    (void)sodium_bin2base64(out, room, (const unsigned char *)plain.p, plain.n,
                            sodium_base64_VARIANT_ORIGINAL);
    list = append(list, line.p);
    buf_done(&plain);
    buf_done(&line);
    return list;
}

static char *text_dup(const char *text)
{
    return text ? xstrdup(text) : NULL;
}

/* takes the list */
static void use_headers(struct http_transfer *t, const struct http_send *send,
                        struct curl_slist *list, size_t count)
{
    set_ptr(t->easy, CURLOPT_HTTPHEADER, list);
    curl_slist_free_all(t->headers);
    free(t->user);
    free(t->password);
    t->headers = list;
    t->header_count = count;
    t->user = text_dup(send->basic_user);
    t->password = text_dup(send->basic_password);
}

/* A line for what libcurl would write anew for each request. */
static int set_headers(struct http_transfer *t, const struct http_send *send, struct err *e)
{
    if (headers_are(t, send)) return 0;
    struct curl_slist *list = NULL;
    size_t n = 0;
    for (; send->headers && send->headers[n]; n++) {
        if (strpbrk(send->headers[n], "\r\n") || !strchr(send->headers[n], ':')) {
            curl_slist_free_all(list);
            return err_set(e, ERR_INVALID, "request header %zu is not one line `Name: value`",
                           n + 1);
        }
        list = append(list, send->headers[n]);
    }
    if (send->basic_user) list = append_credentials(list, send);
    list = append(list, "User-Agent: Muster/" MUSTER_VERSION);
    list = append(list, "Expect:"); /* no waiting for "100 Continue" before a large body */
    use_headers(t, send, list, n);
    return 0;
}

int http_transfer_prepare(struct http_transfer *t, const struct http_send *send, http_client_cb *cb,
                          void *arg, struct err *e)
{
    enum verb verb = verb_of(send->method);
    if (!verb) return err_set(e, ERR_INVALID, "the method must be GET, HEAD, POST, PUT or DELETE");
    int r = set_url(t, send->url, e);
    if (r == 0) r = set_headers(t, send, e);
    if (r == 0) r = set_body(t, verb, send->body, e);
    if (r != 0) {
        t->verb = VERB_NONE; /* POSTFIELDS may have made it a POST */
        return r;
    }
    set_verb(t, verb);
    t->cb = cb;
    t->may_leave = send->may_leave;
    t->arg = arg;
    t->writes_begun = 0;
    t->kept_back = false;
    t->headers_whole = false;
    t->body_cut = false;
    t->error[0] = '\0';
    t->start_us = clock_mono_us();
    return 0;
}

/* Seconds or an HTTP date; -1 when absent or neither. */
static int64_t retry_after_ms(CURL *easy)
{
    struct curl_header *h;
    if (curl_easy_header(easy, "Retry-After", 0, CURLH_HEADER, -1, &h) != CURLHE_OK) return -1;
    struct slice value = slice_trim(slice_of(h->value));
    uint64_t seconds;
    if (slice_to_u64(value, INT64_MAX, &seconds))
        return 1000 * (int64_t)(seconds < RETRY_AFTER_S_MAX ? seconds : RETRY_AFTER_S_MAX);
    int64_t date_s = (int64_t)curl_getdate(h->value, NULL);
    if (date_s < 0) return -1;
    int64_t left_ms = date_s * 1000 - clock_wall_ms();
    if (left_ms < 0) return 0;
    return left_ms < RETRY_AFTER_S_MAX * 1000LL ? left_ms : RETRY_AFTER_S_MAX * 1000LL;
}

static void read_answer(struct http_transfer *t, struct http_result *result)
{
    long status = 0;
    char *type = NULL;
    (void)curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    (void)curl_easy_getinfo(t->easy, CURLINFO_CONTENT_TYPE, &type);
    result->transport = HTTP_ANSWERED;
    result->status = (int)status;
    result->body = buf_slice(&t->body);
    result->body_cut = t->body_cut;
    result->content_type = slice_of(type);
    result->retry_after_ms = retry_after_ms(t->easy);
}

/* Which of the two did not come about is not to be had from libcurl: 7.88 says "SSL connection
 * timeout" where 8.14 says "Connection timed out", and a server without TLS is what an operator
 * must think of. */
static bool waited_for_tls(const struct http_transfer *t, CURLcode code)
{
    const char *scheme = NULL;
    if (code != CURLE_OPERATION_TIMEDOUT || t->writes_begun > 0) return false;
    (void)curl_easy_getinfo(t->easy, CURLINFO_SCHEME, &scheme);
    return scheme && slice_is_nocase(slice_of(scheme), "https");
}

static const char *error_text(const struct http_transfer *t, CURLcode code)
{
    if (t->kept_back) return "it may not leave any more";
    if (t->writes_begun > 1) return "the connection closed without an answer; not sent again";
    if (code == CURLE_OK) return "the connection closed amid the headers of the answer";
    if (waited_for_tls(t, code)) return "no connection, or no TLS (SSL) over it, within the time";
    return t->error[0] ? t->error : curl_easy_strerror(code);
}

/* A buffer that a rare large body has grown would otherwise stay large in every handle of the pool.
 */
static void recycle(struct buf *b)
{
    if (b->cap > KEEP_BYTES) buf_done(b);
    buf_clear(b);
}

static void report(struct http_transfer *t, struct http_result *result)
{
    result->took_us = clock_mono_us() - t->start_us;
    t->cb(t->arg, result);
    recycle(&t->request);
    recycle(&t->body);
}

void http_transfer_finish(struct http_transfer *t, CURLcode code)
{
    struct http_result result = {.retry_after_ms = -1};
    bool ended = code == CURLE_OK || (code == CURLE_WRITE_ERROR && t->body_cut);
    if (ended && t->headers_whole) {
        read_answer(t, &result);
    } else {
        result.transport = t->writes_begun == 0 ? HTTP_NOT_SENT : HTTP_UNKNOWN;
        result.kept_back = t->kept_back;
        result.error = error_text(t, code);
    }
    report(t, &result);
}

void http_transfer_late(struct http_transfer *t)
{
    (void)snprintf(t->error, sizeof t->error, "no whole answer within %d ms",
                   t->config->response_ms);
    http_transfer_finish(t, CURLE_OPERATION_TIMEDOUT);
}

bool http_transfer_begun(const struct http_transfer *t)
{
    return t->writes_begun > 0;
}

void http_transfer_abandon(struct http_transfer *t)
{
    struct http_result result = {
        .transport = HTTP_UNKNOWN, .retry_after_ms = -1, .error = "the client was closed"};
    report(t, &result);
}
