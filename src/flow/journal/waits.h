#pragma once
/* Who waits for a piece of the journal. */
#include "flow/journal.h"

struct wait {
    journal_sync_cb *cb;
    void *arg;
};
struct waits {
    struct wait *list; /* owned */
    size_t n, room;
    int64_t since_us; /* of the first */
};
void waits_add(struct waits *w, journal_sync_cb *cb, void *arg); /* cb once, by waits_end */
/* Tells all of them; a callback may wait again. */
void waits_end(struct waits *w, int result);
