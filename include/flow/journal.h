#pragma once
/* What this process has granted and recorded, every opt-out and hold that it stored, what people
 * did to campaigns, and what was taken away from somebody, in files of its own: so that a Redis that has forgotten is noticed, and can be told again (ADR 0028).
 *
 * The files stand in `state_dir`/journal/{instance}/, are only added to, and are locked by the
 * process that writes them (mode 0600: they hold numbers). A crash can
 * tear nothing but the end of the last one, which is cut off at the next start; what is damaged
 * elsewhere is skipped, and said.
 *
 * Adding is to memory and costs no wait. journal_sync calls back when the disk has all that was
 * added before: one wait for the disk is for all that was added until it began. What nobody waits
 * for is on the disk within JOURNAL_LAZY_MS. When the disk takes nothing (full, broken), whoever
 * waits is told so, what was added is dropped, and journal_is_well says why; it is tried again by
 * itself.
 *
 * With replicas, add only what they have: the marks in here are what a store is held against. */
#include "base/err.h"
#include "base/slice.h"
#include "core/cap.h"
#include "store/mark.h"
#include "store/told.h"

struct journal;
struct journal_reader;
struct loop;

enum {
    JOURNAL_LAZY_MS = 1000,
    JOURNAL_BYTES_LEAST = 16 << 20, /* of bytes_max */
    JOURNAL_PEERS_MAX = 64,
    JOURNAL_PEOPLE_MAX = 256,                     /* of one record */
    JOURNAL_NAME_BYTES_MAX = MARK_NAME_BYTES - 1, /* of a store's id and of a peer */
    JOURNAL_RECORD_BYTES_MAX = 16 * 1024,
};

/* Where else what is written goes, for when this disk is gone: to be put back by journal_refill. */
struct journal_copy {
    /* Whole records, the first of which says which store they are about; copied. `done` runs once,
     * from the loop, never from inside the call, also after the journal's end. Negative: nobody
     * knows whether it is there. */
    void (*send)(void *arg, struct slice piece, void (*done)(void *done_arg, int result),
                 void *done_arg);
    void *arg;
    bool waits; /* what the copy has not taken counts as not written. Without it: what it has not
                   taken is kept, up to 16 MB, and sent again */
};

struct journal_config {
    struct loop *loop;     /* borrowed for its life */
    const char *state_dir; /* copied */
    const char *instance;  /* copied */
    uint64_t bytes_max;    /* of all files: then the oldest goes, whatever is in it */
    int64_t keep_ms;       /* a file goes when its last record is older; 0 = never for that */
    const struct journal_copy *copy; /* borrowed for its life; NULL = none */
};

/* Where the copy is read. Calls `take` with each piece that this instance has sent, oldest first, and
 * ends with what it returns when that is negative. Blocks. */
typedef int journal_take(void *take_arg, struct slice piece);
struct journal_source {
    int (*read)(void *arg, journal_take *take, void *take_arg, struct err *e);
    void *arg;
};
/* Before journal_open, when this instance has no journal here: writes what its copy holds as one.
 * *ret_bytes of it; 0 when there is a journal, or nothing in the copy. Negative: nothing is written,
 * and nobody knows what there was. Blocks. */
int journal_refill(const char *state_dir, const char *instance, const struct journal_source *from,
                   uint64_t *ret_bytes, struct err *e) MUST_USE;

/* Makes the folder, reads what stands there, and starts the thread that writes. ERR_EXISTS: another
 * process has it. -errno: the place and the mend. Blocks while it reads the newest file. */
int journal_open(const struct journal_config *config, struct journal **ret, struct err *e) MUST_USE;
/* Waits for the disk first; whoever waits is told then, so free it before those who wait. NULL is
 * fine. */
void journal_free(struct journal *j);

/* ---- which store it is about ---- */

struct journal_store {
    struct slice id;           /* none: it has met no store yet */
    const struct slice *peers; /* instances that are known to keep a journal of that store */
    size_t peer_n;
};
/* As it was set last, by this run or an earlier one; borrowed until the next set. */
struct journal_store journal_store(const struct journal *j);
/* What follows is about that store. Copied. mark: the highest that is known of it now, 0 = none.
 * Nothing is written when nothing of it is new. */
void journal_set_store(struct journal *j, const struct journal_store *store, uint64_t mark);

/* The highest mark of a record that is on the disk, of the store that is set. */
uint64_t journal_mark(const struct journal *j);
/* Records with marks above this are all there; of those up to it some were removed. */
uint64_t journal_complete_after(const struct journal *j);

/* ---- adding ---- */

