#pragma once
/* The first few of a campaign, and what has to be true of them before the others get it. Pure. */
#include "base/slice.h"

#include <stdint.h>

/* How many: "none", "200" or "1%". */
struct canary_size {
    uint64_t people;
    double percent; /* of the list, rounded up; 0 = it is `people` */
};
enum { CANARY_PEOPLE_MAX = 1000000 };
/* False: it is none of the three; out of 1…CANARY_PEOPLE_MAX people or 0.01…50 percent. */
bool canary_size_parse(struct slice text, struct canary_size *ret);
/* 0: there is no canary, also where all of the list would be in it. */
uint64_t canary_people(const struct canary_size *size, uint64_t list);

/* Who lets the others go: a person who looks, or the rule below. */
#define CANARY_THEN_TABLE(X)                                                                       \
    X(CANARY_LOOK, "look")                                                                         \
    X(CANARY_RULE, "rule")
enum canary_then {
#define X(name, text) name,
    CANARY_THEN_TABLE(X)
#undef X
};
const char *canary_then_to_string(enum canary_then then);
bool canary_then_from_string(struct slice text, enum canary_then *ret);

/* What a launch says, and what all large ones do. */
struct canary_plan {
    struct canary_size own, usual;
    /* Own counts, whatever it is; else usual does for more than `above` people (0 = never). */
    bool said;
    uint64_t above;
    bool then_said; /* `then` counts; else what is usual, or a look */
    enum canary_then then, usual_then;
    int64_t wait_ms; /* of the rule */
};
/* With how many it begins, 0 = with all; *then is set in any case. */
uint64_t canary_planned(const struct canary_plan *p, uint64_t people, enum canary_then *then);

struct canary_rule {
    int64_t wait_ms;                                /* that they are given to answer */
    double receipts_least, failed_most, stops_most; /* [%] of them; receipts 0 = none are needed */
};
struct canary_seen {
    int64_t since_ms; /* [ms] since the last of them was texted */
    uint64_t texted, receipts, failed, stops;
};
enum canary_verdict {
    CANARY_WAITS,
    CANARY_GOES_ON,
    CANARY_STANDS, /* a person has to look */
};
enum { CANARY_WHY_BYTES = 192 };
/* why: of one that stands, a sentence for people. */
enum canary_verdict canary_judge(const struct canary_rule *rule, const struct canary_seen *seen,
                                 char why[CANARY_WHY_BYTES]);
