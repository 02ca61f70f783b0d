/* The unknown of the direct book: answers, confirmations, tests. Each has a gateway and a time of
 * its own. A person waits for what became of them, so they are asked for as soon as receipts had
 * their time, before the next one of a campaign; then when they have been unknown for twice as
 * long, four times, …: a few questions each, however many there are. */
#include "private.h"

#include "base/clock.h"
#include "base/log.h"
#include "io/http_client.h"
#include "store/direct.h"

#include <stdlib.h>

struct direct_walk {
    struct lookup *l;
    struct loop_timer *timer;
    bool walking, ready; /* ready: message is loaded, its question waits for its turn */
    int64_t began_ms;    /* [wall ms] of this walk */
    int64_t before_ms;   /* [wall ms] of the last walk that saw everybody; 0 = none yet */
    struct unknown_person page[UNKNOWN_DUE_MAX];
    size_t page_n, at, skip;
    const struct account *account; /* of the message, like the rest */
    int64_t at_ms;
    struct buf text;
    char to[NUMBER_TEXT_BYTES];
    int *failures; /* by account: questions in a row that brought no list */
    struct lookup_stats stats;
};

static void go_on(struct direct_walk *w)
{
    loop_timer_in(w->timer, 0);
}

static void look_later(struct direct_walk *w)
{
    w->walking = w->ready = false;
    loop_timer_in(w->timer, LOOKUP_IDLE * w->l->config.every_ms * 1000);
}

static void walked(struct direct_walk *w, bool whole)
{
    if (whole) w->before_ms = w->began_ms;
    if (whole) w->l->stats.looks++;
    lookup_say(&w->stats, "direct messages");
    look_later(w);
}

static void leave(struct direct_walk *w)
{
    w->skip++;
    w->at++;
    go_on(w);
}

static int *failures_of(const struct direct_walk *w)
{
    return &w->failures[accounts_index(w->l->config.accounts, w->account)];
}

static struct outgoing message_of(const struct direct_walk *w)
{
    return (struct outgoing){.to = slice_of(w->to), .text = buf_slice(&w->text)};
}

/* ---- the answer ---- */

static void on_settled(void *arg, int result, bool settled)
{
    struct direct_walk *w = arg;
    lookup_count(w->l, &w->stats, settled ? LOOKUP_FOUND : LOOKUP_CANNOT_TELL);
    if (result < 0) {
        walked(w, false);
        return;
    }
    if (!settled) w->skip++;
    w->at++;
    go_on(w);
}

static void on_answer(void *arg, const struct http_result *result)
{
    struct direct_walk *w = arg;
    struct lookup *l = w->l;
    if (l->closing) return;
    struct outgoing out = message_of(w);
    struct lookup_found found = {.index = w->page[w->at].index, .to = out.to, .text = out.text};
    found.from_ms = w->at_ms - LOOKUP_EARLIER_MS;
    found.to_ms = w->page[w->at].since_ms + LOOKUP_LATER_MS;
    struct lookup_wanted wanted = {out.to, out.text, found.from_ms, found.to_ms};
    gateway_lookup_read(w->account->gateway, result, &wanted, &found.verdict);
    int *failures = failures_of(w);
    *failures = lookup_failures(*failures, result);
    if (found.verdict.result == LOOKUP_FOUND) {
        lookup_settle(l, &found, on_settled, w);
        return;
    }
    lookup_count(l, &w->stats, found.verdict.result);
    leave(w);
}

/* ---- the question ---- */

static void ask(struct direct_walk *w)
{
    struct lookup *l = w->l;
    struct outgoing out = message_of(w);
    struct http_send question;
    struct err e = {0};
    w->ready = false;
    if (gateway_lookup_build(w->account->gateway, &out, &question, &e) < 0) {
        leave(w);
        return;
    }
    l->next_us = clock_mono_us() + l->config.every_ms * 1000;
    struct http_client *http = lookup_client(l, w->account);
    if (http_client_send(http, &question, on_answer, w, &e) < 0) walked(w, false);
}

static void on_message(void *arg, int result, const struct direct_message *m, const struct err *e)
{
    struct direct_walk *w = arg;
    (void)e;
    if (result == ERR_UNREACHABLE) {
        walked(w, false);
        return;
    }
    w->account = result == 0 ? accounts_find(w->l->config.accounts, m->gateway) : NULL;
    if (!lookup_client(w->l, w->account) || !number_is_valid(m->to) ||
        *failures_of(w) >= LOOKUP_FAILURES_MAX) {
        leave(w);
        return;
    }
    buf_clear(&w->text);
    buf_add_slice(&w->text, m->text);
    number_format(m->to, w->to);
    w->at_ms = m->at_ms;
    w->ready = true;
    loop_timer_at(w->timer, w->l->next_us);
}

/* ---- whose turn ---- */

/* Whether it was unknown for grace, 2 × grace, 4 × grace, … since the last walk. */
static bool is_due(const struct direct_walk *w, int64_t since_ms)
{
    for (int64_t age_ms = w->l->config.grace_ms; since_ms + age_ms <= w->began_ms; age_ms *= 2)
        if (since_ms + age_ms > w->before_ms) return true;
    return false;
}

static void on_due(void *arg, int result, const struct unknown_person *people, size_t n)
{
    struct direct_walk *w = arg;
    if (result < 0 || n == 0) {
        walked(w, result == 0);
        return;
    }
    memcpy(w->page, people, n * sizeof *people);
    w->page_n = n;
    w->at = 0;
    go_on(w);
}

static void next_page(struct direct_walk *w)
{
    const struct unknown_range range = {
        .at_least_ms = w->l->config.grace_ms, .at_most_ms = LOOKUP_MOST_MS, .skip = w->skip};
    unknown_due(w->l->config.campaigns, 0, &range, on_due, w);
}

static void begin(struct direct_walk *w)
{
    w->walking = true;
    w->began_ms = clock_wall_ms();
    w->page_n = w->at = w->skip = 0;
    w->stats = (struct lookup_stats){0};
    memset(w->failures, 0, w->l->config.accounts->count * sizeof *w->failures);
    next_page(w);
}

static void step(struct direct_walk *w)
{
    while (w->at < w->page_n && !is_due(w, w->page[w->at].since_ms)) {
        w->at++;
        w->skip++;
    }
    if (w->at == w->page_n)
        next_page(w);
    else
        direct_load(w->l->config.direct, w->page[w->at].index, on_message, w);
}

static void on_timer(void *arg)
{
    struct direct_walk *w = arg;
    if (!lookup_may_go_on(w->l))
        look_later(w);
    else if (!w->walking)
        begin(w);
    else if (!w->ready)
        step(w);
    else if (clock_mono_us() < w->l->next_us)
        loop_timer_at(w->timer, w->l->next_us);
    else
        ask(w);
}

bool direct_walk_has_question(const struct direct_walk *w)
{
    return w->ready;
}

/* ---- life ---- */

struct direct_walk *direct_walk_new(struct lookup *l)
{
    struct direct_walk *w = xcalloc(1, sizeof *w);
    w->l = l;
    w->timer = loop_timer_new(l->config.loop, on_timer, w);
    w->failures = xcalloc(l->config.accounts->count + 1, sizeof *w->failures);
    buf_init(&w->text, MESSAGE_TEXT_BYTES_MAX);
    return w;
}

void direct_walk_free(struct direct_walk *w)
{
    if (!w) return;
    loop_timer_free(w->timer);
    buf_done(&w->text);
    free(w->failures);
    free(w);
}

void direct_walk_start(struct direct_walk *w)
{
    look_later(w);
}
