/* libcurl's multi interface, event driven, on the loop.
 *
 * Handles are kept in a pool and connections in libcurl's cache, which is at least as large as what
 * can be under way: a smaller one closes connections that the next request would have used. Three
 * things make it cheap. Sockets stay watched between two requests (http_sockets.c). libcurl's
 * timer, which it moves with every request, is armed only when it moves to an earlier
 * time; one that rings too early is armed again. And libcurl looks for an idle connection from the
 * first of its cache on, past all that are in use: each of the requests that may be under way has a
 * place, and a few places share a cache (not with HTTP/2, whose requests share connections).
 * Callbacks never run inside of libcurl, so they may send the next request.
 *
 * response_ms is ours and not libcurl's, whose every call judges all timeouts by the time of day
 * before it reads a socket: a process that was stopped would lose every response that came
 * meanwhile. It goes by the loop's awake clock. Being the same for all, it makes the requests under
 * way a queue by age, and one timer for the oldest is enough. connect_ms stays libcurl's, which
 * shares it out among a host's addresses; where it was judged too early, we connect anew: nothing
 * has left yet. */
#include "io/http_client.h"

#include "base/clock.h"
#include "http_sockets.h"
#include "http_transfer.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/queue.h>
#include <unistd.h>

#include <curl/curl.h>

enum { PLACES_PER_CACHE = 16 }; /* a cache takes 10 KB */

struct slot {
    struct http_transfer *transfer;
    CURLSH *cache; /* the transfer is set to; NULL = none yet */
    size_t place;  /* while it is busy */
    struct slot *next_idle;
    TAILQ_ENTRY(slot) by_age;
    int64_t start_us; /* of the awake clock */
    bool busy;
};

struct http_client {
    CURLM *multi;
    struct loop *loop;
    struct http_client_config config; /* owns its strings */
    struct slot **slots;
    size_t slot_count;
    struct slot *idle;
    size_t in_flight;
    CURLSH **caches; /* of connections, one for every PLACES_PER_CACHE places */
    size_t *idle_places, idle_place_count, place_count;
    TAILQ_HEAD(slots, slot) under_way; /* the oldest first */
    struct loop_timer *late_timer;     /* rings when the oldest is late, or before */
    struct http_sockets *sockets;
    struct loop_timer *timer;
    int64_t deadline_us;           /* [µs] monotonic: when libcurl wants to be called, -1 = not */
    int64_t armed_us;              /* [µs] monotonic: when the timer rings, -1 = not armed */
    struct loop_timer *done_timer; /* transfers ended inside of http_client_send */
    bool delivering, closing;
};

static int on_timer_wanted(CURLM *multi, long ms, void *arg)
{
    struct http_client *c = arg;
    (void)multi;
    c->deadline_us = ms < 0 ? -1 : clock_mono_us() + ms * 1000;
    return 0;
}

/* Lets libcurl work; what ended is delivered elsewhere. Returns whether something has ended. */
static bool drive(struct http_client *c, curl_socket_t fd, int events)
{
    int running = 0;
    check(curl_multi_socket_action(c->multi, fd, events, &running) == CURLM_OK);
    if (c->deadline_us >= 0 && (c->armed_us < 0 || c->deadline_us < c->armed_us)) {
        c->armed_us = c->deadline_us;
        loop_timer_at(c->timer, c->armed_us);
    }
    return (size_t)running < c->in_flight;
}

static void slot_release(struct http_client *c, struct slot *s)
{
    check(curl_multi_remove_handle(c->multi, http_transfer_easy(s->transfer)) == CURLM_OK);
    TAILQ_REMOVE(&c->under_way, s, by_age);
    c->idle_places[c->idle_place_count++] = s->place;
    s->busy = false;
    c->in_flight--;
}

static void slot_put(struct http_client *c, struct slot *s)
{
    s->next_idle = c->idle;
    c->idle = s;
}

static CURLSH *cache_new(void)
{
    CURLSH *cache = curl_share_init();
    check(cache != NULL);
    check(curl_share_setopt(cache, CURLSHOPT_SHARE, CURL_LOCK_DATA_CONNECT) == CURLSHE_OK);
    return cache;
}

/* The place that was left last: its connection is the warmest. in_flight < in_flight_max. */
static size_t place_take(struct http_client *c)
{
    if (c->idle_place_count > 0) return c->idle_places[--c->idle_place_count];
    size_t place = c->place_count++;
    if (place % PLACES_PER_CACHE == 0) c->caches[place / PLACES_PER_CACHE] = cache_new();
    return place;
}

static void slot_place(struct http_client *c, struct slot *s)
{
    s->place = place_take(c);
    CURLSH *cache = c->caches[s->place / PLACES_PER_CACHE];
    if (s->cache == cache || c->config.http2) return;
    check(curl_easy_setopt(http_transfer_easy(s->transfer), CURLOPT_SHARE, cache) == CURLE_OK);
    s->cache = cache;
}

