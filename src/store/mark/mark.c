/* What this process knows of its store, and the check-in that compares it with the store itself. */
#include "mark.h"
#include "names.h"

#include "store/lua_scripts.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

static void check_in_prelude(struct buf *b)
{
    SCRIPT_NAMES(b, MARK_IN_KEYS);
    SCRIPT_NAMES(b, MARK_IN_ARGS);
    buf_addf(b, "local PEERS_MAX=%d\n", MARK_PEERS_MAX);
}

static const struct script check_in_script = {
    .name = "mark_check_in",
    .prelude = check_in_prelude,
    .parts = {&lua_audit, &lua_direct_again, &lua_mark_direct, &lua_mark_check_in}};

static const char *const backs[] = {
#define X(name, text) text,
    MARK_BACK_TABLE(X)
#undef X
};

/* ---- what is known ---- */

uint64_t mark_seen(const struct store *s)
{
    return store_mark((struct store *)s)->seen;
}

uint64_t mark_told(const struct store *s)
{
    return store_mark((struct store *)s)->told;
}

const char *mark_id(const struct store *s)
{
    return store_mark((struct store *)s)->id;
}

enum mark_stand mark_stand(const struct store *s)
{
    return store_mark((struct store *)s)->stand;
}

void mark_know(struct store *s, const char *id, uint64_t mark)
{
    struct mark *m = store_mark(s);
    check(strlen(id) < sizeof m->id);
    if (*id) (void)snprintf(m->id, sizeof m->id, "%s", id);
    if (mark > m->seen) m->seen = mark;
}

void mark_adopt(struct store *s)
{
    struct mark *m = store_mark(s);
    m->adopts = true;
    if (m->refused) m->refused(m->refused_arg);
}

bool mark_is_trusted(const struct store *s)
{
    const struct mark *m = store_mark((struct store *)s);
    return m->stand == MARK_STANDS || m->stand == MARK_TWIN || (m->stand == MARK_AWAY && !m->id[0]);
}

bool mark_is_shut(const struct store *s)
{
    return store_mark((struct store *)s)->shut;
}

void mark_leave(struct store *s)
{
    store_mark(s)->stand = MARK_AWAY;
    store_mark(s)->era++;
}

unsigned mark_era(const struct store *s)
{
    return store_mark((struct store *)s)->era;
}

void mark_on_refused(struct store *s, void (*cb)(void *arg), void *arg)
{
    store_mark(s)->refused = cb;
    store_mark(s)->refused_arg = arg;
}

/* ---- for the other calls of this layer ---- */

void mark_saw(struct store *s, const struct redisReply *mark)
{
    struct mark *m = store_mark(s);
    int64_t told = redis_int(mark, 0);
    m->told = told > 0 ? (uint64_t)told : 0;
    if (m->lasts && m->told > m->seen) m->seen = m->told;
}

void mark_key(struct call *c)
{
    call_key(c, "store");
}

void mark_args(struct call *c)
{
    const struct mark *m = store_mark(c->store);
    call_str(c, m->stand == MARK_STANDS ? m->id : "");
    call_u64(c, m->seen);
}

void mark_was_refused(struct store *s)
{
    struct mark *m = store_mark(s);
    m->stand = MARK_AWAY;
    if (m->refused) m->refused(m->refused_arg);
}

/* ---- checking in ---- */

/* The reply of mark_check_in.lua, in its order. */
enum { STAND, ID, MARK, BACK, SINCE, BY, HAD, SEEN, APPLY, WAITS, SHUT, LIFE, TWIN, PEERS };

static enum mark_stand stand_of(struct slice word)
{
    return slice_is(word, "stands")   ? MARK_STANDS
           : slice_is(word, "waits")  ? MARK_WAITS
           : slice_is(word, "behind") ? MARK_BEHIND
           : slice_is(word, "twin")   ? MARK_TWIN
                                      : MARK_BACK;
}

static enum mark_back back_of(struct slice word)
{
    int i = slice_index(word, backs, COUNT_OF(backs));
    return i < 0 ? MARK_EMPTY : (enum mark_back)i;
}

static struct mark_report report_of(const struct redisReply *reply)
{
    struct mark_report r = {
        .stand = stand_of(redis_str(redis_at(reply, STAND))),
        .mark = (uint64_t)redis_int(redis_at(reply, MARK), 0),
        .back = back_of(redis_str(redis_at(reply, BACK))),
        .since_ms = redis_int(redis_at(reply, SINCE), 0),
        .by = redis_str(redis_at(reply, BY)),
        .had = (uint64_t)redis_int(redis_at(reply, HAD), 0),
        .seen = (uint64_t)redis_int(redis_at(reply, SEEN), 0),
        .apply = redis_int(redis_at(reply, APPLY), 0) != 0,
        .waits_until_ms = redis_int(redis_at(reply, WAITS), 0),
    };
    for (size_t i = PEERS; i < redis_count(reply) && r.peer_count < MARK_PEERS_MAX; i++)
        r.peers[r.peer_count++] = redis_str(redis_at(reply, i));
    return r;
}

