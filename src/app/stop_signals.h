#pragma once
/* SIGTERM, SIGINT and a terminal that is gone (SIGHUP) ask the process to stop. */
#include "io/loop.h"

struct stop_signals;

/* `stop` runs at the first of them, `stop_now` at each SIGTERM or SIGINT after it; both from the loop. A SIGHUP that is ignored
 * already (nohup) stays so. */
struct stop_signals *stop_signals_new(struct loop *l, loop_cb *stop, loop_cb *stop_now, void *arg);
/* NULL is fine. */
void stop_signals_free(struct stop_signals *s);
