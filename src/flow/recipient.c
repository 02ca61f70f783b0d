#include "flow/recipient.h"

#include "core/index.h"
#include "flow/session_words.h"
#include "flow/texts.h"
#include "flow/whereabouts.h"
#include "store/offer.h"
#include "store/campaign_edit.h"

#include <stdlib.h>

struct recipients {
    struct store *store;
    uint32_t id;
    struct audience_info *audience; /* NULL: not loaded yet */
    struct campaign *campaign;      /* NULL: none, and no message */
    const char *channel;
    const struct session_words *words; /* NULL: of no sessions */
    struct texts *texts;               /* NULL: not loaded yet */
    bool versions_known;               /* of the block; else all got what it says now */
    uint8_t versions[BLOCK_ROWS];
    uint32_t block_at;
    struct block block; /* that one, when it has bytes */
    uint64_t number;    /* of the question, as long as its index is not known; else 0 */
    uint32_t index;     /* of the question */
    uint32_t session;   /* that they were told of; 0 = none */
    recipient_cb *cb;
    void *arg;
};

struct recipients *recipients_new(struct store *store, uint32_t audience,
                                  const struct session_words *words)
{
    struct recipients *rs = xcalloc(1, sizeof *rs);
    rs->store = store;
    rs->id = audience;
    rs->words = words;
    return rs;
}

struct recipients *recipients_of_campaign(struct store *store, const struct campaign *c,
                                          const char *channel, const struct session_words *words)
{
    struct recipients *rs = recipients_new(store, c->audience, words);
    rs->campaign = campaign_dup(c);
    rs->channel = channel;
    return rs;
}

void recipients_free(struct recipients *rs)
{
    if (!rs) return;
    audience_info_free(rs->audience);
    texts_free(rs->texts);
    campaign_free(rs->campaign);
    block_done(&rs->block);
    free(rs);
}

static void failed(struct recipients *rs, int result, const struct err *e)
{
    rs->cb(rs->arg, result, NULL, e);
}

/* What the person of the question got, or would get. */
static struct message *message_of(const struct recipients *rs)
{
    if (!rs->texts) return NULL;
    uint32_t now = texts_count(rs->texts);
    uint32_t version = rs->versions_known ? rs->versions[index_row(rs->index)] : now;
    struct message *m = texts_of(rs->texts, version);
    return m ? m : texts_of(rs->texts, now);
}

static void answer(struct recipients *rs, const struct message_nearest *nearest)
{
    const struct recipient r = {rs->audience, &rs->block, index_row(rs->index), message_of(rs),
                                nearest};
    rs->cb(rs->arg, 0, &r, NULL);
}

/* ---- the session that they were told of ---- */

static void on_whereabouts(void *arg, int result, struct whereabouts *w, const struct err *e)
{
    struct recipients *rs = arg;
    struct session_said said;
    uint32_t row = index_row(rs->index);
    if (result < 0) {
        failed(rs, result, e);
        return;
    }
    const struct point *at = w->where[row] == WHERE_KNOWN ? &w->at[row] : NULL;
    bool told = rs->campaign
                    ? session_say(rs->words, rs->session, at, rs->campaign->id, rs->index, &said)
                    : at && session_say_nearest(rs->words, rs->audience->group, at, &said);
    free(w);
    answer(rs, told ? &said.says : NULL);
}

static void find_where(struct recipients *rs)
{
    whereabouts_find(rs->words->gazetteer,
                     where_columns_of(rs->audience->columns, rs->audience->column_count),
                     &rs->block, index_row(rs->index), 1, on_whereabouts, rs);
}

static void on_offer(void *arg, int result, const uint32_t *sessions, size_t n)
{
    struct recipients *rs = arg;
    struct err e;
    rs->session = result == 0 && n ? sessions[0] : 0;
    if (result < 0)
        failed(rs, err_set(&e, result, "Redis did not answer"), &e);
    else if (rs->session)
        find_where(rs);
    else
        answer(rs, NULL);
}

