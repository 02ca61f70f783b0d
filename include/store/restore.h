#pragma once
/* Making a store good that went back (store/mark.h): what a process' journal knows is brought into
 * it, people by people and opt-out by opt-out. All of it may be repeated, in any order, by several
 * processes at once: the later word about each counts (docs/adr/0032).
 *
 * ERR_CONFLICT: the store did not go back. */
#include "core/campaign_status.h"
#include "core/cap.h"
#include "store/mark.h"
#include "store/told.h"

/* Of one block, or one message of the direct book. */
struct restore_people {
    const char *instance; /* whose journal says so */
    uint64_t mark;        /* of the word */
    uint32_t campaign, stamp, first;
    const uint8_t *offsets;
    size_t n;              /* 1..256 */
    const uint8_t *states; /* what became of each (enum state); NULL: they were granted */
    bool late;             /* the store was made good without this process, and is at work */
    /* Some of them as the book of contacts knows them (docs/adr/0041): who was granted has a contact at
     * that minute [since 1970], theirs of then or later was none where this is about outcomes. It is
     * brought for those whose campaign is lost, too. */
    const uint8_t *contact_offsets, *contact_prints;
    size_t contact_n;
    uint32_t contact_minute;
    struct cap cap; /* contact_n > 0: it is on */
    /* The session that the text told each of (docs/adr/0051), 0 = none; NULL: nobody was told of any. */
    const uint32_t *sessions;
};
enum restore_found {
    RESTORE_DONE,
    RESTORE_LOST, /* the store does not know that campaign, or its people there */
    RESTORE_GROWS /* its ledger is not made yet: once more, later */
};
typedef void restore_people_cb(void *arg, int result, enum restore_found found, int unknown,
                               int others);
/* Whoever was granted and is pending becomes unknown, or what became of them. */
void restore_people(struct store *s, const struct restore_people *p, restore_people_cb *cb,
                    void *arg);

struct restore_optout {
    bool lifted;
    struct slice scope, key, why;
    int64_t at_ms; /* [wall ms] */
    uint64_t mark;
};
enum { RESTORE_OPTOUTS_MAX = 128 };
/* count: so many were not so in the store. */
typedef void restore_count_cb(void *arg, int result, int64_t count);
/* At most RESTORE_OPTOUTS_MAX; borrowed for the call. */
void restore_optouts(struct store *s, const struct restore_optout *list, size_t n,
                     restore_count_cb *cb, void *arg);

/* What somebody did to a campaign. moved: it was not so in the store. */
struct restore_move {
    uint32_t campaign, stamp;
    enum campaign_move move;
    uint64_t mark;
};
typedef void restore_move_cb(void *arg, int result, enum restore_found found, bool moved);
void restore_move(struct store *s, const struct restore_move *m, restore_move_cb *cb, void *arg);

/* What was taken away from somebody is taken away once more, also before anybody asked for `apply`: it
 * means nothing but the very thing that was meant. `forgotten` does nothing here (store/forget.h).
 * count: 1 when the store still had it. */
void restore_taken(struct store *s, const struct told_taken *what, uint64_t mark, int64_t now_ms,
                   restore_count_cb *cb, void *arg);

/* ---- who asks for it, and who has done it ---- */

enum restore_ask {
    RESTORE_APPLY,
    RESTORE_ACCEPT /* the same without those who are not there */
};
/* who: an actor (core/actor.h); why: in words. */
void restore_ask(struct store *s, enum restore_ask what, struct slice who, struct slice why,
                 store_done_cb *cb, void *arg);

/* What a journal holds beyond the store, or what was brought of it. */
struct restore_tally {
    uint64_t granted, outcomes, optouts; /* words */
    uint64_t unknown, settled, lost;     /* people: moved to unknown, moved otherwise; of campaigns
                                            that the store does not know */
    uint64_t moves; /* words: what somebody did to campaigns; brought: those that it moved */
    uint64_t taken; /* words: what was taken away from somebody */
};
struct restore_lost {
    uint32_t campaign, stamp;
    uint64_t people;
};
enum { RESTORE_LOST_MAX = 64 };
struct restore_report {
    const char *instance;
    /* [wall ms] when it went back, as the check-in said: once it has done so again, nothing of this
     * counts */
    int64_t since_ms;
    bool brought; /* all of it; else this is what would be */
    struct restore_tally tally;
    const struct restore_lost *lost;
    size_t lost_n;
};
enum restore_verdict { RESTORE_WAITS, RESTORE_OVER, RESTORE_NONE };
typedef void restore_report_cb(void *arg, int result, enum restore_verdict verdict);
void restore_report(struct store *s, const struct restore_report *r, restore_report_cb *cb,
                    void *arg);

/* ---- how it stands ---- */

struct restore_peer {
    struct slice name;
    int64_t heard_ms; /* [wall ms] */
    bool has_told, has_brought;
    struct restore_tally tally; /* of what it has brought, else of what it would */
};
struct restore_status {
    bool is_back, apply, accept;
    struct slice back; /* MARK_BACK_TABLE: "less" */
    struct slice by;   /* the process that noticed */
    int64_t since_ms;
    uint64_t mark, had, seen;
    int64_t restored_ms; /* [wall ms] the last time; 0 = never */
    struct slice restored_how;
    size_t peer_n, lost_n;
    struct restore_peer peers[MARK_PEERS_MAX];
    struct restore_lost lost[RESTORE_LOST_MAX]; /* as each process counts them */
};
typedef void restore_status_cb(void *arg, int result, const struct restore_status *status,
                               const struct err *e);
/* Borrowed for the call. */
void restore_status(struct store *s, restore_status_cb *cb, void *arg);
