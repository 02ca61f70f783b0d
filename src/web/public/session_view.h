#pragma once
/* A session as pages for anybody show it, and what leads to it. */
#include "core/place.h"
#include "web/public/say.h"
#include "web/public/public.h"

enum { SESSION_PATH_BYTES = 64 };

/* "/near/TOKEN": anybody may look. */
void session_path(const struct web_call *c, const struct session *s, char out[SESSION_PATH_BYTES]);
/* For {{>public/session}}: place, when, where, with, note, room, and steps, lifts, cancelled, over where they
 * are so. Owned. */
json_t *session_view(const struct web_call *c, const struct place *p, const struct session *s);
/* Adds what passes the session on: share: {whatsapp, sms, address, calendar}; path is the one of a LINK_PAGE, which says nothing of
 * who looks. */
void session_view_share(const struct web_call *c, json_t *view, const char *path);
/* "Thursday 4 June, 18:30 to 20:30", by the clock of the place's group. */
void session_when(const struct web_call *c, const struct place *p, const struct session *s,
                  char out[SAY_WHEN_BYTES]);
