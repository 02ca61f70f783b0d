#include "web/gateway_api.h"

#include "web/view/view.h"

#include "base/buf.h"
#include "base/clock.h"
#include "gateway/gateway.h"
#include "web/guard.h"
#include "web/respond.h"

#include <stdlib.h>

enum { SETUP_BYTES_MAX = 64 * 1024 };

struct gateway_api {
    struct auth *auth;
    const struct accounts *accounts;
};

static void answer(struct http_request *q, const struct account *g)
{
    struct buf setup = BUF_INIT(SETUP_BYTES_MAX);
    struct err e = {0};
    int rc = gateway_setup(g->gateway, &setup, &e);
    if (rc < 0)
        respond_failed(q, rc, &e);
    else
        respond_json(q, 200,
                     json_pack("{s:s,s:s,s:s,s:o,s:o}", "name", g->name, "provider", g->provider,
                               "channel", g->channel, "hook_url",
                               view_text(slice_of(gateway_hook_url(g->gateway))), "setup",
                               view_text(buf_slice(&setup))));
    buf_done(&setup);
}

static void get_gateway(void *ctx, struct http_request *q, const struct route_params *params)
{
    const struct gateway_api *a = ctx;
    if (!guard_organiser(a->auth, q, clock_wall_ms())) return;
    const struct account *account = accounts_find(a->accounts, route_param(params, "gateway"));
    if (account)
        answer(q, account);
    else
        respond_error(q, 404, "no_gateway",
                      "there is no gateway of that name in the configuration");
}

struct gateway_api *gateway_api_new(struct auth *auth, const struct accounts *accounts,
                                    struct router *r)
{
    struct gateway_api *a = xmalloc(sizeof *a);
    *a = (struct gateway_api){auth, accounts};
    router_add(r, "GET", "/api/v1/gateways/{gateway}", get_gateway, a);
    return a;
}

void gateway_api_free(struct gateway_api *a)
{
    free(a);
}
