#pragma once
/* HTTP server (libmicrohttpd, external epoll) on the loop. A handler gets the whole request, body
 * included, and responds now or later. Limits: body, connections, connections per address, time to
 * send the request; beyond them 413, or a closed connection, before the handler sees anything.
 * Methods: GET, HEAD, POST, PUT, DELETE. Every response says nosniff, and no-store unless the
 * handler set Cache-Control. SIGPIPE is ignored from the first server or client on. */
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "io/loop.h"

struct http_server;
struct http_upload;
struct http_request;

/* Bytes of bodies whose requests have no response yet, of all the servers that share it. When it is
 * full, the connection that has owed its server a request for the longest, and has sent a part of
 * its body, is closed; when there is none, whoever comes gets a 503. */
struct http_budget {
    size_t bytes_max, bytes; /* [bytes] allowed, and held now */
};

struct http_server_config {
    /* "127.0.0.1:8080", "[::1]:8080", ":8080" (all), port 0 = any; or "unix:/path" */
    const char *listen;
    size_t body_bytes_max; /* [bytes] of any request */
    /* [bytes] of this one's body, asked when its headers are there; NULL = body_bytes_max */
    size_t (*body_max)(void *arg, const struct http_request *q);
    /* What the server itself refuses, before the handler sees it: fills `out` with the body for
     * `text`, a line, and returns its content type; q has what is known of it, and takes headers. NULL = plain text. */
    const char *(*refusal)(void *arg, struct http_request *q, int status, const char *text,
                           struct buf *out);
    /* Asked when the headers are there: the body of this one goes into a file (io/http_upload.h), and
     * body_max and budget do not count; NULL = it does not. Taken. */
    struct http_upload *(*upload)(void *arg, const struct http_request *q);
    struct http_budget *budget; /* borrowed for the life; NULL = none */
    int connections_max;        /* 0 = 1024 */
    int streams_max;            /* responses that go on; they have places of their own. 0 = none */
    int connections_per_ip;     /* 0 = no limit of its own */
    int idle_s;    /* [s] of silence, and half of what a whole request may take; 0 = 30 */
    int unix_mode; /* of the socket file, 0 = 0660 */
};

/* The handler must respond to each request once: before it returns, or later from the loop. It must
 * not turn the loop itself. */
typedef void http_handler(void *arg, struct http_request *q);

/* ERR_EXISTS-like failures name the address and the mend (e.g. who else may listen there). */
int http_server_new(struct loop *l, const struct http_server_config *config, http_handler *handler,
                    void *arg, struct http_server **ret, struct err *e) MUST_USE;
/* Open requests get a 503 and are gone; not from a handler; NULL is fine. */
void http_server_free(struct http_server *s);
/* The connections that stand go on. */
void http_server_stop_listening(struct http_server *s);
int http_server_port(const struct http_server *s); /* the bound one; 0 for unix sockets */
size_t http_server_open_requests(const struct http_server *s);
uint64_t http_server_accepted(const struct http_server *s); /* connections since the start */

/* Everything is borrowed until the response. */
struct slice http_request_method(const struct http_request *q);
/* percent-decoded, without the query */
struct slice http_request_path(const struct http_request *q);
/* Path and query as they stood on the request line: what signatures are made over. */
struct slice http_request_target(const struct http_request *q);
struct slice http_request_query(const struct http_request *q);         /* raw, without '?' */
struct slice http_request_body(const struct http_request *q);          /* the raw bytes */
struct http_upload *http_request_upload(const struct http_request *q); /* NULL: it has none */
struct slice http_request_header(const struct http_request *q,
                                 const char *name); /* none when absent */
/* The last one of that name: where proxies add a line of their own, it is theirs. */
struct slice http_request_last_header(const struct http_request *q, const char *name);
/* First value of a query parameter, decoded; none when absent. */
struct slice http_request_param(const struct http_request *q, const char *name);
struct slice http_request_cookie(const struct http_request *q, const char *name);
/* "127.0.0.1"; "unix" on a unix socket */
struct slice http_request_peer(const struct http_request *q);
/* The unix user at the other end of a unix socket (SO_PEERCRED), by name, or by number where there is none. False: it is no unix
 * socket. May ask the system's name service. */
bool http_request_local_user(const struct http_request *q, char *out, size_t bytes);
bool http_request_is_unix(const struct http_request *q);

/* Sets a response header before the response; may be repeated. Values with CR or LF are a bug. */
void http_request_set_header(struct http_request *q, const char *name, const char *value);
/* Responds; q is gone afterwards. The body is copied. */
void http_request_answer(struct http_request *q, int status, const char *content_type,
                         struct slice body);
/* The same with the first `bytes` of an open file, whatever its size. Takes fd. */
void http_request_answer_file(struct http_request *q, int status, const char *content_type, int fd,
                              uint64_t bytes);
/* Closes the connection without a response; q is gone afterwards. For the simulator: networks do
 * that. */
void http_request_drop(struct http_request *q);

/* A response that goes on: what is written leaves as soon as the client takes it. It is no open
 * request, and silence does not end it; a client that goes away is noticed at once. One that does
 * not read is cut off when HTTP_STREAM_BYTES_MAX wait for it, and so is one that sends more; one whose
 * network is gone half a minute after it owes us a sign. */
struct http_stream;
enum { HTTP_STREAM_BYTES_MAX = 64 * 1024 };

/* The client went away, or did not read, or the server ends. The stream is gone. Runs from the loop,
 * or from http_server_free; never from inside the functions below. */
typedef void http_gone_cb(void *arg);
/* Begins one; q is gone afterwards. The stream is the server's: borrowed until gone was called, or
 * until http_stream_close. NULL: streams_max of them are open, and q still wants a response. */
struct http_stream *http_request_stream(struct http_request *q, int status,
                                        const char *content_type, http_gone_cb *gone, void *arg);
/* Copies. False: too much waits already; the client is cut off, and gone will be called. */
bool http_stream_write(struct http_stream *s, struct slice bytes);
/* Ends it behind what was written; gone is not called any more, and s is not to be used. */
void http_stream_close(struct http_stream *s);
/* [bytes] that the client has not taken yet, but for what its socket holds. */
size_t http_stream_waiting(const struct http_stream *s);
size_t http_server_streams(const struct http_server *s); /* that are open */
