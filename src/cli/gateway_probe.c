#include "gateway_probe.h"

#include "config/account.h"
#include "io/http_client.h"
#include "probe.h"

enum { ANSWER_MS = 15000 };

/* Where a message would go is known when one is built; this one is thrown away. */
static int probe_target(struct gateway *gateway, const struct provider *p, const char *sender,
                        struct buf *where, struct err *e)
{
    const struct outgoing nobody = {.to = SLICE_LIT("+447700900000"),
                                    .from = slice_of(sender),
                                    .text = SLICE_LIT("-"),
                                    .ref = SLICE_LIT("AAAAAAAAAAAAAAAAAAAAAA")};
    struct http_send send;
    int r = gateway_build(gateway, &nobody, &send, e);
    if (r < 0) return r;
    struct slice url = slice_of(send.url);
    size_t end = 0;
    for (int slashes = 0; end < url.n; end++)
        if (url.p[end] == '/' && ++slashes == 3) break;
    buf_addf(where, "%s at %.*s", provider_title(p), (int)end, url.p);
    return probe_url(send.url, e);
}

/* ---- the account ---- */

struct asked {
    struct gateway *gateway;
    struct err *e;
    struct buf *where;
    int code;
};

/* Where to look first. */
static const char *mend_of(int status)
{
    return status == 404 || status == 405 || (status >= 300 && status < 400) ? "base_url"
                                                                             : "account";
}

static void on_answer(void *arg, const struct http_result *result)
{
    struct asked *a = arg;
    struct verdict v;
    gateway_probe_read(a->gateway, result, &v);
    if (result->transport != HTTP_ANSWERED)
        a->code = err_set(a->e, ERR_UNREACHABLE, "no answer: %s", result->error);
    else if (v.outcome == BLOCKED)
        a->code = err_set(a->e, ERR_INVALID,
                          "the provider refuses it (HTTP %d, %.*s): is its `%s` right?",
                          result->status, SLICE_ARG(v.reason), mend_of(result->status));
    else if (v.outcome == ACCEPTED)
        buf_add_cstr(a->where, ", which knows the account");
    else
        buf_addf(a->where, ", which does not say whether it knows the account (HTTP %d)",
                 result->status);
}

static int probe_account(struct gateway *gateway, struct buf *where, struct err *e)
{
    const struct http_client_config config = {.connect_ms = PROBE_MS, .response_ms = ANSWER_MS};
    struct asked asked = {.gateway = gateway, .e = e, .where = where};
    struct http_send send;
    if (!gateway_has_probe(gateway)) return 0;
    int r = gateway_probe_build(gateway, &send, e);
    if (r == 0) r = http_client_once(&config, &send, on_answer, &asked, e);
    return r < 0 ? r : asked.code;
}

int gateway_probe(const struct config *config, const struct config_gateway *g, struct buf *where,
                  struct err *e)
{
    struct provider *p = NULL;
    struct gateway *gateway = NULL;
    int r = account_provider(config, g, &p, e);
    if (r == 0) r = account_bind(config, g, p, &gateway, e);
    if (r == 0) r = probe_target(gateway, p, g->senders[0], where, e);
    if (r == 0) r = probe_account(gateway, where, e);
    gateway_free(gateway);
    provider_free(p);
    return r;
}
