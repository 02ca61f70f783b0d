/* The wire between dispatchers and providers: what is sent arrives, answers may not. */
#include "sim_http_impl.h"

#include <errno.h>
#include <stdlib.h>

enum {
    WIRE_US = 800,            /* [µs] from our socket to the provider */
    WIRE_UNEVEN_US = 1000,    /* … and how uneven that is: docs/adr/0004 */
    SERVICE_US = 15 * SIM_MS, /* [µs] on average until it answers */
    LATE_US = 2 * SIM_S,      /* … when it is slow */
};

struct http_client {
    struct sim_process *process;
    struct http_client_config config;
    struct transfer *transfers;
    size_t in_flight, warm; /* warm: connections that stand idle */
};

/* ---- reading a request ---- */

static uint64_t number_after(struct slice text, const char *name)
{
    const char *at = text.n ? memmem(text.p, text.n, name, strlen(name)) : NULL;
    if (!at) return 0;
    uint64_t n = 0;
    for (at += strlen(name); at < text.p + text.n && *at >= '0' && *at <= '9'; at++)
        n = 10 * n + (uint64_t)(*at - '0');
    return n;
}

/* The words of our messages have no other bytes that are escaped than blanks. */
static void read_text(struct transfer *t, struct slice words)
{
    const char *at = memmem(words.p, words.n, "Body=", 5), *end = words.p + words.n;
    size_t n = 0;
    check(at != NULL);
    for (at += 5; at < end && *at != '&' && n + 1 < sizeof t->text; at++) {
        bool blank = *at == '+' || strncmp(at, "%20", 3) == 0;
        t->text[n++] = blank ? ' ' : *at;
        if (*at == '%') at += 2;
    }
}

static void read_request(struct transfer *t, const struct http_send *send)
{
    struct sim_request *q = &t->request;
    check(strncmp(send->url, "http://g", 8) == 0);
    q->gateway = send->url[8] - '0';
    check(q->gateway >= 0 && q->gateway < SIM_GATEWAYS_MAX);
    bool twilio = sim_gateway_lists(q->gateway);
    t->looks = twilio && strcmp(send->method, "GET") == 0;
    if (t->looks) {
        q->to = number_after(slice_of(send->url), "To=%2B");
        check(q->to);
        return;
    }
    struct slice words = twilio ? send->body : slice_of(send->url);
    q->to = number_after(words, twilio ? "To=%2B" : "to=%2B");
    q->from = number_after(words, twilio ? "From=%2B" : "from=%2B");
    const char *validity = twilio ? "ValidityPeriod=" : "validity=";
    q->validity_s =
        memmem(words.p, words.n, validity, strlen(validity))
            ? (int64_t)number_after(words, validity) * sim_gateway_validity_unit_s(q->gateway)
            : -1;
    if (twilio) read_text(t, words);
    const char *ref = memmem(words.p, words.n, "ref%3D", 6);
    check(q->to && q->from && ref && ref + 6 + REF_CHARS <= words.p + words.n);
    memcpy(t->ref, ref + 6, REF_CHARS);
    q->ref = slice_make(t->ref, REF_CHARS);
}

/* ---- the wire ---- */

static void unlink_transfer(struct transfer *t)
{
    struct http_client *c = t->client;
    if (!c) return;
    if (t->prev)
        t->prev->next = t->next;
    else
        c->transfers = t->next;
    if (t->next) t->next->prev = t->prev;
    c->in_flight--;
    t->client = NULL;
}

static void finish(struct transfer *t)
{
    struct http_result result = t->result;
    http_client_cb *cb = t->cb;
    void *arg = t->arg;
    char *body = t->body;
    t->body = NULL;
    result.body = slice_of(result.transport == HTTP_ANSWERED && body ? body : "");
    if (t->denied && result.transport == HTTP_ANSWERED)
        sim_gateway_eyes.denied(&t->request, &t->no);
    result.took_us = sim_now_us() - t->started_us;
    if (result.transport == HTTP_ANSWERED && t->client) t->client->warm++;
    unlink_transfer(t);
    sim_cancel(t->answer);
    sim_cancel(t->timeout);
    t->answer = t->timeout = NULL;
    if (t->arrived) free(t);
    cb(arg, &result);
    free(body);
}

static void on_answer(void *arg)
{
    finish(arg);
}

