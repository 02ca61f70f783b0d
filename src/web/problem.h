#pragma once
/* What the API calls its failures (RFC 9457): a short word for programs, a title, and what it means and what helps. One row
 * each (tests/lint/problems.py holds that every word that is said is a row); GET /api/problems/{code} tells it. */
#include "base/slice.h"

#define PROBLEM_TYPE_PREFIX "/api/problems/"

struct problem {
    const char *code, *title, *text;
};

const struct problem *problem_find(struct slice code); /* NULL: none */
const struct problem *problem_at(size_t i);            /* NULL behind the last */
