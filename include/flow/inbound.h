#pragma once
/* What happens with a message that somebody sent us: who are they (the newest campaign that texted
 * them), what do they ask for (core/keywords.h), and then one script stores all of it. STOP is
 * obeyed at once and confirmed once; HELP is answered at most once a day; a bare postcode with
 * where people are needed near it, if the organisation wants that (flow/auto_answer.h). Everything else waits for a person. (Muster
 * also writes by itself to those who said that they come: flow/pledge_teller.h.) */
#include "base/err.h"
#include "flow/outbox.h"
#include "gateway/gateway.h"
#include "store/audience.h"
#include "store/inbox.h"

struct inbound;
struct auto_answer;
struct keywords;

enum {
    INBOUND_CAMPAIGNS_MAX = 64, /* the newest ones, in which the sender is looked for */
    /* how long a provider's event ids are kept: longer than it retries */
    INBOUND_REMEMBER_DAYS = 7,
};

struct inbound_config {
    struct inbox *inbox; /* these are borrowed for the life */
    struct store *store;
    struct outbox *outbox;
    const struct keywords *keywords;
    const struct law_words *law;     /* what is for trained people; NULL = nothing */
    const struct groups *groups;     /* NULL: nothing is said of any */
    struct auto_answer *auto_answer; /* NULL: who says where they are waits for a person */
    const char *stop_confirmation;   /* copied; "" = none, where the provider confirms by itself */
    const char *help_answer;         /* copied; "" = none */
    int64_t remember_ms;             /* [ms] 0 = INBOUND_REMEMBER_DAYS */
};

/* Returns owned. What the config points to is borrowed for its life, but for the texts, which are copied. */
struct inbound *inbound_new(const struct inbound_config *config);
void inbound_free(struct inbound *i); /* after its calls ended; NULL is fine */

enum inbound_verdict {
    INBOUND_STORED,
    INBOUND_DUPLICATE, /* stored before: nothing changed */
    INBOUND_COUNTED,   /* a stranger beyond the bound of an hour: counted in their thread */
};
/* result 0 and the verdict: the webhook gets its 200. ERR_UNREACHABLE: nothing is known to be
 * stored; respond with 503, so that the provider sends it again. Runs once, from the loop. */
typedef void inbound_cb(void *arg, int result, enum inbound_verdict verdict, const struct err *e);

/* Where they came in; all borrowed for the call. */
struct inbound_door {
    struct slice gateway;
    /* For people whom neither a campaign nor a conversation knows, and who wrote to no group's own
     * number. */
    struct slice group;
    bool group_is_own;   /* the gateway belongs to that group: what others asked is not meant */
    bool takes_user_id;  /* gateway_takes_user_id */
    int64_t window_ms;   /* [ms] the channel takes answers so long after their words; 0 = always */
    const char *country; /* "GB", of national numbers; "" = not known */
};

/* A receipt of a message of ours names its recipient's number and user id together: they are one
 * person from now on. Nobody waits for it: the next receipt says the same. */
void inbound_learn(struct inbound *i, const struct inbound_door *door,
                   const struct receipt_event *event);

/* The event is copied, and goes to the store with what else comes in during this turn of the loop
 * (store/inbox.h). It is stored whoever it is from, also when they have no number (ADR 0010). */
void inbound_receive(struct inbound *i, const struct inbound_door *door,
                     const struct inbound_event *event, int64_t now_ms, inbound_cb *cb, void *arg);
/* Sends now, not with the next turn. NULL is fine, here and below. */
void inbound_flush(struct inbound *i);
/* For the end, when the loop turns no more: what is not sent yet is told ERR_UNREACHABLE, now. */
void inbound_give_up(struct inbound *i);
