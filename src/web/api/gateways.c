/* The accounts that messages leave through: how they do, and what a person enters at a provider. The
 * latter is the one place where the token of a callback's address is shown: whoever enters it has to
 * know it. */
#include "web/api/api.h"

#include "base/buf.h"
#include "gateway/gateway.h"
#include "web/call.h"
#include "web/own.h"
#include "web/ops/ops.h"
#include "web/view/view.h"

enum { SETUP_BYTES_MAX = 64 * 1024 };

/* Those that the member's groups may use. */
static void on_looked(void *arg, const int64_t *taken)
{
    struct web_call *c = arg;
    json_t *list = json_array();
    for (size_t i = 0; i < c->config->accounts->count; i++) {
        const struct account *a = &c->config->accounts->list[i];
        if (own_account(c, a)) json_list_add(list, view_account(c, a, taken[i]));
    }
    web_answer(c, 200, json_pack("{s:o}", "gateways", list));
}

static void get_gateways(struct web_call *c)
{
    provider_queues_look(c->web, on_looked, c);
}

static void get_gateway(struct web_call *c)
{
    const struct account *a = accounts_find(c->config->accounts, web_param(c, "gateway"));
    struct buf setup = BUF_INIT(SETUP_BYTES_MAX);
    struct err e = {0};
    int rc = a ? gateway_setup(a->gateway, &setup, &e) : 0;
    if (!a)
        web_error(
            c, 404, "no_gateway",
            "there is no gateway of that name; `muster gateway list` shows those that there are");
    else if (web_ok(c, rc, &e)) {
        web_act(c, SLICE_LIT(""), "gateway %s: what is entered at the provider was shown", a->name);
        web_answer(c, 200,
                   json_pack("{s:s,s:s,s:s,s:o,s:o}", "name", a->name, "provider", a->provider,
                             "channel", a->channel, "hook_url",
                             json_text(slice_of(gateway_hook_url(a->gateway))), "setup",
                             json_text(buf_slice(&setup))));
    }
    buf_done(&setup);
}

static const struct route rows[] = {
    {"GET", "/api/v1/gateways", MAY_READ_GATEWAYS, 0, NULL, get_gateways},
    {"GET", "/api/v1/gateways/{gateway}", MAY_SET_UP_GATEWAYS, AUDITED, NULL, get_gateway},
};

const struct routes gateway_routes = {rows, COUNT_OF(rows)};
