#include "store/audit.h"

#include "store/call.h"
#include "store/lua_scripts.h"

#include <stdio.h>
#include <stdlib.h>

enum { PAGE = 1000 }; /* entries read at a time */

static const struct script take_over_script = {.name = "audit_take_over",
                                               .parts = {&lua_audit, &lua_audit_take_over}};

struct reading {
    struct store *s;
    uint32_t campaign;
    size_t limit, n, kept;     /* kept: of the n, what is kept for ever */
    char before[48];           /* where the next page ends */
    struct audit_entry *found; /* texts owned; up to the limit of each kind */
    audit_cb *cb;
    void *arg;
};

/* ---- the end ---- */

static int newest_first(const void *a, const void *b)
{
    int64_t first = ((const struct audit_entry *)a)->at_ms,
            second = ((const struct audit_entry *)b)->at_ms;
    return (first < second) - (first > second);
}

static void ended(struct reading *r, int rc, const struct err *e)
{
    size_t n = r->n < r->limit ? r->n : r->limit;
    if (r->kept) qsort(r->found, r->n, sizeof *r->found, newest_first);
    r->cb(r->arg, rc, r->found, rc < 0 ? 0 : n, rc < 0 ? e : NULL);
    for (size_t i = 0; i < r->n; i++) {
        free((char *)r->found[i].who.p);
        free((char *)r->found[i].what.p);
        free((char *)r->found[i].whom.p);
        free((char *)r->found[i].why.p);
    }
    free(r->found);
    free(r);
}

/* ---- an entry ---- */

/* "campaign 7 paused to running" is about campaign 7. */
static bool is_meant(const struct reading *r, struct slice what)
{
    char start[32];
    (void)snprintf(start, sizeof start, "campaign %u ", r->campaign);
    return r->campaign == 0 || slice_starts(what, start);
}

static struct slice text_of(const struct redisReply *fields, const char *name)
{
    return slice_of(slice_strdup(redis_field(fields, name)));
}

static void take(struct reading *r, const struct redisReply *fields)
{
    uint64_t at_ms = 0;
    if (!is_meant(r, redis_field(fields, "what"))) return;
    (void)slice_to_u64(redis_field(fields, "at_ms"), INT64_MAX, &at_ms);
    r->found[r->n++] = (struct audit_entry){.at_ms = (int64_t)at_ms,
                                            .who = text_of(fields, "who"),
                                            .what = text_of(fields, "what"),
                                            .whom = text_of(fields, "whom"),
                                            .why = text_of(fields, "why")};
}

static size_t take_page(struct reading *r, const struct redisReply *reply, size_t max)
{
    size_t n = redis_count(reply);
    for (size_t i = 0; i < n && r->n < max; i++)
        take(r, redis_at(redis_at(reply, i), 1));
    return n;
}

/* ---- both streams ---- */

static void read_page(struct reading *r);

static void on_page(struct call *c, const struct redisReply *reply)
{
    struct reading *r = c->arg;
    struct err e;
    int rc = call_failed(reply, &e);
    size_t max = r->kept + r->limit, n = rc == 0 ? take_page(r, reply, max) : 0;
    if (rc < 0 || n < PAGE || r->n == max) {
        ended(r, rc, &e);
        return;
    }
    struct slice last = redis_str(redis_at(redis_at(reply, n - 1), 0));
    (void)snprintf(r->before, sizeof r->before, "(%.*s", SLICE_ARG(last));
    read_page(r);
}

static void read_page(struct reading *r)
{
    struct call *c = call_command(r->s, "XREVRANGE");
    call_key(c, "audit");
    call_str(c, r->before);
    call_str(c, "-");
    call_str(c, "COUNT");
    call_u64(c, PAGE);
    call_run(c, on_page, NULL, r);
}

static void on_kept(struct call *c, const struct redisReply *reply)
{
    struct reading *r = c->arg;
    struct err e;
    int rc = call_failed(reply, &e);
    if (rc < 0) {
        ended(r, rc, &e);
        return;
    }
    (void)take_page(r, reply, r->limit);
    r->kept = r->n;
    read_page(r);
}

static void read_kept(struct reading *r)
{
    struct call *c = call_command(r->s, "XREVRANGE");
    call_key(c, "audit:kept");
    call_str(c, "+");
    call_str(c, "-");
    call_str(c, "COUNT");
    call_u64(c, r->limit);
    call_run(c, on_kept, NULL, r);
}

void audit_read(struct store *s, uint32_t campaign, size_t limit, audit_cb *cb, void *arg)
{
    check(limit > 0 && limit <= AUDIT_MAX);
    struct reading *r = xcalloc(1, sizeof *r);
    *r = (struct reading){.s = s,
                          .campaign = campaign,
                          .limit = limit,
                          .before = "+",
                          .found = xcalloc(2 * limit, sizeof *r->found),
                          .cb = cb,
                          .arg = arg};
    if (campaign)
        read_page(r); /* an opt-out is about a person */
    else
        read_kept(r);
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
