/* Many campaigns at once: all of somebody's are paused, and go on again. */
#include "private.h"

#include "store/mark/mark.h"
#include "store/pause_all.h"
#include "store/told_keeper.h"

#include <stdlib.h>

static void find_paused(struct told *t, const struct redisReply *reply);
static void find_resumed(struct told *t, const struct redisReply *reply);
#define PARTS                                                                                      \
    {                                                                                              \
        &lua_events, &lua_look, &lua_mark, &lua_audit, &lua_goes_on, &lua_texted, &lua_move,       \
            &lua_reaches_campaign, &lua_pause_all                                                  \
    }
static const struct script pause_all = {.name = "pause_all",
                                        .prelude = campaign_status_lua_prelude,
                                        .parts = PARTS,
                                        .told = find_paused};
static const struct script resume_all = {.name = "resume_all",
                                         .prelude = campaign_status_lua_prelude,
                                         .parts = PARTS,
                                         .told = find_resumed};
static const struct script say_why = {
    .name = "campaign_why", .parts = {&lua_audit, &lua_reaches_campaign, &lua_campaign_why}};

enum { FIRST = 2, EACH = 2 }; /* of a reply of those two: id and stamp of each */

static void find(struct told *t, enum campaign_move how, const struct redisReply *reply)
{
    t->mark = (uint64_t)redis_int(redis_at(reply, 0), 0);
    for (size_t i = FIRST; i + 1 < redis_count(reply); i += EACH) {
        struct told_word word = {.kind = TOLD_MOVE};
        word.move.move = how;
        word.move.campaign = (uint32_t)redis_int(redis_at(reply, i), 0);
        word.move.stamp = (uint32_t)redis_int(redis_at(reply, i + 1), 0);
        told_add(t, &word);
    }
}

static void find_paused(struct told *t, const struct redisReply *reply)
{
    find(t, MOVE_PAUSE, reply);
}

static void find_resumed(struct told *t, const struct redisReply *reply)
{
    find(t, MOVE_RESUME, reply);
}

/* An id stands at each `each`-th place from `first` on. */
static void tell(struct call *call, const struct redisReply *reply, size_t first, size_t each)
{
    struct err e;
    int rc = call_failed(reply, &e);
    size_t n = 0;
    uint32_t *ids = xcalloc(redis_count(reply) + 1, sizeof *ids);
    for (size_t i = first; rc == 0 && i < redis_count(reply); i += each)
        ids[n++] = (uint32_t)redis_int(redis_at(reply, i), 0);
    uint64_t press = first ? (uint64_t)redis_int(redis_at(reply, 1), 0) : 0;
    call_back(call, pause_all_cb)(call->arg, rc, ids, n, press, rc < 0 ? &e : NULL);
    free(ids);
}

static void on_moved(struct call *call, const struct redisReply *reply)
{
    mark_saw(call->store, redis_at(reply, 0));
    tell(call, reply, FIRST, EACH);
}

static void on_said(struct call *call, const struct redisReply *reply)
{
    tell(call, reply, 0, 1);
}

static void add_press(struct call *call, const struct pause_all_press *p)
{
    call_i64(call, p->now_ms);
    call_text(call, p->who);
    call_text(call, p->why);
    call_groups(call, p->reach, SLICE_NONE);
}

static void move_all(struct store *s, enum campaign_move how, const struct pause_all_press *p,
                     pause_all_cb *cb, void *arg)
{
    struct call *call = call_begin(s, how == MOVE_PAUSE ? &pause_all : &resume_all);
    call_lasts(call);
    call_prefix(call);
    call_str(call, campaign_move_name(how));
    add_press(call, p);
    call_run(call, on_moved, cb, arg);
}

void campaign_pause_all(struct store *s, const struct pause_all_press *p, pause_all_cb *cb,
                        void *arg)
{
    move_all(s, MOVE_PAUSE, p, cb, arg);
}

void campaign_resume_all(struct store *s, const struct pause_all_press *p, pause_all_cb *cb,
                         void *arg)
{
    move_all(s, MOVE_RESUME, p, cb, arg);
}

void campaign_say_why(struct store *s, const struct pause_all_press *p, const uint32_t *ids,
                      size_t n, pause_all_cb *cb, void *arg)
{
    check(n > 0 && n <= CAMPAIGN_WHY_MAX);
    struct call *call = call_begin(s, &say_why);
    call_lasts(call);
    call_prefix(call);
    add_press(call, p);
    for (size_t i = 0; i < n; i++)
        call_u64(call, ids[i]);
    call_run(call, on_said, cb, arg);
}
