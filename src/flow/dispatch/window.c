/* How many people an outlet may have open, and where:
 *
 *     asked for ─▶ ahead (granted, not sent) ─▶ at the provider ─▶ behind (outcome not recorded)
 *
 * in_flight_max is what is at the provider at most. While that many are there, a response makes
 * room at once only for somebody who passed the gate before. So people are asked for ahead, as many
 * as will come back while the gate is asked and company is awaited, and not more: they wait for
 * their place, and who waits for longer than a slot may be late goes back. Two guesses say how many
 * that are, and the lower one counts: what came back of late, and who has been away for as long as
 * responses take. Everybody who is open is `unknown` after a crash: twice in_flight_max at the
 * most, whatever Redis does. */
#include "window.h"

#include "outlet.h"
#include "private.h"

enum {
    OPEN_FACTOR = 2,   /* so many times in_flight_max may be open in all */
    AHEAD_DIVISOR = 2, /* of in_flight_max that part may be granted ahead */
    ENOUGH_DIVISOR = 4,
    /* A call for few people waits so long until there is room for more. The first of them then waits as long for a place at the
     * provider. That and the unevenness of responses have to be less than PACE_LATE_US. */
    COMPANY_US = 3200,
    SPAN_MIN_US = 20000,
    TOOK_PART = 16,    /* one response counts for 1 / 16 of what responses are expected to take */
    SEND_MAX_US = 200, /* a send that took longer was interrupted */
    SEND_PART = 16,    /* the same of a send */
    SEND_AND_TAKE = 2, /* to read a response takes us about as long as to send its request */
};

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

void window_init(struct window *w)
{
    TAILQ_INIT(&w->under_way);
}

/* ---- at the provider ---- */

void window_sent(struct grant *g)
{
    struct window *w = &g->share->outlet->window;
    g->sent_us = clock_mono_us();
    TAILQ_INSERT_TAIL(&w->under_way, g, under_way);
    if (!w->unripe) w->unripe = g;
}

/* How far back responses are looked at: where they take long, few come. */
static int64_t span_us(const struct window *w)
{
    return w->took_us > SPAN_MIN_US ? w->took_us : SPAN_MIN_US;
}

/* Responses a microsecond. */
static double rate(const struct window *w, int64_t now_us)
{
    return w->returns / (double)(span_us(w) + now_us - w->at_us);
}

static void pass_unripe(struct window *w)
{
    w->unripe = TAILQ_NEXT(w->unripe, under_way);
}

void window_returned(struct grant *g, const struct http_result *result)
{
    struct window *w = &g->share->outlet->window;
    int64_t now = clock_mono_us();
    w->returns = rate(w, now) * (double)span_us(w) + 1;
    w->at_us = now;
    if (result->transport == HTTP_ANSWERED)
        w->took_us += (now - g->sent_us - w->took_us) / (w->took_us ? TOOK_PART : 1);
    if (g->ripe) w->ripe_n--;
    if (w->unripe == g) pass_unripe(w);
    TAILQ_REMOVE(&w->under_way, g, under_way);
}

static size_t places(const struct outlet *o, int64_t now_us)
{
    /* A gateway that could not be reached is tried with one request until it responds. */
    if (outlet_is_dead(o)) return now_us >= o->dead_until_us ? 1 : 0;
    return (size_t)o->account->http.in_flight_max;
}

bool window_has_place(const struct outlet *o, int64_t now_us)
{
    return http_client_in_flight(o->http) < places(o, now_us);
}

/* ---- ahead ---- */

/* The script runs half a round trip after the call, and slots begin a lead after that, the journal's
 * wait for its disk included. */
static int64_t horizon_us(const struct outlet *o)
{
    return pace_clock_lead_us(&o->d->clock) / 2 + durable_lead_us(o->d) + COMPANY_US;
}

static int64_t ripe_us(const struct outlet *o, const struct grant *g)
{
    return g->sent_us + o->window.took_us - horizon_us(o);
}

static void ripen(struct outlet *o, int64_t now_us)
{
    struct window *w = &o->window;
    for (; w->unripe && ripe_us(o, w->unripe) <= now_us; pass_unripe(w)) {
        w->unripe->ripe = true;
        w->ripe_n++;
    }
}

static size_t ahead(struct outlet *o, int64_t now_us)
{
    if (outlet_is_dead(o)) return 0;
    ripen(o, now_us);
    size_t by_rate = (size_t)((double)horizon_us(o) * rate(&o->window, now_us) + 0.5);
    size_t most = (size_t)o->account->http.in_flight_max / AHEAD_DIVISOR;
    return least(least(by_rate, o->window.ripe_n), most);
}

static size_t open_max(const struct outlet *o)
{
    return (size_t)o->account->http.in_flight_max * OPEN_FACTOR;
}

size_t window_room(struct outlet *o, int64_t now_us)
{
    size_t to_send = places(o, now_us) + ahead(o, now_us);
    size_t sending = o->asked + o->ahead + http_client_in_flight(o->http);
    size_t open = o->asked + o->open;
    if (sending >= to_send || open >= open_max(o)) return 0;
    return least(to_send - sending, open_max(o) - open);
}

int64_t window_wake_us(const struct outlet *o, int64_t now_us)
{
    const struct grant *g = o->window.unripe;
    if (!g) return INT64_MAX;
    return ripe_us(o, g) > now_us + COMPANY_US / 2 ? ripe_us(o, g) : now_us + COMPANY_US / 2;
}

/* ---- how fast we are ---- */

void window_took(struct outlet *o, int64_t took_us)
{
    double us = (double)(took_us < SEND_MAX_US ? took_us : SEND_MAX_US);
    o->window.send_us += (us - o->window.send_us) / SEND_PART;
}

/* Where the rate is more than we can do, slots follow each other faster than we send: of many who
 * are asked for at once the last ones would miss theirs, and be asked for again. */
void window_asked(struct outlet *o, size_t n, int64_t now_us)
{
    o->window.busy_until_us = now_us + (int64_t)((double)n * o->window.send_us * SEND_AND_TAKE);
}

bool window_is_crowded(const struct outlet *o)
{
    size_t part = (size_t)o->account->http.in_flight_max / ENOUGH_DIVISOR;
    return o->asked + o->open + part >= open_max(o);
}

size_t window_enough(const struct outlet *o, int64_t now_us)
{
    size_t company = (size_t)(COMPANY_US * rate(&o->window, now_us));
    size_t part = (size_t)o->account->http.in_flight_max / ENOUGH_DIVISOR;
    return least(least(company, part), GATE_ASK_MAX);
}
