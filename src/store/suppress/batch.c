#include "store/suppress_batch.h"

#include <stdlib.h>

#include "base/check.h"
#include "core/group.h"
#include "io/person_number.h"
#include "store/call.h"
#include "store/lua_scripts.h"
#include "store/mark/mark.h"
#include "store/suppress/suppress.h"

enum { SLICE = 200 /* numbers; Redis does nothing else meanwhile */, COLUMNS = 12 };

static const int64_t day_ms = (int64_t)24 * 3600 * 1000;

static const struct script ask_script = {.name = "suppress_batch_ask",
                                         .parts = {&lua_suppress_batch_ask}};
static const struct script set_script = {
    .name = "suppress_batch_set",
    .parts = {&lua_events, &lua_optouts, &lua_mark, &lua_conv_common, &lua_conv_queue,
              &lua_suppress_set, &lua_suppress_slice, &lua_suppress_batch_set},
    .told = suppress_told_last};
static const struct script undo_script = {.name = "suppress_batch_undo",
                                          .parts = {&lua_events, &lua_optouts, &lua_mark,
                                                    &lua_audit, &lua_suppress_slice,
                                                    &lua_suppress_batch_undo},
                                          .told = suppress_told_last};
static const struct script list_script = {.name = "suppress_batches",
                                          .parts = {&lua_suppress_batches}};

static const char *const states[] = {
#define X(name, text) text,
    SUPPRESS_BATCH_STATE_TABLE(X)
#undef X
};

const char *suppress_batch_state_to_string(enum suppress_batch_state state)
{
    check((size_t)state < COUNT_OF(states));
    return states[state];
}

static int say_none(struct err *e)
{
    return err_set(
        e, ERR_NOT_FOUND,
        "there is no such batch of opt-outs: one that nobody decided about is kept for a "
        "day, and one that was set can be undone for %d days",
        SUPPRESS_BATCH_DAYS);
}

/* ---- asking first ---- */

static int read_refusal(const struct redisReply *reply, struct err *e)
{
    if (call_says(reply, "other")) return say_none(e);
    if (call_says(reply, "over"))
        return err_set(e, ERR_CONFLICT, "that batch was decided about: begin another one");
    if (call_says(reply, "many"))
        return err_set(e, ERR_LIMIT, "more than %d numbers at once: split the list",
                       SUPPRESS_BATCH_MAX);
    return 0;
}

static void on_asked(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int r = call_failed(reply, &e);
    if (r == 0) r = read_refusal(reply, &e);
    call_back(c, suppress_asked_cb)(c->arg, r, r ? 0 : (uint64_t)redis_int(redis_at(reply, 0), 0),
                                    r ? 0 : (uint64_t)redis_int(redis_at(reply, 1), 0),
                                    r ? &e : NULL);
}

void suppress_batch_ask(struct store *s, const struct suppress_batch_draft *draft,
                        const uint64_t *numbers, size_t n, int64_t now_ms, suppress_asked_cb *cb,
                        void *arg)
{
    check(group_scope_ok(draft->scope) && n <= SUPPRESS_ADD_MAX);
    struct call *c = call_begin(s, &ask_script);
    call_prefix(c);
    call_text(c, draft->id);
    call_text(c, draft->scope);
    call_i64(c, now_ms);
    call_text(c, draft->by);
    call_str(c, suppress_reason_to_string(draft->reason));
    call_text(c, call_cut(draft->evidence, SUPPRESS_EVIDENCE_BYTES_MAX));
    call_i64(c, day_ms);
    call_i64(c, SUPPRESS_BATCH_MAX);
    call_i64(c, SUPPRESS_BATCHES_KEPT);
    for (size_t i = 0; i < n; i++)
        call_u64(c, person_number_canonical(numbers[i]));
    call_run(c, on_asked, cb, arg);
}

/* ---- there and back ---- */

static void on_slice(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int r = call_failed(reply, &e);
    if (r == 0 && call_says(reply, "none")) r = say_none(&e);
    if (r == 0 && call_says(reply, "over"))
        r = err_set(&e, ERR_CONFLICT, "that batch was undone: import the list again");
    if (r == 0) mark_saw(c->store, redis_at(reply, 1));
    call_back(c, suppress_slice_cb)(c->arg, r, r ? 0 : redis_int(redis_at(reply, 0), 0),
                                    r ? &e : NULL);
}

