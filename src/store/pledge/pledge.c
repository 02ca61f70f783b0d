#include "private.h"

#include "io/person_number.h"

static const char *const states[] = {
#define X(name, text) text,
    PLEDGE_STATES(X)
#undef X
};
static const char *const ways[] = {
#define X(name, text) text,
    PLEDGE_WAYS(X)
#undef X
};

static const struct script make_script = PLEDGE_SCRIPT("pledge_make", lua_pledge_make);
static const struct script cancel_script = PLEDGE_SCRIPT("pledge_cancel", lua_pledge_cancel);
static const struct script mark_script = PLEDGE_SCRIPT("pledge_mark", lua_pledge_mark);
static const struct script said_script = PLEDGE_NAMED_SCRIPT("pledge_said", lua_pledge_said);
static const struct script fill_script = PLEDGE_SCRIPT("pledge_fill", lua_pledge_fill);
static const struct script expire_script = PLEDGE_SCRIPT("pledge_expire", lua_pledge_expire);

const char *pledge_state_to_string(enum pledge_state state)
{
    check((unsigned)state < PLEDGE_STATE_COUNT);
    return states[state];
}

bool pledge_state_from_string(struct slice text, enum pledge_state *ret)
{
    int i = slice_index(text, states, COUNT_OF(states));
    if (i >= 0) *ret = (enum pledge_state)i;
    return i >= 0;
}

const char *pledge_way_to_string(enum pledge_way way)
{
    check((unsigned)way < PLEDGE_WAY_COUNT);
    return ways[way];
}

bool pledge_way_from_string(struct slice text, enum pledge_way *ret)
{
    int i = slice_index(text, ways, COUNT_OF(ways));
    if (i >= 0) *ret = (enum pledge_way)i;
    return i >= 0;
}

struct call *pledge_call(struct store *s, const struct script *script, int64_t now_ms)
{
    struct call *c = call_begin(s, script);
    call_prefix(c);
    call_i64(c, now_ms);
    return c;
}

/* ---- they come, they do not ---- */

static int read_refusal(const struct redisReply *reply, struct err *e)
{
    static const struct {
        const char *word;
        int result;
        const char *text;
    } table[] = {
        {"missing", ERR_NOT_FOUND, "there is no such session or pledge"},
        {"off", ERR_CONFLICT, "that session is cancelled"},
        {"over", ERR_CONFLICT, "that session is over"},
        {"full", ERR_LIMIT, "that session takes no more pledges"},
        {"many", ERR_LIMIT, "that person has pledged to as many sessions as we keep"},
        {"waits", ERR_CONFLICT, "they wait for a place: they can only have come all the same"},
        {"early", ERR_CONFLICT, "it has not begun: who came is said from an hour before the start"},
    };
    for (size_t i = 0; i < COUNT_OF(table); i++)
        if (call_says(reply, table[i].word))
            return err_set(e, table[i].result, "%s", table[i].text);
    return 0;
}

static void on_done(struct call *c, const struct redisReply *reply)
{
    struct err e;
    struct pledge_done d = {.session = c->id};
    int r = call_failed(reply, &e);
    if (r == 0) r = read_refusal(reply, &e);
    d.number = r ? 0 : (uint32_t)redis_int(redis_at(reply, 1), 0);
    d.again = call_says(reply, "again");
    if (r == 0 && !pledge_state_from_string(redis_str(redis_at(reply, 2)), &d.state))
        r = err_set(&e, ERR_UNREACHABLE, "Redis told of a pledge in no state that is known");
    call_back(c, pledge_cb)(c->arg, r, r ? NULL : &d, r ? &e : NULL);
}

static void call_person(struct call *c, uint64_t number, struct slice user_id)
{
    if (number)
        call_u64(c, person_number_canonical(number));
    else
        call_text(c, user_id);
}

