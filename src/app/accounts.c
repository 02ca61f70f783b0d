#include "accounts.h"

#include "base/map.h"
#include "config/account.h"

#include <stdlib.h>

struct loaded {
    struct accounts accounts; /* first member: what the others are given */
    struct account *list;
    struct map *providers; /* name → struct provider, shared by the accounts of one provider */
};

static int provider_of(struct loaded *l, const struct config *config,
                       const struct config_gateway *g, struct provider **ret, struct err *e)
{
    *ret = map_get(l->providers, slice_of(g->provider));
    if (*ret) return 0;
    int rc = account_provider(config, g, ret, e);
    if (rc == 0) (void)map_put(l->providers, slice_of(g->provider), *ret);
    return rc;
}

static int add_account(struct loaded *l, const struct config *config,
                       const struct config_gateway *g, struct err *e)
{
    struct provider *provider = NULL;
    struct gateway *gateway = NULL;
    int rc = provider_of(l, config, g, &provider, e);
    if (rc == 0) rc = account_bind(config, g, provider, &gateway, e);
    if (rc < 0) return rc;
    l->list[l->accounts.count++] = (struct account){
        .name = g->name,
        .provider = g->provider,
        .channel = g->channel,
        .group = g->group,
        .group_is_own = g->group_is_own,
        .country = g->country,
        .gateway = gateway,
        .senders = g->senders,
        .sender_count = g->sender_count,
        .rate_per_s = g->rate_per_s,
        .sender_rate_per_s = g->sender_rate_per_s,
        .queue = provider_queue_of(g->name, g->rate_per_s, g->queue_max_s),
        .price = g->price,
        .validity = gateway_has_validity(gateway),
        .http = {.connect_ms = g->connect_ms,
                 .response_ms = g->response_ms,
                 .in_flight_max = g->in_flight_max,
                 .ca_file = *g->ca_file ? g->ca_file : NULL,
                 .http2 = g->http2},
    };
    return 0;
}

int accounts_new(const struct config *config, const struct accounts **ret, struct err *e)
{
    struct loaded *l = xcalloc(1, sizeof *l);
    l->providers = map_new();
    l->list = xcalloc(config->gateway_count, sizeof *l->list);
    l->accounts.list = l->list;
    for (size_t i = 0; i < config->gateway_count; i++) {
        int rc = add_account(l, config, &config->gateways[i], e);
        if (rc < 0) {
            accounts_free(&l->accounts);
            return rc;
        }
    }
    *ret = &l->accounts;
    return 0;
}

void accounts_free(const struct accounts *a)
{
    struct loaded *l = (struct loaded *)a;
    if (!l) return;
    for (size_t i = 0; i < a->count; i++)
        gateway_free(l->list[i].gateway);
    size_t pos = 0;
    struct slice key;
    void *p;
    while (map_next(l->providers, &pos, &key, &p))
        provider_free(p);
    map_free(l->providers);
    free(l->list);
    free(l);
}
