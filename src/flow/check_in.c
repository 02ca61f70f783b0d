#include "flow/check_in.h"

#include "base/clock.h"
#include "base/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { LOOK_US = 1000 * 1000, WAIT_US = 100 * 1000, AGAIN_US = 200 * 1000 };

struct check_in {
    struct check_in_config config;
    struct loop_timer *timer;
    struct check_in_heard heard;
    char run[MARK_RUN_BYTES];
    int64_t said_ms; /* when that store went back of which the log has been told */
    bool asked_run;  /* of this connection */
    bool asking, stopping;
};

/* ---- what is said ---- */

static int went_back(const struct check_in_heard *h, struct err *e)
{
    static const char *const whys[] = {
        [MARK_EMPTY] = "is empty, or a copy of before it had an identity",
        [MARK_OTHER] = "is not the store that was there before",
        [MARK_LESS] = "has less than was seen in it",
    };
    char iso[CLOCK_ISO_BYTES];
    clock_iso(h->since_ms, iso);
    return err_set(
        e, ERR_CONFLICT,
        "since %s nothing is sent by anybody: Redis %s (mark %" PRIu64 ", seen %" PRIu64 "). %s",
        iso, whys[h->back], h->had, h->seen,
        h->apply                ? "What is missing is being brought back: `muster restore status`"
        : h->back == MARK_OTHER ? "Is it the right server (redis.url)? If it is, `muster "
                                  "restore status` shows what is missing, `muster "
                                  "restore apply` brings it there"
                                : "`muster restore status` shows what is missing, "
                                  "`muster restore apply` brings it back");
}

int check_in_problem(const struct check_in *c, struct err *e)
{
    const struct check_in_heard *h = &c->heard;
    char iso[CLOCK_ISO_BYTES];
    switch (h->stand) {
    case MARK_BACK:
        return went_back(h, e);
    case MARK_WAITS:
        clock_iso(h->waits_until_ms, iso);
        return err_set(e, ERR_CONFLICT,
                       "Redis was started anew: nothing is sent before all who knew it have "
                       "checked in, or before %s",
                       iso);
    case MARK_BEHIND:
        return err_set(e, ERR_CONFLICT,
                       "this process knows the store of before a restore; nothing is sent by it "
                       "until what it knows was brought back");
    case MARK_TWIN:
        return err_set(e, ERR_CONFLICT,
                       "another musterd was started with the same `instance` (%s), so nothing is "
                       "sent by this one: stop that one, give it an `instance` of its own in its "
                       "muster.yaml, then restart both",
                       c->config.instance);
    case MARK_AWAY:
    case MARK_STANDS:
        break;
    }
    return 0;
}

const struct check_in_heard *check_in_heard(const struct check_in *c)
{
    return &c->heard;
}

static void say(struct check_in *c, enum mark_stand before)
{
    struct err e = {0};
    enum mark_stand now = c->heard.stand;
    if (check_in_problem(c, &e) < 0 && now == MARK_WAITS)
        log_info("%s", e.text);
    else if (now == MARK_BACK && c->said_ms == c->heard.since_ms)
        return; /* another connection to it */
    else if (now == MARK_BEHIND)
        log_warn("%s", e.text);
    else if (e.text[0])
        log_error("%s", e.text);
    else if (now == MARK_STANDS && before != MARK_AWAY)
        log_info("the store stands as it was seen: sending goes on");
    if (now == MARK_BACK) c->said_ms = c->heard.since_ms;
}

static void set_stand(struct check_in *c, enum mark_stand stand)
{
    enum mark_stand before = c->heard.stand;
    c->heard.stand = stand;
    if (before == stand) return;
    say(c, before);
    if (c->config.changed) c->config.changed(c->config.arg);
}

/* ---- checking in ---- */

