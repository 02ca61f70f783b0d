#pragma once
/* The journal as the configuration says (flow/journal.h). */
#include "config/config.h"
#include "base/err.h"

struct journal;
struct loop;

int app_journal_open(struct loop *l, const struct config *c, struct journal **ret,
                     struct err *e) MUST_USE;
