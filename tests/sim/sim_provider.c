/* What a provider takes and what it says: honest, but for what its mood makes of the answer. */
#include "sim_http_impl.h"

#include "base/buf.h"
#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    ANSWER_BYTES = 256,
    LIST_BYTES = 16 * 1024,
    TAKEN_MAX = 64 * 1024,
    PAIRS_US = 3 * SIM_S,
};
#define LUCK_CHANCE 0.01

/* What a provider has in its list. */
struct sms {
    int gateway;
    uint64_t to;
    int64_t at_ms;
    enum sim_loss loss;
    char text[SIM_TEXT_BYTES];
};

static struct {
    struct provider_state {
        enum sim_kind kind;
        double fault_chance;
        enum sim_mood mood;
        int64_t mood_until_us, connect_us;
    } at[SIM_GATEWAYS_MAX];
    struct rng rng;
    uint64_t serial;
    struct sms *taken; /* owned */
    size_t taken_n;
} gateways;

struct sim_gateway_watch sim_gateway_eyes;

void sim_gateway_begin(const struct sim_gateway_watch *watch)
{
    memset(&gateways, 0, sizeof gateways);
    gateways.rng = rng_new(sim_seed(), 2);
    sim_gateway_eyes = *watch;
    gateways.taken = xcalloc(TAKEN_MAX, sizeof *gateways.taken);
}

void sim_gateway_end(void)
{
    free(gateways.taken);
    gateways.taken = NULL;
}

void sim_gateway_far(int gateway, int64_t connect_us)
{
    gateways.at[gateway].connect_us = connect_us;
}

int64_t sim_gateway_connect_us(int gateway)
{
    return gateways.at[gateway].connect_us;
}

bool sim_gateway_lists(int gateway)
{
    return gateways.at[gateway].kind == KIND_TWILIO;
}

