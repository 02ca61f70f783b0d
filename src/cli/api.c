#include "api.h"

#include "io/http_client.h"
#include "io/loop.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    /* Shorter than the server keeps an idle connection, so that a call never meets one that is
       being closed. */
    IDLE_S = 5,
    REPLY_BYTES_MAX = 16 << 20,
    PATH_BYTES_MAX = 8 * 1024,
};

struct api {
    struct loop *loop;
    struct http_client *client;
    char *server;        /* as errors call it */
    char *base;          /* what goes before a path */
    char *authorization; /* header line, or NULL */
    int result;          /* of the last call */
    char code[32];       /* what the server called its refusal; "" = it said nothing */
};

int api_exit_code(int result)
{
    if (result == 0) return EXIT_DONE;
    return result == ERR_UNREACHABLE ? EXIT_UNREACHABLE : EXIT_REFUSED;
}

/* Owned "server" text from what was given or the environment. */
static char *choose_server(const char *given)
{
    const char *url = getenv("MUSTER_URL"), *path = getenv("MUSTER_SOCKET");
    if (given && *given) return xstrdup(given);
    if (url && *url) return xstrdup(url);
    struct buf b = BUF_INIT(PATH_BYTES_MAX);
    buf_addf(&b, "unix:%s", path && *path ? path : API_SOCKET_DEFAULT);
    return b.p;
}

static char *make_authorization(void)
{
    const char *token = getenv("MUSTER_TOKEN");
    if (!token || !*token) return NULL;
    struct buf b = BUF_INIT(PATH_BYTES_MAX);
    buf_addf(&b, "Authorization: Bearer %s", token);
    return b.p;
}

static bool is_url(const char *server)
{
    return slice_starts(slice_of(server), "http://") || slice_starts(slice_of(server), "https://");
}

static int check_server(const char *server, const char *token, struct err *e)
{
    if (token && strpbrk(token, "\r\n"))
        return err_set(e, ERR_INVALID, "MUSTER_TOKEN holds the end of a line: it must be one word");
    if (!is_url(server))
        return err_set(
            e, ERR_INVALID,
            "server '%s': it wants an http:// or https:// URL, or unix:/path/of/the.sock", server);
    return 0;
}

static char *without_slashes(const char *url)
{
    char *base = xstrdup(url);
    for (size_t n = strlen(base); n > 0 && base[n - 1] == '/'; n--)
        base[n - 1] = '\0';
    return base;
}

int api_new(const char *server, struct api **ret, struct err *e)
{
    struct api *a = xcalloc(1, sizeof *a);
    a->server = choose_server(server);
    bool unix_socket = slice_starts(slice_of(a->server), "unix:/");
    int r = unix_socket ? 0 : check_server(a->server, getenv("MUSTER_TOKEN"), e);
    a->base = without_slashes(unix_socket ? "http://localhost" : a->server);
    if (!unix_socket) a->authorization = make_authorization();
    a->loop = loop_new();
    const struct http_client_config config = {
        .in_flight_max = 1,
        .idle_s = IDLE_S,
        .unix_path = unix_socket ? a->server + strlen("unix:") : NULL,
        .body_bytes_max = REPLY_BYTES_MAX,
    };
    if (r == 0) r = http_client_new(a->loop, &config, &a->client, e);
    if (r < 0) {
        api_free(a);
        return r;
    }
    *ret = a;
    return 0;
}

void api_free(struct api *a)
{
    if (!a) return;
    if (a->client) http_client_free(a->client);
    loop_free(a->loop);
    free(a->server);
    free(a->base);
    free(a->authorization);
    free(a);
}

/* ---- one call ---- */

struct call {
    const struct api *api;
    bool done;
    int status, result;
    json_t *reply;
    struct buf *text; /* NULL: the response is JSON */
    struct err *e;
};

static int code_of(int status)
{
    switch (status) {
    case 404:
        return ERR_NOT_FOUND;
    case 409:
        return ERR_CONFLICT;
    case 502:
    case 503:
    case 504:
        return ERR_UNREACHABLE;
    default:
        return ERR_REFUSED;
    }
}

static int refusal(const struct call *c)
{
    const char *message = json_string_value(json_object_get(c->reply, "detail"));
    if (message) return err_set(c->e, code_of(c->status), "%s", message);
    return err_set(c->e, code_of(c->status),
                   "%s answered with status %d and not as Muster does: is it the right server?",
                   c->api->server, c->status);
}

