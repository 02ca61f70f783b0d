#pragma once
/* What came back from the people of a campaign: words, tags, opt-outs. Nothing of it is stored for the
 * campaign: it is read from their conversations, so a tag that a volunteer changes changes the report.
 * Somebody who was texted by another campaign since, and wrote to that one, counts there. */
#include "store/store.h"

enum { CAME_BACK_WORDS_BYTES_MAX = 500, CAME_BACK_NUMBERS_MAX = 256 };

struct came_back {
    size_t at;            /* of the number in the question */
    int64_t replied_ms;   /* [wall ms] their last words; 0 = they did not write */
    struct slice tags;    /* with commas */
    struct slice words;   /* at most CAME_BACK_WORDS_BYTES_MAX */
    struct slice by;      /* who answered last; none */
    int64_t opted_out_ms; /* [wall ms] since the launch; 0 = they did not */
};
/* Those of whom there is anything, by `at`; borrowed for the call. */
typedef void outcome_cb(void *arg, int result, const struct came_back *list, size_t n,
                        const struct err *e);
/* numbers: n ≤ CAME_BACK_NUMBERS_MAX, 0 = not known; borrowed for the call. */
void campaign_outcomes(struct store *s, uint32_t campaign, struct slice group,
                       const uint64_t *numbers, size_t n, outcome_cb *cb, void *arg);

enum outcome_kind { OUTCOME_YES, OUTCOME_NO, OUTCOME_QUESTION, OUTCOME_OTHER, OUTCOME_KIND_COUNT };
const char *outcome_kind_to_string(enum outcome_kind kind); /* "yes" */
/* By their tags; a yes or no counts before a question. */
enum outcome_kind outcome_kind_of(struct slice tags);
