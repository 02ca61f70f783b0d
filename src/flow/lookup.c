#include "lookup_internal.h"

#include "base/clock.h"
#include "base/log.h"
#include "io/redis.h"

#include <stdlib.h>

enum {
    IDLE = 10,       /* times `every`: between looks for a campaign */
    REST_FIRST = 60, /* the same: after the first walk; then twice as long each time */
    REST_MAX = 3600,
};

bool lookup_may_go_on(const struct lookup *l)
{
    return !l->closing && redis_is_connected(l->config.redis) &&
           l->config.leads(l->config.leads_arg);
}

static void look_later(struct lookup *l)
{
    loop_timer_in(l->timer, IDLE * l->config.every_ms * 1000);
}

/* ---- rests ---- */

/* That of the campaign, or one that rested longest ago. */
static struct rest *rest_of(struct lookup *l, uint32_t campaign)
{
    struct rest *oldest = &l->rests[0];
    for (size_t i = 0; i < COUNT_OF(l->rests); i++) {
        if (l->rests[i].campaign == campaign) return &l->rests[i];
        if (l->rests[i].until_us < oldest->until_us) oldest = &l->rests[i];
    }
    *oldest = (struct rest){.campaign = campaign};
    return oldest;
}

static void let_rest(struct lookup *l, uint32_t campaign, bool was_worth_it)
{
    struct rest *r = rest_of(l, campaign);
    int64_t times = REST_FIRST;
    if (was_worth_it) r->walks = 0;
    for (int i = 0; i < r->walks && times < REST_MAX; i++)
        times *= 2;
    r->walks++;
    r->until_us =
        clock_mono_us() + (times < REST_MAX ? times : REST_MAX) * l->config.every_ms * 1000;
}

static bool rests(const struct lookup *l, uint32_t campaign)
{
    for (size_t i = 0; i < COUNT_OF(l->rests); i++)
        if (l->rests[i].campaign == campaign) return l->rests[i].until_us > clock_mono_us();
    return false;
}

/* ---- which campaign ---- */

static bool find_gateway(const struct lookup *l, struct slice name, size_t *ret)
{
    for (size_t i = 0; i < l->config.gateway_count; i++) {
        if (!slice_is(name, l->config.gateways[i].name)) continue;
        *ret = i;
        return l->http[i] != NULL;
    }
    return false;
}

static void on_list(void *arg, int result, const struct campaign *list, size_t n,
                    const struct err *e)
{
    struct lookup *l = arg;
    (void)e;
    for (size_t i = 0; result == 0 && i < n; i++) {
        size_t gateway;
        bool due = list[i].counts[STATE_UNKNOWN] && list[i].audience && !rests(l, list[i].id);
        if (!due || !find_gateway(l, list[i].gateway, &gateway)) continue;
        walk_start(l, &list[i], gateway);
        return;
    }
    look_later(l);
}

static void on_timer(void *arg)
{
    struct lookup *l = arg;
    if (l->walk)
        walk_step(l->walk);
    else if (lookup_may_go_on(l))
        campaign_list(l->config.campaigns, LOOKUP_CAMPAIGNS, on_list, l);
    else
        look_later(l);
}

void lookup_walked(struct walk *w, bool whole)
{
    struct lookup *l = w->l;
    const struct lookup_stats *s = &w->stats;
    uint32_t id = w->campaign->id;
    if (s->asked)
        log_info("campaign %u: asked gateway %s for %llu unknown: %llu found, %llu not in its "
                 "list, %llu without an "
                 "answer that tells",
                 id, l->config.gateways[w->gateway].name, (unsigned long long)s->asked,
                 (unsigned long long)s->found, (unsigned long long)s->not_found,
                 (unsigned long long)s->cannot_tell);
    /* One with nobody due yet is looked at again soon. */
    if (w->page_n || !whole) let_rest(l, id, s->found > 0);
    l->walk = NULL;
    walk_free(w);
    look_later(l);
}

/* ---- life ---- */

static int open_clients(struct lookup *l, struct err *e)
{
    l->http = xcalloc(l->config.gateway_count, sizeof(struct http_client *));
    for (size_t i = 0; i < l->config.gateway_count; i++) {
        const struct dispatch_gateway *g = &l->config.gateways[i];
        struct http_client_config http = g->http;
        http.in_flight_max = 1;
        if (!gateway_has_lookup(g->gateway)) continue;
        int rc = http_client_new(l->config.loop, &http, &l->http[i], e);
        if (rc < 0) return err_prefix(e, "gateway %s", g->name);
    }
    return 0;
}

int lookup_new(const struct lookup_config *config, struct lookup **ret, struct err *e)
{
    struct lookup *l = xcalloc(1, sizeof *l);
    l->config = *config;
    if (!l->config.grace_ms) l->config.grace_ms = LOOKUP_GRACE_MS;
    if (!l->config.every_ms) l->config.every_ms = LOOKUP_EVERY_MS;
    l->timer = loop_timer_new(config->loop, on_timer, l);
    int rc = open_clients(l, e);
    if (rc < 0) {
        lookup_free(l);
        return rc;
    }
    *ret = l;
    return 0;
}

void lookup_free(struct lookup *l)
{
    if (!l) return;
    l->closing = true;
    for (size_t i = 0; i < l->config.gateway_count; i++)
        http_client_free(l->http[i]);
    if (l->walk) walk_free(l->walk);
    loop_timer_free(l->timer);
    free(l->http);
    free(l);
}

void lookup_start(struct lookup *l)
{
    look_later(l);
}

struct lookup_stats lookup_stats(const struct lookup *l)
{
    return l->stats;
}
