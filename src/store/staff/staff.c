#include "store/staff.h"

#include "private.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "core/json.h"

enum { SWEEP_EVERY_US = 60 * 1000 * 1000, SWEEP_MAX = 100, LIST_BYTES_MAX = 8192 };

STAFF_TAKES(take_over_script, lua_staff_take_over);
STAFF_SCRIPT(sweep_script, lua_staff_sweep);
STAFF_TAKES(member_script, lua_staff_member);
STAFF_TAKES(session_script, lua_staff_session);
STAFF_TAKES(token_script, lua_staff_token);

/* ---- one way to ask ---- */

struct call *staff_begin(struct staff *s, const struct script *script, struct deed deed)
{
    struct call *c = call_begin(s->store, script);
    call_lasts(c);
    call_prefix(c);
    call_i64(c, deed.at_ms);
    call_text(c, deed.who);
    return c;
}

struct asked { /* waits until the copy here has it, too */
    staff_cb *cb;
    void *arg;
    char member[ROSTER_ID_BYTES_MAX + 1];
};

/* It is done, whatever the copy says: it hears of it later, as those of other processes do. */
static void on_caught_up(void *arg, int result, const struct err *e)
{
    (void)result, (void)e;
    struct asked a = *(struct asked *)arg;
    free(arg);
    a.cb(a.arg, 0, slice_of(a.member), NULL);
}

static int why_not(struct slice why, struct err *e)
{
    if (slice_is(why, "taken"))
        return err_set(e, ERR_EXISTS, "somebody else has that name; add a letter or a surname");
    if (slice_is(why, "nameless")) return err_set(e, ERR_INVALID, "a name is needed");
    if (slice_is(why, "number"))
        return err_set(e, ERR_EXISTS, "that number is somebody else's here");
    if (slice_is(why, "full"))
        return err_set(e, ERR_CONFLICT, "there are as many as there may be; end some first");
    if (slice_is(why, "invited"))
        return err_set(e, ERR_NOT_FOUND,
                       "they have not come in yet: their link was not used; `muster person link "
                       "NAME` makes another one");
    return err_set(e, ERR_NOT_FOUND, "that is not there, or not any more");
}

static void on_asked(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int r = call_failed(reply, &e);
    if (r == 0 && !call_says(reply, "ok")) r = why_not(redis_str(redis_at(reply, 1)), &e);
    staff_cb *cb = call_back(c, staff_cb);
    struct staff *s = *(struct staff *const *)call_kept(c);
    if (r < 0) {
        if (cb) cb(c->arg, r, SLICE_NONE, &e);
        return;
    }
    if (!cb) return;
    struct asked *a = xcalloc(1, sizeof *a);
    *a = (struct asked){.cb = cb, .arg = c->arg};
    (void)snprintf(a->member, sizeof a->member, "%.*s", SLICE_ARG(redis_str(redis_at(reply, 1))));
    follow_catch_up(s->follow, on_caught_up, a);
}

void staff_run(struct staff *s, struct call *c, staff_cb *cb, void *arg)
{
    call_keep(c, s);
    call_run(c, on_asked, cb, arg);
}

void staff_call_groups(struct call *c, const struct staff_groups *g, struct buf *room)
{
    buf_clear(room);
    buf_add_cstr(room, "");
    for (size_t i = 0; i < g->count && !g->everywhere; i++)
        buf_addf(room, "%s%s", i ? "," : "", g->list[i]);
    call_text(c, buf_slice(room));
    call_str(c, g->everywhere ? "1" : "");
}

/* ---- people of muster.yaml ---- */

struct taken {
    staff_taken_over_cb *cb;
    void *arg;
    struct staff_taken_over t;
};

static void on_taken_caught_up(void *arg, int result, const struct err *e)
{
    struct taken taken = *(struct taken *)arg;
    free(arg);
    taken.cb(taken.arg, result, &taken.t, e);
}