bool mark_is_ours(enum mark_stand stand)
{
    return stand == MARK_STANDS || stand == MARK_WAITS || stand == MARK_TWIN;
}

static void on_checked_in(struct call *c, const struct redisReply *reply)
{
    struct mark *m = store_mark(c->store);
    struct err e;
    mark_cb *cb = call_back(c, mark_cb);
    if (call_failed(reply, &e) < 0) {
        m->stand = MARK_AWAY;
        cb(c->arg, NULL, &e);
        return;
    }
    struct mark_report r = report_of(reply);
    m->stand = r.stand;
    m->shut = redis_int(redis_at(reply, SHUT), 0) != 0;
    m->life = redis_int(redis_at(reply, LIFE), 0);
    m->twin = redis_int(redis_at(reply, TWIN), 0) != 0;
    m->adopts = false;
    if (mark_is_ours(r.stand)) {
        struct slice id = redis_str(redis_at(reply, ID));
        if (!slice_is(id, m->id)) m->seen = 0;
        (void)snprintf(m->id, sizeof m->id, "%.*s", SLICE_ARG(id));
        if (m->lasts && r.mark > m->seen) m->seen = r.mark;
    }
    cb(c->arg, &r, NULL);
}

const char *mark_name(struct store *s, const char *instance)
{
    struct mark *m = store_mark(s);
    if (!m->twin) return instance;
    (void)snprintf(m->name, sizeof m->name, "%s#%lld", instance, (long long)m->life);
    return m->name;
}

const char *mark_new_id(char out[MARK_ID_BYTES])
{
    unsigned char bytes[(MARK_ID_BYTES - 1) / 2];
    check(getrandom(bytes, sizeof bytes, 0) == (ssize_t)sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++)
        (void)snprintf(out + 2 * i, 3, "%02x", bytes[i]);
    return out;
}

void mark_check_in(struct store *s, const struct mark_check_in *in, mark_cb *cb, void *arg)
{
    check(in->peer_count <= MARK_PEERS_MAX && strchr(in->instance, ' ') == NULL);
    char id[MARK_ID_BYTES];
    const struct mark *m = store_mark(s);
    struct call *c = call_begin(s, &check_in_script);
    mark_key(call_next_key(c, MARK_IN_KEY_STORE));
    call_key(call_next_key(c, MARK_IN_KEY_PEERS), "store:peers");
    call_key(call_next_key(c, MARK_IN_KEY_FORMER), "store:former");
    call_key(call_next_key(c, MARK_IN_KEY_AUDIT), "audit");
    call_key(call_next_key(c, MARK_IN_KEY_FENCES), "fence");
    call_key(call_next_key(c, MARK_IN_KEY_BOOK), "c:0");
    call_key(call_next_key(c, MARK_IN_KEY_BOOK_LEDGER), "c:0:l");
    call_key(call_next_key(c, MARK_IN_KEY_UNQUEUED), "dm:pending");
    call_key(call_next_key(c, MARK_IN_KEY_LIVES), "store:lives");
    call_now(call_next(c, MARK_IN_ARG_NOW));
    call_str(call_next(c, MARK_IN_ARG_INSTANCE), in->instance);
    call_str(call_next(c, MARK_IN_ARG_ID), m->id);
    call_u64(call_next(c, MARK_IN_ARG_SEEN), m->seen);
    call_str(call_next(c, MARK_IN_ARG_ADOPTS), m->adopts ? "1" : "");
    call_str(call_next(c, MARK_IN_ARG_NEW_ID), mark_new_id(id));
    call_str(call_next(c, MARK_IN_ARG_RUN), in->run);
    call_i64(call_next(c, MARK_IN_ARG_GRACE), in->grace_ms);
    if (m->life)
        call_i64(call_next(c, MARK_IN_ARG_LIFE), m->life);
    else
        call_str(call_next(c, MARK_IN_ARG_LIFE), "");
    call_str(call_next(c, MARK_IN_ARG_TWIN), m->twin ? "1" : "");
    for (size_t i = 0; i < in->peer_count; i++)
        call_text(call_next(c, MARK_IN_ARG_KNOWN + i), in->peers[i]);
    call_run(c, on_checked_in, cb, arg);
}
