#include "private.h"

#include "base/clock.h"
#include "base/log.h"
#include "io/redis.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    REST_FIRST = 60, /* times `every`: after the first walk; then twice as long each time */
    REST_MAX = 3600,
};

bool lookup_may_go_on(const struct lookup *l)
{
    return !l->closing && redis_is_connected(l->config.redis) &&
           l->config.leads(l->config.leads_arg);
}

void lookup_choose_later(struct lookup *l)
{
    loop_timer_in(l->timer, LOOKUP_IDLE * l->config.every_ms * 1000);
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

void lookup_let_rest(struct lookup *l, uint32_t campaign, bool was_worth_it)
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

struct http_client *lookup_client(const struct lookup *l, const struct account *account)
{
    return account ? l->http[accounts_index(l->config.accounts, account)] : NULL;
}

static void on_list(void *arg, int result, const struct campaign *list, size_t n, struct slice next,
                    const struct err *e)
{
    struct lookup *l = arg;
    (void)next, (void)e;
    for (size_t i = 0; result == 0 && i < n; i++) {
        const struct account *account = accounts_find(l->config.accounts, list[i].gateway);
        bool due = list[i].counts[STATE_UNKNOWN] && list[i].audience && !rests(l, list[i].id);
        if (!due || !lookup_client(l, account)) continue;
        lookup_campaign_start(l, &list[i], account);
        return;
    }
    lookup_choose_later(l);
}

static void on_timer(void *arg)
{
    struct lookup *l = arg;
    const struct campaign_query newest = {.groups = {.all = true}, .limit = LOOKUP_CAMPAIGNS};
    if (lookup_may_go_on(l))
        campaign_list(l->config.store, &newest, on_list, l);
    else
        lookup_choose_later(l);
}

/* ---- life ---- */

static int open_clients(struct lookup *l, struct err *e)
{
    l->http = xcalloc(l->config.accounts->count, sizeof(struct http_client *));
    for (size_t i = 0; i < l->config.accounts->count; i++) {
        const struct account *a = &l->config.accounts->list[i];
        struct http_client_config http = a->http;
        http.in_flight_max = 2; /* one of a campaign, one of the direct book */
        if (!gateway_has_lookup(a->gateway)) continue;
        int rc = http_client_new(l->config.loop, &http, &l->http[i], e);
        if (rc < 0) return err_prefix(e, "gateway %s", a->name);
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
    lookup_direct_open(l);
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
    for (size_t i = 0; i < l->config.accounts->count; i++)
        http_client_free(l->http[i]);
    lookup_campaign_free(l->campaign);
    lookup_direct_close(l);
    loop_timer_free(l->timer);
    free(l->http);
    free(l);
}

void lookup_start(struct lookup *l)
{
    lookup_choose_later(l);
    lookup_direct_start(l);
}

struct lookup_stats lookup_stats(const struct lookup *l)
{
    return l->stats;
}
