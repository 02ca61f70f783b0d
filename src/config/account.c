#include "config/account.h"

#include <stdio.h>

enum { PATH_BYTES = 4096 };

int account_provider(const struct config *c, const struct config_gateway *g, struct provider **ret,
                     struct err *e)
{
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof path, "%s/%s.yaml", c->providers, g->provider);
    int rc = provider_load(path, ret, e);
    if (rc == ERR_NOT_FOUND)
        rc = err_set(
            e, rc,
            "there is no %s: `provider` names a file in the folder `providers`, without .yaml",
            path);
    return rc < 0 ? err_prefix(e, "%s: gateway %s", g->place, g->name) : 0;
}

int account_bind(const struct config *c, const struct config_gateway *g, const struct provider *p,
                 struct gateway **ret, struct err *e)
{
    const struct gateway_config bound = {
        .name = g->name,
        .channel = g->channel,
        .base_url = g->base_url,
        .public_url = c->public_url,
        .secret = c->secret,
        .account = g->account,
        .account_count = g->account_count,
        .place = g->place,
    };
    return gateway_new(p, &bound, ret, e);
}
