#pragma once
/* What can be said about one rendered text, or one name, by looking at it. Pure. */
#include "base/slice.h"

struct keywords;

/* ASCII letters of either case are the same. An empty needle is in every text. */
bool check_contains(struct slice text, struct slice needle);
/* Tells the person how to opt out: an opt-out word in capitals or asked for ("reply stop"), or
 * plain words. */
bool check_says_opt_out(const struct keywords *k, struct slice text);
/* The first opt-out word that looks like an answer to choose, in capitals ("YES or CANCEL") or
 * asked for in any case and language ("reply cancel", "antworte mit ende"); none when there is
 * none. Whoever picks it would be unsubscribed. Borrowed from text. */
struct slice check_answer_keyword(const struct keywords *k, struct slice text);
/* The name that is written most like `name`; none when none is near. O(names * bytes²). */
struct slice check_nearest(struct slice name, const struct slice *names, size_t n);
