/* Webhooks that could not be read or stored: how many, since when, of which gateway and why. They are tried again, or put away. */
#include "web/api/api.h"

#include <stdlib.h>

#include "base/clock.h"
#include "core/json.h"
#include "web/kept.h"

enum {
    LIMIT = 50,
    LIMIT_MAX = 1000,
    AT_ONCE_MAX = 200, /* in one request: each is a file that is read and written */
    KINDS_MAX = 200,   /* of gateway and cause */
    WHY_BYTES_MAX = 500,
    CAUSE_BYTES_MAX = 32,
};

/* ---- which of them ---- */

struct chosen {
    struct slice gateway; /* none: of any */
    bool by_cause;
    enum spool_why cause;
    uint64_t from, up_to; /* ids, both among them */
};

static bool is_chosen(const struct web_call *c, const struct chosen *q,
                      const struct spool_kept_item *item)
{
    if (item->number < q->from || item->number > q->up_to) return false;
    if (q->gateway.n && !slice_is(q->gateway, item->gateway)) return false;
    if (q->by_cause && q->cause != item->why) return false;
    return kept_is_theirs(c, c->route->may, item->gateway);
}

static bool read_cause(struct web_call *c, struct slice text, struct chosen *q)
{
    q->by_cause = text.n > 0;
    if (text.n == 0 || spool_why_from_string(text, &q->cause)) return true;
    web_refuse_key(c, "cause", "'%.*s' is no cause: GET /api/v1/kept shows them", SLICE_ARG(text));
    return false;
}

static const struct spool_kept_item *all_items(const struct web_call *c, size_t *ret_n)
{
    *ret_n = 0;
    return c->web->hooks ? hooks_kept_items(c->web->hooks, c->now_ms, ret_n) : NULL;
}

/* ---- reading ---- */

static json_t *when_json(int64_t at_ms)
{
    char at[CLOCK_ISO_BYTES];
    if (at_ms == 0) return json_null();
    clock_iso(at_ms, at);
    return json_string(at);
}

static json_t *item_json(const struct web_call *c, const struct spool_kept_item *item)
{
    return json_pack("{s:I,s:s,s:s,s:s,s:o,s:I}", "id", (json_int_t)item->number, "gateway",
                     item->gateway, "group", kept_owner(c, item->gateway), "cause",
                     spool_why_to_string(item->why), "received_at", when_json(item->received_ms),
                     "bytes", (json_int_t)item->bytes);
}

/* All that are of one gateway, for one cause. */
struct kind {
    const struct spool_kept_item *first;
    int64_t oldest_ms, newest_ms;
    uint64_t count, up_to;
};

static bool is_of_kind(const struct kind *k, const struct spool_kept_item *item)
{
    return k->first->why == item->why && strcmp(k->first->gateway, item->gateway) == 0;
}

/* With more kinds than there is room for, the last takes in the rest. */
static void count(struct kind *kinds, size_t *n, const struct spool_kept_item *item)
{
    size_t i = 0;
    while (i < *n && !is_of_kind(&kinds[i], item))
        i++;
    if (i == KINDS_MAX) return;
    struct kind *k = &kinds[i];
    if (i == *n) *k = (struct kind){.first = item, .oldest_ms = item->received_ms};
    *n += i == *n;
    k->count++;
    k->up_to = item->number;
    if (item->received_ms < k->oldest_ms) k->oldest_ms = item->received_ms;
    if (item->received_ms > k->newest_ms) k->newest_ms = item->received_ms;
}

static json_t *kind_json(const struct web_call *c, const struct kind *k)
{
    const struct spool_kept_item *of = k->first;
    return json_pack("{s:s,s:s,s:s,s:s,s:s,s:I,s:o,s:o,s:I}", "gateway", of->gateway, "group",
                     kept_owner(c, of->gateway), "cause", spool_why_to_string(of->why), "words",
                     kept_why_words(of->why), "mend", kept_mend_words(of->why), "count",
                     (json_int_t)k->count, "oldest_at", when_json(k->oldest_ms), "newest_at",
                     when_json(k->newest_ms), "up_to", (json_int_t)k->up_to);
}

static json_t *kinds_json(const struct web_call *c, const struct kind *kinds, size_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++)
        json_list_add(list, kind_json(c, &kinds[i]));
    return list;
}

/* False: c has its response. */
static bool read_query(struct web_call *c, struct chosen *q, uint64_t *limit)
{
    struct slice after = web_query(c, "after"), most = web_query(c, "limit");
    *q = (struct chosen){.gateway = web_query(c, "gateway"), .up_to = UINT64_MAX};
    *limit = LIMIT;
    if (after.n && !slice_to_u64(after, INT64_MAX - 1, &q->from)) {
        web_error(c, 400, "invalid", "'after' is the 'next' of the page before");
        return false;
    }
    q->from += after.n > 0;
    if (most.n && (!slice_to_u64(most, LIMIT_MAX, limit) || *limit == 0)) {
        web_error(c, 400, "invalid", "'limit' is a number from 1 to %d", LIMIT_MAX);
        return false;
    }
    return read_cause(c, web_query(c, "cause"), q);
}

