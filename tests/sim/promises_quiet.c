/* A world in which nothing goes wrong but at gateway 1: gateway 0 is used, everybody gets their
 * share of it, nobody is forgotten, and a reply waits for a token and not for a queue. */
#include "promises_impl.h"

#include "base/slice.h"
#include "core/pace.h"

enum {
    REPLIES_MAX = PROMISED_DIRECT_MAX,
    BEGIN_US = 2 * SIM_S,     /* a dispatcher that starts fetches its first batches */
    STRETCH_US = 4 * SIM_S,   /* a shorter stretch of work says little about the use */
    FIRST_US = 1500 * SIM_MS, /* from running to the first request */
    GAP_US = 500 * SIM_MS,    /* between two requests of a campaign … */
    GAP_SHARES = 12,          /* … and so many times what its share would make it */
    SHARE_SLACK = 12, /* messages: a batch has to be fetched, turns are no single messages */
    /* From recorded to sent: a reply lets those go that leave in that time … After a stall that is as much as the
     * pace may lag behind (CREDIT of limiter.lua): calls of the gate that follow each other at once catch up with it
     * before the reply asks (seed 1001). */
    REPLY_US = 100 * SIM_MS,
    REPLY_SLOTS = 3, /* … and so many more, which had their slots */
};
/* A process that its machine keeps from running for longer than a slot may be late
 * (PACE_LATE_US) loses slots for good. */
#define USE           0.98
#define USE_KEPT_AWAY 0.96
/* Of what its weight says. Several dispatchers hold different batches and know little of each
 * other's turns. */
#define SHARE_ALONE   0.8
#define SHARE_SEVERAL 0.4

static struct {
    /* of the present stretch with work for more than a second at gateway 0 */
    int64_t began_us; /* 0: there is none */
    uint64_t arrived;
    struct reply {
        int64_t since_us; /* recorded; 0: it does not wait */
        uint64_t others;  /* of campaigns, sent until then */
        int gateway;
    } replies[REPLIES_MAX];
    uint64_t others, answers; /* of campaigns; replies that went before all of them */
    double share_least, use_least;
} quiet;

void promises_expect_quiet(int dispatchers, int64_t hiccup_us)
{
    memset(&quiet, 0, sizeof quiet);
    quiet.share_least = dispatchers == 1 ? SHARE_ALONE : SHARE_SEVERAL;
    quiet.use_least = hiccup_us > PACE_LATE_US ? USE_KEPT_AWAY : USE;
    seen.quiet = true;
}

/* ---- use ---- */

/* It has somebody who could be texted now: who had too many waits, the others do not. */
static bool works(const struct campaign *c)
{
    return c->plan.id != 0 && c->plan.gateway == 0 && strcmp(c->status, "running") == 0 &&
           c->counts[STATE_PENDING] > c->quiet.paired;
}

static uint64_t backlog(void)
{
    uint64_t n = 0;
    for (size_t i = 0; i < seen.campaign_n; i++)
        if (works(&seen.campaigns[i]) && !seen.campaigns[i].plan.hours)
            n += seen.campaigns[i].counts[STATE_PENDING];
    return n;
}

static void end_stretch(int64_t until_us)
{
    double s = (double)(until_us - quiet.began_us) / SIM_S,
           wanted = quiet.use_least * s * seen.windows[0].rate - 1;
    if (until_us - quiet.began_us >= STRETCH_US && (double)quiet.arrived < wanted)
        promise_broken("of the rate of %d/s %.2f %% were used in %.1f s with work to do",
                       seen.windows[0].rate,
                       100 * (double)quiet.arrived / (s * seen.windows[0].rate), s);
    sim_trace("use: %.2f %% in %.1f s", 100 * (double)quiet.arrived / (s * seen.windows[0].rate),
              s);
    quiet.began_us = 0;
}

static void see_backlog(void)
{
    int64_t now = sim_now_us();
    bool enough = backlog() > (uint64_t)seen.windows[0].rate && now > BEGIN_US;
    if (enough && !quiet.began_us) {
        quiet.began_us = now;
        quiet.arrived = 0;
    } else if (!enough && quiet.began_us) {
        end_stretch(now);
    }
}

/* ---- shares ---- */

/* What part of gateway 0 is this campaign's. */
static double share(const struct campaign *of)
{
    double sum = 0;
    for (size_t i = 0; i < seen.campaign_n; i++)
        if (works(&seen.campaigns[i]) || of == &seen.campaigns[i])
            sum += seen.campaigns[i].plan.weight;
    return of->plan.weight / sum;
}

