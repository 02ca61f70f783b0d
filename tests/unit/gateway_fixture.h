#pragma once
/* What the tests of providers share: the shipped descriptions bound to made-up accounts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "gateway/gateway.h"

#define REF "AAAAAQAAAAJbd2__yLltUQ"

static inline struct provider *load_provider(const char *name)
{
    struct provider *p = NULL;
    struct err e = {0};
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/%s.yaml", MUSTER_PROVIDERS, name);
    if (provider_load(path, &p, &e)) fail_msg("%s", e.text);
    return p;
}

/* The provider that a file is about, from before its first test until behind its last. */
#define PROVIDER(var, name)                                                                        \
    static struct provider *var;                                                                   \
    static int load(void **state)                                                                  \
    {                                                                                              \
        (void)state;                                                                               \
        (var) = load_provider(name);                                                               \
        return 0;                                                                                  \
    }                                                                                              \
    static int unload(void **state)                                                                \
    {                                                                                              \
        (void)state;                                                                               \
        provider_free(var);                                                                        \
        return 0;                                                                                  \
    }

static const struct gateway_pair TWILIO_ACCOUNT[] = {
    {"account_sid", "AC00000000000000000000000000000001"}, {"auth_token", "12345"}};
static const struct gateway_pair META_ACCOUNT[] = {{"phone_number_id", "106540352242922"},
                                                   {"access_token", "EAAtoken"},
                                                   {"app_secret", "sesame"},
                                                   {"verify_token", "open"}};
static const struct gateway_pair KANNEL_ACCOUNT[] = {
    {"username", "muster"}, {"password", "p&w d"}, {"hook_token", "hook/tok"}};

static inline struct gateway_config twilio_config(void)
{
    return (struct gateway_config){.name = "tw",
                                   .channel = "sms",
                                   .public_url = "https://muster.example",
                                   .account = TWILIO_ACCOUNT,
                                   .account_count = COUNT_OF(TWILIO_ACCOUNT)};
}

static inline struct gateway_config meta_config(void)
{
    return (struct gateway_config){.name = "wa",
                                   .channel = "whatsapp",
                                   .public_url = "https://muster.example",
                                   .account = META_ACCOUNT,
                                   .account_count = COUNT_OF(META_ACCOUNT)};
}

static inline struct gateway_config kannel_config(void)
{
    return (struct gateway_config){.name = "kan",
                                   .channel = "sms",
                                   .public_url = "https://muster.example/",
                                   .account = KANNEL_ACCOUNT,
                                   .account_count = COUNT_OF(KANNEL_ACCOUNT)};
}

static inline struct gateway *make_gateway(const struct provider *p, struct gateway_config config)
{
    struct gateway *g = NULL;
    struct err e = {0};
    if (gateway_new(p, &config, &g, &e)) fail_msg("%s", e.text);
    return g;
}

/* A webhook from parts; headers as "Name: value" lines. */
struct test_hook {
    const char *const *headers; /* NULL-terminated; NULL = none */
};

static inline struct slice test_header(const void *arg, const char *name)
{
    const struct test_hook *h = arg;
    for (size_t i = 0; h->headers && h->headers[i]; i++) {
        struct slice value = slice_of(h->headers[i]), key;
        if (slice_cut(&value, ':', &key) && slice_is_nocase(key, name)) return slice_trim(value);
    }
    return SLICE_NONE;
}

static inline struct hook_request make_hook(const struct test_hook *h, const char *method,
                                            const char *target, struct slice body)
{
    return (struct hook_request){.method = slice_of(method),
                                 .target = slice_of(target),
                                 .body = body,
                                 .header = test_header,
                                 .header_arg = h};
}
