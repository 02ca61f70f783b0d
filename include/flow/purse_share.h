#pragma once
/* Several campaigns spend of one budget of a month: what of it one of them can still have. */
#include <stddef.h>
#include <stdint.h>

struct campaign;

/* [millionths] What c can spend of what is left of its purse (c->purse_left), when the others of the list that are held against the same
 * budget of the month spend evenly from their start to the end that was foretold of them (eta_ms). All of what is left, where it is
 * c's own budget, where nothing was foretold of c, or where it suffices for everybody. Who is paused or waits for somebody spends
 * nothing. */
uint64_t purse_share(const struct campaign *c, const struct campaign *list, size_t n,
                     int64_t now_ms);