/* [µs] between two requests of it, if everybody got their share. */
static double pause_us(const struct campaign *c)
{
    return SIM_S / (seen.windows[0].rate * share(c));
}

static void check_gap(const struct campaign *c)
{
    int64_t gap = sim_now_us() - c->quiet.last_us;
    int64_t most = c->quiet.sent ? GAP_US + (int64_t)(GAP_SHARES * pause_us(c)) : FIRST_US;
    most += (int64_t)(quiet.answers - c->quiet.answers) * SIM_S / seen.windows[0].rate;
    if (gap > most)
        promise_broken("campaign %u could send and has not for %lld us", c->plan.id,
                       (long long)gap);
}

/* With the deadline far away and its hours open. */
static bool is_measured(const struct campaign *c)
{
    return c->plan.id != 0 && c->plan.gateway == 0 && !c->plan.hours && !c->plan.deadline_ms;
}

/* Each request at gateway 0 is also a part of a request for everybody who could have had it. */
static void check_shares(void)
{
    for (size_t i = 0; i < seen.campaign_n; i++) {
        struct campaign *c = &seen.campaigns[i];
        if (!works(c) || !is_measured(c) || !c->quiet.sent) continue;
        c->quiet.due += share(c);
        double part = (double)c->quiet.sent / c->quiet.due;
        if (c->quiet.due > SHARE_SLACK && (c->quiet.part == 0 || part < c->quiet.part))
            c->quiet.part = part;
        double least = quiet.share_least * c->quiet.due - SHARE_SLACK;
        if ((double)c->quiet.sent < least)
            promise_broken("campaign %u had %llu messages where %.0f were its share", c->plan.id,
                           (unsigned long long)c->quiet.sent, c->quiet.due);
    }
}

void promises_quiet_arrived(const struct sim_request *q)
{
    if (!seen.quiet || q->gateway != 0) return;
    quiet.arrived++;
    check_shares();
}

void promises_quiet_moved(struct campaign *c)
{
    if (!seen.quiet || c->plan.id == 0) return;
    int64_t now = sim_now_us();
    bool runs = strcmp(c->status, "running") == 0;
    if (!runs)
        c->quiet.running_us = 0;
    else if (!c->quiet.running_us) {
        c->quiet.running_us = c->quiet.last_us = now;
        c->quiet.answers = quiet.answers;
    }
    see_backlog();
    for (size_t i = 0; i < seen.campaign_n; i++)
        if (works(&seen.campaigns[i]) && is_measured(&seen.campaigns[i]))
            check_gap(&seen.campaigns[i]);
}

/* ---- replies ---- */

void promises_direct(uint32_t index, int gateway)
{
    if (index >= REPLIES_MAX || !seen.quiet) return;
    quiet.replies[index] = (struct reply){sim_now_us(), quiet.others, gateway};
}

/* It may wait for other replies, and for what has its slot already. */
static void see_reply(uint32_t index)
{
    struct reply *r = &quiet.replies[index];
    int64_t took = sim_now_us() - r->since_us;
    uint64_t others = quiet.others - r->others,
             most = REPLY_SLOTS + (uint64_t)seen.windows[0].rate * REPLY_US / SIM_S;
    if (!r->since_us || r->gateway != 0) return;
    r->since_us = 0;
    sim_trace("reply %u left after %lld us and %llu others", index, (long long)took,
              (unsigned long long)others);
    if (others > most)
        promise_broken("a reply waited for %lld us at %d/s, while %llu others left",
                       (long long)took, seen.windows[0].rate, (unsigned long long)others);
}

void promises_quiet_sent(struct campaign *c, const struct sim_request *q, uint32_t index)
{
    if (!seen.quiet || q->gateway != 0) return;
    if (c->plan.id == 0) {
        quiet.answers++;
        if (index < REPLIES_MAX) see_reply(index);
        return;
    }
    quiet.others++;
    c->quiet.sent++;
    c->quiet.last_us = sim_now_us();
    c->quiet.answers = quiet.answers;
}

void promises_quiet_end(void)
{
    if (!seen.quiet) return;
    for (size_t i = 0; i < seen.campaign_n; i++)
        if (seen.campaigns[i].quiet.part > 0)
            sim_trace("campaign %u: %.2f of its share at the worst", seen.campaigns[i].plan.id,
                      seen.campaigns[i].quiet.part);
    for (uint32_t i = 0; i < REPLIES_MAX; i++)
        if (quiet.replies[i].since_us && quiet.replies[i].gateway == 0)
            promise_broken("reply %u never left", i);
}