static void on_taken_over(struct call *c, const struct redisReply *reply)
{
    struct err e;
    struct staff *s = *(struct staff *const *)call_kept(c);
    staff_taken_over_cb *cb = call_back(c, staff_taken_over_cb);
    int r = call_failed(reply, &e);
    if (r < 0) {
        cb(c->arg, r, NULL, &e);
        return;
    }
    struct taken *t = xcalloc(1, sizeof *t);
    *t = (struct taken){cb,
                        c->arg,
                        {redis_int(redis_at(reply, 0), 0), redis_int(redis_at(reply, 1), 0),
                         redis_int(redis_at(reply, 2), 0)}};
    follow_catch_up(s->follow, on_taken_caught_up, t);
}

void staff_take_over(struct staff *s, const struct staff_person *people, size_t n, int64_t now_ms,
                     staff_taken_over_cb *cb, void *arg)
{
    check(n <= STAFF_TAKE_OVER_MAX);
    struct buf *lists = xcalloc(n + 1, sizeof *lists); /* arguments are borrowed until it runs */
    struct call *c = staff_begin(s, &take_over_script, deed_of(SLICE_LIT("muster.yaml"), now_ms));
    for (size_t i = 0; i < n; i++) {
        const struct staff_groups g = {people[i].groups, people[i].group_count,
                                       people[i].everywhere};
        buf_init(&lists[i], LIST_BYTES_MAX);
        call_str(c, people[i].name);
        call_str(c, role_to_string(people[i].role));
        staff_call_groups(c, &g, &lists[i]);
        call_text(c, people[i].token);
    }
    call_keep(c, s);
    call_run(c, on_taken_over, cb, arg);
    for (size_t i = 0; i < n; i++)
        buf_done(&lists[i]);
    free(lists);
}

/* ---- changes ---- */

static struct call *begin(struct staff *s, const struct script *script, struct slice member,
                          const char *what, struct deed deed)
{
    struct call *c = staff_begin(s, script, deed);
    call_text(c, member);
    call_str(c, what);
    return c;
}

void staff_revoke(struct staff *s, struct slice id, struct deed deed, staff_cb *cb, void *arg)
{
    staff_run(s, begin(s, &member_script, id, "revoke", deed), cb, arg);
}

void staff_approve(struct staff *s, struct slice id, struct deed deed, staff_cb *cb, void *arg)
{
    staff_run(s, begin(s, &member_script, id, "approve", deed), cb, arg);
}

void staff_move(struct staff *s, struct slice id, enum role role, const struct staff_groups *groups,
                struct deed deed, staff_cb *cb, void *arg)
{
    struct buf list = BUF_INIT(LIST_BYTES_MAX);
    struct call *c = begin(s, &member_script, id, "move", deed);
    call_str(c, role_to_string(role));
    staff_call_groups(c, groups, &list);
    staff_run(s, c, cb, arg);
    buf_done(&list);
}

void staff_set_number(struct staff *s, struct slice id, uint64_t number, struct deed deed,
                      staff_cb *cb, void *arg)
{
    struct call *c = begin(s, &member_script, id, "number", deed);
    if (number)
        call_u64(c, number);
    else
        call_str(c, "");
    staff_run(s, c, cb, arg);
}

void staff_begin_session(struct staff *s, struct slice id, const struct staff_visit *v,
                         int64_t now_ms, staff_cb *cb, void *arg)
{
    struct call *c = begin(s, &session_script, id, "begin", deed_of(v->by, now_ms));
    call_text(c, v->session);
    call_i64(c, v->until_ms);
    call_text(c, v->device);
    call_text(c, v->address);
    staff_run(s, c, cb, arg);
}

void staff_end_session(struct staff *s, struct slice id, struct slice hash, struct deed deed,
                       staff_cb *cb, void *arg)
{
    struct call *c = begin(s, &session_script, id, "end", deed);
    call_text(c, hash);
    staff_run(s, c, cb, arg);
}

