#pragma once
#include "store/inbox.h"
#include "web/call.h"

/* A conversation with what pages show beside what the API tells. Returns owned. */
json_t *conversation_shown(const struct web_call *c, const struct inbox_conversation *conversation);
