/* Reads what optouts.lua tells. */
#include "io/redis.h"
#include "store/suppress/suppress.h"

static bool cut_one(struct slice *rest, struct told_optout *ret)
{
    struct slice what, ms;
    uint64_t at_ms = 0;
    if (!slice_cut(rest, '\0', &what) || !slice_cut(rest, '\0', &ret->scope) ||
        !slice_cut(rest, '\0', &ret->key) || !slice_cut(rest, '\0', &ms) ||
        !slice_cut(rest, '\0', &ret->why))
        return false;
    (void)slice_to_u64(ms, INT64_MAX, &at_ms);
    ret->lifted = slice_is(what, "lift");
    ret->at_ms = (int64_t)at_ms;
    return true;
}

void suppress_add_told(struct told *t, struct slice text)
{
    struct told_word one = {.kind = TOLD_OPTOUT};
    while (text.n && cut_one(&text, &one.optout))
        told_add(t, &one);
}

void suppress_told_last(struct told *t, const struct redisReply *reply)
{
    size_t n = redis_count(reply);
    if (n < 2) return;
    t->mark = (uint64_t)redis_int(redis_at(reply, n - 2), 0);
    suppress_add_told(t, redis_str(redis_at(reply, n - 1)));
}