void staff_end_sessions(struct staff *s, struct slice id, struct slice but, struct deed deed,
                        staff_cb *cb, void *arg)
{
    struct call *c = begin(s, &session_script, id, "end_others", deed);
    call_text(c, but);
    staff_run(s, c, cb, arg);
}

void staff_seen(struct staff *s, struct slice id, struct slice hash, int64_t now_ms)
{
    struct call *c = begin(s, &session_script, id, "seen", deed_of(SLICE_NONE, now_ms));
    call_text(c, hash);
    staff_run(s, c, NULL, NULL);
}

void staff_add_token(struct staff *s, const struct staff_new_token *t, struct deed deed,
                     staff_cb *cb, void *arg)
{
    struct call *c = begin(s, &token_script, t->member, "add", deed);
    call_text(c, t->hash);
    call_text(c, t->name);
    call_text(c, t->scopes);
    call_i64(c, t->until_ms);
    staff_run(s, c, cb, arg);
}

void staff_end_token(struct staff *s, struct slice id, struct slice hash, struct deed deed,
                     staff_cb *cb, void *arg)
{
    struct call *c = begin(s, &token_script, id, "end", deed);
    call_text(c, hash);
    staff_run(s, c, cb, arg);
}

/* ---- life ---- */

struct swept {
    store_done_cb *cb;
    void *arg;
};

static void on_swept_caught_up(void *arg, int result, const struct err *e)
{
    struct swept s = *(struct swept *)arg;
    free(arg);
    s.cb(s.arg, result, e);
}

static void on_swept(struct call *c, const struct redisReply *reply)
{
    struct err e;
    struct staff *s = *(struct staff *const *)call_kept(c);
    int r = call_failed(reply, &e);
    if (r < 0) {
        call_back(c, store_done_cb)(c->arg, r, &e);
        return;
    }
    struct swept *w = xcalloc(1, sizeof *w);
    *w = (struct swept){call_back(c, store_done_cb), c->arg};
    follow_catch_up(s->follow, on_swept_caught_up, w);
}

void staff_sweep(struct staff *s, int64_t now_ms, store_done_cb *cb, void *arg)
{
    struct call *c = staff_begin(s, &sweep_script, deed_of(SLICE_LIT("muster"), now_ms));
    call_u64(c, SWEEP_MAX);
    call_keep(c, s);
    call_run(c, cb ? on_swept : NULL, cb, arg);
}

static void on_sweep(void *arg)
{
    struct staff *s = arg;
    staff_sweep(s, clock_wall_ms(), NULL, NULL);
    loop_timer_in(s->sweep, SWEEP_EVERY_US);
}

static void take(void *arg, size_t hash, struct slice id, struct slice record)
{
    struct staff *s = arg;
    roster_take(s->roster, (enum roster_kind)hash, id, record);
}

struct staff *staff_new(struct loop *l, struct store *store)
{
    struct staff *s = xcalloc(1, sizeof *s);
    const struct follow_config config = {
        .loop = l,
        .store = store,
        .stream = "staff:changes",
        .hashes = {"staff:members", "staff:tokens", "staff:sessions"}, /* as enum roster_kind */
        .take = take,
        .arg = s,
    };
    s->store = store;
    s->roster = roster_new();
    s->follow = follow_new(&config);
    s->sweep = loop_timer_new(l, on_sweep, s);
    loop_timer_in(s->sweep, SWEEP_EVERY_US);
    return s;
}

void staff_free(struct staff *s)
{
    if (!s) return;
    loop_timer_free(s->sweep);
    follow_free(s->follow);
    roster_free(s->roster);
    free(s);
}

const struct roster *staff_roster(const struct staff *s)
{
    return s->roster;
}

bool staff_is_read(const struct staff *s)
{
    return follow_is_read(s->follow);
}
