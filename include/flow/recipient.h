#pragma once
/* The recipients of one audience: who number N is; and, of a campaign, what they read. The audience
 * and the message are loaded once, and a block once for as long as the questions are about it. */
#include "base/buf.h"
#include "base/err.h"
#include "core/block.h"
#include "flow/message.h"
#include "store/audience.h"

struct campaign;
struct recipients;
struct session_words;

/* Borrowed for the call. */
struct recipient {
    const struct audience_info *audience;
    const struct block *block;
    size_t row;
    struct message *message; /* to render for them; NULL when it is not about a campaign */
    const struct message_nearest *nearest; /* what they were told of; NULL = nothing */
};
/* r is NULL when result is not 0. ERR_UNREACHABLE: Redis gave no reply. ERR_NOT_FOUND: the audience
 * is gone, or the campaign, or nobody is there. ERR_SYNTAX: the block is damaged. As
 * message_compile: the message. The text of e names the cause. */
typedef void recipient_cb(void *arg, int result, const struct recipient *r, const struct err *e);

/* The store is borrowed for its life. words: each comes with the session that they would be told of now
 * (borrowed, too); NULL = with none. */
struct recipients *recipients_new(struct store *store, uint32_t audience,
                                  const struct session_words *words);
/* channel: of its gateway's account, "sms" or "whatsapp"; words: what its text says of sessions, NULL =
 * nothing. Borrowed, too. */
struct recipients *recipients_of_campaign(struct store *store, const struct campaign *c,
                                          const char *channel, const struct session_words *words);
/* NULL is fine; no call may be under way. */
void recipients_free(struct recipients *rs);
/* One call at a time. cb runs once: from the loop, or from inside the call when the block is there
 * already; rs may be freed in it. */
void recipients_load(struct recipients *rs, uint32_t index, recipient_cb *cb, void *arg);

/* Whether that row's block is there, so that recipients_load calls back from inside: after a call about it that ended, also
 * when nobody is at its row. Only without a campaign and words. */
bool recipients_has_block(const struct recipients *rs, uint32_t index);

/* The same of whoever has that number. ERR_NOT_FOUND, too: the audience has nobody of that number. */
void recipients_find(struct recipients *rs, uint64_t number, recipient_cb *cb, void *arg);

uint64_t recipient_number(const struct recipient *r); /* E.164 without the + */
/* SLICE_NONE when the audience has no such column. O(columns). */
struct slice recipient_field(const struct recipient *r, struct slice column);