static bool connect_slept(const struct http_client *c, const struct slot *s, CURLcode code)
{
    return code == CURLE_OPERATION_TIMEDOUT && !http_transfer_begun(s->transfer) &&
           loop_awake_us(c->loop) - s->start_us < c->config.connect_ms * 1000LL;
}

static void connect_again(struct http_client *c, struct slot *s)
{
    CURL *easy = http_transfer_easy(s->transfer);
    check(curl_multi_remove_handle(c->multi, easy) == CURLM_OK);
    check(curl_multi_add_handle(c->multi, easy) == CURLM_OK);
    if (drive(c, CURL_SOCKET_TIMEOUT, 0)) loop_timer_in(c->done_timer, 0);
}

/* Bounded by what was under way at the start: a callback that sends again, and fails again, must
 * not keep the loop here. Later ones find their way through done_timer. */
static void deliver(struct http_client *c)
{
    if (c->delivering) return;
    c->delivering = true;
    int queued;
    for (size_t left = c->in_flight; left > 0; left--) {
        CURLMsg *message = curl_multi_info_read(c->multi, &queued);
        if (!message) break;
        check(message->msg == CURLMSG_DONE);
        CURLcode code = message->data.result;
        struct slot *s = NULL;
        check(curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &s) == CURLE_OK);
        if (connect_slept(c, s, code)) {
            connect_again(c, s);
            continue;
        }
        slot_release(c, s);
        http_transfer_finish(s->transfer, code);
        slot_put(c, s);
    }
    c->delivering = false;
}

static void on_ready(void *arg, int fd, int curl_events)
{
    if (drive(arg, fd, curl_events)) deliver(arg);
}

static void on_timer(void *arg)
{
    struct http_client *c = arg;
    c->armed_us = -1;
    if (c->deadline_us < 0) return;
    if (clock_mono_us() < c->deadline_us) {
        c->armed_us = c->deadline_us;
        loop_timer_at(c->timer, c->armed_us);
        return;
    }
    c->deadline_us = -1; /* libcurl says so again when it wants another */
    if (drive(c, CURL_SOCKET_TIMEOUT, 0)) deliver(c);
}

static void on_done_timer(void *arg)
{
    deliver(arg);
}

static int64_t late_us(const struct http_client *c, const struct slot *s)
{
    return s->start_us + c->config.response_ms * 1000LL;
}

static void on_late_timer(void *arg)
{
    struct http_client *c = arg;
    struct slot *s;
    deliver(c); /* what has ended is not late */
    c->delivering = true;
    int64_t now_us = loop_awake_us(c->loop);
    while ((s = TAILQ_FIRST(&c->under_way)) != NULL && late_us(c, s) <= now_us) {
        slot_release(c, s);
        http_transfer_late(s->transfer);
        slot_put(c, s);
    }
    c->delivering = false;
    if (s) loop_timer_at_awake(c->late_timer, late_us(c, s));
}

static void config_own(struct http_client_config *config)
{
    if (config->ca_file) config->ca_file = xstrdup(config->ca_file);
    if (config->unix_path) config->unix_path = xstrdup(config->unix_path);
}

static void set_multi_options(struct http_client *c)
{
    CURLM *m = c->multi;
    check(curl_multi_setopt(m, CURLMOPT_TIMERFUNCTION, on_timer_wanted) == CURLM_OK);
    check(curl_multi_setopt(m, CURLMOPT_TIMERDATA, c) == CURLM_OK);
    check(curl_multi_setopt(m, CURLMOPT_MAXCONNECTS, (long)c->config.in_flight_max) == CURLM_OK);
    long multiplex = c->config.http2 ? CURLPIPE_MULTIPLEX : CURLPIPE_NOTHING;
    check(curl_multi_setopt(m, CURLMOPT_PIPELINING, multiplex) == CURLM_OK);
}

static int config_check(const struct http_client_config *config, struct err *e)
{
    if (!config->ca_file || access(config->ca_file, R_OK) == 0) return 0;
    return err_set(e, -errno, "cannot read the certificates in %s: %s; mend `ca_file`",
                   config->ca_file, strerror(errno));
}

