/* What happens with links: collected while the loop turns, and one call of the script. The same that happened to the
 * same link is one run of it, so that a link which everybody opens costs Redis no more than one which nobody else does. */
#include "private.h"

#include <stdlib.h>

#include "base/buf.h"

enum {
    HAPPENINGS_MAX = 512, /* in a call: Redis does nothing else while it runs */
    CALLS_MAX = 2,        /* under way, while there is room in the next one */
    TOP = 500,            /* links that are listed as strong */
    LINKS_LOST = 400000,  /* more than may have been given in what a store lost that went back */
};

struct happening {
    uint32_t campaign, link;
    char kind;
    cascade_open_cb *cb; /* NULL: nobody is told */
    void *arg;
};

struct turn {
    struct cascades *cascades;
    int64_t now_ms;
    size_t n;
    struct happening list[HAPPENINGS_MAX];
};

void cascade_names(struct buf *b)
{
    buf_addf(b, "local RECORD=%d\nlocal CHUNK=%d\n", CASCADE_RECORD_BYTES, CASCADE_CHUNK);
}

static void turn_names(struct buf *b)
{
    cascade_names(b);
    buf_addf(b, "local BARS=%d\nlocal LINKS_MAX=%d\nlocal CHILDREN_MAX=%d\n", CASCADE_BARS_MAX,
             CASCADE_LINKS_MAX, CASCADE_CHILDREN_MAX);
    buf_addf(b, "local GENERATIONS=%d\nlocal TOP=%d\nlocal LINKS_LOST=%d\n", CASCADE_GENERATIONS,
             TOP, LINKS_LOST);
}

static const struct script turn_script = {
    .name = "cascade_turn",
    .prelude = turn_names,
    .parts = {&lua_minutes_note, &lua_cascade_links, &lua_cascade_turn}};

/* ---- runs ---- */

static int by_link(const void *a, const void *b)
{
    const struct happening *x = a, *y = b;
    if (x->campaign != y->campaign) return x->campaign < y->campaign ? -1 : 1;
    if (x->link != y->link) return x->link < y->link ? -1 : 1;
    return (x->kind > y->kind) - (x->kind < y->kind);
}

/* How many from the i-th on are the same. */
static size_t run_of(const struct turn *t, size_t i)
{
    size_t n = 1;
    while (i + n < t->n && by_link(&t->list[i], &t->list[i + n]) == 0)
        n++;
    return n;
}

/* ---- the reply ---- */

static void tell(const struct happening *h, int result, uint32_t mine)
{
    if (h->cb) h->cb(h->arg, result, mine);
}

static void tell_all(const struct turn *t, int result)
{
    for (size_t i = 0; i < t->n; i++)
        tell(&t->list[i], result, 0);
}

static void flush_soon(struct cascades *c)
{
    if (c->open && c->calls < CALLS_MAX && !loop_timer_armed(c->flush)) loop_timer_in(c->flush, 0);
}

static void tell_runs(const struct turn *t, const struct redisReply *reply)
{
    size_t at = 0;
    for (size_t i = 0; i < t->n; at += 2) {
        uint32_t first = (uint32_t)redis_int(redis_at(reply, at), 0);
        size_t made = (size_t)redis_int(redis_at(reply, at + 1), 0), run = run_of(t, i);
        for (size_t k = 0; k < run; k++, i++)
            tell(&t->list[i], 0, k < made ? first + (uint32_t)k : t->list[i].link);
    }
}

static void on_counted(struct call *call, const struct redisReply *reply)
{
    struct turn *t = *(struct turn *const *)call_kept(call);
    struct cascades *c = t->cascades;
    int r = call_failed(reply, NULL);
    c->calls--;
    if (r < 0)
        tell_all(t, r);
    else
        tell_runs(t, reply);
    free(t);
    flush_soon(c);
}

/* ---- the call ---- */

static void send_open(struct cascades *c)
{
    struct turn *t = c->open;
    c->open = NULL;
    qsort(t->list, t->n, sizeof *t->list, by_link);
    struct call *call = call_begin(c->store, &turn_script);
    call_prefix(call);
    call_i64(call, t->now_ms);
    for (size_t i = 0, run; i < t->n; i += run) {
        run = run_of(t, i);
        call_text(call, slice_make(&t->list[i].kind, 1));
        call_u64(call, t->list[i].campaign);
        call_u64(call, t->list[i].link);
        call_u64(call, run);
    }
    c->calls++;
    call_keep(call, t);
    call_run(call, on_counted, NULL, NULL);
}

void cascades_on_flush(void *cascades)
{
    struct cascades *c = cascades;
    if (c->open) send_open(c);
}

void cascades_give_up(struct cascades *c)
{
    struct turn *t = c->open;
    c->open = NULL;
    if (t) tell_all(t, ERR_UNREACHABLE);
    free(t);
}

static void happened(struct cascades *c, const struct happening *h, int64_t now_ms)
{
    if (!c->open) {
        c->open = xmalloc(sizeof *c->open);
        c->open->cascades = c;
        c->open->n = 0;
    }
    c->open->now_ms = now_ms;
    c->open->list[c->open->n++] = *h;
    if (c->open->n == HAPPENINGS_MAX)
        send_open(c);
    else
        flush_soon(c);
}

void cascades_open(struct cascades *c, uint32_t campaign, uint32_t link, int64_t now_ms,
                   cascade_open_cb *cb, void *arg)
{
    happened(c, &(struct happening){campaign, link, 'o', cb, arg}, now_ms);
}

void cascades_note(struct cascades *c, uint32_t campaign, uint32_t link, enum cascade_note note,
                   int64_t now_ms)
{
    static const char kinds[] = {[CASCADE_SHARED] = 's',
                                 [CASCADE_PLEDGED] = 'p',
                                 [CASCADE_PROGRAM] = 'c',
                                 [CASCADE_OVER] = 'x'};
    happened(c, &(struct happening){.campaign = campaign, .link = link, .kind = kinds[note]},
             now_ms);
}
