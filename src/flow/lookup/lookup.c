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

static void look_later(struct lookup *l)
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

struct http_client *lookup_client(const struct lookup *l, const struct account *account)
{
    return account ? l->http[accounts_index(l->config.accounts, account)] : NULL;
}

static void on_list(void *arg, int result, const struct campaign *list, size_t n,
                    const struct err *e)
{
    struct lookup *l = arg;
    (void)e;
    for (size_t i = 0; result == 0 && i < n; i++) {
        const struct account *account = accounts_find(l->config.accounts, list[i].gateway);
        bool due = list[i].counts[STATE_UNKNOWN] && list[i].audience && !rests(l, list[i].id);
        if (!due || !lookup_client(l, account)) continue;
        walk_start(l, &list[i], account);
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
    uint32_t id = w->campaign->id;
    char what[48];
    (void)snprintf(what, sizeof what, "campaign %u", id);
    lookup_say(&w->stats, what);
    /* One with nobody due yet is looked at again soon. */
    if (w->page_n || !whole) let_rest(l, id, w->stats.found > 0);
    l->walk = NULL;
    walk_free(w);
    look_later(l);
}

/* ---- what both walks say and count ---- */

void lookup_say(const struct lookup_stats *s, const char *of_what)
{
    if (s->asked)
        log_info("%s: asked the provider for %llu unknown: %llu found, %llu not in its list, %llu "
                 "without an answer that tells",
                 of_what, (unsigned long long)s->asked, (unsigned long long)s->found,
                 (unsigned long long)s->not_found, (unsigned long long)s->cannot_tell);
}

void lookup_count(struct lookup *l, struct lookup_stats *of_walk, enum lookup_result result)
{
    struct lookup_stats *both[] = {of_walk, &l->stats};
    for (size_t i = 0; i < COUNT_OF(both); i++) {
        both[i]->asked++;
        both[i]->found += result == LOOKUP_FOUND;
        both[i]->not_found += result == LOOKUP_NOT_FOUND;
        both[i]->cannot_tell += result == LOOKUP_CANNOT_TELL;
    }
}

int lookup_failures(int before, const struct http_result *result)
{
    if (result->transport != HTTP_ANSWERED) return before + 1;
    if (result->status == 429) return LOOKUP_FAILURES_MAX;
    return result->status == 200 ? 0 : before + 1;
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
    l->direct = direct_walk_new(l);
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
    if (l->walk) walk_free(l->walk);
    direct_walk_free(l->direct);
    loop_timer_free(l->timer);
    free(l->http);
    free(l);
}

void lookup_start(struct lookup *l)
{
    look_later(l);
    direct_walk_start(l->direct);
}

struct lookup_stats lookup_stats(const struct lookup *l)
{
    return l->stats;
}
