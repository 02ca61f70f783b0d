/* Somebody who is held for what they wrote, or who asked politely: taken off the list or kept, and a slip of that undone. */
#include "private.h"

#include <stdlib.h>

#include "base/buf.h"
#include "store/mark/mark.h"
#include "store/suppress.h"
#include "store/suppress/suppress.h"

#define HOLD_SCRIPT(text, lua)                                                                     \
    {                                                                                              \
        .name = (text),                                                                            \
        .parts = {&lua_optouts,     &lua_mark,          &lua_audit,      &lua_direct_common,       \
                  &lua_conv_common, &lua_events,        &lua_conv_queue, &lua_conv_team,           \
                  &lua_conv_tags,   &lua_person_common, &(lua)},                                   \
        .told = suppress_told_last                                                                 \
    }

static const struct script hold_script = HOLD_SCRIPT("conv_hold", lua_conv_hold);
static const struct script undo_script = HOLD_SCRIPT("conv_undo_off", lua_conv_undo_off);
#undef HOLD_SCRIPT

static void on_hold_ended(struct call *c, const struct redisReply *reply)
{
    struct err e = {0};
    int r = inbox_read_done(reply, &e);
    if (r == 0 && call_says(reply, "nobody"))
        r = err_set(&e, ERR_REFUSED,
                    "these are the words of more than one person, or of nobody known: ask an "
                    "organiser");
    if (call_says(reply, "ok")) mark_saw(c->store, redis_at(reply, 2));
    call_back(c, inbox_hold_cb)(c->arg, r, r == 0 && redis_int(redis_at(reply, 1), 0) == 1,
                                r ? &e : NULL);
}

void inbox_end_hold(struct inbox *b, uint32_t id, const struct inbox_actor *who,
                    enum inbox_hold_end end, inbox_hold_cb *cb, void *arg)
{
    struct buf why = BUF_INIT(SUPPRESS_EVIDENCE_BYTES_MAX);
    buf_addf(&why, "taken off by %.*s", SLICE_ARG(who->name));
    char *record = suppress_record(&(struct suppress_entry){
        .reason = SUPPRESS_MANUAL, .at_ms = who->now_ms, .evidence = buf_slice(&why)});
    struct call *c = call_begin(b->store, &hold_script);
    call_lasts(c);
    inbox_begin(c, id, who);
    call_str(c, end == INBOX_TAKE_OFF ? "off" : "keep");
    call_str(c, record);
    call_text(c, who->actor.n ? who->actor : who->name);
    call_i64(c, INBOX_UNDO_OFF_MS);
    call_run(c, on_hold_ended, cb, arg);
    free(record);
    buf_done(&why);
}

static void on_undone(struct call *c, const struct redisReply *reply)
{
    struct err e = {0};
    int r = inbox_read_done(reply, &e);
    struct slice by = redis_str(redis_at(reply, 1));
    if (r == 0 && call_says(reply, "over"))
        r = err_set(&e, ERR_CONFLICT,
                    "nothing to undo: nobody took them off in the last %d minutes, or they, a list "
                    "or an organiser have said it since",
                    INBOX_UNDO_OFF_MS / 60000);
    if (r == 0 && call_says(reply, "others"))
        r = err_set(&e, ERR_CONFLICT, "%.*s took them off: they or an organiser can undo it",
                    SLICE_ARG(by));
    if (call_says(reply, "ok")) mark_saw(c->store, redis_at(reply, 2));
    call_back(c, store_done_cb)(c->arg, r, r ? &e : NULL);
}

void inbox_undo_off(struct inbox *b, uint32_t id, const struct inbox_actor *who,
                    const struct group_set *over, int64_t lease_ms, store_done_cb *cb, void *arg)
{
    struct call *c = call_begin(b->store, &undo_script);
    call_lasts(c);
    inbox_begin(c, id, who);
    call_groups(c, over, SLICE_NONE);
    call_i64(c, lease_ms);
    call_text(c, who->actor.n ? who->actor : who->name);
    call_run(c, on_undone, cb, arg);
}
