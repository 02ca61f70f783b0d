#pragma once
/* All that a campaign said: its text, and those that it had before it was changed
 * (store/campaign_edit.h), compiled. */
#include "flow/message.h"

struct audience_info;
struct campaign;
struct store;
struct texts;

/* The callback owns texts, NULL when result is not 0: as of message_load. An earlier text that cannot be
 * compiled any more is missing (texts_of). campaign and a are borrowed until then. */
typedef void texts_cb(void *arg, int result, struct texts *texts, const struct err *e);
void texts_load(struct store *s, const struct campaign *campaign, const char *channel,
                const struct audience_info *a, texts_cb *cb, void *arg);
void texts_free(struct texts *t); /* NULL is fine */
/* Version 1 is what it was launched with, texts_count() what it says now. NULL: it is missing. */
struct message *texts_of(struct texts *t, uint32_t version);
uint32_t texts_count(const struct texts *t);
