/* A list that changes: its columns, who stays (audience_carry.lua), and what it was before. */
#include "private.h"

#include "core/consent.h"
#include "store/lua_scripts.h"

#include <stdlib.h>

static const struct script carry = {.name = "audience_carry", .parts = {&lua_audience_carry}};

static const char *const change_texts[] = {
#define X(name, text) text,
    AUDIENCE_CHANGE_TABLE(X)
#undef X
};

const char *audience_change_text(enum audience_change change)
{
    return change_texts[change];
}

bool audience_change_from(struct slice text, enum audience_change *ret)
{
    for (size_t i = 0; i < COUNT_OF(change_texts); i++) {
        if (!slice_is(text, change_texts[i])) continue;
        *ret = (enum audience_change)i;
        return true;
    }
    return false;
}

bool audience_change_asked(struct slice text, enum audience_change *ret)
{
    return audience_change_from(text, ret) && *ret != AUDIENCE_NEW && *ret != AUDIENCE_SET;
}

int audience_changed(const char *name, struct err *e)
{
    return err_set(
        e, ERR_CONFLICT,
        "somebody else changed the list%s%s meanwhile: it has what they did, and nothing "
        "of this change. Do it again",
        name ? " " : "", name ? name : "");
}

/* ---- columns ---- */

static bool has(const struct slice *names, size_t n, struct slice name)
{
    for (size_t i = 0; i < n; i++)
        if (slice_eq(names[i], name)) return true;
    return false;
}

/* Who is new needs all fields that texts to the list may use, and a column that it has not is
 * mistyped. */
static int check_same(const struct audience_draft *d, struct err *e)
{
    const struct audience_info *list = d->base;
    for (size_t i = 0; i < d->column_count; i++)
        if (!has(list->columns, list->column_count, d->columns[i]))
            return err_set(e, ERR_INVALID,
                           "the file has a column '%.*s', which audience '%.*s' has not: take it "
                           "out, or bring it in with --merge",
                           SLICE_ARG(d->columns[i]), SLICE_ARG(list->name));
    for (size_t i = 0; i < list->column_count; i++)
        if (!has(d->columns, d->column_count, list->columns[i]))
            return err_set(e, ERR_INVALID,
                           "audience '%.*s' has a column '%.*s', which the file has not: add it",
                           SLICE_ARG(list->name), SLICE_ARG(list->columns[i]));
    return 0;
}

/* Two columns of one meaning would leave it to chance which of them counts. */
static int check_meanings(const struct audience_draft *d, struct err *e)
{
    const struct audience_info *list = d->base;
    for (size_t i = 0; i < d->column_count; i++) {
        enum consent_column of = consent_column_of(d->columns[i]);
        if (of == CONSENT_COLUMNS || has(list->columns, list->column_count, d->columns[i]))
            continue;
        for (size_t k = 0; k < list->column_count; k++)
            if (consent_column_of(list->columns[k]) == of)
                return err_set(e, ERR_INVALID,
                               "the column '%.*s' means the same as '%.*s', which the list '%.*s' "
                               "has: give it that name in the file",
                               SLICE_ARG(d->columns[i]), SLICE_ARG(list->columns[k]),
                               SLICE_ARG(list->name));
    }
    return 0;
}

int change_columns(const struct audience_draft *draft, struct slice *ret, size_t *ret_count,
                   struct err *e)
{
    const struct audience_info *list = draft->base;
    size_t n = 0;
    bool joins = draft->change == AUDIENCE_MERGE || draft->change == AUDIENCE_SET;
    bool brings = joins || draft->change == AUDIENCE_REPLACE;
    if (draft->change != AUDIENCE_REPLACE)
        for (size_t i = 0; i < list->column_count; i++)
            ret[n++] = list->columns[i];
    for (size_t i = 0; brings && i < draft->column_count; i++)
        if (!has(ret, n, draft->columns[i])) ret[n++] = draft->columns[i];
    *ret_count = n;
    if (draft->change == AUDIENCE_ADD) return check_same(draft, e);
    return joins ? check_meanings(draft, e) : 0;
}

