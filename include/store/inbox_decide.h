#pragma once
/* What a person decides in a conversation: about somebody who may want no more texts, and about an answer of which nobody knows
 * whether it arrived. Callbacks and codes are those of store/inbox.h. */
#include "store/inbox.h"

/* A person decides about somebody who is on hold: taken off the list (suppressed in "all", with
 * their words as evidence; the thread leaves the inbox), or kept, and not `maybe_opt_out` any more.
 * Needs no claim, but waits for somebody else's to end (ERR_CONFLICT). was_held: false when nothing
 * was held (any more); taking off works all the same. ERR_REFUSED: it is no one person's thread.
 * Who and when go to the audit trail. */
enum inbox_hold_end { INBOX_TAKE_OFF, INBOX_KEEP };
typedef void inbox_hold_cb(void *arg, int result, bool was_held, const struct err *e);
void inbox_end_hold(struct inbox *b, uint32_t id, const struct inbox_actor *who,
                    enum inbox_hold_end end, inbox_hold_cb *cb, void *arg);

enum { INBOX_UNDO_OFF_MS = 10 * 60 * 1000 };
/* INBOX_TAKE_OFF was a slip: what it has set is lifted, a hold that it ended is there again, and the
 * thread stands as it did, unless they wrote since; a claim of the actor's comes back for lease_ms.
 * For whoever took them off, and in the groups `over` whoever did, for INBOX_UNDO_OFF_MS. Never what
 * the person, a list or an organiser said, before or since. ERR_CONFLICT: there is nothing to undo, or
 * it is somebody else's. Goes to the audit trail. */
void inbox_undo_off(struct inbox *b, uint32_t id, const struct inbox_actor *who,
                    const struct group_set *over, int64_t lease_ms, store_done_cb *cb, void *arg);

/* They want no more of one thing ("no more news") and stay on the list for the rest: campaigns of every group that need that
 * consent, or are of that kind, leave them out at the gate from now on (store/consent.h). A hold for what they wrote ends. Needs no claim, but waits for
 * somebody else's to end (ERR_CONFLICT). `again`: they want it after all, by whoever noted it, and in the groups `over`
 * whoever of the group did (ERR_CONFLICT otherwise). changed: by this call. ERR_REFUSED: no number is known of them, or too many
 * words are in use. Goes to the audit trail. */
enum { INBOX_NO_MORE_WHY_MAX = 500 };
struct inbox_no_more {
    uint32_t id;
    struct slice word; /* consent_word_ok */
    struct slice why;  /* none: their last words */
    bool again;
    const struct group_set *over; /* borrowed for the call */
};
typedef void inbox_no_more_cb(void *arg, int result, bool changed, const struct err *e);
void inbox_no_more(struct inbox *b, const struct inbox_no_more *what, const struct inbox_actor *who,
                   inbox_no_more_cb *cb, void *arg);

/* A person decides about an answer of which nobody knows whether it arrived (STATE_UNKNOWN): it is
 * sent again (the caller publishes the index), or left for good. Who and when go to the audit
 * trail. */
enum inbox_decision { INBOX_SEND_AGAIN, INBOX_LEAVE };
struct inbox_resolve {
    uint32_t id, index; /* conversation; the answer in it */
    uint64_t fence;
    uint32_t resent; /* as the thread showed it: another press about the same is no new decision */
    enum inbox_decision decision;
    int64_t lease_ms; /* deciding renews the claim by this */
};
/* changed: by this call; false: it was not unknown any more (or again), and nothing happened.
 * state: the ledger's. ERR_NOT_FOUND: the conversation has no such answer; ERR_CONFLICT: the claim
 * is over or somebody else's; ERR_REFUSED: the person must not be texted, or the message is an
 * automatic one, which is never sent again. */
typedef void inbox_resolved_cb(void *arg, int result, bool changed, int state, const struct err *e);
void inbox_resolve(struct inbox *b, const struct inbox_resolve *what, const struct inbox_actor *who,
                   inbox_resolved_cb *cb, void *arg);
