#pragma once
/* What whoever watches running campaigns asks and notes (flow/watchman.h). Callbacks as in store/store.h. */
#include "store/campaign.h"
#include "store/deed.h"

/* Since when the one waits who waits longest for an answer in the campaign's group, and when a receipt of its account was
 * seen last; [wall ms], 0 = nobody, never. seen_ms: a receipt of this campaign came since the last look; 0 = none did. */
typedef void brake_ask_cb(void *arg, int result, int64_t unanswered_ms, int64_t receipt_ms);
void brake_ask(struct store *s, struct slice group, struct slice gateway, int64_t seen_ms,
               brake_ask_cb *cb, void *arg);
/* A warning for people; none = there is none any more. */
void brake_note(struct store *s, uint32_t id, struct slice warning);

/* All of the canary have it since then [wall ms]. */
void canary_note_full(struct store *s, uint32_t id, int64_t at_ms);
/* They did well, and the others follow. */
void canary_pass(struct store *s, uint32_t id, struct deed deed);
