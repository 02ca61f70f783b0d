#pragma once
/* The accounts that messages leave through (conf/muster.yaml: gateways), as everybody may know
 * them. Made once, at the start, and never changed; a part that keeps something for each account
 * (an outlet, counters) has an array of its own, by the account's index. */
#include "base/slice.h"
#include "core/price.h"
#include "io/http_client.h"
#include "store/provider_queue.h"

struct gateway;

struct account {
    const char *name;        /* [a-z0-9_-], stands in URLs and keys */
    const char *provider;    /* the description's name */
    const char *channel;     /* "sms" | "whatsapp" */
    const char *group;       /* inbox for people whom nobody knows */
    bool group_is_own;       /* the configuration says it, so the account is that group's */
    const char *country;     /* "GB", of national numbers; NULL or "" = not known */
    struct gateway *gateway; /* the description, bound to it */
    const char *const *senders;
    size_t sender_count;                  /* at least 1 */
    double rate_per_s, sender_rate_per_s; /* 0 for the sender: none of its own */
    struct provider_queue queue;          /* how much may build up at the provider; {0}: anything */
    struct price price;
    bool validity;                  /* the provider can be told how long it may try */
    struct http_client_config http; /* in_flight_max is the window */
};

struct accounts {
    const struct account *list; /* borrowed, like what they point to */
    size_t count;
};

/* NULL: it is not in the configuration. O(accounts). */
const struct account *accounts_find(const struct accounts *a, struct slice name);
/* Of one in the list: 0 … count - 1. */
size_t accounts_index(const struct accounts *a, const struct account *one);
/* What it sends at most, its senders' own limits included. */
double account_rate_per_s(const struct account *a);
