#pragma once
/* One musterd of the world: dispatcher, release and the receiving end of receipts, put together as
 * src/app/app.c does it, and ended as its end would: killed, or asked to stop. */
#include "sim.h"

#include "flow/dispatch.h"
#include "flow/lookup.h"
#include "flow/receipt.h"
#include "store/direct.h"

struct node;

struct node_config {
    /* the instance: another start of the same name gets its batches back at once */
    const char *name;
    const struct accounts *accounts;
    int64_t lease_ms;
    const unsigned char *ref_key;
    bool goes_back;    /* its store may be emptied */
    bool foretells;    /* it looks how fast campaigns go, and says when they will be done */
    int64_t hiccup_us; /* [µs] how long the machine may make it wait now and then */
};

/* p is a fresh process; it must outlive the world's last event. */
struct node *node_start(struct sim_process *p, const struct node_config *config);
/* As kill -9: what it has sent travels on, nothing more comes from it. */
void node_kill(struct node *n);
/* As SIGTERM: it finishes what is in flight; `stopped` runs later, and may not end the node from
 * inside. */
void node_stop(struct node *n, void (*stopped)(void *arg), void *arg);

struct sim_process *node_process(const struct node *n);
struct redis *node_redis(struct node *n);
/* For what comes in by its API or its webhooks: its journal has it before it is answered. */
struct store *node_store(struct node *n);
const char *node_name(const struct node *n);
/* A provider's report comes in here; cb as in flow/receipt.h. */
void node_receipt(struct node *n, int gateway, const struct receipt_event *event, receipt_cb *cb,
                  void *arg);
/* Somebody sends a message to one person; cb as in store/direct.h. */
void node_send_direct(struct node *n, const struct direct_message *m, direct_index_cb *cb,
                      void *arg);
