/* Creating and freezing, and what all parts of the audience store share. */
#include "private.h"

#include "store/lua_scripts.h"

#include <jansson.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    SWEEP_BEFORE_CREATE = 4,
    /* A small hash of up to 512 entries is packed by Redis (hash-max-listpack-entries), 9 to 12
     * bytes a number, and searched from its start: 64 keeps that search short. */
    ROWS_PER_BUCKET = 64,
    ROWS_EXPECTED_OTHERWISE = 100000,
    BUCKETS_MAX = 1 << 18,
};

struct audience_store *audience_store_new(struct redis *r, const char *prefix)
{
    check(strlen(prefix) <= AUDIENCE_PREFIX_BYTES_MAX);
    struct audience_store *s = xcalloc(1, sizeof *s);
    s->redis = r;
    s->prefix = xstrdup(prefix);
    s->create = redis_script_new("audience_create", lua_audience_create);
    s->rows = redis_script_new("audience_rows", lua_audience_rows);
    s->freeze = redis_script_new("audience_freeze", lua_audience_freeze);
    s->unname = redis_script_new("audience_unname", lua_audience_unname);
    return s;
}

void audience_store_free(struct audience_store *s)
{
    if (!s) return;
    redis_script_free(s->create);
    redis_script_free(s->rows);
    redis_script_free(s->freeze);
    redis_script_free(s->unname);
    free(s->prefix);
    free(s);
}

struct slice audience_key(const struct audience_store *s, struct audience_key *k, const char *fmt,
                          ...)
{
    size_t n = strlen(s->prefix);
    memcpy(k->text, s->prefix, n);
    va_list ap;
    va_start(ap, fmt);
    int more = vsnprintf(k->text + n, sizeof k->text - n, fmt, ap);
    va_end(ap);
    check(more >= 0 && (size_t)more < sizeof k->text - n);
    return slice_make(k->text, n + (size_t)more);
}

int audience_reply_error(const struct redisReply *reply, struct err *e)
{
    struct slice text;
    if (!reply)
        return err_set(e, ERR_UNREACHABLE,
                       "Redis did not answer, so it is not known whether it was done: try again "
                       "when Redis is back (the same step may be repeated)");
    if (redis_is_error(reply, &text))
        return err_set(e, ERR_UNREACHABLE, "Redis refused for now: %.*s", SLICE_ARG(text));
    return 0;
}

int audience_not_found(uint32_t id, struct err *e)
{
    return err_set(e, ERR_NOT_FOUND,
                   "no audience %" PRIu32 ": `muster audience list` shows what there is", id);
}

/* ---- creating ---- */

static bool has_control_or_slash(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f || s.p[i] == '/') return true;
    return false;
}

static int check_name(struct slice name, struct err *e)
{
    uint64_t ignored;
    if (name.n == 0 || name.n > AUDIENCE_NAME_BYTES_MAX)
        return err_set(e, ERR_INVALID, "name: an audience's name has 1 to %d bytes",
                       AUDIENCE_NAME_BYTES_MAX);
    if (has_control_or_slash(name) || !slice_is_utf8(name, NULL))
        return err_set(e, ERR_INVALID,
                       "name: no '/', no control characters, and well-formed UTF-8");
    if (slice_to_u64(name, UINT64_MAX, &ignored))
        return err_set(e, ERR_INVALID, "name: '%.*s' would look like an audience's id: add a word",
                       SLICE_ARG(name));
    return 0;
}

static int check_group(struct slice group, struct err *e)
{
    if (group.n > 64 || slice_is(group, "all"))
        return err_set(e, ERR_INVALID,
                       "group: 1 to 64 characters, and not 'all', which means every group");
    for (size_t i = 0; i < group.n; i++) {
        char c = group.p[i];
        bool ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  (c && strchr("-_.", c));
        if (!ok)
            return err_set(e, ERR_INVALID,
                           "group: only letters, digits, '-', '_' and '.' in '%.*s'",
                           SLICE_ARG(group));
    }
    return 0;
}

