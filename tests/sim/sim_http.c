#include "sim_gateway.h"

#include "core/ref.h"
#include "io/http_client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    WIRE_US = 800,            /* [µs] from our socket to the provider */
    WIRE_UNEVEN_US = 1000,    /* … and how uneven that is: docs/adr/0004 */
    SERVICE_US = 15 * SIM_MS, /* [µs] on average until it answers */
    LATE_US = 2 * SIM_S,      /* … when it is slow */
    ANSWER_BYTES = 256,
};

static struct {
    struct provider_state {
        enum sim_kind kind;
        double fault_chance;
        enum sim_mood mood;
        int64_t mood_until_us, last_arrival_us;
    } at[SIM_GATEWAYS_MAX];
    struct rng rng;
    uint64_t serial;
    struct sim_gateway_watch watch;
} gateways;

/* A request under way. It outlives its client: what was sent arrives. */
struct transfer {
    struct http_client *client; /* NULL: nobody waits any more */
    http_client_cb *cb;
    void *arg;
    struct sim_request request;
    char ref[REF_CHARS + 1];
    int64_t started_us;
    struct sim_event *answer, *timeout;
    bool arrived; /* the other side is done with it */
    struct http_result result;
    char body[ANSWER_BYTES];
    struct transfer *prev, *next;
};

struct http_client {
    struct sim_process *process;
    struct http_client_config config;
    struct transfer *transfers;
    size_t in_flight;
};

void sim_gateway_begin(const struct sim_gateway_watch *watch)
{
    memset(&gateways, 0, sizeof gateways);
    gateways.rng = rng_new(sim_seed(), 2);
    gateways.watch = *watch;
}

void sim_gateway_set(int gateway, enum sim_kind kind, double fault_chance)
{
    gateways.at[gateway] = (struct provider_state){.kind = kind, .fault_chance = fault_chance};
}

void sim_gateway_mood(int gateway, enum sim_mood mood, int64_t us)
{
    gateways.at[gateway].mood = mood;
    gateways.at[gateway].mood_until_us = sim_now_us() + us;
}

void sim_gateway_heal(int gateway)
{
    gateways.at[gateway].mood = MOOD_FINE;
    gateways.at[gateway].fault_chance = 0;
}

static enum sim_mood mood_of(struct provider_state *p)
{
    if (p->mood_until_us <= sim_now_us()) p->mood = MOOD_FINE;
    if (p->mood == MOOD_FINE && rng_chance(&gateways.rng, p->fault_chance))
        return (enum sim_mood)rng_between(&gateways.rng, MOOD_THROTTLING, MOOD_FLAKY);
    return p->mood;
}

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

static void read_request(struct transfer *t, const struct http_send *send)
{
    struct sim_request *q = &t->request;
    check(strncmp(send->url, "http://g", 8) == 0);
    q->gateway = send->url[8] - '0';
    check(q->gateway >= 0 && q->gateway < SIM_GATEWAYS_MAX);
    bool twilio = gateways.at[q->gateway].kind == KIND_TWILIO;
    struct slice words = twilio ? send->body : slice_of(send->url);
    q->to = number_after(words, twilio ? "To=%2B" : "to=%2B");
    q->from = number_after(words, twilio ? "From=%2B" : "from=%2B");
    const char *ref = memmem(words.p, words.n, "ref%3D", 6);
    check(q->to && q->from && ref && ref + 6 + REF_CHARS <= words.p + words.n);
    memcpy(t->ref, ref + 6, REF_CHARS);
    q->ref = slice_make(t->ref, REF_CHARS);
}

/* ---- the provider ---- */

static void answer(struct transfer *t, int status, const char *body)
{
    t->result.transport = HTTP_ANSWERED;
    t->result.status = status;
    (void)snprintf(t->body, sizeof t->body, "%s", body);
}

static void answer_code(struct transfer *t, int status, int code)
{
    t->result.transport = HTTP_ANSWERED;
    t->result.status = status;
    (void)snprintf(t->body, sizeof t->body, "{\"code\":%d,\"message\":\"no\",\"status\":%d}", code,
                   status);
}

static void break_off(struct transfer *t, const char *error)
{
    t->result.transport = HTTP_UNKNOWN;
    t->result.error = error;
}

static void take(struct transfer *t)
{
    gateways.watch.taken(&t->request);
}

static void accept(struct transfer *t)
{
    char body[64];
    take(t);
    if (gateways.at[t->request.gateway].kind == KIND_KANNEL) {
        answer(t, 202, "0: Accepted for delivery");
        return;
    }
    (void)snprintf(body, sizeof body, "{\"sid\":\"SM%llu\"}",
                   (unsigned long long)gateways.serial++);
    answer(t, 201, body);
}

static void throttle(struct transfer *t)
{
    if (rng_chance(&gateways.rng, 0.1)) {
        accept(t);
        return;
    }
    if (rng_chance(&gateways.rng, 0.5))
        t->result.retry_after_ms = rng_between(&gateways.rng, 0, 3) * 1000;
    if (gateways.at[t->request.gateway].kind == KIND_KANNEL && rng_chance(&gateways.rng, 0.5))
        answer(t, 503, "Temporal failure, try again later.");
    else
        answer_code(t, 429, 20429);
}

