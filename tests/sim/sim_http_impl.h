#pragma once
/* What sim_http.c (the wire) and sim_provider.c (what is taken and what is said) share. */
#include "sim_gateway.h"

#include "core/ref.h"
#include "io/http_client.h"

enum { SIM_TEXT_BYTES = 64 };

/* A request under way. It outlives its client: what was sent arrives. */
struct transfer {
    struct http_client *client; /* NULL: nobody waits any more */
    http_client_cb *cb;
    void *arg;
    bool (*may_leave)(void *arg);
    struct sim_request request;
    char ref[REF_CHARS + 1];
    int64_t started_us;
    struct sim_event *answer, *timeout;
    bool arrived; /* the other side is done with it */
    struct http_result result;
    char text[SIM_TEXT_BYTES]; /* of the message */
    bool looks;                /* it is a question, no message */
    bool denied;               /* the answer says `no` */
    struct sim_no no;
    char *body; /* owned, NULL: "" */
    struct transfer *prev, *next;
};

/* The watch that the world gave. */
extern struct sim_gateway_watch sim_gateway_eyes;

/* How it behaves at this moment, faults by chance included. */
enum sim_mood sim_gateway_mood_now(int gateway);
/* Whether connections are not made now, and how. */
enum sim_mood sim_gateway_door(int gateway);
/* [µs] uneven, as everything on the way. */
int64_t sim_gateway_chance_us(int64_t most_us);
int64_t sim_gateway_late_us(int64_t mean_us);
/* Fills in the answer to a message, or to a question. */
void sim_gateway_decide(struct transfer *t, enum sim_mood mood);
