#pragma once
/* application/x-www-form-urlencoded: webhook bodies, query strings, and what we put into both. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

enum { FORM_PAIRS_MAX = 512 };

struct form_pair {
    struct slice name, value; /* decoded; borrowed from the arena and the raw text */
};

struct form {
    struct form_pair *pairs;
    size_t count;
};

/* Decodes `a=1&b=2`. An escape that is none (`%zz`) stands for itself, as in browsers. The result
 * lives in the arena and borrows from raw. ERR_LIMIT: more pairs than FORM_PAIRS_MAX, or the arena
 * is full. */
int form_parse(struct slice raw, struct arena *a, struct form *ret) MUST_USE;
/* In all values the line ends that browsers send, CRLF, become LF. ERR_LIMIT: the arena is full. */
int form_mend_lines(struct form *f, struct arena *a) MUST_USE;
/* The first value of that name, or NULL when absent. O(pairs). */
const struct form_pair *form_find(const struct form *f, struct slice name);
/* Adds the value with everything but A-Z a-z 0-9 - . _ ~ percent-encoded. */
void form_encode(struct buf *out, struct slice value);
