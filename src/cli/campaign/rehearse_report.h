#pragma once
/* What a rehearsal has shown: the figures as JSON, the list of what speaks for and against a launch, and
 * both as text and as a page. */
#include "cli/verb.h"

#include <stdio.h>

struct rehearsed {
    const json_t *check;   /* of the real server */
    const json_t *status;  /* of the campaign in the rehearsal, at its end */
    const json_t *minutes; /* GET /campaigns/{id}/minutes of it */
    const json_t *organisation;
    const char *name;
    double rate_per_s;               /* of the account, by the configuration */
    double replies, stops, failures; /* chances that it was played with */
    int64_t experience;              /* earlier campaigns that these come from; 0 = none */
    int64_t answers_per_hour;        /* of one member */
    int64_t begin_ms, end_ms;        /* [wall ms] of its own time; end: when the last text left */
    int speed;
    bool done; /* the campaign came to its end */
};

/* {"name","people","go","began_at","finished_at","forecast_at","deadline","seconds","speed","kept",
 *  "counts","replies","opt_outs","replies_per_hour","answerers","price","assumed","list":[{"level":
 *  "go"|"look"|"no","what","title","why","mend"}],"facts":[{"term","text"}]}. what is a code, title its words ("" of a
 *  finding); why and mend are sentences, in which what only a terminal knows stands in brackets and backticks (web/page_words.h takes
 *  it away). Times in sentences and facts are of UTC, as 2026-11-27T18:00:00Z, to the minute: whoever shows them says them by the clock there. No price, no fact of it. Returns owned. */
json_t *rehearsal_json(const struct rehearsed *r);
void rehearsal_print(const json_t *report);
/* A page by itself, in UTF-8: no script, nothing is loaded. */
void rehearsal_page(const json_t *report, FILE *to);