static void found(struct recipients *rs)
{
    struct err e;
    const struct message *m = message_of(rs);
    if (index_row(rs->index) >= block_rows(&rs->block))
        failed(rs,
               err_set(&e, ERR_NOT_FOUND, "audience %u has nobody at row %u", rs->id, rs->index),
               &e);
    else if (rs->words && !rs->campaign)
        find_where(rs);
    else if (m && rs->words && message_tells_nearest(m))
        offers_load(rs->store, rs->campaign->id, rs->index, 1, on_offer, rs);
    else
        answer(rs, NULL);
}

static void on_versions(void *arg, int result, const uint8_t *versions, const struct err *e)
{
    struct recipients *rs = arg;
    if (result < 0) {
        block_done(&rs->block);
        failed(rs, result, e);
        return;
    }
    rs->versions_known = true;
    memcpy(rs->versions, versions, sizeof rs->versions);
    found(rs);
}

static void on_block(void *arg, int result, const struct block *b, const struct err *e)
{
    struct recipients *rs = arg;
    if (result < 0) {
        failed(rs, result, e);
        return;
    }
    block_dup(b, &rs->block);
    if (rs->texts && texts_count(rs->texts) > 1)
        campaign_versions(rs->store, rs->campaign->id, rs->block_at, on_versions, rs);
    else
        found(rs);
}

static void find_block(struct recipients *rs)
{
    uint32_t block = index_block(rs->index);
    if (rs->block.bytes && rs->block_at == block) {
        found(rs);
        return;
    }
    block_done(&rs->block);
    rs->block_at = block;
    audience_block(rs->store, rs->audience, block, on_block, rs);
}

static void find(struct recipients *rs);

static void on_texts(void *arg, int result, struct texts *texts, const struct err *e)
{
    struct recipients *rs = arg;
    rs->texts = texts;
    if (result < 0)
        failed(rs, result, e);
    else
        find(rs);
}

static void on_audience(void *arg, int result, const struct audience_info *info,
                        const struct err *e)
{
    struct recipients *rs = arg;
    if (result < 0) {
        failed(rs, result, e);
        return;
    }
    rs->audience = audience_info_dup(info);
    find(rs);
}

static void on_index(void *arg, int result, uint32_t index, const struct err *e)
{
    struct recipients *rs = arg;
    if (result < 0) {
        failed(rs, result, e);
        return;
    }
    rs->number = 0;
    rs->index = index;
    find(rs);
}

/* Loads what is not there yet, one after the other: the audience, what they read, which of them it is
 * about, the block. */
static void find(struct recipients *rs)
{
    if (!rs->audience)
        audience_load(rs->store, rs->id, on_audience, rs);
    else if (rs->campaign && !rs->texts)
        texts_load(rs->store, rs->campaign, rs->channel, rs->audience, on_texts, rs);
    else if (rs->number)
        audience_index_of(rs->store, rs->audience, rs->number, on_index, rs);
    else
        find_block(rs);
}

static void begin(struct recipients *rs, recipient_cb *cb, void *arg)
{
    rs->cb = cb;
    rs->arg = arg;
    find(rs);
}

void recipients_load(struct recipients *rs, uint32_t index, recipient_cb *cb, void *arg)
{
    rs->number = 0;
    rs->index = index;
    begin(rs, cb, arg);
}

bool recipients_has_block(const struct recipients *rs, uint32_t index)
{
    return rs->audience && rs->block.bytes && rs->block_at == index_block(index);
}

void recipients_find(struct recipients *rs, uint64_t number, recipient_cb *cb, void *arg)
{
    rs->number = number;
    begin(rs, cb, arg);
}

uint64_t recipient_number(const struct recipient *r)
{
    return block_number(r->block, r->row);
}

struct slice recipient_field(const struct recipient *r, struct slice column)
{
    int at = audience_info_column(r->audience, column);
    return at < 0 ? SLICE_NONE : block_field(r->block, r->row, (size_t)at);
}