static void keep(struct check_in *c, const struct mark_report *r)
{
    struct check_in_heard *h = &c->heard;
    h->mark = r->mark;
    h->back = r->back;
    h->since_ms = r->since_ms;
    (void)snprintf(h->by, sizeof h->by, "%.*s", SLICE_ARG(r->by));
    h->had = r->had;
    h->seen = r->seen;
    h->apply = r->apply;
    h->waits_until_ms = r->waits_until_ms;
    h->peer_count = r->peer_count;
    for (size_t i = 0; i < r->peer_count; i++)
        (void)snprintf(h->peers[i], sizeof h->peers[i], "%.*s", SLICE_ARG(r->peers[i]));
}

static void on_report(void *arg, const struct mark_report *report, const struct err *e)
{
    struct check_in *c = arg;
    (void)e;
    c->asking = false;
    if (c->stopping) return;
    if (!report) {
        set_stand(c, MARK_AWAY);
        loop_timer_in(c->timer, AGAIN_US);
        return;
    }
    keep(c, report);
    if (mark_is_ours(report->stand) && c->config.heard) c->config.heard(c->config.heard_arg);
    set_stand(c, report->stand);
    loop_timer_in(c->timer, report->stand == MARK_WAITS ? WAIT_US : LOOK_US);
}

static void ask(struct check_in *c)
{
    struct slice peers[MARK_PEERS_MAX];
    for (size_t i = 0; i < c->heard.peer_count; i++)
        peers[i] = slice_of(c->heard.peers[i]);
    const struct mark_check_in in = {.instance = c->config.instance,
                                     .run = c->run,
                                     .grace_ms = c->config.grace_ms,
                                     .peers = peers,
                                     .peer_count = c->heard.peer_count};
    mark_check_in(c->config.store, &in, on_report, c);
}

/* A server that does not tell is taken for the one of before: then only who has seen more than it
 * has can say that it went back. */
static void on_info(void *arg, const struct redisReply *reply)
{
    struct check_in *c = arg;
    struct slice rest = redis_str(reply), line, name;
    if (c->stopping || !reply) {
        c->asking = false;
        loop_timer_in(c->timer, AGAIN_US);
        return;
    }
    c->asked_run = true;
    c->run[0] = '\0';
    while (slice_cut(&rest, '\n', &line)) {
        line = slice_trim(line);
        if (slice_cut(&line, ':', &name) && slice_is(name, "run_id"))
            (void)snprintf(c->run, sizeof c->run, "%.*s", SLICE_ARG(line));
    }
    ask(c);
}

static void on_timer(void *arg)
{
    struct check_in *c = arg;
    if (c->asking || c->stopping || !redis_is_connected(c->config.redis)) return;
    c->asking = true;
    if (c->asked_run)
        ask(c);
    else
        redis_commandf(c->config.redis, on_info, c, "INFO server");
}

static void on_refused(void *arg)
{
    struct check_in *c = arg;
    loop_timer_in(c->timer, 0);
}

/* ---- life ---- */

struct check_in *check_in_new(const struct check_in_config *config)
{
    struct check_in *c = xcalloc(1, sizeof *c);
    c->config = *config;
    check(config->peer_count <= MARK_PEERS_MAX);
    c->heard.peer_count = config->peer_count;
    for (size_t i = 0; i < config->peer_count; i++)
        (void)snprintf(c->heard.peers[i], sizeof c->heard.peers[i], "%.*s",
                       SLICE_ARG(config->peers[i]));
    c->timer = loop_timer_new(config->loop, on_timer, c);
    mark_on_refused(config->store, on_refused, c);
    loop_timer_in(c->timer, 0);
    return c;
}

void check_in_begin(struct check_in *c)
{
    c->asked_run = false;
    c->heard.connections++;
    mark_leave(c->config.store);
    set_stand(c, MARK_AWAY);
    loop_timer_in(c->timer, 0);
}

void check_in_stop(struct check_in *c)
{
    if (c) c->stopping = true;
}

void check_in_free(struct check_in *c)
{
    if (!c) return;
    loop_timer_free(c->timer);
    free(c);
}
