#pragma once
/* Consent that was taken back ("no more news") without being an opt-out, and the evidence of what people agreed to whom a
 * campaign was about to text: both outlive lists and campaigns (docs/adr/0043).
 *
 * A person is a number. Callbacks as in store/store.h. */
#include "core/consent.h"
#include "core/group.h"
#include "store/hash_cursor.h"
#include "store/store.h"

enum {
    CONSENT_KEPT_MAX = 4,   /* pieces of evidence of a person: the newest ones */
    CONSENT_TEXT_MAX = 500, /* [bytes] of a source or a wording that is kept */
    CONSENT_NOTE_MAX = 256, /* people in one call */
    CONSENT_BUCKETS = 16384,
};

/* What is taken back, or given again. Borrowed for the call. */
struct consent_change {
    uint64_t number;
    struct slice what; /* consent_word_ok */
    bool given;
    struct slice group; /* that may give it again; none: only who is in every group */
    struct slice by, why;
};
/* ERR_REFUSED, and what it says: so many other words are in use that this one finds no room. */
int consent_no_room(struct err *e);
/* From now on campaigns of every group that need it leave the person out at the gate; given: they do not. Also when it was so
 * before: by whom and why it was first stays, and of two groups that took it none may give it again. ERR_REFUSED: too many words are in use. */
void consent_withdraw(struct store *s, const struct consent_change *change, int64_t now_ms,
                      store_done_cb *cb, void *arg);

/* These people, 1…CONSENT_NOTE_MAX, have agreed to nothing, says a list of change's group: all that its campaigns noted is taken
 * back, and what its campaigns need that are not over and have them. number, what and given of change do not count. Borrowed for the
 * call. Done again it changes nothing; whoever imports asks Redis for more behind it, and repeats both. */
void consent_refuse(struct store *s, const struct consent_change *change, const uint64_t *numbers,
                    size_t n, int64_t now_ms);

struct consent_evidence {
    uint64_t number;
    struct slice what, at, source, wording; /* as the list has them */
};
/* Some people of a block, 1…CONSENT_NOTE_MAX, before any of them is texted. One line for each piece that differs, with the first
 * and the last day and the last campaign; of each group its own. Borrowed for the call. */
void consent_note(struct store *s, uint32_t campaign, int64_t now_ms,
                  const struct consent_evidence *list, size_t n);

struct consent_kept {
    struct slice what, at, source, wording, group;
    int64_t first_ms, last_ms; /* [wall ms] the days on which a campaign came to them under it */
    uint32_t campaign;         /* the last */
};
struct consent_taken {
    struct slice what, by, why, group; /* group as of struct consent_change */
    int64_t at_ms;
};
struct consent_found {
    struct slice group; /* one that knows the person; none: somebody of all groups asks */
    const struct consent_kept *kept;
    size_t kept_n;
    const struct consent_taken *taken;
    size_t taken_n;
};
/* Borrowed for the call; e is NULL when result is 0. */
typedef void consent_find_cb(void *arg, int result, const struct consent_found *found,
                             const struct err *e);
/* What somebody of these groups may know: what was noted for their campaigns, and all that was taken back. ERR_NOT_FOUND: none of
 * the groups knows the person: talks with them, has them on a list of its own (of the newest CONSENT_LISTS_MAX), or has texted
 * them under some consent. Somebody of all groups is told of everybody. */
enum { CONSENT_LISTS_MAX = 500 };
void consent_find(struct store *s, uint64_t number, const struct group_set *groups,
                  consent_find_cb *cb, void *arg);

/* One step over who wants no more of that word, in no order, about `hint` people. Starts where a cursor is all 0; ends when next->at is
 * 0. What was there all the time is seen at least once. ERR_CONFLICT: begin anew. */
struct consent_less {
    uint64_t number; /* 0: it cannot be read */
    struct consent_taken taken;
};
typedef void consent_less_cb(void *arg, int result, const struct consent_less *list, size_t n,
                             const struct hash_cursor *next, const struct err *e);
void consent_export(struct store *s, struct slice word, const struct hash_cursor *from, int hint,
                    consent_less_cb *cb, void *arg);

/* Evidence that was last used before that time goes, of one bucket; count: of people. */
typedef void consent_expire_cb(void *arg, int result, int64_t count);
void consent_expire(struct store *s, uint32_t bucket, int64_t before_ms, consent_expire_cb *cb,
                    void *arg);
