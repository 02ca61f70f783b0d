/* What came of cascades: counts, bars, and the strongest links. */
#include "private.h"

#include <stdlib.h>

static const struct script read_script = {.name = "cascade_read", .parts = {&lua_cascade_read}};
static const struct script tree_script = {.name = "cascade_tree",
                                          .prelude = cascade_names,
                                          .parts = {&lua_cascade_links, &lua_cascade_tree}};

/* ---- counts ---- */

static uint64_t number(struct slice text)
{
    uint64_t n = 0;
    return slice_to_u64(text, INT64_MAX, &n) ? n : 0;
}

/* Of "o12": the sum of that kind among those, and 12; NULL: it is no such name. */
static uint64_t *sum_of(struct cascade_sums *list, size_t max, struct slice field, size_t *ret_i)
{
    uint64_t i;
    if (field.n < 2 || !slice_to_u64(slice_from(field, 1), max - 1, &i)) return NULL;
    *ret_i = i;
    switch (field.p[0]) {
    case 'o':
        return &list[i].opens;
    case 's':
        return &list[i].shares;
    case 'p':
        return &list[i].pledges;
    default:
        return NULL;
    }
}

static void take_count(struct cascade_counts *c, struct slice field, uint64_t n)
{
    const struct {
        const char *name;
        uint64_t *sum;
    } sums[] = {{"opens", &c->all.opens},
                {"shares", &c->all.shares},
                {"pledges", &c->all.pledges},
                {"programs", &c->programs},
                {"over", &c->over}};
    size_t i;
    uint64_t *sum = sum_of(c->by_generation, COUNT_OF(c->by_generation), field, &i);
    if (sum) *sum = n;
    if (slice_is(field, "next")) c->links += n; /* in either order */
    if (slice_is(field, "lost")) c->links -= n;
    if (slice_is(field, "deepest")) c->deepest = (uint32_t)n;
    for (i = 0; i < COUNT_OF(sums); i++)
        if (slice_is(field, sums[i].name)) *sums[i].sum = n;
}

static void take_bar(struct cascade_counts *c, struct slice field, uint64_t n)
{
    size_t i = 0;
    uint64_t *sum = sum_of(c->by_bar, COUNT_OF(c->by_bar), field, &i);
    if (slice_is(field, "from")) c->from_ms = (int64_t)n * 60000;
    if (slice_is(field, "step")) c->step = (uint32_t)n;
    if (!sum) return;
    *sum = n;
    if (i >= c->bars) c->bars = i + 1;
}

static void take_all(struct cascade_counts *c, const struct redisReply *pairs,
                     void (*take)(struct cascade_counts *, struct slice, uint64_t))
{
    for (size_t i = 0; i + 1 < redis_count(pairs); i += 2)
        take(c, redis_str(redis_at(pairs, i)), number(redis_str(redis_at(pairs, i + 1))));
}

static void on_counts(struct call *call, const struct redisReply *reply)
{
    struct err e;
    uint32_t *campaigns = *(uint32_t *const *)call_kept(call);
    int r = call_failed(reply, &e);
    size_t n = r < 0 ? 0 : redis_count(reply);
    struct cascade_counts *list = xcalloc(n + 1, sizeof *list);
    for (size_t i = 0; i < n; i++) {
        list[i].campaign = campaigns[i];
        list[i].step = 1;
        take_all(&list[i], redis_at(redis_at(reply, i), 0), take_count);
        take_all(&list[i], redis_at(redis_at(reply, i), 1), take_bar);
        if (list[i].links > 0) list[i].links--; /* the first is nobody's */
    }
    call_back(call, cascade_counts_cb)(call->arg, r, list, n, r < 0 ? &e : NULL);
    free(list);
    free(campaigns);
}

void cascades_counts(struct cascades *c, const uint32_t *campaigns, size_t n, cascade_counts_cb *cb,
                     void *arg)
{
    check(n > 0 && n <= CASCADE_COUNTS_MAX);
    uint32_t *kept = xcalloc(n, sizeof *kept);
    memcpy(kept, campaigns, n * sizeof *kept);
    struct call *call = call_begin(c->store, &read_script);
    call_prefix(call);
    for (size_t i = 0; i < n; i++)
        call_u64(call, campaigns[i]);
    call_keep(call, kept);
    call_run(call, on_counts, cb, arg);
}

/* ---- the tree ---- */

static int by_number(const void *a, const void *b)
{
    const struct cascade_link *x = a, *y = b;
    return (x->link > y->link) - (x->link < y->link);
}

static void on_tree(struct call *call, const struct redisReply *reply)
{
    enum { WIDTH = 6 };
    struct err e;
    int r = call_failed(reply, &e);
    size_t n = r < 0 ? 0 : redis_count(reply) / WIDTH;
    struct cascade_link *list = xcalloc(n + 1, sizeof *list);
    for (size_t i = 0; i < n; i++) {
        uint64_t v[WIDTH];
        for (size_t k = 0; k < WIDTH; k++)
            v[k] = (uint64_t)redis_int(redis_at(reply, i * WIDTH + k), 0);
        list[i] = (struct cascade_link){
            (uint32_t)v[0], (uint32_t)v[1], (uint32_t)v[2], {v[3], v[4], v[5]}};
    }
    qsort(list, n, sizeof *list, by_number);
    call_back(call, cascade_tree_cb)(call->arg, r, list, n, r < 0 ? &e : NULL);
    free(list);
}

void cascades_tree(struct cascades *c, uint32_t campaign, cascade_tree_cb *cb, void *arg)
{
    struct call *call = call_begin(c->store, &tree_script);
    call_prefix(call);
    call_u64(call, campaign);
    call_u64(call, CASCADE_TREE_MAX);
    call_run(call, on_tree, cb, arg);
}
