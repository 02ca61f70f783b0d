#pragma once
/* What suppression, the direct book and the conversations share: arguments of a script, its common
 * parts, and the first look at an answer. */
#include "base/err.h"
#include "base/slice.h"
#include "io/redis.h"
#include "store/call.h"

enum { CALL_ARGS_MAX = 40, CALL_NUMBERS_BYTES = 512 };

/* Arguments of one call. Text is borrowed; numbers are printed here. */
struct old_call {
    size_t n;
    struct slice v[CALL_ARGS_MAX];
    size_t used;
    char numbers[CALL_NUMBERS_BYTES];
};
void call_add(struct old_call *c, struct slice text);
void call_add_cstr(struct old_call *c, const char *text);
void call_add_int(struct old_call *c, int64_t value);
void call_add_uint(struct old_call *c, uint64_t value);
/* The older spellings of a number in digits, if it has any (io/person_number.h). */
void call_add_older(struct old_call *c, struct slice digits);
/* A script without declared keys: it builds them from the prefix, as one Redis server allows. */
void call_eval(struct redis *r, const struct redis_script *script, redis_cb *cb, void *arg,
               const struct old_call *c);

/* The scripts one behind the other, as one: all but the last are parts that are put in front. */
struct redis_script *call_script_of(const char *name, const struct slice *parts, size_t n);
/* The script `source` with up to two parts in front (empty ones are fine). Returns owned. */
struct redis_script *call_script(const char *name, struct slice part1, struct slice part2,
                                 struct slice source);
