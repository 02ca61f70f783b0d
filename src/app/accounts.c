#include "accounts.h"

#include "base/map.h"
#include "gateway/gateway.h"

#include <stdio.h>
#include <stdlib.h>

struct loaded {
    struct accounts accounts; /* first member: what the others are given */
    struct account *list;
    struct map *providers; /* name → struct provider, shared by the accounts of one provider */
};

static int load_provider(struct loaded *l, const struct config *config, const char *name,
                         struct provider **ret, struct err *e)
{
    *ret = map_get(l->providers, slice_of(name));
    if (*ret) return 0;
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/%s.yaml", config->providers, name);
    int rc = provider_load(path, ret, e);
    if (rc == ERR_NOT_FOUND)
        return err_set(
            e, rc,
            "there is no %s: `provider` names a file in the folder `providers`, without .yaml",
            path);
    if (rc == 0) (void)map_put(l->providers, slice_of(name), *ret);
    return rc;
}

static int bind_gateway(struct loaded *l, const struct config *config,
                        const struct config_gateway *g, struct gateway **ret, struct err *e)
{
    char place[4096];
    (void)snprintf(place, sizeof place, "%s:%d:%d", config->path, g->line, g->column);
    struct provider *p = NULL;
    int rc = load_provider(l, config, g->provider, &p, e);
    if (rc < 0) return err_prefix(e, "%s: gateway %s", place, g->name);
    struct gateway_pair *pairs = xcalloc(g->account_count, sizeof *pairs);
    for (size_t i = 0; i < g->account_count; i++)
        pairs[i] = (struct gateway_pair){g->account[i].key, g->account[i].value};
    const struct gateway_config bound = {
        .name = g->name,
        .channel = g->channel,
        .base_url = g->base_url,
        .public_url = config->public_url,
        .secret = config->secret,
        .account = pairs,
        .account_count = g->account_count,
        .place = place,
    };
    rc = gateway_new(p, &bound, ret, e);
    free(pairs);
    return rc;
}

static int add_account(struct loaded *l, const struct config *config,
                       const struct config_gateway *g, struct err *e)
{
    struct gateway *gateway = NULL;
    int rc = bind_gateway(l, config, g, &gateway, e);
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
