/* A page of people who are unknown, and for each of them the message that it was to get, the
 * question, the response, the ledger. Each step ends in a callback or in the timer. A failing store
 * ends the walk, and the next one begins anew. */
#include "private.h"

#include "base/clock.h"
#include "base/log.h"
#include "io/http_client.h"

#include <stdio.h>
#include <stdlib.h>

struct walk {
    struct lookup *l;
    const struct walk_source *source;
    void *of_source;
    uint32_t campaign;
    struct loop_timer *timer;
    bool waits; /* a message is loaded, its question waits for its turn */
    struct unknown_person page[UNKNOWN_DUE_MAX];
    size_t page_n, at;
    size_t skip; /* asked for, or not due, and unknown still */
    struct walk_message message;
    struct buf text;
    char to[NUMBER_TEXT_BYTES];
    int *failures; /* by account: questions in a row that brought no list */
    struct lookup_stats stats;
};

static int *failures_of(const struct walk *w, const struct account *account)
{
    return &w->failures[accounts_index(w->l->config.accounts, account)];
}

static void next_one(struct walk *w)
{
    w->at++;
    loop_timer_in(w->timer, 0);
}

void walk_leave(struct walk *w)
{
    w->skip++;
    next_one(w);
}

static void say(const struct walk *w)
{
    const struct lookup_stats *s = &w->stats;
    char what[48] = "direct messages";
    if (w->campaign) (void)snprintf(what, sizeof what, "campaign %u", w->campaign);
    if (s->asked)
        log_info("%s: asked the provider for %llu unknown: %llu found, %llu not in its list, %llu "
                 "without an answer that tells",
                 what, (unsigned long long)s->asked, (unsigned long long)s->found,
                 (unsigned long long)s->not_found, (unsigned long long)s->cannot_tell);
}

void walk_end(struct walk *w, bool whole)
{
    w->waits = false;
    loop_timer_cancel(w->timer);
    say(w);
    w->source->ended(w, whole);
}

static void count(struct walk *w, enum lookup_result result)
{
    struct lookup_stats *both[] = {&w->stats, &w->l->stats};
    for (size_t i = 0; i < COUNT_OF(both); i++) {
        both[i]->asked++;
        both[i]->found += result == LOOKUP_FOUND;
        both[i]->not_found += result == LOOKUP_NOT_FOUND;
        both[i]->cannot_tell += result == LOOKUP_CANNOT_TELL;
    }
}

/* ---- the response ---- */

static void on_settled(void *arg, int result, bool settled)
{
    struct walk *w = arg;
    count(w, settled ? LOOKUP_FOUND : LOOKUP_CANNOT_TELL);
    if (result < 0)
        walk_end(w, false);
    else if (settled)
        next_one(w);
    else
        walk_leave(w);
}

/* At once when the provider says that we ask too much. */
static int failures_after(int before, const struct http_result *result)
{
    if (result->transport != HTTP_ANSWERED) return before + 1;
    if (result->status == 429) return LOOKUP_FAILURES_MAX;
    return result->status == 200 ? 0 : before + 1;
}

static void on_response(void *arg, const struct http_result *result)
{
    struct walk *w = arg;
    if (w->l->closing) return;
    const struct walk_message *m = &w->message;
    struct lookup_found found = {.campaign = w->campaign,
                                 .index = w->page[w->at].index,
                                 .to = m->out.to,
                                 .text = m->out.text};
    found.from_ms = m->from_ms - LOOKUP_EARLIER_MS;
    found.to_ms = w->page[w->at].since_ms + LOOKUP_LATER_MS;
    struct lookup_wanted wanted = {found.to, found.text, found.from_ms, found.to_ms};
    gateway_lookup_read(m->account->gateway, result, &wanted, &found.verdict);
    int *failures = failures_of(w, m->account);
    *failures = failures_after(*failures, result);
    if (found.verdict.result == LOOKUP_FOUND) {
        lookup_settle(w->l, &found, on_settled, w);
        return;
    }
    count(w, found.verdict.result);
    walk_leave(w);
}

