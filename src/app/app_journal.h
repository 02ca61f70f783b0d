#pragma once
/* The journal as the configuration says (flow/journal.h). */
#include "config/config.h"
#include "base/err.h"

struct app_copy;
struct journal;
struct loop;

/* copy: where Kafka has it, too (app_copy.h); NULL = nowhere. */
int app_journal_open(struct loop *l, const struct config *c, struct app_copy **copy,
                     struct journal **ret, struct err *e) MUST_USE;
void app_journal_free(struct journal *j, struct app_copy *copy); /* NULL is fine, of both */