/* ---- who stays ---- */

static int carry_error(const struct redisReply *reply, uint32_t id, struct err *e)
{
    int r = call_failed(reply, e);
    if (r < 0 || call_says(reply, "ok")) return r;
    if (call_says(reply, "changed")) return audience_changed(NULL, e);
    if (call_says(reply, "long"))
        return err_set(e, ERR_LIMIT,
                       "the fields of one person would be longer than %d bytes together: nothing "
                       "was changed",
                       BLOCK_ROW_TEXT_MAX);
    return audience_not_found(id, e);
}

static void on_carried(struct call *c, const struct redisReply *reply)
{
    audience_carry_cb *cb = call_back(c, audience_carry_cb);
    struct err e;
    int r = carry_error(reply, c->id, &e);
    if (r < 0)
        cb(c->arg, r, 0, 0, &e);
    else
        cb(c->arg, 0, (uint64_t)redis_int(redis_at(reply, 1), 0),
           (uint64_t)redis_int(redis_at(reply, 2), 0), NULL);
}

void audience_carry(struct store *s, uint32_t id, uint64_t step, int64_t now_ms,
                    audience_carry_cb *cb, void *arg)
{
    struct call *c = call_begin(s, &carry);
    c->id = id;
    call_key(c, "a:%u", id);
    call_key(c, "drafts");
    call_name(c, "a:");
    call_u64(c, id);
    call_u64(c, step);
    call_i64(c, now_ms + AUDIENCE_DRAFT_TTL_MS);
    call_run(c, on_carried, cb, arg);
}

/* ---- to the end ---- */

struct freezing {
    struct store *store;
    uint32_t id;
    int64_t now_ms;
    audience_info_cb *cb;
    void *arg;
};

static void on_step(void *arg, int result, uint64_t done, uint64_t of, const struct err *e)
{
    struct freezing *f = arg;
    if (result == 0 && done < of) {
        audience_carry(f->store, f->id, done, f->now_ms, on_step, f);
        return;
    }
    if (result < 0)
        f->cb(f->arg, result, NULL, e);
    else
        freeze_carried(f->store, f->id, of, f->now_ms, f->cb, f->arg);
    free(f);
}

void audience_freeze(struct store *s, uint32_t id, int64_t now_ms, audience_info_cb *cb, void *arg)
{
    struct freezing *f = xmalloc(sizeof *f);
    *f = (struct freezing){s, id, now_ms, cb, arg};
    audience_carry(s, id, 0, now_ms, on_step, f);
}

/* ---- what it was ---- */

static void on_ids(struct call *c, const struct redisReply *reply)
{
    uint32_t ids[AUDIENCE_VERSIONS_PAGE];
    size_t n = redis_count(reply);
    int r = call_failed(reply, NULL);
    if (n > COUNT_OF(ids)) n = COUNT_OF(ids);
    for (size_t i = 0; i < n; i++)
        ids[i] = (uint32_t)redis_int(redis_at(reply, i), 0);
    call_back(c, audience_versions_cb)(c->arg, r, ids, r < 0 ? 0 : n);
}

void audience_versions(struct store *s, int64_t until_ms, uint64_t from, audience_versions_cb *cb,
                       void *arg)
{
    struct call *c = call_command(s, "ZRANGEBYSCORE");
    call_key(c, "versions");
    call_str(c, "-inf");
    call_i64(c, until_ms);
    call_str(c, "LIMIT");
    call_u64(c, from);
    call_u64(c, AUDIENCE_VERSIONS_PAGE);
    call_run(c, on_ids, cb, arg);
}

void audience_doomed(struct store *s, audience_versions_cb *cb, void *arg)
{
    struct call *c = call_command(s, "SRANDMEMBER");
    call_key(c, "audiences:doomed");
    call_u64(c, AUDIENCE_VERSIONS_PAGE);
    call_run(c, on_ids, cb, arg);
}