static void get_kept(struct web_call *c)
{
    struct chosen q;
    uint64_t limit, seen = 0;
    size_t n, kind_n = 0;
    if (!read_query(c, &q, &limit)) return;
    const struct spool_kept_item *items = all_items(c, &n), *last = NULL;
    struct kind *kinds = xcalloc(KINDS_MAX, sizeof *kinds);
    json_t *list = json_array(), *next = NULL;
    for (size_t i = 0; i < n; i++) {
        if (kept_is_theirs(c, MAY_READ_KEPT, items[i].gateway)) count(kinds, &kind_n, &items[i]);
        if (!is_chosen(c, &q, &items[i])) continue;
        if (seen == limit && !next) next = json_integer((json_int_t)last->number);
        if (seen++ < limit) json_list_add(list, item_json(c, last = &items[i]));
    }
    const struct hooks_kept all = kept_seen(c);
    web_answer(c, 200,
               json_pack("{s:I,s:b,s:o,s:o,s:o}", "count", (json_int_t)all.webhooks, "full",
                         all.full, "kinds", kinds_json(c, kinds, kind_n), "kept", list, "next",
                         next ? next : json_null()));
    free(kinds);
}

/* ---- deciding ---- */

/* One by its id, or all up to an id: so nobody decides about what came since they looked. False: c has its response. */
static bool read_chosen(struct web_call *c, struct chosen *q)
{
    struct body *b = &c->body;
    uint64_t id = body_some(b, "id", INT64_MAX, BODY_OPTIONAL);
    uint64_t up_to = body_some(b, "up_to", INT64_MAX, BODY_OPTIONAL);
    *q = (struct chosen){.gateway = body_text(b, "gateway", SPOOL_GATEWAY_BYTES, BODY_OPTIONAL),
                         .from = id,
                         .up_to = id ? id : up_to};
    struct slice cause = body_text(b, "cause", CAUSE_BYTES_MAX, BODY_OPTIONAL);
    if ((id == 0) == (up_to == 0))
        body_note(b, "up_to",
                  "either 'id', of one, or 'up_to': the id of the newest of all that are meant");
    return web_body_ok(c) && read_cause(c, cause, q);
}

/* What the audit trail says: of which gateway, where it is one. */
struct act {
    uint64_t ids[AT_ONCE_MAX];
    size_t n, left; /* left: chosen, and not in this request any more */
    char gateway[SPOOL_GATEWAY_BYTES];
    bool several;
};

static void collect(const struct web_call *c, const struct chosen *q, struct act *a)
{
    size_t n;
    const struct spool_kept_item *items = all_items(c, &n);
    for (size_t i = 0; i < n; i++) {
        if (!is_chosen(c, q, &items[i])) continue;
        if (a->n == AT_ONCE_MAX) {
            a->left++;
            continue;
        }
        if (a->n == 0) memcpy(a->gateway, items[i].gateway, sizeof a->gateway);
        a->several |= strcmp(a->gateway, items[i].gateway) != 0;
        a->ids[a->n++] = items[i].number;
    }
}

typedef int decide_fn(struct hooks *h, const uint64_t *ids, size_t n, size_t *ret_done,
                      struct err *e);

static void answer_decided(struct web_call *c, const struct act *a, size_t done, const char *what)
{
    const char *group = a->several ? "" : kept_owner(c, a->gateway);
    web_act(c, slice_of(group), "kept webhooks %s: %zu of %s%s", what, done,
            a->several ? "several gateways" : "gateway ", a->several ? "" : a->gateway);
    web_answer(c, 200,
               json_pack("{s:I,s:I}", "done", (json_int_t)done, "left", (json_int_t)a->left));
}

static void decide(struct web_call *c, const struct chosen *q, decide_fn *fn, const char *what)
{
    struct act a = {0};
    struct err e = {0};
    size_t done = 0;
    collect(c, q, &a);
    if (a.n == 0) {
        web_error(c, 404, "not_found", "nothing of that is kept (any more)");
        return;
    }
    int rc = fn(c->web->hooks, a.ids, a.n, &done, &e);
    a.left += a.n - done;
    if (done || web_ok(c, rc, &e)) answer_decided(c, &a, done, what);
}

static void post_try_again(struct web_call *c)
{
    struct chosen q;
    if (read_chosen(c, &q)) decide(c, &q, hooks_try_again, "tried again");
}

static void post_put_away(struct web_call *c)
{
    struct chosen q;
    struct slice why = slice_trim(body_text(&c->body, "why", WHY_BYTES_MAX, BODY_NEEDED));
    if (!read_chosen(c, &q)) return;
    if (why.n == 0) {
        web_refuse_key(c, "why", "say why: it is kept in the history");
        return;
    }
    web_act_why(c, why);
    decide(c, &q, hooks_put_away, "put away");
}

static const struct route rows[] = {
    {"GET", "/api/v1/kept", MAY_READ_KEPT, IN_GROUP, NULL, get_kept},
    {"POST", "/api/v1/kept/try-again", MAY_RUN_KEPT, NEEDS_STORE | IN_GROUP | AUDITED,
     KEYS("id", "up_to", "gateway", "cause"), post_try_again},
    {"POST", "/api/v1/kept/put-away", MAY_RUN_KEPT, NEEDS_STORE | IN_GROUP | AUDITED,
     KEYS("id", "up_to", "gateway", "cause", "why"), post_put_away},
};

const struct routes kept_routes = {rows, COUNT_OF(rows)};
