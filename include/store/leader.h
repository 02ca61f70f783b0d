#pragma once
/* Who leads. */
#include "store/store.h"

/* One leader among the processes with the role release; cb result 1 = we lead, 0 = another, < 0 =
 * not known. who is "instance/boot": an instance that was started again follows itself at once.
 * now_ms is Redis' wall clock, the one of all processes. */
typedef void lead_cb(void *arg, int result, int64_t now_ms);
void leader_lead(struct store *s, const char *who, int64_t lease_ms, lead_cb *cb, void *arg);
