#pragma once
/* What the API knows of the accounts that messages leave through (conf/muster.yaml: gateways). */
#include "flow/check.h"
#include "store/provider_queue.h"

struct api_gateway { /* what it points to is borrowed for the life of the API */
    const char *name, *provider, *channel;
    struct gateway *gateway;
    const char *const *senders;
    size_t sender_count;                  /* at least 1 */
    double rate_per_s, sender_rate_per_s; /* 0 for the sender: none */
    int in_flight_max;
    bool validity; /* the provider can be told how long it may try */
    struct provider_queue queue;
    struct check_price price;
};
