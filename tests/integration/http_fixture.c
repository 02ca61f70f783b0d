#include "http_fixture.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>

static void copy(char *out, size_t bytes, struct slice s)
{
    snprintf(out, bytes, "%.*s", SLICE_ARG(s));
}

void got_result(void *arg, const struct http_result *result)
{
    struct got *g = arg;
    g->calls++;
    g->transport = result->transport;
    g->status = result->status;
    g->body_bytes = result->body.n;
    g->body_cut = result->body_cut;
    g->retry_after_ms = result->retry_after_ms;
    copy(g->body, sizeof g->body, result->body);
    copy(g->content_type, sizeof g->content_type, result->content_type);
    copy(g->error, sizeof g->error, slice_of(result->error));
    check((result->error == NULL) == (result->transport == HTTP_ANSWERED));
    check(result->took_us >= 0);
}

void http_fixture_init(struct http_fixture *f, const struct http_server_config *server,
                       const struct http_client_config *client, http_handler *handler, void *arg)
{
    static const struct http_server_config server_default = {.listen = "127.0.0.1:0",
                                                             .body_bytes_max = 65536};
    static const struct http_client_config client_default = {.connect_ms = 10000};
    struct err e = {0};
    f->loop = loop_new();
    int r =
        http_server_new(f->loop, server ? server : &server_default, handler, arg, &f->server, &e);
    if (r == 0) r = http_client_new(f->loop, client ? client : &client_default, &f->client, &e);
    if (r != 0) fprintf(stderr, "%s\n", e.text);
    check(r == 0);
}

void http_fixture_done(struct http_fixture *f)
{
    http_client_free(f->client);
    http_server_free(f->server);
    loop_free(f->loop);
}

void turn_until(struct loop *l, const int *count, int want)
{
    int64_t end_us = clock_mono_us() + 60 * 1000000LL;
    while (*count < want) {
        check(clock_mono_us() < end_us);
        loop_turn(l, 100000);
    }
}

void send_and_wait(struct loop *l, struct http_client *c, const struct http_send *send,
                   struct got *got)
{
    struct err e = {0};
    *got = (struct got){0};
    int r = http_client_send(c, send, got_result, got, &e);
    if (r != 0) fprintf(stderr, "%s\n", e.text);
    check(r == 0);
    check(got->calls == 0); /* never from inside the call */
    turn_until(l, &got->calls, 1);
}

const char *url_of(int port, const char *path)
{
    static char url[512];
    snprintf(url, sizeof url, "http://127.0.0.1:%d%s", port, path);
    return url;
}
