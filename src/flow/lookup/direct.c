/* The unknown of the direct book: replies, confirmations, tests. Each has an account and a time of
 * its own. A person waits for what became of them, so they are asked for as soon as receipts had
 * their time, before the next one of a campaign; then when they have been unknown for twice as
 * long, four times, …: a few questions each, however many there are. */
#include "private.h"

#include "base/clock.h"
#include "store/direct.h"

#include <stdlib.h>

struct of_direct {
    int64_t began_ms;  /* [wall ms] of this walk */
    int64_t before_ms; /* [wall ms] of the last walk that saw everybody; 0 = none yet */
};

static void on_message(void *arg, int result, const struct direct_message *m, const struct err *e)
{
    struct walk *w = arg;
    const struct lookup *l = walk_lookup(w);
    (void)e;
    if (result == ERR_UNREACHABLE) {
        walk_end(w, false);
        return;
    }
    const struct account *account =
        result == 0 ? accounts_find(l->config.accounts, m->gateway) : NULL;
    /* Of what went by a template, the provider's list has other words than ours. */
    if (!account || m->held.n || !number_is_valid(m->to) || !lookup_client(l, account) ||
        walk_gave_up(w, account)) {
        walk_leave(w);
        return;
    }
    buf_clear(walk_text(w));
    buf_add_slice(walk_text(w), m->text);
    const struct walk_message message = {
        .account = account, .out = {.text = buf_slice(walk_text(w))}, .from_ms = m->at_ms};
    walk_ask(w, &message, m->to);
}

static void load(struct walk *w, uint32_t index)
{
    direct_load(walk_lookup(w)->config.store, index, on_message, w);
}

/* Whether it was unknown for grace, 2 × grace, 4 × grace, … since the last walk. */
static bool is_due(const struct walk *w, int64_t since_ms)
{
    const struct of_direct *d = walk_of_source(w);
    int64_t age_ms = walk_lookup(w)->config.grace_ms;
    for (; since_ms + age_ms <= d->began_ms; age_ms *= 2)
        if (since_ms + age_ms > d->before_ms) return true;
    return false;
}

static void ended(struct walk *w, bool whole)
{
    struct of_direct *d = walk_of_source(w);
    if (whole) d->before_ms = d->began_ms;
    if (whole) walk_lookup(w)->stats.looks++;
    lookup_direct_start(walk_lookup(w));
}

static void on_timer(void *arg)
{
    struct lookup *l = arg;
    struct of_direct *d = walk_of_source(l->direct);
    if (!lookup_may_go_on(l)) {
        lookup_direct_start(l);
        return;
    }
    d->began_ms = clock_wall_ms();
    walk_begin(l->direct);
}

static const struct walk_source source = {
    .is_due = is_due, .load = load, .ended = ended, .before_others = true};

void lookup_direct_open(struct lookup *l)
{
    l->direct = walk_new(l, &source, 0, xcalloc(1, sizeof(struct of_direct)));
    l->direct_timer = loop_timer_new(l->config.loop, on_timer, l);
}

void lookup_direct_close(struct lookup *l)
{
    loop_timer_free(l->direct_timer);
    free(walk_of_source(l->direct));
    walk_free(l->direct);
}

void lookup_direct_start(struct lookup *l)
{
    loop_timer_in(l->direct_timer, LOOKUP_IDLE * l->config.every_ms * 1000);
}
