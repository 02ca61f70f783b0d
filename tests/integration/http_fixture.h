#pragma once
/* One loop, one server, one client: what the HTTP tests share. */
#include "io/http_client.h"
#include "io/http_server.h"

struct got {
    int calls;
    enum http_transport transport;
    int status;
    char body[4096]; /* cut */
    size_t body_bytes;
    bool body_cut;
    char content_type[64];
    int64_t retry_after_ms;
    char error[256];
};

/* An http_client_cb; arg is a struct got. */
void got_result(void *got, const struct http_result *result);

struct http_fixture {
    struct loop *loop;
    struct http_server *server;
    struct http_client *client;
};

/* The server listens on a port of its own; NULL configs are defaults. */
void http_fixture_init(struct http_fixture *f, const struct http_server_config *server,
                       const struct http_client_config *client, http_handler *handler, void *arg);
void http_fixture_done(struct http_fixture *f);

/* Sends and turns the loop until the answer is there. */
void send_and_wait(struct loop *l, struct http_client *c, const struct http_send *send,
                   struct got *got);
/* "http://127.0.0.1:PORT" + path; static, valid until the next call. */
const char *url_of(int port, const char *path);
/* Turns the loop until *count reaches `want`; a watchdog ends the test when that never happens. */
void turn_until(struct loop *l, const int *count, int want);