int64_t sim_gateway_validity_unit_s(int gateway)
{
    return gateways.at[gateway].kind == KIND_TWILIO ? 1 : 60;
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

enum sim_mood sim_gateway_door(int gateway)
{
    struct provider_state *p = &gateways.at[gateway];
    if (p->mood_until_us <= sim_now_us()) p->mood = MOOD_FINE;
    return p->mood;
}

enum sim_mood sim_gateway_mood_now(int gateway)
{
    enum sim_mood mood = sim_gateway_door(gateway);
    if (mood == MOOD_FINE && rng_chance(&gateways.rng, gateways.at[gateway].fault_chance))
        return (enum sim_mood)rng_between(&gateways.rng, MOOD_THROTTLING, MOOD_FLAKY);
    return mood;
}

int64_t sim_gateway_chance_us(int64_t most_us)
{
    return rng_between(&gateways.rng, 0, most_us);
}

int64_t sim_gateway_late_us(int64_t mean_us)
{
    return rng_exponential(&gateways.rng, mean_us);
}

/* ---- the provider ---- */

static void answer(struct transfer *t, int status, const char *body)
{
    t->result.transport = HTTP_ANSWERED;
    t->result.status = status;
    free(t->body);
    t->body = xstrdup(body);
}

static void answer_code(struct transfer *t, int status, int code)
{
    char body[ANSWER_BYTES];
    (void)snprintf(body, sizeof body, "{\"code\":%d,\"message\":\"no\",\"status\":%d}", code,
                   status);
    answer(t, status, body);
}

static void break_off(struct transfer *t, const char *error)
{
    t->result.transport = HTTP_UNKNOWN;
    t->result.error = error;
}

static enum sim_loss loss_of(int gateway)
{
    if (sim_gateway_door(gateway) == MOOD_LOSING) return LOSS_ALL;
    return rng_chance(&gateways.rng, LUCK_CHANCE) ? LOSS_LUCK : LOSS_NONE;
}

static void take(struct transfer *t)
{
    t->request.loss = loss_of(t->request.gateway);
    struct sms *m = &gateways.taken[gateways.taken_n++];
    check(gateways.taken_n < TAKEN_MAX);
    *m = (struct sms){.gateway = t->request.gateway,
                      .to = t->request.to,
                      .at_ms = sim_begin_ms() + sim_now_us() / 1000,
                      .loss = t->request.loss};
    memcpy(m->text, t->text, sizeof m->text);
    sim_gateway_eyes.taken(&t->request);
}

static void deny(struct transfer *t, bool throttled, bool pair)
{
    t->denied = true;
    t->no = (struct sim_no){throttled, pair, t->result.retry_after_ms * 1000};
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
    bool temporal =
        gateways.at[t->request.gateway].kind == KIND_KANNEL && rng_chance(&gateways.rng, 0.5);
    if (temporal)
        answer(t, 503, "Temporal failure, try again later.");
    else
        answer_code(t, 429, 20429);
    deny(t, true, false);
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
    sim_gateway_eyes.doubted(&t->request);
}

/* One in fifty numbers is not a person's, by its last digits: always the same ones. */
static bool refuse(struct transfer *t)
{
    bool twilio = gateways.at[t->request.gateway].kind == KIND_TWILIO;
    if (twilio && t->request.to % 40 == 11 && sim_seed() % 2 == 0 && sim_now_us() < PAIRS_US) {
        /* in every other world some people get too many messages already, for the first seconds */
        answer_code(t, 400, 14107);
        deny(t, true, true);
        return true;
    }
    if (t->request.to % 50 == 7)
        answer_code(t, 400, 21211);
    else if (twilio && t->request.to % 50 == 23)
        answer_code(t, 400, 21610);
    else
        return false;
    deny(t, false, false);
    return true;
}

static void block(struct transfer *t)
{
    if (gateways.at[t->request.gateway].kind == KIND_KANNEL)
        answer(t, 403, "Authorization failed for sendsms");
    else
        answer_code(t, 401, 20003);
    deny(t, false, false);
}

/* ---- the provider's list ---- */

static void list_one(struct buf *b, uint64_t to, const char *text, int64_t at_ms,
                     enum sim_loss loss)
{
    char at[CLOCK_ISO_BYTES];
    clock_iso(at_ms, at);
    buf_addf(b,
             "%s{\"sid\":\"SM%zu\",\"to\":\"+%llu\",\"body\":\"%s\",\"date_created\":\"%s\","
             "\"status\":\"%s\"}",
             b->p[b->n - 1] == '[' ? "" : ",", b->n, (unsigned long long)to, text, at,
             loss == LOSS_NONE ? "sent" : "undelivered");
}

/* Between the messages that it took stand others that are not ours: to somebody else, in other
 * words, of long ago. Some lists are not up to date. */
static void answer_list(struct transfer *t)
{
    struct buf b = BUF_INIT(LIST_BYTES);
    const struct sim_request *q = &t->request;
    enum sim_mood mood = sim_gateway_mood_now(q->gateway);
    bool late = mood != MOOD_FINE && mood != MOOD_LOSING;
    buf_add_cstr(&b, "{\"messages\":[");
    list_one(&b, q->to + 1, "Hi Sam", sim_begin_ms() + sim_now_us() / 1000, LOSS_NONE);
    list_one(&b, q->to, "Hi Kim", sim_begin_ms() + sim_now_us() / 1000, LOSS_NONE);
    list_one(&b, q->to, "Hi Sam", sim_begin_ms() - 3600000, LOSS_NONE);
    for (size_t i = 0; i < gateways.taken_n && !late; i++) {
        const struct sms *m = &gateways.taken[i];
        if (m->gateway == q->gateway && m->to == q->to)
            list_one(&b, m->to, m->text, m->at_ms, m->loss);
    }
    buf_add_cstr(&b, "],\"next_page_uri\":null}");
    check(!b.failed);
    if (rng_chance(&gateways.rng, late ? 0.3 : 0)) b.n /= 2; /* half of it: no JSON any more */
    char *text = slice_strdup(buf_slice(&b));
    answer(t, 200, text);
    free(text);
    buf_done(&b);
}

/* A question has no answer that is more than half wrong; what it asks for stands or does not. */
static void decide_list(struct transfer *t, enum sim_mood mood)
{
    if (mood == MOOD_THROTTLING)
        answer_code(t, 429, 20429);
    else if (mood == MOOD_FLAKY && rng_chance(&gateways.rng, 0.6))
        answer(t, 500, "<html>Welcome to the hotel's network</html>");
    else if (mood == MOOD_BLOCKING)
        answer_code(t, 401, 20003);
    else
        answer_list(t);
}

static void decide_message(struct transfer *t, enum sim_mood mood)
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

void sim_gateway_decide(struct transfer *t, enum sim_mood mood)
{
    if (t->looks)
        decide_list(t, mood);
    else
        decide_message(t, mood);
}