void pledge_make(struct store *s, const struct pledge_ask *ask, int64_t now_ms, pledge_cb *cb,
                 void *arg)
{
    check(ask->person || ask->conversation || slice_starts(ask->user_id, "~"));
    static const struct group_set none;
    struct call *c = pledge_call(s, &make_script, now_ms);
    c->id = ask->session;
    call_lasts(c);
    call_u64(c, ask->session);
    call_person(c, ask->person, ask->user_id);
    call_text(c, ask->group);
    call_text(c, ask->by);
    call_str(c, pledge_way_to_string(ask->way));
    call_text(c, call_cut(ask->name, PLEDGE_NAME_BYTES_MAX));
    call_text(c, ask->gateway);
    call_text(c, ask->sender);
    call_u64(c, PLEDGES_OF_SESSION_MAX);
    call_u64(c, PLEDGES_OF_PERSON_MAX);
    call_u64(c, ask->campaign);
    call_u64(c, ask->index);
    call_u64(c, ask->conversation);
    call_groups(c, ask->groups ? ask->groups : &none, SLICE_NONE);
    call_run(c, on_done, cb, arg);
}

static struct call *of_pledge(struct store *s, const struct script *script, uint32_t session,
                              uint32_t number, int64_t now_ms)
{
    struct call *c = pledge_call(s, script, now_ms);
    c->id = session;
    call_lasts(c);
    call_u64(c, session);
    call_u64(c, number);
    return c;
}

void pledge_cancel(struct store *s, uint32_t session, uint32_t number, bool tells, struct deed deed,
                   pledge_cb *cb, void *arg)
{
    struct call *c = of_pledge(s, &cancel_script, session, number, deed.at_ms);
    call_text(c, deed.who);
    call_str(c, tells ? "1" : "");
    call_run(c, on_done, cb, arg);
}

void pledge_mark(struct store *s, uint32_t session, uint32_t number, enum pledge_state state,
                 struct deed deed, pledge_cb *cb, void *arg)
{
    check(state == PLEDGE_CAME || state == PLEDGE_MISSED || state == PLEDGE_COMING);
    struct call *c = of_pledge(s, &mark_script, session, number, deed.at_ms);
    call_str(c, pledge_state_to_string(state));
    call_text(c, deed.who);
    call_run(c, on_done, cb, arg);
}

/* ---- what they wrote ---- */

static void on_said(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int r = call_failed(reply, &e);
    c->id = r ? 0 : (uint32_t)redis_int(redis_at(reply, 4), 0);
    if (c->id && read_refusal(reply, &e) == 0)
        on_done(c, reply);
    else
        call_back(c, pledge_cb)(c->arg, r, NULL, r ? &e : NULL);
}

void pledge_said(struct store *s, uint32_t conversation, bool yes, struct slice message,
                 int64_t now_ms, pledge_cb *cb, void *arg)
{
    struct call *c = pledge_call(s, &said_script, now_ms);
    call_lasts(c);
    call_u64(c, conversation);
    call_str(c, yes ? "yes" : "cant");
    call_u64(c, PLEDGE_OFFER_YOUNG_MS);
    call_u64(c, PLEDGES_OF_SESSION_MAX);
    call_u64(c, PLEDGES_OF_PERSON_MAX);
    call_text(c, message);
    call_run(c, on_said, cb, arg);
}

void pledge_fill(struct store *s, uint32_t session, int64_t now_ms, store_done_cb *cb, void *arg)
{
    struct call *c = pledge_call(s, &fill_script, now_ms);
    call_lasts(c);
    call_u64(c, session);
    call_run(c, call_read_done, cb, arg);
}

/* ---- what goes ---- */

static void on_expired(struct call *c, const struct redisReply *reply)
{
    int r = call_failed(reply, NULL);
    call_back(c, pledge_expire_cb)(c->arg, r, r ? 0 : redis_int(reply, 0));
}

void pledge_expire(struct store *s, int64_t before_ms, int64_t now_ms, pledge_expire_cb *cb,
                   void *arg)
{
    struct call *c = pledge_call(s, &expire_script, now_ms);
    call_i64(c, before_ms);
    call_u64(c, PLEDGE_PAGE_MAX);
    call_run(c, on_expired, cb, arg);
}
