#include "sim/post.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/heap.h"

enum {
    POST_IN_FLIGHT_MAX = 64,
    POST_SPARE = 4, /* places for webhook handshakes */
    POST_CONNECT_MS = 5000,
    POST_RESPONSE_MS = 15000, /* Twilio waits as long for a webhook */
    POST_URL_BYTES_MAX = 8 * 1024,
    POST_BODY_BYTES_MAX = 64 * 1024,
    POST_BACKOFF_MAX = 6, /* doublings of a second */
    POST_HEADER_BYTES = 128,
};

struct post {
    const struct sim_config *config;
    struct stats *stats;
    post_taken_cb *cb;
    void *arg;
    struct http_client *client;
    struct loop_timer *timer;
    struct heap *waiting; /* of owned struct letter, by the time they are due */
    struct outgoing out;  /* used again for each request */
    size_t under_way;
    bool closing;
};

/* A letter that is under way needs its office. */
struct errand {
    struct post *post;
    struct letter *letter; /* owned */
};

static void pump(void *arg);

int post_new(struct loop *l, const struct sim_config *config, struct stats *stats,
             post_taken_cb *cb, void *arg, struct post **ret, struct err *e)
{
    struct http_client_config client = {.connect_ms = POST_CONNECT_MS,
                                        .response_ms = POST_RESPONSE_MS,
                                        .in_flight_max = POST_IN_FLIGHT_MAX + POST_SPARE};
    struct post *p = xcalloc(1, sizeof *p);
    int rc = http_client_new(l, &client, &p->client, e);
    if (rc) {
        free(p);
        return rc;
    }
    p->config = config;
    p->stats = stats;
    p->cb = cb;
    p->arg = arg;
    p->timer = loop_timer_new(l, pump, p);
    p->waiting = heap_new();
    buf_init(&p->out.url, POST_URL_BYTES_MAX);
    buf_init(&p->out.body, POST_BODY_BYTES_MAX);
    buf_init(&p->out.signature, POST_HEADER_BYTES);
    *ret = p;
    return 0;
}

void post_clear(struct post *p)
{
    void *letter;
    while (heap_pop(p->waiting, NULL, &letter))
        free(letter);
    loop_timer_cancel(p->timer);
}

void post_free(struct post *p)
{
    if (!p) return;
    p->closing = true;
    http_client_free(p->client); /* ends what is under way; nothing is tried again */
    post_clear(p);
    loop_timer_free(p->timer);
    heap_free(p->waiting);
    buf_done(&p->out.url);
    buf_done(&p->out.body);
    buf_done(&p->out.signature);
    free(p);
}

size_t post_pending(const struct post *p)
{
    return heap_count(p->waiting) + p->under_way;
}

struct http_client *post_client(struct post *p)
{
    return p->client;
}

static void keep(char **at, struct slice *s)
{
    if (s->n) memcpy(*at, s->p, s->n);
    s->p = *at;
    *at += s->n;
}

static struct letter *copy_of(const struct letter *l)
{
    size_t bytes = l->id.n + l->account.n + l->to.n + l->from.n + l->callback.n + l->ref.n;
    struct letter *copy = xmalloc(sizeof *copy + bytes);
    *copy = *l;
    char *at = (char *)(copy + 1);
    struct slice *const slices[] = {&copy->id,   &copy->account,  &copy->to,
                                    &copy->from, &copy->callback, &copy->ref};
    for (size_t i = 0; i < COUNT_OF(slices); i++)
        keep(&at, slices[i]);
    return copy;
}

/* The timer stands at what is due next; while all places are taken, the next response pumps. */
static void arm(struct post *p)
{
    int64_t due_us;
    void *letter;
    if (p->under_way >= POST_IN_FLIGHT_MAX || !heap_peek(p->waiting, &due_us, &letter)) return;
    loop_timer_at(p->timer, due_us);
}

void post_add(struct post *p, const struct letter *l, int64_t due_us)
{
    int64_t next_us = INT64_MAX;
    void *next;
    if (post_pending(p) >= (size_t)p->config->pending_max) {
        stats_counters(p->stats)->posts_dropped++;
        return;
    }
    bool first = !heap_peek(p->waiting, &next_us, &next) || due_us < next_us;
    heap_push(p->waiting, due_us, copy_of(l));
    if (first) arm(p);
}

static void count(struct post *p, const struct letter *l, bool taken)
{
    struct stats_counters *n = stats_counters(p->stats);
    bool receipt = l->kind == LETTER_RECEIPT;
    if (taken) {
        n->receipts_sent += receipt;
        n->replies_sent += !receipt;
    } else {
        n->receipts_failed += receipt;
        n->replies_failed += !receipt;
    }
}

/* Whether another try makes sense: a refusal for good (a wrong signature, say) stays one. */
static bool may_retry(const struct http_result *r)
{
    return r->transport != HTTP_ANSWERED || r->status >= 500 || r->status == 429 ||
           r->status == 408;
}

static void retry_or_give_up(struct post *p, struct letter *l, bool retry)
{
    if (!retry || p->closing || l->tries >= p->config->post_retries) {
        count(p, l, false);
        free(l);
        return;
    }
    int doublings = l->tries < POST_BACKOFF_MAX ? l->tries : POST_BACKOFF_MAX;
    l->tries++;
    stats_counters(p->stats)->posts_retried++;
    heap_push(p->waiting, clock_mono_us() + (INT64_C(1000000) << doublings), l);
}

static void on_result(void *arg, const struct http_result *r)
{
    struct errand *errand = arg;
    struct post *p = errand->post;
    struct letter *l = errand->letter;
    free(errand);
    p->under_way--;
    if (r->transport == HTTP_ANSWERED && r->status >= 200 && r->status < 300) {
        count(p, l, true);
        if (l->kind == LETTER_REPLY) p->cb(p->arg, l);
        free(l);
    } else {
        retry_or_give_up(p, l, may_retry(r));
    }
    if (!p->closing) arm(p);
}

static bool write_out(struct post *p, const struct letter *l)
{
    buf_clear(&p->out.url);
    buf_clear(&p->out.body);
    buf_clear(&p->out.signature);
    p->out.content_type = NULL;
    return l->face->write(p->config, l, &p->out);
}

static void send_letter(struct post *p, struct letter *l)
{
    char type[POST_HEADER_BYTES];
    const char *headers[3] = {NULL, NULL, NULL};
    size_t n = 0;
    struct err e;
    if (!write_out(p, l)) {
        retry_or_give_up(p, l, false);
        return;
    }
    if (p->out.content_type) {
        (void)snprintf(type, sizeof type, "Content-Type: %s", p->out.content_type);
        headers[n++] = type;
    }
    if (p->out.signature.n) headers[n++] = p->out.signature.p;
    struct http_send send = {.method = p->out.method,
                             .url = p->out.url.p,
                             .headers = headers,
                             .body = buf_slice(&p->out.body)};
    struct errand *errand = xmalloc(sizeof *errand);
    *errand = (struct errand){p, l};
    p->under_way++;
    int rc = http_client_send(p->client, &send, on_result, errand, &e);
    if (rc == 0) return;
    p->under_way--;
    free(errand);
    retry_or_give_up(p, l, rc == -EAGAIN);
}

static void pump(void *arg)
{
    struct post *p = arg;
    int64_t due_us, now_us = clock_mono_us();
    void *letter;
    while (p->under_way < POST_IN_FLIGHT_MAX && heap_peek(p->waiting, &due_us, &letter) &&
           due_us <= now_us) {
        (void)heap_pop(p->waiting, NULL, &letter);
        send_letter(p, letter);
    }
    arm(p);
}
