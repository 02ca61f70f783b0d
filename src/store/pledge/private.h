#pragma once
/* What the files of this room share. */
#include "store/call.h"
#include "store/lua_scripts.h"
#include "store/pledge.h"

#define PLEDGE_SCRIPT(text, lua)                                                                   \
    {                                                                                              \
        .name = (text), .parts = {                                                                 \
            &lua_events,                                                                           \
            &lua_follow_changed,                                                                   \
            &lua_place_rooms,                                                                      \
            &lua_pledge_common,                                                                    \
            &(lua)                                                                                 \
        }                                                                                          \
    }

/* What asks which session we named to somebody, too. */
#define PLEDGE_NAMED_SCRIPT(text, lua)                                                             \
    {                                                                                              \
        .name = (text), .parts = {                                                                 \
            &lua_events,                                                                           \
            &lua_follow_changed,                                                                   \
            &lua_place_rooms,                                                                      \
            &lua_pledge_common,                                                                    \
            &lua_pledge_named,                                                                     \
            &(lua)                                                                                 \
        }                                                                                          \
    }

/* Begun, with the two arguments that each of them has first. */
struct call *pledge_call(struct store *s, const struct script *script, int64_t now_ms);
bool pledge_way_from_string(struct slice text, enum pledge_way *ret);