static struct call *begin_slice(struct store *s, const struct script *script, struct slice id,
                                int64_t settled, int64_t now_ms)
{
    struct call *c = call_begin(s, script);
    call_lasts(c);
    call_prefix(c);
    call_text(c, id);
    call_i64(c, now_ms);
    call_i64(c, settled);
    call_i64(c, SLICE);
    return c;
}

void suppress_batch_set(struct store *s, struct slice id, int64_t settled, int64_t now_ms,
                        suppress_slice_cb *cb, void *arg)
{
    struct call *c = begin_slice(s, &set_script, id, settled, now_ms);
    call_i64(c, SUPPRESS_BATCH_DAYS * day_ms);
    call_run(c, on_slice, cb, arg);
}

void suppress_batch_undo(struct store *s, struct slice id, int64_t settled, struct deed deed,
                         suppress_slice_cb *cb, void *arg)
{
    check(deed.who.n && deed.why.n);
    struct call *c = begin_slice(s, &undo_script, id, settled, deed.at_ms);
    call_text(c, deed.who);
    call_text(c, call_cut(deed.why, SUPPRESS_EVIDENCE_BYTES_MAX));
    call_run(c, on_slice, cb, arg);
}

/* ---- looking ---- */

static uint64_t number_of(const struct redisReply *reply)
{
    uint64_t n = 0;
    return slice_to_u64(redis_str(reply), UINT64_MAX, &n) ? n : 0;
}

static void read_batch(const struct redisReply *flat, size_t at, struct suppress_batch *b)
{
    int state = slice_index(redis_str(redis_at(flat, at + 2)), states, COUNT_OF(states));
    *b = (struct suppress_batch){
        .id = redis_str(redis_at(flat, at)),
        .scope = redis_str(redis_at(flat, at + 1)),
        .state = state < 0 ? SUPPRESS_BATCH_ASKED : (enum suppress_batch_state)state,
        .by = redis_str(redis_at(flat, at + 3)),
        .reason = redis_str(redis_at(flat, at + 4)),
        .evidence = redis_str(redis_at(flat, at + 5)),
        .at_ms = (int64_t)number_of(redis_at(flat, at + 6)),
        .numbers = number_of(redis_at(flat, at + 7)),
        .standing = number_of(redis_at(flat, at + 8)),
        .added = number_of(redis_at(flat, at + 9)),
        .lifted = number_of(redis_at(flat, at + 10)),
        .left = number_of(redis_at(flat, at + 11)),
    };
}

static void answer_batches(struct call *c, const struct redisReply *reply, int r, struct err *e)
{
    struct suppress_batch list[SUPPRESS_BATCHES_MAX];
    size_t n = r ? 0 : redis_count(reply) / COLUMNS;
    if (n > SUPPRESS_BATCHES_MAX) n = SUPPRESS_BATCHES_MAX;
    for (size_t i = 0; i < n; i++)
        read_batch(reply, i * COLUMNS, &list[i]);
    call_back(c, suppress_batches_cb)(c->arg, r, list, n, r ? e : NULL);
}

static void on_batches(struct call *c, const struct redisReply *reply)
{
    struct err e;
    answer_batches(c, reply, call_failed(reply, &e), &e);
}

static void on_batch(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int r = call_failed(reply, &e);
    if (r == 0 && redis_count(reply) == 0) r = say_none(&e);
    answer_batches(c, reply, r, &e);
}

static struct call *begin_list(struct store *s, struct slice id)
{
    struct call *c = call_begin(s, &list_script);
    call_prefix(c);
    call_text(c, id);
    call_i64(c, SUPPRESS_BATCHES_MAX);
    return c;
}

void suppress_batch_load(struct store *s, struct slice id, suppress_batches_cb *cb, void *arg)
{
    call_run(begin_list(s, id), on_batch, cb, arg);
}

void suppress_batch_list(struct store *s, const struct group_set *groups, suppress_batches_cb *cb,
                         void *arg)
{
    struct call *c = begin_list(s, SLICE_NONE);
    for (size_t i = 0; !groups->all && i < groups->count; i++)
        call_str(c, groups->names[i]);
    if (!groups->all && groups->count == 0) call_str(c, "-"); /* no group is called that */
    call_run(c, on_batches, cb, arg);
}
