/* Decides whether the message that was found in the provider's list is ours. Person, words and time
 * are all that a message is recognised by, and somebody may have got the same words from us twice:
 * a test and the campaign itself, a reply and its repetition. Those others are counted; only when
 * the list holds more than they can account for is the message known to be there. */
#include "private.h"

#include "base/clock.h"
#include "flow/recipient.h"
#include "io/person_number.h"
#include "store/inbox.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    RECORDED_EARLIER_MS = 3600 * 1000, /* a reply may have waited that long before it left */
    CODE_BYTES = 32,
};

struct settling {
    struct lookup *l;
    struct lookup_found found; /* its texts are owned */
    char to[NUMBER_TEXT_BYTES], code[CODE_BYTES];
    uint64_t number;
    size_t others;
    uint32_t index;                /* in the campaign that texted this person last */
    struct recipients *recipients; /* of that campaign */
    struct buf text;
    lookup_settle_cb *cb;
    void *arg;
};

static void ended(struct settling *s, int result, bool settled)
{
    s->cb(s->arg, result, settled);
    recipients_free(s->recipients);
    buf_done(&s->text);
    free((char *)s->found.text.p);
    free(s);
}

/* A message that cannot be compared is not settled. Only a store that gives no reply ends the walk.
 */
static void give_up(struct settling *s, int result)
{
    ended(s, result == ERR_UNREACHABLE ? result : 0, false);
}

static void on_settled(void *arg, int result)
{
    ended(arg, result < 0 ? result : 0, result == 0);
}

static void conclude(struct settling *s)
{
    const struct receipts *r = &s->l->config.receipts;
    struct lookup_verdict *v = &s->found.verdict;
    if (v->fitting <= s->others) {
        ended(s, 0, false);
        return;
    }
    /* It is one of several messages whose states differ: it was taken, and no more is known. */
    bool vague = s->others && v->differ;
    const struct receipt_event event = {.state = vague ? STATE_ACCEPTED : v->state,
                                        .code = vague ? SLICE_NONE : v->code,
                                        .reason = vague ? SLICE_NONE : v->reason,
                                        .suppress = !vague && v->suppress,
                                        .to = slice_of(s->to)};
    receipt_found(r, s->found.campaign, s->found.index, &event, clock_wall_ms(), on_settled, s);
}

/* ---- the campaign that texted them last ---- */

/* False when it cannot be told what they read there. */
static bool read_the_same(struct settling *s, const struct recipient *r, bool *ret_same)
{
    struct outgoing out = {.text = SLICE_NONE};
    struct err ignored;
    bool ok =
        message_render(r->message, r->block, r->row, r->nearest, &s->text, &out, &ignored) == 0;
    *ret_same = ok && slice_eq(slice_trim(out.text), slice_trim(s->found.text));
    return ok;
}

static void on_recipient(void *arg, int result, const struct recipient *r, const struct err *e)
{
    struct settling *s = arg;
    bool same;
    (void)e;
    if (result < 0 || !read_the_same(s, r, &same)) {
        give_up(s, result);
        return;
    }
    s->others += same;
    conclude(s);
}

static bool was_elsewhen(const struct campaign *c, const struct lookup_found *found)
{
    return c->running_ms > found->to_ms ||
           (c->done_ms && c->done_ms + LOOKUP_LATER_MS < found->from_ms);
}

static void on_campaign(void *arg, int result, const struct campaign *c, const struct err *e)
{
    struct settling *s = arg;
    (void)e;
    if (result < 0) {
        give_up(s, result);
        return;
    }
    const struct account *account = accounts_find(s->l->config.accounts, c->gateway);
    if (!account || was_elsewhen(c, &s->found)) {
        conclude(s); /* its messages cannot be the one in the list */
    } else {
        s->recipients =
            recipients_of_campaign(s->l->config.store, c, account->channel, s->l->config.words);
        recipients_load(s->recipients, s->index, on_recipient, s);
    }
}

static void on_person(void *arg, int result, const struct inbox_person *p, const struct err *e)
{
    struct settling *s = arg;
    (void)e;
    if (result < 0) {
        give_up(s, result);
    } else if (p->campaign == 0) {
        conclude(s);
    } else {
        s->index = p->index;
        campaign_load(s->l->config.store, p->campaign, on_campaign, s);
    }
}

static void ask_who(struct settling *s)
{
    char digits[NUMBER_TEXT_BYTES];
    int n = snprintf(digits, sizeof digits, "%" PRIu64, s->number);
    const struct inbox_question question = {.key = slice_make(digits, (size_t)n),
                                            .campaigns = LOOKUP_CAMPAIGNS,
                                            .but = s->found.campaign};
    inbox_who(s->l->config.inbox, &question, on_person, s);
}

/* ---- replies and tests ---- */

static void on_alike(void *arg, int result, size_t n)
{
    struct settling *s = arg;
    s->others = n;
    if (result < 0)
        give_up(s, result);
    else
        ask_who(s);
}

void lookup_settle(struct lookup *l, const struct lookup_found *found, lookup_settle_cb *cb,
                   void *arg)
{
    struct settling *s = xcalloc(1, sizeof *s);
    s->l = l;
    s->found = *found;
    s->cb = cb;
    s->arg = arg;
    buf_init(&s->text, MESSAGE_TEXT_BYTES_MAX);
    (void)snprintf(s->to, sizeof s->to, "%.*s", SLICE_ARG(found->to));
    (void)snprintf(s->code, sizeof s->code, "%.*s", SLICE_ARG(found->verdict.code));
    s->found.text = slice_of(slice_strdup(found->text));
    s->found.to = slice_of(s->to);
    s->found.verdict.code = slice_of(s->code);    /* reason is the description's own */
    check(number_parse(s->found.to, &s->number)); /* ours, as number_format wrote it */
    s->number = person_number_canonical(s->number);
    const struct direct_likeness like = {.to = s->number,
                                         .text = s->found.text,
                                         .from_ms = found->from_ms - RECORDED_EARLIER_MS,
                                         .to_ms = found->to_ms,
                                         .but_index =
                                             found->campaign == 0 ? found->index : DIRECT_NONE};
    direct_alike(l->config.store, &like, on_alike, s);
}
