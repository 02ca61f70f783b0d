#pragma once
/* The Lua scripts of src/store/lua, embedded at build time (tools/embed_text.py): the file NAME.lua is
 * the slice lua_NAME. Add a line here and one in src/store/meson.build for each script. */
#include "base/slice.h"

extern const struct slice lua_audience_create; /* store/audience: a draft */
extern const struct slice lua_audience_rows;   /* one chunk of an import */
extern const struct slice lua_audience_freeze; /* the draft becomes an audience */
extern const struct slice lua_audience_unname; /* the first step of a deletion */
extern const struct slice lua_queue_ack;       /* store/queue_redis: a message is settled */
extern const struct slice lua_queue_give_back; /* store/queue_redis: deliverable again at once */
extern const struct slice lua_queue_keep;      /* store/queue_redis: still at work on these */
