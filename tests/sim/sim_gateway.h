#pragma once
/* The providers of the world, behind io/http_client.h (sim_http.c, sim_provider.c). Each is honest:
 * what it says it did not take, it did not take. Requests go to http://g{number}/…; which words are
 * used depends on the provider's kind. */
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
    MOOD_LOSING,     /* all is taken, and receipts say later that the account is refused */
    MOOD_COUNT
};

enum sim_kind { KIND_TWILIO, KIND_KANNEL };

/* Whether what was taken gets to the phone; only receipts tell. */
enum sim_loss {
    LOSS_NONE,
    LOSS_LUCK, /* not this one, for a reason that has nothing to do with the person */
    LOSS_ALL,  /* none of this account's */
};

/* What a request says. */
struct sim_request {
    int gateway;
    uint64_t to, from;
    struct slice ref;
    int64_t validity_s; /* how long the provider may try; -1 = as long as it likes */
    enum sim_loss loss; /* of one that was taken */
};

/* An answer that says that the message was surely not taken. */
struct sim_no {
    bool throttled, pair; /* pair: too many to this one person */
    int64_t hold_us;      /* of a throttle: for how long; -1 = it does not say */
};

/* The promises' eyes. `sent`: it leaves a dispatcher. `arrived`: the provider reads it. `taken`: it
 * took the message, whatever it says then. `doubted`: the client cannot know. `denied`: a
 * dispatcher hears that it was not taken. */
struct sim_gateway_watch {
    void (*sent)(const struct sim_request *q);
    void (*arrived)(const struct sim_request *q);
    void (*taken)(const struct sim_request *q);
    void (*doubted)(const struct sim_request *q);
    void (*denied)(const struct sim_request *q, const struct sim_no *no);
};

void sim_gateway_begin(const struct sim_gateway_watch *watch);
void sim_gateway_end(void);
/* Whether it can be asked what it has taken. */
bool sim_gateway_lists(int gateway);
/* [s] The unit of its validity, which is its smallest one too. */
int64_t sim_gateway_validity_unit_s(int gateway);
void sim_gateway_set(int gateway, enum sim_kind kind, double fault_chance);
/* [µs] A new connection takes so long; 0 = no time. */
void sim_gateway_far(int gateway, int64_t connect_us);
int64_t sim_gateway_connect_us(int gateway);
void sim_gateway_mood(int gateway, enum sim_mood mood, int64_t us); /* MOOD_FINE afterwards */
void sim_gateway_heal(int gateway);                                 /* no faults from now on */
