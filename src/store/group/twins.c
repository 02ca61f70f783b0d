#include "store/twins.h"

#include <stdio.h>

#include "base/check.h"
#include "core/group.h"
#include "store/call.h"

enum { FIELD_BYTES = 2 * GROUP_BYTES_MAX + 2 };

static struct slice field_of(struct slice home, struct slice group, char out[FIELD_BYTES])
{
    int n = snprintf(out, FIELD_BYTES, "%.*s/%.*s", SLICE_ARG(home), SLICE_ARG(group));
    check(n > 0 && n < FIELD_BYTES);
    return slice_make(out, (size_t)n);
}

void twins_note_answer(struct store *s, struct slice home, struct slice group)
{
    char field[FIELD_BYTES];
    struct call *c = call_command(s, "HINCRBY");
    call_key(c, "twins");
    call_text(c, field_of(home, group, field));
    call_u64(c, 1);
    call_run(c, NULL, NULL, NULL);
}

static void on_answers(struct call *c, const struct redisReply *reply)
{
    struct err e;
    uint64_t answers[TWINS_MAX] = {0};
    size_t n = *(const size_t *)call_kept(c);
    int rc = call_failed(reply, &e);
    for (size_t i = 0; rc == 0 && i < n; i++)
        (void)slice_to_u64(redis_str(redis_at(reply, i)), UINT64_MAX, &answers[i]);
    call_back(c, twins_cb)(c->arg, rc, answers, n, rc < 0 ? &e : NULL);
}

void twins_answers(struct store *s, const struct twin_pair *pairs, size_t n, twins_cb *cb,
                   void *arg)
{
    char fields[TWINS_MAX][FIELD_BYTES];
    check(n <= TWINS_MAX);
    if (n == 0) {
        cb(arg, 0, NULL, 0, NULL);
        return;
    }
    struct call *c = call_command(s, "HMGET");
    call_key(c, "twins");
    for (size_t i = 0; i < n; i++)
        call_text(c, field_of(pairs[i].home, pairs[i].group, fields[i]));
    call_keep(c, n);
    call_run(c, on_answers, cb, arg);
}
