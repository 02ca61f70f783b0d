#include "flow/account_news.h"

#include <stdlib.h>

#include <jansson.h>

#include "base/log.h"
#include "store/release.h"

struct blocking {
    struct store *store;
    int64_t now_ms;
    account_news_cb *cb;
    void *arg;
    size_t waiting;                       /* replies of Redis; one more while they are asked for */
    int result;                           /* the first failure */
    char *why, *template_name, *language; /* owned */
    char **gateways;
    size_t gateway_count;
};

/* Whose campaign it is has to be told to the move. */
struct candidate {
    struct blocking *b;
    uint32_t id;
    char *name; /* owned */
};

static void blocking_free(struct blocking *b)
{
    for (size_t i = 0; i < b->gateway_count; i++)
        free(b->gateways[i]);
    free(b->gateways);
    free(b->why);
    free(b->template_name);
    free(b->language);
    free(b);
}

static void step_ended(struct blocking *b, int result)
{
    if (result < 0 && b->result == 0) b->result = result;
    if (--b->waiting) return;
    b->cb(b->arg, b->result);
    blocking_free(b);
}

/* ---- which ones */

static bool is_variant_of(const json_t *variant, const struct blocking *b)
{
    const char *name = json_string_value(json_object_get(variant, "template"));
    const char *language = json_string_value(json_object_get(variant, "language"));
    if (!name || strcmp(name, b->template_name) != 0) return false;
    return !b->language[0] || !language || strcmp(language, b->language) == 0;
}

static bool uses_template(struct slice message, const struct blocking *b)
{
    json_t *json = json_loadb(message.p, message.n, 0, NULL);
    const char *language;
    json_t *variant;
    bool found = false;
    json_object_foreach(json_object_get(json, "whatsapp"), language, variant)
    {
        found |= is_variant_of(variant, b);
    }
    json_decref(json);
    return found;
}

static bool sends_there(const struct campaign *c, const struct blocking *b)
{
    for (size_t i = 0; i < b->gateway_count; i++)
        if (slice_is(c->gateway, b->gateways[i])) return true;
    return false;
}

/* ---- blocking them */

static void candidate_done(struct candidate *c, int result)
{
    step_ended(c->b, result);
    free(c->name);
    free(c);
}

static void on_blocked(void *arg, int result, const struct err *e)
{
    struct candidate *c = arg;
    (void)e;
    if (result == 0)
        log_warn("campaign %u (%s) is blocked: %s. When it is mended: muster campaign resume %u",
                 (unsigned)c->id, c->name, c->b->why, (unsigned)c->id);
    /* Not running, or gone: there is nothing to block. */
    candidate_done(c, result == ERR_CONFLICT || result == ERR_NOT_FOUND ? 0 : result);
}

static void block(struct candidate *c)
{
    campaign_move(c->b->store, c->id, MOVE_BLOCK, c->b->now_ms, SLICE_LIT("provider"),
                  slice_of(c->b->why), on_blocked, c);
}

static void on_message(void *arg, int result, struct slice message, const struct err *e)
{
    struct candidate *c = arg;
    (void)e;
    if (result == 0 && uses_template(message, c->b))
        block(c);
    else
        candidate_done(c, result == ERR_NOT_FOUND ? 0 : result);
}

static void on_campaign(void *arg, int result, const struct campaign *campaign, const struct err *e)
{
    struct candidate *c = arg;
    (void)e;
    if (result < 0 || !sends_there(campaign, c->b)) {
        candidate_done(c, result == ERR_NOT_FOUND ? 0 : result);
        return;
    }
    c->name = slice_strdup(campaign->name);
    if (c->b->template_name[0])
        campaign_message(c->b->store, c->id, on_message, c);
    else
        block(c);
}

static void on_active(void *arg, int result, const uint32_t *ids, size_t n)
{
    struct blocking *b = arg;
    for (size_t i = 0; result >= 0 && i < n; i++) {
        struct candidate *c = xcalloc(1, sizeof *c);
        *c = (struct candidate){.b = b, .id = ids[i]};
        b->waiting++;
        campaign_load(b->store, ids[i], on_campaign, c);
    }
    step_ended(b, result < 0 ? result : 0);
}

void account_news_block(struct store *store, const struct slice *gateways, size_t count,
                        const struct account_event *event, int64_t now_ms, account_news_cb *cb,
                        void *arg)
{
    struct blocking *b = xcalloc(1, sizeof *b);
    *b = (struct blocking){.store = store,
                           .now_ms = now_ms,
                           .cb = cb,
                           .arg = arg,
                           .waiting = 1,
                           .why = slice_strdup(event->text),
                           .template_name = slice_strdup(event->template_name),
                           .language = slice_strdup(event->template_language),
                           .gateways = xcalloc(count + 1, sizeof *b->gateways),
                           .gateway_count = count};
    for (size_t i = 0; i < count; i++)
        b->gateways[i] = slice_strdup(gateways[i]);
    campaign_active(store, on_active, b);
}
