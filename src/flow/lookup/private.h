#pragma once
/* lookup.c chooses the campaign. walk.c goes through unknown people one after another and asks;
 * where a message comes from is its source: campaign.c, or direct.c for the direct book.
 * settle.c makes sure that what was found is the one meant. */
#include "flow/lookup.h"

#include "base/buf.h"
#include "core/number.h"
#include "flow/message.h"
#include "store/unknown.h"

enum {
    LOOKUP_FAILURES_MAX = 3,      /* questions in a row without a list: left alone for a while */
    LOOKUP_EARLIER_MS = 2000,     /* the provider's clock may be behind ours, and shows seconds */
    LOOKUP_LATER_MS = 10 * 60000, /* a request that we gave up may be taken later */
    LOOKUP_MOST_MS = LOOKUP_DAYS * 24 * 3600 * 1000,
    LOOKUP_IDLE = 10, /* times `every`: between looks for something to ask */
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
    struct loop_timer *timer;  /* rings when the next campaign is chosen */
    struct walk *campaign;     /* NULL: none is under way */
    struct walk *direct;
    struct loop_timer *direct_timer; /* rings when the direct book is looked through again */
    bool closing;
    int64_t next_us; /* no question before this */
    struct rest rests[LOOKUP_CAMPAIGNS];
    struct lookup_stats stats;
};

/* ---- lookup.c ---- */

/* This process leads, Redis is there, and it does not end. */
bool lookup_may_go_on(const struct lookup *l);
/* NULL: it cannot be asked, or there is no such account (NULL). */
struct http_client *lookup_client(const struct lookup *l, const struct account *account);
/* A campaign that was walked rests, longer each time, unless somebody was found. */
void lookup_let_rest(struct lookup *l, uint32_t campaign, bool was_worth_it);
void lookup_choose_later(struct lookup *l);

/* ---- walk.c ---- */

struct walk;
/* Where the messages of a walk come from. */
struct walk_source {
    /* Whether one who is unknown since then is asked for in this walk. NULL: everybody is. */
    bool (*is_due)(const struct walk *w, int64_t since_ms);
    /* Loads the message of `index`. Ends, at once or later, in walk_ask, walk_leave or walk_end. */
    void (*load)(struct walk *w, uint32_t index);
    /* The walk is over; whole: everybody who is due was asked for. May free it. */
    void (*ended)(struct walk *w, bool whole);
    bool before_others; /* its question goes before that of another walk */
};
/* The message that is asked for; texts are kept in the walk's buffers. */
struct walk_message {
    const struct account *account;
    struct outgoing out;
    int64_t from_ms; /* [wall ms] it was not sent before */
};

/* The source is borrowed. campaign: 0 for the direct book. */
struct walk *walk_new(struct lookup *l, const struct walk_source *source, uint32_t campaign,
                      void *of_source);
void walk_free(struct walk *w); /* NULL is fine; of_source is its owner's */
void walk_begin(struct walk *w);
void *walk_of_source(const struct walk *w);
struct lookup *walk_lookup(const struct walk *w);
const struct lookup_stats *walk_stats(const struct walk *w);
bool walk_saw_anybody(const struct walk *w); /* the store had somebody to look at */
/* Whether the account gave no list so often that this walk leaves it alone. */
bool walk_gave_up(const struct walk *w, const struct account *account);
struct buf *walk_text(struct walk *w); /* for the source's use until walk_ask */
/* number: of the person; becomes m->out.to. */
void walk_ask(struct walk *w, const struct walk_message *m, uint64_t number);
void walk_leave(struct walk *w); /* this one stays unknown */
void walk_end(struct walk *w, bool whole);

/* ---- campaign.c, direct.c ---- */

void lookup_campaign_start(struct lookup *l, const struct campaign *c,
                           const struct account *account); /* becomes l->campaign */
void lookup_campaign_free(struct walk *w);                 /* NULL is fine */
/* The walk over the direct book is made once and used again; close is for the end. */
void lookup_direct_open(struct lookup *l);
void lookup_direct_close(struct lookup *l);
void lookup_direct_start(struct lookup *l);

/* ---- settle.c ---- */

struct lookup_found {
    uint32_t campaign, index;
    struct slice to, text;
    int64_t from_ms, to_ms; /* [wall ms] when it may have been taken */
    struct lookup_verdict verdict;
};
/* result < 0: Redis gave no reply. settled: the ledger has it; false: other messages of the
 * same words to this person may be what the list shows, so it stays unknown. All is borrowed for
 * the call; cb runs once, later. */
typedef void lookup_settle_cb(void *arg, int result, bool settled);
void lookup_settle(struct lookup *l, const struct lookup_found *found, lookup_settle_cb *cb,
                   void *arg);
