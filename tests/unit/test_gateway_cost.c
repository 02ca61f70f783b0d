/* What receipts tell of costs: in the shapes in which providers document it, and in those that cannot be. */
#include <stdio.h>

#include "gateway_events.h"

#define HEAD                                                                                       \
    "name: X\nchannels: [sms]\nbase_url: http://x\naccount: {key: {required: true}}\n"             \
    "send: {method: GET, url: '{{{base_url}}}', query: {k: '{{account.key}}', t: '{{text}}'}}\n"   \
    "answer: {format: text, rules: [{status: 200, outcome: accepted}]}\n"
#define HOOKS(format)                                                                              \
    "hooks: {methods: [GET, POST], format: " format                                                \
    ", signature: {scheme: token, parameter: t, keys: [key]}, answer: {status: 200, "              \
    "content_type: text/plain}}\n"
#define STATES "states: {delivered: delivered, DELIVERED: delivered, sent: sent}"

/* The selectors as docs/PROVIDERS.md has them. */
#define INFOBIP                                                                                    \
    HEAD HOOKS("json") "receipts: [{each: /results/*, ref: /callbackData, status: "                \
                       "/status/groupName, " STATES                                                \
                       ", cost: {amount: /price/pricePerMessage, currency: /price/currency, "      \
                       "parts: [/messageCount, "                                                   \
                       "/smsCount]}}]\n"
#define TELNYX                                                                                     \
    HEAD HOOKS("json") "receipts: [{present: /data/payload, ref: '?ref', status: "                 \
                       "/data/payload/to/0/status, " STATES                                        \
                       ", cost: {amount: /data/payload/cost/amount, currency: "                    \
                       "/data/payload/cost/currency, parts: "                                      \
                       "/data/payload/parts}}]\n"
#define VONAGE                                                                                     \
    HEAD HOOKS(                                                                                    \
        "json") "receipts: [{present: /message_uuid, ref: /client_ref, status: /status, " STATES   \
                ", cost: {amount: /usage/price, currency: /usage/currency, parts: "                \
                "/sms/count_total}}]\n"
#define MESSAGEBIRD                                                                                \
    HEAD HOOKS(                                                                                    \
        "form") "receipts: [{present: '?status', ref: '?reference', status: '?status', " STATES    \
                ", cost: {amount: '?price[amount]', currency: '?price[currency]', parts: "         \
                "'?messagePartCount'}}]\n"
#define SINCH                                                                                      \
    HEAD HOOKS("json") "receipts: [{present: /batch_id, ref: /client_reference, status: /status, " \
                       "states: "                                                                  \
                       "{Delivered: delivered}, cost: {parts: /number_of_message_parts}}]\n"
#define PER_PART                                                                                   \
    HEAD HOOKS("form") "receipts: [{present: s, ref: r, status: s, " STATES                        \
                       ", cost: {amount: p, currency: c, parts: n, per_part: true}}]\n"

static void take(void *arg, const struct receipt_event *e)
{
    buf_addf(arg, "%s %s %lld %.*s %u;", slice_is(e->ref, "42") ? "42" : "?",
             state_to_string(e->state), (long long)e->cost, SLICE_ARG(e->currency), e->part_count);
}

static const struct case_of {
    const char *description, *target, *body, *expected;
} cases[] = {
    {INFOBIP, "/hooks/x",
     "{\"results\":[{\"messageId\":\"1\",\"callbackData\":\"42\",\"messageCount\":2,\"price\":{"
     "\"pricePerMessage\":0.01,\"currency\":\"EUR\"},\"status\":{\"groupName\":\"DELIVERED\"}},"
     "{\"callbackData\":\"42\",\"smsCount\":1,\"status\":{\"groupName\":\"DELIVERED\"}}]}",
     "42 delivered 10000 EUR 2;42 delivered 0  1;"},
    {TELNYX, "/hooks/x?ref=42",
     "{\"data\":{\"event_type\":\"message.finalized\",\"payload\":{\"to\":[{\"status\":"
     "\"delivered\"}],\"cost\":{\"amount\":\"0.0051\",\"currency\":\"USD\"},\"parts\":1}}}",
     "42 delivered 5100 USD 1;"},
    {TELNYX, "/hooks/x?ref=42",
     "{\"data\":{\"payload\":{\"to\":[{\"status\":\"delivered\"}],\"cost\":null,\"parts\":3}}}",
     "42 delivered 0  3;"},
    {VONAGE, "/hooks/x",
     "{\"message_uuid\":\"u\",\"client_ref\":\"42\",\"status\":\"delivered\",\"usage\":{"
     "\"currency\":\"EUR\",\"price\":\"0.0333\"},\"sms\":{\"count_total\":\"2\"}}",
     "42 delivered 33300 EUR 2;"},
    {MESSAGEBIRD,
     "/hooks/x?id=1&reference=42&status=delivered&messagePartCount=1&price%5Bamount%5D=0.055"
     "&price%5Bcurrency%5D=EUR",
     "", "42 delivered 55000 EUR 1;"},
    {SINCH, "/hooks/x",
     "{\"type\":\"recipient_delivery_report_sms\",\"batch_id\":\"b\",\"client_reference\":\"42\","
     "\"status\":\"Delivered\",\"number_of_message_parts\":2}",
     "42 delivered 0  2;"},
    {PER_PART, "/hooks/x", "r=42&s=delivered&p=-0.00750&c=USD&n=3", "42 delivered 22500 USD 3;"},
    /* of how many parts, nobody says: then nobody knows what it cost */
    {PER_PART, "/hooks/x", "r=42&s=delivered&p=0.0075&c=USD", "42 delivered 0  0;"},
    {PER_PART, "/hooks/x", "r=42&s=delivered&p=0.0075&c=USD&n=0", "42 delivered 0  0;"},
    {PER_PART, "/hooks/x", "r=42&s=delivered&p=1000&c=USD&n=50",
     "42 delivered 50000000000 USD 50;"},
    {PER_PART, "/hooks/x", "r=42&s=delivered&p=1000.1&c=USD&n=2", "42 delivered 0  2;"},
    {PER_PART, "/hooks/x", "r=42&s=delivered&p=1&c=USD&n=51", "42 delivered 0  0;"},
    {PER_PART, "/hooks/x", "r=42&s=delivered&p=nan&c=USD&n=-1", "42 delivered 0  0;"},
};

static void test_costs(void **state)
{
    (void)state;
    static const struct gateway_pair account[] = {{"key", "k"}};
    const struct gateway_config config = {.name = "x",
                                          .channel = "sms",
                                          .public_url = "https://muster.example",
                                          .account = account,
                                          .account_count = 1};
    struct buf out = BUF_INIT(1 << 12);
    const struct hook_sink sink = {.receipt = take, .arg = &out};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct case_of *c = &cases[i];
        struct provider *p = NULL;
        struct err e = {0};
        if (provider_parse(slice_of(c->description), "x.yaml", &p, &e))
            fail_msg("case %zu: %s", i, e.text);
        struct gateway *g = make_gateway(p, config);
        struct test_hook t = {NULL};
        const char *method = *c->body ? "POST" : "GET";
        struct hook_request hook = make_hook(&t, method, c->target, slice_of(c->body));
        buf_clear(&out);
        enum hook_result r = gateway_read(g, &hook, &sink);
        if (r != HOOK_OK || !slice_is(buf_slice(&out), c->expected))
            fail_msg("case %zu: result %d, %.*s", i, (int)r, SLICE_ARG(buf_slice(&out)));
        gateway_free(g);
        provider_free(p);
    }
    buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_costs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
