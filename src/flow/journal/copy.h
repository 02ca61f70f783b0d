#pragma once
/* The journal's other copy (journal_config.copy): pieces of whole records on their way there. */
#include "base/buf.h"
#include "flow/journal.h"

struct copy;

/* Of a piece that is waited for: the copy has all of it, or (negative) nobody knows; then also more than once. In any order;
 * from the loop, never from inside copy_send. */
typedef void copy_done_cb(void *arg, uint64_t piece, int result);
struct copy *copy_new(struct loop *l, const struct journal_copy *to, copy_done_cb *done, void *arg);
/* What is under way is nobody's any more. NULL is fine. */
void copy_free(struct copy *c);
/* head: a STORE record, which each part begins with, so that it says by itself what it is about.
 * records: whole ones. piece: its number, for `done`. */
void copy_send(struct copy *c, uint64_t piece, struct slice head, struct slice records);
void copy_stats(const struct copy *c, struct journal_stats *into); /* NULL is fine */
