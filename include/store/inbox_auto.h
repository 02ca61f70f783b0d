#pragma once
/* Answers in a conversation that nobody of us has written (docs/adr/0058). The callback as in store/inbox.h. */
#include "store/inbox.h"

enum { INBOX_AUTO_A_DAY = 3 };
/* An answer that nobody of us has read, to a message of theirs; it stands in the thread as such (kind auto), and they wait as before.
 * Each message has one at most, and a person INBOX_AUTO_A_DAY in a day; nobody has one who opted out, is on hold, or is being answered
 * or was since. */
struct inbox_auto {
    uint32_t conversation;
    struct slice event; /* of inbox_arrival.event_id */
    int64_t at_ms;      /* [wall ms] when they wrote it */
    struct slice text;  /* none: it is only asked whether they may have one */
    uint32_t session;   /* that the text names: their "yes" means it (store/pledge.h) */
};
struct inbox_auto_said {
    bool may;           /* or may not; where it is recorded, it is */
    bool is_recorded;   /* the caller publishes: */
    uint32_t index;     /* in the direct book */
    struct slice group; /* whose conversation it is; borrowed for the call */
};
/* said: no "may" beside an error. ERR_UNREACHABLE. */
typedef void inbox_auto_cb(void *arg, int result, const struct inbox_auto_said *said,
                           const struct err *e);
void inbox_answer_by_itself(struct inbox *b, const struct inbox_auto *a, int64_t now_ms,
                            inbox_auto_cb *cb, void *arg);
