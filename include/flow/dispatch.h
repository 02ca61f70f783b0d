#pragma once
/* The dispatcher: takes batches from the queue, expands each recipient's message, passes the gate
 * just in time, sends at the gateway's pace, records what became of everybody, and acknowledges a
 * batch when all of it is settled. One per process, on its loop.
 *
 * Bounds: messages held per lane (DISPATCH_HOLD_*; replies are small, and many of them for a
 * gateway that is dead must not keep others from theirs), requests at the provider per
 * gateway (in_flight_max: sent, and the response is not there), and twice as many recipients who
 * are open there (from the gate's grant until the outcome is recorded: what a crash can leave
 * unknown). */
#include "base/err.h"
#include "core/cap.h"
#include "flow/account.h"
#include "store/queue.h"

struct store;
struct dispatch;
struct ledger;
struct redis;
struct inbox;
struct journal;
struct gazetteer;
struct nearest;
struct place_book;
struct session_words;

enum { DISPATCH_HOLD_REPLY = 4096, DISPATCH_HOLD_REMINDER = 128, DISPATCH_HOLD_BLAST = 256 };

struct dispatch_config {
    struct loop *loop;
    struct redis *redis; /* all borrowed for the dispatcher's life */
    struct ledger *ledger;
    struct store *store;
    const struct place_book *places; /* where people may be sent; NULL: nowhere */
    struct gazetteer *gazetteer;     /* these two: NULL in tests without places */
    struct nearest *nearest;
    const struct session_words *words; /* what texts say of sessions; with nearest */
    struct inbox *inbox;          /* learns how providers call people; NULL: nothing is learned */
    struct journal *journal;      /* has each grant before it leaves; NULL: nobody keeps one */
    const unsigned char *ref_key; /* core/ref.h */
    int64_t lease_ms;
    struct cap cap; /* how often campaigns may text one person */
    const struct accounts *accounts;
    /* Asked before each turn: false = the gate is not asked now, nor for a fifth of a second. NULL
     * = it may always be. */
    bool (*may_send)(void *arg);
    void *may_send_arg;
};

/* *ret is owned. The config is copied; what it points to is borrowed for its life. An error: an account's client
 * cannot be made. */
int dispatch_new(const struct dispatch_config *config, struct dispatch **ret,
                 struct err *e) MUST_USE;
void dispatch_free(struct dispatch *d); /* as a crash would: nothing is given back; NULL is fine */
/* The queue's callback: queue_new(…, dispatch_message, d, …). */
void dispatch_message(void *d, struct queue_message *m);
/* Begins to ask the queue for batches. */
void dispatch_start(struct dispatch *d, struct queue *q);
/* Finishes what is in flight, gives the rest back, then calls cb once. */
void dispatch_stop(struct dispatch *d, void (*cb)(void *arg), void *arg);

struct dispatch_stats { /* of one account */
    uint64_t requests, accepted, throttled, transient, refused, blocked, unknown; /* outcomes */
    uint64_t forfeited; /* slots that were reached too late */
    uint64_t skipped;   /* by the gate or because the message could not be made */
    size_t batches;
    size_t in_flight; /* requests at the provider: sent, and the response is not there */
    size_t open;      /* recipients granted and not yet recorded; those are among them */
    bool dead;        /* gives no response; tried again with a growing pause */
};
/* Of that account, in this process. */
struct dispatch_stats dispatch_stats(const struct dispatch *d, const struct account *a);
