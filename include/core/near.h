#pragma once
/* Where people are needed, near somebody: the choice of sessions (core/place.h) by distance,
 * priority, time and room. Pure. (base/nearest.h is about spelling.)
 *
 * Each session that can be gone to has a score in metres, and the lowest is the best: the distance,
 * less what the place's priority counts, plus what each day of waiting counts, less what a session
 * counts to which few come. The places that their group adopted (its twins) come before all others. Ties: by start, then id.
 *
 * A safe place is never found while one of a higher priority with room is in reach, to which they can go. */
#include "core/place.h"

enum { NEAR_MAX = 20 }; /* sessions that are found at most */

struct near_rules {
    uint32_t reach_m;                          /* [m] nobody is sent farther */
    uint32_t twin_reach_m;                     /* [m] to a place that their group adopted */
    uint32_t priority_m[PLACE_PRIORITY_COUNT]; /* [m] so much nearer such a place counts */
    uint32_t day_m;           /* [m] so much farther it counts for each day until it begins */
    uint32_t empty_m;         /* [m] so much nearer, when nobody comes yet; less as it fills */
    uint32_t days;            /* what begins later is not found */
    uint32_t least_min;       /* [min] what has begun is found while so much of it is left */
    uint32_t texts_per_place; /* >= 1: people who may be told of each place in a session */
    bool miles;               /* distances are said in miles */
};

/* What somebody can go to; all zero: anything. */
struct near_only {
    int64_t from_ms,
        to_ms;       /* [wall ms] what begins then, or before the end of it; 0, 0: at any time */
    bool accessible; /* without steps */
};

struct near_ask {
    struct point at;
    const uint32_t *twins; /* ids of the places that their group adopted; borrowed */
    size_t twin_count;
    int64_t now_ms;   /* [wall ms] */
    bool is_text;     /* a text is to tell them: who was told of a session takes room, too */
    size_t per_place; /* sessions of one place at most; 0: any number */
    struct near_only only;
};

/* Why it was chosen, besides the distance. name, words */
#define NEAR_REASON_TABLE(X)                                                                       \
    X(NEAR_TWIN, "your twin")                                                                      \
    X(NEAR_NEEDS_MOST, "needs you most")                                                           \
    X(NEAR_NEEDS, "needs you")
enum near_reason {
#define X(name, words) name,
    NEAR_REASON_TABLE(X)
#undef X
        NEAR_REASON_COUNT
};

struct near_found {
    const struct place *place; /* borrowed, as the index does */
    const struct session *session;
    uint32_t metres;
    uint32_t left;    /* people who may still come; UINT32_MAX: any number */
    unsigned reasons; /* bits 1 << enum near_reason */
    int64_t score;    /* [m] lower is better */
};

struct near_index;

/* Of places in any order, and sessions sorted by place. Borrows each place and session (not the two
 * lists) for as long as it lives; how many come to a session may move meanwhile, and is read anew
 * with each look. O(places + sessions). */
struct near_index *near_index_new(const struct place *const *places, size_t place_count,
                                  const struct session *const *sessions, size_t session_count);
void near_index_free(struct near_index *i); /* NULL is fine */

/* The best, best first; returns how many (max at most NEAR_MAX). O(places + sessions of those in
 * reach). i NULL: there are none. */
size_t near_find(const struct near_index *i, const struct near_rules *rules,
                 const struct near_ask *ask, struct near_found *out, size_t max);

/* Whether one more may come to the session, or be told of it; what its place needs all in all is not
 * looked at. */
bool near_has_room(const struct session *s, const struct near_rules *rules, bool is_text);

enum { NEAR_WORDS_BYTES = 128, NEAR_DISTANCE_BYTES = 32 };
/* "12 km", "less than 1 km". Returns out. */
const char *near_distance(uint32_t metres, bool miles, char out[NEAR_DISTANCE_BYTES]);
/* "12 km, 3 of 20 places left, needs you most". Returns out. */
const char *near_words(const struct near_found *f, bool miles, char out[NEAR_WORDS_BYTES]);
