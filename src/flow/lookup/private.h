#pragma once
/* lookup.c chooses the campaign, lookup_walk.c goes through its unknown, lookup_direct.c through
 * those of the direct book; lookup_settle.c makes sure that what was found is the one meant. */
#include "flow/lookup.h"

#include "base/buf.h"
#include "core/block.h"
#include "core/number.h"
#include "flow/message.h"
#include "store/unknown.h"

enum {
    LOOKUP_NO_BLOCK = -1,
    LOOKUP_FAILURES_MAX = 3,      /* questions in a row without a list: left alone for a while */
    LOOKUP_EARLIER_MS = 2000,     /* the provider's clock may be behind ours, and shows seconds */
    LOOKUP_LATER_MS = 10 * 60000, /* a request that we gave up may be taken later */
    LOOKUP_MOST_MS = LOOKUP_DAYS * 24 * 3600 * 1000,
    LOOKUP_IDLE = 10, /* times `every`: between looks for something to ask */
};

/* One campaign under way. */
struct walk {
    struct lookup *l;
    struct campaign *campaign; /* owned */
    const struct account *account;
    struct message *message; /* owned */
    struct unknown_person page[UNKNOWN_DUE_MAX];
    size_t page_n, at, skip; /* skip: asked for, and unknown still */
    int64_t block_at;        /* number of the block that is open, or LOOKUP_NO_BLOCK */
    struct buf bytes, text;
    struct block block;
    struct outgoing out; /* the message that is asked for */
    char to[NUMBER_TEXT_BYTES];
    struct lookup_stats stats;
    int failures; /* questions in a row that brought no list */
};

/* When a campaign may be walked again. */
struct rest {
    uint32_t campaign;
    int walks;
    int64_t until_us;
};

struct lookup {
    struct lookup_config config;
    struct http_client **http; /* by account; NULL = it cannot be asked */
    struct loop_timer *timer;
    struct walk *walk; /* NULL: looking for a campaign */
    bool closing;
    struct direct_walk *direct;
    int64_t next_us; /* no question before this */
    struct rest rests[LOOKUP_CAMPAIGNS];
    struct lookup_stats stats;
};

/* lookup.c */
bool lookup_may_go_on(const struct lookup *l);
/* NULL: it cannot be asked, or there is no such account (NULL). */
struct http_client *lookup_client(const struct lookup *l, const struct account *account);
void lookup_count(struct lookup *l, struct lookup_stats *of_walk, enum lookup_result result);
void lookup_say(const struct lookup_stats *s, const char *of_what); /* when anybody was asked for */
/* Questions in a row that brought no list, after one more answer; LOOKUP_FAILURES_MAX at once when
 * the provider says that we ask too much. */
int lookup_failures(int before, const struct http_result *result);
/* The walk is over; whole: everybody who is due was asked for. Frees it. */
void lookup_walked(struct walk *w, bool whole);

/* lookup_walk.c */
void walk_start(struct lookup *l, const struct campaign *c,
                const struct account *account); /* becomes l->walk */
void walk_step(struct walk *w);                 /* the timer rang */
void walk_free(struct walk *w);

/* lookup_direct.c */
struct direct_walk *direct_walk_new(struct lookup *l);
void direct_walk_free(struct direct_walk *b); /* NULL is fine */
void direct_walk_start(struct direct_walk *b);
bool direct_walk_has_question(const struct direct_walk *b); /* it goes before a campaign's */

/* lookup_settle.c */
struct lookup_found {
    uint32_t campaign, index;
    struct slice to, text;
    int64_t from_ms, to_ms; /* [wall ms] when it may have been taken */
    struct lookup_verdict verdict;
};
/* result < 0: the store did not answer. settled: the ledger has it; false: other messages of the
 * same words to this person may be what the list shows, so it stays unknown. All is borrowed for
 * the call; cb runs once, later. */
typedef void lookup_settle_cb(void *arg, int result, bool settled);
void lookup_settle(struct lookup *l, const struct lookup_found *found, lookup_settle_cb *cb,
                   void *arg);
