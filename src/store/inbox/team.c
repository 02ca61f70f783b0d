/* What happens among the team: notes, who takes it from here, what somebody has begun to write; and how
 * many wait for all of them. */
#include "private.h"
#include "store/group.h"

#define WITH_CONV(text, lua)                                                                       \
    {                                                                                              \
        .name = (text), .parts = {                                                                 \
            &lua_events,                                                                           \
            &lua_conv_common,                                                                      \
            &lua_merged,                                                                           \
            &lua_conv_team,                                                                        \
            &(lua)                                                                                 \
        }                                                                                          \
    }
static const struct script note_script = WITH_CONV("conv_note", lua_conv_note);
static const struct script draft_script = WITH_CONV("conv_draft", lua_conv_draft);
#undef WITH_CONV
static const struct script waiting_script = {
    .name = "conv_waiting",
    .parts = {&lua_conv_common, &lua_merged, &lua_conv_targets, &lua_conv_waiting}};
static const struct script hand_script = {
    .name = "conv_hand",
    .parts = {&lua_events, &lua_optouts, &lua_direct_common, &lua_conv_common, &lua_conv_queue,
              &lua_conv_team, &lua_conv_tags, &lua_person_common, &lua_conv_hand}};

void inbox_note(struct inbox *b, uint32_t id, const struct inbox_actor *who, struct slice text,
                store_done_cb *cb, void *arg)
{
    struct call *c = call_begin(b->store, &note_script);
    inbox_begin(c, id, who);
    call_text(c, call_cut(text, INBOX_NOTE_BYTES_MAX));
    call_run(c, inbox_on_done, cb, arg);
}

/* ---- handing over ---- */

static void on_handed(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int r = inbox_read_done(reply, &e);
    if (r == 0 && call_says(reply, "nowhere"))
        r = err_set(&e, ERR_INVALID, "there is no such group; `muster group list` shows them");
    call_back(c, inbox_handed_cb)(c->arg, r, r ? 0 : (uint32_t)redis_int(redis_at(reply, 1), 0),
                                  r ? &e : NULL);
}

void inbox_hand_over(struct inbox *b, uint32_t id, const struct inbox_actor *who,
                     const struct inbox_hand *hand, inbox_handed_cb *cb, void *arg)
{
    static const char *const to[] = {"member", "group", "organisers"};
    check((size_t)hand->to < COUNT_OF(to));
    struct call *c = call_begin(b->store, &hand_script);
    inbox_begin(c, id, who);
    call_str(c, to[hand->to]);
    call_text(c, hand->whom);
    call_text(c, call_cut(hand->word, INBOX_NOTE_BYTES_MAX));
    call_i64(c, INBOX_HAND_MS);
    call_run(c, on_handed, cb, arg);
}

/* ---- drafts ---- */

static void on_draft(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int r = inbox_read_done(reply, &e);
    if (r == 0 && call_says(reply, "full"))
        r = err_set(&e, ERR_CONFLICT,
                    "eight others have begun an answer here: this draft is not kept");
    call_back(c, store_done_cb)(c->arg, r, r ? &e : NULL);
}

void inbox_draft(struct inbox *b, uint32_t id, const struct inbox_actor *who, struct slice draft,
                 store_done_cb *cb, void *arg)
{
    check(draft.n <= INBOX_DRAFT_BYTES_MAX);
    struct call *c = call_begin(b->store, &draft_script);
    inbox_begin(c, id, who);
    call_text(c, draft);
    call_run(c, on_draft, cb, arg);
}

/* ---- how many wait ---- */

static void on_waiting(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int r = call_failed(reply, &e);
    const struct inbox_waiting w = {
        .waiting = (uint32_t)redis_int(redis_at(reply, 0), 0),
        .overdue = (uint32_t)redis_int(redis_at(reply, 1), 0),
        .held = (uint32_t)redis_int(redis_at(reply, 2), 0),
        .since_ms = redis_int(redis_at(reply, 3), 0),
    };
    call_back(c, inbox_waiting_cb)(c->arg, r, r ? NULL : &w, r ? &e : NULL);
}

void inbox_count_waiting(struct inbox *b, const struct inbox_actor *who, inbox_waiting_cb *cb,
                         void *arg)
{
    struct call *c = call_begin(b->store, &waiting_script);
    call_prefix(c);
    call_groups(c, &who->groups, SLICE_NONE);
    call_i64(c, who->now_ms);
    call_i64(c, b->target_ms);
    struct buf targets = BUF_INIT(GROUPS_TARGETS_BYTES_MAX);
    groups_targets(b->groups, &who->groups, &targets);
    call_text(c, buf_slice(&targets));
    call_run(c, on_waiting, cb, arg);
    buf_done(&targets);
}
