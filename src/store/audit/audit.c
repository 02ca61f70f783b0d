#include "store/audit.h"

#include "store/call.h"
#include "store/lua_scripts.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    LOOK = 500, /* entries that a call of the script looks at; Redis does nothing else meanwhile */
    CALLS_MAX = 40,  /* of one reading */
    FIELDS = 9,      /* of an entry in the reply */
    WHAT_BYTES = 32, /* "campaign 4294967295 " */
};

static const struct script take_over_script = {.name = "audit_take_over",
                                               .parts = {&lua_audit, &lua_audit_take_over}};
static const struct script note_script = {.name = "audit_note",
                                          .parts = {&lua_audit, &lua_audit_note}};
static const struct script page_script = {.name = "audit_page", .parts = {&lua_audit_page}};

/* ---- writing ---- */

void audit_note(struct store *s, const struct audit_note *note, store_done_cb *cb, void *arg)
{
    struct call *c = call_begin(s, &note_script);
    call_key(c, "audit");
    call_i64(c, note->at_ms);
    call_text(c, note->who);
    call_text(c, note->what);
    call_text(c, note->why);
    call_text(c, note->group);
    call_str(c, note->routine ? "1" : "0");
    call_u64(c, note->conversation);
    call_run(c, call_read_done, cb, arg);
}

/* ---- reading ---- */

struct reading {
    struct store *s;
    struct group_set groups; /* borrowed */
    struct slice group;      /* the same */
    int64_t from_ms, until_ms;
    char *who, *what; /* owned */
    size_t limit, n;
    int calls;
    char cursor[AUDIT_CURSOR_BYTES];
    struct audit_entry *found; /* texts owned */
    audit_cb *cb;
    void *arg;
};

bool audit_cursor_ok(struct slice cursor)
{
    struct slice rest = cursor, ms, seq;
    uint64_t n;
    return cursor.n < AUDIT_CURSOR_BYTES && slice_cut(&rest, '-', &ms) &&
           slice_cut(&rest, '.', &seq) && slice_to_u64(ms, INT64_MAX, &n) &&
           slice_to_u64(seq, UINT64_MAX, &n) && slice_to_u64(rest, 3, &n) && n > 0;
}

static void entry_done(struct audit_entry *e)
{
    struct slice *texts[] = {&e->who,   &e->id,   &e->way,  &e->address,
                             &e->group, &e->what, &e->whom, &e->why};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        free((char *)texts[i]->p);
}

static void ended(struct reading *r, int rc, const struct err *e)
{
    r->cb(r->arg, rc, r->found, rc < 0 ? 0 : r->n, slice_of(rc < 0 ? "" : r->cursor),
          rc < 0 ? e : NULL);
    for (size_t i = 0; i < r->n; i++)
        entry_done(&r->found[i]);
    free(r->found);
    free(r->who);
    free(r->what);
    free(r);
}

static struct slice text_at(const struct redisReply *reply, size_t i)
{
    return slice_of(slice_strdup(redis_str(redis_at(reply, i))));
}

static void take(struct reading *r, const struct redisReply *reply, size_t at)
{
    uint64_t at_ms = 0;
    (void)slice_to_u64(redis_str(redis_at(reply, at)), INT64_MAX, &at_ms);
    r->found[r->n++] = (struct audit_entry){.at_ms = (int64_t)at_ms,
                                            .who = text_at(reply, at + 1),
                                            .id = text_at(reply, at + 2),
                                            .way = text_at(reply, at + 3),
                                            .address = text_at(reply, at + 4),
                                            .group = text_at(reply, at + 5),
                                            .what = text_at(reply, at + 6),
                                            .whom = text_at(reply, at + 7),
                                            .why = text_at(reply, at + 8)};
}

static void read_page(struct reading *r);

static void on_page(struct call *c, const struct redisReply *reply)
{
    struct reading *r = c->arg;
    struct err e;
    int rc = call_failed(reply, &e);
    for (size_t i = 1; rc == 0 && i + FIELDS <= redis_count(reply) && r->n < r->limit; i += FIELDS)
        take(r, reply, i);
    if (rc == 0)
        (void)snprintf(r->cursor, sizeof r->cursor, "%.*s",
                       SLICE_ARG(redis_str(redis_at(reply, 0))));
    if (rc < 0 || !r->cursor[0] || r->n == r->limit || ++r->calls == CALLS_MAX)
        ended(r, rc, &e);
    else
        read_page(r);
}

static void add_time(struct call *c, int64_t ms)
{
    if (ms > 0)
        call_i64(c, ms);
    else
        call_str(c, "");
}

static void read_page(struct reading *r)
{
    struct call *c = call_begin(r->s, &page_script);
    call_key(c, "audit");
    call_str(c, r->cursor);
    call_u64(c, r->limit - r->n);
    call_u64(c, LOOK);
    call_groups(c, &r->groups, r->group);
    call_str(c, r->who);
    call_str(c, r->what);
    add_time(c, r->from_ms);
    add_time(c, r->until_ms);
    call_run(c, on_page, NULL, r);
}

/* "campaign 7 paused to running" is about campaign 7. Owned. */
static char *beginning(const struct audit_query *q)
{
    char about[WHAT_BYTES];
    (void)snprintf(about, sizeof about, "campaign %u ", q->campaign);
    return q->campaign ? xstrdup(about) : slice_strdup(q->what);
}

void audit_read(struct store *s, const struct audit_query *q, audit_cb *cb, void *arg)
{
    check(q->limit > 0 && q->limit <= AUDIT_MAX);
    struct reading *r = xcalloc(1, sizeof *r);
    *r = (struct reading){.s = s,
                          .groups = q->groups,
                          .group = q->group,
                          .from_ms = q->from_ms,
                          .until_ms = q->until_ms,
                          .who = slice_strdup(q->who),
                          .what = beginning(q),
                          .limit = q->limit,
                          .found = xcalloc(q->limit, sizeof *r->found),
                          .cb = cb,
                          .arg = arg};
    for (char *p = r->who; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    check(q->cursor.n < sizeof r->cursor);
    (void)snprintf(r->cursor, sizeof r->cursor, "%.*s", SLICE_ARG(q->cursor));
    read_page(r);
}

/* ---- what an older Muster kept ---- */

static void take_over_step(struct store *s, store_done_cb *cb, void *arg);

static void on_taken_over(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int rc = call_failed(reply, &e);
    if (rc == 0 && redis_int(reply, 0) > 0)
        take_over_step(c->store, call_back(c, store_done_cb), c->arg);
    else
        call_back(c, store_done_cb)(c->arg, rc, rc ? &e : NULL);
}

static void take_over_step(struct store *s, store_done_cb *cb, void *arg)
{
    struct call *c = call_begin(s, &take_over_script);
    call_key(c, "suppress:audit");
    call_key(c, "audit");
    call_run(c, on_taken_over, cb, arg);
}

void audit_take_over(struct store *s, store_done_cb *cb, void *arg)
{
    take_over_step(s, cb, arg);
}