/* ---- the question ---- */

static void ask(struct walk *w)
{
    struct lookup *l = w->l;
    const struct walk_message *m = &w->message;
    struct http_send question;
    struct err e = {0};
    w->waits = false;
    if (gateway_lookup_build(m->account->gateway, &m->out, &question, &e) < 0) {
        walk_leave(w);
        return;
    }
    l->next_us = clock_mono_us() + l->config.every_ms * 1000;
    if (http_client_send(lookup_client(l, m->account), &question, on_response, w, &e) < 0)
        walk_end(w, false);
}

void walk_ask(struct walk *w, const struct walk_message *m, uint64_t number)
{
    w->message = *m;
    number_format(number, w->to);
    w->message.out.to = slice_of(w->to);
    w->waits = true;
    loop_timer_in(w->timer, 0);
}

/* ---- a page ---- */

static void on_due(void *arg, int result, const struct unknown_person *people, size_t n)
{
    struct walk *w = arg;
    if (result < 0 || n == 0) {
        walk_end(w, result == 0);
        return;
    }
    memcpy(w->page, people, n * sizeof *people);
    w->page_n = n;
    w->at = 0;
    loop_timer_in(w->timer, 0);
}

static void next_page(struct walk *w)
{
    const struct unknown_range range = {
        .at_least_ms = w->l->config.grace_ms, .at_most_ms = LOOKUP_MOST_MS, .skip = w->skip};
    unknown_due(w->l->config.store, w->campaign, &range, on_due, w);
}

static void load(struct walk *w)
{
    const struct walk_source *s = w->source;
    while (w->at < w->page_n && s->is_due && !s->is_due(w, w->page[w->at].since_ms)) {
        w->at++;
        w->skip++;
    }
    if (w->at == w->page_n)
        next_page(w);
    else
        s->load(w, w->page[w->at].index);
}

/* A person waits for what became of a direct message: it is asked for first. */
static bool gives_way(const struct walk *w)
{
    const struct walk *other = w->l->direct;
    return !w->source->before_others && other->waits;
}

static void on_timer(void *arg)
{
    struct walk *w = arg;
    if (!lookup_may_go_on(w->l))
        walk_end(w, false);
    else if (!w->waits)
        load(w);
    else if (clock_mono_us() < w->l->next_us)
        loop_timer_at(w->timer, w->l->next_us);
    else if (gives_way(w))
        loop_timer_in(w->timer, 1000);
    else
        ask(w);
}

/* ---- life ---- */

struct walk *walk_new(struct lookup *l, const struct walk_source *source, uint32_t campaign,
                      void *of_source)
{
    struct walk *w = xcalloc(1, sizeof *w);
    *w = (struct walk){.l = l, .source = source, .campaign = campaign, .of_source = of_source};
    w->timer = loop_timer_new(l->config.loop, on_timer, w);
    w->failures = xcalloc(l->config.accounts->count + 1, sizeof *w->failures);
    buf_init(&w->text, MESSAGE_TEXT_BYTES_MAX);
    return w;
}

void walk_free(struct walk *w)
{
    if (!w) return;
    loop_timer_free(w->timer);
    buf_done(&w->text);
    free(w->failures);
    free(w);
}

void walk_begin(struct walk *w)
{
    w->page_n = w->at = w->skip = 0;
    w->stats = (struct lookup_stats){0};
    memset(w->failures, 0, w->l->config.accounts->count * sizeof *w->failures);
    next_page(w);
}

void *walk_of_source(const struct walk *w)
{
    return w->of_source;
}

struct lookup *walk_lookup(const struct walk *w)
{
    return w->l;
}

const struct lookup_stats *walk_stats(const struct walk *w)
{
    return &w->stats;
}

bool walk_saw_anybody(const struct walk *w)
{
    return w->page_n > 0;
}

bool walk_gave_up(const struct walk *w, const struct account *account)
{
    return *failures_of(w, account) >= LOOKUP_FAILURES_MAX;
}

struct buf *walk_text(struct walk *w)
{
    return &w->text;
}
