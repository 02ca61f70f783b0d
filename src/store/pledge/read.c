/* Who comes to a session, and to whom a text is due. */
#include "private.h"

#include <stdlib.h>

#include "core/json.h"
#include "store/inbox.h"

enum { PUT_OFF_MS = 5000 };

static const struct script page_script = PLEDGE_SCRIPT("pledge_page", lua_pledge_page);
static const struct script due_script = PLEDGE_SCRIPT("pledge_due", lua_pledge_due);
static const struct script untold_script = PLEDGE_SCRIPT("pledge_untold", lua_pledge_untold);
static const struct script sessions_script = PLEDGE_SCRIPT("pledge_sessions", lua_pledge_sessions);
static const struct script tell_script = {
    .name = "pledge_tell",
    .parts = {&lua_direct_common, &lua_conv_common, &lua_events, &lua_follow_changed,
              &lua_place_rooms, &lua_pledge_common, &lua_pledge_tell}};

static const char *const notices[] = {
#define X(name, text) text,
    PLEDGE_NOTICES(X)
#undef X
};

/* ---- a record ---- */

/* Borrows from the record. */
static bool read_pledge(const json_t *record, uint32_t session, uint32_t number, struct pledge *p)
{
    *p = (struct pledge){.session = session,
                         .number = number,
                         .person = json_slice(json_object_get(record, "p")),
                         .group = json_slice(json_object_get(record, "g")),
                         .name = json_slice(json_object_get(record, "l")),
                         .by = json_slice(json_object_get(record, "b")),
                         .at_ms = (int64_t)json_number_value(json_object_get(record, "t"))};
    return pledge_state_from_string(json_slice(json_object_get(record, "s")), &p->state) &&
           pledge_way_from_string(json_slice(json_object_get(record, "y")), &p->way);
}

static json_t *load(struct slice text)
{
    return text.n ? json_loadb(text.p, text.n, 0, NULL) : NULL;
}

/* ---- a page of a session ---- */

/* What is read of a reply, until it is told. */
struct page {
    struct place *place;
    struct session *session;
    size_t n;
    uint32_t next;
    struct pledge list[PLEDGE_PAGE_MAX];
    json_t *records[PLEDGE_PAGE_MAX];
};

static void page_done(struct page *p)
{
    for (size_t i = 0; i < p->n; i++)
        json_decref(p->records[i]);
    free(p->place);
    free(p->session);
    free(p);
}

static void read_records(struct page *p, uint32_t session, const struct redisReply *list)
{
    for (size_t i = 0; i + 1 < redis_count(list) && p->n < PLEDGE_PAGE_MAX; i += 2) {
        json_t *record = load(redis_str(redis_at(list, i + 1)));
        uint32_t number = (uint32_t)redis_int(redis_at(list, i), 0);
        if (record && read_pledge(record, session, number, &p->list[p->n]))
            p->records[p->n++] = record;
        else
            json_decref(record);
    }
}

/* Of a session and its place; both NULL when either is gone. */
static void read_where(const struct redisReply *reply, size_t at, uint32_t id,
                       struct session **ret_session, struct place **ret_place)
{
    struct session *session = session_read(id, redis_str(redis_at(reply, at)));
    struct place *place =
        session ? place_read(session->place, redis_str(redis_at(reply, at + 1))) : NULL;
    if (!place) {
        free(session);
        session = NULL;
    }
    *ret_session = session;
    *ret_place = place;
}

/* Returns owned. */
static struct page *read_page(const struct redisReply *reply, uint32_t session)
{
    struct page *p = xcalloc(1, sizeof *p);
    read_where(reply, 0, session, &p->session, &p->place);
    if (!p->session) return p;
    session_rooms_read(p->session, redis_str(redis_at(reply, 2)));
    p->next = (uint32_t)redis_int(redis_at(reply, 3), 0);
    read_records(p, session, redis_at(reply, 4));
    return p;
}

