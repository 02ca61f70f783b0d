#pragma once
/* What the parts of the conversation store share: inbox.c (what comes in), inbox_read.c,
 * inbox_act.c. */
#include "store/old_call.h"
#include "store/inbox.h"

struct inbox {
    struct redis *redis;
    char *prefix;
    struct inbox_bounds bounds;
    struct redis_script *receive, *name, *who, *learn, *expire, *thread, *list, *claim, *release,
        *reply, *hold, *state, *tag, *decide;
};

/* A message as the list keeps it. Returns owned. */
char *inbox_message_json(const struct inbox_message *m);
/* The name of a script's answer: its first string; none when there is none. */
bool inbox_answer_is(const struct redisReply *reply, const char *what);
int inbox_not_found(struct err *e);
/* "claimed by Alex until 14:05 UTC", from the answer {what, by, until, fence}; ERR_CONFLICT. */
int inbox_held(const struct redisReply *reply, struct err *e);