/* OpenSSL writes without MSG_NOSIGNAL: a peer that goes away must not end the process. */
static void curl_begin(void)
{
    (void)signal(SIGPIPE, SIG_IGN);
    check(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
}

int http_client_new(struct loop *l, const struct http_client_config *config,
                    struct http_client **ret, struct err *e)
{
    int r = config_check(config, e);
    if (r != 0) return r;
    curl_begin();
    struct http_client *c = xcalloc(1, sizeof *c);
    c->loop = l;
    c->config = http_transfer_defaults(config);
    config_own(&c->config);
    c->multi = curl_multi_init();
    check(c->multi != NULL);
    c->deadline_us = c->armed_us = -1;
    c->timer = loop_timer_new(l, on_timer, c);
    c->done_timer = loop_timer_new(l, on_done_timer, c);
    c->late_timer = loop_timer_new(l, on_late_timer, c);
    TAILQ_INIT(&c->under_way);
    set_multi_options(c);
    c->sockets = http_sockets_new(l, c->multi, &c->config, on_ready, c);
    size_t places = (size_t)c->config.in_flight_max;
    c->idle_places = xcalloc(places, sizeof *c->idle_places);
    c->caches = xcalloc(1 + places / PLACES_PER_CACHE, sizeof *c->caches);
    *ret = c;
    return 0;
}

static void abandon_all(struct http_client *c)
{
    for (size_t i = 0; i < c->slot_count; i++) {
        struct slot *s = c->slots[i];
        if (!s->busy) continue;
        slot_release(c, s);
        http_transfer_abandon(s->transfer);
    }
}

void http_client_free(struct http_client *c)
{
    if (!c) return;
    check(!c->delivering);
    c->closing = true;
    abandon_all(c);
    for (size_t i = 0; i < c->slot_count; i++) {
        http_transfer_free(c->slots[i]->transfer);
        free(c->slots[i]);
    }
    check(curl_multi_cleanup(c->multi) == CURLM_OK);
    for (size_t i = 0; i < c->place_count; i += PLACES_PER_CACHE)
        check(curl_share_cleanup(c->caches[i / PLACES_PER_CACHE]) == CURLSHE_OK);
    http_sockets_free(c->sockets);
    loop_timer_free(c->timer);
    loop_timer_free(c->done_timer);
    loop_timer_free(c->late_timer);
    free(c->slots);
    free(c->idle_places);
    free(c->caches);
    free((char *)c->config.ca_file);
    free((char *)c->config.unix_path);
    free(c);
    curl_global_cleanup();
}

size_t http_client_in_flight(const struct http_client *c)
{
    return c->in_flight;
}

static struct slot *slot_new(struct http_client *c)
{
    struct slot *s = xcalloc(1, sizeof *s);
    s->transfer = http_transfer_new(&c->config);
    CURL *easy = http_transfer_easy(s->transfer);
    check(curl_easy_setopt(easy, CURLOPT_PRIVATE, s) == CURLE_OK);
    http_sockets_serve(c->sockets, easy);
    c->slots = xrealloc(c->slots, (c->slot_count + 1) * sizeof *c->slots);
    c->slots[c->slot_count++] = s;
    return s;
}

static struct slot *slot_take(struct http_client *c)
{
    struct slot *s = c->idle;
    if (!s) return slot_new(c);
    c->idle = s->next_idle;
    return s;
}

int http_client_send(struct http_client *c, const struct http_send *send, http_client_cb *cb,
                     void *arg, struct err *e)
{
    if (c->closing) return err_set(e, -EAGAIN, "the client is being closed");
    if (c->in_flight >= (size_t)c->config.in_flight_max)
        return err_set(e, -EAGAIN, "%zu requests are under way, which is the limit", c->in_flight);
    struct slot *s = slot_take(c);
    int r = http_transfer_prepare(s->transfer, send, cb, arg, e);
    if (r != 0) {
        slot_put(c, s);
        return r;
    }
    slot_place(c, s);
    check(curl_multi_add_handle(c->multi, http_transfer_easy(s->transfer)) == CURLM_OK);
    s->busy = true;
    s->start_us = loop_awake_us(c->loop);
    TAILQ_INSERT_TAIL(&c->under_way, s, by_age);
    c->in_flight++;
    if (!loop_timer_armed(c->late_timer)) loop_timer_at_awake(c->late_timer, late_us(c, s));
    if (drive(c, CURL_SOCKET_TIMEOUT, 0)) loop_timer_in(c->done_timer, 0);
    return 0;
}

int http_client_once(const struct http_client_config *config, const struct http_send *send,
                     http_client_cb *cb, void *arg, struct err *e)
{
    int r = config_check(config, e);
    if (r != 0) return r;
    curl_begin();
    struct http_client_config full = http_transfer_defaults(config);
    struct http_transfer *t = http_transfer_new(&full);
    r = http_transfer_prepare(t, send, cb, arg, e);
    if (r == 0) {
        CURL *easy = http_transfer_easy(t);
        check(curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)full.response_ms) == CURLE_OK);
        http_transfer_finish(t, curl_easy_perform(easy));
    }
    http_transfer_free(t);
    curl_global_cleanup();
    return r;
}