/* People of one campaign, at most 256: index = first + offset. */
struct journal_people {
    uint32_t campaign; /* 0: the direct book */
    uint32_t stamp;    /* of their references: which store's campaign, and which copy */
    uint32_t first;
    const uint8_t *offsets;
    size_t n;
    /* Of CONTACTS: */
    const uint8_t *prints; /* CAP_PRINT_BYTES of each (core/cap.h) */
    uint32_t minute;       /* [since 1970] */
    /* Of OFFERS: the session that the text tells each of; 0 = none. */
    const uint32_t *sessions;
};
void journal_grant(struct journal *j, uint64_t mark, const struct journal_people *who);
/* Some of the people of the record that is added next, with that mark, as the book of contacts knows
 * them (docs/adr/0041). Of a grant: they have a contact at that minute at the latest; of outcomes:
 * theirs of that minute or later was none. */
void journal_contacts(struct journal *j, uint64_t mark, const struct journal_people *who);
/* The people of the grant that is added next, with that mark: whom the text tells of which session
 * (docs/adr/0051). Not where it tells nobody of one. */
void journal_offers(struct journal *j, uint64_t mark, const struct journal_people *who);
/* states: enum state of each, as it was recorded in the store. */
void journal_outcome(struct journal *j, uint64_t mark, const struct journal_people *who,
                     const uint8_t *states);

/* What a script told (store/told.h). Of opt-outs without the words: they are only in Redis. */
void journal_told(struct journal *j, uint64_t mark, const struct told_word *word);

/* From now on all that is told of that store stands here before its call is answered: every opt-out
 * and hold that this process sets or lifts, what somebody does to a campaign, and what it takes away
 * from people. */
void journal_keep_told(struct journal *j, struct store *s);

/* In the turn of the loop in which it was added. result 0: the disk has all that was added before.
 * Negative: nobody knows how much of it. Runs once, from the loop. */
typedef void journal_sync_cb(void *arg, int result);
void journal_sync(struct journal *j, journal_sync_cb *cb, void *arg);
/* 0, or negative: it cannot be written now, and nobody may be granted anything; e says why and the
 * mend. */
int journal_is_well(const struct journal *j, struct err *e);
/* The cause alone, for strangers: without the folder. NULL: it is well. */
const char *journal_reason(const struct journal *j);
/* [µs] How long a sync takes as of late. */
int64_t journal_sync_us(const struct journal *j);
/* [µs] How far ahead slots must be, so that a grant is on the disk when its slot comes (core/lead.h). */
int64_t journal_lead_us(const struct journal *j);

/* ---- removing ---- */

/* A backup holds all up to that mark: files with nothing above it go. */
void journal_drop(struct journal *j, uint64_t mark);

/* ---- reading, for a restore ---- */

enum journal_kind {
    JOURNAL_STORE,
    JOURNAL_GRANT,
    JOURNAL_OUTCOME,
    JOURNAL_OPTOUT,
    JOURNAL_MOVE,
    JOURNAL_CONTACTS,
    JOURNAL_OFFERS,
    JOURNAL_TAKEN,
};

struct journal_record {
    enum journal_kind kind;
    uint64_t mark;
    int64_t written_ms;           /* [wall ms] */
    struct slice store;           /* id of the store that it is about */
    struct journal_people people; /* of GRANT, OUTCOME, CONTACTS and OFFERS */
    const uint8_t *states;        /* of OUTCOME */
    struct told_optout optout;    /* of OPTOUT */
    struct told_move move;        /* of MOVE */
    struct told_taken taken;      /* of TAKEN */
};

/* From the oldest to the newest that was on the disk when it began, those with marks above `after`;
 * of STORE none (each record says which store's it is). No file is removed while one reads. */
struct journal_reader *journal_read(struct journal *j, uint64_t after);
/* 1: *ret is the next one, borrowed until the next call; 0: that was all; -errno: a file cannot be
 * read, and a next call goes on behind it. Blocks for a few ms at most. */
int journal_next(struct journal_reader *r, struct journal_record *ret, struct err *e) MUST_USE;
/* [bytes] skipped so far, because they were no record. */
uint64_t journal_damaged(const struct journal_reader *r);
void journal_reader_free(struct journal_reader *r); /* before its journal; NULL is fine */

struct journal_stats {
    uint64_t records, bytes; /* added since the start */
    uint64_t syncs;          /* waits for the disk since the start */
    uint64_t failed;         /* of those that failed */
    uint64_t file_bytes;     /* on the disk now */
    size_t files;
    uint64_t damaged_bytes;   /* that were no record when it was opened */
    uint64_t dropped_files;   /* for bytes_max, before a backup was known to hold them */
    int64_t failing_since_ms; /* [wall ms] 0 = it is well */
    uint64_t copy_waiting;    /* [bytes] that the copy has not taken yet */
    uint64_t copy_lost;       /* [bytes] that it will never have, since the start */
};
/* Counts of this process, since its start; sizes as they are now. */
struct journal_stats journal_stats(const struct journal *j);
