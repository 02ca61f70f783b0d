/* Webhook bodies and request lines of every provider: reading them never trips, what comes out is
 * clean text, and no input passes the signature check. The first byte chooses the provider, the
 * rest is "target NUL body". */
#include "fuzz.h"

#include <stdio.h>

#include "gateway/gateway.h"

static const struct gateway_pair ACCOUNTS[3][4] = {
    {{"account_sid", "AC1"}, {"auth_token", "an unguessable token"}},
    {{"phone_number_id", "1"},
     {"access_token", "t"},
     {"app_secret", "an unguessable secret"},
     {"verify_token", "an unguessable word"}},
    {{"username", "u"}, {"password", "p"}, {"hook_token", "an unguessable word"}},
};
static const size_t COUNTS[3] = {2, 4, 3};

static struct gateway *make(int i)
{
    static const char *const names[3] = {"twilio", "whatsapp_cloud", "kannel"};
    struct gateway_config config = {.name = "g",
                                    .channel = i == 1 ? "whatsapp" : "sms",
                                    .public_url = "https://m.example",
                                    .account = ACCOUNTS[i],
                                    .account_count = COUNTS[i]};
    struct provider *p = NULL;
    struct gateway *g = NULL;
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/%s.yaml", MUSTER_PROVIDERS, names[i]);
    check(provider_load(path, &p, NULL) == 0);
    check(gateway_new(p, &config, &g, NULL) == 0);
    return g;
}

static void check_text(struct slice s)
{
    check(slice_is_utf8(s, NULL) && (s.n == 0 || !memchr(s.p, 0, s.n)));
}

static void see_receipt(void *arg, const struct receipt_event *e)
{
    (void)arg;
    check_text(e->ref);
    check_text(e->provider_id);
    check_text(e->to);
    check_text(e->code);
    check(e->state >= STATE_ACCEPTED && e->state <= STATE_UNDELIVERED && e->at_ms >= 0);
}

static void see_inbound(void *arg, const struct inbound_event *e)
{
    (void)arg;
    check_text(e->event_id);
    check_text(e->from);
    check_text(e->to);
    check_text(e->text);
    check_text(e->profile_name);
    check(e->from.n > 0 && e->media_count >= 0 && e->at_ms >= 0);
}

static struct slice header(const void *arg, const char *name)
{
    (void)arg;
    if (slice_is(slice_of(name), "Content-Type"))
        return SLICE_LIT("application/x-www-form-urlencoded");
    return SLICE_LIT("AAAAAAAAAAAAAAAAAAAAAAAAAAA=");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static struct gateway *gateways[3]; /* made once: a run is many inputs */
    static const struct hook_sink sink = {.receipt = see_receipt, .inbound = see_inbound};
    if (n == 0) return 0;
    int i = data[0] % 3;
    if (!gateways[i]) gateways[i] = make(i);
    struct slice rest = slice_make(data + 1, n - 1), target = SLICE_NONE;
    (void)slice_cut(&rest, '\0', &target);
    struct hook_request hook = {.method = rest.n ? SLICE_LIT("POST") : SLICE_LIT("GET"),
                                .target = target,
                                .body = rest,
                                .header = header};
    struct slice challenge;
    enum hook_result r = gateway_verify(gateways[i], &hook, &challenge);
    check(r != HOOK_OK && r != HOOK_CHALLENGE);
    (void)gateway_read(gateways[i], &hook, &sink);
    return 0;
}