/* Whatever is said here, the message may have been taken or not, and the client cannot know. */
static void fail_flaky(struct transfer *t)
{
    if (rng_chance(&gateways.rng, 0.5)) take(t);
    switch (rng_between(&gateways.rng, 0, 4)) {
    case 0:
        break_off(t, "connection reset");
        break;
    case 1:
        break_off(t, "half an answer");
        break;
    case 2:
        answer(t, 200, "<html><body>Welcome to the hotel's network</body></html>");
        t->result.content_type = SLICE_LIT("text/html");
        break;
    case 3:
        answer(t, 502, "<html>Bad gateway</html>");
        break;
    default:
        answer(t, 500, "{\"code\":20500,\"status\":500}");
        break;
    }
    gateways.watch.doubted(&t->request);
}

/* One in fifty numbers is not a person's, by its last digits: always the same ones. */
static bool refuse(struct transfer *t)
{
    bool twilio = gateways.at[t->request.gateway].kind == KIND_TWILIO;
    if (t->request.to % 50 == 7)
        answer_code(t, 400, 21211);
    else if (twilio && t->request.to % 50 == 23)
        answer_code(t, 400, 21610);
    else
        return false;
    return true;
}

static void block(struct transfer *t)
{
    if (gateways.at[t->request.gateway].kind == KIND_KANNEL)
        answer(t, 403, "Authorization failed for sendsms");
    else
        answer_code(t, 401, 20003);
}

static void decide(struct transfer *t, enum sim_mood mood)
{
    if (mood == MOOD_THROTTLING)
        throttle(t);
    else if (mood == MOOD_FLAKY && rng_chance(&gateways.rng, 0.6))
        fail_flaky(t);
    else if (mood == MOOD_BLOCKING)
        block(t);
    else if (!refuse(t))
        accept(t);
    /* nobody relies on it, and some send nonsense */
    if (!t->result.content_type.n && rng_chance(&gateways.rng, 0.05))
        t->result.content_type = SLICE_LIT("text/html");
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
    char body[ANSWER_BYTES];
    memcpy(body, t->body, sizeof body);
    result.body = slice_of(result.transport == HTTP_ANSWERED ? body : "");
    result.took_us = sim_now_us() - t->started_us;
    unlink_transfer(t);
    sim_cancel(t->answer);
    sim_cancel(t->timeout);
    t->answer = t->timeout = NULL;
    if (t->arrived) free(t);
    cb(arg, &result);
}

static void on_answer(void *arg)
{
    finish(arg);
}

static void on_timeout(void *arg)
{
    struct transfer *t = arg;
    gateways.watch.doubted(&t->request);
    t->result =
        (struct http_result){.transport = HTTP_UNKNOWN, .retry_after_ms = -1, .error = "timeout"};
    finish(t);
}

static void on_arrival(void *arg)
{
    struct transfer *t = arg;
    struct provider_state *p = &gateways.at[t->request.gateway];
    enum sim_mood mood = mood_of(p);
    gateways.watch.arrived(&t->request);
    decide(t, mood);
    sim_trace("g%d: %llu %s %d", t->request.gateway, (unsigned long long)t->request.to,
              t->result.transport == HTTP_ANSWERED ? "answer" : t->result.error, t->result.status);
    t->arrived = true;
    if (!t->client) {
        free(t);
        return;
    }
    int64_t us = WIRE_US + rng_exponential(&gateways.rng, mood == MOOD_SLOW ? LATE_US : SERVICE_US);
    t->answer = sim_in(t->client->process, us, on_answer, t);
}

static void not_sent(struct transfer *t, int64_t after_us, const char *why)
{
    t->result.transport = HTTP_NOT_SENT;
    t->result.error = why;
    t->arrived = true;
    t->answer = sim_in(t->client->process, after_us, on_answer, t);
}

static void put_on_wire(struct transfer *t)
{
    struct provider_state *p = &gateways.at[t->request.gateway];
    if (p->mood_until_us <= sim_now_us()) p->mood = MOOD_FINE;
    if (p->mood == MOOD_REFUSING) {
        not_sent(t, WIRE_US, "connection refused");
        return;
    }
    if (p->mood == MOOD_HANGING) {
        not_sent(t, t->client->config.connect_ms * (int64_t)SIM_MS, "connect timeout");
        return;
    }
    gateways.watch.sent(&t->request);
    (void)sim_in(NULL, WIRE_US + rng_between(&gateways.rng, 0, WIRE_UNEVEN_US), on_arrival, t);
    t->timeout =
        sim_in(t->client->process, t->client->config.response_ms * (int64_t)SIM_MS, on_timeout, t);
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

int http_client_send(struct http_client *c, const struct http_send *send, http_client_cb *cb,
                     void *arg, struct err *e)
{
    if (c->in_flight >= (size_t)c->config.in_flight_max)
        return err_set(e, -EAGAIN, "too many under way");
    struct transfer *t = xcalloc(1, sizeof *t);
    *t = (struct transfer){.client = c, .cb = cb, .arg = arg, .started_us = sim_now_us()};
    t->result.retry_after_ms = -1;
    read_request(t, send);
    t->next = c->transfers;
    if (t->next) t->next->prev = t;
    c->transfers = t;
    c->in_flight++;
    put_on_wire(t);
    return 0;
}
