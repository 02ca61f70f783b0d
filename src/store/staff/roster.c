#include "store/roster.h"

#include "base/check.h"
#include "base/map.h"
#include "core/json.h"

#include <stdlib.h>

struct roster {
    struct map *kinds[ROSTER_KINDS]; /* id → record, each one allocation */
    struct map *by_name;             /* → struct staff_member */
};

static const char *const states[] = {
#define X(name, text) text,
    STAFF_STATE_TABLE(X)
#undef X
};

const char *staff_state_to_string(enum staff_state state)
{
    check((size_t)state < COUNT_OF(states));
    return states[state];
}

/* ---- reading a record ---- */

/* A record and all its texts are one allocation: the texts lie behind the struct. */
struct room {
    char *next;
};

static int64_t time_of(const json_t *o, const char *key)
{
    return (int64_t)json_number_value(json_object_get(o, key));
}

static const char *keep(struct room *room, struct slice s)
{
    char *at = room->next;
    if (s.n) memcpy(at, s.p, s.n);
    at[s.n] = '\0';
    room->next += s.n + 1;
    return at;
}

static const char *keep_text(struct room *room, const json_t *o, const char *key)
{
    return keep(room, json_slice_at(o, key));
}

/* Bytes that all texts of an object take, each with its NUL; of absent ones a NUL. */
static size_t text_bytes(const json_t *o)
{
    enum { TEXTS = 16 };
    size_t n = TEXTS;
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)o, key, value) n += json_slice(value).n + 1;
    return n;
}

static size_t count_groups(struct slice list)
{
    size_t n = 0;
    struct slice group;
    while (slice_cut(&list, ',', &group) && n < MEMBER_GROUPS_MAX)
        n += group.n > 0;
    return n;
}

static void keep_groups(struct room *room, const char **groups, struct slice list, struct member *m)
{
    struct slice group;
    m->groups = groups;
    while (m->group_count < MEMBER_GROUPS_MAX && slice_cut(&list, ',', &group))
        if (group.n) groups[m->group_count++] = keep(room, group);
}

static bool read_role(struct slice text, enum role *ret)
{
    for (int role = 0; role < ROLE_COUNT; role++)
        if (slice_is(text, role_to_string((enum role)role))) {
            *ret = (enum role)role;
            return true;
        }
    return false;
}

static void *read_member(struct slice id, const json_t *o)
{
    enum role role;
    int state = slice_index(json_slice_at(o, "state"), states, COUNT_OF(states));
    struct slice list = json_slice_at(o, "groups");
    if (state < 0 || json_slice_at(o, "name").n == 0 || !read_role(json_slice_at(o, "role"), &role))
        return NULL;
    size_t groups = count_groups(list) * sizeof(const char *);
    struct staff_member *m = xcalloc(1, sizeof *m + groups + id.n + 1 + text_bytes(o));
    struct room room = {(char *)(m + 1) + groups};
    m->is.id = keep(&room, id);
    m->is.name = keep_text(&room, o, "name");
    m->is.role = role;
    m->is.everywhere = role == ROLE_OWNER || json_is_true(json_object_get(o, "everywhere"));
    keep_groups(&room, (const char **)(m + 1), m->is.everywhere ? SLICE_NONE : list, &m->is);
    m->state = (enum staff_state)state;
    (void)slice_to_u64(json_slice_at(o, "number"), UINT64_MAX, &m->number);
    m->language = keep_text(&room, o, "language");
    m->by = keep_text(&room, o, "by");
    m->at_ms = time_of(o, "at");
    m->until_ms = time_of(o, "until");
    m->out_by = keep_text(&room, o, "out_by");
    m->out_ms = time_of(o, "out_at");
    return m;
}

static bool read_scopes(struct slice list, unsigned *ret)
{
    struct slice word;
    *ret = 0;
    while (slice_cut(&list, ',', &word)) {
        enum scope scope;
        if (!scope_from_string(word, &scope)) return false;
        *ret |= 1U << scope;
    }
    return true;
}

/* A scope that this Muster does not know must not become all of them. */
static void *read_token(struct slice id, const json_t *o)
{
    unsigned scopes = 0;
    struct slice list = json_slice_at(o, "scopes");
    if (json_slice_at(o, "member").n == 0 || (list.n && !read_scopes(list, &scopes))) return NULL;
    struct staff_token *t = xcalloc(1, sizeof *t + id.n + 1 + text_bytes(o));
    struct room room = {(char *)(t + 1)};
    t->id = keep(&room, id);
    t->member = keep_text(&room, o, "member");
    t->name = keep_text(&room, o, "name");
    t->by = keep_text(&room, o, "by");
    t->scopes = scopes;
    t->at_ms = time_of(o, "at");
    t->until_ms = time_of(o, "until");
    return t;
}

