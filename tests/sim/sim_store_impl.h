#pragma once
/* What sim_store.c (keys and commands) and sim_script.c (Lua) share. */
#include "sim_store.h"

#include "base/map.h"

#include <lua.h>

struct sim_store {
    struct map *keys; /* struct value */
    int64_t now_us;
    uint64_t writes;
    lua_State *lua;
    struct map *scripts; /* by source: its number in Lua's registry, as a pointer */
};

void sim_script_init(struct sim_store *s);
void sim_script_done(struct sim_store *s);
