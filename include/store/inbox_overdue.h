#pragma once
/* Who waits too long for an answer is news, once for each of them. */
#include "store/store.h"

struct groups;

/* Tells who watches (store/events.h: conversation, "overdue") of each person who waits for longer than their campaign, else their group (groups, which may be NULL), else target_ms says since this was
 * asked last, by whichever process. What is older than ten minutes by then is no news and is not told. At most 100 of a group a call. */
void inbox_overdue_tell(struct store *s, int64_t target_ms, const struct groups *groups,
                        int64_t now_ms, store_done_cb *cb, void *arg);