static void *read_session(struct slice id, const json_t *o)
{
    if (json_slice_at(o, "member").n == 0) return NULL;
    struct staff_session *s = xcalloc(1, sizeof *s + id.n + 1 + text_bytes(o));
    struct room room = {(char *)(s + 1)};
    s->id = keep(&room, id);
    s->member = keep_text(&room, o, "member");
    s->device = keep_text(&room, o, "device");
    s->address = keep_text(&room, o, "address");
    s->at_ms = time_of(o, "at");
    s->seen_ms = time_of(o, "seen");
    s->until_ms = time_of(o, "until");
    return s;
}

static void *read_record(enum roster_kind kind, struct slice id, struct slice record)
{
    static void *(*const readers[ROSTER_KINDS])(struct slice, const json_t *) = {
        read_member, read_token, read_session};
    json_t *o = record.p ? json_loadb(record.p, record.n, JSON_REJECT_DUPLICATES, NULL) : NULL;
    void *made = json_is_object(o) ? readers[kind](id, o) : NULL;
    json_decref(o);
    return made;
}

/* ---- the copy ---- */

static void forget_name(struct roster *r, const struct staff_member *m)
{
    struct slice name = slice_of(m->is.name);
    if (map_get(r->by_name, name) == m) (void)map_del(r->by_name, name);
}

void roster_take(struct roster *r, enum roster_kind kind, struct slice id, struct slice record)
{
    check(kind < ROSTER_KINDS);
    bool fits = id.n > 0 && id.n <= ROSTER_ID_BYTES_MAX;
    void *now = fits ? read_record(kind, id, record) : NULL;
    void *was = now ? map_put(r->kinds[kind], id, now) : map_del(r->kinds[kind], id);
    if (kind == ROSTER_MEMBERS) {
        if (was) forget_name(r, was);
        struct staff_member *m = now;
        if (m) (void)map_put(r->by_name, slice_of(m->is.name), m);
    }
    free(was);
}

struct roster *roster_new(void)
{
    struct roster *r = xcalloc(1, sizeof *r);
    for (size_t i = 0; i < ROSTER_KINDS; i++)
        r->kinds[i] = map_new();
    r->by_name = map_new();
    return r;
}

static const void *next(const struct roster *r, enum roster_kind kind, size_t *pos)
{
    struct slice id;
    void *record;
    return map_next(r->kinds[kind], pos, &id, &record) ? record : NULL;
}

void roster_free(struct roster *r)
{
    if (!r) return;
    for (size_t i = 0; i < ROSTER_KINDS; i++) {
        size_t pos = 0;
        struct slice id;
        void *record;
        while (map_next(r->kinds[i], &pos, &id, &record))
            free(record);
        map_free(r->kinds[i]);
    }
    map_free(r->by_name);
    free(r);
}

const struct staff_member *roster_member(const struct roster *r, struct slice id)
{
    return map_get(r->kinds[ROSTER_MEMBERS], id);
}

const struct staff_member *roster_named(const struct roster *r, struct slice name)
{
    return map_get(r->by_name, name);
}

const struct staff_token *roster_token(const struct roster *r, struct slice id)
{
    return map_get(r->kinds[ROSTER_TOKENS], id);
}

const struct staff_session *roster_session(const struct roster *r, struct slice id)
{
    return map_get(r->kinds[ROSTER_SESSIONS], id);
}

bool staff_is_in(const struct staff_member *m, int64_t now_ms)
{
    return m && m->state == STAFF_IN && (m->until_ms == 0 || now_ms < m->until_ms);
}

const struct staff_member *roster_next_member(const struct roster *r, size_t *pos)
{
    return next(r, ROSTER_MEMBERS, pos);
}

const struct staff_token *roster_next_token(const struct roster *r, size_t *pos)
{
    return next(r, ROSTER_TOKENS, pos);
}

const struct staff_session *roster_next_session(const struct roster *r, size_t *pos)
{
    return next(r, ROSTER_SESSIONS, pos);
}

size_t roster_count(const struct roster *r, enum roster_kind kind)
{
    return map_count(r->kinds[kind]);
}
