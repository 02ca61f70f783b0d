/* A second person agrees to a campaign, or sends it back. */
#include "store/approval.h"

#include "private.h"

#include "store/mark/mark.h"
#include "store/told_keeper.h"

enum { SEEN_BYTES_MAX = 320 * 1024 }; /* a message, and some words */

static void find_sent_back(struct told *t, const struct redisReply *reply)
{
    struct told_word word = {.kind = TOLD_MOVE};
    if (!call_says(reply, "ok") || !slice_is(redis_str(redis_at(reply, 5)), "send_back")) return;
    t->mark = (uint64_t)redis_int(redis_at(reply, 2), 0);
    word.move.move = MOVE_SEND_BACK;
    word.move.campaign = (uint32_t)redis_int(redis_at(reply, 3), 0);
    word.move.stamp = (uint32_t)redis_int(redis_at(reply, 4), 0);
    told_add(t, &word);
}

static const struct script approve = {.name = "campaign_approve",
                                      .prelude = campaign_status_lua_prelude,
                                      .parts = {&lua_events, &lua_look, &lua_mark, &lua_audit,
                                                &lua_goes_on, &lua_texted, &lua_move,
                                                &lua_campaign_approve},
                                      .told = find_sent_back};

/* Each with its length before it, so that nothing of one can pass for the next. */
static void add(struct buf *b, struct slice text)
{
    buf_addf(b, "%zu:", text.n);
    buf_add_slice(b, text);
}

void campaign_digest(const struct campaign *c, struct slice message, char out[DIGEST_BYTES])
{
    struct buf b = BUF_INIT(SEEN_BYTES_MAX);
    add(&b, message);
    buf_addf(&b, "%u:", c->audience);
    add(&b, c->gateway);
    add(&b, c->hours);
    check(!b.failed);
    digest_make(SLICE_LIT("campaign"), buf_slice(&b), out);
    buf_done(&b);
}

static int refusal(uint32_t id, struct slice said, enum campaign_move move, struct err *e)
{
    if (slice_is(said, "gone")) return campaign_not_found(id, e);
    if (slice_is(said, "author"))
        return err_set(
            e, ERR_REFUSED,
            "you wrote campaign %u as it is now: somebody else has to approve it, who is "
            "an organiser of its group or an owner",
            id);
    if (slice_is(said, "changed"))
        return err_set(e, ERR_CONFLICT,
                       "campaign %u was changed since you looked: look at it again", id);
    return err_set(e, ERR_CONFLICT, "campaign %u is %.*s and cannot be %s", id, SLICE_ARG(said),
                   campaign_move_verb(move));
}

static void on_decided(struct call *call, const struct redisReply *reply)
{
    const enum campaign_move *move = call_kept(call);
    struct err e;
    int rc = call_failed(reply, &e);
    if (rc == 0 && !call_says(reply, "ok"))
        rc = refusal(call->id, redis_str(redis_at(reply, 1)), *move, &e);
    mark_saw(call->store, redis_at(reply, 2));
    call_back(call, store_done_cb)(call->arg, rc, rc < 0 ? &e : NULL);
}

void campaign_decide(struct store *s, const struct approval *a, struct deed deed, store_done_cb *cb,
                     void *arg)
{
    check(a->move == MOVE_APPROVE || a->move == MOVE_SEND_BACK);
    struct call *call = call_begin(s, &approve);
    call_lasts(call);
    call->id = a->campaign;
    call_keep(call, a->move);
    call_key(call, "c:%u", a->campaign);
    mark_key(call);
    call_str(call, campaign_move_name(a->move));
    call_i64(call, deed.at_ms);
    call_text(call, deed.who);
    call_text(call, a->why);
    call_u64(call, a->campaign);
    call_text(call, a->member);
    call_text(call, a->digest);
    call_run(call, on_decided, cb, arg);
}
