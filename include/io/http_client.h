#pragma once
/* HTTP client (libcurl multi) on the loop: kept-alive connections, HTTP/1.1 by default, TLS
 * verified.
 *
 * What it promises the dispatcher: a request is put on the wire at most once. libcurl by itself
 * sends a request again on a fresh connection when a reused one closes without a response, which
 * may text a person twice; here the second try is refused (CURLOPT_PREREQFUNCTION counts) and the
 * result says UNKNOWN. No redirects are followed, and no proxy is taken from the environment. */
#include "base/err.h"
#include "base/slice.h"
#include "io/loop.h"

struct http_client;

struct http_client_config {
    int connect_ms;        /* [ms] until the connection stands, TLS included; 0 = 5000 */
    int response_ms;       /* [ms] for the whole request; 0 = 30000. For both, time in which the
                              process stood does not count: loop_awake_us */
    int in_flight_max;     /* handles and connections kept; 0 = 64 */
    int idle_s;            /* [s] an idle connection older than this is not reused; 0 = 30 */
    const char *ca_file;   /* NULL = the system's; borrowed for the call */
    const char *unix_path; /* NULL = TCP; borrowed for the call */
    bool http2;            /* ask for HTTP/2 over TLS (ALPN) */
    /* Asked of each address ("192.0.2.1", "2001:db8::1") before it is connected to, however the name
     * resolved; false: HTTP_NOT_SENT. NULL = any. Not asked of a unix path. */
    bool (*may_connect)(void *arg, const char *address);
    void *may_connect_arg;
    size_t body_bytes_max; /* of a response; 0 = 256 KiB; a longer one is cut, and its connection
                              closed */
};

enum http_transport {
    HTTP_ANSWERED, /* a complete response */
    HTTP_NOT_SENT, /* surely nothing reached the server: refused, unresolved, TLS failed, connect
                      timeout */
    HTTP_UNKNOWN,  /* it may have: reset, timeout, half a response, garbage */
};

struct http_result {
    enum http_transport transport;
    bool kept_back;            /* NOT_SENT because may_leave said so */
    int status;                /* HTTP status, 0 unless ANSWERED */
    struct slice body;         /* borrowed for the call */
    bool body_cut;             /* longer than body_bytes_max */
    struct slice content_type; /* borrowed; none when absent */
    int64_t retry_after_ms;    /* [ms] from Retry-After (seconds or an HTTP date), -1 = none */
    int64_t took_us;           /* [µs] from start to end */
    const char *error; /* libcurl's words when not ANSWERED, never holds the body; borrowed */
};

/* Once for each request, from the loop, at the latest by http_client_free. result is borrowed for the call. */
typedef void http_client_cb(void *arg, const struct http_result *result);

/* A request; everything is borrowed for the call (the body is copied). */
struct http_send {
    const char *method;                      /* "GET", "HEAD", "POST", "DELETE", "PUT" */
    const char *url;                         /* http:// or https:// */
    const char *const *headers;              /* "Name: value" lines, NULL-terminated; NULL = none */
    const char *basic_user, *basic_password; /* NULL = none */
    struct slice body;                       /* POST, PUT, DELETE */
    /* Asked once more when the connection stands, right before the first byte is written:
     * connecting takes time, and a process may be stopped meanwhile. False: nothing is written and
     * the result is NOT_SENT. Gets the `arg` of the request; must not call the client. NULL =
     * always. */
    bool (*may_leave)(void *arg);
};

/* Refused where `ca_file` cannot be read: -errno, and e says how to mend it. */
int http_client_new(struct loop *l, const struct http_client_config *config,
                    struct http_client **ret, struct err *e) MUST_USE;
/* What is in flight gets HTTP_UNKNOWN first. Not from an http_client_cb; NULL is fine. */
void http_client_free(struct http_client *c);
size_t http_client_in_flight(const struct http_client *c);
/* Starts the request at once (it is on the wire before this returns when a warm connection exists).
 * The callback runs once, later from the loop, and may send again. Returns -EAGAIN when
 * in_flight_max are under way, or ERR_INVALID. */
int http_client_send(struct http_client *c, const struct http_send *send, http_client_cb *cb,
                     void *arg, struct err *e) MUST_USE;

/* Blocking one-off for the command line: same result through cb before it returns. */
int http_client_once(const struct http_client_config *config, const struct http_send *send,
                     http_client_cb *cb, void *arg, struct err *e) MUST_USE;