static struct call *ask_page(struct store *s, const struct script *script, uint32_t session,
                             uint32_t after, uint64_t count, int64_t now_ms)
{
    struct call *c = pledge_call(s, script, now_ms);
    c->id = session;
    call_u64(c, session);
    call_u64(c, (uint64_t)after + 1);
    call_u64(c, count);
    return c;
}

static void on_page(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int r = call_failed(reply, &e);
    struct page *p = read_page(reply, c->id);
    const bool *one = call_kept(c);
    if (r == 0 && (!p->session || (*one && p->n == 0)))
        r = err_set(&e, ERR_NOT_FOUND, "there is no such session or pledge");
    const struct pledge_view view = {p->place, p->session, p->list, p->n, *one ? 0 : p->next};
    call_back(c, pledge_view_cb)(c->arg, r, r ? NULL : &view, r ? &e : NULL);
    page_done(p);
}

void pledge_page(struct store *s, uint32_t session, uint32_t after, int64_t now_ms,
                 pledge_view_cb *cb, void *arg)
{
    struct call *c = ask_page(s, &page_script, session, after, PLEDGE_PAGE_MAX, now_ms);
    call_keep(c, (bool){false});
    call_run(c, on_page, cb, arg);
}

void pledge_find(struct store *s, uint32_t session, uint32_t number, int64_t now_ms,
                 pledge_view_cb *cb, void *arg)
{
    check(number > 0);
    struct call *c = ask_page(s, &page_script, session, number - 1, 1, now_ms);
    call_keep(c, (bool){true});
    call_run(c, on_page, cb, arg);
}

/* ---- to whom a text is due ---- */

static void on_due(struct call *c, const struct redisReply *reply)
{
    struct err e;
    struct pledge_due list[PLEDGE_PAGE_MAX];
    int r = call_failed(reply, &e);
    const enum pledge_notice *notice = call_kept(c);
    struct page *p = read_page(reply, c->id);
    for (size_t i = 0; i < p->n; i++)
        list[i] = (struct pledge_due){p->list[i], *notice, p->session, p->place};
    call_back(c, pledge_due_cb)(c->arg, r, list, p->n, p->next);
    page_done(p);
}

void pledge_due(struct store *s, uint32_t session, enum pledge_notice notice, int64_t due_ms,
                uint32_t after, int64_t now_ms, pledge_due_cb *cb, void *arg)
{
    struct call *c = ask_page(s, &due_script, session, after, PLEDGE_TELL_MAX, now_ms);
    call_str(c, notices[notice]);
    call_i64(c, due_ms);
    call_keep(c, notice);
    call_run(c, on_due, cb, arg);
}

struct untold {
    struct session *session;
    struct place *place;
    json_t *record;
};

static bool read_untold(const struct redisReply *reply, struct untold *u, struct pledge_due *ret)
{
    uint32_t session = (uint32_t)redis_int(redis_at(reply, 0), 0);
    read_where(reply, 1, session, &u->session, &u->place);
    u->record = load(redis_str(redis_at(reply, 4)));
    *ret = (struct pledge_due){.session = u->session, .place = u->place};
    int notice =
        slice_index(json_slice(json_object_get(u->record, "tell")), notices, COUNT_OF(notices));
    ret->notice = (enum pledge_notice)notice;
    return u->session && notice >= 0 &&
           read_pledge(u->record, session, (uint32_t)redis_int(redis_at(reply, 3), 0),
                       &ret->pledge);
}

static void on_untold(struct call *c, const struct redisReply *reply)
{
    struct err e;
    struct untold rooms[PLEDGE_TELL_MAX];
    struct pledge_due list[PLEDGE_TELL_MAX];
    int r = call_failed(reply, &e);
    size_t all = r ? 0 : redis_count(reply), n = 0;
    check(all <= PLEDGE_TELL_MAX);
    memset(rooms, 0, sizeof rooms);
    for (size_t i = 0; i < all; i++)
        if (read_untold(redis_at(reply, i), &rooms[i], &list[n])) n++;
    call_back(c, pledge_due_cb)(c->arg, r, list, n, 0);
    for (size_t i = 0; i < all; i++) {
        free(rooms[i].session);
        free(rooms[i].place);
        json_decref(rooms[i].record);
    }
}

