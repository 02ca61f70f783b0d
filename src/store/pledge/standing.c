/* How the person of a conversation stands. */
#include "private.h"

static const struct script standing_script =
    PLEDGE_NAMED_SCRIPT("pledge_standing", lua_pledge_standing);

static uint32_t read_id(const struct redisReply *reply, size_t at)
{
    return (uint32_t)redis_int(redis_at(reply, at), 0);
}

static size_t read_open(const struct redisReply *list, struct pledge_open *ret)
{
    size_t n = 0;
    for (size_t i = 0; i + 2 < redis_count(list) && n < PLEDGES_OF_PERSON_MAX; i += 3) {
        struct pledge_open *one = &ret[n];
        *one = (struct pledge_open){.session = read_id(list, i), .number = read_id(list, i + 1)};
        if (pledge_state_from_string(redis_str(redis_at(list, i + 2)), &one->state)) n++;
    }
    return n;
}

static void on_standing(struct call *c, const struct redisReply *reply)
{
    struct err e;
    struct pledge_open open[PLEDGES_OF_PERSON_MAX];
    int r = call_failed(reply, &e);
    if (r == 0 && call_says(reply, "missing"))
        r = err_set(&e, ERR_NOT_FOUND, "there is no such conversation");
    struct pledge_standing standing = {.open = open};
    if (r == 0) {
        standing.named = read_id(reply, 0);
        standing.campaign = read_id(reply, 1);
        standing.index = read_id(reply, 2);
        standing.n = read_open(redis_at(reply, 3), open);
    }
    call_back(c, pledge_standing_cb)(c->arg, r, r ? NULL : &standing, r ? &e : NULL);
}

void pledge_standing(struct store *s, uint32_t conversation, const struct group_set *groups,
                     int64_t now_ms, pledge_standing_cb *cb, void *arg)
{
    struct call *c = pledge_call(s, &standing_script, now_ms);
    call_u64(c, conversation);
    call_groups(c, groups, SLICE_NONE);
    call_run(c, on_standing, cb, arg);
}
