#pragma once
/* Webhooks: /hooks/{gateway}, and /inbound and /receipt under it. Verified over the raw bytes, read, stored, and
 * only then answered 200. What is forged or malformed gets 403 or 400 and leaves no trace but a counter; what
 * could not be stored gets 503, so that the provider sends it again. */
#include "flow/inbound.h"
#include "flow/receipt.h"
#include "web/router.h"

struct hooks;

struct hooks_gateway {
    const char *name, *group; /* group: inbox for people whom nobody knows */
    struct gateway *gateway;
};

struct hooks_config { /* all borrowed for its life; the array is copied */
    const struct hooks_gateway *gateways;
    size_t gateway_count;
    struct receipts receipts;
    struct inbound *inbound;
};

struct hooks *hooks_new(const struct hooks_config *config, struct router *router);
void hooks_free(struct hooks *h); /* NULL is fine */

struct hooks_stats {
    uint64_t requests, forged, malformed, unstored, receipts, foreign_receipts, inbound, duplicates;
};
size_t hooks_count(const struct hooks *h);
const char *hooks_name(const struct hooks *h, size_t i);
struct hooks_stats hooks_stats(const struct hooks *h, size_t i);
