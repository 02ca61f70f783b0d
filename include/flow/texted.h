#pragma once
/* How many people of a list campaigns texted in the last 24 hours, by the book of contacts (docs/adr/0041): whichever
 * group texted them. Answers, tests and what a person did not get do not count. */
#include "base/err.h"
#include "store/audience.h"

/* Block by block, from the loop, two calls of Redis for each 256 people: about a second for 400,000. texted is only of use
 * when result is 0. */
typedef void texted_cb(void *arg, int result, uint64_t texted, const struct err *e);
/* info is copied; now_ms [wall ms]. cb runs once, from the loop, or from inside the call for a list of nobody. */
void texted_count(struct store *s, const struct audience_info *info, int64_t now_ms, texted_cb *cb,
                  void *arg);
