#pragma once
/* What the parts of the schedule store share. */
#include "store/schedule.h"

#include "base/buf.h"
#include "store/call.h"
#include "store/lua_scripts.h"

/* Of the hash schedule:{id}; its texts are borrowed. */
void schedule_read(const struct redisReply *fields, uint32_t id, struct schedule *ret);
/* The statuses by name, for scripts. */
void schedule_lua_names(struct buf *b);
