#pragma once
/* The journal's copy in Kafka, as journal.kafka says: the topic {topic_prefix}events, whose records
 * have the instance as key. */
#include "config/config.h"
#include "base/err.h"
#include "flow/journal.h"

struct app_copy;

/* Puts back first what a lost disk held: blocks until it is read. *ret stays NULL when there is to be
 * no copy. */
int app_copy_open(struct loop *l, const struct config *c, struct app_copy **ret,
                  struct err *e) MUST_USE;
const struct journal_copy *app_copy_of(const struct app_copy *c); /* NULL of NULL */
/* After the journal: waits for what it sent last, 2 s at most. NULL is fine. */
void app_copy_free(struct app_copy *c);
