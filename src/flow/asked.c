#include "flow/asked.h"

#include <stdlib.h>

struct asking {
    struct store *store;
    const struct accounts *accounts;
    const struct session_words *words;
    uint64_t number;
    struct campaign *campaign;     /* owned; NULL: not loaded yet */
    struct recipients *recipients; /* owned; the same */
    asked_cb *cb;
    void *arg;
};

static void end(struct asking *a, const struct asked *asked)
{
    a->cb(a->arg, asked);
    recipients_free(a->recipients);
    campaign_free(a->campaign);
    free(a);
}

static void on_recipient(void *arg, int result, const struct recipient *r, const struct err *e)
{
    struct asking *a = arg;
    struct buf text = BUF_INIT(MESSAGE_TEXT_BYTES_MAX);
    struct outgoing out = {0};
    struct err why;
    const struct asked asked = {a->campaign, r, &out};
    (void)e;
    bool known = result == 0 &&
                 message_render(r->message, r->block, r->row, r->nearest, &text, &out, &why) == 0;
    end(a, known ? &asked : NULL);
    buf_done(&text);
}

static void on_campaign(void *arg, int result, const struct campaign *c, const struct err *e)
{
    struct asking *a = arg;
    (void)e;
    const struct account *account = result == 0 ? accounts_find(a->accounts, c->gateway) : NULL;
    if (!account) {
        end(a, NULL);
        return;
    }
    a->campaign = campaign_dup(c);
    a->recipients = recipients_of_campaign(a->store, a->campaign, account->channel, a->words);
    recipients_find(a->recipients, a->number, on_recipient, a);
}

void asked_load(struct store *store, const struct accounts *accounts,
                const struct session_words *words, uint32_t campaign, uint64_t number, asked_cb *cb,
                void *arg)
{
    if (campaign == 0 || number == 0) {
        cb(arg, NULL);
        return;
    }
    struct asking *a = xcalloc(1, sizeof *a);
    *a = (struct asking){.store = store,
                         .accounts = accounts,
                         .words = words,
                         .number = number,
                         .cb = cb,
                         .arg = arg};
    campaign_load(store, campaign, on_campaign, a);
}
