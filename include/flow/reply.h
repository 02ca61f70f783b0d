#pragma once
/* A volunteer's answer: checked, recorded under the claim's fence, published. */
#include "base/err.h"
#include "flow/outbox.h"
#include "store/inbox_decide.h"

/* What Twilio takes in one SMS request; other providers take less or more, and say so. */
enum { REPLY_CHARACTERS_MAX = 1600 };

/* As of inbox_reply (store/inbox.h). With result 0 the answer is recorded: it will leave, whatever happens
 * to this process. */
typedef inbox_answer_cb reply_cb;

/* ERR_INVALID at once, and no callback, when the text is empty, too long, or not UTF-8. Blanks at
 * its ends are dropped. Everything is borrowed for the call. */
int reply_send(struct inbox *b, struct outbox *o, const struct inbox_answer *answer,
               const struct inbox_actor *who, reply_cb *cb, void *arg, struct err *e) MUST_USE;

/* What a person decided about an answer of which nobody knows whether it arrived (inbox_resolve);
 * one that is sent again is on its way when cb runs. Borrowed for the call. */
void reply_resolve(struct inbox *b, struct outbox *o, const struct inbox_resolve *what,
                   const struct inbox_actor *who, inbox_resolved_cb *cb, void *arg);
