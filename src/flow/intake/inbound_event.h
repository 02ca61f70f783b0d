#pragma once
/* What an event of a gateway says, without asking anybody: who, what do they ask for, which event
 * is it, when was it. Pure. */
#include "core/digest.h"
#include "core/keywords.h"
#include "core/law.h"
#include "gateway/gateway.h"
#include "store/inbox.h"

enum { INBOUND_TAGS_BYTES = 128 };

/* Somebody, as the door of one gateway reads them. */
struct inbound_who {
    enum inbox_who who;
    char key[PERSON_KEY_BYTES];
};

/* country: of national numbers, "" = not known. */
struct inbound_who inbound_event_who(const struct inbound_event *event, const char *country);
/* Whom the event names as the person's new self; key "" = nobody. */
struct inbound_who inbound_event_new_who(const struct inbound_event *event, const char *country);

/* The key of somebody who has only a user id. */
void inbound_event_id_key(struct slice user_id, char out[PERSON_KEY_BYTES]);
/* The key of a group chat (store/inbox.h), NUL-terminated. */
void inbound_event_chat_key(struct slice chat, char out[PERSON_KEY_BYTES]);

/* What it asks for. */
struct inbound_meaning {
    enum inbox_kind kind;
    bool holds; /* it sounds like STOP, and a person decides: no campaign texts them until then */
    char tags[INBOUND_TAGS_BYTES]; /* "yes,question" */
};
/* law NULL: nobody looks for what is for trained people. */
void inbound_event_meaning(const struct inbound_event *event, const struct keywords *k,
                           const struct law_words *law, struct inbound_meaning *ret);

/* A repetition of the event has the same, whichever of our addresses it comes to; another event has
 * another, even in the same second and with the same id. */
void inbound_event_identity(const struct inbound_event *event, char out[DIGEST_BYTES]);
/* False: the same words again may be a repetition of this event or another one. */
bool inbound_event_is_certain(const struct inbound_event *event);

/* When a STOP was said that the provider times so [wall ms; 0 = not said]: now, where that cannot be. */
int64_t inbound_event_stop_at(int64_t at_ms, int64_t now_ms);
/* When it happened [wall ms], as far as the provider can be believed. */
int64_t inbound_event_at(const struct inbound_event *event, enum inbox_kind kind, int64_t now_ms);
