#pragma once
/* A provider is a file, not code: conf/providers/NAME.yaml says how a message is asked for, what
 * the responses mean, and how receipts and replies come back (docs/PROVIDERS.md is the language).
 * It is compiled once, then bound to an account of ours: a gateway (gateway/gateway.h). */
#include "base/err.h"
#include "base/slice.h"

struct provider;

/* One key of the `account:` section of conf/muster.yaml. */
struct provider_key {
    const char *name;
    bool required;        /* the gateway is refused without it */
    bool secret;          /* never to be shown */
    const char *fallback; /* what an absent one reads as; "" = nothing */
};

/* Errors read "path:line:column: what; mend". */
int provider_load(const char *path, struct provider **ret, struct err *e) MUST_USE;
/* The same from memory; `name` is what errors call it. */
int provider_parse(struct slice text, const char *name, struct provider **ret,
                   struct err *e) MUST_USE;
void provider_free(struct provider *p); /* after its gateways; NULL is fine */

const char *provider_title(const struct provider *p); /* "Twilio" */
/* NULL behind the last. Borrowed. */
const struct provider_key *provider_key_at(const struct provider *p, size_t i);
