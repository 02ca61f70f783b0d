/* Prices beside a campaign, and budgets. */
#include "store/money.h"

#include "private.h"

#include "base/buf.h"
#include "core/index.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
    PALETTE_BYTES_MAX = BLOCK_ROWS * 24,
    TEXT_BYTES_MAX = PALETTE_BYTES_MAX + 1 + BLOCK_ROWS,
    ALL_BYTES_MAX = 512 << 20,
};

static const struct script set_budget = {.name = "campaign_budget",
                                         .parts = {&lua_audit, &lua_look, &lua_campaign_budget}};

static const struct script set_aside = LEDGER_SCRIPT("campaign_set_aside", lua_campaign_set_aside);

/* ---- texts ---- */

struct campaign_prices {
    struct slice *blocks; /* owned, and each of them */
    size_t n, room;
};

struct campaign_prices *campaign_prices_new(void)
{
    return xcalloc(1, sizeof(struct campaign_prices));
}

void campaign_prices_free(struct campaign_prices *p)
{
    if (!p) return;
    for (size_t i = 0; i < p->n; i++)
        free((void *)p->blocks[i].p);
    free(p->blocks);
    free(p);
}

static size_t place_of(int64_t *palette, size_t *n, int64_t price)
{
    size_t i = 0;
    while (i < *n && palette[i] != price)
        i++;
    if (i == *n) palette[(*n)++] = price;
    return i;
}

static void keep(struct campaign_prices *p, struct slice text)
{
    if (p->n == p->room) {
        p->room = p->room ? 2 * p->room : 64;
        p->blocks = xrealloc(p->blocks, p->room * sizeof *p->blocks);
    }
    char *copy = xmalloc(text.n + 1);
    memcpy(copy, text.p, text.n);
    copy[text.n] = '\0';
    p->blocks[p->n++] = slice_make(copy, text.n);
}

void campaign_prices_add(struct campaign_prices *p, const int64_t *millionths, size_t rows)
{
    check(rows <= BLOCK_ROWS);
    int64_t palette[BLOCK_ROWS];
    char which[BLOCK_ROWS];
    size_t n = 0;
    for (size_t i = 0; i < rows; i++)
        which[i] = (char)place_of(palette, &n, millionths[i]);
    struct buf text = BUF_INIT(TEXT_BYTES_MAX);
    for (size_t i = 0; i < n; i++)
        buf_addf(&text, "%s%" PRId64, i ? " " : "", palette[i]);
    if (n == 0) buf_add_cstr(&text, "0");
    if (n > 1) buf_add_cstr(&text, ":");
    if (n > 1) buf_add(&text, which, rows);
    keep(p, buf_slice(&text));
    buf_done(&text);
}

struct campaign_prices *campaign_prices_dup(const struct campaign_prices *p)
{
    struct campaign_prices *copy = p ? campaign_prices_new() : NULL;
    for (size_t i = 0; p && i < p->n; i++)
        keep(copy, p->blocks[i]);
    return copy;
}

struct buf campaign_prices_text(const struct campaign_prices *p)
{
    struct buf all = BUF_INIT(ALL_BYTES_MAX);
    for (size_t i = 0; p && i < p->n; i++) {
        buf_addf(&all, "%zu:", p->blocks[i].n);
        buf_add_slice(&all, p->blocks[i]);
    }
    return all;
}

/* ---- budgets ---- */

static void on_budget(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int rc = call_failed(reply, &e);
    if (rc == 0 && call_says(reply, "gone")) rc = campaign_not_found(c->id, &e);
    if (rc == 0 && call_says(reply, "no price"))
        rc = err_set(&e, ERR_CONFLICT,
                     "nobody knows what campaign %u costs, so no budget can be held: its gateway "
                     "has no `price` in muster.yaml",
                     c->id);
    call_back(c, store_done_cb)(c->arg, rc, rc < 0 ? &e : NULL);
}

void campaign_set_budget(struct store *s, uint32_t id, int64_t millionths, struct deed deed,
                         store_done_cb *cb, void *arg)
{
    struct call *c = call_begin(s, &set_budget);
    call_lasts(c);
    c->id = id;
    call_key(c, "c:%u", id);
    call_key(c, "audit");
    call_i64(c, deed.at_ms);
    call_u64(c, id);
    call_i64(c, millionths);
    call_text(c, deed.who);
    call_text(c, deed.why);
    call_run(c, on_budget, cb, arg);
}

static void on_set_aside(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int rc = call_failed(reply, &e);
    call_back(c, campaign_set_aside_cb)(c->arg, rc, rc == 0 ? redis_int(reply, 0) : 0,
                                        rc < 0 ? &e : NULL);
}

void campaign_set_aside(struct store *s, uint32_t id, campaign_set_aside_cb *cb, void *arg)
{
    struct call *c = call_begin(s, &set_aside);
    call_key(c, "c:%u", id);
    call_run(c, on_set_aside, cb, arg);
}

static void on_month(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int rc = call_failed(reply, &e);
    const struct month_spent spent = {redis_int(redis_at(reply, 0), 0),
                                      redis_int(redis_at(reply, 1), 0)};
    call_back(c, month_spent_cb)(c->arg, rc, rc == 0 ? &spent : NULL, rc < 0 ? &e : NULL);
}

void money_month(struct store *s, struct slice month, struct slice currency, struct slice group,
                 month_spent_cb *cb, void *arg)
{
    struct call *c = call_command(s, "HMGET");
    call_key(c, "spent:%.*s", SLICE_ARG(month));
    call_text(c, currency);
    call_f(c, "%.*s/%.*s", SLICE_ARG(currency), SLICE_ARG(group));
    call_run(c, on_month, cb, arg);
}

/* "GBP" or "GBP/leeds" */
static bool read_share(const struct redisReply *field, const struct redisReply *value,
                       struct month_share *ret)
{
    struct slice name = redis_str(field);
    if (name.n < 3 || (name.n > 3 && name.p[3] != '/')) return false;
    *ret = (struct month_share){.spent.millionths = redis_int(value, 0)};
    memcpy(ret->spent.currency, name.p, 3);
    if (name.n > 4) ret->group = slice_from(name, 4);
    return true;
}

/* The organisation first, then the groups as they are called. */
static int compare_shares(const void *a, const void *b)
{
    const struct month_share *x = a, *y = b;
    size_t n = x->group.n < y->group.n ? x->group.n : y->group.n;
    int order = n ? memcmp(x->group.p, y->group.p, n) : 0;
    if (order == 0 && x->group.n != y->group.n) order = x->group.n < y->group.n ? -1 : 1;
    return order ? order : strcmp(x->spent.currency, y->spent.currency);
}

static void on_shares(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int rc = call_failed(reply, &e);
    size_t pairs = redis_count(reply) / 2, n = 0;
    struct month_share *list = xcalloc(pairs + 1, sizeof *list);
    for (size_t i = 0; i < pairs && n < MONEY_SHARES_MAX; i++)
        n += read_share(redis_at(reply, 2 * i), redis_at(reply, 2 * i + 1), &list[n]);
    qsort(list, n, sizeof *list, compare_shares);
    call_back(c, month_shares_cb)(c->arg, rc, list, n, rc < 0 ? &e : NULL);
    free(list);
}

void money_shares(struct store *s, struct slice month, month_shares_cb *cb, void *arg)
{
    struct call *c = call_command(s, "HGETALL");
    call_key(c, "spent:%.*s", SLICE_ARG(month));
    call_run(c, on_shares, cb, arg);
}