static void on_timeout(void *arg)
{
    struct transfer *t = arg;
    if (!t->looks) sim_gateway_eyes.doubted(&t->request);
    t->result =
        (struct http_result){.transport = HTTP_UNKNOWN, .retry_after_ms = -1, .error = "timeout"};
    finish(t);
}

static void on_arrival(void *arg)
{
    struct transfer *t = arg;
    enum sim_mood mood = sim_gateway_mood_now(t->request.gateway);
    if (!t->looks) sim_gateway_eyes.arrived(&t->request);
    sim_gateway_decide(t, mood);
    sim_trace("g%d: %llu %s %d", t->request.gateway, (unsigned long long)t->request.to,
              t->result.transport == HTTP_ANSWERED ? "answer" : t->result.error, t->result.status);
    t->arrived = true;
    if (!t->client) {
        free(t->body);
        free(t);
        return;
    }
    int64_t us = WIRE_US + sim_gateway_late_us(mood == MOOD_SLOW ? LATE_US : SERVICE_US);
    t->answer = sim_in(t->client->process, us, on_answer, t);
}

static void not_sent(struct transfer *t, int64_t after_us, const char *why)
{
    t->result.transport = HTTP_NOT_SENT;
    t->result.error = why;
    t->arrived = true;
    t->answer = sim_in(t->client->process, after_us, on_answer, t);
}

static void write_request(struct transfer *t)
{
    if (t->may_leave && !t->may_leave(t->arg)) {
        t->result.kept_back = true;
        not_sent(t, WIRE_US, "kept back");
        return;
    }
    if (!t->looks) sim_gateway_eyes.sent(&t->request);
    (void)sim_in(NULL, WIRE_US + sim_gateway_chance_us(WIRE_UNEVEN_US), on_arrival, t);
    t->timeout =
        sim_in(t->client->process, t->client->config.response_ms * (int64_t)SIM_MS, on_timeout, t);
}

static void on_connected(void *arg)
{
    struct transfer *t = arg;
    t->arrived = false;
    t->answer = NULL;
    write_request(t);
}

static void put_on_wire(struct transfer *t)
{
    enum sim_mood door = sim_gateway_door(t->request.gateway);
    int64_t connect_us = sim_gateway_connect_us(t->request.gateway);
    if (door == MOOD_REFUSING) {
        not_sent(t, WIRE_US, "connection refused");
        return;
    }
    if (door == MOOD_HANGING) {
        not_sent(t, t->client->config.connect_ms * (int64_t)SIM_MS, "connect timeout");
        return;
    }
    if (connect_us == 0 || t->client->warm > 0) {
        if (connect_us) t->client->warm--;
        write_request(t);
        return;
    }
    t->arrived = true; /* nothing is on its way yet */
    t->answer = sim_in(t->client->process, connect_us, on_connected, t);
}

/* ---- io/http_client.h ---- */

int http_client_new(struct loop *l, const struct http_client_config *config,
                    struct http_client **ret, struct err *e)
{
    (void)l;
    (void)e;
    struct http_client *c = xcalloc(1, sizeof *c);
    c->process = sim_current();
    c->config = *config;
    *ret = c;
    return 0;
}

void http_client_free(struct http_client *c)
{
    if (!c) return;
    while (c->transfers) {
        struct transfer *t = c->transfers;
        t->result = (struct http_result){
            .transport = HTTP_UNKNOWN, .retry_after_ms = -1, .error = "closed"};
        finish(t);
    }
    free(c);
}

size_t http_client_in_flight(const struct http_client *c)
{
    return c->in_flight;
}

int http_client_send(struct http_client *c, const struct http_send *send, http_client_cb *cb,
                     void *arg, struct err *e)
{
    if (c->in_flight >= (size_t)c->config.in_flight_max)
        return err_set(e, -EAGAIN, "too many under way");
    struct transfer *t = xcalloc(1, sizeof *t);
    *t = (struct transfer){.client = c,
                           .cb = cb,
                           .arg = arg,
                           .may_leave = send->may_leave,
                           .started_us = sim_now_us()};
    t->result.retry_after_ms = -1;
    read_request(t, send);
    t->next = c->transfers;
    if (t->next) t->next->prev = t;
    c->transfers = t;
    c->in_flight++;
    put_on_wire(t);
    return 0;
}
