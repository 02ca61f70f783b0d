#pragma once
/* Tests of lists on a real Redis (redis_group.h): what the last callback said, and waiting for it. After <cmocka.h>. */
#include "core/block.h"
#include "redis_group.h"
#include "store/audience.h"

static struct audience_said {
    bool done;
    int result;
    struct err e;
    struct audience_info *info;
    enum audience_outcome outcomes[AUDIENCE_ROWS_MAX];
    size_t count;
    uint32_t index;
    struct block block;
} got;

static inline void answered(int result, const struct err *e)
{
    got.done = true;
    got.result = result;
    if (e) got.e = *e;
}

static inline void on_done(void *arg, int result, const struct err *e)
{
    (void)arg;
    answered(result, e);
}

static inline void on_info(void *arg, int result, const struct audience_info *info,
                           const struct err *e)
{
    (void)arg;
    audience_info_free(got.info);
    got.info = info ? audience_info_dup(info) : NULL;
    answered(result, e);
}

static inline void on_rows(void *arg, int result, const enum audience_outcome *outcomes,
                           size_t count, const struct err *e)
{
    (void)arg;
    if (count) memcpy(got.outcomes, outcomes, count * sizeof *outcomes);
    got.count = count;
    answered(result, e);
}

static inline void on_block(void *arg, int result, const struct block *b, const struct err *e)
{
    (void)arg;
    block_done(&got.block);
    if (b) block_dup(b, &got.block);
    answered(result, e);
}

static inline void on_index(void *arg, int result, uint32_t index, const struct err *e)
{
    (void)arg;
    got.index = index;
    answered(result, e);
}

static inline int wait_answer(void)
{
    while (!got.done)
        loop_turn(loop, -1);
    got.done = false;
    return got.result;
}

static int64_t integer;
static inline void on_integer(void *arg, const struct redisReply *reply)
{
    (void)arg;
    integer = redis_is_array(reply) ? (int64_t)redis_count(reply) : redis_int(reply, -1);
}

static inline int64_t ask(const char *command, const char *key, const char *a, const char *b)
{
    char full[128];
    struct err e;
    (void)snprintf(full, sizeof full, "%s%s", prefix, key);
    const struct slice argv[] = {slice_of(command), slice_of(full), slice_of(a), slice_of(b)};
    assert_int_equal(redis_wait(redis, on_integer, NULL, &e, a ? b ? 4 : 3 : 2, argv), 0);
    return integer;
}
