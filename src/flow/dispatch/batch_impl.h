#pragma once
/* The inside of a batch, for batch.c (its people) and life.c (its steps). */
#include "batch.h"
#include "record.h"
#include "share.h"

enum batch_state { BATCH_LEASING, BATCH_LOADING, BATCH_OPEN, BATCH_ENDING };

struct person; /* batch.c */
struct whereabouts;

struct batch {
    struct dispatch *d;
    struct queue_message *queued;
    enum batch_state state;
    bool waiting;              /* is in d->waiting */
    struct batch *next, *prev; /* all batches of the dispatcher */
    enum lane lane;
    struct lease_ref lease;
    int64_t lease_until_us; /* our clock */
    uint32_t stamp;         /* of its references: the lease says it */
    uint32_t edits;         /* of its campaign: the lease says it */
    bool lost, parked;
    int64_t rest_until_ms; /* [wall ms, Redis' clock] given back because nobody may be texted
                              before; 0 = no */
    struct run *run;
    struct direct_message *direct;   /* owned */
    struct held_sent *held;          /* owned; what it says by a template; NULL: free text */
    struct block block;              /* no bytes: not loaded */
    struct person *people;           /* owned; by offset */
    struct whereabouts *whereabouts; /* owned; of its people, for near.c */
    bool locating;                   /* that is being found out */
    size_t asked_n, open_n;
    struct share share;
    struct records records;
};

void batch_init_people(struct batch *b); /* once its block or its message is there */
