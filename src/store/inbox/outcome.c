#include "store/outcome.h"

#include "store/call.h"
#include "io/person_number.h"
#include "store/lua_scripts.h"

static const struct script said_script = {.name = "outcome_said", .parts = {&lua_outcome_said}};

static void on_said(struct call *c, const struct redisReply *reply)
{
    struct err e;
    struct slice said[OUTCOME_NUMBERS_MAX];
    int r = call_failed(reply, &e);
    size_t n = r ? 0 : redis_count(reply);
    check(n <= OUTCOME_NUMBERS_MAX);
    for (size_t i = 0; i < n; i++) {
        struct slice one = redis_str(redis_at(reply, i));
        said[i] = one.n && one.p[0] == '+' ? slice_from(one, 1) : SLICE_NONE;
    }
    call_back(c, outcome_said_cb)(c->arg, r, r ? NULL : said, n, r ? &e : NULL);
}

void outcome_said(struct store *s, struct slice group, uint32_t campaign, const uint64_t *numbers,
                  size_t n, outcome_said_cb *cb, void *arg)
{
    check(n > 0 && n <= OUTCOME_NUMBERS_MAX);
    struct call *c = call_begin(s, &said_script);
    call_key(c, "convof:%.*s", SLICE_ARG(group));
    call_name(c, "conv:");
    call_u64(c, campaign);
    for (size_t i = 0; i < n; i++)
        call_u64(c, person_number_canonical(numbers[i]));
    call_run(c, on_said, cb, arg);
}
