#pragma once
/* What becomes of campaigns to a list that was lent (store/loan.h), when the loan is over: they are paused, and their group's
 * alone. Whoever looks at a campaign calls it; to call it twice is fine. */
#include <stdint.h>

struct campaign;
struct loans;
struct store;

/* Nothing happens to one whose loan is in force, or that has none. loans NULL: nothing is lent. */
void lending_end(struct store *s, const struct loans *loans, const struct campaign *c,
                 int64_t now_ms);
/* All that are not over, of whatever group. loans lives until Redis has told; then done runs, once: what is asked from then on sees
 * what was ended. */
void lending_end_all(struct store *s, const struct loans *loans, int64_t now_ms,
                     void (*done)(void *arg), void *arg);
