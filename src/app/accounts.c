#include "accounts.h"

#include "base/map.h"

#include <stdio.h>
#include <stdlib.h>

struct accounts {
    struct map *providers; /* name → struct provider, shared by the accounts of one provider */
    struct gateway **gateways;
    size_t n;
};

static int load_provider(struct accounts *a, const struct config *config, const char *name,
                         struct provider **ret, struct err *e)
{
    *ret = map_get(a->providers, slice_of(name));
    if (*ret) return 0;
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/%s.yaml", config->providers, name);
    int rc = provider_load(path, ret, e);
    if (rc == ERR_NOT_FOUND)
        return err_set(
            e, rc,
            "there is no %s: `provider` names a file in the folder `providers`, without .yaml",
            path);
    if (rc == 0) (void)map_put(a->providers, slice_of(name), *ret);
    return rc;
}

static int bind_gateway(struct accounts *a, const struct config *config,
                        const struct config_gateway *g, struct err *e)
{
    char place[4096];
    (void)snprintf(place, sizeof place, "%s:%d:%d", config->path, g->line, g->column);
    struct provider *p = NULL;
    int rc = load_provider(a, config, g->provider, &p, e);
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
    rc = gateway_new(p, &bound, &a->gateways[a->n], e);
    free(pairs);
    if (rc == 0) a->n++;
    return rc;
}

int accounts_new(const struct config *config, struct accounts **ret, struct err *e)
{
    struct accounts *a = xcalloc(1, sizeof *a);
    a->providers = map_new();
    a->gateways = xcalloc(config->gateway_count, sizeof(struct gateway *));
    for (size_t i = 0; i < config->gateway_count; i++) {
        int rc = bind_gateway(a, config, &config->gateways[i], e);
        if (rc < 0) {
            accounts_free(a);
            return rc;
        }
    }
    *ret = a;
    return 0;
}

void accounts_free(struct accounts *a)
{
    if (!a) return;
    for (size_t i = 0; i < a->n; i++)
        gateway_free(a->gateways[i]);
    size_t pos = 0;
    struct slice key;
    void *p;
    while (map_next(a->providers, &pos, &key, &p))
        provider_free(p);
    map_free(a->providers);
    free(a->gateways);
    free(a);
}

struct gateway *accounts_gateway(const struct accounts *a, size_t i)
{
    check(i < a->n);
    return a->gateways[i];
}
