#pragma once
/* Pacing by people: how many more may be texted, so that who writes back is answered in time. Pure;
 * whoever asks counts, and gives the same answer_pace from step to step.
 *
 * Those who answer can take on so many waiting people that the last of them is answered within half of
 * the target. From that go those who wait already, and those who were texted lately and will still
 * write, as many of a hundred as have written so far. The rest may be texted, more by at most twice
 * each step. When somebody waits for nearly as long as the target, nobody is. While nobody is there to
 * answer, a handful of answers is let in, so that there is something to come for. */
#include <stdbool.h>
#include <stdint.h>

enum {
    ANSWER_PACE_STEP_MS = 5000,
    ANSWER_PACE_WINDOW_MS = 10 * 60 * 1000, /* "lately"; who answered in it is there */
    ANSWER_PACE_TARGET_MS = 20 * 60 * 1000, /* where nobody says another */
    ANSWER_PACE_FIRST = 50,                 /* who are texted in the first step at most */
};

struct answer_pace {
    uint64_t last; /* what the last step let out; zeroed at first */
};
struct answer_pace_seen {
    int64_t target_ms;                    /* > 0 */
    int64_t oldest_ms;                    /* [ms] that the longest has waited; 0 = nobody waits */
    uint64_t waiting;                     /* people who wait for an answer */
    uint64_t texted, wrote;               /* of the campaign, since it began */
    uint64_t texted_lately, wrote_lately; /* in the window, or since it began */
    uint64_t there;                       /* members who answered somebody in the window */
    uint64_t answered;                    /* people who were answered in the window */
    int64_t window_ms; /* how long it was looked; at most ANSWER_PACE_WINDOW_MS */
};

/* So many may be texted until the next step. */
uint64_t answer_pace_step(struct answer_pace *p, const struct answer_pace_seen *seen);
/* Whether people are the reason that it does not go on faster. */
bool answer_pace_is_slow(const struct answer_pace_seen *seen, uint64_t let_out);
