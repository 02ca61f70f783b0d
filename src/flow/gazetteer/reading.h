#pragma once
/* What has to be read of a gazetteer to know what somebody means, and what it then says. Pure. */
#include "base/err.h"
#include "flow/gazetteer.h"
#include "store/gazetteer.h"

struct gazetteer_question {
    bool is_town;
    bool is_sector; /* "M1 4" */
    bool is_wide;   /* no code is whole like that: its neighbourhood was asked for, too */
    char said[TOWN_BYTES_MAX + 1]; /* folded */
    char fields[GAZETTEER_AREAS_MAX][TOWN_BYTES_MAX + 1];
    size_t n;
};
struct gazetteer_values {
    struct slice list[GAZETTEER_AREAS_MAX];
};
struct gazetteer_found {
    struct point at;
    char where[2 * GAZETTEER_WHERE_BYTES];
    bool is_exact;
    struct err e;
};
enum { GAZETTEER_ASK_MORE = 1 }; /* the question has other fields now */

/* ERR_INVALID. */
int gazetteer_ask(const char *country, struct slice text, struct gazetteer_question *q,
                  struct err *e) MUST_USE;
/* 0, GAZETTEER_ASK_MORE, or a negative code with found->e. */
int gazetteer_judge(const char *country, struct gazetteer_question *q,
                    const struct gazetteer_values *values, struct gazetteer_found *found) MUST_USE;
