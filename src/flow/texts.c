#include "flow/texts.h"

#include <stdlib.h>

#include "store/audience.h"
#include "store/campaign_edit.h"

struct texts {
    struct message *list[CAMPAIGN_TEXTS_MAX]; /* owned; by version - 1 */
    uint32_t n;
    struct store *store;
    const struct campaign *campaign;
    const char *channel;
    const struct audience_info *audience;
    texts_cb *cb;
    void *arg;
};

void texts_free(struct texts *t)
{
    if (!t) return;
    for (uint32_t i = 0; i < t->n; i++)
        message_free(t->list[i]);
    free(t);
}

struct message *texts_of(struct texts *t, uint32_t version)
{
    return version > 0 && version <= t->n ? t->list[version - 1] : NULL;
}

uint32_t texts_count(const struct texts *t)
{
    return t->n;
}

static void end(struct texts *t, int result, const struct err *e)
{
    t->cb(t->arg, result, result == 0 ? t : NULL, result == 0 ? NULL : e);
    if (result < 0) texts_free(t);
}

static void on_now(void *arg, int result, struct message *m, const struct err *e)
{
    struct texts *t = arg;
    if (result == 0) t->list[t->n++] = m;
    end(t, result, e);
}

/* By the channel that it has now, or by the other one: the gateway may have been another. */
static struct message *compile(const struct texts *t, struct slice json)
{
    const char *const channels[] = {t->channel, "sms", "whatsapp"};
    const struct audience_info *a = t->audience;
    struct message *m = NULL;
    struct err ignored;
    for (size_t i = 0; i < COUNT_OF(channels); i++)
        if (message_compile(json, slice_of(channels[i]), a->columns, a->column_count, &m,
                            &ignored) == 0)
            return m;
    return NULL;
}

static void load_now(struct texts *t)
{
    message_load(t->store, t->campaign->id, t->channel, t->audience, on_now, t);
}

static void on_earlier(void *arg, int result, const struct campaign_text *list, size_t n,
                       const struct err *e)
{
    struct texts *t = arg;
    if (result < 0) {
        end(t, result, e);
        return;
    }
    for (size_t i = 0; i < n && i < CAMPAIGN_TEXTS_MAX - 1; i++)
        t->list[t->n++] = compile(t, list[i].message);
    load_now(t);
}

void texts_load(struct store *s, const struct campaign *campaign, const char *channel,
                const struct audience_info *a, texts_cb *cb, void *arg)
{
    struct texts *t = xcalloc(1, sizeof *t);
    t->store = s;
    t->campaign = campaign;
    t->channel = channel;
    t->audience = a;
    t->cb = cb;
    t->arg = arg;
    if (campaign->texts > 1)
        campaign_texts(s, campaign->id, on_earlier, t);
    else
        load_now(t);
}
