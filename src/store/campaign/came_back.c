#include "store/came_back.h"

#include "private.h"

#include <stdlib.h>

static const struct script came_back = {.name = "came_back", .parts = {&lua_came_back}};

static const char *const kinds[OUTCOME_KIND_COUNT] = {"yes", "no", "question", "other"};

const char *outcome_kind_to_string(enum outcome_kind kind)
{
    return kinds[kind];
}

enum outcome_kind outcome_kind_of(struct slice tags)
{
    int best = OUTCOME_OTHER;
    struct slice tag;
    while (slice_cut(&tags, ',', &tag)) {
        int kind = slice_index(tag, kinds, OUTCOME_OTHER);
        if (kind >= 0 && kind < best) best = kind;
    }
    return (enum outcome_kind)best;
}

static int64_t time_at(const struct redisReply *one, size_t i)
{
    uint64_t ms = 0;
    return slice_to_u64(redis_str(redis_at(one, i)), INT64_MAX, &ms) ? (int64_t)ms : 0;
}

static void on_outcomes(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int rc = call_failed(reply, &e);
    size_t n = rc == 0 ? redis_count(reply) : 0;
    struct came_back *list = xcalloc(n + 1, sizeof *list);
    for (size_t i = 0; i < n; i++) {
        const struct redisReply *one = redis_at(reply, i);
        list[i] = (struct came_back){
            .at = (size_t)redis_int(redis_at(one, 0), 0),
            .replied_ms = time_at(one, 1),
            .tags = redis_str(redis_at(one, 2)),
            .words = call_cut(redis_str(redis_at(one, 3)), CAME_BACK_WORDS_BYTES_MAX),
            .by = redis_str(redis_at(one, 4)),
            .opted_out_ms = time_at(one, 5),
        };
    }
    call_back(c, outcome_cb)(c->arg, rc, list, n, rc < 0 ? &e : NULL);
    free(list);
}

void campaign_outcomes(struct store *s, uint32_t campaign, struct slice group,
                       const uint64_t *numbers, size_t n, outcome_cb *cb, void *arg)
{
    check(n > 0 && n <= CAME_BACK_NUMBERS_MAX);
    struct call *c = call_begin(s, &came_back);
    call_prefix(c);
    call_text(c, group);
    call_u64(c, campaign);
    for (size_t i = 0; i < n; i++)
        call_u64(c, numbers[i]);
    call_run(c, on_outcomes, cb, arg);
}
