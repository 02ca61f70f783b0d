#pragma once
/* How the process is, for whoever runs it. Each file has its rows. */
#include "web/private.h"

/* Asks Redis how much of our messages is queued at each provider, since the process that is asked
 * need not be one that sends. taken: by account, < 0 where nobody knows; borrowed for the call,
 * which comes once, now or later. */
typedef void provider_queues_cb(void *arg, const int64_t *taken);
void provider_queues_look(const struct web *w, provider_queues_cb *cb, void *arg);
