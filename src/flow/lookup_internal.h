#pragma once
/* lookup.c chooses the campaign, lookup_walk.c goes through its unknown. */
#include "flow/lookup.h"

#include "base/buf.h"
#include "core/block.h"
#include "core/number.h"
#include "flow/message.h"
#include "store/unknown.h"

enum { LOOKUP_NO_BLOCK = -1 };

/* One campaign under way. */
struct walk {
    struct lookup *l;
    struct campaign *campaign; /* owned */
    size_t gateway;            /* index */
    struct message *message;   /* owned */
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
    struct http_client **http; /* by gateway; NULL = it cannot be asked */
    struct loop_timer *timer;
    struct walk *walk; /* NULL: looking for a campaign */
    bool closing;
    int64_t next_us; /* no question before this */
    struct rest rests[LOOKUP_CAMPAIGNS];
    struct lookup_stats stats;
};

/* lookup.c */
bool lookup_may_go_on(const struct lookup *l);
/* The walk is over; whole: everybody who is due was asked for. Frees it. */
void lookup_walked(struct walk *w, bool whole);

/* lookup_walk.c */
void walk_start(struct lookup *l, const struct campaign *c, size_t gateway); /* becomes l->walk */
void walk_step(struct walk *w);                                              /* the timer rang */
void walk_free(struct walk *w);