static int check_country(struct slice country, struct err *e)
{
    if (country.n == 0) return 0;
    bool ok = country.n == 2 && country.p[0] >= 'A' && country.p[0] <= 'Z' && country.p[1] >= 'A' &&
              country.p[1] <= 'Z';
    return ok ? 0
              : err_set(e, ERR_INVALID, "country: two capital letters such as GB, not '%.*s'",
                        SLICE_ARG(country));
}

static int check_columns(const struct slice *columns, size_t count, struct err *e)
{
    if (count > AUDIENCE_COLUMNS_MAX)
        return err_set(e, ERR_LIMIT, "columns: %zu, and there may be %d", count,
                       AUDIENCE_COLUMNS_MAX);
    for (size_t i = 0; i < count; i++) {
        if (columns[i].n == 0 || !slice_is_utf8(columns[i], NULL))
            return err_set(e, ERR_INVALID,
                           "columns: column %zu has no name, or one that is not UTF-8", i + 1);
        for (size_t j = 0; j < i; j++)
            if (slice_eq(columns[i], columns[j]))
                return err_set(e, ERR_INVALID, "columns: '%.*s' is there twice: rename one",
                               SLICE_ARG(columns[i]));
    }
    return 0;
}

static int check_draft(const struct audience_draft *d, struct err *e)
{
    int r = check_name(d->name, e);
    if (r == 0) r = check_group(d->group, e);
    if (r == 0) r = check_country(d->country, e);
    return r ? r : check_columns(d->columns, d->column_count, e);
}

/* The bucket is the number modulo this; numbers are decimal and often end alike, so the count must
 * share no factor with ten, or some buckets would stay empty. */
static uint32_t buckets_for(uint64_t rows)
{
    uint64_t n = (rows ? rows : ROWS_EXPECTED_OTHERWISE) / ROWS_PER_BUCKET;
    if (n > BUCKETS_MAX) n = BUCKETS_MAX;
    n |= 1;
    return (uint32_t)(n % 5 == 0 ? n + 2 : n);
}

static char *columns_json(const struct slice *columns, size_t count)
{
    json_t *a = json_array();
    for (size_t i = 0; i < count; i++)
        check(json_array_append_new(a, json_stringn(columns[i].p, columns[i].n)) == 0);
    char *text = json_dumps(a, JSON_COMPACT);
    check(text != NULL);
    json_decref(a);
    return text;
}

/* A call that waits for its answer. */
struct making {
    struct audience_store *store;
    audience_info_cb *cb;
    void *arg;
    uint32_t id;
    int64_t now_ms;
    /* of a draft, owned */
    char *name, *group, *country, *columns;
    size_t column_count;
    uint32_t buckets;
};

static void making_free(struct making *m)
{
    free(m->name);
    free(m->group);
    free(m->country);
    free(m->columns);
    free(m);
}

static void making_failed(struct making *m, int result, const struct err *e)
{
    m->cb(m->arg, result, NULL, e);
    making_free(m);
}

static void on_created(void *arg, const struct redisReply *reply)
{
    struct making *m = arg;
    struct err e;
    int r = audience_reply_error(reply, &e);
    if (r == 0 && slice_is(redis_str(redis_at(reply, 0)), "exists"))
        r = err_set(
            &e, ERR_EXISTS,
            "there is an audience called '%s' already: choose another name, or delete it first",
            m->name);
    if (r < 0) {
        making_failed(m, r, &e);
        return;
    }
    audience_load(m->store, (uint32_t)redis_int(redis_at(reply, 1), 0), m->cb, m->arg);
    making_free(m);
}

