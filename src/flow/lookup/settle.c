/* Decides whether the message that was found in the provider's list is ours. Person, words and time are
 * all that a message is recognised by, and somebody may have got the same words from us twice: a
 * test and the campaign itself, an answer and its repetition. Those others are counted; only when
 * the list holds more than they can account for is the message known to be there. */
#include "private.h"

#include "base/clock.h"
#include "io/person_number.h"
#include "store/audience.h"
#include "store/inbox.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    RECORDED_EARLIER_MS = 3600 * 1000, /* an answer may have waited that long before it left */
    CODE_BYTES = 32,
};

struct settling {
    struct lookup *l;
    struct lookup_found found; /* its texts are owned */
    char to[NUMBER_TEXT_BYTES], code[CODE_BYTES];
    uint64_t number;
    size_t others;
    uint32_t audience, index;      /* of the campaign that texted this person last */
    const struct account *account; /* of other */
    struct campaign *other;
    struct message *message;
    struct buf text;
    lookup_settle_cb *cb;
    void *arg;
};

static void ended(struct settling *s, int result, bool settled)
{
    s->cb(s->arg, result, settled);
    campaign_free(s->other);
    message_free(s->message);
    buf_done(&s->text);
    free((char *)s->found.text.p);
    free(s);
}

/* What cannot be compared is not settled; only a silent store ends the walk. */
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
    /* It is one of several that do not stand the same: taken, and that is all that is known. */
    bool vague = s->others && v->differ;
    const struct receipt_event event = {.state = vague ? STATE_ACCEPTED : v->state,
                                        .code = vague ? SLICE_NONE : v->code,
                                        .reason = vague ? SLICE_NONE : v->reason,
                                        .suppress = !vague && v->suppress,
                                        .to = slice_of(s->to)};
    receipt_found(r, s->found.campaign, s->found.index, &event, clock_wall_ms(), on_settled, s);
}

/* ---- the campaign that texted them last ---- */

static void on_block(void *arg, int result, struct slice bytes, const struct err *e)
{
    struct settling *s = arg;
    struct err why = {0};
    struct block block;
    struct outgoing out = {.text = SLICE_NONE};
    size_t row = s->index % BLOCK_ROWS_MAX;
    (void)e;
    if (result == 0) result = block_open(bytes, &block, &why);
    if (result < 0 || row >= block_rows(&block) ||
        message_render(s->message, &block, row, &s->text, &out, &why) < 0) {
        give_up(s, result);
        return;
    }
    s->others += slice_eq(slice_trim(out.text), slice_trim(s->found.text));
    conclude(s);
}

static void on_audience(void *arg, int result, const struct audience_info *info,
                        const struct err *e)
{
    struct settling *s = arg;
    struct err why = {0};
    struct slice channel = slice_of(s->account->channel);
    (void)e;
    if (result < 0 || message_compile(s->other->message, channel, info->columns, info->column_count,
                                      &s->message, &why) < 0)
        give_up(s, result);
    else
        audience_block(s->l->config.audiences, s->audience, s->index / BLOCK_ROWS_MAX, on_block, s);
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
    s->account = accounts_find(s->l->config.accounts, c->gateway);
    if (!s->account || was_elsewhen(c, &s->found)) {
        conclude(s); /* its messages cannot be the one in the list */
    } else {
        s->other = campaign_dup(c);
        audience_load(s->l->config.audiences, s->audience, on_audience, s);
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
        s->audience = p->audience;
        s->index = p->index;
        campaign_load(s->l->config.campaigns, p->campaign, on_campaign, s);
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

/* ---- answers and tests ---- */

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
    direct_alike(l->config.direct, &like, on_alike, s);
}
