#pragma once
/* What the parts of the conversation store share: inbox.c (what comes in), read.c, act.c. */
#include "store/call.h"
#include "store/inbox.h"
#include "store/lua_scripts.h"

struct inbox {
    struct store *store;
    struct inbox_bounds bounds;
};

/* Scripts about conversations and whose they are. */
#define INBOX_SCRIPT(text, lua)                                                                    \
    {                                                                                              \
        .name = (text), .parts = {                                                                 \
            &lua_direct_common,                                                                    \
            &lua_conv_common,                                                                      \
            &lua_person_common,                                                                    \
            &(lua)                                                                                 \
        }                                                                                          \
    }

/* A message as the list keeps it. Returns owned. */
char *inbox_message_json(const struct inbox_message *m);
int inbox_not_found(struct err *e);
/* "claimed by Alex until 14:05 UTC", from the answer {what, by, until, fence}; ERR_CONFLICT. */
int inbox_held(const struct redisReply *reply, struct err *e);
