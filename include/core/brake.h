#pragma once
/* What stops a campaign by itself: many of those who were texted last opt out, or do not get it;
 * people wait too long for an answer; receipts stop coming. Pure; whoever asks counts.
 *
 * "The last 500" are counted by samples of the campaign's counters: who opted out since the newest sample that is at
 * least 500 people back, of all who were texted since. When fewer were texted, all count; and a few opt-outs
 * are none too many. Who opts out while nobody is texted any more, or after a campaign has
 * slowed down, was texted before: so the last five minutes must say the same. */
#include "base/slice.h"

#include <stdint.h>

struct brake;

/* [%] of the last people; 0 = never for that. */
struct brake_limits {
    double stops, stops_warn, failed, failed_warn;
    uint64_t people;     /* "the last" so many, > 0 */
    double targets;      /* the oldest may wait so many times the target; 0 = for ever */
    int64_t receipts_ms; /* receipts may be away for so long; 0 = for ever */
};
enum {
    BRAKE_STOPS_LEAST = 5,      /* opt-outs; of fewer nothing is said */
    BRAKE_FAILED_LEAST = 10,    /* who did not get it */
    BRAKE_TEXTED_LEAST = 50,    /* who were texted */
    BRAKE_RECEIPTS_LEAST = 100, /* texts that no receipt came for */
};

/* As it stands now. */
struct brake_seen {
    int64_t at_ms;                            /* [wall ms] */
    uint64_t texted, stops, failed, receipts; /* since the campaign began */
    int64_t unanswered_ms; /* [wall ms] when the one wrote who waits longest; 0 = nobody waits */
    int64_t target_ms;     /* in so long people are to be answered; 0 = nobody says */
    bool receipts_usual;   /* its account gets them */
};

/* name, word */
#define BRAKE_CAUSE_TABLE(X)                                                                       \
    X(BRAKE_NONE, "")                                                                              \
    X(BRAKE_STOPS, "opt-outs")                                                                     \
    X(BRAKE_FAILED, "errors")                                                                      \
    X(BRAKE_UNANSWERED, "unanswered")                                                              \
    X(BRAKE_RECEIPTS, "receipts")
enum brake_cause {
#define X(name, text) name,
    BRAKE_CAUSE_TABLE(X)
#undef X
};
const char *brake_cause_to_string(enum brake_cause cause);

enum { BRAKE_TEXT_BYTES = 256 };
struct brake_word {
    enum brake_cause cause;      /* BRAKE_NONE: all is well */
    bool stops_it;               /* else it is a warning */
    char text[BRAKE_TEXT_BYTES]; /* one sentence for people */
};

/* It counts from there: as the campaign began, or was resumed. */
struct brake *brake_new(const struct brake_seen *from);
void brake_free(struct brake *b); /* NULL is fine */
/* One look; at_ms does not go back. */
void brake_look(struct brake *b, const struct brake_limits *limits, const struct brake_seen *now,
                struct brake_word *ret);