/* libcurl speaks of "localhost port 80" where it means a socket file. */
static const char *why_silent(const struct call *c, const struct http_result *res)
{
    const char *path = c->api->server + strlen("unix:");
    bool unix_socket = c->api->server[0] == 'u';
    if (unix_socket && access(path, R_OK | W_OK) != 0) return strerror(errno);
    if (unix_socket && res->transport == HTTP_NOT_SENT) return "nobody listens there";
    return res->error ? res->error : "?";
}

static int silence(const struct call *c, const struct http_result *res)
{
    bool unix_socket = c->api->server[0] == 'u';
    const char *mend = unix_socket
                           ? "is musterd running, and may you use its socket? (--server or "
                             "MUSTER_SOCKET names another)"
                           : "is musterd running there? (--server or MUSTER_URL names another)";
    const char *doubt =
        res->transport == HTTP_UNKNOWN ? "; the request may have arrived all the same" : "";
    return err_set(c->e, ERR_UNREACHABLE, "no answer from %s: %s%s: %s", c->api->server,
                   why_silent(c, res), doubt, mend);
}

static bool is_fine(const struct http_result *res)
{
    return res->status >= 200 && res->status < 300;
}

/* Of a download: the body as it is. */
static int take_text(struct call *c, const struct http_result *res)
{
    if (res->body_cut)
        return err_set(c->e, ERR_LIMIT, "the response is longer than %d MiB",
                       REPLY_BYTES_MAX >> 20);
    buf_add_slice(c->text, res->body);
    return 0;
}

static int take_json(struct call *c, const struct http_result *res)
{
    if (res->body.n && !res->body_cut)
        c->reply = json_loadb(res->body.p, res->body.n, JSON_REJECT_DUPLICATES, NULL);
    return is_fine(res) && (c->reply || res->body.n == 0) ? 0 : refusal(c);
}

static void on_result(void *arg, const struct http_result *res)
{
    struct call *c = arg;
    c->done = true;
    c->status = res->status;
    if (res->transport != HTTP_ANSWERED)
        c->result = silence(c, res);
    else if (c->text && is_fine(res))
        c->result = take_text(c, res);
    else
        c->result = take_json(c, res);
}

static int send_and_wait(struct api *a, const char *method, const char *url, struct slice body,
                         struct call *c)
{
    const char *headers[] = {"Content-Type: application/json", a->authorization, NULL};
    const struct http_send send = {.method = method, .url = url, .headers = headers, .body = body};
    int r = http_client_send(a->client, &send, on_result, c, c->e);
    if (r < 0) return r;
    while (!c->done)
        loop_turn(a->loop, -1);
    return c->result;
}

static void keep_code(struct api *a, const json_t *reply)
{
    const char *code = json_string_value(json_object_get(reply, "code"));
    (void)snprintf(a->code, sizeof a->code, "%s", code ? code : "");
}

const char *api_code(const struct api *a, int result)
{
    return *a->code && a->result == result ? a->code : NULL;
}

int api_text(struct api *a, const char *path, struct buf *ret, struct err *e)
{
    struct call c = {.api = a, .text = ret, .e = e};
    struct buf url = BUF_INIT(PATH_BYTES_MAX);
    buf_addf(&url, "%s%s", a->base, path);
    int r = url.failed ? err_set(e, ERR_LIMIT, "the path is longer than %d bytes", PATH_BYTES_MAX)
                       : send_and_wait(a, "GET", url.p, SLICE_NONE, &c);
    buf_done(&url);
    a->result = r;
    keep_code(a, c.reply);
    json_decref(c.reply);
    return r;
}

int api_call(struct api *a, const char *method, const char *path, const json_t *body,
             int *ret_status, json_t **ret_reply, struct err *e)
{
    struct call c = {.api = a, .e = e};
    struct buf url = BUF_INIT(PATH_BYTES_MAX);
    buf_addf(&url, "%s%s", a->base, path);
    char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
    int r = url.failed ? err_set(e, ERR_LIMIT, "the path is longer than %d bytes", PATH_BYTES_MAX)
                       : send_and_wait(a, method, url.p, slice_of(text), &c);
    free(text);
    buf_done(&url);
    a->result = r;
    keep_code(a, c.reply);
    if (ret_status) *ret_status = c.status;
    if (ret_reply)
        *ret_reply = c.reply;
    else
        json_decref(c.reply);
    return r;
}
