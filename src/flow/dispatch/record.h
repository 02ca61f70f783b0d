#pragma once
/* What became of recipients and is not in the ledger yet (record.c). */
#include "core/state.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

struct batch;
struct dispatch;
struct grant;

struct record {
    struct grant *grant;
    uint8_t offset, state;
    char *detail; /* owned; NULL = none, as for nearly everybody */
};

/* Of one batch. */
struct records {
    struct batch *batch;
    struct record *list; /* owned */
    size_t n;
    bool writing;              /* some are under way; these wait for the reply */
    bool again;                /* the reply of the last write did not come */
    int64_t due_us;            /* our clock: then they are written … */
    TAILQ_ENTRY(records) link; /* … of d->dirty, while n > 0 and nothing is under way */
};
TAILQ_HEAD(dirty, records);

void records_done(struct records *r); /* frees; nothing is under way */
/* The grant ends when it stands. detail: "" = none. */
void record_outcome(struct grant *g, enum state state, const char *detail);
/* The timer that writes what there is. */
void record_flush(void *dispatch);
