#pragma once
/* One firing of a schedule becomes a campaign. */
#include "flow/schedule.h"

/* campaign: its id, 0 = there is none. result 0: it is launched, now or before. ERR_UNREACHABLE: it
 * is not known. Others: it is not, and e says why. Runs once; from the loop, or from inside the call.
 */
typedef void fire_cb(void *arg, int result, uint32_t campaign, const struct err *e);
/* All but means are read within the call. */
void fire_run(const struct launch_means *means, const struct schedule *s, const struct plan *p,
              const struct plan_firing *f, int64_t now_ms, fire_cb *cb, void *arg);
