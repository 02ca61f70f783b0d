#include "store/place.h"

#include <stdlib.h>

#include "store/call.h"
#include "store/lua_scripts.h"

static const struct script put_script = {.name = "place_put",
                                         .parts = {&lua_follow_changed, &lua_audit, &lua_events,
                                                   &lua_group_appear, &lua_place_common,
                                                   &lua_place_put}};
static const struct script remove_script = {.name = "place_remove",
                                            .parts = {&lua_follow_changed, &lua_audit, &lua_events,
                                                      &lua_place_rooms, &lua_place_common,
                                                      &lua_place_remove}};
static const struct script sweep_script = {
    .name = "place_sweep",
    .parts = {&lua_follow_changed, &lua_audit, &lua_events, &lua_place_common, &lua_place_sweep}};

static struct call *begin(struct store *s, const struct script *script, struct slice by,
                          const struct group_set *groups, int64_t now_ms)
{
    struct call *c = call_begin(s, script);
    call_prefix(c);
    call_i64(c, now_ms);
    call_text(c, by);
    call_groups(c, groups, SLICE_NONE);
    return c;
}

/* ---- writing ---- */

static const struct {
    const char *word;
    int code;
    const char *text;
} refusals[] = {
    {"missing", ERR_NOT_FOUND, "there is none of that number"},
    {"no_place", ERR_NOT_FOUND, "there is no such place"},
    {"not_yours", ERR_NOT_FOUND, "it is not of a group whose places you see to"},
    {"times", ERR_INVALID, "a session ends later than it starts"},
    {"long", ERR_INVALID, "a session is over within 7 days of its start"},
    {"full_place", ERR_LIMIT, "the place has 1000 sessions, and takes no more"},
    {"full", ERR_LIMIT, "there are as many as there can be; remove some that are over"},
};

static void read_refusal(const struct redisReply *reply, struct err *e)
{
    struct slice more = redis_str(redis_at(reply, 1));
    for (size_t i = 0; i < COUNT_OF(refusals); i++)
        if (call_says(reply, refusals[i].word)) {
            (void)err_set(e, refusals[i].code, "%s", refusals[i].text);
            return;
        }
    if (call_says(reply, "needs"))
        (void)err_set(e, ERR_INVALID, "'%.*s' is missing", SLICE_ARG(more));
    else if (call_says(reply, "code"))
        (void)err_set(e, ERR_EXISTS, "number %lld has that code already",
                      (long long)redis_int(redis_at(reply, 1), 0));
    else
        (void)err_set(e, ERR_INVALID, "it was not taken");
}

static void read_outcome(const struct redisReply *reply, struct place_outcome *ret)
{
    static const char *const words[] = {"made", "changed", "same"};
    *ret = (struct place_outcome){.did = PLACE_REFUSED};
    int i = slice_index(redis_str(redis_at(reply, 0)), words, COUNT_OF(words));
    if (i < 0) {
        read_refusal(reply, &ret->e);
        return;
    }
    ret->did = (enum place_did)i;
    ret->id = (uint32_t)redis_int(redis_at(reply, 1), 0);
}

static void on_written(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int rc = call_failed(reply, &e);
    size_t n = rc ? 0 : redis_count(reply);
    check(n <= PLACE_PAGE_MAX);
    struct place_outcome *list = xcalloc(n + 1, sizeof *list);
    for (size_t i = 0; i < n; i++)
        read_outcome(redis_at(reply, i), &list[i]);
    call_back(c, place_write_cb)(c->arg, rc, list, n, rc ? &e : NULL);
    free(list);
}

/* Its text, owned. */
static char *add_item(struct call *c, const struct place_item *item)
{
    char *text = json_dumps(item->said, JSON_COMPACT);
    check(text);
    call_str(c, item->is_session ? "session" : "place");
    if (item->id)
        call_u64(c, item->id);
    else
        call_str(c, "");
    call_str(c, text);
    return text;
}

void place_write(struct store *s, const struct place_writing *w, place_write_cb *cb, void *arg)
{
    char *texts[PLACE_PAGE_MAX]; /* the call borrows them until it runs */
    check(w->n >= 1 && w->n <= PLACE_PAGE_MAX);
    struct call *c = begin(s, &put_script, w->by, w->groups, w->now_ms);
    call_lasts(c);
    call_u64(c, PLACES_MAX);
    call_u64(c, SESSIONS_MAX);
    call_u64(c, SESSIONS_OF_PLACE_MAX);
    call_u64(c, SESSION_HOURS_MAX * UINT64_C(3600000));
    call_str(c, w->is_import ? "import" : "");
    for (size_t i = 0; i < w->n; i++)
        texts[i] = add_item(c, &w->items[i]);
    call_run(c, on_written, cb, arg);
    for (size_t i = 0; i < w->n; i++)
        free(texts[i]);
}

/* ---- removing ---- */

static int read_removed(const struct redisReply *reply, bool is_session, struct err *e)
{
    int rc = call_failed(reply, e);
    if (rc || call_says(reply, "ok")) return rc;
    if (!call_says(reply, "coming")) {
        read_refusal(reply, e);
        return e->code;
    }
    long long n = (long long)redis_int(redis_at(reply, 1), 0);
    if (is_session)
        return err_set(e, ERR_CONFLICT, "%lld %s coming to it: cancel it instead", n,
                       n == 1 ? "person is" : "people are");
    return err_set(e, ERR_CONFLICT, "the place has %lld %s to come: cancel or remove %s first", n,
                   n == 1 ? "session" : "sessions", n == 1 ? "it" : "those");
}

static void on_removed(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int rc = read_removed(reply, *(const bool *)call_kept(c), &e);
    call_back(c, store_done_cb)(c->arg, rc, rc ? &e : NULL);
}

void place_remove(struct store *s, const struct place_removing *what, store_done_cb *cb, void *arg)
{
    struct call *c = begin(s, &remove_script, what->by, what->groups, what->now_ms);
    call_lasts(c);
    call_keep(c, what->is_session);
    call_str(c, what->is_session ? "session" : "place");
    call_u64(c, what->id);
    call_run(c, on_removed, cb, arg);
}

static void on_swept(struct call *c, const struct redisReply *reply)
{
    int rc = call_failed(reply, NULL);
    call_back(c, place_sweep_cb)(c->arg, rc, rc ? 0 : (size_t)redis_int(reply, 0));
}

void place_sweep(struct store *s, int64_t before_ms, place_sweep_cb *cb, void *arg)
{
    static const struct group_set all = {.all = true};
    struct call *c = begin(s, &sweep_script, SLICE_NONE, &all, before_ms);
    call_i64(c, before_ms);
    call_u64(c, PLACE_PAGE_MAX);
    call_run(c, on_swept, cb, arg);
}
