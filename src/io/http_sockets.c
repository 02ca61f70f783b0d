/* A socket stays watched between two requests, since the next one is moments away; only when an idle
 * one becomes readable (the server closed it) is the watch taken off. */
#include "http_sockets.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { WATCHES_AT_ONCE = 32 }; /* for how many more file descriptors the list grows */

struct watch {
    struct http_sockets *sockets;
    struct loop_fd *fd_watch;
    int fd;
    int wanted;  /* by libcurl */
    int watched; /* in the loop */
    /* we opened it and are told before it is closed; not so libcurl's inner sockets */
    bool lasting;
};

struct http_sockets {
    struct loop *loop;
    const struct http_client_config *config;
    http_sockets_cb *ready;
    void *arg;
    struct watch **watches; /* by file descriptor */
    size_t watch_count;
};

static struct watch *watch_get(const struct http_sockets *s, int fd)
{
    return (size_t)fd < s->watch_count ? s->watches[fd] : NULL;
}

static void watch_drop(struct watch *w)
{
    if (!w) return;
    w->sockets->watches[w->fd] = NULL;
    loop_fd_free(w->fd_watch);
    free(w);
}

static void watch_set(struct watch *w, int events)
{
    w->watched = events;
    loop_fd_want(w->fd_watch, events);
}

static void on_socket_event(void *arg, int events)
{
    struct watch *w = arg;
    events &= w->wanted;
    if (!events) {
        watch_set(w, w->wanted);
        return;
    }
    int curl_events =
        (events & LOOP_READ ? CURL_CSELECT_IN : 0) | (events & LOOP_WRITE ? CURL_CSELECT_OUT : 0);
    w->sockets->ready(w->sockets->arg, w->fd, curl_events); /* w may be gone */
}

static struct watch *watch_add(struct http_sockets *s, int fd, bool lasting)
{
    if ((size_t)fd >= s->watch_count) {
        size_t count = (size_t)fd + WATCHES_AT_ONCE;
        s->watches = xrealloc(s->watches, count * sizeof *s->watches);
        memset(s->watches + s->watch_count, 0, (count - s->watch_count) * sizeof *s->watches);
        s->watch_count = count;
    }
    /* libcurl 7.88 does not tell us of closing a socket that never connected */
    watch_drop(s->watches[fd]);
    struct watch *w = xcalloc(1, sizeof *w);
    w->sockets = s;
    w->fd = fd;
    w->lasting = lasting;
    w->fd_watch = loop_fd_new(s->loop, fd, 0, on_socket_event, w);
    s->watches[fd] = w;
    return w;
}

static bool may_connect(const struct http_client_config *config,
                        const struct curl_sockaddr *address)
{
    char text[INET6_ADDRSTRLEN];
    if (!config->may_connect) return true;
    return getnameinfo(&address->addr, address->addrlen, text, sizeof text, NULL, 0,
                       NI_NUMERICHOST) == 0 &&
           config->may_connect(config->may_connect_arg, text);
}

static curl_socket_t on_open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct http_sockets *s = arg;
    (void)purpose;
    if (!may_connect(s->config, address)) return CURL_SOCKET_BAD;
    int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (fd < 0) return CURL_SOCKET_BAD;
    (void)watch_add(s, fd, true);
    return fd;
}

static int on_close_socket(void *arg, curl_socket_t fd)
{
    watch_drop(watch_get(arg, fd));
    return close(fd);
}

/* libcurl says what it waits for on a socket. */
static int on_socket_wanted(CURL *easy, curl_socket_t fd, int what, void *arg, void *socket_data)
{
    struct http_sockets *s = arg;
    struct watch *w = watch_get(s, fd);
    (void)easy;
    (void)socket_data;
    if (what == CURL_POLL_REMOVE && (!w || !w->lasting)) {
        watch_drop(w);
        return 0;
    }
    if (!w) w = watch_add(s, fd, false);
    w->wanted = (what & CURL_POLL_IN ? LOOP_READ : 0) | (what & CURL_POLL_OUT ? LOOP_WRITE : 0);
    if (what == CURL_POLL_REMOVE) w->wanted = 0;
    if (w->wanted)
        watch_set(w, w->wanted);
    else if (w->watched & LOOP_WRITE) /* an idle socket is always writable */
        watch_set(w, w->watched & LOOP_READ);
    return 0;
}

struct http_sockets *http_sockets_new(struct loop *l, CURLM *multi,
                                      const struct http_client_config *config,
                                      http_sockets_cb *ready, void *arg)
{
    struct http_sockets *s = xcalloc(1, sizeof *s);
    *s = (struct http_sockets){.loop = l, .config = config, .ready = ready, .arg = arg};
    check(curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket_wanted) == CURLM_OK);
    check(curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, s) == CURLM_OK);
    return s;
}

void http_sockets_free(struct http_sockets *s)
{
    if (!s) return;
    for (size_t fd = 0; fd < s->watch_count; fd++)
        watch_drop(s->watches[fd]);
    free(s->watches);
    free(s);
}

void http_sockets_serve(struct http_sockets *s, CURL *easy)
{
    check(curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open_socket) == CURLE_OK);
    check(curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, s) == CURLE_OK);
    check(curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, on_close_socket) == CURLE_OK);
    check(curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, s) == CURLE_OK);
}