static void create_now(void *arg, int swept, const struct err *swept_e)
{
    /* a failed sweep does not stop a creation, which says itself what is wrong */
    (void)swept, (void)swept_e;
    struct making *m = arg;
    struct audience_key counter, names, drafts, audiences;
    char until[24], created[24], width[24], buckets[24];
    (void)snprintf(until, sizeof until, "%" PRId64, m->now_ms + AUDIENCE_DRAFT_TTL_MS);
    (void)snprintf(created, sizeof created, "%" PRId64, m->now_ms);
    (void)snprintf(width, sizeof width, "%zu", m->column_count);
    (void)snprintf(buckets, sizeof buckets, "%" PRIu32, m->buckets);
    const struct slice argv[] = {
        audience_key(m->store, &counter, "id:audience"),
        audience_key(m->store, &names, "audiences"),
        audience_key(m->store, &drafts, "drafts"),
        audience_key(m->store, &audiences, "a:"),
        slice_of(m->name),
        slice_of(until),
        SLICE_LIT("group"),
        slice_of(m->group),
        SLICE_LIT("country"),
        slice_of(m->country),
        SLICE_LIT("columns"),
        slice_of(m->columns),
        SLICE_LIT("width"),
        slice_of(width),
        SLICE_LIT("created"),
        slice_of(created),
        SLICE_LIT("buckets"),
        slice_of(buckets),
        SLICE_LIT("total"),
        SLICE_LIT("0"),
        SLICE_LIT("blocks"),
        SLICE_LIT("0"),
        SLICE_LIT("duplicates"),
        SLICE_LIT("0"),
        SLICE_LIT("suppressed"),
        SLICE_LIT("0"),
        SLICE_LIT("seq"),
        SLICE_LIT("0"),
        SLICE_LIT("last"),
        SLICE_LIT(""),
    };
    redis_eval(m->store->redis, m->store->create, on_created, m, 3, COUNT_OF(argv), argv);
}

void audience_create(struct audience_store *s, const struct audience_draft *draft, int64_t now_ms,
                     audience_info_cb *cb, void *arg)
{
    struct err e;
    int r = check_draft(draft, &e);
    if (r < 0) {
        cb(arg, r, NULL, &e);
        return;
    }
    struct making *m = xmalloc(sizeof *m);
    *m = (struct making){
        .store = s,
        .cb = cb,
        .arg = arg,
        .now_ms = now_ms,
        .name = slice_strdup(draft->name),
        .group = slice_strdup(draft->group.n ? draft->group : SLICE_LIT("main")),
        .country = slice_strdup(draft->country),
        .columns = columns_json(draft->columns, draft->column_count),
        .column_count = draft->column_count,
        .buckets = buckets_for(draft->rows_expected),
    };
    audience_sweep_some(s, now_ms, SWEEP_BEFORE_CREATE, create_now, m);
}

/* ---- freezing ---- */

static int freeze_error(const struct making *m, const struct redisReply *reply, struct err *e)
{
    int r = audience_reply_error(reply, e);
    if (r < 0) return r;
    struct slice what = redis_str(redis_at(reply, 0)), name = redis_str(redis_at(reply, 1));
    if (slice_is(what, "ok")) return 0;
    if (slice_is(what, "empty"))
        return err_set(
            e, ERR_REFUSED,
            "no usable row: every row was rejected, a duplicate or suppressed; nothing was stored");
    if (slice_is(what, "exists"))
        return err_set(e, ERR_EXISTS,
                       "an audience called '%.*s' was made meanwhile: choose another name",
                       SLICE_ARG(name));
    return audience_not_found(m->id, e);
}

static void on_frozen(void *arg, const struct redisReply *reply)
{
    struct making *m = arg;
    struct err e;
    int r = freeze_error(m, reply, &e);
    if (r < 0) {
        making_failed(m, r, &e);
        return;
    }
    audience_load(m->store, m->id, m->cb, m->arg);
    making_free(m);
}

void audience_freeze(struct audience_store *s, uint32_t id, int64_t now_ms, audience_info_cb *cb,
                     void *arg)
{
    struct making *m = xmalloc(sizeof *m);
    *m = (struct making){.store = s, .cb = cb, .arg = arg, .id = id};
    struct audience_key meta, names, drafts;
    char id_text[16], now[24];
    (void)snprintf(id_text, sizeof id_text, "%" PRIu32, id);
    (void)snprintf(now, sizeof now, "%" PRId64, now_ms);
    const struct slice argv[] = {
        audience_key(s, &meta, "a:%" PRIu32, id),
        audience_key(s, &names, "audiences"),
        audience_key(s, &drafts, "drafts"),
        slice_of(id_text),
        slice_of(now),
    };
    redis_eval(s->redis, s->freeze, on_frozen, m, 3, COUNT_OF(argv), argv);
}
