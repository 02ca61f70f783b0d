#pragma once
/* The Lua scripts of src/store/lua, embedded at build time (tools/embed_text.py): the file NAME.lua is
 * the slice lua_NAME. Add a line here and one in src/store/meson.build for each script. */
#include "base/slice.h"

extern const struct slice lua_audience_rows;   /* store/audience: one chunk of an import */
extern const struct slice lua_audience_freeze; /* store/audience: the draft becomes an audience */