void pledge_untold(struct store *s, int64_t now_ms, pledge_due_cb *cb, void *arg)
{
    struct call *c = pledge_call(s, &untold_script, now_ms);
    call_u64(c, PLEDGE_TELL_MAX);
    call_u64(c, PUT_OFF_MS);
    call_run(c, on_untold, cb, arg);
}

/* ---- they are told ---- */

static void on_told(struct call *c, const struct redisReply *reply)
{
    uint32_t indexes[PLEDGE_TELL_MAX];
    int r = call_failed(reply, NULL);
    size_t n = r ? 0 : redis_count(reply);
    check(n <= PLEDGE_TELL_MAX);
    for (size_t i = 0; i < n; i++)
        indexes[i] = (uint32_t)redis_int(redis_at(reply, i), 0);
    call_back(c, pledge_told_cb)(c->arg, r, indexes, n);
}

void pledge_tell(struct store *s, const struct pledge_text *list, size_t n, int64_t now_ms,
                 pledge_told_cb *cb, void *arg)
{
    check(n > 0 && n <= PLEDGE_TELL_MAX);
    struct call *c = pledge_call(s, &tell_script, now_ms);
    call_lasts(c);
    call_u64(c, INBOX_MESSAGES_MAX);
    call_u64(c, PLEDGE_TEXTS_MAX);
    for (const struct pledge_text *one = list; one < list + n; one++) {
        call_u64(c, one->session);
        call_u64(c, one->number);
        call_str(c, notices[one->notice]);
        call_text(c, one->text);
        call_i64(c, one->later_ms);
        call_text(c, one->gateway);
        call_text(c, one->sender);
    }
    call_run(c, on_told, cb, arg);
}

/* ---- sessions that people come to ---- */

static uint64_t digest(uint64_t hash, struct slice text)
{
    for (size_t i = 0; i < text.n; i++)
        hash = (hash ^ (unsigned char)text.p[i]) * UINT64_C(1099511628211);
    return hash;
}

static void on_sessions(struct call *c, const struct redisReply *reply)
{
    struct pledge_session list[PLEDGE_SESSIONS_PAGE];
    struct session *sessions[PLEDGE_SESSIONS_PAGE];
    struct place *places[PLEDGE_SESSIONS_PAGE];
    int r = call_failed(reply, NULL);
    size_t n = r ? 0 : redis_count(reply);
    check(n <= PLEDGE_SESSIONS_PAGE);
    for (size_t i = 0; i < n; i++) {
        const struct redisReply *one = redis_at(reply, i);
        uint32_t id = (uint32_t)redis_int(redis_at(one, 0), 0);
        read_where(one, 1, id, &sessions[i], &places[i]);
        if (sessions[i]) session_rooms_read(sessions[i], redis_str(redis_at(one, 3)));
        list[i] = (struct pledge_session){
            id, sessions[i], places[i],
            digest(UINT64_C(14695981039346656037), redis_str(redis_at(one, 1)))};
    }
    call_back(c, pledge_sessions_cb)(c->arg, r, list, n);
    for (size_t i = 0; i < n; i++) {
        free(sessions[i]);
        free(places[i]);
    }
}

void pledge_sessions(struct store *s, int64_t now_ms, uint32_t from, pledge_sessions_cb *cb,
                     void *arg)
{
    struct call *c = pledge_call(s, &sessions_script, now_ms);
    call_u64(c, from);
    call_u64(c, PLEDGE_SESSIONS_PAGE);
    call_run(c, on_sessions, cb, arg);
}
