#include "store/audit.h"

#include "private.h"

#include <stdio.h>
#include <stdlib.h>

enum { PAGE = 1000 }; /* entries read at a time */

struct reading {
    struct store *s;
    uint32_t campaign;
    size_t limit, n;
    char before[48];           /* where the next page ends */
    struct audit_entry *found; /* texts owned */
    audit_cb *cb;
    void *arg;
};

static void read_page(struct reading *r);

static void ended(struct reading *r, int rc, const struct err *e)
{
    r->cb(r->arg, rc, r->found, rc < 0 ? 0 : r->n, rc < 0 ? e : NULL);
    for (size_t i = 0; i < r->n; i++) {
        free((char *)r->found[i].who.p);
        free((char *)r->found[i].what.p);
        free((char *)r->found[i].why.p);
    }
    free(r->found);
    free(r);
}

/* "campaign 7 paused to running" is about campaign 7. */
static bool is_meant(const struct reading *r, struct slice what)
{
    char start[32];
    (void)snprintf(start, sizeof start, "campaign %u ", r->campaign);
    return r->campaign == 0 || slice_starts(what, start);
}

static void take(struct reading *r, const struct redisReply *fields)
{
    uint64_t at_ms = 0;
    if (!is_meant(r, redis_field(fields, "what"))) return;
    (void)slice_to_u64(redis_field(fields, "at_ms"), INT64_MAX, &at_ms);
    r->found[r->n++] =
        (struct audit_entry){.at_ms = (int64_t)at_ms,
                             .who = slice_of(slice_strdup(redis_field(fields, "who"))),
                             .what = slice_of(slice_strdup(redis_field(fields, "what"))),
                             .why = slice_of(slice_strdup(redis_field(fields, "why")))};
}

static void on_page(struct call *c, const struct redisReply *reply)
{
    struct reading *r = c->arg;
    struct err e;
    int rc = call_failed(reply, &e);
    size_t n = rc == 0 ? redis_count(reply) : 0;
    for (size_t i = 0; i < n && r->n < r->limit; i++)
        take(r, redis_at(redis_at(reply, i), 1));
    if (rc < 0 || n < PAGE || r->n == r->limit) {
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

void audit_read(struct store *s, uint32_t campaign, size_t limit, audit_cb *cb, void *arg)
{
    check(limit > 0 && limit <= AUDIT_MAX);
    struct reading *r = xcalloc(1, sizeof *r);
    *r = (struct reading){.s = s,
                          .campaign = campaign,
                          .limit = limit,
                          .before = "+",
                          .found = xcalloc(limit, sizeof *r->found),
                          .cb = cb,
                          .arg = arg};
    read_page(r);
}
