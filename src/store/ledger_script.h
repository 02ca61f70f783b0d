#pragma once
/* Scripts over ledgers share a prelude: the states and what may follow what (core/state.c), and the
 * nibbles. */
#include "io/redis.h"

struct redis_script *ledger_script(const char *name, struct slice text); /* returns owned */
