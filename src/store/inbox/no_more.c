/* Somebody wants no more of one thing, and stays on the list for the rest. */
#include "private.h"

#include "base/check.h"
#include "core/consent.h"
#include "store/consent.h"
#include "store/mark/mark.h"
#include "store/suppress/suppress.h"

static const struct script no_more_script = {
    .name = "conv_no_more",
    .parts = {&lua_optouts, &lua_mark, &lua_audit, &lua_direct_common, &lua_conv_common,
              &lua_events, &lua_conv_queue, &lua_conv_team, &lua_conv_tags, &lua_person_common,
              &lua_consent_take, &lua_conv_no_more},
    .told = suppress_told_last};

static int read_why_not(const struct redisReply *reply, struct err *e)
{
    struct slice by = redis_str(redis_at(reply, 1));
    if (call_says(reply, "nobody"))
        return err_set(
            e, ERR_REFUSED,
            "no number is known for certain here, and campaigns only text numbers: there "
            "is nothing to take back");
    if (call_says(reply, "others"))
        return err_set(
            e, ERR_CONFLICT,
            "%.*s noted that they want no more of it: they or an organiser of that group "
            "can note that they want it again",
            SLICE_ARG(by));
    if (call_says(reply, "many")) return consent_no_room(e);
    return 0;
}

static void on_noted(struct call *c, const struct redisReply *reply)
{
    struct err e = {0};
    int r = inbox_read_done(reply, &e);
    if (r == 0) r = read_why_not(reply, &e);
    if (r == 0) mark_saw(c->store, redis_at(reply, 2));
    call_back(c, inbox_no_more_cb)(c->arg, r, r == 0 && redis_int(redis_at(reply, 1), 0) == 1,
                                   r ? &e : NULL);
}

void inbox_no_more(struct inbox *b, const struct inbox_no_more *what, const struct inbox_actor *who,
                   inbox_no_more_cb *cb, void *arg)
{
    check(consent_word_ok(what->word));
    struct call *c = call_begin(b->store, &no_more_script);
    call_lasts(c);
    inbox_begin(c, what->id, who);
    call_text(c, what->word);
    call_str(c, what->again ? "1" : "");
    call_text(c, call_cut(what->why, INBOX_NO_MORE_WHY_MAX));
    call_text(c, who->actor.n ? who->actor : who->name);
    call_groups(c, what->over, SLICE_NONE);
    call_run(c, on_noted, cb, arg);
}
