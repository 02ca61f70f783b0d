#pragma once
/* The journal's other copy (journal_config.copy): pieces of whole records on their way there. */
#include "base/buf.h"
#include "flow/journal.h"

struct copy;

/* done: of a piece that is waited for; from the loop, never from inside copy_send. */
struct copy *copy_new(struct loop *l, const struct journal_copy *to, journal_sync_cb *done,
                      void *arg);
/* What is under way is nobody's any more. NULL is fine. */
void copy_free(struct copy *c);
/* head: a STORE record, which each part begins with, so that it says by itself what it is about.
 * records: whole ones. With `waits` one at a time. */
void copy_send(struct copy *c, struct slice head, struct slice records);
void copy_stats(const struct copy *c, struct journal_stats *into); /* NULL is fine */
