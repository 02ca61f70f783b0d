#pragma once
/* What people said to a campaign: by the conversation that its group has with each of them. */
#include "store/store.h"

enum { OUTCOME_NUMBERS_MAX = 256 };
/* said[i]: none when numbers[i] has not written back to this campaign, or has written to a later one
 * since; else the tags of their conversation ("yes,question"), "" = it has none, which is not none.
 * Borrowed for the call; NULL when result is not 0. */
typedef void outcome_said_cb(void *arg, int result, const struct slice *said, size_t n,
                             const struct err *e);
void outcome_said(struct store *s, struct slice group, uint32_t campaign, const uint64_t *numbers,
                  size_t n, outcome_said_cb *cb, void *arg);
