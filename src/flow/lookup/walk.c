/* The unknown of one campaign: its message → a page of them → for each one its block, the text that
 * it was to get, the question, the answer, the ledger. Each step ends in a callback or in the
 * timer; a failing store ends the walk, and the next one begins anew. */
#include "private.h"

#include "base/clock.h"
#include "base/log.h"
#include "io/http_client.h"
#include "store/audience.h"

#include <stdlib.h>

void walk_free(struct walk *w)
{
    campaign_free(w->campaign);
    message_free(w->message);
    buf_done(&w->bytes);
    buf_done(&w->text);
    free(w);
}

static void go_on(struct walk *w)
{
    loop_timer_in(w->l->timer, 0);
}

static uint32_t index_now(const struct walk *w)
{
    return w->page[w->at].index;
}

/* This one stays unknown. */
static void leave(struct walk *w)
{
    w->skip++;
    w->at++;
    go_on(w);
}

/* ---- a page ---- */

static void on_due(void *arg, int result, const struct unknown_person *people, size_t n)
{
    struct walk *w = arg;
    if (result < 0 || n == 0) {
        lookup_walked(w, result == 0);
        return;
    }
    memcpy(w->page, people, n * sizeof *people);
    w->page_n = n;
    w->at = 0;
    go_on(w);
}

static void next_page(struct walk *w)
{
    const struct unknown_range range = {
        .at_least_ms = w->l->config.grace_ms, .at_most_ms = LOOKUP_MOST_MS, .skip = w->skip};
    unknown_due(w->l->config.campaigns, w->campaign->id, &range, on_due, w);
}

/* ---- a block ---- */

static void on_block(void *arg, int result, struct slice bytes, const struct err *e)
{
    struct walk *w = arg;
    struct err why = {0};
    buf_clear(&w->bytes);
    buf_add_slice(&w->bytes, bytes);
    if (result == 0) result = block_open(buf_slice(&w->bytes), &w->block, &why);
    if (result < 0) {
        log_warn("campaign %u: its unknown cannot be looked up: %s", w->campaign->id,
                 e ? e->text : why.text);
        lookup_walked(w, false);
        return;
    }
    w->block_at = index_now(w) / BLOCK_ROWS_MAX;
    go_on(w);
}

/* ---- the answer ---- */

static void on_settled(void *arg, int result, bool settled)
{
    struct walk *w = arg;
    lookup_count(w->l, &w->stats, settled ? LOOKUP_FOUND : LOOKUP_CANNOT_TELL);
    if (result < 0) {
        lookup_walked(w, false);
        return;
    }
    if (!settled) w->skip++;
    w->at++;
    go_on(w);
}

/* The later of the two: one may be of a clock that was wrong, and nothing was sent before either.
 */
static int64_t began_ms(const struct campaign *c)
{
    return c->running_ms > c->launched_ms ? c->running_ms : c->launched_ms;
}

static void on_answer(void *arg, const struct http_result *result)
{
    struct walk *w = arg;
    if (w->l->closing) return;
    const struct campaign *c = w->campaign;
    struct lookup_found found = {
        .campaign = c->id, .index = index_now(w), .to = w->out.to, .text = w->out.text};
    found.from_ms = began_ms(c) - LOOKUP_EARLIER_MS;
    found.to_ms = w->page[w->at].since_ms + LOOKUP_LATER_MS;
    struct lookup_wanted wanted = {found.to, found.text, found.from_ms, found.to_ms};
    gateway_lookup_read(w->account->gateway, result, &wanted, &found.verdict);
    w->failures = lookup_failures(w->failures, result);
    if (found.verdict.result == LOOKUP_FOUND) {
        lookup_settle(w->l, &found, on_settled, w);
        return;
    }
    lookup_count(w->l, &w->stats, found.verdict.result);
    if (w->failures >= LOOKUP_FAILURES_MAX)
        lookup_walked(w, false);
    else
        leave(w);
}

/* ---- the question ---- */

/* False when the message cannot be made any more, or not be recognised. */
static bool make_message(struct walk *w)
{
    struct err e = {0};
    size_t row = index_now(w) % BLOCK_ROWS_MAX;
    w->out = (struct outgoing){.text = SLICE_NONE};
    if (row >= block_rows(&w->block)) return false;
    if (message_render(w->message, &w->block, row, &w->text, &w->out, &e) < 0) return false;
    number_format(block_number(&w->block, row), w->to);
    w->out.to = slice_of(w->to);
    return true;
}

static void ask(struct walk *w)
{
    struct lookup *l = w->l;
    struct http_send question;
    struct err e = {0};
    if (!make_message(w) || gateway_lookup_build(w->account->gateway, &w->out, &question, &e) < 0) {
        leave(w);
        return;
    }
    l->next_us = clock_mono_us() + l->config.every_ms * 1000;
    struct http_client *http = lookup_client(l, w->account);
    if (http_client_send(http, &question, on_answer, w, &e) < 0) lookup_walked(w, false);
}

void walk_step(struct walk *w)
{
    struct lookup *l = w->l;
    if (!lookup_may_go_on(l))
        lookup_walked(w, false);
    else if (w->at == w->page_n)
        next_page(w);
    else if (w->block_at != index_now(w) / BLOCK_ROWS_MAX)
        audience_block(l->config.audiences, w->campaign->audience, index_now(w) / BLOCK_ROWS_MAX,
                       on_block, w);
    else if (clock_mono_us() < l->next_us)
        loop_timer_at(l->timer, l->next_us);
    else if (direct_walk_has_question(l->direct))
        loop_timer_in(l->timer, 1000);
    else
        ask(w);
}

/* ---- the message ---- */

static void on_audience(void *arg, int result, const struct audience_info *info,
                        const struct err *e)
{
    struct walk *w = arg;
    struct err why = {0};
    struct slice channel = slice_of(w->account->channel);
    if (result == 0)
        result = message_compile(w->campaign->message, channel, info->columns, info->column_count,
                                 &w->message, &why);
    if (result == 0) {
        next_page(w);
        return;
    }
    log_warn("campaign %u: its unknown cannot be looked up: %s", w->campaign->id,
             e ? e->text : why.text);
    lookup_walked(w, false);
}

void walk_start(struct lookup *l, const struct campaign *c, const struct account *account)
{
    struct walk *w = xcalloc(1, sizeof *w);
    w->l = l;
    w->campaign = campaign_dup(c);
    w->account = account;
    w->block_at = LOOKUP_NO_BLOCK;
    buf_init(&w->bytes, BLOCK_BYTES_MAX);
    buf_init(&w->text, MESSAGE_TEXT_BYTES_MAX);
    l->walk = w;
    audience_load(l->config.audiences, c->audience, on_audience, w);
}
