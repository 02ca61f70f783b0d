#pragma once
/* The providers of the world, behind io/http_client.h (sim_http.c). Each is honest: what it says it
 * did not take, it did not take. Requests go to http://g{number}/…; which words are used depends on
 * the provider's kind. */
#include "sim.h"

#include "base/slice.h"

enum { SIM_GATEWAYS_MAX = 2 };

enum sim_mood {
    MOOD_FINE,
    MOOD_THROTTLING, /* 429 to most, with or without Retry-After */
    MOOD_REFUSING,   /* no connection is taken */
    MOOD_HANGING,    /* connections are never made: the connect timeout */
    MOOD_SLOW,       /* answers come late, some too late */
    MOOD_FLAKY,      /* resets, half answers, pages of HTML, server errors */
    MOOD_BLOCKING,   /* the account is refused */
    MOOD_COUNT
};

enum sim_kind { KIND_TWILIO, KIND_KANNEL };

/* What a request says. */
struct sim_request {
    int gateway;
    uint64_t to, from;
    struct slice ref;
};

/* The promises' eyes. `sent`: it leaves a dispatcher. `arrived`: the provider reads it. `taken`: it
 * took the message, whatever it says then. `doubted`: the client cannot know. */
struct sim_gateway_watch {
    void (*sent)(const struct sim_request *q);
    void (*arrived)(const struct sim_request *q);
    void (*taken)(const struct sim_request *q);
    void (*doubted)(const struct sim_request *q);
};

void sim_gateway_begin(const struct sim_gateway_watch *watch);
void sim_gateway_set(int gateway, enum sim_kind kind, double fault_chance);
void sim_gateway_mood(int gateway, enum sim_mood mood, int64_t us); /* MOOD_FINE afterwards */
void sim_gateway_heal(int gateway);                                 /* no faults from now on */
